/* Private to playlist: a table of things named within a unit. */
#ifndef PLAYLIST_NAMES_H
#define PLAYLIST_NAMES_H

#include <stdint.h>

#include "base/diag.h"

struct name_slot {
	const char *unit, *name; /* unit is compared by its text */
	struct location where;
	void *thing;
	uint32_t hash;
};

struct names {
	struct name_slot *slots; /* in the order in which they were added */
	size_t count, capacity;
	uint32_t *table;   /* open addressing: a slot's number and one; 0: free */
	size_t table_size; /* a power of two, or 0 */
};

void names_finish(struct names *names);
void *names_find(const struct names *names, const char *unit, const char *name); /* NULL: none */
/* The texts and the thing must outlive the table. NULL, or the slot that has the name already. */
const struct name_slot *names_add(
	struct names *names, const char *unit, const char *name, struct location where, void *thing);
/* The name in unit nearest to a misspelt one, NULL: none near. */
const char *names_nearest(const struct names *names, const char *unit, const char *name);
/* Another unit that has this name, NULL: none. */
const char *names_elsewhere(const struct names *names, const char *unit, const char *name);

#endif
