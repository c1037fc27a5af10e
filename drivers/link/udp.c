#include "drivers/link/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define GSO_SEGMENTS_MOST 64	    /* the kernel's UDP_MAX_SEGMENTS */
#define GSO_BYTES_MOST	  65000	    /* of one send: an IPv4 datagram's length field, less headers */
#define BATCH_MOST	  64	    /* messages of one sendmmsg */
#define REFUSALS_MOST	  3	    /* frames; one alone may be a device that starts up */
#define PROOF_WAIT	  250000000 /* ns; a refusal takes as long as the way there and back */

const char *udp_check_host(const char *host)
{
	struct in_addr address;
	return inet_pton(AF_INET, host, &address) == 1 ? NULL
						       : _("write a numeric address, such as 192.168.1.50");
}

int udp_open(struct udp *udp, const struct udp_settings *settings, unsigned packets_most)
{
	*udp = (struct udp){
		.fd = -1, .spacing = settings->spacing, .count_most = packets_most, .suspect = udp->suspect};
	udp->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (udp->fd < 0)
		return -errno;
	int on = 1, buffer = 1 << 20, ttl = settings->ttl ? settings->ttl : 1;
	struct in_addr interface;
	setsockopt(udp->fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
	setsockopt(udp->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	setsockopt(udp->fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
	if (settings->interface && inet_pton(AF_INET, settings->interface, &interface) == 1)
		setsockopt(udp->fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface);
	bool connected = settings->host && *settings->host;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)settings->port)};
	if (connected && (inet_pton(AF_INET, settings->host, &to.sin_addr) != 1 ||
				 connect(udp->fd, (struct sockaddr *)&to, sizeof to) < 0)) {
		int error = errno ? -errno : -EINVAL;
		udp_close(udp);
		return error;
	}
	int segment = 1000;
	udp->gso = connected && setsockopt(udp->fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment) == 0;
	segment = 0;
	if (udp->gso)
		setsockopt(udp->fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment);
	udp->packets = xcalloc(packets_most, sizeof *udp->packets);
	if (!connected)
		udp->addresses = xcalloc(packets_most, sizeof *udp->addresses);
	return 0;
}

void udp_close(struct udp *udp)
{
	if (udp->fd >= 0 && udp->count_most)
		close(udp->fd);
	free(udp->packets);
	free(udp->addresses);
	*udp = (struct udp){.fd = -1, .suspect = udp->suspect};
}

void udp_address(struct udp *udp, unsigned i, uint32_t address, int port)
{
	udp->addresses[i] = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(address)};
}

/* --- sending */

/* How many packets from next on can go as segments of one send: contiguous, equal, the last may be shorter. */
static unsigned segments(const struct udp *udp, unsigned end)
{
	const struct iovec *first = &udp->packets[udp->next];
	size_t bytes = first->iov_len;
	unsigned n = 1;
	while (udp->next + n < end && n < GSO_SEGMENTS_MOST) {
		const struct iovec *before = first + n - 1, *packet = first + n;
		if ((const char *)before->iov_base + before->iov_len != packet->iov_base ||
			before->iov_len != first->iov_len || packet->iov_len > first->iov_len ||
			bytes + packet->iov_len > GSO_BYTES_MOST)
			break;
		bytes += packet->iov_len;
		n++;
	}
	return n;
}

static int send_segments(struct udp *udp, unsigned n)
{
	const struct iovec *first = &udp->packets[udp->next];
	struct iovec all = {first->iov_base, 0};
	for (unsigned i = 0; i < n; i++)
		all.iov_len += first[i].iov_len;
	union {
		char bytes[CMSG_SPACE(sizeof(uint16_t))];
		struct cmsghdr header;
	} control = {0};
	struct msghdr message = {.msg_iov = &all,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes};
	control.header = (struct cmsghdr){
		.cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(uint16_t))};
	uint16_t size = (uint16_t)first->iov_len;
	memcpy(CMSG_DATA(&control.header), &size, sizeof size);
	return sendmsg(udp->fd, &message, 0) < 0 ? -errno : (int)n;
}

static int send_messages(struct udp *udp, unsigned n)
{
	struct mmsghdr messages[BATCH_MOST];
	if (n > BATCH_MOST)
		n = BATCH_MOST;
	for (unsigned i = 0; i < n; i++) {
		struct sockaddr_in *to = udp->addresses ? &udp->addresses[udp->next + i] : NULL;
		messages[i] = (struct mmsghdr){.msg_hdr = {.msg_name = to,
						       .msg_namelen = to ? sizeof *to : 0,
						       .msg_iov = &udp->packets[udp->next + i],
						       .msg_iovlen = 1}};
	}
	int sent = sendmmsg(udp->fd, messages, n, 0);
	return sent < 0 ? -errno : sent;
}

