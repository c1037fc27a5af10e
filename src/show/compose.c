/* The frame path: nothing here allocates, locks, waits, or reads a clock. */
#include "frame/rate.h"
#include "render/transition.h"
#include "show/private.h"

/* Marks the published plan as in use. The frame path uses one at a time, until it holds the next. */
static const struct plan *hold_plan(struct show *show)
{
	struct plan *plan;

	do {
		plan = __atomic_load_n(&show->published, __ATOMIC_SEQ_CST);
		__atomic_store_n(&show->in_use, plan, __ATOMIC_SEQ_CST);
		/* it may have been replaced, and freed, before the mark was seen */
	} while (plan != __atomic_load_n(&show->published, __ATOMIC_SEQ_CST));
	return plan;
}

static const struct scene *scene_of(const struct plan *plan, const struct due *due)
{
	if (due->known && due->source == SHOW_SCHEDULE)
		return plan_scene(plan, due->segment->item);
	if (due->counting)
		return plan_announced(plan, due->counting->index);
	return due->text ? due->text->scene : NULL;
}

/* What was there before stands as it was at its last instant: the picture depends on nothing but the instant. An item
 * that follows itself does not give way to itself. */
static void find_transition(
	const struct show *show, const struct plan *plan, int64_t time, struct found *found)
{
	const struct segment *segment = found->due.segment;
	int64_t last = segment->start - 1, length = segment_transition(&show->face, segment);
	struct due old;

	if (time - segment->start >= length)
		return;
	show_due_planned(show, plan_day(plan, last), last, &old);
	found->old = scene_of(plan, &old);
	if (!old.known || (old.source == SHOW_SCHEDULE && !found->old) ||
		(found->old && !scene_covers(found->old, last))) {
		found->ready = false; /* planned from later on */
		return;
	}
	if (old.source == SHOW_SCHEDULE && old.segment->item == segment->item)
		return;
	found->picture.transition = segment->item->transition;
	found->picture.into = time - segment->start;
	found->picture.time = length;
	found->picture.old = found->old ? scene_serial(found->old) : 0;
	found->picture.old_at = (struct moment){last - old.origin, last};
}

/* As the scene knows it: what counts down to its own end is dated by the time since it began. */
static struct moment moment_of(const struct found *found, struct moment at)
{
	return found->due.counting ? (struct moment){at.elapsed, at.elapsed} : at;
}

static void find(const struct show *show, const struct plan *plan, struct instant at, struct found *found)
{
	*found = (struct found){.at = at};
	show_due(show, at.trusted ? plan_day(plan, at.time) : NULL, at, &found->due);
	found->ready = found->due.known;
	found->scene = scene_of(plan, &found->due);
	found->picture.scene = found->scene ? scene_serial(found->scene) : 0;
	found->picture.at = (struct moment){at.time - found->due.origin, at.time};
	if (found->ready && (found->due.source == SHOW_SCHEDULE || found->due.counting))
		found->ready =
			found->scene && scene_covers(found->scene, moment_of(found, found->picture.at).wall);
	if (found->ready && found->due.source == SHOW_SCHEDULE)
		find_transition(show, plan, at.time, found);
}

/* --- pictures */

static int64_t origin(const struct show_picture *picture)
{
	return picture->at.wall - picture->at.elapsed;
}

static bool is_black(const struct show_picture *picture)
{
	return picture->scene == 0 && picture->time == 0;
}

bool show_picture_goes_on(const struct show_picture *a, const struct show_picture *b)
{
	if (is_black(a) || is_black(b))
		return is_black(a) && is_black(b);
	if (a->scene != b->scene || origin(a) != origin(b) || a->time != b->time)
		return false;
	return a->time == 0 ||
	       (a->transition == b->transition && a->old == b->old &&
		       a->old_at.elapsed == b->old_at.elapsed && a->old_at.wall == b->old_at.wall &&
		       a->at.wall - a->into == b->at.wall - b->into);
}

bool show_picture_equal(const struct show_picture *a, const struct show_picture *b)
{
	return show_picture_goes_on(a, b) && (a->at.wall == b->at.wall || is_black(a));
}

/* --- painting */

static void paint_scene(const struct scene *scene, struct moment at, struct frame *frame)
{
	if (scene)
		scene_compose(scene, at, frame);
	else
		frame_fill(frame, (struct rect){0, 0, frame->width, frame->height}, 0);
}

