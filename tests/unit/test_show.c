/* frame = f(catalogue, display, instant): what a show composes depends on nothing else, allocates nothing, and is never
 * late once prepared. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "frame/rate.h"
#include "show/show.h"

/* fontconfig keeps what it has parsed for good */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

/* --- counting allocations: by standing in front of the C library's, for shared libraries too */

/* volatile: the compiler believes that malloc reads no variable of ours */
static _Thread_local volatile bool counting;
static _Thread_local volatile unsigned allocations;

#ifndef __SANITIZE_ADDRESS__
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size)
{
	allocations += counting;
	return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
	allocations += counting;
	return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size)
{
	allocations += counting;
	return __libc_realloc(old, size);
}
#endif

/* --- a site with a catalogue that has everything */

static const char site_text[] =
	"site = { name = \"Thử\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ({ name = \"u\"; });\n"
	"  state-directory = \"/nonexistent\"; socket = \"/nonexistent/s\"; };\n"
	"displays = ({ name = \"board\"; tags = [\"led\"]; size = \"64x16\"; colours = \"rgb\";\n"
	"  driver = { name = \"null\"; }; on-hours = [\"05:30-22:00:30\"];\n"
	"  default = \"Ủy ban\"; },\n"
	"{ name = \"twin\"; tags = [\"led\"]; size = \"64x16\"; colours = \"rgb\";\n"
	"  driver = { name = \"null\"; }; on-hours = [\"05:30-22:00:30\"];\n"
	"  default = \"Ủy ban\"; },\n"
	"{ name = \"bare\"; tags = [\"other\"]; size = \"64x16\"; colours = \"rgb\";\n"
	"  driver = { name = \"null\"; }; });\n";

static const char playlist_text[] = "bangtin: 1\nunit: u\n"
				    "messages:\n"
				    "  still: {text: Một cửa}\n"
				    "  run: {text: Nộp hồ sơ trực tuyến tại Cổng Dịch vụ công tỉnh}\n"
				    "  pages: {text: Trang một Trang hai Trang ba Trang bốn Trang năm}\n"
				    "  up: {text: Chữ chạy lên từ dưới lên trên}\n"
				    "  call: {text: Khẩn}\n"
				    "playlists:\n"
				    "  all:\n"
				    "    - {show: still, for: 1300ms, transition: fade}\n"
				    "    - {show: run, enter: scroll-left}\n"
				    "    - {show: pages, enter: page, transition: push-up}\n"
				    "    - {show: up, enter: scroll-up, transition: wipe-left, "
				    "transition-time: 2s}\n"
				    "schedule:\n"
				    "  - {play: all, on: led, hours: \"07:00-17:00\"}\n"
				    "  - {show: run, enter: scroll-left, on: led, hours: \"08:00-08:30\"}\n"
				    "  - {show: call, on: led, hours: \"09:00-09:01\", priority: 50}\n";

struct world {
	struct diag_list diags;
	struct site *site;
	struct catalogue *catalogue;
	struct fonts *fonts;
	struct scene_store *store;
	struct frame *frame, *fresh, *former;
};

static struct catalogue *read_catalogue(struct world *w, const char *text)
{
	struct source_file file = {.unit = "u", .name = "u/u.yaml", .data = text, .size = strlen(text)};

	return catalogue_build(w->site, &file, 1, &w->diags);
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);

	*state = w;
	diag_init(&w->diags);
	w->site = site_parse("site.conf", site_text, strlen(site_text), "/", &w->diags);
	w->catalogue = w->site ? read_catalogue(w, playlist_text) : NULL;
	if (!w->catalogue) {
		diag_print(&w->diags, stderr);
		return -1;
	}
	if (fonts_create(NULL, &w->fonts) < 0)
		return -1;
	w->store = scene_store_create(w->fonts);
	w->frame = frame_create(64, 16);
	w->fresh = frame_create(64, 16);
	w->former = frame_create(64, 16);
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	frame_unref(w->frame);
	frame_unref(w->fresh);
	frame_unref(w->former);
	scene_store_destroy(w->store);
	fonts_destroy(w->fonts);
	catalogue_unref(w->catalogue);
	site_destroy(w->site);
	diag_finish(&w->diags);
	free(w);
	return 0;
}

