/* QR codes: sizes against a table made elsewhere (tests/qr), the choice of scale, quiet zone and level, and the picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>

#include "base/alloc.h"
#include "render/qr.h"

#define LIGHT 0xffc000u
#define DARK  0x000000u

static struct qr *make(const char *text, int room)
{
	struct qr *qr = NULL;

	assert_int_equal(qr_create(text, room, room + 7, &qr, NULL), 0);
	assert_int_equal(qr->side, qr->modules * qr->scale + 2 * qr->quiet);
	assert_true(qr->side <= room);
	return qr;
}

/* Lower case, no address: 8-bit mode. */
static char *bytes_of(int count)
{
	char *text = xmalloc((size_t)count + 1);

	memset(text, 'a', (size_t)count);
	text[count] = '\0';
	return text;
}

static int least_side(const char *text)
{
	struct qr *qr = NULL;
	int least = 0;

	assert_int_equal(qr_create(text, 1, 1, &qr, &least), -ENOSPC);
	assert_null(qr);
	return least;
}

static char table[1 << 14];

static void read_table(void)
{
	FILE *file = fopen("tests/qr/qr-sizes.csv", "re");

	assert_non_null(file);
	table[fread(table, 1, sizeof table - 1, file)] = '\0';
	fclose(file);
}

static int side_of_version(int version)
{
	return 17 + 4 * version + 2 * (version == 1 ? 1 : 3);
}

static void test_capacities(void **test)
{
	char *line;
	int rows = 0;

	(void)test;
	read_table();
	line = strstr(table, "\nversion,");
	assert_non_null(line);
	for (line = strchr(line + 1, '\n'); line && line[1]; line = strchr(line + 1, '\n'), rows++) {
		char *at = line + 1;
		int version = (int)strtol(at, &at, 10), modules = (int)strtol(at + 1, &at, 10);
		for (const char *level = "LMQ"; *level; level++) {
			int bytes = (int)strtol(at + 1, &at, 10);
			char *full = bytes_of(bytes), *more = bytes_of(bytes + 1);
			struct qr *qr = make(full, modules + 8);

			/* it holds so much at this level or a stronger one, and not a byte more */
			assert_int_equal(qr->version, version);
			assert_int_equal(qr->level, *level);
			assert_int_equal(qr->quiet, 4);
			qr_destroy(qr);
			if (*level == 'L') {
				assert_int_equal(least_side(full), side_of_version(version));
				assert_int_equal(least_side(more), side_of_version(version + 1));
			}
			free(full);
			free(more);
		}
	}
	assert_int_equal(rows, 8);
}

/* The payloads of the table, and the version that each takes at each level. */
static void test_payloads(void **test)
{
	int rows = 0;

	(void)test;
	read_table();
	for (char *line = strchr(table, '\n'); line && line[1] == '"'; line = strchr(line + 1, '\n')) {
		char *text = line + 2, *end = strchr(text, '"');
		int bytes, version;
		char level;

		*end = '\0';
		bytes = (int)strtol(end + 2, &end, 10);
		level = end[1];
		version = (int)strtol(strchr(end + 3, ',') + 1, &end, 10);
		assert_int_equal(strlen(text) >= (size_t)bytes, 1); /* characters in the one of Vietnamese */
		struct qr *qr = make(text, 17 + 4 * version + 8);
		/* never larger than the plain form; an address may get smaller in capitals */
		assert_true(qr->version <= version);
		/* what is not ASCII says so first, in 12 bits more */
		if (qr->version == version && !qr->upper && !strstr(text, "â"))
			assert_true(strchr("LMQ", qr->level) >= strchr("LMQ", level));
		qr_destroy(qr);
		line = end;
		rows++;
	}
	assert_int_equal(rows, 21);
}

