/* The client's side: one request, one reply, within a deadline. */
#include "control/control.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/words.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MOST (CONTROL_REPLY_MOST + 1)

/* 0 when fd is ready; -ETIMEDOUT. */
static int wait_ready(int fd, short events, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	int ready;

	do {
		int64_t left = deadline - clock_monotonic();
		struct timespec timeout = {.tv_sec = left / NS_PER_SEC, .tv_nsec = left % NS_PER_SEC};

		if (left <= 0)
			return -ETIMEDOUT;
		ready = ppoll(&poll_fd, 1, &timeout, NULL);
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIMEDOUT;
}

/* The descriptor, or -errno. */
static int connect_to(const char *path, int64_t deadline)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timespec pause = {.tv_nsec = 20 * NS_PER_MS};
	int fd, error;

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* a full queue says EAGAIN, and poll(2) says nothing about when it is not full any more */
	while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		error = -errno;
		if (error == -EAGAIN && clock_monotonic() >= deadline)
			error = -ETIMEDOUT;
		if (error != -EAGAIN && error != -EINTR) {
			close(fd);
			return error;
		}
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return fd;
}

static int send_line(int fd, const char *line, size_t size, int64_t deadline)
{
	while (size > 0) {
		ssize_t put = send(fd, line, size, MSG_NOSIGNAL);
		int error;

		if (put >= 0) {
			line += put;
			size -= (size_t)put;
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET)
			return 0; /* refused before its end: the reply says why */
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		error = wait_ready(fd, POLLOUT, deadline);
		if (error)
			return error;
	}
	return 0;
}

/* Until a newline, which becomes a NUL. The caller frees. */
static int receive_line(int fd, int64_t deadline, char **ret_line, size_t *ret_size)
{
	size_t used = 0, capacity = 64 << 10;
	char *line = xmalloc(capacity), *newline;
	int error;

	for (;;) {
		ssize_t got = recv(fd, line + used, capacity - used, 0);

		if (got > 0) {
			newline = memchr(line + used, '\n', (size_t)got);
			used += (size_t)got;
			if (newline) {
				*ret_line = line;
				*ret_size = (size_t)(newline - line);
				return 0;
			}
		}
		error = got == 0 ? -ECONNRESET : got > 0 || errno == EINTR ? 0 : -errno;
		if (error == -EAGAIN)
			error = wait_ready(fd, POLLIN, deadline);
		if (!error && used > REPLY_MOST)
			error = -EPROTO;
		if (error)
			break;
		if (used == capacity) {
			capacity *= 2;
			line = xrealloc(line, capacity, 1);
		}
	}
	free(line);
	return error;
}

/* The request, which says in what language the answer is wanted. The caller frees; NULL: not JSON. */
static char *line_of(const json_t *request)
{
	const char *language = words_language_name(words_spoken());
	json_t *copy = json_copy((json_t *)request);
	char *line;

	if (!json_object_get(copy, "language"))
		json_object_set_new(copy, "language", json_string(language));
	line = json_dumps(copy, JSON_COMPACT);
	json_decref(copy);
	return line;
}

static int exchange(int fd, const json_t *request, int64_t deadline, json_t **ret_reply)
{
	char *line = line_of(request);
	size_t size;
	json_t *reply;
	int error;

	if (!line)
		return -EINVAL;
	size = strlen(line);
	line[size] = '\n'; /* in place of the NUL: its size is known */
	error = send_line(fd, line, size + 1, deadline);
	free(line);
	if (error)
		return error;
	error = receive_line(fd, deadline, &line, &size);
	if (error)
		return error;
	reply = json_loadb(line, size, 0, NULL);
	free(line);
	if (!json_is_boolean(json_object_get(reply, "ok"))) {
		json_decref(reply);
		return -EPROTO;
	}
	*ret_reply = reply;
	return 0;
}

/* When `timeout` from now is over. */
static int64_t deadline_after(int64_t timeout)
{
	int64_t deadline = clock_monotonic();

	return __builtin_add_overflow(deadline, timeout, &deadline) ? TIME_NEVER : deadline;
}

int control_connect(const char *socket_path, int64_t timeout)
{
	return connect_to(socket_path, deadline_after(timeout));
}

int control_ask(int fd, const json_t *request, int64_t timeout, json_t **ret_reply)
{
	return exchange(fd, request, deadline_after(timeout), ret_reply);
}

int control_call(const char *socket_path, const json_t *request, int64_t timeout, json_t **ret_reply)
{
	int64_t deadline = deadline_after(timeout);
	int fd = connect_to(socket_path, deadline), error;

	if (fd < 0)
		return fd;
	error = exchange(fd, request, deadline, ret_reply);
	close(fd);
	return error;
}
