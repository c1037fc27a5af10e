/* Text of the encodings that Vietnamese was written in before Unicode. Sources: TCVN 5712:1993 (VN1; the fonts of TCVN3,
 * also called ABC, have its small letters), RFC 1456 (VISCII 1.1), Microsoft's code page 1258, and VNI's table for
 * Windows; the first three as the C library's iconv has them.
 */
#include "base/legacy.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/syllable.h"
#include "base/text.h"
#include "base/words.h"

/* Bytes 0x80 to 0xff; 0: no character. */
// clang-format off
static const uint16_t tcvn3[128] = {
	0x00c0, 0x1ea2, 0x00c3, 0x00c1, 0x1ea0, 0x1eb6, 0x1eac, 0x00c8,
	0x1eba, 0x1ebc, 0x00c9, 0x1eb8, 0x1ec6, 0x00cc, 0x1ec8, 0x0128,
	0x00cd, 0x1eca, 0x00d2, 0x1ece, 0x00d5, 0x00d3, 0x1ecc, 0x1ed8,
	0x1edc, 0x1ede, 0x1ee0, 0x1eda, 0x1ee2, 0x00d9, 0x1ee6, 0x0168,
	0x00a0, 0x0102, 0x00c2, 0x00ca, 0x00d4, 0x01a0, 0x01af, 0x0110,
	0x0103, 0x00e2, 0x00ea, 0x00f4, 0x01a1, 0x01b0, 0x0111, 0x1eb0,
	0x0300, 0x0309, 0x0303, 0x0301, 0x0323, 0x00e0, 0x1ea3, 0x00e3,
	0x00e1, 0x1ea1, 0x1eb2, 0x1eb1, 0x1eb3, 0x1eb5, 0x1eaf, 0x1eb4,
	0x1eae, 0x1ea6, 0x1ea8, 0x1eaa, 0x1ea4, 0x1ec0, 0x1eb7, 0x1ea7,
	0x1ea9, 0x1eab, 0x1ea5, 0x1ead, 0x00e8, 0x1ec2, 0x1ebb, 0x1ebd,
	0x00e9, 0x1eb9, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ebf, 0x1ec7, 0x00ec,
	0x1ec9, 0x1ec4, 0x1ebe, 0x1ed2, 0x0129, 0x00ed, 0x1ecb, 0x00f2,
	0x1ed4, 0x1ecf, 0x00f5, 0x00f3, 0x1ecd, 0x1ed3, 0x1ed5, 0x1ed7,
	0x1ed1, 0x1ed9, 0x1edd, 0x1edf, 0x1ee1, 0x1edb, 0x1ee3, 0x00f9,
	0x1ed6, 0x1ee7, 0x0169, 0x00fa, 0x1ee5, 0x1eeb, 0x1eed, 0x1eef,
	0x1ee9, 0x1ef1, 0x1ef3, 0x1ef7, 0x1ef9, 0x00fd, 0x1ef5, 0x1ed0,
};

