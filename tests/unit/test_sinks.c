/* Every registered driver through one life: options, failed open, frames, breaks, closes at every wrong moment. A
 * driver that is added must be named in `beds` below, with options under which it runs here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "output/output.h"
#include "output/private.h"
#include "card.h"

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

enum { W = 32, H = 8 };

#define PTY  "@pty"  /* stands for the slave's path */
#define UDP  "@udp"  /* a port of this machine */
#define TCP  "@tcp"  /* a port where connections are taken */
#define ROOM "@room" /* stands for a directory of this test */

struct setting {
	const char *key, *value;
};

struct bed {
	const char *driver;
	struct setting good[6]; /* ends with key NULL */
	struct setting bad;	/* one that makes open fail; key NULL: its open cannot */
	bool absent;		/* its device is not to be had here: only what needs none is tried */
};

static const struct bed beds[] = {
	{"adalight", {{"port", PTY}, {"baud", "4000000"}, {"pixel-time", "0s"}}, {"port", "/nowhere/tty"},
		false},
	{"awa", {{"port", PTY}, {"baud", "4000000"}, {"pixel-time", "0s"}}, {"port", "/dev/null"}, false},
	{"tpm2", {{"port", PTY}, {"baud", "4000000"}, {"pixel-time", "0s"}}, {"port", "usb:ffff:ffff"},
		false},
	{"alpha", {{"port", PTY}, {"baud", "38400"}, {"set-up", "false"}}, {"port", "/nowhere/tty"}, false},
	{"hanover", {{"port", PTY}, {"baud", "115200"}}, {"port", "/dev/null"}, false},
	{"colorlight", {{"interface", "nowhere9"}}, {"interface", "nowhere9"}, true},
	{"flaschen", {{"host", "127.0.0.1"}, {"port", UDP}}, {0}, false},
	{"tpm2net", {{"host", "127.0.0.1"}, {"port", UDP}}, {0}, false},
	{"wled", {{"host", "127.0.0.1"}, {"port", UDP}}, {0}, false},
	{"ddp", {{"host", "127.0.0.1"}, {"port", UDP}}, {0}, false},
	{"artnet", {{"host", "127.0.0.1"}, {"port", UDP}}, {0}, false},
	{"sacn", {{"host", "127.0.0.1"}, {"port", UDP}}, {0}, false},
	{"kms", {{"card", "auto"}}, {"card", "/nowhere/card"}, true}, /* tests/kms has a real one */
	{"null", {{0}}, {0}, false},
	{"png", {{"path", ROOM "/frame-%05d.png"}}, {"path", "/dev/null/frame.png"}, false},
	{"terminal", {{"tty", PTY}}, {"tty", "/nowhere/tty"}, false},
	{"onbon-5e", {{"device", PTY}, {"baud", "4000000"}, {"cycle", "1ms"}}, {"device", "/nowhere/tty"},
		false},
	{"onbon-6e", {{"host", "127.0.0.1"}, {"port", TCP}, {"cycle", "1ms"}}, {0}, false},
	{"novastar", {{"device", PTY}, {"check-every", "10ms"}}, {"device", "/nowhere/tty"}, false},
	{"onbon-6q", {{"host", "127.0.0.1"}, {"port", UDP}, {"cycle", "1ms"}, {"transport", "udp"}}, {0},
		false},
};

/* Drivers that wait for answers; the simulator's protocol of the same name gives them. */
static const char *const answered[] = {"onbon-5e", "onbon-6e", "onbon-6q", "novastar"};

static bool is_answered(const char *driver)
{
	for (size_t i = 0; i < sizeof answered / sizeof *answered; i++)
		if (strcmp(answered[i], driver) == 0)
			return true;
	return false;
}

/* It takes no pictures, only orders. */
static bool is_control(const struct sink_driver *driver)
{
	return driver->caps & SINK_CONTROL;
}

static char room[64];
static int udp = -1; /* somebody who listens: else the kernel refuses datagrams for the peer */
static char udp_port[8];
static int pty = -1;
static char pty_link[96];

