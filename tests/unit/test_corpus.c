/* Every file of tests/corpus: what is good loads, what is broken is refused with the right words at the right place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "playlist/catalogue.h"

struct corpus_file {
	char *directory, *name;
	bool on_site; /* together with province.yaml, for the site of site.conf */
	bool good;
};

static const char *corpus(void)
{
	const char *path = getenv("BANGTIN_CORPUS");
	return path ? path : "tests/corpus";
}

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text), end = strlen(with);
	return length >= end && strcmp(text + length - end, with) == 0;
}

static char *read_corpus(const char *path, size_t *ret_size)
{
	char *data;
	if (file_read(path, 1 << 20, &data, ret_size) < 0)
		fail_msg("cannot read %s", path);
	return data;
}

/* Whether what was found is the line of .expect: place, severity, beginning of the message. */
static bool agrees(const struct diag *diag, const char *expected)
{
	int line, column, used = 0;
	char severity[16];
	if (sscanf(expected, "%d:%d %15s %n", &line, &column, severity, &used) != 3)
		return false;
	return line == diag->where.line && column == diag->where.column &&
	       strcmp(severity, diag->severity == DIAG_ERROR ? "error" : "warning") == 0 &&
	       strncmp(diag->message, expected + used, strlen(expected + used)) == 0;
}

static void compare(const struct diag_list *diags, const char *path)
{
	char *stem = xstrndup(path, (size_t)(strrchr(path, '.') - path));
	char *name = xasprintf("%s.expect", stem);
	char *expected = NULL;
	size_t size, at = 0;
	if (file_read(name, 1 << 20, &expected, &size) < 0)
		expected = xstrdup("");
	for (char *rest, *line = strtok_r(expected, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest), at++)
		if (at >= diags->count || !agrees(&diags->items[at], line))
			fail_msg("%s: expected: %s\nfound:\n%s", path, line, diag_text(diags));
	if (at != diags->count)
		fail_msg("%s: more found than expected:\n%s", path, diag_text(diags));
	free(expected);
	free(name);
	free(stem);
}

static bool load_playlist(const char *path, bool on_site, struct diag_list *diags)
{
	struct source_file files[2] = {{.unit = "corpus", .name = "corpus/file.yaml", .path = path}};
	char *province = xasprintf("%s/province.yaml", corpus()), *conf = xasprintf("%s/site.conf", corpus());
	struct site *site = on_site ? site_read(conf, diags) : NULL;
	files[0].data = read_corpus(path, &files[0].size);
	if (on_site) {
		files[1] = (struct source_file){.unit = "province", .name = "province/province.yaml"};
		files[1].data = read_corpus(province, &files[1].size);
	}
	struct catalogue *catalogue = catalogue_build(site, files, on_site ? 2 : 1, diags);
	bool good = catalogue != NULL;
	catalogue_unref(catalogue);
	free((char *)files[0].data);
	free((char *)files[1].data);
	site_destroy(site);
	free(province);
	free(conf);
	return good;
}

static void test_file(void **state)
{
	const struct corpus_file *file = *state;
	char *path = xasprintf("%s/%s", file->directory, file->name);
	struct diag_list diags;
	diag_init(&diags);
	bool good;
	if (ends(path, ".conf")) {
		struct site *site = site_read(path, &diags);
		good = site != NULL;
		site_destroy(site);
	} else {
		good = load_playlist(path, file->on_site, &diags);
	}
	diag_sort(&diags);
	assert_int_equal(good, file->good);
	assert_int_equal(diags.errors == 0, file->good);
	compare(&diags, path);
	diag_finish(&diags);
	free(path);
}

static void add_files(
	struct CMUnitTest *tests, size_t *count, size_t most, const char *below, bool on_site, bool good)
{
	char *directory = xasprintf("%s/%s", corpus(), below);
	struct dirent **entries;
	int found = scandir(directory, &entries, NULL, alphasort);
	if (found < 0)
		fail_msg("cannot read %s", directory);
	for (int i = 0; i < found; i++) {
		const char *name = entries[i]->d_name;
		if ((ends(name, ".yaml") || ends(name, ".conf")) && *count < most) {
			struct corpus_file *file = xcalloc(1, sizeof *file);
			*file = (struct corpus_file){xstrdup(directory), xstrdup(name), on_site, good};
			tests[(*count)++] = (struct CMUnitTest){.name = xasprintf("%s/%s", below, name),
				.test_func = test_file,
				.initial_state = file};
		}
		free(entries[i]);
	}
	free(entries);
	free(directory);
}

int main(void)
{
	enum { TESTS_MOST = 1000 };
	static struct CMUnitTest tests[TESTS_MOST];
	size_t count = 0;
	add_files(tests, &count, TESTS_MOST, "good", true, true);
	add_files(tests, &count, TESTS_MOST, "broken", false, false);
	add_files(tests, &count, TESTS_MOST, "broken-on-site", true, false);
	int failed = _cmocka_run_group_tests("corpus", tests, count, NULL, NULL);
	for (size_t i = 0; i < count; i++) {
		struct corpus_file *file = tests[i].initial_state;
		free(file->directory);
		free(file->name);
		free(file);
		free((char *)tests[i].name);
	}
	return failed;
}
