/* The sun against tests/calendar/sun.csv, recurrence rules against rrule.csv, and days as playlists name them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sun.h"
#include "calendar/days.h"
#include "calendar/recurrence.h"

#define LINE_MOST 1024

static FILE *open_data(const char *name)
{
	char path[256];
	snprintf(path, sizeof path, "tests/calendar/%s", name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	return file;
}

static day_t date(const char *text)
{
	day_t day;
	assert_int_equal(time_parse_date(text, &day), 0);
	return day;
}

/* --- the sun */

static void check_event(
	const char *day, double latitude, double longitude, enum sun_event event, const char *expected)
{
	int hour, minute, second;
	int64_t time;
	assert_true(sun_time(latitude, longitude, date(day), event, &time));
	assert_int_equal(sscanf(expected, "%d:%d:%d", &hour, &minute, &second), 3);
	int64_t local = time / NS_PER_SEC + 7 * 3600 - (int64_t)date(day) * 86400;
	int64_t wrong = local - (hour * 3600 + minute * 60 + second);
	if (llabs(wrong) > 60)
		fail_msg("%s: %lld s off", day, (long long)wrong);
}

static void test_sun(void **state)
{
	FILE *file = open_data("sun.csv");
	char line[LINE_MOST];
	int rows = 0;
	assert_non_null(fgets(line, sizeof line, file));
	for (; fgets(line, sizeof line, file); rows++) {
		char *columns[15], *save = NULL;
		for (int i = 0; i < 15; i++)
			columns[i] = strtok_r(i ? NULL : line, ",", &save);
		double latitude = strtod(columns[1], NULL), longitude = strtod(columns[2], NULL);
		check_event(columns[0], latitude, longitude, SUN_RISES, columns[9]);
		check_event(columns[0], latitude, longitude, SUN_SETS, columns[10]);
	}
	fclose(file);
	assert_in_range(rows, 12, 1000);
}

static void test_polar_days(void **state)
{
	int64_t time;
	assert_false(sun_time(69.65, 18.96, date("2026-06-21"), SUN_SETS, &time));
	assert_false(sun_time(69.65, 18.96, date("2026-12-21"), SUN_RISES, &time));
	assert_true(sun_time(69.65, 18.96, date("2026-03-20"), SUN_RISES, &time));
	assert_false(sun_time(90, 0, date("2026-06-21"), SUN_RISES, &time));
}

/* --- rules */

struct fixture {
	struct arena arena;
	struct zone *zone;
	const struct recurrence *rule;
	const char *why;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	arena_init(&f->arena);
	zone_create("Asia/Ho_Chi_Minh", &f->zone);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_finish(&f->arena);
	zone_destroy(f->zone);
	free(f);
	return 0;
}

static int make(struct fixture *f, const char *rule, const char *first, const char *last)
{
	return recurrence_make(
		&f->arena, rule, date(first), last ? date(last) : DAY_NONE, f->zone, &f->rule, &f->why);
}

static day_t compact_date(const char *text)
{
	int year, month, day;
	assert_int_equal(sscanf(text, "%4d%2d%2d", &year, &month, &day), 3);
	return day_from_date(year, month, day);
}

/* Of a rule over days the dates alone count; a day that comes several times (BYHOUR) is one. */
static void check_dates(const struct fixture *f, const char *id, char *dates, day_t first)
{
	char *save = NULL;
	day_t next = first;
	for (char *text = strtok_r(dates, " ", &save); text; text = strtok_r(NULL, " ", &save)) {
		day_t day = compact_date(text);
		if (day - first > RECURRENCE_YEARS * 365)
			return;
		for (; next < day; next++)
			if (recurrence_contains(f->rule, next))
				fail_msg("rule %s: day %d is one too many", id, next);
		if (!recurrence_contains(f->rule, day))
			fail_msg("rule %s: %s is missing", id, text);
		next = day + 1;
	}
}

/* A field of a line of CSV, which it cuts; quotes may stand around it. */
static char *take_field(char **at)
{
	char *field = *at, *end;
	if (*field == '"') {
		end = strchr(++field, '"');
		*end++ = '\0';
	} else {
		end = field + strcspn(field, ",\n");
	}
	*at = *end ? end + 1 : end;
	*end = '\0';
	return field;
}

static bool within_a_day(const char *rule)
{
	return strstr(rule, "HOURLY") || strstr(rule, "MINUTELY") || strstr(rule, "SECONDLY") ||
	       strstr(rule, "BYHOUR") || strstr(rule, "BYMINUTE");
}

