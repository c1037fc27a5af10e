/* What a still picture's header says, read without decoding anything: a small file can ask for gigabytes. PNG
 * (ISO/IEC 15948) and JPEG (ITU-T T.81); other kinds are refused with what to do instead. */
#ifndef FRAME_IMAGE_HEADER_H
#define FRAME_IMAGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_FILE_MOST	  ((size_t)16 << 20) /* bytes */
#define IMAGE_SIDE_MOST	  16384		     /* pixels */
#define IMAGE_PIXELS_MOST 40000000
#define IMAGE_MEMORY_MOST                                                                                    \
	((size_t)128 << 20) /* bytes that decoding takes; most pictures need a few rows only */

enum image_kind { IMAGE_PNG, IMAGE_JPEG };

enum image_fit {
	IMAGE_CONTAIN, /* all of it, as large as the area takes; what is left of the area stays as it was */
	IMAGE_COVER,   /* all of the area; what juts out of it is cut off, the same on both sides */
};

struct image_header {
	enum image_kind kind;
	int width, height; /* as stored, before orientation */
	int orientation;   /* EXIF: 1..8 */
	bool whole;	   /* interlaced or progressive: no row is known before the last byte */
	size_t body;	   /* where the first scan of a JPEG begins */
	size_t memory;	   /* bytes that decoding takes, above a few rows */
};

struct image_fault {
	char text[400]; /* what is wrong; what to do instead */
};

/* 0, or -EINVAL with fault. ret_header is then untouched. The rest of the file may still be broken. */
int image_header_read(
	const void *data, size_t size, struct image_header *ret_header, struct image_fault *fault);
/* The same; and the file goes on to the picture's end. What lies between may still be broken. */
int image_file_check(
	const void *data, size_t size, struct image_header *ret_header, struct image_fault *fault);

/* -EINVAL, with fault set. */
int image_refuse(struct image_fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
