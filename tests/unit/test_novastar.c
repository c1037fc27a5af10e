/* NovaStar: bytes against tests/wire/novastar.hex; answers that are cut, spoilt, somebody else's or errors; and a control
 * whose orders are confirmed by reading back. The sender is the simulator's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "drivers/novastar.h"
#include "rig.h"

struct vector {
	char what[64];
	uint8_t wire[64];
	size_t size;
};
static struct vector vectors[16];
static size_t vector_count;

static int read_vectors(void **state)
{
	char line[400];
	FILE *file = fopen("tests/wire/novastar.hex", "re");

	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		struct vector *v = &vectors[vector_count];
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		if (strncmp(line, "wire ", 5) != 0) {
			snprintf(v->what, sizeof v->what, "%.63s", line);
			continue;
		}
		unsigned byte;
		int used;
		for (const char *at = line + 5; sscanf(at, " %2x%n", &byte, &used) == 1; at += used)
			v->wire[v->size++] = (uint8_t)byte;
		vector_count++;
	}
	fclose(file);
	assert_int_equal(vector_count, 9);
	return 0;
}

static const struct vector *vector(const char *what)
{
	for (size_t i = 0; i < vector_count; i++)
		if (strcmp(vectors[i].what, what) == 0)
			return &vectors[i];
	fail_msg("no vector: %s", what);
	return NULL;
}

static void assert_request(const char *what, struct novastar_request request)
{
	const struct vector *v = vector(what);
	uint8_t wire[NOVASTAR_MOST];

	assert_int_equal(novastar_request(&request, wire), v->size);
	assert_memory_equal(wire, v->wire, v->size);
}

static struct novastar_request to_all(uint8_t serial, uint32_t address, const uint8_t *value)
{
	return (struct novastar_request){serial, NOVASTAR_ALL, NOVASTAR_ALL, NOVASTAR_RECEIVER,
		NOVASTAR_ALL_CARDS, true, address, 1, value};
}

static struct novastar_request to_cards(uint8_t serial, uint32_t address, const uint8_t *value)
{
	struct novastar_request request = to_all(serial, address, value);

	request.to = 0; /* of the first sender */
	return request;
}

static void test_requests(void **state)
{
	const uint8_t half[] = {0x80}, on[] = {0xff}, off[] = {0}, red[] = {2};

	assert_request("request brightness 80 of card 0x234 on port 0x11",
		(struct novastar_request){
			0x15, 0, 0x11, NOVASTAR_RECEIVER, 0x234, true, 0x02000001, 1, half});
	assert_request("request all cards half", to_all(0, 0x02000001, half));
	assert_request("request read brightness",
		(struct novastar_request){1, 0, 0, NOVASTAR_RECEIVER, 0, false, 0x02000001, 1, NULL});
	assert_request("request black", to_cards(0x80, 0x02000100, on));
	assert_request("request normal again", to_cards(0x80, 0x02000100, off));
	assert_request("request freeze", to_cards(0x80, 0x02000102, on));
	assert_request("request red test", to_cards(0x80, 0x02000101, red));
}

/* Whole answers within bytes; the last one's. */
static int answers_in(const uint8_t *bytes, size_t size, struct novastar_answer *answer)
{
	int count = 0;

	while (size > 0) {
		bool found;
		size_t n = novastar_parse(bytes, size, answer, &found);
		count += found;
		if (n == 0)
			break;
		bytes += n;
		size -= n;
	}
	return count;
}

