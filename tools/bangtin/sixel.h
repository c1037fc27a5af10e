/* Sixel graphics: pictures with all their pixels in terminals that know them. */
#ifndef TOOLS_BANGTIN_SIXEL_H
#define TOOLS_BANGTIN_SIXEL_H

#include <stdio.h>

#include "frame/frame.h"

/* At the cursor; at most 256 colours, each channel in percent, as the format has them. */
void sixel_write(const struct frame *frame, FILE *to);

#endif
