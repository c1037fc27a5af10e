/* Lists that offices keep: what people write in tables, cell by cell, and tables and calendars that are hardly such. Whole
 * lists are tested in tests/integration/lists.py. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tools/bangtin/lists.h"

typedef char *value_fn(struct arena *arena, const char *text);

struct value_case {
	value_fn *read;
	const char *text, *wanted; /* NULL: not understood */
};

static const struct value_case cases[] = {
	{value_date, "31/12/2026", "2026-12-31"},
	{value_date, " 1-2-2026 ", "2026-02-01"},
	{value_date, "1.2.26", "2026-02-01"},
	{value_date, "2026/2/1", "2026-02-01"},
	{value_date, "29/02/2024 00:00:00", "2024-02-29"},
	{value_date, "29/02/2026", NULL},
	{value_date, "12/31/2026", NULL},
	{value_date, "1/2/2026 08:00", NULL},
	{value_date, "1/2/202", NULL},
	{value_date, "", NULL},
	{value_hour, "7h30", "07:30"},
	{value_hour, "7 giờ 5", "07:05"},
	{value_hour, "7g30", "07:30"},
	{value_hour, "17", "17:00"},
	{value_hour, "08:00:15", "08:00:15"},
	{value_hour, "24:00", "24:00"},
	{value_hour, "24:01", NULL},
	{value_hour, "7h60", NULL},
	{value_hours, "7h-11h", "\"07:00-11:00\""},
	{value_hours, "từ 7h30 đến 11h", "\"07:30-11:00\""},
	{value_hours, "7:00 – 11:30, 13:00—17:00", "[\"07:00-11:30\", \"13:00-17:00\"]"},
	{value_hours, "7h-11h và 13h-17h\n18h-19h", "[\"07:00-11:00\", \"13:00-17:00\", \"18:00-19:00\"]"},
	{value_hours, "22h-2h", "\"22:00-02:00\""},
	{value_hours, "Cả ngày", "\"00:00-24:00\""},
	{value_hours, "7h", NULL},
	{value_hours, "7h-7h", NULL},
	{value_hours, "7h-11h; chiều", NULL},
	{value_hours, ";", NULL},
	{value_days, "Thứ 2 - Thứ 6", "mon..fri"},
	{value_days, "T2-T6", "mon..fri"},
	{value_days, "thứ hai, Thứ Tư; CN", "[mon, wed, sun]"},
	{value_days, "2, 4, 6", "[mon, wed, fri]"},
	{value_days, "Chủ nhật", "sun"},
	{value_days, "Hằng ngày", "daily"},
	{value_days, "cuối tuần", "weekend"},
	{value_days, "thứ 9", NULL},
	{value_days, "T2-T4-T6", NULL},
	{value_duration, "20", "20s"},
	{value_duration, "20 giây", "20s"},
	{value_duration, "2 phút", "2m"},
	{value_duration, "1 giờ", "1h"},
	{value_duration, "lâu", NULL},
	{value_targets, "led; kiosk , bang-1", "[led, kiosk, bang-1]"},
	{value_targets, "led", "led"},
	{value_targets, "a: b", NULL},
	{value_priority, "100", "100"},
	{value_priority, "101", NULL},
};

static void test_values(void **state)
{
	struct arena arena;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got = cases[i].read(&arena, cases[i].text);
		if (!got != !cases[i].wanted || (got && strcmp(got, cases[i].wanted) != 0))
			fail_msg("%s: %s instead of %s", cases[i].text, got ? got : "nothing",
				cases[i].wanted ? cases[i].wanted : "nothing");
	}
	arena_finish(&arena);
}

/* Reads, and writes what was read; the list's errors. */
static size_t take(const char *data, size_t size, size_t *ret_count)
{
	struct diag_list diags;
	struct list list = {.file = "x", .diags = &diags};
	struct zone *zone;
	diag_init(&diags);
	arena_init(&list.arena);
	assert_int_equal(zone_create("Asia/Ho_Chi_Minh", &zone), 0);
	list.zone = zone;
	char *text = list_decode(&list, data, size, NULL);
	if (text && strncmp(text, "BEGIN", 5) == 0)
		list_read_ics(&list, text);
	else if (text)
		list_read_csv(&list, text, '\0');
	if (text)
		free(list_write(&list, &(struct list_writing){"x", "all", "x"}));
	size_t errors = diags.errors;
	*ret_count = list.count;
	free(text);
	free(list.items);
	zone_destroy(zone);
	arena_finish(&list.arena);
	diag_finish(&diags);
	return errors;
}

static void test_tables(void **state)
{
	static const struct {
		const char *text;
		size_t count, errors;
	} tables[] = {
		{"text\na\n\n\nb", 2, 0},
		{"text,text2\r\na,b\r\n", 1, 0},
		{"text;hours\na;7h-8h\n", 1, 0},
		{"text\n\"a \"\"b\"\" c\"\n", 1, 0},
		{"text\n\"a\nb\"\n", 1, 0},
		{"text\n\"a", 0, 1},
		{"text\n{{}} {red:x} %H\n", 1, 0},
		{"text\n# a\n- b\n? c\n'd\n&e\n*f\n!g\n@h\n: i\na: b\n", 10, 0},
		{"text,from\na,b,c,d,e\n", 1, 4},
		{"sep=;\ntext;from\na;1/1/2026\n", 1, 0},
		{"", 0, 1},
		{"\n\n\n", 0, 1},
		{"text\n", 0, 0},
	};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		size_t count, errors = take(tables[i].text, strlen(tables[i].text), &count);
		if (count != tables[i].count || (tables[i].count > 0 && errors != tables[i].errors) ||
			(tables[i].count == 0 && errors < tables[i].errors))
			fail_msg("%s: %zu rows, %zu errors", tables[i].text, count, errors);
	}
}

/* Cut short anywhere, a list is taken or refused, and nothing else happens. */
static void test_cut(void **state)
{
	static const char table[] =
		"STT,Nội dung,Từ ngày,Giờ\n1,\"Họp, \"\"dân\"\"\",1/1/2026,7h-8h\n2,Tiêm,2/1/2026,\n";
	static const char calendar[] =
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Họp\r\n"
		"DTSTART:20261201T010000Z\r\nDTEND:20261201T020000Z\r\n"
		"RRULE:FREQ=DAILY;COUNT=3\r\nEXDATE:20261202T010000Z\r\nEND:VEVENT\r\n"
		"END:VCALENDAR\r\n";
	size_t count;
	for (size_t size = 0; size <= sizeof table - 1; size++)
		take(table, size, &count);
	assert_int_equal(count, 2);
	for (size_t size = 0; size <= sizeof calendar - 1; size++)
		take(calendar, size, &count);
	assert_int_equal(count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_cut),
	};
	return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}
