/* announce, clear, blank, unblank: what an operator orders. A blank waits for nothing: no queue of changes, no picture,
 * no disk. An announcement is laid out first; it waits for no load. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/text.h"
#include "base/words.h"
#include "engine/private.h"
#include "playlist/announcement.h"

#define WAIT_STANDARD	   (5 * NS_PER_SEC)
#define WAIT_MOST	   (60 * NS_PER_SEC)
#define AHEAD_MOST	   (31 * 24 * NS_PER_HOUR)
#define ANNOUNCEMENTS_MOST 64

static const char *text_argument(struct control_request *request, const char *key)
{
	return json_string_value(json_object_get(control_arguments(request), key));
}

static int64_t order_wait(struct control_request *request)
{
	const json_t *ms = request ? json_object_get(control_arguments(request), "wait_ms") : NULL;
	int64_t wait = ms ? json_integer_value(ms) * NS_PER_MS : WAIT_STANDARD;
	return wait < 0 ? 0 : wait > WAIT_MOST ? WAIT_MOST : wait;
}

/* --- where */

static void add_target(struct override *override, const char *name)
{
	override->on = xrealloc(override->on, override->on_count + 1, sizeof *override->on);
	override->on[override->on_count++] = xstrdup(name);
}

/* The displays that the names and tags in `on` reach, by name; none given: every display. A name that reaches nothing
 * is an error: an announcement that nobody sees must not look like success. */
static bool targets_argument(
	struct engine *engine, struct control_request *request, struct override *ret_override)
{
	const json_t *on = json_object_get(control_arguments(request), "on");
	const struct site *site = engine->site;
	for (size_t t = 0; t < json_array_size(on); t++) {
		const char *name = json_string_value(json_array_get(on, t));
		bool found = false;
		for (size_t i = 0; name && i < site->display_count; i++)
			found |= display_matches(&site->displays[i], name);
		if (!found) {
			control_refuse(request, 1,
				"no display has the name or tag `%s`; `bangtin status` lists them",
				name ? name : "?");
			return false;
		}
	}
	for (size_t i = 0; i < site->display_count; i++) {
		bool reached = json_array_size(on) == 0;
		for (size_t t = 0; t < json_array_size(on) && !reached; t++)
			reached =
				display_matches(&site->displays[i], json_string_value(json_array_get(on, t)));
		if (reached)
			add_target(ret_override, site->displays[i].name);
	}
	return true;
}

static void override_everywhere(const struct engine *engine, struct override *override)
{
	for (size_t i = 0; i < engine->site->display_count; i++)
		add_target(override, engine->site->displays[i].name);
}

/* Who, when, and a name of its own. */
static void sign(const struct engine *engine, struct override *override, unsigned uid, const char *user)
{
	static unsigned number;
	struct instant now = clock_now(&engine->clock);
	override->start = now.time;
	override->uptime = !now.trusted;
	override->uid = uid;
	override->user = xstrdup(user);
	snprintf(override->id, sizeof override->id, "%c%llx-%x", override->kind == OVERRIDE_BLANK ? 'b' : 'a',
		(unsigned long long)(override->start / NS_PER_SEC) & 0xffffffffff, ++number & 0xffff);
}

/* --- what */

/* Words approved beforehand, by their name. */
static bool template_words(
	struct engine *engine, struct control_request *request, const char *name, char **ret_text)
{
	const struct template *template = templates_find(&engine->templates, name);
	if (!template)
		control_refuse(request, 1, "no template is named `%s`; `bangtin status` lists them", name);
	else
		*ret_text = xstrdup(template->text);
	return template != NULL;
}

/* A template that was approved before there were fields is announced as it is: only new words are refused. */
static bool good_braces(struct control_request *request, const char *text)
{
	struct diag_list diags;
	diag_init(&diags);
	bool good = words_check_braces(_("announcement"), text, &diags);
	if (!good) {
		char *fault = diag_text(&diags);
		control_refuse(request, 1, "%s%s", fault, _("nothing was changed"));
		free(fault);
	}
	diag_finish(&diags);
	return good;
}

