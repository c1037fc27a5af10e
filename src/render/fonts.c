#include "render/fonts.h"

#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/event.h"
#include "base/text.h"
#include "render/ink.h"
#include "render/widths.h"

#define TYPESETTERS_MOST 16

/* Pixel families have one size, which is the height of their ink; outline families any. In order of preference. */
static const struct family {
	const char *name;
	int pixels; /* the strike of a pixel family; 0: outline */
	bool has_bold;
} families[] = {
	{"Bang Tin 32", 32, true},
	{"Bang Tin 24", 24, true},
	{"Bang Tin 16", 16, true},
	{"Noto Sans", 0, true},
};
#define FAMILIES (sizeof families / sizeof *families)

/* Below this many pixels of ink an outline font's marks mislead on LEDs: hồ reads as hố. */
#define OUTLINE_LEAST 22
/* From this height of a line on, an outline font fills it so much better than the largest pixel font that it is
 * preferred, though its edges are less even. */
#define OUTLINE_PREFERRED 43
/* Rows. No screen is lower; no board is higher whose dots are seen one by one. */
#define BOARD_MOST 256

struct typesetter {
	FcConfig *config;
	PangoFontMap *map;
	PangoContext *context;
	struct widths *widths;
};

struct fonts {
	FcConfig *config;
	FcCharSet *covered[FAMILIES]; /* NULL: the family is not there */
	struct inks *inks;
	pthread_mutex_t lock; /* of what follows; never held while laying out */
	struct typesetter *idle[TYPESETTERS_MOST];
	int idle_count;
};

/* --- the private configuration: the shipped directory and nothing of the system's */

static FcConfig *configure(const char *directory)
{
	FcConfig *config = FcConfigCreate();
	char *xml = xasprintf("<?xml version=\"1.0\"?><fontconfig><dir>%s</dir>"
			      "<cachedir prefix=\"xdg\">bangtin/fontconfig</cachedir></fontconfig>",
		directory);
	if (config && (!FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)xml, FcTrue) ||
			      !FcConfigBuildFonts(config))) {
		FcConfigDestroy(config);
		config = NULL;
	}
	/* Else pango reads the system's configuration and all of its fonts, only to never ask for one of them. */
	if (config)
		FcConfigSetCurrent(config);
	free(xml);
	return config;
}

static FcCharSet *coverage(FcConfig *config, const char *family)
{
	FcPattern *pattern = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, (char *)NULL);
	FcObjectSet *objects = FcObjectSetBuild(FC_CHARSET, (char *)NULL);
	FcFontSet *set = FcFontList(config, pattern, objects);
	FcCharSet *found = NULL, *covered = NULL;
	/* Regular and bold must both have a character for it to count. */
	for (int i = 0; set && i < set->nfont; i++) {
		if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &found) != FcResultMatch)
			continue;
		FcCharSet *both = covered ? FcCharSetIntersect(covered, found) : FcCharSetCopy(found);
		if (covered)
			FcCharSetDestroy(covered);
		covered = both;
	}
	if (set)
		FcFontSetDestroy(set);
	FcObjectSetDestroy(objects);
	FcPatternDestroy(pattern);
	return covered;
}

static const char *choose_directory(const char *directory)
{
	if (!directory)
		directory = getenv("BANGTIN_FONTS");
	return directory ? directory : BANGTIN_PREFIX "/share/bangtin/fonts";
}

/* Of pango, and of glib below it, which would stop the program with a signal where it cannot go on. */
static GLogWriterOutput write_library_log(
	GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
	const char *domain = "glib", *text = "";
	for (gsize i = 0; i < count; i++) {
		if (strcmp(fields[i].key, "MESSAGE") == 0)
			text = fields[i].value;
		else if (strcmp(fields[i].key, "GLIB_DOMAIN") == 0)
			domain = fields[i].value;
	}
	log_event(EVENT_LIBRARY, "%s: %s", domain, text);
	if (level & (G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL))
		_exit(3); /* as where memory ends */
	return G_LOG_WRITER_HANDLED;
}

static void set_library_log(void)
{
	g_log_set_writer_func(write_library_log, NULL, NULL); /* may be called once */
}

int fonts_create(const char *directory, struct fonts **ret_fonts)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct stat status;
	pthread_once(&once, set_library_log);
	directory = choose_directory(directory);
	if (stat(directory, &status) < 0 || strpbrk(directory, "<>&"))
		return -ENOENT;
	FcConfig *config = configure(directory);
	if (!config)
		return -ENOENT;
	struct fonts *fonts = xcalloc(1, sizeof *fonts);
	fonts->config = config;
	fonts->inks = inks_create();
	pthread_mutex_init(&fonts->lock, NULL);
	size_t found = 0;
	for (size_t i = 0; i < FAMILIES; i++)
		found += (fonts->covered[i] = coverage(config, families[i].name)) != NULL;
	if (found == 0) {
		fonts_destroy(fonts);
		return -ENOENT;
	}
	*ret_fonts = fonts;
	return 0;
}

