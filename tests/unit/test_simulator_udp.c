/* The simulator's decoders of WLED, TPM2.net and Flaschen-Taschen: what must be refused, pieces of a picture, lost ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "card.h"

#define FEED(card, text) card_feed(card, text, sizeof(text) - 1)

static void test_wled(void **state)
{
	struct card card;

	card_begin(&card, "wled", 3, 1);
	FEED(&card, "\002\005");		 /* short */
	FEED(&card, "\003\005\1\2\3\4");	 /* RGBW: not of this board */
	FEED(&card, "\002\005\1\2\3\4");	 /* a pixel and a third */
	FEED(&card, "\001\005\1\2\3");		 /* no whole pixel */
	FEED(&card, "\004\005\0\0\1\2");	 /* the same */
	FEED(&card, "\002\000\1\2\3");		 /* back to the device's own effects */
	FEED(&card, "\004\005\0\0\1\1\1\2\2\2"); /* two of three pixels */
	assert_int_equal(card.board.faults, 5);
	assert_int_equal(card.board.frames, 0);
	FEED(&card, "\004\005\0\2\3\3\3");
	assert_int_equal(card.board.frames, 1);
	assert_memory_equal(card.board.pixels, "\1\1\1\2\2\2\3\3\3", 9);
	assert_int_equal(card_said(&card, "lost"), 0);
	FEED(&card, "\004\005\0\2\4\4\4"); /* its first piece was lost */
	assert_int_equal(card_said(&card, "\"lost\": 1"), 1);
	FEED(&card, "\004\005\0\3\4\4\4"); /* beyond the strip */
	FEED(&card, "\001\005\2\7\7\7\3\7\7\7");
	assert_int_equal(card_said(&card, "beyond"), 2);
	assert_memory_equal(card.board.pixels + 6, "\7\7\7", 3);
	card_end(&card);
}

static void test_tpm2net(void **state)
{
	struct card card;

	card_begin(&card, "tpm2net", 4, 1);
	FEED(&card, "\x9c\xda\0\3\1\1\1\2\3\x37"); /* no trailer */
	FEED(&card, "\x9c\xda\0\4\1\1\1\2\3\x36"); /* more than there is */
	FEED(&card, "\x9d\xda\0\3\1\1\1\2\3\x36");
	FEED(&card, "\x9c\xdb\0\3\1\1\1\2\3\x36");
	FEED(&card, "\x9c\xda\0\3\0\1\1\2\3\x36"); /* number 0, number 2 of 1 */
	FEED(&card, "\x9c\xda\0\3\2\1\1\2\3\x36");
	FEED(&card, "\x9c\xda\0\3\2\2\1\2\3\x36"); /* the first is missing: where does it lie? */
	assert_int_equal(card.board.faults, 7);
	FEED(&card, "\x9c\xda\0\3\1\3\1\1\1\x36");
	FEED(&card, "\x9c\xda\0\6\2\3\2\2\2\3\3\3\x36"); /* longer than the first, and not the last */
	assert_int_equal(card_said(&card, "length"), 2);
	FEED(&card, "\x9c\xda\0\3\3\3\5\5\5\x36"); /* the second is lost */
	assert_int_equal(card.board.frames, 1);
	assert_int_equal(card_said(&card, "\"lost\": 1"), 1);
	FEED(&card, "\x9c\xaa\0\0\1\1\x36"); /* a ping, a command: nothing to show */
	FEED(&card, "\x9c\xc0\0\0\1\1\x36");
	FEED(&card, "\x9c\xda\0\6\1\2\1\1\1\2\2\2\x36");
	FEED(&card, "\x9c\xda\0\6\2\2\3\3\3\4\4\4\x36");
	assert_int_equal(card.board.frames, 2);
	assert_memory_equal(card.board.pixels, "\1\1\1\2\2\2\3\3\3\4\4\4", 12);
	FEED(&card, "\x9c\xda\0\xf\1\1\1\1\1\2\2\2\3\3\3\4\4\4\5\5\5\x36");
	assert_int_equal(card_said(&card, "beyond"), 1);
	card_end(&card);
}

static void test_flaschen(void **state)
{
	struct card card;

	card_begin(&card, "flaschen", 2, 2);
	FEED(&card, "P5\n1 1\n255\nabc");
	FEED(&card, "P6\n0 1\n255\nabc");
	FEED(&card, "P6\n1 1\n65535\nabc");
	FEED(&card, "P6\n1 1\n255");
	FEED(&card, "P6\n999999 999999\n255\nabc");
	FEED(&card, "P6\n1 1\n255\nab"); /* a byte is missing */
	assert_int_equal(card.board.faults, 6);
	FEED(&card, "P6\n2 1\n255\n\1\1\1\2\2\2"); /* the upper row */
	assert_int_equal(card.board.frames, 0);
	FEED(&card, "P6\n2 1\n#FT: 0 1 0\n255\n\3\3\3\4\4\4");
	assert_int_equal(card.board.frames, 1);
	assert_memory_equal(card.board.pixels, "\1\1\1\2\2\2\3\3\3\4\4\4", 12);
	FEED(&card, "P6\n2 2\n#FT: 0 0 1\n255\n\0\0\0\5\5\5\0\0\0\6\6\6"); /* black lets layer 0 through */
	assert_memory_equal(card.board.pixels, "\1\1\1\5\5\5\3\3\3\6\6\6", 12);
	FEED(&card, "P6\n2 2\n#FT: 0 0 1\n255\n\0\0\0\0\0\0\0\0\0\7\7\7");
	assert_memory_equal(card.board.pixels, "\1\1\1\2\2\2\3\3\3\7\7\7", 12);
	FEED(&card, "P6\n1 1\n255\n\x8\x8\x8\n1\n1\n0\n"); /* the place after the pixels */
	assert_memory_equal(card.board.pixels + 9, "\x8\x8\x8", 3);
	FEED(&card, "P6\n2 1\n#FT: 1 1 0\n255\n\x9\x9\x9\x9\x9\x9"); /* half of it lies beyond */
	FEED(&card, "P6\n1 1\n#FT: -1 0 0\n255\n\x9\x9\x9");
	assert_int_equal(card_said(&card, "beyond"), 2);
	assert_memory_equal(card.board.pixels, "\1\1\1\2\2\2\3\3\3\x9\x9\x9", 12);
	card_end(&card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wled),
		cmocka_unit_test(test_tpm2net),
		cmocka_unit_test(test_flaschen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
