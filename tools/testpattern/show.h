/* The two ways of showing a pattern. */
#ifndef TOOLS_TESTPATTERN_SHOW_H
#define TOOLS_TESTPATTERN_SHOW_H

#include "site/site.h"
#include "testpattern.h"

/* Calls fn with the display that --driver, --port, --size and -o make. The exit code. */
int with_made(const struct arguments *arguments,
	int (*fn)(const struct arguments *arguments, const struct display *display));
/* Opens the display's own device and draws through the real output path. The exit code. */
int show_here(const struct arguments *arguments, const struct display *display);
/* Has the daemon on socket draw it, and renews the lease. The exit code; -errno if no daemon could be asked, unreported. */
int show_there(const struct arguments *arguments, const char *socket);

#endif
