#include "show/judge.h"

#include <math.h>

#include "base/alloc.h"
#include "base/emphasis.h"
#include "base/note.h"

#define CONTRAST_LEAST	   4.5
#define CONTRAST_LARGE	   3.0
#define CONTRAST_INVISIBLE 1.5
#define FLASHES_MOST	   3.0
#define WINDOW_LEAST	   1.0 /* seconds that a letter of a running text is to be seen */

enum { SAMPLES_MOST = 128, GRID_LEAST = 128 };

/* --- measuring */

/* Of screens, a grid of pixels is enough: what flashes so that it is seen is larger. */
static double mean_luminance(const struct frame *frame)
{
	int side = frame->width < frame->height ? frame->width : frame->height;
	int step = side / GRID_LEAST > 1 ? side / GRID_LEAST : 1;
	int64_t count = 0;
	double of[3][256], sum = 0; /* each channel's part */
	for (uint32_t value = 0; value < 256; value++) {
		of[0][value] = legible_luminance(value << 16);
		of[1][value] = legible_luminance(value << 8);
		of[2][value] = legible_luminance(value);
	}
	for (int y = 0; y < frame->height; y += step) {
		const uint32_t *row = frame_row(frame, y);
		for (int x = 0; x < frame->width; x += step, count++)
			sum += of[0][row[x] >> 16 & 255] + of[1][row[x] >> 8 & 255] + of[2][row[x] & 255];
	}
	return sum / (double)count;
}

double judge_luminance(struct fonts *fonts, const struct face *face, const struct item *item)
{
	struct scene *scene = scene_prepare(fonts, face, item, NULL, NULL);
	struct frame *frame = frame_create(face->width, face->height);
	scene_compose(scene, (struct moment){0, 0}, frame);
	double mean = mean_luminance(frame);
	frame_unref(frame);
	scene_unref(scene);
	return mean;
}

#define WATCHED (3 * NS_PER_SEC)

/* A running text changes all the time, but not all of the display; one picture alone does not flash. */
static bool may_flash(const struct scene *scene, const struct reading *reading)
{
	bool runs = reading->motion == MOTION_SCROLL_LEFT || reading->motion == MOTION_SCROLL_UP;
	return !runs && scene_next_change(scene, (struct moment){0, 0}) < WATCHED;
}

static double own_flashes(const struct scene *scene, const struct judged *judged)
{
	struct luminance_at samples[SAMPLES_MOST];
	size_t count = 0;
	struct frame *frame = frame_create(judged->face->width, judged->face->height);
	for (int64_t at = 0, before = 0; at < WATCHED && count < SAMPLES_MOST;
		before = at, at = scene_next_change(scene, (struct moment){at, at})) {
		if (at == 0)
			scene_compose(scene, (struct moment){0, 0}, frame);
		else
			scene_update(scene, (struct moment){before, before}, (struct moment){at, at}, frame);
		samples[count++] = (struct luminance_at){at, mean_luminance(frame)};
	}
	frame_unref(frame);
	return legible_flashes(samples, count);
}

void judge_measure(struct fonts *fonts, const struct item *item, struct judged *judged)
{
	struct scene *scene = scene_try(fonts, judged->face, item, &judged->notes);
	for (size_t i = 0; i < judged->notes.count; i++) {
		const struct render_note *note = &judged->notes.items[i];
		if (note->zone)
			continue;
		judged->faults |= note->faults;
		judged->missing = note->missing ? note->missing : judged->missing;
	}
	scene_reading(scene, &judged->reading);
	judged->natural = scene_natural_length(scene);
	if (may_flash(scene, &judged->reading)) {
		struct scene *painted = scene_prepare(fonts, judged->face, item, NULL, NULL);
		judged->flashes = own_flashes(painted, judged);
		scene_unref(painted);
	}
	scene_unref(scene);
}

