/* Calendars (RFC 5545): each VEVENT is an announcement; libical reads them. */
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "lists.h"

#define DAY_SECONDS 86400

struct event {
	struct list *list;
	icalcomponent *component;
	int line;
	bool all_day, own;  /* own: bangtin wrote it */
	day_t first, last;  /* local days */
	int64_t start, end; /* seconds of the local clock since 1970-01-01; not all_day */
};

static void refuse(const struct event *event, const char *why)
{
	diag_error(event->list->diags, list_place(event->list, event->line, 1), "%s", _(why));
}

static day_t day_of(struct icaltimetype time)
{
	return day_from_date(time.year, time.month, time.day);
}

#define NS_SECONDS (INT64_MAX / NS_PER_SEC) /* what nanoseconds reach */

/* Seconds of the wall clock of the list's zone; a time without a zone is of that clock already. */
static int64_t local_seconds(const struct list *list, struct icaltimetype time)
{
	int64_t wall =
		(int64_t)day_of(time) * DAY_SECONDS + time.hour * 3600 + time.minute * 60 + time.second;
	if (!time.zone)
		return wall;
	int64_t instant = (int64_t)icaltime_as_timet_with_zone(time, time.zone);
	int64_t known = instant > NS_SECONDS ? NS_SECONDS : instant < -NS_SECONDS ? -NS_SECONDS : instant;
	return instant + zone_offset(list->zone, known * NS_PER_SEC);
}

static day_t local_day(const struct list *list, struct icaltimetype time)
{
	if (time.is_date)
		return day_of(time);
	int64_t seconds = local_seconds(list, time);
	return (day_t)(seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0));
}

static char *date_text(struct list *list, day_t day)
{
	int y, m, d;
	day_to_date(day, &y, &m, &d);
	return arena_printf(&list->arena, "%04d-%02d-%02d", y, m, d);
}

static char *hour_text(struct list *list, int64_t second)
{
	int h = (int)(second / 3600), m = (int)(second / 60 % 60), s = (int)(second % 60);
	return s ? arena_printf(&list->arena, "%02d:%02d:%02d", h, m, s)
		 : arena_printf(&list->arena, "%02d:%02d", h, m);
}

/* --- when */

static bool take_times(struct event *event)
{
	struct icaltimetype start = icalcomponent_get_dtstart(event->component),
			    end = icalcomponent_get_dtend(event->component);
	if (icaltime_is_null_time(start) || !icaltime_is_valid_time(start)) {
		refuse(event, N_("the event has no DTSTART that is a date or a time"));
		return false;
	}
	event->all_day = start.is_date;
	event->first = local_day(event->list, start);
	if (event->all_day) {
		event->last = icaltime_is_null_time(end) ? event->first : day_of(end) - 1;
		if (event->last < event->first)
			event->last = event->first; /* some write the day itself */
		return true;
	}
	event->start = local_seconds(event->list, start);
	event->end = icaltime_is_null_time(end) ? event->start : local_seconds(event->list, end);
	event->last = (day_t)((event->end - 1) / DAY_SECONDS);
	if (event->end > event->start)
		return true;
	refuse(event, N_("the event has no end after its beginning; give it a DTEND or a DURATION"));
	return false;
}

/* Whether the zone of DTSTART goes with the list's all the year: else a rule has hours that change. */
static bool zones_agree(const struct event *event)
{
	struct icaltimetype start = icalcomponent_get_dtstart(event->component);
	if (start.is_date || !start.zone)
		return true;
	int64_t wall = (int64_t)day_of(start) * DAY_SECONDS;
	if (event->start / DAY_SECONDS != wall / DAY_SECONDS)
		return false;
	int64_t first = local_seconds(event->list, start) -
			(wall + start.hour * 3600 + start.minute * 60 + start.second);
	for (int month = 1; month <= 12; month++) {
		struct icaltimetype later = start;
		icaltime_adjust(&later, 30 * month, 0, 0, 0);
		int64_t other = (int64_t)day_of(later) * DAY_SECONDS + later.hour * 3600 + later.minute * 60 +
				later.second;
		if (local_seconds(event->list, later) - other != first)
			return false;
	}
	return true;
}

static char *days_text(struct list *list, char *so_far, day_t day)
{
	char *text = date_text(list, day);
	return so_far ? arena_printf(&list->arena, "%s, %s", so_far, text) : text;
}

static char *bracketed(struct list *list, char *days)
{
	return days ? arena_printf(&list->arena, "[%s]", days) : NULL;
}

/* Days of a property that may be there more than once. */
static char *dates_of(const struct event *event, icalproperty_kind kind)
{
	char *days = NULL;
	for (icalproperty *p = icalcomponent_get_first_property(event->component, kind); p;
		p = icalcomponent_get_next_property(event->component, kind)) {
		struct icaltimetype time;
		if (kind == ICAL_EXDATE_PROPERTY) {
			time = icalproperty_get_datetime_with_component(p, event->component);
		} else {
			struct icaldatetimeperiodtype value = icalproperty_get_rdate(p);
			time = value.time;
			if (icaltime_is_null_time(time)) {
				refuse(event,
					N_("an RDATE that is a period is not taken; write it as an event "
					   "of its own"));
				continue;
			}
		}
		days = days_text(event->list, days, local_day(event->list, time));
	}
	return days;
}

