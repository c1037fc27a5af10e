#include "painter.h"

#include "leds.h"
#include "output/output.h"

#define AHEAD (10 * NS_PER_SEC) /* prepared at once */

void painter_init(struct painter *painter, struct context *context, bool panel_stage, bool leds)
{
	const struct display *display = show_view(context->show)->display;

	*painter = (struct painter){
		.context = context, .panel_stage = panel_stage, .leds = leds, .at = TIME_ALWAYS};
	painter->frame = frame_create(display->width, display->height);
	if (panel_stage || leds)
		painter->levels = frame_create(display->width, display->height);
}

void painter_finish(struct painter *painter)
{
	frame_unref(painter->frame);
	frame_unref(painter->levels);
	frame_unref(painter->drawn);
}

void painter_forget(struct painter *painter)
{
	painter->at = TIME_ALWAYS;
}

static int permille_at(const struct painter *painter, const struct display *display, int64_t at)
{
	const struct context *context = painter->context;
	struct civil civil;

	if (painter->untrusted) /* as the daemon: no time of day */
		return display_brightness(context->site, display, 0, 0);
	zone_civil(context->site->zone, at, &civil);
	return display_brightness(context->site, display, day_from_date(civil.year, civil.month, civil.day),
		civil.hour * 3600 + civil.minute * 60 + civil.second);
}

/* The picture before must be known to the plan as well, or all is painted again. */
static void prepare(struct painter *painter, int64_t at)
{
	bool known = painter->at != TIME_ALWAYS;
	int64_t from = known ? painter->at : at;

	if (known && from >= painter->from && at < painter->until)
		return;
	painter->from = from;
	painter->until = known ? at + AHEAD : at + 1;
	show_prepare(painter->context->show, painter->from, painter->until);
}

/* Whether the frame is another one. */
static bool compose(struct painter *painter, int64_t at)
{
	struct instant before = {painter->at, !painter->untrusted};
	struct region damage;
	struct show_state state;

	prepare(painter, at);
	region_clear(&damage);
	show_compose(painter->context->show, before, (struct instant){at, !painter->untrusted},
		painter->frame, &damage, &state);
	painter->at = at;
	return before.time == TIME_ALWAYS || !region_empty(&damage);
}

int painter_paint(struct painter *painter, int64_t at, const struct frame **ret_frame)
{
	const struct display *display = show_view(painter->context->show)->display;
	int permille = permille_at(painter, display, at);
	bool changed = compose(painter, at);

	*ret_frame = NULL;
	if (!painter->levels) {
		*ret_frame = changed ? painter->frame : NULL;
		return EXIT_DONE;
	}
	if (!changed && permille == painter->permille)
		return EXIT_DONE;
	painter->permille = permille;
	output_levels(display, painter->frame, permille, painter->levels);
	*ret_frame = painter->levels;
	if (!painter->leds)
		return EXIT_DONE;
	frame_unref(painter->drawn);
	painter->drawn = leds_draw(painter->levels, display->pitch_mm);
	*ret_frame = painter->drawn;
	return painter->drawn
		       ? EXIT_DONE
		       : cli_fail(EXIT_INPUT, "the drawing would be larger than %d pixels; leave out --panel",
				 FRAME_SIDE_MOST);
}
