#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/time.h"

static struct zone *zone(const char *name)
{
	struct zone *zone = NULL;

	assert_int_equal(zone_create(name, &zone), 0);
	return zone;
}

static void assert_shows(const char *name, int64_t time, const char *expected)
{
	struct zone *z = zone(name);
	char text[48];

	time_format(z, time, text, sizeof text);
	assert_string_equal(text, expected);
	zone_destroy(z);
}

static void assert_reading(const char *name, const char *reading, const char *expected)
{
	struct zone *z = zone(name);
	int64_t time;
	char text[48];

	assert_int_equal(time_parse_instant(z, reading, &time), 0);
	time_format(z, time, text, sizeof text);
	assert_string_equal(text, expected);
	zone_destroy(z);
}

static void zones_are_names_of_tzdata(void **state)
{
	static const char *const wrong[] = {"", "Asia/Hanoi", "+07", "-07:00", "ICT-7", "../../etc/passwd",
		"/etc/passwd", "Asia", "Asia/../UTC", "EST5EDT,M3.2.0,M11.1.0"};
	struct zone *untouched = NULL;
	struct zone *z = zone("Asia/Ho_Chi_Minh");

	assert_string_equal(zone_name(z), "Asia/Ho_Chi_Minh");
	zone_destroy(z);
	zone_destroy(NULL);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(zone_create(wrong[i], &untouched), -ENOENT);
		assert_null(untouched);
	}
}

static void instants_in_zones(void **state)
{
	assert_shows("Asia/Ho_Chi_Minh", 0, "1970-01-01T08:00:00+08:00");
	assert_shows("Asia/Ho_Chi_Minh", INT64_C(1767225600) * NS_PER_SEC, "2026-01-01T07:00:00+07:00");
	assert_shows("UTC", -1, "1969-12-31T23:59:59.999999999Z");
	assert_shows("UTC", -NS_PER_SEC, "1969-12-31T23:59:59Z");
	assert_shows("UTC", 500 * NS_PER_MS, "1970-01-01T00:00:00.500Z");
	assert_shows("America/New_York", INT64_C(1772953199) * NS_PER_SEC, "2026-03-08T01:59:59-05:00");
	assert_shows("America/New_York", INT64_C(1772953200) * NS_PER_SEC, "2026-03-08T03:00:00-04:00");
	assert_shows("Asia/Kolkata", 0, "1970-01-01T05:30:00+05:30");
	/* after the last transition that a 32-bit table holds: the rule goes on */
	assert_shows("Europe/Berlin", INT64_C(2540160000) * NS_PER_SEC, "2050-06-30T02:00:00+02:00");
	/* local mean time, 7:06:30 east: RFC 3339 has no seconds there; the instant stays the same */
	assert_shows("Asia/Ho_Chi_Minh", INT64_C(-1861945200) * NS_PER_SEC, "1911-01-01T00:06:00+07:06");
	assert_shows("UTC", INT64_MAX, "2262-04-11T23:47:16.854775807Z");
	assert_shows("UTC", INT64_MIN, "1677-09-21T00:12:43.145224192Z");
	assert_shows("Asia/Ho_Chi_Minh", INT64_MAX, "2262-04-12T06:47:16.854775807+07:00");
}

static void gaps_and_overlaps(void **state)
{
	/* Berlin 2026-03-29: 02:00 -> 03:00; 2026-10-25: 03:00 -> 02:00 */
	assert_reading("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T01:59:59+01:00");
	assert_reading("Europe/Berlin", "2026-03-29 02:00", "2026-03-29T03:00:00+02:00");
	assert_reading("Europe/Berlin", "2026-03-29 02:59:59.5", "2026-03-29T03:00:00.500+02:00");
	assert_reading("Europe/Berlin", "2026-03-29 03:00", "2026-03-29T03:00:00+02:00");
	assert_reading("Europe/Berlin", "2026-10-25 01:59:59", "2026-10-25T01:59:59+02:00");
	assert_reading("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T02:30:00+02:00");
	assert_reading("Europe/Berlin", "2026-10-25 03:00", "2026-10-25T03:00:00+01:00");
	assert_reading("America/New_York", "2026-03-08T02:30:00", "2026-03-08T03:00:00-04:00");
	assert_reading("America/New_York", "2026-11-01T01:30:00", "2026-11-01T01:30:00-04:00");
	/* a step of half an hour */
	assert_reading("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04T02:30:00+11:00");
	/* no midnight: Brazil went forward at 0:00 */
	assert_reading("America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04T01:00:00-02:00");
	assert_reading("America/Sao_Paulo", "2018-11-03 23:59:59", "2018-11-03T23:59:59-03:00");
	/* a whole day left out: Samoa had no 2011-12-30 */
	assert_reading("Pacific/Apia", "2011-12-30 12:00", "2011-12-31T00:00:00+14:00");
	/* Vietnam 1975-06-13: +08 -> +07 at midnight of the south's clock */
	assert_reading("Asia/Ho_Chi_Minh", "1975-06-12 12:00", "1975-06-12T12:00:00+08:00");
	assert_reading("Asia/Ho_Chi_Minh", "1975-06-14 12:00", "1975-06-14T12:00:00+07:00");
}

