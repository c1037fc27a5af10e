/* A serial line that carries one message at a time and is paced without an answer from the device: a message is out when
 * the kernel holds none of it (TIOCOUTQ), never before the line can have carried it at its speed; then comes the rest
 * that the device asks for. Loop thread; the sink's timer and one watch are the line's while it is open.
 */
#ifndef DRIVERS_LINK_PACED_H
#define DRIVERS_LINK_PACED_H

#include "drivers/link/serial.h"
#include "output/sink.h"

struct paced {
	struct serial *serial; /* NULL: closed */
	struct serial_mode mode;
	enum { PACED_IDLE, PACED_WRITING, PACED_DRAINING, PACED_RESTING } state;
	const uint8_t *bytes; /* the sender's, until they are out */
	size_t size, sent;
	int64_t rest;
	int64_t free_at;  /* monotonic: when the line has carried all that was written */
	int64_t deadline; /* monotonic: by then the kernel must have taken and sent it all */
};

/* The option `port` of a serial driver, for its table: the member `port` of owner. */
#define PACED_OPTION_PORT(owner)                                                                             \
	{                                                                                                    \
		.name = "port", .type = OPTION_PATH, .words = paced_no_paths, .word_count = 1,               \
		.offset = offsetof(owner, port), .required = true,                                           \
		.help = N_("/dev/serial/by-id/..., another path, or usb:VID:PID[:SERIAL].")                  \
	}
extern const char *const paced_no_paths[];
/* What is wrong with the display's port, to diags. */
void paced_check_port(const struct display *display, struct diag_list *diags);

/* Opens and watches. -errno after sink_down was told why. */
int paced_open(struct paced *line, struct sink *sink, const char *port, const struct serial_mode *mode);
void paced_close(struct paced *line); /* idempotent */
/* How long so many bytes take: start, data, parity and stop bits. */
int64_t paced_time(const struct serial_mode *mode, size_t bytes);
/* Begins to send; the bytes stay as they are until it is out. Only when idle. -errno: the line is broken. */
int paced_send(struct paced *line, struct sink *sink, const uint8_t *bytes, size_t size, int64_t rest);

/* What the timer brought about. PACED_SENT: the message is out, and where it has no rest the line is idle; PACED_RESTED:
 * its rest has passed as well, the line is idle; PACED_WAITS: neither. */
enum paced_progress { PACED_WAITS, PACED_SENT, PACED_RESTED };
enum paced_progress paced_timeout(struct paced *line, struct sink *sink);
/* The driver's event: writes on, reads at most `most` bytes of what the device says. How many, or -errno after sink_down
 * was told: the caller must do nothing more. */
int paced_event(struct paced *line, struct sink *sink, unsigned events, void *said, size_t most);

#endif
