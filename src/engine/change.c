#include <errno.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/accept.h"
#include "engine/private.h"
#include "engine/trial.h"
#include "store/data_files.h"

enum kind {
	CHANGE_LOAD,
	CHANGE_ACCEPT,
	CHANGE_ROLLBACK,
	CHANGE_OVERRIDES,
	CHANGE_REREAD,
	CHANGE_DATA,
	CHANGE_REMEMBER,
};

struct change {
	struct change *next;
	struct engine *engine;
	enum kind kind;
	bool started;
	bool held;			 /* made; waits to be swapped in until the overrides under way are */
	struct control_request *request; /* NULL: nobody waits */
	unsigned uid;
	const char *user;

	/* asked for */
	struct source_file
		*added; /* LOAD, ACCEPT; the array and the data are owned, the names are the request's */
	size_t added_count;
	bool single, malformed;
	int number;		    /* ROLLBACK */
	struct override_edit edit;  /* OVERRIDES */
	struct override *overrides; /* all kinds: the announcements to play with; owned */
	size_t override_count;
	unsigned laid;	   /* the version of the engine's list that these are of */
	struct data *data; /* DATA: owned until the swap */
	struct instant now;
	int64_t stamp;		/* of what is made durable */
	struct clock_mark seen; /* when the list was taken */

	/* made */
	struct acceptance acceptance; /* ACCEPT */
	struct accepted *order;	      /* REMEMBER: a signed order that was followed */
	struct templates templates;   /* of the generation; not of OVERRIDES */
	struct catalogue *catalogue;
	struct generation generation;
	struct show **shows; /* one a display */
	struct diag_list diags;
	size_t edited;	  /* OVERRIDES: how many it touched */
	int error;	  /* -errno */
	const char *what; /* that went wrong, static */
};

static void start(struct change *change);
static void done(void *data);
static void enqueue(struct change *change);
static struct change *change_create(struct engine *engine, enum kind kind, struct control_request *request);

/* --- on the thread pool */

static void build_shows(struct change *change)
{
	struct engine *engine = change->engine;
	const struct site *site = engine->site;
	change->shows = xcalloc(site->display_count, sizeof *change->shows);
	for (size_t i = 0; i < site->display_count; i++) {
		/* Under other overrides nothing needs to be measured anew: a blank must not wait for that. The old
		 * show lives until this change is swapped in. */
		if (change->kind == CHANGE_OVERRIDES || change->kind == CHANGE_DATA)
			change->shows[i] = show_derive(
				channel_show(engine->channels[i]), change->overrides, change->override_count);
		else
			change->shows[i] = show_create(site, &site->displays[i], change->catalogue,
				change->overrides, change->override_count, engine->fonts, engine->scenes);
		show_set_data(change->shows[i], change->kind == CHANGE_DATA ? change->data : engine->data);
		channel_prepare(&engine->clock, change->shows[i], change->now.time);
	}
}

static void fail(struct change *change, int error, const char *what)
{
	change->error = error;
	change->what = what;
}

static bool take_file(const json_t *object, struct source_file *ret_file)
{
	const char *unit = json_string_value(json_object_get(object, "unit"));
	const char *name = json_string_value(json_object_get(object, "name"));
	const char *data = json_string_value(json_object_get(object, "data"));
	size_t size;
	bool allowed = unit && name && data && unit[0] != ACCEPT_RESERVED;
	char *bytes = allowed ? base64_decode(data, &size) : NULL;
	if (!bytes)
		return false;
	*ret_file = (struct source_file){.unit = unit, .name = name, .data = bytes, .size = size};
	return true;
}

/* Out of the request's arguments, which nobody else touches before the reply. */
static bool take_files(struct change *change)
{
	const json_t *array = json_object_get(control_arguments(change->request), "files");
	size_t count = json_array_size(array);
	change->added = xcalloc(count + 1, sizeof *change->added);
	for (; change->added_count < count; change->added_count++)
		if (!take_file(
			    json_array_get(array, change->added_count), &change->added[change->added_count]))
			return false;
	return true;
}

