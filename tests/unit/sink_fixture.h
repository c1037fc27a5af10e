/* A driver that does as the test tells it, and a display that is driven by it. One program includes this once: it
 * defines the registry of drivers. */
#ifndef TESTS_UNIT_SINK_FIXTURE_H
#define TESTS_UNIT_SINK_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "output/output.h"
#include "output/private.h"

enum { W = 8, H = 4 };

static struct {
	struct sink *sink;
	int opens, closes, submits;
	int open_result, submit_result; /* what the driver answers */
	bool up_at_once, ready_at_once, down_in_submit;
	int64_t takes; /* ns until ready, by the driver's timer; 0: never by itself */
	struct region owed;
	uint64_t sequence;
	int64_t instant;
	uint8_t wire[3 * W * H];
	int dimmed, dim_result;
	bool asleep;
	int switches, power_result;
	int hint[2]; /* a pipe: what is written tells of the device */
} fake;

static inline int fake_open(struct sink *sink)
{
	fake.opens++;
	fake.sink = sink;
	if (fake.up_at_once && fake.open_result == 0)
		sink_up(sink);
	return fake.open_result;
}

static inline int fake_submit(struct sink *sink, const struct sink_frame *frame)
{
	fake.submits++;
	if (fake.submit_result)
		return fake.submit_result;
	fake.sequence = frame->sequence;
	fake.instant = frame->instant;
	fake.owed = *frame->owed;
	if (frame->wire)
		memcpy(fake.wire, frame->wire, frame->wire_size);
	if (fake.down_in_submit)
		sink_down(sink, -ENODEV, "pulled out");
	else if (fake.ready_at_once)
		sink_ready(sink);
	else if (fake.takes)
		sink_arm(sink, fake.takes);
	return 0;
}

static inline void fake_timeout(struct sink *sink)
{
	sink_ready(sink);
}

static inline int fake_dim(struct sink *sink, int permille)
{
	fake.dimmed = permille;
	return fake.dim_result;
}

static inline int fake_power(struct sink *sink, bool on)
{
	fake.asleep = !on;
	fake.switches++;
	return fake.power_result;
}

static inline bool fake_hint(struct sink *sink, int fd)
{
	char byte = 0;
	return read(fd, &byte, 1) == 1 && byte == 'y';
}

static inline void fake_close(struct sink *sink)
{
	fake.closes++;
}

struct fake_priv {
	char *port;
	int64_t count, wait;
	double share;
	bool loud;
	int mode;
	char *path;
};
static const char *const modes[] = {"slow", "quick"};
static const struct sink_option fake_options[] = {
	{.name = "port",
		.type = OPTION_TEXT,
		.offset = offsetof(struct fake_priv, port),
		.required = true,
		.help = "where it is"},
	{.name = "count",
		.type = OPTION_INT,
		.offset = offsetof(struct fake_priv, count),
		.standard = "3",
		.least = 1,
		.most = 9,
		.help = "how many"},
	{.name = "wait",
		.type = OPTION_DURATION,
		.offset = offsetof(struct fake_priv, wait),
		.standard = "20ms",
		.most = 1e9,
		.help = "how long"},
	{.name = "share",
		.type = OPTION_NUMBER,
		.offset = offsetof(struct fake_priv, share),
		.standard = "0.5",
		.help = "how much"},
	{.name = "loud", .type = OPTION_BOOL, .offset = offsetof(struct fake_priv, loud), .help = "how"},
	{.name = "mode",
		.type = OPTION_WORD,
		.offset = offsetof(struct fake_priv, mode),
		.words = modes,
		.word_count = 2,
		.standard = "quick",
		.help = "which"},
	{.name = "path",
		.type = OPTION_PATH,
		.offset = offsetof(struct fake_priv, path),
		.words = modes,
		.word_count = 1,
		.help = "which file"},
	{0},
};

