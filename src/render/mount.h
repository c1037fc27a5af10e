/* A message's picture and QR code around its text. Private to render. */
#ifndef RENDER_MOUNT_H
#define RENDER_MOUNT_H

#include "render/prepare.h"

/* Whether a message has more to it than text. */
bool mount_wanted(const struct message *message);

/* The whole scene of such an item. Where the text would not fit beside them, the QR code is left out, then the picture;
 * the code also where it does not fit itself. As prepare_plain. */
struct scene *mount_build(struct preparing *p, const struct face *face, const struct item *item,
	const struct frame *ground, const struct layout_zone *zone);

#endif
