#include "sheet.h"

#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/words.h"
#include "draft.h"
#include "frame/scale.h"
#include "progress.h"

/* The page, in pixels. */
#define PAGE_WIDTH   1600
#define MARGIN	     48
#define GAP	     32
#define TITLE	     48 /* heights of lines, stacked marks included */
#define LINE	     27
#define HEAD	     (TITLE + LINE + 28)
#define LABEL	     (3 * LINE + 12)
#define THUMB_HIGH   640
#define PAPER	     0xf4f5f7u
#define INK	     0x14171cu
#define FAINT	     0x59616eu
#define FRAME_COLOUR 0xc3c8d0u

/* One thing that shows: the same as another if all of the first four are. */
struct spot {
	enum show_source source;
	const struct entry *entry;
	const struct item *item;
	const char *override; /* its id; "" */
	int64_t item_start;   /* of the latest run */
	int64_t start, end;   /* of the first run */
	int64_t last_end;     /* of the latest */
	int64_t runs;
};

struct sheet {
	struct painter *painter;
	int64_t from, until;
	struct spot *spots;
	size_t count, capacity;
	int columns, box_width, thumb_width, thumb_height;
	struct frame *page;
};

/* --- what shows */

static struct spot spot_of(const struct show_state *state)
{
	const struct segment *segment = state->source == SHOW_SCHEDULE ? state->segment : NULL;

	return (struct spot){.source = state->source,
		.entry = segment ? segment->entry : NULL,
		.item = segment ? segment->item : NULL,
		.override = state->override ? state->override->id : "",
		.item_start = segment ? segment->item_start : 0};
}

static bool same(const struct spot *a, const struct spot *b)
{
	return a->source == b->source && a->entry == b->entry && a->item == b->item &&
	       strcmp(a->override, b->override) == 0;
}

