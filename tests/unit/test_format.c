/* Formatting: cases one by one, then every file of the corpus and of the samples, as it is and made ugly in several
 * ways: what it says to the loader, its comments and their order stay; a second run changes nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "conf/format.h"

static char *format(const char *text, size_t size, size_t *ret_size, struct diag_list *diags)
{
	diag_init(diags);
	return conf_format_yaml("x.yaml", text, size, diags, ret_size);
}

static void expect(const char *text, const char *wanted)
{
	struct diag_list diags;
	size_t size;
	char *made = format(text, strlen(text), &size, &diags);
	if (!made)
		fail_msg("refused: %s", diag_text(&diags));
	made = xrealloc(made, size + 1, 1);
	made[size] = '\0';
	assert_string_equal(made, wanted);
	free(made);
	diag_finish(&diags);
}

static void test_spaces(void **state)
{
	expect("a:   1\n", "a: 1\n");
	expect("a : 1", "a: 1\n");
	expect("a: [ 1 ,2,  3 ]\nb: { c:  d ,e: f}\n", "a: [1, 2, 3]\nb: {c: d, e: f}\n");
	expect("a: [1, 2,]\nb: {}\nc: [ ]\n", "a: [1, 2,]\nb: {}\nc: []\n");
	expect("a: {\"b\":1, c: , d: ''}\n", "a: {\"b\": 1, c: , d: ''}\n");
	expect("a:\n-   1\n-    b:  2\n     c:   3\n", "a:\n  - 1\n  - b: 2\n    c: 3\n");
	expect("a: b  \nc: d\t\n", "a: b\nc: d\n");
	expect("\n\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n");
	expect("\xef\xbb\xbf"
	       "a: 1\r\nb:   2\r\n",
		"a: 1\nb: 2\n");
	expect("---\na:  1\n", "---\na: 1\n");
}

static void test_indentation(void **state)
{
	expect("a:\n      b:\n         c: 1\n", "a:\n  b:\n    c: 1\n");
	expect("a:\n- b\n- c\nd: 1\n", "a:\n  - b\n  - c\nd: 1\n");
	expect("a:\n -\n   b: 1\n   c: 2\n", "a:\n  -\n    b: 1\n    c: 2\n");
	expect("a:\n    - - 1\n      - 2\n", "a:\n  - - 1\n    - 2\n");
	expect("a:\n      b\n", "a:\n  b\n");
	expect("a:\n - b: [1,\n      2]\n", "a:\n  - b: [1,\n       2]\n");
	expect("? a\n: 1\n", "? a\n: 1\n");
}

static void test_comments(void **state)
{
	expect("#x\na: 1 #y\nb:  2    # z  \n", "#x\na: 1 #y\nb: 2    # z\n");
	expect("a:\n    # of b\n    b: 1\n    # the end of a\n# of c\nc: 1\n",
		"a:\n  # of b\n  b: 1\n  # the end of a\n# of c\nc: 1\n");
	expect("a:\n-  b: 1\n   # in it\n# between\n-  b: 2\n",
		"a:\n  - b: 1\n    # in it\n  # between\n  - b: 2\n");
	expect("a: [ # one\n  1,   # two\n  # three\n  2 ]\n", "a: [ # one\n  1,   # two\n  # three\n  2]\n");
	expect("a:   # about a\n     b: 1\n", "a:   # about a\n  b: 1\n");
	expect("a: 1\n\n# last\n\n", "a: 1\n\n# last\n");
	expect("a: \"# none\" # one\n", "a: \"# none\" # one\n");
}

static void test_texts(void **state)
{
	expect("a:\n    b: |\n        x\n          y \n\n        z\n    c: 1\n",
		"a:\n  b: |\n    x\n      y \n\n    z\n  c: 1\n");
	expect("a: |2\n      x\n    y\n", "a: |2\n      x\n    y\n");
	expect("a:\n    b: |2\n          x\n        y\n", "a:\n  b: |2\n        x\n      y\n");
	expect("a: >-   # folded\n      x\n      y\n\n\n\nb: 1\n", "a: >-   # folded\n  x\n  y\n\nb: 1\n");
	expect("a: |+\n   x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n");
	expect("a: |\n   x", "a: |\n  x"); /* no line break at its end */
	expect("a:\n    b: one\n      two\n    c: 'three\n\n      four'\n",
		"a:\n  b: one\n    two\n  c: 'three\n\n    four'\n");
	expect("a: M\u00e3\u00a0 s\u1ed1\n", "a: M\u00e3\u00a0 s\u1ed1\n");
	expect("a: |\n   # no comment\n   x\n  # a comment\nb: 1\n",
		"a: |\n  # no comment\n  x\n# a comment\nb: 1\n");
}

static void test_broken(void **state)
{
	static const char *const texts[] = {"", "# nothing\n", "a: [1\n", "a: 1\na: 2\n", "a: &b 1\n",
		"- a\n", "a: \xff\n", "a: 1\n--- \nb: 2\n", "a:\n\t- b\n"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct diag_list diags;
		size_t size;
		assert_null(format(texts[i], strlen(texts[i]), &size, &diags));
		assert_true(diags.errors > 0);
		assert_true(diags.items[0].where.line > 0);
		diag_finish(&diags);
	}
}

