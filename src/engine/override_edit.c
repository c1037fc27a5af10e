#include "base/alloc.h"
#include "base/text.h"
#include "engine/private.h"

static void copy_without(struct override *to, const struct override *from, const char *display)
{
	override_copy(to, from);
	for (size_t i = 0; display && i < to->on_count;)
		if (strcmp(to->on[i], display) == 0) {
			free(to->on[i]);
			memmove(to->on + i, to->on + i + 1, (--to->on_count - i) * sizeof *to->on);
		} else {
			i++;
		}
}

static bool has_ended(const struct override *item, struct instant now)
{
	return item->uptime == !now.trusted && item->end <= now.time;
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

/* A blank over all the displays of another takes its place: however often somebody blanks, the list stays short. */
static bool takes_place(const struct override_edit *edit, const struct override *item)
{
	if (!edit->add || edit->item.kind != OVERRIDE_BLANK || item->kind != OVERRIDE_BLANK)
		return false;
	for (size_t i = 0; i < item->on_count; i++)
		if (!names(&edit->item, item->on[i]))
			return false;
	return true;
}

size_t override_edit_apply(const struct override_edit *edit, const struct override *old, size_t old_count,
	struct instant now, struct override **ret_overrides, size_t *ret_count)
{
	struct override *list = xcalloc(old_count + 1, sizeof *list);
	size_t count = 0, edited = 0;
	for (size_t i = 0; i < old_count; i++) {
		if (has_ended(&old[i], now) || takes_place(edit, &old[i]))
			continue;
		bool removed = is_removed(edit, &old[i]) && (!edit->display || names(&old[i], edit->display));
		edited += removed;
		/* Given back one display of several: the rest of it stays in force on the others. */
		bool narrowed = removed && edit->display && old[i].on_count > 1;
		if (!removed || narrowed)
			copy_without(&list[count++], &old[i], narrowed ? edit->display : NULL);
	}
	if (edit->add) {
		override_copy(&list[count++], &edit->item);
		edited = 1;
	}
	*ret_overrides = list;
	*ret_count = count;
	return edited;
}

void override_edit_finish(struct override_edit *edit)
{
	override_finish(&edit->item);
	free(edit->id);
	free(edit->display);
	*edit = (struct override_edit){0};
}
