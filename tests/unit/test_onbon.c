/* Onbon: bytes against tests/wire/onbon.hex, frames that are cut, joined and spoilt, and the driver's life with a card
 * that is busy, refuses, is silent, or whose answers are cut at every byte. The card is the simulator's decoder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "drivers/onbon.h"
#include "rig.h"

#define VECTORS_MOST 32
static struct vector {
	char name[32];
	uint8_t raw[256], wire[400];
	size_t raw_size, wire_size;
} vectors[VECTORS_MOST];
static size_t vector_count;

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

static int read_vectors(void **state)
{
	char line[2000];
	FILE *file = fopen("tests/wire/onbon.hex", "re");

	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		struct vector *v = &vectors[vector_count ? vector_count - 1 : 0];
		if (sscanf(line, "frame %31s", vectors[vector_count].name) == 1)
			assert_true(++vector_count < VECTORS_MOST);
		else if (strncmp(line, "raw ", 4) == 0)
			v->raw_size = read_hex(line + 4, v->raw, sizeof v->raw);
		else if (strncmp(line, "wire ", 5) == 0)
			v->wire_size = read_hex(line + 5, v->wire, sizeof v->wire);
	}
	fclose(file);
	assert_true(vector_count >= 10);
	return 0;
}

static struct vector *vector(const char *name)
{
	for (size_t i = 0; i < vector_count; i++)
		if (strcmp(vectors[i].name, name) == 0)
			return &vectors[i];
	fail_msg("no vector %s", name);
	return NULL;
}

static size_t wire_of(const struct vector *v, uint8_t wire[400])
{
	return onbon_wrap(v->raw, v->raw_size, wire);
}

/* --- bytes out */

static void test_crc(void **state)
{
	assert_int_equal(onbon_crc16(0, (const uint8_t *)"123456789", 9), 0xbb3d);
}

static void test_escaping(void **state)
{
	static const uint8_t raw[] = {0xa5, 0xa6, 0x5a, 0x5b, 0x00},
			     out[] = {0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa6, 2, 0xa6, 1, 0x5b,
				     2, 0x5b, 1, 0, 0x5a};
	uint8_t wire[400];

	assert_int_equal(onbon_wrap(raw, sizeof raw, wire), sizeof out);
	assert_memory_equal(wire, out, sizeof out);
	for (size_t i = 0; i < vector_count; i++) {
		if (vectors[i].wire_size == 0)
			continue;
		assert_int_equal(wire_of(&vectors[i], wire), vectors[i].wire_size);
		assert_memory_equal(wire, vectors[i].wire, vectors[i].wire_size);
	}
}

static void assert_dynamic(
	const char *name, uint16_t to, uint8_t high, uint8_t low, const void *body, size_t size)
{
	const struct onbon_head head = {.to = to, .device = {high, low}};
	const struct vector *v = vector(name);
	uint8_t raw[300];

	assert_int_equal(onbon_dynamic_frame(&head, body, size, raw), v->raw_size);
	assert_memory_equal(raw, v->raw, v->raw_size);
}

static void test_short_frames(void **state)
{
	assert_dynamic("ping-dynamic", 0xfffe, 0xfe, 0xff, "\x01\xa2\x00\x00\x00", 5);
	assert_dynamic("delete-all", 0xffff, 0x66, 0x02, "\x01\xa7\x01\x00\x00\xff", 6);
	assert_dynamic("delete-0-3", 0xffff, 0x66, 0x02, "\x01\xa7\x01\x00\x00\x02\x00\x03", 8);
	assert_dynamic("delete-all-6e", 0xfffe, 0x74, 0x01, "\x01\xa7\x01\x01\x00\xff", 6);
}

static void assert_common(const char *name, const struct onbon_head *head, const void *body, size_t size)
{
	const struct vector *v = vector(name);
	uint8_t raw[300];

	assert_int_equal(onbon_common_frame(head, body, size, raw), v->raw_size);
	assert_memory_equal(raw, v->raw, v->raw_size);
}

static void test_commands(void **state)
{
	assert_common("power-off-6th",
		&(struct onbon_head){.to = 0xfffe,
			.device = {0x74, 1},
			.generation = 6,
			.sequence = 0x2fe8,
			.random = 0x17},
		"\x01\xa2\x05\x01\x00\x00", 6);
	assert_common("ping-6th",
		&(struct onbon_head){.to = 0xfffe,
			.device = {0xfe, 0xff},
			.generation = 6,
			.sequence = 0x2dec,
			.random = 0x17},
		"\x01\xa2\x00\x00\x00", 5);
	assert_common("power-off-5th",
		&(struct onbon_head){.to = 0xfffe,
			.device = {0x54, 1},
			.generation = 5,
			.kind = 1,
			.sequence = 0x4bb0,
			.random = 0x3a},
		"\x01\xa2\x05\x01\x00\x00", 6);
	uint8_t body[6 + 48] = {
		1, 0xa2, 7, 0x31, 0, 0}; /* brightness 8 by hand: its CRC is in the SDK's frame */
	memset(body + 6, 8, 48);
	assert_int_equal(onbon_crc16(0, body, sizeof body), 0x8fa2);
}

