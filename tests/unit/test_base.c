/* alloc, clock, diag, digest, file, log, text */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/pages.h"
#include "base/text.h"

static void utf8(void **state)
{
	static const char *const wrong[] = {"\x80", "\xc0\xaf", "\xc1\x81", "\xc3", "\xc3(", "\xe0\x80\xaf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xef\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe"};
	static const char right[] = "Aế đ\xef\xbf\xbd\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf";
	static const uint32_t points[] = {'A', 0x1ebf, ' ', 0x111, 0xfffd, 0x1f600, 0x10ffff, 0};
	const char *at = right;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char text[16];

		snprintf(text, sizeof text, "ab%sc", wrong[i]);
		assert_int_equal(utf8_valid_prefix(text, strlen(text)), 2);
	}
	assert_int_equal(utf8_valid_prefix("a\0b", 3), 1);
	assert_int_equal(utf8_valid_prefix("", 0), 0);
	assert_int_equal(utf8_valid_prefix(right, sizeof right - 1), sizeof right - 1);
	for (size_t cut = 1; cut < sizeof right; cut++)
		assert_true(utf8_valid_prefix(right, cut) <= cut);
	for (size_t size = 1; size <= sizeof right; size++) {
		char copy[sizeof right];

		utf8_copy(copy, size, right);
		assert_int_equal(strlen(copy), utf8_valid_prefix(right, size - 1));
		assert_memory_equal(copy, right, strlen(copy));
	}
	assert_int_equal(utf8_length(right), 7);
	for (size_t i = 0; i < sizeof points / sizeof *points; i++)
		assert_int_equal(utf8_next(&at), points[i]);
	assert_ptr_equal(at, right + sizeof right - 1);
}

static void nfc(void **state)
{
	/* e, circumflex, acute; and the marks in the other order, which stay two letters apart from it */
	char *composed = text_nfc("Vi"
				  "e\xcc\xa3\xcc\x82"
				  "t");
	char *again = text_nfc(composed);

	assert_string_equal(composed, "Vi\xe1\xbb\x87t");
	assert_string_equal(again, composed);
	assert_true(text_is_nfc(composed));
	assert_false(text_is_nfc("e\xcc\x82\xcc\x81"));
	assert_true(text_is_nfc(""));
	free(composed);
	free(again);
	assert_true(text_equal(NULL, NULL));
	assert_false(text_equal("", NULL));
	assert_true(text_equal("a", "a"));
	assert_false(text_equal("a", "b"));
}

