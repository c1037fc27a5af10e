#include "render/ink.h"

#include <pthread.h>

#include "base/alloc.h"

/* Every letter whose marks must not be cut, and the rest of ASCII. */
static const char measured[] = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
			       "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			       "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
#define LETTERS_MOST (sizeof measured) /* one a byte at the most */

/* Outlines are drawn once at this em without hinting: their proportions. */
#define DRAWN_EM 1000

/* Pixels. Hinting rounds the height of small letters, which stretches all of them by the same share, and then each edge:
 * it moves the top or the bottom of a letter by so much at the most, and makes the whole from Ẳ to ỵ, whose ends it
 * rather rounds outward, lower by so much at the most (1.4 was found, from 6 to 900 pixels). */
#define HINTED_MOST  3
#define LOWERED_MOST 2

#define CUTS_MOST 16   /* family, weight, and how edges are drawn */
#define EMS_MOST  2048 /* larger ones are measured whenever they are asked for */

struct letter {
	const char *at; /* in `measured` */
	int size;	/* bytes */
	int up, down;	/* pixels at DRAWN_EM */
};

struct cut {
	const char *family;
	bool bold, crisp;
	bool drawn; /* an outline font, whose letters follow */
	struct letter letters[LETTERS_MOST];
	size_t letter_count;
	int up, down;		   /* of the highest and of the deepest */
	struct ink inks[EMS_MOST]; /* by em; capital 0: not measured */
};

struct inks {
	pthread_mutex_t lock;
	struct cut *cuts[CUTS_MOST];
	int cut_count;
};

struct inks *inks_create(void)
{
	struct inks *inks = xcalloc(1, sizeof *inks);

	pthread_mutex_init(&inks->lock, NULL);
	return inks;
}

void inks_destroy(struct inks *inks)
{
	if (!inks)
		return;
	for (int i = 0; i < inks->cut_count; i++)
		free(inks->cuts[i]);
	pthread_mutex_destroy(&inks->lock);
	free(inks);
}

/* --- proportions */

static void add_letter(struct cut *cut, PangoLayoutIter *iter, const char *at)
{
	PangoRectangle ink;
	int top;

	pango_layout_iter_get_cluster_extents(iter, &ink, NULL);
	top = pango_layout_iter_get_baseline(iter) - ink.y;
	struct letter letter = {.at = at,
		.size = (int)(g_utf8_next_char(at) - at),
		.up = top / PANGO_SCALE,
		.down = (ink.height - top) / PANGO_SCALE};
	cut->up = letter.up > cut->up ? letter.up : cut->up;
	cut->down = letter.down > cut->down ? letter.down : cut->down;
	cut->letters[cut->letter_count++] = letter;
}

static void draw_letters(struct cut *cut, struct typesetter *typesetter, const struct font *font)
{
	struct font drawn = *font;
	PangoLayoutIter *iter;

	drawn.pixels = DRAWN_EM;
	PangoLayout *layout = typesetter_layout_unhinted(typesetter, &drawn);
	pango_layout_set_text(layout, measured, -1);
	iter = pango_layout_get_iter(layout);
	do {
		if (cut->letter_count < LETTERS_MOST && *(measured + pango_layout_iter_get_index(iter)))
			add_letter(cut, iter, measured + pango_layout_iter_get_index(iter));
	} while (pango_layout_iter_next_cluster(iter));
	pango_layout_iter_free(iter);
	g_object_unref(layout);
	cut->drawn = true;
}

/* --- cuts */

static struct cut *find_cut(const struct inks *inks, const struct font *font)
{
	for (int i = 0; i < inks->cut_count; i++) {
		struct cut *cut = inks->cuts[i];

		if (cut->family == font->family && cut->bold == font->bold && cut->crisp == font->crisp)
			return cut;
	}
	return NULL;
}

/* Never freed before inks are; its proportions do not change any more. NULL: there are too many. */
static struct cut *cut_of(struct inks *inks, struct typesetter *typesetter, const struct font *font)
{
	struct cut *cut, *made;

