/* The two ways of showing a pattern. */
#ifndef TOOLS_TESTPATTERN_SHOW_H
#define TOOLS_TESTPATTERN_SHOW_H

#include "site/site.h"
#include "testpattern.h"

/* Calls fn with the display that --driver, --port, --size and -o make. The exit code. */
int with_made(const struct arguments *arguments,
	int (*fn)(const struct arguments *arguments, const struct display *display));
/* What pattern_settings wants for `letters`, in the display's fonts and colours; NULL: there are no fonts. */
struct frame *paint_letters(const struct display *display);
/* Opens the display's own device and draws through the real output path. The exit code. */
int show_here(const struct arguments *arguments, const struct display *display);
/* Has the daemon on socket draw it, and renews the lease. The exit code; -errno if no daemon could be asked, unreported. */
int show_there(const struct arguments *arguments, const char *socket);

/* Has the daemon on socket draw the pattern on the display for so long; 0 gives it back. EXIT_DONE; the exit code that it
 * refuses with, reported; -errno: no daemon could be asked. */
int lease_ask(const char *display, const char *pattern, const char *socket, int64_t duration);
/* The serial port that the display's driver uses; NULL: its wire is none. */
const char *serial_port_of(const struct display *display);

#define SOCKET_STANDARD "/run/bangtin/control"

#endif
