#include "drivers/link/console.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

struct console {
	char path[64];
	int fd, references;
	int alive;   /* write end of a pipe: closed when this process ends, however it ends */
	pid_t guard; /* waits on the other end */
};

/* Several heads share the one console of the machine. */
static struct console *taken;

/* In the child: async-signal-safe calls only, the parent may have threads. It keeps nothing of the parent's open: not
 * its devices, which a restarted daemon wants, nor its locks. */
static void guard_console(int fd, int alive)
{
	unsigned low = (unsigned)(fd < alive ? fd : alive), high = (unsigned)(fd < alive ? alive : fd);
	if (low > 0)
		close_range(0, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	char byte;
	while (read(alive, &byte, 1) < 0 && errno == EINTR)
		;
	ioctl(fd, KDSETMODE, KD_TEXT);
	_exit(0);
}

static int start_guard(struct console *console)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	console->guard = fork();
	if (console->guard == 0) {
		close(ends[1]);
		guard_console(console->fd, ends[0]);
	}
	close(ends[0]);
	if (console->guard < 0) {
		int error = -errno;
		close(ends[1]);
		return error;
	}
	console->alive = ends[1];
	return 0;
}

int console_take(const char *path, struct console **ret_console)
{
	if (taken && strcmp(taken->path, path) == 0) {
		taken->references++;
		*ret_console = taken;
		return 0;
	}
	if (taken)
		return -EBUSY;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	struct console *console = xcalloc(1, sizeof *console);
	snprintf(console->path, sizeof console->path, "%s", path);
	console->fd = fd;
	console->references = 1;
	int error = ioctl(fd, KDSETMODE, KD_GRAPHICS) < 0 ? -errno : start_guard(console);
	if (error < 0) {
		ioctl(fd, KDSETMODE, KD_TEXT);
		close(fd);
		free(console);
		return error;
	}
	taken = console;
	*ret_console = console;
	return 0;
}

void console_give_back(struct console *console)
{
	if (!console || --console->references > 0)
		return;
	taken = NULL;
	close(console->alive); /* the guard restores the text mode */
	waitpid(console->guard, NULL, 0);
	close(console->fd);
	free(console);
}