static struct show *make(struct world *w, const char *display, const struct override *overrides, size_t count)
{
	return show_create(
		w->site, site_display(w->site, display), w->catalogue, overrides, count, w->fonts, w->store);
}

static int64_t at(const struct world *w, const char *text)
{
	int64_t time;

	assert_int_equal(time_parse_instant(w->site->zone, text, &time), 0);
	return time;
}

static const struct instant unknown = {TIME_ALWAYS, true};

static struct instant trusted(int64_t time)
{
	return (struct instant){time, true};
}

/* Paints from scratch; the canvas holds something else before. */
static struct show_state compose(struct show *show, struct instant now, struct frame *frame)
{
	struct region damage;
	struct show_state state;

	region_clear(&damage);
	frame_fill(frame, (struct rect){0, 0, frame->width, frame->height}, 0x123456);
	show_compose(show, unknown, now, frame, &damage, &state);
	return state;
}

static void prepare_around(struct show *show, int64_t time)
{
	show_prepare(show, time, time + NS_PER_SEC);
}

static enum show_source source_at(const struct world *w, struct show *show, const char *when)
{
	int64_t time = at(w, when);
	struct show_state state, composed;

	show_state_at(show, trusted(time), &state);
	prepare_around(show, time);
	composed = compose(show, trusted(time), w->frame);
	assert_int_equal(composed.source, state.source);
	assert_false(composed.late);
	assert_ptr_equal(composed.override, state.override);
	return state.source;
}

static bool all_black(const struct frame *frame)
{
	for (int y = 0; y < frame->height; y++)
		for (int x = 0; x < frame->width; x++)
			if (frame_row(frame, y)[x])
				return false;
	return true;
}

static char *on_board[] = {(char *)"board"}, *on_other[] = {(char *)"other"};

static struct override announce(const struct world *w, const char *from, const char *until)
{
	return (struct override){.kind = OVERRIDE_ANNOUNCE,
		.text = (char *)"Thông báo khẩn: mất điện toàn thành phố đến 17 giờ",
		.on = on_board,
		.on_count = 1,
		.start = at(w, from),
		.end = until ? at(w, until) : TIME_NEVER};
}

static struct override counting_down(
	const struct world *w, const char *text, const char *from, const char *until)
{
	struct override override = announce(w, from, until);

	override.text = (char *)text;
	return override;
}

static struct override blank(const struct world *w, const char *from, const char *until)
{
	struct override override = announce(w, from, until);

	override.kind = OVERRIDE_BLANK;
	override.text = NULL;
	return override;
}

/* --- what is due */

