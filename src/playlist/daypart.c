/* Parts of the day with a name: `dayparts: {sang: "07:00-11:30"}`, then `hours: sang`. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "playlist/build.h"
#include "site/hours.h"

enum { NODES_MOST = 64 };

void declare_dayparts(struct build *build, struct unit_state *unit, struct node *map)
{
	struct check *check = &build->check;
	for (size_t i = 0; i < map->count; i++) {
		struct node *node = map->children[i];
		struct hours *hours;
		if (node->visited)
			continue;
		struct declared_daypart *declared = arena_alloc(build->arena, sizeof *declared);
		declare_name(build, &build->dayparts, unit, node, declared, "daypart");
		if (!check_name(check, node->key_where, node->key, "a daypart") ||
			!check_values(check, map, node->key, CHECK_REQUIRED, &declared->single,
				&declared->nodes, &declared->count) ||
			!hours_read_nodes(check, build->arena, build->site, declared->nodes, declared->count,
				node->key, false, &hours))
			declared->count = 0;
	}
}

/* Hours begin with a digit, or hang on the sun. */
static bool is_name(const struct node *node)
{
	return node->kind == NODE_SCALAR && islower((unsigned char)node->text[0]) &&
	       strncmp(node->text, "sunrise", 7) != 0 && strncmp(node->text, "sunset", 6) != 0;
}

bool read_hours(struct build *build, struct unit_state *unit, struct node *map, bool next_day,
	struct hours **ret_hours, size_t *ret_count)
{
	struct node *single, *const *nodes;
	struct node *flat[NODES_MOST];
	size_t count, used = 0;
	bool whole = true;
	if (!check_values(&build->check, map, "hours", CHECK_OPTIONAL, &single, &nodes, &count))
		return false;
	for (size_t i = 0; i < count && used < NODES_MOST; i++) {
		const struct declared_daypart *part = NULL;
		if (!is_name(nodes[i])) {
			flat[used++] = nodes[i];
			continue;
		}
		part = resolve_name(build, &build->dayparts, unit, nodes[i], "daypart");
		whole &= part && part->count > 0;
		for (size_t j = 0; part && j < part->count && used < NODES_MOST; j++)
			flat[used++] = part->nodes[j];
	}
	if (!hours_read_nodes(
		    &build->check, build->arena, build->site, flat, used, "hours", next_day, ret_hours))
		return false;
	*ret_count = used;
	return whole && used > 0;
}
