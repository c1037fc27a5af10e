/* Loads playlists. The files are opened here, by whoever may read them, and their bytes handed to the daemon, which
 * opens no path of another user's. Without a daemon (-c) the same happens here, under the state directory's lock. */
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
#include "engine/trial.h"
#include "store/store.h"

/* All files of one load travel in one line, as base64. */
static bool is_too_much(const struct source_file *files, size_t count)
{
	size_t total = 0, most = CONTROL_LOAD_MOST / 4 * 3 - (1 << 20);
	for (size_t i = 0; i < count; i++)
		total += files[i].size + 128;
	if (total > most)
		cli_fail(EXIT_INPUT,
			"the files have %zu MiB together, and one load takes %zu; load one unit's directory "
			"after "
			"the other",
			total >> 20, most >> 20);
	return total > most;
}

static json_t *request(const struct source_file *files, size_t count, bool single)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		char *text = base64_encode(files[i].data, files[i].size);
		json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "unit", files[i].unit, "name",
						     files[i].name, "data", text));
		free(text);
	}
	return json_pack("{s:s, s:o, s:b}", "command", "load", "files", array, "single", single);
}

static void print_loaded(const struct common *common, const json_t *reply)
{
	if (common->json) {
		cli_print_json(reply);
		return;
	}
	const char *warnings = json_string_value(json_object_get(reply, "warnings"));
	fputs(warnings ? warnings : "", stderr);
	const json_t *generation = json_object_get(reply, "generation");
	printf(_("generation %lld plays; `bangtin rollback` goes back\n"),
		(long long)json_integer_value(json_object_get(generation, "number")));
}

/* --- without a daemon */

static const char *user_name(unsigned uid)
{
	const struct passwd *entry = getpwuid(uid);
	return entry ? entry->pw_name : "?";
}

static int commit(const struct site *site, struct store *store, const struct source_file *files, size_t count,
	bool single, const struct common *common, struct diag_list *diags)
{
	struct fonts *fonts = NULL;
	if (!trial_concerns(site, files, count, diags))
		return EXIT_INPUT;
	if (fonts_create(site->fonts_directory, &fonts) < 0)
		return cli_fail(EXIT_REACH, "the fonts cannot be read; BANGTIN_FONTS names their directory");
	struct source_file *current = NULL, *merged = NULL;
	size_t current_count = 0;
	int error = store_read(store, 0, &current, &current_count, NULL), code = EXIT_INPUT;
	if (error < 0 && error != -ENOENT) {
		fonts_destroy(fonts);
		return cli_fail(EXIT_REACH, "the current generation cannot be read: %s", words_error(error));
	}
	char *record;
	size_t merged_count = trial_merge(current, current_count, files, count, single, &merged);
	accept_unsign(merged, merged_count, files, count, &record);
	struct clock clock;
	clock_init(&clock, 0);
	struct catalogue *catalogue =
		trial_build(site, merged, merged_count, fonts, clock_now(&clock).time, diags);
	if (catalogue) {
		struct generation generation;
		error = accept_settle(store);
		if (!error)
			error = store_commit(store, merged, merged_count, getuid(), user_name(getuid()),
				clock_now(&clock).time, site->generations_kept, &generation);
		code = error < 0 ? cli_fail(EXIT_REACH, "the state directory cannot be written: %s",
					   words_error(error))
				 : EXIT_DONE;
		if (error == 0 && common->json)
			printf("{\"generation\": {\"number\": %d}}\n", generation.number);
		else if (error == 0)
			printf(_("generation %d is loaded; it plays when the daemon starts\n"),
				generation.number);
	}
	catalogue_unref(catalogue);
	free(record);
	free(merged);
	sources_free(current, current_count);
	fonts_destroy(fonts);
	return code;
}

static int load_here(const struct common *common, const struct source_file *files, size_t count, bool single,
	struct diag_list *diags)
{
	struct site *site = site_read(common->configuration, diags);
	if (!site)
		return EXIT_INPUT;
	if (!site->unsigned_loads) {
		site_destroy(site);
		return cli_fail(EXIT_INPUT, "rule unsigned: this site takes signed bundles only (`bangtin "
					    "sign`, `bangtin approve`); "
					    "nothing was changed");
	}
	struct store *store;
	int error = store_open(site->state_directory, &store), code;
	if (error == -EBUSY)
		code = cli_fail(EXIT_REACH, "%s is in use, but no daemon answers on %s",
			site->state_directory, site->socket_path);
	else if (error < 0)
		code = cli_fail(EXIT_REACH, "%s: %s", site->state_directory, store_error(error));
	else
		code = commit(site, store, files, count, single, common, diags);
	if (error == 0)
		store_close(store);
	site_destroy(site);
	return code;
}

/* A directory with a MANIFEST or a ROOT, or a root file by its name. */
static int load_signed(const struct common *common, const char *path)
{
	struct bundle_files files;
	int code =
		is_root_file(path) ? bundle_files_read_root(path, &files) : bundle_files_read(path, &files);
	if (code != EXIT_DONE)
		return code;
	code = bundle_accept(common, &files, NULL);
	bundle_files_free(&files);
	return code;
}

static int load(const struct common *common, const char *path, struct diag_list *diags)
{
	struct source_file *files;
	size_t count;
	if (is_bundle(path) || is_root_file(path))
		return load_signed(common, path);
	int error = sources_read(path, &files, &count, diags);
	if (error < 0)
		return diags->errors ? EXIT_INPUT : cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	bool single = sources_are_single(path);
	int code;
	if (daemon_runs(common)) {
		json_t *reply;
		if (is_too_much(files, count)) {
			sources_free(files, count);
			return EXIT_INPUT;
		}
		code = cli_call(common, request(files, count, single), &reply);
		if (code == EXIT_DONE) {
			print_loaded(common, reply);
			json_decref(reply);
		}
	} else {
		code = load_here(common, files, count, single, diags);
	}
	sources_free(files, count);
	return code;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const struct flag flags[] = {{NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands != 1)
		return cli_usage(command, "load what? one PATH");
	struct diag_list diags;
	diag_init(&diags);
	code = load(&common, argv[0], &diags);
	diag_sort(&diags);
	diag_print(&diags, stderr);
	diag_finish(&diags);
	return code;
}

const struct command command_load = {
	.name = "load",
	.arguments = "[-c FILE] PATH",
	.summary = N_("Loads playlists: all of them are right and play, or nothing changes"),
	.help = N_(
		"PATH is a directory of units, one unit's directory (it replaces that unit), or one file (it "
		"replaces or\n"
		"joins its unit, the name of its directory). With -c and no daemon running it loads into the "
		"state.\n"
		"A directory with a MANIFEST is a signed bundle, which is all that a site takes unless its\n"
		"configuration says unsigned-loads = true.\n\n"),
	.run = run,
};
