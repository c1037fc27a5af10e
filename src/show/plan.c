#include "show/plan.h"

#include "base/alloc.h"

/* --- timelines */

static struct day *take_day(const struct sched_view *view, const struct plan *before, day_t day)
{
	for (size_t i = 0; before && i < before->day_count; i++)
		if (before->days[i]->timeline->day == day) {
			before->days[i]->references++;
			return before->days[i];
		}
	struct day *made = xcalloc(1, sizeof *made);
	made->references = 1;
	made->timeline = timeline_build(view, day);
	return made;
}

static void drop_day(struct day *day)
{
	if (--day->references > 0)
		return;
	timeline_destroy(day->timeline);
	free(day);
}

static void take_days(struct plan *plan, const struct sched_view *view, const struct plan *before,
	int64_t from, int64_t until)
{
	day_t first = sched_programme_day(view->site, from), last = sched_programme_day(view->site, until);
	plan->days = xcalloc((size_t)(last - first) + 1, sizeof(struct day *));
	for (day_t day = first; day <= last; day++)
		plan->days[plan->day_count++] = take_day(view, before, day);
}

/* --- scenes */

static size_t find_scene(const struct plan *plan, size_t item)
{
	size_t low = 0, high = plan->scene_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (plan->scenes[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void take_scene(struct plan *plan, const struct face *face, struct scene_store *store,
	struct catalogue *catalogue, const struct item *item)
{
	size_t at = find_scene(plan, item->index);
	if (at < plan->scene_count && plan->scenes[at].item == item->index)
		return;
	plan->scenes = xrealloc(plan->scenes, plan->scene_count + 1, sizeof *plan->scenes);
	memmove(plan->scenes + at + 1, plan->scenes + at, (plan->scene_count - at) * sizeof *plan->scenes);
	plan->scenes[at].item = item->index;
	plan->scenes[at].stored = scene_store_item(store, face, catalogue, item);
	plan->scene_count++;
}

static size_t segment_index(const struct timeline *timeline, int64_t time)
{
	if (time < timeline->start)
		return 0;
	return time < timeline->end ? (size_t)(timeline_at(timeline, time) - timeline->segments)
				    : timeline->count;
}

struct plan *plan_create(const struct sched_view *view, const struct face *face, struct scene_store *store,
	struct catalogue *catalogue, const struct plan *before, int64_t from, int64_t until)
{
	struct plan *plan = xcalloc(1, sizeof *plan);
	plan->ready_until = until;
	if (!catalogue)
		return plan;
	take_days(plan, view, before, from, until);
	for (size_t d = 0; d < plan->day_count; d++) {
		const struct timeline *timeline = plan->days[d]->timeline;
		for (size_t i = segment_index(timeline, from);
			i < timeline->count && timeline->segments[i].start < until; i++)
			if (timeline->segments[i].item)
				take_scene(plan, face, store, catalogue, timeline->segments[i].item);
	}
	return plan;
}

void plan_destroy(struct plan *plan, struct scene_store *store)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->day_count; i++)
		drop_day(plan->days[i]);
	for (size_t i = 0; i < plan->scene_count; i++)
		scene_store_release(store, plan->scenes[i].stored);
	free(plan->days);
	free(plan->scenes);
	free(plan);
}

/* --- the frame path */

const struct segment *plan_segment(const struct plan *plan, int64_t time)
{
	for (size_t i = 0; i < plan->day_count; i++) {
		const struct timeline *timeline = plan->days[i]->timeline;
		if (time >= timeline->start && time < timeline->end)
			return timeline_at(timeline, time);
	}
	return NULL;
}

const struct scene *plan_scene(const struct plan *plan, const struct item *item)
{
	size_t at = find_scene(plan, item->index);
	bool found = at < plan->scene_count && plan->scenes[at].item == item->index;
	return found ? plan->scenes[at].stored->scene : NULL;
}
