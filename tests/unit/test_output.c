/* The output core against a driver that does as the test tells it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "output/output.h"
#include "output/private.h"

/* Every allocation of the process is counted; not where the sanitizer has taken malloc's place. */
static unsigned long allocations;
#if !defined(__SANITIZE_ADDRESS__)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_malloc(size);
}
void *calloc(size_t count, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size)
{
	__atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
	return __libc_realloc(old, size);
}
#endif

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

static int fake_open(struct sink *sink)
{
	fake.opens++;
	fake.sink = sink;
	if (fake.up_at_once && fake.open_result == 0)
		sink_up(sink);
	return fake.open_result;
}

static int fake_submit(struct sink *sink, const struct sink_frame *frame)
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

static void fake_timeout(struct sink *sink)
{
	sink_ready(sink);
}

static int fake_dim(struct sink *sink, int permille)
{
	fake.dimmed = permille;
	return fake.dim_result;
}

static int fake_power(struct sink *sink, bool on)
{
	fake.asleep = !on;
	fake.switches++;
	return fake.power_result;
}

static bool fake_hint(struct sink *sink, int fd)
{
	char byte = 0;
	return read(fd, &byte, 1) == 1 && byte == 'y';
}

static void fake_close(struct sink *sink)
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

static int64_t fake_cycle(const void *priv, const struct display *d)
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
static int stuck_submit(struct sink *sink, const struct sink_frame *frame)
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

static struct display base_display(const char *driver)
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

static struct output *start(const char *driver)
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

static void stop(struct output *output)
{
	int opens = fake.opens;
	output_destroy(output);
	assert_int_equal(fake.closes, opens); /* every open has its close, failed or not */
	loop_destroy(loop);
}

static void run(int64_t ns)
{
	bool never = false;
	loop_run_until(loop, &never, ns);
}

/* However slow the machine is: until the driver was called so often. */
static void run_until(const int *count, int least)
{
	int64_t end = clock_monotonic() + 10 * NS_PER_SEC;

	while (*count < least && clock_monotonic() < end)
		run(2 * NS_PER_MS);
	assert_true(*count >= least);
}

static void push(struct output *output, int64_t instant, struct rect rect, uint32_t colour)
{
	struct region damage = {0};
	frame_fill(output_canvas(output), rect, colour);
	region_add(&damage, rect);
	output_push(output, instant, &damage);
}

static bool is_whole(const struct region *region)
{
	struct rect r = region_bounds(region);
	return region->count == 1 && r.x == 0 && r.y == 0 && r.width == W && r.height == H;
}

/* What a driver does when its device has answered: within an event of the loop. */
static void device_ready(struct output *output)
{
	sink_ready(fake.sink);
	output_settle(output);
}

static void device_gone(struct output *output)
{
	sink_down(fake.sink, -ENODEV, "pulled out");
	output_settle(output);
}

static void test_newest_wins(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	push(output, 100, (struct rect){0, 0, 1, 1}, 0x111111);
	assert_int_equal(fake.submits, 1);
	assert_true(is_whole(&fake.owed)); /* the first has everything */
	push(output, 200, (struct rect){1, 0, 1, 1}, 0x222222);
	push(output, 300, (struct rect){2, 0, 1, 1}, 0x333333);
	push(output, 400, (struct rect){3, 1, 2, 2}, 0x444444);
	assert_int_equal(fake.submits, 1); /* one in flight */
	device_ready(output);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.sequence, 2);
	assert_int_equal(fake.instant, 400);
	struct rect box = region_bounds(&fake.owed);
	assert_true(box.x == 1 && box.y == 0 && box.width == 4 && box.height == 3);
	assert_int_equal(fake.wire[0], 0x11);
	assert_int_equal(fake.wire[3], 0x22);
	assert_int_equal(fake.wire[6], 0x33);
	assert_int_equal(fake.wire[3 * (W + 3)], 0x44);
	device_ready(output);
	assert_int_equal(fake.submits, 2); /* nothing is owed */
	output_status(output, &status);
	assert_int_equal(status.composed, 4);
	assert_int_equal(status.handed, 2);
	assert_int_equal(status.shown, 2);
	assert_int_equal(status.dropped, 2);
	assert_int_equal(status.health, HEALTH_UP);
	assert_int_equal(status.last_instant, 400);
	stop(output);
}