bool judge_sequence(const double *luminance, const int64_t *lengths, size_t count)
{
	struct luminance_at samples[SAMPLES_MOST];
	size_t taken = 0;
	bool quick = false; /* pictures that stay cannot flash: most playlists are done here */
	for (size_t i = 0; i < count; i++)
		quick |= lengths[i] < NS_PER_SEC / 2;
	if (!quick || count < 2)
		return false;
	int64_t at = 0;
	for (size_t i = 0; taken < SAMPLES_MOST && i < 8 * count; i++) {
		samples[taken++] = (struct luminance_at){at, luminance[i % count]};
		at += lengths[i % count];
	}
	return legible_flashes(samples, taken) > FLASHES_MOST;
}

/* --- faults of the picture */

void judge_picture(
	const struct judged *judged, struct location where, const char *what, struct diag_list *diags)
{
	const struct display *display = judged->display;
	unsigned faults = judged->faults;
	if (faults & RENDER_MISSING_GLYPH) /* of the box in its place nobody wants to know */
		faults &= ~(unsigned)(RENDER_TOO_TALL | RENDER_CLIPPED | RENDER_TOO_WIDE);
	if (faults & (RENDER_TOO_TALL | RENDER_TOO_WIDE)) /* therefore */
		faults &= ~(unsigned)RENDER_CLIPPED;
	if (faults & RENDER_MISSING_GLYPH)
		diag_note(diags, NOTE_MISSING_LETTER, where,
			"%s: no font of display `%s` has the character U+%04X; leave it out or write it "
			"otherwise",
			what, display->name, (unsigned)judged->missing);
	if (faults & RENDER_TOO_TALL)
		diag_note(diags, NOTE_TOO_TALL, where,
			"%s: its letters do not fit the %d pixels of display `%s`; choose a smaller size or "
			"another font",
			what, display->height, display->name);
	if (faults & RENDER_TOO_WIDE)
		diag_note(diags, NOTE_TOO_WIDE, where,
			"%s: a word is wider than display `%s` (%d pixels); let it scroll (enter: "
			"scroll-left) or "
			"give a `short:` form",
			what, display->name, display->width);
	if (faults & RENDER_CLIPPED)
		diag_note(diags, NOTE_CLIPPED, where,
			"%s: a mark would be cut off on display `%s`; choose a smaller size", what,
			display->name);
	if (faults & RENDER_TOO_SMALL)
		diag_note(diags, NOTE_TOO_SMALL, where,
			"%s: capitals of %d pixels on display `%s` are read up to %.0f m, and its viewers "
			"stand at %.0f "
			"m; %d pixels are needed: choose larger letters or a shorter text",
			what, judged->reading.capital, display->name,
			floor(legible_distance(display->pitch_mm, judged->reading.capital)),
			display->viewing_distance_m, judged->face->legible);
	if (judged->flashes > FLASHES_MOST)
		diag_note(diags, NOTE_FLASHES, where,
			"%s: it flashes %.1f times a second on display `%s`, and more than 3 are dangerous; "
			"change more "
			"slowly",
			what, judged->flashes, display->name);
}

/* --- colours */

static void judge_pair(const struct judged *judged, uint32_t letters, uint32_t ground, struct location where,
	const char *what, struct diag_list *diags)
{
	const struct display *display = judged->display;
	double ratio = legible_contrast(
		legible_on_panel(&display->panel, letters), legible_on_panel(&display->panel, ground));
	bool large = judged->reading.line >= LEGIBLE_LARGE || judged->face->mono;
	double least = large ? CONTRAST_LARGE : CONTRAST_LEAST;
	if (ratio < CONTRAST_INVISIBLE)
		diag_note(diags, NOTE_INVISIBLE, where,
			"%s: letters of #%06x on #%06x cannot be seen on display `%s`; choose other colours",
			what, (unsigned)letters, (unsigned)ground, display->name);
	else if (ratio < least)
		diag_note(diags, NOTE_FAINT, where,
			"%s: letters of #%06x on #%06x have a contrast of %.1f to 1 on display `%s`, and "
			"%.1f are "
			"needed; choose a lighter or darker colour",
			what, (unsigned)letters, (unsigned)ground, floor(ratio * 10) / 10, display->name,
			least);
}

