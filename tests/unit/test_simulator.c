/* The simulator's decoders, fed by hand: every vector of tests/wire however it is cut and whatever stands before it;
 * what must be refused; and frames that lose a part. Nothing of drivers/ is in this program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/time.h"
#include "tools/simulator/protocol.h"
#include "tools/simulator/universes.h"

/* --- a decoder with its board, and what it said */

struct bench {
	const struct protocol *protocol;
	void *state;
	struct board board;
	char *said;
	size_t said_size;
	uint8_t answer[4096];
	size_t answer_size;
	struct arrival arrival;
};

static void keep_answer(void *data, const void *bytes, size_t size)
{
	struct bench *bench = data;

	assert_true(bench->answer_size + size <= sizeof bench->answer);
	memcpy(bench->answer + bench->answer_size, bytes, size);
	bench->answer_size += size;
}

static void begin_at(struct bench *bench, const char *name, int width, int height, int universe)
{
	*bench = (struct bench){.protocol = protocol_find(name), .arrival = {NS_PER_SEC, 1}};
	assert_non_null(bench->protocol);
	const struct decoder_options options = {
		.universe = universe < 0 ? bench->protocol->universe_usual : universe};
	board_init(&bench->board, width, height);
	bench->board.outputs.json = open_memstream(&bench->said, &bench->said_size);
	bench->board.answer = keep_answer;
	bench->board.answer_data = bench;
	bench->state = xcalloc(1, bench->protocol->state_size);
	if (bench->protocol->init)
		bench->protocol->init(bench->state, &bench->board, &options);
}

static void begin(struct bench *bench, const char *name, int width)
{
	begin_at(bench, name, width, 1, -1);
}

static void end(struct bench *bench)
{
	if (bench->protocol->finish)
		bench->protocol->finish(bench->state);
	free(bench->state);
	fclose(bench->board.outputs.json);
	free(bench->said);
	board_finish(&bench->board);
}

/* Each piece in memory of just its size: reading one byte beyond is found. */
static void feed(struct bench *bench, const void *bytes, size_t size)
{
	uint8_t *copy = xmemdup(bytes, size);

	bench->protocol->feed(bench->state, &bench->board, copy, size, &bench->arrival);
	free(copy);
}