static bool files_are_taken(struct change *change)
{
	if (take_files(change))
		return true;
	change->malformed = true;
	fail(change, -EBADMSG, "each of `files` wants unit, name and data (base64)");
	return false;
}

/* Told as a fault of the rule; the text lives in the change. */
static void fail_rule(struct change *change, const struct trust_fault *fault)
{
	diag_error(&change->diags, (struct location){_("signed content"), 0, 0}, "rule %s: %s",
		trust_rule_name(fault->rule), fault->text);
	fail(change, -EINVAL, "nothing was changed");
}

static void work_accept(struct change *change)
{
	struct engine *engine = change->engine;
	if (!files_are_taken(change))
		return;
	struct acceptance *a = &change->acceptance;
	*a = (struct acceptance){.site = engine->site,
		.store = engine->store,
		.fonts = engine->fonts,
		.added = change->added,
		.added_count = change->added_count,
		.now = clock_now(&engine->clock)};
	int error = accept_try(a, &change->diags);
	if (error == -EKEYREJECTED) {
		fail_rule(change, &a->fault);
	} else if (error == -EINVAL) {
		fail(change, error, "rule content: the playlists have errors; nothing was changed");
	} else if (error < 0) {
		fail(change, error, "the state directory cannot be read or written");
	} else if (!a->root_only && !a->blank) {
		change->catalogue = catalogue_ref(a->catalogue);
		templates_take(a->merged, a->merged_count, &change->templates);
		build_shows(change);
		error = accept_commit(a, change->uid, change->user, &change->generation);
		if (error < 0)
			fail(change, error, "the state directory cannot be written");
	}
}

static void work_load(struct change *change)
{
	struct engine *engine = change->engine;
	if (!files_are_taken(change))
		return;
	if (!trial_concerns(engine->site, change->added, change->added_count, &change->diags)) {
		fail(change, -EINVAL, "the playlists have errors; nothing was changed");
		return;
	}
	struct source_file *current = NULL, *merged = NULL;
	size_t current_count = 0;
	int error = store_read(engine->store, 0, &current, &current_count, NULL);
	if (error < 0 && error != -ENOENT) {
		fail(change, error, "the current generation cannot be read");
		return;
	}
	char *record;
	size_t count = trial_merge(
		current, current_count, change->added, change->added_count, change->single, &merged);
	accept_unsign(merged, count, change->added, change->added_count, &record);
	templates_take(merged, count, &change->templates);
	change->catalogue = trial_build(
		engine->site, merged, count, engine->fonts, clock_now(&engine->clock).time, &change->diags);
	if (!change->catalogue) {
		fail(change, -EINVAL, "the playlists have errors; nothing was changed");
	} else {
		build_shows(change);
		error = accept_settle(engine->store);
		if (!error)
			error = store_commit(engine->store, merged, count, change->uid, change->user,
				change->stamp, engine->site->generations_kept, &change->generation);
		if (error < 0)
			fail(change, error, "the state directory cannot be written");
	}
	free(record);
	free(merged);
	sources_free(current, current_count);
}

/* Only what this site takes may play again. */
static bool may_return(struct change *change, const struct source_file *files, size_t count)
{
	struct engine *engine = change->engine;
	struct trust_fault fault = {0};
	int error = accept_settle(engine->store);
	if (!error)
		error = accept_may_return(engine->site, engine->store, files, count, &fault);
	if (error == -EKEYREJECTED)
		fail_rule(change, &fault);
	else if (error < 0)
		fail(change, error, "the state directory cannot be read or written");
	return error == 0;
}