static void test_capitals(void **test)
{
	static const struct {
		const char *text;
		bool upper; /* in a box of 31 pixels */
		int version;
	} cases[] = {
		{"https://dvc.longan.gov.vn", true, 1},
		{"HTTPS://DVC.LONGAN.GOV.VN", false, 1},
		{"https://dvc.longan.gov.vn/", false, 2},
		{"https://an@dvc.longan.vn", false, 2},
		{"dvc.longan.gov.vn?a=bcdef", false, 2},
	};

	(void)test;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct qr *qr = make(cases[i].text, 31);

		assert_int_equal(qr->version, cases[i].version);
		assert_int_equal(qr->upper, cases[i].upper);
		qr_destroy(qr);
	}
	/* where it gains nothing, it is as it was written */
	struct qr *large = make("http://a.vn", 200);
	assert_false(large->upper);
	assert_int_equal(large->version, 1);
	qr_destroy(large);
}

static void test_room(void **test)
{
	static const char *const address = "https://dvc.longan.gov.vn/qq"; /* version 2 */
	static const struct {
		int room, scale, quiet;
	} cases[] = {
		{31, 1, 3},
		{32, 1, 3},
		{33, 1, 4},
		{61, 1, 4},
		{62, 2, 6},
		{64, 2, 7},
		{66, 2, 8},
		{96, 3, 10},
		{124, 4, 12},
		{132, 4, 16},
		{164, 4, 16},
		{165, 5, 20},
		{300, 9, 36},
	};
	struct qr *qr = NULL;
	int least = 0;

	(void)test;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		qr = make(address, cases[i].room);
		assert_int_equal(qr->scale, cases[i].scale);
		assert_int_equal(qr->quiet, cases[i].quiet);
		qr_destroy(qr);
	}
	qr = NULL;
	assert_int_equal(qr_create(address, 100, 30, &qr, &least), -ENOSPC);
	assert_int_equal(least, 31);
	assert_int_equal(qr_create("", 100, 100, &qr, NULL), -EINVAL);
	char *endless = bytes_of(3000);
	assert_int_equal(qr_create(endless, 10000, 10000, &qr, NULL), -EMSGSIZE);
	free(endless);
	assert_null(qr);
	/* version 1 on 24 rows: as read off boards */
	qr = make("https://longan.gov.vn", 24);
	assert_int_equal(qr->version, 1);
	assert_int_equal(qr->quiet, 1);
	qr_destroy(qr);
}

/* The three finders, and a lit frame around all of it. */
static void test_picture(void **test)
{
	struct frame *frame = frame_create(100, 90);
	struct qr *qr = make("https://dvc.longan.gov.vn", 80);
	int last = qr->modules - 7;
	const int finders[][2] = {{0, 0}, {last, 0}, {0, last}};

	(void)test;
	frame_fill(frame, (struct rect){0, 0, 100, 90}, 0x123456);
	qr_paint(qr, frame, 10, 5, LIGHT, DARK);
	for (int y = 0; y < 90; y++)
		for (int x = 0; x < 100; x++) {
			uint32_t seen = frame_row(frame, y)[x];
			int column = x - 10 - qr->quiet, row = y - 5 - qr->quiet,
			    span = qr->modules * qr->scale;
			if (x < 10 || y < 5 || x >= 10 + qr->side || y >= 5 + qr->side)
				assert_int_equal(seen, 0x123456);
			else if (column < 0 || row < 0 || column >= span || row >= span)
				assert_int_equal(seen, LIGHT);
			else
				assert_true(seen == LIGHT || seen == DARK);
		}
	for (int f = 0; f < 3; f++)
		for (int i = 0; i < 49; i++) {
			int x = i % 7, y = i / 7, ring = x < y ? x : y;
			ring = 6 - x < ring ? 6 - x : ring;
			ring = 6 - y < ring ? 6 - y : ring;
			int pixel_x = 10 + qr->quiet + (finders[f][0] + x) * qr->scale;
			int pixel_y = 5 + qr->quiet + (finders[f][1] + y) * qr->scale;
			assert_int_equal(frame_row(frame, pixel_y)[pixel_x], ring == 1 ? LIGHT : DARK);
		}
	qr_paint(qr, frame, 90, 85, LIGHT, DARK); /* clipped */
	qr_paint(qr, frame, -40, -40, LIGHT, DARK);
	qr_destroy(qr);
	frame_unref(frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capacities),
		cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_capitals),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_picture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
