#include "base/file.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_join(const char *directory, const char *name)
{
	size_t length = strlen(directory);

	return xasprintf("%s%s%s", directory, length && directory[length - 1] == '/' ? "" : "/", name);
}

char *path_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

static int read_all(int fd, size_t limit, char **ret_data, size_t *ret_size)
{
	size_t size = 0, capacity = 0;
	char *data = NULL;
	ssize_t got;

	/* until its end, not to the size that fstat told: the file may grow meanwhile */
	for (;;) {
		if (capacity - size < 2) {
			capacity = capacity ? 2 * capacity : 4096;
			data = xrealloc(data, capacity, 1);
		}
		got = read(fd, data + size, capacity - size - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		size += (size_t)got;
		if (size > limit) {
			free(data);
			return -EFBIG;
		}
	}
	if (got < 0) {
		int error = -errno;

		free(data);
		return error;
	}
	data[size] = '\0';
	*ret_data = data;
	*ret_size = size;
	return 0;
}

int file_read(const char *path, size_t limit, char **ret_data, size_t *ret_size)
{
	/* O_NONBLOCK: opening a FIFO without a writer would wait for ever */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	int error;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0)
		error = -errno;
	else if (S_ISDIR(status.st_mode))
		error = -EISDIR;
	else if (!S_ISREG(status.st_mode))
		error = -EINVAL;
	else if ((uintmax_t)status.st_size > limit)
		error = -EFBIG;
	else
		error = read_all(fd, limit, ret_data, ret_size);
	close(fd);
	return error;
}

static int write_and_sync(int fd, const void *data, size_t size, unsigned mode)
{
	const char *at = data;

	while (size > 0) {
		ssize_t put = write(fd, at, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		at += put;
		size -= (size_t)put;
	}
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

int file_write_atomic(const char *path, const void *data, size_t size, unsigned mode)
{
	char *directory = path_directory(path);
	char *temporary = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	int error = 0;

	if (fd < 0) {
		error = -errno;
		goto out;
	}
	error = write_and_sync(fd, data, size, mode);
	if (close(fd) < 0 && !error)
		error = -errno;
	if (!error && rename(temporary, path) < 0)
		error = -errno;
	if (error)
		unlink(temporary);
	else
		error = file_sync_directory(directory);
out:
	free(temporary);
	free(directory);
	return error;
}

int file_write_new(const char *path, const void *data, size_t size, unsigned mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error;

	if (fd < 0)
		return -errno;
	error = write_and_sync(fd, data, size, mode);
	if (close(fd) < 0 && !error)
		error = -errno;
	if (error)
		unlink(path);
	return error;
}

int file_sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		error = -errno;
	close(fd);
	return error;
}
