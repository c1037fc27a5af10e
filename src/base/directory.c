/* Making and removing whole directories. */
#include "base/file.h"

#include "base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int sync_parent(const char *path)
{
	char *parent = path_directory(path);
	int error = file_sync_directory(parent);

	free(parent);
	return error == -EACCES ? 0 : error; /* one may add to a directory that one may not read */
}

static int make_one(const char *path, unsigned mode)
{
	struct stat status;

	if (mkdir(path, mode) == 0)
		return sync_parent(path);
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &status) < 0)
		return -errno;
	return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}

int file_make_directory(const char *path, unsigned mode)
{
	char *partial = xstrdup(path);
	int error = 0;

	for (char *slash = partial + 1; *partial && !error && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		error = make_one(partial, mode);
		*slash = '/';
	}
	if (!error)
		error = make_one(path, mode);
	free(partial);
	return error;
}

static int remove_entries(DIR *directory);

/* Relative to an open directory, so that nobody can swap a parent for a link meanwhile. */
static int remove_at(int parent, const char *name)
{
	DIR *directory;
	int fd, error;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	directory = fdopendir(fd);
	if (!directory) {
		error = -errno;
		close(fd);
		return error;
	}
	error = remove_entries(directory);
	closedir(directory);
	if (!error && unlinkat(parent, name, AT_REMOVEDIR) < 0)
		error = -errno;
	return error;
}

static int remove_entries(DIR *directory)
{
	struct dirent *entry;
	int error = 0;

	while (!error && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			error = remove_at(dirfd(directory), entry->d_name);
	}
	return error;
}

int file_remove_tree(const char *path)
{
	return remove_at(AT_FDCWD, path);
}
