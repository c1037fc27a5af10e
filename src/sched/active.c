#include "sched/active.h"

#include "base/alloc.h"

#define BITS 64

void active_init(struct active *set, size_t size)
{
	set->size = size;
	set->words = xcalloc(size / BITS + 1, sizeof *set->words);
}

void active_finish(struct active *set)
{
	free(set->words);
}

void active_put(struct active *set, size_t rank, bool member)
{
	uint64_t bit = UINT64_C(1) << rank % BITS;

	if (member)
		set->words[rank / BITS] |= bit;
	else
		set->words[rank / BITS] &= ~bit;
}

bool active_has(const struct active *set, size_t rank)
{
	return set->words[rank / BITS] >> rank % BITS & 1;
}

size_t active_next(const struct active *set, size_t from, size_t to)
{
	while (from < to) {
		uint64_t rest = set->words[from / BITS] >> from % BITS;

		if (rest) {
			from += (size_t)__builtin_ctzll(rest);
			return from < to ? from : ACTIVE_NONE;
		}
		from += BITS - from % BITS;
	}
	return ACTIVE_NONE;
}