static void plug_in(void)
{
	pty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(pty >= 0 && grantpt(pty) == 0 && unlockpt(pty) == 0);
	unlink(pty_link);
	assert_int_equal(symlink(ptsname(pty), pty_link), 0);
}

static void pull_out(void)
{
	close(pty);
	pty = -1;
	unlink(pty_link);
}

/* --- who answers, where the driver waits for that */

static struct card card; /* protocol NULL: nobody */
static int answer_to;	 /* the descriptor; a datagram's sender: */
static struct sockaddr_in sender;

static void answer(void *data, const void *bytes, size_t size)
{
	(void)data;
	ssize_t sent = answer_to == udp
			       ? sendto(udp, bytes, size, 0, (struct sockaddr *)&sender, sizeof sender)
			       : write(answer_to, bytes, size);
	(void)sent; /* a driver that has gone hears nothing */
}

static void feed(int from, const char *bytes, size_t size)
{
	answer_to = from;
	if (card.protocol)
		card_feed(&card, bytes, size);
}

static void swallow_clients(void)
{
	static char bytes[65536];
	int client = card.protocol ? accept4(card.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
	ssize_t got;

	if (client >= 0) {
		card_hang_up(&card);
		card_restart(&card);
		card.client = client;
	}
	while (card.client >= 0 && (got = recv(card.client, bytes, sizeof bytes, 0)) > 0)
		feed(card.client, bytes, (size_t)got);
}

static void swallow(void)
{
	static char bytes[65536];
	socklen_t size = sizeof sender;
	ssize_t got;

	while (pty >= 0 && (got = read(pty, bytes, 4096)) > 0)
		feed(pty, bytes, (size_t)got);
	while ((got = recvfrom(udp, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&sender, &size)) >=
		0)
		feed(udp, bytes, (size_t)got);
	swallow_clients();
}

static void listen_to_udp(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(udp, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(udp, (struct sockaddr *)&address, &size), 0);
	snprintf(udp_port, sizeof udp_port, "%d", ntohs(address.sin_port));
}

static const struct bed *bed_of(const struct sink_driver *driver)
{
	for (size_t i = 0; i < sizeof beds / sizeof *beds; i++)
		if (strcmp(beds[i].driver, driver->name) == 0)
			return &beds[i];
	fail_msg("driver %s is not in this test's table", driver->name);
	return NULL;
}

static bool on_pty(const struct bed *bed)
{
	for (const struct setting *o = bed->good; o->key; o++)
		if (strcmp(o->value, PTY) == 0)
			return true;
	return false;
}

struct rig {
	struct loop *loop;
	struct display display;
	struct option options[6];
	char path[128];
	struct output *output;
};

static void set_up(struct rig *rig, const struct bed *bed, bool bad)
{
	struct diag_list diags;
	size_t count = 0;

	memset(rig, 0, sizeof *rig);
	if (is_answered(bed->driver)) {
		card_begin(&card, bed->driver, W, H);
		fclose(card.board.outputs.json); /* what it says is not looked at */
		card.board.outputs.json = NULL;
		card.board.answer = answer;
	}
	for (const struct setting *o = bed->good; o->key; o++) {
		rig->options[count] = (struct option){.key = o->key, .value = o->value};
		if (strcmp(o->value, PTY) == 0)
			rig->options[count].value = pty_link;
		if (strncmp(o->value, ROOM, strlen(ROOM)) == 0) {
			snprintf(rig->path, sizeof rig->path, "%s%s", room, o->value + strlen(ROOM));
			rig->options[count].value = rig->path;
		}
		if (strcmp(o->value, UDP) == 0)
			rig->options[count].value = udp_port;
		if (strcmp(o->value, TCP) == 0) {
			snprintf(rig->path, sizeof rig->path, "%d", card.port);
			rig->options[count].value = rig->path;
		}
		if (bad && strcmp(o->key, bed->bad.key) == 0)
			rig->options[count].value = bed->bad.value;
		count++;
	}
	rig->display = (struct display){.name = "gate",
		.width = W,
		.height = H,
		.driver = bed->driver,
		.options = rig->options,
		.option_count = count,
		.rate = 30000,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
	if (is_control(sink_driver_find(bed->driver)))
		rig->display.control = bed->driver;
	diag_init(&diags);
	rig->loop = loop_create();
	int error = output_create(rig->loop, &rig->display, &diags, &rig->output);
	if (error)
		diag_print(&diags, stderr);
	assert_int_equal(error, 0);
	diag_finish(&diags);
}

static void tear_down(struct rig *rig)
{
	output_destroy(rig->output);
	loop_destroy(rig->loop);
	if (!card.protocol)
		return;
	card.board.outputs.json = fopen("/dev/null", "we");
	card_end(&card);
	card = (struct card){0};
}

static void push(struct rig *rig, uint32_t colour)
{
	struct region damage = {0};
	frame_fill(output_canvas(rig->output), (struct rect){1, 1, 9, 5}, colour);
	region_add(&damage, (struct rect){1, 1, 9, 5});
	output_push(rig->output, colour, &damage);
}

static bool drained(struct rig *rig, int64_t most)
{
	int64_t end = clock_monotonic() + most;
	while (clock_monotonic() < end) {
		swallow();
		if (output_drain(rig->output, 5 * NS_PER_MS))
			return true;
	}
	return false;
}

static struct output_status status_of(struct rig *rig)
{
	struct output_status status;
	output_status(rig->output, &status);
	return status;
}

/* Its pictures arrive; of what takes none: it is up. */
static bool works(struct rig *rig, int64_t most)
{
	int64_t end = clock_monotonic() + most;

	if (!(rig->output->driver->caps & SINK_CONTROL))
		return drained(rig, most);
	while (status_of(rig).health != HEALTH_UP && clock_monotonic() < end) {
		bool never = false;
		swallow();
		loop_run_until(rig->loop, &never, NS_PER_MS);
	}
	return status_of(rig).health == HEALTH_UP;
}

static int open_descriptors(void)
{
	int count = 0;
	DIR *directory = opendir("/proc/self/fd");
	while (readdir(directory))
		count++;
	closedir(directory);
	return count - (card.protocol && card.client >= 0);
}

static void test_tables(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct sink_driver *driver = sink_drivers[i];
		assert_ptr_equal(sink_driver_find(driver->name), driver);
		assert_true(i == 0 || strcmp(sink_drivers[i - 1]->name, driver->name) < 0);
		assert_true(driver->summary && *driver->summary);
		assert_true(driver->open && !driver->submit == is_control(driver) && driver->close);
		assert_true(!driver->actions == !driver->act);
		assert_true(!(driver->caps & SINK_DIM) == !driver->dim);
		bed_of(driver);
		for (const struct sink_option *o = driver->options; o && o->name; o++) {
			assert_true(
				strspn(o->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(o->name));
			assert_true(o->help && *o->help);
			assert_true(o->offset < driver->priv_size);
			assert_true(o->type != OPTION_WORD || o->word_count > 0);
			assert_true(o->least <= o->most);
		}
	}
	assert_null(sink_driver_find("none"));
}

static void test_unknown_option(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct option option = {"no-such-option", "1", {"site.conf", 9, 5}};
		struct display display = {.name = "gate",
			.width = W,
			.height = H,
			.driver = sink_drivers[i]->name,
			.options = &option,
			.option_count = 1,
			.panel = {.gamma = 1, .white = {1, 1, 1}}};
		struct diag_list diags;
		if (is_control(sink_drivers[i]))
			display.control = display.driver;
		diag_init(&diags);
		assert_false(output_check(&display, &diags));
		bool located = false;
		for (size_t k = 0; k < diags.count; k++)
			located |= diags.items[k].where.line == 9;
		assert_true(located);
		diag_finish(&diags);
	}
}

static void test_frames(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct rig rig;
		if (bed_of(sink_drivers[i])->absent || is_control(sink_drivers[i]))
			continue;
		int descriptors = open_descriptors();
		set_up(&rig, bed_of(sink_drivers[i]), false);
		for (uint32_t k = 1; k <= 3; k++) {
			push(&rig, k * 0x111111);
			if (!drained(&rig, 2 * NS_PER_SEC))
				fail_msg("%s: frame %u was not shown", sink_drivers[i]->name, k);
		}
		struct output_status status = status_of(&rig);
		assert_int_equal(status.health, HEALTH_UP);
		assert_int_equal(status.handed, 3);
		assert_int_equal(status.shown, 3);
		tear_down(&rig);
		assert_int_equal(open_descriptors(), descriptors);
	}
}

