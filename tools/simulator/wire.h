/* The kinds of wire: a serial line (a pseudo-terminal with a well-known name, or a port that is there), UDP, TCP,
 * where one client at a time is heard: the newest; and the raw frames of a network interface. */
#ifndef TOOLS_SIMULATOR_WIRE_H
#define TOOLS_SIMULATOR_WIRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One of link, tty, listen and tcp is set. */
struct wire_place {
	const char *link;   /* make a pseudo-terminal, and this symbolic link to it */
	const char *tty;    /* open this port; its speed is left alone */
	const char *listen; /* receive datagrams: ADDRESS[:PORT] */
	bool frames;	    /* listen names an interface: receive its raw frames */
	const char *tcp;    /* take connections: ADDRESS[:PORT] */
	const char *
		interface; /* address of the interface that joins multicast groups; NULL: the routing table's */
	int port;	   /* where listen names none */
	int group_first,
		group_count; /* join 239.255.(n / 256).(n mod 256) of these too, unless listen is unicast */
};

struct wire {
	struct wire_place place;
	int fd;		/* to read from; -1: unplugged, or no client */
	int listener;	/* TCP; -1 */
	bool fresh;	/* a client has come or gone: what was half received is void */
	int keep;	/* the pseudo-terminal's other end, held open so that a client may come and go; -1 */
	char slave[64]; /* its name */
	struct sockaddr_in peer; /* of the last datagram */
};

void wire_init(struct wire *wire, const struct wire_place *place);
/* Plugs in; says what is wrong on standard error. false: it cannot be had. */
bool wire_open(struct wire *wire);
void wire_close(struct wire *wire); /* unplugs; the link goes */
/* TCP: takes a waiting client in place of the one before. */
void wire_accept(struct wire *wire);
/* Now and then: a client that was killed leaves its exclusive use of the pseudo-terminal behind, since the line was
 * never closed for good. */
void wire_release(struct wire *wire);
/* Some bytes of the stream, or one datagram. 0: nothing now; -errno: the wire broke. */
ssize_t wire_read(struct wire *wire, void *bytes, size_t size);
/* Back to where the last bytes came from. What cannot be sent at once is lost, as on a wire that nobody reads. */
void wire_answer(void *wire, const void *bytes, size_t size);

#endif
