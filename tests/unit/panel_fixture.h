/* A panel pipeline made for a test, and the damage that is a whole frame. */
#ifndef TESTS_UNIT_PANEL_FIXTURE_H
#define TESTS_UNIT_PANEL_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "frame/panel.h"

#define PLAIN .gamma = 1.0, .white = {1, 1, 1}, .threshold = 128

static inline struct panel *make(const struct panel_spec *spec)
{
	struct panel *panel = NULL;
	const char *why = "";
	if (panel_create(spec, &panel, &why) != 0)
		fail_msg("panel refused: %s", why);
	return panel;
}

static inline const struct region *whole(const struct frame *frame)
{
	static struct region all;
	region_clear(&all);
	region_add(&all, (struct rect){0, 0, frame->width, frame->height});
	return &all;
}

#endif