static void work_stored(struct change *change)
{
	struct engine *engine = change->engine;
	struct source_file *files = NULL;
	size_t count = 0;
	if (change->kind == CHANGE_ROLLBACK && change->number == 0)
		change->number = store_previous(engine->store);
	int error = change->number < 0
			    ? change->number
			    : store_read(engine->store, change->number, &files, &count, &change->generation);
	if (error == -ENOENT && change->kind == CHANGE_REREAD) {
		build_shows(change); /* nothing was ever loaded: the defaults play */
		return;
	}
	if (error < 0) {
		fail(change, error, "there is no such generation; `bangtin history` lists them");
		return;
	}
	if (change->kind == CHANGE_ROLLBACK && !may_return(change, files, count)) {
		sources_free(files, count);
		return;
	}
	count = accept_filter(engine->site, files, count);
	/* It was tried when it was loaded, and plays for good: the trial of a later day or release is no reason not to. */
	change->catalogue = trial_build(engine->site, files, count, NULL, 0, &change->diags);
	templates_take(files, count, &change->templates);
	sources_free(files, count);
	if (!change->catalogue) {
		fail(change, -EINVAL, "that generation does not build any more; nothing was changed");
		return;
	}
	build_shows(change);
	if (change->kind == CHANGE_ROLLBACK &&
		(error = store_rollback(engine->store, change->number, &change->generation)) < 0)
		fail(change, error, "the state directory cannot be written");
}

static bool announcement_is_readable(struct change *change)
{
	const struct engine *engine = change->engine;
	if (!change->edit.add || change->edit.item.kind != OVERRIDE_ANNOUNCE ||
		words_check(_("announcement"), change->edit.item.text, engine->site, engine->fonts,
			&change->diags))
		return true;
	fail(change, -EINVAL, "nothing was changed");
	return false;
}

static void work_overrides(struct change *change)
{
	struct engine *engine = change->engine;
	if (!announcement_is_readable(change))
		return;
	change->catalogue = engine->catalogue ? catalogue_ref(engine->catalogue) : NULL;
	change->generation = engine->generation;
	build_shows(change);
}

/* The displays are black by now: a disk that takes nothing must not undo that, and who repeats the order repeats no
 * more than that. */
static void work_remember(struct change *change)
{
	int error = accept_remember(change->engine->store, change->order);
	if (error < 0)
		log_event(EVENT_STATE, "the order to blank cannot be noted: %s", words_error(error));
}

static void work_data(struct change *change)
{
	struct engine *engine = change->engine;
	change->catalogue = engine->catalogue ? catalogue_ref(engine->catalogue) : NULL;
	change->generation = engine->generation;
	build_shows(change);
	/* It can be read again: what cannot be kept is shown all the same. */
	int error = store_write_data(engine->store, change->data);
	if (error < 0)
		log_event(EVENT_STATE, "the state directory cannot be written: %s", words_error(error));
}

static void work(void *data)
{
	struct change *change = data;
	switch (change->kind) {
	case CHANGE_LOAD:
		work_load(change);
		break;
	case CHANGE_ACCEPT:
		work_accept(change);
		break;
	case CHANGE_ROLLBACK:
	case CHANGE_REREAD:
		work_stored(change);
		break;
	case CHANGE_OVERRIDES:
		work_overrides(change);
		break;
	case CHANGE_DATA:
		work_data(change);
		break;
	case CHANGE_REMEMBER:
		work_remember(change);
		break;
	}
}

/* --- on the loop */

static json_t *warnings_text(struct change *change)
{
	char *text = diag_text(&change->diags);
	json_t *json = json_string(text);
	free(text);
	return json;
}

