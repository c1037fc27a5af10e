/* Equal pictures are rendered once: displays with equal faces hold the same scene. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/diag.h"
#include "show/scene_store.h"

#define DISPLAYS 100

static const char playlist[] = "bangtin: 1\nunit: province\nmessages:\n  m: {text: Một cửa}\n"
			       "schedule:\n  - {show: m, on: [\"*\"]}\n";

struct world {
	struct fonts *fonts;
	struct scene_store *store;
	struct catalogue *catalogue;
	struct face face;
};

static int set_up(void **state)
{
	static struct world w;
	const struct source_file file = {
		.unit = "province", .name = "province/t.yaml", .data = playlist, .size = sizeof playlist - 1};
	struct diag_list diags;

	diag_init(&diags);
	assert_int_equal(fonts_create(NULL, &w.fonts), 0);
	w.store = scene_store_create(w.fonts);
	w.catalogue = catalogue_build(NULL, &file, 1, &diags);
	assert_non_null(w.catalogue);
	diag_finish(&diags);
	face_of_display(
		&(struct display){.width = 64, .height = 16, .foreground = 0xffffff, .rate = 30000}, &w.face);
	*state = &w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	catalogue_unref(w->catalogue);
	scene_store_destroy(w->store);
	fonts_destroy(w->fonts);
	return 0;
}

static void test_once(void **state)
{
	struct world *w = *state;
	const struct item *item = w->catalogue->items[0];
	const struct stored *held[DISPLAYS];

	for (int i = 0; i < DISPLAYS; i++) {
		struct face equal = w->face; /* another display's */
		held[i] = scene_store_item(w->store, &equal, item);
		assert_ptr_equal(held[i]->scene, held[0]->scene);
	}
	const struct words words = {.text = "Chào"};
	const struct stored *text = scene_store_text(w->store, &w->face, &words, TEXT_DEFAULT),
			    *again = scene_store_text(w->store, &w->face, &words, TEXT_DEFAULT);
	assert_ptr_equal(text->scene, again->scene);
	assert_ptr_not_equal(text->scene, held[0]->scene);
	scene_store_release(w->store, text);
	scene_store_release(w->store, again);
	for (int i = 0; i < DISPLAYS; i++)
		scene_store_release(w->store, held[i]);
}

/* What differs in a way that shows has a scene of its own. */
static void test_own(void **state)
{
	struct world *w = *state;
	const struct item *item = w->catalogue->items[0];
	const struct stored *first = scene_store_item(w->store, &w->face, item);
	struct face others[6] = {w->face, w->face, w->face, w->face, w->face, w->face};

	others[0].width++;
	others[1].foreground = 0xff0000;
	others[2].mono = !w->face.mono;
	others[3].rate *= 2;
	others[4].legible = w->face.legible + 9;
	others[5].minimum_cycle = NS_PER_SEC;
	for (int i = 0; i < 6; i++) {
		const struct stored *other = scene_store_item(w->store, &others[i], item);
		assert_ptr_not_equal(other->scene, first->scene);
		scene_store_release(w->store, other);
	}
	scene_store_release(w->store, first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_own),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
