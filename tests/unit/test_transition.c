/* Transitions: every pixel half way through and everywhere else, and what a show makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/transition.h"
#include "show/show.h"

/* fontconfig keeps what it has parsed for good */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

enum { WIDTH = 20, HEIGHT = 12 };

/* No two pixels of the two pictures are alike. */
static uint32_t old_at(int x, int y)
{
	return 0x800000u | (unsigned)x << 8 | (unsigned)y;
}

static uint32_t new_at(int x, int y)
{
	return 0x004000u | (unsigned)x << 16 | (unsigned)y;
}

static struct frame *make(uint32_t (*at)(int x, int y))
{
	struct frame *frame = frame_create(WIDTH, HEIGHT);

	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			frame_row(frame, y)[x] = at(x, y);
	return frame;
}

/* What a pixel is once the new picture is in by so many columns and rows; written for each pixel by itself, as the man
 * page says it. */
static uint32_t expected(enum transition transition, int x, int y, int columns, int rows)
{
	switch (transition) {
	case TRANSITION_PUSH_LEFT:
		return x < WIDTH - columns ? old_at(x + columns, y) : new_at(x - (WIDTH - columns), y);
	case TRANSITION_PUSH_RIGHT:
		return x < columns ? new_at(x + WIDTH - columns, y) : old_at(x - columns, y);
	case TRANSITION_PUSH_UP:
		return y < HEIGHT - rows ? old_at(x, y + rows) : new_at(x, y - (HEIGHT - rows));
	case TRANSITION_PUSH_DOWN:
		return y < rows ? new_at(x, y + HEIGHT - rows) : old_at(x, y - rows);
	case TRANSITION_WIPE_LEFT:
		return x < WIDTH - columns ? old_at(x, y) : new_at(x, y);
	case TRANSITION_WIPE_RIGHT:
		return x < columns ? new_at(x, y) : old_at(x, y);
	case TRANSITION_WIPE_UP:
		return y < HEIGHT - rows ? old_at(x, y) : new_at(x, y);
	case TRANSITION_WIPE_DOWN:
		return y < rows ? new_at(x, y) : old_at(x, y);
	default:
		return new_at(x, y);
	}
}

static void test_every_pixel(void **test)
{
	const int64_t time = 120 * NS_PER_MS;

	(void)test;
	for (int t = TRANSITION_CUT; t <= TRANSITION_WIPE_DOWN; t++)
		for (int step = 0; step < 60 && t != TRANSITION_FADE;
			step++) { /* 30 is half way: 10 columns, 6 rows */
			struct frame *old = make(old_at), *frame = make(new_at);
			transition_paint((enum transition)t, old, step * time / 60, time, frame);
			for (int y = 0; y < HEIGHT; y++)
				for (int x = 0; x < WIDTH; x++)
					assert_int_equal(frame_row(frame, y)[x],
						expected((enum transition)t, x, y, (step + 1) / 3,
							(step * 2 + 5) / 10));
			frame_unref(old);
			frame_unref(frame);
		}
}

static void test_fade(void **test)
{
	static const struct {
		int into;
		uint32_t colour;
	} steps[] = {{0, 0xff0000}, {25, 0xbf0040}, {50, 0x7f0080}, {75, 0x3f00c0}, {99, 0x0300fd}};

	(void)test;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct frame *old = frame_create(4, 4), *frame = frame_create(4, 4);
		frame_fill(old, (struct rect){0, 0, 4, 4}, 0xff0000);
		frame_fill(frame, (struct rect){0, 0, 4, 4}, 0x0000ff);
		transition_paint(TRANSITION_FADE, old, steps[i].into, 100, frame);
		for (int shift = 0; shift <= 16; shift += 8) {
			int seen = (int)(frame->pixels[5] >> shift & 255);
			assert_in_range(seen + 2, steps[i].colour >> shift & 255,
				(steps[i].colour >> shift & 255) + 4);
		}
		/* the same picture twice does not flicker */
		frame_copy(frame, 0, 0, old, (struct rect){0, 0, 4, 4});
		transition_paint(TRANSITION_FADE, old, steps[i].into, 100, frame);
		assert_int_equal(frame->pixels[5], 0xff0000);
		frame_unref(old);
		frame_unref(frame);
	}
}

static void test_faces(void **test)
{
	struct face face = {.width = 64, .height = 16, .rate = 30000};

	(void)test;
	assert_int_equal(transition_on(&face, TRANSITION_FADE), TRANSITION_FADE);
	face.mono = true;
	assert_int_equal(transition_on(&face, TRANSITION_FADE), TRANSITION_CUT);
	assert_int_equal(transition_on(&face, TRANSITION_PUSH_UP), TRANSITION_PUSH_UP);
	face.minimum_cycle = 700 * NS_PER_MS;
	assert_int_equal(transition_on(&face, TRANSITION_PUSH_UP), TRANSITION_CUT);
}

/* --- in a show */

static const char site_text[] =
	"site = { name = \"Thử\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ({ name = \"u\"; });\n"
	"  state-directory = \"/nonexistent\"; socket = \"/nonexistent/s\"; };\n"
	"displays = ({ name = \"board\"; size = \"64x16\"; driver = { name = \"null\"; };\n"
	"  default = \"Ủy ban\"; });\n";
static const char playlist_text[] = "bangtin: 1\nunit: u\n"
				    "messages:\n  a: {text: Một cửa}\n  b: {text: Tân An}\n"
				    "playlists:\n  p:\n"
				    "    - {show: a, for: 2s, transition: push-left, transition-time: 1s}\n"
				    "    - {show: b, for: 2s, transition: fade, transition-time: 800ms}\n"
				    "  one: [{show: a, for: 1s, transition: push-up}]\n"
				    "schedule:\n"
				    "  - {play: p, on: board, hours: \"00:00-08:00\"}\n"
				    "  - {play: one, on: board, hours: \"09:00-10:00\"}\n";
