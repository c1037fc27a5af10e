/* NovaStar's requests and answers, as bytes. Pure.
 *
 * Request: 55 AA, 0, serial number, from (FE), to (FF all), 0 sender 1 receiving card 2 function card, port (FF all), card
 * (2; FFFF all), 0 read 1 write, 0, register (4), length (2), data, sum (2). Answer: AA 55, 0 or an error, the rest
 * echoed with from and to swapped; length 0 to a write. Little endian; the sum is 5555 and all bytes behind the magic.
 * Sources: github.com/sarakusha/novastar (codec, serial, net), the MCTRL300 notes of dietervansteenwegen.
 */
#ifndef DRIVERS_NOVASTAR_H
#define DRIVERS_NOVASTAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOVASTAR_DATA_MOST 256 /* of one request or answer */
#define NOVASTAR_MOST	   (20 + NOVASTAR_DATA_MOST)
#define NOVASTAR_ALL	   0xff
#define NOVASTAR_ALL_CARDS 0xffff

enum novastar_device { NOVASTAR_SENDER, NOVASTAR_RECEIVER, NOVASTAR_FUNCTION };

struct novastar_request {
	uint8_t serial, to, port;
	enum novastar_device device;
	uint16_t card;
	bool write;
	uint32_t address;
	uint16_t length;
	const uint8_t *data; /* of a write */
};

struct novastar_answer {
	uint8_t error; /* 0; 1 time-out, 2 request's sum, 3 answer's sum, 4 unknown */
	uint8_t serial;
	bool write;
	uint32_t address;
	uint16_t length;
	uint8_t data[NOVASTAR_DATA_MOST];
};

size_t novastar_request(const struct novastar_request *request, uint8_t to[NOVASTAR_MOST]);
/* Looks for an answer in what came. Returns how many bytes are done with, 0: more must come; *ret_found: there it is. */
size_t novastar_parse(const uint8_t *bytes, size_t size, struct novastar_answer *answer, bool *ret_found);

#endif
