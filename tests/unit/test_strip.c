/* The serial strip drivers: their bytes against tests/wire, and their behaviour on pseudo-terminals that are unplugged,
 * stalled, shared or silent. What comes out is read by this file's own decoder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "drivers/link/serial.h"
#include "drivers/strip.h"
#include "output/output.h"
#include "output/private.h"

static size_t read_hex(const char *text, uint8_t *to, size_t most)
{
	size_t count = 0;
	unsigned byte;
	int used;

	while (count < most && sscanf(text, " %2x%n", &byte, &used) == 1) {
		to[count++] = (uint8_t)byte;
		text += used;
	}
	return count;
}

typedef size_t (*encode_fn)(const uint8_t *rgb, size_t count, uint8_t *to);

static void check_vectors(const char *path, encode_fn encode)
{
	uint8_t pixels[300], wire[300], made[320];
	char line[1000];
	size_t pixel_bytes = 0;
	int vectors = 0;
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, "pixels ", 7) == 0)
			pixel_bytes = read_hex(line + 7, pixels, sizeof pixels);
		if (strncmp(line, "wire ", 5) != 0)
			continue;
		size_t size = read_hex(line + 5, wire, sizeof wire);
		assert_true(pixel_bytes > 0 && pixel_bytes % 3 == 0);
		assert_int_equal(encode(pixels, pixel_bytes / 3, made), size);
		assert_memory_equal(made, wire, size);
		vectors++;
	}
	fclose(file);
	assert_true(vectors > 0);
}

static void test_vectors(void **state)
{
	check_vectors("tests/wire/adalight.hex", adalight_encode);
	check_vectors("tests/wire/awa.hex", awa_encode);
	check_vectors("tests/wire/tpm2.hex", tpm2_encode);
}

static void test_large_counts(void **state)
{
	uint8_t *rgb = calloc(3, 65536), *wire = malloc(3 * 65536 + 16);

	assert_int_equal(adalight_encode(rgb, 65536, wire), 6 + 3 * 65536);
	assert_memory_equal(wire, "Ada\xff\xff\x55", 6);
	assert_int_equal(adalight_encode(rgb, 257, wire), 6 + 3 * 257);
	assert_memory_equal(wire, "Ada\x01\x00\x54", 6);
	assert_int_equal(tpm2_encode(rgb, 21845, wire), 5 + 65535);
	assert_memory_equal(wire, "\xc9\xda\xff\xff", 4);
	free(rgb);
	free(wire);
}

/* A board on a pseudo-terminal behind a link, as /dev/serial/by-id has it. */
enum { W = 16, H = 8, FRAME = 6 + 3 * W * H };

struct board {
	char link[64];
	int fd;
	uint8_t *bytes;
	size_t size, capacity;
};

static void plug_in(struct board *board)
{
	board->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(board->fd >= 0);
	assert_int_equal(grantpt(board->fd), 0);
	assert_int_equal(unlockpt(board->fd), 0);
	unlink(board->link);
	assert_int_equal(symlink(ptsname(board->fd), board->link), 0);
	board->size = 0;
}

static void pull_out(struct board *board)
{
	unlink(board->link);
	close(board->fd);
	board->fd = -1;
}

static void make_board(struct board *board)
{
	static int number;

	memset(board, 0, sizeof *board);
	snprintf(board->link, sizeof board->link, "/tmp/bangtin-test-%d-%d", (int)getpid(), number++);
	board->capacity = 1 << 20;
	board->bytes = malloc(board->capacity);
	plug_in(board);
}

static void drop_board(struct board *board)
{
	if (board->fd >= 0)
		pull_out(board);
	free(board->bytes);
}

static void listen_to(struct board *board)
{
	for (;;) {
		if (board->size + 4096 > board->capacity)
			board->size = 0;
		ssize_t got = read(board->fd, board->bytes + board->size, 4096);
		if (got <= 0)
			return;
		board->size += (size_t)got;
	}
}

/* The last whole Adalight frame among what was heard; NULL: none. Only whole frames are looked at: what a cut left is
 * passed over by looking for the next header. */
static const uint8_t *last_frame(const struct board *board)
{
	static const uint8_t header[6] = {'A', 'd', 'a', (W * H - 1) >> 8, (W * H - 1) & 255,
		((W * H - 1) >> 8) ^ ((W * H - 1) & 255) ^ 0x55};
	const uint8_t *last = NULL;

	for (size_t i = 0; i + FRAME <= board->size; i++) {
		if (memcmp(board->bytes + i, header, sizeof header) == 0) {
			last = board->bytes + i + sizeof header;
			i += FRAME - 1;
		}
	}
	return last;
}

