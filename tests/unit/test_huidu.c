/* Huidu: packets against tests/wire/huidu.hex, XML and files in pieces, answers that are cut, joined, refused; an upload
 * that goes on where it broke; and pictures that come out of the card's files. The card is the simulator's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "drivers/huidu.h"
#include "rig.h"

static size_t vector(const char *name, uint8_t *to)
{
	char line[400], wanted[64];
	bool here = false;
	size_t size = 0;
	FILE *file = fopen("tests/wire/huidu.hex", "re");

	assert_non_null(file);
	snprintf(wanted, sizeof wanted, "packet %s\n", name);
	while (fgets(line, sizeof line, file)) {
		unsigned byte;
		int used;
		if (strncmp(line, "wire ", 5) != 0)
			here = strcmp(line, wanted) == 0;
		else if (here)
			for (const char *at = line + 5; sscanf(at, " %2x%n", &byte, &used) == 1; at += used)
				to[size++] = (uint8_t)byte;
	}
	fclose(file);
	if (size == 0)
		fail_msg("no vector %s", name);
	return size;
}

static void assert_vector(const char *name, const uint8_t *bytes)
{
	uint8_t wire[64];
	size_t size = vector(name, wire);

	assert_memory_equal(bytes, wire, size);
}

static void test_packets(void **state)
{
	static const char version[] = "<?xml version='1.0' encoding='utf-8'?>";
	uint8_t out[HUIDU_XML_MOST(200)], wire[64];
	char xml[121];

	assert_int_equal(huidu_hello(out), 8);
	assert_vector("hello", out);
	assert_int_equal(huidu_packet(HUIDU_PULSE, NULL, 0, out), vector("heartbeat", wire));
	assert_vector("heartbeat", out);
	assert_int_equal(huidu_packet(HUIDU_PULSE_ANSWER, NULL, 0, out), 4);
	assert_vector("heartbeat-answer", out);
	snprintf(xml, sizeof xml, "%-120s", version);
	assert_int_equal(huidu_xml(xml, 120, out), 0x84);
	assert_vector("xml-head", out);
	assert_memory_equal(out + 12, xml, 120);
}

static void test_file(void **state)
{
	enum { SIZE = 20000 };
	uint8_t *file = xcalloc(SIZE, 1), *out = xcalloc(HUIDU_FILE_MOST(SIZE), 1);
	const char *md5 = "3aed1e75d41d8cd98f00b204e98003bf";

	assert_int_equal(huidu_file_start(md5, SIZE, 0, "logo.png", out), 0x38);
	assert_vector("file-start-head", out);
	assert_memory_equal(out + 4, md5, 32);
	assert_vector("file-start-tail", out + 36);
	assert_int_equal(huidu_file_rest(file, SIZE, 0, out), 2 * 8004 + 4004 + 4);
	assert_vector("content-head", out);
	assert_vector("content-head", out + 8004);
	assert_vector("last-content-head", out + 16008);
	assert_vector("file-end", out + 20012);
	assert_int_equal(huidu_file_rest(file, SIZE, 19999, out), 5 + 4); /* the card has it but for a byte */
	assert_int_equal(huidu_file_rest(file, SIZE, SIZE, out), 4);
	free(file);
	free(out);
}

/* XML of any length comes together again. */
static void test_xml_in_pieces(void **state)
{
	static const size_t sizes[] = {1, 8000, 8001, 20000}, packets[] = {1, 1, 2, 3};

	for (size_t i = 0; i < 4; i++) {
		char *xml = xmalloc(sizes[i]), *together = xmalloc(sizes[i]);
		uint8_t *out = xmalloc(HUIDU_XML_MOST(sizes[i]));
		for (size_t k = 0; k < sizes[i]; k++)
			xml[k] = (char)('a' + k % 23);
		size_t size = huidu_xml(xml, sizes[i], out), at = 0, got = 0, count = 0;
		while (at < size) {
			struct huidu_packet packet;
			size_t n = huidu_read(out + at, size - at, &packet);
			assert_true(n >= 4 && n <= HUIDU_PACKET_MOST);
			assert_int_equal(packet.command, HUIDU_XML);
			assert_int_equal(packet.content[0] | packet.content[1] << 8, sizes[i]);
			assert_int_equal(packet.content[4] | packet.content[5] << 8, got);
			memcpy(together + got, packet.content + 8, packet.size - 8);
			got += packet.size - 8;
			at += n;
			count++;
		}
		assert_int_equal(got, sizes[i]);
		assert_int_equal(count, packets[i]);
		assert_memory_equal(together, xml, got);
		free(xml);
		free(together);
		free(out);
	}
}