static void test_nothing_changed(void **state)
{
	struct output *output = start("plain");
	struct region none = {0};

	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, W, H}, 0xffffff);
	output_push(output, 2, &none);
	assert_int_equal(fake.submits, 1);
	push(output, 3, (struct rect){-5, -5, 6, 6}, 0); /* clipped to one pixel */
	assert_int_equal(fake.submits, 2);
	struct rect box = region_bounds(&fake.owed);
	assert_true(box.x == 0 && box.y == 0 && box.width == 1 && box.height == 1);
	push(output, 4, (struct rect){W, 0, 5, 5}, 0);
	assert_int_equal(fake.submits, 2);
	stop(output);
}

static void test_pace(void **state)
{
	struct output *output = start("paced");

	fake.ready_at_once = true;
	int64_t began = clock_monotonic();
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	assert_int_equal(fake.submits, 1);
	run_until(&fake.submits, 2);
	assert_true(clock_monotonic() - began >= 60 * NS_PER_MS);
	assert_int_equal(fake.instant, 2);
	stop(output);
}

static void test_not_now(void **state)
{
	struct output *output = start("plain");

	fake.submit_result = -EAGAIN;
	push(output, 1, (struct rect){0, 0, 1, 1}, 0x010101);
	push(output, 2, (struct rect){1, 0, 1, 1}, 0x020202);
	assert_int_equal(fake.submits, 1);
	fake.submit_result = 0;
	device_ready(output);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.sequence, 1); /* what was refused had no number */
	assert_true(is_whole(&fake.owed));
	assert_int_equal(fake.wire[3], 2);
	stop(output);
}

static void test_back_off(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	device_ready(output);
	output->backoff = output->backoff_first = 10 * NS_PER_MS;
	fake.open_result = -ENOENT;
	device_gone(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.error, -ENODEV);
	assert_string_equal(status.why, "pulled out");
	assert_true(status.retry_at > clock_monotonic() && status.retry_at < clock_monotonic() + NS_PER_SEC);
	int64_t began = clock_monotonic();
	run_until(&fake.opens, 4); /* tries after 10, 30 and 70 ms */
	assert_true(clock_monotonic() - began >= 65 * NS_PER_MS);
	assert_int_equal(fake.closes, fake.opens);
	push(output, 2, (struct rect){7, 3, 1, 1}, 0x7f7f7f);
	fake.open_result = 0;
	run_until(&fake.submits, 2);
	assert_true(is_whole(&fake.owed)); /* the device may have forgotten everything */
	assert_int_equal(fake.wire[3 * W * H - 1], 0x7f);
	output_status(output, &status);
	/* until a frame has gone through: */
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.reconnects, 1);
	assert_int_equal(output->backoff > output->backoff_first, 1);
	device_ready(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);
	assert_int_equal(output->backoff, output->backoff_first);
	stop(output);
}

static void test_back_off_limit(void **state)
{
	struct output *output = start("plain");

	fake.open_result = -EACCES;
	device_gone(output);
	for (int i = 0; i < 12; i++) {
		output->retry_at = clock_monotonic(); /* as if the time had passed */
		output_settle(output);
	}
	assert_int_equal(output->backoff, BACKOFF_MOST);
	assert_true(output->retry_at <= clock_monotonic() + BACKOFF_MOST);
	struct output_status status;
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_FAULT); /* a person must grant access */
	stop(output);
}

static void test_broken_in_submit(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	fake.submit_result = -EIO;
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.handed, 0);
	fake.submit_result = 0;
	fake.down_in_submit = true;
	output->retry_at = clock_monotonic();
	output_settle(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_string_equal(status.why, "pulled out");
	stop(output);
}