static inline int64_t fake_cycle(const void *priv, const struct display *d)
{
	return ((const struct fake_priv *)priv)->wait * d->height;
}

#define FAKE                                                                                                 \
	.format = PANEL_RGB888, .open = fake_open, .submit = fake_submit, .timeout = fake_timeout,           \
	.close = fake_close
static const struct sink_driver plain = {.name = "plain", FAKE};
static const struct sink_driver paced = {.name = "paced", .minimum_cycle = 60 * NS_PER_MS, FAKE};
static const struct sink_driver kept = {.name = "kept", .keep_alive = 50 * NS_PER_MS, FAKE};
static const struct sink_driver dimming = {.name = "dimming", .caps = SINK_DIM, .dim = fake_dim, FAKE};
static const struct sink_driver sleepy = {.name = "sleepy", .caps = SINK_SLEEPS, .power = fake_power, FAKE};
static const struct sink_driver hinted = {.name = "hinted", .hint = fake_hint, FAKE};
static const struct sink_driver opted = {.name = "opted",
	.options = fake_options,
	.priv_size = sizeof(struct fake_priv),
	.cycle = fake_cycle,
	FAKE};

static int pipe_to_worker[2];
static inline int stuck_submit(struct sink *sink, const struct sink_frame *frame)
{
	char byte;
	fake.sequence = frame->sequence;
	fake.instant = frame->instant;
	return read(pipe_to_worker[0], &byte, 1) == 1 && byte == 'y' ? 0 : -EIO;
}
static const struct sink_driver stuck = {.name = "stuck",
	.caps = SINK_BLOCKING,
	.format = PANEL_RGB888,
	.open = fake_open,
	.submit = stuck_submit,
	.close = fake_close};

const struct sink_driver *const sink_drivers[] = {
	&plain, &paced, &kept, &plain, &paced, &kept, &dimming, &sleepy, &hinted, &opted, &stuck, NULL};

static inline struct display base_display(const char *driver)
{
	return (struct display){.name = "gate",
		.width = W,
		.height = H,
		.driver = driver,
		.rate = 30000,
		.where = {"site.conf", 7, 3},
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
}

static struct loop *loop;
static struct display display;

static inline struct output *start(const char *driver)
{
	struct diag_list diags;
	struct output *output = NULL;

	diag_init(&diags);
	memset(&fake, 0, sizeof fake);
	fake.up_at_once = true;
	display = base_display(driver);
	loop = loop_create();
	assert_int_equal(output_create(loop, &display, &diags, &output), 0);
	diag_finish(&diags);
	return output;
}

static inline void stop(struct output *output)
{
	int opens = fake.opens;
	output_destroy(output);
	assert_int_equal(fake.closes, opens); /* every open has its close, failed or not */
	loop_destroy(loop);
}

static inline void run(int64_t ns)
{
	bool never = false;
	loop_run_until(loop, &never, ns);
}

/* However slow the machine is: until the driver was called so often. */
static inline void run_until(const int *count, int least)
{
	int64_t end = clock_monotonic() + 10 * NS_PER_SEC;

	while (*count < least && clock_monotonic() < end)
		run(2 * NS_PER_MS);
	assert_true(*count >= least);
}

static inline void push(struct output *output, int64_t instant, struct rect rect, uint32_t colour)
{
	struct region damage = {0};
	frame_fill(output_canvas(output), rect, colour);
	region_add(&damage, rect);
	output_push(output, instant, &damage);
}

static inline bool is_whole(const struct region *region)
{
	struct rect r = region_bounds(region);
	return region->count == 1 && r.x == 0 && r.y == 0 && r.width == W && r.height == H;
}

/* What a driver does when its device has answered: within an event of the loop. */
static inline void device_ready(struct output *output)
{
	sink_ready(fake.sink);
	output_settle(output);
}

static inline void device_gone(struct output *output)
{
	sink_down(fake.sink, -ENODEV, "pulled out");
	output_settle(output);
}

#endif
