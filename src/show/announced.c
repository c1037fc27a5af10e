/* Announcements, laid out; and dated, where they say how long they still have to go. */
#include "playlist/announcement.h"

#include "base/alloc.h"
#include "show/private.h"

void announced_take(struct show *show, const struct override *override, struct announced *ret)
{
	struct words words;

	ret->start = override->start;
	ret->length = override->end == TIME_NEVER ? TIME_NEVER : override->end - override->start;
	if (override->kind != OVERRIDE_ANNOUNCE || !override->text)
		return;
	announcement_words(override->text, ret->length, &words);
	ret->counts = words.field_count > 0;
	ret->stored = scene_store_text(show->store, &show->face, &words, TEXT_ANNOUNCE);
	announcement_words_finish(&words);
}

void announced_move(struct announced *announced, const struct override *override)
{
	__atomic_store_n(&announced->start, override->start, __ATOMIC_SEQ_CST);
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Nobody waits with an announcement for a minute of its pictures. */
#define HURRIED (10 * NS_PER_SEC)

static struct scene *date(const struct show *show, const struct announced *announced, bool hurried,
	int64_t from, int64_t until, size_t most, struct plan *plan)
{
	int64_t start = __atomic_load_n(&announced->start, __ATOMIC_SEQ_CST);
	int64_t first = from > start ? from - start : 0, end = least(until - start, announced->length);
	int64_t span = hurried ? HURRIED : until - from;
	struct scene *scene;

	if (first >= end || !announced->stored->scene)
		return NULL;
	/* What another display has may end a little sooner, but not so soon that it is prepared anew at once. */
	scene = scene_store_dated(show->store, announced->stored, &show->face.asking, first,
		least(first + span / 4 * 3, end), least(first + span, end), most);
	if (scene_until(scene) < end && start + scene_until(scene) < plan->until)
		plan->until = start + scene_until(scene);
	return scene;
}

void announced_date(
	const struct show *show, bool hurried, int64_t from, int64_t until, size_t most, struct plan *plan)
{
	plan->announced = xcalloc(show->override_count + 1, sizeof(struct scene *));
	plan->announced_count = show->override_count;
	for (size_t i = 0; i < show->override_count; i++)
		if (show->announcements[i].counts)
			plan->announced[i] =
				date(show, &show->announcements[i], hurried, from, until, most, plan);
}