/* Lists print the words of an announcement: an escape sequence would act on whoever reads them. */
static bool has_controls(const char *text)
{
	while (*text) {
		uint32_t c = utf8_next(&text);
		if ((c < ' ' && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0))
			return true;
	}
	return false;
}

static bool announce_text(struct engine *engine, struct control_request *request, char **ret_text)
{
	const char *text = text_argument(request, "text"), *template = text_argument(request, "template");
	if (!text == !template || (text && !*text)) {
		control_refuse(request, 2, "what should be announced? give a text, or a template");
		return false;
	}
	if (template)
		return template_words(engine, request, template, ret_text);
	if (!engine->site->unsigned_loads) {
		control_refuse(request, 1,
			"rule unsigned: this site announces templates only that were approved beforehand "
			"(`bangtin announce --template NAME`; `bangtin status` lists them)");
		return false;
	}
	if (has_controls(text)) {
		control_refuse(request, 1, "the text has a control character; delete it");
		return false;
	}
	char *nfc = text_nfc(text);
	if (utf8_length(nfc) > WORDS_MOST) {
		control_refuse(request, 1, "the text is longer than %d characters; shorten it", WORDS_MOST);
		free(nfc);
		return false;
	}
	if (!good_braces(request, nfc)) {
		free(nfc);
		return false;
	}
	*ret_text = nfc;
	return true;
}

/* Of words approved for emergencies it is an emergency unless something lower is asked for. */
static bool level_argument(struct control_request *request, enum override_level *ret_level)
{
	const char *name = text_argument(request, "level");
	*ret_level = text_argument(request, "template") ? LEVEL_EMERGENCY : LEVEL_NOTICE;
	if (!name || level_find(name, ret_level))
		return true;
	control_refuse(request, 2, "there is no level `%s`; write notice, urgent or emergency", name);
	return false;
}

static bool duration_argument(
	struct control_request *request, enum override_level level, int64_t *ret_duration)
{
	json_int_t ms = json_integer_value(json_object_get(control_arguments(request), "for_ms"));
	bool template = text_argument(request, "template") != NULL;
	int64_t most = level_longest(level);
	char text[32];
	if (template && most > TEMPLATE_FOR_MOST)
		most = TEMPLATE_FOR_MOST;
	if (ms >= 1000 && ms <= most / NS_PER_MS) {
		*ret_duration = ms * NS_PER_MS;
		return true;
	}
	time_format_duration(most, text, sizeof text);
	if (template)
		control_refuse(request, 2, "for how long? from 1s to %s, for it is a template", text);
	else
		control_refuse(
			request, 2, "for how long? from 1s to %s at level %s", text, _(level_name(level)));
	return false;
}

/* Now, or at a time of day by the site's clock. */
static bool start_argument(struct engine *engine, struct control_request *request, struct override *override)
{
	const char *text = text_argument(request, "from");
	struct instant now = clock_now(&engine->clock);
	int64_t start;
	if (!text)
		return true;
	if (!now.trusted)
		control_refuse(request, 3,
			"the clock is not believed: an announcement can begin at once, but not at a time");
	else if (time_parse_instant(engine->site->zone, text, &start) < 0)
		control_refuse(
			request, 2, "`from` wants a time such as \"2026-03-02 14:00\", not `%.40s`", text);
	else if (start < now.time - NS_PER_MIN || start > now.time + AHEAD_MOST)
		control_refuse(request, 2, "`from` is a time within the next 31 days, not `%.40s`", text);
	else {
		override->start = start > now.time ? start : now.time;
		return true;
	}
	return false;
}

