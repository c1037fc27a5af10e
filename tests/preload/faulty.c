/* Preloaded into a program under test: lets one call fail, or tells which calls there are to fail.
 *
 *   FAULTY_PROGRAM=NAME     only in the program of that name, not in what it starts
 *   FAULTY_SURVEY=FILE      appends a line "CALL N" for the first call from each place (each stack of callers), N being
 *                           how many of that kind there were, counting from 1
 *   FAULTY=CALL:N:ERRNO     the N-th CALL fails with that errno, once; "alloc" is malloc, calloc and realloc
 *   FAULTY_HIT=FILE         is created when it has failed
 *
 * Allocations are seen where they reach the C library (__libc_malloc): src/base/alloc.c stands before it. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#define PLACES	    (1u << 20) /* a power of two */
#define STACK_DEPTH 16

static char wanted[32];
static long wanted_number;
static int wanted_error;
static const char *hit_path;
static int survey_fd = -1;
static bool active;
static _Thread_local bool inside; /* in code of this file, which calls what it stands before */

struct kind {
	const char *name;
	atomic_long count;
};
static struct kind alloc_kind = {"alloc", 0};
static uint64_t places[PLACES];
static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void)
{
	const char *program = getenv("FAULTY_PROGRAM"), *fault = getenv("FAULTY"),
		   *survey = getenv("FAULTY_SURVEY");
	void *frame[1];

	if (program && strcmp(program, program_invocation_short_name) != 0)
		return;
	inside = true;
	backtrace(frame, 1); /* loads what it needs now */
	hit_path = getenv("FAULTY_HIT");
	if (fault && sscanf(fault, "%31[^:]:%ld:%d", wanted, &wanted_number, &wanted_error) != 3)
		abort();
	if (survey) {
		int fd = (int)syscall(
			SYS_openat, AT_FDCWD, survey, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		survey_fd = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 900); /* out of the way */
		syscall(SYS_close, fd);
	}
	inside = false;
	active = fault || survey;
}

static bool is_new_place(const char *name)
{
	void *frames[STACK_DEPTH];
	int depth = backtrace(frames, STACK_DEPTH);
	uint64_t hash = (uint64_t)(uintptr_t)name * 0x9e3779b97f4a7c15u + 1;
	bool found = false;

	for (int i = 2; i < depth; i++)
		hash = (hash ^ (uint64_t)(uintptr_t)frames[i]) * 0x100000001b3u;
	pthread_mutex_lock(&places_lock);
	uint32_t at = (uint32_t)(hash >> 40) & (PLACES - 1);
	for (; places[at] && !found; at = (at + 1) & (PLACES - 1))
		found = places[at] == hash;
	if (!found)
		places[at] = hash;
	pthread_mutex_unlock(&places_lock);
	return !found;
}

static void tell_place(const char *name, long number)
{
	char line[64];
	int size;

	if (!is_new_place(name))
		return;
	size = snprintf(line, sizeof line, "%s %ld\n", name, number);
	syscall(SYS_write, survey_fd, line, (size_t)size);
}

static bool fails(struct kind *kind)
{
	bool now = false;

	if (!active || inside)
		return false;
	inside = true;
	int error = errno;
	long number = atomic_fetch_add(&kind->count, 1) + 1;
	if (survey_fd >= 0)
		tell_place(kind->name, number);
	if (number == wanted_number && strcmp(kind->name, wanted) == 0) {
		now = true;
		if (hit_path)
			syscall(SYS_close,
				(int)syscall(SYS_openat, AT_FDCWD, hit_path, O_WRONLY | O_CREAT, 0600));
	}
	errno = now ? wanted_error : error;
	inside = false;
	return now;
}

static void *next_of(void **cache, const char *name)
{
	if (!*cache) {
		bool was = inside;
		inside = true;
		*cache = dlsym(RTLD_NEXT, name);
		inside = was;
		if (!*cache)
			abort();
	}
	return *cache;
}

