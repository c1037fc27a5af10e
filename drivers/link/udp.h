/* UDP out: many datagrams a frame, in as few system calls as the kernel takes: one with UDP_SEGMENT (GSO) where all go
 * to one place and are of one size, else sendmmsg. Never blocks: what does not fit waits for the socket.
 * Source: udp(7), sendmmsg(2). Loop thread.
 *
 * A driver keeps its datagrams contiguous in memory it owns, fills them in submit, and calls udp_send; it hands its
 * event and timeout on. The link reports ready, shown and down to the core.
 */
#ifndef DRIVERS_LINK_UDP_H
#define DRIVERS_LINK_UDP_H

#include <netinet/in.h>
#include <sys/uio.h>

#include "output/sink.h"

#define UDP_PACKETS_MOST 4096

struct udp_settings {
	const char *host; /* numeric IPv4 address; NULL or "": each packet has its own */
	int port;
	const char *
		interface; /* numeric address of the interface for multicast; NULL or "": the routing table's */
	int ttl;	   /* of multicast, 1..255 */
	int64_t spacing;   /* ns between datagrams, kind to small controllers; 0: a burst */
};

struct udp {
	int fd; /* -1: closed */
	bool gso;
	int64_t spacing;
	struct iovec *packets;		  /* count_most; the driver's memory */
	struct sockaddr_in *addresses;	  /* one a packet; NULL: the socket is connected */
	unsigned count, count_most, next; /* next: the first that is not sent */
	uint64_t sequence;
	uint64_t refused; /* sequence of the last frame that the other side's kernel refused */
	int refusals;	  /* such frames in a row */
	bool suspect; /* it was given up before: the next frame has to go unrefused first. Survives udp_close */
	bool proving; /* that frame is out, and what comes back is waited for */
};

/* Only a numeric address: a name would block the loop. NULL if it is one, else what to write. */
const char *udp_check_host(const char *host);
/* 0 or -errno. The packets array is allocated here. */
int udp_open(struct udp *udp, const struct udp_settings *settings, unsigned packets_most);
void udp_close(struct udp *udp); /* idempotent */
/* Where packet i goes, when settings had no host. */
void udp_address(struct udp *udp, unsigned i, uint32_t address, int port);
/* Sends packets[0..count). 0: sink_ready follows (at once, or later). Else -errno: the link is broken. */
int udp_send(struct udp *udp, struct sink *sink, unsigned count, uint64_t sequence);
void udp_go_on(struct udp *udp, struct sink *sink); /* the driver's event and timeout */
/* Outside of a frame: at once or not at all (a stream's farewell). */
void udp_send_now(struct udp *udp, unsigned count);

#endif
