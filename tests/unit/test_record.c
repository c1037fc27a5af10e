#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/time.h"
#include "record/read.h"
#include "record/record.h"

#define T0     (INT64_C(1772413200) * NS_PER_SEC) /* 2026-03-02 08:00 in Vietnam */
#define WITHIN (20 * NS_PER_SEC)

static char *directory, *database;
static const char *const displays[] = {"cong", "sanh"};
static struct record_options options;

static int setup(void **unused)
{
	char template[] = "/tmp/test_record.XXXXXX";

	if (!mkdtemp(template))
		return -1;
	directory = xstrdup(template);
	database = record_path(directory);
	options = (struct record_options){.directory = directory,
		.displays = displays,
		.display_count = 2,
		.keep = 400 * 24 * NS_PER_HOUR,
		.most = 64 << 20,
		.flush = 3600 * NS_PER_SEC}; /* only when it is asked to */
	return 0;
}

static int teardown(void **unused)
{
	int error = file_remove_tree(directory);

	free(directory);
	free(database);
	return error;
}

static struct record *start(void)
{
	struct record *record = NULL;

	assert_int_equal(record_create(&options, &record), 0);
	return record;
}

static void finish(struct record *record)
{
	assert_true(record_destroy(record));
}

static void flush(struct record *record)
{
	assert_true(record_flush(record, WITHIN));
}

/* --- events */

static bool note(struct record *record, enum record_kind kind, int64_t at, const char *text)
{
	struct record_event event = {.event = RECORD_NOTES,
		.display = -1,
		.kind = kind,
		.begin = at,
		.until = at,
		.monotonic = at - T0,
		.trusted = true};

	snprintf(event.note, sizeof event.note, "%s", text);
	return record_note(record, &event, at);
}

static uint64_t numbers[2];

static bool show_as(
	struct record *record, int display, const char *item, int64_t at, bool begins, enum record_how how)
{
	struct record_event event = {.event = RECORD_SHOWS,
		.display = display,
		.number = ++numbers[display],
		.how = how,
		.least_brightness = 800,
		.end = at,
		.kind = RECORD_SHOWN,
		.begin = at,
		.monotonic = at - T0,
		.trusted = true,
		.confirmed = display == 0,
		.begins = begins,
		.generation = 7,
		.brightness = 1000,
		.frame = 0xfedcba9876543210,
		.source = RECORD_SCHEDULE};

	snprintf(event.item, sizeof event.item, "%s", item);
	snprintf(event.entry, sizeof event.entry, "province/ngay#1");
	memset(event.content, 'c', RECORD_DIGEST - 1);
	return record_note(record, &event, at);
}

static bool show(struct record *record, int display, const char *item, int64_t at)
{
	return show_as(record, display, item, at, true, RECORD_NEXT);
}

static void end_at(struct record *record, int display, int64_t at, enum record_how how)
{
	struct record_event event = {.event = RECORD_ENDS,
		.display = display,
		.number = numbers[display],
		.how = how,
		.least_brightness = 1000,
		.end = at};

	record_note(record, &event, at);
}

/* A run of some items, ten seconds each. */
static void write_some(int count)
{
	struct record *record = start();

	note(record, RECORD_START, T0, "1.0");
	for (int i = 0; i < count; i++) {
		show(record, 0, i % 2 ? "province/hai" : "province/một\tthẻ", T0 + i * 10 * NS_PER_SEC);
		if (i % 200 == 199)
			flush(record);
	}
	end_at(record, 0, T0 + count * 10 * NS_PER_SEC, RECORD_STOPPED);
	note(record, RECORD_STOP, T0 + count * 10 * NS_PER_SEC, "");
	finish(record);
}

/* --- reading */

struct copy {
	int64_t number, begin, end, brightness;
	enum record_kind kind;
	enum record_how how;
	bool confirmed, begins;
	char item[RECORD_ITEM], display[64], note[RECORD_NOTE];
};
static struct copy rows[4000];
static size_t row_count;

