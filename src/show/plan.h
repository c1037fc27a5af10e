/* A plan: the days and scenes of a span of time, made by a worker, immutable once published to the frame path. Private to
 * show. */
#ifndef SHOW_PLAN_H
#define SHOW_PLAN_H

#include "show/day.h"
#include "show/scene_store.h"

struct planned_scene {
	size_t item; /* its index in the catalogue */
	const struct stored *stored;
	struct scene *scene; /* the stored one, dated for the plan's span; NULL where there is none */
};

struct plan {
	struct plan *older; /* not freed yet */
	struct day **days;  /* in order, as far as [from, until) touches them */
	size_t day_count;
	struct planned_scene *scenes; /* by item */
	size_t scene_count;
	struct scene *
		*announced; /* of each announcement that counts; NULL: not within the plan, or it does not */
	size_t announced_count;
	bool has_transition; /* something in it changes other than by a cut */
	int64_t until;	     /* all is there before it */
};

/* All that shows within [from, until), and what gives way to it; sooner ended where a text with fields has
 * `most` new pictures. before, or NULL, lends what it has painted. Days are
 * laid out anew for each plan, as far as they are needed: that is cheap,
 * and a hundred displays need not keep a hundred whole days. */
struct plan *plan_create(const struct sched_view *view, const struct face *face, struct fonts *fonts,
	struct scene_store *store, const struct plan *before, int64_t from, int64_t until, size_t most);
void plan_destroy(struct plan *plan, struct scene_store *store);
/* Frame path. NULL: not within the plan. */
const struct day *plan_day(const struct plan *plan, int64_t time);
const struct scene *plan_scene(const struct plan *plan, const struct item *item);

const struct scene *plan_announced(const struct plan *plan, size_t index);

#endif
