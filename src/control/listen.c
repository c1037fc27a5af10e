/* Making the socket file. It gets its mode and group under another name, and its own name by rename: at no instant is
 * it there with more rights than it should have, and a stale one is replaced without a gap. */
#include "control/private.h"

#include "base/alloc.h"

#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fill_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address->sun_path)
		return -ENAMETOOLONG;
	memcpy(address->sun_path, path, strlen(path) + 1);
	return 0;
}

/* 0: the place is free, or taken by a socket on which nobody listens any more. */
static int check_place(const char *path)
{
	struct sockaddr_un address;
	struct stat status;
	int fd, error;

	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	error = fill_address(&address, path);
	if (error)
		return error;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	error = connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
	close(fd);
	return error == ECONNREFUSED || error == ENOENT ? 0 : -EADDRINUSE;
}

static int set_access(const char *path, const struct site *site)
{
	struct group *group;

	if (site->socket_group) {
		group = getgrnam(site->socket_group);
		if (!group)
			return -EINVAL;
		if (chown(path, (uid_t)-1, group->gr_gid) < 0)
			return -errno;
	}
	return chmod(path, site->socket_mode) < 0 ? -errno : 0;
}

static int bind_at(int fd, const char *path, const struct site *site, struct stat *ret_status)
{
	struct sockaddr_un address;
	int error = fill_address(&address, path);

	if (error)
		return error;
	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		return -errno;
	error = set_access(path, site);
	if (error)
		goto err_unlink;
	if (listen(fd, 64) < 0 || stat(path, ret_status) < 0 || rename(path, site->socket_path) < 0) {
		error = -errno;
		goto err_unlink;
	}
	return 0;

err_unlink:
	unlink(path);
	return error;
}

int listen_open(const struct site *site, struct stat *ret_status)
{
	char *temporary;
	int fd, error = check_place(site->socket_path);

	if (error)
		return error;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	temporary = xasprintf("%s.new", site->socket_path);
	error = bind_at(fd, temporary, site, ret_status);
	free(temporary);
	if (error) {
		close(fd);
		return error;
	}
	return fd;
}
