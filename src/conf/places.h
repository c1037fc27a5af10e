/* Private to conf: where every setting of a libconfig text stands. libconfig tells lines only, stops at the first
 * fault and follows @include; this walk over the tokens finds columns, and refuses what must not reach libconfig. */
#ifndef CONF_PLACES_H
#define CONF_PLACES_H

#include "base/diag.h"

struct setting_place {
	struct location name, value; /* name.line 0: an element of a list, it has none */
	size_t name_at, name_size;   /* offset and bytes of the name */
	size_t value_at, value_end;  /* the value; of a scalar as it is written */
	size_t end;		     /* behind the terminator */
	size_t parent;		     /* index of the place that contains it, SIZE_MAX: the file */
};

struct places {
	struct setting_place *items; /* in the order of the file */
	size_t count, capacity;
};

/* False after a syntax error or too deep nesting (reported); places then hold what came before it. The text must have
 * passed source_check. */
bool places_find(struct places *places, const char *file, const char *data, size_t size, int depth_most,
	struct diag_list *diags);
void places_finish(struct places *places);

#endif
