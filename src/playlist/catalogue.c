#include "playlist/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "playlist/build.h"

struct storage {
	struct arena arena; /* also of the files' trees, whose texts are pointed into */
	struct names messages;
};

struct unit_state *build_unit(struct build *build, const char *name)
{
	for (size_t i = 0; i < build->unit_count; i++)
		if (strcmp(build->units[i].name, name) == 0)
			return &build->units[i];
	return NULL;
}

static void refuse_unit(struct build *build, const struct node *node, const char *name)
{
	const char *candidates[64];
	size_t count = 0;
	for (; count < build->unit_count && count < 64; count++)
		candidates[count] = build->units[count].name;
	const char *near = nearest_word(name, candidates, count);
	if (near)
		diag_error(build->check.diags, node->where,
			"`%s`: the site has no unit `%s`; did you mean `%s`?", check_excerpt(node->text),
			check_excerpt(name), near);
	else
		diag_error(build->check.diags, node->where, "`%s`: the site has no unit `%s`",
			check_excerpt(node->text), check_excerpt(name));
}

static void refuse_name(struct build *build, const struct names *names, const struct unit_state *unit,
	const struct node *node, const char *name, const char *what)
{
	struct diag_list *diags = build->check.diags;
	bool hint = diags->count < DIAG_MOST; /* it is slow, and nobody reads on */
	const char *elsewhere = hint && name == node->text ? names_elsewhere(names, unit->name, name) : NULL;
	const char *near = hint && !elsewhere ? names_nearest(names, unit->name, name) : NULL;
	if (elsewhere)
		diag_error(diags, node->where, "unit %s has no %s `%s`; did you mean `%s/%s`?", unit->name,
			_(what), check_excerpt(name), elsewhere, name);
	else if (near)
		diag_error(diags, node->where, "unit %s has no %s `%s`; did you mean `%s%s%s`?", unit->name,
			_(what), check_excerpt(name), name == node->text ? "" : unit->name,
			name == node->text ? "" : "/", near);
	else
		diag_error(diags, node->where, "unit %s has no %s `%s`", unit->name, _(what),
			check_excerpt(name));
}

void *resolve_name(struct build *build, const struct names *names, struct unit_state *unit, struct node *node,
	const char *what)
{
	const char *name;
	if (!check_node_text(&build->check, node, what, &name))
		return NULL;
	const char *slash = strchr(name, '/');
	/* An id such as unit/play#1 may hold another unit's name behind its own. */
	if (slash) {
		char *other = arena_strndup(build->arena, name, (size_t)(slash - name));
		if (!check_name(&build->check, node->where, other, "a unit"))
			return NULL;
		unit = build_unit(build, other);
		name = slash + 1;
		if (!unit && !build->site)
			diag_warning(build->check.diags, node->where,
				"`%s` is not checked: no file of unit `%s` was given",
				check_excerpt(node->text), other);
		else if (!unit)
			refuse_unit(build, node, other);
		if (!unit)
			return NULL;
	}
	void *found = names_find(names, unit->name, name);
	if (!found && !unit->broken)
		refuse_name(build, names, unit, node, name, what);
	return found;
}

static void add_unit(struct build *build, const char *name, int max_priority)
{
	build->units[build->unit_count] =
		(struct unit_state){.name = name, .max_priority = max_priority, .rank = build->unit_count};
	build->unit_count++;
}

static void init_units(struct build *build, const struct source_file *files, size_t count)
{
	const struct site *site = build->site;
	build->units = arena_alloc(build->arena, (site ? site->unit_count : count) * sizeof *build->units);
	for (size_t i = 0; site && i < site->unit_count; i++)
		add_unit(build, arena_strdup(build->arena, site->units[i].name), site->units[i].max_priority);
	for (size_t i = 0; !site && i < count; i++)
		if (!build_unit(build, files[i].unit))
			add_unit(build, arena_strdup(build->arena, files[i].unit), 100);
}

struct ordered_file {
	const struct source_file *file;
	struct unit_state *unit;
};

static int compare_files(const void *a, const void *b)
{
	const struct ordered_file *x = a, *y = b;
	if (x->unit->rank != y->unit->rank)
		return x->unit->rank < y->unit->rank ? -1 : 1;
	return strcmp(x->file->name, y->file->name);
}