/* A piece that goes on from the run before belongs to it: hours of the display are looked at minute by minute. */
static void add(struct sheet *sheet, struct spot piece, int64_t start, int64_t end)
{
	for (size_t i = 0; i < sheet->count; i++) {
		struct spot *spot = &sheet->spots[i];
		if (!same(spot, &piece))
			continue;
		bool goes_on = spot->last_end == start && spot->item_start == piece.item_start;
		if (goes_on && spot->runs == 1)
			spot->end = end;
		spot->runs += !goes_on;
		spot->last_end = end;
		spot->item_start = piece.item_start;
		return;
	}
	array_reserve_one(sheet->spots, sheet->count, sheet->capacity);
	piece.start = start;
	piece.end = piece.last_end = end;
	piece.runs = 1;
	sheet->spots[sheet->count++] = piece;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The next instant at which something else may show: a segment's end, an override's border, a whole minute (on which
 * the display's hours lie). */
static int64_t next_border(const struct sheet *sheet, const struct show_state *state, int64_t at)
{
	const struct context *context = sheet->painter->context;
	int64_t next = earlier(sheet->until, (at / NS_PER_MIN + 1) * NS_PER_MIN);

	if (state->segment)
		next = earlier(next, state->segment->end);
	for (size_t i = 0; i < context->override_count; i++) {
		if (context->overrides[i].start > at)
			next = earlier(next, context->overrides[i].start);
		if (context->overrides[i].end > at)
			next = earlier(next, context->overrides[i].end);
	}
	return next;
}

static void walk(struct sheet *sheet)
{
	struct show_state state;

	for (int64_t at = sheet->from, next; at < sheet->until && !signals_came(); at = next) {
		show_state_at(sheet->painter->context->show, (struct instant){at, true}, &state);
		next = next_border(sheet, &state, at);
		add(sheet, spot_of(&state), at, next);
	}
}

/* --- words: set by the render room, as a message on a face as large as the line */

static struct scene *set(struct sheet *sheet, const struct style *style, int width, const char *text)
{
	struct face face = {.width = width,
		.height = style->size,
		.foreground = style->colour,
		.background = style->background,
		.rate = 1000};
	struct message message = {.unit = "", .name = "", .text = text, .lang = "vi", .style = style};
	struct item item = {.message = &message, .motion = MOTION_STILL, .passes = 1};
	unsigned faults;
	uint32_t missing;

	return scene_prepare(sheet->painter->context->fonts, &face, &item, &faults, &missing);
}

/* What is too long would go on to a second page: it is shortened until it does not. */
static struct scene *set_shortened(
	struct sheet *sheet, const struct style *style, int width, const char *text)
{
	size_t length = strlen(text);
	struct scene *scene = set(sheet, style, width, text);

	while (length > 0 && scene_next_change(scene, (struct moment){0, 0}) != TIME_NEVER) {
		scene_unref(scene);
		do
			length--;
		while (length > 0 && (text[length] & 0xc0) == 0x80);
		char *shorter = xasprintf("%.*s…", (int)length, text);
		scene = set(sheet, style, width, shorter);
		free(shorter);
	}
	return scene;
}

static void write_line(struct sheet *sheet, struct rect where, bool bold, uint32_t colour, const char *text)
{
	const struct style style = {.name = "",
		.font = "Noto Sans", /* not the one of boards that are as low */
		.size = where.height,
		.bold = bold,
		.colour = colour,
		.background = PAPER,
		.colour_set = true,
		.background_set = true,
		.align = ALIGN_START,
		.valign = ALIGN_START,
		.speed = 60,
		.page_time = NS_PER_SEC};
	struct scene *scene = set_shortened(sheet, &style, where.width, text);
	struct frame *line = frame_create(where.width, where.height);

	scene_compose(scene, (struct moment){0, 0}, line);
	frame_copy(sheet->page, where.x, where.y, line, (struct rect){0, 0, where.width, where.height});
	frame_unref(line);
	scene_unref(scene);
}

/* HH:MM:SS in the site's zone; the day's end is 24:00:00. */
static const char *clock_text(const struct sheet *sheet, int64_t time)
{
	static char buffers[4][16];
	static unsigned turn;
	char *text = buffers[turn++ % 4];
	struct civil civil;

	zone_civil(sheet->painter->context->site->zone, time, &civil);
	bool end = time == sheet->until && civil.hour + civil.minute + civil.second == 0;
	snprintf(text, sizeof *buffers, "%02d:%02d:%02d", (end ? 24 : civil.hour) % 100, civil.minute % 100,
		civil.second % 100);
	return text;
}

static char *name_of(const struct sheet *sheet, const struct spot *spot)
{
	const struct display *display = show_view(sheet->painter->context->show)->display;

	switch (spot->source) {
	case SHOW_SCHEDULE:
		return xasprintf("%s/%s", spot->item->message->unit, spot->item->message->name);
	case SHOW_ANNOUNCE:
		return xstrdup(_("announcement"));
	case SHOW_BLANK:
		return xstrdup(_("blanked"));
	case SHOW_OFF:
		return xstrdup(_("off: outside its hours"));
	case SHOW_DEFAULT:
		break;
	}
	return xstrdup(display->fallback_text ? _("the default message") : _("black: nothing is scheduled"));
}

static void label(struct sheet *sheet, const struct spot *spot, int x, int y)
{
	char *name = name_of(sheet, spot), *times;
	char detail[200] = "";

	if (spot->runs > 1)
		times = xasprintf(_("%s–%s  ×%lld, until %s"), clock_text(sheet, spot->start),
			clock_text(sheet, spot->end), (long long)spot->runs,
			clock_text(sheet, spot->last_end));
	else
		times = xasprintf("%s–%s", clock_text(sheet, spot->start), clock_text(sheet, spot->end));
	if (spot->entry)
		snprintf(detail, sizeof detail, _("%s  (priority %d)"), spot->entry->id,
			spot->entry->priority);
	else
		snprintf(detail, sizeof detail, "%s", spot->override);
	write_line(sheet, (struct rect){x, y, sheet->box_width, LINE}, false, FAINT, times);
	write_line(sheet, (struct rect){x, y + LINE, sheet->box_width, LINE}, true, INK, name);
	if (*detail)
		write_line(
			sheet, (struct rect){x, y + 2 * LINE, sheet->box_width, LINE}, false, FAINT, detail);
	free(name);
	free(times);
}

/* --- the page */

/* As many columns as leave a picture of these proportions large enough to read. */
static void lay_out(struct sheet *sheet, const struct frame *frame)
{
	double aspect = (double)frame->width / frame->height;

	sheet->columns = aspect > 12 ? 1 : aspect > 5 ? 2 : aspect > 1.1 ? 3 : 5;
	sheet->box_width = (PAGE_WIDTH - 2 * MARGIN - (sheet->columns - 1) * GAP) / sheet->columns;
	frame_fit(frame->width, frame->height, sheet->box_width, THUMB_HIGH, &sheet->thumb_width,
		&sheet->thumb_height);
}

static int page_height(const struct sheet *sheet)
{
	size_t columns = (size_t)sheet->columns, rows = (sheet->count + columns - 1) / columns;
	size_t row = (size_t)sheet->thumb_height + LABEL + GAP;

	if (rows > FRAME_SIDE_MOST / row)
		return FRAME_SIDE_MOST + 1;
	return (int)(2 * MARGIN + HEAD + rows * row - GAP);
}

static void write_head(struct sheet *sheet)
{
	const struct context *context = sheet->painter->context;
	const struct display *display = show_view(context->show)->display;
	struct civil civil;

	zone_civil(context->site->zone, sheet->from, &civil);
	char *title = xasprintf("%s – %s", context->site->name, display->name);
	char *line = xasprintf(_("%04d-%02d-%02d, %s–%s  ·  %dx%d pixels  ·  %zu different"), civil.year,
		civil.month, civil.day, clock_text(sheet, sheet->from), clock_text(sheet, sheet->until),
		display->width, display->height, sheet->count);
	int width = PAGE_WIDTH - 2 * MARGIN;
	write_line(sheet, (struct rect){MARGIN, MARGIN, width, TITLE}, true, INK, title);
	write_line(sheet, (struct rect){MARGIN, MARGIN + TITLE + 4, width, LINE}, false, FAINT, line);
	free(title);
	free(line);
}

/* Where the picture says most: what runs is in the middle; what is paged is at its first page; transitions are over. */
static int64_t best_instant(const struct spot *spot)
{
	int64_t half = (spot->end - spot->start) / 2;
	bool runs = spot->item &&
		    (spot->item->motion == MOTION_SCROLL_LEFT || spot->item->motion == MOTION_SCROLL_UP);

	return spot->start + (runs ? half : earlier(half, 3 * NS_PER_SEC));
}

static int paint_spot(struct sheet *sheet, size_t index)
{
	const struct spot *spot = &sheet->spots[index];
	const struct frame *frame;
	int column = (int)index % sheet->columns, row = (int)index / sheet->columns;
	int x = MARGIN + column * (sheet->box_width + GAP);
	int y = MARGIN + HEAD + row * (sheet->thumb_height + LABEL + GAP);

	painter_forget(sheet->painter);
	int code = painter_paint(sheet->painter, best_instant(spot), &frame);
	if (code != EXIT_DONE)
		return code;
	struct frame *thumb = frame_scaled(frame, sheet->thumb_width, sheet->thumb_height);
	frame_fill(
		sheet->page, (struct rect){x - 1, y - 1, thumb->width + 2, thumb->height + 2}, FRAME_COLOUR);
	frame_copy(sheet->page, x, y, thumb, (struct rect){0, 0, thumb->width, thumb->height});
	frame_unref(thumb);
	label(sheet, spot, x, y + sheet->thumb_height + 10);
	return EXIT_DONE;
}

static int paint_page(struct sheet *sheet)
{
	struct progress progress;
	const struct frame *frame;
	int code = painter_paint(sheet->painter, sheet->from, &frame);

	if (code != EXIT_DONE)
		return code;
	lay_out(sheet, frame);
	int height = page_height(sheet);
	if (height > FRAME_SIDE_MOST)
		return cli_fail(EXIT_INPUT,
			"%zu different pictures do not fit one sheet; choose a part of the day by --from and "
			"--until",
			sheet->count);
	sheet->page = frame_create(PAGE_WIDTH, height);
	frame_fill(sheet->page, (struct rect){0, 0, PAGE_WIDTH, height}, PAPER);
	write_head(sheet);
	progress_begin(&progress, N_("pictures"), (int64_t)sheet->count);
	for (size_t i = 0; i < sheet->count && code == EXIT_DONE && !signals_came(); i++) {
		code = paint_spot(sheet, i);
		progress_set(&progress, (int64_t)i + 1);
	}
	progress_end(&progress);
	return code;
}

int sheet_write(struct painter *painter, int64_t from, int64_t until, const char *path)
{
	struct sheet sheet = {.painter = painter, .from = from, .until = until};
	struct draft draft;

	walk(&sheet);
	int code = draft_begin(&draft, path);
	if (code == EXIT_DONE)
		code = paint_page(&sheet);
	int error = code == EXIT_DONE && !signals_came() ? frame_write_png(sheet.page, draft.temporary) : 0;
	if (error < 0)
		code = cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	code = draft_end(&draft, code);
	if (code == EXIT_DONE && !signals_came())
		printf(words_n("%zu picture\n", "%zu pictures\n", sheet.count), sheet.count);
	frame_unref(sheet.page);
	free(sheet.spots);
	return code;
}
