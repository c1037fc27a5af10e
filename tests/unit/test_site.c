/* The site configuration: values, defaults, and the questions asked of displays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "site/site.h"

#define TODAY day_from_date(2026, 3, 2)

#define SITE                                                                                                 \
	"site = { name = \"x\"; timezone = \"Asia/Ho_Chi_Minh\"; units = [ \"province\", \"tan-an\" ]; %s "  \
	"};\n"
#define DISPLAYS                                                                                             \
	"displays = ( { name = \"a\"; tags = [ \"led\" ]; size = \"64x16\"; driver = { name = \"null\"; }; " \
	"%s } );\n"

static struct diag_list diags;

static int setup(void **state)
{
	diag_init(&diags);
	return 0;
}

static int teardown(void **state)
{
	diag_finish(&diags);
	return 0;
}

static struct site *parse(const char *general, const char *display)
{
	char text[4096];
	int length = snprintf(text, sizeof text, SITE DISPLAYS, general, display);
	return site_parse("test.conf", text, (size_t)length, "/etc/bangtin", &diags);
}

static struct site *parse_good(const char *general, const char *display)
{
	struct site *site = parse(general, display);
	if (!site)
		fail_msg("%s", diag_text(&diags));
	assert_int_equal(diags.count, 0);
	return site;
}

static void test_defaults(void **state)
{
	struct site *site = parse_good("", "");
	assert_string_equal(site->name, "x");
	assert_false(site->unsigned_loads); /* what nobody said anything about is refused */
	assert_null(site->root_path);
	assert_string_equal(zone_name(site->zone), "Asia/Ho_Chi_Minh");
	assert_int_equal(site->day_starts, 0);
	assert_string_equal(site->state_directory, "/var/lib/bangtin");
	assert_string_equal(site->socket_path, "/run/bangtin/control");
	assert_int_equal(site->socket_mode, 0660);
	assert_null(site->socket_group);
	assert_null(site->fonts_directory);
	assert_int_equal(site->generations_kept, 20);
	assert_int_equal(site->unit_count, 2);
	assert_int_equal(site->units[0].max_priority, 100);
	assert_int_equal(site->units[1].max_priority, 50);
	assert_int_equal(site->grant_count, 0);
	const struct display *display = site_display(site, "a");
	assert_non_null(display);
	assert_null(site_display(site, "b"));
	assert_int_equal(display->width, 64);
	assert_int_equal(display->height, 16);
	assert_int_equal(display->rate, 30000);
	assert_int_equal(display->refresh, 10 * NS_PER_SEC);
	assert_int_equal(display->foreground, 0xffffff);
	assert_int_equal(display->background, 0);
	assert_null(display->fallback_text);
	assert_int_equal(display->on_failure, FAILURE_DEFAULT);
	assert_int_equal(display_brightness(site, display, TODAY, 0), 1000);
	assert_string_equal(display->driver, "null");
	assert_int_equal(display->option_count, 0);
	assert_false(display->panel.mono);
	assert_true(
		display->panel.gamma == 1 && display->panel.white[0] == 1 && display->panel.white[2] == 1);
	assert_int_equal(display->panel.threshold, 128);
	assert_int_equal(display->panel.order, ORDER_RGB);
	site_destroy(site);
}

