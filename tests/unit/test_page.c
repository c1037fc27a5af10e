/* Pages of layouts on the way to a display: what is composed depends on the instant alone, whatever was prepared when;
 * what changes is in the damage; nothing is allocated; a clock changes when it should. And a page kept as a file
 * (tests/golden/trang-bo-cuc.png; BANGTIN_GOLDEN=update writes it anew: then look at it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "frame/rate.h"
#include "show/show.h"
#include "store/data_files.h"

/* fontconfig keeps what it has parsed for good */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

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

enum { WIDTH = 640, HEIGHT = 360, RATE = 30000 };

static const char site_text[] =
	"site = { name = \"Thử\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ({ name = \"u\"; });\n"
	"  state-directory = \"/nonexistent\"; socket = \"/nonexistent/s\"; data-directory = "
	"\"/nonexistent\"; };\n"
	"displays = ({ name = \"trang\"; size = \"640x360\"; driver = { name = \"null\"; }; },\n"
	"  { name = \"ngay\"; size = \"640x360\"; driver = { name = \"null\"; }; },\n"
	"  { name = \"bang\"; size = \"128x32\"; driver = { name = \"null\"; }; });\n";

static const char playlist_text[] =
	"bangtin: 1\nunit: u\n"
	"styles:\n"
	"  trai: {align: left, max-size: 12%}\n"
	"layouts:\n"
	"  trang:\n"
	"    from-size: 320x200\n"
	"    background: {gradient: [\"#003366\", \"#001a33\"]}\n"
	"    zones:\n"
	"      khung: {kind: panel, at: [2%, 20%, 60%, 55%], background: {colour: white, opacity: 30}, "
	"radius: 8}\n"
	"      title: {kind: text, at: [2%, 0, 60%, 18%], style: trai}\n"
	"      gio: {kind: clock, at: [65%, 0, 33%, 10%], text: \"{time:%H:%M:%S}\"}\n"
	"      ngay: {kind: text, at: [65%, 10%, 33%, 9%], text: \"{date:%a %d/%m}, {lunar-date:%-d/%-m}\"}\n"
	"      text: {kind: text, at: [2%, 20%, 60%, 37%], padding: 8, style: trai}\n"
	"      qr: {kind: qr, at: [65%, 20%, 33%, 35%], required: false}\n"
	"      loi: {kind: playlist, at: [65%, 57%, 33%, 18%], playlist: loi}\n"
	"      anh: {kind: image, at: [30%, 58%, 30%, 16%], image: anh.png, required: false}\n"
	"      chan: {kind: ticker, at: [0, 80%, 100%, 20%], background: red, text: \"Còn "
	"{countdown:2026-03-03 "
	"17:00} giờ, {countdown:2026-03-10} ngày, bây giờ là {time}\"}\n"
	"  ngay:\n"
	"    zones:\n"
	"      gio: {kind: clock, at: [0, 0, 100%, 50%]}\n"
	"      text: {kind: text, at: [0, 50%, 100%, 50%]}\n"
	"messages:\n"
	"  a:\n"
	"    layout: trang\n"
	"    title: Trung tâm Phục vụ hành chính công\n"
	"    text: \"Nộp hồ sơ trực tuyến. Số đang gọi: {data:queue.now|--}. Lúc {time}.\"\n"
	"    qr: https://dichvucong.example.gov.vn\n"
	"  b: {layout: trang, title: Thông báo, text: \"Nghỉ lễ Giỗ Tổ Hùng Vương\"}\n"
	"  c: {layout: ngay, text: Một cửa}\n"
	"  loi-1: {text: \"Lời nhắc một lúc {time}\"}\n"
	"  loi-2: {text: \"Lời nhắc hai chạy qua\"}\n"
	"  loi-3: {text: Hết hạn, until: 2026-03-02 09:00}\n"
	"playlists:\n"
	"  trang: [{show: a, for: 7s}, {show: b, for: 4s}]\n"
	"  loi: [{show: loi-1, for: 3s}, {show: loi-2, enter: scroll-left}, {show: loi-3, for: 2s}]\n"
	"schedule:\n"
	"  - {play: trang, on: [trang, bang]}\n"
	"  - {show: c, on: ngay}\n";

