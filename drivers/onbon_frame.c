/* The bytes of Onbon's frames.
 *
 * On the wire: A5 x 8, the escaped frame, 5A. Escapes: A5 = A6 02, A6 = A6 01, 5A = 5B 02, 5B = 5B 01. Numbers are
 * little endian. Length and checksum are of the raw bytes.
 * Dynamic areas (version F0), 16 bytes: to, from 8000, F0, 0, device, 0 x 4, length of the body (4); behind the body
 * CRC-16/ARC of all. Control, 6th generation (version 07), 28 bytes: to, from, 07, kind, device, kind, flags,
 * sequence, 0190, 96, random, 0 x 6, length (2), CRC of the body, 0, XOR of the 27 before. 5th (05), 27 bytes: the
 * same up to the sequence, then 0, 90, 96, ...
 */
#include <string.h>

#include "base/words.h"
#include "drivers/onbon.h"

#define START	 0xa5
#define START_ES 0xa6
#define END	 0x5a
#define END_ES	 0x5b

#define DYNAMIC_HEADER 16
#define COMMON_5TH     27
#define COMMON_6TH     28
#define BARCODE_FLAG   2
#define BARCODE_SIZE   16

uint16_t onbon_crc16(uint16_t crc, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int k = 0; k < 8; k++)
			crc = (uint16_t)(crc >> 1 ^ (crc & 1 ? 0xa001 : 0));
	}
	return crc;
}

static uint8_t *put16(uint8_t *to, unsigned value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
	return to + 2;
}

static uint8_t *put32(uint8_t *to, uint32_t value)
{
	return put16(put16(to, value & 0xffff), value >> 16);
}

static unsigned get16(const uint8_t *from)
{
	return from[0] | (unsigned)from[1] << 8;
}

size_t onbon_wrap(const uint8_t *raw, size_t size, uint8_t *to)
{
	uint8_t *at = to;

	memset(at, START, 8);
	at += 8;
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = raw[i];
		if (byte == START || byte == START_ES) {
			*at++ = START_ES;
			byte = byte == START ? 2 : 1;
		} else if (byte == END || byte == END_ES) {
			*at++ = END_ES;
			byte = byte == END ? 2 : 1;
		}
		*at++ = byte;
	}
	*at++ = END;
	return (size_t)(at - to);
}

size_t onbon_dynamic_frame(const struct onbon_head *head, const uint8_t *body, size_t size, uint8_t *to)
{
	uint8_t *at = put16(put16(to, head->to), ONBON_HOST);

	memmove(to + DYNAMIC_HEADER, body, size);
	*at++ = 0xf0;
	*at++ = 0;
	*at++ = head->device[0];
	*at++ = head->device[1];
	put32(put32(at, 0), (uint32_t)size);
	put16(to + DYNAMIC_HEADER + size, onbon_crc16(0, to, DYNAMIC_HEADER + size));
	return DYNAMIC_HEADER + size + 2;
}

size_t onbon_common_frame(const struct onbon_head *head, const uint8_t *body, size_t size, uint8_t *to)
{
	bool sixth = head->generation == 6;
	size_t header = sixth ? COMMON_6TH : COMMON_5TH;
	uint8_t *at = put16(put16(to, head->to), ONBON_HOST), sum = 0;

	memmove(to + header, body, size);
	*at++ = sixth ? 0x07 : 0x05;
	*at++ = sixth ? head->kind : 0;
	*at++ = head->device[0];
	*at++ = head->device[1];
	*at++ = sixth ? head->kind : 1;
	*at++ = 0;
	at = put16(at, head->sequence);
	/* the largest frame, in units of 16 bytes; how the rest is (not) encrypted; a random number */
	at = sixth ? put16(at, 0x0190) : put16(at, 0x9000);
	*at++ = 0x96;
	*at++ = head->random;
	memset(at, 0, 6);
	at = put16(at + 6, (unsigned)size);
	at = put16(at, onbon_crc16(0, to + header, size));
	if (sixth)
		*at++ = 0;
	for (const uint8_t *byte = to; byte < at; byte++)
		sum ^= *byte;
	*at = sum;
	return header + size;
}

/* --- the update of a dynamic area: A7 00 */

static uint8_t *put_when(const struct onbon_area *area, uint8_t *at)
{
	*at++ = (uint8_t)area->id;
	*at++ = (uint8_t)area->run_mode;
	at = put16(at, (unsigned)area->silence);
	*at++ = area->program < 0;
	at = put16(at, area->program >= 0);
	if (area->program >= 0)
		at = put16(at, (unsigned)area->program);
	*at++ = area->at_once;
	return put32(at, 0);
}

static uint8_t *put_where(const struct onbon_area *area, uint8_t type, uint8_t *at)
{
	*at++ = type;
	at = put16(put16(at, (unsigned)area->x), (unsigned)area->y);
	at = put16(put16(at, (unsigned)area->width), (unsigned)area->height);
	*at++ = 0; /* no frame around it */
	return at;
}

static uint8_t *put_how(const struct onbon_area *area, uint8_t *at)
{
	*at++ = 0;
	*at++ = (uint8_t)area->mode;
	*at++ = (uint8_t)area->clear;
	*at++ = (uint8_t)area->speed;
	at = put16(at, (unsigned)area->stay);
	*at++ = (uint8_t)area->repeat;
	return put16(at, (unsigned)area->width);
}

