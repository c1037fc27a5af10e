/* Alpha and Hanover signs: what the drivers write and what the simulator's decoders show, each against tests/wire; what a
 * sign must refuse. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "card.h"
#include "drivers/link/serial.h"
#include "output/output.h"

#define SIDE_MOST  40
#define BYTES_MOST 1024

/* A picture of the fixtures: "row .123" and so on; '#' is white. */
struct vector {
	const char *driver;
	char rows[SIDE_MOST][SIDE_MOST + 1];
	int width, height;
	char options[128];
	uint8_t set_up[BYTES_MOST], wire[BYTES_MOST];
	size_t set_up_size, wire_size;
};

static uint32_t colour(char c)
{
	static const uint32_t colours[] = {0xff0000, 0x00ff00, 0xffff00};
	return c == '#' ? 0xffffff : c >= '1' && c <= '3' ? colours[c - '1'] : 0;
}

static size_t read_hex(const char *text, uint8_t *to)
{
	size_t n = 0;
	unsigned byte;

	for (; sscanf(text, " %2x", &byte) == 1; text += 3)
		to[n++] = (uint8_t)byte;
	return n;
}

static void each_vector(const char *driver, void (*fn)(const struct vector *vector))
{
	char path[64], line[4 * BYTES_MOST];
	struct vector vector = {.driver = driver};
	int count = 0;

	snprintf(path, sizeof path, "tests/wire/%s.hex", driver);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "row ", 4) == 0) {
			vector.width = (int)strlen(line + 4);
			snprintf(vector.rows[vector.height++], SIDE_MOST + 1, "%.40s", line + 4);
		} else if (strncmp(line, "options ", 8) == 0) {
			snprintf(vector.options, sizeof vector.options, "%.127s", line + 8);
		} else if (strncmp(line, "set-up ", 7) == 0) {
			vector.set_up_size += read_hex(line + 7, vector.set_up + vector.set_up_size);
		} else if (strncmp(line, "wire ", 5) == 0) {
			vector.wire_size = read_hex(line + 5, vector.wire);
			fn(&vector);
			vector = (struct vector){.driver = driver};
			count++;
		} else {
			assert_int_equal(line[0], '#');
		}
	}
	assert_true(count >= 2);
	fclose(file);
}

/* --- drivers */

struct bench {
	struct loop *loop;
	struct display display;
	struct option options[8];
	char words[128], link[64];
	int pty;
	struct output *output;
};

static void open_bench(struct bench *bench, const struct vector *vector, const char *baud)
{
	struct diag_list diags;
	size_t count = 2;

	*bench = (struct bench){.pty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
	assert_true(bench->pty >= 0 && grantpt(bench->pty) == 0 && unlockpt(bench->pty) == 0);
	snprintf(bench->link, sizeof bench->link, "%s", ptsname(bench->pty));
	bench->options[0] = (struct option){.key = "port", .value = bench->link};
	bench->options[1] = (struct option){.key = "baud", .value = baud};
	snprintf(bench->words, sizeof bench->words, "%s", vector->options);
	char *rest = bench->words;
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		char *value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		bench->options[count++] = (struct option){.key = word, .value = value};
	}
	bench->display = (struct display){.name = "sign",
		.width = vector->width,
		.height = vector->height,
		.rate = 30000,
		.driver = vector->driver,
		.options = bench->options,
		.option_count = count,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .threshold = 128}};
	diag_init(&diags);
	bench->loop = loop_create();
	assert_int_equal(output_create(bench->loop, &bench->display, &diags, &bench->output), 0);
	diag_finish(&diags);
}

static void close_bench(struct bench *bench)
{
	output_destroy(bench->output);
	loop_destroy(bench->loop);
	close(bench->pty);
}

static void paint(struct bench *bench, const struct vector *vector)
{
	struct frame *canvas = output_canvas(bench->output);
	struct region all = {1, {{0, 0, vector->width, vector->height}}};

	for (int y = 0; y < vector->height; y++)
		for (int x = 0; x < vector->width; x++)
			frame_row(canvas, y)[x] = colour(vector->rows[y][x]);
	output_push(bench->output, 1, &all);
}

/* All that comes until `size` bytes are there, or ten seconds are over. */
static size_t hear(struct bench *bench, uint8_t *to, size_t size)
{
	int64_t end = clock_monotonic() + 10 * NS_PER_SEC;
	size_t got = 0;
	bool never = false;

	while (got < size && clock_monotonic() < end) {
		loop_run_until(bench->loop, &never, NS_PER_MS);
		ssize_t n = read(bench->pty, to + got, size - got);
		got += n > 0 ? (size_t)n : 0;
	}
	return got;
}

