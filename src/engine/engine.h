/* The engine: wires site, store, shows, outputs and the control socket on one loop. bangtind is this and little else.
 *
 * Threads: everything here runs on the loop's thread but the `work` halves of changes and preparations, which touch
 * only what they were given.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/diag.h"

struct engine;

struct engine_options {
	const char *configuration;   /* path */
	const char *socket_path;     /* NULL: the configuration's */
	const char *state_directory; /* NULL: the configuration's */
	const char *clock_spec;	     /* NULL: the real wall clock; see clock_inject */
	const char *trace_path;	     /* NULL: none */
};

/* Reads the configuration and holds each display's options against its driver. No I/O on devices or state. */
void engine_check(const char *configuration, struct diag_list *diags);

/* Reads the configuration, opens the state directory and every display, loads the current generation. -EINVAL with
 * diags: the configuration is wrong; other -errno with *ret_why (static) for state or socket. Devices that cannot be
 * opened are no error. */
int engine_create(const struct engine_options *options, struct diag_list *diags, struct engine **ret_engine,
	const char **ret_why);
/* Runs until SIGTERM or SIGINT, then leaves each display's failure picture. SIGHUP: new shows from the state. */
void engine_run(struct engine *engine);
void engine_destroy(struct engine *engine);

#endif
