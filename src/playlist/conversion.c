#include "playlist/conversion.h"

#include <stdio.h>
#include <string.h>

enum {
	TIME = 1 << FIELD_TIME | 1 << FIELD_DATE,
	LUNAR = 1 << FIELD_LUNAR_DATE,
	DOWN = 1 << FIELD_COUNTDOWN,
};

/* All digits of the shipped fonts are equally wide. */
static const struct conversion conversions[] = {
	{'H', TIME, PACE_MINUTE, "00", NULL},
	{'I', TIME, PACE_MINUTE, "00", NULL},
	{'M', TIME, PACE_MINUTE, "00", NULL},
	{'S', TIME, PACE_SECOND, "00", NULL},
	{'p', TIME, PACE_MINUTE, "CH", "PM"},
	{'d', TIME, PACE_DAY, "00", NULL},
	{'m', TIME, PACE_DAY, "00", NULL},
	{'Y', TIME, PACE_DAY, "0000", NULL},
	{'y', TIME, PACE_DAY, "00", NULL},
	{'A', TIME, PACE_DAY, "Chủ Nhật", "Wednesday"},
	{'a', TIME, PACE_DAY, "CN", "Wed"},
	{'B', TIME, PACE_DAY, "tháng 00", "September"},
	{'d', LUNAR, PACE_DAY, "00", NULL},
	{'m', LUNAR, PACE_DAY, "00", NULL},
	{'Y', LUNAR, PACE_DAY, "Nhâm Thân", NULL},
	{'D', LUNAR, PACE_DAY, "mùng 10", NULL},
	{'B', LUNAR, PACE_DAY, "tháng Mười Một", NULL},
	{'L', LUNAR, PACE_DAY, " nhuận", NULL},
	{'D', DOWN, PACE_DAY, "000", NULL},
	{'H', DOWN, PACE_MINUTE, "00", NULL},
	{'M', DOWN, PACE_MINUTE, "00", NULL},
	{'S', DOWN, PACE_SECOND, "00", NULL},
};
enum { COUNT = sizeof conversions / sizeof *conversions };

const struct conversion *conversion_find(enum field_kind kind, char letter)
{
	for (size_t i = 0; i < COUNT; i++)
		if (conversions[i].letter == letter && conversions[i].kinds & 1u << kind)
			return &conversions[i];
	return NULL;
}

const char *conversion_letters(enum field_kind kind)
{
	static _Thread_local char letters[3 * COUNT + 1];
	size_t length = 0;
	for (size_t i = 0; i < COUNT; i++)
		if (conversions[i].kinds & 1u << kind)
			length += (size_t)snprintf(letters + length, sizeof letters - length, "%s%%%c",
				length ? " " : "", conversions[i].letter);
	return letters;
}

const char *conversion_sample(const struct field *field, char letter)
{
	const struct conversion *found = conversion_find(field->kind, letter);
	return field->english && found->english ? found->english : found->sample;
}

bool form_next(const char **at, struct form_piece *ret_piece)
{
	const char *from = *at;
	if (*from == '\0')
		return false;
	*ret_piece = (struct form_piece){.literal = from, .size = strcspn(from, "%")};
	if (*from == '%' && from[1] == '%') {
		ret_piece->size = 1;
		*at += 2;
	} else if (*from == '%') {
		ret_piece->bare = from[1] == '-';
		ret_piece->letter = from[1 + ret_piece->bare];
		*at += 1 + ret_piece->bare + (ret_piece->letter != '\0');
		ret_piece->size = ret_piece->letter ? 0 : 1; /* a percent sign at the end stands for itself */
	} else {
		*at += ret_piece->size;
	}
	return true;
}
