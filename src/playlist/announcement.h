/* The words of an announcement, which come in no playlist. They know two fields: `{countdown}`, the time that it still has
 * to go, in hours, minutes and seconds; and `{date}`, the date on which it begins, which is put in when it is ordered and
 * stays. `{{` is a brace, and so is `}` alone or doubled. Any thread.
 */
#ifndef PLAYLIST_ANNOUNCEMENT_H
#define PLAYLIST_ANNOUNCEMENT_H

#include "playlist/field.h"

/* The first `{` that begins none of them; NULL: all is well. */
const char *announcement_fault(const char *text);
bool announcement_has_date(const char *text);
/* The words as they are kept: with the local date of `start`; zone NULL: that is not known, and the date is left out. The
 * caller frees. */
char *announcement_on(const char *text, const struct zone *zone, int64_t start);

/* length: how long it lasts, ns; TIME_NEVER: there is nothing to count. What the field says is asked for with the time
 * since the announcement began, not with the instant. A brace that is a fault stands for itself: what was kept by a
 * program that knew no fields is shown as it was. */
void announcement_words(const char *text, int64_t length, struct words *ret_words);
void announcement_words_finish(struct words *words);

#endif
