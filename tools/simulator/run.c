#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/words.h"
#include "simulator.h"

#define REPLUG_EVERY (100 * NS_PER_MS)
#define LOOK_EVERY   NS_PER_SEC

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

/* The signals come only while ppoll waits: none is missed between the look at `stopped` and the wait. */
static void catch_signals(sigset_t *ret_while_waiting)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigprocmask(SIG_BLOCK, &both, ret_while_waiting);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* --- the decoder */

static void start_decoder(struct simulator *s)
{
	s->options.faults = s->fault.card;
	s->state = xcalloc(1, s->protocol->state_size);
	if (s->protocol->init)
		s->protocol->init(s->state, &s->board, &s->options);
}

static void end_decoder(struct simulator *s)
{
	if (s->protocol->finish)
		s->protocol->finish(s->state);
	free(s->state);
	s->state = NULL;
}

static void feed(struct simulator *s, uint8_t *bytes, size_t size)
{
	struct arrival arrival = {.time = clock_monotonic(), .sender = s->wire.peer.sin_addr.s_addr};
	uint8_t noise[FAULT_NOISE_MOST], spoilt[2 * 4096];

	if (!s->wire.place.listen) {
		size = fault_stream(&s->fault, bytes, size, spoilt);
		s->protocol->feed(s->state, &s->board, spoilt, size, &arrival);
		return;
	}
	size_t n = fault_noise(&s->fault, noise);
	if (n > 0)
		s->protocol->feed(s->state, &s->board, noise, n, &arrival);
	if (fault_datagram(&s->fault, bytes, size))
		s->protocol->feed(s->state, &s->board, bytes, size, &arrival);
}

/* With another client, or none, nothing half received is of use. */
static void heed_clients(struct simulator *s)
{
	if (!s->wire.fresh)
		return;
	s->wire.fresh = false;
	end_decoder(s);
	start_decoder(s);
}

static int take(struct simulator *s)
{
	uint8_t bytes[65536];
	size_t most = s->wire.place.listen ? sizeof bytes : 4096;
	ssize_t n = wire_read(&s->wire, bytes, most);

	if (n < 0) {
		fprintf(stderr, _("bangtin-simulator: the wire broke: %s\n"), words_error((int)n));
		return 3;
	}
	heed_clients(s);
	if (n > 0)
		feed(s, bytes, (size_t)n);
	return 0;
}

/* A card's answer, on its way to whoever asked. */
static void answer(void *data, const void *bytes, size_t size)
{
	struct simulator *s = data;

	size = fault_answer(&s->fault, size);
	if (size > 0)
		wire_answer(&s->wire, bytes, size);
}

/* --- faults in time */

static void stall(struct simulator *s, int64_t now)
{
	s->deaf_until = now + s->fault.stall_for;
	s->fault.stall_after = -1;
	board_event(&s->board, "stall");
}

/* A device that is plugged in again knows nothing of what it had received before. */
static void disconnect(struct simulator *s, int64_t now)
{
	s->back_at = now + s->fault.disconnect_for;
	s->fault.disconnect_after = -1;
	wire_close(&s->wire);
	end_decoder(s);
	start_decoder(s);
	board_event(&s->board, "disconnect");
}

static void apply_timed_faults(struct simulator *s, int64_t now)
{
	int64_t frames = (int64_t)s->board.frames;

	if (s->fault.stall_after >= 0 && frames >= s->fault.stall_after)
		stall(s, now);
	if (s->fault.disconnect_after >= 0 && frames >= s->fault.disconnect_after)
		disconnect(s, now);
	if (s->back_at && now >= s->back_at) {
		bool plugged = wire_open(&s->wire);
		s->back_at = plugged ? 0 : now + REPLUG_EVERY;
		if (plugged)
			board_event(&s->board, "reconnect");
	}
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When there is something to do besides reading. */
static int64_t next_event(const struct simulator *s, int64_t now)
{
	int64_t next = now + LOOK_EVERY;

	if (s->end)
		next = earlier(next, s->end);
	if (s->back_at)
		next = earlier(next, s->back_at);
	if (s->deaf_until > now)
		next = earlier(next, s->deaf_until);
	return next > now ? next - now : 0;
}

static bool is_over(const struct simulator *s, int64_t now)
{
	return stopped || (s->end && now >= s->end) ||
	       (s->frames_wanted && (int64_t)s->board.frames >= s->frames_wanted);
}

int simulator_run(struct simulator *s)
{
	sigset_t while_waiting;
	int status = 0;

	catch_signals(&while_waiting);
	s->board.answer = answer;
	s->board.answer_data = s;
	start_decoder(s);
	while (status == 0) {
		int64_t now = clock_monotonic();
		if (is_over(s, now))
			break;
		apply_timed_faults(s, now);
		wire_release(&s->wire);
		bool deaf = now < s->deaf_until;
		struct pollfd pollers[] = {{.fd = deaf ? -1 : s->wire.fd, .events = POLLIN},
			{.fd = s->wire.listener, .events = POLLIN}};
		int64_t wait = next_event(s, now);
		struct timespec timeout = {wait / NS_PER_SEC, wait % NS_PER_SEC};
		if (ppoll(pollers, 2, &timeout, &while_waiting) <= 0)
			continue;
		if (pollers[0].revents)
			status = take(s);
		if (pollers[1].revents)
			wire_accept(&s->wire);
		heed_clients(s);
	}
	end_decoder(s);
	return status;
}
