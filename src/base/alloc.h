/* Allocation that cannot return NULL: outside the frame path, running out of memory ends the program (the service
 * manager restarts it; the last good state is on disk). The frame path does not allocate at all. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size); /* zeroed; overflow checked */
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text); /* NULL gives NULL */
char *xstrndup(const char *text, size_t n);
void *xmemdup(const void *data, size_t size);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Grows an array so that one more element fits: items, count, capacity are the caller's. */
#define array_reserve_one(items, count, capacity)                                                            \
	do {                                                                                                 \
		if ((count) == (capacity)) {                                                                 \
			(capacity) = (capacity) ? 2 * (capacity) : 8;                                        \
			(items) = xrealloc((items), (capacity), sizeof *(items));                            \
		}                                                                                            \
	} while (0)

#endif