static void test_refresh(void **state)
{
	struct output *output = start("plain");

	display.refresh = 40 * NS_PER_MS;
	fake.ready_at_once = true;
	push(output, 5, (struct rect){0, 0, 1, 1}, 1);
	push(output, 6, (struct rect){0, 0, 1, 1}, 2);
	assert_int_equal(fake.submits, 2);
	run_until(&fake.submits, 4);
	assert_true(is_whole(&fake.owed));
	assert_int_equal(fake.instant, 6);
	assert_int_equal(fake.wire[0], 0); /* colour 2 is 0x000002 */
	assert_int_equal(fake.wire[2], 2);
	stop(output);

	output = start("kept");
	fake.ready_at_once = true;
	run(120 * NS_PER_MS);
	assert_int_equal(fake.submits, 0); /* there is nothing to keep alive yet */
	push(output, 5, (struct rect){0, 0, 1, 1}, 1);
	run_until(&fake.submits, 3);
	assert_true(is_whole(&fake.owed));
	stop(output);
}

struct trace {
	int calls;
	uint64_t sequence, digest;
	int64_t instant;
};

static void on_handed(
	void *data, const struct display *of, uint64_t sequence, int64_t instant, uint64_t digest)
{
	struct trace *trace = data;
	assert_ptr_equal(of, &display);
	trace->calls++;
	trace->sequence = sequence;
	trace->instant = instant;
	trace->digest = digest;
}

static void test_trace(void **state)
{
	struct output *output = start("plain");
	struct trace trace = {0};

	output_on_handed(output, on_handed, &trace);
	push(output, 77, (struct rect){2, 2, 3, 1}, 0x123456);
	assert_int_equal(trace.calls, 1);
	assert_int_equal(trace.sequence, 1);
	assert_int_equal(trace.instant, 77);
	assert_true(trace.digest == digest_picture(DIGEST_START, fake.wire, sizeof fake.wire));
	push(output, 78, (struct rect){2, 2, 3, 1}, 0x123457);
	assert_int_equal(trace.calls, 1);
	stop(output);
}

struct engine {
	struct output *output;
	int calls;
};

static void on_ready(void *data)
{
	struct engine *engine = data;
	engine->calls++;
	push(engine->output, 1000 + engine->calls, (struct rect){0, 0, 2, 2}, 0x0a0a0a);
}

static void test_fresher_frame_on_ready(void **state)
{
	struct output *output = start("plain");
	struct engine engine = {output, 0};

	run(NS_PER_MS);
	output_on_ready(output, on_ready, &engine);
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	assert_int_equal(engine.calls, 0);
	device_ready(output);
	assert_int_equal(engine.calls, 1);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.instant, 1001);
	/* a sink that is ready at once does not set engine and core talking for ever */
	fake.ready_at_once = true;
	device_ready(output);
	assert_int_equal(engine.calls, 2);
	assert_int_equal(fake.submits, 3);
	stop(output);
}

/* A link that breaks a hundred times is told of a few times. */
static void test_log_is_quiet(void **state)
{
	char path[] = "/tmp/bangtin-log-XXXXXX", line[512];
	int file = mkstemp(path), terminal = dup(STDERR_FILENO), lines = 0, refusals = 0;
	struct output *output = start("plain");

	dup2(file, STDERR_FILENO);
	log_set_level(LOG_LEVEL_INFO);
	for (int i = 0; i < 100; i++) {
		output->retry_at = clock_monotonic();
		output_settle(output);
		device_gone(output);
	}
	log_set_level(LOG_LEVEL_ERROR);
	dup2(terminal, STDERR_FILENO);
	FILE *log = fopen(path, "re");
	while (fgets(line, sizeof line, log)) {
		lines++;
		refusals += strstr(line, "plain is down: pulled out") != NULL;
	}
	fclose(log);
	assert_in_range(lines, 2, 8);
	assert_in_range(refusals, 1, 4);
	assert_true(output->quota.suppressed > 100);
	close(file);
	close(terminal);
	unlink(path);
	stop(output);
}

