/* The walk with a stick between an office and a site without a network: bundles in, status, history and pictures out.
 *
 *   MOUNT/bangtin/in/NAME/              a bundle (a flat directory); or a root file with its signatures
 *   MOUNT/bangtin/out/HOST/STAMP/       what a site wrote: status.json, history.json, frames/DISPLAY.png, and the record
 *                                       of what was shown: record.db, with its chain's end in record.head
 *
 * Nothing on the stick is believed: what comes in is held against the site's rules like everything else.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/words.h"
#include "bundle.h"
#include "rows.h"
#include "usb.h"

enum { BUNDLES_MOST = 100 };

/* --- office: bundles onto the stick */

static int copy_files(const struct bundle_files *files, const char *directory)
{
	int error = file_make_directory(directory, 0755);
	for (size_t i = 0; !error && i < files->count; i++) {
		char *path = path_join(directory, files->files[i].name);
		error = file_write_new(path, files->files[i].data, files->files[i].size, 0644);
		free(path);
	}
	return error ? error : file_sync_directory(directory);
}

/* Under another name first: a stick pulled out too early must not look like a bundle. */
static int put_bundle(const char *in, const char *name, const struct bundle_files *files)
{
	char *path = path_join(in, name), *part = xasprintf("%s/.%s.part", in, name);
	int error = file_remove_tree(part);
	if (!error)
		error = copy_files(files, part);
	if (!error)
		error = file_remove_tree(path);
	if (!error && rename(part, path) < 0)
		error = -errno;
	if (!error)
		error = file_sync_directory(in);
	if (error)
		file_remove_tree(part);
	else
		printf(_("%s: %zu files\n"), path, files->count);
	free(part);
	free(path);
	return error ? cli_fail(EXIT_INPUT, "%s/%s: %s", in, name, words_error(error)) : EXIT_DONE;
}

static int export_bundle(const char *mount, const char *source)
{
	struct bundle_files files = {0};
	char *real = realpath(source, NULL);
	if (!real)
		return cli_fail(EXIT_INPUT, "%s: %s", source, words_error(errno));
	int code = EXIT_DONE;
	if (is_root_file(real))
		code = bundle_files_read_root(real, &files);
	else if (is_bundle(real))
		code = bundle_files_read(real, &files);
	else
		code = cli_fail(EXIT_INPUT, "%s is no bundle: it has no MANIFEST (`bangtin sign`)", source);
	if (code == EXIT_DONE) {
		char *in = xasprintf("%s/bangtin/in", mount);
		const char *name = is_root_file(real) ? "root" : strrchr(real, '/') + 1;
		int error = file_make_directory(in, 0755);
		code = error ? cli_fail(EXIT_INPUT, "%s: %s", in, words_error(error))
			     : put_bundle(in, name, &files);
		free(in);
		bundle_files_free(&files);
	}
	free(real);
	return code;
}

/* --- site: bundles off the stick */

static int is_candidate(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int take(const struct common *common, const char *directory, const char *name)
{
	struct bundle_files files;
	int code = bundle_files_read(directory, &files);
	if (code != EXIT_DONE)
		return code;
	code = bundle_accept(common, &files, common->json ? NULL : name);
	bundle_files_free(&files);
	return code;
}

static bool has_root(const char *directory)
{
	char *path = path_join(directory, BUNDLE_ROOT);
	bool has = access(path, F_OK) == 0;
	free(path);
	return has;
}

/* Root files first: what else is there may be signed by keys that only they know. The worst outcome is told. */
static int import_all(const struct common *common, const char *in, struct dirent **entries, int count)
{
	int worst = EXIT_DONE, found = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < count; i++) {
			char *directory = path_join(in, entries[i]->d_name);
			if (is_bundle(directory) && has_root(directory) == (pass == 0)) {
				int code = take(common, directory, entries[i]->d_name);
				if (code != EXIT_DONE && !common->json)
					fprintf(stderr, _("bangtin: %s was not taken in\n"),
						entries[i]->d_name);
				worst = code > worst ? code : worst;
				found++;
			}
			free(directory);
		}
	}
	return found ? worst : cli_fail(EXIT_INPUT, "there is no bundle in %s", in);
}

static int import_usb(const struct common *common, const char *mount)
{
	struct dirent **entries;
	char *in = xasprintf("%s/bangtin/in", mount);
	int count = scandir(in, &entries, is_candidate, alphasort), code;
	if (count < 0)
		code = cli_fail(
			EXIT_INPUT, "%s: %s; `bangtin export --usb` makes it", in, words_error(errno));
	else if (count > BUNDLES_MOST)
		code = cli_fail(EXIT_INPUT, "%s: more than %d bundles", in, BUNDLES_MOST);
	else
		code = import_all(common, in, entries, count);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free(entries);
	free(in);
	return code;
}

/* --- site: reports onto the stick */

static int put(const char *directory, const char *name, const void *data, size_t size)
{
	char *path = path_join(directory, name);
	int error = file_write_new(path, data, size, 0644);
	int code = error ? cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error)) : EXIT_DONE;
	free(path);
	return code;
}

/* *ret_reply may be NULL: not asked for. */
static int put_answer(
	const struct common *common, const char *directory, const char *command, json_t **ret_reply)
{
	json_t *reply;
	int code = cli_call(common, json_pack("{s:s}", "command", command), &reply);
	if (code != EXIT_DONE)
		return code;
	char *name = xasprintf("%s.json", command), *text = json_dumps(reply, JSON_INDENT(1));
	code = put(directory, name, text, strlen(text));
	free(text);
	free(name);
	if (code == EXIT_DONE && ret_reply)
		*ret_reply = reply;
	else
		json_decref(reply);
	return code;
}

