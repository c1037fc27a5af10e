#include "drivers/link/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/words.h"

struct serial {
	int fd;
	bool ours; /* locked: settings and queues may be touched */
};

struct usb_name {
	unsigned vid, pid;
	const char *serial; /* NULL: any */
};

static bool read_usb_name(const char *port, struct usb_name *ret)
{
	int used = 0;

	if (sscanf(port, "usb:%4x:%4x%n", &ret->vid, &ret->pid, &used) != 2 || used == 0)
		return false;
	if (port[used] == ':' && port[used + 1])
		ret->serial = port + used + 1;
	else if (port[used])
		return false;
	else
		ret->serial = NULL;
	return true;
}

const char *serial_port_refusal(const char *port)
{
	struct usb_name usb;

	if (strncmp(port, "usb:", 4) == 0 ? read_usb_name(port, &usb) : strchr(port, '/') != NULL)
		return NULL;
	return _("a port is a path such as /dev/serial/by-id/usb-... or usb:VID:PID[:SERIAL]; "
		 "`bangtin-testpattern ports` lists them");
}

static void describe(struct sp_port *port, struct serial_port *ret)
{
	*ret = (struct serial_port){.path = sp_get_port_name(port),
		.description = sp_get_port_description(port),
		.usb_serial = sp_get_port_usb_serial(port)};
	if (sp_get_port_usb_vid_pid(port, &ret->usb_vid, &ret->usb_pid) != SP_OK)
		ret->usb_vid = ret->usb_pid = -1;
}

void serial_list(void (*fn)(void *data, const struct serial_port *port), void *data)
{
	struct sp_port **ports;

	if (sp_list_ports(&ports) != SP_OK)
		return;
	for (size_t i = 0; ports[i]; i++) {
		struct serial_port port;
		describe(ports[i], &port);
		fn(data, &port);
	}
	sp_free_port_list(ports);
}

struct search {
	struct usb_name name;
	char *path; /* found */
};

static void match(void *data, const struct serial_port *port)
{
	struct search *search = data;

	if (search->path || port->usb_vid != (int)search->name.vid || port->usb_pid != (int)search->name.pid)
		return;
	if (search->name.serial && (!port->usb_serial || strcmp(port->usb_serial, search->name.serial) != 0))
		return;
	search->path = xstrdup(port->path);
}

/* NULL with errno: none. The device's own name: libserialport wants it, and a link from by-id may point elsewhere at each opening. */
static char *resolve(const char *port)
{
	struct search search = {0};

	if (!read_usb_name(port, &search.name))
		return realpath(port, NULL);
	serial_list(match, &search);
	errno = ENODEV;
	return search.path;
}

static int last_error(void)
{
	int error = sp_last_error_code();

	return error > 0 ? -error : -EIO;
}

/* libserialport knows how each kind of adapter is told an odd speed. It opens the port once more for that; the
 * settings are the port's, and our descriptor keeps it open. DTR and RTS stay as opening set them: on many boards they
 * are wired to the reset. */
static int configure(struct sp_port *port, const struct serial_mode *mode)
{
	static const enum sp_parity parities[] = {SP_PARITY_NONE, SP_PARITY_EVEN, SP_PARITY_ODD};
	int error = 0;

	if (sp_open(port, SP_MODE_READ_WRITE) != SP_OK)
		return last_error();
	if (sp_set_baudrate(port, (int)mode->baud) != SP_OK || sp_set_bits(port, mode->data_bits) != SP_OK ||
		sp_set_parity(port, parities[mode->parity]) != SP_OK ||
		sp_set_stopbits(port, mode->stop_bits) != SP_OK ||
		sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) != SP_OK)
		error = last_error();
	sp_close(port);
	return error;
}

static bool is_pseudo_terminal(int fd)
{
	struct stat status;

	/* 136 to 143: Documentation/admin-guide/devices.txt, Unix98 PTY slaves */
	return fstat(fd, &status) == 0 && major(status.st_rdev) >= 136 && major(status.st_rdev) <= 143;
}

static int set_speed(int fd, const char *path, const struct serial_mode *mode)
{
	struct sp_port *port;
	struct termios termios;

	if (is_pseudo_terminal(fd))
		return 0; /* it has none */
	if (sp_get_port_by_name(path, &port) == SP_OK) {
		int error = configure(port, mode);
		sp_free_port(port);
		return error;
	}
	if (tcgetattr(fd, &termios) < 0 || cfsetspeed(&termios, (speed_t)mode->baud) < 0 ||
		tcsetattr(fd, TCSANOW, &termios) < 0)
		return -errno;
	return 0;
}

