/* The two readers and the typed getters: what the corpus of files does not say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "conf/check.h"

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

static struct tree *read_yaml(const char *text)
{
	return conf_read_yaml("test.yaml", text, strlen(text), NULL, &diags);
}

static struct tree *read_conf(const char *text)
{
	return conf_read_libconfig("test.conf", text, strlen(text), NULL, &diags);
}

static struct node *child(const struct tree *tree, size_t index)
{
	const struct node *root = tree_root(tree);
	assert_true(index < root->count);
	return root->children[index];
}

static void assert_node(const struct node *node, const char *text, int line, int column)
{
	assert_int_equal(node->kind, NODE_SCALAR);
	assert_string_equal(node->text, text);
	assert_int_equal(node->where.line, line);
	assert_int_equal(node->where.column, column);
	assert_string_equal(node->where.file, "test.yaml");
}

static void test_places(void **state)
{
	struct tree *tree = read_yaml("ưu: {tiên: ngôi, đất: \"nhà\"}\nb:\n  - x\n");
	assert_non_null(tree);
	const struct node *map = child(tree, 0);
	assert_int_equal(map->kind, NODE_MAP);
	assert_string_equal(map->key, "ưu");
	assert_int_equal(map->count, 2);
	assert_node(map->children[0], "ngôi", 1, 12);
	assert_false(map->children[0]->quoted);
	assert_node(map->children[1], "nhà", 1, 23);
	assert_true(map->children[1]->quoted);
	assert_int_equal(map->children[1]->key_where.column, 18);
	const struct node *list = child(tree, 1);
	assert_int_equal(list->kind, NODE_LIST);
	assert_node(list->children[0], "x", 3, 5);
	/* The place within a text: `à` of nhà stands behind the quote and two letters. */
	assert_int_equal(node_text_place(map->children[1], 2).column, 26);
	tree_destroy(tree);
}

static void test_normalised(void **state)
{
	struct tree *tree = read_yaml("a: e\xcc\x82\xcc\x81\nb: \xe1\xba\xbf\n");
	assert_string_equal(child(tree, 0)->text, "\xe1\xba\xbf");
	assert_true(child(tree, 0)->was_nfd);
	assert_false(child(tree, 1)->was_nfd);
	tree_destroy(tree);
}

static void test_line_ends(void **state)
{
	struct tree *tree = read_yaml("a: 1\r\nb: 2\rc: 3\n");
	assert_int_equal(child(tree, 1)->where.line, 2);
	assert_int_equal(child(tree, 2)->where.line, 3);
	assert_string_equal(child(tree, 1)->text, "2");
	tree_destroy(tree);
}

/* What comes before a syntax error is there to be checked; what it interrupts is not. */
static void test_truncated(void **state)
{
	struct tree *tree = read_yaml("a: 1\nb:\n  c: {d: 1}\n  e: {f: 1\ng: 2\n");
	assert_non_null(tree);
	assert_true(tree_truncated(tree));
	assert_int_equal(diags.errors, 1);
	assert_int_equal(tree_root(tree)->count, 2);
	assert_int_equal(child(tree, 1)->count, 1);
	assert_string_equal(child(tree, 1)->children[0]->key, "c");
	tree_destroy(tree);
}

static int64_t cpu_time(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* libyaml's document interface needs 22 s for the first of these; CPU time, so that a busy machine does not count. */
static void test_hostile(void **state)
{
	static const char *const pieces[] = {
		"[", "{", "- ", "? ", "[{a: ", "&a [", "a: {", "\"\\", "!!a ", "- - [", "'", "|\n"};
	enum { SIZE = 100000 };
	char *text = xmalloc(SIZE);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		size_t length = strlen(pieces[i]);
		for (size_t at = 0; at < SIZE; at++)
			text[at] = pieces[i][at % length];
		size_t errors = diags.errors;
		int64_t start = cpu_time();
		tree_destroy(conf_read_yaml("test.yaml", text, SIZE, NULL, &diags));
		int64_t spent = cpu_time() - start;
		assert_true(diags.errors > errors);
		if (spent > 100000000)
			fail_msg("100 KB of `%s` took %lld ms", pieces[i], (long long)spent / 1000000);
		start = cpu_time();
		tree_destroy(conf_read_libconfig("test.conf", text, SIZE, NULL, &diags));
		spent = cpu_time() - start;
		if (spent > 100000000)
			fail_msg("libconfig: 100 KB of `%s` took %lld ms", pieces[i],
				(long long)spent / 1000000);
	}
	free(text);
}

