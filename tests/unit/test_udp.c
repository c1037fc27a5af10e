/* The UDP drivers through the output core: the datagrams of tests/wire on a socket, pictures over many datagrams, the
 * sequence numbers, segments and their absence. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/time.h"
#include "output/output.h"

#define OPTIONS_MOST 8

struct bench { /* a driver on a loop, and the socket that it sends to */
	struct loop *loop;
	struct output *output;
	struct display display;
	struct option options[OPTIONS_MOST];
	char words[256], port[8];
	int socket;
};

static int receiver(int *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), buffer = 4 << 20;
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static void add_option(struct bench *bench, const char *key, const char *value)
{
	assert_true(bench->display.option_count < OPTIONS_MOST);
	bench->options[bench->display.option_count++] = (struct option){.key = key, .value = value};
}

/* words: "key=value key=value" */
static void bench_open(struct bench *bench, const char *driver, const char *words, int width, int height)
{
	static struct brightness_step full = {.permille = 1000};
	int port;
	*bench = (struct bench){.socket = receiver(&port)};
	snprintf(bench->port, sizeof bench->port, "%d", port);
	snprintf(bench->words, sizeof bench->words, "%s", words);
	bench->display = (struct display){.name = "board",
		.width = width,
		.height = height,
		.rate = 30000,
		.driver = driver,
		.brightness = &full,
		.brightness_count = 1,
		.refresh = 60 * NS_PER_SEC,
		.panel = {
			.width = width, .height = height, .gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
	bench->display.options = bench->options;
	add_option(bench, "host", "127.0.0.1");
	add_option(bench, "port", bench->port);
	char *rest = bench->words;
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		char *value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		add_option(bench, word, value);
	}
	struct diag_list diags;
	diag_init(&diags);
	bench->loop = loop_create();
	assert_int_equal(output_create(bench->loop, &bench->display, &diags, &bench->output), 0);
	diag_finish(&diags);
}

static void bench_close(struct bench *bench)
{
	output_destroy(bench->output);
	loop_destroy(bench->loop);
	close(bench->socket);
}

static void push(struct bench *bench)
{
	struct region all;
	region_clear(&all);
	region_add(&all, (struct rect){0, 0, bench->display.width, bench->display.height});
	output_push(bench->output, 0, &all);
	assert_true(output_drain(bench->output, 2 * NS_PER_SEC));
}

/* The next datagram; 0: none came. */
static size_t receive(struct bench *bench, uint8_t *to, size_t most)
{
	struct pollfd poller = {.fd = bench->socket, .events = POLLIN};
	if (poll(&poller, 1, 200) <= 0)
		return 0;
	ssize_t n = recv(bench->socket, to, most, 0);
	return n < 0 ? 0 : (size_t)n;
}

/* --- fixtures: "options …", "pixels RRGGBB …", then a "wire …" line for each datagram; ?? is any byte */

static int hex_digit(char c)
{
	const char *digits = "0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static size_t read_hex(const char *text, int *to, size_t most)
{
	size_t count = 0;
	for (; *text && *text != '\n' && count < most; text++) {
		if (*text == ' ')
			continue;
		to[count++] = *text == '?' ? -1 : hex_digit(text[0]) * 16 + hex_digit(text[1]);
		text++;
	}
	return count;
}

static void paint_pixels(struct bench *bench, const int *rgb, size_t count)
{
	struct frame *canvas = output_canvas(bench->output);
	for (size_t i = 0; i < count; i++)
		canvas->pixels[i] = (uint32_t)(rgb[3 * i] << 16 | rgb[3 * i + 1] << 8 | rgb[3 * i + 2]);
}

static void compare(struct bench *bench, const char *line)
{
	int wanted[2000];
	uint8_t got[2000];
	size_t size = read_hex(line, wanted, 2000);
	assert_int_equal(receive(bench, got, sizeof got), size);
	for (size_t i = 0; i < size; i++)
		if (wanted[i] >= 0)
			assert_int_equal(got[i], wanted[i]);
}

static void check_vectors(const char *driver)
{
	char path[64], line[2000], options[200] = "";
	snprintf(path, sizeof path, "tests/wire/%s-sent.hex", driver);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	struct bench bench = {0};
	int vectors = 0;
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, "options ", 8) == 0)
			snprintf(options, sizeof options, "%.*s", (int)strcspn(line + 8, "\n"), line + 8);
		if (strncmp(line, "pixels ", 7) == 0) {
			int rgb[300];
			size_t count = read_hex(line + 7, rgb, 300) / 3;
			if (bench.output)
				bench_close(&bench);
			bench_open(&bench, driver, options, (int)count, 1);
			paint_pixels(&bench, rgb, count);
			push(&bench);
			*options = '\0';
		}
		if (strncmp(line, "wire ", 5) == 0) {
			compare(&bench, line + 5);
			vectors++;
		}
	}
	bench_close(&bench);
	fclose(file);
	assert_true(vectors >= 2);
}

