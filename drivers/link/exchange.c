#include "drivers/link/exchange.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/tcp.h"

#define WRITE_WITHIN (200 * NS_PER_MS) /* besides the line's own time, and a fifth of it */

int exchange_open(struct exchange *exchange, struct sink *sink, const struct exchange_rules *rules,
	const struct line_settings *settings, int port)
{
	const char *why;

	*exchange = (struct exchange){.rules = rules, .settings = settings};
	int error = line_open(settings, port, &exchange->line, &why);
	if (error) {
		sink_down(sink, error, why);
		return error;
	}
	exchange->answer = xmalloc(rules->answer_most);
	exchange->state = EXCHANGE_CONNECTING;
	sink_watch(sink, line_fd(exchange->line), SINK_WRITABLE);
	sink_arm(sink, TCP_CONNECT_WITHIN);
	return 0;
}

void exchange_close(struct exchange *exchange)
{
	line_close(exchange->line);
	free(exchange->answer);
	*exchange = (struct exchange){0};
}

bool exchange_idle(const struct exchange *exchange)
{
	return exchange->state == EXCHANGE_IDLE;
}

/* --- sending */

static void write_on(struct exchange *exchange, struct sink *sink)
{
	while (exchange->sent < exchange->size) {
		int written = line_write(
			exchange->line, exchange->request + exchange->sent, exchange->size - exchange->sent);
		if (written < 0) {
			sink_down(sink, written, "the connection to the controller is broken");
			return;
		}
		if (written == 0) {
			sink_watch(sink, line_fd(exchange->line), SINK_READABLE | SINK_WRITABLE);
			return;
		}
		exchange->sent += (size_t)written;
	}
	exchange->state = EXCHANGE_WAITING;
	sink_watch(sink, line_fd(exchange->line), SINK_READABLE);
	sink_arm(sink, line_time(exchange->settings, exchange->size) + exchange->within);
}

static void start(struct exchange *exchange, struct sink *sink)
{
	int64_t time = line_time(exchange->settings, exchange->size);

	exchange->sent = 0;
	exchange->state = EXCHANGE_WRITING;
	sink_arm(sink, time + time / 5 + WRITE_WITHIN + exchange->within);
	write_on(exchange, sink);
}

void exchange_send(struct exchange *exchange, struct sink *sink, const uint8_t *request, size_t size,
	int64_t within, bool expects)
{
	exchange->request = request;
	exchange->size = size;
	exchange->within = within;
	exchange->expects = expects;
	exchange->tries = 1;
	exchange->busy = 0;
	start(exchange, sink);
}

static void try_again(struct exchange *exchange, struct sink *sink)
{
	exchange->answer_size = 0; /* half an answer would spoil the next */
	if (exchange->rules->renew)
		exchange->rules->renew(sink);
	start(exchange, sink);
}

static void next_try(struct exchange *exchange, struct sink *sink, int error, const char *why)
{
	if (exchange->tries >= exchange->rules->tries) {
		sink_down(sink, error, why);
		return;
	}
	exchange->tries++;
	try_again(exchange, sink);
}

static void finish(struct exchange *exchange, struct sink *sink)
{
	sink_arm(sink, -1);
	exchange->state = EXCHANGE_IDLE;
	exchange->rules->finished(sink);
}

/* --- what comes back */

void exchange_answered(struct exchange *exchange)
{
	exchange->verdict = VERDICT_ANSWERED;
}

void exchange_busy(struct exchange *exchange)
{
	exchange->verdict = VERDICT_BUSY;
}

void exchange_resend(struct exchange *exchange)
{
	exchange->verdict = VERDICT_RESEND;
}

static void pause_for(struct exchange *exchange, struct sink *sink)
{
	if (exchange->busy++ >= exchange->rules->busy_most) {
		sink_down(sink, -EBUSY, "the controller stays busy");
		return;
	}
	exchange->state = EXCHANGE_PAUSING;
	sink_arm(sink, exchange->rules->pause);
}

static void judge(struct exchange *exchange, struct sink *sink)
{
	int verdict = exchange->verdict;

	exchange->verdict = VERDICT_NONE;
	if (exchange->state != EXCHANGE_WAITING || !exchange->expects)
		return; /* nobody asked */
	if (verdict == VERDICT_ANSWERED)
		finish(exchange, sink);
	else if (verdict == VERDICT_BUSY)
		pause_for(exchange, sink);
	else if (verdict == VERDICT_RESEND)
		next_try(exchange, sink, -EBADMSG, "every try arrives spoilt at the controller");
}

static void parse(struct exchange *exchange, struct sink *sink)
{
	size_t n;

	while (exchange->answer_size > 0 && exchange->line &&
		(n = exchange->rules->parse(sink, exchange->answer, exchange->answer_size)) > 0) {
		exchange->answer_size -= n;
		memmove(exchange->answer, exchange->answer + n, exchange->answer_size);
		if (exchange->verdict != VERDICT_NONE)
			judge(exchange, sink);
	}
}

static void take(struct exchange *exchange, struct sink *sink)
{
	size_t most = exchange->rules->answer_most;

	if (exchange->answer_size == most)
		exchange->answer_size = 0; /* no answer is so long */
	int got = line_read(
		exchange->line, exchange->answer + exchange->answer_size, most - exchange->answer_size);
	if (got < 0) {
		sink_down(sink, got,
			exchange->settings->device ? N_("the port has gone")
						   : N_("the controller has closed the connection"));
		return;
	}
	exchange->answer_size += (size_t)got;
	parse(exchange, sink);
}

static void connect_on(struct exchange *exchange, struct sink *sink)
{
	int error = line_connected(exchange->line);

	if (error == -EINPROGRESS)
		return;
	if (error) {
		sink_down(sink, error,
			error == -ECONNREFUSED ? N_("nobody listens at that address")
					       : N_("the controller cannot be reached"));
		return;
	}
	sink_watch(sink, line_fd(exchange->line), SINK_READABLE);
	sink_arm(sink, -1);
	exchange->state = EXCHANGE_IDLE;
	exchange->rules->connected(sink);
}

void exchange_event(struct exchange *exchange, struct sink *sink, unsigned events)
{
	if (exchange->state == EXCHANGE_CONNECTING) {
		connect_on(exchange, sink);
		return;
	}
	if (events & SINK_WRITABLE && exchange->state == EXCHANGE_WRITING)
		write_on(exchange, sink);
	if (events & SINK_READABLE)
		take(exchange, sink);
}

bool exchange_timeout(struct exchange *exchange, struct sink *sink)
{
	switch (exchange->state) {
	case EXCHANGE_CLOSED:
	case EXCHANGE_IDLE:
		return false;
	case EXCHANGE_CONNECTING:
		sink_down(sink, -ETIMEDOUT, "the controller does not take the connection");
		break;
	case EXCHANGE_WRITING:
		sink_down(sink, -ETIMEDOUT, "the line takes no bytes");
		break;
	case EXCHANGE_WAITING:
		if (exchange->expects)
			next_try(exchange, sink, -ETIMEDOUT, "the controller does not answer");
		else
			finish(exchange, sink);
		break;
	case EXCHANGE_PAUSING:
		try_again(exchange, sink);
		break;
	}
	return true;
}
