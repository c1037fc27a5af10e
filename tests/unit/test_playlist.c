/* The catalogue: what is built from good files; what is refused stands in tests/corpus. And the finding of files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "playlist/catalogue.h"

static const char site_text[] = "site = { name = \"x\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ( "
				"\"province\", { name = \"tan-an\"; max-priority = 5; } ); };\n"
				"displays = ( { name = \"a\"; tags = [ \"led\" ]; size = \"64x16\"; driver = "
				"{ name = \"null\"; }; } );\n";

#define PROVINCE "bangtin: 1\nunit: province\n"
#define TAN_AN	 "bangtin: 1\nunit: tan-an\n"

static struct diag_list diags;
static struct site *site;

static int setup(void **state)
{
	diag_init(&diags);
	site = site_parse("site.conf", site_text, strlen(site_text), "/", &diags);
	return site ? 0 : -1;
}

static int teardown(void **state)
{
	site_destroy(site);
	diag_finish(&diags);
	return 0;
}

static struct source_file file(const char *unit, const char *name, const char *text)
{
	return (struct source_file){.unit = unit, .name = name, .data = text, .size = strlen(text)};
}

static struct catalogue *build(const char *province, const char *tan_an)
{
	/* The wrong way round: the site's order counts. */
	struct source_file files[] = {
		file("tan-an", "tan-an/a.yaml", tan_an), file("province", "province/a.yaml", province)};
	return catalogue_build(site, files, 2, &diags);
}

static struct catalogue *build_good(const char *province, const char *tan_an)
{
	struct catalogue *catalogue = build(province, tan_an);
	if (!catalogue)
		fail_msg("%s", diag_text(&diags));
	return catalogue;
}

static void expect_error(const char *file_name, int line, int column, const char *part)
{
	for (size_t i = 0; i < diags.count; i++) {
		const struct diag *diag = &diags.items[i];
		if (strcmp(diag->where.file, file_name) == 0 && diag->where.line == line &&
			diag->where.column == column && strstr(diag->message, part))
			return;
	}
	fail_msg("%s:%d:%d: %s is not in:\n%s", file_name, line, column, part, diag_text(&diags));
}

static void test_messages(void **state)
{
	struct catalogue *catalogue = build_good(PROVINCE
		"messages:\n"
		"  a:\n"
		"    text: |\n"
		"      Dòng một\n"
		"      Dòng hai {{và}}\n"
		"    short: [Dòng một, Dòng]\n"
		"    until: 2026-12-31\n"
		"  b: {text: \"  Xin chào  \", until: 2026-12-31 17:00, lang: en, qr: \"https://x\"}\n",
		TAN_AN
		"messages:\n  a: {text: Tân An}\nschedule:\n"
		"  - {show: a, on: led}\n  - {show: province/a, on: led}\n  - {show: province/b, on: all}\n");
	assert_int_equal(catalogue->message_count, 3);
	const struct message *a = catalogue_message(catalogue, "province/a");
	assert_non_null(a);
	assert_string_equal(a->text, "Dòng một\nDòng hai {và}");
	assert_int_equal(a->short_count, 2);
	assert_string_equal(a->shorts[1], "Dòng");
	assert_string_equal(a->lang, "vi");
	assert_null(a->qr);
	/* The end of 31 December in Vietnam is 17:00 UTC. */
	assert_int_equal(a->until, INT64_C(1798736400) * NS_PER_SEC);
	assert_int_equal(a->where.line, 4);
	assert_int_equal(a->where.column, 3);
	assert_int_equal(a->text_where.line, 5);
	const struct message *b = catalogue_message(catalogue, "province/b");
	assert_string_equal(b->text, "Xin chào");
	assert_int_equal(b->until, INT64_C(1798711200) * NS_PER_SEC);
	assert_string_equal(b->qr, "https://x");
	assert_string_equal(catalogue_message(catalogue, "tan-an/a")->text, "Tân An");
	assert_int_equal(catalogue_message(catalogue, "tan-an/a")->until, TIME_NEVER);
	assert_null(catalogue_message(catalogue, "a"));
	assert_null(catalogue_message(catalogue, "tan-an/b"));
	for (size_t i = 0; i < catalogue->message_count; i++)
		assert_int_equal(catalogue->messages[i]->index, i);
	assert_string_equal(catalogue->messages[0]->unit, "province");
	assert_string_equal(catalogue->entries[2]->on[0], "*");
	catalogue_unref(catalogue);
}

