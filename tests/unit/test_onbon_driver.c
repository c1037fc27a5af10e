/* Onbon: the driver's life with a card that is busy, refuses, is silent, or whose answers are cut at every byte. The
 * card is the simulator's decoder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/log.h"
#include "drivers/onbon.h"
#include "onbon_vectors.h"
#include "rig.h"

static const struct {
	const char *driver;
	bool mono;
} families[] = {{"onbon-5e", false}, {"onbon-5e", true}, {"onbon-6e", false}, {"onbon-6e", true},
	{"onbon-6q", false}};

static void describe(struct rig *rig, struct card *card, const char *driver)
{
	rig_describe(rig, card, driver);
	rig_option(rig, "cycle", "1ms");
}

static void test_pictures(void **state)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct card card;
		struct rig rig;
		card_begin(&card, families[i].driver, 45, 9);
		describe(&rig, &card, families[i].driver);
		rig.display.panel.mono = families[i].mono;
		rig.display.panel.mono_colour = 0xff0000;
		rig_start(&rig);
		for (uint32_t k = 1; k <= 4; k++) {
			rig_push(&rig, k);
			rig_until_shown(&rig, k);
			rig_assert_board(&rig);
		}
		assert_int_equal(card.board.faults, 0);
		assert_non_null(strstr(rig_status(&rig).device, "firmware SIM-1.00, screen 45x9"));
		rig_stop(&rig);
		card_end(&card);
	}
}

/* An area that does not begin at the screen's edge. */
static void test_offset(void **state)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct card card;
		struct rig rig;
		card_begin(&card, families[i].driver, 64, 12);
		describe(&rig, &card, families[i].driver);
		rig.display.width = 20;
		rig.display.height = 8;
		rig_option(&rig, "x", "35");
		rig_option(&rig, "y", "3");
		rig_start(&rig);
		rig_push(&rig, 7);
		rig_until_shown(&rig, 1);
		for (int y = 0; y < 12; y++)
			for (int x = 0; x < 64; x++)
				if (x < 35 || x >= 55 || y < 3 || y >= 11)
					assert_memory_equal(
						card.board.pixels + 3 * (y * 64 + x), "\0\0\0", 3);
		rig_stop(&rig);
		card_end(&card);
	}
}

/* The acknowledgement of the first picture comes cut to `argument` bytes; the others whole. */
static size_t cut_one(struct card *card, uint8_t *bytes, size_t size)
{
	(void)bytes;
	if (card->board.frames == 1 && card->argument >= 0) {
		size_t n = (size_t)card->argument;
		card->argument = -1;
		return n < size ? n : size;
	}
	return size;
}

static void test_answer_cut_at_every_byte(void **state)
{
	enum { ACKNOWLEDGEMENT = 8 + 16 + 9 + 2 + 1 };

	for (int n = 0; n < ACKNOWLEDGEMENT; n++) {
		struct card card;
		struct rig rig;
		card_begin(&card, "onbon-6e", 16, 4);
		card.spoil = cut_one;
		card.argument = n;
		describe(&rig, &card, "onbon-6e");
		rig_option(&rig, "answer-within", "10s");
		rig_start(&rig);
		rig_push(&rig, 3);
		while (card.board.frames == 0)
			rig_turn(&rig);
		rig_turn(&rig);				     /* the driver reads what came of the answer */
		assert_int_equal(rig_status(&rig).shown, 0); /* what is cut confirms nothing */
		loop_timer_set(rig.output->sink.timer, 0);   /* as if the time had passed */
		rig_until_shown(&rig, 1);
		assert_int_equal(card.board.frames, 2); /* it was sent again */
		assert_int_equal(rig_status(&rig).reconnects, 0);
		rig_stop(&rig);
		card_end(&card);
	}
}

static size_t unswap(struct card *card, uint8_t *bytes, size_t size)
{
	uint8_t raw[300];
	const struct vector *v = vector("acknowledge-unswapped");

	if (card->board.frames == 0)
		return size;
	memcpy(raw, v->raw, v->raw_size);
	return onbon_wrap(raw, v->raw_size, bytes);
}