struct world {
	struct diag_list diags;
	struct site *site;
	struct catalogue *catalogue;
	struct fonts *fonts;
	struct scene_store *store;
	struct frame *frame, *fresh, *former;
};

static const struct rect whole = {0, 0, WIDTH, HEIGHT};

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);
	struct source_file files[] = {
		{.unit = "u", .name = "u/u.yaml", .data = playlist_text, .size = strlen(playlist_text)},
		{.unit = "u", .name = "u/anh.png"}};
	char *picture;
	if (file_read("tests/golden/24.png", 1 << 20, &picture, &files[1].size) < 0)
		return -1;
	files[1].data = picture;
	*state = w;
	diag_init(&w->diags);
	w->site = site_parse("site.conf", site_text, strlen(site_text), "/", &w->diags);
	w->catalogue = w->site ? catalogue_build(w->site, files, 2, &w->diags) : NULL;
	free(picture);
	if (!w->catalogue) {
		diag_print(&w->diags, stderr);
		return -1;
	}
	if (fonts_create(NULL, &w->fonts) < 0)
		return -1;
	w->store = scene_store_create(w->fonts);
	w->frame = frame_create(WIDTH, HEIGHT);
	w->fresh = frame_create(WIDTH, HEIGHT);
	w->former = frame_create(WIDTH, HEIGHT);
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

static struct show *make(struct world *w, const char *display)
{
	return show_create(
		w->site, site_display(w->site, display), w->catalogue, NULL, 0, w->fonts, w->store);
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

static void compose(struct show *show, int64_t time, struct frame *frame)
{
	struct region damage;
	struct show_state state;
	region_clear(&damage);
	frame_fill(frame, whole, 0x123456);
	show_compose(show, unknown, trusted(time), frame, &damage, &state);
	assert_false(state.late);
}

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

static void assert_damage_covers(const struct frame *a, const struct frame *b, const struct region *damage)
{
	for (int y = 0; y < a->height; y++)
		for (int x = 0; x < a->width; x++)
			if (frame_row(a, y)[x] != frame_row(b, y)[x] && !within(damage, x, y))
				fail_msg("%d,%d changed and is not in the damage", x, y);
}

static struct rect zone_area(const struct world *w, const char *layout, const char *zone)
{
	for (size_t i = 0; i < w->catalogue->layout_count; i++) {
		const struct layout *l = w->catalogue->layouts[i];
		for (size_t k = 0; k < l->zone_count && strcmp(l->name, layout) == 0; k++)
			if (strcmp(l->zones[k].name, zone) == 0)
				return layout_zone_area(&l->zones[k], WIDTH, HEIGHT);
	}
	fail_msg("no zone %s", zone);
	return whole;
}

/* --- one function of the instant */

/* From frame to frame with jumps, prepared anew on the way: equal to a picture from scratch, by another show that was
 * prepared for that instant alone; and every pixel that changed is in the damage. */
static void composing_onward_equals_composing_anew(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "trang"), *other = make(w, "trang");
	static const char *const around[] = {"2026-03-02 08:59:50", "2026-03-02 23:59:40"};
	struct instant painted = unknown;
	random_state = 7;
	for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
		int64_t start = at(w, around[i]), time = start, ready = start;
		for (int step = 0; step < 150; step++) {
			struct region damage;
			struct show_state shown;
			time += random_below(10) == 0 ? (int64_t)random_below(3) * NS_PER_SEC
						      : NS_PER_SEC / 30 * (int64_t)random_below(4);
			if (time >= ready) {
				show_prepare(show, time, time + 5 * NS_PER_SEC);
				ready = time + 5 * NS_PER_SEC;
			}
			frame_copy(w->former, 0, 0, w->frame, whole);
			region_clear(&damage);
			show_compose(show, painted, trusted(time), w->frame, &damage, &shown);
			assert_false(shown.late);
			painted = trusted(time);
			show_prepare(other, time, time + 1);
			compose(other, time, w->fresh);
			assert_true(frame_equal(w->frame, w->fresh));
			assert_damage_covers(w->former, w->frame, &damage);
		}
	}
	show_destroy(other);
	show_destroy(show);
}