static void test_styles(void **state)
{
	struct catalogue *catalogue = build_good(PROVINCE
		"styles:\n"
		"  child: {based-on: parent, speed: 60}\n" /* before its base */
		"  parent: {based-on: root, bold: true, colour: red, align: left}\n"
		"  root: {speed: 10, page-time: 8s, colour: blue, background: \"#010203\"}\n"
		"messages:\n"
		"  a: {text: x, style: child}\n"
		"  b: {text: x}\n",
		TAN_AN "styles:\n  own: {based-on: province/child, bold: false, size: 24}\n"
		       "messages:\n  c: {text: x, style: own}\nschedule:\n  - {show: c, on: led}\n");
	const struct style *a = catalogue_message(catalogue, "province/a")->style;
	assert_string_equal(a->name, "child");
	assert_int_equal(a->speed, 60);
	assert_true(a->bold);
	assert_int_equal(a->colour, 0xff0000);
	assert_int_equal(a->background, 0x010203);
	assert_true(a->background_set);
	assert_int_equal(a->page_time, 8 * NS_PER_SEC);
	assert_int_equal(a->align, ALIGN_START);
	assert_int_equal(a->valign, ALIGN_CENTRE);
	const struct style *b = catalogue_message(catalogue, "province/b")->style;
	assert_string_equal(b->font, "");
	assert_false(b->colour_set);
	assert_int_equal(b->speed, 40);
	const struct style *c = catalogue_message(catalogue, "tan-an/c")->style;
	assert_false(c->bold);
	assert_int_equal(c->size, 24);
	assert_int_equal(c->speed, 60);
	assert_int_equal(c->colour, 0xff0000);
	catalogue_unref(catalogue);
}

