#include "show/private.h"

#include "base/alloc.h"
#include "output/output.h"

/* --- making */

/* Only those on this display: the others' borders are no reason to wake up. */
static void copy_overrides(struct show *show, const struct override *overrides, size_t count)
{
	show->overrides = xcalloc(count + 1, sizeof *show->overrides);
	show->announcements = xcalloc(count + 1, sizeof *show->announcements);
	for (size_t i = 0; i < count; i++) {
		const struct override *from = &overrides[i];
		size_t at = show->override_count;

		if (from->start >= from->end || !override_names(from, show->view.display))
			continue;
		override_copy(&show->overrides[at], from);
		show->announcements[at].index = at;
		announced_take(show, from, &show->announcements[at]);
		show->override_count++;
	}
}

/* What the driver knows of the device and pictures depend on. */
static void take_traits(const struct display *display, struct face *face)
{
	struct output_traits traits;

	output_traits(display, &traits);
	face->minimum_cycle = traits.minimum_cycle;
	face->mono |= traits.two_levels;
}

/* Takes the reference on measures. */
static struct show *create(const struct sched_view *view, struct catalogue *catalogue,
	struct measures *measures, struct fonts *fonts, struct scene_store *store)
{
	struct show *show = xcalloc(1, sizeof *show);
	const struct display *display = view->display;

	show->catalogue = catalogue ? catalogue_ref(catalogue) : NULL;
	show->fonts = fonts;
	show->store = store;
	show->measures = measures;
	show->view = *view;
	show->view.lengths = measures_lengths(measures);
	show->ready_until = TIME_ALWAYS;
	show->found.at.time = TIME_ALWAYS;
	face_of_display(display, &show->face);
	take_traits(display, &show->face);
	show->face.asking.zone = view->site->zone;
	if (display->fallback_text)
		show->fallback = scene_store_text(
			store, &show->face, &(struct words){.text = display->fallback_text}, TEXT_DEFAULT);
	return show;
}

struct show *show_create(const struct site *site, const struct display *display, struct catalogue *catalogue,
	const struct override *overrides, size_t override_count, struct fonts *fonts,
	struct scene_store *store)
{
	struct sched_view view = {.site = site, .catalogue = catalogue, .display = display};
	struct show *show = create(
		&view, catalogue, measures_create(catalogue ? catalogue->item_count : 0), fonts, store);

	copy_overrides(show, overrides, override_count);
	return show;
}

struct show *show_derive(const struct show *old, const struct override *overrides, size_t override_count)
{
	struct show *show =
		create(&old->view, old->catalogue, measures_ref(old->measures), old->fonts, old->store);

	show->derived = true;
	show_set_data(show, old->data);
	copy_overrides(show, overrides, override_count);
	return show;
}

void show_move(struct show *show, struct instant from, struct instant to)
{
	overrides_move(show->overrides, show->override_count, from, to);
	for (size_t i = 0; i < show->override_count; i++)
		announced_move(&show->announcements[i], &show->overrides[i]);
	show->found.at.time = TIME_ALWAYS; /* it may be another's turn */
}

void show_set_data(struct show *show, struct data *data)
{
	data_ref(data);
	data_unref(show->data);
	show->data = data;
	show->face.asking.data = data;
}

void show_destroy(struct show *show)
{
	if (!show)
		return;
	for (struct plan *plan = show->published, *older; plan; plan = older) {
		older = plan->older;
		plan_destroy(plan, show->store);
	}
	for (size_t i = 0; i < TOOL_DAYS; i++)
		day_destroy(show->tool_days[i]);
	for (size_t i = 0; i < show->override_count; i++)
		scene_store_release(show->store, show->announcements[i].stored);
	scene_store_release(show->store, show->fallback);
	free(show->announcements);
	overrides_free(show->overrides, show->override_count);
	measures_unref(show->measures);
	catalogue_unref(show->catalogue);
	frame_unref(show->scratch);
	data_unref(show->data);
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
	show_prepare_some(show, from, until, SIZE_MAX);
}

void show_prepare_some(struct show *show, int64_t from, int64_t until, size_t most)
{
	struct plan *before = show->published; /* which this thread alone writes */
	struct plan *plan;

	measures_need(show->measures, show);
	if (until <= from)
		until = from + 1;
	plan = plan_create(&show->view, &show->face, show->fonts, show->store, before, from, until, most);
	announced_date(show, show->derived && !before, from, until, most, plan);
	plan->older = before;
	if (plan->has_transition && !show->scratch)
		show->scratch = frame_create(show->face.width, show->face.height);
	__atomic_store_n(&show->published, plan, __ATOMIC_SEQ_CST);
	__atomic_store_n(&show->ready_until, plan->until, __ATOMIC_SEQ_CST);
	free_old_plans(show);
}

int64_t show_ready_until(const struct show *show)
{
	return __atomic_load_n(&show->ready_until, __ATOMIC_SEQ_CST);
}

/* --- for tools */

static const struct day *tool_day(struct show *show, day_t day)
{
	struct day **oldest;

	for (size_t i = 0; i < TOOL_DAYS; i++)
		if (show->tool_days[i] && show->tool_days[i]->timeline->day == day)
			return show->tool_days[i];
	measures_need(show->measures, show);
	oldest = &show->tool_days[show->next_tool_day];
	show->next_tool_day = (show->next_tool_day + 1) % TOOL_DAYS;
	day_destroy(*oldest);
	*oldest = day_create(&show->view, day, TIME_ALWAYS, TIME_NEVER);
	return *oldest;
}

const struct timeline *show_timeline(struct show *show, day_t day)
{
	return tool_day(show, day)->timeline;
}

void show_state_at(struct show *show, struct instant now, struct show_state *ret_state)
{
	const struct day *day = NULL;
	struct due due;

	if (now.trusted)
		day = tool_day(show, sched_programme_day(show->view.site, now.time));
	show_due(show, day, now, &due);
	*ret_state =
		(struct show_state){.source = due.source, .segment = due.segment, .override = due.override};
}

const struct sched_view *show_view(const struct show *show)
{
	measures_need(show->measures, show);
	return &show->view;
}
