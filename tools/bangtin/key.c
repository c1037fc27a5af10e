/* Keys of people: made on their own machines, never shown, told apart by the root file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "bundle.h"

/* --- key new */

/* Refuses to write over a key: it may be the only copy. */
static int write_new(const char *path, const char *text, unsigned mode)
{
	int error = file_write_new(path, text, strlen(text), mode);
	if (error == -EEXIST)
		return cli_fail(EXIT_INPUT, "%s is there already; a key is never written over", path);
	return error ? cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error)) : EXIT_DONE;
}

static int write_public(const char *name, const struct minisign_secret *key)
{
	struct minisign_public public;
	char text[MINISIGN_PUBLIC_TEXT], id[MINISIGN_ID_HEX];
	minisign_public_of(key, &public);
	minisign_public_text(&public, text);
	minisign_id_text(public.id, id);
	char *path = xasprintf("%s.pub", name);
	char *lines = xasprintf("untrusted comment: minisign public key %s\n%s\n", id, text);
	int code = write_new(path, lines, 0644);
	if (code == EXIT_DONE)
		printf(_("%s.key  secret, of you alone; a copy belongs into the safe\n%s  for the root "
			 "file:\n\n"
			 "key: %s PERSON author UNIT\n"),
			name, path, text);
	free(lines);
	free(path);
	return code;
}

/* NULL: none wanted (*ret_code stays EXIT_DONE), or none came. */
static char *new_password(int *ret_code)
{
	char *password = key_ask_password("A password for the new key");
	if (!password || strlen(password) < 8) {
		*ret_code = cli_fail(EXIT_INPUT, "a password of 8 characters at least; --no-password for a "
						 "key that is used unattended");
	} else if (isatty(STDIN_FILENO)) {
		char *again = key_ask_password("Once more");
		if (!again || strcmp(again, password) != 0)
			*ret_code = cli_fail(EXIT_INPUT, "the two are not the same; no key was made");
		minisign_free_text(again);
	}
	return password;
}

static int run_new(const char *name, bool no_password)
{
	struct minisign_secret key;
	int code = EXIT_DONE;
	char *text = NULL, *password = no_password ? NULL : new_password(&code);
	if (code != EXIT_DONE) {
		minisign_free_text(password);
		return code;
	}
	int error = minisign_create(&key);
	if (!error)
		error = minisign_secret_text(&key, password, &text);
	minisign_free_text(password);
	if (error)
		return cli_fail(EXIT_INPUT, "%s",
			error == -ENOMEM ? _("a password takes 1 GiB of memory, which is not to be had here")
					 : words_error(error));
	char *path = xasprintf("%s.key", name);
	code = write_new(path, text, 0600);
	if (code == EXIT_DONE)
		code = write_public(name, &key);
	minisign_free_text(text);
	minisign_forget(&key);
	free(path);
	return code;
}

/* --- key show */

static void print_scopes(const struct trust_key *key, bool json, bool first)
{
	static const char *const names[] = {"root", "author", "approver"};
	char roles[64] = "";
	for (size_t i = 0; i < 3; i++)
		if (key->roles & 1u << i)
			snprintf(roles + strlen(roles), sizeof roles - strlen(roles), "%s%s",
				roles[0] ? "," : "", names[i]);
	if (json)
		printf("%s\n  {\"key\": \"%s\", \"person\": \"%s\", \"roles\": \"%s\", \"units\": \"%s\"}",
			first ? "" : ",", key->id, key->person, roles, key->scopes);
	else
		printf("%s  %-24s %-22s %s\n", key->id, key->person, roles, key->scopes);
}

static int show_root(const char *path, bool json)
{
	struct trust_root *root;
	int code = root_read(path, &root);
	if (code != EXIT_DONE)
		return code;
	printf(json ? "{\"version\": %lld, \"keys\": [" : _("root version %lld\n"), (long long)root->version);
	for (size_t i = 0; i < root->key_count; i++)
		print_scopes(&root->keys[i], json, i == 0);
	if (json)
		fputs("\n ], \"revoked\": [", stdout);
	for (size_t i = 0; i < root->revoked_count; i++)
		printf(json ? "%s\"%s\"" : _("%s%s  revoked\n"), json && i ? ", " : "", root->revoked[i]);
	if (json)
		puts("]}");
	trust_root_free(root);
	return EXIT_DONE;
}

/* A public key file. Of a secret one only that it is one: what is not printed cannot be read over a shoulder. */
static int run_show(const char *path, bool json)
{
	struct minisign_public public;
	char *text, id[MINISIGN_ID_HEX], line[MINISIGN_PUBLIC_TEXT];
	size_t size;
	int error = minisign_start();
	if (!error)
		error = file_read(path, TRUST_ROOT_FILE_MOST, &text, &size);
	if (error)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	bool secret = minisign_secret_is_protected(text, size) >= 0;
	bool is_public = minisign_public_parse(text, size, &public) == 0;
	minisign_free_text(text);
	if (secret)
		return cli_fail(
			EXIT_INPUT, "%s is a secret key, which is never shown; show its .pub file", path);
	if (!is_public)
		return show_root(path, json);
	minisign_id_text(public.id, id);
	minisign_public_text(&public, line);
	printf(json ? "{\"key\": \"%s\", \"public\": \"%s\"}\n" : "%s  %s\n", id, line);
	return EXIT_DONE;
}

