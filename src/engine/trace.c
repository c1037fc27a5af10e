#include "engine/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"

struct trace {
	FILE *file;
	int generation;
};

int trace_open(const char *path, struct trace **ret_trace)
{
	FILE *file = fopen(path, "we");
	if (!file)
		return -errno;
	struct trace *trace = xcalloc(1, sizeof *trace);
	trace->file = file;
	*ret_trace = trace;
	return 0;
}

void trace_close(struct trace *trace)
{
	if (!trace)
		return;
	fclose(trace->file);
	free(trace);
}

void trace_set_generation(struct trace *trace, int generation)
{
	if (trace)
		trace->generation = generation;
}

void trace_frame(
	void *data, const struct display *display, uint64_t sequence, int64_t instant, uint64_t digest)
{
	struct trace *trace = data;
	/* Flushed at once: whoever reads the trace beside a running daemon must find every frame that is on the wire. */
	fprintf(trace->file,
		"{\"display\": \"%s\", \"sequence\": %" PRIu64 ", \"instant\": %" PRId64
		", \"generation\": %d, \"digest\": \"%016" PRIx64 "\"}\n",
		display->name, sequence, instant, trace->generation, digest);
	fflush(trace->file);
}