/* Names become paths in the state directory: nothing may lead out of it. They may come from another process. */
static bool check_file_name(struct build *build, const struct source_file *file)
{
	const char *slash = strrchr(file->name, '/');
	const char *base = slash ? slash + 1 : file->name;
	size_t length = strlen(base);
	size_t unit = slash ? (size_t)(slash - file->name) : 0;
	bool good =
		length > 5 && length <= 128 && base[0] != '.' &&
		(strcmp(base + length - 5, ".yaml") == 0 || source_is_picture(base)) &&
		strspn(base, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length &&
		(!slash || (strlen(file->unit) == unit && memcmp(file->name, file->unit, unit) == 0));
	if (!good)
		diag_error(build->check.diags, (struct location){file->path ? file->path : file->name, 0, 0},
			"the file's name must be made of a-z, A-Z, 0-9, `.`, `_` and `-` and end in .yaml "
			"(or, a picture, in .png, .jpg or .jpeg); rename it");
	return good;
}

static void read_file(struct build *build, const struct ordered_file *ordered)
{
	const struct source_file *file = ordered->file;
	struct unit_state *unit = ordered->unit;
	const char *name = file->path ? file->path : file->name;
	bool is_picture = source_is_picture(file->name);
	unit->files += !is_picture;
	unit->bytes += file->size;
	if (!check_file_name(build, file))
		return;
	if (unit->bytes > SOURCE_UNIT_MOST) {
		if (unit->bytes - file->size <= SOURCE_UNIT_MOST)
			diag_error(build->check.diags, (struct location){name, 0, 0},
				"with this file unit %s has more than %d MiB; delete what is over, or make "
				"pictures smaller",
				unit->name, SOURCE_UNIT_MOST >> 20);
		unit->broken = true;
		return;
	}
	if (is_picture) {
		declare_asset(build, unit, file);
		return;
	}
	struct tree *tree =
		conf_read_yaml_into(build->arena, name, file->data, file->size, NULL, build->check.diags);
	unit->broken |= !tree || tree_truncated(tree);
	if (!tree)
		return;
	declare_file(build, unit, tree);
	tree_destroy(tree);
}

static void read_files(struct build *build, const struct source_file *files, size_t count)
{
	struct ordered_file *ordered = xcalloc(count + 1, sizeof *ordered);
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		struct unit_state *unit = build_unit(build, files[i].unit);
		if (unit)
			ordered[used++] = (struct ordered_file){&files[i], unit};
	}
	qsort(ordered, used, sizeof *ordered, compare_files);
	for (size_t i = 0; i < used; i++)
		read_file(build, &ordered[i]);
	bool any = false;
	for (size_t i = 0; i < build->unit_count; i++)
		any |= build->units[i].files > 0;
	if (!any)
		diag_error(build->check.diags,
			(struct location){count > 0 ? files[0].unit : "playlists", 0, 0},
			build->site && build->unit_count > 0
				? _("no playlist file of the site's units, first of all %s")
				: _("no playlist file of any unit"),
			build->site && build->unit_count > 0 ? build->units[0].name : "");
	free(ordered);
}

static void collect(struct build *build, struct catalogue *catalogue)
{
	struct arena *arena = build->arena;
	catalogue->message_count = build->message_list.count;
	catalogue->messages = arena_alloc(arena, catalogue->message_count * sizeof *catalogue->messages);
	for (size_t i = 0; i < catalogue->message_count; i++)
		catalogue->messages[i] = &build->message_list.items[i]->message;
	catalogue->layout_count = build->layout_list.count;
	catalogue->layouts = arena_alloc(arena, catalogue->layout_count * sizeof *catalogue->layouts);
	for (size_t i = 0; i < catalogue->layout_count; i++)
		catalogue->layouts[i] = &build->layout_list.items[i]->layout;
	catalogue->item_count = build->item_list.count;
	catalogue->items =
		arena_memdup(arena, build->item_list.items, catalogue->item_count * sizeof(struct item *));
	catalogue->entries = arena_alloc(arena, build->entry_list.count * sizeof *catalogue->entries);
	for (size_t i = 0; i < build->entry_list.count; i++) {
		struct declared_entry *declared = build->entry_list.items[i];
		/* Without a site an entry may play what another unit has, and nobody has read. */
		if (declared->skipped || !declared->entry.playlist)
			continue;
		declared->entry.index = catalogue->entry_count;
		catalogue->entries[catalogue->entry_count++] = &declared->entry;
	}
}

