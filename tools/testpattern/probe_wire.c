/* The wires that questions go over: one question at a time, on a line that is opened for it and closed again. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "drivers/link/tcp.h"
#include "probe.h"

#define ANSWER_MOST 8192

void finding_text(char *to, size_t most, const uint8_t *from, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < size && from[i] && used + 1 < most; i++)
		if ((from[i] > ' ' && from[i] < 127) || (from[i] == ' ' && used > 0))
			to[used++] = (char)from[i];
	while (used > 0 && to[used - 1] == ' ')
		used--;
	to[used] = '\0';
}

/* One of the three; fd is of all of them. */
struct wire {
	int fd, socket;
	struct serial *serial;
	struct tcp *tcp;
};

static int udp_open_to(const char *host, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	inet_pton(AF_INET, host, &address.sin_addr);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		int error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

static int open_wire(struct wire *wire, const struct wire_place *place, const struct question *question,
	const struct serial_mode *mode, const char **ret_why)
{
	int port = place->host_port ? place->host_port : question->port, error = 0;

	*wire = (struct wire){-1, -1, NULL, NULL};
	switch (question->wire) {
	case ASK_SERIAL:
		error = serial_open_mode(place->port, mode, &wire->serial, ret_why);
		wire->fd = error < 0 ? -1 : serial_fd(wire->serial);
		break;
	case ASK_TCP:
		error = tcp_open(place->host, port, &wire->tcp);
		wire->fd = error < 0 ? -1 : tcp_fd(wire->tcp);
		break;
	case ASK_UDP:
		error = wire->fd = wire->socket = udp_open_to(place->host, port);
		break;
	}
	return error < 0 ? error : 0;
}

static void close_wire(struct wire *wire)
{
	serial_close(wire->serial);
	tcp_close(wire->tcp);
	if (wire->socket >= 0)
		close(wire->socket);
}

/* False: the time is over. */
static bool wait_until(const struct wire *wire, short events, int64_t end)
{
	struct pollfd poll_one = {.fd = wire->fd, .events = events};
	int64_t left = end - clock_monotonic();

	return left > 0 && poll(&poll_one, 1, (int)(left / NS_PER_MS) + 1) >= 0 && clock_monotonic() < end;
}

static int put(struct wire *wire, const uint8_t *bytes, size_t size)
{
	if (wire->serial)
		return serial_write(wire->serial, bytes, size);
	if (wire->tcp)
		return tcp_write(wire->tcp, bytes, size);
	ssize_t sent = send(wire->socket, bytes, size, MSG_NOSIGNAL);
	return sent < 0 ? -errno : (int)sent;
}

static int get(struct wire *wire, uint8_t *bytes, size_t size)
{
	if (wire->serial)
		return serial_read(wire->serial, bytes, size);
	if (wire->tcp)
		return tcp_read(wire->tcp, bytes, size);
	ssize_t got = recv(wire->socket, bytes, size, 0);
	if (got < 0)
		return errno == EAGAIN ? 0 : -errno;
	return (int)got;
}

static bool send_all(struct wire *wire, const uint8_t *bytes, size_t size, int64_t end)
{
	while (wire->tcp && tcp_connected(wire->tcp) == -EINPROGRESS)
		if (!wait_until(wire, POLLOUT, end))
			return false;
	if (wire->tcp && tcp_connected(wire->tcp) < 0)
		return false;
	for (size_t sent = 0; sent < size;) {
		int taken = put(wire, bytes + sent, size - sent);
		if (taken < 0)
			return false;
		sent += (size_t)taken;
		if (sent < size && !wait_until(wire, POLLOUT, end))
			return false;
	}
	return true;
}

/* A datagram is an answer or none; a stream's bytes are put together. */
static bool read_answer(
	struct wire *wire, const struct question *question, struct finding *finding, int64_t end)
{
	uint8_t bytes[ANSWER_MOST];
	size_t size = 0;

	while (size < sizeof bytes && wait_until(wire, POLLIN, end)) {
		int got = get(wire, bytes + size, sizeof bytes - size);
		if (got < 0)
			return false;
		size += (size_t)got;
		if (got > 0 && question->read(bytes, size, finding))
			return true;
		if (wire->socket >= 0)
			size = 0;
	}
	return false;
}

int wire_ask(const struct wire_place *place, const struct question *question, const struct serial_mode *mode,
	struct finding *finding, const char **ret_why)
{
	int64_t end = clock_monotonic() + question->within;
	uint8_t bytes[QUESTION_MOST];
	struct wire wire;

	*finding = (struct finding){0};
	int error = open_wire(&wire, place, question, mode, ret_why);
	if (error < 0)
		return question->wire == ASK_SERIAL ? error : 0;
	if (wire.serial)
		serial_discard(wire.serial, NULL);
	bool answered = send_all(&wire, bytes, question->ask(bytes), end) &&
			read_answer(&wire, question, finding, end);
	close_wire(&wire);
	if (answered && mode)
		finding->baud = mode->baud;
	else if (answered)
		finding->port = place->host_port ? place->host_port : question->port;
	return answered;
}

int wire_listen(const char *port, const struct serial_mode *mode, int64_t time, char *to, size_t most,
	const char **ret_why)
{
	static const struct question nothing = {.wire = ASK_SERIAL};
	struct wire_place place = {.port = port};
	int64_t end = clock_monotonic() + time;
	uint8_t bytes[256];
	size_t size = 0;
	struct wire wire;

	int error = open_wire(&wire, &place, &nothing, mode, ret_why);
	if (error < 0)
		return error;
	while (size < sizeof bytes && wait_until(&wire, POLLIN, end)) {
		int got = get(&wire, bytes + size, sizeof bytes - size);
		if (got < 0)
			break;
		size += (size_t)got;
	}
	close_wire(&wire);
	finding_text(to, most, bytes, size);
	return 0;
}