static void test_read(void **state)
{
	struct huidu_packet packet;
	uint8_t wire[64];
	size_t size = vector("file-start-answer", wire);

	for (size_t n = 0; n < size; n++)
		assert_int_equal(huidu_read(wire, n, &packet), 0);
	assert_int_equal(huidu_read(wire, size, &packet), size);
	assert_int_equal(packet.command, HUIDU_FILE_START_ANSWER);
	assert_int_equal(packet.size, 10);
	assert_int_equal(huidu_read((const uint8_t *)"\x03\x00\x00\x00", 4, &packet), HUIDU_PASSED);
	assert_int_equal(huidu_read((const uint8_t *)"\x01\x24", 2, &packet), HUIDU_PASSED); /* 9217 */
	assert_int_equal(huidu_read((const uint8_t *)"\x00\x24", 2, &packet), 0);
}

static void test_attributes(void **state)
{
	char value[8];

	assert_true(huidu_attribute(
		"<a/><out method=\"M\" result=\"kSuccess\"/>", "out", "method", value, sizeof value));
	assert_string_equal(value, "M");
	assert_false(huidu_attribute(
		"<out result=\"kSuccess\"/>", "out", "result", value, sizeof value)); /* too long */
	assert_false(huidu_attribute("<out><b method=\"M\"/></out>", "out", "method", value, sizeof value));
	assert_false(huidu_attribute("<out method=\"M", "out", "method", value, sizeof value));
	assert_false(huidu_attribute("", "out", "method", value, sizeof value));
}

/* --- the driver with a card */

static void begin(struct rig *rig, struct card *card, int width, int height)
{
	card_begin(card, "huidu", width, height);
	rig_describe(rig, card, "huidu");
	rig_option(rig, "cycle", "1ms");
}

static void end(struct rig *rig, struct card *card)
{
	rig_stop(rig);
	card_end(card);
}

static void test_pictures(void **state)
{
	struct card card;
	struct rig rig;

	begin(&rig, &card, 61, 47); /* rows that are filled up; more than one packet */
	rig_start(&rig);
	for (uint32_t k = 1; k <= 5; k++) {
		rig_push(&rig, k % 4); /* the fifth is the first again */
		rig_until_shown(&rig, k);
		rig_assert_board(&rig);
	}
	assert_int_equal(card_said(&card, "\"event\": \"file\""), 4);
	assert_int_equal(
		card_said(&card, "\"event\": \"resumed\""), 1); /* it is there: nothing is written again */
	assert_int_equal(card.board.faults, 0);
	assert_int_equal(card.board.frames, 5);
	output_refresh(rig.output);
	rig_until_shown(&rig, 6);
	assert_int_equal(card.board.frames, 5); /* what stands there is only asked for */
	output_set_brightness(rig.output, 333);
	rig_until_said(&rig, EVENT("brightness", "33"));
	output_set_brightness(rig.output, 0);
	rig_until_said(&rig, EVENT("brightness", "1"));
	output_set_power(rig.output, false);
	rig_until_said(&rig, EVENT("power", "off"));
	end(&rig, &card);
}

/* No more files than are allowed stay on the card; those of an earlier run are found. */
static void test_old_files_go(void **state)
{
	struct card card;
	struct rig rig;

	begin(&rig, &card, 16, 4);
	rig_option(&rig, "files", "3");
	rig_start(&rig);
	for (uint32_t k = 1; k <= 8; k++) {
		rig_push(&rig, k);
		rig_until_shown(&rig, k);
	}
	while (card_said(&card, "\"deleted\"") < 5)
		rig_turn(&rig);
	card_hang_up(&card);
	rig_until_health(&rig, HEALTH_DOWN);
	rig_push(&rig, 9);
	rig_until_shown(&rig, 9);
	while (card_said(&card, "\"deleted\"") < 6)
		rig_turn(&rig);
	rig_assert_board(&rig);
	assert_int_equal(card.board.faults, 0);
	end(&rig, &card);
}

/* The connection breaks after the first of two packets; the rest follows on the next one, under another guid. */
static void test_upload_goes_on(void **state)
{
	struct card card;
	struct rig rig;
	uint8_t bytes[9000];
	ssize_t got;

	begin(&rig, &card, 64, 64); /* 12342 bytes */
	rig_start(&rig);
	rig_until_health(&rig, HEALTH_UP);
	rig_until_said(&rig, "\"brightness\"");
	rig_push(&rig, 1);
	rig_until_said(&rig, "\"event\": \"file\"");
	do { /* the driver sends it all; the card hears the first 9000 bytes */
		bool never = false;
		loop_run_until(rig.loop, &never, NS_PER_MS);
		got = recv(card.client, bytes, sizeof bytes, MSG_DONTWAIT | MSG_WAITALL | MSG_PEEK);
	} while (got < (ssize_t)sizeof bytes);
	card_feed(&card, bytes, (size_t)got);
	card_hang_up(&card);
	rig_until_shown(&rig, 1);
	rig_assert_board(&rig);
	assert_int_equal(card_said(&card, "\"event\": \"resumed\""), 1);
	assert_int_equal(rig_status(&rig).reconnects, 1);
	end(&rig, &card);
}

