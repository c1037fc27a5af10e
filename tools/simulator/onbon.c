/* Onbon BX-5E, 6E and 6Q cards: dynamic areas, and the commands that set clock, brightness and power.
 *
 * A frame is A5 (once or more), escaped bytes, 5A. A6 02 = A5, A6 01 = A6, 5B 02 = 5A, 5B 01 = 5B. Three headers: F0 of
 * dynamic areas (16 bytes, CRC-16 behind the body), 07 and 05 of commands (28 and 27 bytes, the body's CRC and an XOR in
 * them). Source: the manuals in onbonlab/BX-V-VI and the message definitions of Onbon's SDK. One-colour LEDs are red.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "protocol.h"

#define FRAME_MOST  (400 * 1000)
#define PIXELS_MOST (300 * 1000)
#define EVERY_CARD  0xfffe
#define SILENTLY    0xffff
#define OUR_ADDRESS 1
#define CHECK_BYTES 2

enum family { FAMILY_5E, FAMILY_6E, FAMILY_6Q };
enum refusal { NONE, NO_GROUP, NO_COMMAND, BUSY, NO_MEMORY, SPOILT, SCREEN = 18 };

struct card {
	enum family family;
	struct card_faults faults;
	uint8_t *raw; /* of the frame that is coming in */
	size_t size, capacity;
	bool inside, escaped, broken;
	uint8_t escape;
	uint8_t brightness, on;
};

struct request {
	const uint8_t *header;
	size_t header_size;
	unsigned version, to;
	const uint8_t *body;
	size_t size;
};

static unsigned word(const uint8_t *p)
{
	return p[0] + 256u * p[1];
}

static uint32_t dword(const uint8_t *p)
{
	return word(p) + 65536u * word(p + 2);
}

static unsigned crc(const uint8_t *p, size_t n)
{
	unsigned value = 0;

	while (n-- > 0) {
		value ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			value = value & 1 ? value / 2 ^ 0xa001 : value / 2;
	}
	return value;
}

/* --- answers */

static const uint8_t types[][2] = {
	[FAMILY_5E] = {0x54, 0x01}, [FAMILY_6E] = {0x74, 0x01}, [FAMILY_6Q] = {0x66, 0x02}};

static size_t escape(const uint8_t *raw, size_t n, uint8_t *out)
{
	size_t k = 0;

	while (k < 8)
		out[k++] = 0xa5;
	for (size_t i = 0; i < n; i++) {
		switch (raw[i]) {
		case 0xa5:
		case 0xa6:
			out[k++] = 0xa6;
			out[k++] = raw[i] == 0xa5 ? 2 : 1;
			break;
		case 0x5a:
		case 0x5b:
			out[k++] = 0x5b;
			out[k++] = raw[i] == 0x5a ? 2 : 1;
			break;
		default:
			out[k++] = raw[i];
		}
	}
	out[k++] = 0x5a;
	return k;
}

/* The header of what was asked, sent back, with the addresses changed over. */
static size_t answer_header(const struct card *card, const struct request *request, const uint8_t *body,
	size_t size, uint8_t *raw)
{
	size_t n = request->header_size;

	memcpy(raw, request->header, n);
	memcpy(raw, request->header + 2, 2);
	memcpy(raw + 2, request->header, 2);
	memcpy(raw + 6, types[card->family], 2);
	memcpy(raw + n, body, size);
	if (request->version == 0xf0) {
		raw[12] = (uint8_t)size;
		raw[13] = (uint8_t)(size >> 8);
		raw[14] = raw[15] = 0;
		unsigned sum = crc(raw, n + size);
		raw[n + size] = (uint8_t)sum;
		raw[n + size + 1] = (uint8_t)(sum >> 8);
		return n + size + 2;
	}
	unsigned sum = crc(body, size);
	raw[9] = 0;
	raw[22] = (uint8_t)size;
	raw[23] = (uint8_t)(size >> 8);
	raw[24] = (uint8_t)sum;
	raw[25] = (uint8_t)(sum >> 8);
	raw[n - 1] = 0;
	for (size_t i = 0; i + 1 < n; i++)
		raw[n - 1] ^= raw[i];
	return n + size;
}