static size_t silent(struct card *card, uint8_t *bytes, size_t size)
{
	(void)bytes;
	return card->board.frames == 0 ? size : 0;
}

static size_t other_crc(struct card *card, uint8_t *bytes, size_t size)
{
	if (card->board.frames > 0)
		bytes[14] ^= 0x10; /* the device type, under another's checksum */
	return size;
}

/* Three tries, then the link is down. */
static void test_no_good_answer(void **state)
{
	size_t (*const spoilers[])(struct card *, uint8_t *, size_t) = {unswap, silent, other_crc};

	for (size_t i = 0; i < 3; i++) {
		struct card card;
		struct rig rig;
		card_begin(&card, "onbon-6e", 16, 4);
		card.spoil = spoilers[i];
		describe(&rig, &card, "onbon-6e");
		rig_option(&rig, "answer-within", "60ms");
		rig_start(&rig);
		rig_push(&rig, 3);
		rig_until_health(&rig, HEALTH_DOWN);
		assert_int_equal(card.board.frames, 3);
		assert_string_equal(rig_status(&rig).why, "the controller does not answer");
		assert_int_equal(rig_status(&rig).shown, 0);
		rig_stop(&rig);
		card_end(&card);
	}
}

static struct rig *faulty(struct card *card, struct rig *rig, struct card_faults faults)
{
	card_begin(card, "onbon-6e", 16, 4);
	describe(rig, card, "onbon-6e");
	rig_start(rig);
	rig_until_health(rig, HEALTH_UP);
	rig_until_said(rig, "\"brightness\"");
	card->options.faults = faults;
	card_restart(card);
	rig_push(rig, 3);
	return rig;
}

static void test_busy_is_asked_again(void **state)
{
	struct card card;
	struct rig rig;

	faulty(&card, &rig, (struct card_faults){.busy = 1});
	rig_until_shown(&rig, 1);
	assert_int_equal(card_said(&card, "\"refused\""), 1);
	rig_assert_board(&rig);
	rig_stop(&rig);
	card_end(&card);
}

static void test_spoilt_is_sent_again(void **state)
{
	struct card card;
	struct rig rig;

	faulty(&card, &rig, (struct card_faults){.spoilt = 2});
	rig_until_shown(&rig, 1);
	assert_int_equal(card_said(&card, "\"refused\""), 2);
	rig_assert_board(&rig);
	rig_stop(&rig);
	card_end(&card);
	faulty(&card, &rig, (struct card_faults){.spoilt = 3});
	rig_until_health(&rig, HEALTH_DOWN);
	rig_stop(&rig);
	card_end(&card);
}

static void test_refusal_is_reported(void **state)
{
	struct card card;
	struct rig rig;

	faulty(&card, &rig, (struct card_faults){.refuse = 4});
	rig_until_health(&rig, HEALTH_DOWN);
	assert_string_equal(rig_status(&rig).why, "the card refuses the picture: out of memory (error 4)");
	rig_stop(&rig);
	card_end(&card);
}

static void test_control(void **state)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct card card;
		struct rig rig;
		card_begin(&card, families[i].driver, 16, 4);
		describe(&rig, &card, families[i].driver);
		rig_start(&rig);
		rig_until_health(&rig, HEALTH_UP);
		rig_until_said(&rig, EVENT("brightness", "15"));
		for (int level = 14; level >= 0; level--) {
			char word[64];
			output_set_brightness(rig.output, (level * 1000 + 7) / 15);
			snprintf(word, sizeof word, EVENT("brightness", "%d"), level);
			rig_until_said(&rig, word);
		}
		assert_int_equal(card_said(&card, EVENT("power", "on")), 1);
		output_set_power(rig.output, false);
		rig_until_said(&rig, EVENT("power", "off"));
		output_set_power(rig.output, true);
		while (card_said(&card, EVENT("power", "on")) < 2)
			rig_turn(&rig);
		assert_int_equal(card.board.faults, 0);
		assert_int_equal(rig_status(&rig).health, HEALTH_UP);
		rig_stop(&rig);
		card_end(&card);
	}
}

