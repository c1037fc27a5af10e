/* Allocation that cannot return NULL: outside the frame path, running out of memory ends the program with a line on
 * standard error and status 3 (the service manager restarts it; the last good state is on disk). The frame path does not
 * allocate at all.
 *
 * The libraries' allocations end it in the same way, for some of them would go on with half of what they meant to make:
 * alloc.c stands in front of the C library's malloc. Only who asks for more than ALLOC_LARGE at once, a picture's
 * pixels, is told NULL and gives up what it was doing. Not in builds with sanitizers, which have a malloc of their own. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define ALLOC_LARGE ((size_t)16 << 20)

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);      /* zeroed; overflow checked */
void *xaligned(size_t alignment, size_t size); /* alignment a power of two */
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
