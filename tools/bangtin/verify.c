/* verify: what a site would say of a bundle or a root file, without a site. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "bundle.h"

static void print_bundle(const struct bundle *bundle, bool json)
{
	const struct manifest *m = &bundle->manifest;
	const char *approver = bundle->approver ? bundle->approver->person : NULL;
	if (json) {
		json_t *reply = json_pack("{s:b, s:s, s:s, s:I, s:I, s:I, s:s, s:s?, s:I}", "good", 1,
			"class", bundle_class_name(m->class), "scope", m->scope, "epoch",
			(json_int_t)m->epoch, "sequence", (json_int_t)m->sequence, "files",
			(json_int_t)m->count, "author", bundle->author->person, "approver", approver,
			"expires_ns", (json_int_t)m->expires);
		cli_print_json(reply);
		json_decref(reply);
		return;
	}
	printf(_("good: %s %s, epoch %lld, sequence %lld, %zu files; by %s"), bundle_class_name(m->class),
		m->scope, (long long)m->epoch, (long long)m->sequence, m->count, bundle->author->person);
	if (approver)
		printf(_(", approved by %s"), approver);
	putchar('\n');
}

static int verify_bundle(const char *directory, const struct trust_root *root, int64_t now, bool json)
{
	struct bundle_files files;
	struct bundle bundle;
	struct trust_fault fault = {0};
	int code = bundle_files_read(directory, &files);
	if (code != EXIT_DONE)
		return code;
	const struct bundle_demands demands = {.root = root, .timed = true, .now = now};
	if (bundle_check(files.files, files.count, &demands, &bundle, &fault) < 0) {
		code = bundle_fail(NULL, &fault);
	} else {
		print_bundle(&bundle, json);
		bundle_finish(&bundle);
	}
	bundle_files_free(&files);
	return code;
}

/* Against the root before, or, of a first one, against itself. */
static int verify_root(const char *path, const struct trust_root *by, bool json)
{
	struct bundle_files files;
	struct trust_root *root;
	struct trust_fault fault = {0};
	int code = root_read(path, &root);
	if (code != EXIT_DONE)
		return code;
	code = bundle_files_read_root(path, &files);
	if (code == EXIT_DONE) {
		const struct trust_file *file = bundle_find(files.files, files.count, BUNDLE_ROOT);
		if (by && root->version <= by->version)
			code = cli_fail(EXIT_INPUT,
				"rule root: version %lld does not come after version %lld",
				(long long)root->version, (long long)by->version);
		else if (trust_root_check_signed(by ? by : root, file->data, file->size, files.files,
				 files.count, &fault) < 0)
			code = bundle_fail(NULL, &fault);
		else
			printf(json ? "{\"good\": true, \"version\": %lld}\n"
				    : _("good: root version %lld\n"),
				(long long)root->version);
		bundle_files_free(&files);
	}
	trust_root_free(root);
	return code;
}

static int verify_at(
	const struct command *command, const char *path, const char *root_path, const char *at, bool json)
{
	struct trust_root *root = NULL;
	struct zone *zone;
	struct clock clock;
	clock_init(&clock, 0);
	int64_t now = clock_now(&clock).time;
	bool root_file = is_root_file(path);
	if (at && zone_create("UTC", &zone) == 0) {
		int error = time_parse_instant(zone, at, &now);
		zone_destroy(zone);
		if (error)
			return cli_usage(command, "--at is a time: RFC 3339, or \"YYYY-MM-DD HH:MM\" in UTC");
	}
	if (!root_file && !root_path)
		return cli_usage(command, "by whose keys? --root ROOT, or -c the site's configuration");
	int code = root_path ? root_read(root_path, &root) : EXIT_DONE;
	if (code == EXIT_DONE)
		code = root_file ? verify_root(path, root, json) : verify_bundle(path, root, now, json);
	trust_root_free(root);
	return code;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *root = NULL, *at = NULL;
	const struct flag flags[] = {
		{"root", 0, FLAG_VALUE, &root}, {"at", 0, FLAG_VALUE, &at}, {NULL, 0, 0, NULL}};
	struct site *site = NULL;
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands != 1)
		return cli_usage(command, "verify what? one bundle's DIRECTORY, or ROOT");
	if (common.configuration && !root) {
		struct diag_list diags;
		diag_init(&diags);
		site = site_read(common.configuration, &diags);
		diag_print(&diags, stderr);
		diag_finish(&diags);
		if (!site)
			return EXIT_INPUT;
		root = site->root_path;
	}
	code = verify_at(command, argv[0], root, at, common.json);
	site_destroy(site);
	return code;
}

const struct command command_verify = {
	.name = "verify",
	.arguments = "DIRECTORY (--root ROOT | -c FILE) [--at TIME] | ROOT [--root ROOT-BEFORE]",
	.summary = N_("Says what a site would say of a bundle's signatures, scope, expiry and hashes"),
	.help = N_(
		"The sequence is each site's own: only `bangtin load` knows it. With -c the root file is the "
		"one that\n"
		"the configuration names.\n\n"
		"      --root ROOT           the root file\n"
		"      --at TIME             as if it were then\n"),
	.run = run,
};
