/* The log of announcements: lines of JSON, in two files of bounded size. */
#include "store/private.h"

#include "base/alloc.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_MOST (STORE_LOG_MOST / 2)

static char *part_path(const struct store *store, bool older)
{
	return store_path(store, older ? "announcements.1" : "announcements");
}

/* All or nothing: what a full disk took only a part of is cut off again. */
static int add_at_end(int fd, off_t end, const char *lines, size_t size)
{
	size_t done = 0;
	int error = 0;

	while (!error && done < size) {
		ssize_t put = pwrite(fd, lines + done, size - done, end + (off_t)done);

		if (put < 0 && errno != EINTR)
			error = -errno;
		else if (put > 0)
			done += (size_t)put;
	}
	if (!error && fsync(fd) < 0)
		error = -errno;
	if (error && ftruncate(fd, end) < 0)
		return error; /* a torn line is left out when it is read */
	return error;
}

/* Where the next line goes: after a line that power failing cut off, on one of its own. */
static int end_of(int fd, off_t *ret_end)
{
	struct stat status;
	char last = '\n';

	if (fstat(fd, &status) < 0)
		return -errno;
	*ret_end = status.st_size;
	if (status.st_size > 0 && pread(fd, &last, 1, status.st_size - 1) < 0)
		return -errno;
	if (last == '\n')
		return 0;
	if (pwrite(fd, "\n", 1, status.st_size) != 1)
		return errno ? -errno : -EIO;
	(*ret_end)++;
	return 0;
}

static int add(const struct store *store, const char *path, const char *lines, size_t size)
{
	bool fresh = access(path, F_OK) < 0;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, STORE_FILE_MODE);
	off_t end = 0;

	if (fd < 0)
		return -errno;
	int error = end_of(fd, &end);
	if (!error)
		error = add_at_end(fd, end, lines, size);
	close(fd);
	return !error && fresh ? file_sync_directory(store->directory) : error;
}

static int make_room(const struct store *store, const char *path, size_t size)
{
	struct stat status;

	if (stat(path, &status) < 0 || (size_t)status.st_size + size <= PART_MOST)
		return 0;
	char *older = part_path(store, true);
	int error = rename(path, older) < 0 ? -errno : 0;
	free(older);
	return error;
}

int store_log(struct store *store, const char *lines, size_t size)
{
	if (store->lock < 0)
		return -EROFS;
	if (size == 0)
		return 0;
	char *path = part_path(store, false);
	int error = make_room(store, path, size);
	if (!error)
		error = add(store, path, lines, size);
	free(path);
	return error;
}

static int append_part(const struct store *store, bool older, char **text, size_t *length)
{
	char *path = part_path(store, older), *part;
	size_t size;
	int error = file_read(path, 2 * STORE_LOG_MOST, &part, &size);

	free(path);
	if (error)
		return error == -ENOENT ? 0 : error;
	*text = xrealloc(*text, *length + size + 1, 1);
	memcpy(*text + *length, part, size);
	*length += size;
	free(part);
	while (*length > 0 && (*text)[*length - 1] != '\n')
		(*length)--;
	(*text)[*length] = '\0';
	return 0;
}

int store_read_log(struct store *store, char **ret_text)
{
	char *text = xstrdup("");
	size_t length = 0;
	int error = append_part(store, true, &text, &length);

	if (!error)
		error = append_part(store, false, &text, &length);
	if (error) {
		free(text);
		return error;
	}
	*ret_text = text;
	return 0;
}
