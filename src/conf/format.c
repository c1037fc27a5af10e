#include "conf/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/alloc.h"
#include "conf/pieces.h"

struct writer {
	struct pieces pieces;
	FILE *to;
	bool began;	   /* something is written */
	int shift;	   /* how far the line's beginning has moved to the right */
	int bracket_shift; /* the same of the line on which the brackets were opened */
};

static void put_spaces(struct writer *writer, int count)
{
	for (int i = 0; i < count; i++)
		fputc(' ', writer->to);
}

static int at_least(int value, int least)
{
	return value < least ? least : value;
}

/* --- lines of the text */

struct line {
	const char *begin, *end; /* without blanks at its ends */
	int column;		 /* of its first character that is no blank */
	const char *whole, *whole_end;
};

static struct line line_at(const struct writer *writer, int number)
{
	const struct pieces *pieces = &writer->pieces;
	const char *begin = pieces->text + pieces->lines[number];
	const char *end = number + 1 < pieces->line_count ? pieces->text + pieces->lines[number + 1] - 1
							  : pieces->text + pieces->size;
	struct line line = {.begin = begin, .end = end, .whole = begin, .whole_end = end};
	while (line.begin < end && (*line.begin == ' ' || *line.begin == '\t'))
		line.begin++;
	while (line.end > line.begin && (line.end[-1] == ' ' || line.end[-1] == '\t'))
		line.end--;
	line.column = (int)(line.begin - begin);
	return line;
}

static bool is_blank(struct line line)
{
	return line.begin == line.end;
}

static void put_line(struct writer *writer, int indent, struct line line)
{
	put_spaces(writer, indent);
	fwrite(line.begin, 1, (size_t)(line.end - line.begin), writer->to);
	fputc('\n', writer->to);
	writer->began = true;
}

/* --- comments */

/* The comment goes with the innermost block that does not begin on its right, of those that are open before and after
 * it; with what follows rather than with what is before. */
static const struct block *block_of(const struct piece *before, const struct piece *after, int column)
{
	const struct block *best = NULL;
	const struct piece *const sides[] = {after, before};
	for (size_t i = 0; i < 2; i++)
		for (const struct block *block = sides[i] ? sides[i]->block : NULL; block;
			block = block->outer)
			if (block->old_column <= column && (!best || block->old_column > best->old_column))
				best = block;
	return best;
}

static int comment_indent(
	const struct writer *writer, const struct piece *before, const struct piece *after, int column)
{
	if (after && after->brackets > 0)
		return at_least(column + writer->bracket_shift, 0);
	const struct block *block = block_of(before, after, column);
	return block ? block->new_column : 0;
}

/* The lines from first to last, which hold comments or nothing. */
static void put_between(
	struct writer *writer, const struct piece *before, const struct piece *after, int first, int last)
{
	bool empty = false;
	for (int number = first; number <= last; number++) {
		struct line line = line_at(writer, number);
		if (is_blank(line)) {
			empty = writer->began;
			continue;
		}
		if (empty)
			fputc('\n', writer->to);
		empty = false;
		put_line(writer, comment_indent(writer, before, after, line.column), line);
	}
	if (empty && after)
		fputc('\n', writer->to);
}

/* Behind the last piece of a line. */
static void end_line(struct writer *writer, const struct piece *last)
{
	struct line line = line_at(writer, last->end_line);
	const char *end = writer->pieces.text + last->end;
	if (last->kind != PIECE_BLOCK_SCALAR && end < line.end) {
		const char *hash = end + strspn(end, " \t");
		put_spaces(writer, at_least((int)(hash - end), 1));
		fwrite(hash, 1, (size_t)(line.end - hash), writer->to);
	}
	fputc('\n', writer->to);
}

/* --- texts of several lines */

