/* What devices answer, to every driver that reads answers: the real driver, led through its life while each request of it
 * is answered with pieces of the input. Lines, exchanges and the core are stood for here, so that nothing waits: an answer
 * ends where the driver says that it understood it, or where there is no input left.
 *
 * Input: the driver; then pieces, each with its length before it. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "drivers/link/exchange.h"
#include "drivers/link/packet.h"
#include "output/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct sink_driver sink_driver_colorlight, sink_driver_huidu, sink_driver_novastar,
	sink_driver_onbon_5e, sink_driver_onbon_6e, sink_driver_onbon_6q;
/* In place of the registry's. */
const struct sink_driver *const sink_drivers[] = {&sink_driver_huidu, &sink_driver_novastar,
	&sink_driver_onbon_5e, &sink_driver_onbon_6e, &sink_driver_onbon_6q, &sink_driver_colorlight, NULL};

enum { WIDTH = 16, HEIGHT = 8, TURNS_MOST = 400 };

static struct {
	const uint8_t *at;
	size_t left;
} input;

static struct played { /* the core's side */
	void *priv;
	const struct display *display;
	struct exchange *exchange;
	bool up, ready, down;
	uint64_t sequence;
} played;

/* --- the core, as far as drivers see it */

void *sink_priv(struct sink *sink)
{
	return played.priv;
}

const struct display *sink_display(struct sink *sink)
{
	return played.display;
}

void sink_display_shape(const struct display *display, int *ret_width, int *ret_height)
{
	*ret_width = display->width;
	*ret_height = display->height;
}

void sink_shape(struct sink *sink, int *ret_width, int *ret_height)
{
	sink_display_shape(played.display, ret_width, ret_height);
}

void sink_watch(struct sink *sink, int fd, unsigned events)
{
}

void sink_arm(struct sink *sink, int64_t after)
{
}

void sink_up(struct sink *sink)
{
	assert(!played.up);
	played.up = played.ready = true;
}

void sink_ready(struct sink *sink)
{
	assert(played.up);
	played.ready = true;
}

void sink_shown(struct sink *sink, uint64_t sequence)
{
	assert(sequence > 0 && sequence <= played.sequence);
}

/* What people read is text, however the device put it. */
static void check_text(const char *text)
{
	assert(strlen(text) < 512);
}

void sink_told(struct sink *sink, const char *text)
{
	check_text(text);
}

void sink_down(struct sink *sink, int error, const char *why)
{
	assert(error < 0);
	played.down = true;
}

void sink_own(struct sink *sink)
{
	assert(played.up);
}

void sink_foreign(struct sink *sink, const char *what)
{
	assert(played.up);
	check_text(what);
}

/* --- an exchange on which everything is sent at once */

int exchange_open(struct exchange *exchange, struct sink *sink, const struct exchange_rules *rules,
	const struct line_settings *settings, int port)
{
	*exchange = (struct exchange){.rules = rules, .settings = settings, .state = EXCHANGE_IDLE};
	exchange->answer = xmalloc(rules->answer_most);
	played.exchange = exchange;
	return 0;
}

void exchange_close(struct exchange *exchange)
{
	free(exchange->answer);
	*exchange = (struct exchange){0};
	played.exchange = NULL;
}

bool exchange_idle(const struct exchange *exchange)
{
	return exchange->state == EXCHANGE_IDLE;
}

void exchange_send(struct exchange *exchange, struct sink *sink, const uint8_t *request, size_t size,
	int64_t within, bool expects)
{
	uint8_t sum = 0;

	assert(exchange->state == EXCHANGE_IDLE && size > 0 && within > 0);
	for (size_t i = 0; i < size; i++)
		sum ^= request[i]; /* all of it may be read */
	exchange->sent = sum;
	exchange->state = EXCHANGE_WAITING;
	exchange->expects = expects;
	exchange->tries = 1;
}

void exchange_event(struct exchange *exchange, struct sink *sink, unsigned events)
{
}

bool exchange_timeout(struct exchange *exchange, struct sink *sink)
{
	return exchange->state != EXCHANGE_IDLE;
}

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

/* --- lines */

const char *const line_transports[2] = {"tcp", "udp"};
const char *const line_device_words[1] = {"usb"};

int line_write(struct line *line, const void *data, size_t size)
{
	return (int)size;
}

int64_t line_time(const struct line_settings *settings, size_t bytes)
{
	return 0;
}

void line_check(const struct line_settings *settings, const struct display *display, struct diag_list *diags)
{
}

const char *packet_check_interface(const char *name)
{
	return NULL;
}

int packet_open(struct packet *packet, struct sink *sink, const struct packet_settings *settings,
	unsigned frames_most)
{
	packet->frames = xcalloc(frames_most, sizeof *packet->frames);
	return 0;
}

void packet_close(struct packet *packet)
{
	free(packet->frames);
	packet->frames = NULL;
}

int packet_send(struct packet *packet, struct sink *sink, unsigned count, uint64_t sequence)
{
	sink_shown(sink, sequence);
	sink_ready(sink);
	return 0;
}

void packet_go_on(struct packet *packet, struct sink *sink)
{
}