/* Prepared for hours ahead, piece by piece: each ends where its pictures do, and goes on from the last. */
static void as_far_as_pictures_reach(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "trang"), *other = make(w, "trang");
	int64_t start = at(w, "2026-03-02 08:15:00"), time = start;
	for (int piece = 0; piece < 4; piece++) {
		show_prepare_some(show, time, time + 8 * NS_PER_HOUR, 30);
		int64_t ready = show_ready_until(show);
		assert_true(ready > time && ready < time + NS_PER_HOUR);
		for (int64_t look = time; look < ready; look += 7 * NS_PER_SEC) {
			compose(show, look, w->frame);
			show_prepare(other, look, look + 1);
			compose(other, look, w->fresh);
			assert_true(frame_equal(w->frame, w->fresh));
		}
		time = ready;
	}
	assert_true(time >= start + 20 * NS_PER_SEC);
	show_destroy(other);
	show_destroy(show);
}

#ifndef __SANITIZE_ADDRESS__
static void the_frame_path_allocates_nothing(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "trang");
	int64_t start = at(w, "2026-03-02 08:59:40");
	struct instant painted = unknown;
	struct region damage;
	struct show_state shown;
	show_prepare(show, start, start + NS_PER_MIN);
	void *volatile probe;
	counting = true;
	probe = malloc(1); /* the counter counts */
	counting = false;
	free(probe);
	assert_int_equal(allocations, 1);
	allocations = 0;
	counting = true;
	for (int64_t k = frame_index(RATE, start) + 1; frame_instant(RATE, k) < start + NS_PER_MIN; k++) {
		struct instant now = trusted(frame_instant(RATE, k));
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
	show_destroy(show);
}
#endif

/* What the golden picture would forgive. */
static void a_picture_in_a_zone(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "trang");
	struct rect zone = zone_area(w, "trang", "anh");
	int64_t time = at(w, "2026-03-02 10:00");
	int white = 0, black = 0;
	show_prepare(show, time, time + 1);
	compose(show, time, w->frame);
	for (int y = zone.y; y < zone.y + zone.height; y++)
		for (int x = zone.x; x < zone.x + zone.width; x++) {
			uint32_t pixel = frame_row(w->frame, y)[x] & 0xffffff;
			white += pixel >> 16 > 0x60;
			black += pixel == 0;
		}
	assert_true(white > 100 && black > 500); /* white letters on black */
	show_destroy(show);
}

/* --- clocks */

/* A page with a clock of minutes wakes once a minute, at its beginning, and only the clock changes. */
static void a_clock_wakes_at_its_minute(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "ngay");
	struct rect clock = zone_area(w, "ngay", "gio");
	int64_t time = at(w, "2026-03-02 08:58:20"), minute = at(w, "2026-03-02 08:59");
	show_prepare(show, time, time + 3 * NS_PER_MIN);
	for (int i = 0; i < 2; i++, time = minute, minute += NS_PER_MIN) {
		struct region damage;
		struct show_state shown;
		int64_t last = minute - 1;
		compose(show, time, w->former);
		/* The item starts over meanwhile, and looks the same. */
		compose(show, last, w->frame);
		assert_true(frame_equal(w->former, w->frame));
		assert_true(show_next_change(show, trusted(last)) <= minute);
		region_clear(&damage);
		show_compose(show, trusted(last), trusted(minute), w->frame, &damage, &shown);
		assert_false(frame_equal(w->former, w->frame));
		for (int k = 0; k < damage.count; k++) {
			struct rect common;
			assert_true(rect_intersect(damage.rects[k], clock, &common));
			assert_memory_equal(&common, &damage.rects[k], sizeof common);
		}
	}
	show_destroy(show);
}