static void digests(void **state)
{
	char hex[DIGEST_HEX];

	/* FIPS 180-4 examples */
	digest_sha256("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_sha256(NULL, 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* draft-eastlake-fnv, appendix: "", "a", "foobar" */
	assert_true(digest_picture(DIGEST_START, "", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(digest_picture(DIGEST_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(digest_picture(digest_picture(DIGEST_START, "foo", 3), "bar", 3) ==
		    UINT64_C(0x85944171f73967e8));
}

/* Long black runs are a multiplication, wherever they begin and end. */
static void digest_of_black(void **state)
{
	enum { SIZE = 400 };
	uint8_t bytes[SIZE];

	for (size_t lit = 0; lit < SIZE; lit += 7) {
		uint64_t slow = DIGEST_START;
		memset(bytes, 0, sizeof bytes);
		bytes[lit] = 1;
		for (size_t i = 0; i < SIZE; i++)
			slow = digest_picture(slow, &bytes[i], 1);
		assert_true(digest_picture(DIGEST_START, bytes, SIZE) == slow);
	}
}

static void large_memory(void **state)
{
	static const size_t sizes[] = {1, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5 << 20};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		uint8_t *pages = pages_create(sizes[i]);
		for (size_t at = 0; at < sizes[i]; at += at + 4096 < sizes[i] ? 4096 : 1)
			assert_int_equal(pages[at], 0);
		memset(pages, 1, sizes[i]);
		pages_destroy(pages, sizes[i]);
	}
	pages_destroy(NULL, 1);
}

static struct location at(const char *file, int line, int column)
{
	return (struct location){file, line, column};
}

static void diagnostics(void **state)
{
	struct diag_list list;
	char *text, *json;
	size_t size;
	FILE *to;

	diag_init(&list);
	diag_error(&list, at("b.yaml", 3, 7), "unknown key '%s'; did you mean '%s'?", "ttext", "text");
	diag_warning(&list, at("a.yaml", 9, 0), "second");
	diag_error(&list, at("a.yaml", 2, 5), "first \"quoted\"\n");
	diag_error(&list, at("a.yaml", 2, 5), "first, later");
	diag_error(&list, at(NULL, 0, 0), "nowhere");
	assert_int_equal(list.errors, 4);
	diag_sort(&list);
	text = diag_text(&list);
	assert_string_equal(text, "error: nowhere\n"
				  "a.yaml:2:5: error: first \"quoted\"\n\n"
				  "a.yaml:2:5: error: first, later\n"
				  "a.yaml:9: warning: second\n"
				  "b.yaml:3:7: error: unknown key 'ttext'; did you mean 'text'?\n");
	free(text);
	to = open_memstream(&json, &size);
	diag_print_json(&list, to);
	fclose(to);
	assert_non_null(strstr(json, "[{\"file\": null, \"line\": 0, \"column\": 0, \"severity\": \"error\", "
				     "\"message\": \"nowhere\"},\n"));
	assert_non_null(strstr(json, "\"message\": \"first \\\"quoted\\\"\\u000a\"}"));
	free(json);
	diag_finish(&list);
}

static void diagnostics_of_strange_names(void **state)
{
	struct diag_list list;
	char *text, *json;
	size_t size;
	FILE *to;

	diag_init(&list);
	diag_error(&list, at("Tân An/\x1b[31m\xff\n.yaml", 1, 2), "rename it");
	text = diag_text(&list);
	assert_string_equal(text, "Tân An/\\x1b[31m\\xff\\x0a.yaml:1:2: error: rename it\n");
	free(text);
	to = open_memstream(&json, &size);
	diag_print_json(&list, to);
	fclose(to);
	assert_non_null(strstr(json, "{\"file\": \"Tân An/\\u001b[31m\\ufffd\\u000a.yaml\""));
	free(json);
	diag_finish(&list);
}

static void diagnostics_have_an_end(void **state)
{
	struct diag_list list;

	diag_init(&list);
	for (int i = 0; i < DIAG_MOST + 50; i++)
		diag_warning(&list, at("w", i, 1), "warning");
	assert_int_equal(list.count, DIAG_MOST);
	assert_true(list.truncated);
	diag_error(&list, at("e", 1, 1), "the reason");
	assert_int_equal(list.count, DIAG_MOST);
	assert_string_equal(list.items[DIAG_MOST - 1].message, "the reason");
	for (int i = 0; i < 2 * DIAG_MOST; i++)
		diag_error(&list, at("e", i, 1), "more");
	assert_int_equal(list.count, DIAG_MOST);
	assert_int_equal(list.errors, 2 * DIAG_MOST + 1);
	diag_finish(&list);
}

static void nearest(void **state)
{
	static const char *const words[] = {"text", "qr", "style", "until", "short", "lang"};
	char longest[200];

	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_string_equal(nearest_word("ttext", words, 6), "text");
	assert_string_equal(nearest_word("tetx", words, 6), "text");
	assert_string_equal(nearest_word("styel", words, 6), "style");
	assert_string_equal(nearest_word("Until", words, 6), "until");
	assert_string_equal(nearest_word("qrr", words, 6), "qr");
	assert_null(nearest_word("zzzzzz", words, 6));
	assert_null(nearest_word("xy", words, 6));
	assert_null(nearest_word("", words, 6));
	assert_null(nearest_word(longest, words, 6));
	assert_null(nearest_word("text", words, 0));
}

static char directory[] = "/tmp/test_base.XXXXXX";

static int make_directory(void **state)
{
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	return file_remove_tree(directory);
}

static void files(void **state)
{
	char *path = path_join(directory, "a"), *data = NULL, *fifo = path_join(directory, "fifo");
	struct stat status;
	size_t size = 0;

	assert_int_equal(file_read(path, 10, &data, &size), -ENOENT);
	assert_null(data);
	assert_int_equal(file_write_atomic(path, "12345", 5, 0640), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(file_read(path, 4, &data, &size), -EFBIG);
	assert_int_equal(file_read(path, 5, &data, &size), 0);
	assert_int_equal(size, 5);
	assert_string_equal(data, "12345");
	free(data);
	assert_int_equal(file_write_atomic(path, "", 0, 0600), 0);
	assert_int_equal(file_read(path, 0, &data, &size), 0);
	assert_string_equal(data, "");
	free(data);
	assert_int_equal(file_write_new(path, "x", 1, 0600), -EEXIST);
	assert_int_equal(file_read(directory, 5, &data, &size), -EISDIR);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(file_read(fifo, 5, &data, &size), -EINVAL); /* and does not wait for a writer */
	/* larger than fstat says it is */
	assert_int_equal(file_read("/proc/self/status", 10, &data, &size), -EFBIG);
	assert_int_equal(file_read("/proc/self/status", 1 << 20, &data, &size), 0);
	assert_true(size > 100 && strlen(data) == size);
	free(data);
	free(fifo);
	free(path);
}

static void directories(void **state)
{
	char *deep = path_join(directory, "x/y//z/"), *link = path_join(directory, "x/y/link");
	char *kept = path_join(directory, "kept"), *x = path_join(directory, "x"),
	     *file = path_join(directory, "x/f");

	assert_int_equal(file_make_directory(deep, 0755), 0);
	assert_int_equal(file_make_directory(deep, 0755), 0);
	assert_int_equal(access(deep, X_OK), 0);
	assert_int_equal(file_write_new(file, "1", 1, 0600), 0);
	assert_int_equal(file_make_directory(file, 0755), -ENOTDIR);
	assert_int_equal(file_make_directory(kept, 0755), 0);
	assert_int_equal(symlink("../../kept", link), 0);
	assert_int_equal(file_remove_tree(x), 0);
	assert_int_equal(access(x, F_OK), -1);
	assert_int_equal(access(kept, F_OK), 0); /* the link went, not what it named */
	assert_int_equal(file_remove_tree(x), 0);
	free(file);
	free(x);
	free(kept);
	free(link);
	free(deep);
}

static void paths(void **state)
{
	static const struct {
		const char *path, *directory;
	} cases[] = {{"a/b", "a"}, {"b", "."}, {"/b", "/"}, {"/a/b", "/a"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *found = path_directory(cases[i].path);

		assert_string_equal(found, cases[i].directory);
		free(found);
	}
}

static void clock_real(void **state)
{
	struct clock clock;
	struct instant now;
	int64_t in_a_second;

	clock_init(&clock, 0);
	now = clock_now(&clock);
	assert_true(now.trusted && now.time > INT64_C(1700000000) * NS_PER_SEC);
	in_a_second = clock_monotonic_at(&clock, now.time + NS_PER_SEC) - clock_monotonic();
	assert_true(in_a_second > NS_PER_SEC / 2 && in_a_second <= NS_PER_SEC);
	assert_true(clock_monotonic_at(&clock, TIME_NEVER) == TIME_NEVER);
	/* below the floor it is not believed, and time counts from the start */
	clock_init(&clock, INT64_MAX);
	now = clock_now(&clock);
	assert_false(now.trusted);
	assert_true(now.time >= 0 && now.time < NS_PER_SEC);
	assert_true(clock_monotonic_at(&clock, 5 * NS_PER_SEC) == clock.started + 5 * NS_PER_SEC);
}

static void clock_injected(void **state)
{
	static const char *const wrong[] = {"", "x", "2026-01-01 07:00,", "2026-01-01 07:00,-1",
		"2026-01-01 07:00,inf", "2026-01-01 07:00,0x2", "2026-01-01 07:00,1,1", "2026-01-01 07:00, 1",
		"2026-01-01 07:00,1.2.3", ",1"};
	const int64_t seven = INT64_C(1767225600) * NS_PER_SEC;
	struct zone *zone;
	struct clock clock;
	struct instant now;
	int64_t wake;

	assert_int_equal(zone_create("Asia/Ho_Chi_Minh", &zone), 0);
	clock_init(&clock, INT64_MAX);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(clock_inject(&clock, zone, wrong[i]), -EINVAL);
	assert_false(clock.injected);

	assert_int_equal(clock_inject(&clock, zone, "2026-01-01 07:00,0"), 0);
	now = clock_now(&clock);
	assert_true(now.trusted && now.time == seven);
	assert_true(clock_monotonic_at(&clock, seven + 1) == TIME_NEVER);
	assert_true(clock_monotonic_at(&clock, seven) <= clock_monotonic());

	assert_int_equal(clock_inject(&clock, zone, "2026-01-01T07:00:00+07:00,60.5"), 0);
	for (int64_t i = 1; i < INT64_C(1000000000000000); i = i * 3 + 1) {
		wake = clock_monotonic_at(&clock, seven + i);
		/* it shows the instant then, and not a nanosecond before */
		assert_true((int64_t)((long double)(wake - clock.mono_origin) * 60.5L) >= i);
		assert_true((int64_t)((long double)(wake - 1 - clock.mono_origin) * 60.5L) < i);
	}
	assert_int_equal(clock_inject(&clock, zone, "2026-01-01 07:00"), 0);
	assert_true(clock_monotonic_at(&clock, seven + 12345) == clock.mono_origin + 12345);
	clock.floor = seven + 1000 * NS_PER_SEC;
	assert_false(clock_now(&clock).trusted);
	zone_destroy(zone);
}

/* What log_write puts on standard error, read back. */
static void logged(enum log_level level, const char *message, char *ret_line, size_t size)
{
	int pipe_ends[2], old = dup(STDERR_FILENO);
	ssize_t got;

	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK), 0);
	dup2(pipe_ends[1], STDERR_FILENO);
	log_write(level, "%s", message);
	dup2(old, STDERR_FILENO);
	close(old);
	got = read(pipe_ends[0], ret_line, size - 1);
	ret_line[got > 0 ? got : 0] = '\0';
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static void log_lines(void **state)
{
	char line[100];

	logged(LOG_LEVEL_NOTICE, "hello\nforged: line\x1b[2J", line, sizeof line);
	assert_string_equal(line, "test_base: hello forged: line [2J\n");
	logged(LOG_LEVEL_DEBUG, "quiet", line, sizeof line);
	assert_string_equal(line, "");
	log_set_level(LOG_LEVEL_DEBUG);
	logged(LOG_LEVEL_DEBUG, "loud", line, sizeof line);
	assert_string_equal(line, "test_base: loud\n");
	log_set_level(LOG_LEVEL_INFO);
}

static void allocation(void **state)
{
	int *numbers = NULL;
	size_t count = 0, capacity = 0;
	char *text = xasprintf("%d-%s", 7, "x");

	for (int i = 0; i < 100; i++) {
		array_reserve_one(numbers, count, capacity);
		numbers[count++] = i;
	}
	assert_int_equal(numbers[99], 99);
	free(numbers);
	assert_string_equal(text, "7-x");
	free(text);
	text = xstrndup("abcdef", 3);
	assert_string_equal(text, "abc");
	free(text);
	assert_null(xstrdup(NULL));
	free(xmalloc(0));
	free(xcalloc(0, 5));
	free(xrealloc(NULL, 0, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8),
		cmocka_unit_test(nfc),
		cmocka_unit_test(digests),
		cmocka_unit_test(digest_of_black),
		cmocka_unit_test(large_memory),
		cmocka_unit_test(diagnostics),
		cmocka_unit_test(diagnostics_of_strange_names),
		cmocka_unit_test(diagnostics_have_an_end),
		cmocka_unit_test(nearest),
		cmocka_unit_test(files),
		cmocka_unit_test(directories),
		cmocka_unit_test(paths),
		cmocka_unit_test(clock_real),
		cmocka_unit_test(clock_injected),
		cmocka_unit_test(log_lines),
		cmocka_unit_test(allocation),
	};

	return cmocka_run_group_tests_name("base", tests, make_directory, remove_directory);
}
