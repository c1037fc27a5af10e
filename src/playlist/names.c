#include "playlist/names.h"

#include "base/alloc.h"
#include "base/diag.h"
#include "base/digest.h"

void names_finish(struct names *names)
{
	free(names->slots);
	free(names->table);
	*names = (struct names){0};
}

static uint32_t hash_of(const char *unit, const char *name)
{
	uint64_t state = digest_picture(DIGEST_START, unit, strlen(unit) + 1);
	return (uint32_t)digest_picture(state, name, strlen(name));
}

/* Where in the table the name is, or the free place where it belongs. */
static uint32_t *find_place(const struct names *names, uint32_t hash, const char *unit, const char *name)
{
	for (size_t at = hash & (names->table_size - 1);; at = (at + 1) & (names->table_size - 1)) {
		uint32_t *place = &names->table[at];
		if (*place == 0)
			return place;
		const struct name_slot *slot = &names->slots[*place - 1];
		if (slot->hash == hash && strcmp(slot->name, name) == 0 && strcmp(slot->unit, unit) == 0)
			return place;
	}
}

void *names_find(const struct names *names, const char *unit, const char *name)
{
	if (names->table_size == 0)
		return NULL;
	uint32_t place = *find_place(names, hash_of(unit, name), unit, name);
	return place > 0 ? names->slots[place - 1].thing : NULL;
}

static void grow_table(struct names *names)
{
	free(names->table);
	names->table_size = names->table_size ? 2 * names->table_size : 64;
	names->table = xcalloc(names->table_size, sizeof *names->table);
	for (size_t i = 0; i < names->count; i++) {
		const struct name_slot *slot = &names->slots[i];
		*find_place(names, slot->hash, slot->unit, slot->name) = (uint32_t)i + 1;
	}
}

const struct name_slot *names_add(
	struct names *names, const char *unit, const char *name, struct location where, void *thing)
{
	if (2 * (names->count + 1) > names->table_size)
		grow_table(names);
	uint32_t hash = hash_of(unit, name), *place = find_place(names, hash, unit, name);
	if (*place > 0)
		return &names->slots[*place - 1];
	array_reserve_one(names->slots, names->count, names->capacity);
	names->slots[names->count++] = (struct name_slot){unit, name, where, thing, hash};
	*place = (uint32_t)names->count;
	return NULL;
}

const char *names_nearest(const struct names *names, const char *unit, const char *name)
{
	const char **candidates = xcalloc(names->count + 1, sizeof *candidates);
	size_t count = 0;
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->slots[i].unit, unit) == 0)
			candidates[count++] = names->slots[i].name;
	const char *near = nearest_word(name, candidates, count);
	free(candidates);
	return near;
}

const char *names_elsewhere(const struct names *names, const char *unit, const char *name)
{
	const char *found = NULL;
	for (size_t i = 0; i < names->count; i++) {
		const struct name_slot *slot = &names->slots[i];
		if (strcmp(slot->name, name) == 0 && strcmp(slot->unit, unit) != 0 &&
			(!found || strcmp(slot->unit, found) < 0))
			found = slot->unit;
	}
	return found;
}