static void paint_transition(const struct show *show, const struct found *found, struct frame *frame)
{
	const struct show_picture *picture = &found->picture;

	paint_scene(found->old, picture->old_at, show->scratch);
	transition_paint(picture->transition, show->scratch, picture->into, picture->time, frame);
}

void show_paint(
	struct show *show, const struct show_picture *before, struct frame *frame, struct region *damage)
{
	const struct found *found = &show->found;
	const struct show_picture *picture = &found->picture;
	struct moment at = moment_of(found, picture->at);

	if (before && before->scene == picture->scene && before->time == 0 && picture->time == 0) {
		if (!found->scene) /* black stays black */
			return;
		struct moment then = moment_of(found, before->at);

		if (scene_covers(found->scene, then.wall)) {
			scene_update(found->scene, then, at, frame);
			scene_damage(found->scene, then, at, damage);
			return;
		}
	}
	paint_scene(found->scene, at, frame);
	if (picture->time > 0)
		paint_transition(show, found, frame);
	region_add(damage, (struct rect){0, 0, frame->width, frame->height});
}

/* --- front door */

bool show_look(
	struct show *show, struct instant now, struct show_picture *ret_picture, struct show_state *ret_state)
{
	struct found *found = &show->found;

	find(show, hold_plan(show), now, found);
	*ret_state = (struct show_state){.source = found->due.source,
		.segment = found->due.segment,
		.override = found->due.override,
		.late = !found->ready};
	if (found->ready)
		*ret_picture = found->picture;
	else /* The clock may have been set back: then what is ready lies ahead, and says nothing about now. */
		__atomic_store_n(&show->ready_until, TIME_ALWAYS, __ATOMIC_SEQ_CST);
	return found->ready;
}

void show_compose(struct show *show, struct instant previous, struct instant now, struct frame *frame,
	struct region *damage, struct show_state *ret_state)
{
	struct show_picture picture;
	struct found before = {.ready = false};

	if (!show_look(show, now, &picture, ret_state))
		return;
	if (previous.time != TIME_ALWAYS)
		find(show, show->in_use, previous, &before);
	show_paint(show, before.ready ? &before.picture : NULL, frame, damage);
}

/* --- the next change */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_override_border(const struct show *show, struct instant now)
{
	int64_t next = TIME_NEVER, time = now.time;

	for (size_t i = 0; i < show->override_count; i++) {
		if (show->overrides[i].uptime == now.trusted)
			continue;
		if (show->overrides[i].start > time)
			next = earlier(next, show->overrides[i].start);
		if (show->overrides[i].end > time)
			next = earlier(next, show->overrides[i].end);
	}
	return next;
}

static int64_t next_motion(const struct found *found)
{
	int64_t next = TIME_NEVER;

	if (found->scene)
		next = scene_next_change(found->scene, moment_of(found, found->picture.at));
	return next == TIME_NEVER ? TIME_NEVER : next + found->due.origin;
}

/* What was looked for last, ready or not; of another instant it is now. Who looked keeps pointers into the plan that is
 * held: for the instant that it looked at no other is taken. */
static const struct found *found_at(struct show *show, struct instant now)
{
	struct found *found = &show->found;

	if (found->at.time != now.time || found->at.trusted != now.trusted)
		find(show, hold_plan(show), now, found);
	return found;
}

int64_t show_next_change(struct show *show, struct instant now)
{
	const struct found *found = found_at(show, now);
	const struct due *due = &found->due;
	const struct show_picture *picture = &found->picture;
	const int32_t rate = show->view.display->rate;
	int64_t next = TIME_NEVER;

	if (!found->ready || picture->time > 0)
		next = frame_instant(rate, frame_index(rate, now.time) + 1);
	if (!found->ready) /* look again at the next frame */
		return next;
	if (picture->time > 0) /* every frame differs, and the one after the last */
		next = earlier(next, now.time - picture->into + picture->time);
	else
		next = next_motion(found);
	next = earlier(next, next_override_border(show, now));
	if (due->override || !now.trusted)
		return next;
	next = earlier(next, day_next_switch(plan_day(show->in_use, now.time), now.time));
	if (due->segment)
		next = earlier(next, due->segment->end);
	return next;
}
