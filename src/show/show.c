#include "show/show.h"

#include "base/alloc.h"
#include "frame/rate.h"
#include "show/plan.h"

/* How long each item lasts on this display: slow to measure, the same under all overrides. */
struct measures {
	int references;
	int64_t *lengths;
};

struct show {
	const struct site *site;
	const struct display *display;
	struct catalogue *catalogue; /* NULL: nothing is loaded */
	struct override *overrides;
	struct stored **announcements; /* as many as overrides; NULL for a blank */
	size_t override_count;
	struct fonts *fonts;
	struct scene_store *store;
	struct face face;
	struct measures *measures;
	struct sched_view view;
	struct stored *fallback; /* NULL: black */

	/* The preparing thread publishes plans; the frame path marks the one it reads. A plan is freed by the next
	 * preparation that finds it neither published nor in use: the frame path frees nothing and waits for nobody. */
	struct plan *published, *in_use;

	struct timeline **agenda; /* show_timeline's, for tools */
	size_t agenda_count;
};

/* --- making */

static bool reaches(const struct entry *entry, const struct display *display)
{
	for (size_t i = 0; i < entry->on_count; i++)
		if (display_matches(display, entry->on[i]))
			return true;
	return false;
}

/* Calls fn for every item that can show here; one in several entries comes several times. */
static void each_item(const struct show *show,
	void (*fn)(const struct show *show, const struct item *item, void *data), void *data)
{
	for (size_t i = 0; show->catalogue && i < show->catalogue->entry_count; i++) {
		const struct entry *entry = show->catalogue->entries[i];
		if (!reaches(entry, show->display))
			continue;
		for (size_t k = 0; k < entry->playlist->item_count; k++)
			fn(show, entry->playlist->items[k], data);
	}
}

static void measure_item(const struct show *show, const struct item *item, void *data)
{
	int64_t *lengths = data;
	if (lengths[item->index] == 0)
		lengths[item->index] = scene_length(show->fonts, &show->face, item);
}

static struct measures *measure(const struct show *show)
{
	struct measures *measures = xcalloc(1, sizeof *measures);
	measures->references = 1;
	measures->lengths =
		xcalloc(show->catalogue ? show->catalogue->item_count + 1 : 1, sizeof *measures->lengths);
	each_item(show, measure_item, measures->lengths);
	return measures;
}

static void copy_overrides(struct show *show, const struct override *overrides, size_t count)
{
	show->overrides = xcalloc(count + 1, sizeof *show->overrides);
	show->announcements = xcalloc(count + 1, sizeof(struct stored *));
	show->override_count = count;
	for (size_t i = 0; i < count; i++) {
		struct override *copy = &show->overrides[i];
		*copy = overrides[i];
		copy->text = xstrdup(overrides[i].text);
		copy->on = xcalloc(copy->on_count + 1, sizeof *copy->on);
		for (size_t k = 0; k < copy->on_count; k++)
			copy->on[k] = xstrdup(overrides[i].on[k]);
		if (copy->kind == OVERRIDE_ANNOUNCE && copy->text)
			show->announcements[i] = scene_store_text(show->store, &show->face, copy->text);
	}
}

static struct show *create(const struct site *site, const struct display *display,
	struct catalogue *catalogue, struct fonts *fonts, struct scene_store *store)
{
	struct show *show = xcalloc(1, sizeof *show);
	show->site = site;
	show->display = display;
	show->catalogue = catalogue ? catalogue_ref(catalogue) : NULL;
	show->fonts = fonts;
	show->store = store;
	face_of_display(display, &show->face);
	if (display->fallback_text)
		show->fallback = scene_store_text(store, &show->face, display->fallback_text);
	return show;
}

static void look(struct show *show)
{
	show->view = (struct sched_view){.site = show->site,
		.catalogue = show->catalogue,
		.display = show->display,
		.lengths = show->measures->lengths};
}