static const uint16_t viscii[128] = {
	0x1ea0, 0x1eae, 0x1eb0, 0x1eb6, 0x1ea4, 0x1ea6, 0x1ea8, 0x1eac,
	0x1ebc, 0x1eb8, 0x1ebe, 0x1ec0, 0x1ec2, 0x1ec4, 0x1ec6, 0x1ed0,
	0x1ed2, 0x1ed4, 0x1ed6, 0x1ed8, 0x1ee2, 0x1eda, 0x1edc, 0x1ede,
	0x1eca, 0x1ece, 0x1ecc, 0x1ec8, 0x1ee6, 0x0168, 0x1ee4, 0x1ef2,
	0x00d5, 0x1eaf, 0x1eb1, 0x1eb7, 0x1ea5, 0x1ea7, 0x1ea9, 0x1ead,
	0x1ebd, 0x1eb9, 0x1ebf, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ec7, 0x1ed1,
	0x1ed3, 0x1ed5, 0x1ed7, 0x1ee0, 0x01a0, 0x1ed9, 0x1edd, 0x1edf,
	0x1ecb, 0x1ef0, 0x1ee8, 0x1eea, 0x1eec, 0x01a1, 0x1edb, 0x01af,
	0x00c0, 0x00c1, 0x00c2, 0x00c3, 0x1ea2, 0x0102, 0x1eb3, 0x1eb5,
	0x00c8, 0x00c9, 0x00ca, 0x1eba, 0x00cc, 0x00cd, 0x0128, 0x1ef3,
	0x0110, 0x1ee9, 0x00d2, 0x00d3, 0x00d4, 0x1ea1, 0x1ef7, 0x1eeb,
	0x1eed, 0x00d9, 0x00da, 0x1ef9, 0x1ef5, 0x00dd, 0x1ee1, 0x01b0,
	0x00e0, 0x00e1, 0x00e2, 0x00e3, 0x1ea3, 0x0103, 0x1eef, 0x1eab,
	0x00e8, 0x00e9, 0x00ea, 0x1ebb, 0x00ec, 0x00ed, 0x0129, 0x1ec9,
	0x0111, 0x1ef1, 0x00f2, 0x00f3, 0x00f4, 0x00f5, 0x1ecf, 0x1ecd,
	0x1ee5, 0x00f9, 0x00fa, 0x0169, 0x1ee7, 0x00fd, 0x1ee3, 0x1eee,
};

static const uint16_t cp1258[128] = {
	0x20ac, 0x0000, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0000, 0x2039, 0x0152, 0x0000, 0x0000, 0x0000,
	0x0000, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0000, 0x203a, 0x0153, 0x0000, 0x0000, 0x0178,
	0x00a0, 0x00a1, 0x00a2, 0x00a3, 0x00a4, 0x00a5, 0x00a6, 0x00a7,
	0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af,
	0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5, 0x00b6, 0x00b7,
	0x00b8, 0x00b9, 0x00ba, 0x00bb, 0x00bc, 0x00bd, 0x00be, 0x00bf,
	0x00c0, 0x00c1, 0x00c2, 0x0102, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
	0x00c8, 0x00c9, 0x00ca, 0x00cb, 0x0300, 0x00cd, 0x00ce, 0x00cf,
	0x0110, 0x00d1, 0x0309, 0x00d3, 0x00d4, 0x01a0, 0x00d6, 0x00d7,
	0x00d8, 0x00d9, 0x00da, 0x00db, 0x00dc, 0x01af, 0x0303, 0x00df,
	0x00e0, 0x00e1, 0x00e2, 0x0103, 0x00e4, 0x00e5, 0x00e6, 0x00e7,
	0x00e8, 0x00e9, 0x00ea, 0x00eb, 0x0301, 0x00ed, 0x00ee, 0x00ef,
	0x0111, 0x00f1, 0x0323, 0x00f3, 0x00f4, 0x01a1, 0x00f6, 0x00f7,
	0x00f8, 0x00f9, 0x00fa, 0x00fb, 0x00fc, 0x01b0, 0x20ab, 0x00ff,
};
// clang-format on

/* VNI writes a letter in one or two bytes; the second one carries the marks. These are the small letters; a capital's
 * bytes are 0x20 lower. */