static int said(const struct bench *bench, const char *word)
{
	int count = 0;

	for (const char *at = bench->said; (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

#define EVENT(word) "\"event\": \"" word "\""

static void assert_pixels(const struct bench *bench, const uint8_t *pixels, size_t size)
{
	char wanted[64];

	assert_int_equal(size, bench->board.size);
	assert_memory_equal(bench->board.pixels, pixels, size);
	snprintf(wanted, sizeof wanted, "\"digest\": \"%016llx\"",
		(unsigned long long)digest_picture(DIGEST_START, pixels, size));
	assert_true(said(bench, wanted) >= 1);
}

/* --- the vectors */

#define VECTOR_MOST 4096
struct vector {
	int universe;
	uint8_t pixels[VECTOR_MOST], wire[VECTOR_MOST];
	size_t pixel_bytes, wire_bytes;
};

static size_t read_hex(const char *text, uint8_t *to)
{
	size_t n = 0;
	unsigned byte;

	for (; *text; text++) {
		if (*text == ' ' || *text == '\n')
			continue;
		assert_int_equal(sscanf(text++, "%2x", &byte), 1);
		assert_true(n < VECTOR_MOST);
		to[n++] = (uint8_t)byte;
	}
	return n;
}

static void each_vector(const char *name, void (*fn)(const char *name, const struct vector *vector))
{
	char *path = xasprintf("tests/wire/%s.hex", name), line[3 * VECTOR_MOST];
	FILE *from = fopen(path, "r");
	struct vector vector = {.universe = -1};
	int count = 0;

	assert_non_null(from);
	while (fgets(line, sizeof line, from)) {
		if (strncmp(line, "universe ", 9) == 0)
			vector.universe = (int)strtol(line + 9, NULL, 10);
		else if (strncmp(line, "pixels ", 7) == 0)
			vector.pixel_bytes = read_hex(line + 7, vector.pixels);
		else if (strncmp(line, "wire ", 5) == 0) {
			vector.wire_bytes = read_hex(line + 5, vector.wire);
			fn(name, &vector);
			count++;
		} else {
			assert_true(line[0] == '#' || line[0] == '\n');
		}
	}
	assert_true(count > 0);
	fclose(from);
	free(path);
}

static void begin_vector(struct bench *bench, const char *name, const struct vector *vector)
{
	begin_at(bench, name, (int)(vector->pixel_bytes / 3), 1, vector->universe);
}

static void end_vector(struct bench *bench, const struct vector *vector, uint64_t frames)
{
	assert_int_equal(bench->board.frames, frames);
	assert_pixels(bench, vector->pixels, vector->pixel_bytes);
	end(bench);
}

static void check_whole(const char *name, const struct vector *vector)
{
	struct bench bench;

	begin_vector(&bench, name, vector);
	feed(&bench, vector->wire, vector->wire_bytes);
	assert_int_equal(bench.board.faults, 0);
	end_vector(&bench, vector, 1);
}

/* Cut at every byte, cut into single bytes, and two frames in one piece. */
static void check_cuts(const char *name, const struct vector *vector)
{
	struct bench bench;
	uint8_t twice[2 * VECTOR_MOST];

	for (size_t cut = 0; cut <= vector->wire_bytes; cut++) {
		begin_vector(&bench, name, vector);
		feed(&bench, vector->wire, cut);
		assert_int_equal(bench.board.frames, cut == vector->wire_bytes);
		feed(&bench, vector->wire + cut, vector->wire_bytes - cut);
		end_vector(&bench, vector, 1);
	}
	begin_vector(&bench, name, vector);
	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < vector->wire_bytes; i++)
			feed(&bench, vector->wire + i, 1);
	end_vector(&bench, vector, 2);
	memcpy(twice, vector->wire, vector->wire_bytes);
	memcpy(twice + vector->wire_bytes, vector->wire, vector->wire_bytes);
	begin_vector(&bench, name, vector);
	feed(&bench, twice, 2 * vector->wire_bytes);
	assert_int_equal(bench.board.faults, 0);
	end_vector(&bench, vector, 2);
}

/* The beginning of a magic, of a frame, other noise: the frame after them is found, whole. */
static void check_garbage(const char *name, const struct vector *vector)
{
	static const char *const garbage[] = {
		"A", "Ad", "Aw", "Ada", "Awa", "AA", "\xc9", "\xc9\xc9", "hello", "\xff\xda\x36"};
	struct bench bench;

	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
		begin_vector(&bench, name, vector);
		feed(&bench, garbage[i], strlen(garbage[i]));
		feed(&bench, vector->wire, vector->wire_bytes);
		end_vector(&bench, vector, 1);
	}
}

static void check_truncated(const char *name, const struct vector *vector)
{
	struct bench bench;

	for (size_t size = 0; size < vector->wire_bytes; size++) {
		begin_vector(&bench, name, vector);
		feed(&bench, vector->wire, size);
		assert_int_equal(bench.board.frames, 0);
		assert_int_equal(bench.board.faults, 1);
		end(&bench);
	}
}

static void test_stream_vectors(void **test)
{
	static const char *const names[] = {"adalight", "awa", "tpm2"};

	(void)test;
	for (size_t i = 0; i < 3; i++) {
		each_vector(names[i], check_whole);
		each_vector(names[i], check_cuts);
		each_vector(names[i], check_garbage);
	}
}

static void test_datagram_vectors(void **test)
{
	static const char *const names[] = {"ddp", "artnet", "sacn", "wled", "tpm2net", "flaschen"};

	(void)test;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		each_vector(names[i], check_whole);
		/* WLED's say no length, and a Flaschen-Taschen's place may be left out */
		if (strcmp(names[i], "wled") != 0 && strcmp(names[i], "flaschen") != 0)
			each_vector(names[i], check_truncated);
	}
}

/* --- serial: what is wrong is dropped, the next frame is shown */

static const uint8_t three[] = {0xff, 0, 0, 0, 0x80, 0, 1, 2, 3};
static const uint8_t ada[] = {'A', 'd', 'a', 0, 2, 0x57, 0xff, 0, 0, 0, 0x80, 0, 1, 2, 3};
static const uint8_t awa[] = {'A', 'w', 'a', 0, 2, 0x57, 0xff, 0, 0, 0, 0x80, 0, 1, 2, 3, 0x86, 0x8c, 0xa6};
static const uint8_t tpm2[] = {0xc9, 0xda, 0, 9, 0xff, 0, 0, 0, 0x80, 0, 1, 2, 3, 0x36};

