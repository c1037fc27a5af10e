/* Entries of `schedule`. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "playlist/build.h"

enum { PRIORITY_STANDARD = 10, SPAN_MOST = 4000, HINTS_MOST = 256 };

static bool known_target(const struct site *site, const char *name)
{
	for (size_t i = 0; i < site->display_count; i++)
		if (display_matches(&site->displays[i], name))
			return true;
	return false;
}

static const char *nearest_target(const struct site *site, const char *name)
{
	const char *candidates[HINTS_MOST];
	size_t count = 0;
	for (size_t i = 0; i < site->display_count && count < HINTS_MOST; i++) {
		const struct display *display = &site->displays[i];
		candidates[count++] = display->name;
		for (size_t j = 0; j < display->tag_count && count < HINTS_MOST; j++)
			candidates[count++] = display->tags[j];
	}
	return nearest_word(name, candidates, count);
}

/* The first unit speaks to many sites: that one has no kiosk is no fault. A name that is nearly one of this site's may
 * still be a slip. */
static void report_target(struct build *build, const struct unit_state *unit, const struct node *node)
{
	const char *near = nearest_target(build->site, node->text), *name = check_excerpt(node->text);
	bool inherited = unit->rank == 0 && build->unit_count > 1;
	if (inherited && near)
		diag_warning(build->check.diags, node->where,
			"`on`: no display of this site has the name or tag `%s`; is `%s` meant?", name, near);
	else if (near)
		diag_error(build->check.diags, node->where,
			"`on`: no display has the name or tag `%s`; did you mean `%s`?", name, near);
	else if (!inherited)
		diag_error(build->check.diags, node->where,
			"`on`: no display has the name or tag `%s`; see `displays` in the site configuration",
			name);
}

static void read_targets(
	struct build *build, struct node *map, const struct unit_state *unit, struct entry *entry)
{
	struct check *check = &build->check;
	struct node *single, *const *nodes;
	size_t count;
	if (!check_values(check, map, "on", CHECK_REQUIRED, &single, &nodes, &count))
		return;
	const char **on = arena_alloc(build->arena, count * sizeof *on);
	for (size_t i = 0; i < count; i++) {
		const char *name;
		if (!check_node_text(check, nodes[i], "on", &name))
			continue;
		if (strcmp(name, "all") == 0)
			name = "*";
		if (build->site && !known_target(build->site, name))
			report_target(build, unit, nodes[i]);
		on[entry->on_count++] = name;
	}
	entry->on = on;
}

static void read_priority(
	struct build *build, struct node *map, const struct unit_state *unit, struct entry *entry)
{
	int64_t priority = PRIORITY_STANDARD < unit->max_priority ? PRIORITY_STANDARD : unit->max_priority;
	struct node *node = check_any(&build->check, map, "priority", CHECK_OPTIONAL);
	if (node && check_node_int(&build->check, node, "priority", 0, 100, &priority) &&
		priority > unit->max_priority)
		diag_error(build->check.diags, node->where,
			"`priority` is %d and the site grants unit %s at most %d; write that or less",
			(int)priority, unit->name, unit->max_priority);
	entry->priority = (int)priority;
}

static void read_when(struct build *build, struct unit_state *unit, struct node *map, struct entry *entry)
{
	static struct hours whole_day = {.end = 86400};
	entry->weekdays = read_days(build, map);
	/* Two days in a row, Sunday and Monday among them. */
	bool next_day = entry->weekdays & (entry->weekdays >> 1 | (entry->weekdays & 1) << 6);
	if (!read_hours(build, unit, map, next_day, &entry->hours, &entry->hours_count)) {
		entry->hours = &whole_day;
		entry->hours_count = 1;
	}
	read_period(build, unit, map, entry);
}

/* `show:` of one message is a playlist of one element that nobody else can name. */
static const struct playlist *read_show(struct build *build, struct unit_state *unit, struct node *map)
{
	const struct item **items = arena_alloc(build->arena, sizeof *items);
	items[0] = read_item(build, unit, map);
	if (!items[0])
		return NULL;
	struct playlist *playlist = arena_alloc(build->arena, sizeof *playlist);
	*playlist = (struct playlist){unit->name, items[0]->message->name, items, 1, map->where};
	return playlist;
}

static const struct playlist *read_play(struct build *build, struct unit_state *unit, struct node *play)
{
	struct declared_playlist *declared = resolve_name(build, &build->playlists, unit, play, "playlist");
	if (!declared)
		return NULL;
	declared->used = true;
	return declared->playlist.item_count > 0 ? &declared->playlist : NULL;
}

static void read_what(struct build *build, struct unit_state *unit, struct node *map, struct entry *entry)
{
	struct check *check = &build->check;
	struct node *play = check_any(check, map, "play", CHECK_OPTIONAL);
	struct node *show = check_any(check, map, "show", CHECK_OPTIONAL);
	if (play && show)
		diag_error(check->diags, show->key_where,
			"`play` (a playlist) and `show` (a message) exclude each other; keep one");
	else if (play)
		entry->playlist = read_play(build, unit, play);
	else if (show)
		entry->playlist = read_show(build, unit, map);
	else
		diag_error(check->diags, map->where,
			"the entry has neither `play: playlist` nor `show: message`");
}

