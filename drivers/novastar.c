/* NovaStar sending cards (MCTRL300, MCTRL660 …) with receiving cards behind them: orders beside a picture that goes its
 * own way by HDMI. A `control`.
 *
 * An order goes to all receiving cards, which answers nobody; then one of them is read back, and only that confirms.
 * In between the same registers are read in turn: what somebody else has changed is set right again and told. There is
 * no password on this wire.
 */
#include "drivers/novastar.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/exchange.h"

#define TCP_PORT	5200
#define BROADCAST_PAUSE (50 * NS_PER_MS)
#define WRITES_MOST	3 /* of one order, until reading back agrees */

#define MODEL_REGISTER 0x00000002u

/* What is kept as we want it: one byte each, of the receiving cards. */
enum { BRIGHTNESS, BLACKOUT, FREEZE, TEST, REGISTERS };
static const struct {
	uint32_t address;
	const char *name;
} registers[REGISTERS] = {{0x02000001, N_("brightness")}, {0x02000100, N_("blackout")},
	{0x02000102, N_("freeze")}, {0x02000101, N_("test picture")}};

static const struct sink_action actions[] = {
	{"test-off", N_("the picture again")},
	{"test-red", N_("the receiving cards' own test picture: red")},
	{"test-green", N_("green")},
	{"test-blue", N_("blue")},
	{"test-white", N_("white")},
	{"test-horizontal", N_("horizontal lines")},
	{"test-vertical", N_("vertical lines")},
	{"test-slash", N_("slanted lines")},
	{"test-grey", N_("a ramp of grey")},
	{"test-ageing", N_("the ageing pictures")},
	{"freeze", N_("the picture stands still, whatever comes by HDMI")},
	{"thaw", N_("it moves again")},
	{"blackout", N_("dark, until the next word or the next change of on-hours")},
	{"show", N_("not dark")},
	{NULL, NULL},
};
static const uint8_t test_values[] = {0, 2, 3, 4, 5, 6, 7, 8, 9, 0x0a};
enum { ACT_FREEZE = sizeof test_values, ACT_THAW, ACT_BLACKOUT, ACT_SHOW };

static const char *const mode_words[] = {"none", "13000004", "02200050"};
static const uint32_t mode_registers[] = {0, 0x13000004, 0x02200050};

struct novastar {
	/* options */
	struct line_settings line;
	int64_t card, port, check_every, answer_within;
	bool verify;
	int mode;

	struct exchange exchange;
	uint8_t values[REGISTERS]; /* as they should be */
	unsigned wanted;	   /* registers that have a value of ours */
	unsigned todo;		   /* registers to write */
	unsigned foreign;	   /* registers that somebody else has changed, and that are not right yet */
	int current, writes;	   /* the register that is written or read; REGISTERS: the model */
	int next_check;
	bool reading, again, up, acting;
	unsigned unreadable; /* registers that the card does not tell */
	uint8_t serial;
	struct novastar_request request;
	uint8_t value, bytes[NOVASTAR_MOST];
	char model[16];
};

static void renew(struct sink *sink)
{
	struct novastar *nova = sink_priv(sink);

	nova->request.serial = ++nova->serial;
	novastar_request(&nova->request, nova->bytes);
}

static void send(struct sink *sink, struct novastar *nova, bool expects)
{
	nova->request.serial = ++nova->serial;
	size_t size = novastar_request(&nova->request, nova->bytes);
	exchange_send(&nova->exchange, sink, nova->bytes, size,
		expects ? nova->answer_within : BROADCAST_PAUSE, expects);
}

static void ask(struct sink *sink, struct novastar *nova, int index)
{
	nova->current = index;
	nova->reading = true;
	send(sink, nova, true);
}

static void read_model(struct sink *sink, struct novastar *nova)
{
	nova->request =
		(struct novastar_request){.device = NOVASTAR_SENDER, .address = MODEL_REGISTER, .length = 2};
	ask(sink, nova, REGISTERS);
}

static void read_register(struct sink *sink, struct novastar *nova, int index)
{
	nova->request = (struct novastar_request){.device = NOVASTAR_RECEIVER,
		.port = (uint8_t)nova->port,
		.card = (uint16_t)nova->card,
		.address = registers[index].address,
		.length = 1};
	ask(sink, nova, index);
}

/* Processors of the VX kind have black and freeze in a mode of their own. */
static void use_mode(struct novastar *nova)
{
	if (!mode_registers[nova->mode] || (nova->current != BLACKOUT && nova->current != FREEZE))
		return;
	nova->request.device = NOVASTAR_SENDER;
	nova->request.to = 0;
	nova->request.port = 0;
	nova->request.card = 0;
	nova->request.address = mode_registers[nova->mode];
	nova->value = nova->values[BLACKOUT] ? 2 : nova->values[FREEZE] ? 1 : 0;
}

