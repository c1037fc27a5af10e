/* QR codes (ISO/IEC 18004) on few pixels: whole pixels a module, lit background and dark modules, a quiet zone around.
 *
 * What can be read off LEDs at all was measured with an independent reader: a code of version 1 (21 modules) with one
 * module of quiet zone, larger ones with three; four, as the standard wants, where there is room. Inverted codes and
 * codes without a quiet zone are not read. Any thread.
 */
#ifndef RENDER_QR_H
#define RENDER_QR_H

#include "frame/frame.h"

enum { QR_QUIET = 4, QR_QUIET_LEAST = 3, QR_QUIET_LEAST_VERSION_1 = 1 }; /* modules */

struct qr {
	int version;   /* 1..40 */
	int modules;   /* a side: 17 + 4 * version */
	char level;    /* error correction: 'L', 'M' or 'Q' */
	bool upper;    /* a web address was made shorter by writing its host in capitals: means the same */
	int scale;     /* pixels a module, >= 1 */
	int quiet;     /* pixels of quiet zone on each side */
	int side;      /* pixels of the whole, quiet zone included: modules * scale + 2 * quiet */
	uint8_t *dark; /* modules * modules, row by row: 1 dark */
};

/* The code of text (UTF-8) that has the largest modules in a box of width x height pixels; among those, the
 * one with the whole quiet zone and the most error correction. The caller frees with qr_destroy. -EMSGSIZE: no QR code holds so much; -ENOSPC: the box is too small,
 * *ret_least (may be NULL) is the least side in pixels; -EINVAL: empty. */
int qr_create(const char *text, int width, int height, struct qr **ret_qr, int *ret_least);
void qr_destroy(struct qr *qr); /* NULL is fine */

/* Paints the whole square, quiet zone included, with its left upper corner at (x, y); clipped. light must be lit. */
void qr_paint(const struct qr *qr, struct frame *frame, int x, int y, uint32_t light, uint32_t dark);

#endif
