/* One run: a wire, its decoder, its board, and the faults in between. */
#ifndef TOOLS_SIMULATOR_SIMULATOR_H
#define TOOLS_SIMULATOR_SIMULATOR_H

#include "fault.h"
#include "protocol.h"
#include "wire.h"

struct simulator {
	const struct protocol *protocol;
	struct decoder_options options;
	void *state; /* the decoder's */
	struct board board;
	struct wire wire;
	struct fault fault;
	int64_t frames_wanted, end; /* frames, monotonic ns; 0: no end */
	int64_t deaf_until;	    /* monotonic: a stalled reader */
	int64_t back_at;	    /* monotonic: unplugged until then; 0: plugged in */
};

/* Until SIGTERM or SIGINT, or the end that was asked for. The exit status: 0, or 3 when the wire broke. The wire is
 * open before and closed after. */
int simulator_run(struct simulator *simulator);

#endif