/* What has a RECURRENCE-ID stands in place of one day of the rule. */
static char *moved_days(const struct event *event, icalcomponent *calendar, char *days)
{
	const char *name = icalcomponent_get_uid(event->component);
	icalcompiter at = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	for (icalcomponent *other; name && (other = icalcompiter_deref(&at)); icalcompiter_next(&at)) {
		const char *uid = icalcomponent_get_uid(other);
		struct icaltimetype day = icalcomponent_get_recurrenceid(other);
		if (other != event->component && uid && strcmp(uid, name) == 0 && !icaltime_is_null_time(day))
			days = days_text(event->list, days, local_day(event->list, day));
	}
	return days;
}

/* RRULE, RDATE and EXDATE. False: reported. */
static bool take_rule(const struct event *event, icalcomponent *calendar, struct announcement *made)
{
	struct list *list = event->list;
	/* in this order: a component knows one place in its properties */
	char *also = dates_of(event, ICAL_RDATE_PROPERTY);
	icalproperty *rule = icalcomponent_get_first_property(event->component, ICAL_RRULE_PROPERTY);
	bool second_rule =
		rule && icalcomponent_get_next_property(event->component, ICAL_RRULE_PROPERTY) != NULL;
	if (!rule && !also)
		return true;
	if (event->last != event->first && !(event->end - event->start <= DAY_SECONDS && !event->all_day)) {
		refuse(event, N_("an event that repeats and lasts longer than a day is not taken; write its "
				 "days as events of "
				 "their own"));
		return false;
	}
	if (!zones_agree(event)) {
		refuse(event,
			N_("the event repeats by the clock of another zone, whose hours here change over "
			   "the year; write it "
			   "in this site's zone"));
		return false;
	}
	if (second_rule) {
		refuse(event, N_("an event with two RRULEs is not taken; make two events of it"));
		return false;
	}
	made->until = NULL;
	if (rule) {
		struct icalrecurrencetype value = icalproperty_get_rrule(rule);
		char *text = icalrecurrencetype_as_string_r(&value);
		made->repeat = arena_printf(&list->arena, "\"%s\"", text ? text : "");
		icalmemory_free_buffer(text);
	} else {
		made->repeat = arena_strdup(&list->arena, "FREQ=DAILY;COUNT=1");
	}
	/* DTSTART is of the event's days whether the rule says so or not. */
	made->also = bracketed(list, days_text(list, also, event->first));
	made->except = bracketed(list, moved_days(event, calendar, dates_of(event, ICAL_EXDATE_PROPERTY)));
	return true;
}

/* --- what */

static struct announcement *add(const struct event *event, const char *text, const char *notes)
{
	struct arena *arena = &event->list->arena;
	struct announcement *made = list_add(event->list, event->line, 1);
	made->text = arena_strdup(arena, text);
	made->notes = notes ? arena_strdup(arena, notes) : NULL;
	made->from = date_text(event->list, event->first);
	made->until = date_text(event->list, event->last);
	return made;
}

/* An event of several days by the clock: its first day, those between, its last. */
static void add_days(const struct event *event, const char *text, const char *notes)
{
	struct list *list = event->list;
	int64_t start = event->start - (int64_t)event->first * DAY_SECONDS,
		end = event->end - (int64_t)event->last * DAY_SECONDS;
	struct announcement *made = add(event, text, notes);
	made->until = made->from;
	made->hours = arena_printf(&list->arena, "\"%s-24:00\"", hour_text(list, start));
	if (event->last - event->first > 1) {
		made = add(event, text, NULL);
		made->from = date_text(list, event->first + 1);
		made->until = date_text(list, event->last - 1);
	}
	made = add(event, text, NULL);
	made->from = made->until;
	made->hours = arena_printf(&list->arena, "\"00:00-%s\"", hour_text(list, end));
}

static void add_event(
	const struct event *event, icalcomponent *calendar, const char *text, const char *notes, char *on)
{
	struct list *list = event->list;
	size_t before = list->count;
	if (!event->all_day && event->end - event->start > DAY_SECONDS &&
		!icalcomponent_get_first_property(event->component, ICAL_RRULE_PROPERTY)) {
		add_days(event, text, notes);
	} else {
		struct announcement *made = add(event, text, notes);
		if (!event->all_day) {
			int64_t start = event->start - (int64_t)event->first * DAY_SECONDS,
				length = event->end - event->start, end = start + length;
			/* what crosses midnight is of the day that it begins on */
			end -= end > DAY_SECONDS ? DAY_SECONDS : 0;
			made->until = made->from;
			made->hours = length == DAY_SECONDS && start == 0
					      ? arena_strdup(&list->arena, "\"00:00-24:00\"")
					      : arena_printf(&list->arena, "\"%s-%s\"",
							hour_text(list, start), hour_text(list, end));
		}
		take_rule(event, calendar, made);
	}
	for (; before < list->count; before++)
		list->items[before]->on = on;
}