static void test_failed_open(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		struct rig rig;
		int descriptors = open_descriptors();
		if (!bed->bad.key)
			continue;
		set_up(&rig, bed, true);
		push(&rig, 0x123456);
		int during = open_descriptors();
		for (int k = 0; k < 20; k++) {
			struct output_status status = status_of(&rig);
			assert_in_range(status.health, HEALTH_DOWN, HEALTH_FAULT);
			assert_true(status.error < 0 && status.why[0]);
			rig.output->retry_at = clock_monotonic();
			output_settle(rig.output);
		}
		assert_int_equal(open_descriptors(), during);
		tear_down(&rig);
		assert_int_equal(open_descriptors(), descriptors);
	}
}

static void test_close_at_wrong_moments(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct sink_driver *driver = sink_drivers[i];
		int descriptors = open_descriptors();
		struct rig rig;
		if (bed_of(sink_drivers[i])->absent)
			continue;
		set_up(&rig, bed_of(driver), false); /* never opened in earnest: nothing has run */
		tear_down(&rig);
		set_up(&rig, bed_of(driver), false);
		push(&rig, 0x654321); /* in flight */
		tear_down(&rig);
		set_up(&rig, bed_of(driver), false);
		push(&rig, 0x654321);
		link_close(rig.output);
		driver->close(&rig.output->sink); /* twice, thrice */
		driver->close(&rig.output->sink);
		rig.output->retry_at = clock_monotonic();
		output_settle(rig.output); /* and it opens again */
		if (!works(&rig, 2 * NS_PER_SEC))
			fail_msg("%s does not open again: %s", driver->name, status_of(&rig).why);
		tear_down(&rig);
		assert_int_equal(open_descriptors(), descriptors);
		swallow();
	}
}

