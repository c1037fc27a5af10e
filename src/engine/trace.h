/* The trace (`bangtind --trace FILE`): a JSON line for every frame handed to a driver: display, sequence, instant (ns
 * since the epoch), generation, digest (digest_picture of the wire bytes, or of the RGB bytes). It is what ties a
 * decoded frame, which carries no instant, to the preview of its instant. Loop thread. */
#ifndef ENGINE_TRACE_H
#define ENGINE_TRACE_H

#include "site/site.h"

struct trace;

int trace_open(const char *path, struct trace **ret_trace);
void trace_close(struct trace *trace); /* NULL is fine */
void trace_set_generation(struct trace *trace, int generation);
void trace_frame(
	void *trace, const struct display *display, uint64_t sequence, int64_t instant, uint64_t digest);

#endif