/* One system call's worth of packets up to end; how many went, or -errno. */
static int send_some(struct udp *udp, unsigned end)
{
	if (udp->gso && udp->next + 1 < end) {
		unsigned n = segments(udp, end);
		int sent = n > 1 ? send_segments(udp, n) : send_messages(udp, 1);
		/* Not every device, tunnel or route takes segments: then one by one, for good. */
		if (sent != -EIO && sent != -EINVAL && sent != -EMSGSIZE && sent != -EOPNOTSUPP)
			return sent;
		udp->gso = false;
	}
	return send_messages(udp, end - udp->next);
}

static bool is_refusal(int error)
{
	return error == -ECONNREFUSED;
}

/* An answer to an earlier datagram, told now; the one that was to go was not sent. A device that starts up refuses
 * some; one that refuses frame after frame is not there. */
static bool is_given_up(struct udp *udp)
{
	if (udp->refused != udp->sequence)
		udp->refusals++;
	udp->refused = udp->sequence;
	return udp->refusals >= REFUSALS_MOST;
}

/* Sends until all went or the socket is full. 0: all; -EAGAIN: wait; else the link is broken. */
static int send_until(struct udp *udp, unsigned end)
{
	while (udp->next < end) {
		int sent = send_some(udp, end);
		if (sent == -ENOBUFS)
			return -EAGAIN;
		if (sent < 0 && (!is_refusal(sent) || is_given_up(udp)))
			return sent;
		if (sent > 0)
			udp->next += (unsigned)sent;
	}
	return 0;
}

static void finish_frame(struct udp *udp, struct sink *sink)
{
	if (udp->refused != udp->sequence)
		udp->refusals = 0;
	sink_shown(sink, udp->sequence);
	sink_ready(sink);
}

static int pending_error(const struct udp *udp)
{
	int error = 0;
	socklen_t size = sizeof error;
	return getsockopt(udp->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? -errno : -error;
}

/* A port that was closed has to prove itself with the first frame: a refusal comes after it was sent, and without this
 * wait the display would be up for one frame, and down again, for ever. */
static void begin_proof(struct udp *udp, struct sink *sink)
{
	udp->proving = true;
	sink_arm(sink, PROOF_WAIT);
}

static int end_proof(struct udp *udp, struct sink *sink)
{
	int error = pending_error(udp);
	udp->proving = false;
	if (error < 0)
		return error;
	udp->suspect = false;
	finish_frame(udp, sink);
	return 0;
}

static void end_frame(struct udp *udp, struct sink *sink)
{
	if (udp->suspect)
		begin_proof(udp, sink);
	else
		finish_frame(udp, sink);
}

static int give_up(struct udp *udp, struct sink *sink, int error)
{
	udp->suspect |= is_refusal(error);
	if (is_refusal(error))
		sink_down(sink, error, "no answer: the port is closed; nobody listens at that address");
	return error;
}

static int advance(struct udp *udp, struct sink *sink)
{
	unsigned end = udp->spacing > 0 ? udp->next + 1 : udp->count;
	int error = send_until(udp, end);
	if (error == -EAGAIN) {
		/* A full socket drains in microseconds; ENOBUFS of a slow interface is not told by poll. */
		sink_arm(sink, 1000000);
		return 0;
	}
	if (error < 0)
		return error;
	if (udp->next < udp->count)
		sink_arm(sink, udp->spacing);
	else
		end_frame(udp, sink);
	return 0;
}

int udp_send(struct udp *udp, struct sink *sink, unsigned count, uint64_t sequence)
{
	udp->count = count;
	udp->next = 0;
	udp->sequence = sequence;
	int error = advance(udp, sink);
	return error < 0 ? give_up(udp, sink, error) : 0;
}

void udp_go_on(struct udp *udp, struct sink *sink)
{
	int error = 0;
	if (udp->proving)
		error = end_proof(udp, sink);
	else if (udp->next < udp->count)
		error = advance(udp, sink);
	if (error < 0 && !is_refusal(error))
		sink_down(sink, error, words_error(error));
	else if (error < 0)
		give_up(udp, sink, error);
}

void udp_send_now(struct udp *udp, unsigned count)
{
	udp->count = count;
	udp->next = 0;
	send_until(udp, count);
}
