/* sign and approve: two people's words under one MANIFEST. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "bundle.h"

struct options {
	const char *key, *scope, *class, *epoch, *sequence, *expires, *not_before, *root;
};

static int write_beside(const char *directory, const char *name, const char *text)
{
	char *path = path_join(directory, name);
	int error = file_write_atomic(path, text, strlen(text), 0644);
	int code = error ? cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error)) : EXIT_DONE;
	free(path);
	return code;
}

static void remove_beside(const char *directory, const char *name)
{
	char *path = path_join(directory, name);
	unlink(path);
	free(path);
}

/* --- a root file */

static int sign_root(const char *path, const struct minisign_secret *key)
{
	struct trust_root *root;
	char *data, id[MINISIGN_ID_HEX];
	size_t size;
	int code = root_read(path, &root);
	if (code != EXIT_DONE)
		return code;
	int error = file_read(path, TRUST_ROOT_FILE_MOST, &data, &size);
	if (error) {
		trust_root_free(root);
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	}
	minisign_id_text(key->id, id);
	char *comment = xasprintf("bangtin root version %lld", (long long)root->version);
	char *signature = minisign_sign(key, data, size, comment);
	char *name = xasprintf("ROOT.%s.minisig", id), *directory = path_directory(path);
	code = write_beside(directory, name, signature);
	if (code == EXIT_DONE)
		printf(_("%s/%s: root version %lld; two holders of the root before sign it\n"), directory,
			name, (long long)root->version);
	free(directory);
	free(name);
	free(signature);
	free(comment);
	free(data);
	trust_root_free(root);
	return code;
}

/* --- a bundle */

/* What an earlier MANIFEST says is kept where nothing else is said; the sequence is one more. */
static void take_earlier(const struct bundle_files *files, struct manifest *manifest)
{
	const struct trust_file *file = bundle_find(files->files, files->count, BUNDLE_MANIFEST);
	struct trust_fault fault = {0};
	struct manifest earlier;
	if (!file || manifest_parse(file->data, file->size, &earlier, &fault) < 0)
		return;
	*manifest = earlier;
	manifest->entries = NULL;
	manifest->count = 0;
	manifest->sequence++;
	manifest_finish(&earlier);
}

static bool parse_number(const char *text, int64_t *ret)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < 0 || value > INT64_C(1) << 53)
		return false;
	*ret = value;
	return true;
}

/* "90d" from now on, a date, or a time. */
static bool parse_time(const char *text, int64_t now, int64_t *ret)
{
	struct zone *zone;
	int64_t duration;
	day_t day;
	if (time_parse_date(text, &day) == 0) {
		*ret = day * 24 * NS_PER_HOUR;
		return true;
	}
	if (time_parse_duration(text, &duration) == 0) {
		*ret = now + duration;
		return true;
	}
	if (zone_create("UTC", &zone) < 0)
		return false;
	bool good = time_parse_instant(zone, text, ret) == 0;
	zone_destroy(zone);
	return good;
}

static int fill(const struct command *command, const struct options *o, const struct bundle_files *files,
	struct manifest *manifest)
{
	struct clock clock;
	clock_init(&clock, 0);
	int64_t now = clock_now(&clock).time / NS_PER_SEC * NS_PER_SEC;
	*manifest = (struct manifest){.epoch = 1, .sequence = 1, .expires = -1};
	take_earlier(files, manifest);
	manifest->not_before = now;
	if (o->class && bundle_class_parse(o->class, &manifest->class) < 0)
		return cli_usage(command, "--class content, emergency or blank");
	const char *scope = manifest->class == BUNDLE_BLANK ? "*" : o->scope;
	if (scope)
		snprintf(manifest->scope, sizeof manifest->scope, "%s", scope);
	if (!manifest->scope[0])
		return cli_usage(command, "whose words are these? --scope UNIT");
	if ((o->epoch && !parse_number(o->epoch, &manifest->epoch)) ||
		(o->sequence && !parse_number(o->sequence, &manifest->sequence)))
		return cli_usage(command, "--epoch and --sequence are whole numbers");
	if (!o->expires)
		return cli_usage(command, "until when may it be loaded? --expires 30d, or a time");
	if (!parse_time(o->expires, now, &manifest->expires) ||
		(o->not_before && !parse_time(o->not_before, now, &manifest->not_before)))
		return cli_usage(
			command, "times are 30d from now on, or \"YYYY-MM-DD HH:MM\" in UTC, or RFC 3339");
	if (manifest->expires <= manifest->not_before)
		return cli_usage(command, "it would expire before it begins to hold");
	return EXIT_DONE;
}