static bool take(void *data, const struct record_row *row)
{
	struct copy *copy = &rows[row_count++];

	*copy = (struct copy){row->number, row->begin, row->end, row->brightness, row->kind, row->how,
		row->confirmed, row->begins, "", "", ""};
	snprintf(copy->item, sizeof copy->item, "%s", row->item);
	snprintf(copy->display, sizeof copy->display, "%s", row->display);
	snprintf(copy->note, sizeof copy->note, "%s", row->note);
	return row_count < sizeof rows / sizeof *rows;
}

static struct record_reader *reader_of(const char *path)
{
	struct record_reader *reader = NULL;

	assert_int_equal(record_reader_open(path, &reader), 0);
	return reader;
}

static void read_all(const struct record_query *query)
{
	struct record_reader *reader = reader_of(database);

	row_count = 0;
	assert_int_equal(record_read(reader, query, take, NULL), 0);
	record_reader_close(reader);
}

static struct record_verdict verify(const struct record_place *known, size_t count)
{
	struct record_reader *reader = reader_of(database);
	struct record_verdict verdict;

	assert_int_equal(record_verify(reader, known, count, &verdict), 0);
	record_reader_close(reader);
	return verdict;
}

static void assert_whole(int64_t count)
{
	struct record_verdict verdict = verify(NULL, 0);

	assert_null(verdict.why);
	assert_int_equal(verdict.bad, 0);
	assert_int_equal(verdict.rows, count);
}

static struct record_place head_of(void)
{
	struct record_reader *reader = reader_of(database);
	struct record_place head;

	assert_int_equal(record_head(reader, &head), 0);
	record_reader_close(reader);
	return head;
}

