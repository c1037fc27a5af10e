#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static bool complain(const char *what)
{
	fprintf(stderr, "bangtin-simulator: %s: %s\n", what, strerror(errno));
	return false;
}

static void make_raw(int fd)
{
	struct termios settings;
	if (tcgetattr(fd, &settings) < 0)
		return;
	cfmakeraw(&settings);
	tcsetattr(fd, TCSANOW, &settings);
}

static bool open_pty(struct wire *wire)
{
	char name[128];
	wire->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (wire->fd < 0 || grantpt(wire->fd) < 0 || unlockpt(wire->fd) < 0 ||
		ptsname_r(wire->fd, name, sizeof name) != 0)
		return complain("no pseudo-terminal");
	wire->keep = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (wire->keep < 0)
		return complain(name);
	make_raw(wire->keep);
	unlink(wire->link);
	return symlink(name, wire->link) == 0 || complain(wire->link);
}

static bool open_tty(struct wire *wire)
{
	wire->fd = open(wire->tty, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (wire->fd < 0)
		return complain(wire->tty);
	make_raw(wire->fd);
	return true;
}

static bool join_group(int fd, const struct sockaddr_in *address)
{
	struct ip_mreq group = {.imr_multiaddr = address->sin_addr};
	if (!IN_MULTICAST(ntohl(address->sin_addr.s_addr)))
		return true;
	return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0 ||
	       complain("multicast group");
}

static bool open_udp(struct wire *wire, int default_port)
{
	char host[128], port[16];
	const char *colon = strrchr(wire->listen, ':');
	int length = colon ? (int)(colon - wire->listen) : (int)strlen(wire->listen);
	snprintf(host, sizeof host, "%.*s", length, wire->listen);
	snprintf(port, sizeof port, "%s", colon ? colon + 1 : "");
	if (!*port)
		snprintf(port, sizeof port, "%d", default_port);
	struct addrinfo hints = {
		.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE};
	struct addrinfo *address;
	if (getaddrinfo(*host ? host : NULL, port, &hints, &address) != 0) {
		fprintf(stderr, "bangtin-simulator: --listen wants ADDRESS:PORT, such as 127.0.0.1:%d\n",
			default_port);
		return false;
	}
	wire->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, buffer = 8 << 20;
	setsockopt(wire->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	bool good = wire->fd >= 0 && bind(wire->fd, address->ai_addr, address->ai_addrlen) == 0;
	if (!good)
		complain(wire->listen);
	else
		good = join_group(wire->fd, (const struct sockaddr_in *)(const void *)address->ai_addr);
	freeaddrinfo(address);
	return good;
}

bool wire_open(struct wire *wire, int default_port)
{
	wire->fd = wire->keep = -1;
	bool good = wire->link ? open_pty(wire) : wire->tty ? open_tty(wire) : open_udp(wire, default_port);
	if (!good)
		wire_close(wire);
	return good;
}

void wire_close(struct wire *wire)
{
	if (wire->link)
		unlink(wire->link);
	if (wire->keep >= 0)
		close(wire->keep);
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = wire->keep = -1;
}

void wire_reply(void *data, const void *bytes, size_t size)
{
	struct wire *wire = data;
	ssize_t sent = wire->datagram ? sendto(wire->fd, bytes, size, 0, (struct sockaddr *)&wire->peer,
						wire->peer_size)
				      : write(wire->fd, bytes, size);
	if (sent < 0)
		complain("answer");
}