static void beyond_the_day(void **state)
{
	struct zone *z = zone("Europe/Berlin");
	day_t day = day_from_date(2026, 3, 28);

	/* 26:30 is 02:30 of the next day, which is skipped: wall-clock hours, not elapsed ones */
	assert_true(zone_instant(z, day, 26 * 3600 + 1800) == zone_instant(z, day + 1, 3 * 3600));
	assert_true(zone_instant(z, day, 86400) == zone_instant(z, day + 1, 0));
	assert_true(zone_instant(z, day, -3600) == zone_instant(z, day - 1, 23 * 3600));
	assert_true(zone_instant(z, INT32_MAX, 0) == TIME_NEVER);
	assert_true(zone_instant(z, INT32_MIN, 0) == TIME_ALWAYS);
	zone_destroy(z);
}

/* The C library reads the same files with its own code. */
static void same_as_the_c_library(void **state)
{
	static const char *const names[] = {"Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York",
		"America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct zone *z = zone(names[i]);

		setenv("TZ", names[i], 1);
		tzset();
		for (int64_t second = -600000000; second < INT64_C(3000000000); second += 100003 * 7) {
			time_t t = (time_t)second;
			struct civil c;
			struct tm tm;

			localtime_r(&t, &tm);
			zone_civil(z, second * NS_PER_SEC + 7, &c);
			assert_int_equal(c.year, tm.tm_year + 1900);
			assert_int_equal(c.month, tm.tm_mon + 1);
			assert_int_equal(c.day, tm.tm_mday);
			assert_int_equal(c.hour, tm.tm_hour);
			assert_int_equal(c.minute, tm.tm_min);
			assert_int_equal(c.second, tm.tm_sec);
			assert_int_equal(c.ns, 7);
			assert_int_equal(zone_offset(z, second * NS_PER_SEC), tm.tm_gmtoff);
			assert_int_equal(
				zone_day(z, second * NS_PER_SEC), day_from_date(c.year, c.month, c.day));
			assert_int_equal(day_weekday(zone_day(z, second * NS_PER_SEC)), (tm.tm_wday + 6) % 7);
		}
		zone_destroy(z);
	}
}

/* Over every step of a zone: the reading's instant is the first whose reading is not before it. */
static void readings_by_search(void **state)
{
	struct zone *z = zone("America/Sao_Paulo");
	day_t first = day_from_date(2015, 1, 1);

	for (day_t day = first; day < first + 5 * 366; day++) {
		for (int32_t second = 0; second < 86400; second += 5400) {
			int64_t wanted = (int64_t)day * 86400 + second;
			int64_t found = zone_instant(z, day, second) / NS_PER_SEC;

			assert_true(found + zone_offset(z, found * NS_PER_SEC) >= wanted);
			for (int64_t earlier = found - 1; earlier > found - 7200; earlier -= 600)
				assert_true(earlier + zone_offset(z, earlier * NS_PER_SEC) < wanted);
		}
	}
	zone_destroy(z);
}

static void calendar(void **state)
{
	int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	day_t day = day_from_date(1, 1, 1);

	assert_int_equal(day_from_date(1970, 1, 1), 0);
	assert_int_equal(day_from_date(2026, 11, 24), 20781);
	assert_int_equal(day_weekday(0), 3);
	assert_int_equal(day_weekday(-4), 6);
	for (int year = 1; year <= 2500; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

		for (int month = 1; month <= 12; month++) {
			int length = lengths[month - 1] + (leap && month == 2);

			for (int d = 1; d <= length; d++, day++) {
				int y, m, dd;

				assert_int_equal(day_from_date(year, month, d), day);
				day_to_date(day, &y, &m, &dd);
				assert_true(y == year && m == month && dd == d);
			}
			assert_true(date_valid(year, month, length));
			assert_false(date_valid(year, month, length + 1));
		}
	}
	assert_false(date_valid(2026, 0, 1));
	assert_false(date_valid(2026, 13, 1));
	assert_false(date_valid(2026, 1, 0));
	assert_false(date_valid(0, 1, 1));
	assert_false(date_valid(10000, 1, 1));
}

static void parse_dates(void **state)
{
	static const char *const wrong[] = {"", "2026-2-3", "2026-02-30", "2026-02-03 ", " 2026-02-03",
		"02026-02-03", "2026/02/03", "2026-02", "2026-02-03x", "+026-02-03", "0000-01-01",
		"２０２６-01-01"};
	day_t day = 7;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(time_parse_date(wrong[i], &day), -EINVAL);
	assert_int_equal(day, 7);
	assert_int_equal(time_parse_date("2024-02-29", &day), 0);
	assert_int_equal(day, day_from_date(2024, 2, 29));
}