static void test_adalight_checksum(void **test)
{
	struct bench bench;
	uint8_t wrong[sizeof ada];

	(void)test;
	for (int i = 3; i < 6; i++) {
		memcpy(wrong, ada, sizeof ada);
		wrong[i] ^= 1;
		begin(&bench, "adalight", 3);
		feed(&bench, wrong, sizeof wrong);
		assert_int_equal(bench.board.frames, 0);
		assert_int_equal(said(&bench, EVENT("checksum")), 1);
		feed(&bench, ada, sizeof ada);
		assert_int_equal(bench.board.frames, 1);
		assert_pixels(&bench, three, sizeof three);
		end(&bench);
	}
}

static void test_awa_any_bit(void **test)
{
	struct bench bench;
	uint8_t wrong[sizeof awa];

	(void)test;
	/* behind the magic any flipped bit is found; FF to 00 is the one change that sums modulo 255 cannot see */
	for (size_t bit = 3 * 8; bit < 8 * sizeof awa; bit++) {
		memcpy(wrong, awa, sizeof awa);
		wrong[bit / 8] ^= (uint8_t)(1 << bit % 8);
		begin(&bench, "awa", 3);
		feed(&bench, wrong, sizeof wrong);
		assert_int_equal(bench.board.frames, 0);
		assert_true(bench.board.faults <= 1); /* a count of more pixels waits for them */
		end(&bench);
	}
}

/* A false header claims to be followed by 6 pixels; a true frame stands among them and is not lost. */
static void test_frame_inside_of_a_false_one(void **test)
{
	static const uint8_t false_awa[] = {'A', 'w', 'a', 0, 5, 0x50};
	static const uint8_t false_tpm2[] = {0xc9, 0xda, 0, 14};
	struct bench bench;

	(void)test;
	begin(&bench, "awa", 3);
	feed(&bench, false_awa, sizeof false_awa);
	feed(&bench, awa, sizeof awa);
	assert_int_equal(bench.board.frames, 0);
	feed(&bench, "\1\2\3", 3);
	assert_int_equal(bench.board.frames, 1);
	assert_int_equal(said(&bench, EVENT("checksum")), 1);
	end(&bench);

	begin(&bench, "tpm2", 3);
	feed(&bench, false_tpm2, sizeof false_tpm2);
	feed(&bench, tpm2, sizeof tpm2);
	feed(&bench, "\1", 1);
	assert_int_equal(bench.board.frames, 1);
	assert_int_equal(said(&bench, EVENT("trailer")), 1);
	assert_pixels(&bench, three, sizeof three);
	end(&bench);
}

static void test_counts(void **test)
{
	static const int counts[] = {1, 2, 255, 256, 257, 65536};
	struct bench bench;

	(void)test;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		int n = counts[i], high = (n - 1) >> 8, low = (n - 1) & 255;
		size_t size = 6 + 3 * (size_t)n;
		uint8_t *frame = xmalloc(size);
		memcpy(frame, "Ada", 3);
		frame[3] = (uint8_t)high, frame[4] = (uint8_t)low, frame[5] = (uint8_t)(high ^ low ^ 0x55);
		for (size_t k = 6; k < size; k++)
			frame[k] = (uint8_t)(k * 7 + k / 256);
		begin_at(&bench, "adalight", n > 256 ? n / 2 : n, n > 256 && n % 2 == 0 ? 2 : 1, -1);
		feed(&bench, frame, size - 1);
		assert_int_equal(bench.board.frames, 0);
		feed(&bench, frame + size - 1, 1);
		assert_int_equal(bench.board.frames, 1);
		assert_int_equal(said(&bench, EVENT("beyond")), n == 257);
		assert_memory_equal(bench.board.pixels, frame + 6, bench.board.size);
		end(&bench);
		free(frame);
	}
}

static void test_pings(void **test)
{
	struct bench bench;

	(void)test;
	begin(&bench, "tpm2", 3);
	feed(&bench, "\xc9", 1);
	feed(&bench, "\xaa", 1);
	feed(&bench, tpm2, sizeof tpm2);
	assert_int_equal(bench.answer_size, 1);
	assert_int_equal(bench.answer[0], 0xac);
	assert_int_equal(bench.board.frames, 1);
	end(&bench);

	begin(&bench, "awa", 3);
	feed(&bench, awa, sizeof awa);
	feed(&bench, "Awa\x2a\xa2\x15", 6);
	assert_memory_equal(bench.answer, "bangtin-simulator: 1 frames, 0 faults\r\n", 39);
	assert_int_equal(bench.board.faults, 0);
	end(&bench);
}