static uint8_t *put_5th(const struct onbon_area *area, size_t pixel_bytes, uint8_t *length)
{
	uint8_t *at = put_where(area, 0x10, put_when(area, length + 4));

	at = put32(put16(at, 1), (uint32_t)(13 + pixel_bytes)); /* one page */
	at = put32(put_how(area, at), 0);
	put32(length, (uint32_t)((size_t)(at - length) - 4 + pixel_bytes));
	return at;
}

static uint8_t *put_6th(const struct onbon_area *area, size_t pixel_bytes, uint8_t *count)
{
	uint8_t *length = put16(count, 1), *at = put_where(area, 0x10, put_when(area, length + 4));

	*at++ = 0; /* background */
	*at++ = (uint8_t)area->transparency;
	*at++ = 0; /* areas equal */
	*at++ = 0; /* sound */
	memset(at, 0, 5);
	at = put32(put16(at + 5, 1), 26); /* one page */
	at = put_how(area, at);
	memset(at, 0, 9);
	at = put32(put32(at + 9, 0), (uint32_t)pixel_bytes);
	put32(length, (uint32_t)((size_t)(at - length) - 4));
	return at;
}

size_t onbon_update_body(int generation, const struct onbon_area *area, size_t pixel_bytes, uint8_t *to)
{
	static const uint8_t command[] = {1, 0xa7, 0x00, 0, 0};
	uint8_t *end;

	memcpy(to, command, sizeof command);
	end = generation == 5 ? put_5th(area, pixel_bytes, to + 5) : put_6th(area, pixel_bytes, to + 5);
	size_t follows = (size_t)(end - to) - 5 + pixel_bytes;
	if (area->length_filled && follows <= 0xffff)
		put16(to + 3, (unsigned)follows);
	return (size_t)(end - to);
}

/* --- answers */

/* Of one frame, between its A5 and its 5A; SIZE_MAX: an escape that is none. */
static size_t unescape(const uint8_t *bytes, size_t size, uint8_t *to, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		uint8_t byte = bytes[i];
		if (byte == START_ES || byte == END_ES) {
			if (++i == size || bytes[i] < 1 || bytes[i] > 2)
				return SIZE_MAX;
			byte = (uint8_t)(byte + 1 - bytes[i]);
		}
		if (n == most)
			return SIZE_MAX;
		to[n++] = byte;
	}
	return n;
}

/* The body of a sound frame, NULL: it is not. */
static const uint8_t *find_body(const uint8_t *raw, size_t size, size_t *ret_size)
{
	if (size < DYNAMIC_HEADER + 2)
		return NULL;
	if (raw[4] == 0xf0) {
		size_t length = get16(raw + 12) | (size_t)get16(raw + 14) << 16;
		if (length != size - DYNAMIC_HEADER - 2 ||
			onbon_crc16(0, raw, size - 2) != get16(raw + size - 2))
			return NULL;
		*ret_size = length;
		return raw + DYNAMIC_HEADER;
	}
	size_t header = raw[4] == 0x07 ? COMMON_6TH : raw[4] == 0x05 ? COMMON_5TH : 0;
	if (header == 0 || size < header)
		return NULL;
	uint8_t sum = 0;
	for (size_t i = 0; i + 1 < header; i++)
		sum ^= raw[i];
	size_t with_barcode = header + (raw[9] & BARCODE_FLAG ? BARCODE_SIZE : 0);
	if (sum != raw[header - 1] || size < with_barcode || get16(raw + 22) != size - with_barcode ||
		onbon_crc16(0, raw + with_barcode, size - with_barcode) != get16(raw + 24))
		return NULL;
	*ret_size = size - with_barcode;
	return raw + with_barcode;
}

static bool read_answer(const uint8_t *raw, size_t size, struct onbon_answer *answer)
{
	size_t body_size;
	const uint8_t *body = find_body(raw, size, &body_size);

	if (!body || body_size < 9 || get16(body + 7) != body_size - 9 || body_size - 9 > sizeof answer->data)
		return false;
	*answer = (struct onbon_answer){.to = (uint16_t)get16(raw),
		.from = (uint16_t)get16(raw + 2),
		.device = {raw[6], raw[7]},
		.group = body[1],
		.command = body[2],
		.status = get16(body + 3),
		.error = get16(body + 5),
		.size = body_size - 9};
	memcpy(answer->data, body + 9, answer->size);
	return true;
}

size_t onbon_parse(const uint8_t *bytes, size_t size, struct onbon_answer *answer, bool *ret_found)
{
	uint8_t raw[sizeof answer->data + ONBON_HEADER_MOST + 16] = {0};
	const uint8_t *start = memchr(bytes, START, size);

	*ret_found = false;
	if (!start)
		return size;
	if (start > bytes)
		return (size_t)(start - bytes);
	size_t from = 0, end;
	while (from < size && bytes[from] == START)
		from++;
	for (end = from; end < size && bytes[end] != END; end++)
		if (bytes[end] == START)
			return end; /* what began was cut off */
	if (end == size)
		return 0;
	size_t raw_size = unescape(bytes + from, end - from, raw, sizeof raw);
	*ret_found = raw_size != SIZE_MAX && read_answer(raw, raw_size, answer);
	return end + 1;
}

const char *onbon_error(unsigned error)
{
	static const char *const names[] = {N_("no error"), N_("unknown command group"),
		N_("unknown command"), N_("busy"), N_("out of memory"), N_("checksum"), N_("no such file"),
		N_("flash memory"), N_("download"), N_("file name"), N_("file type"), N_("file checksum"),
		N_("font"), N_("firmware"), N_("date"), N_("file exists"), N_("block number"),
		N_("another controller type"), N_("screen parameters"), N_("controller id")};

	return error < sizeof names / sizeof *names ? names[error] : N_("unknown error");
}