static void answer(struct change *change)
{
	if (!change->request)
		return;
	if (change->error == -EINVAL && change->diags.count > 0) {
		char *text = diag_text(&change->diags);
		control_refuse(change->request, 1, "%s%s", text, _(change->what));
		free(text);
	} else if (change->malformed) {
		control_refuse(change->request, 2, "%s", _(change->what));
	} else if (change->error == -ENOENT) {
		control_refuse(change->request, 1, "%s", _(change->what));
	} else if (change->error < 0) {
		control_refuse(change->request, 3, "%s (%s)", _(change->what), words_error(change->error));
	} else if (change->kind == CHANGE_ACCEPT && change->acceptance.root_only) {
		control_reply(change->request,
			json_pack("{s:I}", "root_version", (json_int_t)change->acceptance.root_version));
	} else {
		control_reply(change->request, json_pack("{s:o, s:o}", "generation",
						       generation_json(change->engine, &change->generation),
						       "warnings", warnings_text(change)));
	}
}

static void destroy(struct change *change)
{
	struct engine *engine = change->engine;
	for (size_t i = 0; change->shows && i < engine->site->display_count; i++)
		show_destroy(change->shows[i]);
	free(change->shows);
	catalogue_unref(change->catalogue);
	data_unref(change->data);
	accept_finish(&change->acceptance);
	templates_finish(&change->templates);
	free(change->order);
	overrides_free(change->overrides, change->override_count);
	for (size_t i = 0; i < change->added_count; i++)
		free((char *)change->added[i].data);
	free(change->added);
	override_edit_finish(&change->edit);
	diag_finish(&change->diags);
	free(change);
}

static void start_once(struct change *change)
{
	if (!change || change->started)
		return;
	change->started = true;
	start(change);
}

/* In the language of who asked. */
static void finish_held(struct change *change)
{
	enum language before = change->request ? control_speak(change->request) : words_speak(LANGUAGE_OWN);
	change->held = false;
	done(change);
	words_speak(before);
}

/* Two lanes. Overrides wait for no load, however long that is tried: they are laid over what plays. Both at once are fine
 * as long as neither takes away the shows from which the other derives its own: so a load that is made is held while
 * overrides are, and has them laid over itself when it goes on; and overrides and data, which is quick, take turns. */
static void go_on(struct engine *engine)
{
	struct change *change = engine->changes, *laying = engine->laying;
	bool data = change && change->kind == CHANGE_DATA;

	if (!(data && change->started))
		start_once(laying);
	if (change && change->held && !laying)
		finish_held(change);
	else if (!(data && laying))
		start_once(change);
}

static struct change **lane(struct engine *engine, const struct change *change)
{
	return change->kind == CHANGE_OVERRIDES ? &engine->laying : &engine->changes;
}

static void next(struct change *done)
{
	struct engine *engine = done->engine;
	*lane(engine, done) = done->next;
	destroy(done);
	if (!engine->changes && !engine->laying)
		scene_store_trim(engine->scenes);
	go_on(engine);
}

/* The clock was set while they were made. */
static void follow_clock(struct change *change)
{
	struct instant from, to;
	if (!clock_was_set(change->engine, &change->seen, &from, &to))
		return;
	overrides_move(change->overrides, change->override_count, from, to);
	for (size_t i = 0; i < change->engine->site->display_count; i++)
		show_move(change->shows[i], from, to);
}

static void swap(struct change *change)
{
	struct engine *engine = change->engine;
	follow_clock(change);
	catalogue_unref(engine->catalogue);
	engine->catalogue = change->catalogue;
	change->catalogue = NULL;
	engine->generation = change->generation;
	free(engine->load_fault);
	engine->load_fault = NULL;
	trace_set_generation(engine->trace, engine->generation.number);
	if (engine->record && change->kind == CHANGE_OVERRIDES)
		proof_orders(engine->record, &engine->clock, engine->overrides, engine->override_count,
			change->overrides, change->override_count);
	else if (engine->record && change->kind != CHANGE_DATA)
		proof_loaded(engine->record, &engine->clock, &engine->generation);
	if (change->kind == CHANGE_OVERRIDES) {
		struct override *old = engine->overrides;
		size_t old_count = engine->override_count;
		engine->overrides = change->overrides;
		engine->override_count = change->override_count;
		change->overrides = old;
		change->override_count = old_count;
		engine->laid++;
	} else if (change->kind != CHANGE_DATA) {
		templates_finish(&engine->templates);
		engine->templates = change->templates;
		change->templates = (struct templates){0};
	}
	if (change->kind == CHANGE_DATA) {
		data_unref(engine->data);
		engine->data = change->data;
		change->data = NULL;
	}
	for (size_t i = 0; i < engine->site->display_count; i++) {
		channel_set_show(engine->channels[i], change->shows[i]);
		change->shows[i] = NULL;
	}
}