static const char *what_text(struct node *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct node *node = map->children[i];
		if (node->kind == NODE_SCALAR &&
			(strcmp(node->key, "play") == 0 || strcmp(node->key, "show") == 0))
			return node->text;
	}
	return "entry";
}

/* Entries without a name are told apart by what they play and their number among those. */
static const char *numbered_id(struct build *build, struct unit_state *unit, struct node *map)
{
	const char *what = what_text(map);
	int *number = names_find(&build->counters, unit->name, what);
	if (!number) {
		number = arena_alloc(build->arena, sizeof *number);
		names_add(&build->counters, unit->name, what, map->where, number);
	}
	return arena_printf(build->arena, "%s#%d", what, ++*number);
}

static void read_id(struct build *build, struct declared_entry *declared)
{
	struct check *check = &build->check;
	struct node *node = check_any(check, declared->node, "name", CHECK_OPTIONAL);
	const char *id = NULL;
	if (node && check_node_text(check, node, "name", &id) &&
		!check_name(check, node->where, id, "an entry"))
		id = NULL;
	if (!id)
		id = numbered_id(build, declared->unit, declared->node);
	struct location where = declared->node->where;
	if (names_add(&build->entries, declared->unit->name, id, where, declared))
		diag_error(check->diags, node ? node->where : declared->node->where,
			"a second entry is named `%s` in unit %s; rename one of them", id,
			declared->unit->name);
	declared->entry.id = arena_printf(build->arena, "%s/%s", declared->unit->name, id);
}

static bool has_a_day(const struct entry *entry)
{
	if (entry->from == DAY_NONE || entry->until == DAY_NONE || entry->until - entry->from > SPAN_MOST)
		return true;
	for (day_t day = entry->from; day <= entry->until; day++)
		if (entry_day_rule(entry, day) == DAY_PLAYS)
			return true;
	return false;
}

static bool all_expired(const struct build *build, const struct entry *entry)
{
	if (!entry->playlist || entry->from == DAY_NONE)
		return false;
	int64_t first = zone_instant(build->zone, entry->from, 0);
	for (size_t i = 0; i < entry->playlist->item_count; i++)
		if (entry->playlist->items[i]->message->until > first)
			return false;
	return true;
}

static void check_plays(struct build *build, const struct entry *entry, size_t errors)
{
	if (build->check.diags->errors != errors)
		return;
	if (!has_a_day(entry))
		diag_error(build->check.diags, entry->where,
			"the entry can never play: no day from `from` to `until` is one of `days` and not "
			"excepted");
	else if (all_expired(build, entry))
		diag_error(build->check.diags, entry->where,
			"the entry can never play: every message of it expires (`until`) before the entry's "
			"`from`");
}

static void read_entry(struct build *build, struct declared_entry *declared)
{
	struct check *check = &build->check;
	struct node *map = declared->node;
	struct entry *entry = &declared->entry;
	size_t errors = check->diags->errors;
	entry->unit = declared->unit->name;
	entry->where = map->where;
	read_what(build, declared->unit, map, entry);
	read_targets(build, map, declared->unit, entry);
	read_when(build, declared->unit, map, entry);
	read_priority(build, map, declared->unit, entry);
	read_quotas(build, map, declared);
	check_bool(check, map, "required", CHECK_OPTIONAL, &entry->required);
	read_id(build, declared);
	check_done(check, map, "an entry of `schedule`");
	check_plays(build, entry, errors);
}

static bool read_skip(struct build *build, struct declared_entry *declared)
{
	struct check *check = &build->check;
	struct node *skip = check_any(check, declared->node, "skip", CHECK_OPTIONAL);
	if (!skip)
		return false;
	check_done(check, declared->node, "an entry that says `skip`");
	declared->skipped = true;
	declared->node = skip;
	build_append(build, skip_list, declared);
	return true;
}

/* The names of entries are known only when all are read: hence last. */
static void apply_skip(struct build *build, struct declared_entry *skip)
{
	struct check *check = &build->check;
	struct node *node = skip->node;
	struct declared_entry *inherited =
		resolve_name(build, &build->entries, skip->unit, node, "schedule entry");
	if (!inherited)
		return;
	if (inherited->unit == skip->unit)
		diag_error(check->diags, node->where,
			"`%s` is an entry of this unit; delete it instead of skipping it", node->text);
	else if (build->site && inherited->unit->rank > skip->unit->rank)
		diag_error(check->diags, node->where,
			"unit %s comes after %s in the site; only what is inherited is skipped",
			inherited->unit->name, skip->unit->name);
	else if (inherited->entry.required)
		diag_error(check->diags, node->where,
			"`%s` is required by unit %s and cannot be skipped; delete this entry", node->text,
			inherited->unit->name);
	else
		inherited->skipped = true;
}

void resolve_schedule(struct build *build)
{
	for (size_t i = 0; i < build->entry_list.count; i++)
		if (!read_skip(build, build->entry_list.items[i]))
			read_entry(build, build->entry_list.items[i]);
	for (size_t i = 0; i < build->entry_list.count; i++)
		resolve_neighbours(build, build->entry_list.items[i]);
	for (size_t i = 0; i < build->skip_list.count; i++)
		apply_skip(build, build->skip_list.items[i]);
}
