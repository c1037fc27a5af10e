/* The same finding on many displays is told once, with their names; what differs is told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/note.h"
#include "engine/gather.h"

static void find_on(struct gathering *gathering, const char *display, int width, int line)
{
	struct location where = {"u/a.yaml", line, 7};
	struct diag_list found;
	diag_init(&found);
	diag_error(&found, where, "wider than display `%s` (%d pixels)", display, width);
	diag_note(&found, NOTE_TOO_SHORT, where, "too short on display `%s`", display);
	gathering_add(gathering, &found, display);
	diag_finish(&found);
}

static void told_once(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	struct gathering *gathering = gathering_create();
	struct diag_list told;
	diag_init(&told);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		find_on(gathering, names[i], 64, 3);
	find_on(gathering, "f", 96, 3); /* another width */
	find_on(gathering, "g", 96, 5); /* another place */
	gathering_tell(gathering, &told);
	diag_sort(&told);
	assert_int_equal(told.count, 5);
	assert_int_equal(told.errors, 3);
	assert_string_equal(told.items[0].message,
		"wider than display `a` (64 pixels) (the same on 4 other displays: b, c, d …)");
	assert_string_equal(
		told.items[1].message, "too short on display `a` (the same on 5 other displays: b, c, d …)");
	assert_int_equal(told.items[1].note, NOTE_TOO_SHORT);
	assert_string_equal(told.items[2].message, "wider than display `f` (96 pixels)");
	assert_string_equal(told.items[3].message, "wider than display `g` (96 pixels)");
	assert_string_equal(told.items[4].message, "too short on display `g`");
	diag_finish(&told);
}

static void one_other(void **state)
{
	struct gathering *gathering = gathering_create();
	struct diag_list told;
	diag_init(&told);
	find_on(gathering, "a", 64, 3);
	find_on(gathering, "a longer name", 64, 3);
	gathering_tell(gathering, &told);
	assert_int_equal(told.count, 2);
	assert_string_equal(told.items[0].message,
		"wider than display `a` (64 pixels) (the same on 1 other display: a longer name)");
	diag_finish(&told);
}

static void nothing(void **state)
{
	struct gathering *gathering = gathering_create();
	struct diag_list told;
	diag_init(&told);
	gathering_tell(gathering, &told);
	assert_int_equal(told.count, 0);
	diag_finish(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_once),
		cmocka_unit_test(one_other),
		cmocka_unit_test(nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
