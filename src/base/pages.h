/* Memory for pictures: a screen's is some two thousand small pages, and each a fault when it is first written. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* Zeroed, aligned for vectors; never NULL (see base/alloc.h). Where it is large: of its own mapping, in huge pages if the
 * kernel has some, all of it present. Any thread. */
void *pages_create(size_t size);
void pages_destroy(void *pages, size_t size); /* of that size; NULL is fine */

#endif
