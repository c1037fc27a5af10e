#include "wire.h"

#include "base/words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define RECEIVE_BUFFER (8 << 20) /* frames of many datagrams come in bursts */

static bool complain(const char *what)
{
	fprintf(stderr, "bangtin-simulator: %s: %s\n", _(what), words_error(errno));
	return false;
}

void wire_init(struct wire *wire, const struct wire_place *place)
{
	*wire = (struct wire){.place = *place, .fd = -1, .keep = -1, .listener = -1};
}

/* --- serial */

static bool make_raw(int fd, const char *name)
{
	struct termios settings;

	if (tcgetattr(fd, &settings) < 0)
		return complain(name);
	cfmakeraw(&settings);
	settings.c_cflag |= CLOCAL | CREAD;
	return tcsetattr(fd, TCSANOW, &settings) == 0 || complain(name);
}

/* A link that another run left behind may go; anything else that stands there is somebody's. */
static bool make_link(const char *target, const char *link)
{
	struct stat status;

	if (lstat(link, &status) == 0) {
		errno = EEXIST;
		if (!S_ISLNK(status.st_mode) || unlink(link) < 0)
			return complain(link);
	}
	return symlink(target, link) == 0 || complain(link);
}

static void remove_link(const struct wire *wire)
{
	char target[sizeof wire->slave + 1];
	ssize_t n = readlink(wire->place.link, target, sizeof target - 1);

	if (n < 0)
		return;
	target[n] = '\0';
	if (wire->slave[0] && strcmp(target, wire->slave) == 0)
		unlink(wire->place.link);
}