static int put_frame(const struct common *common, const char *directory, const char *display)
{
	json_t *reply;
	int code =
		cli_call(common, json_pack("{s:s, s:s}", "command", "snapshot", "display", display), &reply);
	if (code != EXIT_DONE)
		return code;
	const char *text = json_string_value(json_object_get(reply, "png"));
	size_t size;
	char *png = text ? base64_decode(text, &size) : NULL, *name = xasprintf("%s.png", display);
	code = png ? put(directory, name, png, size) : cli_fail(EXIT_REACH, "%s: no picture came", display);
	free(name);
	free(png);
	json_decref(reply);
	return code;
}

static int put_frames(const struct common *common, const char *directory, const json_t *status)
{
	char *frames = path_join(directory, "frames");
	int error = file_make_directory(frames, 0755);
	int code = error ? cli_fail(EXIT_INPUT, "%s: %s", frames, words_error(error)) : EXIT_DONE;
	size_t i;
	json_t *display;
	json_array_foreach(json_object_get(status, "displays"), i, display)
	{
		const char *name = json_string_value(json_object_get(display, "name"));
		if (code == EXIT_DONE && name)
			code = put_frame(common, frames, name);
	}
	free(frames);
	return code;
}

/* A whole copy, made while the daemon writes on; its end is noted beside it, so that a copy that lost its tail, or a record
 * that loses it later, is found. */
static int put_record(const struct common *common, const char *directory)
{
	char *from = NULL, *to = path_join(directory, "record.db"), *name;
	struct record_place head;
	int code = rows_path(common, &from);

	if (code == EXIT_DONE && from) {
		int error = record_copy(from, to, &head);
		if (error == -ENOENT)
			printf("%s\n", _("there is no record of what was shown"));
		else if (error)
			code = cli_fail(EXIT_INPUT, "%s: %s", to, words_error(-error));
		if (!error) {
			name = xasprintf("%lld:%s\n", (long long)head.number, head.digest);
			code = put(directory, "record.head", name, strlen(name));
			free(name);
		}
	}
	free(from);
	free(to);
	return code;
}

/* Of this machine and this second, so that a stick can visit many sites, and one site often. */
static char *report_directory(const char *mount)
{
	char host[65] = "site", stamp[48];
	struct zone *zone;
	struct clock clock;
	gethostname(host, sizeof host - 1);
	clock_init(&clock, 0);
	if (zone_create("UTC", &zone) < 0)
		abort();
	time_format(zone, clock_now(&clock).time / NS_PER_SEC * NS_PER_SEC, stamp, sizeof stamp);
	zone_destroy(zone);
	for (char *c = stamp; *c; c++)
		if (*c == ':') /* no name on a stick's file system */
			*c = '-';
	return xasprintf("%s/bangtin/out/%s/%s", mount, host, stamp);
}

static int export_reports(const struct common *common, const char *mount)
{
	char *directory = report_directory(mount);
	json_t *status = NULL;
	int error = file_make_directory(directory, 0755);
	int code = error ? cli_fail(EXIT_INPUT, "%s: %s", directory, words_error(error)) : EXIT_DONE;
	if (code == EXIT_DONE)
		code = put_answer(common, directory, "status", &status);
	if (code == EXIT_DONE)
		code = put_answer(common, directory, "history", NULL);
	if (code == EXIT_DONE)
		code = put_frames(common, directory, status);
	if (code == EXIT_DONE)
		code = put_record(common, directory);
	if (code == EXIT_DONE) {
		file_sync_directory(directory);
		printf(_("%s: status, history, a picture of each display, and the record of what was "
			 "shown\n"),
			directory);
	}
	json_decref(status);
	free(directory);
	return code;
}

static int check_mount(const char *mount)
{
	struct stat status;
	if (stat(mount, &status) < 0 || !S_ISDIR(status.st_mode))
		return cli_fail(EXIT_INPUT, "%s is no directory; is the stick mounted?", mount);
	return EXIT_DONE;
}

static int parse(const struct command *command, int argc, char **argv, struct common *common,
	const char **ret_mount, int *ret_operands)
{
	const struct flag flags[] = {{"usb", 0, FLAG_VALUE, ret_mount}, {NULL, 0, 0, NULL}};
	int code = cli_parse(command, argc, argv, flags, common, ret_operands);
	if (code != EXIT_DONE)
		return code;
	return *ret_mount ? check_mount(*ret_mount) : cli_usage(command, "where is the stick? --usb MOUNT");
}

static int run_export(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *mount = NULL;
	int operands, code = parse(command, argc, argv, &common, &mount, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands == 0)
		return export_reports(&common, mount);
	for (int i = 0; i < operands && code == EXIT_DONE; i++)
		code = export_bundle(mount, argv[i]);
	return code;
}

int usb_import(const struct common *common, const char *mount)
{
	int code = check_mount(mount);
	return code == EXIT_DONE ? import_usb(common, mount) : code;
}

const struct command command_export = {
	.name = "export",
	.arguments = "--usb MOUNT [BUNDLE...]",
	.summary = N_("Writes onto a stick: at the office bundles for a site, at a site its status, history, "
		      "pictures and "
		      "record"),
	.help = N_("With BUNDLE: into MOUNT/bangtin/in/. Without: what the daemon says, into "
		   "MOUNT/bangtin/out/HOST/TIME/.\n\n"
		   "      --usb MOUNT           where the stick is mounted\n"),
	.run = run_export,
};
