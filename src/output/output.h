/* One display's output: pacing, damage, one frame in flight and one pending (newest wins), retry, health.
 *
 * The engine pushes composed frames; the core decides what reaches the driver and when. Loop thread only.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include "loop/loop.h"
#include "output/sink.h"

enum health { HEALTH_OFF, HEALTH_OPENING, HEALTH_UP, HEALTH_LATE, HEALTH_DOWN, HEALTH_FAULT };
const char *health_name(enum health health); /* "off", "opening", "up", "late", "down", "fault" */

/* Whether what the device shows can be read back, and what was found the last time. */
enum read_back { READ_BACK_CANNOT, READ_BACK_NOT_YET, READ_BACK_OWN, READ_BACK_FOREIGN };
const char *read_back_name(enum read_back read_back); /* "cannot", "not yet", "own", "foreign" */
#define READ_BACK_EVERY (10 * NS_PER_SEC) /* foreign content is found within that, and what an answer takes */

struct output_status {
	enum health health;
	int error;	  /* -errno of the last failure, 0 */
	char why[256];	  /* for people */
	char device[128]; /* what it says of itself; empty: nothing */
	int64_t retry_at; /* monotonic; TIME_NEVER */
	uint64_t composed, handed, shown, dropped, reconnects, late;
	uint64_t shown_composed; /* how many were composed when the picture was taken that was shown last */
	uint64_t acted;		 /* actions that were done */
	enum read_back read_back;
	uint64_t intrusions; /* times that foreign content appeared, since the start */
	char foreign[128];   /* what it was, the last time; empty: never */
	int64_t foreign_at;  /* monotonic: when */
	uint64_t last_sequence;
	int64_t last_instant; /* of the last frame handed over */
	uint64_t last_digest; /* of its wire bytes (or frame's RGB) */
};

struct output;

/* Called for each frame that the driver accepted (for a SINK_BLOCKING driver: before its worker gets it): the trace.
 * digest: panel_wire_digest of the wire bytes, or frame_digest of the picture where the driver takes a picture. */
typedef void (*output_handed_fn)(
	void *data, const struct display *display, uint64_t sequence, int64_t instant, uint64_t digest);
/* Called when the device has become ready for more: the engine may compose and push a fresher frame, which then goes
 * in place of what is pending. Never from within output_push. */
typedef void (*output_ready_fn)(void *data);

/* Who keeps a record of what was shown. Each is called when the driver's function has returned, never from within another
 * call of the engine's to this output but output_push and its kind; it takes note and comes back, and calls nothing here
 * but output_frame_digest. */
struct output_observer {
	/* The driver has taken this frame, which is the canvas as it was painted last. */
	void (*handed)(void *data, uint64_t sequence, int64_t instant);
	/* That frame is on the display. confirmed: the device said so (SINK_ACK); else the line took all of it. */
	void (*shown)(void *data, uint64_t sequence, bool confirmed);
	/* The link is broken: what the display shows is not known from here on. */
	void (*lost)(void *data, const char *why);
	/* The device was told to switch its picture off, and takes no frames until it wakes. */
	void (*slept)(void *data);
};
void output_observe(
	struct output *output, const struct output_observer *observer, void *data); /* NULL: nobody */
/* Of the frame just handed over, as in output_handed_fn, within `handed`; 0: too large to be digested on the frame path. */
uint64_t output_frame_digest(const struct output *output);

/* Binds and checks the display's options against its driver: pure, no I/O; used by `check` as well. */
bool output_check(const struct display *display, struct diag_list *diags);

/* -EINVAL with diags. Opens at once; failures are retried for ever with back-off 0.25, 0.5, 1 … 30 s. */
int output_create(struct loop *loop, const struct display *display, struct diag_list *diags,
	struct output **ret_output);
void output_destroy(struct output *output); /* closes; NULL is fine */
void output_on_handed(struct output *output, output_handed_fn fn, void *data);
void output_on_ready(struct output *output, output_ready_fn fn, void *data);

/* The engine paints into this frame in place, then says what it changed and of which instant it is. If the sink is
 * busy the damage is summed and the newest painted content is sent when it is ready. */
struct frame *output_canvas(struct output *output);
/* Another frame of that size instead, which may be other outputs' canvas too: whoever paints into it pushes all of them
 * before anything else runs. A reference is taken. The next push says what is different. */
void output_set_canvas(struct output *output, struct frame *canvas);
void output_push(struct output *output, int64_t instant, const struct region *damage);
/* The canvas as it is shows this instant as well: for a frame that is handed over anew for another reason. */
void output_set_instant(struct output *output, int64_t instant);
void output_set_brightness(struct output *output, int permille);
/* Tells the device one of its driver's actions. -ENOENT: it has no such word; -ENOTCONN: it is not up; -EBUSY: one is
 * going on. What becomes of it is in output_status. */
int output_act(struct output *output, const char *action);
/* The display as its `control` sees it, for output_create: the same, but that driver and options are the control's.
 * False: it has none. */
bool output_control_display(const struct display *display, struct display *ret_control);
/* For who only wants to tell the device something: opening does not set its brightness, power and clock. Before the loop
 * runs. */
void output_keep_settings(struct output *output);
/* Where the device can switch its power; on at first. */
void output_set_power(struct output *output, bool on);
/* Where the device has a clock: it is set by what fn says, when it says true (the time can be believed), whenever the
 * device comes up and every few hours. Never called from within another call of the engine's. */
typedef bool (*output_clock_fn)(void *data, struct civil *ret_now);
void output_on_clock(struct output *output, output_clock_fn fn, void *data);
void output_refresh(struct output *output); /* everything is owed */
/* The engine had no picture for an instant: counted, and health is LATE until the next push. */
void output_late(struct output *output);
void output_status(const struct output *output, struct output_status *ret_status);
/* Whether the display shows what it is given, or is known not to: a picture went through lately, none is due, or the link
 * is down and tried again. False: something is stuck in the driver or in here, and only a new start will help. now:
 * monotonic. */
bool output_proves(const struct output *output, int64_t now);
/* Whether the device is up, or in standby, and what was composed as the composed-th picture, or a later one, has been
 * shown there: confirmed by the device itself where it can (output_confirms), else handed to the line. */
bool output_has_shown(const struct output *output, uint64_t composed);
bool output_confirms(const struct output *output);
/* Waits at most timeout ns (runs the loop) until what was pushed last was shown. For failure pictures at exit. */
bool output_drain(struct output *output, int64_t timeout);

/* The panel-stage picture of a composed frame on that display: what preview --stage panel shows. No device. */
int output_levels(const struct display *display, const struct frame *frame, int permille, struct frame *to);

struct output_traits {	       /* what pictures must know of the device that shows them */
	int64_t minimum_cycle; /* ns between two pictures; 0: none */
	bool two_levels;       /* its LEDs are on or off */
};
/* From the display's driver and its options; all zero where these are wrong (output_check tells). Pure; any thread. */
void output_traits(const struct display *display, struct output_traits *ret_traits);

/* A driver's option table for people: one paragraph an option. */
void sink_print_options(const struct sink_driver *driver, FILE *to);

#endif
