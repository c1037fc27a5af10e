/* Equal pictures are painted once, and every display shows just its own: whoever shares, splits off or comes back, has
 * another brightness, is slow, late or away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/log.h"
#include "engine/channel.h"
#include "frame/rate.h"

/* fontconfig keeps what it has parsed for good */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

/* --- viewers of pictures that are drawn by lot */

#define VIEWERS 12
#define SIDE	8

struct lot {
	struct viewer viewer;
	struct show_picture wanted; /* but for its moment */
	int64_t start;
	bool ready;
	struct frame *read;	/* what it was told to read */
	struct frame *screen;	/* what a display that takes damage only has taken from it */
	struct show_picture on; /* what that shows */
	unsigned told;
};

/* A picture's pixels: a colour of its scene, and a bright column that its time moves. */
static uint32_t pixel_of(const struct show_picture *picture, int x)
{
	return (uint32_t)picture->scene * 0x10203 + (x == picture->at.elapsed % SIDE ? 0x800000 : 0);
}

static bool look_lot(void *data, struct instant at, struct show_picture *ret_picture)
{
	struct lot *lot = data;

	*ret_picture = lot->wanted;
	ret_picture->at = (struct moment){at.time - lot->start, at.time};
	return lot->ready;
}

static void paint_column(const struct show_picture *picture, struct frame *frame, int x)
{
	for (int y = 0; y < SIDE; y++)
		frame_row(frame, y)[x] = pixel_of(picture, x);
}

/* As little as differs, as scenes do. */
static void paint_lot(
	void *data, const struct show_picture *before, struct frame *frame, struct region *damage)
{
	struct lot *lot = data;
	const struct show_picture *picture = &lot->viewer.picture;

	for (int x = 0; x < SIDE; x++) {
		if (before && before->scene == picture->scene && pixel_of(before, x) == pixel_of(picture, x))
			continue;
		paint_column(picture, frame, x);
		region_add(damage, (struct rect){x, 0, 1, SIDE});
	}
}

static void move_lot(void *data, struct frame *frame)
{
	struct lot *lot = data;
	lot->read = frame;
}

static void shown_lot(void *data, struct instant at, const struct region *damage)
{
	struct lot *lot = data;

	assert_true(lot->ready);
	for (int i = 0; i < damage->count; i++)
		frame_copy(lot->screen, damage->rects[i].x, damage->rects[i].y, lot->read, damage->rects[i]);
	lot->on = lot->viewer.picture;
	assert_int_equal(lot->on.at.wall, at.time);
	lot->told++;
}

static void late_lot(void *data, struct instant at)
{
	struct lot *lot = data;
	assert_false(lot->ready);
}

static const struct viewer_calls lot_calls = {look_lot, paint_lot, move_lot, shown_lot, late_lot};

static void hang(struct canvases *canvases, struct lot *lots)
{
	for (int i = 0; i < VIEWERS; i++) {
		struct frame *frame = frame_create(SIDE, SIDE);

		lots[i] = (struct lot){.viewer = {.calls = &lot_calls, .data = &lots[i]},
			.wanted = {.scene = 1},
			.ready = true,
			.read = frame,
			.screen = frame_create(SIDE, SIDE)};
		canvases_join(canvases, &lots[i].viewer, frame, 30000);
		frame_unref(frame);
	}
}

static void take_down(struct canvases *canvases, struct lot *lots)
{
	for (int i = 0; i < VIEWERS; i++) {
		canvases_leave(&lots[i].viewer);
		frame_unref(lots[i].screen);
	}
	canvases_destroy(canvases);
}

/* Both what it reads and what it took show what it was told last. */
static void check_lot(const struct lot *lot)
{
	for (int x = 0; lot->told && x < SIDE; x++) {
		assert_int_equal(frame_row(lot->read, 3)[x], pixel_of(&lot->on, x));
		assert_int_equal(frame_row(lot->screen, 3)[x], pixel_of(&lot->on, x));
	}
}

static unsigned random_below(unsigned end)
{
	static uint64_t state = 11;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % end;
}

