/* Reading back what the device shows. There is no password on these wires: who else has reached it may have put
 * something there. That is overwritten at once, looked at again, and again, until the device is found to show ours. */
#include <errno.h>

#include "base/text.h"
#include "output/private.h"

#define SOON_FIRST NS_PER_SEC /* doubles up to READ_BACK_EVERY: some devices write to flash */

const char *read_back_name(enum read_back read_back)
{
	static const char *const names[] = {"cannot", "not yet", "own", "foreign"};

	return names[read_back];
}

void sink_own(struct sink *sink)
{
	sink->is_own = true;
	sink->is_foreign = false;
}

void sink_foreign(struct sink *sink, const char *what)
{
	struct output_status *status = &sink->output->status;

	utf8_copy(status->foreign, sizeof status->foreign, what);
	sink->is_foreign = true;
	sink->is_own = false;
}

void read_back_start(struct output *output)
{
	struct output_status *status = &output->status;
	bool can = output->driver->caps & SINK_READS_BACK;

	output->sink.is_own = output->sink.is_foreign = false;
	output->read_due = can && output->driver->read_back ? TIME_ALWAYS : TIME_NEVER;
	output->read_soon = SOON_FIRST;
	/* what was found to be foreign stays so until it is found to be ours */
	if (!can)
		status->read_back = READ_BACK_CANNOT;
	else if (status->read_back != READ_BACK_FOREIGN)
		status->read_back = READ_BACK_NOT_YET;
}

static void found_foreign(struct output *output, int64_t now)
{
	struct output_status *status = &output->status;

	if (status->read_back != READ_BACK_FOREIGN) {
		status->read_back = READ_BACK_FOREIGN;
		status->intrusions++;
		output->down_since = now;
	}
	status->foreign_at = now;
	output_owe_all(output);
	output->pending = output->content;
	if (output->driver->read_back) {
		output->read_due = now + output->minimum_cycle + output->read_soon;
		output->read_soon =
			2 * output->read_soon < READ_BACK_EVERY ? 2 * output->read_soon : READ_BACK_EVERY;
	}
}

static void found_own(struct output *output, int64_t now)
{
	output->status.read_back = READ_BACK_OWN;
	output->read_soon = SOON_FIRST;
	if (output->driver->read_back)
		output->read_due = now + READ_BACK_EVERY;
}

static void ask(struct output *output)
{
	output->read_due = TIME_NEVER;
	int error = output->driver->read_back(&output->sink);
	if (error == -ENOTSUP)
		output->status.read_back = READ_BACK_CANNOT;
	else if (error < 0 && !output->sink.down)
		output->sink.down = error;
	output->again |= output->sink.down != 0;
}

void read_back_step(struct output *output, int64_t now)
{
	struct sink *sink = &output->sink;

	if (output->link != LINK_UP || sink->down)
		return;
	if (sink->is_foreign)
		found_foreign(output, now);
	else if (sink->is_own)
		found_own(output, now);
	sink->is_own = sink->is_foreign = false;
	if (now >= output->read_due && output->ready && !output->asleep && output->status.last_sequence > 0)
		ask(output);
}