/* What the root file says of the signer, before the site does. */
static int check_signer(const struct trust_root *root, const struct minisign_secret *key,
	enum trust_role role, const struct manifest *manifest)
{
	char id[MINISIGN_ID_HEX];
	minisign_id_text(key->id, id);
	const struct trust_key *known = trust_root_key(root, key->id);
	if (!known)
		return cli_fail(EXIT_INPUT, "rule signatures: key %s is not in root version %lld", id,
			(long long)root->version);
	if (manifest->class == BUNDLE_BLANK)
		return EXIT_DONE;
	if (!(known->roles & role))
		return cli_fail(EXIT_INPUT, "rule signatures: %s has not the role %s", known->person,
			role == TRUST_ROLE_AUTHOR ? "author" : "approver");
	if (!trust_key_may(known, manifest->scope))
		return cli_fail(
			EXIT_INPUT, "rule scope: %s has no say in unit %s", known->person, manifest->scope);
	return EXIT_DONE;
}

static char *comment_of(const char *role, const struct manifest *manifest)
{
	return xasprintf("bangtin %s scope:%s class:%s epoch:%lld sequence:%lld", role, manifest->scope,
		bundle_class_name(manifest->class), (long long)manifest->epoch,
		(long long)manifest->sequence);
}

static int write_signature(const char *directory, const char *name, const char *role, const char *text,
	size_t size, const struct manifest *manifest, const struct minisign_secret *key)
{
	char *comment = comment_of(role, manifest);
	char *signature = minisign_sign(key, text, size, comment);
	int code = write_beside(directory, name, signature);
	free(signature);
	free(comment);
	return code;
}

static int sign_bundle(const char *directory, const struct bundle_files *files, struct manifest *manifest,
	const struct minisign_secret *key)
{
	struct trust_fault fault = {0};
	for (size_t i = 0; manifest->class != BUNDLE_BLANK && i < files->count; i++)
		if (bundle_is_payload(files->files[i].name))
			manifest_add(
				manifest, files->files[i].name, files->files[i].data, files->files[i].size);
	if (manifest->class != BUNDLE_BLANK && manifest->count == 0)
		return cli_fail(EXIT_INPUT, "%s: there is nothing to sign", directory);
	char *text = manifest_text(manifest);
	struct manifest again;
	int code = EXIT_DONE;
	if (manifest_parse(text, strlen(text), &again, &fault) < 0)
		code = bundle_fail(NULL, &fault);
	else
		manifest_finish(&again);
	/* first of all what was approved is not any more */
	if (code == EXIT_DONE) {
		remove_beside(directory, BUNDLE_APPROVER);
		remove_beside(directory, BUNDLE_AUTHOR);
		code = write_beside(directory, BUNDLE_MANIFEST, text);
	}
	if (code == EXIT_DONE)
		code = write_signature(directory, BUNDLE_AUTHOR, "author", text, strlen(text), manifest, key);
	if (code == EXIT_DONE)
		printf(_("signed: %s %s, epoch %lld, sequence %lld, %zu files; %s\n"),
			bundle_class_name(manifest->class), manifest->scope, (long long)manifest->epoch,
			(long long)manifest->sequence, manifest->count,
			manifest->class == BUNDLE_BLANK ? _("one signature is enough")
							: _("a second person approves it"));
	free(text);
	return code;
}

static int sign(const struct command *command, const char *path, const struct options *o,
	const struct minisign_secret *key)
{
	struct bundle_files files;
	struct manifest manifest = {0};
	struct trust_root *root = NULL;
	struct trust_fault fault = {0};
	if (is_root_file(path))
		return sign_root(path, key);
	int code = o->root ? root_read(o->root, &root) : EXIT_DONE;
	if (code != EXIT_DONE)
		return code;
	code = bundle_files_read(path, &files);
	if (code == EXIT_DONE) {
		code = fill(command, o, &files, &manifest);
		if (code == EXIT_DONE && bundle_check_sizes(files.files, files.count, &fault) < 0)
			code = bundle_fail(NULL, &fault);
		if (code == EXIT_DONE && root) {
			manifest.root_version = root->version;
			code = check_signer(root, key, TRUST_ROLE_AUTHOR, &manifest);
		}
		if (code == EXIT_DONE)
			code = sign_bundle(path, &files, &manifest, key);
		manifest_finish(&manifest);
		bundle_files_free(&files);
	}
	trust_root_free(root);
	return code;
}

static int run_sign(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	struct options o = {0};
	const struct flag flags[] = {{"key", 'k', FLAG_VALUE, &o.key}, {"scope", 0, FLAG_VALUE, &o.scope},
		{"class", 0, FLAG_VALUE, &o.class}, {"epoch", 0, FLAG_VALUE, &o.epoch},
		{"sequence", 0, FLAG_VALUE, &o.sequence}, {"expires", 0, FLAG_VALUE, &o.expires},
		{"not-before", 0, FLAG_VALUE, &o.not_before}, {"root", 0, FLAG_VALUE, &o.root},
		{NULL, 0, 0, NULL}};
	struct minisign_secret key;
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands != 1 || !o.key)
		return cli_usage(command, "sign what, with which key? DIRECTORY -k KEY");
	code = key_read(o.key, &key);
	if (code == EXIT_DONE)
		code = sign(command, argv[0], &o, &key);
	minisign_forget(&key);
	return code;
}

/* --- approve */