static void test_vectors(void **state)
{
	(void)state;
	check_vectors("ddp");
	check_vectors("artnet");
	check_vectors("sacn");
	check_vectors("wled");
	check_vectors("tpm2net");
	check_vectors("flaschen");
}

/* --- large pictures */

static void paint_numbers(struct bench *bench)
{
	struct frame *canvas = output_canvas(bench->output);
	for (int i = 0; i < canvas->width * canvas->height; i++)
		canvas->pixels[i] = (uint32_t)i * 2654435761u & 0xffffff;
}

static unsigned byte_of(int i)
{
	return (uint32_t)(i / 3) * 2654435761u >> (16 - 8 * (i % 3)) & 255;
}

static unsigned number(const uint8_t *bytes, int size)
{
	unsigned value = 0;
	while (size-- > 0)
		value = value << 8 | *bytes++;
	return value;
}

/* Sends one picture and puts the data of all datagrams together again: header bytes, at most `most` data bytes each. */
static void check_whole(struct bench *bench, size_t header, size_t most)
{
	uint8_t got[2000];
	size_t at = 0, size = (size_t)bench->display.width * (size_t)bench->display.height * 3;
	paint_numbers(bench);
	push(bench);
	while (at < size) {
		size_t n = receive(bench, got, sizeof got);
		assert_true(n > header && n <= header + most);
		for (size_t i = header; i < n && at < size; i++, at++)
			assert_int_equal(got[i], byte_of((int)at));
	}
	assert_int_equal(receive(bench, got, sizeof got), 0);
}

static void test_pictures_over_many_datagrams(void **state)
{
	(void)state;
	static const struct {
		const char *driver, *options;
		size_t header, most;
	} wires[] = {{"ddp", "", 10, 1440}, {"artnet", "", 18, 510}, {"sacn", "", 126, 510},
		{"ddp", "spacing=50us", 10, 1440}, {"artnet", "spacing=50us", 18, 510}};
	static const int sizes[][2] = {{1, 1}, {170, 1}, {171, 1}, {480, 1}, {481, 1}, {128, 64}, {320, 96}};
	for (size_t w = 0; w < sizeof wires / sizeof *wires; w++)
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
			struct bench bench;
			bench_open(&bench, wires[w].driver, wires[w].options, sizes[s][0], sizes[s][1]);
			check_whole(&bench, wires[w].header, wires[w].most);
			bench_close(&bench);
		}
}

static void test_ddp_headers(void **state)
{
	(void)state;
	struct bench bench;
	uint8_t got[2000];
	unsigned sequence = 0;
	bench_open(&bench, "ddp", "", 128, 64);
	for (int frame = 0; frame < 3; frame++) {
		push(&bench);
		for (unsigned i = 0; i < 18; i++) {
			size_t n = receive(&bench, got, sizeof got);
			sequence = sequence % 15 + 1;
			assert_int_equal(got[0], i == 17 ? 0x41 : 0x40); /* push on the last only */
			assert_int_equal(got[1], sequence);
			assert_int_equal(number(got + 4, 4), i * 1440);
			assert_int_equal(number(got + 8, 2), n - 10);
		}
	}
	bench_close(&bench);
}