static void check_driver(const struct vector *vector)
{
	struct bench bench;
	uint8_t got[2 * BYTES_MOST];

	open_bench(&bench, vector, "38400");
	paint(&bench, vector);
	assert_int_equal(hear(&bench, got, vector->set_up_size), vector->set_up_size);
	assert_memory_equal(got, vector->set_up, vector->set_up_size);
	assert_int_equal(hear(&bench, got, vector->wire_size), vector->wire_size);
	assert_memory_equal(got, vector->wire, vector->wire_size);
	assert_true(output_drain(bench.output, 5 * NS_PER_SEC));
	assert_int_equal(read(bench.pty, got, 1), -1); /* and not a byte more */
	close_bench(&bench);
}

static void test_drivers(void **state)
{
	each_vector("hanover", check_driver);
	each_vector("alpha", check_driver);
}

/* The sign needs 100 ms after the width of a picture, and a second after its memory was set up. */
static void test_pauses(void **state)
{
	const struct vector vector = {.driver = "alpha", .rows = {"1"}, .width = 1, .height = 1};
	struct bench bench;
	uint8_t got[256];
	const size_t memory = 40, others = 23 + 21, head = 16;

	int64_t began = clock_monotonic();
	open_bench(&bench, &vector, "38400");
	paint(&bench, &vector);
	assert_int_equal(hear(&bench, got, memory), memory);
	assert_int_equal(got[memory - 1], 4); /* EOT */
	assert_int_equal(hear(&bench, got, 1), 1);
	assert_true(clock_monotonic() - began >= NS_PER_SEC);
	assert_int_equal(hear(&bench, got, others - 1 + head), others - 1 + head);
	assert_memory_equal(got + others - 1 + 10, "IP0101", 6);
	assert_int_equal(hear(&bench, got, 1), 1);
	assert_int_equal(got[0], '1');
	assert_true(clock_monotonic() - began >= NS_PER_SEC + 3 * 100 * NS_PER_MS);
	close_bench(&bench);
}

static void test_line_modes(void **state)
{
	struct termios termios = {.c_cflag = CS8 | PARODD};

	serial_set_bits(&(struct serial_mode){9600, PARITY_EVEN, 7, 2}, &termios);
	assert_int_equal(termios.c_cflag, CS7 | PARENB | CSTOPB);
	serial_set_bits(&(struct serial_mode){9600, PARITY_ODD, 7, 1}, &termios);
	assert_int_equal(termios.c_cflag, CS7 | PARENB | PARODD);
	serial_set_bits(&(struct serial_mode){9600, PARITY_NONE, 8, 1}, &termios);
	assert_int_equal(termios.c_cflag, CS8);
}

static bool is_refused(const char *driver, int width, int height, const char *key, const char *value)
{
	struct option options[] = {{.key = "port", .value = "/dev/ttyS9"}, {.key = key, .value = value}};
	const struct display display = {.name = "sign",
		.width = width,
		.height = height,
		.driver = driver,
		.options = options,
		.option_count = key ? 2 : 1,
		.panel = {.gamma = 1, .white = {1, 1, 1}}};
	struct diag_list diags;

	diag_init(&diags);
	bool good = output_check(&display, &diags);
	diag_finish(&diags);
	return !good;
}

static void test_refused_displays(void **state)
{
	assert_false(is_refused("alpha", 255, 31, NULL, NULL));
	assert_true(is_refused("alpha", 256, 7, NULL, NULL));
	assert_true(is_refused("alpha", 80, 32, NULL, NULL));
	assert_true(is_refused("alpha", 80, 7, "type", "ZZ"));
	assert_true(is_refused("alpha", 80, 7, "mode", "7O1"));
	assert_false(is_refused("hanover", 144, 19, NULL, NULL));
	assert_true(is_refused("hanover", 1920, 1080, NULL, NULL));
	assert_true(is_refused("hanover", 96, 16, "address", "16"));
}

/* --- decoders */

static void begin_vector(struct card *card, const struct vector *vector)
{
	card_begin(card, vector->driver, vector->width, vector->height);
	card_feed(card, vector->set_up, vector->set_up_size);
	assert_int_equal(card->board.frames, 0);
}

static void assert_shown(struct card *card, const struct vector *vector, uint64_t frames)
{
	assert_int_equal(card->board.frames, frames);
	for (int y = 0; y < vector->height; y++)
		for (int x = 0; x < vector->width; x++) {
			const uint8_t *p = card->board.pixels + 3 * (y * vector->width + x);
			assert_int_equal(p[0] << 16 | p[1] << 8 | p[2], colour(vector->rows[y][x]));
		}
}

