/* Scenes: their making and end, and the frame path over their parts. */
#include "render/scene.h"

#include "base/alloc.h"
#include "render/text_part.h"

/* --- making */

struct scene *scene_create(const struct face *face)
{
	static uint64_t serial;
	struct scene *scene = xcalloc(1, sizeof *scene);
	scene->references = 1;
	scene->serial = __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
	scene->width = face->width;
	scene->height = face->height;
	scene->rate = face->rate;
	return scene;
}

struct part *scene_add_part(struct scene *scene, struct rect area)
{
	scene->parts = xrealloc(scene->parts, scene->part_count + 1, sizeof *scene->parts);
	struct part *part = &scene->parts[scene->part_count++];
	*part = (struct part){.area = area};
	return part;
}

void part_finish(struct part *part)
{
	/* Where nothing was painted, pages were only counted. */
	for (size_t i = 0; part->pictures && i < part->picture_count; i++)
		frame_unref(part->pictures[i]);
	for (size_t i = 0; part->sequence && i < part->sequence->count; i++)
		scene_unref(part->sequence->elements[i].scene);
	if (part->sequence)
		free(part->sequence->elements);
	free(part->sequence);
	text_source_destroy(part->source);
	free(part->pictures);
	free(part->rows);
}

struct scene *scene_ref(struct scene *scene)
{
	__atomic_add_fetch(&scene->references, 1, __ATOMIC_RELAXED);
	return scene;
}

static void free_own(struct scene *scene)
{
	for (size_t i = 0; i < scene->part_count; i++)
		part_finish(&scene->parts[i]);
	free(scene->parts);
	frame_unref(scene->backdrop);
}

void scene_unref(struct scene *scene)
{
	if (!scene || __atomic_sub_fetch(&scene->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (scene->base)
		dated_finish(scene);
	else
		free_own(scene);
	scene_unref(scene->base);
	free(scene);
}

uint64_t scene_serial(const struct scene *scene)
{
	return scene->base ? scene->base->serial : scene->serial;
}

int64_t scene_natural_length(const struct scene *scene)
{
	return scene->length;
}

static size_t frame_size(const struct frame *frame)
{
	return frame ? (size_t)frame->stride * (size_t)frame->height * sizeof *frame->pixels : 0;
}

size_t scene_size(const struct scene *scene)
{
	size_t size = frame_size(scene->backdrop);
	for (size_t i = 0; i < scene->part_count; i++)
		size += part_size(&scene->parts[i]);
	return size;
}

size_t part_size(const struct part *part)
{
	size_t size = 0;
	for (size_t i = 0; i < part->picture_count; i++)
		size += frame_size(part->pictures[i]);
	for (size_t i = 0; part->sequence && i < part->sequence->count; i++)
		size += scene_size(part->sequence->elements[i].scene);
	return size;
}

/* --- the frame path */

/* A part of a frame as a frame of its own, over the same pixels. */
static struct frame view_of(const struct frame *frame, struct rect area)
{
	return (struct frame){.width = area.width,
		.height = area.height,
		.stride = frame->stride,
		.pixels = frame_row(frame, area.y) + area.x,
		.references = 1};
}

static const struct dated_part *dated_of(const struct scene *scene, size_t part)
{
	return scene->dated ? &scene->dated[part] : NULL;
}

void scene_compose(const struct scene *scene, struct moment at, struct frame *frame)
{
	if (scene->backdrop)
		frame_copy(frame, 0, 0, scene->backdrop, (struct rect){0, 0, scene->width, scene->height});
	for (size_t i = 0; i < scene->part_count; i++) {
		struct frame view = view_of(frame, scene->parts[i].area);
		part_compose(&scene->parts[i], scene->rate, dated_of(scene, i), at, &view);
	}
}

void scene_update(const struct scene *scene, struct moment before, struct moment at, struct frame *frame)
{
	for (size_t i = 0; i < scene->part_count; i++) {
		struct frame view = view_of(frame, scene->parts[i].area);
		part_update(&scene->parts[i], scene->rate, dated_of(scene, i), before, at, &view);
	}
}

void scene_damage(const struct scene *scene, struct moment before, struct moment after, struct region *damage)
{
	for (size_t i = 0; i < scene->part_count; i++) {
		const struct part *part = &scene->parts[i];
		struct region within;
		region_clear(&within);
		part_damage(part, scene->rate, dated_of(scene, i), before, after, &within);
		for (int k = 0; k < within.count; k++) {
			struct rect r = within.rects[k];
			region_add(damage,
				(struct rect){r.x + part->area.x, r.y + part->area.y, r.width, r.height});
		}
	}
}

int64_t scene_next_change(const struct scene *scene, struct moment at)
{
	int64_t next = TIME_NEVER;
	for (size_t i = 0; i < scene->part_count; i++) {
		int64_t change = part_next_change(&scene->parts[i], scene->rate, dated_of(scene, i), at);
		next = change < next ? change : next;
	}
	return next == TIME_NEVER ? TIME_NEVER : at.elapsed + next;
}

bool scene_covers(const struct scene *scene, int64_t wall)
{
	return !scene->base || (wall >= scene->from && wall < scene->until);
}