/* Rule 14 of bangtin-playlist(5), SCHEDULE. */
static void sources_in_their_order(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {announce(w, "2026-03-02 10:00", "2026-03-02 10:10"),
		blank(w, "2026-03-02 10:05", "2026-03-02 10:20"),
		announce(w, "2026-03-02 23:00", "2026-03-02 23:10"), blank(w, "2026-03-02 07:00", NULL)};
	struct show *show;

	overrides[3].on = on_other;
	show = make(w, "board", overrides, 4);
	assert_int_equal(source_at(w, show, "2026-03-02 05:29:59.999"), SHOW_OFF);
	assert_true(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 05:30"), SHOW_DEFAULT);
	assert_false(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 07:00"), SHOW_SCHEDULE);
	assert_int_equal(source_at(w, show, "2026-03-02 09:59:59.999"), SHOW_SCHEDULE);
	assert_int_equal(source_at(w, show, "2026-03-02 10:00"), SHOW_ANNOUNCE);
	assert_int_equal(source_at(w, show, "2026-03-02 10:05"), SHOW_BLANK);
	assert_true(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 10:20"), SHOW_SCHEDULE);
	assert_int_equal(source_at(w, show, "2026-03-02 17:00"), SHOW_DEFAULT);
	assert_int_equal(source_at(w, show, "2026-03-02 22:00:29"), SHOW_DEFAULT);
	assert_int_equal(source_at(w, show, "2026-03-02 22:00:30"), SHOW_OFF);
	assert_int_equal(source_at(w, show, "2026-03-02 23:00"), SHOW_ANNOUNCE); /* somebody wants it seen */
	assert_int_equal(source_at(w, show, "2026-03-02 23:10"), SHOW_OFF);
	show_destroy(show);
}

/* Rule 15. */
static void untrusted_shows_the_default_alone(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {
		announce(w, "2026-03-02 07:00", NULL), blank(w, "2026-03-02 07:00", NULL)};
	struct show *show = make(w, "board", overrides, 1);
	struct instant start = {0, false};

	assert_int_equal(compose(show, start, w->frame).source, SHOW_DEFAULT);
	assert_false(all_black(w->frame));
	assert_int_equal(show_next_change(show, start), TIME_NEVER); /* the text fits: it stands */
	show_destroy(show);
	show = make(w, "board", overrides, 2);
	assert_int_equal(compose(show, start, w->frame).source, SHOW_BLANK);
	assert_true(all_black(w->frame));
	show_destroy(show);
}

static void no_default_is_black(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "bare", NULL, 0);

	assert_int_equal(source_at(w, show, "2026-03-02 10:00"), SHOW_DEFAULT);
	assert_true(all_black(w->frame));
	show_destroy(show);
}

static void nothing_loaded_shows_the_default(void **state)
{
	struct world *w = *state;
	struct show *show =
		show_create(w->site, site_display(w->site, "board"), NULL, NULL, 0, w->fonts, w->store);

	assert_int_equal(source_at(w, show, "2026-03-02 10:00"), SHOW_DEFAULT);
	assert_false(all_black(w->frame));
	assert_int_equal(source_at(w, show, "2026-03-02 23:00"), SHOW_OFF);
	show_destroy(show);
}

static void an_unprepared_show_is_late(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0);
	int64_t time = at(w, "2026-03-02 10:00");
	struct region damage;
	struct show_state now;

	frame_fill(w->frame, (struct rect){0, 0, 64, 16}, 0xabcdef);
	region_clear(&damage);
	show_compose(show, unknown, trusted(time), w->frame, &damage, &now);
	assert_true(now.late);
	assert_true(region_empty(&damage));
	assert_int_equal(frame_row(w->frame, 7)[7], 0xabcdef); /* the picture before stays */
	assert_true(show_next_change(show, trusted(time)) - time <= NS_PER_SEC / 30 + 1);
	assert_int_equal(show_ready_until(show), TIME_ALWAYS);
	prepare_around(show, time);
	assert_int_equal(show_ready_until(show), time + NS_PER_SEC);
	assert_false(compose(show, trusted(time), w->frame).late);
	show_destroy(show);
}

/* A clock that is set back leaves what was prepared in the future: the show says that it is not ready. */
static void a_clock_set_back_is_noticed(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0);
	int64_t time = at(w, "2026-03-02 10:00"), back = time - NS_PER_HOUR;

	prepare_around(show, time);
	assert_false(compose(show, trusted(time), w->frame).late);
	assert_true(compose(show, trusted(back), w->frame).late);
	assert_int_equal(show_ready_until(show), TIME_ALWAYS);
	prepare_around(show, back);
	assert_false(compose(show, trusted(back), w->frame).late);
	show_destroy(show);
}

/* --- composing */

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % limit;
}

static bool within(const struct region *region, int x, int y)
{
	for (int i = 0; i < region->count; i++) {
		const struct rect *r = &region->rects[i];

		if (x >= r->x && x < r->x + r->width && y >= r->y && y < r->y + r->height)
			return true;
	}
	return false;
}

static void assert_damage_covers(
	const struct frame *before, const struct frame *after, const struct region *damage)
{
	for (int y = 0; y < after->height; y++)
		for (int x = 0; x < after->width; x++)
			if (frame_row(before, y)[x] != frame_row(after, y)[x])
				assert_true(within(damage, x, y));
}

/* From frame to frame, with jumps forward and back: equal to a picture from scratch, and every pixel that changed is
 * in the damage. */
