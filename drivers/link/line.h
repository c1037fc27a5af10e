/* A line for bytes to a controller, whatever carries them: a serial port, TCP or UDP. Opening, writing and reading never
 * block. One thread; 0 or -errno.
 */
#ifndef DRIVERS_LINK_LINE_H
#define DRIVERS_LINK_LINE_H

#include <stdbool.h>

#include "output/sink.h"

enum line_transport { LINE_TCP, LINE_UDP };

/* Options of a driver's private struct; bound by LINE_OPTIONS. */
struct line_settings {
	char *device; /* serial port, or NULL: */
	char *host;   /* numeric address */
	int64_t baud, port;
	int transport; /* words of line_transports; a driver that has no UDP leaves the row out */
};

extern const char *const line_transports[2];
extern const char *const line_device_words[1];

/* Rows of an option table, for a member `line` of the struct `owner`. */
#define LINE_SERIAL_OPTIONS(owner, usual_baud)                                                               \
	{.name = "device",                                                                                   \
		.type = OPTION_PATH,                                                                         \
		.words = line_device_words,                                                                  \
		.word_count = 1,                                                                             \
		.offset = offsetof(owner, line.device),                                                      \
		.help = N_("the serial port: /dev/serial/by-id/..., another path, or usb:VID:PID[:SERIAL]; " \
			   "or "                                                                             \
			   "give `host`")},                                                                  \
	{                                                                                                    \
		.name = "baud", .type = OPTION_INT, .offset = offsetof(owner, line.baud),                    \
		.standard = (usual_baud), .least = 1200, .most = 4e6,                                        \
		.help = N_("speed of the serial line, bits a second")                                        \
	}
#define LINE_NETWORK_OPTIONS(owner, usual_port, of_port)                                                     \
	{.name = "host",                                                                                     \
		.type = OPTION_TEXT,                                                                         \
		.offset = offsetof(owner, line.host),                                                        \
		.help = N_("the controller's address in the network, numeric")},                             \
	{                                                                                                    \
		.name = "port", .type = OPTION_INT, .offset = offsetof(owner, line.port),                    \
		.standard = (usual_port), .most = 65535, .help = (of_port)                                   \
	}
#define LINE_TRANSPORT_OPTION(owner)                                                                         \
	{                                                                                                    \
		.name = "transport", .type = OPTION_WORD, .offset = offsetof(owner, line.transport),         \
		.words = line_transports, .word_count = 2, .standard = "tcp",                                \
		.help = N_("in the network: a TCP connection, or datagrams")                                 \
	}

/* That just one of device and host is given, and each can be what it says. */
void line_check(const struct line_settings *settings, const struct display *display, struct diag_list *diags);

struct line;

/* Begins to open; port is the one to take where the settings have 0. *ret_why: static text. */
int line_open(const struct line_settings *settings, int port, struct line **ret_line, const char **ret_why);
void line_close(struct line *line); /* what has not left is dropped; NULL is fine */
int line_fd(const struct line *line);
/* 0: bytes may go; -EINPROGRESS: wait until the descriptor is writable; else it failed. */
int line_connected(struct line *line);
/* How many of the bytes were taken, perhaps 0. A datagram goes as a whole, or not: -EMSGSIZE, too long. */
int line_write(struct line *line, const void *data, size_t size);
/* How many bytes came, 0: none now. -ENODEV, -ECONNRESET: the other side has gone. */
int line_read(struct line *line, void *data, size_t size);
/* How long so many bytes take on a serial line; 0 in a network. */
int64_t line_time(const struct line_settings *settings, size_t bytes);

#endif
