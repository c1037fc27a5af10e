/* The encodings of lists: what spreadsheets of three decades have written. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/legacy.h"
#include "base/text.h"
#include "base/words.h"
#include "lists.h"

static void put_character(FILE *to, uint32_t c)
{
	if (c < 0x80)
		fputc((int)c, to);
	else if (c < 0x800)
		fprintf(to, "%c%c", (int)(0xc0 | c >> 6), (int)(0x80 | (c & 0x3f)));
	else if (c < 0x10000)
		fprintf(to, "%c%c%c", (int)(0xe0 | c >> 12), (int)(0x80 | (c >> 6 & 0x3f)),
			(int)(0x80 | (c & 0x3f)));
	else
		fprintf(to, "%c%c%c%c", (int)(0xf0 | c >> 18), (int)(0x80 | (c >> 12 & 0x3f)),
			(int)(0x80 | (c >> 6 & 0x3f)), (int)(0x80 | (c & 0x3f)));
}

/* NULL: half a pair, or a NUL. */
static char *from_utf16(const char *data, size_t size, bool big)
{
	const unsigned char *bytes = (const unsigned char *)data;
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);
	bool good = size % 2 == 0;
	if (!to)
		abort();
	for (size_t i = 0; good && i + 1 < size; i += 2) {
		uint32_t c = (uint32_t)bytes[i + !big] << 8 | bytes[i + big];
		if (c >= 0xd800 && c < 0xdc00 && i + 3 < size) {
			uint32_t low = (uint32_t)bytes[i + 2 + !big] << 8 | bytes[i + 2 + big];
			good = low >= 0xdc00 && low < 0xe000;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		} else {
			good = c != 0 && (c < 0xd800 || c > 0xdfff);
		}
		if (good && !(c == 0xfeff && i == 0))
			put_character(to, c);
	}
	if (fclose(to) != 0)
		abort();
	if (good)
		return text;
	free(text);
	return NULL;
}

static const struct {
	const char *name;
	enum legacy encoding;
} names[] = {{"tcvn3", LEGACY_TCVN3}, {"vni", LEGACY_VNI}, {"viscii", LEGACY_VISCII},
	{"windows-1258", LEGACY_CP1258}};

static enum legacy encoding_named(const char *name)
{
	for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].encoding;
	return LEGACY_NONE;
}

static bool is_wide(const char *data, size_t size, bool *ret_big)
{
	if (size < 2 || (memcmp(data, "\xff\xfe", 2) != 0 && memcmp(data, "\xfe\xff", 2) != 0))
		return false;
	*ret_big = (unsigned char)data[0] == 0xfe;
	return true;
}

static char *refuse(struct list *list, const char *why)
{
	diag_error(list->diags, (struct location){list->file, 0, 0}, "%s", _(why));
	return NULL;
}

static void tell(struct list *list, enum legacy encoding)
{
	diag_warning(list->diags, (struct location){list->file, 0, 0},
		"the list is in an older encoding and was read as %s; see that its texts are right, or name "
		"another with "
		"--encoding",
		legacy_name(encoding));
}

/* Bytes that are UTF-8 may still be letters of an old font that was typed with. */
static char *decode_narrow(struct list *list, const char *data, size_t size, enum legacy wanted)
{
	bool is_utf8 = utf8_valid_prefix(data, size) == size;
	char *text = is_utf8 ? xstrndup(data, size) : NULL;
	enum legacy encoding = wanted ? wanted : text ? legacy_of_text(text) : legacy_of_bytes(data, size);
	if (!text && encoding == LEGACY_NONE)
		return refuse(
			list, N_("it cannot be told which encoding the list is in; save it as UTF-8, or "
				 "say --encoding tcvn3, vni, "
				 "viscii or windows-1258"));
	if (encoding == LEGACY_NONE)
		return text;
	char *converted =
		text ? legacy_convert_text(encoding, text) : legacy_convert_bytes(encoding, data, size);
	free(text);
	if (!wanted)
		tell(list, encoding);
	return converted;
}

static char *decode(struct list *list, const char *data, size_t size, const char *encoding)
{
	bool big = false, any = !encoding || strcmp(encoding, "auto") == 0;
	if (any ? is_wide(data, size, &big) : strncmp(encoding, "utf-16", 6) == 0) {
		is_wide(data, size, &big);
		char *text = from_utf16(data, size, big);
		return text ? text
			    : refuse(list, N_("the list is no whole UTF-16; save it once more, as UTF-8"));
	}
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		size -= 3;
	}
	if (memchr(data, '\0', size))
		return refuse(list, N_("this is no list: it has NUL bytes; export it as CSV or iCalendar"));
	if (any)
		return decode_narrow(list, data, size, LEGACY_NONE);
	if (strcmp(encoding, "utf-8") == 0 && utf8_valid_prefix(data, size) == size)
		return xstrndup(data, size);
	if (encoding_named(encoding) == LEGACY_NONE)
		return refuse(list, N_("it is not in the encoding that --encoding names"));
	return decode_narrow(list, data, size, encoding_named(encoding));
}

char *list_decode(struct list *list, const char *data, size_t size, const char *encoding)
{
	char *text = decode(list, data, size, encoding);
	char *normal = text ? text_nfc(text) : NULL;
	free(text);
	return normal;
}