/* --- DDP */

static void ddp(struct bench *bench, int flags, int sequence, int type, int destination, unsigned offset,
	unsigned length, size_t data)
{
	uint8_t packet[10 + 64] = {(uint8_t)flags, (uint8_t)sequence, (uint8_t)type, (uint8_t)destination,
		(uint8_t)(offset >> 24), (uint8_t)(offset >> 16), (uint8_t)(offset >> 8), (uint8_t)offset,
		(uint8_t)(length >> 8), (uint8_t)length};

	memset(packet + 10, 0x11 * sequence, data);
	feed(bench, packet, 10 + data);
}

static void test_ddp_refusals(void **test)
{
	struct bench bench;

	(void)test;
	begin(&bench, "ddp", 4);
	ddp(&bench, 0x81, 0, 0x0b, 1, 0, 3, 3);
	assert_int_equal(said(&bench, EVENT("version")), 1);
	ddp(&bench, 0x41, 0, 0x1b, 1, 0, 4, 4);
	assert_int_equal(said(&bench, EVENT("type")), 1);
	ddp(&bench, 0x41, 0, 0x0b, 1, 0, 4, 3);
	assert_int_equal(said(&bench, EVENT("length")), 1);
	ddp(&bench, 0x41, 0, 0x0b, 1, 12, 3, 3);
	ddp(&bench, 0x41, 0, 0x0b, 1, 0xfffffffe, 3, 3);
	assert_int_equal(said(&bench, EVENT("beyond")), 2);
	ddp(&bench, 0x43, 0, 0x0b, 1, 0, 3, 3); /* query, reply, storage; control data */
	ddp(&bench, 0x45, 0, 0x0b, 1, 0, 3, 3);
	ddp(&bench, 0x49, 0, 0x0b, 1, 0, 3, 3);
	ddp(&bench, 0x41, 0, 0x0b, 0xf6, 0, 3, 3);
	assert_int_equal(bench.board.frames, 0);
	assert_int_equal(bench.board.faults, 5);
	ddp(&bench, 0x41, 0, 0x0b, 255, 9, 6, 6); /* half of it beyond */
	assert_int_equal(bench.board.frames, 1);
	assert_int_equal(bench.board.faults, 6);
	end(&bench);
}

static void test_ddp_sequence(void **test)
{
	struct bench bench;

	(void)test;
	begin(&bench, "ddp", 4);
	ddp(&bench, 0x40, 14, 0x0b, 1, 0, 6, 6);
	ddp(&bench, 0x41, 15, 0x0b, 1, 6, 6, 6);
	assert_int_equal(bench.board.frames, 1);
	assert_int_equal(said(&bench, "lost"), 0);
	ddp(&bench, 0x41, 15, 0x0b, 1, 0, 3, 3); /* a duplicate, and one that comes late */
	ddp(&bench, 0x41, 13, 0x0b, 1, 0, 3, 3);
	assert_int_equal(said(&bench, EVENT("sequence")), 2);
	ddp(&bench, 0x41, 2, 0x0b, 1, 6, 6, 6); /* 1 follows 15; it did not come */
	assert_int_equal(bench.board.frames, 2);
	assert_int_equal(said(&bench, "\"lost\": 1"), 1);
	bench.arrival.time += 3 * NS_PER_SEC; /* a sender that starts again */
	ddp(&bench, 0x41, 1, 0x0b, 1, 0, 3, 3);
	assert_int_equal(bench.board.frames, 3);
	assert_int_equal(said(&bench, "lost"), 1);
	end(&bench);
}

/* --- Art-Net */

static size_t dmx(uint8_t *packet, int sequence, int universe, uint8_t value, size_t n)
{
	memcpy(packet, "Art-Net\0\x00\x50\x00\x0e", 12);
	packet[12] = (uint8_t)sequence, packet[13] = 0;
	packet[14] = (uint8_t)universe, packet[15] = (uint8_t)(universe >> 8);
	packet[16] = (uint8_t)(n >> 8), packet[17] = (uint8_t)n;
	memset(packet + 18, value, n);
	return 18 + n;
}

static void send_dmx(struct bench *bench, int sequence, int universe, uint8_t value)
{
	uint8_t packet[18 + 512];

	bench->arrival.time += NS_PER_MS;
	feed(bench, packet, dmx(packet, sequence, universe, value, 510));
}

