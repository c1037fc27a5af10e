/* bangtin-simulator: decodes a board's wire, and shows the board that it stands for. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "fault.h"
#include "frame/frame.h"
#include "protocol.h"
#include "wire.h"

static const char help[] = "usage: bangtin-simulator --protocol NAME --size WxH (--pty LINK | --tty PATH | "
			   "--listen ADDR[:PORT]) [OPTION...]\n"
			   "Decodes the wire of a LED board, and shows the board that it stands for.\n\n"
			   "      --protocol NAME     adalight, awa, tpm2 (serial); ddp, artnet, sacn (UDP)\n"
			   "      --size WxH          of the board, in wire order: 64x16\n"
			   "      --pty LINK          makes a pseudo-terminal, and LINK to it\n"
			   "      --tty PATH          reads a serial port that is there\n"
			   "      --listen ADDR:PORT  receives datagrams; a multicast address is joined\n"
			   "      --universe N        the first universe of the picture (artnet 0, sacn 1)\n"
			   "      --json              a JSON line for every frame and every fault\n"
			   "      --dump DIR          a PNG for every frame\n"
			   "      --terminal          draws the board here\n"
			   "      --fault SPEC        drop=P,flip=P,garbage=P (percent), stall=FRAMES:TIME,\n"
			   "                          disconnect=FRAMES:TIME, seed=N; commas between\n"
			   "      --frames N          ends after so many frames\n"
			   "      --for DURATION      ends after so long\n"
			   "      --help, --version\n\n"
			   "Exit status: 0 ended as told, 2 usage, 3 the wire cannot be had.\n";

struct simulator {
	const struct protocol *protocol;
	void *state;
	struct board board;
	struct wire wire;
	struct fault fault;
	struct decoder_options options;
	int64_t frames_wanted, end; /* 0: no end */
	int64_t deaf_until;	    /* monotonic: a stalled reader */
	int64_t back_at;	    /* monotonic: unplugged until then; 0: plugged in */
};

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

/* --- feeding */

static void feed_stream(struct simulator *s, const uint8_t *bytes, size_t size, int64_t now)
{
	uint8_t spoilt[2 * 4096];
	bool spoil = s->fault.drop > 0 || s->fault.flip > 0 || s->fault.garbage > 0;
	if (!spoil) {
		s->protocol->feed(s->state, &s->board, bytes, size, now);
		return;
	}
	size_t n = fault_stream(&s->fault, bytes, size, spoilt);
	s->protocol->feed(s->state, &s->board, spoilt, n, now);
}

static void feed_datagram(struct simulator *s, uint8_t *bytes, size_t size, int64_t now)
{
	if (fault_chance(&s->fault, s->fault.drop))
		return;
	if (size > 0 && fault_chance(&s->fault, s->fault.flip))
		bytes[size / 2] ^= 0x10;
	if (fault_chance(&s->fault, s->fault.garbage))
		s->protocol->feed(s->state, &s->board, (const uint8_t *)"\xff\x00garbage", 9, now);
	s->protocol->feed(s->state, &s->board, bytes, size, now);
}

