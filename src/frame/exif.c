#include "frame/exif.h"

#include <stdbool.h>
#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT	3
#define ENTRY_SIZE	12

struct tiff {
	const uint8_t *data;
	size_t size;
	bool big_endian;
};

/* Both want at + their size <= size; the callers see to it. */
static unsigned read_16(const struct tiff *tiff, size_t at)
{
	const uint8_t *p = tiff->data + at;
	return tiff->big_endian ? (unsigned)(p[0] << 8 | p[1]) : (unsigned)(p[1] << 8 | p[0]);
}

static uint32_t read_32(const struct tiff *tiff, size_t at)
{
	uint32_t first = read_16(tiff, at), second = read_16(tiff, at + 2);
	return tiff->big_endian ? first << 16 | second : second << 16 | first;
}

int exif_orientation(const uint8_t *data, size_t size)
{
	struct tiff tiff = {data, size, false};
	if (size < 8 || (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0))
		return 1;
	tiff.big_endian = data[0] == 'M';
	size_t directory = read_32(&tiff, 4);
	if (directory < 8 || directory > size - 2)
		return 1;
	size_t entries = read_16(&tiff, directory);
	size_t room = (size - directory - 2) / ENTRY_SIZE;
	for (size_t i = 0; i < entries && i < room; i++) {
		size_t at = directory + 2 + i * ENTRY_SIZE;
		if (read_16(&tiff, at) != TAG_ORIENTATION)
			continue;
		unsigned value = read_16(&tiff, at + 8);
		bool good = read_16(&tiff, at + 2) == TYPE_SHORT && read_32(&tiff, at + 4) == 1;
		return good && value >= 1 && value <= 8 ? (int)value : 1;
	}
	return 1;
}