static void send_artsync(struct bench *bench)
{
	feed(bench, "Art-Net\0\x00\x52\x00\x0e\0\0", 14);
}

/* How many pixels of the board have not this value: a frame that mixes two. */
static size_t others(const struct bench *bench, uint8_t value)
{
	size_t count = 0;

	for (size_t i = 0; i < bench->board.size; i++)
		count += bench->board.pixels[i] != value;
	return count;
}

static void test_artnet_refusals(void **test)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *event;
	} wrong[] = {{0, 'a', EVENT("header")}, {7, 1, EVENT("header")}, {9, 0x51, EVENT("operation")},
		{11, 13, EVENT("version")}, {17, 3, EVENT("length")}, {16, 3, EVENT("length")},
		{17, 0, EVENT("length")}, {17, 6, EVENT("length")}};
	struct bench bench;
	uint8_t packet[18 + 512];

	(void)test;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		begin(&bench, "artnet", 1);
		size_t size = dmx(packet, 1, 0, 9, 4);
		packet[wrong[i].at] = wrong[i].value;
		feed(&bench, packet, size);
		assert_int_equal(bench.board.frames, 0);
		assert_int_equal(said(&bench, wrong[i].event), 1);
		end(&bench);
	}
	begin(&bench, "artnet", 1);
	send_dmx(&bench, 1, 1, 9); /* another node's universe; a node's answer */
	feed(&bench, "Art-Net\0\x00\x21\x7f\x00\x00\x01\x36\x19", 16);
	assert_int_equal(bench.board.frames + bench.board.faults, 0);
	end(&bench);
}

static void test_artnet_sequence(void **test)
{
	struct bench bench;

	(void)test;
	begin(&bench, "artnet", 1);
	send_dmx(&bench, 254, 0, 1);
	send_dmx(&bench, 255, 0, 2);
	send_dmx(&bench, 1, 0, 3); /* 0 is left out */
	assert_int_equal(bench.board.frames, 3);
	send_dmx(&bench, 1, 0, 4);
	send_dmx(&bench, 255, 0, 5);
	assert_int_equal(bench.board.frames, 3);
	assert_int_equal(said(&bench, EVENT("sequence")), 2);
	send_dmx(&bench, 0, 0, 6); /* a sender that does not count */
	assert_int_equal(bench.board.frames, 4);
	assert_int_equal(others(&bench, 6), 0);
	end(&bench);
}

/* Whatever universe is lost, no frame mixes two, and the one after the gap is shown. */
static void check_lost_universe(int lost, bool own_numbers)
{
	struct bench bench;

	begin_at(&bench, "artnet", 170, 4, -1);
	for (int frame = 1; frame <= 6; frame++)
		for (int universe = 0; universe < 4; universe++) {
			if (frame == 3 && universe == lost)
				continue;
			uint64_t frames = bench.board.frames;
			send_dmx(&bench, frame + (own_numbers ? universe * 20 : 0), universe, (uint8_t)frame);
			if (bench.board.frames > frames)
				assert_int_equal(others(&bench, (uint8_t)frame), 0);
		}
	assert_int_equal(bench.board.frames, 5);
	assert_int_equal(said(&bench, EVENT("incomplete")), 1);
	end(&bench);
}

static void test_lost_universe(void **test)
{
	(void)test;
	for (int lost = 0; lost < 4; lost++) {
		check_lost_universe(lost, false);
		check_lost_universe(lost, true);
	}
}

/* The last universes of one frame and the first of the next are lost: only the numbers can tell. */
static void test_gap_over_two_frames(void **test)
{
	struct bench bench;

	(void)test;
	begin_at(&bench, "artnet", 170, 4, -1);
	for (int universe = 0; universe < 4; universe++)
		send_dmx(&bench, 1, universe, 1);
	send_dmx(&bench, 2, 0, 2);
	send_dmx(&bench, 2, 1, 2);
	send_dmx(&bench, 3, 2, 3);
	send_dmx(&bench, 3, 3, 3);
	for (int universe = 0; universe < 4; universe++)
		send_dmx(&bench, 4, universe, 4);
	assert_int_equal(bench.board.frames, 2);
	assert_int_equal(said(&bench, EVENT("incomplete")), 2);
	assert_int_equal(others(&bench, 4), 0);
	end(&bench);
}