static bool open_pty(struct wire *wire)
{
	wire->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (wire->fd < 0 || grantpt(wire->fd) < 0 || unlockpt(wire->fd) < 0)
		return complain("no pseudo-terminal");
	errno = ptsname_r(wire->fd, wire->slave, sizeof wire->slave);
	if (errno)
		return complain("no pseudo-terminal");
	wire->keep = open(wire->slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (wire->keep < 0)
		return complain(wire->slave);
	return make_raw(wire->keep, wire->slave) && make_link(wire->slave, wire->place.link);
}

static bool open_tty(struct wire *wire)
{
	wire->fd = open(wire->place.tty, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (wire->fd < 0)
		return complain(wire->place.tty);
	return make_raw(wire->fd, wire->place.tty);
}

/* --- UDP */

static bool read_address(const struct wire_place *place, const char *text, struct sockaddr_in *ret_address)
{
	char host[64], port[16];
	const char *colon = strrchr(text, ':');
	int length = (int)(colon ? (size_t)(colon - text) : strlen(text));

	snprintf(host, sizeof host, "%.*s", length, text);
	snprintf(port, sizeof port, "%s", colon && colon[1] ? colon + 1 : "");
	if (!*port)
		snprintf(port, sizeof port, "%d", place->port);
	const struct addrinfo hints = {.ai_family = AF_INET,
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	struct addrinfo *found;
	if (getaddrinfo(*host ? host : NULL, port, &hints, &found) != 0) {
		fprintf(stderr, _("bangtin-simulator: %s: ADDRESS:PORT is wanted, such as 127.0.0.1:%d\n"),
			text, place->port);
		return false;
	}
	memcpy(ret_address, found->ai_addr, sizeof *ret_address);
	freeaddrinfo(found);
	return true;
}

static bool join(const struct wire *wire, in_addr_t group)
{
	struct ip_mreq request = {.imr_multiaddr.s_addr = group};
	char text[INET_ADDRSTRLEN];

	if (wire->place.interface && inet_pton(AF_INET, wire->place.interface, &request.imr_interface) != 1) {
		fprintf(stderr, _("bangtin-simulator: --interface wants an address of this machine\n"));
		return false;
	}
	if (setsockopt(wire->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0 ||
		errno == EADDRINUSE)
		return true; /* the latter: joined already */
	return complain(inet_ntop(AF_INET, &request.imr_multiaddr, text, sizeof text));
}

static bool join_all(const struct wire *wire, in_addr_t listen)
{
	const struct wire_place *place = &wire->place;

	if (IN_MULTICAST(ntohl(listen)) && !join(wire, listen))
		return false;
	for (int i = 0; i < place->group_count; i++)
		if (!join(wire, htonl(UINT32_C(0xefff0000) | (unsigned)(place->group_first + i))))
			return false;
	return true;
}

static bool open_udp(struct wire *wire)
{
	int buffer = RECEIVE_BUFFER, on = 1;
	struct sockaddr_in address;

	if (!read_address(&wire->place, wire->place.listen, &address))
		return false;
	in_addr_t listen = address.sin_addr.s_addr;
	bool group = IN_MULTICAST(ntohl(listen));
	wire->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (wire->fd < 0)
		return complain("no socket");
	setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	if (group) {
		/* All groups come to one socket, and other receivers on this machine may have them too. */
		address.sin_addr.s_addr = INADDR_ANY;
		setsockopt(wire->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	}
	if (bind(wire->fd, (struct sockaddr *)&address, sizeof address) < 0)
		return complain(wire->place.listen);
	return (!group && listen != INADDR_ANY) || join_all(wire, listen);
}

/* --- TCP */

static bool open_tcp(struct wire *wire)
{
	struct sockaddr_in address;
	int on = 1;

	if (!read_address(&wire->place, wire->place.tcp, &address))
		return false;
	wire->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (wire->listener < 0)
		return complain("no socket");
	setsockopt(wire->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	return (bind(wire->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
		       listen(wire->listener, 4) == 0) ||
	       complain(wire->place.tcp);
}

static void hang_up(struct wire *wire)
{
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
	wire->fresh = true;
}

void wire_accept(struct wire *wire)
{
	int on = 1, fd = accept4(wire->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	hang_up(wire);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	wire->fd = fd;
}

/* --- raw Ethernet */

static bool open_interface(struct wire *wire)
{
	int buffer = RECEIVE_BUFFER, on = 1;
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(wire->place.listen)};
	struct packet_mreq all = {.mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};

	if (address.sll_ifindex == 0)
		return complain(wire->place.listen);
	wire->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (wire->fd < 0)
		return complain("raw frames (they need CAP_NET_RAW)");
	setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	setsockopt(wire->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
	setsockopt(wire->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all);
	return bind(wire->fd, (struct sockaddr *)&address, sizeof address) == 0 ||
	       complain(wire->place.listen);
}

/* --- all */

static bool is_udp(const struct wire *wire)
{
	return wire->place.listen && !wire->place.frames;
}

bool wire_open(struct wire *wire)
{
	const struct wire_place *place = &wire->place;
	bool good = place->link	    ? open_pty(wire)
		    : place->tty    ? open_tty(wire)
		    : place->tcp    ? open_tcp(wire)
		    : place->frames ? open_interface(wire)
				    : open_udp(wire);

	if (!good)
		wire_close(wire);
	return good;
}

void wire_close(struct wire *wire)
{
	if (wire->place.link)
		remove_link(wire);
	if (wire->keep >= 0)
		close(wire->keep);
	if (wire->fd >= 0)
		close(wire->fd);
	if (wire->listener >= 0)
		close(wire->listener);
	wire->fd = wire->keep = wire->listener = -1;
	wire->slave[0] = '\0';
}

void wire_release(struct wire *wire)
{
	if (wire->keep >= 0)
		ioctl(wire->keep, TIOCNXCL);
}

ssize_t wire_read(struct wire *wire, void *bytes, size_t size)
{
	socklen_t peer_size = sizeof wire->peer;
	ssize_t n = is_udp(wire)
			    ? recvfrom(wire->fd, bytes, size, 0, (struct sockaddr *)&wire->peer, &peer_size)
			    : read(wire->fd, bytes, size);

	bool nothing = n < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED);
	nothing |= n < 0 && wire->place.frames && errno == ENETDOWN; /* it may come up again */
	if (wire->place.tcp && n <= 0 && !nothing) { /* the client has gone; another may come */
		hang_up(wire);
		return 0;
	}
	if (n < 0)
		return nothing ? 0 : -errno;
	if (n == 0 && !wire->place.listen)
		return -EIO; /* hung up */
	return n;
}

void wire_answer(void *data, const void *bytes, size_t size)
{
	struct wire *wire = data;
	ssize_t n = is_udp(wire)      ? sendto(wire->fd, bytes, size, 0, (const struct sockaddr *)&wire->peer,
						sizeof wire->peer)
		    : wire->place.tcp ? send(wire->fd, bytes, size, MSG_NOSIGNAL)
				      : write(wire->fd, bytes, size);

	if (n < 0 && errno != EAGAIN && !wire->place.tcp)
		complain("an answer could not be sent");
}
