#include "base/alloc.h"
#include "base/text.h"
#include "engine/private.h"

static void copy_without(struct override *to, const struct override *from, const char *display)
{
	*to = *from;
	to->text = xstrdup(from->text);
	to->on = xcalloc(from->on_count + 1, sizeof *to->on);
	to->on_count = 0;
	for (size_t i = 0; i < from->on_count; i++)
		if (!display || strcmp(from->on[i], display) != 0)
			to->on[to->on_count++] = xstrdup(from->on[i]);
}

static bool is_removed(const struct override_edit *edit, const struct override *item)
{
	return !edit->add && item->kind == edit->kind && (!edit->id || strcmp(edit->id, item->id) == 0);
}

static bool names(const struct override *item, const char *display)
{
	for (size_t i = 0; i < item->on_count; i++)
		if (strcmp(item->on[i], display) == 0)
			return true;
	return false;
}

size_t override_edit_apply(const struct override_edit *edit, const struct override *old, size_t old_count,
	int64_t now, struct override **ret_overrides, size_t *ret_count)
{
	struct override *list = xcalloc(old_count + 1, sizeof *list);
	size_t count = 0, edited = 0;
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].end <= now)
			continue;
		bool removed = is_removed(edit, &old[i]) && (!edit->display || names(&old[i], edit->display));
		edited += removed;
		/* Given back one display of several: the rest of it stays in force on the others. */
		bool narrowed = removed && edit->display && old[i].on_count > 1;
		if (!removed || narrowed)
			copy_without(&list[count++], &old[i], narrowed ? edit->display : NULL);
	}
	if (edit->add) {
		copy_without(&list[count++], &edit->item, NULL);
		edited = 1;
	}
	*ret_overrides = list;
	*ret_count = count;
	return edited;
}

void override_edit_finish(struct override_edit *edit)
{
	free(edit->item.text);
	for (size_t i = 0; i < edit->item.on_count; i++)
		free(edit->item.on[i]);
	free(edit->item.on);
	free(edit->id);
	free(edit->display);
	*edit = (struct override_edit){0};
}
