/* Questions and answers with a controller: one request at a time goes out, its answer is waited for, and what is not
 * answered is asked again; after the last try the link is down. Time-outs grow with the length of the request, since
 * a long one takes its time on a serial line.
 *
 * A driver hands its event and timeout on to the exchange, and gives rules: how an answer is found in what comes. The
 * exchange has the sink's timer while it is not idle. Loop thread; allocates when opened, never afterwards.
 */
#ifndef DRIVERS_LINK_EXCHANGE_H
#define DRIVERS_LINK_EXCHANGE_H

#include "drivers/link/line.h"

struct exchange_rules {
	int tries;	    /* of a request in all, 1..; with 1 a lost answer is a lost link */
	int busy_most;	    /* how often "busy" is heard before the controller counts as stuck */
	int64_t pause;	    /* ns: after "busy" */
	size_t answer_most; /* bytes that are kept while an answer is not whole */
	/* The line stands: the first request may go. */
	void (*connected)(struct sink *sink);
	/* Looks at what has come. Returns how many bytes from the front are done with; 0: more must come first. It
	 * says what they mean by exchange_answered, _busy, _resend, before it returns. */
	size_t (*parse)(struct sink *sink, const uint8_t *bytes, size_t size);
	/* The request is over: answered, or sent if none was expected. The next one may go. */
	void (*finished)(struct sink *sink);
	void (*renew)(struct sink *sink); /* before each further try: may change the request's bytes; NULL */
};

struct exchange {
	const struct exchange_rules *rules;
	const struct line_settings *settings;
	struct line *line; /* NULL: closed */
	enum {
		EXCHANGE_CLOSED,
		EXCHANGE_CONNECTING,
		EXCHANGE_IDLE,
		EXCHANGE_WRITING,
		EXCHANGE_WAITING, /* for an answer, or for the end of what has none */
		EXCHANGE_PAUSING,
	} state;
	const uint8_t *request; /* the driver's memory, unchanged until it is finished */
	size_t size, sent;
	int64_t within; /* for the answer, besides the line's time */
	bool expects;
	int tries, busy;
	enum { VERDICT_NONE, VERDICT_ANSWERED, VERDICT_BUSY, VERDICT_RESEND } verdict;
	uint8_t *answer;
	size_t answer_size;
};

/* Begins to open; port: the usual one. 0, or an error that sink_down was told of. */
int exchange_open(struct exchange *exchange, struct sink *sink, const struct exchange_rules *rules,
	const struct line_settings *settings, int port);
void exchange_close(struct exchange *exchange); /* idempotent; from a zeroed struct too */
bool exchange_idle(const struct exchange *exchange);
/* Only when idle. within: how long the answer may take. expects false: none comes (a broadcast); then it is the pause
 * before the next request. */
void exchange_send(struct exchange *exchange, struct sink *sink, const uint8_t *request, size_t size,
	int64_t within, bool expects);
void exchange_event(struct exchange *exchange, struct sink *sink, unsigned events);
/* False: the timer was not the exchange's, which is idle. */
bool exchange_timeout(struct exchange *exchange, struct sink *sink);

/* From within parse; without a request outstanding they are ignored. */
void exchange_answered(struct exchange *exchange);
void exchange_busy(struct exchange *exchange);	 /* again after the pause */
void exchange_resend(struct exchange *exchange); /* it arrived spoilt: again now, as another try */

#endif
