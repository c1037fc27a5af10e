/* Windows of the day as people write them, in the site configuration and in playlists. */
#ifndef SITE_HOURS_H
#define SITE_HOURS_H

#include "base/arena.h"
#include "conf/check.h"
#include "site/site.h"

/* "07:00-11:30", "sunset-15m..22:00" or a list of such; an end before its start crosses midnight (end > 86400). Windows that have an instant
 * in common are reported at the later one; next_day: what crosses midnight meets the same windows of the day after.
 * The sun's hours need a site that is placed (NULL: any site). Sorted by start, from arena. False if absent or wrong
 * (reported). */
bool hours_read(struct check *check, struct arena *arena, const struct site *site, struct node *map,
	const char *key, bool next_day, struct hours **ret_hours, size_t *ret_count);

/* The same, of nodes that are at hand. */
bool hours_read_nodes(struct check *check, struct arena *arena, const struct site *site,
	struct node *const *nodes, size_t count, const char *key, bool next_day, struct hours **ret_hours);

/* "18:00", "sunset-15m", "sunrise+1h": size bytes of text. False: it is none. */
bool hour_parse(const char *text, size_t size, int32_t *ret_second, enum hour_base *ret_base);
/* Second of the day at which it is on an equinox: to put hours in order before the day is known. */
int32_t hour_nominal(int32_t second, enum hour_base base);
/* Reports an hour of the sun where the site's coordinates are not known. */
bool hour_check_place(struct check *check, const struct site *site, struct node *node, enum hour_base base);

#endif