static void draw(struct lot *lot)
{
	lot->ready = random_below(12) > 0;
	if (random_below(4) == 0)
		lot->wanted.scene = 1 + random_below(4);
	if (random_below(4) == 0)
		lot->start = -(int64_t)random_below(2);
}

/* How many different pictures the viewers want that are ready. */
static unsigned pictures(const struct lot *lots)
{
	unsigned count = 0;

	for (int i = 0; i < VIEWERS; i++) {
		int k = 0;
		while (k < i && !(lots[k].ready && lots[k].wanted.scene == lots[i].wanted.scene &&
					lots[k].start == lots[i].start))
			k++;
		count += lots[i].ready && k == i;
	}
	return count;
}

/* At each instant the viewers' turns come in any order; some were served by others before, and are again. */
static void each_picture_once_an_instant(void **state)
{
	struct canvases *canvases = canvases_create();
	struct lot lots[VIEWERS];

	hang(canvases, lots);
	for (int64_t time = 1; time <= 20000; time++) {
		uint64_t painted = canvases_painted(canvases);
		unsigned first = random_below(VIEWERS), step = random_below(2) ? 5 : 1;

		for (int i = 0; i < VIEWERS; i++)
			draw(&lots[i]);
		for (unsigned i = 0; i < VIEWERS; i++) {
			canvas_show(&lots[(first + i * step) % VIEWERS].viewer, (struct instant){time, true});
			for (int k = 0; k < VIEWERS; k++)
				check_lot(&lots[k]);
		}
		for (int i = 0; i < VIEWERS; i++)
			assert_true(!lots[i].ready || lots[i].on.at.wall == time);
		/* not less either: each differs from what was there before */
		assert_int_equal(canvases_painted(canvases) - painted, pictures(lots));
	}
	take_down(canvases, lots);
}

static void black_is_black_whenever_it_began(void **state)
{
	struct canvases *canvases = canvases_create();
	struct lot lots[VIEWERS];

	hang(canvases, lots);
	for (int i = 0; i < VIEWERS; i++) {
		lots[i].wanted.scene = 0;
		lots[i].start = i;
	}
	for (int i = 0; i < VIEWERS; i++)
		canvas_show(&lots[i].viewer, (struct instant){100 + i, true});
	assert_int_equal(canvas_readers(&lots[0].viewer), VIEWERS);
	assert_int_equal(canvases_painted(canvases), 1);
	take_down(canvases, lots);
}

static void a_borrowed_canvas_is_alone(void **state)
{
	struct canvases *canvases = canvases_create();
	struct instant at = {5, true};
	struct lot lots[VIEWERS];

	hang(canvases, lots);
	for (int i = 0; i < VIEWERS; i++)
		canvas_show(&lots[i].viewer, at);
	assert_int_equal(canvas_readers(&lots[3].viewer), VIEWERS);
	frame_fill(canvas_alone(&lots[3].viewer), (struct rect){0, 0, SIDE, SIDE}, 0xabcdef);
	assert_int_equal(canvas_readers(&lots[3].viewer), 1);
	assert_int_equal(canvas_readers(&lots[4].viewer), VIEWERS - 1);
	canvas_show(&lots[4].viewer, at);
	for (int i = 0; i < VIEWERS; i++)
		if (i != 3)
			check_lot(&lots[i]);
	canvas_show(&lots[3].viewer, at); /* given back */
	check_lot(&lots[3]);
	assert_int_equal(canvas_readers(&lots[3].viewer), VIEWERS);
	take_down(canvases, lots);
}

/* --- displays: their channels, on a clock that is turned by hand */

#define DISPLAYS                                                                                             \
	5 /* a, b, c alike; `dim` differs only behind the picture, and is slow; `tall` shows another */

