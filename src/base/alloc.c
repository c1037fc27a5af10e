#include "base/alloc.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

/* Nothing here allocates, flushes or runs what was registered for the end: each could meet the same shortage. */
static _Noreturn void out_of_memory(void)
{
	static char text[] = ": out of memory\n";
	struct iovec line[] = {{program_invocation_short_name, strlen(program_invocation_short_name)},
		{text, sizeof text - 1}};
	ssize_t ignored = writev(STDERR_FILENO, line, 2);

	(void)ignored;
	_exit(3);
}

#if !defined __SANITIZE_ADDRESS__ && !defined __clang__
/* The C library's own names for its allocator; it lets a program put its malloc in front of them. Weak: a test that
 * counts allocations has its own. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

__attribute__((weak)) void *malloc(size_t size)
{
	void *p = __libc_malloc(size);

	if (!p && size <= ALLOC_LARGE)
		out_of_memory();
	return p;
}

__attribute__((weak)) void *calloc(size_t count, size_t size)
{
	void *p = __libc_calloc(count, size);

	if (!p && (size == 0 || count <= ALLOC_LARGE / size))
		out_of_memory();
	return p;
}

__attribute__((weak)) void *realloc(void *old, size_t size)
{
	void *p = __libc_realloc(old, size);

	if (!p && size > 0 && size <= ALLOC_LARGE)
		out_of_memory();
	return p;
}
#endif

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = count && size ? calloc(count, size) : calloc(1, 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xaligned(size_t alignment, size_t size)
{
	void *p;

	if (posix_memalign(&p, alignment, size) != 0)
		out_of_memory();
	return p;
}

void *xrealloc(void *old, size_t count, size_t size)
{
	void *p;

	if (!count || !size)
		count = size = 1;
	p = reallocarray(old, count, size);
	if (!p)
		out_of_memory();
	return p;
}

char *xstrdup(const char *text)
{
	return text ? xmemdup(text, strlen(text) + 1) : NULL;
}

char *xstrndup(const char *text, size_t n)
{
	size_t length = strnlen(text, n);
	char *copy = xmalloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void *xmemdup(const void *data, size_t size)
{
	void *copy = xmalloc(size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

char *xasprintf(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		out_of_memory();
	return text;
}
