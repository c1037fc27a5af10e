#include "show/plan.h"

#include "base/alloc.h"
#include "show/private.h"

static void take_days(struct plan *plan, const struct sched_view *view, int64_t from, int64_t until)
{
	day_t first = sched_programme_day(view->site, from),
	      last = sched_programme_day(view->site, until - 1);

	plan->days = xcalloc((size_t)(last - first) + 1, sizeof(struct day *));
	for (day_t day = first; day <= last; day++)
		plan->days[plan->day_count++] = day_create(view, day, from, until);
}

/* Where the item is among the scenes, or would be. */
static size_t find_scene(const struct plan *plan, size_t item)
{
	size_t low = 0, high = plan->scene_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plan->scenes[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has_scene(const struct plan *plan, size_t at, size_t item)
{
	return at < plan->scene_count && plan->scenes[at].item == item;
}

struct planning {
	const struct face *face;
	struct fonts *fonts;
	struct scene_store *store;
	const struct plan *before; /* NULL: none */
	int64_t from, until;
	size_t most; /* pictures that may be painted of a text with fields */
};

static const struct scene *former_scene(const struct planning *planning, size_t item)
{
	const struct plan *before = planning->before;
	size_t at = before ? find_scene(before, item) : 0;

	return before && has_scene(before, at, item) ? before->scenes[at].scene : NULL;
}

static void take_scene(struct plan *plan, struct planning *planning, const struct item *item)
{
	size_t at = find_scene(plan, item->index);
	const struct stored *stored;

	if (has_scene(plan, at, item->index))
		return;
	plan->scenes = xrealloc(plan->scenes, plan->scene_count + 1, sizeof *plan->scenes);
	memmove(plan->scenes + at + 1, plan->scenes + at, (plan->scene_count - at) * sizeof *plan->scenes);
	stored = scene_store_item(planning->store, planning->face, item);
	plan->scenes[at] = (struct planned_scene){.item = item->index, .stored = stored};
	if (stored->scene) {
		struct scene *scene = scene_dated(planning->fonts, stored->scene, &planning->face->asking,
			former_scene(planning, item->index), planning->from, planning->until, planning->most);
		plan->scenes[at].scene = scene;
		if (scene_until(scene) < planning->until) /* more of the others is of no use */
			planning->until = plan->until = scene_until(scene);
	}
	plan->scene_count++;
}

static bool has_transition(const struct plan *plan, const struct face *face, int64_t from)
{
	for (size_t d = 0; d < plan->day_count; d++) {
		const struct timeline *timeline = plan->days[d]->timeline;

		for (size_t i = 0; i < timeline->count; i++)
			if (timeline->segments[i].end > from &&
				segment_transition(face, &timeline->segments[i]) > 0)
				return true;
	}
	return false;
}

/* The pictures of all that shows from then on, and of what gives way to it. */
static void take_scenes(struct plan *plan, struct planning *planning, int64_t from)
{
	const struct item *before = NULL;

	for (size_t d = 0; d < plan->day_count; d++) {
		const struct timeline *timeline = plan->days[d]->timeline;

		for (size_t i = 0; i < timeline->count; i++) {
			const struct segment *segment = &timeline->segments[i];
			bool moves = segment_transition(planning->face, segment) > 0;

			if (segment->end > from && moves && before)
				take_scene(plan, planning, before);
			if (segment->end > from && segment->item)
				take_scene(plan, planning, segment->item);
			before = segment->item;
		}
	}
}

struct plan *plan_create(const struct sched_view *view, const struct face *face, struct fonts *fonts,
	struct scene_store *store, const struct plan *before, int64_t from, int64_t until, size_t most)
{
	struct planning planning = {face, fonts, store, before, from, until, most};
	struct plan *plan = xcalloc(1, sizeof *plan);

	plan->until = until;
	/* A transition under way shows what was before it. */
	take_days(plan, view, from - TRANSITION_MOST - 1, until);
	plan->has_transition = has_transition(plan, face, from);
	if (plan->has_transition)
		planning.from -= TRANSITION_MOST + 1;
	take_scenes(plan, &planning, from);
	return plan;
}

void plan_destroy(struct plan *plan, struct scene_store *store)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->day_count; i++)
		day_destroy(plan->days[i]);
	for (size_t i = 0; i < plan->scene_count; i++) {
		scene_unref(plan->scenes[i].scene);
		scene_store_release(store, plan->scenes[i].stored);
	}
	for (size_t i = 0; i < plan->announced_count; i++)
		scene_unref(plan->announced[i]);
	free(plan->days);
	free(plan->scenes);
	free(plan->announced);
	free(plan);
}

const struct day *plan_day(const struct plan *plan, int64_t time)
{
	for (size_t i = 0; plan && i < plan->day_count; i++)
		if (day_contains(plan->days[i], time))
			return plan->days[i];
	return NULL;
}

const struct scene *plan_scene(const struct plan *plan, const struct item *item)
{
	size_t at = find_scene(plan, item->index);

	return has_scene(plan, at, item->index) ? plan->scenes[at].scene : NULL;
}

const struct scene *plan_announced(const struct plan *plan, size_t index)
{
	return plan && index < plan->announced_count ? plan->announced[index] : NULL;
}