/* A long trial may outlast the time that the new shows were prepared for: prepare again, then swap, so that no frame
 * is late. */
static void freshen(void *data)
{
	struct change *change = data;
	for (size_t i = 0; i < change->engine->site->display_count; i++)
		channel_prepare(&change->engine->clock, change->shows[i], change->now.time);
}

/* What was laid over the schedule while a load was tried is laid over what it brings. */
static void lay(void *data)
{
	struct change *change = data;
	for (size_t i = 0; i < change->engine->site->display_count; i++) {
		struct show *old = change->shows[i];
		change->shows[i] = show_derive(old, change->overrides, change->override_count);
		channel_prepare(&change->engine->clock, change->shows[i], change->now.time);
		show_destroy(old);
	}
}

static void take_overrides(struct change *change)
{
	struct engine *engine = change->engine;
	overrides_free(change->overrides, change->override_count);
	change->overrides = overrides_copy(engine->overrides, engine->override_count);
	change->override_count = engine->override_count;
	change->laid = engine->laid;
	change->seen = clock_mark_now(engine);
}

/* Whether it is not its turn yet: it goes on in go_on. */
static bool is_held(struct change *change)
{
	const struct change *laying = change->engine->laying;
	change->held = change->kind != CHANGE_OVERRIDES && laying && laying->started;
	return change->held;
}

/* A signed order to blank goes the way of every blank, with the request's reply at its end; then it is noted. */
static void blank_by_order(struct change *change)
{
	struct engine *engine = change->engine;
	log_event(EVENT_ORDER, "key %s orders black everywhere", change->acceptance.record.author);
	struct change *order = change_create(engine, CHANGE_REMEMBER, NULL);
	order->order = xmemdup(&change->acceptance.record, sizeof change->acceptance.record);
	enqueue(order);
	order_blank_everywhere(engine, change->request, change->uid, change->user);
	change->request = NULL;
}

/* Accepted, but no new generation: a root file, or an order to blank. */
static bool is_no_generation(const struct change *change)
{
	return change->error == 0 && change->kind == CHANGE_ACCEPT &&
	       (change->acceptance.root_only || change->acceptance.blank);
}

static bool brings_words(const struct change *change)
{
	return change->kind == CHANGE_LOAD || change->kind == CHANGE_ACCEPT;
}

static void finish_order(struct change *change)
{
	order_done(change->engine, change->request,
		&(struct order){.edit = &change->edit,
			.edited = change->edited,
			.old = change->overrides,
			.old_count = change->override_count,
			.uid = change->uid,
			.user = change->user});
	change->request = NULL;
}

/* What was prepared has passed meanwhile. A clock that runs fast is always late: there that must not go on for ever. */
static bool is_stale(const struct change *change, struct instant now)
{
	const struct engine *engine = change->engine;
	if (engine->clock.injected && engine->clock.rate > 1)
		return false;
	for (size_t i = 0; i < engine->site->display_count; i++)
		if (show_ready_until(change->shows[i]) <= now.time)
			return true;
	return false;
}

