#include "render/typeset.h"

#include "base/alloc.h"
#include "render/gauge.h"
#include "render/lines.h"

static void insert(PangoAttrList *list, PangoAttribute *attribute, const struct run *run)
{
	attribute->start_index = (guint)run->begin;
	attribute->end_index = (guint)run->end;
	pango_attr_list_insert(list, attribute);
}

static guint16 wide(uint32_t byte)
{
	return (guint16)((byte & 255) * 257);
}

/* On 1-bit LEDs there is one colour. */
static void set_marked(PangoLayout *layout, const struct marked *marked, const struct font *font)
{
	PangoAttrList *list = pango_attr_list_new();
	pango_layout_set_text(layout, marked->text, -1);
	for (size_t i = 0; i < marked->count; i++) {
		const struct run *run = &marked->runs[i];
		uint32_t colour = run->look.colour;
		if (run->look.bold)
			insert(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), run);
		if (run->look.coloured && !font->mono)
			insert(list,
				pango_attr_foreground_new(
					wide(colour >> 16), wide(colour >> 8), wide(colour)),
				run);
	}
	pango_layout_set_attributes(layout, list);
	pango_attr_list_unref(list);
}

/* One line: what is left of breaks becomes spaces. */
static void flatten(char *text)
{
	for (char *p = text; *p; p++)
		if (*p == '\t')
			*p = ' ';
}

static void lay_out(struct block *block)
{
	if (!block->layout)
		block->layout = typesetter_layout(block->typesetter, &block->font);
	pango_layout_set_single_paragraph_mode(block->layout, block->single);
	set_marked(block->layout, &block->set, &block->font);
}

/* --- measuring */

static void add_line(struct block *block, struct set_line line)
{
	PangoRectangle ink = line.ink;
	int right = ink.x + ink.width > line.width ? ink.x + ink.width : line.width;
	block->line = xrealloc(block->line, (size_t)block->lines + 1, sizeof *block->line);
	block->line[block->lines++] = line;
	if (right > block->width)
		block->width = right;
	if (-ink.y > block->font.ink.up || ink.y + ink.height > block->font.ink.down)
		block->faults |= RENDER_TOO_TALL; /* such as Å̊: not measured, would touch the next line */
}

static void measure_laid_out(struct block *block)
{
	int count = pango_layout_get_line_count(block->layout);
	for (int i = 0; i < count; i++) {
		PangoLayoutLine *laid_out = pango_layout_get_line_readonly(block->layout, i);
		struct set_line line = {(size_t)laid_out->start_index, (size_t)laid_out->length, .width = 0};
		PangoRectangle logical;
		pango_layout_line_get_pixel_extents(laid_out, &line.ink, &logical);
		line.width = logical.width;
		add_line(block, line);
	}
}

static void measure_words(struct block *block)
{
	const char *text = block->set.text;
	size_t size = strlen(text);
	for (size_t begin = 0, end; begin <= size; begin = end + 1) {
		end = begin + strcspn(text + begin, "\n");
		struct set_line line = {begin, end - begin, .width = 0};
		gauge_line(block->typesetter, &block->font, &block->set, begin, end, &line.ink, &line.width);
		add_line(block, line);
	}
}

/* What was set, as it stands there. by_words: the passage is regular, and no layout is needed for that. */
static void measure(struct block *block, bool by_words, int width)
{
	block->width = block->lines = 0;
	if (by_words) {
		measure_words(block);
	} else {
		lay_out(block);
		measure_laid_out(block);
	}
	if (width > 0 && block->width > width)
		block->faults |= RENDER_TOO_WIDE;
}

static void find_places(struct block *block, const struct passage *passage, bool by_words, int *places)
{
	if (by_words) {
		gauge_places(block->typesetter, &block->font, &passage->marked, places);
		return;
	}
	if (!block->layout)
		block->layout = typesetter_layout(block->typesetter, &block->font);
	set_marked(block->layout, &passage->marked, &block->font);
	gauge_layout(block->layout, places, strlen(passage->marked.text));
}

/* Letters may lean out of the box that a line is measured by: then it is broken a little narrower. */
static void set_lines(struct block *block, const struct passage *passage, bool by_words, int width)
{
	enum { TRIES = 4 };
	int target = width, *places = xcalloc(strlen(passage->marked.text) + 1, sizeof *places);
	find_places(block, passage, by_words, places);
	for (int i = 0; i < TRIES; i++) {
		marked_finish(&block->set);
		block->set = break_lines(passage, places, target);
		block->faults &= ~(unsigned)RENDER_TOO_WIDE;
		measure(block, by_words, width);
		if (block->width <= width)
			break;
		target -= block->width - width;
		if (target < width * 3 / 4) /* it is a word that is too wide */
			break;
	}
	free(places);
}

/* Bold words in a text that is not bold may stand higher. */
static void measure_bold(struct block *block, struct fonts *fonts, struct typesetter *typesetter)
{
	struct font bold = block->font;
	bold.bold = true;
	fonts_measure(fonts, typesetter, &bold);
	struct ink *ink = &block->font.ink;
	ink->up = bold.ink.up > ink->up ? bold.ink.up : ink->up;
	ink->down = bold.ink.down > ink->down ? bold.ink.down : ink->down;
}

