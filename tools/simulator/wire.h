/* The two kinds of wire: a serial line (a pseudo-terminal with a well-known name, or a real tty) and UDP. */
#ifndef TOOLS_SIMULATOR_WIRE_H
#define TOOLS_SIMULATOR_WIRE_H

#include <netinet/in.h>

#include "board.h"

struct wire {
	int fd;			  /* to read from; -1: unplugged */
	int keep;		  /* the pty's other end, held open so that a client may come and go; -1 */
	const char *link;	  /* symbolic link to the pty; NULL: none */
	const char *tty, *listen; /* else one of these */
	bool datagram;
	struct sockaddr_storage peer; /* of the last datagram */
	socklen_t peer_size;
};

/* Plugs in; says what is wrong on standard error. false: it cannot be had. default_port where listen names none. */
bool wire_open(struct wire *wire, int default_port);
void wire_close(struct wire *wire); /* unplugs; the link goes */
void wire_reply(void *wire, const void *bytes, size_t size);

#endif