static const struct pair {
	char letter; /* 0: the byte alone is the letter; F4 and F6 are o and u with horns */
	unsigned char byte;
	uint16_t character;
} vni[] = {
	{'a', 0xf9, 0x00e1},
	{'a', 0xf8, 0x00e0},
	{'a', 0xfb, 0x1ea3},
	{'a', 0xf5, 0x00e3},
	{'a', 0xef, 0x1ea1},
	{'e', 0xf9, 0x00e9},
	{'e', 0xf8, 0x00e8},
	{'e', 0xfb, 0x1ebb},
	{'e', 0xf5, 0x1ebd},
	{'e', 0xef, 0x1eb9},
	{'o', 0xf9, 0x00f3},
	{'o', 0xf8, 0x00f2},
	{'o', 0xfb, 0x1ecf},
	{'o', 0xf5, 0x00f5},
	{'o', 0xef, 0x1ecd},
	{'u', 0xf9, 0x00fa},
	{'u', 0xf8, 0x00f9},
	{'u', 0xfb, 0x1ee7},
	{'u', 0xf5, 0x0169},
	{'u', 0xef, 0x1ee5},
	{'y', 0xf9, 0x00fd},
	{'y', 0xf8, 0x1ef3},
	{'y', 0xfb, 0x1ef7},
	{'y', 0xf5, 0x1ef9},
	{'a', 0xe2, 0x00e2},
	{'a', 0xe1, 0x1ea5},
	{'a', 0xe0, 0x1ea7},
	{'a', 0xe5, 0x1ea9},
	{'a', 0xe3, 0x1eab},
	{'a', 0xe4, 0x1ead},
	{'e', 0xe2, 0x00ea},
	{'e', 0xe1, 0x1ebf},
	{'e', 0xe0, 0x1ec1},
	{'e', 0xe5, 0x1ec3},
	{'e', 0xe3, 0x1ec5},
	{'e', 0xe4, 0x1ec7},
	{'o', 0xe2, 0x00f4},
	{'o', 0xe1, 0x1ed1},
	{'o', 0xe0, 0x1ed3},
	{'o', 0xe5, 0x1ed5},
	{'o', 0xe3, 0x1ed7},
	{'o', 0xe4, 0x1ed9},
	{'a', 0xea, 0x0103},
	{'a', 0xe9, 0x1eaf},
	{'a', 0xe8, 0x1eb1},
	{'a', 0xfa, 0x1eb3},
	{'a', 0xfc, 0x1eb5},
	{'a', 0xeb, 0x1eb7},
	{'\xf4', 0xf9, 0x1edb},
	{'\xf6', 0xf9, 0x1ee9},
	{'\xf4', 0xf8, 0x1edd},
	{'\xf6', 0xf8, 0x1eeb},
	{'\xf4', 0xfb, 0x1edf},
	{'\xf6', 0xfb, 0x1eed},
	{'\xf4', 0xf5, 0x1ee1},
	{'\xf6', 0xf5, 0x1eef},
	{'\xf4', 0xef, 0x1ee3},
	{'\xf6', 0xef, 0x1ef1},
	{'\0', 0xed, 0x00ed},
	{'\0', 0xec, 0x00ec},
	{'\0', 0xe6, 0x1ec9},
	{'\0', 0xf3, 0x0129},
	{'\0', 0xf2, 0x1ecb},
	{'\0', 0xee, 0x1ef5},
	{'\0', 0xf4, 0x01a1},
	{'\0', 0xf6, 0x01b0},
	{'\0', 0xf1, 0x0111},
};

const char *legacy_name(enum legacy encoding)
{
	static const char *const names[] = {"none", "TCVN3 (ABC)", "VNI", "VISCII", N_("code page 1258")};
	return _(names[encoding]);
}

/* --- decoding; a character of the input is a byte, or something that no encoding has and that stays */

struct output {
	char *text;
	size_t size;
};

static void put(struct output *out, uint32_t c)
{
	char *to = out->text + out->size;
	if (c < 0x80) {
		*to = (char)c;
		out->size += 1;
	} else if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		out->size += 2;
	} else if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		out->size += 3;
	} else {
		to[0] = (char)(0xf0 | c >> 18);
		to[1] = (char)(0x80 | (c >> 12 & 0x3f));
		to[2] = (char)(0x80 | (c >> 6 & 0x3f));
		to[3] = (char)(0x80 | (c & 0x3f));
		out->size += 4;
	}
}

static bool is_capital(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xdf);
}

static uint32_t lower(uint32_t c)
{
	return is_capital(c) ? c + 0x20 : c;
}

/* The characters of Vietnamese are pairs in Unicode, a capital and its small letter after it. */
static uint32_t capital(uint32_t c)
{
	if (c < 0x100)
		return c - 0x20;
	return c - 1;
}