static void test_break_in_flight(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct rig rig;
		if (bed_of(sink_drivers[i])->absent)
			continue;
		set_up(&rig, bed_of(sink_drivers[i]), false);
		push(&rig, 0x0a0b0c);
		if (is_answered(sink_drivers[i]->name)) /* it is up when it has been answered */
			assert_true(works(&rig, 2 * NS_PER_SEC));
		int descriptors = open_descriptors();
		for (int k = 0; k < 50; k++) {
			push(&rig, 0x0a0b0c + (uint32_t)k);
			sink_down(&rig.output->sink, -EIO, "broken by the test");
			output_settle(rig.output);
			assert_string_equal(status_of(&rig).why, "broken by the test");
			rig.output->retry_at = clock_monotonic();
			output_settle(rig.output);
			swallow();
			if (is_answered(sink_drivers[i]->name))
				assert_true(works(&rig, 2 * NS_PER_SEC));
		}
		if (!works(&rig, 2 * NS_PER_SEC))
			fail_msg("%s does not come back", sink_drivers[i]->name);
		assert_int_equal(open_descriptors(), descriptors);
		assert_int_equal(status_of(&rig).reconnects, 50);
		tear_down(&rig);
	}
}

static void test_unplugged(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		const struct bed *bed = bed_of(sink_drivers[i]);
		struct rig rig;
		if (!on_pty(bed))
			continue;
		set_up(&rig, bed, false);
		push(&rig, 0x0a0b0c);
		assert_true(works(&rig, 2 * NS_PER_SEC));
		push(&rig, 0x0d0e0f);
		pull_out();
		int64_t end = clock_monotonic() + 5 * NS_PER_SEC;
		bool never = false;
		for (uint32_t k = 0; status_of(&rig).health == HEALTH_UP && clock_monotonic() < end; k++) {
			push(&rig, 0x010101 * (k % 200));
			loop_run_until(rig.loop, &never, 5 * NS_PER_MS);
		}
		if (status_of(&rig).health == HEALTH_UP)
			fail_msg("%s does not notice that its device has gone", sink_drivers[i]->name);
		plug_in();
		assert_true(works(&rig, 5 * NS_PER_SEC));
		assert_int_equal(status_of(&rig).health, HEALTH_UP);
		tear_down(&rig);
	}
}