int packet_send_now(struct packet *packet, const void *frame, size_t size)
{
	return 0;
}

static size_t take_piece(uint8_t *to, size_t most)
{
	if (input.left < 1)
		return 0;
	size_t wanted = *input.at * (size_t)(*input.at >= 240 ? 16 : 1);
	input.at++;
	input.left--;
	size_t n = wanted < input.left ? wanted : input.left;
	n = n < most ? n : most;
	if (n > 0)
		memcpy(to, input.at, n);
	input.at += n;
	input.left -= n;
	return n;
}

ssize_t packet_receive(struct packet *packet, void *to, size_t most)
{
	return (ssize_t)take_piece(to, most);
}

/* --- the life of a driver */

/* What has come is parsed from the front, in memory of exactly its size; what is left over waits for more. */
static void parse_all(struct exchange *exchange)
{
	while (exchange->answer_size > 0 && !played.down) {
		uint8_t *copy = xmemdup(exchange->answer, exchange->answer_size);
		size_t done = exchange->rules->parse(NULL, copy, exchange->answer_size);
		free(copy);
		assert(done <= exchange->answer_size);
		if (done == 0)
			break;
		memmove(exchange->answer, exchange->answer + done, exchange->answer_size - done);
		exchange->answer_size -= done;
		if (exchange->verdict != VERDICT_NONE)
			break;
	}
	if (exchange->answer_size == exchange->rules->answer_most)
		exchange->answer_size = 0; /* the exchange gives up what is never whole */
}

static void end_request(struct exchange *exchange)
{
	exchange->state = EXCHANGE_IDLE;
	exchange->verdict = VERDICT_NONE;
	exchange->rules->finished(NULL);
}

static void answer(struct exchange *exchange)
{
	size_t room = exchange->rules->answer_most - exchange->answer_size;

	if (exchange->state == EXCHANGE_WAITING && !exchange->expects) {
		end_request(exchange);
		return;
	}
	exchange->answer_size += take_piece(exchange->answer + exchange->answer_size, room);
	parse_all(exchange);
	if (played.down || exchange->state != EXCHANGE_WAITING) {
		exchange->verdict = VERDICT_NONE;
		return;
	}
	if (exchange->verdict == VERDICT_ANSWERED)
		end_request(exchange);
	else if (exchange->verdict != VERDICT_NONE && exchange->rules->renew)
		exchange->rules->renew(NULL);
	exchange->verdict = VERDICT_NONE;
}

static void want_something(const struct sink_driver *driver, int turn)
{
	static const uint8_t wire[3 * WIDTH * HEIGHT];
	struct region owed = {0};
	struct civil now = {.year = 2026, .month = 11, .day = 25};
	int error = 0;

	if (driver->submit && played.ready && turn % 3 == 0) {
		struct sink_frame frame = {.sequence = ++played.sequence,
			.wire = wire,
			.wire_size = sizeof wire,
			.width = WIDTH,
			.height = HEIGHT,
			.owed = &owed};
		played.ready = false;
		error = driver->submit(NULL, &frame);
	} else if (driver->read_back && turn % 3 == 1) {
		error = driver->read_back(NULL);
	} else if (driver->dim && turn % 7 == 2) {
		error = driver->dim(NULL, turn * 10 % 1000);
	} else if (driver->power && turn % 11 == 2) {
		error = driver->power(NULL, turn % 2);
	} else if (driver->set_clock && turn % 13 == 2) {
		error = driver->set_clock(NULL, &now);
	} else if (driver->timeout && turn % 5 == 2 && (!played.exchange || exchange_idle(played.exchange))) {
		driver->timeout(NULL);
	}
	if (error < 0 && error != -ENOTSUP && error != -EAGAIN)
		played.down = true;
}

static void live(const struct sink_driver *driver)
{
	if (driver->open(NULL) < 0)
		return;
	if (played.exchange)
		played.exchange->rules->connected(NULL);
	for (int turn = 0; turn < TURNS_MOST && input.left > 0 && !played.down; turn++) {
		if (played.up)
			want_something(driver, turn);
		if (played.down)
			break;
		if (played.exchange)
			answer(played.exchange);
		else
			driver->event(NULL, -1, SINK_READABLE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct option host = {.key = "host", .value = "127.0.0.1"},
		      interface = {.key = "interface", .value = "eth0"};
	struct display display = {.name = "board", .width = WIDTH, .height = HEIGHT, .option_count = 1};
	struct diag_list diags;

	if (size < 2)
		return 0;
	const struct sink_driver *driver =
		sink_drivers[data[0] % (sizeof sink_drivers / sizeof *sink_drivers - 1)];
	input.at = data + 1;
	input.left = size - 1;
	display.driver = driver->name;
	display.options = driver == &sink_driver_colorlight ? &interface : &host;
	played = (struct played){.priv = xcalloc(1, driver->priv_size), .display = &display};
	diag_init(&diags);
	assert(options_bind(driver, &display, played.priv, &diags));
	live(driver);
	driver->close(NULL);
	driver->close(NULL); /* idempotent */
	options_free(driver, played.priv);
	free(played.priv);
	diag_finish(&diags);
	return 0;
}
