#include "playlist/names.h"

#include <stdint.h>

#include "base/alloc.h"
#include "base/diag.h"
#include "base/digest.h"

void names_finish(struct names *names)
{
	free(names->slots);
	*names = (struct names){NULL, 0, 0};
}

static size_t hash_of(const char *unit, const char *name)
{
	uint64_t state = digest_picture(DIGEST_START, unit, strlen(unit) + 1);
	return (size_t)digest_picture(state, name, strlen(name));
}

/* The slot of the name, or the free one where it belongs. */
static struct name_slot *find_slot(const struct names *names, size_t hash, const char *unit, const char *name)
{
	for (size_t at = hash & (names->capacity - 1);; at = (at + 1) & (names->capacity - 1)) {
		struct name_slot *slot = &names->slots[at];
		if (!slot->thing || (slot->hash == hash && strcmp(slot->name, name) == 0 &&
					    strcmp(slot->unit, unit) == 0))
			return slot;
	}
}

void *names_find(const struct names *names, const char *unit, const char *name)
{
	return names->capacity ? find_slot(names, hash_of(unit, name), unit, name)->thing : NULL;
}

static void grow(struct names *names)
{
	struct names larger = {.capacity = names->capacity ? 2 * names->capacity : 64, .count = names->count};
	larger.slots = xcalloc(larger.capacity, sizeof *larger.slots);
	for (size_t i = 0; i < names->capacity; i++) {
		const struct name_slot *slot = &names->slots[i];
		if (slot->thing)
			*find_slot(&larger, slot->hash, slot->unit, slot->name) = *slot;
	}
	free(names->slots);
	*names = larger;
}

const struct name_slot *names_add(
	struct names *names, const char *unit, const char *name, struct location where, void *thing)
{
	if (2 * (names->count + 1) > names->capacity)
		grow(names);
	size_t hash = hash_of(unit, name);
	struct name_slot *slot = find_slot(names, hash, unit, name);
	if (slot->thing)
		return slot;
	*slot = (struct name_slot){unit, name, where, hash, thing};
	names->count++;
	return NULL;
}

const char *names_nearest(const struct names *names, const char *unit, const char *name)
{
	const char **candidates = xcalloc(names->count + 1, sizeof *candidates);
	size_t count = 0;
	for (size_t i = 0; i < names->capacity; i++)
		if (names->slots[i].thing && strcmp(names->slots[i].unit, unit) == 0)
			candidates[count++] = names->slots[i].name;
	const char *near = nearest_word(name, candidates, count);
	free(candidates);
	return near;
}

const char *names_elsewhere(const struct names *names, const char *unit, const char *name)
{
	const char *found = NULL;
	for (size_t i = 0; i < names->capacity; i++) {
		const struct name_slot *slot = &names->slots[i];
		if (slot->thing && strcmp(slot->name, name) == 0 && strcmp(slot->unit, unit) != 0 &&
			(!found || strcmp(slot->unit, found) < 0))
			found = slot->unit;
	}
	return found;
}
