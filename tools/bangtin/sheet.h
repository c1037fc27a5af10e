/* The contact sheet of a day: one picture of each distinct thing that shows, when, and how often. */
#ifndef TOOLS_BANGTIN_SHEET_H
#define TOOLS_BANGTIN_SHEET_H

#include "painter.h"

/* Of [from, until) into a PNG at path. An exit code; reported. */
int sheet_write(struct painter *painter, int64_t from, int64_t until, const char *path);

#endif
