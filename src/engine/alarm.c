#include "engine/alarm.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"

#define TRIES	    3
#define RETRY_AFTER NS_PER_MIN
#define NOBODY	    65534

struct state {
	bool wrong;    /* now */
	int64_t since; /* monotonic: how long it has been wrong, with gaps shorter than `after`; 0: it is well */
	int64_t well; /* monotonic: since when it is well again; while it is wrong: meaningless */
	bool raised, told;
	int tries;
	int64_t try_at;	   /* monotonic: the program is not run before */
	int64_t raised_at; /* wall clock */
	char text[256];
};

struct alarms {
	struct loop *loop;
	const struct site *site;
	const struct clock *clock;
	struct state *states; /* of each alarm for the site, then for each display */
	size_t count;
	struct loop_child *child; /* the program, while it runs */
	struct state *telling;	  /* what it was told */
	bool telling_raised;
};

static const char *const names[ALARM_COUNT] = {[ALARM_DISPLAY] = "display-down",
	[ALARM_LATE] = "display-late",
	[ALARM_STUCK] = "display-stuck",
	[ALARM_FOREIGN] = "foreign-content",
	[ALARM_CLOCK] = "clock-untrusted",
	[ALARM_DISK] = "disk-full",
	[ALARM_REFUSED] = "load-refused",
	[ALARM_CONTENT] = "content-fault"};

const char *alarm_name(enum alarm alarm)
{
	return (unsigned)alarm < ALARM_COUNT ? names[alarm] : "unknown";
}

struct alarms *alarms_create(struct loop *loop, const struct site *site, const struct clock *clock)
{
	struct alarms *alarms = xcalloc(1, sizeof *alarms);
	alarms->loop = loop;
	alarms->site = site;
	alarms->clock = clock;
	alarms->count = ALARM_COUNT * (site->display_count + 1);
	alarms->states = xcalloc(alarms->count, sizeof *alarms->states);
	return alarms;
}

void alarms_destroy(struct alarms *alarms)
{
	if (!alarms)
		return;
	loop_child_abandon(alarms->child);
	free(alarms->states);
	free(alarms);
}

static struct state *state_of(struct alarms *alarms, enum alarm alarm, size_t display)
{
	size_t row = display == ALARM_SITE ? 0 : display + 1;
	return &alarms->states[row * ALARM_COUNT + (size_t)alarm];
}

static enum alarm alarm_of(const struct alarms *alarms, const struct state *state)
{
	return (enum alarm)((size_t)(state - alarms->states) % ALARM_COUNT);
}

static const char *display_of(const struct alarms *alarms, const struct state *state)
{
	size_t row = (size_t)(state - alarms->states) / ALARM_COUNT;
	return row == 0 ? NULL : alarms->site->displays[row - 1].name;
}

/* --- what is wrong, and since when */

static void change(struct alarms *alarms, struct state *state, bool raised)
{
	const char *display = display_of(alarms, state), *name = alarm_name(alarm_of(alarms, state));
	state->raised = raised;
	state->tries = 0;
	state->try_at = 0;
	if (raised)
		state->raised_at = clock_now(alarms->clock).time;
	else
		state->since = 0;
	if (raised && display)
		log_event(EVENT_ALARM, "alarm %s of %s: %s", name, display, _(state->text));
	else if (raised)
		log_event(EVENT_ALARM, "alarm %s: %s", name, _(state->text));
	else if (display)
		log_event(EVENT_ALARM_OVER, "alarm %s of %s is over", name, display);
	else
		log_event(EVENT_ALARM_OVER, "alarm %s is over", name);
}

void alarm_set(struct alarms *alarms, enum alarm alarm, size_t display, bool wrong, const char *text)
{
	struct state *state = state_of(alarms, alarm, display);
	int64_t now = clock_monotonic();
	if (wrong && !state->since)
		state->since = now;
	if (!wrong && state->wrong)
		state->well = now;
	state->wrong = wrong;
	if (wrong)
		snprintf(state->text, sizeof state->text, "%s", text);
}

void alarm_now(struct alarms *alarms, enum alarm alarm, size_t display, const char *text)
{
	struct state *state = state_of(alarms, alarm, display);
	alarm_set(alarms, alarm, display, true, text);
	if (!state->raised)
		change(alarms, state, true);
}

