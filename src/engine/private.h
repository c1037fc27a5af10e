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
struct confirmation;
struct feed;
struct guard;
struct keeper;
struct mirror;

struct clock_mark { /* what the clock showed */
	struct instant shown;
	int64_t monotonic;
};

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
	struct record *record; /* NULL: the site keeps none */
	const char **record_displays;
	char *record_directory;

	struct canvases *canvases;
	struct channel **channels; /* as many as the site has displays */
	struct show *
		*failure_shows; /* prepared at start, one a display; NULL where the board is to be blank */

	struct catalogue *catalogue;  /* NULL: nothing loaded */
	struct generation generation; /* number 0: nothing loaded */
	char *load_fault;	      /* why the current generation on disk does not play; NULL */
	struct override *overrides;   /* announcements: laid out in the shows */
	size_t override_count;
	struct override *blanks; /* not in the shows: a blank waits for nothing */
	size_t blank_count;
	struct keeper *keeper;		    /* of both, on disk */
	struct confirmation *confirmations; /* who waits for displays */
	struct loop_timer *confirm_timer;
	struct templates templates; /* of the generation that plays */

	struct mirror *mirrors; /* as many; NULL before the first watcher */
	struct data *data;	/* the snapshot that fields show; NULL: none */
	struct feed *feed;	/* NULL: the site has no data directory */
	struct alarms *alarms;
	struct guard *guard;
	struct change *changes; /* in order; the first is under way */
	struct change *laying;	/* announcements given and taken back: a lane of their own (change.c) */
	unsigned laid;		/* the version of `overrides` */
	struct clock_mark clock_seen;
	int64_t build_date;	   /* no true clock shows less */
	int64_t last_known;	   /* the latest time that was believed and written down; 0: none */
	int64_t stamp, stamped_at; /* the latest that was given, and when: monotonic */
	unsigned clock_steps;
	struct loop_timer *time_timer, *doubt_timer;
	bool saving_time;
	bool stopping;
};

/* --- the record of what was shown (recording.c); without a record these do nothing --- */
int recording_start(struct engine *engine);
void recording_begin(struct engine *engine); /* the channels are there, and the state is read */
void recording_stop(struct engine *engine);  /* the channels have left */
void recording_finish(struct engine *engine);
json_t *recording_json(struct engine *engine); /* for the status */
void run_log(void *engine, struct control_request *request);

/* --- changes (change.c): whatever replaces the shows, loads and orders each one after the other: trial on the thread pool, made durable,
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
	struct instant now, struct override **ret_overrides, size_t *ret_count);
void override_edit_finish(struct override_edit *edit);
void change_overrides(struct engine *engine, struct control_request *request, struct override_edit edit);
/* Reads the state again. request may be NULL. */
void change_reread(struct engine *engine, struct control_request *request);

/* A new snapshot of data, taken: made durable, shown. */
void change_data(struct engine *engine, struct data *data);
/* Looks for new data (feed.c). NULL: the site has no data directory. */
struct feed *feed_create(struct engine *engine);
void feed_destroy(struct feed *feed); /* NULL is fine; not while its worker is under way */

/* Watchdog and alarms (guard.c), from when the shows are there. */
struct guard *guard_create(struct engine *engine);
json_t *guard_json(const struct guard *guard); /* {"every_ms", "fed"}; null: nobody watches */
void guard_destroy(struct guard *guard);       /* NULL is fine; not while its worker is under way */

/* The newest generation on disk that still builds, and the overrides, which go on. Fills engine->catalogue … Called at
 * start. */
void engine_read_state(struct engine *engine);
struct channel *engine_channel(struct engine *engine, const char *display); /* NULL: none */

/* --- orders.c: what an operator lays over the schedule, and takes back --- */

void run_announce(void *engine, struct control_request *request);
void run_clear(void *engine, struct control_request *request);
void run_blank(void *engine, struct control_request *request);
void run_unblank(void *engine, struct control_request *request);
/* A signed order: every display. request may be NULL. */
void order_blank_everywhere(
	struct engine *engine, struct control_request *request, unsigned uid, const char *user);
/* An edit acts by now: it is kept, logged, and its request answered when the displays have shown it. */
struct order {
	const struct override_edit *edit;
	size_t edited;
	const struct override *old; /* the list that was edited */
	size_t old_count;
	unsigned uid;
	const char *user;
};
void order_done(struct engine *engine, struct control_request *request, const struct order *order);
/* Makes the displays black that a blank names, and no others. */
void blanks_apply(struct engine *engine);
/* What shows over the schedule there, or NULL. */
const struct override *engine_override_at(const struct engine *engine, const struct display *display);
const struct override *engine_find_override(const struct engine *engine, const char *id); /* NULL: none */

/* --- confirm.c --- */
struct confirm_order {
	struct control_request *request; /* NULL: for the log only */
	const char *id;			 /* NULL: something was taken back */
	size_t edited;
	uint64_t version;     /* of keep_changed */
	int64_t wait;	      /* ns at most */
	const bool *concerns; /* a display each; copied */
};
void confirm_begin(struct engine *engine, const struct confirm_order *order);
void confirm_look(void *engine);		 /* the timer's function */
bool confirm_asked(const struct engine *engine); /* a request waits */
void confirm_destroy(struct engine *engine);
/* Whether display i shows it, and why not. */
json_t *confirmation_json(const struct engine *engine, size_t i, const char *id);

/* --- keep.c: overrides and their log, on disk --- */
struct keeper *keeper_create(struct engine *engine);
bool keeper_busy(const struct keeper *keeper);
void keeper_destroy(struct keeper *keeper);	      /* NULL is fine; not while busy */
uint64_t keep_changed(struct engine *engine);	      /* the number of what is to be kept by now */
void keep_line(struct engine *engine, json_t *entry); /* of the log; taken */
bool keep_was_tried(const struct engine *engine, uint64_t version);
int keep_error(const struct engine *engine); /* -errno of the last attempt, or 0 */

/* --- clockwork.c: the clock and its steps --- */
void clockwork_init(
	struct engine *engine, int64_t build_date); /* when the store is open; the clock goes from then on */
void clockwork_start(struct engine *engine);
void clockwork_stop(struct engine *engine); /* notes the time, for the next start */
void clockwork_destroy(struct engine *engine);
struct clock_mark clock_mark_now(const struct engine *engine);
/* Whether the clock was set, or came to be believed or not, since then: it would show `from` now, and shows `to`. */
bool clock_was_set(const struct engine *engine, const struct clock_mark *since, struct instant *ret_from,
	struct instant *ret_to);
bool clock_is_kept(void); /* the kernel says that NTP keeps it */
/* An operator says that it is right. -ERANGE: it shows less than the build date. */
int clock_believe(struct engine *engine);
json_t *clock_json(const struct engine *engine);
/* A time for what is written down: never less than one that was given before, nor than the last time believed. */
int64_t engine_stamp(struct engine *engine);

/* --- control (commands.c, status.c) --- */
extern const struct control_command engine_commands[];
json_t *overrides_json(const struct engine *engine); /* those that have not ended */
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