#define COMMON "tags = [\"led\"]; colours = \"rgb\"; rate = 30.0; size = "
static const char site_text[] =
	"site = { name = \"Thử\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ({ name = \"u\"; });\n"
	"  state-directory = \"/nonexistent\"; socket = \"/nonexistent/s\"; };\n"
	"displays = (\n"
	"{ name = \"a\"; " COMMON "\"64x16\"; driver = { name = \"null\"; }; },\n"
	"{ name = \"b\"; " COMMON "\"64x16\"; driver = { name = \"null\"; }; },\n"
	"{ name = \"c\"; " COMMON "\"64x16\"; driver = { name = \"null\"; }; },\n"
	"{ name = \"dim\"; " COMMON "\"64x16\"; brightness = 30; rotate = 180; dither = \"blue-noise\";\n"
	"  driver = { name = \"null\"; cycle = \"3ms\"; }; },\n"
	"{ name = \"tall\"; " COMMON "\"64x32\"; driver = { name = \"null\"; }; });\n";

static const char playlist_text[] = "bangtin: 1\nunit: u\n"
				    "messages:\n  still: {text: Một cửa}\n"
				    "  clock: {text: \"{time:%H:%M:%S}\"}\n"
				    "  run: {text: Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh}\n"
				    "playlists:\n  all:\n"
				    "    - {show: still, for: 1300ms, transition: fade}\n"
				    "    - {show: clock, for: 2s, transition: push-up}\n"
				    "    - {show: run, enter: scroll-left, for: 2s}\n"
				    "schedule:\n  - {play: all, on: led}\n"
				    /* at 08:00:10 b parts from the others */
				    "  - {show: still, on: b, hours: \"08:00:10-09:00\", priority: 50}\n";

struct board {
	struct world *world;
	struct channel *channel;
	struct show *preview; /* of its own, as it is loaded now */
	struct panel *panel;
	uint64_t handed;
};

struct world {
	struct diag_list diags;
	struct site *site;
	struct catalogue *catalogue;
	struct fonts *fonts;
	struct scene_store *store;
	struct loop *loop;
	struct clock clock;
	struct canvases *canvases;
	struct board boards[DISPLAYS];
	uint8_t wire[64 * 32 * 3];
};

static void compose(struct show *show, int64_t time, struct frame *frame)
{
	struct region damage;
	struct show_state state;

	region_clear(&damage);
	show_compose(show, (struct instant){TIME_ALWAYS, true}, (struct instant){time, true}, frame, &damage,
		&state);
	assert_false(state.late);
}

static struct board *board_of(struct world *w, const char *name)
{
	for (int i = 0; i < DISPLAYS; i++)
		if (strcmp(channel_display(w->boards[i].channel)->name, name) == 0)
			return &w->boards[i];
	fail_msg("no display %s", name);
	return NULL;
}

/* Each frame that goes out is that display's own preview, through its own panel. */
static void check_handed(
	void *data, const struct display *display, uint64_t sequence, int64_t instant, uint64_t digest)
{
	struct board *board = data;
	struct world *w = board->world;
	struct frame *frame = frame_create(display->width, display->height);
	struct region all = {1, {{0, 0, display->width, display->height}}};

	compose(board->preview, instant, frame);
	panel_pack(board->panel, frame, &all, w->wire);
	assert_int_equal(panel_wire_digest(board->panel, w->wire), digest);
	frame_unref(frame);
	board->handed++;
}

static struct show *make_show(struct world *w, const struct display *display, const struct override *override)
{
	struct show *show =
		show_create(w->site, display, w->catalogue, override, override ? 1 : 0, w->fonts, w->store);
	int64_t now = clock_now(&w->clock).time;

	show_prepare(show, now, now + 90 * NS_PER_SEC);
	return show;
}

static void load(struct world *w, const char *name, const struct override *override)
{
	struct board *board = board_of(w, name);
	const struct display *display = channel_display(board->channel);

	show_destroy(board->preview);
	board->preview = make_show(w, display, override);
	channel_set_show(board->channel, make_show(w, display, override));
}

