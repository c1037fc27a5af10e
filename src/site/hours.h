/* Windows of the day as people write them, in the site configuration and in playlists. */
#ifndef SITE_HOURS_H
#define SITE_HOURS_H

#include "base/arena.h"
#include "conf/check.h"
#include "site/site.h"

/* "07:00-11:30" or a list of such; an end before its start crosses midnight (end > 86400). Windows that have an instant
 * in common are reported at the later one; next_day: what crosses midnight meets the same windows of the day after.
 * Sorted by start, from arena. False if absent or wrong (reported). */
bool hours_read(struct check *check, struct arena *arena, struct node *map, const char *key, bool next_day,
	struct hours **ret_hours, size_t *ret_count);

#endif
