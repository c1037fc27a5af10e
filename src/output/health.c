/* Health: told in the status at once, in the log once a change and then rarely. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/event.h"
#include "base/words.h"
#include "output/private.h"

#define QUOTA_LINES  6
#define QUOTA_WINDOW (10 * NS_PER_MIN)
#define TENTH	     (100 * NS_PER_MS)
#define REMIND_EVERY (6 * NS_PER_HOUR)

const char *health_name(enum health health)
{
	static const char *const names[] = {
		N_("off"), N_("opening"), N_("up"), N_("late"), N_("down"), N_("fault")};

	return (unsigned)health < sizeof names / sizeof *names ? names[health] : "unknown";
}

/* What trying again will hardly mend. It is tried all the same. */
static bool needs_a_person(int error)
{
	switch (-error) {
	case EACCES:
	case EPERM:
	case EINVAL:
	case ENOTTY:
	case ENOTSUP:
	case ENOTDIR:
	case EISDIR:
	case EROFS:
	case ENOSPC:
		return true;
	}
	return false;
}

static bool is_foreign(const struct output *output)
{
	return output->link == LINK_UP && output->status.read_back == READ_BACK_FOREIGN;
}

static enum health judge(const struct output *output)
{
	switch (output->link) {
	case LINK_CLOSED:
		if (output->status.error == 0)
			return HEALTH_OPENING;
		return needs_a_person(output->status.error) ? HEALTH_FAULT : HEALTH_DOWN;
	case LINK_OPENING:
		return HEALTH_OPENING;
	case LINK_UP:
		/* open, but since it broke nothing has gone through: what is known is still that it is down */
		if (output->tries > 0 && output->in_flight && output->status.error != 0 && !output->asleep)
			return needs_a_person(output->status.error) ? HEALTH_FAULT : HEALTH_DOWN;
		break;
	}
	if (is_foreign(output))
		return HEALTH_FAULT;
	if (output->asleep)
		return HEALTH_OFF;
	return output->line_late || output->engine_late ? HEALTH_LATE : HEALTH_UP;
}

static bool may_log(struct log_quota *quota, int64_t now)
{
	if (now - quota->window >= QUOTA_WINDOW) {
		quota->window = now;
		quota->lines = 0;
	}
	if (quota->lines >= QUOTA_LINES) {
		quota->suppressed++;
		return false;
	}
	quota->lines++;
	return true;
}

static void tell(struct output *output, enum health health, int64_t now)
{
	const char *display = output->display->name, *driver = output->driver->name;
	char duration[32];
	unsigned suppressed = output->quota.suppressed;
	int64_t down = now - output->down_since;

	if (!may_log(&output->quota, now))
		return;
	output->quota.suppressed = 0;
	if (suppressed)
		log_event(EVENT_QUIET, "display %s: %u changes of its health were not logged", display,
			suppressed);
	switch (health) {
	case HEALTH_UP:
		time_format_duration(down / TENTH * TENTH, duration, sizeof duration);
		if (output->reported == HEALTH_LATE)
			log_event(EVENT_IN_TIME, "display %s: in time again", display);
		else if (output->reported == HEALTH_OFF)
			log_event(EVENT_STANDBY, "display %s: awake", display);
		else if (output->foreign_told)
			log_event(EVENT_FOREIGN_OVER, "display %s: read back: %s shows ours again, after %s",
				display, driver, duration);
		else if (output->was_up)
			log_event(EVENT_UP, "display %s: %s is up again after %s", display, driver, duration);
		else
			log_event(EVENT_UP, "display %s: %s is up", display, driver);
		break;
	case HEALTH_FAULT:
		if (is_foreign(output)) {
			log_event(EVENT_FOREIGN,
				"display %s: %s shows what is not ours (%s): it is overwritten until it is "
				"read back as ours",
				display, driver, output->status.foreign);
			break;
		}
		/* fall through */
	case HEALTH_DOWN:
		log_event(EVENT_DOWN, "display %s: %s is %s: %s; it is tried again for as long as it takes",
			display, driver, _(health_name(health)), _(output->status.why));
		break;
	case HEALTH_OFF:
		log_event(EVENT_STANDBY, "display %s: in standby", display);
		break;
	case HEALTH_LATE:
		log_event(EVENT_LATE, "display %s: late: %s", display,
			output->engine_late ? _("a picture was not ready in time")
					    : _("the device takes its frame too slowly"));
		break;
	case HEALTH_OPENING:
		break;
	}
	output->foreign_told = health == HEALTH_FAULT && is_foreign(output);
}

void health_update(struct output *output, int64_t now)
{
	struct output_status *status = &output->status;
	enum health health = judge(output);

	status->health = health;
	if (health == HEALTH_UP || health == HEALTH_LATE || health == HEALTH_OFF) {
		status->error = 0;
		status->why[0] = '\0';
	}
	if (is_foreign(output))
		snprintf(status->why, sizeof status->why, "%s", status->foreign);
	/* while it is tried again, what is known is that it is down */
	bool remind = health >= HEALTH_DOWN && now - output->reported_at >= REMIND_EVERY;
	if (health != HEALTH_OPENING && (health != output->reported || remind)) {
		tell(output, health, now);
		output->reported = health;
		output->reported_at = now;
	}
	output->was_up |= output->link == LINK_UP;
}

bool output_proves(const struct output *output, int64_t now)
{
	const struct display *display = output->display;

	switch (output->link) {
	case LINK_CLOSED: /* whoever is alive tries again in time */
		return output->retry_at == TIME_NEVER || now - output->retry_at < PROOF_SLACK;
	case LINK_OPENING:
		return now - output->opened_at < OPEN_MOST + PROOF_SLACK;
	case LINK_UP:
		break;
	}
	if (output->asleep || !output->content ||
		(!output->in_flight && !output->pending && display->refresh == 0))
		return true;
	return now - output->proved_at <
	       display->refresh + 2 * output->minimum_cycle + STALLED_AFTER + PROOF_SLACK;
}