static void parse_hours(void **state)
{
	static const char *const wrong[] = {"", "7:30", "07:3", "07:60", "24:01", "24:00:01", "25:00",
		"07:30:60", "07:30:", "07.30", "07:30 ", "-1:30", "07:30:5"};
	int32_t second = -5;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(time_parse_hour(wrong[i], &second), -EINVAL);
	assert_int_equal(second, -5);
	assert_int_equal(time_parse_hour("00:00", &second), 0);
	assert_int_equal(second, 0);
	assert_int_equal(time_parse_hour("24:00", &second), 0);
	assert_int_equal(second, 86400);
	assert_int_equal(time_parse_hour("07:30:15", &second), 0);
	assert_int_equal(second, 27015);
}

static void parse_instants(void **state)
{
	static const char *const wrong[] = {"", "2026-01-01", "2026-01-01T", "2026-01-01 24:00",
		"2026-01-01 10:00:60", "2026-01-01T10:00Z", "2026-01-01T10:00:00.",
		"2026-01-01T10:00:00.1234567890Z", "2026-01-01T10:00:00+7", "2026-01-01T10:00:00+24:00",
		"2026-01-01T10:00:00Zx", "2026-01-01  10:00", "2026-01-01T10:00.5", "1600-01-01T00:00:00Z",
		"2300-01-01T00:00:00Z", "1600-01-01 00:00", "9999-01-01 00:00", "now"};
	struct zone *z = zone("Asia/Ho_Chi_Minh");
	int64_t time = 42;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(time_parse_instant(z, wrong[i], &time), -EINVAL);
	assert_int_equal(time, 42);
	zone_destroy(z);
	assert_reading("Asia/Ho_Chi_Minh", "2026-01-01T00:00:00Z", "2026-01-01T07:00:00+07:00");
	assert_reading("Asia/Ho_Chi_Minh", "2026-01-01t00:00:00.25z", "2026-01-01T07:00:00.250+07:00");
	assert_reading("Asia/Ho_Chi_Minh", "2026-01-01T00:00:00-05:30", "2026-01-01T12:30:00+07:00");
	assert_reading("Asia/Ho_Chi_Minh", "2026-01-01 07:05", "2026-01-01T07:05:00+07:00");
	assert_reading("UTC", "1969-12-31T23:59:59.000000001", "1969-12-31T23:59:59.000000001Z");
}

static void durations(void **state)
{
	static const char *const wrong[] = {"", "5", "s", "1.5s", "-1s", "1s1m", "1m1m", "1 s", "1h ", "1S",
		"1min", "106752d", "9223372036854775808ns", "99999999999999999999s"};
	static const struct {
		const char *text;
		int64_t ns;
		const char *again;
	} right[] = {{"250ms", 250 * NS_PER_MS, "250ms"}, {"20s", 20 * NS_PER_SEC, "20s"},
		{"10m", 10 * NS_PER_MIN, "10m"}, {"1h30m", 90 * NS_PER_MIN, "1h30m"},
		{"2d", 48 * NS_PER_HOUR, "2d"}, {"0s", 0, "0s"}, {"90s", 90 * NS_PER_SEC, "1m30s"},
		{"1500ms", 1500 * NS_PER_MS, "1s500ms"},
		{"106751d23h47m16s854ms775us807ns", INT64_MAX, "106751d23h47m16s854ms775us807ns"}};
	int64_t ns = 9;
	char text[32];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(time_parse_duration(wrong[i], &ns), -EINVAL);
	assert_int_equal(ns, 9);
	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		assert_int_equal(time_parse_duration(right[i].text, &ns), 0);
		assert_true(ns == right[i].ns);
		time_format_duration(ns, text, sizeof text);
		assert_string_equal(text, right[i].again);
	}
}

static void dates_as_text(void **state)
{
	char text[16];

	time_format_date(day_from_date(2026, 3, 9), text, sizeof text);
	assert_string_equal(text, "2026-03-09");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zones_are_names_of_tzdata),
		cmocka_unit_test(instants_in_zones),
		cmocka_unit_test(gaps_and_overlaps),
		cmocka_unit_test(beyond_the_day),
		cmocka_unit_test(same_as_the_c_library),
		cmocka_unit_test(readings_by_search),
		cmocka_unit_test(calendar),
		cmocka_unit_test(parse_dates),
		cmocka_unit_test(parse_hours),
		cmocka_unit_test(parse_instants),
		cmocka_unit_test(durations),
		cmocka_unit_test(dates_as_text),
	};

	return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