struct show *show_create(const struct site *site, const struct display *display, struct catalogue *catalogue,
	const struct override *overrides, size_t override_count, struct fonts *fonts,
	struct scene_store *store)
{
	struct show *show = create(site, display, catalogue, fonts, store);
	show->measures = measure(show);
	copy_overrides(show, overrides, override_count);
	look(show);
	return show;
}

struct show *show_derive(const struct show *old, const struct override *overrides, size_t override_count)
{
	struct show *show = create(old->site, old->display, old->catalogue, old->fonts, old->store);
	__atomic_add_fetch(&old->measures->references, 1, __ATOMIC_RELAXED);
	show->measures = old->measures;
	copy_overrides(show, overrides, override_count);
	look(show);
	return show;
}

void show_destroy(struct show *show)
{
	if (!show)
		return;
	for (struct plan *plan = show->published, *older; plan; plan = older) {
		older = plan->older;
		plan_destroy(plan, show->store);
	}
	for (size_t i = 0; i < show->override_count; i++)
		scene_store_release(show->store, show->announcements[i]);
	scene_store_release(show->store, show->fallback);
	free(show->announcements);
	overrides_free(show->overrides, show->override_count);
	if (__atomic_sub_fetch(&show->measures->references, 1, __ATOMIC_ACQ_REL) == 0) {
		free(show->measures->lengths);
		free(show->measures);
	}
	for (size_t i = 0; i < show->agenda_count; i++)
		timeline_destroy(show->agenda[i]);
	free(show->agenda);
	catalogue_unref(show->catalogue);
	free(show);
}

/* --- preparing, on a worker */

static void free_old_plans(struct show *show)
{
	const struct plan *in_use = __atomic_load_n(&show->in_use, __ATOMIC_SEQ_CST);
	struct plan **p = &show->published->older;
	while (*p) {
		struct plan *plan = *p;
		if (plan == in_use) {
			p = &plan->older;
			continue;
		}
		*p = plan->older;
		plan_destroy(plan, show->store);
	}
}

void show_prepare(struct show *show, int64_t from, int64_t until)
{
	struct plan *before = show->published;
	struct plan *plan =
		plan_create(&show->view, &show->face, show->store, show->catalogue, before, from, until);
	plan->older = before;
	__atomic_store_n(&show->published, plan, __ATOMIC_SEQ_CST);
	free_old_plans(show);
}

int64_t show_ready_until(const struct show *show)
{
	const struct plan *plan = __atomic_load_n(&show->published, __ATOMIC_SEQ_CST);
	return plan ? plan->ready_until : TIME_ALWAYS;
}

/* --- what shows at an instant */

struct shown {
	enum show_source source;
	const struct scene *scene; /* NULL: black, or not ready */
	bool ready;
	int64_t start; /* elapsed = time - start */
	const struct segment *segment;
	const struct override *override;
};

static const struct override *blank_in_force(const struct show *show)
{
	for (size_t i = 0; i < show->override_count; i++)
		if (show->overrides[i].kind == OVERRIDE_BLANK &&
			override_at(&show->overrides[i], 1, show->display, show->overrides[i].start))
			return &show->overrides[i];
	return NULL;
}

static void show_fallback(const struct show *show, int64_t start, struct shown *shown)
{
	*shown = (struct shown){.source = SHOW_DEFAULT,
		.scene = show->fallback ? show->fallback->scene : NULL,
		.ready = true,
		.start = start};
}

/* Without a clock that can be believed there is no schedule, and no announcement has a time; a blank holds. */
static void resolve_untrusted(const struct show *show, struct shown *shown)
{
	const struct override *blank = blank_in_force(show);
	if (blank)
		*shown = (struct shown){.source = SHOW_BLANK, .ready = true, .override = blank};
	else
		show_fallback(show, 0, shown);
}

