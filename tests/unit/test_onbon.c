/* Onbon: bytes against tests/wire/onbon.hex, and answers that are cut, joined and spoilt. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/log.h"
#include "onbon_vectors.h"

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
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, read_vectors, NULL);
}
