/* A TCP connection as a line for bytes: connecting, writing and reading never block. One thread; 0 or -errno.
 *
 * A peer that has gone without a word (power cut, cable) is found out by keep-alive probes and by TCP_USER_TIMEOUT, see
 * tcp(7): within about TCP_DEAD_AFTER the descriptor reports the error.
 */
#ifndef DRIVERS_LINK_TCP_H
#define DRIVERS_LINK_TCP_H

#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

struct tcp;

#define TCP_CONNECT_WITHIN (5 * NS_PER_SEC) /* a driver's timer for it; longer is not there */
#define TCP_DEAD_AFTER	   (20 * NS_PER_SEC)

/* NULL, or what to write instead (static text): only a numeric IPv4 address, since looking a name up would block. */
const char *tcp_host_refusal(const char *host);
/* Begins to connect: wait until the descriptor is writable, then ask tcp_connected. */
int tcp_open(const char *host, int port, struct tcp **ret_tcp);
/* 0: connected; -EINPROGRESS: not yet; else it failed. */
int tcp_connected(struct tcp *tcp);
void tcp_close(struct tcp *tcp); /* NULL is fine; never waits */
int tcp_fd(const struct tcp *tcp);
/* How many of the bytes were taken, perhaps 0: wait until it is writable. -errno: close it. */
int tcp_write(struct tcp *tcp, const void *data, size_t size);
/* How many bytes came, 0: none now. -ECONNRESET: the other side has closed. */
int tcp_read(struct tcp *tcp, void *data, size_t size);

#endif
