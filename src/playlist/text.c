/* The text of a message or a zone: trimmed, its braces read. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "playlist/build.h"

enum { FIELDS_MOST = 16 };

struct writing {
	char *text;
	size_t size;
	struct field fields[FIELDS_MOST];
	size_t field_count;
	bool good;
};

static void put(struct writing *to, const char *text, size_t size)
{
	memcpy(to->text + to->size, text, size);
	to->size += size;
}

/* Where the field stands, its sample is written. */
static size_t write_field(
	struct build *build, const struct node *node, const char *brace, bool english, struct writing *to)
{
	struct field field;
	size_t size;
	char sample[FIELD_SIZE_MOST + 1];
	if (!read_field(build, node, brace, english, &field, &size)) {
		to->good = false;
		return size;
	}
	if (to->field_count == FIELDS_MOST) {
		diag_error(build->check.diags, node_text_place(node, (size_t)(brace - node->text)),
			"a text has at most %d fields; divide it", FIELDS_MOST);
		to->good = false;
		return size;
	}
	field_sample(&field, sample, sizeof sample);
	field.at = to->size;
	field.size = strlen(sample);
	put(to, sample, field.size);
	to->fields[to->field_count++] = field;
	return size;
}

static size_t count_braces(const char *from, size_t size)
{
	size_t count = 0;
	for (size_t i = 0; i < size; i++)
		count += from[i] == '{';
	return count;
}

/* Most texts have no brace, and stay where the file's tree has them. */
static bool take_plain(struct build *build, const char *from, size_t size, struct words *ret)
{
	if (memchr(from, '{', size) || memchr(from, '}', size))
		return false;
	*ret = (struct words){.text = from[size] ? arena_strndup(build->arena, from, size) : from};
	return true;
}

/* `{{` is a brace, and so is `}` alone or doubled. False: reported. */
static bool read_braces(struct build *build, const struct node *node, const char *from, size_t size,
	bool english, struct words *ret)
{
	struct writing to = {.good = true};
	struct emphasis_reading emphasis = {0};
	to.text = xmalloc(
		2 * size + count_braces(from, size) * FIELD_SIZE_MOST + 1); /* {red: is 5 bytes, its mark 7 */
	for (size_t i = 0; i < size; i++) {
		bool doubled = i + 1 < size && from[i + 1] == from[i];
		char mark[EMPHASIS_MARK_MOST];
		/* `}}` ends two that are one in the other; else it is a brace. */
		bool ends_two = from[i] == '}' && emphasis.depth > 1;
		size_t taken =
			doubled && !ends_two ? 0 : read_emphasis(build, node, from + i, &emphasis, mark);
		if (taken > 0) {
			put(&to, mark, strlen(mark));
			i += taken - 1;
		} else if (from[i] == '{' && !doubled) {
			i += write_field(build, node, from + i, english, &to) - 1;
		} else {
			put(&to, &from[i], 1);
			i += doubled && (from[i] == '{' || from[i] == '}');
		}
	}
	end_emphasis(build, node, &emphasis);
	to.good &= !emphasis.bad;
	if (to.good)
		*ret = (struct words){arena_strndup(build->arena, to.text, to.size),
			arena_memdup(build->arena, to.fields, to.field_count * sizeof *to.fields),
			to.field_count};
	free(to.text);
	return to.good;
}

static bool blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

bool read_words(struct build *build, struct node *node, const char *what, const char *lang, struct words *ret)
{
	if (!check_node_kind(&build->check, node, what, NODE_SCALAR))
		return false;
	if (!check_node_encoding(&build->check, node, what))
		return false;
	const char *begin = node->text, *end = begin + strlen(begin);
	while (begin < end && blank(*begin))
		begin++;
	while (end > begin && blank(end[-1]))
		end--;
	if (begin == end) {
		diag_error(build->check.diags, node->where, "`%s` is empty; write what the display shall say",
			what);
		return false;
	}
	size_t size = (size_t)(end - begin);
	const char *tab = memchr(begin, '\t', size);
	if (tab)
		diag_error(build->check.diags, node_text_place(node, (size_t)(tab - node->text)),
			"a tab in the text; write spaces, or a new line");
	struct words words;
	bool english = strncmp(lang, "en", 2) == 0;
	if ((!take_plain(build, begin, size, &words) &&
		    !read_braces(build, node, begin, size, english, &words)) ||
		tab)
		return false;
	/* A character is a byte at least. */
	size_t length = size > SOURCE_TEXT_MOST ? utf8_length(words.text) : 0;
	if (length <= SOURCE_TEXT_MOST) {
		*ret = words;
		return true;
	}
	diag_error(build->check.diags, node->where,
		"`%s` has %zu characters and at most %d are shown; divide it", what, length,
		SOURCE_TEXT_MOST);
	return false;
}
