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

static void take_scene(
	struct plan *plan, const struct face *face, struct scene_store *store, const struct item *item)
{
	size_t at = find_scene(plan, item->index);

	if (has_scene(plan, at, item->index))
		return;
	plan->scenes = xrealloc(plan->scenes, plan->scene_count + 1, sizeof *plan->scenes);
	memmove(plan->scenes + at + 1, plan->scenes + at, (plan->scene_count - at) * sizeof *plan->scenes);
	plan->scenes[at] = (struct planned_scene){item->index, scene_store_item(store, face, item)};
	plan->scene_count++;
}

/* The pictures of all that shows from then on, and of what gives way to it. */
static void take_scenes(struct plan *plan, const struct face *face, struct scene_store *store, int64_t from)
{
	const struct item *before = NULL;

	for (size_t d = 0; d < plan->day_count; d++) {
		const struct timeline *timeline = plan->days[d]->timeline;

		for (size_t i = 0; i < timeline->count; i++) {
			const struct segment *segment = &timeline->segments[i];
			bool moves = segment_transition(face, segment) > 0;

			plan->has_transition |= moves && segment->end > from;
			if (segment->end > from && moves && before)
				take_scene(plan, face, store, before);
			if (segment->end > from && segment->item)
				take_scene(plan, face, store, segment->item);
			before = segment->item;
		}
	}
}

struct plan *plan_create(const struct sched_view *view, const struct face *face, struct scene_store *store,
	int64_t from, int64_t until)
{
	struct plan *plan = xcalloc(1, sizeof *plan);

	/* A transition under way shows what was before it. */
	take_days(plan, view, from - TRANSITION_MOST - 1, until);
	take_scenes(plan, face, store, from);
	return plan;
}

void plan_destroy(struct plan *plan, struct scene_store *store)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->day_count; i++)
		day_destroy(plan->days[i]);
	for (size_t i = 0; i < plan->scene_count; i++)
		scene_store_release(store, plan->scenes[i].stored);
	free(plan->days);
	free(plan->scenes);
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

	return has_scene(plan, at, item->index) ? plan->scenes[at].stored->scene : NULL;
}
