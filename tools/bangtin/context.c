#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/words.h"
#include "cli.h"
#include "engine/trial.h"
#include "store/data_files.h"

struct sources { /* what is to be built, and what holds its bytes */
	struct source_file *current, *added, *merged;
	size_t current_count, added_count, merged_count;
};

static void sources_finish(struct sources *sources)
{
	sources_free(sources->current, sources->current_count);
	sources_free(sources->added, sources->added_count);
	free(sources->merged);
}

bool sources_are_single(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* --- from files */

static int no_generation(int generation)
{
	return cli_fail(EXIT_INPUT, "there is no generation %d; `bangtin history` lists them", generation);
}

static int read_state(struct context *context, int generation, struct sources *sources)
{
	struct store *store;
	int error = store_open_read_only(context->site->state_directory, &store);
	if (error == -EPROTONOSUPPORT || error == -EBADMSG)
		return cli_fail(EXIT_REACH, "%s: %s", context->site->state_directory, store_error(error));
	if (error < 0)
		return generation ? no_generation(generation) : EXIT_DONE; /* nothing was ever loaded */
	error = store_read(store, generation, &sources->current, &sources->current_count, NULL);
	store_read_overrides(store, &context->overrides, &context->override_count);
	context->data = store_read_data(store);
	store_close(store);
	if (error == -ENOENT && generation)
		return no_generation(generation);
	if (error < 0 && error != -ENOENT)
		return cli_fail(EXIT_REACH, "%s cannot be read: %s", context->site->state_directory,
			words_error(error));
	return EXIT_DONE;
}

/* --- from the daemon */

static void take_override(struct context *context, const json_t *json)
{
	struct override *list = xrealloc(context->overrides, context->override_count + 1, sizeof *list);
	struct override *item = &list[context->override_count];
	*item = (struct override){0};
	const char *id = json_string_value(json_object_get(json, "id"));
	const char *kind = json_string_value(json_object_get(json, "kind"));
	const char *level = json_string_value(json_object_get(json, "level"));
	const json_t *on = json_object_get(json, "on");
	snprintf(item->id, sizeof item->id, "%s", id ? id : "");
	item->kind = kind && strcmp(kind, "blank") == 0 ? OVERRIDE_BLANK : OVERRIDE_ANNOUNCE;
	if (level)
		level_find(level, &item->level);
	item->text = xstrdup(json_string_value(json_object_get(json, "text")));
	item->user = xstrdup(json_string_value(json_object_get(json, "user")));
	item->start = json_integer_value(json_object_get(json, "start_ns"));
	item->end = json_integer_value(json_object_get(json, "end_ns"));
	item->uptime = json_is_true(json_object_get(json, "uptime"));
	item->on_count = json_array_size(on);
	item->on = xcalloc(item->on_count + 1, sizeof *item->on);
	for (size_t i = 0; i < item->on_count; i++) {
		const char *name = json_string_value(json_array_get(on, i));
		item->on[i] = xstrdup(name ? name : "");
	}
	context->overrides = list;
	context->override_count++;
}

static void take_file(struct sources *sources, const json_t *json)
{
	const char *unit = json_string_value(json_object_get(json, "unit"));
	const char *name = json_string_value(json_object_get(json, "name"));
	const char *data = json_string_value(json_object_get(json, "data"));
	size_t size;
	char *bytes = unit && name && data ? base64_decode(data, &size) : NULL;
	if (!bytes)
		return;
	sources->current = xrealloc(sources->current, sources->current_count + 1, sizeof *sources->current);
	sources->current[sources->current_count++] = (struct source_file){
		.unit = xstrdup(unit), .name = xstrdup(name), .data = bytes, .size = size};
}

static int ask_daemon(const struct common *common, int generation, struct context *context,
	struct sources *sources, struct diag_list *diags)
{
	json_t *reply;
	int code = cli_call(
		common, json_pack("{s:s, s:i}", "command", "sources", "generation", generation), &reply);
	if (code != EXIT_DONE)
		return code;
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(reply, "files"), i, item) take_file(sources, item);
	json_array_foreach(json_object_get(reply, "overrides"), i, item) take_override(context, item);
	context->data = data_from_json(json_object_get(reply, "data"));
	context->now = json_integer_value(json_object_get(reply, "now"));
	context->untrusted = json_is_false(json_object_get(reply, "trusted"));
	const char *configuration = json_string_value(json_object_get(reply, "configuration"));
	context->told = xstrdup(configuration);
	context->site = configuration ? site_read(context->told, diags) : NULL;
	if (!context->site)
		code = cli_fail(EXIT_REACH,
			"the daemon's configuration %s cannot be read from here; give it with -c",
			configuration ? configuration : "?");
	json_decref(reply);
	return code;
}

