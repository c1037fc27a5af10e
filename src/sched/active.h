/* Private to sched: a set of small numbers that finds its next member fast. Members are ranks: 0 is the entry of the
 * highest priority that is declared first. */
#ifndef SCHED_ACTIVE_H
#define SCHED_ACTIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACTIVE_NONE SIZE_MAX

struct active {
	uint64_t *words;
	size_t size; /* members are 0 .. size - 1 */
};

void active_init(struct active *set, size_t size); /* empty */
void active_finish(struct active *set);
void active_put(struct active *set, size_t rank, bool member);
bool active_has(const struct active *set, size_t rank);
/* The least member in [from, to), or ACTIVE_NONE. */
size_t active_next(const struct active *set, size_t from, size_t to);

#endif
