#include "store/private.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

char *store_path(const struct store *store, const char *name)
{
	return path_join(store->directory, name);
}

char *generation_path(const struct store *store, int number, const char *suffix)
{
	return xasprintf("%s/%06d%s", store->generations, number, suffix);
}

int generation_number(const char *name)
{
	size_t length = strlen(name);
	long number;

	if (length < 6 || length > 9 || strspn(name, "0123456789") != length)
		return 0;
	number = strtol(name, NULL, 10);
	return (length > 6 && number < 1000000) ? 0 : (int)number; /* "0000042" is not ours */
}

int current_number(const struct store *store)
{
	static const char prefix[] = "generations/";
	char *link = store_path(store, "current");
	char target[64];
	ssize_t length = readlink(link, target, sizeof target - 1);

	free(link);
	if (length < (ssize_t)sizeof prefix)
		return 0;
	target[length] = '\0';
	return strncmp(target, prefix, sizeof prefix - 1) == 0 ? generation_number(target + sizeof prefix - 1)
							       : 0;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), suffix_length = strlen(suffix);

	return length > suffix_length && strcmp(name + length - suffix_length, suffix) == 0;
}

static bool has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool is_unfinished_generation(const char *name)
{
	return has_suffix(name, STAGE_SUFFIX) || has_suffix(name, REMOVED_SUFFIX);
}

/* The link to be renamed, and the temporary names of file_write_atomic. */
static bool is_unfinished_file(const char *name)
{
	return strcmp(name, NEW_LINK) == 0 || has_prefix(name, "overrides.json.") ||
	       has_prefix(name, "time.") || has_prefix(name, "format.") || has_prefix(name, "root.") ||
	       has_prefix(name, "accepted.");
}

static int remove_matching(const char *directory, bool (*match)(const char *name))
{
	DIR *stream = opendir(directory);
	struct dirent *entry;
	int error = 0;

	if (!stream)
		return -errno;
	while (!error && (entry = readdir(stream))) {
		char *path;

		if (!match(entry->d_name))
			continue;
		path = path_join(directory, entry->d_name);
		error = file_remove_tree(path);
		free(path);
	}
	closedir(stream);
	return error;
}

static int take_lock(struct store *store)
{
	char *path = store_path(store, "lock");
	int error = 0, locked = -1;

	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, STORE_FILE_MODE);
	if (store->lock >= 0)
		do
			locked = flock(store->lock, LOCK_EX | LOCK_NB);
		while (locked < 0 && errno == EINTR);
	if (locked < 0)
		error = errno == EWOULDBLOCK ? -EBUSY : -errno;
	free(path);
	return error;
}

static struct store *store_new(const char *directory)
{
	struct store *store = xcalloc(1, sizeof *store);

	store->directory = xstrdup(directory);
	store->generations = path_join(directory, "generations");
	store->lock = -1;
	return store;
}

int store_open(const char *directory, struct store **ret_store)
{
	struct store *store = store_new(directory);
	int error = file_make_directory(store->generations, STORE_DIRECTORY_MODE);

	if (!error)
		error = take_lock(store);
	if (!error)
		error = remove_matching(store->generations, is_unfinished_generation);
	if (!error)
		error = remove_matching(store->directory, is_unfinished_file);
	if (!error)
		error = format_migrate(store);
	if (error) {
		store_close(store);
		return error;
	}
	*ret_store = store;
	return 0;
}

int store_open_read_only(const char *directory, struct store **ret_store)
{
	struct store *store = store_new(directory);

	if (access(store->generations, R_OK | X_OK) < 0) {
		int error = -errno;

		store_close(store);
		return error;
	}
	int error = format_check(store);
	if (error) {
		store_close(store);
		return error;
	}
	*ret_store = store;
	return 0;
}

const char *store_directory(const struct store *store)
{
	return store->directory;
}

const char *store_error(int error)
{
	switch (-error) {
	case EPROTONOSUPPORT:
		return _(
			"a newer bangtin laid the state directory out; install that version, or name another "
			"directory");
	case EBADMSG:
		return _("the file `format` in the state directory is damaged; is it a state directory?");
	case EBUSY:
		return _("another program uses the state directory");
	}
	return words_error(error);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->lock >= 0)
		close(store->lock);
	free(store->directory);
	free(store->generations);
	free(store);
}