static void test_items(void **state)
{
	struct catalogue *catalogue =
		build_good(PROVINCE "messages:\n  a: {text: x}\n  b: {text: y}\n"
				    "playlists:\n  p:\n    - {show: a, for: 20s, enter: scroll-left}\n    - "
				    "{show: b, passes: 3, enter: page}\n",
			TAN_AN "schedule:\n  - {play: province/p, on: led}\n  - {show: province/a, on: led, "
			       "enter: scroll-up, for: 250ms}\n");
	assert_int_equal(catalogue->item_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(catalogue->items[i]->index, i);
	const struct playlist *p = catalogue->entries[0]->playlist;
	assert_int_equal(p->item_count, 2);
	assert_ptr_equal(p->items[0], catalogue->items[0]);
	assert_int_equal(p->items[0]->duration, 20 * NS_PER_SEC);
	assert_int_equal(p->items[0]->motion, MOTION_SCROLL_LEFT);
	assert_int_equal(p->items[0]->passes, 1);
	assert_int_equal(p->items[1]->duration, 0);
	assert_int_equal(p->items[1]->passes, 3);
	assert_int_equal(p->items[1]->motion, MOTION_PAGE);
	const struct playlist *show = catalogue->entries[1]->playlist;
	assert_int_equal(show->item_count, 1);
	assert_int_equal(show->items[0]->motion, MOTION_SCROLL_UP);
	assert_int_equal(show->items[0]->duration, 250 * NS_PER_MS);
	catalogue_unref(catalogue);
}

static void test_entries(void **state)
{
	struct catalogue *catalogue =
		build_good(PROVINCE "messages:\n  a: {text: x}\n"
				    "schedule:\n"
				    "  - {show: a, on: [led, a], days: [mon, wed..fri], hours: "
				    "[\"21:00-02:00\", 07:00-11:30], priority: 70}\n"
				    "  - {show: a, on: led, from: 2026-01-01, until: 2026-12-31, except: "
				    "[2026-09-02, 2026-02-16..2026-02-20], required: true}\n"
				    "  - {show: a, on: led, days: sat..mon, name: cuoi-tuan}\n",
			TAN_AN "schedule:\n  - {show: province/a, on: led, days: weekend}\n  - {show: "
			       "province/a, on: led}\n");
	assert_int_equal(catalogue->entry_count, 5);
	const struct entry *first = catalogue->entries[0], *second = catalogue->entries[1];
	assert_string_equal(first->id, "province/a#1");
	assert_string_equal(first->unit, "province");
	assert_int_equal(first->on_count, 2);
	assert_int_equal(first->weekdays, 1 | 4 | 8 | 16);
	assert_int_equal(first->hours_count, 2);
	assert_int_equal(first->hours[0].start, 7 * 3600);
	assert_int_equal(first->hours[1].start, 21 * 3600);
	assert_int_equal(first->hours[1].end, 26 * 3600);
	assert_int_equal(first->from, DAY_NONE);
	assert_int_equal(first->priority, 70);
	assert_false(first->required);
	assert_string_equal(second->id, "province/a#2");
	assert_int_equal(second->weekdays, 127);
	assert_int_equal(second->hours_count, 1);
	assert_int_equal(second->hours[0].end, 86400);
	assert_int_equal(second->from, day_from_date(2026, 1, 1));
	assert_int_equal(second->until, day_from_date(2026, 12, 31));
	assert_int_equal(second->except_count, 2);
	assert_int_equal(second->except[0].last, day_from_date(2026, 9, 2));
	assert_int_equal(second->except[1].last, day_from_date(2026, 2, 20));
	assert_true(second->required);
	assert_int_equal(second->priority, 10);
	assert_string_equal(catalogue->entries[2]->id, "province/cuoi-tuan");
	assert_int_equal(catalogue->entries[2]->weekdays, 1 | 32 | 64);
	assert_string_equal(catalogue->entries[3]->id, "tan-an/province/a#1");
	assert_string_equal(catalogue->entries[4]->id, "tan-an/province/a#2");
	assert_int_equal(
		catalogue->entries[4]->priority, 5); /* what the site grants is less than the standard */
	for (size_t i = 0; i < catalogue->entry_count; i++)
		assert_int_equal(catalogue->entries[i]->index, i);
	catalogue_unref(catalogue);
}

static void test_skip(void **state)
{
	struct catalogue *catalogue = build_good(PROVINCE "messages:\n  a: {text: x}\n"
							  "schedule:\n  - {show: a, on: led}\n  - {show: a, "
							  "on: led, name: trua}\n  - {show: a, on: led}\n",
		TAN_AN "schedule:\n  - skip: province/trua\n  - skip: province/a#2\n  - {show: province/a, "
		       "on: led}\n");
	assert_int_equal(catalogue->entry_count, 2);
	assert_string_equal(catalogue->entries[0]->id, "province/a#1");
	assert_string_equal(catalogue->entries[1]->id, "tan-an/province/a#1");
	assert_int_equal(catalogue->entries[1]->index, 1);
	catalogue_unref(catalogue);
}

/* One run tells of every file, and a name that a broken file may hold is not reported as missing. */
static void test_all_errors(void **state)
{
	struct source_file files[] = {
		file("tan-an", "tan-an/b.yaml",
			TAN_AN "schedule:\n  - {show: a, on: led}\n  - {show: province/a, on: ledd}\n"),
		file("tan-an", "tan-an/a.yaml",
			TAN_AN "messages:\n  b: {text: x, stile: y}\n  a: {text: \"x}\n"),
		file("province", "province/a.yaml", PROVINCE "messages: []\n"),
	};
	assert_null(catalogue_build(site, files, 3, &diags));
	assert_int_equal(diags.errors, 5);
	expect_error("tan-an/a.yaml", 4, 16, "unknown key `stile`");
	expect_error("tan-an/a.yaml", 5, 13, "never closed");
	expect_error("tan-an/b.yaml", 5, 28, "`ledd`");
	expect_error("tan-an/b.yaml", 5, 12, "unit province has no message `a`");
	expect_error("province/a.yaml", 3, 11, "must be a map");
}

static void test_duplicates_over_files(void **state)
{
	struct source_file files[] = {
		file("province", "province/b.yaml", PROVINCE "messages:\n  a: {text: y}\n"),
		file("province", "province/a.yaml", PROVINCE "messages:\n  a: {text: x}\n"),
	};
	assert_null(catalogue_build(site, files, 2, &diags));
	assert_int_equal(diags.errors, 1);
	expect_error("province/b.yaml", 4, 3, "the first is at province/a.yaml:4");
}

static void test_units(void **state)
{
	/* Another unit's file is not this site's. */
	struct source_file files[] = {
		file("province", "province/a.yaml", PROVINCE),
		file("can-giuoc", "can-giuoc/a.yaml", "{"),
	};
	struct catalogue *catalogue = catalogue_build(site, files, 2, &diags);
	assert_non_null(catalogue);
	assert_int_equal(diags.count, 0);
	catalogue_unref(catalogue);
	assert_null(catalogue_build(site, files + 1, 1, &diags));
	assert_int_equal(diags.errors, 1);
	assert_null(catalogue_build(site, NULL, 0, &diags));
	assert_int_equal(diags.errors, 2);
}

/* The province's entry for displays that this site has none of is no fault; a unit's own is. */
static void test_targets(void **state)
{
	struct catalogue *catalogue = build_good(PROVINCE
		"messages:\n  a: {text: x}\nschedule:\n  - {show: a, on: [kiosk, big-screen]}\n",
		TAN_AN);
	assert_int_equal(diags.count, 0);
	assert_int_equal(catalogue->entry_count, 1);
	assert_int_equal(catalogue->entries[0]->on_count, 2);
	catalogue_unref(catalogue);
	catalogue = build_good(
		PROVINCE "messages:\n  a: {text: x}\nschedule:\n  - {show: a, on: leds}\n", TAN_AN);
	assert_int_equal(diags.count, 1);
	assert_int_equal(diags.items[0].severity, DIAG_WARNING);
	catalogue_unref(catalogue);
	assert_null(build(PROVINCE "messages:\n  a: {text: x}\n",
		TAN_AN "schedule:\n  - {show: province/a, on: kiosk}\n"));
	expect_error("tan-an/a.yaml", 4, 28, "no display has the name or tag `kiosk`");
}

/* Without a site nothing is known of displays and grants; other units are taken on trust. */
static void test_no_site(void **state)
{
	struct source_file alone = file("tan-an", "tan-an/a.yaml",
		TAN_AN "schedule:\n  - {show: province/a, on: what-ever, priority: 100}\n");
	struct catalogue *catalogue = catalogue_build(NULL, &alone, 1, &diags);
	assert_int_equal(diags.errors, 0);
	assert_int_equal(diags.count, 1);
	assert_non_null(strstr(diags.items[0].message, "not checked"));
	assert_non_null(catalogue);
	assert_int_equal(catalogue->entry_count, 0);
	catalogue_unref(catalogue);
}

static void test_names_as_paths(void **state)
{
	static const char *const bad[] = {"province/../x.yaml", "province/.yaml", "province/.a.yaml",
		"../a.yaml", "province/a b.yaml", "province/a.yml", "province/a/b.yaml", "tan-an/a.yaml",
		"province/a.yaml/", ""};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct source_file named = file("province", bad[i], PROVINCE);
		assert_null(catalogue_build(site, &named, 1, &diags));
		assert_int_equal(diags.errors, i + 1);
	}
}