static bool has_room(const struct engine *engine, struct control_request *request)
{
	size_t count = 0;
	struct instant now = clock_now(&engine->clock);
	for (size_t i = 0; i < engine->override_count; i++)
		count += override_in_force(&engine->overrides[i], now) ||
			 engine->overrides[i].start > now.time;
	if (count < ANNOUNCEMENTS_MOST)
		return true;
	control_refuse(request, 1, "there are %d announcements already; `bangtin clear` some first",
		ANNOUNCEMENTS_MOST);
	return false;
}

/* The date on which it begins. An emergency does not wait for the clock: its date is left out; who types can write it. */
static bool put_date(struct engine *engine, struct control_request *request, struct override *override)
{
	bool known = clock_now(&engine->clock).trusted;
	if (!announcement_has_date(override->text))
		return true;
	if (!known && !text_argument(request, "template")) {
		control_refuse(request, 3,
			"the clock is not believed, and with it the date: write the date in place of "
			"`{date}`");
		return false;
	}
	char *words = announcement_on(override->text, known ? engine->site->zone : NULL, override->start);
	free(override->text);
	override->text = words;
	return true;
}

/* --- announce, clear */

void run_announce(void *data, struct control_request *request)
{
	struct engine *engine = data;
	struct override_edit edit = {.add = true, .item.kind = OVERRIDE_ANNOUNCE};
	struct override *item = &edit.item;
	int64_t duration;
	if (!level_argument(request, &item->level) || !duration_argument(request, item->level, &duration) ||
		!has_room(engine, request) || !announce_text(engine, request, &item->text))
		return;
	sign(engine, item, control_peer(request)->uid, control_peer(request)->user);
	if (!targets_argument(engine, request, item) || !start_argument(engine, request, item) ||
		!put_date(engine, request, item)) {
		override_edit_finish(&edit);
		return;
	}
	item->end = item->start + duration;
	change_overrides(engine, request, edit);
}

static bool known_display(struct engine *engine, struct control_request *request, const char *display)
{
	if (!display || engine_channel(engine, display))
		return true;
	control_refuse(request, 1, "no display is named `%s`; `bangtin status` lists them", display);
	return false;
}

void run_clear(void *data, struct control_request *request)
{
	struct engine *engine = data;
	const char *id = text_argument(request, "id"), *display = text_argument(request, "display");
	if (!known_display(engine, request, display))
		return;
	change_overrides(engine, request,
		(struct override_edit){
			.kind = OVERRIDE_ANNOUNCE, .id = xstrdup(id), .display = xstrdup(display)});
}

/* --- what became of an order */

static json_t *strings(char *const *texts, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_string(texts[i]));
	return array;
}

static json_t *log_entry(
	struct engine *engine, const struct override_edit *edit, unsigned uid, const char *user)
{
	bool blank = (edit->add ? edit->item.kind : edit->kind) == OVERRIDE_BLANK;
	json_t *json = json_pack("{s:I, s:b, s:s, s:s, s:I}", "time", (json_int_t)engine_stamp(engine),
		"trusted", clock_now(&engine->clock).trusted, "event",
		edit->add ? (blank ? "blank" : "announce") : (blank ? "unblank" : "clear"), "user", user,
		"uid", (json_int_t)uid);
	const struct override *item = &edit->item;
	if (edit->add) {
		json_object_set_new(json, "id", json_string(item->id));
		json_object_set_new(json, "on", strings(item->on, item->on_count));
	} else {
		if (edit->id)
			json_object_set_new(json, "id", json_string(edit->id));
		json_object_set_new(
			json, "on", edit->display ? json_pack("[s]", edit->display) : json_array());
	}
	if (edit->add && !blank) {
		json_object_set_new(json, "level", json_string(level_name(item->level)));
		json_object_set_new(json, "text", json_string(item->text));
		json_object_set_new(json, "from_ns", json_integer(item->start));
		json_object_set_new(json, "until_ns", json_integer(item->end));
	}
	return json;
}

