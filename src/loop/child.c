/* Programs that are run: libuv spawns and reaps, a timer ends them. */
#include "loop/private.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct loop_child {
	uv_process_t uv;
	struct loop_timer *timer;
	void (*ended)(void *data, enum child_end end, int status);
	void *data;
	bool timed_out;
};

/* Its session has its number: so nothing that it started is left behind. */
static void kill_all(const struct loop_child *child)
{
	kill(-child->uv.pid, SIGKILL);
}

static void on_closed(uv_handle_t *uv)
{
	free(uv->data);
}

static void let_go(struct loop_child *child)
{
	loop_timer_destroy(child->timer);
	child->timer = NULL;
	uv_close((uv_handle_t *)&child->uv, on_closed);
}

static void on_timeout(void *data)
{
	struct loop_child *child = data;

	child->timed_out = true;
	kill_all(child);
}

static void on_end(uv_process_t *uv, int64_t status, int signal)
{
	struct loop_child *child = uv->data;
	enum child_end end = child->timed_out ? CHILD_TIMED_OUT : signal ? CHILD_SIGNALLED : CHILD_EXITED;

	kill_all(child);
	child->ended(child->data, end, signal ? signal : (int)status);
	let_go(child);
}

/* A file in memory: it never blocks us, however slowly the program reads. */
static int input_file(const char *text)
{
	size_t size = strlen(text);
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, text, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0) {
		int error = errno ? -errno : -EIO;

		close(fd);
		return error;
	}
	return fd;
}

static int spawn(struct loop *loop, const struct child_program *program, int input, struct loop_child *child)
{
	uv_stdio_container_t stdio[] = {{.flags = UV_INHERIT_FD, .data.fd = input},
		{.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
		{.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO}};
	uv_process_options_t options = {.exit_cb = on_end,
		.file = program->arguments[0],
		.args = (char **)program->arguments,
		.env = (char **)program->environment,
		.cwd = "/",
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = 3,
		.stdio = stdio};

	if (geteuid() == 0) {
		options.flags |= UV_PROCESS_SETUID | UV_PROCESS_SETGID;
		options.uid = program->uid;
		options.gid = program->gid;
	}
	return uv_spawn(&loop->uv, &child->uv, &options);
}

int loop_child_start(struct loop *loop, const struct child_program *program,
	void (*ended)(void *data, enum child_end end, int status), void *data, struct loop_child **ret_child)
{
	if (geteuid() == 0 && program->uid == 0)
		return -EPERM;
	int input = input_file(program->input);
	if (input < 0)
		return input;
	struct loop_child *child = xcalloc(1, sizeof *child);
	child->ended = ended;
	child->data = data;
	child->uv.data = child;
	child->timer = loop_timer_create(loop, on_timeout, child);
	int error = child->timer ? spawn(loop, program, input, child) : -EMFILE;
	close(input);
	if (error < 0) {
		loop_timer_destroy(child->timer);
		child->timer = NULL;
		if (uv_is_active((uv_handle_t *)&child->uv) || child->uv.loop)
			uv_close((uv_handle_t *)&child->uv, on_closed);
		else
			free(child);
		return error;
	}
	loop_timer_set(child->timer, clock_monotonic() + program->timeout);
	*ret_child = child;
	return 0;
}

void loop_child_abandon(struct loop_child *child)
{
	if (!child)
		return;
	kill_all(child);
	let_go(child);
}
