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

static void measure_line(struct block *block, PangoRectangle ink, int width)
{
	int right = ink.x + ink.width > width ? ink.x + ink.width : width;
	if (right > block->width)
		block->width = right;
	if (-ink.y > block->font.ink.up || ink.y + ink.height > block->font.ink.down)
		block->faults |= RENDER_TOO_TALL; /* such as Å̊: not measured, would touch the next line */
}

static void measure_laid_out(struct block *block)
{
	block->lines = pango_layout_get_line_count(block->layout);
	for (int i = 0; i < block->lines; i++) {
		PangoRectangle ink, logical;
		pango_layout_line_get_pixel_extents(
			pango_layout_get_line_readonly(block->layout, i), &ink, &logical);
		measure_line(block, ink, logical.width);
	}
}

static void measure_words(struct block *block)
{
	const char *text = block->set.text;
	size_t size = strlen(text);
	block->lines = 0;
	for (size_t begin = 0, end; begin <= size; begin = end + 1) {
		PangoRectangle ink;
		int width;
		end = begin + strcspn(text + begin, "\n");
		gauge_line(block->typesetter, &block->font, &block->set, begin, end, &ink, &width);
		measure_line(block, ink, width);
		block->lines++;
	}
}

/* What was set, as it stands there. by_words: the passage is regular, and no layout is needed for that. */
static void measure(struct block *block, bool by_words, int width)
{
	block->width = 0;
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
	*block = (struct block){0};
}

const char *block_line(const struct block *block, int line, size_t *ret_size)
{
	const char *text = block->set.text;
	if (block->layout) {
		const PangoLayoutLine *laid_out = pango_layout_get_line_readonly(block->layout, line);
		*ret_size = (size_t)laid_out->length;
		return pango_layout_get_text(block->layout) + laid_out->start_index;
	}
	for (; line > 0; line--)
		text += strcspn(text, "\n") + 1;
	*ret_size = strcspn(text, "\n");
	return text;
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

static void paint_line(struct block *block, cairo_t *cr, const struct frame *frame, int index, int x,
	int baseline, bool whole)
{
	PangoRectangle ink;
	PangoLayoutLine *line = pango_layout_get_line_readonly(block->layout, index);
	pango_layout_line_get_pixel_extents(line, &ink, NULL);
	bool above = baseline + ink.y<0, below = baseline + ink.y + ink.height> frame->height;
	bool beside = whole && (x + ink.x < 0 || x + ink.x + ink.width > frame->width);
	if (ink.width > 0 && (above || below || beside))
		block->faults |= RENDER_CLIPPED;
	cairo_move_to(cr, x, baseline);
	pango_cairo_show_layout_line(cr, line);
}

void block_paint(
	struct block *block, const struct setting *setting, int first, int count, struct frame *frame, int y)
{
	cairo_t *cr = paint_on(frame);
	if (!block->layout)
		lay_out(block);
	set_colour(cr, setting->colour);
	for (int i = first; i < first + count && i < block->lines; i++) {
		PangoRectangle ink, logical;
		pango_layout_line_get_pixel_extents(
			pango_layout_get_line_readonly(block->layout, i), &ink, &logical);
		int x = aligned(setting->align, frame->width - logical.width);
		if (x + ink.x < 0) /* a letter that leans out of its box on the left */
			x = -ink.x;
		if (x + ink.x + ink.width > frame->width && ink.width <= frame->width)
			x = frame->width - ink.x - ink.width;
		paint_line(block, cr, frame, i, x, y + (i - first) * block->line_height + block->font.ink.up,
			true);
	}
	cairo_destroy(cr);
}

void block_paint_part(
	struct block *block, const struct setting *setting, int from, struct frame *frame, int y)
{
	cairo_t *cr = paint_on(frame);
	if (!block->layout)
		lay_out(block);
	set_colour(cr, setting->colour);
	paint_line(block, cr, frame, 0, -from, y + block->font.ink.up, false);
	cairo_destroy(cr);
}