static void composing_onward_equals_composing_anew(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {announce(w, "2026-03-02 10:00", "2026-03-02 10:10"),
		blank(w, "2026-03-02 10:08", "2026-03-02 10:12"),
		counting_down(w, "{countdown}", "2026-03-02 09:00:20.3", "2026-03-02 09:02"),
		counting_down(w, "Mất điện đến 17 giờ, còn {countdown} nữa", "2026-03-02 16:00",
			"2026-03-02 17:00:30")};
	struct show *show = make(w, "board", overrides, 4);
	static const char *const around[] = {"2026-03-02 06:59:50", "2026-03-02 08:00", "2026-03-02 08:59:55",
		"2026-03-02 09:59:55", "2026-03-02 10:07:55", "2026-03-02 10:11:55", "2026-03-02 21:59:55",
		"2026-03-02 16:59:50"};
	struct instant painted = unknown;
	const struct rect all = {0, 0, 64, 16};

	random_state = 7;
	for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
		int64_t start = at(w, around[i]), time = start;

		show_prepare(show, start, start + 120 * NS_PER_SEC);
		for (int step = 0; step < 400; step++) {
			struct region damage;
			struct show_state shown;

			if (random_below(10) == 0)
				time = start + (int64_t)random_below(110) * NS_PER_SEC;
			time += NS_PER_SEC / 30 * (int64_t)random_below(4);
			frame_copy(w->former, 0, 0, w->frame, all);
			region_clear(&damage);
			show_compose(show, painted, trusted(time), w->frame, &damage, &shown);
			painted = trusted(time);
			assert_false(shown.late);
			compose(show, painted, w->fresh);
			assert_true(frame_equal(w->frame, w->fresh));
			assert_damage_covers(w->former, w->frame, &damage);
		}
	}
	show_destroy(show);
}

static void assert_says(struct world *w, struct show *show, struct instant now, const char *text)
{
	struct face face;
	struct scene *scene;

	assert_false(compose(show, now, w->frame).late);
	face_of_display(site_display(w->site, "board"), &face);
	scene = scene_prepare_text(w->fonts, &face, text, MOTION_STILL, NULL, NULL);
	scene_compose(scene, (struct moment){0, 0}, w->fresh);
	scene_unref(scene);
	assert_true(frame_equal(w->frame, w->fresh));
}

/* A begun second counts. Whatever the clock is set to, even to one that is not believed, it goes on from second to
 * second, and nothing has to be prepared anew for that. */