static uint32_t vni_find(uint32_t letter, uint32_t byte)
{
	for (size_t i = 0; i < sizeof vni / sizeof *vni; i++)
		if ((unsigned char)vni[i].letter == letter && vni[i].byte == byte)
			return vni[i].character;
	return 0;
}

/* The letter at c, with the one after it if that carries its marks. */
static uint32_t vni_letter(uint32_t c, uint32_t next, bool *ret_two)
{
	uint32_t found = 0;
	if (lower(next) >= 0xe0 && lower(next) <= 0xff)
		found = vni_find(lower(c), lower(next));
	*ret_two = found != 0;
	if (!found)
		found = vni_find(0, lower(c));
	return found ? (is_capital(c) ? capital(found) : found) : c;
}

static uint32_t table_letter(const uint16_t *table, uint32_t c)
{
	if (c < 0x80 || c > 0xff)
		return c;
	return table[c - 0x80] ? table[c - 0x80] : 0xfffd;
}

static char *decode(enum legacy encoding, const uint32_t *in, size_t count)
{
	static const uint16_t *const tables[] = {
		[LEGACY_TCVN3] = tcvn3, [LEGACY_VISCII] = viscii, [LEGACY_CP1258] = cp1258};
	struct output out = {.text = xmalloc(4 * count + 1)};
	for (size_t i = 0; i < count; i++) {
		bool two = false;
		if (encoding == LEGACY_VNI)
			put(&out, vni_letter(in[i], i + 1 < count ? in[i + 1] : 0, &two));
		else
			put(&out, table_letter(tables[encoding], in[i]));
		i += two;
	}
	out.text[out.size] = '\0';
	char *composed = text_nfc(out.text);
	free(out.text);
	return composed;
}

/* --- scoring */

static bool divides(char c) /* words: letters of ASCII do not divide, nor does what is beyond it */
{
	return (unsigned char)c < 0x80 && !((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool beyond_ascii(const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)word[i] >= 0x80)
			return true;
	return false;
}

static bool has_letter(const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!divides(word[i]) && (unsigned char)word[i] < 0x80)
			return true;
	return false;
}

static size_t word_size(const char *text)
{
	size_t size = 0;
	while (text[size] && !divides(text[size]))
		size++;
	return size;
}

struct score {
	size_t words; /* with something beyond ASCII */
	size_t valid; /* of them, as decoded */
};

/* Words are the same in both: no encoding makes a blank of a letter. */
static struct score score(const char *before, const char *after)
{
	struct score score = {0};
	while (*before) {
		while (*before && divides(*before))
			before++;
		while (*after && divides(*after))
			after++;
		size_t size = word_size(before), decoded = word_size(after);
		if (beyond_ascii(before, size) && has_letter(before, size)) {
			score.words++;
			score.valid += syllable_valid(after, decoded);
		}
		before += size;
		after += decoded;
	}
	return score;
}

/* before: what the characters look like undecoded. */
static enum legacy best(const uint32_t *in, size_t count, const char *before, size_t *ret_valid)
{
	enum legacy found = LEGACY_NONE;
	*ret_valid = 0;
	for (enum legacy encoding = LEGACY_TCVN3; encoding <= LEGACY_CP1258; encoding++) {
		char *decoded = decode(encoding, in, count);
		size_t valid = score(before, decoded).valid;
		if (valid > *ret_valid) {
			*ret_valid = valid;
			found = encoding;
		}
		free(decoded);
	}
	return found;
}

static uint32_t *characters_of_bytes(const char *bytes, size_t size)
{
	uint32_t *in = xcalloc(size + 1, sizeof *in);
	for (size_t i = 0; i < size; i++)
		in[i] = (unsigned char)bytes[i];
	return in;
}