static void test_answers(void **state)
{
	const struct vector *to_write = vector("answer to it"), *to_read = vector("answer 66");
	struct novastar_answer answer;
	uint8_t bytes[128];

	assert_int_equal(answers_in(to_write->wire, to_write->size, &answer), 1);
	assert_true(answer.write && answer.serial == 0x15 && answer.length == 0 && answer.error == 0);
	assert_int_equal(answers_in(to_read->wire, to_read->size, &answer), 1);
	assert_true(!answer.write && answer.serial == 1 && answer.length == 1 && answer.data[0] == 0x66);
	assert_int_equal(answer.address, 0x02000001);
	for (size_t n = 0; n < to_read->size; n++) {
		assert_int_equal(answers_in(to_read->wire, n, &answer), 0); /* cut */
		memcpy(bytes, to_read->wire + n, to_read->size - n); /* the rest of one, then a whole one */
		memcpy(bytes + to_read->size - n, to_write->wire, to_write->size);
		assert_in_range(answers_in(bytes, to_read->size - n + to_write->size, &answer), 1, 2);
		assert_true(answer.write);
	}
	for (size_t bit = 0; bit < 8 * to_read->size; bit++) {
		memcpy(bytes, to_read->wire, to_read->size);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(answers_in(bytes, to_read->size, &answer), 0);
	}
	memcpy(bytes, "\xaa\xaa\x12", 3); /* noise before */
	memcpy(bytes + 3, to_read->wire, to_read->size);
	assert_int_equal(answers_in(bytes, 3 + to_read->size, &answer), 1);
}

/* --- the simulated sender */

static void test_sender_reads_vectors(void **state)
{
	struct card card;

	card_begin(&card, "novastar", 4, 4);
	for (size_t i = 0; i < vector_count; i++)
		if (strncmp(vectors[i].what, "request", 7) == 0)
			card_feed(&card, vectors[i].wire, vectors[i].size);
	assert_int_equal(card.board.faults, 0);
	assert_int_equal(card.answers, 2); /* what goes to all is answered by nobody */
	assert_int_equal(card_said(&card, EVENT("brightness", "128")), 2);
	assert_int_equal(card_said(&card, EVENT("blackout", "255")), 1);
	assert_int_equal(card_said(&card, EVENT("freeze", "255")), 1);
	assert_memory_equal(card.board.pixels, "\xff\0\0", 3); /* the red test */
	card_end(&card);
}

static void test_sender_refuses(void **state)
{
	struct card card;
	uint8_t wire[NOVASTAR_MOST];
	struct novastar_request request = {1, 0, 0, NOVASTAR_RECEIVER, 0, false, 0x02000001, 256, NULL};

	card_begin(&card, "novastar", 4, 4);
	card_feed(&card, wire, novastar_request(&request, wire));
	assert_int_equal(card.answers, 1); /* 256 bytes are the most … */
	request.length = 257;
	card_feed(&card, wire, novastar_request(&request, wire));
	assert_int_equal(card.answers, 1); /* … and longer ones are for who asks to split */
	assert_int_equal(card_said(&card, "\"length\""), 1);
	memcpy(wire, vector("request black")->wire, 21);
	wire[19] ^= 1;
	card_feed(&card, wire, 21);
	assert_int_equal(card_said(&card, "\"checksum\""), 1);
	assert_int_equal(card.board.frames, 0);
	card_end(&card);
}

/* --- the driver */

static void begin(struct rig *rig, struct card *card)
{
	card_begin(card, "novastar", 4, 4);
	rig_describe(rig, card, "novastar");
	rig->display.control = rig->display.driver;
	rig_option(rig, "answer-within", "60ms");
}

static void end(struct rig *rig, struct card *card)
{
	rig_stop(rig);
	card_end(card);
}

static void act(struct rig *rig, const char *action)
{
	uint64_t acted = rig_status(rig).acted;
	int64_t until = clock_monotonic() + 10 * NS_PER_SEC;

	assert_int_equal(output_act(rig->output, action), 0);
	assert_int_equal(output_act(rig->output, action), -EBUSY);
	while (rig_status(rig).acted == acted && clock_monotonic() < until)
		rig_turn(rig);
	assert_int_equal(rig_status(rig).acted, acted + 1);
}