static void test_artnet_sequence_wraps_past_zero(void **state)
{
	(void)state;
	struct bench bench;
	uint8_t got[2000];
	bench_open(&bench, "artnet", "", 1, 1);
	for (unsigned frame = 1; frame <= 300; frame++) {
		push(&bench);
		assert_int_equal(receive(&bench, got, sizeof got), 22);
		assert_int_equal(got[12], (frame - 1) % 255 + 1);
	}
	bench_close(&bench);
}

static void test_sacn_says_goodbye(void **state)
{
	(void)state;
	struct bench bench;
	uint8_t got[2000];
	bench_open(&bench, "sacn", "", 1, 1);
	push(&bench);
	assert_int_equal(receive(&bench, got, sizeof got), 129);
	assert_int_equal(got[112], 0);
	output_destroy(bench.output);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(receive(&bench, got, sizeof got), 129);
		assert_int_equal(got[112], 0x40);
	}
	assert_int_equal(receive(&bench, got, sizeof got), 0);
	loop_destroy(bench.loop);
	close(bench.socket);
}

static void test_names_are_refused(void **state)
{
	(void)state;
	static const char *const drivers[] = {"ddp", "artnet", "sacn"};
	for (int i = 0; i < 3; i++) {
		struct option option = {.key = "host", .value = "bang.example.vn"};
		struct display display = {.name = "board",
			.width = 4,
			.height = 4,
			.driver = drivers[i],
			.options = &option,
			.option_count = 1,
			.panel = {.width = 4, .height = 4, .gamma = 1, .white = {1, 1, 1}}};
		struct diag_list diags;
		diag_init(&diags);
		assert_false(output_check(&display, &diags));
		assert_non_null(strstr(diags.items[0].message, "numeric address"));
		diag_finish(&diags);
	}
}

/* --- a port that is closed */

static enum health health_of(struct bench *bench)
{
	struct output_status status;
	output_status(bench->output, &status);
	return status.health;
}

static void run(struct bench *bench, int64_t time)
{
	bool never = false;
	loop_run_until(bench->loop, &never, time);
}

/* Down it stays while each try is refused, and the tries become rarer; it is up when somebody listens. */
static void test_closed_port(void **state)
{
	(void)state;
	struct bench bench;
	struct output_status status;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	unsigned reconnects = 0;
	int64_t before = 0; /* the last turn of the loop */
	bench_open(&bench, "ddp", "", 16, 1);
	address.sin_port = htons((uint16_t)strtol(bench.port, NULL, 10));
	close(bench.socket);
	for (int i = 0; i < 500 && health_of(&bench) != HEALTH_DOWN; i++) {
		struct region all;
		region_clear(&all);
		region_add(&all, (struct rect){0, 0, 16, 1});
		output_push(bench.output, 0, &all);
		run(&bench, 2 * NS_PER_MS);
	}
	assert_int_equal(health_of(&bench), HEALTH_DOWN);
	while (reconnects < 2) {
		before = clock_monotonic();
		run(&bench, 5 * NS_PER_MS);
		output_status(bench.output, &status);
		assert_int_equal(status.health, HEALTH_DOWN);
		assert_non_null(strstr(status.why, "no answer"));
		reconnects = (unsigned)status.reconnects;
	}
	/* refused twice more: the third pause is a second */
	while (output_status(bench.output, &status), status.retry_at == TIME_NEVER) {
		before = clock_monotonic();
		run(&bench, 5 * NS_PER_MS);
	}
	assert_true(status.retry_at - before > 500 * NS_PER_MS);
	bench.socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(bench.socket, (struct sockaddr *)&address, sizeof address), 0);
	for (int i = 0; i < 2000 && health_of(&bench) != HEALTH_UP; i++)
		run(&bench, 5 * NS_PER_MS);
	assert_int_equal(health_of(&bench), HEALTH_UP);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed_port),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_pictures_over_many_datagrams),
		cmocka_unit_test(test_ddp_headers),
		cmocka_unit_test(test_artnet_sequence_wraps_past_zero),
		cmocka_unit_test(test_sacn_says_goodbye),
		cmocka_unit_test(test_names_are_refused),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
