/* The contract between the output room and a driver (a frame sink).
 *
 * The core owns time, damage, retry, health and threads; a driver owns bytes. All calls happen on the loop's thread,
 * never re-entered, except submit of a SINK_BLOCKING driver, which runs on that sink's own worker. Nothing here may
 * block longer than a bounded write. A driver never logs, never exits, never retries on its own: it reports.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "base/diag.h"
#include "base/time.h"
#include "frame/frame.h"
#include "frame/panel.h"
#include "site/site.h"

struct sink; /* the core's side of one open sink */

enum sink_caps {
	SINK_PARTIAL = 1 << 0,	/* submit may send only the damaged part */
	SINK_HOLDS = 1 << 1,	/* the device keeps its last picture when nothing is sent */
	SINK_ACK = 1 << 2,	/* sink_shown means confirmed by the device; else drained by the line */
	SINK_DIM = 1 << 3,	/* has dim: brightness is the device's, not scaled in software */
	SINK_BLOCKING = 1 << 4, /* submit may block (files): the core gives it a worker */
	SINK_FRAME = 1 << 5,	/* takes the composed frame (stage `frame`), not wire bytes */
	SINK_LEVELS = 1 << 6,	/* takes the picture of stage `panel`, not wire bytes */
	SINK_CONTROL = 1 << 7,	/* takes orders only, no picture (submit NULL): a display's `control` */
	SINK_SLEEPS = 1 << 8,	/* takes no frames while its power is off */
	SINK_REPLIES =
		1 << 9, /* reads what the device answers: the conformance suite wants a script of answers */
	SINK_READS_BACK = 1 << 10, /* finds foreign content: has read_back, or looks by itself now and then */
};

enum option_type {
	OPTION_TEXT,
	OPTION_INT,
	OPTION_NUMBER,
	OPTION_BOOL,
	OPTION_WORD,
	OPTION_DURATION,
	OPTION_PATH
};

/* One row of a driver's option table; the core parses and checks, and writes into the private struct at offset:
 * char * (owned by the core) / int64_t / double / bool / int (index into words) / int64_t ns / char *. A relative
 * path is taken from the directory of the file that it stands in; a value that begins with one of words is no path.
 * Documentation is generated from it (`bangtin-testpattern drivers NAME`). */
struct sink_option {
	const char *name;
	size_t offset;
	const char *standard; /* default, as text; NULL: zero */
	double least, most;
	const char *const *words;
	size_t word_count;
	const char *help;
	enum option_type type;
	bool required;
};

struct sink_frame {
	uint64_t sequence; /* 1.. a display; rises by one for every frame handed over */
	int64_t instant;   /* the wall-clock instant that it shows */
	/* panel_pack's bytes in the driver's format; NULL for SINK_FRAME and SINK_LEVELS */
	const uint8_t *wire;
	size_t wire_size;
	int width, height;	   /* of the wire picture, pixels */
	const struct frame *frame; /* for SINK_FRAME, SINK_LEVELS */
	/* what differs since the last frame that this sink accepted; all of it after (re)opening */
	const struct region *owed;
};

struct sink_action { /* what a device does by itself when it is told to: a test picture of its own, a freeze */
	const char *name, *help;
};