static void typesetter_finish(struct typesetter *typesetter)
{
	widths_forget(typesetter->widths);
	g_object_unref(typesetter->context);
	g_object_unref(typesetter->map);
}

static void typesetter_destroy(struct typesetter *typesetter)
{
	typesetter_finish(typesetter);
	widths_destroy(typesetter->widths);
	free(typesetter);
}

void fonts_destroy(struct fonts *fonts)
{
	if (!fonts)
		return;
	for (int i = 0; i < fonts->idle_count; i++)
		typesetter_destroy(fonts->idle[i]);
	for (size_t i = 0; i < FAMILIES; i++)
		if (fonts->covered[i])
			FcCharSetDestroy(fonts->covered[i]);
	inks_destroy(fonts->inks);
	FcConfigDestroy(fonts->config);
	pthread_mutex_destroy(&fonts->lock);
	free(fonts);
}

/* --- typesetters */

static void typesetter_init(struct typesetter *typesetter, FcConfig *config)
{
	typesetter->config = config;
	typesetter->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(typesetter->map), config);
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(typesetter->map), 96);
	typesetter->context = pango_font_map_create_context(typesetter->map);
	pango_context_set_language(typesetter->context, pango_language_from_string("vi"));
	pango_context_set_base_dir(typesetter->context, PANGO_DIRECTION_LTR);
}

static struct typesetter *typesetter_create(struct fonts *fonts)
{
	struct typesetter *typesetter = xcalloc(1, sizeof *typesetter);
	typesetter->widths = widths_create();
	typesetter_init(typesetter, fonts->config);
	return typesetter;
}

struct typesetter *fonts_borrow(struct fonts *fonts)
{
	struct typesetter *typesetter = NULL;
	pthread_mutex_lock(&fonts->lock);
	if (fonts->idle_count > 0)
		typesetter = fonts->idle[--fonts->idle_count];
	pthread_mutex_unlock(&fonts->lock);
	return typesetter ? typesetter : typesetter_create(fonts);
}

void fonts_give_back(struct fonts *fonts, struct typesetter *typesetter)
{
	pthread_mutex_lock(&fonts->lock);
	bool kept = fonts->idle_count < TYPESETTERS_MOST;
	if (kept)
		fonts->idle[fonts->idle_count++] = typesetter;
	pthread_mutex_unlock(&fonts->lock);
	if (!kept)
		typesetter_destroy(typesetter);
}

/* How the context draws from now on. */
static void set_options(struct typesetter *typesetter, const struct font *font, cairo_hint_style_t hint,
	cairo_hint_metrics_t metrics)
{
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_antialias(options, font->crisp ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, hint);
	cairo_font_options_set_hint_metrics(options, metrics);
	pango_cairo_context_set_font_options(typesetter->context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(typesetter->context, TRUE);
	pango_context_changed(typesetter->context);
}

static PangoFontDescription *describe(const struct font *font)
{
	PangoFontDescription *description = pango_font_description_new();
	pango_font_description_set_family_static(description, font->family);
	pango_font_description_set_absolute_size(description, (double)font->pixels * PANGO_SCALE);
	pango_font_description_set_weight(description, font->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	return description;
}

/* NULL: its file could not be opened. */
static PangoFont *load_font(struct typesetter *typesetter, const PangoFontDescription *description)
{
	PangoFont *font = pango_context_load_font(typesetter->context, description);
	cairo_scaled_font_t *scaled = font ? pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)) : NULL;
	if (scaled && cairo_scaled_font_status(scaled) == CAIRO_STATUS_SUCCESS)
		return font;
	if (font)
		g_object_unref(font);
	return NULL;
}

/* pango keeps for good that a font failed: if that was for a moment only (no descriptor was left), a new map helps. */
static PangoLayout *layout_with(struct typesetter *typesetter, const struct font *font,
	cairo_hint_style_t hint, cairo_hint_metrics_t metrics)
{
	PangoFontDescription *description = describe(font);
	set_options(typesetter, font, hint, metrics);
	PangoFont *loaded = load_font(typesetter, description);
	if (loaded) {
		g_object_unref(loaded);
	} else {
		typesetter_finish(typesetter);
		typesetter_init(typesetter, typesetter->config);
		set_options(typesetter, font, hint, metrics);
	}
	PangoLayout *layout = pango_layout_new(typesetter->context);
	pango_layout_set_font_description(layout, description);
	pango_font_description_free(description);
	return layout;
}

static cairo_hint_style_t hinting(const struct font *font)
{
	return font->crisp ? CAIRO_HINT_STYLE_FULL : CAIRO_HINT_STYLE_SLIGHT;
}

PangoLayout *typesetter_layout(struct typesetter *typesetter, const struct font *font)
{
	return layout_with(typesetter, font, hinting(font), CAIRO_HINT_METRICS_ON);
}

