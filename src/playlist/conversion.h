/* Private to playlist: the conversions of fields, `%H` and its like. */
#ifndef PLAYLIST_CONVERSION_H
#define PLAYLIST_CONVERSION_H

#include "playlist/field.h"

struct conversion {
	char letter;
	unsigned kinds; /* bits of enum field_kind */
	enum pace pace;
	const char *sample, *english; /* the widest; english NULL: the same */
};

/* A form is literals and conversions: `%H:%M`, `%-d/%-m`. */
struct form_piece {
	char letter; /* 0: literal */
	bool bare;   /* `%-d`: without a leading zero */
	const char *literal;
	size_t size;
};
bool form_next(const char **at, struct form_piece *ret_piece); /* false: the end */

/* NULL: that kind of field has none. */
const struct conversion *conversion_find(enum field_kind kind, char letter);
/* Their letters for an error message: "%H %M …". Static storage a thread. */
const char *conversion_letters(enum field_kind kind);
/* What the conversion is at most, of that field. */
const char *conversion_sample(const struct field *field, char letter);

#endif
