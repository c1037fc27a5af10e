/* What should have been shown: by the generations that played then, as far as they are still kept. A generation that is gone
 * leaves a hole, and the certificate says so: the schedule that plays now says nothing of another time. */
#include <errno.h>
#include <stdio.h>

#include "agenda.h"
#include "base/alloc.h"
#include "certificate.h"
#include "sched/window.h"
#include "store/store.h"
#include "walk.h"

struct planning {
	struct certificate *certificate;
	struct context *context; /* of the generation */
	const struct played *played;
	struct posting *posting;
};

/* --- what it is about, in one generation */

static bool is_subject(const struct certificate *certificate, const struct segment *segment)
{
	char item[RECORD_ITEM];

	if (!segment->entry)
		return false;
	if (certificate->entry)
		return strcmp(segment->entry->id, certificate->entry) == 0;
	const struct message *message = segment->item->message;
	snprintf(item, sizeof item, "%s/%s", message->unit, message->name);
	return strcmp(item, certificate->item) == 0;
}

static bool shows_only(const struct entry *entry, const struct message *message)
{
	for (size_t i = 0; i < entry->playlist->item_count; i++)
		if (entry->playlist->items[i]->message != message)
			return false;
	return true;
}

/* Whether what that entry is owed is owed to what the certificate is about. */
static bool is_owed(
	const struct catalogue *catalogue, const struct certificate *certificate, const struct entry *entry)
{
	if (certificate->entry)
		return strcmp(entry->id, certificate->entry) == 0;
	const struct message *message = catalogue_message(catalogue, certificate->item);
	return message && shows_only(entry, message);
}

static const struct entry *find_entry(const struct catalogue *catalogue, const char *id)
{
	for (size_t i = 0; i < catalogue->entry_count; i++)
		if (strcmp(catalogue->entries[i]->id, id) == 0)
			return catalogue->entries[i];
	return NULL;
}

static void add_wording(struct certificate *certificate, const struct message *message)
{
	array_reserve_one(certificate->wordings, certificate->wording_count, certificate->wording_capacity);
	struct wording *wording = &certificate->wordings[certificate->wording_count++];
	wording->text = xstrdup(message->text);
	message_digest(message, wording->digest);
}

/* Of an entry with several messages there is no one wording. */
static void look_for_subject(struct certificate *certificate, const struct catalogue *catalogue)
{
	const struct message *message = NULL;

	if (!catalogue)
		return;
	if (certificate->item) {
		message = catalogue_message(catalogue, certificate->item);
		certificate->is_known |= message != NULL;
	} else {
		const struct entry *entry = find_entry(catalogue, certificate->entry);
		certificate->is_known |= entry != NULL;
		if (entry && shows_only(entry, entry->playlist->items[0]->message))
			message = entry->playlist->items[0]->message;
	}
	if (message)
		add_wording(certificate, message);
}

const char *certificate_wording(const struct certificate *certificate, const char *digest)
{
	for (size_t i = 0; i < certificate->wording_count; i++)
		if (strcmp(certificate->wordings[i].digest, digest) == 0)
			return certificate->wordings[i].text;
	if (certificate->wording_count == 0 || digest[0])
		return NULL;
	return certificate->wordings[certificate->wording_count - 1].text;
}

/* --- minutes and showings */

static void plan_segment(void *data, day_t day, const struct segment *segment)
{
	struct planning *planning = data;

	(void)day;
	if (!is_subject(planning->certificate, segment))
		return;
	planning->posting->planned += segment->end - segment->start;
	planning->posting->planned_showings += segment->item_start == segment->start;
}

/* --- quotas */

