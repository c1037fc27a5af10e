/* 100 panels of 128x64 RGB at 30 frames a second as DDP, to a draining peer on loopback: our driver through the output
 * core against a bare sendmmsg loop with the same datagrams: CPU for the same frames, and the most that goes out.
 *
 * Twice: with a peer that takes datagrams, for which the kernel cuts up what goes out as one send (UDP_SEGMENT) in the
 * sender's time; and with one that takes it whole (UDP_GRO), which costs the sender what a network card does that cuts it up
 * by itself (tx-udp-segmentation). */
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "bench.h"
#include "output/output.h"

#define PANELS	100
#define WIDTH	128
#define HEIGHT	64
#define FRAMES	30 /* a round: one second of a board's life */
#define PACKETS 18 /* a panel */
#define DATA	1440
#define LAST	96 /* bytes of the 18th packet: 128 * 64 * 3 - 17 * 1440 */
#define ROUNDS	5

static int peer, port;
static volatile bool draining = true;

/* The peer: whatever comes is thrown away, on the other core. */
static void *drain(void *data)
{
	static char bytes[64][65536];
	struct mmsghdr messages[64];
	struct iovec pieces[64];
	(void)data;
	for (int i = 0; i < 64; i++) {
		pieces[i] = (struct iovec){bytes[i], sizeof bytes[i]};
		messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
	}
	while (draining)
		recvmmsg(peer, messages, 64, MSG_WAITFORONE, &(struct timespec){0, 100000000});
	return NULL;
}

static void take_whole(int on)
{
	if (setsockopt(peer, IPPROTO_UDP, UDP_GRO, &on, sizeof on) != 0)
		exit(1);
}

static void open_peer(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	struct timeval patience = {0, 100000};
	int buffer = 64 << 20;
	peer = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(peer, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
	setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (bind(peer, (struct sockaddr *)&address, sizeof address) != 0 ||
		getsockname(peer, (struct sockaddr *)&address, &size) != 0)
		exit(1);
	port = ntohs(address.sin_port);
}

static double thread_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- the baseline: the datagrams lie ready, one sendmmsg a panel */

static void bare_round(int fd, double *ret_cpu, double *ret_wall)
{
	static char packets[PACKETS][10 + DATA];
	struct mmsghdr messages[PACKETS];
	struct iovec pieces[PACKETS];
	for (int i = 0; i < PACKETS; i++) {
		pieces[i] = (struct iovec){packets[i], i == PACKETS - 1 ? 10 + LAST : 10 + DATA};
		messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &pieces[i], .msg_iovlen = 1}};
	}
	double cpu = thread_cpu(), wall = bench_now();
	for (int n = 0; n < FRAMES * PANELS; n++)
		for (int sent = 0; sent < PACKETS;) {
			int now = sendmmsg(fd, messages + sent, (unsigned)(PACKETS - sent), 0);
			sent += now > 0 ? now : 0;
		}
	*ret_cpu = thread_cpu() - cpu;
	*ret_wall = bench_now() - wall;
}

/* --- ours: pictures to datagrams included */

static struct output *open_panel(struct loop *loop, struct display *display)
{
	static struct brightness_step full = {.permille = 1000};
	static char text[8];
	static struct option options[2];
	snprintf(text, sizeof text, "%d", port);
	options[0] = (struct option){.key = "host", .value = "127.0.0.1"};
	options[1] = (struct option){.key = "port", .value = text};
	*display = (struct display){.name = "panel",
		.width = WIDTH,
		.height = HEIGHT,
		.rate = 30000,
		.driver = "ddp",
		.options = options,
		.option_count = 2,
		.brightness = &full,
		.brightness_count = 1,
		.refresh = 600 * NS_PER_SEC,
		.panel = {.width = WIDTH, .height = HEIGHT, .gamma = 1, .white = {1, 1, 1}}};
	struct diag_list diags;
	struct output *output;
	diag_init(&diags);
	if (output_create(loop, display, &diags, &output) < 0)
		exit(1);
	diag_finish(&diags);
	return output;
}

static void our_round(struct output **outputs, double *ret_cpu, double *ret_wall)
{
	struct region all;
	region_clear(&all);
	region_add(&all, (struct rect){0, 0, WIDTH, HEIGHT});
	double cpu = thread_cpu(), wall = bench_now();
	for (int frame = 0; frame < FRAMES; frame++)
		for (int i = 0; i < PANELS; i++) {
			output_push(outputs[i], frame, &all);
			if (!output_drain(outputs[i], NS_PER_SEC)) /* at once, if all went out */
				exit(1);
		}
	*ret_cpu = thread_cpu() - cpu;
	*ret_wall = bench_now() - wall;
}

static void compare(int fd, struct output **outputs, const char *what)
{
	double cpu[ROUNDS], rate[ROUNDS], ours[ROUNDS], bare_cpu, bare_wall, our_cpu, our_wall;
	char row[96];

	our_round(outputs, &our_cpu, &our_wall);
	for (int i = 0; i < ROUNDS; i++) {
		bare_round(fd, &bare_cpu, &bare_wall);
		our_round(outputs, &our_cpu, &our_wall);
		cpu[i] = our_cpu / bare_cpu;
		rate[i] = bare_wall / our_wall;
		ours[i] = our_cpu;
	}
	snprintf(row, sizeof row, "%s: CPU", what);
	bench_row(row, bench_median(cpu, ROUNDS), "x", "a bare sendmmsg loop", "<= 0.4");
	bench_row(
		"  the same: most packets a second", bench_median(rate, ROUNDS), "x", "that loop", ">= 2.5");
	bench_row("  CPU for a second at 30 frames a second", bench_median(ours, ROUNDS), "s", "", "-");
}

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	open_peer();
	pthread_t drainer;
	pthread_create(&drainer, NULL, drain, NULL);
	struct loop *loop = loop_create();
	struct display *displays = xcalloc(PANELS, sizeof *displays);
	struct output *outputs[PANELS];
	for (int i = 0; i < PANELS; i++)
		outputs[i] = open_panel(loop, &displays[i]);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port)};
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		return 1;
	take_whole(false);
	compare(fd, outputs, "100 panels as DDP, cut up by the kernel");
	take_whole(true);
	compare(fd, outputs, "100 panels as DDP, cut up by the card");
	for (int i = 0; i < PANELS; i++)
		output_destroy(outputs[i]);
	loop_destroy(loop);
	draining = false;
	pthread_join(drainer, NULL);
	free(displays);
	return 0;
}
