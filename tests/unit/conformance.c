/* The rig of the conformance suite, and the device at the other end of the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/log.h"
#include "conformance.h"

#define RAW_HOST "host" /* the driver's end of the cable */
#define RAW_CARD "card"

struct conformance conformance;

static char room[64], pty_link[96], udp_port[8];
static int pty = -1, udp = -1, raw = -1;
static bool has_cable;

/* --- the device: it hears on all its wires, and answers on the one where something came from */

static int answer_to;
static struct sockaddr_in sender; /* of a datagram */
static uint8_t later[4096];	  /* the rest of an answer in two */
static size_t later_size;

static void send_back(const uint8_t *bytes, size_t size)
{
	ssize_t sent = answer_to == udp
			       ? sendto(udp, bytes, size, 0, (struct sockaddr *)&sender, sizeof sender)
		       : answer_to == conformance.card.client ? send(answer_to, bytes, size, MSG_NOSIGNAL)
							      : write(answer_to, bytes, size);
	(void)sent; /* a driver that has gone hears nothing */
}

static void answer(void *data, const void *bytes, size_t size)
{
	size_t cut = conformance.cut < size ? conformance.cut : size;

	(void)data;
	conformance.answers++;
	conformance.longest = size > conformance.longest ? size : conformance.longest;
	conformance.card.options.faults = (struct card_faults){0}; /* of the next connection */
	switch (conformance.answering) {
	case ANSWER_WHOLE:
		send_back(bytes, size);
		break;
	case ANSWER_IN_TWO:
		send_back(bytes, cut);
		later_size = size - cut;
		memcpy(later, (const uint8_t *)bytes + cut, later_size);
		break;
	case ANSWER_CUT:
		if (conformance.answers == 1)
			send_back(bytes, cut);
		break;
	case ANSWER_AFTER_STUB:
		send_back(bytes, cut);
		send_back(bytes, size);
		break;
	case ANSWER_EVERY_STUB:
		for (size_t n = 0; n <= size; n++)
			send_back(bytes, n);
		break;
	}
}

static void hear(int from, const void *bytes, size_t size)
{
	answer_to = from;
	if (conformance.card.protocol)
		card_feed(&conformance.card, bytes, size);
}

static const struct bed *in_bed;

void device_restart(void)
{
	if (!conformance.card.protocol)
		return;
	card_restart(&conformance.card);
	if (in_bed->prelude)
		card_feed(&conformance.card, in_bed->prelude, in_bed->prelude_size);
}