static struct display make_display(struct option *options, const char *port, const char *baud)
{
	options[0] = (struct option){.key = "port", .value = port};
	options[1] = (struct option){.key = "baud", .value = baud};
	options[2] = (struct option){.key = "pixel-time", .value = "0s"};
	return (struct display){.name = "gate",
		.width = W,
		.height = H,
		.driver = "adalight",
		.options = options,
		.option_count = 3,
		.rate = 30000,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
}

static struct output *open_output(struct loop *loop, const struct display *display)
{
	struct diag_list diags;
	struct output *output = NULL;

	diag_init(&diags);
	int error = output_create(loop, display, &diags, &output);
	if (error)
		diag_print(&diags, stderr);
	assert_int_equal(error, 0);
	diag_finish(&diags);
	return output;
}

static void push(struct output *output, uint32_t colour)
{
	struct region damage = {0};
	frame_fill(output_canvas(output), (struct rect){0, 0, W, H}, colour);
	region_add(&damage, (struct rect){0, 0, W, H});
	output_push(output, 1, &damage);
}

static void run(struct loop *loop, int64_t ns)
{
	bool never = false;
	loop_run_until(loop, &never, ns);
}

static bool shows(struct board *board, uint32_t colour)
{
	listen_to(board);
	const uint8_t *rgb = last_frame(board);
	if (!rgb)
		return false;
	for (int i = 0; i < W * H; i++, rgb += 3)
		if (rgb[0] != (colour >> 16 & 255) || rgb[1] != (colour >> 8 & 255) ||
			rgb[2] != (colour & 255))
			return false;
	return true;
}

static bool comes_to_show(struct loop *loop, struct board *board, uint32_t colour, int64_t most)
{
	int64_t end = clock_monotonic() + most;

	while (!shows(board, colour)) {
		if (clock_monotonic() > end)
			return false;
		run(loop, 2 * NS_PER_MS);
	}
	return true;
}

static int open_descriptors(void)
{
	int count = 0;
	DIR *directory = opendir("/proc/self/fd");
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void test_first_frame(void **state)
{
	struct board board;
	struct option options[3];
	make_board(&board);
	struct loop *loop = loop_create();
	struct display display = make_display(options, board.link, "1000000");
	struct output *output = open_output(loop, &display);
	struct output_status status;

	push(output, 0x102030);
	assert_true(output_drain(output, NS_PER_SEC));
	assert_true(shows(&board, 0x102030));
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);
	assert_int_equal(status.shown, 1);
	output_destroy(output);
	loop_destroy(loop);
	drop_board(&board);
}

/* 390 bytes at 38400 baud take 101 ms; a pty takes them at once, the line would not. */
static void test_pace(void **state)
{
	struct board board;
	struct option options[3];
	make_board(&board);
	struct loop *loop = loop_create();
	struct display display = make_display(options, board.link, "38400");
	struct output *output = open_output(loop, &display);
	struct output_status status;
	int64_t began = clock_monotonic(), line_time = serial_line_time(38400, FRAME);

	assert_int_equal(line_time, 101562500);
	uint32_t colour = 0;
	do {
		push(output, ++colour);
		run(loop, 5 * NS_PER_MS);
		output_status(output, &status);
	} while (status.handed < 5 && clock_monotonic() - began < 10 * NS_PER_SEC);
	int64_t took = clock_monotonic() - began;
	assert_true((int64_t)(status.handed - 1) * line_time <= took); /* never faster than the line */
	assert_int_equal(status.handed, 5);
	output_destroy(output);
	loop_destroy(loop);
	drop_board(&board);
}

static void test_pixel_time(void **state)
{
	struct board board;
	struct option options[3];
	make_board(&board);
	struct loop *loop = loop_create();
	struct display display = make_display(options, board.link, "4000000");
	options[2].value = "1ms"; /* 128 ms a frame; the line takes 1 ms */
	struct output *output = open_output(loop, &display);
	struct output_status status;
	int64_t began = clock_monotonic();

	push(output, 1);
	push(output, 2);
	run(loop, 60 * NS_PER_MS);
	output_status(output, &status);
	if (clock_monotonic() - began < 120 * NS_PER_MS) { /* else the machine was asleep: nothing to see */
		assert_int_equal(status.shown, 1);
		assert_int_equal(status.handed, 1);
	}
	assert_true(comes_to_show(loop, &board, 2, NS_PER_SEC));
	assert_true(clock_monotonic() - began >= 128 * NS_PER_MS);
	output_destroy(output);
	loop_destroy(loop);
	drop_board(&board);
}

static void test_reset_wait(void **state)
{
	struct board board;
	struct option options[4];
	make_board(&board);
	struct loop *loop = loop_create();
	struct display display = make_display(options, board.link, "1000000");
	struct output_status status;

	options[3] = (struct option){.key = "reset-wait", .value = "5s"};
	display.option_count = 4;
	struct output *output = open_output(loop, &display);
	push(output, 0x112233);
	run(loop, 20 * NS_PER_MS);
	listen_to(&board);
	assert_int_equal(board.size, 0);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_OPENING);
	assert_int_equal(write(board.fd, "Ada\n", 4), 4); /* the greeting ends the wait */
	assert_true(comes_to_show(loop, &board, 0x112233, NS_PER_SEC));
	output_destroy(output);
	loop_destroy(loop);
	drop_board(&board);
}