static bool take(struct simulator *s)
{
	uint8_t bytes[65536];
	int64_t now = clock_monotonic();
	if (s->protocol->transport == TRANSPORT_DATAGRAM) {
		s->wire.peer_size = sizeof s->wire.peer;
		ssize_t n = recvfrom(s->wire.fd, bytes, sizeof bytes, 0, (struct sockaddr *)&s->wire.peer,
			&s->wire.peer_size);
		if (n >= 0)
			feed_datagram(s, bytes, (size_t)n, now);
		return n >= 0 || errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED;
	}
	ssize_t n = read(s->wire.fd, bytes, 4096);
	if (n > 0)
		feed_stream(s, bytes, (size_t)n, now);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* --- faults in time */

static void start_decoder(struct simulator *s)
{
	memset(s->state, 0, s->protocol->state_size);
	if (s->protocol->init)
		s->protocol->init(s->state, &s->board, &s->options);
}

static void apply_timed_faults(struct simulator *s)
{
	int64_t now = clock_monotonic(), frames = (int64_t)s->board.frames;
	if (s->fault.stall_after >= 0 && frames >= s->fault.stall_after) {
		s->deaf_until = now + s->fault.stall_for;
		s->fault.stall_after = -1;
		board_fault(&s->board, "stall");
	}
	if (s->fault.disconnect_after >= 0 && frames >= s->fault.disconnect_after) {
		s->back_at = now + s->fault.disconnect_for;
		s->fault.disconnect_after = -1;
		board_fault(&s->board, "disconnect");
		wire_close(&s->wire);
	}
	if (s->back_at && now >= s->back_at) {
		s->back_at = 0;
		wire_open(&s->wire, s->protocol->port);
	}
}

static int run(struct simulator *s)
{
	int status = 0;
	while (!stopped && status == 0) {
		apply_timed_faults(s);
		int64_t now = clock_monotonic();
		if ((s->end && now >= s->end) ||
			(s->frames_wanted && (int64_t)s->board.frames >= s->frames_wanted))
			break;
		bool deaf = now < s->deaf_until || s->wire.fd < 0;
		struct pollfd poller = {.fd = deaf ? -1 : s->wire.fd, .events = POLLIN};
		bool timed = deaf || s->back_at || s->end;
		if (poll(&poller, 1, timed ? 20 : 1000) > 0 && !take(s)) {
			fprintf(stderr, "bangtin-simulator: the wire broke: %s\n", strerror(errno));
			status = 3;
		}
	}
	return status;
}

/* --- options */

enum {
	PROTOCOL = 256,
	SIZE,
	PTY,
	TTY,
	LISTEN,
	UNIVERSE,
	JSON,
	DUMP,
	TERMINAL,
	FAULT,
	FRAMES,
	FOR,
	HELP,
	VERSION
};

static int usage(const char *why)
{
	fprintf(stderr, "bangtin-simulator: %s\n%s", why, help);
	return 2;
}

static bool parse_size(const char *text, int *ret_width, int *ret_height)
{
	int width, height, end = 0;
	if (sscanf(text, "%5dx%5d%n", &width, &height, &end) != 2 || text[end] || width < 1 || height < 1 ||
		width > FRAME_SIDE_MOST || height > FRAME_SIDE_MOST)
		return false;
	*ret_width = width;
	*ret_height = height;
	return true;
}

/* NULL: good; else what is wrong. */
static const char *take_option(struct simulator *s, int option, const char *value, int *width, int *height)
{
	switch (option) {
	case PROTOCOL:
		s->protocol = protocol_find(value);
		return s->protocol ? NULL : "--protocol: adalight, awa, tpm2, ddp, artnet or sacn";
	case SIZE:
		return parse_size(value, width, height) ? NULL : "--size wants WxH, such as 64x16";
	case PTY:
		s->wire.link = value;
		return NULL;
	case TTY:
		s->wire.tty = value;
		return NULL;
	case LISTEN:
		s->wire.listen = value;
		return NULL;
	case UNIVERSE:
		s->options.universe = (int)strtol(value, NULL, 10);
		return NULL;
	case JSON:
		s->board.json = true;
		return NULL;
	case DUMP:
		s->board.dump = value;
		return NULL;
	case TERMINAL:
		s->board.terminal = true;
		return NULL;
	case FAULT:
		return fault_parse(&s->fault, value) ? NULL : "--fault: see --help";
	case FRAMES:
		s->frames_wanted = strtoll(value, NULL, 10);
		return s->frames_wanted > 0 ? NULL : "--frames wants a number";
	case FOR:
		if (time_parse_duration(value, &s->end) < 0)
			return "--for wants a duration, such as 10s";
		s->end += clock_monotonic();
		return NULL;
	default:
		return "unknown option, or its value is missing";
	}
}

static const char *check_options(const struct simulator *s, int width)
{
	if (!s->protocol || !width)
		return "--protocol and --size are missing";
	bool stream = s->protocol->transport == TRANSPORT_STREAM;
	if (stream && (!s->wire.link == !s->wire.tty || s->wire.listen))
		return "this protocol wants one of --pty LINK and --tty PATH";
	if (!stream && (!s->wire.listen || s->wire.link || s->wire.tty))
		return "this protocol wants --listen ADDR:PORT";
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"protocol", 1, NULL, PROTOCOL}, {"size", 1, NULL, SIZE},
		{"pty", 1, NULL, PTY}, {"tty", 1, NULL, TTY}, {"listen", 1, NULL, LISTEN},
		{"universe", 1, NULL, UNIVERSE}, {"json", 0, NULL, JSON}, {"dump", 1, NULL, DUMP},
		{"terminal", 0, NULL, TERMINAL}, {"fault", 1, NULL, FAULT}, {"frames", 1, NULL, FRAMES},
		{"for", 1, NULL, FOR}, {"help", 0, NULL, HELP}, {"version", 0, NULL, VERSION},
		{NULL, 0, NULL, 0}};
	struct simulator s = {.options.universe = -1, .wire.fd = -1, .wire.keep = -1};
	fault_init(&s.fault);
	int option, width = 0, height = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == HELP || option == VERSION) {
			fputs(option == HELP ? help : "bangtin-simulator " BANGTIN_VERSION "\n", stdout);
			return 0;
		}
		const char *wrong = take_option(&s, option, optarg, &width, &height);
		if (wrong)
			return usage(wrong);
	}
	const char *wrong = optind < argc ? "takes options only" : check_options(&s, width);
	if (wrong)
		return usage(wrong);
	struct board display = s.board;
	board_init(&s.board, width, height);
	s.board.json = display.json;
	s.board.dump = display.dump;
	s.board.terminal = display.terminal;
	s.board.reply = wire_reply;
	s.board.reply_data = &s.wire;
	s.state = xcalloc(1, s.protocol->state_size);
	s.wire.datagram = s.protocol->transport == TRANSPORT_DATAGRAM;
	start_decoder(&s);
	struct sigaction action = {.sa_handler = on_signal};
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (!wire_open(&s.wire, s.protocol->port))
		return 3;
	if (s.board.terminal)
		fputs("\033[2J\033[?25l", stdout);
	int status = run(&s);
	if (s.board.terminal)
		fputs("\033[?25h", stdout);
	wire_close(&s.wire);
	board_finish(&s.board);
	free(s.state);
	return status;
}