/* (0,0) (1,0) (33,0) (39,1) of 40x2. */
static void four_pixels(uint8_t wire[80], uint8_t colour)
{
	memset(wire, 0, 80);
	wire[0] = wire[1] = wire[33] = wire[79] = colour;
}

static void assert_update(const char *name, const struct onbon_family *family, const struct onbon_head *head,
	const struct onbon_area *area, const uint8_t *wire)
{
	struct onbon_picture picture = {wire, area->x, area->width, area->height, false};
	const struct vector *v = vector(name);
	uint8_t raw[400], *body = raw + ONBON_HEADER_MOST;

	size_t pixels = family->size(&picture),
	       begins = onbon_update_body(family->generation, area, pixels, body);
	family->pack(&picture, body + begins);
	assert_int_equal(onbon_dynamic_frame(head, body, begins + pixels, raw), v->raw_size);
	assert_memory_equal(raw, v->raw, v->raw_size);
}

static void test_updates(void **state)
{
	struct onbon_area area = {.id = 1,
		.width = 40,
		.height = 2,
		.silence = 10,
		.program = -1,
		.at_once = true,
		.length_filled = true,
		.transparency = 101,
		.mode = 2,
		.clear = 1,
		.speed = 10,
		.stay = 400,
		.repeat = 1};
	uint8_t wire[80];

	four_pixels(wire, 1);
	assert_update("update-6e", &onbon_family_6e, &(struct onbon_head){.to = 0xfffe, .device = {0x74, 1}},
		&area, wire);
	area.clear = 0;
	area.stay = 750;
	assert_update("update-5e", &onbon_family_5e, &(struct onbon_head){.to = 0xfffe, .device = {0x54, 1}},
		&area, wire);
	static const uint8_t rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 0xa5, 0x5a, 0x5b};
	area = (struct onbon_area){
		.id = 1, .x = 16, .y = 8, .width = 2, .height = 2, .silence = 10, .stay = 100, .repeat = 1};
	assert_update("update-6q", &onbon_family_6q, &(struct onbon_head){.to = 0xffff, .device = {0x66, 2}},
		&area, rgb);
}

static void assert_packed(
	const struct onbon_family *family, const struct onbon_picture *picture, const char *hex)
{
	uint8_t wanted[64], packed[64];
	size_t size = read_hex(hex, wanted, sizeof wanted);

	assert_int_equal(family->size(picture), size);
	family->pack(picture, packed);
	assert_memory_equal(packed, wanted, size);
}

/* As Onbon's Java SDKs pack the same pictures. */
static void test_packing(void **state)
{
	uint8_t wire[80];

	four_pixels(wire, 2); /* a one-colour board of green LEDs */
	assert_packed(&onbon_family_6e, &(struct onbon_picture){wire, 35, 40, 2, false},
		"FF FF FF E7 FF FF FF F7 FF FF FF FF FF FF DF FF");
	assert_packed(&onbon_family_5e, &(struct onbon_picture){wire, 35, 40, 2, false},
		"E7 FF FF FF F7 FF FF FF FF FF FF DF");
	four_pixels(wire, 1);
	wire[1] = 2;
	wire[33] = 3;
	assert_packed(&onbon_family_6e, &(struct onbon_picture){wire, 0, 40, 2, true},
		"FF FF FF 7F FF FF FF BF FF FF FF FF FF FF FF FE FF FF FF BF FF FF FF BF FF FF FF FF FF FF "
		"FF FF");
	assert_packed(&onbon_family_5e, &(struct onbon_picture){wire, 0, 40, 2, true},
		"7F BF FF FF FF FF FF FF BF BF FF FF FF FF FF FF FF FF FE FF");
}

static void test_packing_widths(void **state)
{
	static const int widths[] = {1, 32, 33};
	uint8_t wire[66], packed[64];

	for (size_t i = 0; i < 3; i++) {
		struct onbon_picture picture = {wire, 0, widths[i], 2, false};
		size_t row5 = (size_t)(widths[i] + 7) / 8, row6 = 4 * ((size_t)(widths[i] + 31) / 32);
		memset(wire, 0, sizeof wire);
		assert_int_equal(onbon_family_5e.size(&picture), 2 * row5);
		assert_int_equal(onbon_family_6e.size(&picture), 2 * row6);
		onbon_family_6e.pack(&picture, packed);
		for (size_t k = 0; k < 2 * row6; k++)
			assert_int_equal(packed[k], 0xff); /* all dark */
		memset(wire, 1, sizeof wire);
		onbon_family_5e.pack(&picture, packed);
		assert_int_equal(packed[0], widths[i] == 1 ? 0x7f : 0);
		assert_int_equal(packed[row5 - 1], widths[i] == 32 ? 0 : 0x7f); /* filled up with dark */
	}
}

/* --- answers */

