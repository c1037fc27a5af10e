#include "render/words.h"

#include <pango/pango.h>

#include "base/alloc.h"

/* What a break costs where it is allowed but unwelcome; an empty line costs 1, one that is a third empty 0.11. */
#define COST_PLAIN    0.01f /* between two words; none after a comma or a full stop, where readers pause */
#define COST_NAME     0.06f /* Long An */
#define COST_NUMBER   0.08f /* mức độ 3, 15 ngày */
#define COST_COMPOUND 0.12f /* hồ sơ */
#define COST_RANGE    0.20f /* 07:00 - 11:30 */
#define COST_ALONE    0.60f /* a syllable that is all of the last line */

/* The longest syllable is `nghiêng`; a comma may follow it. */
#define SYLLABLE_MOST 8

static gunichar first_of(const char *text, const struct word *word)
{
	return g_utf8_get_char(text + word->begin);
}

static gunichar last_of(const char *text, const struct word *word)
{
	return g_utf8_get_char(g_utf8_prev_char(text + word->end));
}

static bool has_letters(const char *text, const struct word *word)
{
	for (const char *p = text + word->begin; p < text + word->end; p = g_utf8_next_char(p))
		if (g_unichar_isalnum(g_utf8_get_char(p)))
			return true;
	return false;
}

/* `1.`, `a)`, `-`: what begins an element of a list. */
static bool is_bullet(const char *text, const struct word *word)
{
	gunichar last = last_of(text, word);
	size_t size = word->end - word->begin;
	return !has_letters(text, word) || (size <= 3 && (last == '.' || last == ')'));
}

/* --- the words, as Unicode and the signs that stand alone allow */

static size_t trimmed(const char *text, size_t begin, size_t end)
{
	while (end > begin && text[end - 1] == ' ')
		end--;
	return end;
}

static void add_word(const char *text, struct word *words, size_t *count, struct word word)
{
	bool first = *count == 0, second = *count == 1;
	bool joins = (!first && !has_letters(text, &word)) ||
		     (second && words[0].begin == 0 && is_bullet(text, &words[0]));
	if (joins)
		words[*count - 1].end = word.end;
	else
		words[(*count)++] = word;
}

static size_t divide(const char *text, size_t size, struct word *words)
{
	size_t count = 0, begin = 0;
	int length = (int)g_utf8_strlen(text, (gssize)size), i = 0;
	PangoLogAttr *attributes = xcalloc((size_t)length + 1, sizeof *attributes);
	pango_get_log_attrs(text, (int)size, 0, pango_language_from_string("vi"), attributes, length + 1);
	while (begin < size && text[begin] == ' ')
		begin++, i++;
	for (const char *p = text + begin; i <= length; p = g_utf8_next_char(p), i++) {
		size_t at = (size_t)(p - text);
		if (at <= begin || (i < length && !attributes[i].is_line_break))
			continue;
		struct word word = {.begin = begin, .end = trimmed(text, begin, at)};
		if (word.end > word.begin)
			add_word(text, words, &count, word);
		begin = at;
	}
	free(attributes);
	return count;
}

/* --- what a break after each costs */

/* The last or the first syllable of a word, in lower case, without punctuation around it. */
static char *syllable(const char *text, const struct word *word, bool last)
{
	const char *begin = text + word->begin, *end = text + word->end;
	for (const char *p = begin; p < end; p = g_utf8_next_char(p)) {
		if (g_unichar_isalpha(g_utf8_get_char(p)))
			continue;
		if (!last && p > begin) {
			end = p;
			break;
		}
		begin = g_utf8_next_char(p);
	}
	return g_utf8_strdown(begin, end > begin ? end - begin : 0);
}

static bool compound(const char *text, const struct word *a, const struct word *b)
{
	char *first = syllable(text, a, true), *second = syllable(text, b, false);
	bool found = words_compound(first, second);
	g_free(first);
	g_free(second);
	return found;
}

/* A capital and a small letter after it: not so where all is in capitals. */
static bool is_name(const char *text, const struct word *word)
{
	const char *p = text + word->begin, *next = g_utf8_next_char(p);
	return g_unichar_isupper(g_utf8_get_char(p)) && next < text + word->end &&
	       g_unichar_islower(g_utf8_get_char(next));
}

static float penalty(const char *text, const struct word *a, const struct word *b)
{
	gunichar last = last_of(text, a), first = first_of(text, b);
	if (g_unichar_ispunct(last) && !g_unichar_isalnum(last)) {
		GUnicodeType type = g_unichar_type(last);
		bool dash = type == G_UNICODE_DASH_PUNCTUATION;
		return dash && g_unichar_isdigit(first) ? COST_RANGE : 0;
	}
	if (compound(text, a, b))
		return COST_COMPOUND;
	if (g_unichar_isdigit(last) || g_unichar_isdigit(first))
		return COST_NUMBER;
	return is_name(text, a) && is_name(text, b) ? COST_NAME : COST_PLAIN;
}

size_t words_find(const char *text, size_t size, struct word *ret_words)
{
	size_t count = divide(text, size, ret_words);
	for (size_t i = 0; i < count; i++) {
		struct word *word = &ret_words[i];
		const char *begin = text + word->begin;
		size_t bytes = word->end - word->begin;
		bool single = !memchr(begin, ' ', bytes) && !g_strstr_len(begin, (gssize)bytes, "\u00a0");
		if (single && g_utf8_strlen(begin, (gssize)bytes) <= SYLLABLE_MOST)
			word->alone = COST_ALONE;
		if (i + 1 < count)
			word->penalty = penalty(text, word, word + 1);
	}
	return count;
}