static void test_unit_size(void **state)
{
	enum { COUNT = 65, SIZE = 256 * 1024 };
	char *text = xmalloc(SIZE);
	int length = snprintf(text, SIZE, "%s", PROVINCE);
	memset(text + length, '\n', (size_t)(SIZE - length));
	struct source_file files[COUNT];
	char names[COUNT][32];
	for (int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof names[i], "province/%02d.yaml", i);
		files[i] = (struct source_file){
			.unit = "province", .name = names[i], .data = text, .size = SIZE};
	}
	struct catalogue *catalogue = catalogue_build(site, files, COUNT - 1, &diags);
	assert_non_null(catalogue);
	catalogue_unref(catalogue);
	assert_null(catalogue_build(site, files, COUNT, &diags));
	assert_int_equal(diags.errors, 1);
	expect_error("province/64.yaml", 0, 0, "more than 16 MiB");
	free(text);
}

static void test_references(void **state)
{
	struct catalogue *catalogue = build_good(PROVINCE, TAN_AN);
	assert_ptr_equal(catalogue_ref(catalogue), catalogue);
	catalogue_unref(catalogue);
	assert_int_equal(catalogue->references, 1);
	catalogue_unref(catalogue);
	catalogue_unref(NULL);
}

/* --- files --- */

static char directory[] = "/tmp/test_playlist.XXXXXX";

static char *below(const char *name)
{
	return path_join(directory, name);
}

static void put(const char *name, const char *text)
{
	char *path = below(name);
	FILE *stream = fopen(path, "w");
	assert_non_null(stream);
	fputs(text, stream);
	fclose(stream);
	free(path);
}

