/* What the engine's files share. Nobody else includes this. */
#ifndef ENGINE_PRIVATE_H
#define ENGINE_PRIVATE_H

#include "control/control.h"
#include "engine/alarm.h"
#include "engine/channel.h"
#include "engine/engine.h"
#include "engine/trace.h"
#include "engine/words.h"
#include "store/store.h"

struct change;
struct feed;
struct guard;
struct mirror;

struct engine {
	struct loop *loop;
	struct site *site;
	const char *configuration; /* path */
	struct clock clock;
	struct instant started;
	struct fonts *fonts;
	struct scene_store *scenes;
	struct store *store;
	struct control_server *control;
	struct trace *trace;

	struct channel **channels; /* as many as the site has displays */
	struct show *
		*failure_shows; /* prepared at start, one a display; NULL where the board is to be blank */

	struct catalogue *catalogue;  /* NULL: nothing loaded */
	struct generation generation; /* number 0: nothing loaded */
	char *load_fault;	      /* why the current generation on disk does not play; NULL */
	struct override *overrides;
	size_t override_count;
	struct templates templates; /* of the generation that plays */

	struct mirror *mirrors; /* as many; NULL before the first watcher */
	struct data *data;	/* the snapshot that fields show; NULL: none */
	struct feed *feed;	/* NULL: the site has no data directory */
	struct alarms *alarms;
	struct guard *guard;
	struct change *changes; /* in order; the first is under way */
	struct loop_timer *time_timer;
	bool saving_time;
	bool stopping;
};

/* --- changes (change.c): whatever replaces the shows, one after the other: trial on the thread pool, made durable,
 * prepared, swapped between two frames, acknowledged. --- */

/* The files are in the request's arguments. */
void change_load(struct engine *engine, struct control_request *request, bool single);
/* The files claim to be signed. */
void change_accept(struct engine *engine, struct control_request *request);
void change_rollback(struct engine *engine, struct control_request *request, int number);
/* What an operator asks of the overrides; worked out when its turn comes, so that none is lost. */
struct override_edit {
	bool add;
	struct override item;	 /* add: taken */
	enum override_kind kind; /* remove: of this kind */
	char *id;		 /* remove: only this one; NULL: any; taken */
	char *display;		 /* remove: from this display only; NULL: from all; taken */
};
/* Writes the new list: without what has ended, with the edit done. The texts are copies. Returns how many overrides
 * the edit added, removed or narrowed. */
size_t override_edit_apply(const struct override_edit *edit, const struct override *old, size_t old_count,
	int64_t now, struct override **ret_overrides, size_t *ret_count);
void override_edit_finish(struct override_edit *edit);
void change_overrides(struct engine *engine, struct control_request *request, struct override_edit edit);
/* Reads the state again. request may be NULL. */
void change_reread(struct engine *engine, struct control_request *request);

/* A new snapshot of data, taken: made durable, shown. */
void change_data(struct engine *engine, struct data *data);
/* Looks for new data (feed.c). NULL: the site has no data directory. */
struct feed *feed_create(struct engine *engine);
bool feed_busy(const struct feed *feed); /* its worker is under way */
void feed_destroy(struct feed *feed);	 /* NULL is fine; not while busy */

/* Watchdog and alarms (guard.c), from when the shows are there. guard_busy: its worker is under way. */
struct guard *guard_create(struct engine *engine);
bool guard_busy(const struct guard *guard);
json_t *guard_json(const struct guard *guard); /* {"every_ms", "fed"}; null: nobody watches */
void guard_destroy(struct guard *guard);       /* NULL is fine; not while busy */

/* The newest generation on disk that still builds, and the overrides. Fills engine->catalogue … Called at start. */
void engine_read_state(struct engine *engine);
struct channel *engine_channel(struct engine *engine, const char *display); /* NULL: none */

/* --- control (commands.c, status.c) --- */
extern const struct control_command engine_commands[];
/* Every display by name; start, id and uid. */
void override_everywhere(const struct engine *engine, struct override *override);
void override_name(const struct engine *engine, struct override *override, unsigned uid);
json_t *status_json(struct engine *engine);
json_t *generation_json(const struct engine *engine, const struct generation *generation);
json_t *override_json(const struct engine *engine, const struct override *override);
json_t *display_json(const struct engine *engine, const struct channel *channel);
json_t *instant_text(const struct engine *engine, int64_t time); /* null for never */
/* The channel that the request's `display` names; NULL: refused. */
struct channel *channel_argument(struct engine *engine, struct control_request *request);

/* --- mirror.c: watchers --- */
void run_mirror(void *engine, struct control_request *request);
void mirrors_destroy(struct engine *engine);

#endif