void judge_colours(const struct judged *judged, const struct style *style, const char *text,
	struct location where, const char *what, struct diag_list *diags)
{
	uint32_t ground = style->background_set ? style->background : judged->face->background;
	uint32_t letters = style->colour_set ? style->colour : judged->face->foreground;
	struct emphasis_reader reader = {.at = text};
	struct emphasis look;
	const char *piece;
	size_t size;
	uint32_t last = letters;
	judge_pair(judged, letters, ground, where, what, diags);
	/* On LEDs of one colour emphasis has none. */
	while (!judged->face->mono && emphasis_next(&reader, &piece, &size, &look)) {
		if (look.coloured && look.colour != last && look.colour != letters)
			judge_pair(judged, last = look.colour, ground, where, what, diags);
	}
}

/* --- times */

/* Seconds, rounded up to a tenth. */
static double seconds(int64_t ns)
{
	return ceil((double)ns / (NS_PER_SEC / 10)) / 10;
}

static void judge_still(
	const struct judged *judged, const struct item *item, const char *what, struct diag_list *diags)
{
	int64_t needed = legible_time(judged->reading.syllables);
	if (item->duration > 0 && item->duration < needed)
		diag_note(diags, NOTE_TOO_SHORT, item->where,
			"%s: its %zu syllables stand for %.1f s on display `%s` and take %.1f s to read; "
			"make `for:` "
			"longer or leave it out",
			what, judged->reading.syllables, seconds(item->duration), judged->display->name,
			seconds(needed));
}

static void judge_pages(
	const struct judged *judged, const struct item *item, const char *what, struct diag_list *diags)
{
	const struct reading *reading = &judged->reading;
	int64_t needed = legible_time(reading->fullest);
	if (reading->page_time < needed)
		diag_note(diags, NOTE_TOO_SHORT, item->message->text_where,
			"%s: a page of it has %zu syllables on display `%s` and stands for %.1f s; set "
			"`page-time` of "
			"its style to %.0f s",
			what, reading->fullest, judged->display->name, seconds(reading->page_time),
			ceil((double)needed / NS_PER_SEC));
	if (item->duration > 0 && item->duration < judged->natural)
		diag_note(diags, NOTE_CUT_OFF, item->where,
			"%s: it comes in %d pages on display `%s`, which take %.1f s, and ends after %.1f s; "
			"make `for:` "
			"longer, or leave it out",
			what, reading->pages, judged->display->name, seconds(judged->natural),
			seconds(item->duration));
}

static void judge_running(
	const struct judged *judged, const struct item *item, const char *what, struct diag_list *diags)
{
	const struct reading *reading = &judged->reading;
	double each =
		reading->syllables ? (double)reading->strip / (double)reading->syllables : reading->strip;
	double most = each * LEGIBLE_SYLLABLES_PER_SECOND;
	int side = reading->motion == MOTION_SCROLL_LEFT ? judged->face->width : judged->face->height;
	if (side / WINDOW_LEAST < most)
		most = side / WINDOW_LEAST;
	if (reading->speed > most + 0.5)
		diag_note(diags, NOTE_TOO_FAST, item->message->text_where,
			"%s: it runs at %.0f pixels a second on display `%s`, and can be read at %.0f; lower "
			"`speed` of "
			"its style",
			what, reading->speed, judged->display->name, floor(most));
	if (item->duration > 0 && item->duration < judged->natural)
		diag_note(diags, NOTE_CUT_OFF, item->where,
			"%s: it runs through in %.1f s on display `%s` and ends after %.1f s; make `for:` "
			"longer, or "
			"write `passes: 1` instead",
			what, seconds(judged->natural), judged->display->name, seconds(item->duration));
}

void judge_item(
	const struct judged *judged, const struct item *item, const char *what, struct diag_list *diags)
{
	const struct reading *reading = &judged->reading;
	if (reading->capital == 0)
		return;
	judge_colours(
		judged, item->message->style, item->message->text, item->message->text_where, what, diags);
	if (reading->motion == MOTION_STILL)
		judge_still(judged, item, what, diags);
	else if (reading->motion == MOTION_PAGE)
		judge_pages(judged, item, what, diags);
	else
		judge_running(judged, item, what, diags);
}
