#include "base/emphasis.h"

#include "base/alloc.h"

static uint32_t hexadecimal(const char **at)
{
	uint32_t value = 0;
	for (int i = 0; i < 6 && **at; i++, (*at)++) {
		char c = **at;
		value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return value;
}

/* At a mark: takes it in. One too deep or an end too many changes nothing, as the makers write neither. */
static void read_mark(struct emphasis_reader *reader)
{
	char mark = *reader->at++;
	struct emphasis look = reader->now;
	if (mark == EMPHASIS_END) {
		if (reader->depth > 0)
			reader->now = reader->outer[--reader->depth];
		return;
	}
	if (mark == EMPHASIS_COLOUR) {
		look.coloured = true;
		look.colour = hexadecimal(&reader->at);
	} else {
		look.bold = true;
	}
	if (reader->depth < EMPHASIS_DEPTH_MOST) {
		reader->outer[reader->depth++] = reader->now;
		reader->now = look;
	}
}

static const char marks[] = {EMPHASIS_BOLD, EMPHASIS_COLOUR, EMPHASIS_END, '\0'};

bool emphasis_next(
	struct emphasis_reader *reader, const char **ret_piece, size_t *ret_size, struct emphasis *ret_look)
{
	size_t size;
	while ((size = strcspn(reader->at, marks)) == 0 && *reader->at)
		read_mark(reader);
	if (size == 0)
		return false;
	*ret_piece = reader->at;
	*ret_size = size;
	*ret_look = reader->now;
	reader->at += size;
	return true;
}

char *emphasis_plain(const char *text)
{
	char *plain = xmalloc(strlen(text) + 1), *to = plain;
	struct emphasis_reader reader = {.at = text};
	struct emphasis look;
	const char *piece;
	size_t size;
	while (emphasis_next(&reader, &piece, &size, &look)) {
		memcpy(to, piece, size);
		to += size;
	}
	*to = '\0';
	return plain;
}