/* Showings a day: of a day on which two generations played, what the stricter of them asks for. */
static void owe_days(struct planning *planning, const struct entry *entry, int64_t *of_days)
{
	const struct site *site = planning->context->site;
	const struct played *played = planning->played;
	day_t first = sched_programme_day(site, planning->certificate->from);
	day_t last = sched_programme_day(site, played->until - 1);

	for (day_t day = sched_programme_day(site, played->from); day <= last; day++) {
		int64_t from, end;
		sched_day_bounds(site, day, &from, &end);
		from = from > played->from ? from : played->from;
		int64_t until = end < played->until ? end : played->until;
		if (day - first < CERTIFICATE_DAYS &&
			agenda_open_time(planning->context, from, until, entry, NULL) > 0)
			of_days[day - first] += entry->at_least.count;
	}
}

static void owe(struct planning *planning, const struct entry *entry, int64_t *of_days)
{
	const struct played *played = planning->played;
	struct posting *posting = planning->posting;
	int64_t open = agenda_open_time(planning->context, played->from, played->until, entry, NULL);

	posting->demanded += open / 1000 * entry->share;
	if (entry->at_least.count && entry->at_least.a_day)
		owe_days(planning, entry, of_days);
	else if (entry->at_least.count)
		posting->demanded_showings += entry->at_least.count * (open / NS_PER_HOUR);
}

static char *demand_text(const struct entry *entry)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		abort();
	if (entry->share % 10)
		fprintf(to, "%d,%d %% thời gian mở", entry->share / 10, entry->share % 10);
	else if (entry->share)
		fprintf(to, "%d %% thời gian mở", entry->share / 10);
	if (entry->at_least.count)
		fprintf(to, "%sít nhất %d lượt/%s", entry->share ? "; " : "", entry->at_least.count,
			entry->at_least.a_day ? "ngày" : "giờ");
	if (entry->at_most.count)
		fprintf(to, "%snhiều nhất %d lượt/%s", entry->share || entry->at_least.count ? "; " : "",
			entry->at_most.count, entry->at_most.a_day ? "ngày" : "giờ");
	fclose(to);
	return text;
}

/* Each only once, in the order in which they came into force. */
static void tell_demand(struct certificate *certificate, const struct entry *entry)
{
	char *text = demand_text(entry), *before = certificate->demand;

	if (!before && text[0]) {
		certificate->demand = text;
		return;
	}
	if (before && text[0] && !strstr(before, text)) {
		certificate->demand = xasprintf("%s; sau đó: %s", before, text);
		free(before);
	}
	free(text);
}

/* --- one generation */

static void plan_quotas(struct planning *planning)
{
	const struct catalogue *catalogue = planning->context->catalogue;
	const struct display *display = show_view(planning->context->show)->display;
	int64_t of_days[CERTIFICATE_DAYS] = {0}, *owed = planning->posting->owed;

	for (size_t i = 0; i < catalogue->entry_count; i++) {
		const struct entry *entry = catalogue->entries[i];
		if (!entry_names_display(entry, display) || !is_owed(catalogue, planning->certificate, entry))
			continue;
		owe(planning, entry, of_days);
		tell_demand(planning->certificate, entry);
	}
	for (size_t i = 0; i < CERTIFICATE_DAYS; i++)
		owed[i] = of_days[i] > owed[i] ? of_days[i] : owed[i];
}

static void plan_display(struct planning *planning, int generation)
{
	const struct certificate *certificate = planning->certificate;

	if (context_show(planning->context, planning->posting->display) != EXIT_DONE)
		return;
	for (size_t i = 0; i < certificate->played_count; i++) {
		planning->played = &certificate->played[i];
		if (planning->played->generation != generation || planning->played->state != PLAYED_KNOWN)
			continue;
		walk_run(&(struct walk){planning->context, planning->played->from, planning->played->until,
			true, plan_segment, planning});
		plan_quotas(planning);
	}
}

static void set_state(
	struct certificate *certificate, int generation, enum played_state from, enum played_state to)
{
	for (size_t i = 0; i < certificate->played_count; i++)
		if (certificate->played[i].generation == generation && certificate->played[i].state == from)
			certificate->played[i].state = to;
}