static void hang_board(struct world *w, struct board *board, const struct display *display)
{
	struct panel_spec spec = display->panel;
	const char *why;

	spec.width = display->width;
	spec.height = display->height;
	spec.format = PANEL_RGB888;
	assert_int_equal(panel_create(&spec, &board->panel, &why), 0);
	panel_set_brightness(board->panel, display_brightness(w->site, display, 0, 0));
	assert_int_equal(
		channel_create(w->loop, w->site, display, &w->clock, w->canvases, &w->diags, &board->channel),
		0);
	board->world = w;
	output_on_handed(channel_output(board->channel), check_handed, board);
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);
	struct source_file file = {.unit = "u", .name = "u/u.yaml", .data = playlist_text};

	*state = w;
	log_set_level(LOG_LEVEL_ERROR);
	diag_init(&w->diags);
	file.size = strlen(playlist_text);
	w->site = site_parse("site.conf", site_text, strlen(site_text), "/", &w->diags);
	w->catalogue = w->site ? catalogue_build(w->site, &file, 1, &w->diags) : NULL;
	w->loop = loop_create();
	if (!w->catalogue || !w->loop || fonts_create(NULL, &w->fonts) < 0) {
		diag_print(&w->diags, stderr);
		return -1;
	}
	w->store = scene_store_create(w->fonts);
	clock_init(&w->clock, TIME_ALWAYS);
	clock_inject(&w->clock, w->site->zone, "2026-03-02 08:00:00,0");
	w->canvases = canvases_create();
	for (int i = 0; i < DISPLAYS; i++)
		hang_board(w, &w->boards[i], &w->site->displays[i]);
	for (int i = 0; i < DISPLAYS; i++)
		load(w, w->site->displays[i].name, NULL);
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < DISPLAYS; i++) {
		channel_destroy(w->boards[i].channel);
		show_destroy(w->boards[i].preview);
		panel_destroy(w->boards[i].panel);
	}
	canvases_destroy(w->canvases);
	loop_destroy(w->loop);
	scene_store_destroy(w->store);
	fonts_destroy(w->fonts);
	catalogue_unref(w->catalogue);
	site_destroy(w->site);
	diag_finish(&w->diags);
	free(w);
	return 0;
}

/* The next frame; the first wakes, in turn another one, and then all the rest, as their timers would. */
static void step(struct world *w)
{
	static unsigned first;

	w->clock.origin = frame_instant(30000, frame_index(30000, w->clock.origin) + 1);
	first++;
	for (unsigned i = 0; i < DISPLAYS; i++)
		channel_wake(w->boards[(first + i) % DISPLAYS].channel);
}

static void check_canvases(struct world *w)
{
	for (int i = 0; i < DISPLAYS; i++) {
		const struct frame *canvas = channel_frame(w->boards[i].channel);
		struct frame *frame = frame_create(canvas->width, canvas->height);

		compose(w->boards[i].preview, clock_now(&w->clock).time, frame);
		assert_true(frame_equal(frame, canvas));
		frame_unref(frame);
	}
}

static unsigned sharing(struct world *w, const char *name)
{
	struct channel_status status;

	channel_status(board_of(w, name)->channel, &status);
	return status.sharing;
}

/* Two pictures an instant, of five displays; three since b differs. */
static void equal_displays_are_painted_once(void **state)
{
	struct world *w = *state;
	bool never = false;

	assert_int_equal(sharing(w, "a"), 4);
	assert_int_equal(sharing(w, "tall"), 1);
	for (int frame = 1; frame <= 12 * 30; frame++) {
		bool apart = frame >= 10 * 30;
		uint64_t before = canvases_painted(w->canvases);
		step(w);
		check_canvases(w);
		assert_int_equal(sharing(w, "a"), apart ? 3 : 4);
		assert_int_equal(sharing(w, "b"), apart ? 1 : 4);
		assert_int_equal(canvases_painted(w->canvases) - before, apart ? 3 : 2);
		if (frame % 4 == 0) /* the slow one is done now and then */
			loop_run_until(w->loop, &never, NS_PER_MS);
	}
	for (int i = 0; i < DISPLAYS; i++)
		assert_true(w->boards[i].handed > 10);
	struct output_status slow;
	output_status(channel_output(board_of(w, "dim")->channel), &slow);
	assert_true(slow.dropped > 0); /* else nothing was tested of it */
}

