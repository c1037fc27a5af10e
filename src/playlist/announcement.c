#include "playlist/announcement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const char countdown[] = "{countdown}", date[] = "{date}";

static bool is_countdown(const char *at)
{
	return strncmp(at, countdown, strlen(countdown)) == 0;
}

static bool is_date(const char *at)
{
	return strncmp(at, date, strlen(date)) == 0;
}

const char *announcement_fault(const char *text)
{
	while ((text = strchr(text, '{')) != NULL) {
		if (text[1] == '{')
			text += 2;
		else if (is_countdown(text))
			text += strlen(countdown);
		else if (is_date(text))
			text += strlen(date);
		else
			return text;
	}
	return NULL;
}

/* The next `{date}`, but not in `{{date}`; NULL: none. */
static const char *next_date(const char *text)
{
	while ((text = strchr(text, '{')) != NULL && !is_date(text))
		text += text[1] == '{' ? 2 : 1;
	return text;
}

bool announcement_has_date(const char *text)
{
	return next_date(text) != NULL;
}

char *announcement_on(const char *text, const struct zone *zone, int64_t start)
{
	const struct field field = {
		.kind = FIELD_DATE, .pace = PACE_DAY, .form = "%A, %d/%m/%Y", .day = DAY_NONE};
	const struct asking asking = {.zone = zone};
	char said[64] = "", *words = NULL;
	size_t size;
	FILE *to = open_memstream(&words, &size);

	if (!to)
		abort();
	if (zone)
		field_print(&field, &asking, start, said, sizeof said);
	for (const char *at; (at = next_date(text)) != NULL; text = at + strlen(date)) {
		fwrite(text, 1, (size_t)(at - text), to);
		fputs(said, to);
	}
	fputs(text, to);
	fclose(to);
	return words;
}

/* A begun second counts, as in every countdown: so what it says changes whole seconds after the begin, and the last
 * second says 1. */
static struct field left_of(int64_t length)
{
	return (struct field){.kind = FIELD_COUNTDOWN,
		.pace = PACE_SECOND,
		.form = "%H:%M:%S",
		.day = DAY_NONE,
		.instant = (length + NS_PER_SEC - 1) / NS_PER_SEC * NS_PER_SEC};
}

void announcement_words(const char *text, int64_t length, struct words *ret_words)
{
	struct field *fields = NULL;
	char *words = xmalloc(strlen(text) + 1); /* a sample is shorter than the field's name */
	size_t size = 0, count = 0;
	for (const char *at = text; *at;) {
		if (length != TIME_NEVER && is_countdown(at)) {
			struct field field = left_of(length);
			char sample[sizeof countdown];
			field.at = size;
			field.size = field_sample(&field, sample, sizeof sample);
			memcpy(words + size, sample, field.size);
			size += field.size;
			fields = xrealloc(fields, count + 1, sizeof *fields);
			fields[count++] = field;
			at += strlen(countdown);
		} else {
			words[size++] = *at;
			at += (*at == '{' || *at == '}') && at[1] == *at ? 2 : 1;
		}
	}
	words[size] = '\0';
	*ret_words = (struct words){words, fields, count};
}

void announcement_words_finish(struct words *words)
{
	free((char *)words->text);
	free((struct field *)words->fields);
	*words = (struct words){0};
}
