/* The frame path: nothing here allocates, locks, waits, or reads a clock. */
#include "frame/rate.h"
#include "render/transition.h"
#include "show/private.h"

struct picture {
	struct due due;
	const struct scene *scene; /* NULL: black, or not ready */
	bool ready;
	/* Of a transition under way. */
	int64_t into, time;	 /* ns; time 0: none */
	const struct scene *old; /* what gives way; NULL: black */
	struct moment old_moment;
};

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
	return due->text ? due->text->scene : NULL;
}

/* What was there before stands as it was at its last instant: the picture depends on nothing but the instant. An item
 * that follows itself does not give way to itself. */
static void find_transition(
	const struct show *show, const struct plan *plan, int64_t time, struct picture *picture)
{
	const struct segment *segment = picture->due.segment;
	int64_t last = segment->start - 1;
	struct due old;

	picture->time = segment_transition(&show->face, segment);
	picture->into = time - segment->start;
	if (picture->into >= picture->time)
		picture->time = 0;
	if (picture->time == 0)
		return;
	show_due_planned(show, plan_day(plan, last), last, &old);
	picture->old = scene_of(plan, &old);
	picture->old_moment = (struct moment){last - old.origin, last};
	if (!old.known || (old.source == SHOW_SCHEDULE && !picture->old) ||
		(picture->old && !scene_covers(picture->old, last)))
		picture->ready = false; /* planned from later on */
	else if (old.source == SHOW_SCHEDULE && old.segment->item == segment->item)
		picture->time = 0;
}

static void find_picture(
	const struct show *show, const struct plan *plan, struct instant at, struct picture *picture)
{
	*picture = (struct picture){.ready = false};
	show_due(show, at.trusted ? plan_day(plan, at.time) : NULL, at, &picture->due);
	picture->ready = picture->due.known;
	picture->scene = scene_of(plan, &picture->due);
	if (picture->ready && picture->due.source == SHOW_SCHEDULE) {
		picture->ready = picture->scene != NULL && scene_covers(picture->scene, at.time);
		if (picture->ready)
			find_transition(show, plan, at.time, picture);
	}
}

static struct moment moment_of(const struct picture *picture, int64_t time)
{
	return (struct moment){time - picture->due.origin, time};
}

static void paint_scene(const struct scene *scene, struct moment at, struct frame *frame)
{
	if (scene)
		scene_compose(scene, at, frame);
	else
		frame_fill(frame, (struct rect){0, 0, frame->width, frame->height}, 0);
}

static void paint_transition(const struct show *show, const struct picture *picture, struct frame *frame)
{
	enum transition transition = picture->due.segment->item->transition;

	paint_scene(picture->old, picture->old_moment, show->scratch);
	transition_paint(transition, show->scratch, picture->into, picture->time, frame);
}

static void paint(const struct show *show, const struct picture *before, int64_t previous,
	const struct picture *picture, int64_t now, struct frame *frame, struct region *damage)
{
	const struct rect all = {0, 0, frame->width, frame->height};

	if (before->ready && before->scene == picture->scene && before->time == 0 && picture->time == 0) {
		if (!picture->scene) /* black stays black */
			return;
		scene_update(picture->scene, moment_of(before, previous), moment_of(picture, now), frame);
		scene_damage(picture->scene, moment_of(before, previous), moment_of(picture, now), damage);
		return;
	}
	paint_scene(picture->scene, moment_of(picture, now), frame);
	if (picture->time > 0)
		paint_transition(show, picture, frame);
	region_add(damage, all);
}

void show_compose(struct show *show, struct instant previous, struct instant now, struct frame *frame,
	struct region *damage, struct show_state *ret_state)
{
	const struct plan *plan = hold_plan(show);
	struct picture picture, before = {.ready = false};

	find_picture(show, plan, now, &picture);
	*ret_state = (struct show_state){.source = picture.due.source,
		.segment = picture.due.segment,
		.override = picture.due.override,
		.late = !picture.ready};
	if (!picture.ready) {
		/* The clock may have been set back: then what is ready lies ahead, and says nothing about now. */
		__atomic_store_n(&show->ready_until, TIME_ALWAYS, __ATOMIC_SEQ_CST);
		return;
	}
	if (previous.time != TIME_ALWAYS)
		find_picture(show, plan, previous, &before);
	paint(show, &before, previous.time, &picture, now.time, frame, damage);
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

static int64_t next_motion(const struct picture *picture, int64_t time)
{
	int64_t next = TIME_NEVER;

	if (picture->scene)
		next = scene_next_change(picture->scene, moment_of(picture, time));
	return next == TIME_NEVER ? TIME_NEVER : next + picture->due.origin;
}

int64_t show_next_change(struct show *show, struct instant now)
{
	const struct plan *plan = hold_plan(show);
	const struct day *day = plan_day(plan, now.time);
	const int32_t rate = show->view.display->rate;
	struct picture picture;
	int64_t next;

	find_picture(show, plan, now, &picture);
	next = frame_instant(rate, frame_index(rate, now.time) + 1);
	if (!picture.ready) /* look again at the next frame */
		return next;
	if (picture.time > 0) /* every frame differs, and the one after the last */
		next = earlier(next, now.time - picture.into + picture.time);
	else
		next = next_motion(&picture, now.time);
	next = earlier(next, next_override_border(show, now));
	if (picture.due.override || !now.trusted)
		return next;
	next = earlier(next, day_next_switch(day, now.time));
	if (picture.due.segment)
		next = earlier(next, picture.due.segment->end);
	return next;
}