static void an_announcement_counts_down_to_its_end(void **state)
{
	struct world *w = *state;
	struct override override =
		counting_down(w, "{{{countdown}}}", "2026-03-02 10:00:00.3", "2026-03-02 10:10:00.3");
	struct show *show = make(w, "board", &override, 1);
	static const struct {
		int64_t elapsed;
		const char *text;
	} cases[] = {{0, "{00:10:00}"}, {NS_PER_SEC - 1, "{00:10:00}"}, {NS_PER_SEC, "{00:09:59}"},
		{299 * NS_PER_SEC + 1, "{00:05:01}"}, {600 * NS_PER_SEC - 1, "{00:00:01}"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct instant now = trusted(override.start + cases[i].elapsed);

		show_prepare(show, now.time, now.time + NS_PER_SEC);
		assert_says(w, show, now, cases[i].text);
	}
	struct instant now = trusted(override.start + 100 * NS_PER_SEC),
		       back = trusted(now.time - 3 * NS_PER_HOUR), doubted = {5 * NS_PER_SEC, false};

	show_prepare(show, now.time, now.time + 10 * NS_PER_SEC);
	assert_says(w, show, now, "{00:08:20}");
	show_move(show, now, back);
	assert_says(w, show, back, "{00:08:20}");
	back.time += NS_PER_SEC;
	assert_says(w, show, back, "{00:08:19}");
	show_move(show, back, doubted);
	doubted.time += NS_PER_SEC;
	assert_says(w, show, doubted, "{00:08:18}");
	show_prepare(show, doubted.time, doubted.time + NS_PER_MIN);
	doubted.time += 58 * NS_PER_SEC;
	assert_says(w, show, doubted, "{00:07:20}");
	show_destroy(show);
}

/* What was kept by a program that knew no fields is shown as it was; and what has no end counts to none. */
static void other_braces_stand_for_themselves(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {counting_down(w, "{a} }", "2026-03-02 10:00", "2026-03-02 10:10"),
		counting_down(w, "{countdown}", "2026-03-02 11:00", NULL)};
	struct show *show = make(w, "board", overrides, 2);

	assert_says(w, show, trusted(overrides[0].start), "{a} }");
	assert_int_equal(compose(show, trusted(overrides[1].start), w->frame).source, SHOW_ANNOUNCE);
	assert_false(all_black(w->frame));
	show_destroy(show);
}

/* What shows is the item's own scene, at the time since the item began, once its transition is over: a cut one goes on
 * where it was. */
static void the_picture_is_the_item_at_its_time(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0);
	unsigned resumed = 0, seen = 0;
	struct face face;

	face_of_display(site_display(w->site, "board"), &face);
	random_state = 3;
	for (int i = 0; i < 300; i++) {
		int64_t start = at(w, i % 3 ? "2026-03-02 08:59:30" : "2026-03-02 07:00");
		int64_t time = start + (int64_t)random_below(100 * 1000) * NS_PER_MS;
		struct scene *scene;
		struct show_state shown;

		prepare_around(show, time);
		shown = compose(show, trusted(time), w->frame);
		assert_int_equal(shown.source, SHOW_SCHEDULE);
		scene = scene_prepare(w->fonts, &face, shown.segment->item, NULL, NULL);
		scene_compose(scene, (struct moment){time - shown.segment->item_start, time}, w->fresh);
		scene_unref(scene);
		if (shown.segment->item->transition != TRANSITION_CUT &&
			time - shown.segment->start < shown.segment->item->transition_time)
			continue;
		assert_true(frame_equal(w->frame, w->fresh));
		resumed += shown.segment->item_start < shown.segment->start;
		seen++;
	}
	assert_true(resumed > 0 && seen > 150);
	show_destroy(show);
}

/* Nothing changes before the next change, frame by frame; and something moves where something should. */
static void next_change_is_exact(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {announce(w, "2026-03-02 07:00:30", "2026-03-02 07:00:40"),
		counting_down(w, "{countdown}", "2026-03-02 07:00:40.3", "2026-03-02 07:00:50")};
	struct show *show = make(w, "board", overrides, 2);
	int64_t time = at(w, "2026-03-02 06:59:58"), end = time + 60 * NS_PER_SEC;
	int64_t index = frame_index(30000, time);
	unsigned changes = 0;

	show_prepare(show, time, end);
	time = frame_instant(30000, index);
	compose(show, trusted(time), w->former);
	while (time < end - NS_PER_SEC) {
		int64_t next = show_next_change(show, trusted(time));

		assert_true(next > time);
		while ((time = frame_instant(30000, ++index)) < next && time < end) {
			compose(show, trusted(time), w->frame);
			assert_true(frame_equal(w->frame, w->former));
		}
		compose(show, trusted(time), w->frame);
		changes += !frame_equal(w->frame, w->former);
		frame_copy(w->former, 0, 0, w->frame, (struct rect){0, 0, 64, 16});
	}
	assert_true(changes > 200); /* a ticker ran */
	show_destroy(show);
}

