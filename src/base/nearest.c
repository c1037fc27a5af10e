/* "Did you mean": edit distance with transpositions (optimal string alignment). */
#include "base/diag.h"

#include <limits.h>
#include <string.h>

#define WORD_MOST 64

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Over bytes; both at most WORD_MOST long. */
static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int rows[3][WORD_MOST + 1];
	int *before = rows[0], *last = rows[1], *row = rows[2], *turn;

	for (size_t j = 0; j <= b_length; j++)
		last[j] = (int)j;
	for (size_t i = 1; i <= a_length; i++) {
		row[0] = (int)i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		turn = before;
		before = last;
		last = row;
		row = turn;
	}
	return last[b_length];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t count)
{
	size_t length = strlen(word), candidate_length;
	const char *nearest = NULL;
	int smallest = (int)(length / 3) + 2;

	if (length == 0 || length > WORD_MOST)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		int d;

		candidate_length = strlen(candidates[i]);
		if (candidate_length > WORD_MOST)
			continue;
		d = distance(word, length, candidates[i], candidate_length);
		/* nothing in common is not near, however short the words are */
		if (d < smallest && (size_t)d < length && (size_t)d < candidate_length) {
			smallest = d;
			nearest = candidates[i];
		}
	}
	return nearest;
}