static void done(void *data)
{
	struct change *change = data;
	struct engine *engine = change->engine;
	if (is_no_generation(change)) {
		if (change->acceptance.root_only)
			log_event(EVENT_ROOT, "root version %lld is believed from here on",
				(long long)change->acceptance.root_version);
		else
			blank_by_order(change);
		answer(change);
		next(change);
		return;
	}
	if (change->kind == CHANGE_REMEMBER) {
		next(change);
		return;
	}
	if (change->error == 0 && is_held(change))
		return;
	struct instant now = clock_now(&engine->clock);
	if (change->error == 0 && change->kind != CHANGE_OVERRIDES && change->laid != engine->laid) {
		change->now = now;
		take_overrides(change);
		loop_work(engine->loop, lay, done, change);
		return;
	}
	int64_t spent = now.time - change->now.time;
	if (change->error == 0 &&
		(spent < 0 || now.trusted != change->now.trusted ||
			spent > channel_lookahead(&engine->clock) / 2 || is_stale(change, now))) {
		change->now = now;
		loop_work(engine->loop, freshen, done, change);
		return;
	}
	if (change->error == 0) {
		swap(change);
		if (change->kind != CHANGE_OVERRIDES && change->kind != CHANGE_DATA)
			log_event(EVENT_PLAYS, "generation %d plays (loaded by %s)",
				engine->generation.number, engine->generation.user);
		if (brings_words(change))
			alarm_set(engine->alarms, ALARM_REFUSED, ALARM_SITE, false, "");
		if (change->kind == CHANGE_OVERRIDES)
			finish_order(change);
	} else {
		enum language asker = words_speak(LANGUAGE_OWN);
		log_event(EVENT_REFUSED, "a change was refused: %s", _(change->what));
		if (brings_words(change))
			alarm_now(engine->alarms, ALARM_REFUSED, ALARM_SITE, _(change->what));
		words_speak(asker);
	}
	answer(change);
	next(change);
}

static void start(struct change *change)
{
	struct engine *engine = change->engine;
	change->now = clock_now(&engine->clock);
	change->stamp = engine_stamp(engine);
	change->seen = clock_mark_now(engine);
	/* a copy: the clock may be set, and the engine's list moved, while a worker reads it */
	if (change->kind != CHANGE_OVERRIDES) {
		take_overrides(change);
	} else {
		change->edited = override_edit_apply(&change->edit, engine->overrides, engine->override_count,
			change->now, &change->overrides, &change->override_count);
	}
	enum language before = change->request ? control_speak(change->request) : words_speak(LANGUAGE_OWN);
	loop_work(engine->loop, work, done, change);
	words_speak(before);
}

static struct change *change_create(struct engine *engine, enum kind kind, struct control_request *request)
{
	struct change *change = xcalloc(1, sizeof *change);
	change->engine = engine;
	change->kind = kind;
	change->request = request;
	change->user = "";
	if (request) {
		change->uid = control_peer(request)->uid;
		change->user = control_peer(request)->user;
	}
	diag_init(&change->diags);
	return change;
}

static void enqueue(struct change *change)
{
	struct change **last = lane(change->engine, change);
	while (*last)
		last = &(*last)->next;
	*last = change;
	go_on(change->engine);
}

void change_load(struct engine *engine, struct control_request *request, bool single)
{
	struct change *change = change_create(engine, CHANGE_LOAD, request);
	change->single = single;
	enqueue(change);
}

void change_accept(struct engine *engine, struct control_request *request)
{
	enqueue(change_create(engine, CHANGE_ACCEPT, request));
}

void change_rollback(struct engine *engine, struct control_request *request, int number)
{
	struct change *change = change_create(engine, CHANGE_ROLLBACK, request);
	change->number = number;
	enqueue(change);
}

void change_overrides(struct engine *engine, struct control_request *request, struct override_edit edit)
{
	struct change *change = change_create(engine, CHANGE_OVERRIDES, request);
	change->edit = edit;
	enqueue(change);
}

void change_data(struct engine *engine, struct data *data)
{
	struct change *change = change_create(engine, CHANGE_DATA, NULL);
	change->data = data;
	enqueue(change);
}

void change_reread(struct engine *engine, struct control_request *request)
{
	enqueue(change_create(engine, CHANGE_REREAD, request));
}