static void test_values(void **state)
{
	char *path = xasprintf("%s/good/everything.conf",
		getenv("BANGTIN_CORPUS") ? getenv("BANGTIN_CORPUS") : "tests/corpus");
	struct site *site = site_read(path, &diags);
	if (!site)
		fail_msg("%s", diag_text(&diags));
	assert_string_equal(site->name, "Thành phố Tân An");
	assert_int_equal(site->day_starts, 3 * 3600);
	assert_non_null(strstr(site->state_directory, "good/state"));
	assert_int_equal(site->socket_mode, 0600);
	assert_string_equal(site->socket_group, "bangtin");
	assert_int_equal(site->units[0].max_priority, 100);
	assert_int_equal(site->units[1].max_priority, 60);
	assert_int_equal(site->grant_count, 2);
	assert_int_equal(site->grants[0].uid, 0);
	assert_int_equal(site->grants[0].roles, ROLE_VIEW | ROLE_LOAD | ROLE_OPERATE);
	assert_int_equal(site->grants[1].uid, 65534);
	assert_int_equal(site->grants[1].roles, ROLE_VIEW);
	const struct display *display = &site->displays[0];
	assert_int_equal(display->panel.width, 128);
	assert_int_equal(display->panel.height, 32);
	assert_int_equal(display->panel.rotate, 180);
	assert_int_equal(display->panel.order, ORDER_GRB);
	assert_true(display->panel.white[1] > 0.89 && display->panel.white[1] < 0.91);
	assert_int_equal(display->panel.threshold, 0x60);
	assert_int_equal(display->panel.map.module_width, 32);
	assert_int_equal(display->panel.map.chain, CHAIN_COLUMNS);
	assert_true(display->panel.map.pixel_serpentine);
	assert_int_equal(display->rate, 29970);
	assert_int_equal(display->foreground, 0xffbf00);
	assert_int_equal(display->on_failure, FAILURE_BLANK);
	assert_string_equal(display->fallback_text, "Xin chào");
	assert_int_equal(display->option_count, 4);
	assert_string_equal(display->options[1].key, "baud");
	assert_string_equal(display->options[1].value, "115200");
	assert_string_equal(display->options[3].value, "1,2,3");
	assert_int_equal(display->options[0].where.line, 44);
	assert_int_equal(display->options[0].where.column, 40);
	assert_true(site->displays[1].panel.mono);
	assert_int_equal(site->displays[1].panel.mono_colour, 0xffbf00);
	assert_int_equal(display_brightness(site, &site->displays[1], TODAY, 0), 400);
	site_destroy(site);
	free(path);
}

/* Before the first step the last one of the evening before holds. */
static void test_brightness(void **state)
{
	struct site *site = parse_good("", "brightness = ( { from = \"06:00\"; percent = 100; }, { from = "
					   "\"18:30\"; percent = 37.5; } );");
	const struct display *display = &site->displays[0];
	assert_int_equal(display_brightness(site, display, TODAY, 0), 375);
	assert_int_equal(display_brightness(site, display, TODAY, 6 * 3600 - 1), 375);
	assert_int_equal(display_brightness(site, display, TODAY, 6 * 3600), 1000);
	assert_int_equal(display_brightness(site, display, TODAY, 18 * 3600 + 1799), 1000);
	assert_int_equal(display_brightness(site, display, TODAY, 18 * 3600 + 1800), 375);
	assert_int_equal(display_brightness(site, display, TODAY, 86399), 375);
	site_destroy(site);
}

/* Tân An, 2024-03-20: sunrise 05:58:29, sunset 18:05:08 (astronomy_engine, tests/data/sun.csv). */
static void test_sun(void **state)
{
	struct site *site = parse_good("latitude = 10.535; longitude = 106.413;",
		"on-hours = [ \"sunrise-30m..sunset+1h\", \"sunset+2h..sunrise-1h\" ]; brightness = ( { from "
		"= "
		"\"sunrise\"; percent = 100; }, { from = \"sunset-15m\"; percent = 40; } );");
	const struct display *display = &site->displays[0];
	day_t day = day_from_date(2024, 3, 20);
	struct hours on;
	assert_true(site->placed);
	assert_int_equal(display->on_hours_count, 2);
	assert_true(hours_on(site, &display->on_hours[0], day, &on));
	assert_int_equal(on.start, 5 * 3600 + 28 * 60);
	assert_int_equal(on.end, 19 * 3600 + 5 * 60);
	assert_true(hours_on(site, &display->on_hours[1], day, &on));
	assert_int_equal(on.start, 20 * 3600 + 5 * 60);
	assert_in_range(on.end, 86400 + 4 * 3600 + 57 * 60, 86400 + 4 * 3600 + 59 * 60);
	assert_int_equal(display_brightness(site, display, day, 5 * 3600 + 57 * 60 + 59), 400);
	assert_int_equal(display_brightness(site, display, day, 5 * 3600 + 58 * 60), 1000);
	assert_int_equal(display_brightness(site, display, day, 17 * 3600 + 49 * 60 + 59), 1000);
	assert_int_equal(display_brightness(site, display, day, 17 * 3600 + 50 * 60), 400);
	site_destroy(site);
}