/* Cut at every byte; after noise; two in one piece; any byte flipped. */
static void check_decoder(const struct vector *vector)
{
	struct card card;
	uint8_t twice[2 * BYTES_MOST];

	for (size_t cut = 0; cut <= vector->wire_size; cut++) {
		begin_vector(&card, vector);
		card_feed(&card, vector->wire, cut);
		card_feed(&card, vector->wire + cut, vector->wire_size - cut);
		assert_int_equal(card.board.faults, 0);
		assert_shown(&card, vector, 1);
		card_end(&card);
	}
	memcpy(twice, vector->wire, vector->wire_size);
	memcpy(twice + vector->wire_size, vector->wire, vector->wire_size);
	begin_vector(&card, vector);
	card_feed(&card, "\x02garbage\x01", 9);
	card_feed(&card, twice, 2 * vector->wire_size);
	assert_shown(&card, vector, 2);
	card_end(&card);
	for (size_t bit = 0; bit < 8 * vector->wire_size; bit++) {
		memcpy(twice, vector->wire, vector->wire_size);
		twice[bit / 8] ^= (uint8_t)(1 << bit % 8);
		begin_vector(&card, vector);
		card_feed(&card, twice, vector->wire_size);
		bool in_header = strcmp(vector->driver, "alpha") == 0 && bit / 8 >= 5 && bit / 8 < 9;
		if (!in_header &&
			card.board.frames > 0) /* only a flip that is none: a case, a count of nulls */
			assert_shown(&card, vector, 1);
		card_feed(&card, vector->wire, vector->wire_size); /* the next one is whole */
		card_feed(&card, vector->wire, vector->wire_size);
		assert_true(card.board.frames >= 1);
		assert_shown(&card, vector, card.board.frames);
		card_end(&card);
	}
}

static void test_decoders(void **state)
{
	each_vector("hanover", check_decoder);
	each_vector("alpha", check_decoder);
}

static void alpha(struct card *card, const char *commands, size_t size)
{
	card_feed(card, "\0\0\0\0\0\001Z00", 9);
	card_feed(card, commands, size);
	card_feed(card, "\004", 1);
}
#define ALPHA(card, commands) alpha(card, commands, sizeof(commands) - 1)

/* What a sign's memory does: no file that was not declared, none of another size, nothing shown that does not run. */
static void test_alpha_memory(void **state)
{
	struct card card;

	card_begin(&card, "alpha", 2, 1);
	ALPHA(&card, "\002IP010212\r\003");
	assert_int_equal(card_said(&card, "undeclared"), 1);
	ALPHA(&card, "\002E$PDU01024000\003\002IP010212\r\003");
	assert_int_equal(card_said(&card, "hidden"), 1);
	ALPHA(&card, "\002AA\0330b\024P\003"); /* a text that was not declared */
	assert_int_equal(card_said(&card, "undeclared"), 2);
	ALPHA(&card, "\002E$AAU0100FFFFPDU01024000\003\002AA\0330b\024P\003\002E.TUA\003\002IP010212\r\003");
	assert_int_equal(card.board.frames, 1);
	ALPHA(&card, "\002IP010112\r\003"); /* another size */
	ALPHA(&card, "\002IP010219\r\003"); /* no such colour */
	ALPHA(&card, "\002IP01021\r\003");  /* a row too short */
	assert_int_equal(card.board.faults, 5);
	ALPHA(&card, "\002IP010212\r\0030000"); /* a wrong sum is refused aloud */
	assert_int_equal(card_said(&card, "checksum"), 1);
	assert_int_equal(card.answers, 1);
	ALPHA(&card, "\002E$\003\002IP010212\r\003"); /* erased */
	assert_int_equal(card.board.frames, 1);
	card_end(&card);
}

static void test_hanover_lengths(void **state)
{
	struct card card;

	card_begin(&card, "hanover", 2, 8);
	card_feed(&card,
		"\002"
		"11020F0F\003"
		"6E",
		12);
	card_feed(&card,
		"\002"
		"11030F0F\003"
		"6D",
		12);
	assert_int_equal(card.board.frames + card.board.faults, 2);
	card_end(&card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_line_modes),
		cmocka_unit_test(test_refused_displays),
		cmocka_unit_test(test_decoders),
		cmocka_unit_test(test_alpha_memory),
		cmocka_unit_test(test_hanover_lengths),
	};
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