static void test_universes_out_of_order(void **test)
{
	static const int order[] = {2, 0, 3, 1};
	struct bench bench;

	(void)test;
	begin_at(&bench, "artnet", 170, 4, -1);
	for (int frame = 1; frame <= 3; frame++)
		for (int i = 0; i < 4; i++)
			send_dmx(&bench, frame, order[i], (uint8_t)frame);
	assert_int_equal(bench.board.frames, 3);
	assert_int_equal(bench.board.faults, 0);
	end(&bench);
}

/* One that numbered all universes alike and then each on its own is understood again after a while. */
static void test_sender_changes_its_counting(void **test)
{
	struct bench bench;

	(void)test;
	begin_at(&bench, "artnet", 170, 2, -1);
	for (int frame = 1; frame <= 3; frame++)
		for (int universe = 0; universe < 2; universe++)
			send_dmx(&bench, frame, universe, (uint8_t)frame);
	assert_int_equal(bench.board.frames, 3);
	for (int frame = 4; frame < 30; frame++)
		for (int universe = 0; universe < 2; universe++)
			send_dmx(&bench, frame + 10 * universe, universe, (uint8_t)frame);
	assert_in_range(bench.board.frames, 3 + 10, 3 + 26);
	end(&bench);
}

static void test_artsync(void **test)
{
	struct bench bench;

	(void)test;
	begin_at(&bench, "artnet", 170, 2, -1);
	send_dmx(&bench, 1, 0, 1);
	send_dmx(&bench, 1, 1, 1);
	assert_int_equal(bench.board.frames, 1); /* no sync has come yet: at once */
	send_artsync(&bench);
	assert_int_equal(bench.board.frames, 1);
	send_dmx(&bench, 2, 0, 2);
	send_dmx(&bench, 2, 1, 2);
	assert_int_equal(bench.board.frames, 1);
	bench.arrival.sender = 2; /* a stranger's does not count */
	send_artsync(&bench);
	assert_int_equal(said(&bench, EVENT("sender")), 1);
	assert_int_equal(bench.board.frames, 1);
	bench.arrival.sender = 1;
	send_artsync(&bench);
	assert_int_equal(bench.board.frames, 2);
	send_dmx(&bench, 3, 1, 3); /* shown at the sync, though not whole */
	send_artsync(&bench);
	assert_int_equal(bench.board.frames, 3);
	assert_int_equal(said(&bench, "\"lost\": 1"), 1);
	send_dmx(&bench, 4, 0, 4); /* its sync is lost */
	send_dmx(&bench, 4, 1, 4);
	send_dmx(&bench, 5, 0, 5);
	assert_int_equal(said(&bench, EVENT("sync")), 1);
	bench.arrival.time += 5 * NS_PER_SEC; /* no sync for long: at once again */
	send_dmx(&bench, 5, 1, 5);
	assert_int_equal(bench.board.frames, 4);
	end(&bench);
}

static void test_artpoll(void **test)
{
	struct bench bench;

	(void)test;
	begin_at(&bench, "artnet", 170, 6, 0x12e); /* universes 12e, 12f | 130 … 133 */
	feed(&bench, "Art-Net\0\x00\x20\x00\x0e\x02\x00", 14);
	assert_int_equal(bench.answer_size, 2 * 239);
	assert_memory_equal(bench.answer, "Art-Net\0\x00\x21", 10);
	const uint8_t *second = bench.answer + 239;
	assert_int_equal(bench.answer[18] << 8 | bench.answer[19] << 4 | bench.answer[190], 0x12e);
	assert_int_equal(bench.answer[173], 2);
	assert_int_equal(bench.answer[191], 0xf);
	assert_int_equal(second[18] << 8 | second[19] << 4 | second[190], 0x130);
	assert_int_equal(second[173], 4);
	assert_string_equal((const char *)second + 26, "bangtin");
	end(&bench);
}

/* --- sACN */

struct e131 {
	int universe, sequence, priority, sync, options, start_code;
	uint8_t cid, value;
};

