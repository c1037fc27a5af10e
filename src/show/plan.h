/* A plan: the timelines and scenes of a span of time, made by a worker, immutable once published to the frame path. */
#ifndef SHOW_PLAN_H
#define SHOW_PLAN_H

#include "show/scene_store.h"

struct day { /* a timeline shared by successive plans; only the preparing thread counts */
	int references;
	struct timeline *timeline;
};

struct plan {
	struct plan *older; /* not freed yet */
	struct day **days; /* in order, without a hole */
	size_t day_count;
	struct { /* sorted by item index */
		size_t item;
		struct stored *stored;
	} * scenes;
	size_t scene_count;
	int64_t ready_until;
};

/* before may be NULL; its timelines are used again. */
struct plan *plan_create(const struct sched_view *view, const struct face *face, struct scene_store *store,
	struct catalogue *catalogue, const struct plan *before, int64_t from, int64_t until);
void plan_destroy(struct plan *plan, struct scene_store *store);
/* Frame path. NULL: not within the plan. */
const struct segment *plan_segment(const struct plan *plan, int64_t time);
const struct scene *plan_scene(const struct plan *plan, const struct item *item);

#endif
