/* What the state directory has, when the daemon starts: the newest generation that still builds, for a newer program may be
 * stricter than the one that loaded it; the overrides; the data. */
#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/accept.h"
#include "engine/private.h"
#include "store/data_files.h"

static struct catalogue *read_generation(struct engine *engine, int number, struct generation *generation)
{
	struct source_file *files;
	size_t count;
	if (store_read(engine->store, number, &files, &count, generation) < 0)
		return NULL;
	count = accept_filter(engine->site, files, count);
	struct diag_list diags;
	diag_init(&diags);
	struct catalogue *catalogue = catalogue_build(engine->site, files, count, &diags);
	if (catalogue)
		templates_take(files, count, &engine->templates);
	sources_free(files, count);
	if (!catalogue && !engine->load_fault) {
		char *text = diag_text(&diags);
		engine->load_fault =
			xasprintf(_("generation %d does not build: %s"), generation->number, text);
		free(text);
	}
	diag_finish(&diags);
	return catalogue;
}

/* What was laid over the schedule goes on. */
static void read_overrides(struct engine *engine)
{
	struct override *list;
	size_t count;
	int error = store_read_overrides(engine->store, &list, &count);
	if (error) {
		log_event(EVENT_STATE, "the overrides cannot be read: %s", words_error(error));
		return;
	}
	overrides_resume(list, count, clock_now(&engine->clock));
	engine->overrides = xcalloc(count + 1, sizeof *engine->overrides);
	engine->blanks = xcalloc(count + 1, sizeof *engine->blanks);
	for (size_t i = 0; i < count; i++)
		if (list[i].kind == OVERRIDE_BLANK)
			engine->blanks[engine->blank_count++] = list[i];
		else
			engine->overrides[engine->override_count++] = list[i];
	free(list);
}

void engine_read_state(struct engine *engine)
{
	int error = accept_settle(engine->store);
	if (error)
		log_event(EVENT_SIGNED_RECORD, "what was accepted cannot be noted: %s", words_error(error));
	read_overrides(engine);
	engine->data = store_read_data(engine->store);
	engine->catalogue = read_generation(engine, 0, &engine->generation);
	if (engine->catalogue || engine->generation.number == 0)
		return;
	struct generation *history;
	size_t count;
	if (store_history(engine->store, &history, &count) < 0)
		return;
	for (size_t i = 0; i < count && !engine->catalogue; i++)
		if (!history[i].current)
			engine->catalogue = read_generation(engine, history[i].number, &engine->generation);
	free(history);
	log_event(EVENT_CONTENT, "%s; %s", engine->load_fault,
		engine->catalogue ? _("an older generation plays") : _("the default messages play"));
}
