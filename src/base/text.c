#include "base/text.h"

#include "base/alloc.h"

#include <glib.h>
#include <string.h>

/* Length of the well-formed sequence at p (Unicode 15, table 3-7), 0 if there is none. */
static size_t sequence_length(const unsigned char *p, size_t left)
{
	size_t length;
	unsigned low = 0x80, high = 0xbf; /* of the second byte */

	if (p[0] >= 0x01 && p[0] <= 0x7f)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		length = 2;
	else if ((p[0] & 0xf0) == 0xe0)
		length = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		length = 4;
	else
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0; /* overlong below */
	else if (p[0] == 0xed)
		high = 0x9f; /* surrogates above */
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f; /* beyond U+10FFFF above */
	if (left < length || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return length;
}

size_t utf8_valid_prefix(const char *text, size_t size)
{
	size_t at = 0, length;

	while (at < size) {
		length = sequence_length((const unsigned char *)text + at, size - at);
		if (!length)
			break;
		at += length;
	}
	return at;
}

void utf8_copy(char *to, size_t size, const char *text)
{
	size_t length = utf8_valid_prefix(text, strnlen(text, size - 1));

	memcpy(to, text, length);
	to[length] = '\0';
}

size_t utf8_length(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

uint32_t utf8_next(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	uint32_t point = p[0];
	int more;

	if (!point)
		return 0;
	more = point >= 0xf0 ? 3 : point >= 0xe0 ? 2 : point >= 0xc0 ? 1 : 0;
	if (more)
		point &= 0x3fu >> more;
	for (int i = 1; i <= more; i++)
		point = point << 6 | (p[i] & 0x3fu);
	*text += more + 1;
	return point;
}

char *text_nfc(const char *text)
{
	char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
	char *copy = xstrdup(normal ? normal : text);

	g_free(normal);
	return copy;
}

bool text_is_nfc(const char *text)
{
	char *normal = text_nfc(text);
	bool same = text_equal(normal, text);

	free(normal);
	return same;
}

bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}