/* Where something was changed: what was added, or taken away from. */
static bool *concerned(const struct engine *engine, const struct override_edit *edit,
	const struct override *old, size_t old_count)
{
	bool *concerns = xcalloc(engine->site->display_count + 1, sizeof *concerns);
	for (size_t i = 0; i < engine->site->display_count; i++) {
		const struct display *display = &engine->site->displays[i];
		if (edit->add)
			concerns[i] = override_names(&edit->item, display);
		for (size_t k = 0; !edit->add && k < old_count; k++)
			concerns[i] |= (!edit->id || strcmp(edit->id, old[k].id) == 0) &&
				       (!edit->display || strcmp(edit->display, display->name) == 0) &&
				       override_names(&old[k], display);
	}
	return concerns;
}

void order_done(struct engine *engine, struct control_request *request, const struct order *order)
{
	const struct override_edit *edit = order->edit;
	bool *concerns = concerned(engine, edit, order->old, order->old_count);
	if (order->edited > 0)
		keep_line(engine, log_entry(engine, edit, order->uid, order->user));
	confirm_begin(engine, &(struct confirm_order){.request = request,
				      .id = edit->add ? edit->item.id : NULL,
				      .edited = order->edited,
				      .version = keep_changed(engine),
				      .wait = order_wait(request),
				      .concerns = concerns});
	free(concerns);
}

/* --- blank, unblank */

void blanks_apply(struct engine *engine)
{
	for (size_t i = 0; i < engine->site->display_count; i++) {
		const struct override *blank = NULL;
		for (size_t k = 0; k < engine->blank_count && !blank; k++)
			if (override_names(&engine->blanks[k], &engine->site->displays[i]))
				blank = &engine->blanks[k];
		channel_blank(engine->channels[i], blank ? blank->id : NULL);
	}
}

static void order_blanks(struct engine *engine, struct control_request *request, struct override_edit *edit,
	unsigned uid, const char *user)
{
	struct override *old = engine->blanks;
	size_t old_count = engine->blank_count;
	size_t edited = override_edit_apply(
		edit, old, old_count, clock_now(&engine->clock), &engine->blanks, &engine->blank_count);
	blanks_apply(engine);
	if (engine->record)
		proof_orders(
			engine->record, &engine->clock, old, old_count, engine->blanks, engine->blank_count);
	order_done(engine, request,
		&(struct order){.edit = edit,
			.edited = edited,
			.old = old,
			.old_count = old_count,
			.uid = uid,
			.user = user});
	overrides_free(old, old_count);
	override_edit_finish(edit);
}

void order_blank_everywhere(
	struct engine *engine, struct control_request *request, unsigned uid, const char *user)
{
	struct override_edit edit = {.add = true, .item.kind = OVERRIDE_BLANK};
	override_everywhere(engine, &edit.item);
	sign(engine, &edit.item, uid, user);
	edit.item.end = TIME_NEVER;
	order_blanks(engine, request, &edit, uid, user);
}

void run_blank(void *data, struct control_request *request)
{
	struct engine *engine = data;
	struct override_edit edit = {.add = true, .item.kind = OVERRIDE_BLANK};
	if (!targets_argument(engine, request, &edit.item)) {
		override_edit_finish(&edit);
		return;
	}
	sign(engine, &edit.item, control_peer(request)->uid, control_peer(request)->user);
	edit.item.end = TIME_NEVER;
	order_blanks(engine, request, &edit, control_peer(request)->uid, control_peer(request)->user);
}

void run_unblank(void *data, struct control_request *request)
{
	struct engine *engine = data;
	const char *id = text_argument(request, "id"), *display = text_argument(request, "display");
	if (!known_display(engine, request, display))
		return;
	struct override_edit edit = {.kind = OVERRIDE_BLANK, .id = xstrdup(id), .display = xstrdup(display)};
	order_blanks(engine, request, &edit, control_peer(request)->uid, control_peer(request)->user);
}
