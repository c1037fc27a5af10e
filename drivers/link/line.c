#include "drivers/link/line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/serial.h"
#include "drivers/link/tcp.h"

const char *const line_transports[2] = {"tcp", "udp"};
const char *const line_device_words[1] = {"usb:"};

struct line {
	struct serial *serial; /* one of these two, or else udp */
	struct tcp *tcp;
	int udp;
};

/* As the option was written: what the core has made of a path is one whatever it was. */
static void check_device(const struct display *display, struct diag_list *diags)
{
	for (size_t i = 0; i < display->option_count; i++) {
		const struct option *option = &display->options[i];
		const char *refusal =
			strcmp(option->key, "device") == 0 ? serial_port_refusal(option->value) : NULL;
		if (refusal)
			diag_error(diags, option->where, "device '%s': %s", option->value, refusal);
	}
}

void line_check(const struct line_settings *settings, const struct display *display, struct diag_list *diags)
{
	const char *refusal = settings->host ? tcp_host_refusal(settings->host) : NULL;

	if (!settings->device == !settings->host)
		diag_error(diags, display->where,
			"driver %s: %s; give either `device`, a serial port, or `host`, an address",
			display->driver,
			settings->host ? _("two ways to the controller") : _("no way to the controller"));
	if (refusal)
		diag_error(diags, display->where, "driver %s: host '%s' is not an address; %s",
			display->driver, settings->host, refusal);
	check_device(display, diags);
}

static int open_udp(const char *host, int port, int *ret_fd)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd, error, on = 1;

	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		return -EINVAL;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	*ret_fd = fd;
	return 0;
}

int line_open(const struct line_settings *settings, int port, struct line **ret_line, const char **ret_why)
{
	struct line *line = xcalloc(1, sizeof *line);
	int error;

	line->udp = -1;
	if (settings->port > 0)
		port = (int)settings->port;
	*ret_why = N_("the controller's address cannot be reached");
	if (settings->device)
		error = serial_open(settings->device, settings->baud, &line->serial, ret_why);
	else if (settings->transport == LINE_UDP)
		error = open_udp(settings->host, port, &line->udp);
	else
		error = tcp_open(settings->host, port, &line->tcp);
	if (error)
		line_close(line);
	else
		*ret_line = line;
	return error;
}

void line_close(struct line *line)
{
	if (!line)
		return;
	serial_close(line->serial);
	tcp_close(line->tcp);
	if (line->udp >= 0)
		close(line->udp);
	free(line);
}

int line_fd(const struct line *line)
{
	return line->serial ? serial_fd(line->serial) : line->tcp ? tcp_fd(line->tcp) : line->udp;
}

int line_connected(struct line *line)
{
	return line->tcp ? tcp_connected(line->tcp) : 0;
}

/* A refusal is the answer to an earlier datagram: a controller that starts up. Who asks again finds out. */
static int datagram_error(void)
{
	return errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == ECONNREFUSED ? 0 : -errno;
}

int line_write(struct line *line, const void *data, size_t size)
{
	ssize_t sent;

	if (line->serial)
		return serial_write(line->serial, data, size);
	if (line->tcp)
		return tcp_write(line->tcp, data, size);
	sent = send(line->udp, data, size, MSG_NOSIGNAL);
	if (sent < 0 && errno == ECONNREFUSED) /* told now; what was to go did not */
		sent = send(line->udp, data, size, MSG_NOSIGNAL);
	return sent >= 0 ? (int)sent : datagram_error();
}

int line_read(struct line *line, void *data, size_t size)
{
	ssize_t got;

	if (line->serial)
		return serial_read(line->serial, data, size);
	if (line->tcp)
		return tcp_read(line->tcp, data, size);
	got = recv(line->udp, data, size, 0);
	return got >= 0 ? (int)got : datagram_error();
}

int64_t line_time(const struct line_settings *settings, size_t bytes)
{
	return settings->device ? serial_line_time(settings->baud, bytes) : 0;
}