static void test_limits(void **state)
{
	struct conf_limits limits = {.bytes = 20, .depth = 3, .nodes = 4};
	assert_null(conf_read_yaml("test.yaml", "a: 123456789012345678", 21, &limits, &diags));
	assert_int_equal(diags.errors, 1);
	assert_int_equal(diags.items[0].where.line, 0);
	struct tree *tree = conf_read_yaml("test.yaml", "a: [[1]]", 8, &limits, &diags);
	assert_non_null(tree);
	assert_int_equal(diags.errors, 1);
	tree_destroy(tree);
	tree = conf_read_yaml("test.yaml", "a: [[[1]]]", 10, &limits, &diags);
	assert_true(tree_truncated(tree));
	assert_int_equal(diags.errors, 2);
	assert_int_equal(diags.items[1].where.column, 6);
	tree_destroy(tree);
	tree = conf_read_yaml("test.yaml", "a: [1,2,3,4,5]", 14, &limits, &diags);
	assert_int_equal(diags.errors, 3);
	assert_int_equal(diags.items[2].where.column, 9);
	tree_destroy(tree);
}

/* Not all of the buffer: what follows size is not read. */
static void test_no_terminator(void **state)
{
	struct tree *tree = conf_read_yaml("test.yaml", "a: b\n[[[", 5, NULL, &diags);
	assert_non_null(tree);
	assert_int_equal(diags.errors, 0);
	tree_destroy(tree);
	tree = conf_read_libconfig("test.conf", "a = 1;((((", 6, NULL, &diags);
	assert_non_null(tree);
	tree_destroy(tree);
}

static void test_libconfig(void **state)
{
	struct tree *tree = read_conf(
		"# first\na = 0x1F; b : -12L, c = [ \"x\", \"é\" \"y\" ]\ng = { e = 2.50 f = TRUE };\n");
	assert_non_null(tree);
	assert_string_equal(child(tree, 0)->text, "31");
	assert_string_equal(child(tree, 1)->text, "-12");
	assert_int_equal(child(tree, 1)->where.column, 15);
	const struct node *list = child(tree, 2);
	assert_string_equal(list->children[1]->text, "éy");
	assert_int_equal(list->children[1]->where.column, 32);
	const struct node *group = child(tree, 3);
	assert_string_equal(group->children[0]->text, "2.50");
	assert_string_equal(group->children[1]->text, "true");
	assert_int_equal(group->children[1]->key_where.column, 16);
	assert_int_equal(group->children[1]->where.line, 3);
	assert_int_equal(diags.count, 0);
	tree_destroy(tree);
}

/* A setting given twice does not hide what is wrong behind it. */
static void test_libconfig_duplicates(void **state)
{
	struct tree *tree = read_conf("a = 1; b = { x = 1; x = { y = 2; y = 3; }; }; a = \"\n\";\n");
	assert_null(tree);
	diag_finish(&diags);
	diag_init(&diags);
	tree = read_conf("a = 1; b = { x = 1; x = { y = 2; y = 3; }; z = 4; }; a = 5; c = 6;");
	assert_non_null(tree);
	assert_int_equal(diags.errors, 3);
	assert_int_equal(tree_root(tree)->count, 3);
	assert_string_equal(child(tree, 0)->text, "1");
	assert_int_equal(child(tree, 1)->count, 2);
	assert_string_equal(child(tree, 1)->children[1]->key, "z");
	assert_int_equal(child(tree, 1)->children[1]->key_where.column, 44);
	tree_destroy(tree);
}