/* --- every file there is */

static void compare_nodes(const struct node *a, const struct node *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->quoted, b->quoted);
	assert_true((a->key == NULL) == (b->key == NULL));
	if (a->key)
		assert_string_equal(a->key, b->key);
	if (a->kind == NODE_SCALAR)
		assert_string_equal(a->text, b->text);
	for (size_t i = 0; i < a->count; i++)
		compare_nodes(a->children[i], b->children[i]);
}

/* What follows a # in each line that has one, in order and without its blanks: comments, and texts with a # in them. */
static char *hashes(const char *text, size_t size)
{
	char *found = NULL;
	size_t length;
	FILE *to = open_memstream(&found, &length);
	for (const char *at = text, *end = text + size; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop : end;
		const char *hash = memchr(at, '#', (size_t)(stop - at)), *last = stop;
		while (hash && last > hash && (last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r'))
			last--;
		for (; hash && hash < last; hash++)
			if (*hash != ' ')
				fputc(*hash, to);
		if (hash)
			fputc('\n', to);
		at = stop + 1;
	}
	fclose(to);
	return found;
}

static struct tree *read_tree(const char *text, size_t size, bool *ret_good)
{
	struct diag_list diags;
	diag_init(&diags);
	struct tree *tree = conf_read_yaml("x.yaml", text, size, NULL, &diags);
	*ret_good = tree && diags.errors == 0;
	diag_finish(&diags);
	return tree;
}

/* Whether it could be read. */
static bool check_text(const char *text, size_t size, const char *name)
{
	struct diag_list diags, again;
	size_t made_size, twice_size;
	bool good, good_after;
	struct tree *tree = read_tree(text, size, &good);
	char *made = format(text, size, &made_size, &diags);
	if (!made != !good)
		fail_msg("%s: %s", name, diag_text(&diags));
	if (made) {
		struct tree *after = read_tree(made, made_size, &good_after);
		char *twice = format(made, made_size, &twice_size, &again);
		char *before_hashes = hashes(text, size), *after_hashes = hashes(made, made_size);
		assert_true(good_after);
		compare_nodes(tree_root(tree), tree_root(after));
		assert_string_equal(before_hashes, after_hashes);
		if (twice_size != made_size || memcmp(twice, made, made_size) != 0)
			fail_msg("%s: twice is not once:\n%.*s\n%.*s", name, (int)made_size, made,
				(int)twice_size, twice);
		free(before_hashes);
		free(after_hashes);
		free(twice);
		diag_finish(&again);
		tree_destroy(after);
	}
	tree_destroy(tree);
	free(made);
	diag_finish(&diags);
	return good;
}

enum ugliness { UGLY_NOT, UGLY_LINE_ENDS, UGLY_DEEPER, UGLY_WIDER, UGLY_BLANKS, UGLY_COMMENTS, UGLY_KINDS };

/* Texts of several lines may change by it: it is another file, that the same is asked of. */
static char *make_ugly(const char *text, size_t size, enum ugliness how, size_t *ret_size)
{
	char *made = NULL;
	FILE *to = open_memstream(&made, ret_size);
	bool begins = true;
	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		if (how == UGLY_LINE_ENDS && c == '\n' && (i == 0 || text[i - 1] != '\r'))
			fputc('\r', to);
		if (how == UGLY_DEEPER && begins && c == ' ')
			fputs("  ", to);
		if (how == UGLY_BLANKS && c == '\n')
			fputs("  \n \n", to);
		if (how == UGLY_COMMENTS && c == '\n' && i % 3 == 0)
			fputs(" # b\u00ean c\u1ea1nh\n   # d\u01b0\u1edbi", to);
		fputc(c, to);
		if (how == UGLY_WIDER && (c == ':' || c == ',' || c == '[' || c == '{') && i + 1 < size &&
			text[i + 1] == ' ')
			fputs("  ", to);
		begins = c == '\n' || (begins && c == ' ');
	}
	fclose(to);
	return made;
}

static void test_all_files(void **state)
{
	static const char *const patterns[] = {
		"tests/corpus/*/*.yaml", "tests/corpus/*.yaml", "playlists/*/*.yaml"};
	glob_t files = {0};
	int good = 0, all = 0;
	for (size_t i = 0; i < 3; i++)
		glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &files);
	assert_true(files.gl_pathc > 100);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		char *data;
		size_t size;
		if (file_read(files.gl_pathv[i], 1 << 20, &data, &size) < 0)
			fail_msg("%s", files.gl_pathv[i]);
		for (enum ugliness how = UGLY_NOT; how < UGLY_KINDS; how++, all++) {
			size_t ugly_size;
			char *ugly = make_ugly(data, size, how, &ugly_size);
			good += check_text(ugly, ugly_size, files.gl_pathv[i]);
			free(ugly);
		}
		free(data);
	}
	print_message("%d files, %d of them could be read\n", all, good);
	assert_true(good > 400);
	globfree(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spaces),
		cmocka_unit_test(test_indentation),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_all_files),
	};
	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
