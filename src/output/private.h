/* Private to output: one display's output and its sink.
 *
 * A driver's calls only leave a mark; output_settle then acts on the marks when the driver's function has returned.
 * So nothing is ever re-entered. Loop thread, but for the worker's own part. */
#ifndef OUTPUT_PRIVATE_H
#define OUTPUT_PRIVATE_H

#include "base/time.h"
#include "output/output.h"

#define BACKOFF_FIRST (250 * NS_PER_MS)
#define BACKOFF_MOST  (30 * NS_PER_SEC)
#define HINT_SETTLES  (100 * NS_PER_MS) /* what has just come back is given so long to become usable */
#define OPEN_MOST     (15 * NS_PER_SEC) /* an open that has not ended by then has failed */
#define LATE_AFTER    (3 * NS_PER_SEC)	/* a frame in flight for so long: LATE */
#define STALLED_AFTER (30 * NS_PER_SEC) /* the link is broken, whatever the driver believes */
#define PROOF_SLACK   (10 * NS_PER_SEC) /* beyond the time in which everything else would have been noticed */
#define CLOCK_EVERY   (6 * NS_PER_HOUR)
#define CLOCK_RETRY   NS_PER_MIN /* our own cannot be believed yet */
#define WHY_SIZE      256

struct output;
struct worker;

enum link { LINK_CLOSED, LINK_OPENING, LINK_UP };

struct sink_slot {
	struct sink *sink;
	int fd;
	struct loop_watch *watch; /* NULL: free */
};

struct sink {
	struct output *output;
	void *priv;
	struct sink_slot slots[SINK_WATCHES];
	struct loop_timer *timer;
	int hint_fd; /* -1: none */
	struct loop_watch *hint_watch;
	/* marks */
	bool came_up, became_ready;
	bool is_own, is_foreign;
	int down; /* -errno; 0: no */
	char why[WHY_SIZE];
};

struct log_quota { /* a flapping link must not fill the log */
	int64_t window;
	unsigned lines, suppressed;
};

struct output {
	struct loop *loop;
	const struct display *display;
	const struct sink_driver *driver;
	struct sink sink;
	struct panel *panel;
	struct worker *worker; /* SINK_BLOCKING */
	struct loop_timer *timer;
	int64_t timer_at;

	struct frame *canvas;
	struct frame *picture; /* SINK_LEVELS, or SINK_FRAME for a worker */
	uint8_t *wire;
	int64_t minimum_cycle;
	int brightness;
	bool dim_owed, dims_in_software;
	bool settings_kept;
	bool power_on, power_owed;
	int act_owed; /* an action's index + 1; 0: none */
	bool acting;
	int64_t read_due;  /* monotonic; TIME_NEVER: it cannot, or one is going on */
	int64_t read_soon; /* how long after foreign content it is read again */
	int64_t clock_due; /* monotonic; TIME_NEVER: the device has none */
	bool asleep;	   /* SINK_SLEEPS, and its power is off */

	bool settling, again;
	enum link link;
	int64_t opened_at, retry_at, down_since;
	int64_t backoff, backoff_first;
	unsigned tries;

	bool content;	/* something was ever pushed */
	bool pending;	/* the canvas is to be sent */
	bool ready;	/* the sink takes a frame */
	bool in_flight; /* it has one */
	bool submitting, pushing;
	int64_t instant;	  /* of the canvas */
	uint64_t flight_composed; /* what status.composed was when the frame in flight was made */
	int64_t flight_instant, handed_at, whole_at;
	int64_t proved_at;  /* monotonic: a picture went through, or the link came up, or the device awoke */
	struct region owed; /* since the last accepted frame */
	struct region flight_owed; /* of the one in flight */
	struct sink_frame frame;
	uint64_t shown_sequence;
	bool engine_late, line_late, drained;

	output_handed_fn on_handed;
	void *on_handed_data;
	output_clock_fn on_clock;
	void *on_clock_data;
	output_ready_fn on_ready;
	void *on_ready_data;

	const struct output_observer *observer; /* NULL: nobody */
	void *observer_data;
	uint64_t told_shown; /* the sequence that it knows to be shown */
	bool lost_owed, told_asleep;

	struct output_status status;
	enum health reported; /* in the log */
	int64_t reported_at;
	bool was_up, foreign_told;
	struct log_quota quota;
};

/* options.c. Sets every option's default, then the display's; the texts belong to whoever calls options_free. */
bool options_bind(
	const struct sink_driver *driver, const struct display *display, void *priv, struct diag_list *diags);
void options_free(const struct sink_driver *driver, void *priv);

/* output.c */
void output_settle(struct output *output); /* acts on all marks and on what is due; sets the timer */
void output_owe_all(struct output *output);

/* link.c */
void link_step(struct output *output, int64_t now);
void link_close(struct output *output);
void link_drop_hint(struct output *output);
int64_t link_deadline(const struct output *output);

/* hand.c: from the canvas to the driver. */
void hand_step(struct output *output, int64_t now);
int64_t hand_deadline(const struct output *output);
void hand_finished(struct output *output); /* the frame in flight is out */

/* read_back.c: foreign content is found, overwritten, and told. */
void read_back_start(struct output *output); /* the link is up */
void read_back_step(struct output *output, int64_t now);

/* health.c */
void health_update(struct output *output, int64_t now);

/* worker.c: the thread of one blocking sink, with a mailbox of one frame. */
int worker_create(struct output *output, struct worker **ret_worker);
void worker_destroy(struct worker *worker); /* waits for a submit that is going on; NULL is fine */
void worker_post(struct worker *worker);    /* output->frame, which stays as it is until the worker is done */
void worker_wait(struct worker *worker);    /* until it is idle; what it did is forgotten */

#endif
