#include "conf/pieces.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/alloc.h"

struct reader {
	struct pieces *pieces;
	const struct block *block;
	int brackets;
	bool is_key; /* the scalar that comes */
};

static void find_lines(struct pieces *pieces)
{
	size_t capacity = 0;
	size_t count = 0;
	for (size_t at = 0; at <= pieces->size;) {
		const char *end = memchr(pieces->text + at, '\n', pieces->size - at);
		array_reserve_one(pieces->lines, count, capacity);
		pieces->lines[count++] = at;
		at = end ? (size_t)(end - pieces->text) + 1 : pieces->size + 1;
	}
	array_reserve_one(pieces->lines, count, capacity);
	pieces->lines[count] = pieces->size;
	pieces->line_count = (int)count;
}

/* Marks count characters. */
static size_t offset_of(const struct pieces *pieces, yaml_mark_t mark)
{
	if ((int)mark.line >= pieces->line_count)
		return pieces->size;
	size_t at = pieces->lines[mark.line];
	for (size_t column = 0; column < mark.column && at < pieces->size; column++) {
		at++;
		while (at < pieces->size && ((unsigned char)pieces->text[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

static void push(struct reader *reader, bool is_map, bool is_unindented, int column)
{
	struct block *block = arena_alloc(&reader->pieces->arena, sizeof *block);
	*block = (struct block){reader->block, column,
		reader->block ? reader->block->new_column + FORMAT_STEP : 0, is_map, is_unindented};
	reader->block = block;
}

static void pop_unindented(struct reader *reader)
{
	if (reader->block && reader->block->is_unindented)
		reader->block = reader->block->outer;
}

static int indent_of(const struct reader *reader, enum piece_kind kind, bool is_key)
{
	if (!reader->block || kind == PIECE_OTHER)
		return 0;
	bool begins = is_key || kind == PIECE_DASH || kind == PIECE_COLON || kind == PIECE_QUESTION;
	return reader->block->new_column + (begins ? 0 : FORMAT_STEP);
}

static void add(struct reader *reader, enum piece_kind kind, const yaml_token_t *token)
{
	struct pieces *pieces = reader->pieces;
	array_reserve_one(pieces->items, pieces->count, pieces->capacity);
	struct piece *piece = &pieces->items[pieces->count++];
	*piece = (struct piece){.kind = kind,
		.begin = offset_of(pieces, token->start_mark),
		.end = offset_of(pieces, token->end_mark),
		.line = (int)token->start_mark.line,
		.end_line = (int)token->end_mark.line,
		.column = (int)token->start_mark.column,
		.indent = indent_of(reader, kind, reader->is_key),
		.brackets = reader->brackets,
		.block = reader->block};
	reader->is_key = false;
}

static bool has_width(const yaml_token_t *token)
{
	return token->end_mark.index > token->start_mark.index;
}

static void on_key(struct reader *reader, const yaml_token_t *token)
{
	if (reader->brackets == 0)
		pop_unindented(reader);
	if (has_width(token))
		add(reader, PIECE_QUESTION, token);
	else
		reader->is_key = true;
}

static void on_dash(struct reader *reader, const yaml_token_t *token)
{
	if (!reader->block || reader->block->is_map)
		push(reader, false, true, (int)token->start_mark.column);
	add(reader, PIECE_DASH, token);
}

static void on_scalar(struct reader *reader, const yaml_token_t *token)
{
	yaml_scalar_style_t style = token->data.scalar.style;
	bool is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
	if (has_width(token))
		add(reader, is_block ? PIECE_BLOCK_SCALAR : PIECE_SCALAR, token);
}

static void on_bracket(struct reader *reader, const yaml_token_t *token, bool opens)
{
	add(reader, opens ? PIECE_OPEN : PIECE_CLOSE, token);
	reader->brackets += opens ? 1 : -1;
}

static void on_token(struct reader *reader, const yaml_token_t *token)
{
	switch (token->type) {
	case YAML_BLOCK_SEQUENCE_START_TOKEN:
	case YAML_BLOCK_MAPPING_START_TOKEN:
		push(reader, token->type == YAML_BLOCK_MAPPING_START_TOKEN, false,
			(int)token->start_mark.column);
		break;
	case YAML_BLOCK_END_TOKEN:
		pop_unindented(reader);
		if (reader->block)
			reader->block = reader->block->outer;
		break;
	case YAML_KEY_TOKEN:
		on_key(reader, token);
		break;
	case YAML_BLOCK_ENTRY_TOKEN:
		on_dash(reader, token);
		break;
	case YAML_VALUE_TOKEN:
		add(reader, PIECE_COLON, token);
		break;
	case YAML_FLOW_ENTRY_TOKEN:
		add(reader, PIECE_COMMA, token);
		break;
	case YAML_FLOW_SEQUENCE_START_TOKEN:
	case YAML_FLOW_MAPPING_START_TOKEN:
		on_bracket(reader, token, true);
		break;
	case YAML_FLOW_SEQUENCE_END_TOKEN:
	case YAML_FLOW_MAPPING_END_TOKEN:
		on_bracket(reader, token, false);
		break;
	case YAML_SCALAR_TOKEN:
		on_scalar(reader, token);
		break;
	case YAML_STREAM_START_TOKEN:
	case YAML_STREAM_END_TOKEN:
	case YAML_NO_TOKEN:
		break;
	default:
		add(reader, PIECE_OTHER, token);
	}
}

void pieces_init(struct pieces *pieces, const char *text, size_t size)
{
	*pieces = (struct pieces){.text = text, .size = size};
	arena_init(&pieces->arena);
	find_lines(pieces);
	struct reader reader = {.pieces = pieces};
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	for (bool more = true; more;) {
		yaml_token_t token;
		if (!yaml_parser_scan(&parser, &token))
			break;
		more = token.type != YAML_STREAM_END_TOKEN && token.type != YAML_NO_TOKEN;
		on_token(&reader, &token);
		yaml_token_delete(&token);
	}
	yaml_parser_delete(&parser);
}

void pieces_finish(struct pieces *pieces)
{
	free(pieces->lines);
	free(pieces->items);
	arena_finish(&pieces->arena);
}
