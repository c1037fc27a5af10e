/* A serial port as a line for bytes: raw, no flow control, never blocking. One thread; 0 or -errno.
 *
 * A port is named by a path (/dev/ttyUSB0; better /dev/serial/by-id/…, which stays with its adapter) or by
 * usb:VID:PID[:SERIAL] in hexadecimal, the first adapter that answers to it.
 */
#ifndef DRIVERS_LINK_SERIAL_H
#define DRIVERS_LINK_SERIAL_H

#include <stddef.h>
#include <stdint.h>
#include <termios.h>

struct serial;

struct serial_mode {
	int64_t baud;
	enum { PARITY_NONE, PARITY_EVEN, PARITY_ODD } parity;
	int data_bits, stop_bits; /* 7 or 8; 1 or 2 */
};

/* NULL, or why this cannot name a port (static text, for people). No I/O. */
const char *serial_port_refusal(const char *port);
/* *ret_why: what was being done when it failed (static text). -EBUSY: another program has the port. */
int serial_open_mode(
	const char *port, const struct serial_mode *mode, struct serial **ret_serial, const char **ret_why);
int serial_open(const char *port, int64_t baud, struct serial **ret_serial, const char **ret_why); /* 8N1 */
/* The mode's bits in a termios, its speed excepted. Pure. */
void serial_set_bits(const struct serial_mode *mode, struct termios *termios);
/* What has not left yet is dropped: closing must not wait for a line that is stuck. NULL is fine. */
void serial_close(struct serial *serial);
int serial_fd(const struct serial *serial);
/* How many of the bytes were taken, perhaps 0. -errno: close it. */
int serial_write(struct serial *serial, const void *data, size_t size);
/* How many bytes came, 0: none now. -ENODEV: the adapter has gone. */
int serial_read(struct serial *serial, void *data, size_t size);
/* Throws away what the device has sent; *ret_got (may be NULL) says how much. Finds out whether it has gone. */
int serial_discard(struct serial *serial, size_t *ret_got);
/* Bytes that the kernel still holds. A driver that cannot know says 0: wait for serial_line_time as well. */
int serial_queued(struct serial *serial);
/* How long so many bytes take on the line: ten bits each. */
int64_t serial_line_time(int64_t baud, size_t bytes);

struct serial_port {
	const char *path, *description, *usb_serial; /* the latter two may be NULL */
	int usb_vid, usb_pid;			     /* -1: not a USB adapter */
};
/* Calls fn for each port of the machine. */
void serial_list(void (*fn)(void *data, const struct serial_port *port), void *data);

#endif
