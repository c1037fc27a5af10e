#include "conf/build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/legacy.h"
#include "base/note.h"
#include "base/text.h"
#include "base/words.h"

enum { ENCODING_ERRORS_MOST = 5 };

void cursor_init(struct cursor *cursor, const char *name, const char *data, size_t size)
{
	static const char mark[] = "\xef\xbb\xbf";
	cursor->at = data;
	cursor->end = data + size;
	cursor->where = (struct location){name, 1, 1};
	/* Editors of one system write a byte order mark; nobody sees it, so nobody is told. */
	if (size >= 3 && memcmp(data, mark, 3) == 0)
		cursor->at += 3;
}

uint32_t cursor_peek(const struct cursor *cursor)
{
	if (cursor->at >= cursor->end)
		return 0;
	const unsigned char *p = (const unsigned char *)cursor->at;
	if (p[0] < 0x80)
		return p[0];
	if (p[0] < 0xe0)
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	if (p[0] < 0xf0)
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

static size_t sequence_length(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

uint32_t cursor_next(struct cursor *cursor)
{
	uint32_t character = cursor_peek(cursor);
	if (cursor->at >= cursor->end)
		return 0;
	cursor->at += sequence_length((unsigned char)*cursor->at);
	bool pair = character == '\r' && cursor->at < cursor->end && *cursor->at == '\n';
	if (character == '\n' || (character == '\r' && !pair)) {
		cursor->where.line++;
		cursor->where.column = 1;
	} else if (!pair) {
		cursor->where.column++;
	}
	return character;
}

const char *line_text(const char *data, size_t size, int line, size_t *ret_size)
{
	const char *end = data + size;
	for (int at = 1; at < line && data < end; at++) {
		while (data < end && *data != '\n' && *data != '\r')
			data++;
		if (data < end)
			data += *data == '\r' && data + 1 < end && data[1] == '\n' ? 2 : 1;
	}
	const char *stop = data;
	while (stop < end && *stop != '\n' && *stop != '\r')
		stop++;
	*ret_size = (size_t)(stop - data);
	return data;
}

bool character_forbidden(uint32_t c)
{
	if (c < 0x20)
		return c != '\t' && c != '\n';
	if (c < 0x7f)
		return false;
	return c < 0xa0 || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	       (c & 0xfffe) == 0xfffe;
}

bool character_curly_quote(uint32_t c)
{
	return (c >= 0x2018 && c <= 0x201f) || c == 0xab || c == 0xbb;
}

static const char *character_advice(uint32_t c)
{
	if (c == 0x2028 || c == 0x2029 || c == 0x85)
		return _("a line separator that most editors do not show; press Enter there instead");
	if (c == 0xfeff)
		return _("a byte order mark in the middle of the file; delete it");
	if (c >= 0x202a)
		return _("an invisible character that turns the direction of text; delete it");
	return _("a control character; delete it");
}

static void check_characters(struct cursor *cursor, const char *until, struct diag_list *diags)
{
	while (cursor->at < until) {
		struct location where = cursor->where;
		uint32_t c = cursor_next(cursor);
		if (character_forbidden(c) && c != '\r')
			diag_error(diags, where, "U+%04X is %s", c, character_advice(c));
	}
}

static bool check_wide(const char *name, const char *data, size_t size, struct diag_list *diags)
{
	if (size < 2 || (memcmp(data, "\xff\xfe", 2) != 0 && memcmp(data, "\xfe\xff", 2) != 0))
		return true;
	diag_error(diags, (struct location){name, 1, 1}, "the file is UTF-16; save it as UTF-8");
	return false;
}

/* The lines with bytes that are not UTF-8, one after the other: what the encoding is told by. */
static enum legacy find_encoding(const char *data, size_t size)
{
	char *lines = xmalloc(size + 1);
	size_t taken = 0;
	for (const char *at = data; at < data + size;) {
		const char *end = at;
		while (end < data + size && *end != '\n' && *end != '\r')
			end++;
		size_t length = (size_t)(end - at) + (end < data + size);
		if (utf8_valid_prefix(at, length) < length) {
			memcpy(lines + taken, at, length);
			taken += length;
		}
		at += length;
	}
	enum legacy found = taken > 0 ? legacy_of_bytes(lines, taken) : LEGACY_NONE;
	free(lines);
	return found;
}

/* What is known of the bytes of a file that are not UTF-8. */
struct strange {
	const char *data;
	size_t size;
	enum legacy encoding;
	int reported, line; /* how many, and on which line the last one was */
};

/* On the first such byte of a line: the line as it reads in the encoding that it seems to be in. */
static void report_line(
	const struct strange *strange, struct location where, unsigned byte, struct diag_list *diags)
{
	size_t size;
	const char *line = line_text(strange->data, strange->size, where.line, &size);
	while (size > 0 && *line == ' ')
		line++, size--;
	char *converted = legacy_convert_bytes(strange->encoding, line, size);
	diag_note(diags, NOTE_LEGACY_FILE, where,
		"byte 0x%02X is not UTF-8: the file is in an older encoding, it seems %s, in which this line "
		"is `%s`; save it as UTF-8",
		byte, legacy_name(strange->encoding), converted);
	free(converted);
}

/* A byte that is not UTF-8 counts as one column, as an editor shows it. */
static bool report_byte(struct cursor *cursor, struct strange *strange, struct diag_list *diags)
{
	unsigned byte = (unsigned char)*cursor->at;
	if (byte == 0)
		diag_error(diags, cursor->where, "a NUL byte; this is not a text file");
	else if (strange->reported >= ENCODING_ERRORS_MOST)
		;
	else if (strange->encoding != LEGACY_NONE && strange->line != cursor->where.line)
		report_line(strange, cursor->where, byte, diags);
	else if (strange->encoding == LEGACY_NONE)
		diag_note(diags, NOTE_LEGACY_FILE, cursor->where,
			"byte 0x%02X is not UTF-8: the file is in an older encoding; save it as UTF-8", byte);
	strange->reported += strange->encoding == LEGACY_NONE || strange->line != cursor->where.line;
	strange->line = cursor->where.line;
	cursor->at++;
	cursor->where.column++;
	return byte != 0;
}

/* Bytes that begin or are something that may be wrong: control characters, and what leads U+0080..U+00BF,
 * U+2000..U+2FFF, U+F000..U+FFFF and all beyond. Most files have none. */
static const bool suspect[256] = {
	[0x00 ... 0x08] = true,
	[0x0b ... 0x0c] = true,
	[0x0e ... 0x1f] = true,
	[0x7f] = true,
	[0xc2] = true,
	[0xe2] = true,
	[0xef ... 0xff] = true,
};

static bool has_suspects(const char *data, size_t size)
{
	unsigned found = 0;
	for (size_t i = 0; i < size; i++)
		found |= suspect[(unsigned char)data[i]];
	return found != 0;
}

bool source_check(const char *name, const char *data, size_t size, const struct conf_limits *limits,
	struct diag_list *diags)
{
	if (size > limits->bytes) {
		diag_error(diags, (struct location){name, 0, 0},
			"the file has %zu KiB and at most %zu are read; divide it into several files",
			(size + 1023) / 1024, limits->bytes / 1024);
		return false;
	}
	if (!check_wide(name, data, size, diags))
		return false;
	/* Counting lines and columns is slow, and only needed to tell of a fault. */
	if (utf8_valid_prefix(data, size) == size && !has_suspects(data, size))
		return true;
	size_t errors = diags->errors;
	struct cursor cursor;
	cursor_init(&cursor, name, data, size);
	struct strange strange = {.data = data, .size = size, .encoding = find_encoding(data, size)};
	for (;;) {
		const char *until =
			cursor.at + utf8_valid_prefix(cursor.at, (size_t)(cursor.end - cursor.at));
		check_characters(&cursor, until, diags);
		if (cursor.at == cursor.end || !report_byte(&cursor, &strange, diags))
			break;
	}
	return diags->errors == errors;
}
