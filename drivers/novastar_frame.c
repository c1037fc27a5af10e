#include <string.h>

#include "drivers/novastar.h"

#define HEADER 18

static uint16_t get16(const uint8_t *from)
{
	return (uint16_t)(from[0] | from[1] << 8);
}

static void put16(uint8_t *to, unsigned value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

/* Of a packet of that size, without its own two bytes. */
static uint16_t sum_of(const uint8_t *packet, size_t size)
{
	unsigned sum = 0x5555;

	for (size_t i = 2; i < size; i++)
		sum += packet[i];
	return (uint16_t)sum;
}

size_t novastar_request(const struct novastar_request *request, uint8_t to[NOVASTAR_MOST])
{
	size_t data = request->write ? request->length : 0, size = HEADER + data;
	const uint8_t head[12] = {0x55, 0xaa, 0, request->serial, 0xfe, request->to, (uint8_t)request->device,
		request->port, (uint8_t)request->card, (uint8_t)(request->card >> 8), request->write, 0};

	memcpy(to, head, sizeof head);
	put16(to + 12, request->address & 0xffff);
	put16(to + 14, request->address >> 16);
	put16(to + 16, request->length);
	if (data > 0)
		memcpy(to + HEADER, request->data, data);
	put16(to + size, sum_of(to, size));
	return size + 2;
}

size_t novastar_parse(const uint8_t *bytes, size_t size, struct novastar_answer *answer, bool *ret_found)
{
	const uint8_t *start = memchr(bytes, 0xaa, size);

	*ret_found = false;
	if (!start)
		return size;
	if (start > bytes)
		return (size_t)(start - bytes);
	if (size < 2)
		return 0;
	if (bytes[1] != 0x55)
		return 1;
	if (size < HEADER)
		return 0;
	uint16_t length = get16(bytes + 16);
	if (length > NOVASTAR_DATA_MOST)
		return 1;
	size_t whole = HEADER + (size_t)length;
	if (size < whole + 2)
		return 0;
	if (sum_of(bytes, whole) != get16(bytes + whole))
		return 1; /* noise that began like an answer: a true one may begin inside of it */
	*answer = (struct novastar_answer){.error = bytes[2],
		.serial = bytes[3],
		.write = bytes[10] == 1,
		.address = get16(bytes + 12) | (uint32_t)get16(bytes + 14) << 16,
		.length = length};
	memcpy(answer->data, bytes + HEADER, length);
	*ret_found = true;
	return whole + 2;
}