static void hear_clients(void)
{
	static char bytes[65536];
	struct card *card = &conformance.card;
	int client = card->protocol ? accept4(card->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
	ssize_t got;

	if (client >= 0) {
		card_hang_up(card);
		device_restart();
		card->client = client;
	}
	while (card->protocol && card->client >= 0 && (got = recv(card->client, bytes, sizeof bytes, 0)) > 0)
		hear(card->client, bytes, (size_t)got);
}

void device_hear(void)
{
	static char bytes[65536];
	socklen_t size = sizeof sender;
	ssize_t got;

	if (later_size > 0)
		send_back(later, later_size);
	later_size = 0;
	while (pty >= 0 && (got = read(pty, bytes, 4096)) > 0)
		hear(pty, bytes, (size_t)got);
	while ((got = recvfrom(udp, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&sender, &size)) >=
		0)
		hear(udp, bytes, (size_t)got);
	while (raw >= 0 && (got = recv(raw, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		if (in_bed && bed_is_on(in_bed, CABLE)) /* the kernel talks on its interfaces too */
			hear(raw, bytes, (size_t)got);
	hear_clients();
}

void device_plug_in(void)
{
	pty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(pty >= 0 && grantpt(pty) == 0 && unlockpt(pty) == 0);
	unlink(pty_link);
	assert_int_equal(symlink(ptsname(pty), pty_link), 0);
	device_restart();
}

void device_unplug(void)
{
	if (pty >= 0)
		close(pty);
	pty = -1;
	unlink(pty_link);
	later_size = 0;
	if (conformance.card.protocol)
		card_hang_up(&conformance.card);
}

/* --- places */

static void listen_to_udp(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(udp, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(udp, (struct sockaddr *)&address, &size), 0);
	snprintf(udp_port, sizeof udp_port, "%d", ntohs(address.sin_port));
}

static bool ip(const char *const *words)
{
	pid_t child;
	int status;

	return posix_spawnp(&child, "ip", NULL, NULL, (char *const *)words, environ) == 0 &&
	       waitpid(child, &status, 0) == child && status == 0;
}

/* A network of our own: loopback, and two interfaces that are one cable. */
static bool lay_cable(void)
{
	static const char *const commands[][9] = {{"ip", "link", "set", "lo", "up", NULL},
		{"ip", "link", "add", RAW_HOST, "type", "veth", "peer", RAW_CARD, NULL},
		{"ip", "link", "set", RAW_HOST, "up", NULL}, {"ip", "link", "set", RAW_CARD, "up", NULL}};
	int on = 1;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0)
		return false;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		assert_true(ip(commands[i]));
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(RAW_CARD)};
	raw = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(raw, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
	assert_int_equal(bind(raw, (struct sockaddr *)&address, sizeof address), 0);
	return true;
}

int conformance_begin(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	snprintf(room, sizeof room, "/tmp/bangtin-sinks-XXXXXX");
	if (!mkdtemp(room))
		return -1;
	snprintf(pty_link, sizeof pty_link, "%s/tty", room);
	has_cable = lay_cable();
	device_plug_in();
	listen_to_udp();
	loop_destroy(loop_create()); /* libuv keeps two descriptors for signals from its first loop on */
	return 0;
}

void conformance_end(void)
{
	device_unplug();
	close(udp);
	if (raw >= 0)
		close(raw);
	file_remove_tree(room);
}

/* --- beds */

const struct bed *bed_of(const struct sink_driver *driver)
{
	for (const struct bed *bed = conformance_beds; bed->driver; bed++)
		if (strcmp(bed->driver, driver->name) == 0)
			return bed;
	fail_msg("driver %s has no bed in conformance_beds.c", driver->name);
	return NULL;
}

bool bed_is_on(const struct bed *bed, const char *place)
{
	for (const struct setting *o = bed->good; o->key; o++)
		if (strcmp(o->value, place) == 0)
			return true;
	return false;
}

const char *bed_absent(const struct bed *bed)
{
	if (bed->absent || !bed_is_on(bed, CABLE))
		return bed->absent;
	return has_cable ? NULL : "a network of one's own needs root";
}

/* What stands for a place in this process; text: some room for it. */
static const char *value_of(const char *value, char *text, size_t size)
{
	if (strcmp(value, PTY) == 0)
		return pty_link;
	if (strcmp(value, UDP) == 0)
		return udp_port;
	if (strcmp(value, CABLE) == 0)
		return RAW_HOST;
	if (strcmp(value, TCP) == 0)
		snprintf(text, size, "%d", conformance.card.port);
	else if (strncmp(value, ROOM, strlen(ROOM)) == 0)
		snprintf(text, size, "%s%s", room, value + strlen(ROOM));
	else
		return value;
	return text;
}

/* --- the rig */

static void begin_device(const char *driver)
{
	struct card *card = &conformance.card;

	conformance = (struct conformance){.card = {.client = -1}};
	if (!protocol_find(driver))
		return;
	card_begin(card, driver, CONFORMANCE_WIDTH, CONFORMANCE_HEIGHT);
	fclose(card->board.outputs.json); /* what it says is not looked at */
	card->board.outputs.json = NULL;
	card->board.answer = answer;
	card->options.universe = card->protocol->universe_usual;
	device_restart();
}

void rig_set_up(struct rig *rig, const struct bed *bed, bool bad)
{
	struct diag_list diags;
	size_t count = 0;

	*rig = (struct rig){.bed = bed};
	in_bed = bed;
	begin_device(bed->driver);
	for (const struct setting *o = bed->good; o->key; o++) {
		bool spoilt = bad && strcmp(o->key, bed->bad.key) == 0;
		rig->options[count++] = (struct option){.key = o->key,
			.value = spoilt ? bed->bad.value : value_of(o->value, rig->path, sizeof rig->path)};
	}
	rig->display = (struct display){.name = "gate",
		.width = CONFORMANCE_WIDTH,
		.height = CONFORMANCE_HEIGHT,
		.driver = bed->driver,
		.options = rig->options,
		.option_count = count,
		.rate = 30000,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
	if (sink_driver_find(bed->driver)->caps & SINK_CONTROL)
		rig->display.control = bed->driver;
	diag_init(&diags);
	rig->loop = loop_create();
	int error = output_create(rig->loop, &rig->display, &diags, &rig->output);
	if (error)
		diag_print(&diags, stderr);
	assert_int_equal(error, 0);
	diag_finish(&diags);
}

void rig_tear_down(struct rig *rig)
{
	struct card *card = &conformance.card;

	output_destroy(rig->output);
	loop_destroy(rig->loop);
	device_hear(); /* what was under way belongs to nobody after this */
	if (!card->protocol)
		return;
	card->board.outputs.json = fopen("/dev/null", "we");
	card_end(card);
	*card = (struct card){.client = -1};
}

void rig_push(struct rig *rig, uint32_t number)
{
	struct region damage = {0};

	frame_fill(output_canvas(rig->output), (struct rect){1, 1, 9, 5}, number * 0x9e3779b1u >> 8);
	region_add(&damage, (struct rect){1, 1, 9, 5});
	output_push(rig->output, number, &damage);
}

bool rig_idle(struct rig *rig, int64_t most)
{
	bool never = false;

	if (!(rig->output->driver->caps & SINK_CONTROL))
		return output_drain(rig->output, most);
	loop_run_until(rig->loop, &never, most);
	return rig_status(rig).health == HEALTH_UP;
}

bool rig_drained(struct rig *rig, int64_t most)
{
	int64_t end = clock_monotonic() + most;

	while (clock_monotonic() < end) {
		device_hear();
		if (rig_idle(rig, NS_PER_MS)) {
			device_hear();
			return true;
		}
	}
	return false;
}

void rig_turn(struct rig *rig, int64_t ns)
{
	bool never = false;

	device_hear();
	loop_run_until(rig->loop, &never, ns);
	device_hear();
}

void rig_retry_now(struct rig *rig)
{
	rig->output->retry_at = clock_monotonic();
	output_settle(rig->output);
}

struct output_status rig_status(struct rig *rig)
{
	struct output_status status;

	output_status(rig->output, &status);
	return status;
}

/* The first pixel that differs, or -1. */
static int difference(const struct frame *seen)
{
	const uint8_t *p = conformance.card.board.pixels;

	for (int i = 0; i < CONFORMANCE_WIDTH * CONFORMANCE_HEIGHT; i++, p += 3)
		if (((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) != seen->pixels[i])
			return i;
	return -1;
}

void rig_assert_picture(struct rig *rig)
{
	int64_t end = clock_monotonic() + 5 * NS_PER_SEC;
	int wrong;

	if (!conformance.card.protocol || rig->output->driver->caps & SINK_CONTROL)
		return;
	struct frame *seen = frame_create(CONFORMANCE_WIDTH, CONFORMANCE_HEIGHT);
	assert_int_equal(output_levels(&rig->display, output_canvas(rig->output), 1000, seen), 0);
	/* A pseudo-terminal carries its bytes over in its own time, after it has said that none are left. */
	while ((wrong = difference(seen)) >= 0 && clock_monotonic() < end)
		rig_turn(rig, NS_PER_MS);
	if (wrong >= 0)
		fail_msg("%s: pixel %d is not what it should be, %06x", rig->bed->driver, wrong,
			seen->pixels[wrong]);
	frame_unref(seen);
}

int open_descriptors(void)
{
	int count = 0;
	DIR *directory = opendir("/proc/self/fd");

	while (readdir(directory))
		count++;
	closedir(directory);
	return count - (conformance.card.protocol && conformance.card.client >= 0);
}