/* A card that was off when the link broke is told again. */
static void test_settings_after_reconnecting(void **state)
{
	struct card card;
	struct rig rig;

	card_begin(&card, "onbon-6e", 16, 4);
	describe(&rig, &card, "onbon-6e");
	rig_start(&rig);
	rig_until_health(&rig, HEALTH_UP);
	output_set_power(rig.output, false);
	output_set_brightness(rig.output, 400);
	rig_until_said(&rig, EVENT("power", "off"));
	rig_until_said(&rig, EVENT("brightness", "6"));
	card_hang_up(&card);
	rig_until_health(&rig, HEALTH_DOWN);
	while (card_said(&card, EVENT("power", "off")) < 2 || card_said(&card, EVENT("brightness", "6")) < 2)
		rig_turn(&rig);
	assert_int_equal(rig_status(&rig).reconnects, 1);
	rig_stop(&rig);
	card_end(&card);
}

static struct civil wall;
static bool believed;
static bool tell_time(void *data, struct civil *ret_now)
{
	(void)data;
	*ret_now = wall;
	return believed;
}

static void test_clock(void **state)
{
	static const struct {
		struct civil time;
		const char *said;
	} cases[] = {
		{{2026, 11, 23, 23, 42, 36, 0}, EVENT("clock", "2026-11-23 23:42:36 1")},
		{{2026, 12, 31, 23, 59, 59, 0}, EVENT("clock", "2026-12-31 23:59:59 4")},
		{{2027, 1, 1, 0, 0, 0, 0}, EVENT("clock", "2027-01-01 00:00:00 5")},
		{{2099, 2, 28, 9, 8, 7, 0}, EVENT("clock", "2099-02-28 09:08:07 6")},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct card card;
		struct rig rig;
		card_begin(&card, i % 2 ? "onbon-5e" : "onbon-6e", 16, 4);
		describe(&rig, &card, card.protocol->name);
		rig_start(&rig);
		wall = cases[i].time;
		believed = i > 0;
		output_on_clock(rig.output, tell_time, NULL);
		rig_until_health(&rig, HEALTH_UP);
		rig_until_said(&rig, EVENT("brightness", "15"));
		assert_int_equal(card_said(&card, "\"clock\"") > 0 && !believed, 0);
		believed = true;
		if (i == 0) {
			rig.output->clock_due = TIME_ALWAYS; /* it is looked at again in a minute */
			output_settle(rig.output);
		}
		rig_until_said(&rig, cases[i].said);
		rig_stop(&rig);
		card_end(&card);
	}
}

static void test_sequence_wraps(void **state)
{
	struct card card;
	struct rig rig;

	card_begin(&card, "onbon-6e", 16, 4);
	describe(&rig, &card, "onbon-6e");
	rig_start(&rig);
	rig_until_said(&rig, EVENT("brightness", "15"));
	((struct onbon *)rig.output->sink.priv)->head.sequence = 65534;
	for (int k = 1; k <= 4; k++) {
		char word[64];
		output_set_brightness(rig.output, k * 1000 / 15);
		snprintf(word, sizeof word, EVENT("brightness", "%d"), k);
		rig_until_said(&rig, word);
	}
	assert_in_range(((struct onbon *)rig.output->sink.priv)->head.sequence, 1, 3);
	assert_int_equal(rig_status(&rig).reconnects, 0);
	rig_stop(&rig);
	card_end(&card);
}

static void test_screen_too_small(void **state)
{
	struct card card;
	struct rig rig;

	card_begin(&card, "onbon-6e", 16, 4);
	describe(&rig, &card, "onbon-6e");
	rig.display.width = 17;
	rig_start(&rig);
	rig_until_health(&rig, HEALTH_FAULT);
	assert_string_equal(rig_status(&rig).why, "the card's screen is 16x4, too small for this display");
	rig_stop(&rig);
	card_end(&card);
}