/* In a zone a playlist goes on from page to page, and a message past its end is left out of it. */
static void a_playlist_in_a_zone_goes_on(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "trang");
	struct rect zone = zone_area(w, "trang", "loi");
	int64_t first = at(w, "2026-03-02 09:00:00"), changes = 0;
	show_prepare(show, first, first + NS_PER_MIN);
	compose(show, first, w->former);
	for (int64_t t = first; t < first + NS_PER_MIN; t += NS_PER_SEC / 2) {
		bool same = true;
		compose(show, t, w->frame);
		for (int y = zone.y; y < zone.y + zone.height; y++)
			same &= memcmp(frame_row(w->frame, y) + zone.x, frame_row(w->former, y) + zone.x,
					(size_t)zone.width * 4) == 0;
		changes += !same;
		frame_copy(w->former, 0, 0, w->frame, whole);
	}
	assert_in_range(changes, 20, 119); /* one stands, one runs */
	show_destroy(show);
}

static void a_board_shows_the_text_alone(void **state)
{
	struct world *w = *state;
	struct show *show = make(w, "bang");
	int64_t time = at(w, "2026-03-02 10:00");
	struct frame *frame = frame_create(128, 32), *later = frame_create(128, 32);
	struct region damage = {.count = 0};
	struct show_state shown;
	show_prepare(show, time, time + NS_PER_SEC);
	show_compose(show, unknown, trusted(time), frame, &damage, &shown);
	assert_false(shown.late);
	show_check(show, 0, &w->diags);
	for (size_t i = 0; i < w->diags.count; i++)
		assert_null(strstr(w->diags.items[i].message, "zone"));
	frame_unref(frame);
	frame_unref(later);
	show_destroy(show);
}

/* --- data */

static struct data *data_of(const char *key, const char *text)
{
	struct data_value *values = xcalloc(1, sizeof *values);
	values[0] = (struct data_value){xstrdup(key), xstrdup(text)};
	return data_create(1, values, 1);
}

static void data_is_an_input(void **state)
{
	struct world *w = *state;
	struct show *none = make(w, "trang"), *some = make(w, "trang"), *other = make(w, "trang");
	struct data *queue = data_of("queue.now", "A 042"), *strange = data_of("queue.last", "A 042");
	int64_t time = at(w, "2026-03-02 10:00:10");
	struct show *derived;
	show_set_data(some, queue);
	show_set_data(other, strange);
	derived = show_derive(some, NULL, 0);
	while (true) { /* an instant at which the message with the number shows */
		struct show_state shown;
		show_state_at(none, trusted(time), &shown);
		if (strcmp(shown.segment->item->message->name, "a") == 0)
			break;
		time += NS_PER_SEC;
	}
	show_prepare(none, time, time + 1);
	show_prepare(some, time, time + 1);
	show_prepare(other, time, time + 1);
	show_prepare(derived, time, time + 1);
	compose(none, time, w->former);
	compose(some, time, w->frame);
	assert_false(frame_equal(w->former, w->frame));
	compose(derived, time, w->fresh);
	assert_true(frame_equal(w->frame, w->fresh));
	compose(other, time, w->fresh);
	assert_true(frame_equal(w->former, w->fresh)); /* what stands for no value */
	data_unref(queue);
	data_unref(strange);
	show_destroy(derived);
	show_destroy(none);
	show_destroy(some);
	show_destroy(other);
}

static void put(const char *directory, const char *name, const char *text)
{
	char *path = path_join(directory, name);
	assert_int_equal(file_write_atomic(path, text, strlen(text), 0644), 0);
	free(path);
}

