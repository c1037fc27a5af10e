#include "conf/places.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "conf/build.h"

/* Far above any real site: finding duplicates takes the square of it. */
enum { SETTINGS_MOST = 16384 };

struct walk {
	struct cursor cursor;
	const char *data;
	struct places *places;
	struct diag_list *diags;
	int depth, depth_most;
	size_t parent;
};

static bool read_value(struct walk *walk, size_t place);

static size_t offset(const struct walk *walk)
{
	return (size_t)(walk->cursor.at - walk->data);
}

static bool is_name(uint32_t c)
{
	return c < 0x80 && (isalnum((int)c) || c == '-' || c == '_' || c == '*');
}

static bool next_is(const struct walk *walk, const char *text)
{
	size_t size = strlen(text);
	return (size_t)(walk->cursor.end - walk->cursor.at) >= size &&
	       memcmp(walk->cursor.at, text, size) == 0;
}

static void skip_line(struct walk *walk)
{
	int line = walk->cursor.where.line;
	while (walk->cursor.where.line == line && cursor_next(&walk->cursor) != 0)
		;
}

static bool skip_comment(struct walk *walk)
{
	struct location where = walk->cursor.where;
	cursor_next(&walk->cursor); /* the opening, so that its star does not end it, too */
	cursor_next(&walk->cursor);
	while (walk->cursor.at < walk->cursor.end && !next_is(walk, "*/"))
		cursor_next(&walk->cursor);
	if (walk->cursor.at == walk->cursor.end) {
		diag_error(walk->diags, where, "this comment is never closed; write `*/` behind it");
		return false;
	}
	cursor_next(&walk->cursor);
	cursor_next(&walk->cursor);
	return true;
}

/* False: an unclosed comment. */
static bool skip_blank(struct walk *walk)
{
	for (;;) {
		uint32_t c = cursor_peek(&walk->cursor);
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			cursor_next(&walk->cursor);
		else if (c == '#' || next_is(walk, "//"))
			skip_line(walk);
		else if (!next_is(walk, "/*"))
			return true;
		else if (!skip_comment(walk))
			return false;
	}
}

static bool fault(struct walk *walk, const char *message)
{
	diag_error(walk->diags, walk->cursor.where, "%s", _(message));
	return false;
}

/* At a character that begins nothing: what the writer probably meant. */
static bool unexpected(struct walk *walk, const char *wanted)
{
	uint32_t c = cursor_peek(&walk->cursor);
	if (character_curly_quote(c))
		return fault(walk, "curly quotes do not quote; write \"");
	if (c == '\'')
		return fault(walk, "single quotes do not quote here; write \"");
	if (c == 0xa0)
		return fault(walk, "a no-break space (U+00A0); write an ordinary space");
	if (next_is(walk, "@include"))
		return fault(walk, "@include is not followed; write everything in this file");
	if (c == 0 && walk->parent != SIZE_MAX && walk->places->items[walk->parent].value_end == 0)
		diag_error(
			walk->diags, walk->places->items[walk->parent].value, "this bracket is never closed");
	else if (c == 0)
		diag_error(
			walk->diags, walk->cursor.where, "the file ends here, and %s is expected", _(wanted));
	else
		diag_error(walk->diags, walk->cursor.where, "%s is expected here, not `%.*s`", _(wanted),
			(int)(c < 0x80	      ? 1
				: c < 0x800   ? 2
				: c < 0x10000 ? 3
					      : 4),
			walk->cursor.at);
	return false;
}

static bool add_place(struct walk *walk, size_t *ret_place)
{
	struct places *places = walk->places;
	if (places->count == SETTINGS_MOST) {
		diag_error(walk->diags, walk->cursor.where, "more than %d settings", SETTINGS_MOST);
		return false;
	}
	array_reserve_one(places->items, places->count, places->capacity);
	places->items[places->count] = (struct setting_place){.parent = walk->parent};
	*ret_place = places->count++;
	return true;
}

/* Adjacent strings are one value, as in C. */
static bool read_strings(struct walk *walk)
{
	for (;;) {
		struct location where = walk->cursor.where;
		cursor_next(&walk->cursor);
		/* libconfig would take new lines too, and tell of a forgotten quote far away. */
		for (uint32_t c; (c = cursor_next(&walk->cursor)) != '"';) {
			if (c == '\\')
				c = cursor_next(&walk->cursor);
			if (c == 0 || c == '\n' || c == '\r') {
				diag_error(walk->diags, where,
					"this quote is not closed in its line; a new line in a text is "
					"written \\n");
				return false;
			}
		}
		struct cursor end = walk->cursor;
		if (!skip_blank(walk))
			return false;
		if (cursor_peek(&walk->cursor) != '"') {
			walk->cursor = end;
			return true;
		}
	}
}

static bool is_number(const char *text, size_t size)
{
	size_t i = size > 0 && (text[0] == '+' || text[0] == '-');
	bool hexadecimal = size > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
	size_t digits = 0;
	for (i = hexadecimal ? 2 : i; i < size; i++) {
		if (hexadecimal ? isxdigit((unsigned char)text[i]) : isdigit((unsigned char)text[i]))
			digits++;
		else if (text[i] == 'L' && i + 2 >= size)
			continue;
		else if (hexadecimal || !strchr(".eE+-", text[i]))
			return false;
	}
	return digits > 0;
}