static void test_hundred_replugs(void **state)
{
	struct board board;
	struct option options[3];
	make_board(&board);
	struct loop *loop = loop_create();
	struct display display = make_display(options, board.link, "115200"); /* 34 ms a frame */
	struct output *output = open_output(loop, &display);
	struct output_status status;
	int descriptors = 0;

	output->backoff = output->backoff_first = 10 * NS_PER_MS;
	for (uint32_t i = 1; i <= 100; i++) {
		push(output, i * 0x010203);
		/* cut somewhere within the frame: the bytes of it are on their way */
		run(loop, (int64_t)(i % 30) * NS_PER_MS);
		pull_out(&board);
		push(output, i * 0x020103);
		if (i % 10 == 0)
			run(loop, 25 * NS_PER_MS); /* a few tries in vain */
		plug_in(&board);
		assert_true(comes_to_show(loop, &board, i * 0x020103, 5 * NS_PER_SEC));
		assert_true(output_drain(output, NS_PER_SEC));
		if (i == 2)
			descriptors = open_descriptors();
	}
	assert_int_equal(open_descriptors(), descriptors);
	output_status(output, &status);
	assert_int_equal(status.health, HEALTH_UP);
	assert_int_equal(status.reconnects, 100);
	output_destroy(output);
	loop_destroy(loop);
	drop_board(&board);
}

/* A reader that has stopped: its display goes down and comes back; the other one's frames are not held up. */
static void test_stalled_reader(void **state)
{
	struct board stalled, healthy;
	struct option options[3], other_options[3];
	make_board(&stalled);
	make_board(&healthy);
	struct loop *loop = loop_create();
	struct display display = make_display(options, stalled.link, "4000000");
	struct display other_display = make_display(other_options, healthy.link, "4000000");
	struct output *output = open_output(loop, &display), *other = open_output(loop, &other_display);
	struct output_status status;
	int64_t end = clock_monotonic() + 20 * NS_PER_SEC, longest = 0;
	uint32_t colour = 0;

	do {
		int64_t began = clock_monotonic();
		colour++;
		push(output, colour);
		push(other, colour);
		int64_t took = clock_monotonic() - began;
		longest = took > longest ? took : longest;
		assert_true(comes_to_show(loop, &healthy, colour, NS_PER_SEC));
		output_status(output, &status);
		assert_true(clock_monotonic() < end);
	} while (status.health != HEALTH_DOWN);
	assert_int_equal(status.error, -ETIMEDOUT);
	assert_string_equal(status.why, "the line takes no bytes");
	assert_true(
		longest < 100 * NS_PER_MS); /* nobody waited for the line: its deadline is 200 ms and more */
	output_status(other, &status);
	assert_int_equal(status.health, HEALTH_UP);
	listen_to(&stalled); /* it reads on */
	assert_true(comes_to_show(loop, &stalled, colour, 5 * NS_PER_SEC));
	output_destroy(output);
	output_destroy(other);
	loop_destroy(loop);
	drop_board(&stalled);
	drop_board(&healthy);
}