static void write_register(struct sink *sink, struct novastar *nova, int index)
{
	nova->current = index;
	nova->reading = false;
	nova->value = nova->values[index];
	nova->request = (struct novastar_request){.to = NOVASTAR_ALL,
		.device = NOVASTAR_RECEIVER,
		.port = NOVASTAR_ALL,
		.card = NOVASTAR_ALL_CARDS,
		.write = true,
		.address = registers[index].address,
		.length = 1,
		.data = &nova->value};
	use_mode(nova);
	send(sink, nova, nova->request.to == 0);
}

static bool can_read(const struct novastar *nova, int index)
{
	bool by_mode = mode_registers[nova->mode] && (index == BLACKOUT || index == FREEZE);

	return nova->verify && !by_mode && !(nova->unreadable & 1u << index);
}

static void next(struct sink *sink, struct novastar *nova)
{
	if (!nova->up || !exchange_idle(&nova->exchange))
		return;
	if (nova->todo) {
		int index = __builtin_ctz(nova->todo);
		nova->todo &= nova->todo - 1;
		nova->writes = 1;
		write_register(sink, nova, index);
		return;
	}
	if (nova->acting) {
		nova->acting = false;
		sink_ready(sink);
	}
	if (nova->check_every > 0)
		sink_arm(sink, nova->check_every);
}

static void want(struct sink *sink, struct novastar *nova, int index, uint8_t value)
{
	nova->values[index] = value;
	nova->wanted |= 1u << index;
	nova->todo |= 1u << index;
	next(sink, nova);
}

/* --- what came of it */

static void on_connected(struct sink *sink)
{
	struct novastar *nova = sink_priv(sink);

	read_model(sink, nova);
}

static void on_finished(struct sink *sink)
{
	struct novastar *nova = sink_priv(sink);

	if (nova->current == REGISTERS) {
		nova->up = true;
		sink_up(sink);
	} else if (!nova->reading && can_read(nova, nova->current)) {
		read_register(sink, nova, nova->current);
		return;
	} else if (nova->again) {
		nova->again = false;
		nova->writes++;
		write_register(sink, nova, nova->current);
		return;
	}
	next(sink, nova);
}

/* What stands there is not what should: it was not taken, or somebody else has changed it. */
static void take_value(struct sink *sink, struct novastar *nova, uint8_t value)
{
	int index = nova->current;
	char text[256];

	nova->foreign &= ~(1u << index);
	if (value == nova->values[index]) {
		if (!nova->foreign)
			sink_own(sink);
		return;
	}
	if (nova->writes == 0) {
		snprintf(text, sizeof text, _("somebody else has set %s to %u"), _(registers[index].name),
			value);
		sink_foreign(sink, text);
		nova->foreign |= 1u << index;
		nova->todo |= 1u << index;
		return;
	}
	if (nova->writes < WRITES_MOST) {
		nova->again = true;
		return;
	}
	snprintf(text, sizeof text, _("%s; the cards do not take %s: %u instead of %u"), nova->model,
		_(registers[index].name), value, nova->values[index]);
	sink_told(sink, text);
}

static void take_answer(struct sink *sink, struct novastar *nova, const struct novastar_answer *answer)
{
	if (nova->current == REGISTERS) {
		snprintf(nova->model, sizeof nova->model, "NovaStar %02X%02X", answer->data[1],
			answer->data[0]);
		sink_told(sink, nova->model);
	} else if (nova->reading) {
		take_value(sink, nova, answer->data[0]);
	}
	exchange_answered(&nova->exchange);
}

static void take_refusal(struct sink *sink, struct novastar *nova, uint8_t error)
{
	char text[256];

	if (error < 4) { /* a card behind the sender was slow, or a sum was wrong on some stretch */
		exchange_resend(&nova->exchange);
		return;
	}
	if (nova->current < REGISTERS) {
		nova->unreadable |= 1u << nova->current;
		snprintf(text, sizeof text, _("%s; %s cannot be read back: what is set is not confirmed"),
			nova->model, _(registers[nova->current].name));
		sink_told(sink, text);
	}
	exchange_answered(&nova->exchange);
}

static size_t parse(struct sink *sink, const uint8_t *bytes, size_t size)
{
	struct novastar *nova = sink_priv(sink);
	struct novastar_answer answer;
	bool found;
	size_t n = novastar_parse(bytes, size, &answer, &found);

	if (!found || answer.serial != nova->request.serial || answer.address != nova->request.address ||
		answer.write != nova->request.write)
		return n;
	if (answer.error)
		take_refusal(sink, nova, answer.error);
	else if (answer.length == (nova->request.write ? 0 : nova->request.length))
		take_answer(sink, nova, &answer);
	return n;
}

