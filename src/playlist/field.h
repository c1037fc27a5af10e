/* Fields: what a text in a playlist leaves open until the instant that it is shown at. `{time:%H:%M}` and its like are
 * read and checked when the catalogue is built; what they say is a pure function of the instant, the site's zone and
 * the data snapshot. The grammar is in bangtin-playlist(5), FIELDS. Any thread.
 */
#ifndef PLAYLIST_FIELD_H
#define PLAYLIST_FIELD_H

#include "base/time.h"
#include "playlist/data.h"

enum field_kind { FIELD_TIME, FIELD_DATE, FIELD_LUNAR_DATE, FIELD_COUNTDOWN, FIELD_DATA };

/* How often what a field says can change. */
enum pace { PACE_NEVER, PACE_DAY, PACE_MINUTE, PACE_SECOND };

struct field {
	enum field_kind kind;
	enum pace pace;
	size_t at, size;  /* bytes of the text where its sample stands */
	const char *form; /* conversions; DATA: what stands for a value that is not there */
	const char *key;  /* DATA: file.key */
	bool english;	  /* names of days and months */
	day_t day;	  /* COUNTDOWN: to the begin of this local day; DAY_NONE: to `instant` */
	int64_t instant;
};

/* A text with its fields. The text holds a sample of each, about as wide as it can get: whoever measures or looks for
 * letters that no font has takes it as it is. May carry emphasis (base/emphasis.h). */
struct words {
	const char *text; /* NFC; NULL: nothing is said */
	const struct field *fields;
	size_t field_count;
};

/* What the fields are asked with. */
struct asking {
	const struct zone *zone;
	const struct data *data; /* NULL: no data */
};

/* Writes what the field says at that instant as snprintf does. */
size_t field_print(
	const struct field *field, const struct asking *asking, int64_t time, char *buffer, size_t size);
/* What it says at most, as snprintf; of data what stands for no value. */
size_t field_sample(const struct field *field, char *buffer, size_t size);
/* The text as it is at that instant; the caller frees. */
char *words_at(const struct words *words, const struct asking *asking, int64_t time);
/* The text with the data of now, but the samples of all that depends on time; the caller frees. */
char *words_sample(const struct words *words, const struct asking *asking);
enum pace words_pace(const struct words *words);
/* The least instant > time at which a text of that pace may change; TIME_NEVER. */
int64_t pace_next(enum pace pace, const struct zone *zone, int64_t time);

#define FIELD_SIZE_MOST 640 /* bytes of what one says */

#endif