/* Somebody who may write the file. */
static void forge(const char *text)
{
	sqlite3 *sqlite;

	assert_int_equal(sqlite3_open(database, &sqlite), SQLITE_OK);
	sqlite3_busy_timeout(sqlite, 10000);
	assert_int_equal(sqlite3_exec(sqlite, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sqlite);
}

static const struct copy *first_of(enum record_kind kind)
{
	for (size_t i = 0; i < row_count; i++)
		if (rows[i].kind == kind)
			return &rows[i];
	return NULL;
}

/* --- what is written */

static void test_showings_become_rows(void **unused)
{
	write_some(3);
	read_all(&(struct record_query){0});
	assert_int_equal(row_count, 5);
	assert_int_equal(rows[0].kind, RECORD_START);
	assert_string_equal(rows[1].item, "province/một\tthẻ");
	assert_string_equal(rows[1].display, "cong");
	assert_int_equal(rows[1].begin, T0);
	assert_int_equal(rows[1].end, T0 + 10 * NS_PER_SEC);
	assert_int_equal(rows[1].how, RECORD_NEXT);
	assert_int_equal(rows[1].brightness, 800);
	assert_true(rows[1].confirmed && rows[1].begins);
	assert_int_equal(rows[3].how, RECORD_STOPPED);
	assert_int_equal(rows[4].kind, RECORD_STOP);
	assert_whole(5);
}

static void test_queries(void **unused)
{
	struct record *record = start();

	note(record, RECORD_START, T0, "");
	for (int i = 0; i < 6; i++)
		show(record, i % 2, i % 4 < 2 ? "province/a" : "province/b", T0 + i * NS_PER_MIN);
	flush(record);
	read_all(&(struct record_query){.display = "sanh"});
	assert_int_equal(row_count, 2);
	assert_false(rows[0].confirmed);
	read_all(&(struct record_query){.item = "province/b"});
	assert_int_equal(row_count, 2);
	/* the row that ends where the span begins is not outside yet: spans are whole instants */
	read_all(&(struct record_query){.from = T0 + 2 * NS_PER_MIN + 1, .until = T0 + 3 * NS_PER_MIN});
	assert_int_equal(row_count, 2);
	read_all(&(struct record_query){.after = 4, .open = true});
	assert_int_equal(row_count, 3);
	assert_int_equal(rows[1].number, 0);
	finish(record);
}

static void test_a_long_showing_is_written_before_it_ends(void **unused)
{
	struct record *record = start();

	note(record, RECORD_START, T0, "");
	show(record, 0, "province/a", T0);
	for (int64_t at = T0; at <= T0 + 25 * NS_PER_MIN; at += 5 * NS_PER_MIN / 2) {
		record_seen(record, 0, numbers[0], at, at - T0);
		flush(record);
	}
	read_all(&(struct record_query){.open = true});
	assert_int_equal(row_count, 4);
	assert_int_equal(rows[1].end - rows[1].begin, RECORD_PORTION);
	assert_int_equal(rows[1].how, RECORD_CONTINUES);
	assert_true(rows[1].begins);
	assert_int_equal(rows[2].begin, rows[1].end);
	assert_false(rows[2].begins);
	assert_int_equal(rows[3].begin, rows[2].end);
	assert_int_equal(rows[3].end, T0 + 25 * NS_PER_MIN);
	/* the proof says where it ends */
	struct record_verdict verdict = verify(NULL, 0);
	assert_null(verdict.why);
	assert_int_equal(verdict.open, 1);
	assert_int_equal(verdict.open_from, rows[3].begin);
	finish(record);
}

/* The process dies without a word, like a machine without power: what was confirmed up to the last write is there. */
static void test_a_crash_loses_only_what_was_not_written(void **unused)
{
	pid_t child = fork();

	if (child == 0) {
		struct record *record = start();
		note(record, RECORD_START, T0, "");
		show(record, 0, "province/a", T0);
		record_seen(record, 0, numbers[0], T0 + 5 * NS_PER_MIN, 5 * NS_PER_MIN);
		flush(record);
		record_seen(record, 0, numbers[0], T0 + 6 * NS_PER_MIN, 6 * NS_PER_MIN);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	struct record *record = start();
	note(record, RECORD_START, T0 + NS_PER_HOUR, "");
	finish(record);
	read_all(&(struct record_query){.open = true});
	assert_int_equal(row_count, 3);
	assert_int_equal(rows[1].how, RECORD_CRASHED);
	assert_int_equal(rows[1].end, T0 + 5 * NS_PER_MIN);
	assert_whole(3);
}

/* What the run before left open is written however long the database could not be. */
static void test_a_busy_start_forgets_no_crash(void **unused)
{
	struct record_status status = {0};
	pid_t child = fork();

	if (child == 0) {
		struct record *record = start();
		note(record, RECORD_START, T0, "");
		show(record, 0, "province/a", T0);
		record_seen(record, 0, numbers[0], T0 + NS_PER_MIN, NS_PER_MIN);
		flush(record);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	sqlite3 *sqlite;
	assert_int_equal(sqlite3_open(database, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	struct record *record = start();
	note(record, RECORD_START, T0 + NS_PER_HOUR, "");
	flush(record);
	record_status(record, &status);
	assert_true(status.failures > 0);
	assert_int_equal(sqlite3_exec(sqlite, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sqlite);
	finish(record);
	read_all(&(struct record_query){.open = true});
	assert_int_equal(row_count, 3);
	assert_int_equal(rows[1].how, RECORD_CRASHED);
	assert_int_equal(rows[1].end, T0 + NS_PER_MIN);
	assert_whole(3);
}

/* --- what is found */

static void assert_found(int64_t row)
{
	struct record_verdict verdict = verify(NULL, 0);

	assert_non_null(verdict.why);
	assert_int_equal(verdict.bad, row);
}

static void test_every_column_is_proven(void **unused)
{
	static const char *const columns[] = {"kind = kind + 1", "display = 'sanh'", "generation = 8",
		"frame = frame + 1", "begin = begin + 1", "end = end + 1", "monotonic = 0", "how = 5",
		"confirmed = 0", "begins = 0", "trusted = 0", "brightness = 1000", "override = 'x'",
		"run = run + 1", "note = 'x'", "digest = x'00'",
		/* it reads the same, but is not found by it any more */
		"kind = kind + 4294967296", "display = CAST('cong' || x'00' AS TEXT)",
		"display = x'636f6e67'", "begin = CAST(CAST(begin AS TEXT) AS BLOB)",
		"thing = (SELECT max(id) + 1 FROM things)"};

	write_some(6);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		char *text = xasprintf("CREATE TABLE kept AS SELECT * FROM rows WHERE number = 4;"
				       "UPDATE rows SET %s WHERE number = 4",
			columns[i]);
		forge(text);
		free(text);
		assert_found(4);
		forge("INSERT OR REPLACE INTO rows SELECT * FROM kept; DROP TABLE kept");
		assert_whole(8);
	}
}

static void test_what_rows_share_is_proven(void **unused)
{
	static const char *const forgeries[] = {
		"UPDATE things SET item = 'province/ba' WHERE item = 'province/hai'",
		"UPDATE things SET content = 'd' WHERE item = 'province/hai'",
		"UPDATE things SET entry = 'e' WHERE item = 'province/hai'",
		"UPDATE things SET source = 2 WHERE item = 'province/hai'",
		"DELETE FROM things WHERE item = 'province/hai'"};

	for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
		unlink(database);
		write_some(6);
		forge(forgeries[i]);
		assert_found(3);
	}
	unlink(database);
	write_some(6);
	forge("UPDATE runs SET boot = 'another'");
	assert_found(1);
}

/* What is in progress is not in the chain: it can be forged, but not by more than such a row lasts. */
static void test_an_open_row_claims_no_more_than_it_can(void **unused)
{
	pid_t child = fork();

	if (child == 0) {
		struct record *record = start();
		note(record, RECORD_START, T0, "");
		show(record, 0, "province/a", T0);
		record_seen(record, 0, numbers[0], T0 + NS_PER_MIN, NS_PER_MIN);
		flush(record);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_whole(1);
	forge("UPDATE open SET begin = begin - 86400000000000");
	assert_found(2);
	struct record *record = start();
	note(record, RECORD_START, T0 + NS_PER_HOUR, "");
	finish(record);
	read_all(&(struct record_query){.open = true});
	assert_int_equal(row_count, 3);
	assert_int_equal(rows[1].kind, RECORD_GAP);
	assert_whole(3);
}

static void test_removed_and_moved_rows_are_found(void **unused)
{
	write_some(6);
	struct record_place head = head_of();
	forge("CREATE TABLE kept AS SELECT * FROM rows");
	forge("DELETE FROM rows WHERE number = 4");
	assert_found(4);
	forge("UPDATE rows SET number = number - 1 WHERE number > 4");
	assert_found(4);
	forge("DELETE FROM rows; INSERT INTO rows SELECT * FROM kept; UPDATE rows SET number = -1 WHERE "
	      "number = 3;"
	      "UPDATE rows SET number = 3 WHERE number = 4; UPDATE rows SET number = 4 WHERE number = -1");
	assert_found(3);
	forge("DELETE FROM rows; INSERT INTO rows SELECT * FROM kept WHERE number < 7");
	assert_found(7);
	/* whoever also mends the noted end is found by a place that was noted elsewhere */
	forge("UPDATE state SET number = 6, digest = (SELECT lower(hex(digest)) FROM rows WHERE number = 6) "
	      "WHERE name = 'head'");
	assert_whole(6);
	assert_non_null(verify(&head, 1).why);
	forge("DELETE FROM rows WHERE number < 3; UPDATE state SET number = 2, "
	      "digest = (SELECT lower(hex(digest)) FROM kept WHERE number = 2) WHERE name = 'base'");
	assert_found(3);
}

static void test_a_tail_cut_while_nobody_ran_is_told(void **unused)
{
	write_some(6);
	forge("DELETE FROM rows WHERE number > 5");
	struct record *record = start();
	note(record, RECORD_START, T0 + NS_PER_HOUR, "");
	finish(record);
	struct record_verdict verdict = verify(NULL, 0);
	assert_null(verdict.why);
	assert_int_equal(verdict.missing, 1);
	read_all(&(struct record_query){0});
	assert_string_equal(first_of(RECORD_LINK)->note, RECORD_END_MISSING);
	assert_string_equal(first_of(RECORD_LINK)->item, "8");
}

/* --- what is cut */

static void test_old_rows_are_cut_and_the_chain_holds(void **unused)
{
	options.keep = NS_PER_HOUR;
	write_some(800); /* 133 minutes */
	read_all(&(struct record_query){0});
	const struct copy *cut = first_of(RECORD_CUT);
	assert_non_null(cut);
	assert_true(row_count < 500 && row_count >= 360);
	assert_true(rows[0].end >= T0 + 60 * NS_PER_MIN);
	struct record_verdict verdict = verify(NULL, 0);
	assert_null(verdict.why);
	assert_int_equal(verdict.first, rows[0].number);
	forge("UPDATE state SET digest = "
	      "'0000000000000000000000000000000000000000000000000000000000000000' WHERE name = 'base'");
	assert_found(verdict.first);
}

static void test_it_is_bounded_on_the_disk(void **unused)
{
	options.most = 256 << 10;
	write_some(4000);
	struct record_verdict verdict = verify(NULL, 0);
	assert_null(verdict.why);
	assert_true(verdict.first > 1 && verdict.rows > 500);
	FILE *file = fopen(database, "re");
	fseek(file, 0, SEEK_END);
	assert_true(ftell(file) <= 256 << 10);
	fclose(file);
}

/* --- what goes wrong */

static void test_a_full_queue_is_told(void **unused)
{
	options.queue_most = 16;
	struct record *record = start();
	note(record, RECORD_START, T0, "");
	flush(record);
	/* the disk takes nothing, so that the writer cannot make room */
	struct rlimit old, none = {0, 0};
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	int noted = 0;
	for (int i = 0; i < 100; i++)
		noted += show(record, 0, "province/a", T0 + i * NS_PER_MIN);
	assert_int_equal(noted, 16);
	flush(record);
	struct record_status status;
	record_status(record, &status);
	assert_false(status.open);
	assert_int_equal(status.lost, 84);
	assert_true(status.failures > 0 && status.why[0]);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	flush(record);
	assert_true(show(record, 0, "province/b", T0 + 200 * NS_PER_MIN));
	end_at(record, 0, T0 + 201 * NS_PER_MIN, RECORD_STOPPED);
	flush(record);
	record_status(record, &status);
	assert_true(status.open);
	assert_int_equal(status.lost, 0);
	finish(record);
	read_all(&(struct record_query){0});
	/* start, 15 whole showings, the gap; the 16th, whose end was lost, lasted no more than was seen; the one after */
	assert_int_equal(row_count, 18);
	assert_string_equal(first_of(RECORD_GAP)->note, "84 events");
	assert_int_equal(first_of(RECORD_GAP)->begin, T0 + 16 * NS_PER_MIN);
	assert_int_equal(first_of(RECORD_GAP)->end, T0 + 99 * NS_PER_MIN);
	assert_whole(18);
}

static void test_a_lost_end_is_what_was_seen(void **unused)
{
	struct record *record = start();

	note(record, RECORD_START, T0, "");
	show(record, 0, "province/a", T0);
	flush(record);
	record_seen(record, 0, numbers[0], T0 + 5 * NS_PER_MIN, 0);
	flush(record);
	numbers[0]++; /* a showing that was never noted */
	show(record, 0, "province/b", T0 + 20 * NS_PER_MIN);
	finish(record);
	read_all(&(struct record_query){0});
	assert_int_equal(rows[1].end, T0 + 5 * NS_PER_MIN);
	assert_int_equal(rows[1].how, RECORD_MISSED);
}

static void test_a_damaged_database_is_put_aside(void **unused)
{
	write_some(20);
	FILE *file = fopen(database, "r+e");
	assert_non_null(file);
	for (int i = 0; i < 8192; i++)
		putc('x', file);
	fclose(file);
	struct record *record = start();
	note(record, RECORD_START, T0 + NS_PER_HOUR, "");
	flush(record);
	note(record, RECORD_STOP, T0 + NS_PER_HOUR, "");
	finish(record);
	char *aside = xasprintf("%s.damaged-1", database);
	assert_int_equal(access(aside, R_OK), 0);
	free(aside);
	struct record_verdict verdict = verify(NULL, 0);
	assert_null(verdict.why);
	assert_int_equal(verdict.rows, 3);
	assert_int_equal(verdict.missing, 1);
}

/* While it runs, with the chain's end known: the new one goes on after it. */
static void test_the_chain_goes_on_after_damage(void **unused)
{
	struct record *record = start();

	note(record, RECORD_START, T0, "");
	show(record, 0, "province/a", T0);
	flush(record);
	forge("DROP TABLE things");
	for (int i = 1; i < 4; i++) {
		show(record, 0, "province/b", T0 + i * NS_PER_MIN);
		flush(record);
	}
	finish(record);
	struct record_verdict verdict = verify(NULL, 0);
	assert_null(verdict.why);
	assert_int_equal(verdict.first, 2);
	assert_int_equal(verdict.missing, 1);
	read_all(&(struct record_query){0});
	assert_int_equal(rows[0].kind, RECORD_LINK);
	assert_string_equal(rows[0].item, "1");
	assert_int_equal(rows[1].kind, RECORD_SHOWN);
	assert_int_equal(rows[1].end, T0 + NS_PER_MIN);
}

static void test_what_is_no_record(void **unused)
{
	struct record_reader *reader;

	assert_int_equal(record_reader_open(database, &reader), -ENOENT);
	FILE *file = fopen(database, "we");
	fputs("nothing of the kind", file);
	fclose(file);
	assert_int_equal(record_reader_open(database, &reader), -EBADMSG);
}

static void test_the_canonical_text_is_as_documented(void **unused)
{
	struct record_row row = {.number = 12,
		.kind = RECORD_SHOWN,
		.display = "cong",
		.source = RECORD_SCHEDULE,
		.item = "province/a\tb\n\\",
		.entry = "x",
		.content = "c",
		.generation = 3,
		.frame = 255,
		.begin = -1,
		.end = 2,
		.monotonic = 3,
		.how = RECORD_LOST,
		.confirmed = true,
		.trusted = true,
		.brightness = 500,
		.override = "",
		.run = 1,
		.boot = "b",
		.note = "n"};
	char *text = record_row_text(&row), digest[RECORD_DIGEST];

	assert_string_equal(text,
		"12\tshown\tcong\tschedule\tprovince/a\\tb\\n\\\\\tx\tc\t3\t00000000000000ff\t-1\t2\t3"
		"\tlost\t1\t0\t1\t500\t\t1\tb\tn");
	free(text);
	/* printf '%s\n%s' 000… 12… | sha256sum */
	record_row_digest(&row, record_base, digest);
	assert_string_equal(digest, "7a733cc5016de68cb41ff31be6e73d525c5fb648c9d2d69a5d134bf3028c298d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_showings_become_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_queries, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_long_showing_is_written_before_it_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_crash_loses_only_what_was_not_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_busy_start_forgets_no_crash, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_column_is_proven, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_open_row_claims_no_more_than_it_can, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_rows_share_is_proven, setup, teardown),
		cmocka_unit_test_setup_teardown(test_removed_and_moved_rows_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_tail_cut_while_nobody_ran_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_old_rows_are_cut_and_the_chain_holds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_it_is_bounded_on_the_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_full_queue_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_lost_end_is_what_was_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_damaged_database_is_put_aside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_chain_goes_on_after_damage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_record, setup, teardown),
		cmocka_unit_test(test_the_canonical_text_is_as_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
