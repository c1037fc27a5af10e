/* The text of a message. Fields in braces are read here, so that a brace means the same in every release. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "playlist/build.h"

static const char *const fields[] = {"time", "date", "lunar-date", "countdown", "data"};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

static bool known_field(const char *name)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (strcmp(fields[i], name) == 0)
			return true;
	return false;
}

/* At an opening brace that is not doubled. */
static void refuse_field(struct build *build, const struct node *node, const char *brace)
{
	struct location where = node_text_place(node, (size_t)(brace - node->text));
	size_t length = strcspn(brace + 1, "{}\n");
	if (brace[1 + length] != '}') {
		diag_error(build->check.diags, where,
			"this `{` is never closed; for a brace in the text write `{{`, for a field `{time}`");
		return;
	}
	const char *name = arena_strndup(build->arena, brace + 1, strcspn(brace + 1, ":}"));
	const char *near = nearest_word(name, fields, FIELD_COUNT);
	if (known_field(name))
		diag_error(build->check.diags, where,
			"the field `{%s}` is not in this release; write the words out, or `{{` for a brace",
			name);
	else
		diag_error(build->check.diags, where,
			"there is no field `{%s}`%s%s%s; the fields {time}, {date}, {lunar-date}, "
			"{countdown:…} and "
			"{data:…} come in a later release: write the words out, or `{{` for a brace",
			check_excerpt(name), near ? "; did you mean `{" : "", near ? near : "",
			near ? "}`" : "");
}

/* `{{` is a brace, and so is `}` alone or doubled. */
static char *read_braces(struct build *build, const struct node *node, const char *from, size_t size)
{
	char *text = arena_alloc(build->arena, 2 * size + 1) /* {red: is 5 bytes, its mark 7 */, *to = text;
	bool good = true;
	struct emphasis_reading emphasis = {0};
	for (size_t i = 0; i < size; i++) {
		bool doubled = i + 1 < size && from[i + 1] == from[i];
		char mark[EMPHASIS_MARK_MOST];
		/* `}}` ends two that are one in the other; else it is a brace. */
		bool ends_two = from[i] == '}' && emphasis.depth > 1;
		size_t taken =
			doubled && !ends_two ? 0 : read_emphasis(build, node, from + i, &emphasis, mark);
		if (taken > 0) {
			size_t length = strlen(mark);
			memcpy(to, mark, length);
			to += length;
			i += taken - 1;
			continue;
		}
		if (from[i] == '{' && !doubled) {
			refuse_field(build, node, from + i);
			good = false;
		}
		*to++ = from[i];
		i += doubled && (from[i] == '{' || from[i] == '}');
	}
	*to = '\0';
	end_emphasis(build, node, &emphasis);
	return good && !emphasis.bad ? text : NULL;
}

static bool blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

const char *read_text(struct build *build, struct node *node, const char *what)
{
	if (!check_node_kind(&build->check, node, what, NODE_SCALAR))
		return NULL;
	if (!check_node_encoding(&build->check, node, what))
		return NULL;
	const char *begin = node->text, *end = begin + strlen(begin);
	while (begin < end && blank(*begin))
		begin++;
	while (end > begin && blank(end[-1]))
		end--;
	if (begin == end) {
		diag_error(build->check.diags, node->where, "`%s` is empty; write what the display shall say",
			what);
		return NULL;
	}
	const char *tab = memchr(begin, '\t', (size_t)(end - begin));
	if (tab)
		diag_error(build->check.diags, node_text_place(node, (size_t)(tab - node->text)),
			"a tab in the text; write spaces, or a new line");
	char *text = read_braces(build, node, begin, (size_t)(end - begin));
	if (!text || tab)
		return NULL;
	/* A character is a byte at least. */
	size_t length = end - begin > SOURCE_TEXT_MOST ? utf8_length(text) : 0;
	if (length <= SOURCE_TEXT_MOST)
		return text;
	diag_error(build->check.diags, node->where,
		"`%s` has %zu characters and at most %d are shown; divide it", what, length,
		SOURCE_TEXT_MOST);
	return NULL;
}