static void answer(const struct card *card, struct board *board, const struct request *request, int group,
	int command, enum refusal refusal, const uint8_t *data, size_t size)
{
	uint8_t body[512] = {0, (uint8_t)group, (uint8_t)command, refusal != NONE, 0, (uint8_t)refusal, 0,
		(uint8_t)size, (uint8_t)(size >> 8)};
	uint8_t raw[600], out[1300];

	if (request->to == SILENTLY || request->body[0] != 1)
		return;
	if (size > 0)
		memcpy(body + 9, data, size);
	size_t n = answer_header(card, request, body, 9 + size, raw);
	board_answer(board, out, escape(raw, n, out));
}

static void answer_ping(const struct card *card, struct board *board, const struct request *request)
{
	uint8_t data[360] = {types[card->family][0], types[card->family][1], 'S', 'I', 'M', '-', '1', '.',
		'0', '0', 0, OUR_ADDRESS, 0, 2, (uint8_t)board->width, (uint8_t)(board->width >> 8),
		(uint8_t)board->height, (uint8_t)(board->height >> 8), card->family == FAMILY_6Q ? 0xff : 3,
		card->brightness, card->on};

	answer(card, board, request, 0xa2, 0x80, NONE, data, card->family == FAMILY_5E ? 30 : 330);
}

/* --- pixels */

struct area {
	unsigned x, y, width, height;
	const uint8_t *pixels;
	size_t size;
};

static bool lit(const uint8_t *octets, size_t bit)
{
	return !(octets[bit / 8] & 128 >> bit % 8);
}

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to;
}

/* Bytes of a picture in one colour; 0: the family has none. */
static size_t plane_bytes(enum family family, const struct area *a)
{
	if (family == FAMILY_5E)
		return round_up(a->x % 8 + a->width, 8) * a->height;
	return family == FAMILY_6E ? 4 * round_up(a->x % 32 + a->width, 32) * a->height : 0;
}

static void colour_5e(const struct area *a, unsigned x, unsigned y, bool dual, uint8_t *rgb)
{
	size_t planes = dual ? 2 : 1, column = a->x % 8 + x;
	const uint8_t *row = a->pixels + y * planes * round_up(a->x % 8 + a->width, 8);

	rgb[0] = lit(row + planes * (column / 8), column % 8) ? 255 : 0;
	rgb[1] = dual && lit(row + planes * (column / 8) + 1, column % 8) ? 255 : 0;
	rgb[2] = 0;
}

static bool lit_6e(const struct area *a, const uint8_t *plane, unsigned x, unsigned y)
{
	size_t column = a->x % 32 + x;
	const uint8_t *w = plane + 4 * (y * round_up(a->x % 32 + a->width, 32) + column / 32);

	return !(dword(w) >> (31 - column % 32) & 1);
}

static void colour_6e(const struct area *a, unsigned x, unsigned y, bool dual, uint8_t *rgb)
{
	rgb[0] = lit_6e(a, a->pixels, x, y) ? 255 : 0;
	rgb[1] = dual && lit_6e(a, a->pixels + plane_bytes(FAMILY_6E, a), x, y) ? 255 : 0;
	rgb[2] = 0;
}

static void paint(enum family family, struct board *board, const struct area *a, bool dual)
{
	for (unsigned y = 0; y < a->height; y++) {
		for (unsigned x = 0; x < a->width; x++) {
			uint8_t rgb[3];
			if (family == FAMILY_6Q)
				memcpy(rgb, a->pixels + 3 * ((size_t)y * a->width + x), 3);
			else if (family == FAMILY_6E)
				colour_6e(a, x, y, dual, rgb);
			else
				colour_5e(a, x, y, dual, rgb);
			board_write(
				board, 3 * ((size_t)(a->y + y) * (size_t)board->width + a->x + x), rgb, 3);
		}
	}
}

static enum refusal show(enum family family, struct board *board, const struct area *a)
{
	size_t one = plane_bytes(family, a);

