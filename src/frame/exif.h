/* EXIF (CIPA DC-008), as far as a picture's orientation: a TIFF header and its first directory. Hardened: whatever the
 * bytes, nothing beyond them is read. */
#ifndef FRAME_EXIF_H
#define FRAME_EXIF_H

#include <stddef.h>
#include <stdint.h>

/* 1 (upright) .. 8, by the tag 0x0112; 1 if there is none, or it says nothing that makes sense. data begins with the
 * TIFF header (what follows "Exif\0\0" in a JPEG, the chunk eXIf of a PNG). */
int exif_orientation(const uint8_t *data, size_t size);

#endif
