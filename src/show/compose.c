/* The frame path: nothing here allocates, locks, waits, or reads a clock. */
#include "frame/rate.h"
#include "show/private.h"

struct picture {
	struct due due;
	const struct scene *scene; /* NULL: black, or not ready */
	bool ready;
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

static void find_picture(
	const struct show *show, const struct plan *plan, struct instant at, struct picture *picture)
{
	show_due(show, at.trusted ? plan_day(plan, at.time) : NULL, at, &picture->due);
	picture->ready = picture->due.known;
	picture->scene = picture->due.text ? picture->due.text->scene : NULL;
	if (picture->ready && picture->due.source == SHOW_SCHEDULE) {
		picture->scene = plan_scene(plan, picture->due.segment->item);
		picture->ready = picture->scene != NULL;
	}
}

static void paint(const struct picture *before, int64_t previous, const struct picture *picture, int64_t now,
	struct frame *frame, struct region *damage)
{
	const struct rect all = {0, 0, frame->width, frame->height};

	if (before->ready && before->scene == picture->scene) {
		if (!picture->scene) /* black stays black */
			return;
		scene_update(picture->scene, previous - before->due.origin, now - picture->due.origin, frame);
		scene_damage(
			picture->scene, previous - before->due.origin, now - picture->due.origin, damage);
		return;
	}
	if (picture->scene)
		scene_compose(picture->scene, now - picture->due.origin, frame);
	else
		frame_fill(frame, all, 0);
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
	paint(&before, previous.time, &picture, now.time, frame, damage);
}

/* --- the next change */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_override_border(const struct show *show, int64_t time)
{
	int64_t next = TIME_NEVER;

	for (size_t i = 0; i < show->override_count; i++) {
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
		next = scene_next_change(picture->scene, time - picture->due.origin);
	return next == TIME_NEVER ? TIME_NEVER : next + picture->due.origin;
}

int64_t show_next_change(struct show *show, struct instant now)
{
	const struct plan *plan = hold_plan(show);
	const struct day *day = plan_day(plan, now.time);
	struct picture picture;
	int64_t next;

	find_picture(show, plan, now, &picture);
	if (!picture.ready) { /* look again at the next frame */
		int32_t rate = show->view.display->rate;

		return frame_instant(rate, frame_index(rate, now.time) + 1);
	}
	next = next_motion(&picture, now.time);
	if (!now.trusted)
		return next;
	next = earlier(next, next_override_border(show, now.time));
	if (picture.due.override)
		return next;
	next = earlier(next, day_next_switch(day, now.time));
	if (picture.due.segment)
		next = earlier(next, picture.due.segment->end);
	return next;
}