static bool is_bool(const char *text, size_t size)
{
	return (size == 4 && strncasecmp(text, "true", 4) == 0) ||
	       (size == 5 && strncasecmp(text, "false", 5) == 0);
}

static bool read_bare(struct walk *walk)
{
	struct cursor start = walk->cursor;
	const char *begin = start.at;
	for (uint32_t c; (c = cursor_peek(&walk->cursor)) != 0 &&
			 (is_name(c) || strchr(".+/:%", (int)(c & 0x7f)) || c > 0xa0);)
		cursor_next(&walk->cursor);
	size_t size = (size_t)(walk->cursor.at - begin);
	if (size == 0 || character_curly_quote(cursor_peek(&start))) {
		walk->cursor = start;
		return unexpected(walk, "a value");
	}
	if (is_number(begin, size) || is_bool(begin, size))
		return true;
	diag_error(walk->diags, start.where,
		"`%.*s` is not a number; a text stands in double quotes: \"%.*s\"",
		size > 60 ? 60 : (int)size, begin, size > 60 ? 60 : (int)size, begin);
	return false;
}

static bool read_setting(struct walk *walk)
{
	uint32_t first = cursor_peek(&walk->cursor);
	if (!is_name(first) || (first < 0x80 && isdigit((int)first)) || first == '-' || first == '_')
		return unexpected(walk, "the name of a setting");
	size_t place;
	if (!add_place(walk, &place))
		return false;
	struct setting_place *setting = &walk->places->items[place];
	setting->name = walk->cursor.where;
	setting->name_at = offset(walk);
	while (is_name(cursor_peek(&walk->cursor)))
		cursor_next(&walk->cursor);
	setting->name_size = offset(walk) - setting->name_at;
	if (!skip_blank(walk))
		return false;
	if (cursor_peek(&walk->cursor) != '=' && cursor_peek(&walk->cursor) != ':')
		return unexpected(walk, "`=`");
	cursor_next(&walk->cursor);
	if (!skip_blank(walk) || !read_value(walk, place))
		return false;
	struct cursor end = walk->cursor;
	if (!skip_blank(walk))
		return false;
	if (cursor_peek(&walk->cursor) == ';' || cursor_peek(&walk->cursor) == ',')
		cursor_next(&walk->cursor);
	else
		walk->cursor = end;
	walk->places->items[place].end = offset(walk);
	return true;
}

static bool read_settings(struct walk *walk, uint32_t closing)
{
	for (;;) {
		if (!skip_blank(walk))
			return false;
		if (cursor_peek(&walk->cursor) == closing)
			return true;
		if (!read_setting(walk))
			return false;
	}
}

static bool read_elements(struct walk *walk, uint32_t closing)
{
	const char *wanted = closing == ')' ? N_("`,` or `)`") : N_("`,` or `]`");
	for (;;) {
		if (!skip_blank(walk))
			return false;
		if (cursor_peek(&walk->cursor) == closing)
			return true;
		size_t place;
		if (!add_place(walk, &place) || !read_value(walk, place) || !skip_blank(walk))
			return false;
		walk->places->items[place].end = offset(walk);
		if (cursor_peek(&walk->cursor) == ',')
			cursor_next(&walk->cursor);
		else if (cursor_peek(&walk->cursor) != closing)
			return unexpected(walk, wanted);
	}
}

static bool read_container(struct walk *walk, size_t place, uint32_t opening)
{
	if (walk->depth == walk->depth_most) {
		diag_error(walk->diags, walk->cursor.where, "nested deeper than %d levels", walk->depth_most);
		return false;
	}
	size_t parent = walk->parent;
	walk->parent = place;
	walk->depth++;
	cursor_next(&walk->cursor);
	bool good =
		opening == '{' ? read_settings(walk, '}') : read_elements(walk, opening == '(' ? ')' : ']');
	cursor_next(&walk->cursor);
	walk->depth--;
	walk->parent = parent;
	return good;
}

/* Places move as they are added: hence the index. */
static bool read_value(struct walk *walk, size_t place)
{
	walk->places->items[place].value = walk->cursor.where;
	walk->places->items[place].value_at = offset(walk);
	uint32_t c = cursor_peek(&walk->cursor);
	bool good = c == '"'			       ? read_strings(walk)
		    : c == '{' || c == '(' || c == '[' ? read_container(walk, place, c)
						       : read_bare(walk);
	walk->places->items[place].value_end = offset(walk);
	return good;
}

bool places_find(struct places *places, const char *file, const char *data, size_t size, int depth_most,
	struct diag_list *diags)
{
	struct walk walk = {
		.data = data, .places = places, .diags = diags, .depth = 1, .depth_most = depth_most};
	walk.parent = SIZE_MAX;
	places->count = 0;
	cursor_init(&walk.cursor, file, data, size);
	return read_settings(&walk, 0);
}

void places_finish(struct places *places)
{
	free(places->items);
	*places = (struct places){NULL, 0, 0};
}
