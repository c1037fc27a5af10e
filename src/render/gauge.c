#include "render/gauge.h"

#include "render/widths.h"

struct gauge {
	struct widths *widths;
	const struct strike *plain, *bold; /* bold is NULL where nothing is */
	const struct marked *marked;
	size_t run; /* the first that does not end before what is measured */
};

static struct gauge gauge_of(
	struct typesetter *typesetter, const struct font *font, const struct marked *marked)
{
	struct gauge gauge = {.widths = typesetter_widths(typesetter), .marked = marked};
	gauge.plain = widths_strike(gauge.widths, typesetter, font);
	if (marked->bold) {
		struct font bold = *font;
		bold.bold = true;
		gauge.bold = widths_strike(gauge.widths, typesetter, &bold);
	}
	return gauge;
}

bool gauge_begin(struct typesetter *typesetter, const struct font *font, const struct marked *marked)
{
	widths_trim(typesetter_widths(typesetter));
	struct gauge gauge = gauge_of(typesetter, font, marked);
	return gauge.plain && (gauge.bold || !marked->bold);
}

/* Whether the piece that begins there is bold: in a regular text all of it is, or none. */
static bool is_bold(struct gauge *gauge, size_t at)
{
	const struct marked *marked = gauge->marked;
	while (gauge->run < marked->count && marked->runs[gauge->run].end <= at)
		gauge->run++;
	return gauge->run < marked->count && marked->runs[gauge->run].begin <= at &&
	       marked->runs[gauge->run].look.bold;
}

static void join(PangoRectangle *all, PangoRectangle ink, int x)
{
	if (ink.width == 0 || ink.height == 0)
		return;
	ink.x += x;
	if (all->width == 0 || all->height == 0) {
		*all = ink;
		return;
	}
	int right = MAX(all->x + all->width, ink.x + ink.width);
	int bottom = MAX(all->y + all->height, ink.y + ink.height);
	all->x = MIN(all->x, ink.x);
	all->y = MIN(all->y, ink.y);
	all->width = right - all->x;
	all->height = bottom - all->y;
}

/* Goes along a line. places, ret_ink: NULL where they are not wanted. Returns its width in Pango's units. */
static int go_along(struct gauge *gauge, size_t begin, size_t end, int *places, PangoRectangle *ret_ink)
{
	const char *text = gauge->marked->text;
	bool latin = widths_latin(text + begin, end - begin);
	int x = 0;
	for (size_t at = begin, size; at < end; at += size) {
		size = widths_piece(text + at, end - at);
		const struct strike *strike = is_bold(gauge, at) ? gauge->bold : gauge->plain;
		const struct span *span = widths_span(gauge->widths, strike, latin, text + at, size);
		for (size_t i = 0; places && i < size; i++)
			places[at + i] = PANGO_PIXELS(x + span->places[i]);
		if (ret_ink)
			join(ret_ink, span->ink, x);
		x += span->width;
	}
	return x;
}

void gauge_places(
	struct typesetter *typesetter, const struct font *font, const struct marked *marked, int *places)
{
	struct gauge gauge = gauge_of(typesetter, font, marked);
	size_t size = strlen(marked->text);
	for (size_t begin = 0, end; begin <= size; begin = end + 1) {
		end = begin + strcspn(marked->text + begin, "\n");
		places[end] = PANGO_PIXELS(go_along(&gauge, begin, end, places, NULL));
	}
}

void gauge_line(struct typesetter *typesetter, const struct font *font, const struct marked *marked,
	size_t begin, size_t end, PangoRectangle *ret_ink, int *ret_width)
{
	struct gauge gauge = gauge_of(typesetter, font, marked);
	PangoRectangle ink = {0, 0, 0, 0}, logical = {0, 0, 0, 0};
	logical.width = go_along(&gauge, begin, end, NULL, &ink);
	pango_extents_to_pixels(&ink, NULL);
	pango_extents_to_pixels(&logical, NULL);
	*ret_ink = ink;
	*ret_width = logical.width;
}

void gauge_layout(PangoLayout *layout, int *places, size_t size)
{
	for (size_t i = 1; i <= size; i++)
		places[i] = -1;
	places[0] = 0;
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	do {
		PangoRectangle box;
		pango_layout_iter_get_cluster_extents(iter, NULL, &box);
		places[pango_layout_iter_get_index(iter)] = PANGO_PIXELS(box.x);
	} while (pango_layout_iter_next_cluster(iter));
	pango_layout_iter_free(iter);
	/* Where a paragraph ends, which no cluster says. */
	for (int i = 0; i < pango_layout_get_line_count(layout); i++) {
		PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
		PangoRectangle box;
		pango_layout_line_get_extents(line, NULL, &box);
		places[line->start_index + line->length] = PANGO_PIXELS(box.width);
	}
	for (size_t i = 1; i <= size; i++)
		if (places[i] < 0)
			places[i] = places[i - 1];
}
