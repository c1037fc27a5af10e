/* The trial: everything that can show on a display is rendered once, and what is wrong is told. */
#include "base/alloc.h"
#include "base/note.h"
#include "base/words.h"
#include "render/image.h"
#include "show/judge.h"
#include "show/private.h"

struct trial {
	const struct show *show;
	const struct item **items;
	struct judged *judged; /* as many */
	size_t count;
};

static void try_item(void *data, size_t index)
{
	struct trial *trial = data;

	trial->judged[index].display = trial->show->view.display;
	trial->judged[index].face = &trial->show->face;
	judge_measure(trial->show->fonts, trial->items[index], &trial->judged[index]);
}

/* Decoded once more, for the words. */
static void report_picture(
	const struct asset *asset, struct location where, const char *what, struct diag_list *diags)
{
	struct frame *dot = frame_create(1, 1);
	struct image_fault fault;

	if (image_paint(asset->data, asset->size, IMAGE_CONTAIN, dot, (struct rect){0, 0, 1, 1}, &fault) < 0)
		diag_error(diags, where, "%s: `%s`: %s", what, asset->name, fault.text);
	frame_unref(dot);
}

static void report_item(const struct item *item, const struct judged *judged, struct diag_list *diags)
{
	const struct message *message = item->message;
	char *what = xasprintf(_("message `%s/%s`"), message->unit, message->name);

	judge_picture(judged, message->text_where, what, diags);
	judge_item(judged, item, what, diags);
	judge_zones(judged, what, diags);
	for (size_t i = 0; i < judged->notes.count; i++) {
		const struct render_note *note = &judged->notes.items[i];

		if (note->faults & RENDER_BAD_PICTURE)
			report_picture(note->picture, note->where, what, diags);
	}
	free(what);
}

/* Where zones lie depends on the display; told once, however many messages use the layout. */
static void check_layouts(const struct trial *trial, struct diag_list *diags)
{
	const struct face *face = &trial->show->face;

	for (size_t i = 0; i < trial->count; i++) {
		const struct page *page = scene_page(face, trial->items[i]->message);
		bool seen = false;

		for (size_t k = 0; k < i && page && !seen; k++) {
			const struct page *other = scene_page(face, trial->items[k]->message);

			seen = other && other->layout == page->layout;
		}
		if (page && !seen)
			layout_check(page->layout, face->width, face->height, trial->show->view.display->name,
				diags);
	}
}

/* Pictures that follow each other quickly: only what shows for a set time can. */
static void check_playlist(
	const struct trial *trial, const struct playlist *playlist, struct diag_list *diags)
{
	size_t count = playlist->item_count;
	double *luminance = xcalloc(count, sizeof *luminance);
	int64_t *lengths = xcalloc(count, sizeof *lengths);

	for (size_t i = 0; i < count; i++) {
		const struct item *item = playlist->items[i];

		luminance[i] = judge_luminance(trial->show->fonts, &trial->show->face, item);
		lengths[i] = item->duration > 0 ? item->duration : NS_PER_SEC;
	}
	if (judge_sequence(luminance, lengths, count))
		diag_note(diags, NOTE_FLASHES, playlist->where,
			"the pictures of playlist `%s/%s` follow each other so quickly that display `%s` "
			"flashes more "
			"than 3 times a second, which is dangerous; show each longer",
			playlist->unit, playlist->name, trial->show->view.display->name);
	free(luminance);
	free(lengths);
}

static bool has_quick(const struct playlist *playlist)
{
	for (size_t i = 0; i < playlist->item_count; i++)
		if (playlist->items[i]->duration > 0 && playlist->items[i]->duration < NS_PER_SEC / 2)
			return true;
	return false;
}

static void check_playlists(const struct trial *trial, struct diag_list *diags)
{
	const struct catalogue *catalogue = trial->show->catalogue;

	for (size_t i = 0; catalogue && i < catalogue->entry_count; i++) {
		const struct entry *entry = catalogue->entries[i];
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = catalogue->entries[k]->playlist == entry->playlist;
		if (!again && has_quick(entry->playlist) &&
			entry_names_display(entry, trial->show->view.display))
			check_playlist(trial, entry->playlist, diags);
	}
}

static void check_default(const struct show *show, struct diag_list *diags)
{
	const struct display *display = show->view.display;
	struct judged judged = {.display = display, .face = &show->face};
	const struct style plain = {0};

	if (!display->fallback_text)
		return;
	struct scene *scene = scene_prepare_text(show->fonts, &show->face, display->fallback_text,
		MOTION_STILL, &judged.faults, &judged.missing);
	scene_reading(scene, &judged.reading);
	scene_unref(scene);
	judge_picture(&judged, display->where, "`default`", diags);
	judge_colours(&judged, &plain, display->fallback_text, display->where, "`default`", diags);
}

void show_check(struct show *show, int64_t now, struct diag_list *diags)
{
	struct trial trial = {.show = show};

	trial.count = show_items(show, &trial.items);
	trial.judged = xcalloc(trial.count + 1, sizeof *trial.judged);
	parallel_for(trial.count, try_item, &trial);
	check_layouts(&trial, diags);
	for (size_t i = 0; i < trial.count; i++) {
		report_item(trial.items[i], &trial.judged[i], diags);
		judged_finish(&trial.judged[i]);
	}
	check_playlists(&trial, diags);
	free(trial.judged);
	free(trial.items);
	check_default(show, diags);
	show_check_quotas(show, sched_programme_day(show->view.site, now), diags);
}