#define MORNING (INT64_C(1772384400) * NS_PER_SEC) /* 2026-03-02 00:00 there */

struct world {
	struct diag_list diags;
	struct site *site;
	struct catalogue *catalogue;
	struct fonts *fonts;
	struct scene_store *store;
	struct show *show;
	struct frame *frame;
};

static void setup(struct world *w)
{
	struct source_file file = {
		.unit = "u", .name = "u/u.yaml", .data = playlist_text, .size = strlen(playlist_text)};

	diag_init(&w->diags);
	w->site = site_parse("site.conf", site_text, strlen(site_text), "/", &w->diags);
	assert_non_null(w->site);
	w->catalogue = catalogue_build(w->site, &file, 1, &w->diags);
	diag_print(&w->diags, stderr);
	assert_non_null(w->catalogue);
	assert_int_equal(fonts_create(NULL, &w->fonts), 0);
	w->store = scene_store_create(w->fonts);
	w->show = show_create(w->site, &w->site->displays[0], w->catalogue, NULL, 0, w->fonts, w->store);
	w->frame = frame_create(64, 16);
}

static void finish(struct world *w)
{
	frame_unref(w->frame);
	show_destroy(w->show);
	scene_store_destroy(w->store);
	fonts_destroy(w->fonts);
	catalogue_unref(w->catalogue);
	site_destroy(w->site);
	diag_finish(&w->diags);
}

/* Prepared from that very instant, as after a restart. */
static struct frame *shown_at(struct world *w, int64_t time)
{
	struct region damage = {0};
	struct show_state state;
	struct frame *frame = frame_create(64, 16);

	show_prepare(w->show, time, time + NS_PER_SEC);
	show_compose(w->show, (struct instant){.time = TIME_ALWAYS, .trusted = true},
		(struct instant){.time = time, .trusted = true}, frame, &damage, &state);
	assert_false(state.late);
	return frame;
}

/* The pictures at an instant and half way through the change, held against the two that are mixed. */
static void check_half(
	struct world *w, int64_t change, enum transition transition, int64_t time, struct frame *old)
{
	struct frame *after = shown_at(w, change + time), *half = shown_at(w, change + time / 2);

	assert_false(frame_equal(old, after));
	transition_paint(transition, old, time / 2, time, after);
	assert_true(frame_equal(half, after));
	assert_false(frame_equal(half, old));
	frame_unref(after);
	frame_unref(half);
	frame_unref(old);
}

static void test_half_way(void **test)
{
	struct world w;
	int64_t at = MORNING + NS_PER_HOUR;

	(void)test;
	setup(&w);
	check_half(&w, at, TRANSITION_PUSH_LEFT, NS_PER_SEC, shown_at(&w, at - NS_PER_MS));
	check_half(&w, at + 2 * NS_PER_SEC, TRANSITION_FADE, 800 * NS_PER_MS,
		shown_at(&w, at + 1999 * NS_PER_MS));
	/* at midnight the day before gives way: its default */
	struct frame *text = shown_at(&w, MORNING - NS_PER_HOUR), *last = shown_at(&w, MORNING - 1);
	assert_true(frame_equal(text, last));
	frame_unref(text);
	check_half(&w, MORNING, TRANSITION_PUSH_LEFT, NS_PER_SEC, last);
	/* what follows itself stands still */
	struct frame *before = shown_at(&w, MORNING + 9 * NS_PER_HOUR + 2500 * NS_PER_MS),
		     *later = shown_at(&w, MORNING + 9 * NS_PER_HOUR + 3100 * NS_PER_MS);
	assert_true(frame_equal(before, later));
	frame_unref(before);
	frame_unref(later);
	finish(&w);
}

/* Frame after frame as the daemon paints them equals each painted alone, and damage covers what differs. */
static void test_frames(void **test)
{
	struct world w;
	struct instant before = {.time = TIME_ALWAYS, .trusted = true};
	int64_t from = MORNING + NS_PER_HOUR - NS_PER_SEC;
	struct frame *former = frame_create(64, 16), *fresh = frame_create(64, 16);

	(void)test;
	setup(&w);
	show_prepare(w.show, from, from + 10 * NS_PER_SEC);
	for (int64_t time = from; time < from + 8 * NS_PER_SEC;) {
		struct instant now = {.time = time, .trusted = true};
		struct region damage = {0}, whole = {0};
		struct show_state state;
		show_compose(w.show, before, now, w.frame, &damage, &state);
		show_compose(w.show, (struct instant){.time = TIME_ALWAYS, .trusted = true}, now, fresh,
			&whole, &state);
		assert_true(frame_equal(w.frame, fresh));
		for (int i = 0; i < damage.count; i++)
			frame_copy(former, damage.rects[i].x, damage.rects[i].y, fresh, damage.rects[i]);
		assert_true(frame_equal(former, fresh));
		before = now;
		int64_t next = show_next_change(w.show, now);
		assert_true(next > time);
		/* nothing changes before it */
		show_compose(w.show, (struct instant){.time = TIME_ALWAYS, .trusted = true},
			(struct instant){.time = next - 1, .trusted = true}, fresh, &whole, &state);
		if (next - time > 50 * NS_PER_MS)
			assert_true(frame_equal(w.frame, fresh));
		time = next;
	}
	frame_unref(former);
	frame_unref(fresh);
	finish(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pixel),
		cmocka_unit_test(test_fade),
		cmocka_unit_test(test_faces),
		cmocka_unit_test(test_half_way),
		cmocka_unit_test(test_frames),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
