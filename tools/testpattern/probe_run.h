/* All questions to one place, and what came of them; for `probe` and `report`. */
#ifndef TOOLS_TESTPATTERN_PROBE_RUN_H
#define TOOLS_TESTPATTERN_PROBE_RUN_H

#include <jansson.h>
#include <stdio.h>

#include "probe.h"

struct result {
	const struct question *question;
	struct finding finding;
	bool answered;
};

struct probe {
	struct wire_place place; /* its texts are the caller's */
	char greeting[96];	 /* of a serial device, unasked */
	struct result *results;
	size_t count, answered;
};

/* -errno: the port cannot be opened; it was explained, and there is nothing to finish. */
int probe_run(struct probe *probe, const struct wire_place *place);
void probe_finish(struct probe *probe);
void probe_print(FILE *to, const struct probe *probe);
json_t *probe_json(const struct probe *probe); /* a new reference */

#endif
