/* No device: takes every frame and forgets it. For tests, measurements, and displays that are still to be bought. */
#include "base/time.h"
#include "base/words.h"
#include "output/sink.h"

struct null {
	int64_t cycle;	    /* option */
	uint64_t in_flight; /* sequence */
};

static const struct sink_option options[] = {
	{.name = "cycle",
		.type = OPTION_DURATION,
		.offset = offsetof(struct null, cycle),
		.standard = "0s",
		.least = 0,
		.most = 60.0 * NS_PER_SEC,
		.help = N_("How long the device that is not there takes to show a frame.")},
	{0},
};

static int null_open(struct sink *sink)
{
	sink_up(sink);
	return 0;
}

static void done(struct sink *sink)
{
	struct null *null = sink_priv(sink);

	sink_shown(sink, null->in_flight);
	sink_ready(sink);
}

static int null_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct null *null = sink_priv(sink);

	null->in_flight = frame->sequence;
	if (null->cycle > 0)
		sink_arm(sink, null->cycle);
	else
		done(sink);
	return 0;
}

static void null_close(struct sink *sink)
{
}

const struct sink_driver sink_driver_null = {
	.name = "null",
	.summary = N_("no device: frames are made and forgotten"),
	.caps = SINK_PARTIAL | SINK_HOLDS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct null),
	.dynamic_rate = true,
	.open = null_open,
	.submit = null_submit,
	.timeout = done,
	.close = null_close,
};