/* JSON files become a numbered snapshot; a broken one keeps what it said; the same again is nothing new. */
static void data_comes_from_files(void **state)
{
	char directory[] = "/tmp/bangtin-data-XXXXXX";
	struct data *first = NULL, *second = NULL, *none = NULL, *back;
	json_t *json;
	(void)state;
	assert_non_null(mkdtemp(directory));
	put(directory, "queue.json",
		"{\"now\": \"A\\n042\", \"rooms\": {\"a1\": 7, \"b\": 1.5}, \"x\": [1]}");
	put(directory, "site.json", "{\"name\": \"To\u0323a\"}");
	put(directory, "note.txt", "{\"a\": 1}");
	assert_int_equal(data_read_directory(directory, NULL, &first), 0);
	assert_int_equal(first->number, 1);
	assert_int_equal(first->count, 4);
	assert_string_equal(data_find(first, "queue.now"), "A 042");
	assert_string_equal(data_find(first, "queue.rooms.a1"), "7");
	assert_string_equal(data_find(first, "queue.rooms.b"), "1.5");
	assert_string_equal(data_find(first, "site.name"), "T\u1ecda"); /* composed */
	assert_null(data_find(first, "queue.x"));
	assert_int_equal(data_read_directory(directory, first, &none), 0);
	assert_null(none);
	put(directory, "queue.json", "{\"now\": ");
	put(directory, "site.json", "{\"name\": \"B\"}");
	assert_int_equal(data_read_directory(directory, first, &second), 0);
	assert_int_equal(second->number, 2);
	assert_string_equal(data_find(second, "queue.now"), "A 042");
	assert_string_equal(data_find(second, "site.name"), "B");
	json = data_json(second);
	back = data_from_json(json);
	json_decref(json);
	assert_int_equal(back->number, 2);
	assert_string_equal(data_find(back, "queue.rooms.a1"), "7");
	data_unref(back);
	data_unref(second);
	data_unref(first);
	assert_int_equal(file_remove_tree(directory), 0);
	assert_true(data_read_directory(directory, NULL, &none) < 0);
}

/* --- a page kept as a file */

static double difference(const struct frame *a, const struct frame *b)
{
	double sum = 0;
	for (int y = 0; y < a->height; y++)
		for (int x = 0; x < a->width; x++)
			for (int c = 0; c < 24; c += 8)
				sum += abs((int)(frame_row(a, y)[x] >> c & 255) -
					   (int)(frame_row(b, y)[x] >> c & 255));
	return sum / 3 / a->width / a->height;
}

static void a_page_as_it_was(void **state)
{
	struct world *w = *state;
	static const char path[] = "tests/golden/trang-bo-cuc.png";
	struct show *show = make(w, "trang");
	struct data *data = data_of("queue.now", "A 042");
	struct frame *kept = NULL;
	int64_t time = at(w, "2026-03-02 08:15:02");
	show_set_data(show, data);
	data_unref(data);
	show_prepare(show, time, time + 1);
	compose(show, time, w->frame);
	if (getenv("BANGTIN_GOLDEN"))
		assert_int_equal(frame_write_png(w->frame, path), 0);
	assert_int_equal(frame_read_png(path, &kept), 0);
	assert_int_equal(kept->width, WIDTH);
	if (difference(w->frame, kept) > 3)
		fail_msg("%s differs by %.2f", path, difference(w->frame, kept));
	frame_unref(kept);
	show_destroy(show);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(composing_onward_equals_composing_anew),
		TEST(as_far_as_pictures_reach),
#ifndef __SANITIZE_ADDRESS__
		TEST(the_frame_path_allocates_nothing),
#endif
		TEST(a_picture_in_a_zone),
		TEST(a_clock_wakes_at_its_minute),
		TEST(a_playlist_in_a_zone_goes_on),
		TEST(a_board_shows_the_text_alone),
		TEST(data_is_an_input),
		cmocka_unit_test(data_comes_from_files),
		TEST(a_page_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
