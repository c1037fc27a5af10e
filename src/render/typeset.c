#include "render/typeset.h"

#include "base/alloc.h"
#include "base/emphasis.h"
#include "render/words.h"
#include "render/wrap.h"

/* A text without its marks, and where they were. */
struct marked {
	char *text;
	struct run {
		size_t begin, end;
		struct emphasis look;
	} * runs;
	size_t count, capacity;
	bool bold; /* some of it is */
};

static struct marked read_marks(const char *text)
{
	struct marked marked = {.text = emphasis_plain(text)};
	struct emphasis_reader reader = {.at = text};
	struct run run = {0};
	const char *piece;
	size_t size;
	while (emphasis_next(&reader, &piece, &size, &run.look)) {
		run.begin = run.end;
		run.end += size;
		marked.bold |= run.look.bold;
		if (!run.look.bold && !run.look.coloured)
			continue;
		array_reserve_one(marked.runs, marked.count, marked.capacity);
		marked.runs[marked.count++] = run;
	}
	return marked;
}

static void marked_finish(struct marked *marked)
{
	free(marked->text);
	free(marked->runs);
}

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

/* One line: breaks become spaces, and what the author joined stays joined. */
static void flatten(char *text)
{
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
}

/* --- breaking lines */

/* Where the characters of the laid out text begin, in pixels from their paragraph's left: ret has size + 1. */
static void find_places(PangoLayout *layout, int *ret, size_t size)
{
	for (size_t i = 1; i <= size; i++)
		ret[i] = -1;
	ret[0] = 0;
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	do {
		PangoRectangle box;
		pango_layout_iter_get_cluster_extents(iter, NULL, &box);
		ret[pango_layout_iter_get_index(iter)] = PANGO_PIXELS(box.x);
	} while (pango_layout_iter_next_cluster(iter));
	pango_layout_iter_free(iter);
	/* Where a paragraph ends, which no cluster says. */
	for (int i = 0; i < pango_layout_get_line_count(layout); i++) {
		PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
		PangoRectangle box;
		pango_layout_line_get_extents(line, NULL, &box);
		ret[line->start_index + line->length] = PANGO_PIXELS(box.width);
	}
	for (size_t i = 1; i <= size; i++)
		if (ret[i] < 0)
			ret[i] = ret[i - 1];
}

/* The text anew, line by line. */
struct rewriting {
	const char *text;
	char *to;
	size_t size;
	size_t *moved; /* where each byte of the old text is in the new one */
	const int *places;
	int width;
};

static void write_line(struct rewriting *r, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++) {
		r->moved[i] = r->size;
		r->to[r->size++] = r->text[i];
	}
	r->moved[end] = r->size;
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static void break_paragraph(struct rewriting *r, size_t begin, size_t end)
{
	struct word *words = xcalloc(end - begin + 1, sizeof *words);
	size_t count = words_find(r->text + begin, end - begin, words);
	struct wrap_word *boxes = xcalloc(count + 1, sizeof *boxes);
	size_t *ends = xcalloc(count + 1, sizeof *ends), from = 0;
	int reached = 0;
	for (size_t i = 0; i < count; i++) { /* where it is written from right to left, places fall */
		int start = larger(r->places[begin + words[i].begin], reached);
		reached = larger(r->places[begin + words[i].end], start);
		boxes[i] = (struct wrap_word){start, reached, words[i].penalty, words[i].alone};
	}
	size_t lines = wrap_balance(boxes, count, r->width, ends);
	for (size_t line = 0; line < lines; from = ends[line++]) {
		if (line > 0)
			r->to[r->size++] = '\n';
		write_line(r, begin + words[from].begin, begin + words[ends[line] - 1].end);
	}
	free(ends);
	free(boxes);
	free(words);
}

/* The text with its lines broken at `width`, as the layout, which is not broken, measures them; what does not begin a
 * line any more is gone. */