static void make_directory(const char *name)
{
	char *path = below(name);
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

static int setup_files(void **state)
{
	diag_init(&diags);
	memset(directory + strlen(directory) - 6, 'X', 6);
	return mkdtemp(directory) ? 0 : -1;
}

static int teardown_files(void **state)
{
	diag_finish(&diags);
	return file_remove_tree(directory);
}

static int read_below(const char *name, struct source_file **ret_files, size_t *ret_count)
{
	char *path = below(name);
	int result = sources_read(path, ret_files, ret_count, &diags);
	free(path);
	return result;
}

static void test_sources(void **state)
{
	struct source_file *files;
	size_t count;
	make_directory("tan-an");
	make_directory("province");
	put("bangtind.conf", "");
	put("tan-an/b.yaml", TAN_AN);
	put("tan-an/a.yaml", TAN_AN);
	put("tan-an/README", "");
	put("tan-an/.hidden.yaml", "");
	put("province/c.yaml", PROVINCE);
	assert_int_equal(read_below("", &files, &count), 0);
	assert_int_equal(count, 3);
	assert_string_equal(files[0].name, "province/c.yaml");
	assert_string_equal(files[0].unit, "province");
	assert_string_equal(files[1].name, "tan-an/a.yaml");
	assert_string_equal(files[2].name, "tan-an/b.yaml");
	assert_string_equal(files[2].data, TAN_AN);
	assert_int_equal(files[2].size, strlen(TAN_AN));
	sources_free(files, count);
	assert_int_equal(read_below("tan-an", &files, &count), 0);
	assert_int_equal(count, 2);
	assert_string_equal(files[1].name, "tan-an/b.yaml");
	assert_non_null(strstr(files[1].path, directory));
	sources_free(files, count);
	/* A file alone is of the unit that it names. */
	put("x.yaml", PROVINCE);
	assert_int_equal(read_below("x.yaml", &files, &count), 0);
	assert_int_equal(count, 1);
	assert_string_equal(files[0].unit, "province");
	assert_string_equal(files[0].name, "province/x.yaml");
	sources_free(files, count);
	assert_int_equal(diags.count, 0);
}

static void refuse(const char *name, const char *part)
{
	struct source_file *files = NULL;
	size_t count = 77, errors = diags.errors;
	assert_int_equal(read_below(name, &files, &count), -EINVAL);
	assert_null(files);
	assert_int_equal(count, 77);
	assert_int_equal(diags.errors, errors + 1);
	if (!strstr(diags.items[diags.count - 1].message, part))
		fail_msg("`%s` is not in `%s`", part, diags.items[diags.count - 1].message);
}

static void test_sources_refused(void **state)
{
	refuse("absent", "No such file");
	refuse("", "no playlist file");
	make_directory("tan-an");
	put("outside.yaml", TAN_AN);
	char *target = below("outside.yaml"), *link = below("tan-an/a.yaml");
	assert_int_equal(symlink(target, link), 0);
	refuse("tan-an", "symbolic link");
	unlink(link);
	assert_int_equal(mkfifo(link, 0600), 0);
	refuse("tan-an", "not a regular file"); /* and does not wait for a writer */
	unlink(link);
	put("tan-an/b.yaml", TAN_AN);
	make_directory("tan-an/deeper");
	refuse("tan-an", "directory within a unit");
	unlink(target);
	make_directory("Tỉnh");
	char *deeper = below("tan-an/deeper");
	rmdir(deeper);
	refuse("", "a unit's directory is named");
	put("Tỉnh/a.yaml", PROVINCE);
	refuse("Tỉnh", "a unit's directory is named");
	free(deeper);
	free(target);
	free(link);
}

static void test_sample(void **state)
{
	struct source_file *files;
	size_t count;
	struct site *sample = site_read("playlists/bangtind.conf", &diags);
	assert_non_null(sample);
	assert_int_equal(sources_read("playlists", &files, &count, &diags), 0);
	struct catalogue *catalogue = catalogue_build(sample, files, count, &diags);
	if (!catalogue || diags.count > 0)
		fail_msg("%s", diag_text(&diags));
	/* Every message has a form for small boards, and nothing is there for no display. */
	for (size_t i = 0; i < catalogue->message_count; i++)
		assert_true(catalogue->messages[i]->short_count > 0);
	catalogue_unref(catalogue);
	catalogue = catalogue_build(NULL, files, count, &diags);
	if (!catalogue || diags.count > 0)
		fail_msg("%s", diag_text(&diags));
	catalogue_unref(catalogue);
	sources_free(files, count);
	site_destroy(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_styles, setup, teardown),
		cmocka_unit_test_setup_teardown(test_items, setup, teardown),
		cmocka_unit_test_setup_teardown(test_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_skip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_duplicates_over_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_units, setup, teardown),
		cmocka_unit_test_setup_teardown(test_targets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_site, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_as_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unit_size, setup, teardown),
		cmocka_unit_test_setup_teardown(test_references, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sources, setup_files, teardown_files),
		cmocka_unit_test_setup_teardown(test_sources_refused, setup_files, teardown_files),
		cmocka_unit_test_setup_teardown(test_sample, setup_files, teardown_files),
	};
	return cmocka_run_group_tests_name("playlist", tests, NULL, NULL);
}
