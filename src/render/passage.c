#include "render/passage.h"

#include "base/alloc.h"
#include "base/text.h"
#include "render/widths.h"

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

struct marked marked_copy(const struct marked *marked)
{
	struct marked copy = *marked;
	copy.text = xstrdup(marked->text);
	copy.runs = marked->count > 0 ? xmemdup(marked->runs, marked->count * sizeof *marked->runs) : NULL;
	copy.capacity = marked->count;
	return copy;
}

void marked_finish(struct marked *marked)
{
	free(marked->text);
	free(marked->runs);
	*marked = (struct marked){.text = NULL};
}

static void join_lines(char *text)
{
	for (; *text; text++)
		if (*text == '\n')
			*text = ' ';
}

static bool is_gap(char c)
{
	return c == ' ' || c == '\n' || c == '\0';
}

/* Whether a place where the look changes lies between words. */
static bool between_words(const char *text, size_t at)
{
	return at == 0 || is_gap(text[at - 1]) || is_gap(text[at]);
}

static bool is_regular(const struct marked *marked)
{
	const char *text = marked->text;
	uint32_t c;
	for (size_t i = 0; i < marked->count; i++)
		if (!between_words(marked->text, marked->runs[i].begin) ||
			!between_words(marked->text, marked->runs[i].end))
			return false;
	while ((c = utf8_next(&text)) != 0)
		if (c != '\n' && !widths_know(c))
			return false;
	return true;
}

static void find_words(struct passage *passage)
{
	const char *text = passage->marked.text;
	size_t size = strlen(text);
	for (size_t begin = 0, end; begin <= size; begin = end + 1) {
		end = begin + strcspn(text + begin, "\n");
		struct paragraph paragraph = {.begin = begin, .end = end};
		paragraph.words = xcalloc(end - begin + 1, sizeof *paragraph.words);
		paragraph.count = words_find(text + begin, end - begin, paragraph.words);
		array_reserve_one(passage->paragraphs, passage->count, passage->capacity);
		passage->paragraphs[passage->count++] = paragraph;
	}
}

void passage_read(struct passage *passage, const struct fonts *fonts, const char *text, bool line)
{
	*passage = (struct passage){.marked = read_marks(text), .line = line};
	if (line)
		join_lines(passage->marked.text);
	else
		find_words(passage);
	passage->covering = fonts_covering(fonts, passage->marked.text);
	passage->regular = is_regular(&passage->marked);
}

void passage_finish(struct passage *passage)
{
	for (size_t i = 0; i < passage->count; i++)
		free(passage->paragraphs[i].words);
	free(passage->paragraphs);
	marked_finish(&passage->marked);
	*passage = (struct passage){.line = false};
}