/* How many of the file's rules are followed; they are as it says. Ten dates are the first of more. */
static int check_rules(struct fixture *f, const char *name, int *ret_refused)
{
	FILE *file = open_data(name);
	char line[LINE_MOST];
	int followed = 0;
	*ret_refused = 0;
	assert_non_null(fgets(line, sizeof line, file));
	while (fgets(line, sizeof line, file)) {
		char *at = line, *id = take_field(&at), *start = take_field(&at);
		take_field(&at);
		char *rule = take_field(&at), *dates = take_field(&at);
		size_t count = *dates ? 1 : 0;
		for (const char *c = dates; *c; c++)
			count += *c == ' ';
		day_t first = compact_date(start);
		int error = recurrence_make(&f->arena, rule, first, DAY_NONE, f->zone, &f->rule, &f->why);
		if (within_a_day(rule)) {
			assert_int_not_equal(error, 0);
			++*ret_refused;
			continue;
		}
		if (error)
			fail_msg("rule %s: %s: %s", id, rule, f->why);
		if (count < 10 && recurrence_count(f->rule) != count)
			fail_msg("rule %s: %s: %zu days", id, rule, recurrence_count(f->rule));
		check_dates(f, id, dates, first);
		followed++;
	}
	fclose(file);
	return followed;
}

static void test_rules(void **state)
{
	int refused;
	assert_in_range(check_rules(*state, "rrule.csv", &refused), 15, 1000);
	assert_in_range(refused, 5, 1000);
	assert_int_equal(check_rules(*state, "rrule-random.csv", &refused), 500);
}

static void test_refused(void **state)
{
	static const struct {
		const char *rule, *why;
	} bad[] = {
		{"", "begins with `FREQ=`"},
		{"RRULE:FREQ=DAILY", "leave out `RRULE:`"},
		{"FREQ=HOURLY", "DAILY, WEEKLY, MONTHLY or YEARLY"},
		{"FREQ=SECONDLY;INTERVAL=7", "DAILY, WEEKLY, MONTHLY or YEARLY"},
		{"FREQ=FORTNIGHTLY", "no recurrence rule"},
		{"FREQ=DAILY;BYHOUR=7", "`hours`"},
		{"FREQ=YEARLY;BYWEEKNO=5", "BYDAY"},
		{"FREQ=YEARLY;BYWEEKNO=54;BYDAY=MO", "1 to 53"},
		{"FREQ=YEARLY;BYMONTH=12,13", "1 to 12"},
		{"FREQ=YEARLY;BYMONTH=5L", "1 to 12"},
		{"FREQ=YEARLY;BYYEARDAY=367", "1 to 366"},
		{"FREQ=YEARLY;BYDAY=54MO", "at most 53"},
		{"FREQ=DAILY;UNTIL=20260230", "UNTIL"},
		{"FREQ=WEEKLY;BYDAY=1MO", "leave the number out"},
		{"FREQ=MONTHLY;BYSETPOS=1", "add BYDAY"},
		{"FREQ=MONTHLY;BYYEARDAY=5", "FREQ=YEARLY"},
		{"FREQ=DAILY;FREQ=DAILY", "twice"},
		{"FREQ=MONTHLY;BYDAY=MO;BYDAY=TU", "twice"},
		{"FREQ=DAILY;RSCALE=CHINESE", "lunar"},
		{"FREQ=DAILY;BYDAY=XX", "no recurrence rule"},
		{"FREQ=DAILY;INTERVAL=0", "no recurrence rule"},
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (make(f, bad[i].rule, "2026-01-01", NULL) == 0)
			fail_msg("%s was taken", bad[i].rule);
		if (!strstr(f->why, bad[i].why))
			fail_msg("%s: %s", bad[i].rule, f->why);
	}
}

