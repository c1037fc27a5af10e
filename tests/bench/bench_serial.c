/* How much of what a serial line can carry is used, with a picture that always moves: frames that were shown, in bytes of
 * the line, against the bytes that fit into the time. The line is a pseudo-terminal, read at once. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "drivers/link/serial.h"
#include "output/output.h"
#include "tests/bench/bench.h"

struct mover {
	struct output *output;
	uint32_t colour;
};

static void move(void *data)
{
	struct mover *mover = data;
	struct frame *canvas = output_canvas(mover->output);
	struct region all = {1, {{0, 0, canvas->width, canvas->height}}};

	frame_fill(canvas, all.rects[0], ++mover->colour);
	output_push(mover->output, mover->colour, &all);
}

static void swallow(void *data, int fd, unsigned events)
{
	char bytes[65536];

	while (read(fd, bytes, sizeof bytes) > 0)
		;
}

static void measure(int width, int height, const char *baud, int64_t most)
{
	int pty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pty < 0 || grantpt(pty) != 0 || unlockpt(pty) != 0)
		exit(1);
	struct option options[] = {{.key = "port", .value = ptsname(pty)}, {.key = "baud", .value = baud},
		{.key = "pixel-time", .value = "0s"}};
	struct display display = {.name = "bench",
		.width = width,
		.height = height,
		.driver = "adalight",
		.options = options,
		.option_count = 3,
		.panel = {.gamma = 2.2, .white = {1, 1, 1}}};
	struct loop *loop = loop_create();
	struct diag_list diags;
	struct mover mover = {0};
	struct output_status status;
	bool never = false;
	char what[64];

	diag_init(&diags);
	if (output_create(loop, &display, &diags, &mover.output) != 0)
		exit(1);
	struct loop_watch *watch = loop_watch_create(loop, pty, LOOP_READABLE, swallow, NULL);
	output_on_ready(mover.output, move, &mover);
	double began = bench_now(), cpu = bench_cpu(RUSAGE_SELF);
	move(&mover);
	loop_run_until(loop, &never, most);
	double took = bench_now() - began;
	cpu = bench_cpu(RUSAGE_SELF) - cpu;
	output_status(mover.output, &status);
	double line_time =
		(double)serial_line_time(strtol(baud, NULL, 10), 6 + 3 * (size_t)width * (size_t)height) /
		1e9;
	snprintf(what, sizeof what, "serial %dx%d at %s baud", width, height, baud);
	bench_row(what, 100 * (double)status.shown * line_time / took, " %", "the line", ">= 95, <= 100");
	printf("%-44s %8.3f ms a frame\n", "  its CPU time", cpu * 1e3 / (double)status.shown);
	loop_watch_destroy(watch);
	output_destroy(mover.output);
	loop_destroy(loop);
	close(pty);
}

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	measure(16, 8, "115200", 4 * NS_PER_SEC);
	measure(64, 32, "115200", 6 * NS_PER_SEC);
	measure(64, 32, "2000000", 4 * NS_PER_SEC);
	return 0;
}
