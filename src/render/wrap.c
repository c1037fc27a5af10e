#include "render/wrap.h"

#include <math.h>

#include "base/alloc.h"

struct wrap {
	const struct wrap_word *words;
	size_t count;
	int width;
	/* Lines that words [0, i) and [i, count) need at the least. A line may begin at word i only where both make
	 * up the fewest lines of all; then what stands before it has before[i] lines, no more and no fewer. */
	int *before, *after;
	int lines;
	struct choice { /* of lines for words [0, i) */
		double cost;
		size_t from; /* where the last of them begins */
	} * best;
};

static bool fits(const struct wrap *wrap, size_t from, size_t to)
{
	return to - from == 1 || wrap->words[to - 1].end - wrap->words[from].start <= wrap->width;
}

/* As many words a line as fit gives the fewest lines. */
static void count_lines(struct wrap *wrap)
{
	size_t start = 0, end = wrap->count;
	for (size_t i = 1; i <= wrap->count; i++) {
		if (!fits(wrap, start, i))
			start = i - 1;
		wrap->before[i] = wrap->before[start] + 1;
	}
	for (size_t i = wrap->count; i-- > 0;) {
		if (!fits(wrap, i, end))
			end = i + 1;
		wrap->after[i] = wrap->after[end] + 1;
	}
	wrap->lines = wrap->before[wrap->count];
}

static double line_cost(const struct wrap *wrap, size_t from, size_t to)
{
	const struct wrap_word *last = &wrap->words[to - 1];
	double empty = wrap->width - (last->end - wrap->words[from].start);
	double share = empty > 0 ? empty / wrap->width : 0;
	double cost = share * share;
	if (to < wrap->count)
		cost += (double)last->penalty;
	else if (to - from == 1 && wrap->lines > 1)
		cost += (double)last->alone;
	return cost;
}

static struct choice choose(const struct wrap *wrap, size_t to)
{
	struct choice best = {INFINITY, 0};
	for (size_t from = to; from-- > 0 && fits(wrap, from, to);) {
		if (wrap->before[from] + wrap->after[from] != wrap->lines ||
			wrap->before[from] + 1 != wrap->before[to])
			continue;
		double cost = wrap->best[from].cost + line_cost(wrap, from, to);
		if (cost < best.cost)
			best = (struct choice){cost, from};
	}
	return best;
}

size_t wrap_balance(const struct wrap_word *words, size_t count, int width, size_t *ret_ends)
{
	struct wrap wrap = {.words = words, .count = count, .width = width};
	if (count == 0)
		return 0;
	wrap.before = xcalloc(count + 1, sizeof *wrap.before);
	wrap.after = xcalloc(count + 1, sizeof *wrap.after);
	wrap.best = xcalloc(count + 1, sizeof *wrap.best);
	count_lines(&wrap);
	for (size_t i = 1; i <= count; i++)
		wrap.best[i] = choose(&wrap, i);
	size_t to = count;
	for (int line = wrap.lines; line > 0; line--) {
		ret_ends[line - 1] = to;
		to = wrap.best[to].from;
	}
	free(wrap.best);
	free(wrap.before);
	free(wrap.after);
	return (size_t)wrap.lines;
}
