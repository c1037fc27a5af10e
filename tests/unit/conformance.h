/* The conformance suite of drivers: where each runs (conformance_beds.c), and the rig that runs it. Every test goes over
 * sink_drivers, so that a driver that is added is in all of them, or fails for want of a bed.
 *
 * A driver's device is the simulator's decoder of the same name, where there is one: behind a pseudo-terminal, UDP, TCP
 * or, in a network of the test's own, an Ethernet cable. Include after cmocka.h. */
#ifndef TESTS_UNIT_CONFORMANCE_H
#define TESTS_UNIT_CONFORMANCE_H

#include "base/clock.h"
#include "card.h"
#include "output/output.h"
#include "output/private.h"

#define PTY   "@pty"   /* stands for the slave's path */
#define UDP   "@udp"   /* a port of this machine */
#define TCP   "@tcp"   /* a port where connections are taken */
#define CABLE "@cable" /* an Ethernet interface */
#define ROOM  "@room"  /* stands for a directory of this test */

enum { CONFORMANCE_WIDTH = 32, CONFORMANCE_HEIGHT = 8, BED_SETTINGS = 6 };

struct setting {
	const char *key, *value;
};

/* How the device misbehaves, as its simulator does: 0 of one kind: the protocol has no such answer. */
struct reply_script {
	int busy;   /* so many requests are answered so */
	int refuse; /* the error number that one is refused with */
};

struct bed {
	const char *driver;
	struct setting good[BED_SETTINGS];  /* ends with key NULL */
	struct setting bad;		    /* one that makes open fail; key NULL: its open cannot */
	const char *absent;		    /* why its device is not to be had here; NULL: it is */
	const struct reply_script *replies; /* where the driver says SINK_REPLIES */
	/* What the device was sent long before, so that it knows it already. */
	const char *prelude;
	size_t prelude_size;
};
extern const struct bed conformance_beds[]; /* ends with driver NULL */

/* The driver's bed; fails the test where there is none. */
const struct bed *bed_of(const struct sink_driver *driver);
bool bed_is_on(const struct bed *bed, const char *place); /* PTY, UDP, … */
/* NULL, or why only what needs no device is tried. */
const char *bed_absent(const struct bed *bed);

struct rig {
	struct loop *loop;
	struct display display;
	struct option options[BED_SETTINGS];
	char path[128];
	struct output *output;
	const struct bed *bed;
};

/* What becomes of an answer. */
enum answering {
	ANSWER_WHOLE,
	ANSWER_IN_TWO,	   /* the first `cut` bytes, and later the rest */
	ANSWER_CUT,	   /* the first `cut` bytes, and nothing more at all */
	ANSWER_AFTER_STUB, /* a datagram of its first `cut` bytes, then all of it */
	ANSWER_EVERY_STUB, /* datagrams of 0, 1, 2 … bytes of it, then all */
};
extern struct conformance {
	struct card card; /* protocol NULL: nobody is there */
	enum answering answering;
	size_t cut;
	size_t longest; /* of the answers so far, bytes */
	unsigned answers;
} conformance;

/* Once, around all tests. */
int conformance_begin(void); /* for cmocka's groups: 0 */
void conformance_end(void);

void rig_set_up(struct rig *rig, const struct bed *bed, bool bad);
void rig_tear_down(struct rig *rig);
/* Another picture for another number. */
void rig_push(struct rig *rig, uint32_t number);
/* The loop runs. True: what was pushed last was shown; of a driver that takes no pictures: it is up. */
bool rig_idle(struct rig *rig, int64_t most);
/* The device hears and answers; the loop runs. False: what was pushed last was not shown in that time. */
bool rig_drained(struct rig *rig, int64_t most);
void rig_turn(struct rig *rig, int64_t ns); /* the same for a while */
void rig_retry_now(struct rig *rig);	    /* a link that waits to be tried again is */
struct output_status rig_status(struct rig *rig);
/* The device shows what was pushed last. Where no simulator decodes it there is nothing to see. */
void rig_assert_picture(struct rig *rig);

void device_hear(void);	  /* takes what has come, all of it */
void device_unplug(void); /* the pseudo-terminal goes, connections are cut */
void device_plug_in(void);
void device_restart(void);  /* it knows no more than its prelude; the faults of its options begin */
int open_descriptors(void); /* of this process, without the device's */

#endif
