/* The bytes of Huidu's full-colour cards (A, C, B, D series): packets on TCP 10001, XML in them, files. Pure.
 *
 * Packet: length (2, counts itself), command (2), the rest; at most 9216 bytes. Little endian.
 * Sources: Huidu's own demo (github.com/huidutech/sdk), KryQ/node-huidu-sdk, alparslanahmed/huidu-led; captured frames.
 */
#ifndef DRIVERS_HUIDU_H
#define DRIVERS_HUIDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HUIDU_PACKET_MOST  9216
#define HUIDU_CONTENT_MOST 8000 /* of one packet, XML or file */
#define HUIDU_PASSED	   SIZE_MAX

enum huidu_command {
	HUIDU_ERROR = 0x2000,
	HUIDU_HELLO = 0x2001,
	HUIDU_HELLO_ANSWER = 0x2002,
	HUIDU_XML = 0x2003,
	HUIDU_XML_ANSWER = 0x2004,
	HUIDU_PULSE = 0x005f,
	HUIDU_PULSE_ANSWER = 0x0060,
	HUIDU_FILE_START = 0x8001,
	HUIDU_FILE_START_ANSWER = 0x8002,
	HUIDU_FILE_CONTENT = 0x8003,
	HUIDU_FILE_END = 0x8005,
	HUIDU_FILE_END_ANSWER = 0x8006,
};

struct huidu_packet {
	unsigned command;
	const uint8_t *content;
	size_t size;
};

/* Each writes to `to` and returns how many bytes. */
size_t huidu_packet(enum huidu_command command, const void *content, size_t size, uint8_t *to);
size_t huidu_hello(uint8_t *to);
/* In as many packets as it takes: HUIDU_XML_MOST. */
size_t huidu_xml(const char *xml, size_t size, uint8_t *to);
#define HUIDU_XML_MOST(size) ((size) + 12 * ((size) / HUIDU_CONTENT_MOST + 1))
size_t huidu_file_start(const char *md5, uint64_t size, unsigned type, const char *name, uint8_t *to);
/* What the card has not got yet, and the end of the file. */
size_t huidu_file_rest(const uint8_t *file, size_t size, size_t offset, uint8_t *to);
#define HUIDU_FILE_MOST(size) ((size) + 4 * ((size) / HUIDU_CONTENT_MOST + 2))
/* A BMP file of R, G, B rows: 24 bits, uncompressed. */
size_t huidu_bitmap(const uint8_t *rgb, int width, int height, uint8_t *to);
size_t huidu_bitmap_size(int width, int height);

/* The first packet of bytes. Its size in all; 0: more must come; HUIDU_PASSED: these are no packets. */
size_t huidu_read(const uint8_t *bytes, size_t size, struct huidu_packet *packet);
/* The value of name="…" in the first element <element …>, copied; false: there is none, or it is too long. */
bool huidu_attribute(const char *xml, const char *element, const char *name, char *to, size_t most);

#endif