static void test_orders(void **state)
{
	struct card card;
	struct rig rig;

	begin(&rig, &card);
	rig_start(&rig);
	assert_int_equal(output_act(rig.output, "test-red"), -ENOTCONN);
	rig_until_health(&rig, HEALTH_UP);
	assert_string_equal(rig_status(&rig).device, "NovaStar 1101");
	rig_until_said(&rig, EVENT("brightness", "255"));
	output_set_brightness(rig.output, 500);
	rig_until_said(&rig, EVENT("brightness", "128"));
	output_set_power(rig.output, false);
	rig_until_said(&rig, EVENT("blackout", "255"));
	assert_memory_equal(card.board.pixels, "\0\0\0", 3);
	output_set_power(rig.output, true);
	while (card_said(&card, EVENT("blackout", "0")) < 2)
		rig_turn(&rig);
	act(&rig, "test-green");
	assert_memory_equal(card.board.pixels, "\0\xff\0", 3);
	act(&rig, "test-off");
	assert_memory_equal(card.board.pixels, "\x80\x80\x80", 3);
	act(&rig, "freeze");
	assert_int_equal(card_said(&card, EVENT("freeze", "255")), 1);
	act(&rig, "thaw");
	assert_int_equal(card_said(&card, EVENT("freeze", "0")), 1);
	act(&rig, "blackout");
	assert_memory_equal(card.board.pixels, "\0\0\0", 3);
	assert_int_equal(output_act(rig.output, "dance"), -ENOENT);
	assert_int_equal(rig_status(&rig).reconnects, 0);
	assert_int_equal(card.board.faults, 0);
	end(&rig, &card);
}

/* Somebody else's change is found, told, and set right. */
static void test_intruder(void **state)
{
	struct card card;
	struct rig rig;
	uint8_t wire[NOVASTAR_MOST];
	const uint8_t value[] = {9};
	const struct novastar_request request = to_all(7, 0x02000001, value);

	begin(&rig, &card);
	rig_option(&rig, "check-every", "5ms");
	rig_start(&rig);
	rig_until_said(&rig, EVENT("brightness", "255"));
	act(&rig, "thaw"); /* done when what came before it was confirmed */
	card_feed(&card, wire, novastar_request(&request, wire));
	while (card_said(&card, EVENT("brightness", "255")) < 2)
		rig_turn(&rig);
	while (rig_status(&rig).read_back != READ_BACK_OWN)
		rig_turn(&rig);
	assert_int_equal(rig_status(&rig).intrusions, 1);
	assert_string_equal(rig_status(&rig).foreign, "somebody else has set brightness to 9");
	end(&rig, &card);
}

/* Only the first answer after the come-up is changed. */
static size_t cut_one(struct card *card, uint8_t *bytes, size_t size)
{
	(void)bytes;
	if (card->answers > 3 && card->argument >= 0) {
		size = (size_t)card->argument < size ? (size_t)card->argument : size;
		card->argument = -1;
	}
	return size;
}

static void test_answer_cut_at_every_byte(void **state)
{
	for (int n = 0; n < 21; n++) {
		struct card card;
		struct rig rig;
		begin(&rig, &card);
		card.spoil = cut_one;
		card.argument = n;
		rig_start(&rig);
		rig_until_health(&rig, HEALTH_UP);
		rig_until_said(&rig, EVENT("brightness", "255"));
		act(&rig, "test-blue");
		assert_memory_equal(card.board.pixels, "\0\0\xff", 3);
		assert_int_equal(rig_status(&rig).reconnects, 0);
		end(&rig, &card);
	}
}

static void fix_sum(uint8_t *bytes, size_t size)
{
	unsigned sum = 0x5555;

	for (size_t i = 2; i + 2 < size; i++)
		sum += bytes[i];
	bytes[size - 2] = (uint8_t)sum;
	bytes[size - 1] = (uint8_t)(sum >> 8);
}

static size_t other_serial(struct card *card, uint8_t *bytes, size_t size)
{
	(void)card;
	bytes[3]++;
	fix_sum(bytes, size);
	return size;
}

static size_t bad_sum(struct card *card, uint8_t *bytes, size_t size)
{
	(void)card;
	bytes[size - 1] ^= 1;
	return size;
}

static size_t silent(struct card *card, uint8_t *bytes, size_t size)
{
	(void)card;
	(void)bytes;
	(void)size;
	return 0;
}