/* After an error it would only distract: what is broken may be what uses it. */
static void warn_unused(struct build *build)
{
	/* What the first unit offers the others is used elsewhere. */
	bool offers = build->site && build->unit_count > 1;
	for (size_t i = 0; i < build->message_list.count; i++) {
		const struct declared_message *declared = build->message_list.items[i];
		if (!declared->used && !(offers && declared->unit->rank == 0))
			diag_warning(build->check.diags, declared->message.where,
				"the message `%s` is used nowhere", declared->message.name);
	}
	for (size_t i = 0; i < build->layout_list.count; i++) {
		const struct declared_layout *declared = build->layout_list.items[i];
		if (!declared->used && !(offers && declared->unit->rank == 0))
			diag_warning(build->check.diags, declared->layout.where,
				"the layout `%s` is used nowhere", declared->layout.name);
	}
	for (size_t i = 0; i < build->playlist_list.count; i++) {
		const struct declared_playlist *declared = build->playlist_list.items[i];
		if (!declared->used && !(offers && declared->unit->rank == 0))
			diag_warning(build->check.diags, declared->playlist.where,
				"the playlist `%s` is played nowhere", declared->playlist.name);
	}
}

static void build_finish(struct build *build)
{
	names_finish(&build->styles);
	names_finish(&build->layouts);
	names_finish(&build->messages);
	names_finish(&build->playlists);
	names_finish(&build->calendars);
	names_finish(&build->dayparts);
	names_finish(&build->entries);
	names_finish(&build->counters);
	names_finish(&build->assets);
	free(build->style_list.items);
	free(build->asset_list.items);
	free(build->layout_list.items);
	free(build->message_list.items);
	free(build->playlist_list.items);
	free(build->entry_list.items);
	free(build->item_list.items);
	free(build->skip_list.items);
	free(build->rule_list.items);
}

static void build_all(struct build *build, const struct source_file *files, size_t count)
{
	init_units(build, files, count);
	read_files(build, files, count);
	resolve_styles(build);
	resolve_layouts(build);
	resolve_messages(build);
	resolve_playlists(build);
	check_zone_playlists(build);
	resolve_schedule(build);
	check_assets(build);
}

struct catalogue *catalogue_build(
	const struct site *site, const struct source_file *files, size_t count, struct diag_list *diags)
{
	size_t errors = diags->errors;
	struct catalogue *catalogue = xcalloc(1, sizeof *catalogue);
	struct storage *storage = xcalloc(1, sizeof *storage);
	struct zone *utc = NULL;
	catalogue->references = 1;
	catalogue->storage = storage;
	arena_init(&storage->arena);
	if (!site)
		zone_create("UTC", &utc);
	struct build build = {.check = {.diags = diags}, .arena = &storage->arena, .site = site};
	build.zone = site ? site->zone : utc;
	build_all(&build, files, count);
	if (diags->errors == errors) {
		warn_unused(&build);
		collect(&build, catalogue);
		storage->messages = build.messages;
		build.messages = (struct names){0};
	}
	build_finish(&build);
	zone_destroy(utc);
	if (diags->errors == errors)
		return catalogue;
	catalogue_unref(catalogue);
	return NULL;
}

struct catalogue *catalogue_ref(struct catalogue *catalogue)
{
	if (catalogue)
		__atomic_add_fetch(&catalogue->references, 1, __ATOMIC_RELAXED);
	return catalogue;
}

void catalogue_unref(struct catalogue *catalogue)
{
	if (!catalogue || __atomic_sub_fetch(&catalogue->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	struct storage *storage = catalogue->storage;
	names_finish(&storage->messages);
	arena_finish(&storage->arena);
	free(storage);
	free(catalogue);
}

const struct message *catalogue_message(const struct catalogue *catalogue, const char *full_name)
{
	const struct storage *storage = catalogue->storage;
	const char *slash = strchr(full_name, '/');
	char unit[64];
	if (!slash || (size_t)(slash - full_name) >= sizeof unit)
		return NULL;
	memcpy(unit, full_name, (size_t)(slash - full_name));
	unit[slash - full_name] = '\0';
	const struct declared_message *declared = names_find(&storage->messages, unit, slash + 1);
	return declared ? &declared->message : NULL;
}