	if (a->width == 0 || a->height == 0 || a->x + a->width > (unsigned)board->width ||
		a->y + a->height > (unsigned)board->height)
		return SCREEN;
	if (a->size > PIXELS_MOST)
		return NO_MEMORY;
	if (family == FAMILY_6Q ? a->size != 3 * (size_t)a->width * a->height
				: a->size != one && a->size != 2 * one)
		return SCREEN;
	paint(family, board, a, one > 0 && a->size == 2 * one);
	board_show(board);
	return NONE;
}

/* --- A7 00: the fields of an area, one after the other, as far as the bytes go */

struct reader {
	const uint8_t *at, *end;
	bool ran_out;
};

static uint32_t take(struct reader *r, int bytes)
{
	uint32_t value = 0;

	if (r->end - r->at < bytes) {
		r->ran_out = true;
		r->at = r->end;
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		value |= (uint32_t)*r->at++ << 8 * i;
	return value;
}

static void skip(struct reader *r, unsigned bytes)
{
	while (bytes-- > 0 && !r->ran_out)
		take(r, 1);
}

static void read_place(struct reader *r, struct area *a)
{
	skip(r, 1 + 1 + 2 + 1);	 /* id, run mode, timeout, with every program */
	skip(r, 2 * take(r, 2)); /* related programs */
	skip(r, 1 + 4);		 /* at once */
	if (take(r, 1) != 0x10)
		r->ran_out = true;
	a->x = take(r, 2);
	a->y = take(r, 2);
	a->width = take(r, 2);
	a->height = take(r, 2);
	if (take(r, 1) != 0) /* a frame around it, which no picture of ours has */
		r->ran_out = true;
}

/* One area of one page. */
static bool read_6th(struct reader *r, struct area *a)
{
	if (take(r, 2) != 1)
		return false;
	uint32_t length = take(r, 4);
	const uint8_t *from = r->at;
	read_place(r, a);
	skip(r, 1 + 1 + 1);  /* background, transparency, equal areas */
	if (take(r, 1) != 0) /* sound */
		return false;
	skip(r, 5);
	if (take(r, 2) != 1 || take(r, 4) != 26)
		return false;
	skip(r, 4 + 2 + 1);
	if (take(r, 2) != a->width)
		return false;
	skip(r, 9);
	if (take(r, 4) != 0)
		return false;
	a->size = take(r, 4);
	a->pixels = r->at;
	return !r->ran_out && (size_t)(r->at - from) == length && (size_t)(r->end - r->at) == a->size;
}

static bool read_5th(struct reader *r, struct area *a)
{
	uint32_t length = take(r, 4);
	const uint8_t *from = r->at;

	read_place(r, a);
	if (take(r, 2) != 1)
		return false;
	uint32_t page = take(r, 4);
	skip(r, 4 + 2 + 1);
	if (take(r, 2) != a->width)
		return false;
	skip(r, 4);
	a->pixels = r->at;
	a->size = (size_t)(r->end - r->at);
	return !r->ran_out && page == 13 + a->size && (size_t)(r->end - from) == length;
}

static enum refusal update(struct card *card, struct board *board, const struct request *request)
{
	struct reader reader = {request->body + 5, request->body + request->size, false};
	struct area area = {0};
	unsigned filled = word(request->body + 3);
	bool good = card->family == FAMILY_5E ? read_5th(&reader, &area) : read_6th(&reader, &area);

	if (!good || (filled != 0 && filled != request->size - 5)) {
		board_fault(board, "area");
		return SCREEN;
	}
	enum refusal refusal = show(card->family, board, &area);
	if (refusal != NONE)
		board_fault(board, refusal == NO_MEMORY ? "memory" : "beyond");
	return refusal;
}

static enum refusal erase(struct board *board, const struct request *request)
{
	const uint8_t *ids = request->body + 5;
	char text[16] = "all";

	if (request->size < 6 || (ids[0] != 0xff && request->size != (size_t)6 + ids[0]))
		return NO_COMMAND;
	if (ids[0] != 0xff)
		snprintf(text, sizeof text, "%u", ids[0]);
	memset(board->pixels, 0, board->size);
	board_note(board, "delete", text);
	return NONE;
}

/* --- A2: the card itself */

static enum refusal set_clock(struct board *board, const uint8_t *data, size_t size)
{
	char text[40];

	if (size != 8)
		return NO_COMMAND;
	snprintf(text, sizeof text, "%02X%02X-%02X-%02X %02X:%02X:%02X %u", data[1], data[0], data[2],
		data[3], data[4], data[5], data[6], data[7]);
	board_note(board, "clock", text);
	return NONE;
}

static enum refusal set_power(struct card *card, struct board *board, const uint8_t *data, size_t size)
{
	if (size != 1 || data[0] > 1)
		return NO_COMMAND;
	card->on = data[0];
	board_note(board, "power", card->on ? "on" : "off");
	return NONE;
}

static enum refusal set_brightness(struct card *card, struct board *board, const uint8_t *data, size_t size)
{
	char text[8];

	if (size != 49 || data[0] != 0)
		return NO_COMMAND;
	for (size_t i = 1; i < size; i++)
		if (data[i] != data[1] || data[i] > 15)
			return NO_COMMAND;
	card->brightness = data[1];
	snprintf(text, sizeof text, "%u", data[1]);
	board_note(board, "brightness", text);
	return NONE;
}

static enum refusal command(struct card *card, struct board *board, const struct request *request)
{
	const uint8_t *data = request->body + 5;
	size_t size = request->size - 5;

	switch (request->body[2]) {
	case 0x02:
		return set_clock(board, data, size);
	case 0x05:
		return set_power(card, board, data, size);
	case 0x07:
		return set_brightness(card, board, data, size);
	case 0x0d:
	case 0x0f:
		return NONE;
	default:
		return NO_COMMAND;
	}
}

static enum refusal inject(struct card *card)
{
	enum refusal refusal = NONE;

	if (card->faults.busy > 0 && card->faults.busy--)
		refusal = BUSY;
	else if (card->faults.spoilt > 0 && card->faults.spoilt--)
		refusal = SPOILT;
	else if (card->faults.refuse > 0) {
		refusal = (enum refusal)card->faults.refuse;
		card->faults.refuse = 0;
	}
	return refusal;
}

static void obey(struct card *card, struct board *board, const struct request *request)
{
	enum refusal refusal = inject(card);
	int group = request->body[1], number = request->body[2];

	if (refusal != NONE) {
		board_event(board, "refused");
	} else if (group == 0xa2 && number == 0) {
		answer_ping(card, board, request);
		return;
	} else if (group == 0xa2) {
		refusal = command(card, board, request);
	} else if (group == 0xa7 && number == 0) {
		refusal = update(card, board, request);
	} else if (group == 0xa7 && number == 1) {
		refusal = erase(board, request);
	} else {
		refusal = group == 0xa7 ? NO_COMMAND : NO_GROUP;
	}
	answer(card, board, request, 0xa0, refusal != NONE, refusal, NULL, 0);
}

/* --- frames */

static bool open_dynamic(const struct card *card, struct request *request)
{
	const uint8_t *raw = card->raw;

	request->header_size = 16;
	if (card->size < 16 + CHECK_BYTES || dword(raw + 12) != card->size - 16 - CHECK_BYTES ||
		crc(raw, card->size - CHECK_BYTES) != word(raw + card->size - CHECK_BYTES))
		return false;
	request->body = raw + 16;
	request->size = card->size - 16 - CHECK_BYTES;
	return true;
}

static bool open_common(const struct card *card, struct request *request)
{
	const uint8_t *raw = card->raw;
	size_t n = request->version == 7 ? 28 : 27;
	uint8_t sum = 0;

	if (card->size < n)
		return false;
	for (size_t i = 0; i < n; i++)
		sum ^= raw[i];
	request->header_size = n;
	request->body = raw + n;
	request->size = card->size - n;
	return sum == 0 && word(raw + 22) == request->size &&
	       word(raw + 24) == crc(request->body, request->size);
}

static bool is_for_us(const struct card *card, const struct request *request)
{
	const uint8_t *device = card->raw + 6;
	bool any = device[0] == 0xfe && device[1] == 0xff;

	return (request->to == EVERY_CARD || request->to == SILENTLY || request->to == OUR_ADDRESS) &&
	       (any || device[0] == types[card->family][0]);
}

static void take_frame(struct card *card, struct board *board)
{
	struct request request = {.header = card->raw};

	if (card->size < 16) {
		board_fault(board, "short");
		return;
	}
	request.to = word(card->raw);
	request.version = card->raw[4];
	unsigned usual = card->family == FAMILY_5E ? 5 : 7;
	if (request.version != 0xf0 && request.version != usual)
		board_fault(board, "version");
	else if (request.version == 0xf0 ? !open_dynamic(card, &request) : !open_common(card, &request))
		board_fault(board, "checksum");
	else if (request.size < 5)
		board_fault(board, "short");
	else if (is_for_us(card, &request))
		obey(card, board, &request);
}

static void put(struct card *card, uint8_t byte)
{
	if (card->size == FRAME_MOST) {
		card->broken = true;
		return;
	}
	if (card->size == card->capacity) {
		card->capacity = card->capacity ? 2 * card->capacity : 256;
		card->raw = xrealloc(card->raw, card->capacity, 1);
	}
	card->raw[card->size++] = byte;
}

static void take_escaped(struct card *card, uint8_t byte)
{
	card->escaped = false;
	if (byte == 1)
		put(card, card->escape);
	else if (byte == 2)
		put(card, (uint8_t)(card->escape - 1));
	else
		card->broken = true;
}

static void take_byte(struct card *card, struct board *board, uint8_t byte)
{
	if (byte == 0xa5) {
		if (card->inside && card->size > 0)
			board_fault(board, "cut");
		card->inside = true;
		card->escaped = card->broken = false;
		card->size = 0;
	} else if (!card->inside) {
		return;
	} else if (byte == 0x5a) {
		if (card->broken || card->escaped)
			board_fault(board, "escape");
		else
			take_frame(card, board);
		card->inside = false;
	} else if (card->escaped) {
		take_escaped(card, byte);
	} else if (byte == 0xa6 || byte == 0x5b) {
		card->escaped = true;
		card->escape = byte;
	} else {
		put(card, byte);
	}
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	struct card *card = state;

	(void)arrival;
	for (size_t i = 0; i < size; i++)
		take_byte(card, board, bytes[i]);
}

static void init(struct card *card, enum family family, const struct decoder_options *options)
{
	*card = (struct card){.family = family, .faults = options->faults, .brightness = 15, .on = 1};
}

static void init_5e(void *state, const struct board *board, const struct decoder_options *options)
{
	(void)board;
	init(state, FAMILY_5E, options);
}

static void init_6e(void *state, const struct board *board, const struct decoder_options *options)
{
	(void)board;
	init(state, FAMILY_6E, options);
}

static void init_6q(void *state, const struct board *board, const struct decoder_options *options)
{
	(void)board;
	init(state, FAMILY_6Q, options);
}

static void finish(void *state)
{
	free(((struct card *)state)->raw);
}

const struct protocol onbon_5e_protocol = {
	.name = "onbon-5e",
	.transport = TRANSPORT_STREAM,
	.wires = WIRE_SERIAL | WIRE_TCP | WIRE_UDP,
	.port = 5005,
	.state_size = sizeof(struct card),
	.init = init_5e,
	.feed = feed,
	.finish = finish,
};

const struct protocol onbon_6e_protocol = {
	.name = "onbon-6e",
	.transport = TRANSPORT_STREAM,
	.wires = WIRE_SERIAL | WIRE_TCP | WIRE_UDP,
	.port = 5005,
	.state_size = sizeof(struct card),
	.init = init_6e,
	.feed = feed,
	.finish = finish,
};

const struct protocol onbon_6q_protocol = {
	.name = "onbon-6q",
	.transport = TRANSPORT_STREAM,
	.wires = WIRE_TCP | WIRE_UDP,
	.port = 5005,
	.state_size = sizeof(struct card),
	.init = init_6q,
	.feed = feed,
	.finish = finish,
};