void block_set(struct block *block, struct fonts *fonts, struct typesetter *typesetter,
	const struct font *font, const struct passage *passage, int width, int spacing)
{
	const struct marked *marked = &passage->marked;
	bool covered = fonts_cover(passage->covering, font);
	*block = (struct block){.font = *font, .typesetter = typesetter, .single = width == 0};
	if (marked->bold && !font->bold)
		measure_bold(block, fonts, typesetter);
	block->line_height = block->font.ink.up + block->font.ink.down + spacing;
	block->missing = covered ? 0 : fonts_missing(fonts, font, marked->text);
	if (block->missing)
		block->faults |= RENDER_MISSING_GLYPH;
	bool by_words = passage->regular && covered && gauge_begin(typesetter, font, marked);
	if (width > 0) {
		set_lines(block, passage, by_words, width);
	} else {
		block->set = marked_copy(marked);
		flatten(block->set.text);
		measure(block, by_words, 0);
	}
}

void block_finish(struct block *block)
{
	if (block->layout)
		g_object_unref(block->layout);
	marked_finish(&block->set);
	free(block->line);
	*block = (struct block){0};
}

static int ink_height(const struct block *block)
{
	return block->font.ink.up + block->font.ink.down;
}

int block_height(const struct block *block)
{
	return block_height_of(block, block->lines);
}

int block_height_of(const struct block *block, int lines)
{
	return (lines - 1) * block->line_height + ink_height(block);
}

int block_lines_in(const struct block *block, int height)
{
	int lines = height < ink_height(block) ? 1 : 1 + (height - ink_height(block)) / block->line_height;
	return lines < block->lines ? lines : block->lines;
}

/* --- painting */

static cairo_t *paint_on(const struct frame *frame)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data((unsigned char *)frame->pixels,
		CAIRO_FORMAT_RGB24, frame->width, frame->height, frame->stride * 4);
	cairo_t *cr = cairo_create(surface);
	cairo_surface_destroy(surface);
	return cr;
}

static void set_colour(cairo_t *cr, uint32_t colour)
{
	cairo_set_source_rgb(
		cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

static int aligned(enum align align, int room)
{
	return align == ALIGN_START || room < 0 ? 0 : align == ALIGN_CENTRE ? room / 2 : room;
}

/* The baseline of a line whose block's top is there. */
static int baseline_of(const struct block *block, int place, int top)
{
	return top + place * block->line_height + block->font.ink.up;
}

static int left_of(const struct setting *setting, const struct set_line *line, int width)
{
	PangoRectangle ink = line->ink;
	int x = aligned(setting->align, width - line->width);
	if (x + ink.x < 0) /* a letter that leans out of its box on the left */
		x = -ink.x;
	if (x + ink.x + ink.width > width && ink.width <= width)
		x = width - ink.x - ink.width;
	return x;
}

static void try_rows(struct block *block, const struct set_line *line, int baseline, int height)
{
	PangoRectangle ink = line->ink;
	if (ink.width > 0 && (baseline + ink.y < 0 || baseline + ink.y + ink.height > height))
		block->faults |= RENDER_CLIPPED;
}

void block_try(struct block *block, const struct setting *setting, int first, int count, int width,
	int height, int y)
{
	for (int i = first; i < first + count && i < block->lines; i++) {
		const struct set_line *line = &block->line[i];
		int x = left_of(setting, line, width);
		try_rows(block, line, baseline_of(block, i - first, y), height);
		if (line->ink.width > 0 && (x + line->ink.x < 0 || x + line->ink.x + line->ink.width > width))
			block->faults |= RENDER_CLIPPED;
	}
}

void block_try_part(struct block *block, int height)
{
	try_rows(block, &block->line[0], baseline_of(block, 0, 0), height);
}

static void paint_line(struct block *block, cairo_t *cr, int line, int x, int baseline)
{
	cairo_move_to(cr, x, baseline);
	pango_cairo_show_layout_line(cr, pango_layout_get_line_readonly(block->layout, line));
}

static cairo_t *begin_painting(struct block *block, const struct setting *setting, const struct frame *frame)
{
	cairo_t *cr = paint_on(frame);
	if (!block->layout)
		lay_out(block);
	set_colour(cr, setting->colour);
	return cr;
}

void block_paint(
	struct block *block, const struct setting *setting, int first, int count, struct frame *frame, int y)
{
	cairo_t *cr = begin_painting(block, setting, frame);
	block_try(block, setting, first, count, frame->width, frame->height, y);
	for (int i = first; i < first + count && i < block->lines; i++)
		paint_line(block, cr, i, left_of(setting, &block->line[i], frame->width),
			baseline_of(block, i - first, y));
	cairo_destroy(cr);
}

void block_paint_part(
	struct block *block, const struct setting *setting, int from, struct frame *frame, int y)
{
	cairo_t *cr = begin_painting(block, setting, frame);
	try_rows(block, &block->line[0], baseline_of(block, 0, y), frame->height);
	paint_line(block, cr, 0, -from, baseline_of(block, 0, y));
	cairo_destroy(cr);
}