/* A still picture sleeps until the next border: of the item, an override, the hours. */
static void next_change_of_a_still_is_its_border(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {blank(w, "2026-03-02 06:30:00.250", "2026-03-02 06:31")};
	struct show *show = make(w, "board", overrides, 1);
	static const char *const cases[][2] = {{"2026-03-02 03:00", "2026-03-02 05:30"},
		{"2026-03-02 05:30", "2026-03-02 06:30:00.250"}, {"2026-03-02 06:30:30", "2026-03-02 06:31"},
		{"2026-03-02 06:31", "2026-03-02 07:00"}, {"2026-03-02 07:00:00.5", "2026-03-02 07:00:01.3"},
		{"2026-03-02 21:00", "2026-03-02 22:00:30"}, {"2026-03-02 23:00", "2026-03-03 00:00"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t time = at(w, cases[i][0]);

		prepare_around(show, time);
		assert_int_equal(show_next_change(show, trusted(time)), at(w, cases[i][1]));
	}
	show_destroy(show);
}

/* A reload, other overrides elsewhere, an equal display: the same instant is the same picture. */
static void a_reload_changes_no_pixel(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "board", NULL, 0), *twin = make(w, "twin", NULL, 0), *derived, *reloaded;
	struct catalogue *again = read_catalogue(w, playlist_text);
	struct override overrides[] = {announce(w, "2026-03-02 07:00", NULL)};

	assert_non_null(again);
	overrides[0].on = on_other;
	derived = show_derive(show, overrides, 1);
	reloaded = show_create(w->site, site_display(w->site, "board"), again, NULL, 0, w->fonts, w->store);
	catalogue_unref(again);
	random_state = 11;
	for (int i = 0; i < 200; i++) {
		int64_t time =
			at(w, "2026-03-02 06:00") + (int64_t)random_below(12 * 3600 * 1000) * NS_PER_MS;
		struct show *others[] = {twin, derived, reloaded};

		prepare_around(show, time);
		compose(show, trusted(time), w->frame);
		for (int k = 0; k < 3; k++) {
			prepare_around(others[k], time);
			compose(others[k], trusted(time), w->fresh);
			assert_true(frame_equal(w->frame, w->fresh));
		}
	}
	show_destroy(reloaded);
	show_destroy(derived);
	show_destroy(twin);
	show_destroy(show);
}

#ifndef __SANITIZE_ADDRESS__
/* A minute of ticker, item borders, an override's border and the edge of the hours, frame by frame. */
static void the_frame_path_allocates_nothing(void **state)
{
	struct world *w = *state;
	struct override overrides[] = {
		counting_down(w, "Mất điện, còn {countdown}", "2026-03-02 08:00:20", "2026-03-02 08:00:40")};
	struct show *show = make(w, "board", overrides, 1);
	static const char *const starts[] = {
		"2026-03-02 08:00", "2026-03-02 21:59:50", "2026-03-02 16:59:50"};
	void *volatile probe;

	counting = true;
	probe = malloc(1); /* the counter counts */
	counting = false;
	free(probe);
	assert_int_equal(allocations, 1);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		int64_t start = at(w, starts[i]);
		struct instant painted = unknown;
		struct region damage;
		struct show_state shown;

		show_prepare(show, start, start + NS_PER_MIN);
		allocations = 0;
		counting = true;
		for (int64_t k = frame_index(30000, start) + 1; frame_instant(30000, k) < start + NS_PER_MIN;
			k++) {
			struct instant now = trusted(frame_instant(30000, k));

			region_clear(&damage);
			show_compose(show, painted, now, w->frame, &damage, &shown);
			show_next_change(show, now);
			painted = now;
			if (shown.late)
				break;
		}
		counting = false;
		assert_false(shown.late);
		assert_int_equal(allocations, 0);
	}
	show_destroy(show);
}
#endif

/* --- two threads */

struct race {
	struct show *show;
	int64_t now; /* of the frame path */
	int64_t end;
	bool stop;
};

#define AHEAD (4 * NS_PER_SEC)

static void *prepare_onward(void *data)
{
	struct race *race = data;

	while (!__atomic_load_n(&race->stop, __ATOMIC_SEQ_CST)) {
		int64_t now = __atomic_load_n(&race->now, __ATOMIC_SEQ_CST);

		show_prepare(race->show, now, now + AHEAD);
	}
	return NULL;
}