struct sink_driver {
	const char *name;    /* as in `driver = "…"` */
	const char *summary; /* one line */
	unsigned caps;
	enum panel_format format;
	const struct sink_option *options; /* ends with name NULL; NULL: none */
	size_t priv_size;		   /* of the zeroed private struct that sink_priv() returns */
	int64_t minimum_cycle;		   /* ns between two submits; 0: none */
	/* The same where it depends on options and size (a slow line); pure; NULL: minimum_cycle. On a display whose
	 * cycle is longer than a few frames nothing scrolls: the text comes in pages. */
	int64_t (*cycle)(const void *priv, const struct display *display);
	int64_t keep_alive; /* the picture is sent again, whole, when nothing was for so long; 0: `refresh` only */
	bool dynamic_rate; /* submit may be called at the display's full rate */
	/* Pure validation after the options are bound; no I/O. Report to diags; the core refuses the configuration. */
	void (*check)(const void *priv, const struct display *display, struct diag_list *diags);
	/* Begins to open; must not block. Ends in sink_up() (at once or later) or returns -errno / sink_down(). */
	int (*open)(struct sink *sink);
	/* Only when up and ready; at most one in flight. Takes what it needs before returning (the bytes change
	 * afterwards). 0: accepted, and sink_ready() follows (at once or when the line has drained); -EAGAIN: not
	 * now, call again after sink_ready(); other -errno: the link is broken, the core closes and retries. */
	int (*submit)(struct sink *sink, const struct sink_frame *frame);
	void (*event)(struct sink *sink, int fd, unsigned events); /* SINK_READABLE | SINK_WRITABLE */
	void (*timeout)(struct sink *sink);			   /* what sink_arm set has passed */
	/* The device's own means, called when it is up and ready; each is done in the driver's own time, before the
	 * next picture if it can be. 0; -ENOTSUP: not this device, and the core does without; else the link is broken.
	 * Each is called again after (re)opening. NULL: none. */
	int (*dim)(struct sink *sink, int permille); /* without it brightness is the panel pipeline's */
	/* Outside of the display's on-hours; without it the picture is black, the power stays. Not while a frame is in
	 * flight. What SINK_SLEEPS is submitted nothing until it wakes, and then all of it. */
	int (*power)(struct sink *sink, bool on);
	/* The device's clock, by the site's zone; only when ours can be believed, and then every few hours. */
	int (*set_clock)(struct sink *sink, const struct civil *now);
	/* Words for `bangtin-testpattern tell`; end with name NULL. act gets the index; as after submit, sink_ready()
	 * follows when it is done. What was told holds until the next word. */
	const struct sink_action *actions;
	int (*act)(struct sink *sink, int action);
	/* Looks at what the device shows: it ends, in the driver's own time, in sink_own or sink_foreign. Called every
	 * READ_BACK_EVERY while a picture is shown and none is in flight; sooner after foreign content. Nothing may be
	 * written to the device, and a submit may come before it has ended. 0; -ENOTSUP: this device cannot tell, and it
	 * is not asked again until the link has been closed; else the link is broken. */
	int (*read_back)(struct sink *sink);
	/* The link is closed, and the descriptor that sink_hint left has something to read. True: there is reason to
	 * open again now, before the back-off is over. */
	bool (*hint)(struct sink *sink, int fd);
	/* Idempotent; also runs after a failed open. The core has already dropped watches and timer. */
	void (*close)(struct sink *sink);
};

/* The driver's calls to the core, from within its own functions. A SINK_BLOCKING submit, on its worker, calls none of
 * them but sink_priv, sink_display and sink_shape: its return is both ready and shown. */
enum { SINK_READABLE = 1, SINK_WRITABLE = 2 };
void *sink_priv(struct sink *sink);
const struct display *sink_display(struct sink *sink);
/* Of the wire picture; valid from open on. */
void sink_shape(struct sink *sink, int *ret_width, int *ret_height);
/* The same of a display that is not open: for check and cycle. Pure. */
void sink_display_shape(const struct display *display, int *ret_width, int *ret_height);
/* At most SINK_WATCHES descriptors; events 0: not for now. Watching ends by itself before close is called. */
#define SINK_WATCHES 4
void sink_watch(struct sink *sink, int fd, unsigned events);
void sink_arm(struct sink *sink, int64_t after);       /* one-shot timer, ns from now; negative disarms */
void sink_up(struct sink *sink);		       /* open, and ready for the first frame */
void sink_ready(struct sink *sink);		       /* the next submit is welcome */
void sink_shown(struct sink *sink, uint64_t sequence); /* see SINK_ACK */
/* What the device says of itself (model, firmware, size) or refuses: a short text for people, copied; status shows the
 * last one. */
void sink_told(struct sink *sink, const char *text);
/* What was read back is what we sent; or it is somebody else's: what, a short text for people (copied). After
 * sink_foreign the core submits all of the picture again, which must then be written whatever the device was sent before;
 * it goes on reading back and submitting until sink_own. A driver that looks by itself sets right what it keeps. */
void sink_own(struct sink *sink);
void sink_foreign(struct sink *sink, const char *what);
/* The link is broken or the device refused: error is -errno, why a short text for people (copied). The core closes
 * the sink and retries with back-off. Must not be followed by another call in the same callback. */
void sink_down(struct sink *sink, int error, const char *why);
/* Before sink_down or a failed open: what tells of the device's return. fd is the core's now: watched while the link is
 * closed, closed before the next open. */
void sink_hint(struct sink *sink, int fd);

/* The registry: drivers/registry.c, one line a driver, in alphabetical order, NULL at the end. */
extern const struct sink_driver *const sink_drivers[];
const struct sink_driver *sink_driver_find(const char *name); /* NULL: none */

#endif
