#include "drivers/link/packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <net/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/words.h"

#define BATCH_MOST 64 /* messages of one sendmmsg */
#define WHY_SIZE   256

const char *packet_check_interface(const char *name)
{
	if (!*name || strlen(name) >= IFNAMSIZ || strpbrk(name, "/ \t"))
		return _("write the name of a network interface, such as eth1; `ip link` lists them");
	return NULL;
}

__attribute__((format(printf, 3, 4))) static int refuse(struct sink *sink, int error, const char *format, ...)
{
	char why[WHY_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof why, _(format), arguments);
	va_end(arguments);
	sink_down(sink, error, why);
	return error;
}

/* "eth0, eth1" */
static void list_interfaces(char *to, size_t size)
{
	struct if_nameindex *all = if_nameindex();
	size_t used = 0;

	*to = '\0';
	for (struct if_nameindex *i = all; i && i->if_index && used < size; i++)
		used += (size_t)snprintf(to + used, size - used, "%s%s", used ? ", " : "", i->if_name);
	if (all)
		if_freenameindex(all);
}

static int ask(const struct packet *packet, unsigned long request, struct ifreq *ret)
{
	*ret = (struct ifreq){0};
	snprintf(ret->ifr_name, sizeof ret->ifr_name, "%s", packet->interface);
	return ioctl(packet->fd, request, ret) < 0 ? -errno : 0;
}

/* Is there a card's other end? 0, or -errno after sink_down was told. */
static int check_link(struct packet *packet, struct sink *sink)
{
	struct ifreq request;
	int error = ask(packet, SIOCGIFFLAGS, &request);

	if (error)
		return refuse(sink, error, "the network interface %s has gone", packet->interface);
	if (!(request.ifr_flags & IFF_UP))
		return refuse(sink, -ENETDOWN, "the network interface %s is down; `ip link set %s up`",
			packet->interface, packet->interface);
	if (!(request.ifr_flags & IFF_RUNNING))
		return refuse(sink, -ENOLINK, "no link on %s: is the cable in, and the card switched on?",
			packet->interface);
	return 0;
}

static int check_speed(struct packet *packet, struct sink *sink, int wanted)
{
	struct ethtool_cmd command = {.cmd = ETHTOOL_GSET};
	struct ifreq request = {.ifr_data = (void *)&command};

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", packet->interface);
	if (!wanted || ioctl(packet->fd, SIOCETHTOOL, &request) < 0)
		return 0; /* an interface that tells none */
	uint32_t speed = ethtool_cmd_speed(&command);
	if (speed == 0 || speed == (uint32_t)SPEED_UNKNOWN || speed == (uint32_t)wanted)
		return 0;
	return refuse(sink, -ENOLINK, "the link on %s runs at %u Mb/s; the card wants %d", packet->interface,
		speed, wanted);
}

static int bind_to(struct packet *packet, struct sink *sink, const struct packet_settings *settings)
{
	struct ifreq request;
	char names[80];

	if (ask(packet, SIOCGIFINDEX, &request) < 0) {
		list_interfaces(names, sizeof names);
		return refuse(sink, -ENODEV, "there is no network interface %s; there are %s",
			packet->interface, names);
	}
	struct sockaddr_ll address = {.sll_family = AF_PACKET,
		.sll_protocol = htons((uint16_t)settings->receive),
		.sll_ifindex = request.ifr_ifindex};
	if (ask(packet, SIOCGIFHWADDR, &request) == 0 && request.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return refuse(sink, -EINVAL, "%s is no Ethernet interface", packet->interface);
	int error = check_link(packet, sink);
	if (!error)
		error = check_speed(packet, sink, settings->speed);
	if (error)
		return error;
	if (bind(packet->fd, (struct sockaddr *)&address, sizeof address) < 0)
		return refuse(sink, -errno, "%s cannot be used: %s", packet->interface, words_error(errno));
	struct packet_mreq all = {.mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
	if (settings->receive) /* a card answers to no address of this interface */
		setsockopt(packet->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all);
	return 0;
}

int packet_open(struct packet *packet, struct sink *sink, const struct packet_settings *settings,
	unsigned frames_most)
{
	int buffer = 4 << 20;

	*packet = (struct packet){.fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
	if (packet->fd < 0)
		return errno == EPERM || errno == EACCES
			       ? refuse(sink, -errno,
					 "raw frames need the capability CAP_NET_RAW (AmbientCapabilities= "
					 "of the "
					 "service), or root")
			       : refuse(sink, -errno, "raw frames cannot be sent: %s", words_error(errno));
	snprintf(packet->interface, sizeof packet->interface, "%s", settings->interface);
	setsockopt(packet->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	int error = bind_to(packet, sink, settings);
	if (error) {
		packet_close(packet);
		return error;
	}
	packet->frames = xcalloc(frames_most, sizeof *packet->frames);
	return 0;
}

void packet_close(struct packet *packet)
{
	if (packet->interface[0])
		close(packet->fd);
	free(packet->frames);
	*packet = (struct packet){.fd = -1};
}

/* How many went, or -errno. */
static int send_some(struct packet *packet, unsigned end)
{
	struct mmsghdr messages[BATCH_MOST];
	unsigned n = end - packet->next < BATCH_MOST ? end - packet->next : BATCH_MOST;

	for (unsigned i = 0; i < n; i++)
		messages[i] = (struct mmsghdr){
			.msg_hdr = {.msg_iov = &packet->frames[packet->next + i], .msg_iovlen = 1}};
	int sent = sendmmsg(packet->fd, messages, n, 0);
	return sent < 0 ? -errno : sent;
}

/* As far as the queue takes them. 0: all up to end; -EAGAIN: wait; else -errno after sink_down was told. */
static int send_until(struct packet *packet, struct sink *sink, unsigned end)
{
	while (packet->next < end) {
		int sent = send_some(packet, end);
		if (sent == -EAGAIN || sent == -ENOBUFS || sent == -EINTR)
			return -EAGAIN;
		if (sent < 0)
			return refuse(
				sink, sent, "%s takes no frames: %s", packet->interface, words_error(sent));
		packet->next += (unsigned)sent;
	}
	return 0;
}

static int advance(struct packet *packet, struct sink *sink)
{
	bool stop = packet->pause > 0 && !packet->paused;
	int error = send_until(packet, sink, stop ? packet->pause_at : packet->count);

	if (error == -EAGAIN) {
		sink_arm(sink, NS_PER_MS);
		return 0;
	}
	if (error)
		return error;
	if (stop) {
		packet->paused = true;
		sink_arm(sink, packet->pause);
		return 0;
	}
	sink_shown(sink, packet->sequence);
	sink_ready(sink);
	return 0;
}

int packet_send(struct packet *packet, struct sink *sink, unsigned count, uint64_t sequence)
{
	int error = check_link(packet, sink); /* without a link frames vanish in silence */

	if (error)
		return error;
	packet->count = count;
	packet->next = 0;
	packet->paused = false;
	packet->sequence = sequence;
	return advance(packet, sink);
}

void packet_go_on(struct packet *packet, struct sink *sink)
{
	if (packet->next < packet->count)
		advance(packet, sink);
}

int packet_send_now(struct packet *packet, const void *frame, size_t size)
{
	return send(packet->fd, frame, size, 0) < 0 ? -errno : 0;
}

ssize_t packet_receive(struct packet *packet, void *to, size_t most)
{
	ssize_t got = recv(packet->fd, to, most, 0);

	if (got >= 0)
		return got;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}
