/* The guard: looks after everything every two seconds: feeds the service manager's watchdog while each display proves
 * itself, and says of each thing that can be wrong whether it is. */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/private.h"
#include "service/service.h"

#define LOOK_EVERY  (2 * NS_PER_SEC)
#define DISK_EVERY  (30 * NS_PER_SEC)
#define DISK_BYTES  (64 << 20) /* a load may have 16 MiB, and is written before an old one goes */
#define DISK_INODES 500

struct guard {
	struct engine *engine;
	struct loop_timer *timer;
	int64_t every, watchdog; /* ns; 0: nobody watches */
	bool starving;
	bool looking; /* at the disk, on the thread pool */
	int64_t disk_at;
	bool disk_full, disk_read_only;
	uint64_t *intrusions; /* of each display, as they were the last time */
};

/* --- the disk: statvfs may wait for a card that hangs */

static void disk_work(void *data)
{
	struct guard *guard = data;
	struct statvfs disk;
	if (statvfs(store_directory(guard->engine->store), &disk) < 0)
		return;
	guard->disk_read_only = disk.f_flag & ST_RDONLY;
	guard->disk_full = (uint64_t)disk.f_bavail * disk.f_frsize < DISK_BYTES ||
			   (disk.f_files > 0 && disk.f_favail < DISK_INODES);
}

static void disk_done(void *data)
{
	struct guard *guard = data;
	guard->looking = false;
	alarm_set(guard->engine->alarms, ALARM_DISK, ALARM_SITE, guard->disk_full || guard->disk_read_only,
		guard->disk_read_only ? _("the disk of the state directory is read-only; it may be failing")
				      : _("the disk of the state directory is full; nothing can be loaded"));
}

static void look_at_disk(struct guard *guard, int64_t now)
{
	if (guard->looking || guard->engine->stopping || now < guard->disk_at)
		return;
	guard->disk_at = now + DISK_EVERY;
	guard->looking = true;
	loop_work(guard->engine->loop, disk_work, disk_done, guard);
}

/* --- the displays */

static bool is_down(enum health health)
{
	return health == HEALTH_DOWN || health == HEALTH_FAULT;
}

/* While it is opened again it is neither well nor known to be worse. */
static void look_at_health(struct engine *engine, size_t display, const struct channel_status *status)
{
	const struct output_status *wrong =
		is_down(status->output.health) ? &status->output : &status->control;
	if (status->output.health != HEALTH_OPENING && status->control.health != HEALTH_OPENING)
		alarm_set(engine->alarms, ALARM_DISPLAY, display, is_down(wrong->health), wrong->why);
	alarm_set(engine->alarms, ALARM_LATE, display, status->output.health == HEALTH_LATE,
		_("its pictures come too late"));
}

/* Whatever was written over it meanwhile: that somebody could is for people to hear at once. */
static void look_at_content(struct guard *guard, size_t display, const struct output_status *status)
{
	struct alarms *alarms = guard->engine->alarms;
	if (status->intrusions > guard->intrusions[display] || status->read_back == READ_BACK_FOREIGN)
		alarm_now(alarms, ALARM_FOREIGN, display, status->foreign);
	else
		alarm_set(alarms, ALARM_FOREIGN, display, false, "");
	guard->intrusions[display] = status->intrusions;
}

/* Whether all displays prove themselves. */
static bool look_at_displays(struct guard *guard, int64_t now)
{
	struct engine *engine = guard->engine;
	bool proven = true;
	for (size_t i = 0; i < engine->site->display_count; i++) {
		struct channel_status status;
		bool proves = channel_proves(engine->channels[i], now);
		channel_status(engine->channels[i], &status);
		look_at_health(engine, i, &status);
		look_at_content(guard, i, &status.output);
		if (proves)
			alarm_set(engine->alarms, ALARM_STUCK, i, false, "");
		else
			alarm_now(engine->alarms, ALARM_STUCK, i,
				_("it takes no pictures any more, and its driver does not know it"));
		proven = proven && proves;
	}
	return proven;
}

/* --- all of it */

static void feed(struct guard *guard, bool proven)
{
	if (!guard->watchdog)
		return;
	if (proven)
		service_feed();
	else if (!guard->starving)
		log_event(EVENT_STARVED,
			"a display is stuck: the watchdog is fed no more, so that the daemon is started "
			"anew");
	guard->starving = !proven;
}

static void tick(void *data)
{
	struct guard *guard = data;
	struct engine *engine = guard->engine;
	int64_t now = clock_monotonic();
	feed(guard, look_at_displays(guard, now));
	alarm_set(engine->alarms, ALARM_CLOCK, ALARM_SITE, !clock_now(&engine->clock).trusted,
		_("the wall clock cannot be believed; the default messages show"));
	alarm_set(engine->alarms, ALARM_CONTENT, ALARM_SITE, engine->load_fault != NULL,
		engine->load_fault ? engine->load_fault : "");
	look_at_disk(guard, now);
	if (!engine->stopping)
		alarms_step(engine->alarms);
	loop_timer_set(guard->timer, now + guard->every);
}

struct guard *guard_create(struct engine *engine)
{
	struct guard *guard = xcalloc(1, sizeof *guard);
	guard->engine = engine;
	guard->intrusions = xcalloc(engine->site->display_count, sizeof *guard->intrusions);
	guard->watchdog = service_watchdog();
	guard->every = guard->watchdog && guard->watchdog / 3 < LOOK_EVERY ? guard->watchdog / 3 : LOOK_EVERY;
	guard->timer = loop_timer_create(engine->loop, tick, guard);
	if (guard->timer)
		loop_timer_set(guard->timer, clock_monotonic());
	return guard;
}

json_t *guard_json(const struct guard *guard)
{
	if (!guard || !guard->watchdog)
		return json_null();
	return json_pack(
		"{s:I, s:b}", "every_ms", (json_int_t)(guard->watchdog / NS_PER_MS), "fed", !guard->starving);
}

void guard_destroy(struct guard *guard)
{
	if (!guard)
		return;
	loop_timer_destroy(guard->timer);
	free(guard->intrusions);
	free(guard);
}
