#include "site/site.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "site/keys.h"

enum { DISPLAYS_MOST = 1024 };

struct storage {
	struct arena arena;
	struct tree *tree; /* owns the texts */
};

static bool carries_tag(const struct display *display, const char *tag)
{
	for (size_t i = 0; i < display->tag_count; i++)
		if (strcmp(display->tags[i], tag) == 0)
			return true;
	return false;
}

/* `on:` of a schedule entry takes names and tags alike: none may mean two things. */
static void check_names(struct site_reader *reader, const struct site *site)
{
	for (size_t i = 0; i < site->display_count; i++) {
		const struct display *display = &site->displays[i];
		for (size_t j = 0; display->name && j < site->display_count; j++) {
			const struct display *other = &site->displays[j];
			if (j < i && other->name && strcmp(display->name, other->name) == 0)
				diag_error(reader->check.diags, display->where,
					"a second display is named `%s`; the first is in line %d",
					display->name, other->where.line);
			if (carries_tag(other, display->name))
				diag_error(reader->check.diags, other->where,
					"the tag `%s` is also the name of a display; rename one of them",
					display->name);
		}
	}
}

static void read_displays(struct site_reader *reader, struct node *root, struct site *site)
{
	struct check *check = &reader->check;
	struct node *list = check_list(check, root, "displays", CHECK_REQUIRED);
	if (!list)
		return;
	if (list->count == 0 || list->count > DISPLAYS_MOST) {
		diag_error(check->diags, list->where, "`displays` must have 1 to %d displays", DISPLAYS_MOST);
		return;
	}
	site->displays = arena_alloc(reader->arena, list->count * sizeof *site->displays);
	for (size_t i = 0; i < list->count; i++)
		if (check_node_kind(check, list->children[i], "displays", NODE_MAP))
			site_read_display(reader, list->children[i], &site->displays[site->display_count++]);
	check_names(reader, site);
}

static struct site *site_create(struct tree *tree)
{
	struct storage *storage = xcalloc(1, sizeof *storage);
	arena_init(&storage->arena);
	storage->tree = tree;
	struct site *site = xcalloc(1, sizeof *site);
	site->storage = storage;
	return site;
}

struct site *site_parse(
	const char *name, const char *data, size_t size, const char *directory, struct diag_list *diags)
{
	size_t errors = diags->errors;
	struct tree *tree = conf_read_libconfig(name, data, size, NULL, diags);
	if (!tree)
		return NULL;
	struct site *site = site_create(tree);
	struct storage *storage = site->storage;
	struct site_reader reader = {.check = {.diags = diags}, .arena = &storage->arena, .site = site};
	reader.directory = arena_strdup(&storage->arena, directory);
	struct node *root = tree_root(tree);
	struct node *general = check_map(&reader.check, root, "site", CHECK_REQUIRED);
	if (general)
		site_read_general(&reader, general, site);
	site_read_record(&reader, root, site);
	read_displays(&reader, root, site);
	check_done(&reader.check, root, "the site configuration");
	if (diags->errors == errors)
		return site;
	site_destroy(site);
	return NULL;
}

struct site *site_read(const char *path, struct diag_list *diags)
{
	char *data;
	size_t size;
	int error = file_read(path, conf_limits_default.bytes, &data, &size);
	if (error < 0) {
		diag_error(diags, (struct location){path, 0, 0}, "cannot read it: %s", words_error(error));
		return NULL;
	}
	const char *slash = strrchr(path, '/');
	char *directory = slash == path ? xstrdup("/")
			  : slash	? xstrndup(path, (size_t)(slash - path))
					: xstrdup(".");
	struct site *site = site_parse(path, data, size, directory, diags);
	free(directory);
	free(data);
	return site;
}

void site_destroy(struct site *site)
{
	if (!site)
		return;
	struct storage *storage = site->storage;
	zone_destroy(site->zone);
	tree_destroy(storage->tree);
	arena_finish(&storage->arena);
	free(storage);
	free(site);
}

const struct display *site_display(const struct site *site, const char *name)
{
	for (size_t i = 0; i < site->display_count; i++)
		if (strcmp(site->displays[i].name, name) == 0)
			return &site->displays[i];
	return NULL;
}

bool display_matches(const struct display *display, const char *name_or_tag)
{
	return strcmp(name_or_tag, "*") == 0 || strcmp(display->name, name_or_tag) == 0 ||
	       carries_tag(display, name_or_tag);
}