/* A heartbeat of the card's in front of each answer, in the same segment. */
static size_t join_heartbeat(struct card *card, uint8_t *bytes, size_t size)
{
	(void)card;
	memmove(bytes + 4, bytes, size);
	memcpy(bytes, "\x04\x00\x5f\x00", 4);
	return size + 4;
}

/* Hello is answered with eight bytes, not ten. */
static size_t short_hello(struct card *card, uint8_t *bytes, size_t size)
{
	(void)card;
	if (bytes[2] == 0x02 && bytes[3] == 0x20)
		return vector("hello-answer", bytes);
	return size;
}

static void test_answers_that_are_right(void **state)
{
	size_t (*const spoilers[])(struct card *, uint8_t *, size_t) = {join_heartbeat, short_hello};

	for (size_t i = 0; i < 2; i++) {
		struct card card;
		struct rig rig;
		begin(&rig, &card, 16, 4);
		card.spoil = spoilers[i];
		rig_start(&rig);
		rig_push(&rig, 1);
		rig_until_shown(&rig, 1);
		rig_assert_board(&rig);
		assert_int_equal(card.board.faults, 0);
		end(&rig, &card);
	}
}

/* The answer to the program is cut after `argument` bytes: it confirms nothing, and the link is given up. */
static size_t cut_one(struct card *card, uint8_t *bytes, size_t size)
{
	(void)bytes;
	if (card->board.frames == 1 && card->argument >= 0) {
		size_t n = (size_t)card->argument;
		card->argument = -1;
		return n < size ? n : size - 1;
	}
	return size;
}

static void test_answer_cut_at_every_byte(void **state)
{
	for (int n = 0; n < 140; n++) {
		struct card card;
		struct rig rig;
		begin(&rig, &card, 16, 4);
		card.spoil = cut_one;
		card.argument = n;
		rig_option(&rig, "answer-within", "8ms");
		rig_start(&rig);
		rig_push(&rig, 1);
		while (card.board.frames == 0)
			rig_turn(&rig);
		assert_int_equal(rig_status(&rig).shown, 0);
		rig.output->backoff = rig.output->backoff_first = NS_PER_MS;
		rig_until_shown(&rig, 1);
		assert_true(rig_status(&rig).reconnects >= 1);
		rig_assert_board(&rig);
		end(&rig, &card);
	}
}

static size_t replace(struct card *card, uint8_t *bytes, size_t size)
{
	static const struct {
		const char *bytes;
		size_t size;
	} with[] = {{"\x03\x00\x04\x20", 4}, {"\x01\x24\x04\x20", 4}, {"\x06\x00\x00\x20\x07\x00", 6},
		{"\x0c\x00\x04\x20\xff\xff\xff\xff\x00\x00\x00\x00", 12},
		{"\x0c\x00\x04\x20\x20\x00\x00\x00\x01\x00\x00\x00", 12}};
	if (card->board.frames == 0)
		return size;
	memcpy(bytes, with[card->argument].bytes, with[card->argument].size);
	return with[card->argument].size;
}

static void test_answers_that_are_none(void **state)
{
	static const char *const why[] = {"what the card sends are no packets of Huidu",
		"what the card sends are no packets of Huidu", "the card reports error 7",
		"the card's answer is no answer", "the card's answer is no answer"};

	for (int i = 0; i < 5; i++) {
		struct card card;
		struct rig rig;
		begin(&rig, &card, 16, 4);
		card.spoil = replace;
		card.argument = i;
		rig_start(&rig);
		rig_push(&rig, 1);
		rig_until_health(&rig, HEALTH_DOWN);
		assert_string_equal(rig_status(&rig).why, why[i]);
		assert_int_equal(rig_status(&rig).shown, 0);
		end(&rig, &card);
	}
}

static void test_refused(void **state)
{
	struct card card;
	struct rig rig;

	begin(&rig, &card, 16, 4);
	card.options.faults.refuse = 1;
	card_restart(&card);
	rig_start(&rig);
	rig_push(&rig, 1);
	rig_until_health(&rig, HEALTH_DOWN);
	assert_string_equal(rig_status(&rig).why, "the card answers kMemoryFailed to AddProgram");
	end(&rig, &card);
}

static size_t silent(struct card *card, uint8_t *bytes, size_t size)
{
	(void)bytes;
	return card->board.frames == 0 ? size : 0;
}

static void test_silent(void **state)
{
	struct card card;
	struct rig rig;

	begin(&rig, &card, 16, 4);
	card.spoil = silent;
	rig_option(&rig, "answer-within", "10ms");
	rig_start(&rig);
	rig_push(&rig, 1);
	rig_until_health(&rig, HEALTH_DOWN);
	assert_string_equal(rig_status(&rig).why, "the controller does not answer");
	end(&rig, &card);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_xml_in_pieces),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_old_files_go),
		cmocka_unit_test(test_upload_goes_on),
		cmocka_unit_test(test_answers_that_are_right),
		cmocka_unit_test(test_answer_cut_at_every_byte),
		cmocka_unit_test(test_answers_that_are_none),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_silent),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