static void plan_generation(struct certificate *certificate, const struct common *common, int generation)
{
	struct context context;
	char version[16];

	snprintf(version, sizeof version, "%d", generation);
	int code = context_open_version(common, version, &context);
	if (code != EXIT_DONE || !context.catalogue) {
		cli_fail(code, "warning: generation %d cannot be read any more; the certificate says so",
			generation);
		set_state(certificate, generation, PLAYED_KNOWN, PLAYED_BROKEN);
	} else {
		look_for_subject(certificate, context.catalogue);
		for (size_t i = 0; i < certificate->posting_count; i++)
			plan_display(
				&(struct planning){certificate, &context, NULL, &certificate->postings[i]},
				generation);
	}
	context_finish(&context);
}

/* --- which of them are kept */

struct kept {
	int number;
	char digest[RECORD_DIGEST];
};

static void recognise(struct certificate *certificate, const struct kept *kept)
{
	for (size_t i = 0; i < certificate->played_count; i++) {
		struct played *played = &certificate->played[i];
		if (played->generation == kept->number && played->state == PLAYED_GONE)
			played->state = !played->digest[0] || strcmp(played->digest, kept->digest) == 0
						? PLAYED_KNOWN
						: PLAYED_CHANGED;
	}
}

static int ask_history(struct certificate *certificate, const struct common *common)
{
	json_t *reply, *json;
	size_t i;
	int code = cli_call(common, json_pack("{s:s}", "command", "history"), &reply);

	if (code != EXIT_DONE)
		return code;
	json_array_foreach(json_object_get(reply, "generations"), i, json)
	{
		const char *digest = json_string_value(json_object_get(json, "digest"));
		struct kept kept = {.number = (int)json_integer_value(json_object_get(json, "number"))};
		snprintf(kept.digest, sizeof kept.digest, "%s", digest ? digest : "");
		recognise(certificate, &kept);
	}
	json_decref(reply);
	return EXIT_DONE;
}

/* Without a state directory nothing is kept. */
static int read_history(struct certificate *certificate, const struct common *common, const struct site *site)
{
	struct generation *list = NULL;
	struct store *store;
	size_t count = 0;

	if (!common->configuration)
		return ask_history(certificate, common);
	if (store_open_read_only(site->state_directory, &store) < 0)
		return EXIT_DONE;
	if (store_history(store, &list, &count) < 0)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		struct kept kept = {.number = list[i].number};
		memcpy(kept.digest, list[i].digest, sizeof kept.digest);
		recognise(certificate, &kept);
	}
	free(list);
	store_close(store);
	return EXIT_DONE;
}

/* --- all of them */

static bool was_planned(const struct certificate *certificate, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (certificate->played[i].generation == certificate->played[index].generation)
			return true;
	return false;
}

static void sum_up(struct certificate *certificate)
{
	int64_t known = 0;

	for (size_t i = 0; i < certificate->played_count; i++) {
		const struct played *played = &certificate->played[i];
		bool is_known = played->state == PLAYED_KNOWN || played->state == PLAYED_NONE;
		*(is_known ? &known : &certificate->missing) += played->until - played->from;
	}
	for (size_t i = 0; i < certificate->posting_count; i++) {
		struct posting *posting = &certificate->postings[i];
		for (size_t k = 0; k < CERTIFICATE_DAYS; k++)
			posting->demanded_showings += posting->owed[k];
		free(posting->owed);
		posting->owed = NULL;
		if (known == 0 && certificate->missing > 0)
			posting->planned = -1;
	}
}

int certificate_plan(struct certificate *certificate, const struct common *common, const struct context *now)
{
	int code = read_history(certificate, common, now->site);

	if (code != EXIT_DONE)
		return code;
	look_for_subject(certificate, now->catalogue);
	for (size_t i = 0; i < certificate->posting_count; i++)
		certificate->postings[i].owed = xcalloc(CERTIFICATE_DAYS, sizeof(int64_t));
	for (size_t i = 0; i < certificate->played_count; i++)
		if (certificate->played[i].state == PLAYED_KNOWN && !was_planned(certificate, i))
			plan_generation(certificate, common, certificate->played[i].generation);
	sum_up(certificate);
	return EXIT_DONE;
}
