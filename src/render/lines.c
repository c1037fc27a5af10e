/* A passage broken into lines. */
#include "render/lines.h"

#include "base/alloc.h"
#include "render/wrap.h"

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

static void break_paragraph(struct rewriting *r, const struct paragraph *paragraph)
{
	const struct word *words = paragraph->words;
	size_t count = paragraph->count, begin = paragraph->begin;
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
}

struct marked break_lines(const struct passage *passage, const int *places, int width)
{
	struct marked broken = marked_copy(&passage->marked);
	size_t size = strlen(broken.text);
	struct rewriting r = {.text = passage->marked.text,
		.to = xmalloc(2 * size + 1),
		.moved = xcalloc(size + 1, sizeof *r.moved),
		.places = places,
		.width = width};
	for (size_t p = 0; p < passage->count; p++) {
		const struct paragraph *paragraph = &passage->paragraphs[p];
		if (p > 0)
			r.to[r.size++] = '\n';
		for (size_t i = paragraph->begin; i <= paragraph->end; i++)
			r.moved[i] = r.size;
		break_paragraph(&r, paragraph);
	}
	for (size_t i = 1; i <= size; i++) /* blanks at a break: where the line ended */
		if (r.moved[i] < r.moved[i - 1])
			r.moved[i] = r.moved[i - 1];
	for (size_t i = 0; i < broken.count; i++) {
		broken.runs[i].begin = r.moved[broken.runs[i].begin];
		broken.runs[i].end = r.moved[broken.runs[i].end];
	}
	r.to[r.size] = '\0';
	free(broken.text);
	broken.text = r.to;
	free(r.moved);
	return broken;
}
