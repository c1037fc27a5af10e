#include <stdio.h>
#include <string.h>

#include "drivers/huidu.h"

#define HEADER	      4
#define BITMAP_HEADER 54
#define VERSION	      0x01000007

static void put(uint8_t *to, int bytes, uint64_t value)
{
	for (int i = 0; i < bytes; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

size_t huidu_packet(enum huidu_command command, const void *content, size_t size, uint8_t *to)
{
	put(to, 2, HEADER + size);
	put(to + 2, 2, command);
	if (size > 0)
		memmove(to + HEADER, content, size);
	return HEADER + size;
}

size_t huidu_hello(uint8_t *to)
{
	uint8_t version[4];

	put(version, 4, VERSION);
	return huidu_packet(HUIDU_HELLO, version, sizeof version, to);
}

size_t huidu_xml(const char *xml, size_t size, uint8_t *to)
{
	uint8_t *at = to;

	for (size_t offset = 0; offset < size; offset += HUIDU_CONTENT_MOST) {
		size_t n = size - offset < HUIDU_CONTENT_MOST ? size - offset : HUIDU_CONTENT_MOST;
		put(at, 2, HEADER + 8 + n);
		put(at + 2, 2, HUIDU_XML);
		put(at + 4, 4, size);
		put(at + 8, 4, offset);
		memcpy(at + 12, xml + offset, n);
		at += 12 + n;
	}
	return (size_t)(at - to);
}

size_t huidu_file_start(const char *md5, uint64_t size, unsigned type, const char *name, uint8_t *to)
{
	size_t length = strlen(name) + 1;

	put(to, 2, HEADER + 33 + 8 + 2 + length);
	put(to + 2, 2, HUIDU_FILE_START);
	memcpy(to + 4, md5, 33);
	put(to + 37, 8, size);
	put(to + 45, 2, type);
	memcpy(to + 47, name, length);
	return 47 + length;
}

size_t huidu_file_rest(const uint8_t *file, size_t size, size_t offset, uint8_t *to)
{
	uint8_t *at = to;

	for (; offset < size; offset += HUIDU_CONTENT_MOST) {
		size_t n = size - offset < HUIDU_CONTENT_MOST ? size - offset : HUIDU_CONTENT_MOST;
		at += huidu_packet(HUIDU_FILE_CONTENT, file + offset, n, at);
	}
	at += huidu_packet(HUIDU_FILE_END, NULL, 0, at);
	return (size_t)(at - to);
}

static size_t row_size(int width)
{
	return ((size_t)width * 3 + 3) / 4 * 4;
}

size_t huidu_bitmap_size(int width, int height)
{
	return BITMAP_HEADER + row_size(width) * (size_t)height;
}

/* BITMAPFILEHEADER and BITMAPINFOHEADER; rows from the bottom up, B, G, R. */
size_t huidu_bitmap(const uint8_t *rgb, int width, int height, uint8_t *to)
{
	size_t size = huidu_bitmap_size(width, height);

	memset(to, 0, size);
	memcpy(to, "BM", 2);
	put(to + 2, 4, size);
	put(to + 10, 4, BITMAP_HEADER);
	put(to + 14, 4, 40);
	put(to + 18, 4, (uint64_t)width);
	put(to + 22, 4, (uint64_t)height);
	put(to + 26, 2, 1);
	put(to + 28, 2, 24);
	put(to + 34, 4, size - BITMAP_HEADER);
	for (int y = 0; y < height; y++) {
		uint8_t *row = to + BITMAP_HEADER + row_size(width) * (size_t)(height - 1 - y);
		for (int x = 0; x < width; x++, rgb += 3, row += 3) {
			row[0] = rgb[2];
			row[1] = rgb[1];
			row[2] = rgb[0];
		}
	}
	return size;
}

size_t huidu_read(const uint8_t *bytes, size_t size, struct huidu_packet *packet)
{
	if (size < 2)
		return 0;
	size_t length = bytes[0] | (size_t)bytes[1] << 8;
	if (length < HEADER || length > HUIDU_PACKET_MOST)
		return HUIDU_PASSED;
	if (size < length)
		return 0;
	*packet = (struct huidu_packet){bytes[2] | (unsigned)bytes[3] << 8, bytes + HEADER, length - HEADER};
	return length;
}

bool huidu_attribute(const char *xml, const char *element, const char *name, char *to, size_t most)
{
	char open[32], key[32];

	snprintf(open, sizeof open, "<%s ", element);
	snprintf(key, sizeof key, " %s=\"", name);
	const char *at = strstr(xml, open), *end = at ? strchr(at, '>') : NULL;
	const char *value = at ? strstr(at, key) : NULL;
	if (!end || !value || value > end)
		return false;
	value += strlen(key);
	size_t length = strcspn(value, "\"");
	if (value + length > end || length >= most)
		return false;
	memcpy(to, value, length);
	to[length] = '\0';
	return true;
}