static void test_no_good_answer(void **state)
{
	size_t (*const spoilers[])(struct card *, uint8_t *, size_t) = {other_serial, bad_sum, silent};

	for (size_t i = 0; i < 3; i++) {
		struct card card;
		struct rig rig;
		begin(&rig, &card);
		card.spoil = spoilers[i];
		rig_start(&rig);
		rig_until_health(&rig, HEALTH_DOWN);
		assert_string_equal(rig_status(&rig).why, "the controller does not answer");
		assert_int_equal(card.answers, 3);
		end(&rig, &card);
	}
}

/* 1, 2 and 3 are asked again; 4 means that it cannot be confirmed. */
static void test_errors(void **state)
{
	for (int error = 1; error <= 4; error++) {
		struct card card;
		struct rig rig;
		begin(&rig, &card);
		rig_start(&rig);
		rig_until_health(&rig, HEALTH_UP);
		rig_until_said(&rig, EVENT("brightness", "255"));
		act(&rig, "test-off");
		card.options.faults.refuse = error;
		card_restart(&card);
		act(&rig, "test-red");
		assert_memory_equal(card.board.pixels, "\xff\0\0", 3);
		assert_int_equal(card_said(&card, "\"refused\""), 1);
		if (error == 4)
			assert_non_null(strstr(rig_status(&rig).device, "test picture cannot be read back"));
		else
			assert_string_equal(rig_status(&rig).device, "NovaStar 1101");
		assert_int_equal(rig_status(&rig).reconnects, 0);
		end(&rig, &card);
	}
}

static void test_vx_modes(void **state)
{
	struct card card;
	struct rig rig;

	begin(&rig, &card);
	rig_option(&rig, "mode-register", "13000004");
	rig_start(&rig);
	rig_until_health(&rig, HEALTH_UP);
	rig_until_said(&rig, EVENT("mode", "0"));
	act(&rig, "freeze");
	assert_int_equal(card_said(&card, EVENT("mode", "1")), 1);
	act(&rig, "blackout");
	assert_int_equal(card_said(&card, EVENT("mode", "2")), 1);
	end(&rig, &card);
}

/* `tell`: what nobody asked for is not touched. */
static void test_settings_kept(void **state)
{
	struct card card;
	struct rig rig;

	begin(&rig, &card);
	rig_start(&rig);
	output_keep_settings(rig.output);
	rig_until_health(&rig, HEALTH_UP);
	act(&rig, "test-white");
	assert_int_equal(card_said(&card, "\"brightness\"") + card_said(&card, "\"blackout\""), 0);
	end(&rig, &card);
}

static void test_roles(void **state)
{
	struct option options[] = {{"device", "/dev/ttyUSB0", {"c", 4, 1}}};
	struct display display = {.name = "hall",
		.width = 64,
		.height = 32,
		.driver = "novastar",
		.options = options,
		.option_count = 1,
		.panel = {.gamma = 1, .white = {1, 1, 1}}};
	struct diag_list diags;

	diag_init(&diags);
	assert_false(output_check(&display, &diags));
	assert_non_null(strstr(diags.items[0].message, "moves no picture"));
	diag_finish(&diags);
	display.driver = "null";
	display.option_count = 0;
	display.control = "png";
	diag_init(&diags);
	assert_false(output_check(&display, &diags));
	assert_non_null(strstr(diags.items[0].message, "cannot be a `control`"));
	diag_finish(&diags);
	display.control = "novastar";
	display.control_options = options;
	display.control_option_count = 1;
	diag_init(&diags);
	assert_true(output_check(&display, &diags));
	diag_finish(&diags);
	struct frame *white = frame_create(64, 32), *levels = frame_create(64, 32);
	frame_fill(white, (struct rect){0, 0, 64, 32}, 0xffffff);
	assert_int_equal(output_levels(&display, white, 300, levels), 0); /* brightness is the control's */
	assert_int_equal(levels->pixels[0], 0xffffff);
	frame_unref(white);
	frame_unref(levels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_sender_reads_vectors),
		cmocka_unit_test(test_sender_refuses),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_intruder),
		cmocka_unit_test(test_answer_cut_at_every_byte),
		cmocka_unit_test(test_no_good_answer),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_vx_modes),
		cmocka_unit_test(test_settings_kept),
		cmocka_unit_test(test_roles),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, read_vectors, NULL);
}