static void put(uint8_t *to, unsigned value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static size_t e131_packet(uint8_t *packet, const struct e131 *e)
{
	size_t n = 510;

	memset(packet, 0, 126);
	memcpy(packet,
		"\0\x10\0\0"
		"ASC-E1.17",
		13);
	put(packet + 16, (unsigned)(0x7000 | (n + 110)));
	packet[21] = 4;
	memset(packet + 22, e->cid, 16);
	put(packet + 38, (unsigned)(0x7000 | (n + 88)));
	packet[43] = 2;
	packet[108] = (uint8_t)(e->priority ? e->priority : 100);
	put(packet + 109, (unsigned)e->sync);
	packet[111] = (uint8_t)e->sequence;
	packet[112] = (uint8_t)e->options;
	put(packet + 113, (unsigned)e->universe);
	put(packet + 115, (unsigned)(0x7000 | (n + 11)));
	packet[117] = 2, packet[118] = 0xa1, packet[122] = 1;
	put(packet + 123, (unsigned)n + 1);
	packet[125] = (uint8_t)e->start_code;
	memset(packet + 126, e->value, n);
	return 126 + n;
}

static void send_e131(struct bench *bench, struct e131 e)
{
	uint8_t packet[126 + 512];

	bench->arrival.time += NS_PER_MS;
	feed(bench, packet, e131_packet(packet, &e));
}

static void send_e131_sync(struct bench *bench, uint8_t cid, int sequence, int universe)
{
	uint8_t packet[49] = "\0\x10\0\0"
			     "ASC-E1.17";

	put(packet + 16, 0x7021);
	packet[21] = 8;
	memset(packet + 22, cid, 16);
	put(packet + 38, 0x700b);
	packet[43] = 1;
	packet[44] = (uint8_t)sequence;
	put(packet + 45, (unsigned)universe);
	feed(bench, packet, sizeof packet);
}

static void test_sacn_refusals(void **test)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *event;
	} wrong[] = {{1, 0x11, EVENT("header")}, {4, 'B', EVENT("header")}, {21, 5, EVENT("vector")},
		{43, 3, EVENT("vector")}, {117, 3, EVENT("vector")}, {118, 0xa2, EVENT("vector")},
		{17, 0, EVENT("length")}, {39, 0, EVENT("length")}, {116, 0, EVENT("length")},
		{124, 0, EVENT("length")}, {123, 3, EVENT("length")}, {125, 0xdd, EVENT("start-code")}};
	struct bench bench;
	uint8_t packet[126 + 512];

	(void)test;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		begin(&bench, "sacn", 1);
		size_t size = e131_packet(packet, &(struct e131){.universe = 1, .sequence = 1, .value = 9});
		packet[wrong[i].at] = wrong[i].value;
		feed(&bench, packet, size);
		assert_int_equal(bench.board.frames, 0);
		assert_int_equal(said(&bench, wrong[i].event), 1);
		end(&bench);
	}
	begin(&bench, "sacn", 1);
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 1, .options = 0x80}); /* preview */
	send_e131(&bench, (struct e131){.universe = 2, .sequence = 1});
	assert_int_equal(bench.board.frames + bench.board.faults, 0);
	end(&bench);
}

static void test_sacn_sequence(void **test)
{
	struct bench bench;

	(void)test;
	begin(&bench, "sacn", 1);
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 255, .value = 1});
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 0, .value = 2});
	assert_int_equal(bench.board.frames, 2);
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 0, .value = 3});
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 237, .value = 3}); /* 19 back */
	assert_int_equal(said(&bench, EVENT("sequence")), 2);
	send_e131(&bench,
		(struct e131){.universe = 1, .sequence = 236, .value = 4}); /* 20 back: it began again */
	assert_int_equal(bench.board.frames, 3);
	assert_int_equal(others(&bench, 4), 0);
	end(&bench);
}

static void test_sacn_sources(void **test)
{
	struct bench bench;

	(void)test;
	begin(&bench, "sacn", 1);
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 50, .cid = 1, .value = 1});
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 60, .cid = 2, .value = 2, .priority = 90});
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 61, .cid = 2, .value = 2});
	assert_int_equal(said(&bench, EVENT("priority")), 2);
	assert_int_equal(others(&bench, 1), 0);
	/* a higher one takes over, with numbers of its own; the lower one must not end it */
	send_e131(
		&bench, (struct e131){.universe = 1, .sequence = 49, .cid = 3, .value = 3, .priority = 150});
	send_e131(
		&bench, (struct e131){.universe = 1, .sequence = 51, .cid = 1, .value = 1, .options = 0x40});
	assert_int_equal(others(&bench, 3), 0);
	assert_int_equal(said(&bench, EVENT("ended")), 0);
	/* its end, said three times: the others are welcome at once */
	for (int i = 50; i < 53; i++)
		send_e131(&bench,
			(struct e131){.universe = 1, .sequence = i, .cid = 3, .value = 9, .options = 0x40});
	assert_int_equal(said(&bench, EVENT("ended")), 1);
	assert_int_equal(others(&bench, 3), 0);
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 70, .cid = 2, .value = 2, .priority = 90});
	assert_int_equal(others(&bench, 2), 0);
	bench.arrival.time += 3 * NS_PER_SEC; /* silence ends it too */
	send_e131(&bench, (struct e131){.universe = 1, .sequence = 1, .cid = 4, .value = 4, .priority = 1});
	assert_int_equal(others(&bench, 4), 0);
	assert_int_equal(bench.board.frames, 4);
	end(&bench);
}

