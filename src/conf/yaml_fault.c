#include "conf/yaml_fault.h"

#include <string.h>

#include "base/words.h"
#include "conf/build.h"

/* libyaml tells what it met (problem) and what it was reading (context), each with a place. Which of the two is where
 * the writer must look differs; texts are those of libyaml 0.2.5, found by their beginning. */
struct fault {
	const char *problem, *context; /* context NULL: any */
	bool at_context;
	const char *message;
};

static const struct fault faults[] = {
	{"found character that cannot start any token", NULL, false,
		N_("this character may not begin a value; put the text in quotes")},
	{"mapping values are not allowed", NULL, false,
		N_("a colon is not expected here; put a text that contains `: ` in quotes, or check the "
		   "indentation")},
	{"block sequence entries are not allowed", NULL, false,
		N_("a `-` item is not expected here; check the indentation, or put the text in quotes")},
	{"mapping keys are not allowed", NULL, false,
		N_("a `?` is not expected here; put a text that begins with `?` in quotes")},
	{"could not find expected ':'", NULL, true,
		N_("this line is neither `key: value` nor an item `- …`; write the colon, or check the "
		   "indentation")},
	{"did not find expected alphabetic or numeric character", NULL, true,
		N_("a text may not begin with `*` or `&`; put it in quotes")},
	{"found unexpected end of stream", "while scanning a quoted scalar", true,
		N_("this quote is never closed")},
	{"found unexpected document indicator", NULL, true,
		N_("this quote is not closed before the next `---`")},
	{"found unknown escape character", NULL, false,
		N_("this is no escape; write `\\\\` for a backslash, or put the text in single quotes")},
	{"did not find expected hexdec", NULL, false,
		N_("hexadecimal digits are expected after this escape")},
	{"found invalid Unicode character escape code", NULL, false, N_("this escape is not a character")},
	{"found a tab character", NULL, false, N_("a tab in the indentation; write spaces")},
	{"did not find expected comment or line break", NULL, false,
		N_("nothing but a comment may follow `|` or `>`; put the text in the lines below")},
	{"found an indentation indicator equal to 0", NULL, false,
		N_("the number after `|` or `>` must be 1 to 9")},
	{"found incompatible YAML document", NULL, false,
		N_("only YAML 1.1 and 1.2 are read; delete this line")},
	{"found duplicate %", NULL, false, N_("this directive is here a second time; delete the line")},
	{"found undefined tag handle", NULL, false,
		N_("tags (`!`) are not used here; put the text in quotes")},
	{"did not find expected <document start>", NULL, false,
		N_("this does not belong to what stands above it; check the indentation and the brackets "
		   "before it")},
	{"did not find expected key", "while parsing a block mapping", false,
		N_("a `key: value` line is expected here; check the indentation and the quotes before it")},
	{"did not find expected '-' indicator", NULL, false,
		N_("a `-` item is expected here; check the indentation of the list")},
	{"did not find expected ',' or ']'", NULL, false, N_("a `,` or `]` is missing before this")},
	{"did not find expected ',' or '}'", NULL, false, N_("a `,` or `}` is missing before this")},
	{"did not find expected node content", NULL, false, N_("a value is expected here")},
	{"did not find", "while scanning a tag", true,
		N_("tags (`!`) are not used here; put the text in quotes")},
	{"did not find", "while parsing a tag", true,
		N_("tags (`!`) are not used here; put the text in quotes")},
	{"", "while scanning a directive", true, N_("a line may not begin with `%`; put the text in quotes")},
	{"", "while scanning a %", true, N_("a line may not begin with `%`; put the text in quotes")},
};

static bool begins(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

static const struct fault *find_fault(const yaml_parser_t *parser)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (begins(parser->problem, faults[i].problem) &&
			(!faults[i].context || begins(parser->context, faults[i].context)))
			return &faults[i];
	return NULL;
}

/* A bracket left open shows further down only, at the next line or the file's end: the place to look at is where it
 * was opened. */
static bool report_unclosed(const yaml_parser_t *parser, const struct node *open, const char *data,
	size_t size, struct diag_list *diags)
{
	int line = (int)parser->problem_mark.line + 1;
	if (!open || !begins(parser->context, "while parsing a flow") || open->where.line == line)
		return false;
	size_t length;
	const char *text = line_text(data, size, open->where.line, &length);
	const char *bracket = open->kind == NODE_LIST ? "[" : "{";
	if (!memchr(text, *bracket, length))
		return false;
	diag_error(diags, open->where, "this `%s` is not closed, or a `,` is missing, before line %d",
		bracket, line);
	return true;
}

/* What cannot be seen on a screen: looked for in the line itself, as libyaml's words do not tell of it. */
static bool report_invisible(
	const char *file, const char *data, size_t size, int line, struct diag_list *diags)
{
	size_t length;
	const char *text = line_text(data, size, line, &length);
	struct cursor cursor;
	cursor_init(&cursor, file, text, length);
	cursor.where.line = line;
	for (uint32_t c; (c = cursor_peek(&cursor)) == ' ' || c == '\t' || c == 0xa0; cursor_next(&cursor)) {
		if (c == '\t')
			diag_error(diags, cursor.where, "a tab in the indentation; write spaces");
		else if (c == 0xa0)
			diag_error(diags, cursor.where,
				"a no-break space (U+00A0) in the indentation; write ordinary spaces");
		if (c != ' ')
			return true;
	}
	return false;
}

/* Text pasted from a word processor: its quotes do not quote. */
static bool report_curly(const char *file, const char *data, size_t size, int line, struct diag_list *diags)
{
	size_t length;
	const char *text = line_text(data, size, line, &length);
	struct cursor cursor;
	cursor_init(&cursor, file, text, length);
	cursor.where.line = line;
	uint32_t before = ' ';
	while (cursor.at < cursor.end) {
		struct location where = cursor.where;
		uint32_t c = cursor_next(&cursor);
		if (character_curly_quote(c) &&
			(before == ' ' || before == '[' || before == '{' || before == ',')) {
			diag_error(diags, where, "curly quotes do not quote; write \" or '");
			return true;
		}
		before = c;
	}
	return false;
}

void yaml_fault_report(const yaml_parser_t *parser, const struct node *open, const char *file,
	const char *data, size_t size, struct diag_list *diags)
{
	const struct fault *fault = find_fault(parser);
	const char *message = fault ? fault->message : parser->problem;
	yaml_mark_t mark =
		fault && fault->at_context && parser->context ? parser->context_mark : parser->problem_mark;
	struct location where = {file, (int)mark.line + 1, (int)mark.column + 1};
	if (report_invisible(file, data, size, where.line, diags) ||
		report_invisible(file, data, size, (int)parser->problem_mark.line + 1, diags) ||
		report_curly(file, data, size, where.line, diags) ||
		report_unclosed(parser, open, data, size, diags))
		return;
	diag_error(diags, where, "%s", message ? _(message) : _("this is not YAML"));
}