static bool is_off(const struct show *show, int64_t time)
{
	if (show->display->on_hours_count == 0)
		return false;
	struct civil civil;
	zone_civil(show->site->zone, time, &civil);
	return !display_is_on(show->display, civil.hour * 3600 + civil.minute * 60 + civil.second);
}

/* What lies over the schedule; false: nothing does. */
static bool resolve_override(const struct show *show, int64_t time, struct shown *shown)
{
	const struct override *override =
		override_at(show->overrides, show->override_count, show->display, time);
	if (override && override->kind == OVERRIDE_BLANK) {
		*shown = (struct shown){.source = SHOW_BLANK, .ready = true, .override = override};
		return true;
	}
	if (override) {
		const struct stored *stored = show->announcements[override - show->overrides];
		*shown = (struct shown){.source = SHOW_ANNOUNCE,
			.scene = stored ? stored->scene : NULL,
			.ready = true,
			.start = override->start,
			.override = override};
		return true;
	}
	if (is_off(show, time)) {
		*shown = (struct shown){.source = SHOW_OFF, .ready = true};
		return true;
	}
	return false;
}

static void resolve(const struct show *show, const struct plan *plan, struct instant at, struct shown *shown)
{
	if (!at.trusted) {
		resolve_untrusted(show, shown);
		return;
	}
	if (resolve_override(show, at.time, shown))
		return;
	if (!show->catalogue) {
		show_fallback(show, 0, shown);
		return;
	}
	const struct segment *segment = plan ? plan_segment(plan, at.time) : NULL;
	if (!segment) {
		*shown = (struct shown){.source = SHOW_SCHEDULE};
	} else if (!segment->item) {
		show_fallback(show, segment->start, shown);
		shown->segment = segment;
	} else {
		const struct scene *scene = plan_scene(plan, segment->item);
		*shown = (struct shown){.source = SHOW_SCHEDULE,
			.scene = scene,
			.ready = scene != NULL,
			.start = segment->item_start,
			.segment = segment};
	}
}

/* --- the frame path */

static const struct plan *hold_plan(struct show *show)
{
	struct plan *plan;
	do {
		plan = __atomic_load_n(&show->published, __ATOMIC_SEQ_CST);
		__atomic_store_n(&show->in_use, plan, __ATOMIC_SEQ_CST);
	} while (plan != __atomic_load_n(&show->published, __ATOMIC_SEQ_CST));
	return plan;
}

static void paint(const struct shown *before, int64_t previous, const struct shown *shown, int64_t now,
	struct frame *frame, struct region *damage)
{
	const struct rect all = {0, 0, frame->width, frame->height};
	if (before->ready && before->scene == shown->scene) {
		if (!shown->scene)
			return; /* black stays black */
		scene_update(shown->scene, previous - before->start, now - shown->start, frame);
		scene_damage(shown->scene, previous - before->start, now - shown->start, damage);
		return;
	}
	if (shown->scene)
		scene_compose(shown->scene, now - shown->start, frame);
	else
		frame_fill(frame, all, 0);
	region_add(damage, all);
}