static void test_getters(void **state)
{
	struct tree *tree = read_yaml("i: 42\nn: 2.5\nb: true\nl: 1m30s\nc: \"#0aF\"\nt: x\nw: two\n");
	struct check check = {.diags = &diags};
	struct node *root = tree_root(tree);
	static const char *const words[] = {"one", "two"};
	int64_t number = 7, duration;
	double decimal;
	bool truth = false;
	uint32_t colour = 5;
	const char *text;
	int word;
	assert_true(check_int(&check, root, "i", CHECK_REQUIRED, 0, 42, &number));
	assert_int_equal(number, 42);
	assert_true(check_number(&check, root, "n", CHECK_REQUIRED, 0, 3, &decimal));
	assert_true(decimal > 2.49 && decimal < 2.51);
	assert_true(check_bool(&check, root, "b", CHECK_REQUIRED, &truth));
	assert_true(truth);
	assert_true(check_duration(&check, root, "l", CHECK_REQUIRED, 0, NS_PER_HOUR, &duration));
	assert_int_equal(duration, 90 * NS_PER_SEC);
	assert_true(check_word(&check, root, "w", CHECK_REQUIRED, words, 2, &word));
	assert_int_equal(word, 1);
	assert_true(check_text(&check, root, "t", CHECK_REQUIRED, &text));
	assert_int_equal(diags.count, 0);
	assert_false(check_int(&check, root, "absent", CHECK_OPTIONAL, 0, 1, &number));
	assert_int_equal(diags.count, 0);
	assert_int_equal(number, 42);
	assert_false(check_int(&check, root, "absent", CHECK_REQUIRED, 0, 1, &number));
	assert_int_equal(diags.count, 1);
	assert_false(check_colour(&check, root, "c", CHECK_REQUIRED, &colour));
	assert_int_equal(colour, 5);
	assert_false(check_int(&check, root, "i", CHECK_REQUIRED, 0, 41, &number));
	assert_int_equal(number, 42);
	assert_int_equal(diags.count, 3);
	check_done(&check, root, "the test");
	assert_int_equal(diags.count, 3);
	tree_destroy(tree);
}

static void expect_message(size_t index, const char *part)
{
	assert_true(index < diags.count);
	if (!strstr(diags.items[index].message, part))
		fail_msg("`%s` is not in `%s`", part, diags.items[index].message);
}

static void test_unknown_keys(void **state)
{
	struct tree *tree = read_yaml("prioritty: 1\nzzzzzz: 2\ninner: {colr: 3}\n");
	struct check check = {.diags = &diags};
	struct node *root = tree_root(tree);
	int64_t number;
	uint32_t colour;
	check_int(&check, root, "priority", CHECK_OPTIONAL, 0, 9, &number);
	struct node *inner = check_map(&check, root, "inner", CHECK_OPTIONAL);
	check_colour(&check, inner, "colour", CHECK_OPTIONAL, &colour);
	check_done(&check, inner, "the inner map");
	check_done(&check, root, "the outer map");
	assert_int_equal(diags.count, 3);
	expect_message(0, "unknown key `colr` in the inner map; did you mean `colour`?");
	expect_message(1, "unknown key `prioritty` in the outer map; did you mean `priority`?");
	expect_message(2, "unknown key `zzzzzz` in the outer map; delete it");
	tree_destroy(tree);
}

/* Numbers that other readers would cut, round or take for another base. */
static void test_numbers(void **state)
{
	static const char *const bad[] = {
		"", "x", "1x", "0x10", "+1", " 1", "1_000", "1e3", "99999999999999999999", "-", "1.0", "١"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[64];
		snprintf(text, sizeof text, "a: \"%s\"\n", bad[i]);
		struct tree *tree = read_yaml(text);
		struct check check = {.diags = &diags};
		int64_t number = -7;
		assert_false(check_int(&check, tree_root(tree), "a", CHECK_REQUIRED, 0, 1000, &number));
		assert_int_equal(number, -7);
		assert_int_equal(diags.errors, i + 1);
		tree_destroy(tree);
	}
}

static void test_excerpt(void **state)
{
	assert_string_equal(check_excerpt("ngắn"), "ngắn");
	assert_string_equal(check_excerpt("dòng\nhai"), "dòng…");
	char text[200] = "";
	for (int i = 0; i < 41; i++)
		memcpy(text + 3 * i, "ế", sizeof "ế");
	assert_int_equal(strlen(check_excerpt(text)), 40 * 3 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_places, setup, teardown),
		cmocka_unit_test_setup_teardown(test_normalised, setup, teardown),
		cmocka_unit_test_setup_teardown(test_line_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_terminator, setup, teardown),
		cmocka_unit_test_setup_teardown(test_libconfig, setup, teardown),
		cmocka_unit_test_setup_teardown(test_libconfig_duplicates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_getters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_excerpt, setup, teardown),
	};
	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
