/* Where a part's pictures are at an instant: pure arithmetic, all of the frame path but the copying. */
#include "base/alloc.h"
#include "base/time.h"
#include "frame/rate.h"
#include "render/scene.h"

static int64_t whole_ms(int64_t ns)
{
	return (ns + NS_PER_MS - 1) / NS_PER_MS * NS_PER_MS;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* --- motion */

static int travel(const struct part *part)
{
	return part->strip_length +
	       (part->motion == MOTION_SCROLL_LEFT ? part->area.width : part->area.height);
}

/* Moves until a strip has run through. */
static int64_t moves_of_round(const struct part *part)
{
	return (travel(part) + part->step - 1) / part->step;
}

/* A speed is rounded once to whole pixels a frame, or one pixel every k frames, so that text never judders. */
void part_set_motion(struct part *part, int32_t rate, int speed)
{
	if (part->motion == MOTION_STILL)
		return;
	if (part->motion == MOTION_PAGE) {
		part->length = part->page_time * (int64_t)part->picture_count;
		return;
	}
	double pixels = speed * 1000.0 / rate;
	part->step = pixels >= 1 ? (int)(pixels + 0.5) : 1;
	part->every = pixels >= 1 ? 1 : (int)(1 / pixels + 0.5);
	part->length = whole_ms(frame_instant(rate, moves_of_round(part) * part->every));
}

static int64_t rest_of(const struct part *part, int64_t elapsed)
{
	int64_t rest = elapsed % part->length;
	return rest < 0 ? rest + part->length : rest;
}

/* How many moves (or pages) of this round are over. What is counted from the epoch moves with the frames' own numbers:
 * its rounds need not be whole milliseconds. */
static int64_t moves_at(const struct part *part, int32_t rate, struct moment at)
{
	if (part->motion == MOTION_STILL)
		return 0;
	if (part->motion == MOTION_PAGE)
		return rest_of(part, at.elapsed) / part->page_time;
	if (part->by_wall)
		return frame_index(rate, at.wall) / part->every % moves_of_round(part);
	return frame_index(rate, rest_of(part, at.elapsed)) / part->every;
}

static int64_t next_move(const struct part *part, int32_t rate, struct moment at)
{
	if (part->motion == MOTION_STILL || (part->motion == MOTION_PAGE && part->picture_count == 1))
		return TIME_NEVER;
	if (part->by_wall)
		return frame_instant(rate, (frame_index(rate, at.wall) / part->every + 1) * part->every) -
		       at.wall;
	int64_t rest = rest_of(part, at.elapsed);
	int64_t next = part->motion == MOTION_PAGE
			       ? (rest / part->page_time + 1) * part->page_time
			       : frame_instant(rate, (moves_at(part, rate, at) + 1) * part->every);
	/* The round's end starts it over. */
	return (next < part->length ? next : part->length) - rest;
}

/* --- dates */

/* The last step at or before that instant; NULL: the samples show. */
static const struct dated_step *step_at(const struct dated_part *dated, int64_t wall)
{
	if (!dated || dated->step_count == 0)
		return NULL;
	size_t low = 0, high = dated->step_count;
	while (high - low > 1) { /* steps[low] is at or before it */
		size_t middle = low + (high - low) / 2;
		if (dated->steps[middle].from <= wall)
			low = middle;
		else
			high = middle;
	}
	return &dated->steps[low];
}

static const struct variant *variant_at(const struct dated_part *dated, int64_t wall)
{
	const struct dated_step *step = step_at(dated, wall);
	return step ? step->variant : NULL;
}

static void put_patches(const struct variant *variant, size_t picture, int x, int y, struct frame *frame)
{
	for (size_t i = 0; variant && i < variant->patch_count; i++) {
		const struct patch *patch = &variant->patches[i];
		if (patch->picture == picture)
			frame_copy(frame, x + patch->x, y + patch->y, patch->frame,
				(struct rect){0, 0, patch->frame->width, patch->frame->height});
	}
}

/* --- painting */

static void fill_rows(const struct part *part, int x, int width, struct frame *frame)
{
	for (int y = 0; y < part->band_height && width > 0; y++)
		frame_fill(frame, (struct rect){x, part->band_top + y, width, 1}, part->rows[y]);
}

static void compose_left(
	const struct part *part, const struct variant *variant, int64_t moves, struct frame *frame)
{
	int x = part->area.width - (int)moves * part->step; /* of the strip's left end */
	int end = x + part->strip_length;
	fill_rows(part, 0, x, frame);
	for (size_t i = 0; i < part->picture_count; i++) {
		const struct frame *tile = part->pictures[i];
		int left = x + (int)i * TILE_WIDTH;
		if (left >= part->area.width || left + tile->width <= 0)
			continue;
		frame_copy(frame, left, part->band_top, tile, (struct rect){0, 0, tile->width, tile->height});
		put_patches(variant, i, left, part->band_top, frame);
	}
	if (end < 0)
		end = 0;
	fill_rows(part, end, part->area.width - end, frame);
}

static void compose_up(
	const struct part *part, const struct variant *variant, int64_t moves, struct frame *frame)
{
	int y = part->area.height - (int)moves * part->step;
	int end = y + part->strip_length;
	const struct frame *strip = part->pictures[0];
	frame_fill(frame, (struct rect){0, 0, part->area.width, y}, part->background);
	frame_copy(frame, 0, y, strip, (struct rect){0, 0, strip->width, strip->height});
	put_patches(variant, 0, 0, y, frame);
	if (end < 0)
		end = 0;
	frame_fill(frame, (struct rect){0, end, part->area.width, part->area.height - end}, part->background);
}

/* What moves; what lies around a ticker's band is painted by part_compose alone. */
static void compose_moving(
	const struct part *part, const struct variant *variant, int64_t moves, struct frame *frame)
{
	switch (part->motion) {
	case MOTION_STILL:
	case MOTION_PAGE:
		frame_copy(frame, 0, 0, part->pictures[moves],
			(struct rect){0, 0, part->area.width, part->area.height});
		put_patches(variant, (size_t)moves, 0, 0, frame);
		break;
	case MOTION_SCROLL_LEFT:
		compose_left(part, variant, moves, frame);
		break;
	case MOTION_SCROLL_UP:
		compose_up(part, variant, moves, frame);
		break;
	}
}

/* Takes back what `before` has patched on a picture that stands, and puts on what `after` has. */
static void change_patches(const struct part *part, size_t picture, const struct variant *before,
	const struct variant *after, struct frame *frame)
{
	for (size_t i = 0; before && i < before->patch_count; i++) {
		const struct patch *patch = &before->patches[i];
		if (patch->picture == picture)
			frame_copy(frame, patch->x, patch->y, part->pictures[picture],
				(struct rect){patch->x, patch->y, patch->frame->width, patch->frame->height});
	}
	put_patches(after, picture, 0, 0, frame);
}

static void damage_patches(const struct variant *variant, size_t picture, struct region *damage)
{
	for (size_t i = 0; variant && i < variant->patch_count; i++) {
		const struct patch *patch = &variant->patches[i];
		if (patch->picture == picture)
			region_add(damage,
				(struct rect){patch->x, patch->y, patch->frame->width, patch->frame->height});
	}
}

/* --- sequences */

static int64_t sequence_round(const struct sequence *sequence, int64_t wall)
{
	int64_t round = 0;
	for (size_t i = 0; i < sequence->count; i++)
		if (sequence->elements[i].until > wall)
			round += sequence->elements[i].length;
	return round;
}

const struct sequence_element *sequence_at(
	const struct sequence *sequence, int64_t wall, struct moment *ret_moment, int64_t *ret_left)
{
	int64_t round = sequence_round(sequence, wall), left = TIME_NEVER;
	const struct sequence_element *shown = NULL;
	int64_t rest = round > 0 ? (wall % round + round) % round : 0;
	for (size_t i = 0; i < sequence->count; i++) {
		const struct sequence_element *element = &sequence->elements[i];
		if (element->until <= wall)
			continue;
		/* One that expires shortens the round for all. */
		if (element->until != TIME_NEVER)
			left = earlier(left, element->until - wall);
		if (!shown && rest < element->length) {
			shown = element;
			*ret_moment = (struct moment){rest, wall};
			left = earlier(left, element->length - rest);
		}
		rest -= element->length;
	}
	*ret_left = left;
	return shown;
}

static const struct scene *element_scene(const struct sequence *sequence, const struct dated_part *dated,
	const struct sequence_element *element)
{
	return dated && dated->elements ? dated->elements[element - sequence->elements] : element->scene;
}

static void compose_sequence(
	const struct part *part, const struct dated_part *dated, struct moment at, struct frame *frame)
{
	struct moment within;
	int64_t left;
	const struct sequence_element *element = sequence_at(part->sequence, at.wall, &within, &left);
	if (element)
		scene_compose(element_scene(part->sequence, dated, element), within, frame);
	else
		frame_copy(frame, 0, 0, part->pictures[0],
			(struct rect){0, 0, part->area.width, part->area.height});
}

static void update_sequence(const struct part *part, const struct dated_part *dated, struct moment before,
	struct moment at, struct frame *frame)
{
	struct moment then, now;
	int64_t left;
	const struct sequence_element *former = sequence_at(part->sequence, before.wall, &then, &left);
	const struct sequence_element *element = sequence_at(part->sequence, at.wall, &now, &left);
	if (former != element)
		compose_sequence(part, dated, at, frame);
	else if (element)
		scene_update(element_scene(part->sequence, dated, element), then, now, frame);
}

static void damage_sequence(const struct part *part, const struct dated_part *dated, struct moment before,
	struct moment after, struct region *damage)
{
	struct moment then, now;
	int64_t left;
	const struct sequence_element *former = sequence_at(part->sequence, before.wall, &then, &left);
	const struct sequence_element *element = sequence_at(part->sequence, after.wall, &now, &left);
	if (former != element)
		region_add(damage, (struct rect){0, 0, part->area.width, part->area.height});
	else if (element)
		scene_damage(element_scene(part->sequence, dated, element), then, now, damage);
}

static int64_t next_in_sequence(const struct part *part, const struct dated_part *dated, struct moment at)
{
	struct moment within;
	int64_t left;
	const struct sequence_element *element = sequence_at(part->sequence, at.wall, &within, &left);
	if (!element)
		return left;
	int64_t change = scene_next_change(element_scene(part->sequence, dated, element), within);
	return change == TIME_NEVER ? left : earlier(left, change - within.elapsed);
}

/* --- front door */

void part_compose(const struct part *part, int32_t rate, const struct dated_part *dated, struct moment at,
	struct frame *frame)
{
	if (part->sequence) {
		compose_sequence(part, dated, at, frame);
		return;
	}
	if (part->motion == MOTION_SCROLL_LEFT && part->alone) {
		int below = part->band_top + part->band_height;
		frame_fill(frame, (struct rect){0, 0, part->area.width, part->band_top}, part->background);
		frame_fill(frame, (struct rect){0, below, part->area.width, part->area.height - below},
			part->background);
	}
	compose_moving(part, variant_at(dated, at.wall), moves_at(part, rate, at), frame);
}

void part_update(const struct part *part, int32_t rate, const struct dated_part *dated, struct moment before,
	struct moment at, struct frame *frame)
{
	if (part->sequence) {
		update_sequence(part, dated, before, at, frame);
		return;
	}
	const struct variant *former = variant_at(dated, before.wall), *variant = variant_at(dated, at.wall);
	int64_t moves = moves_at(part, rate, at);
	bool moved = moves != moves_at(part, rate, before);
	bool scrolls = part->motion == MOTION_SCROLL_LEFT || part->motion == MOTION_SCROLL_UP;
	if (moved || (former != variant && scrolls))
		compose_moving(part, variant, moves, frame);
	else if (former != variant)
		change_patches(part, (size_t)moves, former, variant, frame);
}

void part_damage(const struct part *part, int32_t rate, const struct dated_part *dated, struct moment before,
	struct moment after, struct region *damage)
{
	if (part->sequence) {
		damage_sequence(part, dated, before, after, damage);
		return;
	}
	const struct variant *former = variant_at(dated, before.wall),
			     *variant = variant_at(dated, after.wall);
	int64_t moves = moves_at(part, rate, after);
	bool moved = moves != moves_at(part, rate, before);
	if (!moved && former == variant)
		return;
	if (part->motion == MOTION_SCROLL_LEFT) {
		region_add(damage, (struct rect){0, part->band_top, part->area.width, part->band_height});
	} else if (moved || part->motion == MOTION_SCROLL_UP) {
		region_add(damage, (struct rect){0, 0, part->area.width, part->area.height});
	} else {
		damage_patches(former, (size_t)moves, damage);
		damage_patches(variant, (size_t)moves, damage);
	}
}

int64_t part_next_change(
	const struct part *part, int32_t rate, const struct dated_part *dated, struct moment at)
{
	if (part->sequence)
		return next_in_sequence(part, dated, at);
	int64_t next = next_move(part, rate, at);
	const struct dated_step *step = step_at(dated, at.wall);
	if (step && step + 1 < dated->steps + dated->step_count)
		next = earlier(next, step[1].from - at.wall);
	return next;
}