void show_compose(struct show *show, struct instant previous, struct instant now, struct frame *frame,
	struct region *damage, struct show_state *ret_state)
{
	const struct plan *plan = hold_plan(show);
	struct shown shown, before = {.ready = false};
	resolve(show, plan, now, &shown);
	*ret_state = (struct show_state){.source = shown.source,
		.segment = shown.segment,
		.override = shown.override,
		.late = !shown.ready};
	if (!shown.ready)
		return;
	if (previous.time != TIME_ALWAYS && previous.trusted == now.trusted)
		resolve(show, plan, previous, &before);
	paint(&before, previous.time, &shown, now.time, frame, damage);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t show_next_change(struct show *show, struct instant now)
{
	const struct plan *plan = hold_plan(show);
	struct shown shown;
	resolve(show, plan, now, &shown);
	if (!shown.ready) /* look again at the next frame */
		return frame_instant(show->display->rate, frame_index(show->display->rate, now.time) + 1);
	int64_t next = TIME_NEVER;
	if (shown.scene)
		next = scene_next_change(shown.scene, now.time - shown.start);
	if (next != TIME_NEVER)
		next += shown.start;
	if (!now.trusted)
		return next;
	if (shown.segment)
		next = earlier(next, shown.segment->end);
	for (size_t i = 0; i < show->override_count; i++) {
		if (show->overrides[i].start > now.time)
			next = earlier(next, show->overrides[i].start);
		if (show->overrides[i].end > now.time)
			next = earlier(next, show->overrides[i].end);
	}
	if (show->display->on_hours_count > 0) /* whose borders lie on whole minutes */
		next = earlier(next, (now.time / NS_PER_MIN + 1) * NS_PER_MIN);
	return next;
}

/* --- for tools */

const struct timeline *show_timeline(struct show *show, day_t day)
{
	for (size_t i = 0; i < show->agenda_count; i++)
		if (show->agenda[i]->day == day)
			return show->agenda[i];
	show->agenda = xrealloc(show->agenda, show->agenda_count + 1, sizeof(struct timeline *));
	show->agenda[show->agenda_count] = timeline_build(&show->view, day);
	return show->agenda[show->agenda_count++];
}

void show_state_at(struct show *show, struct instant now, struct show_state *ret_state)
{
	struct shown shown;
	if (!now.trusted)
		resolve_untrusted(show, &shown);
	else if (!resolve_override(show, now.time, &shown))
		show_fallback(show, 0, &shown);
	if (now.trusted && shown.source == SHOW_DEFAULT && show->catalogue) {
		const struct timeline *timeline =
			show_timeline(show, sched_programme_day(show->site, now.time));
		shown.segment = timeline_at(timeline, now.time);
		if (shown.segment->item)
			shown.source = SHOW_SCHEDULE;
	}
	*ret_state = (struct show_state){
		.source = shown.source, .segment = shown.segment, .override = shown.override};
}

const struct sched_view *show_view(const struct show *show)
{
	return &show->view;
}

/* --- the trial */

struct trial {
	struct diag_list *diags;
	bool *seen; /* by item index */
};

static void report(const struct show *show, const struct item *item, unsigned faults, uint32_t missing,
	struct diag_list *diags)
{
	const struct message *message = item->message;
	const char *display = show->display->name;
	if (faults & RENDER_MISSING_GLYPH)
		diag_error(diags, message->text_where,
			"message `%s`: no font of display `%s` has the character U+%04X; leave it out or "
			"write it otherwise",
			message->name, display, missing);
	if (faults & RENDER_TOO_TALL)
		diag_error(diags, message->text_where,
			"message `%s`: its letters do not fit the %d pixels of display `%s`; choose a "
			"smaller size or another font",
			message->name, show->display->height, display);
	if (faults & RENDER_TOO_WIDE)
		diag_error(diags, message->text_where,
			"message `%s`: a word is wider than display `%s` (%d pixels); let it scroll (enter: "
			"scroll-left) or give "
			"a `short:` form",
			message->name, display, show->display->width);
	if (faults & RENDER_CLIPPED)
		diag_error(diags, message->text_where,
			"message `%s`: a mark would be cut off on display `%s`; choose a smaller size",
			message->name, display);
}

static void try_item(const struct show *show, const struct item *item, void *data)
{
	struct trial *trial = data;
	if (trial->seen[item->index])
		return;
	trial->seen[item->index] = true;
	unsigned faults = 0;
	uint32_t missing = 0;
	scene_unref(scene_prepare(show->fonts, &show->face, item, &faults, &missing));
	report(show, item, faults, missing, trial->diags);
}

void show_check(struct show *show, struct diag_list *diags)
{
	if (!show->catalogue)
		return;
	struct trial trial = {diags, xcalloc(show->catalogue->item_count + 1, sizeof(bool))};
	each_item(show, try_item, &trial);
	free(trial.seen);
}
