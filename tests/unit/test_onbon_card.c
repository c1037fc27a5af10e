/* Onbon: the simulator's card reads the frames of tests/wire/onbon.hex, cut and joined, and refuses what it must. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/log.h"
#include "onbon_vectors.h"
#include "rig.h"

static void assert_lit(const struct card *card, int x, int y, bool lit)
{
	assert_int_equal(card->board.pixels[3 * (y * card->board.width + x)], lit ? 255 : 0);
}

static void assert_four(const struct card *card)
{
	for (int y = 0; y < 2; y++)
		for (int x = 0; x < 40; x++)
			assert_lit(card, x, y, y ? x == 39 : x == 0 || x == 1 || x == 33);
}

static void test_card_reads_vectors(void **state)
{
	static const char *const protocols_of[] = {"onbon-6e", "onbon-5e"}, *const names[] = {
										    "update-6e", "update-5e"};
	struct card card;
	uint8_t wire[400];

	for (int i = 0; i < 2; i++) {
		card_begin(&card, protocols_of[i], 40, 2);
		card_feed(&card, wire, wire_of(vector(names[i]), wire));
		assert_int_equal(card.board.frames, 1);
		assert_four(&card);
		assert_int_equal(card.answers, 1);
		card_end(&card);
	}
	card_begin(&card, "onbon-6q", 32, 16);
	card_feed(&card, wire, wire_of(vector("update-6q"), wire));
	assert_int_equal(card.board.frames, 1);
	assert_int_equal(card.answers, 0); /* to all cards */
	assert_memory_equal(card.board.pixels + 3 * (8 * 32 + 16), "\xff\0\0\0\xff\0", 6);
	assert_memory_equal(card.board.pixels + 3 * (9 * 32 + 16), "\0\0\xff\xa5\x5a\x5b", 6);
	card_feed(&card, wire, wire_of(vector("delete-0-3"), wire));
	card_feed(&card, wire, wire_of(vector("delete-all"), wire));
	assert_int_equal(card_said(&card, EVENT("delete", "all")), 1);
	card_end(&card);
	card_begin(&card, "onbon-5e", 40, 2);
	card_feed(&card, wire, wire_of(vector("power-off-5th"), wire));
	assert_int_equal(card_said(&card, EVENT("power", "off")), 1);
	card_end(&card);
}

static void test_card_stands_any_cut(void **state)
{
	struct card card;
	uint8_t wire[400], both[800];
	size_t size = wire_of(vector("update-6e"), wire);

	card_begin(&card, "onbon-6e", 40, 2);
	for (size_t n = 0; n < size; n++) { /* two pieces */
		card_feed(&card, wire, n);
		card_feed(&card, wire + n, size - n);
		assert_int_equal(card.board.frames, n + 1);
	}
	assert_int_equal(card.board.faults, 0);
	memcpy(both, wire, size);
	memcpy(both + size, wire, size);
	card_feed(&card, both, 2 * size);
	assert_int_equal(card.board.frames, size + 2); /* joined */
	card_feed(&card, "\x5a", 1);
	card_feed(&card, wire + 7, size - 7); /* one A5 */
	assert_int_equal(card.board.frames, size + 3);
	for (size_t n = 9; n < size; n++) { /* the end never comes; the next one counts */
		card_feed(&card, wire, n);
		card_feed(&card, wire, size);
		assert_int_equal(card.board.frames, size + 4 + n - 9);
	}
	assert_four(&card);
	card_end(&card);
}

static void test_card_refuses_what_is_spoilt(void **state)
{
	struct card card;
	uint8_t wire[400];
	size_t size = wire_of(vector("update-6e"), wire);

	card_begin(&card, "onbon-6e", 40, 2);
	for (size_t bit = 8 * 8; bit < 8 * size; bit++) {
		wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
		card_feed(&card, wire, size);
		wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(card.board.frames, 0);
	}
	int escapes = card_said(&card, "\"escape\"");
	card_feed(&card, "\xa5\xfe\xa6\x03\x00\x5a", 6);
	assert_int_equal(card_said(&card, "\"escape\""), escapes + 1);
	assert_int_equal(card.board.frames, 0);
	card_end(&card);
}

static void test_card_refuses_bad_areas(void **state)
{
	struct card card;
	uint8_t wire[400], raw[400];
	const struct vector *v = vector("update-6e");

	for (int i = 0; i < 2; i++) {
		card_begin(&card, "onbon-6e", i ? 40 : 39, 2); /* past the screen; of no width */
		memcpy(raw, v->raw, v->raw_size);
		if (i)
			raw[44] = raw[76] = 0;
		unsigned sum = onbon_crc16(0, raw, v->raw_size - 2);
		raw[v->raw_size - 2] = (uint8_t)sum;
		raw[v->raw_size - 1] = (uint8_t)(sum >> 8);
		card_feed(&card, wire, onbon_wrap(raw, v->raw_size, wire));
		assert_int_equal(card.board.frames, 0);
		assert_int_equal(card.board.faults, 1);
		assert_int_equal(card.answers, 1);
		card_end(&card);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_card_reads_vectors),
		cmocka_unit_test(test_card_stands_any_cut),
		cmocka_unit_test(test_card_refuses_what_is_spoilt),
		cmocka_unit_test(test_card_refuses_bad_areas),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, read_vectors, NULL);
}
