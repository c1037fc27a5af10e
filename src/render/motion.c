/* Where a scene's pictures are at an instant: pure arithmetic, all of the frame path but the copying. */
#include "base/time.h"
#include "frame/rate.h"
#include "render/scene.h"

static int64_t whole_ms(int64_t ns)
{
	return (ns + NS_PER_MS - 1) / NS_PER_MS * NS_PER_MS;
}

static int travel(const struct scene *scene)
{
	return scene->strip_length + (scene->motion == MOTION_SCROLL_LEFT ? scene->width : scene->height);
}

/* A speed is rounded once to whole pixels a frame, or one pixel every k frames, so that text never judders. */
void scene_set_motion(struct scene *scene, int speed)
{
	if (scene->motion == MOTION_STILL)
		return;
	if (scene->motion == MOTION_PAGE) {
		scene->length = scene->page_time * (int64_t)scene->picture_count;
		return;
	}
	double pixels = speed * 1000.0 / scene->rate;
	scene->step = pixels >= 1 ? (int)(pixels + 0.5) : 1;
	scene->every = pixels >= 1 ? 1 : (int)(1 / pixels + 0.5);
	int64_t moves = (travel(scene) + scene->step - 1) / scene->step;
	scene->length = whole_ms(frame_instant(scene->rate, moves * scene->every));
}

/* How many moves (or pages) of this round are over at that elapsed time. */
static int64_t moves_at(const struct scene *scene, int64_t elapsed)
{
	int64_t rest = elapsed % scene->length;
	if (rest < 0)
		rest += scene->length;
	if (scene->motion == MOTION_PAGE)
		return rest / scene->page_time;
	return frame_index(scene->rate, rest) / scene->every;
}

int64_t scene_next_change(const struct scene *scene, int64_t elapsed)
{
	if (scene->inner)
		return scene_next_change(scene->inner, elapsed);
	if (scene->motion == MOTION_STILL || (scene->motion == MOTION_PAGE && scene->picture_count == 1))
		return TIME_NEVER;
	int64_t rest = elapsed % scene->length;
	if (rest < 0)
		rest += scene->length;
	int64_t next = scene->motion == MOTION_PAGE
			       ? (rest / scene->page_time + 1) * scene->page_time
			       : frame_instant(scene->rate, (moves_at(scene, rest) + 1) * scene->every);
	/* The round's end starts it over. */
	return elapsed - rest + (next < scene->length ? next : scene->length);
}

/* --- the frame path */

static void compose_left(const struct scene *scene, int64_t moves, struct frame *frame)
{
	int x = scene->width - (int)moves * scene->step; /* of the strip's left end */
	frame_fill(frame, (struct rect){0, scene->band_top, x, scene->band_height}, scene->background);
	for (size_t i = 0; i < scene->picture_count; i++) {
		const struct frame *tile = scene->pictures[i];
		int left = x + (int)i * TILE_WIDTH;
		if (left < scene->width && left + tile->width > 0)
			frame_copy(frame, left, scene->band_top, tile,
				(struct rect){0, 0, tile->width, tile->height});
	}
	int end = x + scene->strip_length;
	if (end < 0)
		end = 0;
	frame_fill(frame, (struct rect){end, scene->band_top, scene->width - end, scene->band_height},
		scene->background);
}

static void compose_up(const struct scene *scene, int64_t moves, struct frame *frame)
{
	int y = scene->height - (int)moves * scene->step;
	const struct frame *strip = scene->pictures[0];
	frame_fill(frame, (struct rect){0, 0, scene->width, y}, scene->background);
	frame_copy(frame, 0, y, strip, (struct rect){0, 0, strip->width, strip->height});
	int end = y + scene->strip_length;
	if (end < 0)
		end = 0;
	frame_fill(frame, (struct rect){0, end, scene->width, scene->height - end}, scene->background);
}

/* What moves; what lies around a ticker's band is painted by scene_compose alone. */
static void compose_moving(const struct scene *scene, int64_t elapsed, struct frame *frame)
{
	int64_t moves = scene->motion == MOTION_STILL ? 0 : moves_at(scene, elapsed);
	const struct rect all = {0, 0, scene->width, scene->height};
	switch (scene->motion) {
	case MOTION_STILL:
	case MOTION_PAGE:
		frame_copy(frame, 0, 0, scene->pictures[moves], all);
		break;
	case MOTION_SCROLL_LEFT:
		compose_left(scene, moves, frame);
		break;
	case MOTION_SCROLL_UP:
		compose_up(scene, moves, frame);
		break;
	}
}

/* The part of frame that the text has, as a frame of its own over the same pixels. */
static struct frame part_of(const struct frame *frame, struct rect place)
{
	return (struct frame){.width = place.width,
		.height = place.height,
		.stride = frame->stride,
		.pixels = frame_row(frame, place.y) + place.x,
		.references = 1};
}

void scene_compose(const struct scene *scene, int64_t elapsed, struct frame *frame)
{
	if (scene->inner) {
		struct frame part = part_of(frame, scene->place);
		frame_copy(frame, 0, 0, scene->ground, (struct rect){0, 0, scene->width, scene->height});
		scene_compose(scene->inner, elapsed, &part);
		return;
	}
	if (scene->motion == MOTION_SCROLL_LEFT) {
		int below = scene->band_top + scene->band_height;
		frame_fill(frame, (struct rect){0, 0, scene->width, scene->band_top}, scene->background);
		frame_fill(frame, (struct rect){0, below, scene->width, scene->height - below},
			scene->background);
	}
	compose_moving(scene, elapsed, frame);
}

static bool moves_between(const struct scene *scene, int64_t before, int64_t after)
{
	return scene->motion != MOTION_STILL && moves_at(scene, before) != moves_at(scene, after);
}

void scene_update(const struct scene *scene, int64_t before, int64_t elapsed, struct frame *frame)
{
	if (scene->inner) {
		struct frame part = part_of(frame, scene->place);
		scene_update(scene->inner, before, elapsed, &part);
		return;
	}
	if (moves_between(scene, before, elapsed))
		compose_moving(scene, elapsed, frame);
}

static void damage_part(const struct scene *scene, int64_t before, int64_t after, struct region *damage)
{
	struct region part = {.count = 0};
	scene_damage(scene->inner, before, after, &part);
	for (int i = 0; i < part.count; i++) {
		struct rect rect = part.rects[i];
		rect.x += scene->place.x;
		rect.y += scene->place.y;
		region_add(damage, rect);
	}
}

void scene_damage(const struct scene *scene, int64_t before, int64_t after, struct region *damage)
{
	if (scene->inner) {
		damage_part(scene, before, after, damage);
		return;
	}
	if (!moves_between(scene, before, after))
		return;
	if (scene->motion == MOTION_SCROLL_LEFT)
		region_add(damage, (struct rect){0, scene->band_top, scene->width, scene->band_height});
	else
		region_add(damage, (struct rect){0, 0, scene->width, scene->height});
}