static void judge(struct alarms *alarms, struct state *state, int64_t now)
{
	int64_t after = alarms->site->alarm.after;
	if (state->wrong && !state->raised && now - state->since >= after)
		change(alarms, state, true);
	else if (!state->wrong && state->raised && now - state->well >= after)
		change(alarms, state, false);
	else if (!state->wrong && !state->raised && state->since && now - state->well >= after)
		state->since = 0;
}

/* --- telling the program */

static void ended(void *data, enum child_end end, int status)
{
	struct alarms *alarms = data;
	struct state *state = alarms->telling;
	const char *program = alarms->site->alarm.program;
	alarms->child = NULL;
	if (end == CHILD_EXITED && status == 0) {
		state->told = alarms->telling_raised;
		state->tries = 0;
		return;
	}
	if (end == CHILD_TIMED_OUT)
		log_event(EVENT_HOOK, "the alarm program %s took too long and was killed", program);
	else if (end == CHILD_SIGNALLED)
		log_event(EVENT_HOOK, "the alarm program %s was ended by signal %d", program, status);
	else
		log_event(EVENT_HOOK, "the alarm program %s failed with status %d", program, status);
}

static json_t *state_json(const struct alarms *alarms, const struct state *state)
{
	const char *display = display_of(alarms, state);
	char since[48];
	time_format(alarms->site->zone, state->raised_at, since, sizeof since);
	return json_pack("{s:s, s:s?, s:s, s:s}", "alarm", alarm_name(alarm_of(alarms, state)), "display",
		display, "since", since, "text", state->text);
}

json_t *alarms_json(const struct alarms *alarms)
{
	json_t *list = json_array();
	for (size_t kind = 0; kind < ALARM_COUNT; kind++)
		for (size_t i = kind; i < alarms->count; i += ALARM_COUNT)
			if (alarms->states[i].raised)
				json_array_append_new(list, state_json(alarms, &alarms->states[i]));
	return list;
}

static char *told_json(const struct alarms *alarms, const struct state *state)
{
	json_t *json = state_json(alarms, state);
	json_object_set_new(json, "state", json_string(state->raised ? "raised" : "cleared"));
	json_object_set_new(json, "site", json_string(alarms->site->name));
	json_object_set_new(json, "alarms", alarms_json(alarms));
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

/* Whose rights it has where the daemon has root's. */
static void find_user(struct child_program *program)
{
	const struct passwd *user = geteuid() == 0 ? getpwnam("nobody") : NULL;
	program->uid = user ? user->pw_uid : NOBODY;
	program->gid = user ? user->pw_gid : NOBODY;
}

static void tell(struct alarms *alarms, struct state *state, int64_t now)
{
	const char *display = display_of(alarms, state);
	char *input = told_json(alarms, state);
	char *environment[] = {xasprintf("PATH=/usr/local/bin:/usr/bin:/bin"), xasprintf("LC_ALL=C.UTF-8"),
		xasprintf("BANGTIN_SITE=%s", alarms->site->name),
		xasprintf("BANGTIN_ALARM=%s", alarm_name(alarm_of(alarms, state))),
		xasprintf("BANGTIN_STATE=%s", state->raised ? "raised" : "cleared"),
		xasprintf("BANGTIN_DISPLAY=%s", display ? display : ""),
		xasprintf("BANGTIN_TEXT=%s", state->text), NULL};
	const char *arguments[] = {alarms->site->alarm.program, NULL};
	struct child_program program = {.arguments = arguments,
		.environment = (const char *const *)environment,
		.input = input,
		.timeout = alarms->site->alarm.timeout};
	find_user(&program);
	alarms->telling = state;
	alarms->telling_raised = state->raised;
	state->tries++;
	state->try_at = now + RETRY_AFTER;
	int error = loop_child_start(alarms->loop, &program, ended, alarms, &alarms->child);
	if (error < 0)
		log_event(EVENT_HOOK, "the alarm program %s cannot be run: %s", arguments[0],
			words_error(error));
	for (char **variable = environment; *variable; variable++)
		free(*variable);
	free(input);
}

void alarms_step(struct alarms *alarms)
{
	int64_t now = clock_monotonic();
	for (size_t i = 0; i < alarms->count; i++)
		judge(alarms, &alarms->states[i], now);
	for (size_t i = 0; alarms->site->alarm.program && !alarms->child && i < alarms->count; i++) {
		struct state *state = &alarms->states[i];
		if (state->raised != state->told && state->tries < TRIES && now >= state->try_at)
			tell(alarms, state, now);
	}
}