/* A function of the C library, its fallible self, and what it returns when it fails. */
#define CALL(type, name, parameters, arguments, failure)                                                     \
	type name parameters;                                                                                \
	type name parameters                                                                                 \
	{                                                                                                    \
		static struct kind kind = {#name, 0};                                                        \
		static void *next;                                                                           \
		if (fails(&kind))                                                                            \
			return failure;                                                                      \
		return ((type(*) parameters)next_of(&next, #name))arguments;                                 \
	}

/* Our own eventfds and pipes, by which libuv wakes its threads: the kernel does not fail these, and libuv relies on it. */
static bool wakes(int fd)
{
	struct stat status;

	return fd > STDERR_FILENO && syscall(SYS_fstat, fd, &status) == 0 &&
	       ((status.st_mode & S_IFMT) == 0 || S_ISFIFO(status.st_mode));
}

/* The same, but not for what wakes threads. */
#define CALL_OF_FD(type, name, parameters, arguments)                                                        \
	type name parameters;                                                                                \
	type name parameters                                                                                 \
	{                                                                                                    \
		static struct kind kind = {#name, 0};                                                        \
		static void *next;                                                                           \
		if (active && !inside && !wakes(fd) && fails(&kind))                                         \
			return -1;                                                                           \
		return ((type(*) parameters)next_of(&next, #name))arguments;                                 \
	}

/* libuv gives up by itself where it gets no pipe at its start, and no thread for its pool: there is nothing to be done
 * about it from outside. */
static bool is_libuv(void *caller)
{
	Dl_info info;
	bool was = inside;

	inside = true;
	bool is = dladdr(caller, &info) && strstr(info.dli_fname, "/libuv.");
	inside = was;
	return is;
}

#define CALL_NOT_OF_LIBUV(type, name, parameters, arguments, failure)                                        \
	type name parameters;                                                                                \
	type name parameters                                                                                 \
	{                                                                                                    \
		static struct kind kind = {#name, 0};                                                        \
		static void *next;                                                                           \
		if (active && !inside && !is_libuv(__builtin_return_address(0)) && fails(&kind))             \
			return failure;                                                                      \
		return ((type(*) parameters)next_of(&next, #name))arguments;                                 \
	}

/* The same with one optional last argument. */
#define CALL_MORE(type, name, parameters, last, argument_type, given, arguments)                             \
	type name parameters;                                                                                \
	type name parameters                                                                                 \
	{                                                                                                    \
		static struct kind kind = {#name, 0};                                                        \
		static void *next;                                                                           \
		va_list list;                                                                                \
		va_start(list, last);                                                                        \
		argument_type more = given;                                                                  \
		va_end(list);                                                                                \
		if (fails(&kind))                                                                            \
			return -1;                                                                           \
		return ((type(*) parameters)next_of(&next, #name))arguments;                                 \
	}

void *__libc_malloc(size_t size);
void *__libc_malloc(size_t size)
{
	static void *next;
	if (fails(&alloc_kind))
		return NULL;
	return ((void *(*)(size_t))next_of(&next, "__libc_malloc"))(size);
}

void *__libc_calloc(size_t count, size_t size);
void *__libc_calloc(size_t count, size_t size)
{
	static void *next;
	if (fails(&alloc_kind))
		return NULL;
	return ((void *(*)(size_t, size_t))next_of(&next, "__libc_calloc"))(count, size);
}

void *__libc_realloc(void *old, size_t size);
void *__libc_realloc(void *old, size_t size)
{
	static void *next;
	if (fails(&alloc_kind))
		return NULL;
	return ((void *(*)(void *, size_t))next_of(&next, "__libc_realloc"))(old, size);
}

#define MODE_GIVEN (flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, int) : 0)
CALL_MORE(int, open, (const char *path, int flags, ...), flags, int, MODE_GIVEN, (path, flags, more))
CALL_MORE(int, open64, (const char *path, int flags, ...), flags, int, MODE_GIVEN, (path, flags, more))
CALL_MORE(int, openat, (int at, const char *path, int flags, ...), flags, int, MODE_GIVEN,
	(at, path, flags, more))
CALL_MORE(int, openat64, (int at, const char *path, int flags, ...), flags, int, MODE_GIVEN,
	(at, path, flags, more))
CALL_MORE(int, ioctl, (int fd, unsigned long request, ...), request, void *, va_arg(list, void *),
	(fd, request, more))
CALL_MORE(int, fcntl, (int fd, int command, ...), command, void *, va_arg(list, void *), (fd, command, more))
CALL_MORE(
	int, fcntl64, (int fd, int command, ...), command, void *, va_arg(list, void *), (fd, command, more))
CALL(int, __open_2, (const char *path, int flags), (path, flags), -1)
CALL(int, __open64_2, (const char *path, int flags), (path, flags), -1)
CALL_OF_FD(ssize_t, read, (int fd, void *to, size_t size), (fd, to, size))
CALL_OF_FD(ssize_t, __read_chk, (int fd, void *to, size_t size, size_t room), (fd, to, size, room))
CALL(ssize_t, readv, (int fd, const struct iovec *to, int count), (fd, to, count), -1)
CALL(ssize_t, pread64, (int fd, void *to, size_t size, off_t at), (fd, to, size, at), -1)
CALL_OF_FD(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size))
CALL(ssize_t, writev, (int fd, const struct iovec *from, int count), (fd, from, count), -1)
CALL(ssize_t, recv, (int fd, void *to, size_t size, int flags), (fd, to, size, flags), -1)
CALL(ssize_t, __recv_chk, (int fd, void *to, size_t size, size_t room, int flags),
	(fd, to, size, room, flags), -1)
CALL(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags), -1)
CALL(ssize_t, send, (int fd, const void *from, size_t size, int flags), (fd, from, size, flags), -1)
CALL(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags), -1)
CALL(int, sendmmsg, (int fd, struct mmsghdr *list, unsigned count, int flags), (fd, list, count, flags), -1)
CALL(ssize_t, sendto,
	(int fd, const void *from, size_t size, int flags, const struct sockaddr *to, socklen_t length),
	(fd, from, size, flags, to, length), -1)
CALL(ssize_t, recvfrom, (int fd, void *to, size_t size, int flags, struct sockaddr *from, socklen_t *length),
	(fd, to, size, flags, from, length), -1)
CALL(int, fsync, (int fd), (fd), -1)
CALL(int, fdatasync, (int fd), (fd), -1)
CALL(int, ftruncate64, (int fd, off_t size), (fd, size), -1)
CALL(int, rename, (const char *from, const char *to), (from, to), -1)
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
CALL(int, rmdir, (const char *path), (path), -1)
CALL(int, unlink, (const char *path), (path), -1)
CALL(int, unlinkat, (int at, const char *path, int flags), (at, path, flags), -1)
CALL(int, symlink, (const char *to, const char *path), (to, path), -1)
CALL(ssize_t, readlink, (const char *path, char *to, size_t size), (path, to, size), -1)
CALL(ssize_t, __readlink_chk, (const char *path, char *to, size_t size, size_t room), (path, to, size, room),
	-1)
CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
CALL(int, chmod, (const char *path, mode_t mode), (path, mode), -1)
CALL(int, chown, (const char *path, uid_t user, gid_t group), (path, user, group), -1)
CALL(int, flock, (int fd, int operation), (fd, operation), -1)
CALL(int, stat, (const char *path, struct stat *to), (path, to), -1)
CALL(int, lstat, (const char *path, struct stat *to), (path, to), -1)
CALL(int, fstat, (int fd, struct stat *to), (fd, to), -1)
CALL(int, stat64, (const char *path, struct stat64 *to), (path, to), -1)
CALL(int, fstat64, (int fd, struct stat64 *to), (fd, to), -1)
CALL(int, fstatat, (int at, const char *path, struct stat *to, int flags), (at, path, to, flags), -1)
CALL(int, access, (const char *path, int mode), (path, mode), -1)
CALL(int, mkostemp, (char *template, int flags), (template, flags), -1)
CALL(int, mkostemp64, (char *template, int flags), (template, flags), -1)
CALL(char *, mkdtemp, (char *template), (template), NULL)
CALL(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL)
CALL(FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL)
CALL(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL)
CALL(DIR *, opendir, (const char *path), (path), NULL)
CALL(DIR *, fdopendir, (int fd), (fd), NULL)
CALL(struct dirent *, readdir, (DIR * directory), (directory), NULL)
CALL(struct dirent64 *, readdir64, (DIR * directory), (directory), NULL)
CALL(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
CALL(int, socketpair, (int domain, int type, int protocol, int pair[2]), (domain, type, protocol, pair), -1)
CALL(int, bind, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size), -1)
CALL(int, listen, (int fd, int most), (fd, most), -1)
CALL(int, connect, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size), -1)
CALL(int, accept4, (int fd, struct sockaddr *address, socklen_t *size, int flags), (fd, address, size, flags),
	-1)
CALL(int, getsockopt, (int fd, int level, int name, void *to, socklen_t *size), (fd, level, name, to, size),
	-1)
CALL(int, setsockopt, (int fd, int level, int name, const void *to, socklen_t size),
	(fd, level, name, to, size), -1)
CALL(int, poll, (struct pollfd * list, nfds_t count, int timeout), (list, count, timeout), -1)
CALL(int, __poll_chk, (struct pollfd * list, nfds_t count, int timeout, size_t room),
	(list, count, timeout, room), -1)
CALL(int, ppoll, (struct pollfd * list, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
	(list, count, timeout, mask), -1)
CALL(int, __ppoll_chk,
	(struct pollfd * list, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
		size_t room),
	(list, count, timeout, mask, room), -1)
CALL(int, epoll_create1, (int flags), (flags), -1)
CALL(int, epoll_ctl, (int fd, int operation, int on, struct epoll_event *event), (fd, operation, on, event),
	-1)
CALL(int, epoll_wait, (int fd, struct epoll_event *to, int most, int timeout), (fd, to, most, timeout), -1)
CALL(int, epoll_pwait, (int fd, struct epoll_event *to, int most, int timeout, const sigset_t *mask),
	(fd, to, most, timeout, mask), -1)
CALL(int, timerfd_create, (int clock, int flags), (clock, flags), -1)
CALL(int, timerfd_settime, (int fd, int flags, const struct itimerspec *value, struct itimerspec *old),
	(fd, flags, value, old), -1)
CALL(int, eventfd, (unsigned value, int flags), (value, flags), -1)
CALL_NOT_OF_LIBUV(int, pipe2, (int pair[2], int flags), (pair, flags), -1)
CALL(void *, mmap, (void *at, size_t size, int protection, int flags, int fd, off_t offset),
	(at, size, protection, flags, fd, offset), MAP_FAILED)
CALL(void *, mmap64, (void *at, size_t size, int protection, int flags, int fd, off_t offset),
	(at, size, protection, flags, fd, offset), MAP_FAILED)
/* This one returns its error. */
CALL_NOT_OF_LIBUV(int, pthread_create,
	(pthread_t * to, const pthread_attr_t *attributes, void *(*function)(void *), void *argument),
	(to, attributes, function, argument), wanted_error)