static void test_late(void **state)
{
	struct output *output = start("plain");
	struct output_status status;

	output_late(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_LATE);
	assert_int_equal(status.late, 1);
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);
	output->handed_at -= LATE_AFTER; /* as if the time had passed */
	output_settle(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_LATE);
	assert_int_equal(status.late, 2);
	output->handed_at -= STALLED_AFTER;
	output_settle(output);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.error, -ETIMEDOUT);
	stop(output);
}

static void test_drain(void **state)
{
	struct output *output = start("plain");

	assert_true(output_drain(output, NS_PER_SEC)); /* nothing was pushed */
	fake.takes = 20 * NS_PER_MS;
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	assert_true(output_drain(output, NS_PER_SEC));
	assert_int_equal(fake.submits, 2);
	fake.takes = 0;
	push(output, 3, (struct rect){0, 0, 1, 1}, 3);
	assert_false(output_drain(output, 30 * NS_PER_MS));
	stop(output);
}

static void test_brightness(void **state)
{
	struct output *output = start("plain");

	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, W, H}, 0xff8040);
	output_set_brightness(output, 500);
	assert_int_equal(fake.submits, 2);
	assert_memory_equal(fake.wire, "\x80\x40\x20", 3);
	output_set_brightness(output, 500);
	assert_int_equal(fake.submits, 2);
	stop(output);

	output = start("dimming");
	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, W, H}, 0xff8040);
	output_set_brightness(output, 300);
	assert_int_equal(fake.dimmed, 300);
	assert_memory_equal(fake.wire, "\xff\x80\x40", 3);
	fake.dim_result = -ENOTSUP; /* this one turns out to have no dimmer */
	output_set_brightness(output, 500);
	assert_memory_equal(fake.wire, "\x80\x40\x20", 3);
	stop(output);
}

static void test_standby(void **state)
{
	struct output *output = start("sleepy");
	struct output_status status;

	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	fake.switches = 0; /* it was switched on when it came up */
	output_set_power(output, false);
	assert_int_equal(fake.switches, 0); /* not while a frame is in flight */
	device_ready(output);
	assert_true(fake.asleep);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_OFF);
	push(output, 2, (struct rect){0, 0, 1, 1}, 2);
	output_refresh(output);
	assert_int_equal(fake.submits, 1);
	assert_true(output_drain(output, 0)); /* nothing is waited for */
	output_set_power(output, true);
	assert_false(fake.asleep);
	assert_int_equal(fake.submits, 2);
	assert_int_equal(fake.instant, 2);
	assert_true(is_whole(&fake.owed));
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);

	/* what comes back while it should sleep is put to sleep */
	output_set_power(output, false);
	device_ready(output);
	fake.switches = 0;
	device_gone(output);
	output->retry_at = clock_monotonic();
	output_settle(output);
	assert_int_equal(fake.switches, 1);
	assert_true(fake.asleep);
	stop(output);
}

static void test_standby_refused(void **state)
{
	struct output *output = start("sleepy");
	struct output_status status;

	fake.switches = 0;
	fake.power_result = -ENOTSUP;
	fake.ready_at_once = true;
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	output_set_power(output, false);
	push(output, 2, (struct rect){0, 0, 1, 1}, 0);
	assert_int_equal(fake.switches, 1);
	assert_int_equal(fake.instant, 2); /* the black picture then does it */
	stop(output);

	output = start("sleepy");
	fake.power_result = -EIO;
	output_set_power(output, false);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	stop(output);

	output = start("plain"); /* a driver that knows nothing of it */
	fake.ready_at_once = true;
	output_set_power(output, false);
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	assert_int_equal(fake.submits, 1);
	stop(output);
}