/* Blanks at the beginning of lines are no part of such texts, but a text must stand on the right of its block. */
static void put_scalar(struct writer *writer, const struct piece *piece)
{
	const char *text = writer->pieces.text;
	if (piece->line == piece->end_line) {
		fwrite(text + piece->begin, 1, piece->end - piece->begin, writer->to);
		return;
	}
	int least = piece->brackets == 0 && piece->block ? piece->block->new_column + 1 : 0;
	int shift = piece->brackets > 0 ? writer->bracket_shift : writer->shift;
	struct line line = line_at(writer, piece->line);
	fwrite(text + piece->begin, 1, (size_t)(line.whole_end - (text + piece->begin)), writer->to);
	for (int number = piece->line + 1; number <= piece->end_line; number++) {
		line = line_at(writer, number);
		const char *end = number == piece->end_line ? text + piece->end : line.whole_end;
		fputc('\n', writer->to);
		if (line.begin >= end && number != piece->end_line)
			continue;
		put_spaces(writer, at_least(line.column + shift, least));
		if (line.begin < end)
			fwrite(line.begin, 1, (size_t)(end - line.begin), writer->to);
	}
}

struct header {	    /* of a | or > text */
	int indent; /* 0: as its first line has it */
	bool keeps; /* the empty lines at its end are part of it */
};

static struct header read_header(const char *at)
{
	struct header header = {0};
	for (at++; *at == '+' || *at == '-' || (*at >= '1' && *at <= '9'); at++) {
		if (*at == '+')
			header.keeps = true;
		else if (*at != '-')
			header.indent = *at - '0';
	}
	return header;
}

/* The last line of the text: the token ends where the next line with something in it begins. */
static int last_line(const struct writer *writer, const struct piece *piece, struct header header)
{
	size_t end = piece->end;
	int last = piece->end_line;
	if (last > piece->line && end == writer->pieces.lines[last])
		last--;
	while (!header.keeps && last > piece->line && is_blank(line_at(writer, last)))
		last--;
	return last;
}

static int leading_spaces(struct line line)
{
	const char *at = line.whole;
	while (at < line.whole_end && *at == ' ')
		at++;
	return (int)(at - line.whole);
}

static int old_indent(const struct writer *writer, const struct piece *piece, int last, struct header header)
{
	if (header.indent > 0)
		return header.indent + (piece->block ? piece->block->old_column : 0);
	for (int number = piece->line + 1; number <= last; number++)
		if (!is_blank(line_at(writer, number)))
			return leading_spaces(line_at(writer, number));
	return 0;
}

static void put_block_scalar(struct writer *writer, struct piece *piece)
{
	struct header header = read_header(writer->pieces.text + piece->begin);
	int last = last_line(writer, piece, header), from = old_indent(writer, piece, last, header);
	int to =
		(piece->block ? piece->block->new_column : 0) + (header.indent ? header.indent : FORMAT_STEP);
	struct line line = line_at(writer, piece->line);
	const char *begin = writer->pieces.text + piece->begin;
	fwrite(begin, 1, (size_t)(line.end - begin), writer->to);
	for (int number = piece->line + 1; number <= last; number++) {
		line = line_at(writer, number);
		int spaces = leading_spaces(line);
		fputc('\n', writer->to);
		if (is_blank(line) && line.whole_end - line.whole <= from)
			continue;
		put_spaces(writer, at_least(to + spaces - from, 0));
		fwrite(line.whole + spaces, 1, (size_t)(line.whole_end - line.whole) - (size_t)spaces,
			writer->to);
	}
	piece->end_line = last;
}

/* --- pieces */

static bool wants_space(const struct piece *before, const struct piece *piece)
{
	if (before->kind == PIECE_COLON || before->kind == PIECE_DASH || before->kind == PIECE_QUESTION ||
		before->kind == PIECE_OTHER)
		return true;
	if (before->kind == PIECE_COMMA)
		return piece->kind != PIECE_CLOSE;
	return false;
}

static void put_piece(struct writer *writer, struct piece *piece)
{
	if (piece->kind == PIECE_BLOCK_SCALAR)
		put_block_scalar(writer, piece);
	else
		put_scalar(writer, piece);
	writer->began = true;
}

static void begin_line(struct writer *writer, const struct piece *piece)
{
	int indent = piece->brackets > 0 ? at_least(piece->column + writer->bracket_shift, 0) : piece->indent;
	writer->shift = indent - piece->column;
	put_spaces(writer, indent);
}