/* To all cards: nothing is waited for. */
static void test_broadcast(void **state)
{
	struct card card;
	struct rig rig;

	card_begin(&card, "onbon-6q", 16, 4);
	describe(&rig, &card, "onbon-6q");
	rig_option(&rig, "address", "65535");
	rig_start(&rig);
	rig_push(&rig, 5);
	rig_until_shown(&rig, 1);
	while (card.board.frames == 0)
		rig_turn(&rig);
	rig_assert_board(&rig);
	assert_int_equal(card.answers, 0);
	rig_stop(&rig);
	card_end(&card);
}

static void test_check(void **state)
{
	static const struct {
		const char *driver;
		int width, height;
		uint32_t mono;
		const char *key, *value, *said;
	} cases[] = {
		{"onbon-5e", 64, 32, 0, "area", "4", "the areas 0 to 3"},
		{"onbon-6q", 64, 32, 0, "area", "31", NULL},
		{"onbon-6e", 64, 32, 0xff, "area", "0", "has no blue"},
		{"onbon-6q", 400, 251, 0, "area", "0", "301200 bytes a picture are more"},
		{"onbon-6q", 400, 250, 0, "area", "0", NULL},
		{"onbon-6q", 128, 128, 0, "transport", "udp", "does not fit one datagram"},
		{"onbon-6e", 64, 32, 0, "device", "ttyUSB0", "two ways to the controller"},
		{"onbon-6e", 64, 32, 0, "silence", "15s", "more than twice `refresh`"},
		{"onbon-6e", 64, 32, 0, "silence", "25s", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct option options[2] = {
			{"host", "10.0.0.9", {"c", 5, 1}}, {cases[i].key, cases[i].value, {"c", 6, 1}}};
		struct display display = {.name = "gate",
			.width = cases[i].width,
			.height = cases[i].height,
			.driver = cases[i].driver,
			.options = options,
			.option_count = 2,
			.refresh = 10 * NS_PER_SEC,
			.panel = {.gamma = 1,
				.white = {1, 1, 1},
				.mono = cases[i].mono != 0,
				.mono_colour = cases[i].mono}};
		struct diag_list diags;
		diag_init(&diags);
		assert_int_equal(output_check(&display, &diags), !cases[i].said);
		if (cases[i].said)
			assert_non_null(strstr(diags.items[0].message, cases[i].said));
		diag_finish(&diags);
	}
}

/* At 57600 baud a page of 320x96 takes 0.7 s, so nothing scrolls there; over TCP it is what `cycle` says. */
static void test_cycle(void **state)
{
	struct option options[3] = {{"device", "/dev/ttyUSB0", {"c", 5, 1}}, {"baud", "57600", {"c", 6, 1}},
		{"cycle", "50ms", {"c", 7, 1}}};
	struct display display = {.name = "gate",
		.width = 320,
		.height = 96,
		.driver = "onbon-6e",
		.options = options,
		.option_count = 3,
		.panel = {.gamma = 1, .white = {1, 1, 1}, .mono = true, .mono_colour = 0xff0000}};
	struct output_traits traits;

	output_traits(&display, &traits);
	assert_in_range(traits.minimum_cycle, 680 * NS_PER_MS, 750 * NS_PER_MS);
	assert_true(traits.two_levels);
	options[1].value = "9600";
	output_traits(&display, &traits);
	assert_in_range(traits.minimum_cycle, 4 * NS_PER_SEC, 45 * NS_PER_SEC / 10);
	options[0] = (struct option){"host", "10.0.0.9", {"c", 5, 1}};
	output_traits(&display, &traits);
	assert_int_equal(traits.minimum_cycle, 50 * NS_PER_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_answer_cut_at_every_byte),
		cmocka_unit_test(test_no_good_answer),
		cmocka_unit_test(test_busy_is_asked_again),
		cmocka_unit_test(test_spoilt_is_sent_again),
		cmocka_unit_test(test_refusal_is_reported),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_settings_after_reconnecting),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_sequence_wraps),
		cmocka_unit_test(test_screen_too_small),
		cmocka_unit_test(test_broadcast),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_cycle),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, read_vectors, NULL);
}
