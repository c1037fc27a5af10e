/* Colorlight cards on an Ethernet cable in a network of the test's own: the frames of tests/wire, their order, how rows are
 * cut, colour orders, what firmware changes; and every way in which the interface cannot be had. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "conformance.h"

#define FRAMES_MOST 2000

struct bench {
	struct loop *loop;
	struct display display;
	struct option options[6];
	struct output *output;
	int fd; /* the cable's other end */
	struct {
		uint8_t *bytes;
		size_t size;
	} frames[FRAMES_MOST];
	int count;
};

static bool has_cable(void)
{
	return !bed_absent(bed_of(sink_driver_find("colorlight")));
}

static void option(struct bench *bench, const char *key, const char *value)
{
	bench->options[bench->display.option_count++] = (struct option){.key = key, .value = value};
}

static void begin(struct bench *bench, int width, int height)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex("card")};
	int on = 1, buffer = 16 << 20;

	*bench = (struct bench){.fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
	setsockopt(bench->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
	setsockopt(bench->fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
	assert_int_equal(bind(bench->fd, (struct sockaddr *)&address, sizeof address), 0);
	bench->display = (struct display){.name = "wall",
		.width = width,
		.height = height,
		.rate = 30000,
		.driver = "colorlight",
		.options = bench->options,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
	option(bench, "interface", "host");
}

static void start(struct bench *bench)
{
	struct diag_list diags;

	diag_init(&diags);
	bench->loop = loop_create();
	assert_int_equal(output_create(bench->loop, &bench->display, &diags, &bench->output), 0);
	diag_finish(&diags);
}

static void forget_frames(struct bench *bench)
{
	while (bench->count > 0)
		free(bench->frames[--bench->count].bytes);
}

static void end(struct bench *bench)
{
	output_destroy(bench->output);
	loop_destroy(bench->loop);
	forget_frames(bench);
	close(bench->fd);
}

static void push(struct bench *bench, uint32_t colour)
{
	struct region all = {1, {{0, 0, bench->display.width, bench->display.height}}};

	frame_fill(output_canvas(bench->output), all.rects[0], colour);
	output_push(bench->output, 1, &all);
	assert_true(output_drain(bench->output, 10 * NS_PER_SEC));
}

/* Only what is for the card: the kernel talks on its interfaces too. */
static void take(struct bench *bench)
{
	static const uint8_t card[6] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66};
	uint8_t bytes[2000];
	ssize_t got;

	forget_frames(bench);
	while ((got = recv(bench->fd, bytes, sizeof bytes, 0)) > 0) {
		if (got < 14 || memcmp(bytes, card, sizeof card) != 0)
			continue;
		assert_true(bench->count < FRAMES_MOST);
		bench->frames[bench->count].bytes = xmemdup(bytes, (size_t)got);
		bench->frames[bench->count++].size = (size_t)got;
	}
}

/* --- frames */

static size_t read_vector(const char *name, uint8_t *to)
{
	FILE *file = fopen("tests/wire/colorlight-sent.hex", "re");
	char line[2000], *rest = NULL;
	size_t n = 0;

	assert_non_null(file);
	while (!rest && fgets(line, sizeof line, file))
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ')
			rest = line + strlen(name) + 1;
	fclose(file);
	assert_non_null(rest);
	for (char *word; (word = strsep(&rest, " \n")) != NULL && *word;) {
		unsigned value;
		if (sscanf(word, "?*%u", &value) == 1) {
			memset(to + n, 0, value);
			n += value;
		} else {
			assert_int_equal(sscanf(word, "%2x", &value), 1);
			to[n++] = (uint8_t)value;
		}
	}
	return n;
}

static void assert_frame(const struct bench *bench, int i, const char *name)
{
	uint8_t wanted[200];
	size_t size = read_vector(name, wanted);

	assert_in_range(i, 0, bench->count - 1);
	assert_int_equal(bench->frames[i].size, size);
	assert_memory_equal(bench->frames[i].bytes, wanted, size);
}

static void test_vectors(void **state)
{
	struct bench bench;

	if (!has_cable())
		skip();
	begin(&bench, 4, 301);
	option(&bench, "link-speed", "any");
	option(&bench, "twice", "no");
	option(&bench, "brightness", "128");
	start(&bench);
	push(&bench, 0x010203);
	take(&bench);
	assert_int_equal(bench.count, 303);
	assert_frame(&bench, 0, "brightness");
	assert_frame(&bench, 301, "row");
	for (int i = 1; i <= 301; i++) { /* every row, from 0 on */
		assert_int_equal(bench.frames[i].bytes[12], 0x55);
		assert_int_equal(bench.frames[i].bytes[13] << 8 | bench.frames[i].bytes[14], i - 1);
	}
	end(&bench);

	begin(&bench, 498, 301);
	option(&bench, "link-speed", "any");
	option(&bench, "twice", "no");
	option(&bench, "brightness", "187");
	start(&bench);
	push(&bench, 0x090909);
	take(&bench);
	assert_frame(&bench, bench.count - 2, "piece");
	assert_frame(&bench, bench.count - 1, "show");
	end(&bench);
}

static void test_row_widths(void **state)
{
	static const int widths[] = {1, 496, 497, 498, 995};
	struct bench bench;

	if (!has_cable())
		skip();
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		int left = widths[i], frame = 1;
		begin(&bench, widths[i], 1);
		option(&bench, "link-speed", "any");
		option(&bench, "twice", "no");
		start(&bench);
		push(&bench, 0xa0b0c0);
		take(&bench);
		for (int first = 0; left > 0; frame++) {
			int n = left < 497 ? left : 497;
			const uint8_t *bytes = bench.frames[frame].bytes;
			assert_int_equal(bench.frames[frame].size, 21 + 3 * n);
			assert_int_equal(bytes[15] << 8 | bytes[16], first);
			assert_int_equal(bytes[17] << 8 | bytes[18], n);
			first += n;
			left -= n;
		}
		assert_int_equal(bench.count, frame + 1);
		end(&bench);
	}
}

static void test_colour_orders(void **state)
{
	static const struct {
		enum colour_order order;
		uint8_t bytes[3];
	} orders[] = {{ORDER_RGB, {1, 2, 3}}, {ORDER_BGR, {3, 2, 1}}, {ORDER_GRB, {2, 1, 3}}};
	struct bench bench;

	if (!has_cable())
		skip();
	for (size_t i = 0; i < 3; i++) {
		begin(&bench, 2, 1);
		bench.display.panel.order = orders[i].order;
		option(&bench, "link-speed", "any");
		option(&bench, "twice", "no");
		start(&bench);
		push(&bench, 0x010203);
		take(&bench);
		assert_memory_equal(bench.frames[1].bytes + 21, orders[i].bytes, 3);
		end(&bench);
	}
}

/* A card of this firmware answers; brightness and show come once or twice. No card: once. */
static void check_firmware(int firmware, int card, int times)
{
	uint8_t answer[1070] = {[12] = 0x08, [13] = 0x05, [15] = (uint8_t)firmware, [98] = (uint8_t)card};
	struct bench bench;

	begin(&bench, 2, 2);
	option(&bench, "link-speed", "any");
	start(&bench);
	take(&bench);
	assert_int_equal(bench.count, 1);
	assert_int_equal(bench.frames[0].size, 284);
	assert_int_equal(bench.frames[0].bytes[12], 0x07);
	if (firmware)
		assert_int_equal(write(bench.fd, answer, sizeof answer), sizeof answer);
	push(&bench, 0x010203);
	take(&bench);
	assert_int_equal(bench.count, 2 + 2 * times);
	for (int i = 0; i < times; i++) {
		assert_int_equal(bench.frames[i].bytes[12], 0x0a);
		assert_int_equal(bench.frames[bench.count - 1 - i].bytes[12], 0x01);
	}
	end(&bench);
}

static void test_firmware(void **state)
{
	if (!has_cable())
		skip();
	check_firmware(13, 0, 2);
	check_firmware(12, 0, 1);
	check_firmware(13, 1, 1); /* another card's answer */
	check_firmware(0, 0, 1);
}

/* --- what is wrong is said */

static void ip(const char *a, const char *b, const char *c, const char *d)
{
	const char *words[] = {"ip", "link", a, b, c, d, NULL};
	pid_t child;
	int status;

	assert_int_equal(posix_spawnp(&child, "ip", NULL, NULL, (char *const *)words, environ), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void expect(struct bench *bench, int error, const char *words)
{
	struct output_status status;

	output_status(bench->output, &status);
	assert_in_range(status.health, HEALTH_DOWN, HEALTH_FAULT);
	assert_int_equal(status.error, error);
	if (!strstr(status.why, words))
		fail_msg("it says `%s`, not `%s`", status.why, words);
}

static void test_no_interface(void **state)
{
	struct bench bench;

	if (!has_cable())
		skip();
	begin(&bench, 2, 2);
	bench.options[0].value = "eth77";
	start(&bench);
	expect(&bench, -ENODEV, "there is no network interface eth77; there are lo, ");
	end(&bench);
	begin(&bench, 2, 2);
	bench.options[0].value = "lo";
	start(&bench);
	expect(&bench, -EINVAL, "lo is no Ethernet interface");
	end(&bench);
	begin(&bench, 2, 2); /* a pair of virtual interfaces is 10000 Mb/s fast */
	start(&bench);
	expect(&bench, -ENOLINK, "the link on host runs at 10000 Mb/s; the card wants 1000");
	end(&bench);
}

static void until_health(struct bench *bench, bool up)
{
	int64_t end = clock_monotonic() + 20 * NS_PER_SEC;
	struct region all = {1, {{0, 0, 2, 2}}};
	struct output_status status;
	bool never = false;

	do {
		bench->output->retry_at = clock_monotonic();
		output_push(bench->output, 2, &all);
		loop_run_until(bench->loop, &never, 5 * NS_PER_MS);
		output_status(bench->output, &status);
	} while ((status.health == HEALTH_UP) != up && clock_monotonic() < end);
}

static void test_link_goes(void **state)
{
	struct bench bench;

	if (!has_cable())
		skip();
	begin(&bench, 2, 2);
	option(&bench, "link-speed", "any");
	option(&bench, "twice", "no");
	start(&bench);
	push(&bench, 1);
	ip("set", "card", "down", NULL); /* the cable is out */
	until_health(&bench, false);	 /* the kernel tells of it in its own time */
	expect(&bench, -ENOLINK, "no link on host: is the cable in");
	ip("set", "host", "down", NULL);
	bench.output->retry_at = clock_monotonic();
	output_settle(bench.output);
	expect(&bench, -ENETDOWN, "the network interface host is down; `ip link set host up`");
	ip("set", "card", "up", NULL);
	ip("set", "host", "up", NULL);
	until_health(&bench, true);
	push(&bench, 3);
	end(&bench);
}

static void test_no_privilege(void **state)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct all[2], less[2];
	struct bench bench;

	if (!has_cable())
		skip();
	begin(&bench, 2, 2);
	option(&bench, "link-speed", "any");
	assert_int_equal(syscall(SYS_capget, &header, all), 0);
	memcpy(less, all, sizeof all);
	less[0].effective &= ~(1u << CAP_NET_RAW);
	assert_int_equal(syscall(SYS_capset, &header, less), 0);
	start(&bench);
	expect(&bench, -EPERM, "CAP_NET_RAW");
	assert_int_equal(syscall(SYS_capset, &header, all), 0);
	bench.output->retry_at = clock_monotonic();
	output_settle(bench.output);
	push(&bench, 1);
	end(&bench);
}

static void test_names(void **state)
{
	static const char *const wrong[] = {"", "eth 1", "a/b", "much-too-long-a-name"};
	struct option options[] = {{.key = "interface"}};
	struct display display = {.name = "wall",
		.width = 2,
		.height = 2,
		.driver = "colorlight",
		.options = options,
		.option_count = 1,
		.panel = {.gamma = 1, .white = {1, 1, 1}}};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct diag_list diags;
		options[0].value = wrong[i];
		diag_init(&diags);
		assert_false(output_check(&display, &diags));
		diag_finish(&diags);
	}
}

/* --- the simulator's side */

static void test_decoder(void **state)
{
	uint8_t row[200], show[200];
	size_t row_size = read_vector("row", row), show_size = read_vector("show", show);
	struct card card;

	row[13] = row[14] = 0;
	card_begin(&card, "colorlight", 4, 1);
	for (size_t size = 0; size < row_size; size++)
		card_feed(&card, row, size); /* cut off at every byte */
	card_feed(&card, show, show_size);
	assert_int_equal(card.board.frames, 0);
	card_feed(&card, row, row_size);
	card_feed(&card, show, show_size);
	card_feed(&card, show, show_size); /* twice is once */
	assert_int_equal(card.board.frames, 1);
	assert_memory_equal(card.board.pixels, "\1\2\3\1\2\3\1\2\3\1\2\3", 12);
	uint64_t faults = card.board.faults;
	row[14] = 1; /* a row, a column, a count that it does not have */
	card_feed(&card, row, row_size);
	row[14] = 0, row[16] = 1;
	card_feed(&card, row, row_size);
	row[16] = 0, row[18] = 0;
	card_feed(&card, row, row_size);
	assert_int_equal(card.board.faults, faults + 3);
	row[18] = 2; /* half of the row is missing */
	card_feed(&card, row, row_size);
	card_feed(&card, show, show_size);
	assert_int_equal(card_said(&card, "incomplete"), 1);
	row[0] = 0x10; /* for somebody else */
	card_feed(&card, row, row_size);
	assert_int_equal(card.board.faults, faults + 4);
	card_end(&card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_row_widths),
		cmocka_unit_test(test_colour_orders),
		cmocka_unit_test(test_firmware),
		cmocka_unit_test(test_no_interface),
		cmocka_unit_test(test_link_goes),
		cmocka_unit_test(test_no_privilege),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_decoder),
	};
	if (conformance_begin() < 0)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	conformance_end();
	return failed;
}
