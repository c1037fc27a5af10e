/* A site with a catalogue that has everything, and shows of it. */
#ifndef TESTS_UNIT_SHOW_FIXTURE_H
#define TESTS_UNIT_SHOW_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "show/show.h"

/* fontconfig keeps what it has parsed for good */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

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

static inline struct catalogue *read_catalogue(struct world *w, const char *text)
{
	struct source_file file = {.unit = "u", .name = "u/u.yaml", .data = text, .size = strlen(text)};

	return catalogue_build(w->site, &file, 1, &w->diags);
}

static inline int setup(void **state)
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

static inline int teardown(void **state)
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

static inline struct show *make(
	struct world *w, const char *display, const struct override *overrides, size_t count)
{
	return show_create(
		w->site, site_display(w->site, display), w->catalogue, overrides, count, w->fonts, w->store);
}

static inline int64_t at(const struct world *w, const char *text)
{
	int64_t time;

	assert_int_equal(time_parse_instant(w->site->zone, text, &time), 0);
	return time;
}

static const struct instant unknown = {TIME_ALWAYS, true};

static inline struct instant trusted(int64_t time)
{
	return (struct instant){time, true};
}

/* Paints from scratch; the canvas holds something else before. */
static inline struct show_state compose(struct show *show, struct instant now, struct frame *frame)
{
	struct region damage;
	struct show_state state;

	region_clear(&damage);
	frame_fill(frame, (struct rect){0, 0, frame->width, frame->height}, 0x123456);
	show_compose(show, unknown, now, frame, &damage, &state);
	return state;
}

static inline void prepare_around(struct show *show, int64_t time)
{
	show_prepare(show, time, time + NS_PER_SEC);
}

static inline bool all_black(const struct frame *frame)
{
	for (int y = 0; y < frame->height; y++)
		for (int x = 0; x < frame->width; x++)
			if (frame_row(frame, y)[x])
				return false;
	return true;
}

static char *on_board[] = {(char *)"board"};

static inline struct override announce(const struct world *w, const char *from, const char *until)
{
	return (struct override){.kind = OVERRIDE_ANNOUNCE,
		.text = (char *)"Thông báo khẩn: mất điện toàn thành phố đến 17 giờ",
		.on = on_board,
		.on_count = 1,
		.start = at(w, from),
		.end = until ? at(w, until) : TIME_NEVER};
}

static inline struct override counting_down(
	const struct world *w, const char *text, const char *from, const char *until)
{
	struct override override = announce(w, from, until);

	override.text = (char *)text;
	return override;
}

static inline struct override blank(const struct world *w, const char *from, const char *until)
{
	struct override override = announce(w, from, until);

	override.kind = OVERRIDE_BLANK;
	override.text = NULL;
	return override;
}

#endif