/* --- */

static int gather(const struct common *common, int generation, const char *path, struct context *context,
	struct sources *sources, struct diag_list *diags)
{
	int code = EXIT_DONE;
	if (common->configuration) {
		context->site = site_read(common->configuration, diags);
		code = context->site ? read_state(context, generation, sources) : EXIT_INPUT;
	} else {
		code = ask_daemon(common, generation, context, sources, diags);
	}
	if (code != EXIT_DONE || !path)
		return code;
	int error = sources_read(path, &sources->added, &sources->added_count, diags);
	if (error < 0 && diags->errors == 0)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	return error < 0 ? EXIT_INPUT : EXIT_DONE;
}

static int open_sources(
	const struct common *common, int generation, const char *path, struct context *ret_context)
{
	struct context *context = ret_context;
	*context = (struct context){0};
	struct clock clock;
	clock_init(&clock, 0);
	context->now = clock_now(&clock).time;
	struct sources sources = {0};
	struct diag_list diags;
	diag_init(&diags);
	int code = gather(common, generation, path, context, &sources, &diags);
	if (code == EXIT_DONE && fonts_create(context->site->fonts_directory, &context->fonts) < 0)
		code = cli_fail(EXIT_REACH, "the fonts cannot be read; BANGTIN_FONTS names their directory");
	if (code == EXIT_DONE) {
		context->scenes = scene_store_create(context->fonts);
		sources.merged_count = trial_merge(sources.current, sources.current_count, sources.added,
			sources.added_count, path && sources_are_single(path), &sources.merged);
		if (sources.merged_count > 0) {
			context->catalogue =
				catalogue_build(context->site, sources.merged, sources.merged_count, &diags);
			code = context->catalogue ? EXIT_DONE : EXIT_INPUT;
		}
	}
	diag_sort(&diags);
	if (code == EXIT_INPUT)
		diag_print(&diags, stderr);
	diag_finish(&diags);
	sources_finish(&sources);
	return code;
}

int context_open(const struct common *common, const char *path, struct context *ret_context)
{
	return open_sources(common, 0, path, ret_context);
}

int context_open_version(const struct common *common, const char *version, struct context *ret_context)
{
	char *end;
	long number = strtol(version, &end, 10);
	bool generation = *end == '\0' && number > 0 && number < 1000000;

	if (generation || strcmp(version, "current") == 0)
		version = NULL;
	return open_sources(common, generation ? (int)number : 0, version, ret_context);
}

int context_show(struct context *context, const char *name)
{
	const struct site *site = context->site;
	if (!name && site->display_count == 1)
		name = site->displays[0].name;
	const struct display *display = name ? site_display(site, name) : NULL;
	if (!display) {
		if (name)
			fprintf(stderr, _("bangtin: no display is named `%s`; there are:"), name);
		else
			fputs(_("bangtin: which display? -d one of:"), stderr);
		for (size_t i = 0; i < site->display_count; i++)
			fprintf(stderr, " %s", site->displays[i].name);
		fputc('\n', stderr);
		return name ? EXIT_INPUT : EXIT_USAGE;
	}
	show_destroy(context->show);
	context->show = show_create(site, display, context->catalogue, context->overrides,
		context->override_count, context->fonts, context->scenes);
	show_set_data(context->show, context->data);
	return EXIT_DONE;
}

void context_finish(struct context *context)
{
	show_destroy(context->show);
	catalogue_unref(context->catalogue);
	data_unref(context->data);
	overrides_free(context->overrides, context->override_count);
	if (context->scenes)
		scene_store_destroy(context->scenes);
	fonts_destroy(context->fonts);
	site_destroy(context->site);
	free(context->told);
	*context = (struct context){0};
}

int context_time(
	const struct context *context, const char *option, const char *text, int64_t otherwise, int64_t *ret)
{
	if (!text)
		*ret = otherwise;
	else if (time_parse_instant(context->site->zone, text, ret) < 0)
		return cli_fail(EXIT_USAGE, "--%s wants a time such as \"2026-03-02 08:00:00\", not `%s`",
			option, text);
	return EXIT_DONE;
}

const char *context_format(const struct context *context, int64_t time)
{
	static char buffers[4][48];
	static unsigned turn;
	char *buffer = buffers[turn++ % 4];
	time_format(context->site->zone, time, buffer, sizeof *buffers);
	return buffer;
}

const char *context_local(const struct context *context, int64_t time)
{
	char *text = (char *)context_format(context, time);
	size_t seconds = sizeof "2026-03-02T08:00:00" - 1;
	text[seconds + (text[seconds] == '.' ? 4 : 0)] = '\0';
	return text;
}
