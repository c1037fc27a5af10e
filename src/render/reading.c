#include "render/reading.h"

#include <glib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/emphasis.h"

size_t reading_syllables(const char *text, size_t size)
{
	size_t count = 0;
	bool inside = false;
	for (const char *p = text; p < text + size; p = g_utf8_next_char(p)) {
		bool letter = g_unichar_isalnum(g_utf8_get_char(p));
		count += letter && !inside;
		inside = letter;
	}
	return count;
}

static size_t syllables_in_lines(const struct block *block, int first, int count)
{
	size_t syllables = 0;
	for (int i = first; i < first + count; i++) {
		const struct set_line *line = &block->line[i];
		syllables += reading_syllables(block->set.text + line->begin, line->size);
	}
	return syllables;
}

static size_t fullest_page(const struct fitted *fitted)
{
	size_t most = 0;
	for (int page = 0; page < fitted->pages; page++) {
		int first, count;
		fitted_page(fitted, page, &first, &count);
		size_t syllables = syllables_in_lines(&fitted->block, first, count);
		if (syllables > most)
			most = syllables;
	}
	return most;
}

void reading_take(const struct part *part, int32_t rate, const struct fitted *fitted, const char *text,
	struct reading *ret_reading)
{
	const struct block *block = &fitted->block;
	char *plain = emphasis_plain(text);
	struct reading reading = {
		.capital = block->font.ink.capital,
		.line = block->font.ink.up + block->font.ink.down,
		.syllables = reading_syllables(plain, strlen(plain)),
		.motion = part->motion,
		.pages = part->motion == MOTION_PAGE ? fitted->pages : 1,
		.page_time = part->page_time,
		.strip = part->strip_length,
	};
	free(plain);
	reading.fullest = part->motion == MOTION_PAGE ? fullest_page(fitted) : reading.syllables;
	if (part->strip_length > 0)
		reading.speed = (double)part->step * rate / 1000 / part->every;
	*ret_reading = reading;
}

void scene_reading(const struct scene *scene, struct reading *ret)
{
	*ret = scene->reading;
}