static int check_author(const struct bundle_files *files, const struct trust_file *manifest,
	const struct minisign_secret *key, const struct trust_root *root)
{
	const struct trust_file *author = bundle_find(files->files, files->count, BUNDLE_AUTHOR);
	uint8_t id[MINISIGN_ID];
	if (!author || minisign_signer(author->data, author->size, id) < 0)
		return cli_fail(EXIT_INPUT, "rule signatures: the author has not signed it (`bangtin sign`)");
	if (memcmp(id, key->id, sizeof id) == 0)
		return cli_fail(EXIT_INPUT,
			"rule signatures: this key is the author's; a second person approves, with another");
	if (!root)
		return EXIT_DONE;
	const struct trust_key *known = trust_root_key(root, id), *own = trust_root_key(root, key->id);
	if (!known || minisign_verify(
			      &known->public, author->data, author->size, manifest->data, manifest->size) < 0)
		return cli_fail(EXIT_INPUT, "rule signatures: the author's signature is not good");
	if (own && strcmp(own->person, known->person) == 0)
		return cli_fail(EXIT_INPUT, "rule signatures: both keys are of %s; a second person approves",
			own->person);
	return EXIT_DONE;
}

static int approve(const char *directory, const struct bundle_files *files, const struct minisign_secret *key,
	const struct trust_root *root)
{
	const struct trust_file *file = bundle_find(files->files, files->count, BUNDLE_MANIFEST);
	struct manifest manifest;
	struct trust_fault fault = {0};
	if (!file)
		return cli_fail(
			EXIT_INPUT, "%s has no MANIFEST; its author signs first (`bangtin sign`)", directory);
	if (bundle_check_sizes(files->files, files->count, &fault) < 0 ||
		manifest_parse(file->data, file->size, &manifest, &fault) < 0)
		return bundle_fail(NULL, &fault);
	int code = check_author(files, file, key, root);
	if (code == EXIT_DONE && root)
		code = check_signer(root, key, TRUST_ROLE_APPROVER, &manifest);
	if (code == EXIT_DONE && bundle_check_hashes(&manifest, files->files, files->count, &fault) < 0)
		code = bundle_fail(NULL, &fault);
	if (code == EXIT_DONE)
		code = write_signature(
			directory, BUNDLE_APPROVER, "approver", file->data, file->size, &manifest, key);
	if (code == EXIT_DONE)
		printf(_("approved: %s %s, epoch %lld, sequence %lld, %zu files\n"),
			bundle_class_name(manifest.class), manifest.scope, (long long)manifest.epoch,
			(long long)manifest.sequence, manifest.count);
	manifest_finish(&manifest);
	return code;
}

static int run_approve(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	const char *key_path = NULL, *root_path = NULL;
	const struct flag flags[] = {
		{"key", 'k', FLAG_VALUE, &key_path}, {"root", 0, FLAG_VALUE, &root_path}, {NULL, 0, 0, NULL}};
	struct trust_root *root = NULL;
	struct bundle_files files;
	struct minisign_secret key = {0};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands != 1 || !key_path)
		return cli_usage(command, "approve what, with which key? DIRECTORY -k KEY");
	if (root_path && (code = root_read(root_path, &root)) != EXIT_DONE)
		return code;
	code = bundle_files_read(argv[0], &files);
	if (code == EXIT_DONE) {
		code = key_read(key_path, &key);
		if (code == EXIT_DONE)
			code = approve(argv[0], &files, &key, root);
		minisign_forget(&key);
		bundle_files_free(&files);
	}
	trust_root_free(root);
	return code;
}

const struct command command_sign = {
	.name = "sign",
	.arguments = "DIRECTORY -k KEY --scope UNIT --expires TIME [--class CLASS] | ROOT -k KEY",
	.summary = N_("Signs a unit's files as their author: MANIFEST; or a root file as one of its holders"),
	.help = N_("Whatever was approved before is not any more. Epoch and sequence go on from the MANIFEST "
		   "that is there.\n\n"
		   "  -k, --key KEY             the secret key; its password is asked for, or read from "
		   "standard input\n"
		   "      --scope UNIT          whose words these are\n"
		   "      --class CLASS         content (playlists, the standard), emergency (NAME.txt: "
		   "templates), or\n"
		   "                            blank (an order to show black; DIRECTORY may be empty)\n"
		   "      --expires TIME        may be loaded until: 30d, or a time\n"
		   "      --not-before TIME     and from when on; now, if not told\n"
		   "      --epoch N, --sequence N\n"
		   "      --root ROOT           the root file: says early what a site would say\n"),
	.run = run_sign,
};

const struct command command_approve = {
	.name = "approve",
	.arguments = "DIRECTORY -k KEY [--root ROOT]",
	.summary = N_("Approves what an author signed: a second person with a second key"),
	.help = N_(
		"Look at what you approve: bangtin check and bangtin preview. Every file must be as it was "
		"signed.\n\n"
		"  -k, --key KEY             the secret key; its password is asked for, or read from "
		"standard input\n"
		"      --root ROOT           the root file: says early what a site would say\n"),
	.run = run_approve,
};
