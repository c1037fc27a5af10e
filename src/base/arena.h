/* An arena: many small allocations that live and die together. One thread at a time while it grows; what it holds may
 * then be read by any thread. Never returns NULL (see base/alloc.h). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks; /* private */
	char *next, *end;
	size_t size;
};

void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);		     /* everything from it is gone */
void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for pointers and 64 bits */
char *arena_strndup(struct arena *arena, const char *text, size_t size); /* adds the NUL */
char *arena_strdup(struct arena *arena, const char *text);
void *arena_memdup(struct arena *arena, const void *data, size_t size); /* size 0 gives NULL */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