/* What Windows-1252 has at 0x80 to 0x9f, but its punctuation, which clean text has too. */
static const uint16_t windows[32] = {[0x00] = 0x20ac,
	[0x02] = 0x201a,
	[0x03] = 0x0192,
	[0x06] = 0x2020,
	[0x07] = 0x2021,
	[0x08] = 0x02c6,
	[0x09] = 0x2030,
	[0x0a] = 0x0160,
	[0x0b] = 0x2039,
	[0x0c] = 0x0152,
	[0x0e] = 0x017d,
	[0x18] = 0x02dc,
	[0x19] = 0x2122,
	[0x1a] = 0x0161,
	[0x1b] = 0x203a,
	[0x1c] = 0x0153,
	[0x1e] = 0x017e,
	[0x1f] = 0x0178};

static uint32_t byte_of(uint32_t c)
{
	for (uint32_t i = 0; c > 0xff && i < 32; i++)
		if (windows[i] == c)
			return 0x80 + i;
	return c;
}

static uint32_t *characters_of_text(const char *text, size_t *ret_count)
{
	uint32_t *in = xcalloc(strlen(text) + 1, sizeof *in), c;
	*ret_count = 0;
	while ((c = utf8_next(&text)) != 0)
		in[(*ret_count)++] = byte_of(c);
	return in;
}

/* --- front door */

enum legacy legacy_of_bytes(const char *bytes, size_t size)
{
	uint32_t *in = characters_of_bytes(bytes, size);
	struct output latin = {.text = xmalloc(2 * size + 1)};
	size_t valid;
	for (size_t i = 0; i < size; i++)
		put(&latin, in[i] ? in[i] : ' ');
	latin.text[latin.size] = '\0';
	enum legacy found = best(in, size, latin.text, &valid);
	size_t words = score(latin.text, latin.text).words;
	free(latin.text);
	free(in);
	return valid >= 3 && valid * 4 >= words * 3 ? found : LEGACY_NONE;
}

/* A letter that is in no such font: whoever wrote it writes Unicode. */
static bool has_vietnamese(const char *text)
{
	uint32_t c;
	while ((c = utf8_next(&text)) != 0)
		if (c == 0x102 || c == 0x103 || c == 0x110 || c == 0x111 || c == 0x128 || c == 0x129 ||
			c == 0x168 || c == 0x169 || c == 0x1a0 || c == 0x1a1 || c == 0x1af || c == 0x1b0 ||
			(c >= 0x1ea0 && c <= 0x1ef9))
			return true;
	return false;
}

/* Punctuation and no-break spaces of clean text, which would join words: as blanks. */
static char *without_punctuation(const char *text)
{
	struct output out = {.text = xmalloc(strlen(text) + 1)};
	uint32_t c;
	while ((c = utf8_next(&text)) != 0)
		put(&out, c == 0xa0 || (c >= 0x2010 && c <= 0x2027) ? ' ' : c);
	out.text[out.size] = '\0';
	return out.text;
}

static enum legacy legacy_of_words(const char *text)
{
	struct score now = score(text, text);
	size_t wrong = now.words - now.valid, count, valid;
	if (wrong < 2) /* one word is unreliable */
		return LEGACY_NONE;
	uint32_t *in = characters_of_text(text, &count);
	enum legacy found = best(in, count, text, &valid);
	free(in);
	/* Nearly all of it must become Vietnamese, and by that most of what was none. */
	bool becomes =
		valid * 4 >= now.words * 3 && valid >= now.valid + 2 && (valid - now.valid) * 4 >= wrong * 3;
	return becomes ? found : LEGACY_NONE;
}

enum legacy legacy_of_text(const char *text)
{
	if (has_vietnamese(text))
		return LEGACY_NONE;
	char *words = without_punctuation(text);
	enum legacy found = legacy_of_words(words);
	free(words);
	return found;
}

char *legacy_convert_bytes(enum legacy encoding, const char *bytes, size_t size)
{
	uint32_t *in = characters_of_bytes(bytes, size);
	char *text = decode(encoding, in, size);
	free(in);
	return text;
}

char *legacy_convert_text(enum legacy encoding, const char *text)
{
	size_t count;
	uint32_t *in = characters_of_text(text, &count);
	char *converted = decode(encoding, in, count);
	free(in);
	return converted;
}