static void test_closing_does_not_wait(void **state)
{
	struct board board;
	struct serial *serial;
	const char *why;
	static const uint8_t zeroes[65536];
	make_board(&board);

	assert_int_equal(serial_open(board.link, 300, &serial, &why), 0);
	int written;
	do {
		written = serial_write(serial, zeroes, sizeof zeroes);
	} while (written > 0);
	assert_int_equal(written, 0); /* full, and nobody reads */
	int64_t began = clock_monotonic();
	serial_close(serial);
	assert_true(clock_monotonic() - began < 5 * NS_PER_SEC); /* the line would need an hour */
	drop_board(&board);
}

static void test_line_settings(void **state)
{
	struct board board;
	struct serial *serial, *second = NULL;
	const char *why = NULL;
	struct termios termios;
	size_t got = 77;
	make_board(&board);

	assert_int_equal(serial_open(board.link, 115200, &serial, &why), 0);
	assert_int_equal(tcgetattr(serial_fd(serial), &termios), 0);
	assert_int_equal(termios.c_cflag & (CRTSCTS | PARENB | CSTOPB), 0);
	assert_int_equal(termios.c_cflag & CSIZE, CS8);
	assert_int_equal(termios.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(termios.c_oflag & OPOST, 0);
	assert_int_equal(termios.c_iflag & (IXON | IXOFF | ICRNL), 0);
	assert_true(fcntl(serial_fd(serial), F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(serial_fd(serial), F_GETFD) & FD_CLOEXEC);
	assert_int_equal(serial_discard(serial, &got), 0);
	assert_int_equal(got, 0); /* nothing said is no hang-up */
	assert_int_equal(serial_open(board.link, 115200, &second, &why), -EBUSY);
	assert_string_equal(why, "another program has the port open");
	assert_null(second);
	assert_int_equal(
		serial_write(serial, "kept", 4), 4); /* a refused open touches nothing of the owner's */
	assert_int_equal(serial_open(board.link, 9600, &second, &why), -EBUSY);
	listen_to(&board);
	assert_int_equal(board.size, 4);
	close(board.fd);
	board.fd = -1;
	assert_true(serial_discard(serial, &got) < 0);
	assert_true(serial_write(serial, "x", 1) < 0);
	serial_close(serial);
	unlink(board.link);
	drop_board(&board);
}

static void test_ports_that_are_none(void **state)
{
	struct serial *serial = NULL;
	const char *why;

	assert_int_equal(serial_open("/nowhere/ttyUSB0", 9600, &serial, &why), -ENOENT);
	assert_int_equal(serial_open("usb:ffff:fffe:none", 9600, &serial, &why), -ENODEV);
	assert_int_equal(serial_open("/dev/null", 9600, &serial, &why), -ENOTTY);
	assert_string_equal(why, "this is no serial port");
	assert_null(serial);
	assert_null(serial_port_refusal("/dev/ttyUSB0"));
	assert_null(serial_port_refusal("usb:10c4:ea60"));
	assert_null(serial_port_refusal("usb:10C4:EA60:A B-1"));
	assert_non_null(serial_port_refusal("ttyUSB0"));
	assert_non_null(serial_port_refusal("usb:10c4"));
	assert_non_null(serial_port_refusal("usb:10c4:ea60x"));
	assert_non_null(serial_port_refusal("usb:10c4:ea60:"));
	serial_close(NULL);
}

static void test_check(void **state)
{
	struct option options[3];
	struct display display = make_display(options, "ttyUSB0", "115200");
	struct diag_list diags;

	diag_init(&diags);
	options[0].where = (struct location){"site.conf", 4, 9};
	assert_false(output_check(&display, &diags));
	assert_int_equal(diags.count, 1);
	assert_int_equal(diags.items[0].where.line, 4);
	options[0].value = "/dev/ttyUSB0";
	assert_true(output_check(&display, &diags));
	display.driver = "tpm2";
	display.width = 256;
	display.height = 86; /* 22016 pixels */
	assert_false(output_check(&display, &diags));
	display.driver = "awa";
	assert_true(output_check(&display, &diags));
	diag_finish(&diags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_large_counts),
		cmocka_unit_test(test_first_frame),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_pixel_time),
		cmocka_unit_test(test_reset_wait),
		cmocka_unit_test(test_hundred_replugs),
		cmocka_unit_test(test_stalled_reader),
		cmocka_unit_test(test_closing_does_not_wait),
		cmocka_unit_test(test_line_settings),
		cmocka_unit_test(test_ports_that_are_none),
		cmocka_unit_test(test_check),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
