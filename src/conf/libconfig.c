/* The site configuration's syntax through libconfig, with columns from conf/places.h. */
#include <libconfig.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "conf/build.h"
#include "conf/places.h"

struct source {
	const char *file;
	char *text; /* our copy: a setting given twice is blanked in it */
	size_t size;
	struct places places;
};

struct copier {
	struct builder *builder;
	const struct source *source;
	size_t next; /* place of the next setting: both walks go in the file's order */
};

static bool same_name(
	const struct source *source, const struct setting_place *a, const struct setting_place *b)
{
	return a->parent == b->parent && a->name_size == b->name_size &&
	       memcmp(source->text + a->name_at, source->text + b->name_at, a->name_size) == 0;
}

/* The setting of that name before it in the same group, or NULL. Groups are small. */
static const struct setting_place *find_earlier(const struct source *source, size_t index)
{
	const struct setting_place *setting = &source->places.items[index];
	for (size_t i = index; setting->name.line > 0 && i-- > 0 && i != setting->parent;)
		if (same_name(source, &source->places.items[i], setting))
			return &source->places.items[i];
	return NULL;
}

/* libconfig stops at the first of them. Blanked out they do not keep it from the rest. */
static bool blank_duplicates(struct source *source, struct diag_list *diags)
{
	bool found = false;
	for (size_t i = 0; i < source->places.count; i++) {
		const struct setting_place *setting = &source->places.items[i];
		const struct setting_place *earlier = find_earlier(source, i);
		if (!earlier)
			continue;
		diag_error(diags, setting->name,
			"`%.*s` is here a second time, the first is in line %d; keep one of them",
			(int)setting->name_size, source->text + setting->name_at, earlier->name.line);
		found = true;
	}
	for (size_t i = source->places.count; found && i-- > 0;) {
		const struct setting_place *setting = &source->places.items[i];
		if (!find_earlier(source, i))
			continue;
		for (size_t at = setting->name_at; at < setting->end; at++)
			if (source->text[at] != '\n' && source->text[at] != '\r')
				source->text[at] = ' ';
	}
	return found;
}

/* What libconfig says, so that it has its Vietnamese. */
static const char *const said[] = {N_("syntax error"), N_("duplicate setting name"), N_("setting not found"),
	N_("invalid type"), N_("file I/O error"), N_("cannot open include file"), N_("parse error")};

/* libconfig tells a line; the first setting or value in it is the nearest place known. */
static void report_libconfig(const struct source *source, const config_t *config, struct diag_list *diags)
{
	struct location where = {source->file, config_error_line(config), 1};
	for (size_t i = 0; i < source->places.count; i++) {
		const struct setting_place *setting = &source->places.items[i];
		const struct location *place = setting->name.line > 0 ? &setting->name : &setting->value;
		if (place->line == where.line) {
			where = *place;
			break;
		}
	}
	const char *text = config_error_text(config);
	(void)said;
	if (text && strstr(text, "mismatched element"))
		diag_error(diags, where,
			"the elements between `[` and `]` must be of one kind; write `(` and `)`");
	else
		diag_error(diags, where, "%s", text ? _(text) : _("this is not a configuration file"));
}

static void copy_scalar(
	struct copier *copier, const config_setting_t *setting, const struct setting_place *place)
{
	const char *text = copier->source->text + place->value_at;
	size_t size = place->value_end - place->value_at;
	char number[32];
	struct node *node;
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_STRING: {
		const char *string = config_setting_get_string(setting);
		node = builder_scalar(copier->builder, string, strlen(string), true, place->value);
		if (!node)
			return;
		node->quoted = true;
		node->lead = !node->was_nfd && size == strlen(string) + 2 ? 1 : -1;
		return;
	}
	case CONFIG_TYPE_BOOL:
		text = config_setting_get_bool(setting) ? "true" : "false";
		size = strlen(text);
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		/* As it is written, but for hexadecimal: libconfig cuts what is too large. */
		if (size > 1 && (text[1] | 0x20) == 'x') {
			size = (size_t)snprintf(
				number, sizeof number, "%lld", config_setting_get_int64(setting));
			text = number;
		}
		while (size > 0 && text[size - 1] == 'L')
			size--;
		break;
	default:
		break;
	}
	builder_scalar(copier->builder, text, size, false, place->value);
}

static void copy_setting(struct copier *copier, config_setting_t *setting)
{
	/* libconfig has read more than the walk for places did: neither is to be trusted. */
	if (copier->next == copier->source->places.count) {
		diag_error(copier->builder->diags, (struct location){copier->source->file, 0, 0},
			"the settings cannot be told apart; write one in a line");
		copier->builder->full = true;
		return;
	}
	const struct setting_place *place = &copier->source->places.items[copier->next++];
	const char *name = config_setting_name(setting);
	if (name)
		builder_key(copier->builder, name, strlen(name), false, place->name);
	if (!config_setting_is_aggregate(setting)) {
		copy_scalar(copier, setting, place);
		return;
	}
	enum node_kind kind = config_setting_is_group(setting) ? NODE_MAP : NODE_LIST;
	if (!builder_open(copier->builder, kind, place->value))
		return;
	for (unsigned i = 0; i < (unsigned)config_setting_length(setting) && !copier->builder->full; i++)
		copy_setting(copier, config_setting_get_elem(setting, i));
	if (!copier->builder->full)
		builder_close(copier->builder);
}

static void copy_root(struct copier *copier, config_setting_t *root)
{
	struct builder *builder = copier->builder;
	builder_open(builder, NODE_MAP, (struct location){builder_file(builder), 1, 1});
	for (unsigned i = 0; i < (unsigned)config_setting_length(root) && !builder->full; i++)
		copy_setting(copier, config_setting_get_elem(root, i));
	if (builder->full)
		builder_truncate(builder);
	else
		builder_close(builder);
}

static struct tree *parse(struct source *source, const struct conf_limits *limits, struct diag_list *diags)
{
	struct tree *tree = NULL;
	config_t config;
	config_init(&config);
	if (config_read_string(&config, source->text)) {
		struct builder builder;
		builder_init(&builder, NULL, source->file, limits, diags);
		struct copier copier = {.builder = &builder, .source = source};
		copy_root(&copier, config_root_setting(&config));
		tree = builder_finish(&builder);
	} else {
		report_libconfig(source, &config, diags);
	}
	config_destroy(&config);
	return tree;
}

struct tree *conf_read_libconfig(const char *name, const char *data, size_t size,
	const struct conf_limits *limits, struct diag_list *diags)
{
	limits = limits ? limits : &conf_limits_default;
	if (!source_check(name, data, size, limits, diags))
		return NULL;
	struct source source = {.file = name, .text = xstrndup(data, size), .size = size};
	struct tree *tree = NULL;
	/* The mark stays in the copy as blanks, so that offsets agree. */
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		memset(source.text, ' ', 3);
	if (!places_find(&source.places, name, data, size, limits->depth, diags))
		goto out;
	if (blank_duplicates(&source, diags)) {
		size_t errors = diags->errors;
		places_find(&source.places, name, source.text, size, limits->depth, diags);
		if (diags->errors != errors)
			goto out;
	}
	tree = parse(&source, limits, diags);
out:
	places_finish(&source.places);
	free(source.text);
	return tree;
}
