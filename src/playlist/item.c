/* Playlists and what stands in them. */
#include <string.h>

#include "base/alloc.h"
#include "playlist/build.h"

static const char *const motion_words[] = {"still", "scroll-left", "scroll-up", "page"};
static const char *const transition_words[] = {"cut", "fade", "push-left", "push-right", "push-up",
	"push-down", "wipe-left", "wipe-right", "wipe-up", "wipe-down"};
enum { ITEMS_MOST = 1000, TRANSITION_COUNT = sizeof transition_words / sizeof *transition_words };
#define TRANSITION_USUAL (500 * NS_PER_MS)

static void read_timing(struct build *build, struct node *map, struct item *item)
{
	struct check *check = &build->check;
	int word;
	int64_t passes = 1;
	if (check_word(check, map, "enter", CHECK_OPTIONAL, motion_words, 4, &word))
		item->motion = (enum motion)word;
	bool timed = check_duration(
		check, map, "for", CHECK_OPTIONAL, 100 * NS_PER_MS, 24 * NS_PER_HOUR, &item->duration);
	struct node *node = check_any(check, map, "passes", CHECK_OPTIONAL);
	if (node && check_node_int(check, node, "passes", 1, 1000, &passes) && timed)
		diag_error(check->diags, node->where,
			"`passes` and `for` exclude each other: `for` is a time, `passes` how often it runs "
			"through");
	item->passes = (int)passes;
}

static void read_transition(struct build *build, struct node *map, struct item *item)
{
	struct check *check = &build->check;
	int word = TRANSITION_CUT;
	struct node *time = check_any(check, map, "transition-time", CHECK_OPTIONAL);
	item->transition_time = TRANSITION_USUAL;
	check_word(check, map, "transition", CHECK_OPTIONAL, transition_words, TRANSITION_COUNT, &word);
	item->transition = (enum transition)word;
	if (!time || !check_node_duration(check, time, "transition-time", 50 * NS_PER_MS, TRANSITION_MOST,
			     &item->transition_time))
		return;
	if (item->transition == TRANSITION_CUT)
		diag_error(check->diags, time->where,
			"`transition-time` is for a transition that takes time; write `transition: fade` or "
			"another beside it, or delete it");
}

struct item *read_item(struct build *build, struct unit_state *unit, struct node *map)
{
	struct node *show = check_any(&build->check, map, "show", CHECK_REQUIRED);
	struct item *item = arena_alloc(build->arena, sizeof *item);
	item->where = map->where;
	read_timing(build, map, item);
	read_transition(build, map, item);
	struct declared_message *declared =
		show ? resolve_name(build, &build->messages, unit, show, "message") : NULL;
	if (!declared)
		return NULL;
	declared->used = true;
	item->message = &declared->message;
	item->index = build->item_list.count;
	build_append(build, item_list, item);
	return item;
}

static struct item *read_element(struct build *build, struct unit_state *unit, struct node *node)
{
	if (node->kind != NODE_MAP) {
		diag_error(build->check.diags, node->where,
			"an element of a playlist is written `{show: %s, for: 20s}`",
			node->kind == NODE_SCALAR && node->text[0] ? check_excerpt(node->text) : "message");
		return NULL;
	}
	struct item *item = read_item(build, unit, node);
	check_done(&build->check, node, "an element of a playlist");
	return item;
}

static void resolve_playlist(struct build *build, struct declared_playlist *declared)
{
	struct node *list = declared->items;
	struct playlist *playlist = &declared->playlist;
	if (list->count > ITEMS_MOST) {
		diag_error(build->check.diags, list->where,
			"the playlist `%s` has more than %d elements; divide it", playlist->name, ITEMS_MOST);
		return;
	}
	const struct item **items = arena_alloc(build->arena, list->count * sizeof *items);
	for (size_t i = 0; i < list->count; i++) {
		const struct item *item = read_element(build, declared->unit, list->children[i]);
		if (item)
			items[playlist->item_count++] = item;
	}
	playlist->items = items;
}

void resolve_playlists(struct build *build)
{
	for (size_t i = 0; i < build->playlist_list.count; i++)
		resolve_playlist(build, build->playlist_list.items[i]);
}
