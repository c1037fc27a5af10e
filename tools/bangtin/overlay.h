/* What a display really shows over a span: the schedule, what operators laid over it, and the hours in which it is off. */
#ifndef TOOLS_BANGTIN_OVERLAY_H
#define TOOLS_BANGTIN_OVERLAY_H

#include "cli.h"

struct spell {
	int64_t start, end;
	enum show_source source;
	const struct override *override; /* SHOW_ANNOUNCE, SHOW_BLANK */
	struct segment segment;		 /* SHOW_SCHEDULE, SHOW_DEFAULT: cut to the spell */
};

/* In order and without a hole. Segments one after the other that are off, or under the same override, are one spell. */
void overlay_run(const struct context *context, int64_t from, int64_t until,
	void (*give)(void *data, const struct spell *spell), void *data);

/* Why an override shows at an instant, or does not: "wins", "lower-level", "older", "blanked", "later", "over". */
const char *override_verdict(
	const struct override *override, const struct override *winner, struct instant at);

#endif