PangoLayout *typesetter_layout_unhinted(struct typesetter *typesetter, const struct font *font)
{
	return layout_with(typesetter, font, CAIRO_HINT_STYLE_NONE, CAIRO_HINT_METRICS_OFF);
}

PangoFont *typesetter_font(struct typesetter *typesetter, const struct font *font)
{
	PangoFontDescription *description = describe(font);
	set_options(typesetter, font, hinting(font), CAIRO_HINT_METRICS_ON);
	PangoFont *loaded = load_font(typesetter, description);
	pango_font_description_free(description);
	return loaded;
}

struct widths *typesetter_widths(struct typesetter *typesetter)
{
	return typesetter->widths;
}

void fonts_measure(struct fonts *fonts, struct typesetter *typesetter, struct font *font)
{
	inks_measure(fonts->inks, typesetter, font);
}

/* --- choosing */

/* The largest em whose ink fits: ink grows with the em, but hinting makes it jump, so the estimate is tried and
 * lowered. Noto Sans has 1.29 em of ink. */
static bool fit_outline(struct fonts *fonts, struct typesetter *typesetter, int height, struct font *font)
{
	int most = inks_em_most(fonts->inks, typesetter, font, height), estimate = height * 100 / 125;
	for (font->pixels = estimate < most ? estimate : most; font->pixels >= 6; font->pixels--) {
		fonts_measure(fonts, typesetter, font);
		if (font->ink.capital <= 0)
			return false; /* it cannot be read */
		if (font->ink.up + font->ink.down <= height)
			return true;
	}
	return false;
}

static bool fit_family(struct fonts *fonts, struct typesetter *typesetter, const struct family *family,
	const struct face *face, bool bold, int height, struct font *ret_font)
{
	struct font font = {.family = family->name,
		.pixels = family->pixels,
		.outline = family->pixels == 0,
		.bold = bold && family->has_bold,
		.crisp = face->mono || family->pixels > 0,
		.mono = face->mono};
	if (family->pixels == 0) {
		/* Thin outline strokes vanish on LEDs: bold is the default on boards. */
		font.bold = bold || (height < 100 && face->page_height <= BOARD_MOST);
		if (!fit_outline(fonts, typesetter, height, &font))
			return false;
	} else {
		fonts_measure(fonts, typesetter, &font);
		if (font.ink.up + font.ink.down > height || font.ink.capital <= 0)
			return false;
	}
	*ret_font = font;
	return true;
}

static bool covers(const struct fonts *fonts, size_t family, const char *text)
{
	uint32_t c;
	if (!fonts->covered[family])
		return false;
	while ((c = utf8_next(&text)) != 0)
		if (c >= ' ' && !FcCharSetHasChar(fonts->covered[family], c)) /* below: breaks, emphasis */
			return false;
	return true;
}

unsigned fonts_covering(const struct fonts *fonts, const char *text)
{
	unsigned covering = 0;
	for (size_t i = 0; i < FAMILIES; i++)
		if (covers(fonts, i, text))
			covering |= 1u << i;
	return covering;
}

static size_t family_of(const struct font *font)
{
	size_t family = 0;
	while (family + 1 < FAMILIES && strcmp(families[family].name, font->family) != 0)
		family++;
	return family;
}

bool fonts_cover(unsigned covering, const struct font *font)
{
	return covering >> family_of(font) & 1;
}

static bool offered(struct fonts *fonts, size_t family, const char *name, int height)
{
	if (!fonts->covered[family])
		return false;
	if (*name)
		return strcmp(name, families[family].name) == 0;
	/* Too small to be told apart: rather pages of a pixel font. */
	return families[family].pixels > 0 || height >= OUTLINE_LEAST;
}

bool fonts_choose(struct fonts *fonts, struct typesetter *typesetter, const struct face *face,
	const char *name, bool bold, int height, unsigned covering, struct font *ret_font)
{
	bool outline_first =
		height >= OUTLINE_PREFERRED || (face->height > BOARD_MOST && height >= OUTLINE_LEAST);
	/* The preferred kind first; but a font that lacks a character of the text only if all do. */
	for (int pass = 0; pass < 4; pass++)
		for (size_t i = 0; i < FAMILIES; i++) {
			bool outline = families[i].pixels == 0, whole = pass < 2;
			if (!offered(fonts, i, name, height) ||
				outline != (pass % 2 == 0 ? outline_first : !outline_first) ||
				(whole && !(covering >> i & 1)))
				continue;
			if (fit_family(fonts, typesetter, &families[i], face, bold, height, ret_font))
				return true;
		}
	return false;
}

uint32_t fonts_missing(struct fonts *fonts, const struct font *font, const char *text)
{
	size_t family = family_of(font);
	uint32_t c;
	while ((c = utf8_next(&text)) != 0)
		if (c != '\n' && !FcCharSetHasChar(fonts->covered[family], c))
			return c;
	return 0;
}