static void test_bounds(void **state)
{
	static const char *const never[] = {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "FREQ=DAILY;INTERVAL=7;BYDAY=FR",
		"FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=2;BYDAY=6MO",
		"FREQ=YEARLY;BYYEARDAY=-366;INTERVAL=4", "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1;BYDAY=MO"};
	struct fixture *f = *state;
	assert_int_equal(make(f, "FREQ=DAILY;INTERVAL=2", "2026-01-01", "2026-01-05"), 0);
	assert_int_equal(recurrence_count(f->rule), 3);
	assert_true(recurrence_contains(f->rule, date("2026-01-05")));
	assert_false(recurrence_contains(f->rule, date("2026-01-07")));
	assert_false(recurrence_contains(f->rule, date("2025-12-30")));
	/* no such day, ever: at once */
	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		assert_int_equal(make(f, never[i], "2026-01-01", NULL), 0);
		assert_int_equal(recurrence_count(f->rule), 0);
	}
	/* every second Sunday, in weeks that begin on Monday */
	assert_int_equal(make(f, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "2026-01-01", NULL), 0);
	assert_true(recurrence_contains(f->rule, date("2026-01-04")));
	assert_false(recurrence_contains(f->rule, date("2026-01-11")));
	assert_true(recurrence_contains(f->rule, date("2026-01-18")));
	assert_int_equal(make(f, "FREQ=DAILY;BYMONTHDAY=-1", "2026-01-01", "2026-12-31"), 0);
	assert_int_equal(recurrence_count(f->rule), 12);
	assert_int_equal(make(f, "FREQ=MONTHLY;BYDAY=5MO;COUNT=3", "2026-01-01", NULL), 0);
	assert_int_equal(recurrence_count(f->rule), 3);
	/* an UNTIL with a time is the local day that holds it: 17:30 UTC is the next day in Vietnam */
	assert_int_equal(make(f, "FREQ=DAILY;UNTIL=20260103T173000Z", "2026-01-01", NULL), 0);
	assert_int_equal(recurrence_count(f->rule), 4);
	assert_int_equal(make(f, "FREQ=DAILY", "2026-01-01", NULL), 0);
	assert_true(recurrence_contains(f->rule, date("2055-12-31")));
	assert_false(recurrence_contains(f->rule, date("2057-01-01")));
}

/* --- days */

static struct days yearly(int from_month, int from_day, int to_month, int to_day)
{
	return (struct days){.kind = DAYS_YEARLY,
		.from = days_date(from_month, from_day),
		.to = days_date(to_month, to_day)};
}

static void test_yearly(void **state)
{
	struct days holiday = yearly(4, 30, 5, 1), turn = yearly(12, 30, 1, 2), leap = yearly(2, 29, 2, 29);
	assert_false(days_contain(&holiday, date("2026-04-29")));
	assert_true(days_contain(&holiday, date("2026-04-30")));
	assert_true(days_contain(&holiday, date("2031-05-01")));
	assert_false(days_contain(&holiday, date("2026-05-02")));
	assert_true(days_contain(&turn, date("2026-12-31")));
	assert_true(days_contain(&turn, date("2027-01-02")));
	assert_false(days_contain(&turn, date("2027-01-03")));
	assert_true(days_contain(&leap, date("2028-02-29")));
	assert_false(days_contain(&leap, date("2027-03-01")));
}

/* Tết is 2026-02-17; 2025 has a leap month 6, from 2025-07-25; the year before Tết of 2025 ends with a 29th. */
static void test_lunar(void **state)
{
	struct days full_moon = {.kind = DAYS_LUNAR_DAY, .from = 15, .to = 15};
	struct days tet = {.kind = DAYS_LUNAR_YEARLY, .from = DAYS_LUNAR_LAST, .to = days_lunar(1, 5, false)};
	struct days kings = {
		.kind = DAYS_LUNAR_YEARLY, .from = days_lunar(3, 10, false), .to = days_lunar(3, 10, false)};
	struct days leap = {
		.kind = DAYS_LUNAR_YEARLY, .from = days_lunar(6, 1, true), .to = days_lunar(6, 1, true)};
	assert_true(days_contain(&full_moon, date("2026-03-03")));
	assert_false(days_contain(&full_moon, date("2026-03-04")));
	assert_false(days_contain(&tet, date("2026-02-15")));
	for (day_t day = date("2026-02-16"); day <= date("2026-02-21"); day++)
		assert_true(days_contain(&tet, day));
	assert_false(days_contain(&tet, date("2026-02-22")));
	assert_true(days_contain(&tet, date("2025-01-28")));
	assert_true(days_contain(&kings, date("2026-04-26")));
	assert_true(days_contain(&leap, date("2025-07-25")));
	assert_false(days_contain(&leap, date("2025-06-25")));
}

static void test_calendar(void **state)
{
	struct days days[] = {yearly(9, 2, 9, 2), {.first = date("2026-02-16"), .last = date("2026-02-20")}};
	struct calendar calendar = {"province", "nghi-le", days, 2};
	struct days named = {.kind = DAYS_CALENDAR, .calendar = &calendar};
	assert_true(days_any_contains(&named, 1, date("2027-09-02")));
	assert_true(days_any_contains(&named, 1, date("2026-02-18")));
	assert_false(days_any_contains(&named, 1, date("2026-02-21")));
	assert_false(days_any_contains(&named, 0, date("2026-02-18")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sun),
		cmocka_unit_test(test_polar_days),
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
		cmocka_unit_test(test_yearly),
		cmocka_unit_test(test_lunar),
		cmocka_unit_test(test_calendar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
