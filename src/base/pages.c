#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/alloc.h"

#define HUGE_PAGE ((size_t)2 << 20)

/* The sanitizer watches what the allocator gives, and nothing else. */
#ifdef __SANITIZE_ADDRESS__
#define OWN_MAPPING SIZE_MAX
#else
#define OWN_MAPPING HUGE_PAGE
#endif

static size_t rounded(size_t size)
{
	return (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

/* Mapped a huge page too large, and what lies beside the aligned middle given back. */
static void *map_aligned(size_t size)
{
	char *all = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		abort(); /* no memory: see base/alloc.h */
	size_t before = (HUGE_PAGE - (uintptr_t)all % HUGE_PAGE) % HUGE_PAGE;
	if (before > 0)
		munmap(all, before);
	if (before < HUGE_PAGE)
		munmap(all + before + size, HUGE_PAGE - before);
	return all + before;
}

void *pages_create(size_t size)
{
	if (size < OWN_MAPPING)
		return xcalloc(1, size);
	void *pages = map_aligned(rounded(size));
	madvise(pages, size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE); /* a kernel may have none */
#ifdef MADV_POPULATE_WRITE
	madvise(pages, size, MADV_POPULATE_WRITE); /* older kernels fault page by page */
#endif
	return pages;
}

void pages_destroy(void *pages, size_t size)
{
	if (pages && size >= OWN_MAPPING)
		munmap(pages, rounded(size));
	else
		free(pages);
}