/* "province/gio (priority 10)", above an entry's texts. */
static bool is_entry_line(const char *line)
{
	const char *mark = strstr(line, " (priority ");
	int used = 0;
	return mark && (sscanf(mark, " (priority %*d)%n", &used), used > 0 && mark[used] == '\0');
}

/* What bangtin plays, as `agenda --ics` writes it: its texts begin with a dash in the description. */
static void add_own(const struct event *event, icalcomponent *calendar, const char *description, char *on)
{
	struct arena *arena = &event->list->arena;
	char *copy = xstrdup(description), *rest, *text = NULL;
	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		bool begins = strncmp(line, "- ", 2) == 0, ends = is_entry_line(line);
		if (text && (begins || ends)) {
			add_event(event, calendar, text, NULL, on);
			text = NULL;
		}
		if (begins)
			text = arena_strdup(arena, line + 2);
		else if (text)
			text = arena_printf(arena, "%s\n%s", text, line);
	}
	if (text)
		add_event(event, calendar, text, NULL, on);
	free(copy);
}

static char *targets_of(const struct event *event, const char *location)
{
	return event->own && location ? value_targets(&event->list->arena, location) : NULL;
}

static void take_event(struct event *event, icalcomponent *calendar)
{
	const char *summary = icalcomponent_get_summary(event->component),
		   *description = icalcomponent_get_description(event->component),
		   *location = icalcomponent_get_location(event->component);
	if (icalcomponent_get_status(event->component) == ICAL_STATUS_CANCELLED) {
		diag_warning(event->list->diags, list_place(event->list, event->line, 1),
			"the event `%s` is cancelled and is not taken", summary ? summary : "");
		return;
	}
	if (!take_times(event))
		return;
	if (event->own && description) {
		add_own(event, calendar, description, targets_of(event, location));
		return;
	}
	if (!summary || !*summary) {
		refuse(event, N_("the event has no SUMMARY: nothing to show"));
		return;
	}
	bool place = !event->own && location && *location;
	char *notes =
		xasprintf("%s%s%s", place ? location : "", place ? "\n" : "", description ? description : "");
	add_event(event, calendar, summary, notes, targets_of(event, location));
	free(notes);
}

/* --- the calendar */

/* The line on which the number-th event begins. */
static int event_line(const char *text, int number)
{
	int line = 1;
	for (const char *at = text; *at; line++) {
		size_t length = strcspn(at, "\n");
		if (strncasecmp(at, "BEGIN:VEVENT", 12) == 0 && number-- == 0)
			return line;
		at += length + (at[length] == '\n');
	}
	return 0;
}

static void report_others(struct list *list, icalcomponent *calendar)
{
	icalcompiter at = icalcomponent_begin_component(calendar, ICAL_ANY_COMPONENT);
	for (icalcomponent *part; (part = icalcompiter_deref(&at)); icalcompiter_next(&at)) {
		icalcomponent_kind kind = icalcomponent_isa(part);
		if (kind != ICAL_VEVENT_COMPONENT && kind != ICAL_VTIMEZONE_COMPONENT)
			diag_warning(list->diags, list_place(list, 0, 0),
				"a %s is not taken: only events are", icalcomponent_kind_to_string(kind));
	}
}

/* What libical could not read it keeps as properties of its own. */
static void report_errors(struct list *list, icalcomponent *component, int line)
{
	for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY); p;
		p = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY))
		diag_error(list->diags, list_place(list, line, line ? 1 : 0), "this is no iCalendar: %s",
			icalproperty_get_xlicerror(p));
}

static bool written_here(icalcomponent *calendar)
{
	icalproperty *p = icalcomponent_get_first_property(calendar, ICAL_PRODID_PROPERTY);
	const char *maker = p ? icalproperty_get_prodid(p) : NULL;
	return maker && strncmp(maker, "-//bangtin//", 12) == 0;
}

void list_read_ics(struct list *list, const char *text)
{
	icalcomponent *calendar = icalparser_parse_string(text);
	int number = 0;
	if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
		diag_error(list->diags, list_place(list, 1, 1),
			"this is no calendar: one begins with BEGIN:VCALENDAR and ends with END:VCALENDAR");
		if (calendar)
			icalcomponent_free(calendar);
		return;
	}
	report_errors(list, calendar, 0);
	report_others(list, calendar);
	icalcompiter at = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	for (icalcomponent *part; (part = icalcompiter_deref(&at)); icalcompiter_next(&at)) {
		struct event event = {.list = list, .component = part, .line = event_line(text, number++)};
		event.own = written_here(calendar);
		report_errors(list, part, event.line);
		take_event(&event, calendar);
	}
	if (number == 0)
		diag_error(list->diags, list_place(list, 1, 1), "the calendar has no event");
	icalcomponent_free(calendar);
}