	pthread_mutex_lock(&inks->lock);
	cut = find_cut(inks, font);
	pthread_mutex_unlock(&inks->lock);
	if (cut)
		return cut;
	made = xcalloc(1, sizeof *made);
	made->family = font->family;
	made->bold = font->bold;
	made->crisp = font->crisp;
	if (font->outline)
		draw_letters(made, typesetter, font);
	pthread_mutex_lock(&inks->lock);
	cut = find_cut(inks, font); /* somebody else was quicker */
	if (!cut && inks->cut_count < CUTS_MOST && (!font->outline || made->up > 0)) /* it could be read */
		cut = inks->cuts[inks->cut_count++] = made;
	pthread_mutex_unlock(&inks->lock);
	if (cut != made)
		free(made);
	return cut;
}

/* --- measuring */

/* Those that hinting may make the highest or the deepest, set apart. */
static void write_extremes(const struct cut *cut, int pixels, char *to)
{
	int play = 2 * HINTED_MOST * DRAWN_EM / pixels;

	for (size_t i = 0; i < cut->letter_count; i++) {
		const struct letter *letter = &cut->letters[i];

		if (letter->up < cut->up - play && letter->down < cut->down - play)
			continue;
		memcpy(to, letter->at, (size_t)letter->size);
		to += letter->size;
		*to++ = ' ';
	}
	*to = '\0';
}

/* In pixels. Without a layout, for which pango would measure much else at every size. */
static PangoRectangle ink_of(PangoFont *font, const char *text)
{
	PangoAnalysis analysis = {
		.font = font, .script = G_UNICODE_SCRIPT_LATIN, .language = pango_language_from_string("vi")};
	PangoGlyphString *glyphs = pango_glyph_string_new();
	PangoRectangle ink;

	pango_shape_with_flags(
		text, (int)strlen(text), NULL, 0, &analysis, glyphs, PANGO_SHAPE_ROUND_POSITIONS);
	pango_glyph_string_extents(glyphs, font, &ink, NULL);
	pango_glyph_string_free(glyphs);
	pango_extents_to_pixels(&ink, NULL);
	return ink;
}

/* NULL: its file could not be opened, once more neither. */
static PangoFont *load(struct typesetter *typesetter, const struct font *font)
{
	PangoFont *loaded = typesetter_font(typesetter, font);

	if (loaded)
		return loaded;
	g_object_unref(typesetter_layout(typesetter, font)); /* begins with a new map */
	return typesetter_font(typesetter, font);
}

static struct ink measure(const struct cut *cut, struct typesetter *typesetter, const struct font *font)
{
	PangoFont *loaded = load(typesetter, font);
	char extremes[2 * sizeof measured];
	PangoRectangle ink;

	if (!loaded)
		return (struct ink){0, 0, 0};
	if (cut && cut->drawn)
		write_extremes(cut, font->pixels, extremes);
	ink = ink_of(loaded, cut && cut->drawn ? extremes : measured);
	int up = -ink.y, down = ink.y + ink.height;
	ink = ink_of(loaded, "H");
	g_object_unref(loaded);
	return (struct ink){up > 0 ? up : 0, down > 0 ? down : 0, ink.height};
}

void inks_measure(struct inks *inks, struct typesetter *typesetter, struct font *font)
{
	struct cut *cut = cut_of(inks, typesetter, font);
	bool kept = cut && font->pixels < EMS_MOST;

	font->ink.capital = 0;
	if (kept) {
		pthread_mutex_lock(&inks->lock);
		font->ink = cut->inks[font->pixels];
		pthread_mutex_unlock(&inks->lock);
	}
	if (font->ink.capital > 0)
		return;
	font->ink = measure(cut, typesetter, font);
	if (kept) {
		pthread_mutex_lock(&inks->lock);
		cut->inks[font->pixels] = font->ink;
		pthread_mutex_unlock(&inks->lock);
	}
}

int inks_em_most(struct inks *inks, struct typesetter *typesetter, const struct font *font, int height)
{
	const struct cut *cut = cut_of(inks, typesetter, font);

	if (!cut || cut->up + cut->down <= 0)
		return height;
	return (height + LOWERED_MOST) * DRAWN_EM / (cut->up + cut->down);
}
