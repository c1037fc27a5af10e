/* The lunar calendar against tests/calendar/lunar.csv, and against itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/lunar.h"

static void check_tet(const char *key, const char *expected)
{
	int year;
	day_t day, found;
	struct lunar_date date;
	assert_int_equal(sscanf(key, "%d", &year), 1);
	assert_int_equal(time_parse_date(expected, &day), 0);
	assert_int_equal(lunar_to_day(&(struct lunar_date){year, 1, 1, false}, &found), 0);
	if (found != day)
		fail_msg("Tết of %d: %d days off", year, found - day);
	lunar_from_day(day, &date);
	assert_int_equal(date.year, year);
	assert_int_equal(date.month, 1);
	assert_int_equal(date.day, 1);
}

static void check_leap(const char *key, const char *expected)
{
	int year, month;
	char start[16];
	day_t day, found;
	assert_int_equal(sscanf(key, "%d", &year), 1);
	assert_int_equal(sscanf(expected, "%d@%15s", &month, start), 2);
	assert_int_equal(time_parse_date(start, &day), 0);
	assert_int_equal(lunar_leap_month(year), month);
	assert_int_equal(lunar_to_day(&(struct lunar_date){year, month, 1, true}, &found), 0);
	assert_int_equal(found, day);
}

static void check_day(const char *key, const char *expected)
{
	struct lunar_date date;
	day_t day;
	char text[32];
	assert_int_equal(time_parse_date(key, &day), 0);
	lunar_from_day(day, &date);
	snprintf(text, sizeof text, "%d/%d%s/%d", date.day, date.month, date.leap ? "L" : "", date.year);
	assert_string_equal(text, expected);
}

static void test_published_days(void **state)
{
	(void)state;
	FILE *file = fopen("tests/calendar/lunar.csv", "r");
	char line[256], kind[32], key[32], expected[32];
	int agree, checked = 0;
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		if (sscanf(line, "%31[^,],%31[^,],%31[^,],%d", kind, key, expected, &agree) != 4 || !agree)
			continue; /* the sources differ */
		if (strcmp(kind, "tet") == 0)
			check_tet(key, expected);
		else if (strcmp(kind, "leap_month_start") == 0)
			check_leap(key, expected);
		else
			check_day(key, expected);
		checked++;
	}
	fclose(file);
	assert_in_range(checked, 240, 260);
}

/* Every day of two centuries follows the one before, and is found again. */
static void test_no_day_is_lost(void **state)
{
	(void)state;
	struct lunar_date before, date;
	day_t from = day_from_date(1900, 1, 1), until = day_from_date(2101, 1, 1), found;
	lunar_from_day(from - 1, &before);
	for (day_t day = from; day < until; day += 1, before = date) {
		lunar_from_day(day, &date);
		assert_in_range(date.month, 1, 12);
		if (date.day != 1) {
			assert_int_equal(date.day, before.day + 1);
			assert_int_equal(date.month, before.month);
			assert_int_equal(date.leap, before.leap);
			assert_int_equal(date.year, before.year);
		} else {
			assert_in_range(before.day, 29, 30);
			assert_int_equal(date.month, date.leap ? before.month : before.month % 12 + 1);
			assert_int_equal(date.year, before.year + (date.month == 1 && !date.leap));
		}
		assert_int_equal(lunar_to_day(&date, &found), 0);
		assert_int_equal(found, day);
	}
}

static void test_days_that_are_none(void **state)
{
	(void)state;
	day_t day = 7;
	static const struct lunar_date none[] = {{2026, 1, 31, false}, {2026, 13, 1, false},
		{2026, 0, 1, false}, {2026, 6, 1, true}, {2025, 7, 1, true}};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_int_equal(lunar_to_day(&none[i], &day), -EINVAL);
	assert_int_equal(day, 7);
	/* The twelfth month of Ất Tỵ is a short one. */
	assert_int_equal(lunar_to_day(&(struct lunar_date){2025, 12, 29, false}, &day), 0);
	assert_int_equal(lunar_to_day(&(struct lunar_date){2025, 12, 30, false}, &day), -EINVAL);
	assert_int_equal(lunar_leap_month(2026), 0);
}

static void test_names_of_years(void **state)
{
	(void)state;
	assert_string_equal(lunar_stem(2026), "Bính");
	assert_string_equal(lunar_branch(2026), "Ngọ");
	assert_string_equal(lunar_stem(1945), "Ất");
	assert_string_equal(lunar_branch(1945), "Dậu");
	assert_string_equal(lunar_stem(4), "Giáp");
	assert_string_equal(lunar_branch(4), "Tý");
	assert_string_equal(lunar_stem(-57), "Quý");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_days),
		cmocka_unit_test(test_no_day_is_lost),
		cmocka_unit_test(test_days_that_are_none),
		cmocka_unit_test(test_names_of_years),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
