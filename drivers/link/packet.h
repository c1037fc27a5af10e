/* Raw Ethernet frames out of one interface: many frames a picture in few system calls (sendmmsg), with one pause before the
 * last of them. Never blocks. Needs the capability CAP_NET_RAW. Source: packet(7), netdevice(7). Loop thread.
 *
 * A driver keeps its frames in memory it owns, fills them in submit, and calls packet_send; it hands its timeout on. The
 * link reports ready, shown and down to the core.
 */
#ifndef DRIVERS_LINK_PACKET_H
#define DRIVERS_LINK_PACKET_H

#include <sys/types.h>
#include <sys/uio.h>

#include "output/sink.h"

struct packet_settings {
	const char *interface;
	int speed;   /* Mbit/s that the link must have, where the interface tells; 0: any */
	int receive; /* ethertype of the answers to read; 0: none */
};

struct packet {
	int fd; /* valid where `interface` is set */
	char interface[16];
	struct iovec *frames; /* count_most; the driver's memory */
	unsigned count, next; /* next: the first that is not sent */
	unsigned pause_at;    /* its index; `pause` ns pass before it */
	int64_t pause;
	bool paused;
	uint64_t sequence;
};

/* Is this the name of an interface? NULL: it may be, else what to write. No I/O. */
const char *packet_check_interface(const char *name);
/* -errno after sink_down was told why. The array of frames is allocated here. */
int packet_open(struct packet *packet, struct sink *sink, const struct packet_settings *settings,
	unsigned frames_most);
void packet_close(struct packet *packet); /* idempotent */
/* Sends frames[0..count). 0: sink_ready follows. Else -errno after sink_down was told: the link is broken. */
int packet_send(struct packet *packet, struct sink *sink, unsigned count, uint64_t sequence);
void packet_go_on(struct packet *packet, struct sink *sink); /* the driver's timeout, once it is up */
/* Outside of a picture: at once. 0 or -errno. */
int packet_send_now(struct packet *packet, const void *frame, size_t size);
/* One frame of the ethertype that settings named; 0: none now; -errno: the link is broken. */
ssize_t packet_receive(struct packet *packet, void *to, size_t most);

#endif