/* What tells of the device's return ends the back-off. */
static void test_hint(void **state)
{
	struct output *output = start("hinted");

	assert_int_equal(pipe(fake.hint), 0);
	output->backoff = 20 * NS_PER_SEC;
	sink_hint(fake.sink, fake.hint[0]);
	device_gone(output);
	assert_true(output->retry_at > clock_monotonic() + 10 * NS_PER_SEC);
	assert_int_equal(write(fake.hint[1], "n", 1), 1); /* something else */
	run(20 * NS_PER_MS);
	assert_true(output->retry_at > clock_monotonic() + 10 * NS_PER_SEC);
	assert_int_equal(write(fake.hint[1], "y", 1), 1);
	run_until(&fake.opens, 2);
	assert_int_equal(fcntl(fake.hint[0], F_GETFD), -1); /* it was the core's to close */
	close(fake.hint[1]);

	assert_int_equal(pipe(fake.hint), 0);
	sink_hint(fake.sink, fake.hint[0]);
	device_gone(output);
	stop(output); /* while it is watched */
	assert_int_equal(fcntl(fake.hint[0], F_GETFD), -1);
	close(fake.hint[1]);
}

static void test_stuck_worker(void **state)
{
	assert_int_equal(pipe(pipe_to_worker), 0);
	struct output *blocked = start("stuck");
	struct loop *shared = loop;
	struct diag_list diags;
	struct display other_display = base_display("plain");
	struct output *other = NULL;
	struct output_status status;

	diag_init(&diags);
	assert_int_equal(output_create(shared, &other_display, &diags, &other), 0);
	push(blocked, 1, (struct rect){0, 0, 1, 1}, 1);
	push(blocked, 2, (struct rect){0, 0, 1, 1}, 2);
	push(blocked, 3, (struct rect){0, 0, 1, 1}, 3);
	fake.ready_at_once = true;
	for (int i = 0; i < 50; i++) {
		push(other, i, (struct rect){0, 0, 1, 1}, (uint32_t)i + 1);
		run(NS_PER_MS);
	}
	output_status(other, &status);
	assert_int_equal(status.shown, 50);
	output_status(blocked, &status);
	assert_int_equal(status.handed, 1);
	assert_int_equal(status.shown, 0);
	int64_t now = clock_monotonic();
	assert_true(output_proves(blocked, now + 30 * NS_PER_SEC)); /* it may only be slow */
	assert_false(output_proves(blocked, now + NS_PER_MIN));
	assert_int_equal(write(pipe_to_worker[1], "yy", 2), 2);
	assert_true(output_drain(blocked, NS_PER_SEC));
	assert_true(output_proves(blocked, now + NS_PER_MIN)); /* nothing is due */
	assert_int_equal(fake.instant, 3);
	output_status(blocked, &status);
	assert_int_equal(status.handed, 2);
	assert_int_equal(status.dropped, 1);
	assert_int_equal(write(pipe_to_worker[1], "n", 1), 1);
	push(blocked, 4, (struct rect){0, 0, 1, 1}, 4);
	run_until(&fake.closes, 1);
	output_status(blocked, &status);
	assert_int_equal(status.health, HEALTH_DOWN);
	assert_int_equal(status.error, -EIO);
	output_destroy(other);
	stop(blocked);
	close(pipe_to_worker[0]);
	close(pipe_to_worker[1]);
}

/* What the watchdog lives on: a device that is gone is known to be gone, for as long as it is tried again. */
static void test_proof(void **state)
{
	struct output *output = start("plain");
	int64_t now = clock_monotonic();

	assert_true(output_proves(output, now + NS_PER_HOUR)); /* nothing was ever to be shown */
	push(output, 1, (struct rect){0, 0, 1, 1}, 1);
	assert_true(output_proves(output, now + 30 * NS_PER_SEC));
	assert_false(output_proves(output, now + NS_PER_MIN)); /* nobody told us that it is gone */
	device_ready(output);
	assert_true(output_proves(output, now + NS_PER_HOUR));
	fake.open_result = -ENODEV;
	device_gone(output);
	now = clock_monotonic();
	assert_true(output_proves(output, now + 5 * NS_PER_SEC));
	assert_false(output_proves(output, now + NS_PER_MIN)); /* nobody has tried again */
	stop(output);
}