static void write_pieces(struct writer *writer)
{
	struct pieces *pieces = &writer->pieces;
	struct piece *before = NULL;
	for (size_t i = 0; i < pieces->count; i++) {
		struct piece *piece = &pieces->items[i];
		if (!before || piece->line > before->end_line) {
			if (before)
				end_line(writer, before);
			put_between(
				writer, before, piece, before ? before->end_line + 1 : 0, piece->line - 1);
			begin_line(writer, piece);
		} else if (wants_space(before, piece)) {
			fputc(' ', writer->to);
		}
		if (piece->kind == PIECE_OPEN && piece->brackets == 0)
			writer->bracket_shift = writer->shift;
		put_piece(writer, piece);
		before = piece;
	}
	if (!before)
		return;
	/* A | text that nothing ends has no line break at its end, and would get one. */
	bool open = before->kind == PIECE_BLOCK_SCALAR && pieces->size > 0 &&
		    pieces->text[pieces->size - 1] != '\n' && before->end_line == pieces->line_count - 1;
	if (!open)
		end_line(writer, before);
	put_between(writer, before, NULL, before->end_line + 1, pieces->line_count - 1);
}

/* --- whether it says the same */

static void start(yaml_parser_t *parser, const char *text, size_t size)
{
	if (!yaml_parser_initialize(parser))
		abort();
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)text, size);
}

static bool same_event(const yaml_event_t *a, const yaml_event_t *b)
{
	if (a->type != b->type)
		return false;
	return a->type != YAML_SCALAR_EVENT ||
	       (a->data.scalar.style == b->data.scalar.style &&
		       a->data.scalar.length == b->data.scalar.length &&
		       memcmp(a->data.scalar.value, b->data.scalar.value, a->data.scalar.length) == 0);
}

static bool says_the_same(const char *a, size_t a_size, const char *b, size_t b_size)
{
	yaml_parser_t first, second;
	bool same = true, more = true;
	start(&first, a, a_size);
	start(&second, b, b_size);
	while (same && more) {
		yaml_event_t x = {0}, y = {0};
		same = yaml_parser_parse(&first, &x) && yaml_parser_parse(&second, &y) && same_event(&x, &y);
		more = x.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&x);
		yaml_event_delete(&y);
	}
	yaml_parser_delete(&first);
	yaml_parser_delete(&second);
	return same;
}

/* --- the whole */

/* CR and CR LF become LF; a byte order mark is left out. */
static char *with_line_feeds(const char *data, size_t size, size_t *ret_size)
{
	size_t from = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0, to = 0;
	char *text = xmalloc(size + 1);
	for (; from < size; from++) {
		if (data[from] != '\r')
			text[to++] = data[from];
		else if (from + 1 == size || data[from + 1] != '\n')
			text[to++] = '\n';
	}
	text[to] = '\0';
	*ret_size = to;
	return text;
}

static bool is_readable(const char *name, const char *data, size_t size, struct diag_list *diags)
{
	size_t errors = diags->errors;
	struct tree *tree = conf_read_yaml(name, data, size, NULL, diags);
	tree_destroy(tree);
	return tree && diags->errors == errors;
}

char *conf_format_yaml(
	const char *name, const char *data, size_t size, struct diag_list *diags, size_t *ret_size)
{
	if (!is_readable(name, data, size, diags))
		return NULL;
	struct writer writer = {.to = NULL};
	char *made = NULL;
	size_t text_size, made_size;
	char *text = with_line_feeds(data, size, &text_size);
	pieces_init(&writer.pieces, text, text_size);
	writer.to = open_memstream(&made, &made_size);
	if (!writer.to)
		abort();
	write_pieces(&writer);
	if (fclose(writer.to) != 0)
		abort();
	if (!says_the_same(text, text_size, made, made_size)) {
		diag_error(diags, (struct location){name, 0, 0},
			"the file would say something else when it is formatted, so it was left alone; "
			"please report it with the file");
		free(made);
		made = NULL;
	}
	pieces_finish(&writer.pieces);
	free(text);
	*ret_size = made ? made_size : 0;
	return made;
}