/* Where the sun does not set, a window that begins at sunset is none. */
static void test_midnight_sun(void **state)
{
	struct site *site =
		parse_good("latitude = 69.65; longitude = 106.4;", "on-hours = \"sunset..23:30\";");
	struct hours on;
	assert_false(hours_on(site, site->displays[0].on_hours, day_from_date(2026, 6, 21), &on));
	assert_true(hours_on(site, site->displays[0].on_hours, day_from_date(2026, 9, 21), &on));
	site_destroy(site);
}

static void test_on_hours(void **state)
{
	struct site *site = parse_good("", "on-hours = [ \"17:00-01:30\", \"05:00-08:00\" ];");
	const struct display *display = &site->displays[0];
	assert_int_equal(display->on_hours_count, 2);
	assert_int_equal(display->on_hours[0].start, 5 * 3600); /* sorted */
	assert_int_equal(display->on_hours[1].start, 17 * 3600);
	assert_int_equal(display->on_hours[1].end, 25 * 3600 + 1800);
	site_destroy(site);
}

static void test_matches(void **state)
{
	struct site *site = parse_good("", "");
	const struct display *display = &site->displays[0];
	assert_true(display_matches(display, "a"));
	assert_true(display_matches(display, "led"));
	assert_true(display_matches(display, "*"));
	assert_false(display_matches(display, "le"));
	assert_false(display_matches(display, ""));
	site_destroy(site);
}

static void test_paths(void **state)
{
	struct site *site = parse_good(
		"state-directory = \"state\"; socket = \"/tmp/s\"; fonts-directory = \"../fonts\";", "");
	assert_string_equal(site->state_directory, "/etc/bangtin/state");
	assert_string_equal(site->socket_path, "/tmp/s");
	assert_string_equal(site->fonts_directory, "/etc/bangtin/../fonts");
	site_destroy(site);
	site = parse_good("language = \"vi\";", "");
	assert_int_equal(site->language, LANGUAGE_VIETNAMESE);
	site_destroy(site);
	site = parse_good("unsigned-loads = true; root = \"ROOT\";", "");
	assert_true(site->unsigned_loads);
	assert_string_equal(site->root_path, "/etc/bangtin/ROOT");
	site_destroy(site);
	char general[300];
	snprintf(general, sizeof general, "socket = \"/%0107d\";", 0);
	assert_null(parse(general, ""));
	assert_int_equal(diags.errors, 1);
	assert_non_null(strstr(diags.items[0].message, "too long"));
}

static void test_absent_file(void **state)
{
	assert_null(site_read("/nonexistent/bangtind.conf", &diags));
	assert_int_equal(diags.errors, 1);
	assert_string_equal(diags.items[0].where.file, "/nonexistent/bangtind.conf");
}

static void test_sample(void **state)
{
	struct site *site = site_read("playlists/bangtind.conf", &diags);
	if (!site)
		fail_msg("%s", diag_text(&diags));
	assert_int_equal(diags.count, 0);
	assert_int_equal(site->display_count, 6);
	site_destroy(site);
}

static void test_alarm(void **state)
{
	struct site *site = parse_good("", "");
	assert_null(site->alarm.program);
	site_destroy(site);
	site = parse_good("alarm = { program = \"tell\"; after = \"5s\"; };", "");
	assert_string_equal(site->alarm.program + strlen(site->alarm.program) - 5, "/tell");
	assert_int_equal(site->alarm.after, 5 * NS_PER_SEC);
	assert_int_equal(site->alarm.timeout, 30 * NS_PER_SEC);
	site_destroy(site);
	assert_null(parse("alarm = { after = \"5s\"; };", ""));
	assert_true(diags.errors > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_brightness, setup, teardown),
		cmocka_unit_test_setup_teardown(test_on_hours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sun, setup, teardown),
		cmocka_unit_test_setup_teardown(test_midnight_sun, setup, teardown),
		cmocka_unit_test_setup_teardown(test_matches, setup, teardown),
		cmocka_unit_test_setup_teardown(test_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_alarm, setup, teardown),
		cmocka_unit_test_setup_teardown(test_absent_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sample, setup, teardown),
	};
	return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
