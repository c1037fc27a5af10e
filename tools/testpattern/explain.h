/* Why a board cannot be reached, in words for whoever stands on the ladder, and what to do about it. */
#ifndef TOOLS_TESTPATTERN_EXPLAIN_H
#define TOOLS_TESTPATTERN_EXPLAIN_H

/* On standard error. port: of a serial driver, as it was given, else NULL. error: -errno, why: the driver's own words. */
void explain(const char *driver, const char *port, int error, const char *why);
/* The same for the daemon's socket. */
void explain_socket(const char *path, int error);

#endif