static void an_announcement_splits_and_comes_back(void **state)
{
	struct world *w = *state;
	char *on[] = {(char *)"c"};
	struct override override = {.kind = OVERRIDE_ANNOUNCE,
		.text = (char *)"Tạm ngưng tiếp nhận hồ sơ đến 14 giờ",
		.on = on,
		.on_count = 1,
		.start = clock_now(&w->clock).time,
		.end = clock_now(&w->clock).time + 3 * NS_PER_SEC};

	step(w);
	load(w, "c", &override);
	assert_int_equal(sharing(w, "c"), 1);
	for (int frame = 0; frame < 100; frame++) { /* it ends by itself */
		assert_int_equal(sharing(w, "a"), clock_now(&w->clock).time < override.end ? 3 : 4);
		check_canvases(w);
		step(w);
	}
	override.end = TIME_NEVER;
	load(w, "c", &override);
	assert_int_equal(sharing(w, "a"), 3);
	load(w, "c", NULL); /* it is cleared */
	assert_int_equal(sharing(w, "c"), 4);
	check_canvases(w);
}

static void a_load_leaves_equals_together(void **state)
{
	struct world *w = *state;
	struct catalogue *former = w->catalogue;
	char *text = xstrdup(playlist_text);
	struct source_file file = {.unit = "u", .name = "u/u.yaml", .data = text, .size = strlen(text)};

	memcpy(strstr(text, "1300ms"), "1500ms", 6);
	w->catalogue = catalogue_build(w->site, &file, 1, &w->diags);
	assert_non_null(w->catalogue);
	for (int i = 0; i < DISPLAYS; i++) {
		step(w); /* in between too each shows what is loaded there */
		check_canvases(w);
		load(w, w->site->displays[i].name, NULL);
		check_canvases(w);
	}
	for (int frame = 0; frame < 60; frame++) {
		step(w);
		check_canvases(w);
		assert_int_equal(sharing(w, "a"), 4);
	}
	catalogue_unref(former);
	free(text);
}

static void a_test_pattern_is_not_shared(void **state)
{
	struct world *w = *state;
	struct channel *b = board_of(w, "b")->channel;

	step(w);
	output_on_handed(channel_output(b), NULL, NULL); /* it is no preview */
	channel_pattern(b, "red", w->fonts, NS_PER_HOUR);
	assert_int_equal(sharing(w, "a"), 3);
	assert_int_equal(frame_row(channel_frame(b), 3)[3], 0xff0000);
	step(w);
	assert_int_equal(frame_row(channel_frame(b), 3)[3], 0xff0000);
	output_on_handed(channel_output(b), check_handed, board_of(w, "b"));
	channel_pattern(b, NULL, w->fonts, 0);
	assert_int_equal(sharing(w, "b"), 4);
	check_canvases(w);
}

static void what_remains_at_the_end_is_each_ones_own(void **state)
{
	struct world *w = *state;
	struct channel *a = board_of(w, "a")->channel;

	step(w);
	output_on_handed(channel_output(a), NULL, NULL);
	channel_leave(a, NULL);
	assert_int_equal(frame_row(channel_frame(a), 3)[3], 0);
	assert_int_equal(sharing(w, "b"), 3);
	step(w);
	assert_int_equal(frame_row(channel_frame(a), 3)[3], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_picture_once_an_instant),
		cmocka_unit_test(black_is_black_whenever_it_began),
		cmocka_unit_test(a_borrowed_canvas_is_alone),
		cmocka_unit_test_setup_teardown(equal_displays_are_painted_once, setup, teardown),
		cmocka_unit_test_setup_teardown(an_announcement_splits_and_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_load_leaves_equals_together, setup, teardown),
		cmocka_unit_test_setup_teardown(a_test_pattern_is_not_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(what_remains_at_the_end_is_each_ones_own, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