/* The worker publishes plans, and frees old ones, all the while; the frame path stays within what is ready. */
static void preparing_while_composing(void **state)
{
	struct world *w = *state;
	struct race race = {.show = make(w, "board", NULL, 0)};
	struct show *reference = make(w, "twin", NULL, 0);
	struct instant painted = unknown;
	pthread_t worker;

	race.now = at(w, "2026-03-02 07:59:30");
	race.end = race.now + NS_PER_MIN;
	show_prepare(reference, race.now, race.end);
	show_prepare(race.show, race.now, race.now + AHEAD);
	assert_int_equal(pthread_create(&worker, NULL, prepare_onward, &race), 0);
	for (int64_t time = race.now; time < race.end; time += NS_PER_SEC / 30) {
		struct region damage;
		struct show_state shown;

		while (show_ready_until(race.show) <= time)
			sched_yield();
		region_clear(&damage);
		show_compose(race.show, painted, trusted(time), w->frame, &damage, &shown);
		assert_false(shown.late);
		assert_true(
			!shown.segment || shown.segment->start <= time); /* it is still there to be read */
		painted = trusted(time);
		compose(reference, painted, w->fresh);
		assert_true(frame_equal(w->frame, w->fresh));
		__atomic_store_n(&race.now, time, __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(&race.stop, true, __ATOMIC_SEQ_CST);
	pthread_join(worker, NULL);
	show_destroy(reference);
	show_destroy(race.show);
}

/* Two displays with equal faces ask for the same scenes at once. */
static void *prepare_all(void *data)
{
	struct race *race = data;

	for (int i = 0; i < 5; i++)
		show_prepare(race->show, race->now, race->end);
	return NULL;
}

static void sharing_the_store(void **state)
{
	struct world *w = *state;
	struct race races[] = {{.show = make(w, "board", NULL, 0)}, {.show = make(w, "twin", NULL, 0)}};
	pthread_t workers[2];

	for (int i = 0; i < 2; i++) {
		races[i].now = at(w, "2026-03-02 08:00");
		races[i].end = races[i].now + NS_PER_MIN;
		assert_int_equal(pthread_create(&workers[i], NULL, prepare_all, &races[i]), 0);
	}
	for (int i = 0; i < 20; i++)
		scene_store_trim(w->store);
	for (int i = 0; i < 2; i++)
		pthread_join(workers[i], NULL);
	compose(races[0].show, trusted(races[0].now), w->frame);
	compose(races[1].show, trusted(races[0].now), w->fresh);
	assert_true(frame_equal(w->frame, w->fresh));
	show_destroy(races[0].show);
	show_destroy(races[1].show);
}

/* --- the trial */

static void the_trial_tells_the_place(void **state)
{
	struct world *w = *state;
	static const char text[] = "bangtin: 1\nunit: u\nmessages:\n"
				   "  good: {text: Một cửa}\n"
				   "  strange: {text: \"Một 鬱 cửa\"}\n"
				   "schedule:\n  - {show: good, on: led}\n  - {show: strange, on: board}\n"
				   "  - {show: strange, on: board, priority: 20}\n";
	struct catalogue *catalogue = read_catalogue(w, text);
	struct diag_list diags;
	struct show *show;

	assert_non_null(catalogue);
	diag_init(&diags);
	show = show_create(w->site, site_display(w->site, "twin"), catalogue, NULL, 0, w->fonts, w->store);
	show_check(show, 0, &diags);
	assert_int_equal(diags.errors, 0); /* it does not show there */
	show_destroy(show);
	show = show_create(w->site, site_display(w->site, "board"), catalogue, NULL, 0, w->fonts, w->store);
	show_check(show, 0, &diags);
	assert_true(diags.errors >= 1);
	assert_int_equal(diags.items[0].where.line, 5);
	assert_non_null(strstr(diags.items[0].message, "U+9B31"));
	show_destroy(show);
	diag_finish(&diags);
	catalogue_unref(catalogue);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(sources_in_their_order),
		TEST(untrusted_shows_the_default_alone),
		TEST(no_default_is_black),
		TEST(nothing_loaded_shows_the_default),
		TEST(an_unprepared_show_is_late),
		TEST(a_clock_set_back_is_noticed),
		TEST(composing_onward_equals_composing_anew),
		TEST(an_announcement_counts_down_to_its_end),
		TEST(other_braces_stand_for_themselves),
		TEST(the_picture_is_the_item_at_its_time),
		TEST(next_change_is_exact),
		TEST(next_change_of_a_still_is_its_border),
		TEST(a_reload_changes_no_pixel),
#ifndef __SANITIZE_ADDRESS__
		TEST(the_frame_path_allocates_nothing),
#endif
		TEST(preparing_while_composing),
		TEST(sharing_the_store),
		TEST(the_trial_tells_the_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
