/* What the commands of `bangtin-testpattern` share. Exit codes: 0 done, 1 the input is wrong, 2 usage, 3 the daemon or
 * a device cannot be reached. */
#ifndef TOOLS_TESTPATTERN_TESTPATTERN_H
#define TOOLS_TESTPATTERN_TESTPATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXIT_DONE = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_REACH = 3 };

#define SETTINGS_MOST 32
struct arguments {
	const char *word; /* the command's operand; NULL: none */
	bool json;
	/* of `show` */
	const char *configuration, *socket, *display; /* NULL: not given */
	const char *driver, *port, *host;
	const char *settings[SETTINGS_MOST]; /* "key=value" for the driver */
	size_t setting_count;
	int width, height;		 /* 0: not given */
	int module_width, module_height; /* 0: not given */
	int64_t duration;		 /* ns; 0: until interrupted */
	int32_t rate;			 /* millihertz; 0: not given */
	const char *map;		 /* of `map --show`; NULL: not given */
	bool keep;			 /* leave the last picture on the board */
};

int run_ports(const struct arguments *arguments);
int run_drivers(const struct arguments *arguments);
int run_patterns(const struct arguments *arguments);
int run_show(const struct arguments *arguments);
int run_probe(const struct arguments *arguments);
int run_find_map(const struct arguments *arguments);
int run_map(const struct arguments *arguments);
int run_report(const struct arguments *arguments);
int run_tui(const struct arguments *arguments);
int run_tell(const struct arguments *arguments);

/* A line on standard error; returns code. */
int fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
