/* Pictures and transitions in playlists: what is found, under which name, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "playlist/catalogue.h"

static const char site_text[] =
	"site = { name = \"x\"; timezone = \"Asia/Ho_Chi_Minh\"; units = ( \"province\", \"tan-an\" ); };\n"
	"displays = ( { name = \"a\"; size = \"64x16\"; driver = { name = \"null\"; }; } );\n";

/* One black pixel. */
static const unsigned char dot[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D',
	'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10, 'I', 'D', 'A', 'T',
	0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0, 'I', 'E', 'N', 'D',
	0xae, 0x42, 0x60, 0x82};

static struct diag_list diags;
static struct site *site;

static int setup(void **state)
{
	(void)state;
	diag_init(&diags);
	site = site_parse("site.conf", site_text, strlen(site_text), "/", &diags);
	return site ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	site_destroy(site);
	diag_finish(&diags);
	return 0;
}

static struct source_file text_file(const char *unit, const char *name, const char *text)
{
	return (struct source_file){.unit = unit, .name = name, .data = text, .size = strlen(text)};
}

static struct source_file picture(const char *unit, const char *name, size_t size)
{
	return (struct source_file){.unit = unit, .name = name, .data = (const char *)dot, .size = size};
}

/* Two units, each with a picture of the same name. */
static struct catalogue *build(const char *tan_an)
{
	struct source_file files[] = {
		text_file("province", "province/a.yaml", "bangtin: 1\nunit: province\n"),
		picture("province", "province/hoa.png", sizeof dot),
		picture("tan-an", "tan-an/lua.png", sizeof dot),
		picture("tan-an", "tan-an/cut.png", sizeof dot - 12),
		text_file("tan-an", "tan-an/a.yaml", tan_an),
	};
	return catalogue_build(site, files, 5, &diags);
}

static void expect(int line, int column, const char *part)
{
	for (size_t i = 0; i < diags.count; i++) {
		const struct diag *diag = &diags.items[i];
		if (diag->where.line == line && diag->where.column == column && strstr(diag->message, part))
			return;
	}
	fail_msg("%d:%d: %s is not in:\n%s", line, column, part, diag_text(&diags));
}

#define HEAD "bangtin: 1\nunit: tan-an\nmessages:\n"
#define TAIL "schedule:\n  - {show: m, on: a}\n"

static void test_found(void **state)
{
	struct source_file files[] = {
		text_file("province", "province/a.yaml", "bangtin: 1\nunit: province\n"),
		picture("province", "province/hoa.png", sizeof dot),
		picture("tan-an", "tan-an/lua.png", sizeof dot),
		text_file("tan-an", "tan-an/a.yaml",
			HEAD "  m: {image: lua.png, image-fit: cover}\n"
			     "  n: {text: Hoa, image: province/hoa.png}\n" TAIL "  - {show: n, on: a}\n"),
	};
	struct catalogue *catalogue = catalogue_build(site, files, 4, &diags);
	if (!catalogue || diags.count > 0)
		fail_msg("%s", diag_text(&diags));
	const struct message *m = catalogue_message(catalogue, "tan-an/m");
	const struct message *n = catalogue_message(catalogue, "tan-an/n");

	(void)state;
	assert_string_equal(m->text, "");
	assert_int_equal(m->image_fit, IMAGE_COVER);
	assert_string_equal(m->image->name, "lua.png");
	assert_string_equal(m->image->unit, "tan-an");
	assert_int_equal(m->image->size, sizeof dot);
	assert_memory_equal(m->image->data, dot, sizeof dot);
	assert_ptr_not_equal(m->image->data, dot); /* its own copy */
	assert_int_equal(m->image->header.width, 1);
	assert_string_equal(n->image->unit, "province");
	assert_int_equal(n->image_fit, IMAGE_CONTAIN);
	assert_string_equal(n->image->digest, m->image->digest);
	assert_int_equal(n->image_where.line, 5);
	catalogue_unref(catalogue);
}

