/* The trial: everything that can show on a display is rendered once, and what is wrong is told. */
#include "base/alloc.h"
#include "render/image.h"
#include "show/private.h"

struct result {
	unsigned faults;
	uint32_t missing;
};

struct trial {
	const struct show *show;
	const struct item **items;
	struct result *results;
};

static void try_item(void *data, size_t index)
{
	struct trial *trial = data;
	struct result *result = &trial->results[index];

	scene_unref(scene_prepare(trial->show->fonts, &trial->show->face, trial->items[index],
		&result->faults, &result->missing));
}

/* what: "message `x`" or "`default`". */
static void report(const struct display *display, struct location where, const char *what,
	const struct result *result, struct diag_list *diags)
{
	if (result->faults & RENDER_MISSING_GLYPH)
		diag_error(diags, where,
			"%s: no font of display `%s` has the character U+%04X; leave it out or write it "
			"otherwise",
			what, display->name, (unsigned)result->missing);
	if (result->faults & RENDER_TOO_TALL)
		diag_error(diags, where,
			"%s: its letters do not fit the %d pixels of display `%s`; choose a smaller size or "
			"another font",
			what, display->height, display->name);
	if (result->faults & RENDER_TOO_WIDE)
		diag_error(diags, where,
			"%s: a word is wider than display `%s` (%d pixels); let it scroll (enter: "
			"scroll-left) or "
			"give a `short:` form",
			what, display->name, display->width);
	if (result->faults & RENDER_CLIPPED)
		diag_error(diags, where, "%s: a mark would be cut off on display `%s`; choose a smaller size",
			what, display->name);
}

/* Decoded once more, for the words. */
static void report_picture(const struct message *message, const char *what, struct diag_list *diags)
{
	const struct asset *asset = message->image;
	struct frame *dot = frame_create(1, 1);
	struct image_fault fault;

	if (image_paint(asset->data, asset->size, IMAGE_CONTAIN, dot, (struct rect){0, 0, 1, 1}, &fault) < 0)
		diag_error(diags, message->image_where, "%s: `%s`: %s", what, asset->name, fault.text);
	frame_unref(dot);
}

static void report_item(const struct show *show, const struct item *item, const struct result *result,
	struct diag_list *diags)
{
	const struct message *message = item->message;
	char *what = xasprintf("message `%s/%s`", message->unit, message->name);

	report(show->view.display, message->text_where, what, result, diags);
	if (result->faults & RENDER_BAD_PICTURE)
		report_picture(message, what, diags);
	free(what);
}

static void check_default(const struct show *show, struct diag_list *diags)
{
	const struct display *display = show->view.display;
	struct result result = {0};

	if (!display->fallback_text)
		return;
	scene_unref(scene_prepare_text(show->fonts, &show->face, display->fallback_text, MOTION_STILL,
		&result.faults, &result.missing));
	report(display, display->where, "`default`", &result, diags);
}

void show_check(struct show *show, struct diag_list *diags)
{
	struct trial trial = {.show = show};
	size_t count = show_items(show, &trial.items);

	trial.results = xcalloc(count + 1, sizeof *trial.results);
	parallel_for(count, try_item, &trial);
	for (size_t i = 0; i < count; i++)
		report_item(show, trial.items[i], &trial.results[i], diags);
	free(trial.results);
	free(trial.items);
	check_default(show, diags);
}
