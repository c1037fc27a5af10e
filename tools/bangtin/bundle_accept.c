/* Handing a bundle over: to the daemon, or, where none runs, into its state directory under its lock. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/words.h"
#include "bundle.h"
#include "control/control.h"
#include "engine/accept.h"

static json_t *request(const struct bundle_files *files)
{
	json_t *array = json_array();
	for (size_t i = 0; i < files->count; i++) {
		char *text = base64_encode(files->files[i].data, files->files[i].size);
		json_array_append_new(array,
			json_pack("{s:s, s:s, s:s}", "unit", "", "name", files->files[i].name, "data", text));
		free(text);
	}
	return json_pack("{s:s, s:o}", "command", "accept", "files", array);
}

static void print_reply(const json_t *reply, const char *label)
{
	const json_t *generation = json_object_get(reply, "generation");
	const json_t *root = json_object_get(reply, "root_version");
	const char *warnings = json_string_value(json_object_get(reply, "warnings"));
	fputs(warnings ? warnings : "", stderr);
	if (label)
		printf("%s: ", label);
	if (root)
		printf(_("root version %lld is believed from here on\n"),
			(long long)json_integer_value(root));
	else if (generation)
		printf(_("accepted; generation %lld plays\n"),
			(long long)json_integer_value(json_object_get(generation, "number")));
	else
		puts(_("accepted; every display is black until `bangtin unblank`"));
}

static int accept_there(const struct common *common, const struct bundle_files *files, const char *label)
{
	json_t *reply;
	int code = cli_call(common, request(files), &reply);
	if (code != EXIT_DONE)
		return code;
	if (common->json)
		cli_print_json(reply);
	else
		print_reply(reply, label);
	json_decref(reply);
	return EXIT_DONE;
}

/* --- without a daemon */

static const char *user_name(unsigned uid)
{
	const struct passwd *entry = getpwuid(uid);
	return entry ? entry->pw_name : "?";
}

static int blank_here(struct store *store, const struct acceptance *a)
{
	struct override *overrides;
	size_t count;
	int error = store_read_overrides(store, &overrides, &count);
	if (error)
		return error;
	overrides = xrealloc(overrides, count + 1, sizeof *overrides);
	struct override *blank = &overrides[count++];
	*blank = (struct override){.kind = OVERRIDE_BLANK,
		.start = a->now.time,
		.end = TIME_NEVER,
		.uid = getuid(),
		.user = xstrdup(user_name(getuid()))};
	snprintf(blank->id, sizeof blank->id, "b%llx", (unsigned long long)a->now.time);
	for (size_t i = 0; i < a->site->display_count; i++) {
		blank->on = xrealloc(blank->on, blank->on_count + 1, sizeof *blank->on);
		blank->on[blank->on_count++] = xstrdup(a->site->displays[i].name);
	}
	error = store_write_overrides(store, overrides, count, a->now);
	overrides_free(overrides, count);
	return error ? error : accept_remember(store, &a->record);
}

static json_t *finish(struct acceptance *a, int *ret_error)
{
	struct generation generation;
	if (a->root_only)
		return json_pack("{s:I}", "root_version", (json_int_t)a->root_version);
	if (a->blank) {
		*ret_error = blank_here(a->store, a);
		return json_object();
	}
	*ret_error = accept_commit(a, getuid(), user_name(getuid()), &generation);
	return *ret_error ? json_object() : json_pack("{s:{s:i}}", "generation", "number", generation.number);
}

static int try_here(
	const struct common *common, struct acceptance *a, const char *label, struct diag_list *diags)
{
	int error = accept_try(a, diags);
	if (error == -EKEYREJECTED)
		return bundle_fail(label, &a->fault);
	if (error == -EINVAL)
		return cli_fail(EXIT_INPUT,
			"%s%srule content: the playlists have errors; nothing was changed",
			label ? label : "", label ? ": " : "");
	json_t *reply = error ? NULL : finish(a, &error);
	if (!error && common->json)
		cli_print_json(reply);
	else if (!error)
		print_reply(reply, label);
	json_decref(reply);
	return error ? cli_fail(EXIT_REACH, "%s: %s", a->site->state_directory, words_error(error))
		     : EXIT_DONE;
}

static int accept_on(const struct common *common, const struct site *site, struct store *store,
	const struct bundle_files *files, const char *label)
{
	struct source_file *added = xcalloc(files->count + 1, sizeof *added);
	struct fonts *fonts = NULL;
	struct clock clock;
	struct diag_list diags;
	if (fonts_create(site->fonts_directory, &fonts) < 0) {
		free(added);
		return cli_fail(EXIT_REACH, "the fonts cannot be read; BANGTIN_FONTS names their directory");
	}
	for (size_t i = 0; i < files->count; i++)
		added[i] = (struct source_file){.unit = "",
			.name = files->files[i].name,
			.data = files->files[i].data,
			.size = files->files[i].size};
	clock_init(&clock, accept_clock_floor(store));
	diag_init(&diags);
	struct acceptance acceptance = {.site = site,
		.store = store,
		.fonts = fonts,
		.added = added,
		.added_count = files->count,
		.now = clock_now(&clock)};
	int code = try_here(common, &acceptance, label, &diags);
	diag_sort(&diags);
	diag_print(&diags, stderr);
	accept_finish(&acceptance);
	diag_finish(&diags);
	fonts_destroy(fonts);
	free(added);
	return code;
}

static int accept_here(const struct common *common, const struct bundle_files *files, const char *label)
{
	struct diag_list diags;
	diag_init(&diags);
	struct site *site = site_read(common->configuration, &diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	if (!site)
		return EXIT_INPUT;
	struct store *store;
	int error = store_open(site->state_directory, &store), code;
	if (error < 0)
		code = cli_fail(EXIT_REACH, "%s: %s", site->state_directory,
			error == -EBUSY ? _("it is in use, but no daemon answers") : store_error(error));
	else
		code = accept_on(common, site, store, files, label);
	if (error == 0)
		store_close(store);
	site_destroy(site);
	return code;
}

bool daemon_runs(const struct common *common)
{
	if (!common->configuration || common->socket)
		return true;
	struct diag_list diags;
	diag_init(&diags);
	struct site *site = site_read(common->configuration, &diags);
	diag_finish(&diags);
	json_t *ask = json_pack("{s:s}", "command", "status"), *reply = NULL;
	bool answers = site && control_call(site->socket_path, ask, 5 * NS_PER_SEC, &reply) == 0;
	json_decref(ask);
	json_decref(reply);
	site_destroy(site);
	return answers;
}

int bundle_accept(const struct common *common, const struct bundle_files *files, const char *label)
{
	return daemon_runs(common) ? accept_there(common, files, label) : accept_here(common, files, label);
}
