/* Bundles from directories, and the keys to them. */
#include "bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"

int bundle_fail(const char *label, const struct trust_fault *fault)
{
	return cli_fail(EXIT_INPUT, "%s%srule %s: %s", label ? label : "", label ? ": " : "",
		trust_rule_name(fault->rule), fault->text);
}

/* --- files */

/* Before anything is read: a link could lead anywhere, and a directory is no part of a flat bundle. */
static int add(struct bundle_files *to, const char *directory, const char *name)
{
	struct stat status;
	char *path = path_join(directory, name), *data;
	size_t size;
	int error = lstat(path, &status) < 0 ? -errno : 0, code = EXIT_DONE;
	if (!error && !S_ISREG(status.st_mode))
		code = cli_fail(EXIT_INPUT,
			"rule sizes: %s is no regular file; a bundle is one flat directory of files", path);
	else if (!error)
		error = file_read(path, BUNDLE_BYTES_MOST, &data, &size);
	if (error == -EFBIG)
		code = cli_fail(EXIT_INPUT, "rule sizes: %s has more than %d bytes", path, BUNDLE_BYTES_MOST);
	else if (error)
		code = cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	free(path);
	if (code != EXIT_DONE)
		return code;
	to->files = xrealloc(to->files, to->count + 1, sizeof *to->files);
	to->files[to->count++] = (struct trust_file){xstrdup(name), data, size};
	return EXIT_DONE;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int root_or_its_signature(const struct dirent *entry)
{
	return strncmp(entry->d_name, BUNDLE_ROOT, strlen(BUNDLE_ROOT)) == 0;
}

static int read_some(
	const char *directory, int (*which)(const struct dirent *entry), struct bundle_files *ret)
{
	struct dirent **entries;
	*ret = (struct bundle_files){0};
	int count = scandir(directory, &entries, which, alphasort), code = EXIT_DONE;
	if (count < 0)
		return cli_fail(EXIT_INPUT, "%s: %s", directory, words_error(errno));
	if (count > MANIFEST_FILES_MOST + 16)
		code = cli_fail(EXIT_INPUT, "rule sizes: %s has %d files; a bundle has at most %d", directory,
			count, MANIFEST_FILES_MOST);
	for (int i = 0; i < count; i++) {
		if (code == EXIT_DONE)
			code = add(ret, directory, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (code != EXIT_DONE)
		bundle_files_free(ret);
	return code;
}

int bundle_files_read(const char *directory, struct bundle_files *ret_files)
{
	return read_some(directory, visible, ret_files);
}

int bundle_files_read_root(const char *path, struct bundle_files *ret_files)
{
	char *directory = path_directory(path);
	int code = read_some(directory, root_or_its_signature, ret_files);
	free(directory);
	return code;
}

void bundle_files_free(struct bundle_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free((char *)files->files[i].name);
		free((char *)files->files[i].data);
	}
	free(files->files);
	*files = (struct bundle_files){0};
}

static bool has(const char *directory, const char *name)
{
	char *path = path_join(directory, name);
	bool there = access(path, F_OK) == 0;
	free(path);
	return there;
}

bool is_bundle(const char *directory)
{
	return has(directory, BUNDLE_MANIFEST) || has(directory, BUNDLE_ROOT);
}

bool is_root_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	return strcmp(slash ? slash + 1 : path, BUNDLE_ROOT) == 0;
}

int root_read(const char *path, struct trust_root **ret_root)
{
	struct trust_fault fault = {0};
	char *data;
	size_t size;
	int error = minisign_start();
	if (!error)
		error = file_read(path, TRUST_ROOT_FILE_MOST, &data, &size);
	if (error)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	error = trust_root_parse(path, data, size, ret_root, &fault);
	free(data);
	return error ? bundle_fail(NULL, &fault) : EXIT_DONE;
}

/* --- keys */

char *key_ask_password(const char *prompt)
{
	struct termios before, quiet;
	bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	char *line = NULL;
	size_t capacity = 0;
	if (terminal) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		fprintf(stderr, "%s: ", prompt);
	}
	ssize_t length = getline(&line, &capacity, stdin);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (length < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

static int unlock(const char *path, const char *text, size_t size, struct minisign_secret *ret_key)
{
	int protected = minisign_secret_is_protected(text, size);
	if (protected < 0)
		return protected;
	char *password = protected ? key_ask_password("Password of the key") : NULL;
	int error = minisign_secret_parse(text, size, password, ret_key);
	minisign_free_text(password);
	return error;
}

int key_read(const char *path, struct minisign_secret *ret_key)
{
	struct stat status;
	char *text;
	size_t size;
	int error = minisign_start();
	if (!error)
		error = file_read(path, MINISIGN_FILE_MOST, &text, &size);
	if (error)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(error));
	if (stat(path, &status) == 0 && (status.st_mode & 077))
		fprintf(stderr, _("bangtin: %s can be read by others than you; chmod 600 %s\n"), path, path);
	error = unlock(path, text, size, ret_key);
	minisign_free_text(text);
	switch (error) {
	case 0:
		return EXIT_DONE;
	case -EKEYREJECTED:
		return cli_fail(EXIT_INPUT, "%s: the password is wrong", path);
	case -ENOMEM:
		return cli_fail(EXIT_INPUT,
			"%s: unlocking it takes 1 GiB of memory, which is not to be had here", path);
	default:
		return cli_fail(EXIT_INPUT, "%s is no secret key; `bangtin key new` makes one", path);
	}
}
