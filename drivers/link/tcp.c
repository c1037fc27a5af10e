#include "drivers/link/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"

struct tcp {
	int fd;
	bool connected;
};

const char *tcp_host_refusal(const char *host)
{
	struct in_addr address;

	return inet_pton(AF_INET, host, &address) == 1 ? NULL
						       : _("write a numeric address, such as 192.168.1.50");
}

/* Small requests go at once, and a peer that has gone is noticed without traffic (3 probes 5 s apart after 5 s) and
 * with it. Where the kernel refuses one of these, the line works all the same. */
static void tune(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, 5},
		{IPPROTO_TCP, TCP_KEEPINTVL, 5},
		{IPPROTO_TCP, TCP_KEEPCNT, 3},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, (int)(TCP_DEAD_AFTER / NS_PER_MS)},
	};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int));
}

static int begin(struct tcp *tcp, const struct sockaddr_in *to)
{
	tcp->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (tcp->fd < 0)
		return -errno;
	tune(tcp->fd);
	if (connect(tcp->fd, (const struct sockaddr *)to, sizeof *to) == 0)
		tcp->connected = true;
	else if (errno != EINPROGRESS)
		return -errno;
	return 0;
}

int tcp_open(const char *host, int port, struct tcp **ret_tcp)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		return -EINVAL;
	struct tcp *tcp = xcalloc(1, sizeof *tcp);
	int error = begin(tcp, &to);
	if (error)
		tcp_close(tcp);
	else
		*ret_tcp = tcp;
	return error;
}

int tcp_connected(struct tcp *tcp)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof(int), peer_size = sizeof peer;
	int error = 0;

	if (tcp->connected)
		return 0;
	if (getsockopt(tcp->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -errno;
	if (error)
		return -error;
	if (getpeername(tcp->fd, (struct sockaddr *)&peer, &peer_size) < 0)
		return errno == ENOTCONN ? -EINPROGRESS : -errno;
	tcp->connected = true;
	return 0;
}

void tcp_close(struct tcp *tcp)
{
	if (!tcp)
		return;
	if (tcp->fd >= 0)
		close(tcp->fd);
	free(tcp);
}

int tcp_fd(const struct tcp *tcp)
{
	return tcp->fd;
}

int tcp_write(struct tcp *tcp, const void *data, size_t size)
{
	ssize_t written = send(tcp->fd, data, size < INT_MAX ? size : INT_MAX, MSG_NOSIGNAL);

	if (written >= 0)
		return (int)written;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

int tcp_read(struct tcp *tcp, void *data, size_t size)
{
	ssize_t got = recv(tcp->fd, data, size < INT_MAX ? size : INT_MAX, 0);

	if (got > 0)
		return (int)got;
	if (got == 0)
		return -ECONNRESET; /* it would be 0 for ever */
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}
