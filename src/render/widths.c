#include "render/widths.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/text.h"

/* What is kept; a daemon with many sizes of letters and a large vocabulary begins anew now and then. */
#define BYTES_MOST   ((size_t)1 << 20)
#define STRIKES_MOST 64
#define BUCKETS	     4096

struct strike {
	const char *family; /* static, as in struct font */
	int pixels;
	bool bold, crisp;
	PangoFont *font;
};

struct kept {
	struct kept *next;
	const struct strike *strike;
	bool latin;
	const char *piece;
	size_t size;
	struct span span;
};

struct widths {
	struct strike strikes[STRIKES_MOST];
	int strike_count;
	struct arena arena; /* of all that is kept */
	size_t bytes;	    /* of it, about */
	struct kept *buckets[BUCKETS];
	PangoGlyphString *glyphs; /* of what is shaped */
};

struct widths *widths_create(void)
{
	struct widths *widths = xcalloc(1, sizeof *widths);
	arena_init(&widths->arena);
	widths->glyphs = pango_glyph_string_new();
	return widths;
}

void widths_forget(struct widths *widths)
{
	for (int i = 0; i < widths->strike_count; i++)
		g_object_unref(widths->strikes[i].font);
	widths->strike_count = 0;
	widths->bytes = 0;
	memset(widths->buckets, 0, sizeof widths->buckets);
	arena_finish(&widths->arena);
}

void widths_destroy(struct widths *widths)
{
	if (!widths)
		return;
	widths_forget(widths);
	pango_glyph_string_free(widths->glyphs);
	free(widths);
}

/* A text needs two strikes at the most, its own and a bold one. */
void widths_trim(struct widths *widths)
{
	if (widths->strike_count > STRIKES_MOST - 2 || widths->bytes > BYTES_MOST)
		widths_forget(widths);
}

/* --- characters */

static bool is_letter(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == 0xaa || c == 0xba ||
	       (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7) || (c >= 0x1e00 && c <= 0x1eff);
}

/* Left out: what breaks lines, joins, is not seen, or may be a picture of itself. */
bool widths_know(uint32_t c)
{
	static const uint32_t signs[] = {0xa0, 0xa7, 0xab, 0xb0, 0xb1, 0xb2, 0xb3, 0xb5, 0xb7, 0xbb, 0xd7,
		0xf7, 0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x201e, 0x2022, 0x2026, 0x2030, 0x20ab};
	if (c < 0x80)
		return c >= ' ' && c < 0x7f;
	if (is_letter(c))
		return true;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (signs[i] == c)
			return true;
	return false;
}

bool widths_latin(const char *text, size_t size)
{
	const char *end = text + size;
	while (text < end)
		if (is_letter(utf8_next(&text)))
			return true;
	return false;
}

static size_t blank_size(const char *text, size_t size)
{
	static const char no_break_space[] = "\u00a0";
	if (size > 0 && *text == ' ')
		return 1;
	return size >= 2 && memcmp(text, no_break_space, 2) == 0 ? 2 : 0;
}

size_t widths_piece(const char *text, size_t size)
{
	size_t blank = blank_size(text, size), end = 0;
	if (blank > 0)
		return blank;
	while (end < size && blank_size(text + end, size - end) == 0)
		end++;
	return end;
}

/* --- strikes */

const struct strike *widths_strike(
	struct widths *widths, struct typesetter *typesetter, const struct font *font)
{
	for (int i = 0; i < widths->strike_count; i++) {
		const struct strike *strike = &widths->strikes[i];
		if (strike->pixels == font->pixels && strike->family == font->family &&
			strike->bold == font->bold && strike->crisp == font->crisp)
			return strike;
	}
	PangoFont *loaded = typesetter_font(typesetter, font);
	if (!loaded)
		return NULL;
	struct strike *strike = &widths->strikes[widths->strike_count++];
	*strike = (struct strike){font->family, font->pixels, font->bold, font->crisp, loaded};
	return strike;
}

/* --- spans */

static struct span span_anew(struct widths *widths, const struct kept *kept)
{
	PangoGlyphString *glyphs = widths->glyphs;
	PangoAnalysis analysis = {.font = kept->strike->font,
		.script = (guint8)(kept->latin ? G_UNICODE_SCRIPT_LATIN : G_UNICODE_SCRIPT_COMMON),
		.language = pango_language_from_string("vi")};
	int *places = arena_alloc(&widths->arena, kept->size * sizeof *places);
	struct span span = {.places = places};
	pango_shape_with_flags(
		kept->piece, (int)kept->size, NULL, 0, &analysis, glyphs, PANGO_SHAPE_ROUND_POSITIONS);
	for (size_t i = 0; i < kept->size; i++)
		places[i] = -1;
	for (int i = 0; i < glyphs->num_glyphs; i++) {
		int *place = &places[glyphs->log_clusters[i]];
		if (*place < 0)
			*place = span.width;
		span.width += glyphs->glyphs[i].geometry.width;
	}
	for (size_t i = 1; i < kept->size; i++)
		if (places[i] < 0)
			places[i] = places[i - 1];
	pango_glyph_string_extents(glyphs, kept->strike->font, &span.ink, NULL);
	return span;
}

static size_t bucket_of(const struct strike *strike, bool latin, const char *piece, size_t size)
{
	uint64_t state = DIGEST_START ^ (uint64_t)strike->pixels << 1 ^ latin;
	return (size_t)digest_picture(state, piece, size) % BUCKETS;
}

const struct span *widths_span(
	struct widths *widths, const struct strike *strike, bool latin, const char *piece, size_t size)
{
	struct kept **bucket = &widths->buckets[bucket_of(strike, latin, piece, size)];
	for (const struct kept *kept = *bucket; kept; kept = kept->next)
		if (kept->strike == strike && kept->size == size && kept->latin == latin &&
			memcmp(kept->piece, piece, size) == 0)
			return &kept->span;
	char *copy = arena_alloc(&widths->arena, size);
	struct kept *kept = arena_alloc(&widths->arena, sizeof *kept);
	memcpy(copy, piece, size);
	*kept = (struct kept){.next = *bucket, .strike = strike, .latin = latin, .piece = copy, .size = size};
	kept->span = span_anew(widths, kept);
	*bucket = kept;
	widths->bytes += sizeof *kept + size * (1 + sizeof *kept->span.places);
	return &kept->span;
}