/* --- key revoke */

/* The line of that key becomes the line of a revoked one; the version goes up. All else, comments too, stays. */
static char *revoked_text(const char *data, const struct trust_root *root, const struct trust_key *key)
{
	char *text = NULL, line_of_key[MINISIGN_PUBLIC_TEXT];
	size_t size;
	FILE *to = open_memstream(&text, &size);
	if (!to)
		abort();
	minisign_public_text(&key->public, line_of_key);
	while (*data) {
		size_t length = strcspn(data, "\n");
		char *line = xstrndup(data, length);
		if (strncmp(line, "version: ", 9) == 0)
			fprintf(to, "version: %lld\n", (long long)root->version + 1);
		else if (strncmp(line, "key: ", 5) == 0 && strstr(line, line_of_key))
			fprintf(to, "revoked: %s\n", key->id);
		else
			fprintf(to, "%s\n", line);
		free(line);
		data += length + (data[length] == '\n');
	}
	if (fclose(to) != 0)
		abort();
	return text;
}

/* The signatures beside it are of what it was. */
static void drop_signatures(const char *path)
{
	struct bundle_files files;
	char *directory = path_directory(path);
	if (bundle_files_read_root(path, &files) == EXIT_DONE) {
		for (size_t i = 0; i < files.count; i++) {
			char *signature = path_join(directory, files.files[i].name);
			if (strcmp(files.files[i].name, BUNDLE_ROOT) != 0)
				unlink(signature);
			free(signature);
		}
		bundle_files_free(&files);
	}
	free(directory);
}

static int write_revoked(const char *path, const struct trust_root *root, const struct trust_key *key)
{
	struct trust_root *after = NULL;
	struct trust_fault fault = {0};
	char *data;
	size_t size;
	int error = file_read(path, TRUST_ROOT_FILE_MOST, &data, &size), code = EXIT_DONE;
	if (error)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	char *text = revoked_text(data, root, key);
	free(data);
	if (trust_root_parse(path, text, strlen(text), &after, &fault) < 0)
		code = bundle_fail(_("without that key"), &fault);
	else if ((error = file_write_atomic(path, text, strlen(text), 0644)) < 0)
		code = cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	if (code == EXIT_DONE) {
		drop_signatures(path);
		printf(_("%s has version %lld without key %s (%s); two holders of the root sign it now:\n"
			 "bangtin sign %s -k KEY\n"),
			path, (long long)after->version, key->id, key->person, path);
	}
	trust_root_free(after);
	free(text);
	return code;
}

static int run_revoke(const char *id, const char *path)
{
	struct trust_root *root;
	int code = root_read(path, &root);
	if (code != EXIT_DONE)
		return code;
	const struct trust_key *key = trust_root_key_named(root, id);
	if (!key)
		code = cli_fail(EXIT_INPUT,
			trust_root_is_revoked(root, id)
				? _("%s has no key %s any more: it is revoked; `bangtin key show %s` lists "
				    "them")
				: _("%s has no key %s; `bangtin key show %s` lists them"),
			path, id, path);
	else
		code = write_revoked(path, root, key);
	trust_root_free(root);
	return code;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct common common = {0};
	bool no_password = false;
	const char *root = NULL;
	const struct flag flags[] = {{"no-password", 0, FLAG_SET, &no_password},
		{"root", 0, FLAG_VALUE, &root}, {NULL, 0, 0, NULL}};
	int operands, code = cli_parse(command, argc, argv, flags, &common, &operands);
	if (code != EXIT_DONE)
		return code < 0 ? EXIT_DONE : code;
	if (operands == 2 && strcmp(argv[0], "new") == 0)
		return run_new(argv[1], no_password);
	if (operands == 2 && strcmp(argv[0], "show") == 0)
		return run_show(argv[1], common.json);
	if (operands == 2 && strcmp(argv[0], "revoke") == 0 && root)
		return run_revoke(argv[1], root);
	return cli_usage(command, "new NAME, show FILE, or revoke KEY-ID --root ROOT");
}

const struct command command_key = {
	.name = "key",
	.arguments = "new NAME [--no-password] | show FILE | revoke KEY-ID --root ROOT",
	.summary = N_("Makes a key, shows a public key or a root file, takes a key out of a root file"),
	.help = N_(
		"new writes NAME.key (mode 0600, protected by a password) and NAME.pub; stock minisign reads "
		"both.\n"
		"revoke writes the root file's next version, which two holders of the root sign.\n\n"
		"      --no-password         a key that is used unattended; whoever has the file can sign\n"
		"      --root ROOT           the root file\n"),
	.run = run,
};