/* Nobody reads the device: pushing never waits for it. */
static void test_stalled(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct rig rig;
		set_up(&rig, bed_of(sink_drivers[i]), false);
		int64_t longest = 0;
		for (uint32_t k = 0; k < 200; k++) {
			int64_t began = clock_monotonic();
			push(&rig, 0x010101 * k ^ 0x3f7f);
			int64_t took = clock_monotonic() - began;
			longest = took > longest ? took : longest;
			output_drain(rig.output, NS_PER_MS);
		}
		if (longest > 2 * NS_PER_SEC)
			fail_msg("%s held the loop up for %lld ms", sink_drivers[i]->name,
				(long long)(longest / NS_PER_MS));
		int64_t began = clock_monotonic();
		tear_down(&rig);
		assert_true(clock_monotonic() - began < 5 * NS_PER_SEC);
		swallow();
	}
}

/* A display at 2000 frames a second, on the loop as in the daemon. */
struct player {
	struct rig *rig;
	struct loop_timer *timer;
	int frames;
	unsigned long before, after; /* allocations at frames FIRST and LAST */
	bool done;
};
enum { FIRST = 20, LAST = 1020 };

static void play(void *data)
{
	struct player *player = data;

	swallow();
	push(player->rig, (uint32_t)player->frames * 0x010305 & 0xffffff);
	player->frames++;
	if (player->frames == FIRST)
		player->before = allocations;
	if (player->frames == LAST) {
		player->after = allocations;
		player->done = true;
	}
	loop_timer_set(player->timer, clock_monotonic() + 500 * NS_PER_US);
}

/* From the push to the device and back, loop and driver included, nothing is allocated. A blocking driver does its
 * files on a worker: that is not the frame path. */
static void test_no_allocation(void **state)
{
	for (size_t i = 0; sink_drivers[i]; i++) {
		struct rig rig;
		if (bed_of(sink_drivers[i])->absent || is_control(sink_drivers[i]))
			continue;
		struct player player = {.rig = &rig};
		if (sink_drivers[i]->caps & SINK_BLOCKING)
			continue;
		set_up(&rig, bed_of(sink_drivers[i]), false);
		player.timer = loop_timer_create(rig.loop, play, &player);
		loop_timer_set(player.timer, 0);
		loop_run_until(rig.loop, &player.done, 20 * NS_PER_SEC);
		assert_true(player.done);
		if (player.after != player.before)
			fail_msg("%s: %lu allocations in %d frames", sink_drivers[i]->name,
				player.after - player.before, LAST - FIRST);
		int64_t cycle = rig.output->minimum_cycle;
		assert_true(status_of(&rig).shown > (cycle > 100 * NS_PER_MS			 ? 0
							    : is_answered(sink_drivers[i]->name) ? 10
												 : 50));
		loop_timer_destroy(player.timer);
		tear_down(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_unknown_option),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_failed_open),
		cmocka_unit_test(test_close_at_wrong_moments),
		cmocka_unit_test(test_break_in_flight),
		cmocka_unit_test(test_unplugged),
		cmocka_unit_test(test_stalled),
		cmocka_unit_test(test_no_allocation),
	};
	log_set_level(LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	snprintf(room, sizeof room, "/tmp/bangtin-sinks-XXXXXX");
	if (!mkdtemp(room))
		return 1;
	snprintf(pty_link, sizeof pty_link, "%s/tty", room);
	plug_in();
	listen_to_udp();
	loop_destroy(loop_create()); /* libuv keeps two descriptors for signals from its first loop on */
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	pull_out();
	file_remove_tree(room);
	return failed;
}