static bool found(const uint8_t *bytes, size_t size, struct onbon_answer *answer)
{
	while (size > 0) {
		bool is_found;
		size_t n = onbon_parse(bytes, size, answer, &is_found);
		if (is_found)
			return true;
		if (n == 0)
			return false;
		bytes += n;
		size -= n;
	}
	return false;
}

static void test_answers(void **state)
{
	struct onbon_answer answer;
	uint8_t wire[900];

	for (int i = 0; i < 2; i++) {
		size_t size = wire_of(vector(i ? "acknowledge-5e" : "acknowledge-6e"), wire);
		assert_true(found(wire, size, &answer));
		assert_int_equal(answer.to, 0x8000);
		assert_int_equal(answer.from, 0xfffe);
		assert_int_equal(answer.group, 0xa0);
		assert_int_equal(answer.command, 0);
		assert_int_equal(answer.error, 0);
		for (size_t n = 0; n < size; n++)
			assert_false(found(wire, n, &answer));	 /* cut at every byte */
		assert_true(found(wire + 7, size - 7, &answer)); /* one A5 is enough */
		for (size_t n = 0; n < size; n++) {		 /* the rest of one, and a whole one */
			uint8_t both[900] = {0};
			memcpy(both, wire + n, size - n);
			memcpy(both + size - n, wire, size);
			assert_true(found(both, 2 * size - n, &answer));
		}
		wire[14] = 0x66; /* another device's CRC */
		assert_false(found(wire, size, &answer));
	}
	assert_string_equal(onbon_error(4), "out of memory");
	assert_string_equal(onbon_error(99), "unknown error");
}

/* --- the simulator's card reads the same vectors, and refuses what it must */

static void begin(struct card *card, const char *protocol, int width, int height)
{
	card_begin(card, protocol, width, height);
}

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
		begin(&card, protocols_of[i], 40, 2);
		card_feed(&card, wire, wire_of(vector(names[i]), wire));
		assert_int_equal(card.board.frames, 1);
		assert_four(&card);
		assert_int_equal(card.answers, 1);
		card_end(&card);
	}
	begin(&card, "onbon-6q", 32, 16);
	card_feed(&card, wire, wire_of(vector("update-6q"), wire));
	assert_int_equal(card.board.frames, 1);
	assert_int_equal(card.answers, 0); /* to all cards */
	assert_memory_equal(card.board.pixels + 3 * (8 * 32 + 16), "\xff\0\0\0\xff\0", 6);
	assert_memory_equal(card.board.pixels + 3 * (9 * 32 + 16), "\0\0\xff\xa5\x5a\x5b", 6);
	card_feed(&card, wire, wire_of(vector("delete-0-3"), wire));
	card_feed(&card, wire, wire_of(vector("delete-all"), wire));
	assert_int_equal(card_said(&card, EVENT("delete", "all")), 1);
	card_end(&card);
	begin(&card, "onbon-5e", 40, 2);
	card_feed(&card, wire, wire_of(vector("power-off-5th"), wire));
	assert_int_equal(card_said(&card, EVENT("power", "off")), 1);
	card_end(&card);
}

static void test_card_stands_any_cut(void **state)
{
	struct card card;
	uint8_t wire[400], both[800];
	size_t size = wire_of(vector("update-6e"), wire);

	begin(&card, "onbon-6e", 40, 2);
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

	begin(&card, "onbon-6e", 40, 2);
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
		begin(&card, "onbon-6e", i ? 40 : 39, 2); /* past the screen; of no width */
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

/* --- the driver with a card */

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
		begin(&card, families[i].driver, 45, 9);
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
		begin(&card, families[i].driver, 64, 12);
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
		begin(&card, "onbon-6e", 16, 4);
		card.spoil = cut_one;
		card.argument = n;
		describe(&rig, &card, "onbon-6e");
		rig_option(&rig, "answer-within", "20ms");
		rig_start(&rig);
		rig_push(&rig, 3);
		while (card.board.frames == 0)
			rig_turn(&rig);
		if (card.board.frames == 1) /* a slow machine has sent it twice by now */
			assert_int_equal(rig_status(&rig).shown, 0); /* what is cut confirms nothing */
		rig_until_shown(&rig, 1);
		assert_true(card.board.frames >= 2); /* it was sent again */
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
		begin(&card, "onbon-6e", 16, 4);
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
	begin(card, "onbon-6e", 16, 4);
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
		begin(&card, families[i].driver, 16, 4);
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

	begin(&card, "onbon-6e", 16, 4);
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
		begin(&card, i % 2 ? "onbon-5e" : "onbon-6e", 16, 4);
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

	begin(&card, "onbon-6e", 16, 4);
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

	begin(&card, "onbon-6e", 16, 4);
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

	begin(&card, "onbon-6q", 16, 4);
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
		cmocka_unit_test(test_crc),
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_short_frames),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_updates),
		cmocka_unit_test(test_packing),
		cmocka_unit_test(test_packing_widths),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_card_reads_vectors),
		cmocka_unit_test(test_card_stands_any_cut),
		cmocka_unit_test(test_card_refuses_what_is_spoilt),
		cmocka_unit_test(test_card_refuses_bad_areas),
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