void serial_set_bits(const struct serial_mode *mode, struct termios *termios)
{
	termios->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB);
	termios->c_cflag |= mode->data_bits == 7 ? CS7 : CS8;
	if (mode->parity != PARITY_NONE)
		termios->c_cflag |= mode->parity == PARITY_ODD ? PARENB | PARODD : PARENB;
	if (mode->stop_bits == 2)
		termios->c_cflag |= CSTOPB;
}

/* Raw, and such that 0 bytes read can only mean a hang-up (VMIN 1). */
static int set_raw(int fd, const struct serial_mode *mode)
{
	struct termios termios;

	if (tcgetattr(fd, &termios) < 0)
		return -errno;
	cfmakeraw(&termios);
	termios.c_cflag |= CLOCAL | CREAD;
	termios.c_cflag &= ~(tcflag_t)CRTSCTS;
	if (!is_pseudo_terminal(fd)) /* it has none, and refuses to be told some */
		serial_set_bits(mode, &termios);
	termios.c_iflag &= ~(tcflag_t)(IXON | IXOFF | IXANY);
	termios.c_cc[VMIN] = 1;
	termios.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &termios) < 0 || tcflush(fd, TCIOFLUSH) < 0)
		return -errno;
	return 0;
}

/* Nothing of the port is touched before it is ours alone. */
static int take(struct serial *serial, const char *path, const struct serial_mode *mode, const char **ret_why)
{
	*ret_why = N_("the port cannot be opened");
	serial->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (serial->fd < 0)
		return -errno;
	*ret_why = N_("this is no serial port");
	if (!isatty(serial->fd))
		return errno == EIO ? -EIO : -ENOTTY;
	*ret_why = N_("another program has the port open");
	if (flock(serial->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	serial->ours = true;
	*ret_why = N_("the port does not take this speed");
	int error = set_speed(serial->fd, path, mode);
	if (error)
		return error;
	*ret_why = N_("the port cannot be set up");
	error = set_raw(serial->fd, mode);
	if (!error && ioctl(serial->fd, TIOCEXCL) < 0)
		error = -errno;
	return error;
}

int serial_open_mode(
	const char *port, const struct serial_mode *mode, struct serial **ret_serial, const char **ret_why)
{
	struct serial *serial = xcalloc(1, sizeof *serial);
	char *path = resolve(port);
	int error = -errno;

	serial->fd = -1;
	*ret_why = N_("the port is not there");
	if (path)
		error = take(serial, path, mode, ret_why);
	free(path);
	if (error)
		serial_close(serial);
	else
		*ret_serial = serial;
	return error;
}

int serial_open(const char *port, int64_t baud, struct serial **ret_serial, const char **ret_why)
{
	return serial_open_mode(port, &(struct serial_mode){baud, PARITY_NONE, 8, 1}, ret_serial, ret_why);
}

void serial_close(struct serial *serial)
{
	if (!serial)
		return;
	if (serial->ours) {
		tcflush(serial->fd, TCIOFLUSH);
		ioctl(serial->fd, TIOCNXCL);
	}
	if (serial->fd >= 0)
		close(serial->fd);
	free(serial);
}

int serial_fd(const struct serial *serial)
{
	return serial->fd;
}

int serial_write(struct serial *serial, const void *data, size_t size)
{
	ssize_t written = write(serial->fd, data, size < INT_MAX ? size : INT_MAX);

	if (written >= 0)
		return (int)written;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

int serial_read(struct serial *serial, void *data, size_t size)
{
	ssize_t got = read(serial->fd, data, size < INT_MAX ? size : INT_MAX);

	if (got > 0)
		return (int)got;
	if (got == 0)
		return -ENODEV; /* it would be 0 for ever */
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

int serial_discard(struct serial *serial, size_t *ret_got)
{
	char bytes[512];
	int got = serial_read(serial, bytes, sizeof bytes); /* more comes with the next event */

	if (got < 0)
		return got;
	if (ret_got)
		*ret_got = (size_t)got;
	return 0;
}

int serial_queued(struct serial *serial)
{
	int queued = 0;

	return ioctl(serial->fd, TIOCOUTQ, &queued) < 0 ? -errno : queued;
}

int64_t serial_line_time(int64_t baud, size_t bytes)
{
	return (int64_t)bytes * 10 * NS_PER_SEC / baud;
}