static void break_lines(struct marked *marked, PangoLayout *layout, int width)
{
	size_t size = strlen(marked->text);
	int *places = xcalloc(size + 1, sizeof *places);
	struct rewriting r = {.text = marked->text,
		.to = xmalloc(2 * size + 1),
		.moved = xcalloc(size + 1, sizeof *r.moved),
		.places = places,
		.width = width};
	find_places(layout, places, size);
	for (size_t begin = 0, end; begin <= size; begin = end + 1) {
		end = begin + strcspn(marked->text + begin, "\n");
		if (begin > 0)
			r.to[r.size++] = '\n';
		for (size_t i = begin; i <= end; i++)
			r.moved[i] = r.size;
		break_paragraph(&r, begin, end);
	}
	for (size_t i = 1; i <= size; i++) /* blanks at a break: where the line ended */
		if (r.moved[i] < r.moved[i - 1])
			r.moved[i] = r.moved[i - 1];
	for (size_t i = 0; i < marked->count; i++) {
		marked->runs[i].begin = r.moved[marked->runs[i].begin];
		marked->runs[i].end = r.moved[marked->runs[i].end];
	}
	r.to[r.size] = '\0';
	free(marked->text);
	marked->text = r.to;
	free(r.moved);
	free(places);
}

static void measure_lines(struct block *block, int width)
{
	PangoRectangle ink, logical;
	block->width = 0;
	block->lines = pango_layout_get_line_count(block->layout);
	for (int i = 0; i < block->lines; i++) {
		pango_layout_line_get_pixel_extents(
			pango_layout_get_line_readonly(block->layout, i), &ink, &logical);
		int right = ink.x + ink.width > logical.width ? ink.x + ink.width : logical.width;
		if (right > block->width)
			block->width = right;
		if (-ink.y > block->font.ink.up || ink.y + ink.height > block->font.ink.down)
			block->faults |=
				RENDER_TOO_TALL; /* such as Å̊: not measured, would touch the next line */
	}
	if (width > 0 && block->width > width)
		block->faults |= RENDER_TOO_WIDE;
}

/* Letters may lean out of the box that a line is measured by: then it is broken a little narrower. */
static void set_lines(struct block *block, const char *text, int width)
{
	enum { TRIES = 4 };
	int target = width;
	for (int i = 0; i < TRIES; i++) {
		struct marked marked = read_marks(text);
		set_marked(block->layout, &marked, &block->font);
		break_lines(&marked, block->layout, target);
		set_marked(block->layout, &marked, &block->font);
		marked_finish(&marked);
		block->faults &= ~(unsigned)RENDER_TOO_WIDE;
		measure_lines(block, width);
		if (block->width <= width)
			break;
		target -= block->width - width;
		if (target < width * 3 / 4) /* it is a word that is too wide */
			break;
	}
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
	const struct font *font, const char *text, int width, int spacing)
{
	struct marked marked = read_marks(text);
	*block = (struct block){.font = *font};
	if (marked.bold && !font->bold)
		measure_bold(block, fonts, typesetter);
	block->line_height = block->font.ink.up + block->font.ink.down + spacing;
	block->missing = fonts_missing(fonts, font, marked.text);
	if (block->missing)
		block->faults |= RENDER_MISSING_GLYPH;
	block->layout = typesetter_layout(typesetter, font);
	if (width > 0) {
		set_lines(block, text, width);
	} else {
		flatten(marked.text);
		pango_layout_set_single_paragraph_mode(block->layout, TRUE);
		set_marked(block->layout, &marked, font);
		measure_lines(block, 0);
	}
	marked_finish(&marked);
}

void block_finish(struct block *block)
{
	if (block->layout)
		g_object_unref(block->layout);
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
	set_colour(cr, setting->colour);
	paint_line(block, cr, frame, 0, -from, y + block->font.ink.up, false);
	cairo_destroy(cr);
}