static void test_sacn_sync(void **test)
{
	struct bench bench;

	(void)test;
	begin_at(&bench, "sacn", 170, 2, -1);
	for (int universe = 1; universe <= 2; universe++)
		send_e131(
			&bench, (struct e131){.universe = universe, .sequence = 1, .sync = 7962, .value = 1});
	assert_int_equal(bench.board.frames, 1); /* no sync has come yet: at once */
	send_e131_sync(&bench, 0, 1, 7962);
	for (int universe = 1; universe <= 2; universe++)
		send_e131(
			&bench, (struct e131){.universe = universe, .sequence = 2, .sync = 7962, .value = 2});
	assert_int_equal(bench.board.frames, 1);
	send_e131_sync(&bench, 0, 2, 7000); /* another universe's, another source's, an older one */
	send_e131_sync(&bench, 5, 2, 7962);
	send_e131_sync(&bench, 0, 1, 7962);
	assert_int_equal(bench.board.frames, 1);
	assert_int_equal(said(&bench, EVENT("sequence")), 1);
	send_e131_sync(&bench, 0, 2, 7962);
	assert_int_equal(bench.board.frames, 2);
	/* the syncs come no more, the data do: they wait, but go on at once where they say so */
	for (int i = 0; i < 6; i++) {
		bench.arrival.time += NS_PER_SEC;
		for (int universe = 1; universe <= 2; universe++)
			send_e131(&bench, (struct e131){.universe = universe,
						  .sequence = 3 + i,
						  .sync = 7962,
						  .value = 3,
						  .options = i < 4 ? 0 : 0x20});
		assert_int_equal(bench.board.frames, i < 4 ? 2 : i - 1);
	}
	end(&bench);
}

/* --- noise: nothing to see but the sanitizers, and that the decoder still works */

static uint64_t random_state = 88172645463325252u;
static uint8_t next_byte(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint8_t)(random_state >> 32);
}

static void test_noise(void **test)
{
	struct bench bench;
	uint8_t noise[300];

	(void)test;
	for (int i = 0; protocols[i]; i++) {
		if (strcmp(protocols[i]->name, "wled") == 0)
			continue; /* two bytes are all its header */
		begin(&bench, protocols[i]->name, 3);
		for (int round = 0; round < 2000; round++) {
			size_t size = next_byte();
			for (size_t k = 0; k < size; k++)
				noise[k] = next_byte();
			feed(&bench, noise, size);
		}
		assert_true(
			bench.board.frames < 5); /* where a checksum is short, noise may pass for a frame */
		end(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream_vectors),
		cmocka_unit_test(test_datagram_vectors),
		cmocka_unit_test(test_adalight_checksum),
		cmocka_unit_test(test_awa_any_bit),
		cmocka_unit_test(test_frame_inside_of_a_false_one),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_pings),
		cmocka_unit_test(test_ddp_refusals),
		cmocka_unit_test(test_ddp_sequence),
		cmocka_unit_test(test_artnet_refusals),
		cmocka_unit_test(test_artnet_sequence),
		cmocka_unit_test(test_lost_universe),
		cmocka_unit_test(test_gap_over_two_frames),
		cmocka_unit_test(test_universes_out_of_order),
		cmocka_unit_test(test_sender_changes_its_counting),
		cmocka_unit_test(test_artsync),
		cmocka_unit_test(test_artpoll),
		cmocka_unit_test(test_sacn_refusals),
		cmocka_unit_test(test_sacn_sequence),
		cmocka_unit_test(test_sacn_sources),
		cmocka_unit_test(test_sacn_sync),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests_name("simulator", tests, NULL, NULL);
}
