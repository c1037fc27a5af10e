#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/alloc.h"

/* Blocks grow to what the kernel can map as one page, if it has such pages: a fault for each page of 4 KiB costs more
 * than what is then written into it. */
enum { BLOCK_LEAST = 32 << 10, BLOCK_MOST = 2 << 20, ALIGNMENT = _Alignof(void *) };

struct arena_block {
	struct arena_block *next;
	void *data[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

void arena_finish(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;
		arena->blocks = block->next;
		free(block);
	}
	arena_init(arena);
}

/* A large object gets a block of its own behind the current one, whose rest stays in use. */
static void *alloc_large(struct arena *arena, size_t size)
{
	struct arena_block *block = xmalloc(sizeof *block + size);
	if (arena->blocks) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = NULL;
		arena->blocks = block;
	}
	return block->data;
}

static struct arena_block *make_block(size_t size)
{
	if (size < BLOCK_MOST)
		return xmalloc(size);
	struct arena_block *block = xaligned(BLOCK_MOST, size);
	madvise(block, size, MADV_HUGEPAGE); /* a wish: small pages will do */
	return block;
}

/* Each is half as large as all before it, so that little is wasted. */
static void add_block(struct arena *arena)
{
	size_t size = arena->size / 2;
	size = size < BLOCK_LEAST ? BLOCK_LEAST : size > BLOCK_MOST / 2 ? BLOCK_MOST : size;
	struct arena_block *block = make_block(size);
	block->next = arena->blocks;
	arena->blocks = block;
	arena->next = (char *)block->data;
	arena->end = (char *)block + size;
	arena->size += size;
}

static char *take(struct arena *arena, size_t size)
{
	if (size > BLOCK_LEAST / 4)
		return alloc_large(arena, size);
	if ((size_t)(arena->end - arena->next) < size)
		add_block(arena);
	char *result = arena->next;
	arena->next += size;
	return result;
}

static size_t padding(const struct arena *arena)
{
	return -(uintptr_t)arena->next % ALIGNMENT;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t pad = padding(arena);
	if (pad > 0 && pad <= (size_t)(arena->end - arena->next))
		arena->next += pad;
	void *result = take(arena, size ? size : 1);
	return memset(result, 0, size);
}

/* Texts need no alignment: they are packed. */
char *arena_strndup(struct arena *arena, const char *text, size_t size)
{
	char *copy = take(arena, size + 1);
	if (size > 0)
		memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

void *arena_memdup(struct arena *arena, const void *data, size_t size)
{
	return size ? memcpy(arena_alloc(arena, size), data, size) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	char small[128];
	int length = vsnprintf(small, sizeof small, format, list);
	va_end(list);
	if ((size_t)length < sizeof small)
		return arena_strndup(arena, small, (size_t)length);
	char *large = take(arena, (size_t)length + 1);
	va_start(list, format);
	vsnprintf(large, (size_t)length + 1, format, list);
	va_end(list);
	return large;
}
