#include "render/ground.h"

#include <cairo.h>
#include <math.h>

static void set_colour(cairo_t *cr, uint32_t colour, int opacity)
{
	cairo_set_source_rgba(cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
		(colour & 255) / 255.0, opacity / 100.0);
}

static void rounded(cairo_t *cr, double x, double y, double width, double height, double radius)
{
	double most = fmin(width, height) / 2;
	radius = fmin(radius, most);
	if (radius <= 0) {
		cairo_rectangle(cr, x, y, width, height);
		return;
	}
	cairo_new_sub_path(cr);
	cairo_arc(cr, x + width - radius, y + radius, radius, -M_PI / 2, 0);
	cairo_arc(cr, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
	cairo_arc(cr, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
	cairo_arc(cr, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
	cairo_close_path(cr);
}

/* From edge to edge of the area whatever the angle, as the corners that it points away from and to are reached. */
static cairo_pattern_t *gradient(struct rect area, const struct paint *paint)
{
	double angle = paint->angle * M_PI / 180, dx = cos(angle), dy = sin(angle);
	double reach = (fabs(dx) * area.width + fabs(dy) * area.height) / 2;
	double x = area.x + area.width / 2.0, y = area.y + area.height / 2.0;
	cairo_pattern_t *pattern =
		cairo_pattern_create_linear(x - dx * reach, y - dy * reach, x + dx * reach, y + dy * reach);
	for (int i = 0; i < paint->stop_count; i++) {
		uint32_t colour = paint->stops[i];
		cairo_pattern_add_color_stop_rgba(pattern, (double)i / (paint->stop_count - 1),
			(colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0,
			paint->opacity / 100.0);
	}
	return pattern;
}

static void fill(cairo_t *cr, struct rect area, const struct paint *paint, int radius)
{
	if (paint->kind == PAINT_NONE || paint->stop_count == 0)
		return;
	rounded(cr, area.x, area.y, area.width, area.height, radius);
	if (paint->kind == PAINT_GRADIENT) {
		cairo_pattern_t *pattern = gradient(area, paint);
		cairo_set_source(cr, pattern);
		cairo_pattern_destroy(pattern);
	} else {
		set_colour(cr, paint->stops[0], paint->opacity);
	}
	cairo_fill(cr);
}

static void edge(cairo_t *cr, struct rect area, const struct border *border, int radius)
{
	double width = border->width;
	if (border->width == 0 || border->sides == 0)
		return;
	set_colour(cr, border->colour, 100);
	if (border->sides == SIDE_ALL) {
		rounded(cr, area.x, area.y, area.width, area.height, radius);
		rounded(cr, area.x + width, area.y + width, area.width - 2 * width, area.height - 2 * width,
			fmax(radius - width, 0));
		cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
	} else {
		if (border->sides & SIDE_TOP)
			cairo_rectangle(cr, area.x, area.y, area.width, width);
		if (border->sides & SIDE_BOTTOM)
			cairo_rectangle(cr, area.x, area.y + area.height - width, area.width, width);
		if (border->sides & SIDE_LEFT)
			cairo_rectangle(cr, area.x, area.y, width, area.height);
		if (border->sides & SIDE_RIGHT)
			cairo_rectangle(cr, area.x + area.width - width, area.y, width, area.height);
	}
	cairo_fill(cr);
}

void ground_paint(struct frame *frame, struct rect area, const struct paint *paint, int radius,
	const struct border *border)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data((unsigned char *)frame->pixels,
		CAIRO_FORMAT_RGB24, frame->width, frame->height, frame->stride * 4);
	cairo_t *cr = cairo_create(surface);
	cairo_surface_destroy(surface);
	cairo_rectangle(cr, area.x, area.y, area.width, area.height);
	cairo_clip(cr);
	fill(cr, area, paint, radius);
	edge(cr, area, border, radius);
	cairo_destroy(cr);
}
