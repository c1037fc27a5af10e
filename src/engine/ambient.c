#include "engine/ambient.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/words.h"

#define SYSFS	   0x62656572 /* statfs(2) */
#define BYTES_MOST 4096

struct sensor {
	struct loop *loop;
	struct loop_timer *timer;
	const struct ambient *ambient;
	void (*changed)(void *data);
	void *data;
	struct ambient_state state;
	bool busy, stopped;
	double lux;	   /* of the reading that is going on */
	const char *fault; /* static */
	const char *read_fault;
};

void ambient_tell(const struct ambient *ambient, struct ambient_state *state, double lux, int64_t now)
{
	const struct lux_step *steps = ambient->steps;
	double share = !state->told || ambient->smooth == 0
			       ? 1
			       : 1 - exp(-(double)(now - state->at) / (double)ambient->smooth);

	state->lux += (lux - state->lux) * share;
	state->told = true;
	state->at = now;
	while (state->step + 1 < ambient->step_count && state->lux >= steps[state->step + 1].lux)
		state->step++;
	while (state->step > 0 && state->lux < steps[state->step].lux * (1 - ambient->hysteresis))
		state->step--;
}

int ambient_permille(const struct ambient *ambient, const struct ambient_state *state, int64_t now)
{
	if (!state->told || now - state->at > ambient->stale)
		return -1;
	return ambient->steps[state->step].permille;
}

/* What the kernel makes in the moment of reading has no age; of any other file its last change counts. */
static bool is_fresh(const struct ambient *ambient)
{
	struct statfs system;
	struct stat file;
	struct timespec now;

	if (statfs(ambient->path, &system) == 0 && system.f_type == SYSFS)
		return true;
	clock_gettime(CLOCK_REALTIME, &now);
	return stat(ambient->path, &file) == 0 &&
	       (int64_t)(now.tv_sec - file.st_mtim.tv_sec) * NS_PER_SEC <= ambient->stale;
}

static void read_work(void *data)
{
	struct sensor *sensor = data;
	char *text, *end;
	size_t size;

	if (file_read(sensor->ambient->path, BYTES_MOST, &text, &size) < 0) {
		sensor->read_fault = N_("its file cannot be read");
		return;
	}
	sensor->lux = strtod(text, &end);
	bool number =
		end != text && end[strspn(end, " \t\r\n")] == '\0' && sensor->lux >= 0 && sensor->lux <= 1e6;
	sensor->read_fault = !number			  ? N_("its file is no number of lux")
			     : !is_fresh(sensor->ambient) ? N_("its file has not been written for too long")
							  : "";
	free(text);
}

static void read_done(void *data)
{
	struct sensor *sensor = data;

	sensor->busy = false;
	if (sensor->stopped)
		return;
	sensor->fault = sensor->read_fault;
	if (!sensor->fault[0])
		ambient_tell(sensor->ambient, &sensor->state, sensor->lux, clock_monotonic());
	sensor->changed(sensor->data);
}

static void on_timer(void *data)
{
	struct sensor *sensor = data;

	loop_timer_set(sensor->timer, clock_monotonic() + sensor->ambient->every);
	if (sensor->busy)
		return;
	sensor->busy = true;
	loop_work(sensor->loop, read_work, read_done, sensor);
}

struct sensor *sensor_create(
	struct loop *loop, const struct ambient *ambient, void (*changed)(void *data), void *data)
{
	struct sensor *sensor = xcalloc(1, sizeof *sensor);

	*sensor = (struct sensor){.loop = loop,
		.ambient = ambient,
		.changed = changed,
		.data = data,
		.fault = "",
		.read_fault = ""};
	sensor->timer = loop_timer_create(loop, on_timer, sensor);
	if (!sensor->timer) {
		free(sensor);
		return NULL;
	}
	loop_timer_set(sensor->timer, clock_monotonic());
	return sensor;
}

void sensor_destroy(struct sensor *sensor)
{
	bool never = false;

	if (!sensor)
		return;
	sensor->stopped = true;
	loop_timer_destroy(sensor->timer);
	while (sensor->busy)
		loop_run_until(sensor->loop, &never, 10 * NS_PER_MS);
	free(sensor);
}

const struct ambient_state *sensor_state(const struct sensor *sensor)
{
	return &sensor->state;
}

const char *sensor_fault(const struct sensor *sensor)
{
	return sensor->fault;
}
