#include "engine/trial.h"

#include "base/alloc.h"
#include "base/text.h"
#include "engine/gather.h"

static void render_everywhere(const struct site *site, struct catalogue *catalogue, struct fonts *fonts,
	int64_t now, struct diag_list *diags)
{
	struct scene_store *store = scene_store_create(fonts);
	struct gathering *gathering = gathering_create();
	for (size_t i = 0; i < site->display_count; i++) {
		struct show *show = show_create(site, &site->displays[i], catalogue, NULL, 0, fonts, store);
		struct diag_list found;
		diag_init(&found);
		show_check(show, now, &found);
		gathering_add(gathering, &found, site->displays[i].name);
		diag_finish(&found);
		show_destroy(show);
		scene_store_trim(store);
	}
	gathering_tell(gathering, diags);
	scene_store_destroy(store);
}

struct catalogue *trial_build(const struct site *site, const struct source_file *files, size_t count,
	struct fonts *fonts, int64_t now, struct diag_list *diags)
{
	struct catalogue *catalogue = catalogue_build(site, files, count, diags);
	if (catalogue && fonts)
		render_everywhere(site, catalogue, fonts, now, diags);
	if (catalogue && diags->errors > 0) {
		catalogue_unref(catalogue);
		catalogue = NULL;
	}
	diag_sort(diags);
	return catalogue;
}

bool trial_concerns(
	const struct site *site, const struct source_file *added, size_t added_count, struct diag_list *diags)
{
	for (size_t i = 0; i < site->unit_count; i++)
		for (size_t j = 0; j < added_count; j++)
			if (text_equal(site->units[i].name, added[j].unit))
				return true;
	if (site->unit_count == 0 || added_count == 0)
		return true;
	diag_error(diags, (struct location){added[0].unit, 0, 0},
		_("no playlist file of the site's units, first of all %s"), site->units[0].name);
	return false;
}

static bool replaces(const struct source_file *added, const struct source_file *old, bool single)
{
	return text_equal(added->unit, old->unit) && (!single || text_equal(added->name, old->name));
}

size_t trial_merge(const struct source_file *current, size_t current_count, const struct source_file *added,
	size_t added_count, bool single, struct source_file **ret_files)
{
	struct source_file *files = xcalloc(current_count + added_count + 1, sizeof *files);
	size_t count = 0;
	for (size_t i = 0; i < current_count; i++) {
		bool gone = false;
		for (size_t j = 0; j < added_count && !gone; j++)
			gone = replaces(&added[j], &current[i], single);
		if (!gone)
			files[count++] = current[i];
	}
	for (size_t j = 0; j < added_count; j++)
		files[count++] = added[j];
	*ret_files = files;
	return count;
}