static void test_no_allocation(void **state)
{
	struct output *output = start("plain");
	struct trace trace = {0};

	display.refresh = 5 * NS_PER_MS;
	output_on_handed(output, on_handed, &trace);
	fake.takes = 100 * NS_PER_US;
	push(output, 0, (struct rect){0, 0, W, H}, 0);
	run(10 * NS_PER_MS);
	bool *flag = &(bool){false};
	unsigned long sum = 0;
	for (int i = 0; i < 1000; i++) {
		unsigned long before = allocations;
		push(output, i, (struct rect){i % W, i % H, 3, 2}, (uint32_t)i);
		if (i % 100 == 0)
			output_set_brightness(output, 500 + i % 200);
		sum += allocations - before;
		loop_run_until(loop, flag, 200 * NS_PER_US); /* it makes a timer for itself */
	}
	assert_int_equal(sum, 0);
	assert_true(fake.submits > 100);
	/* and what the loop calls when the device is ready, without the loop's own timer */
	unsigned long before = allocations;
	for (int i = 0; i < 1000; i++) {
		push(output, i, (struct rect){i % W, i % H, 3, 2}, (uint32_t)i);
		device_ready(output);
	}
	assert_int_equal(allocations - before, 0);
	stop(output);
}

static char *bind_text(const struct option *options, size_t count, struct fake_priv *priv)
{
	struct diag_list diags;
	struct display d = base_display("opted");

	diag_init(&diags);
	d.options = (struct option *)options;
	d.option_count = count;
	options_bind(&opted, &d, priv, &diags);
	char *text = diag_text(&diags);
	diag_finish(&diags);
	return text;
}

static void test_options(void **state)
{
	static const struct option good[] = {{"port", "/dev/x", {"c", 1, 1}}, {"count", "9", {"c", 2, 1}},
		{"wait", "1s", {"c", 3, 1}}, {"share", "0.25", {"c", 4, 1}}, {"loud", "true", {"c", 5, 1}},
		{"mode", "slow", {"c", 6, 1}}};
	static const struct option bad[] = {{"prot", "/dev/x", {"c", 1, 1}}, {"count", "10", {"c", 2, 5}},
		{"wait", "2s", {"c", 3, 5}}, {"share", "much", {"c", 4, 5}}, {"loud", "yes", {"c", 5, 5}},
		{"mode", "fast", {"c", 6, 5}}, {"xyzzy", "1", {"c", 7, 5}}, {"port", "", {"c", 8, 5}}};
	struct fake_priv priv = {0};
	char *text = bind_text(good, 6, &priv);

	assert_string_equal(text, "");
	free(text);
	assert_string_equal(priv.port, "/dev/x");
	assert_int_equal(priv.count, 9);
	assert_int_equal(priv.wait, NS_PER_SEC);
	assert_true(priv.share == 0.25 && priv.loud && priv.mode == 0);
	options_free(&opted, &priv);

	memset(&priv, 0, sizeof priv);
	text = bind_text(good, 1, &priv);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(priv.count, 3);
	assert_int_equal(priv.wait, 20 * NS_PER_MS);
	assert_true(priv.share == 0.5 && !priv.loud && priv.mode == 1);
	options_free(&opted, &priv);

	memset(&priv, 0, sizeof priv);
	text = bind_text(bad, 7, &priv);
	assert_string_equal(text,
		"site.conf:7:3: error: driver opted needs the option 'port': where it is\n"
		"c:1:1: error: driver opted has no option 'prot'; write 'port'\n"
		"c:2:5: error: count cannot be '10'; write a whole number, 1 to 9\n"
		"c:3:5: error: wait cannot be '2s'; write a duration such as 20ms, 0s to 1s\n"
		"c:4:5: error: share cannot be 'much'; write a number\n"
		"c:5:5: error: loud cannot be 'yes'; write true or false\n"
		"c:6:5: error: mode cannot be 'fast'; write slow or quick\n"
		"c:7:5: error: driver opted has no option 'xyzzy'; "
		"`bangtin-testpattern drivers opted` lists them\n");
	free(text);
	options_free(&opted, &priv);
	memset(&priv, 0, sizeof priv);
	text = bind_text(bad + 7, 1, &priv);
	assert_string_equal(text, "c:8:5: error: port cannot be ''; write a text\n");
	free(text);
	options_free(&opted, &priv);
}