static void test_refused(void **state)
{
	(void)state;
	assert_null(
		build(HEAD "  m: {image: hoa.png}\n  n: {image: luaa.png}\n  o: {image: cut.png}\n"
			   "  p: {short: x}\n  q: {text: x, image: tan-an/lua.png, image-fit: fill}\n" TAIL));
	expect(4, 14, "unit tan-an has no picture `hoa.png`; did you mean `province/hoa.png`?");
	expect(5, 14, "unit tan-an has no picture `luaa.png`; did you mean `lua.png`?");
	expect(6, 14, "`cut.png`: the picture ends too early");
	expect(7, 6, "`text`");
	expect(8, 50, "fill");
	assert_int_equal(diags.errors, 5);
}

/* A picture that is broken is an error also where nothing shows it: it would be loaded and kept. */
static void test_unused(void **state)
{
	(void)state;
	assert_null(build(HEAD "  m: {text: Chữ}\n" TAIL));
	expect(0, 0, "the picture ends too early");
	expect(0, 0, "the picture is shown nowhere; write `image: lua.png` in a message, or delete it");
	assert_int_equal(diags.errors, 1);
}

static void test_names(void **state)
{
	static const char *const bad[] = {"tan-an/Lua.png", "tan-an/a b.png", "tan-an/.png", "tan-an/a.b.png",
		"tan-an/lúa.png", "tan-an/../a.png", "tan-an/a_b.png", "tan-an/a.PNG"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct source_file files[] = {
			text_file("tan-an", "tan-an/a.yaml", HEAD "  m: {text: x}\n" TAIL),
			picture("tan-an", bad[i], sizeof dot)};
		assert_null(catalogue_build(site, files, 2, &diags));
		assert_int_equal(diags.errors, i + 1);
	}
	struct source_file twice[] = {text_file("tan-an", "tan-an/a.yaml", HEAD "  m: {image: a.png}\n" TAIL),
		picture("tan-an", "tan-an/a.png", sizeof dot), picture("tan-an", "tan-an/a.png", sizeof dot)};
	assert_null(catalogue_build(site, twice, 3, &diags));
	/* pictures alone are no unit */
	assert_null(catalogue_build(site, twice + 1, 1, &diags));
	expect(0, 0, "no playlist file");
}

static void test_transitions(void **state)
{
	struct source_file good = text_file("tan-an", "tan-an/a.yaml",
		HEAD "  m: {text: x}\nplaylists:\n  p:\n    - {show: m, for: 2s}\n"
		     "    - {show: m, transition: fade}\n"
		     "    - {show: m, transition: wipe-down, transition-time: 2s}\n"
		     "schedule:\n  - {play: p, on: a}\n  - {show: m, on: a, transition: push-left}\n");
	struct catalogue *catalogue = catalogue_build(site, &good, 1, &diags);
	if (!catalogue)
		fail_msg("%s", diag_text(&diags));

	(void)state;
	const struct item *const *items = catalogue->entries[0]->playlist->items;
	assert_int_equal(items[0]->transition, TRANSITION_CUT);
	assert_int_equal(items[1]->transition, TRANSITION_FADE);
	assert_int_equal(items[1]->transition_time, 500 * NS_PER_MS);
	assert_int_equal(items[2]->transition, TRANSITION_WIPE_DOWN);
	assert_int_equal(items[2]->transition_time, TRANSITION_MOST);
	assert_int_equal(catalogue->entries[1]->playlist->items[0]->transition, TRANSITION_PUSH_LEFT);
	catalogue_unref(catalogue);
	struct source_file bad = text_file("tan-an", "tan-an/a.yaml",
		HEAD "  m: {text: x}\nplaylists:\n  p:\n    - {show: m, transition: fadee}\n"
		     "    - {show: m, transition-time: 1s}\n"
		     "    - {show: m, transition: fade, transition-time: 3s}\n"
		     "schedule:\n  - {play: p, on: a}\n");
	assert_null(catalogue_build(site, &bad, 1, &diags));
	expect(7, 29, "fade");
	expect(8, 34, "`transition-time` is for a transition that takes time");
	expect(9, 52, "2s");
	assert_int_equal(diags.errors, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_found),
		TEST(test_refused),
		TEST(test_unused),
		TEST(test_names),
		TEST(test_transitions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