static const struct exchange_rules rules = {.tries = 3,
	.busy_most = 1,
	.answer_most = 2 * NOVASTAR_MOST,
	.connected = on_connected,
	.parse = parse,
	.finished = on_finished,
	.renew = renew};

/* --- the driver */

static void novastar_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct novastar *nova = priv;

	line_check(&nova->line, display, diags);
}

static int novastar_open(struct sink *sink)
{
	struct novastar *nova = sink_priv(sink);

	nova->up = nova->acting = nova->again = false;
	nova->todo = nova->wanted & ~(1u << BRIGHTNESS | 1u << BLACKOUT); /* the core owes those two */
	nova->unreadable = nova->foreign = 0;
	return exchange_open(&nova->exchange, sink, &rules, &nova->line, TCP_PORT);
}

static void novastar_event(struct sink *sink, int fd, unsigned events)
{
	struct novastar *nova = sink_priv(sink);

	exchange_event(&nova->exchange, sink, events);
}

static void novastar_timeout(struct sink *sink)
{
	struct novastar *nova = sink_priv(sink);

	if (exchange_timeout(&nova->exchange, sink))
		return;
	for (int i = 0; i < REGISTERS; i++) {
		int index = nova->next_check++ % REGISTERS;
		if (nova->wanted & 1u << index && can_read(nova, index)) {
			nova->writes = 0;
			read_register(sink, nova, index);
			return;
		}
	}
	next(sink, nova);
}

static int novastar_dim(struct sink *sink, int permille)
{
	want(sink, sink_priv(sink), BRIGHTNESS, (uint8_t)((permille * 255 + 500) / 1000));
	return 0;
}

static int novastar_power(struct sink *sink, bool on)
{
	want(sink, sink_priv(sink), BLACKOUT, on ? 0 : 0xff);
	return 0;
}

static int novastar_act(struct sink *sink, int action)
{
	struct novastar *nova = sink_priv(sink);

	nova->acting = true;
	if (action < ACT_FREEZE)
		want(sink, nova, TEST, test_values[action]);
	else if (action <= ACT_THAW)
		want(sink, nova, FREEZE, action == ACT_FREEZE ? 0xff : 0);
	else
		want(sink, nova, BLACKOUT, action == ACT_BLACKOUT ? 0xff : 0);
	return 0;
}

static void novastar_close(struct sink *sink)
{
	struct novastar *nova = sink_priv(sink);

	exchange_close(&nova->exchange);
	nova->up = false;
}

static const struct sink_option options[] = {
	LINE_SERIAL_OPTIONS(struct novastar, "115200"),
	LINE_NETWORK_OPTIONS(struct novastar, "0", "TCP port; 0: the usual one, 5200"),
	{.name = "read-port",
		.type = OPTION_INT,
		.offset = offsetof(struct novastar, port),
		.standard = "0",
		.most = 254,
		.help = N_("the sender's output whose receiving card is read back")},
	{.name = "read-card",
		.type = OPTION_INT,
		.offset = offsetof(struct novastar, card),
		.standard = "0",
		.most = 65534,
		.help = N_("the number of that card on the output")},
	{.name = "verify",
		.type = OPTION_BOOL,
		.offset = offsetof(struct novastar, verify),
		.standard = "true",
		.help = N_("read back what was set")},
	{.name = "check-every",
		.type = OPTION_DURATION,
		.offset = offsetof(struct novastar, check_every),
		.standard = "15s",
		.most = 3600.0 * NS_PER_SEC,
		.help = N_("time between two looks at whether somebody else has changed it; 0s: none")},
	{.name = "answer-within",
		.type = OPTION_DURATION,
		.offset = offsetof(struct novastar, answer_within),
		.standard = "1s",
		.least = 1.0 * NS_PER_MS,
		.most = 30.0 * NS_PER_SEC,
		.help = N_("time for an answer")},
	{.name = "mode-register",
		.type = OPTION_WORD,
		.offset = offsetof(struct novastar, mode),
		.words = mode_words,
		.word_count = sizeof mode_words / sizeof *mode_words,
		.standard = "none",
		.help = N_("where a processor of the VX kind has black and freeze; sources disagree")},
	{0},
};

const struct sink_driver sink_driver_novastar = {
	.name = "novastar",
	.summary =
		N_("NovaStar sending cards: brightness, blackout, freeze, tests (serial, TCP); no picture"),
	.caps = SINK_CONTROL | SINK_DIM | SINK_REPLIES | SINK_READS_BACK,
	.options = options,
	.priv_size = sizeof(struct novastar),
	.check = novastar_check,
	.open = novastar_open,
	.event = novastar_event,
	.timeout = novastar_timeout,
	.dim = novastar_dim,
	.power = novastar_power,
	.actions = actions,
	.act = novastar_act,
	.close = novastar_close,
};