static void test_paths(void **state)
{
	static const struct {
		const char *value, *file, *path;
	} cases[] = {{"/dev/x", "etc/site.conf", "/dev/x"}, {"../x", "etc/site.conf", "etc/../x"},
		{"x", "/etc/bangtin/site.conf", "/etc/bangtin/x"}, {"x", "site.conf", "x"}, {"x", NULL, "x"},
		{"slow:x", "etc/site.conf", "slow:x"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct option options[2] = {{.key = "port", .value = "p"},
			{.key = "path", .value = cases[i].value, .where = {cases[i].file, 1, 1}}};
		struct fake_priv priv = {0};
		char *text = bind_text(options, 2, &priv);
		assert_string_equal(text, "");
		assert_string_equal(priv.path, cases[i].path);
		free(text);
		options_free(&opted, &priv);
	}
}

static void test_check(void **state)
{
	struct diag_list diags;
	struct display d = base_display("plainn");

	diag_init(&diags);
	assert_false(output_check(&d, &diags));
	assert_string_equal(diags.items[0].message, "there is no driver 'plainn'; write 'plain'");
	d.driver = "plain";
	assert_true(output_check(&d, &diags));
	d.panel.map.module_width = 3;
	assert_false(output_check(&d, &diags));
	assert_int_equal(diags.errors, 2);
	diag_finish(&diags);
	struct output *output = (struct output *)0x1;
	diag_init(&diags);
	assert_int_equal(output_create(NULL, &d, &diags, &output), -EINVAL);
	assert_ptr_equal(output, (struct output *)0x1);
	diag_finish(&diags);
}

static void test_traits(void **state)
{
	struct option options[] = {{"port", "x", {"c", 1, 1}}, {"wait", "5ms", {"c", 2, 1}}};
	struct display d = base_display("opted");
	struct output_traits traits;

	d.options = options;
	d.option_count = 2;
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 5 * NS_PER_MS * H);
	assert_false(traits.two_levels);
	options[1].value = "soon"; /* check tells; here it is only no reason to fail */
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 0);
	d.driver = "paced";
	d.option_count = 0;
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 60 * NS_PER_MS);
	d.driver = "nonesuch";
	output_traits(&d, &traits);
	assert_int_equal(traits.minimum_cycle, 0);
}

static void test_print_options(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	sink_print_options(&opted, to);
	fclose(to);
	assert_non_null(strstr(text, "port = a text (required)\n        where it is\n"));
	assert_non_null(strstr(text, "wait = a duration such as 20ms, 0s to 1s (default 20ms)\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newest_wins),
		cmocka_unit_test(test_nothing_changed),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_not_now),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_back_off_limit),
		cmocka_unit_test(test_broken_in_submit),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_fresher_frame_on_ready),
		cmocka_unit_test(test_log_is_quiet),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_brightness),
		cmocka_unit_test(test_standby),
		cmocka_unit_test(test_standby_refused),
		cmocka_unit_test(test_hint),
		cmocka_unit_test(test_stuck_worker),
		cmocka_unit_test(test_proof),
		cmocka_unit_test(test_no_allocation),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_traits),
		cmocka_unit_test(test_print_options),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
