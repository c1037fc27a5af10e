/* A NovaStar sending card with its receiving cards: registers that are read and written.
 *
 * Request: 55 AA 00, serial number, from, to, device, port, card (2), 0 read 1 write, 0, register (4), length (2), data,
 * sum (2): 5555 and all bytes after the magic. The answer begins AA 55 and an error. What goes to all (to FF) is answered
 * by nobody, nor what goes to every card (FFFF). Source: the packages of sarakusha/novastar. The board shows what the cards would: black, their own test
 * picture, or, where the picture would come by HDMI, grey as bright as they are set.
 */
#include <stdio.h>
#include <string.h>

#include "protocol.h"
#include "stream.h"

#define HEAD	   18
#define MOST	   256
#define EVERYONE   0xff
#define EVERY_CARD 0xffff

enum { OK, TIMED_OUT, BAD_SUM, UNUSED, UNKNOWN };

struct sender {
	struct stream stream;
	struct card_faults faults;
	int reads;
	uint8_t brightness, black, test, frozen, mode;
};

static unsigned word(const uint8_t *p)
{
	return p[0] + 256u * p[1];
}

static unsigned sum(const uint8_t *p, size_t n)
{
	unsigned total = 0x5555;

	for (size_t i = 2; i < n; i++)
		total += p[i];
	return total & 0xffff;
}

static uint8_t *find_register(struct sender *s, const uint8_t *packet)
{
	bool receiver = packet[6] == 1;

	switch (word(packet + 12) + 65536u * word(packet + 14)) {
	case 0x02000001:
		return receiver ? &s->brightness : NULL;
	case 0x02000100:
		return receiver ? &s->black : NULL;
	case 0x02000101:
		return receiver ? &s->test : NULL;
	case 0x02000102:
		return receiver ? &s->frozen : NULL;
	case 0x13000004:
	case 0x02200050:
		return receiver ? NULL : &s->mode;
	default:
		return NULL;
	}
}

static void show(const struct sender *s, struct board *board)
{
	static const uint8_t tests[][3] = {
		[2] = {255, 0, 0}, [3] = {0, 255, 0}, [4] = {0, 0, 255}, [5] = {255, 255, 255}};
	uint8_t grey[3] = {s->brightness, s->brightness, s->brightness}, black[3] = {0};
	const uint8_t *colour = s->black == 0xff || s->mode == 2 ? black
				: s->test >= 2 && s->test <= 5	 ? tests[s->test]
								 : grey;

	for (size_t i = 0; i < board->size; i += 3)
		board_write(board, i, colour, 3);
	board_show(board);
}

static void note(const struct sender *s, struct board *board, const uint8_t *at)
{
	char value[8];
	const char *what = at == &s->brightness ? "brightness"
			   : at == &s->black	? "blackout"
			   : at == &s->test	? "test"
			   : at == &s->frozen	? "freeze"
						: "mode";

	snprintf(value, sizeof value, "%u", *at);
	board_note(board, what, value);
}

/* Nobody answers it. */
static bool is_broadcast(const uint8_t *packet)
{
	return packet[5] == EVERYONE || word(packet + 8) == EVERY_CARD;
}

static void answer(struct board *board, const uint8_t *packet, int error, const uint8_t *data, size_t size)
{
	uint8_t out[HEAD + MOST + 2];

	if (is_broadcast(packet))
		return;
	memcpy(out, packet, HEAD);
	out[0] = 0xaa;
	out[1] = 0x55;
	out[2] = (uint8_t)error;
	out[4] = packet[5];
	out[5] = packet[4];
	out[16] = (uint8_t)size;
	out[17] = (uint8_t)(size >> 8);
	if (size > 0)
		memcpy(out + HEAD, data, size);
	unsigned total = sum(out, HEAD + size);
	out[HEAD + size] = (uint8_t)total;
	out[HEAD + size + 1] = (uint8_t)(total >> 8);
	board_answer(board, out, HEAD + size + 2);
}

/* Somebody else has made the board dark. */
static void intrude(struct sender *s, struct board *board)
{
	if (s->faults.intrude <= 0 || s->faults.insist <= 0 || s->brightness == 1 ||
		++s->reads < s->faults.intrude)
		return;
	s->faults.insist--;
	s->brightness = 1;
	board_event(board, "intruder");
}

static void read_registers(struct sender *s, struct board *board, const uint8_t *packet)
{
	uint8_t data[MOST] = {0};
	size_t length = word(packet + 16);
	const uint8_t *at = find_register(s, packet);

	if (packet[6] == 0 && word(packet + 12) == 2 && word(packet + 14) == 0) { /* the model */
		data[0] = 0x01;
		data[1] = 0x11;
	} else if (at) {
		data[0] = *at;
	} else {
		answer(board, packet, UNKNOWN, NULL, 0);
		return;
	}
	answer(board, packet, OK, data, length);
}

static void write_registers(struct sender *s, struct board *board, const uint8_t *packet)
{
	uint8_t *at = find_register(s, packet);

	if (!at || word(packet + 16) != 1) {
		answer(board, packet, UNKNOWN, NULL, 0);
		return;
	}
	*at = packet[HEAD];
	note(s, board, at);
	show(s, board);
	answer(board, packet, OK, NULL, 0);
}

static void obey(struct sender *s, struct board *board, const uint8_t *packet)
{
	int error = OK;

	if (!is_broadcast(packet)) { /* what nobody answers cannot be answered badly */
		if (s->faults.busy > 0 && s->faults.busy--)
			error = TIMED_OUT;
		else if (s->faults.spoilt > 0 && s->faults.spoilt--)
			error = BAD_SUM;
		else if (s->faults.refuse > 0) {
			error = s->faults.refuse;
			s->faults.refuse = 0;
		}
	}
	if (error != OK) {
		board_event(board, "refused");
		answer(board, packet, error, NULL, 0);
	} else if (packet[10] == 1) {
		write_registers(s, board, packet);
	} else {
		intrude(s, board);
		read_registers(s, board, packet);
	}
}

static size_t take(struct sender *s, struct board *board, const uint8_t *bytes, size_t size)
{
	size_t garbage = stream_garbage(bytes, size, "\x55\xaa", 2);

	if (garbage > 0)
		return garbage;
	if (size < HEAD)
		return 0;
	size_t length = word(bytes + 16), whole = HEAD + (bytes[10] == 1 ? length : 0);
	if (length == 0 || length > MOST) {
		board_fault(board, "length");
		return 1;
	}
	if (size < whole + 2)
		return 0;
	if (sum(bytes, whole) != word(bytes + whole)) {
		board_fault(board, "checksum");
		return 1;
	}
	obey(s, board, bytes);
	return whole + 2;
}

static struct sender *feeding; /* stream_feed's callback has no other way to it */

static size_t parse(struct board *board, const uint8_t *bytes, size_t size)
{
	return take(feeding, board, bytes, size);
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	feeding = state;
	stream_feed(&feeding->stream, board, bytes, size, parse);
}

static void init(void *state, const struct board *board, const struct decoder_options *options)
{
	struct sender *s = state;

	(void)board;
	s->faults = options->faults;
	s->brightness = 0x66;
}

const struct protocol novastar_protocol = {
	.name = "novastar",
	.transport = TRANSPORT_STREAM,
	.wires = WIRE_SERIAL | WIRE_TCP,
	.port = 5200,
	.state_size = sizeof(struct sender),
	.init = init,
	.feed = feed,
	.finish = stream_finish,
};
