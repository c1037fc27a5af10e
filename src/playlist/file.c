/* One playlist file: its top level. */
#include <string.h>

#include "base/alloc.h"
#include "playlist/build.h"

static void check_version(struct build *build, struct node *root, int required)
{
	int64_t version = 1;
	struct node *node = check_any(&build->check, root, "bangtin", required);
	if (node && check_node_int(&build->check, node, "bangtin", 1, INT32_MAX, &version) && version != 1)
		diag_error(build->check.diags, node->where,
			"format %lld is newer than this program; it reads `bangtin: 1`", (long long)version);
}

static void check_unit(struct build *build, struct unit_state *unit, struct node *root, int required)
{
	struct node *node = check_any(&build->check, root, "unit", required);
	const char *name;
	if (!node || !check_node_text(&build->check, node, "unit", &name) ||
		!check_name(&build->check, node->where, name, "a unit"))
		return;
	if (strcmp(name, unit->name) != 0)
		diag_error(build->check.diags, node->where,
			"the file is in the directory of unit `%s` and says `unit: %s`; move the file or "
			"write `unit: %s`",
			unit->name, name, unit->name);
}

void declare_name(struct build *build, struct names *names, struct unit_state *unit, const struct node *node,
	void *thing, const char *what)
{
	const struct name_slot *taken = names_add(names, unit->name, node->key, node->key_where, thing);
	if (taken)
		diag_error(build->check.diags, node->key_where,
			"a second %s is named `%s` in unit %s, the first is at %s:%d; rename one of them",
			what, check_excerpt(node->key), unit->name, taken->where.file, taken->where.line);
}

static void declare_playlist(struct build *build, struct unit_state *unit, struct node *node)
{
	struct check *check = &build->check;
	struct declared_playlist *declared = arena_alloc(build->arena, sizeof *declared);
	declare_name(build, &build->playlists, unit, node, declared, "playlist");
	if (!check_name(check, node->key_where, node->key, "a playlist") ||
		!check_node_kind(check, node, node->key, NODE_LIST))
		return;
	declared->unit = unit;
	declared->playlist.unit = unit->name;
	declared->playlist.name = node->key;
	declared->playlist.where = node->key_where;
	declared->items = node;
	if (node->count == 0)
		diag_error(check->diags, node->where,
			"the playlist `%s` is empty; write an element `- {show: message}` or delete it",
			node->key);
	build_append(build, playlist_list, declared);
}

static void declare_entry(struct build *build, struct unit_state *unit, struct node *node)
{
	if (!check_node_kind(&build->check, node, "schedule", NODE_MAP))
		return;
	struct declared_entry *declared = arena_alloc(build->arena, sizeof *declared);
	declared->unit = unit;
	declared->node = node;
	build_append(build, entry_list, declared);
}

/* A section left empty (`messages:` with nothing below) is as good as none. */
static struct node *section(struct build *build, struct node *root, const char *key, enum node_kind kind)
{
	struct node *node = check_any(&build->check, root, key, CHECK_OPTIONAL);
	if (!node || (node->kind == NODE_SCALAR && node->text[0] == '\0' && !node->quoted))
		return NULL;
	return check_node_kind(&build->check, node, key, kind) ? node : NULL;
}

typedef void declare_fn(struct build *build, struct unit_state *unit, struct node *node);

static void declare_section(struct build *build, struct unit_state *unit, struct node *root, const char *key,
	enum node_kind kind, declare_fn *declare)
{
	struct node *node = section(build, root, key, kind);
	/* One that is visited already is there a second time, and reported. */
	for (size_t i = 0; node && i < node->count; i++)
		if (!node->children[i]->visited)
			declare(build, unit, node->children[i]);
}

void declare_file(struct build *build, struct unit_state *unit, const struct tree *tree)
{
	struct node *root = tree_root(tree);
	int required = tree_truncated(tree) ? CHECK_OPTIONAL : CHECK_REQUIRED;
	check_version(build, root, required);
	check_unit(build, unit, root, required);
	declare_section(build, unit, root, "styles", NODE_MAP, declare_style);
	declare_section(build, unit, root, "layouts", NODE_MAP, declare_layout);
	declare_section(build, unit, root, "messages", NODE_MAP, declare_message);
	declare_section(build, unit, root, "playlists", NODE_MAP, declare_playlist);
	struct node *dayparts = section(build, root, "dayparts", NODE_MAP);
	if (dayparts)
		declare_dayparts(build, unit, dayparts);
	declare_section(build, unit, root, "calendars", NODE_MAP, declare_calendar);
	declare_section(build, unit, root, "schedule", NODE_LIST, declare_entry);
	check_done(&build->check, root, "a playlist file");
}
