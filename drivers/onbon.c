/* How a card is led: ping, then power, brightness and clock as the core wants them, then pictures; one request at a
 * time. A picture counts as shown when the card has acknowledged it. */
#include "drivers/onbon.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"

#define TCP_PORT	5005
#define UDP_PORT	5007
#define DATAGRAM_MOST	65000
#define PIXELS_MOST	(300 * 1000) /* of an area, bytes */
#define BROADCAST_PAUSE (50 * NS_PER_MS)
#define CARD_PAUSE	(20 * NS_PER_MS) /* a card's time for a picture, besides the line's */
#define LEVEL_MOST	15
#define HALF_HOURS	48

enum { TASK_PING, TASK_POWER, TASK_DIM, TASK_CLOCK, TASK_FRAME, TASKS };

const char *const onbon_silence_words[3] = {"keep", "blank", "logo"};
const char *const onbon_reserved_words[2] = {"length", "zero"};
static const int run_modes[] = {0, 2, 3}; /* of onbon_silence_words */

/* --- the description */

static struct onbon_picture picture_of(const struct onbon *onbon, const struct display *display)
{
	int width, height;

	sink_display_shape(display, &width, &height);
	return (struct onbon_picture){
		.x = (int)onbon->x, .width = width, .height = height, .dual = !display->panel.mono};
}

static size_t update_size(size_t pixel_bytes)
{
	return ONBON_HEADER_MOST + ONBON_UPDATE_MOST + pixel_bytes + 2;
}

static void check_silence(const struct onbon *onbon, const struct display *display, struct diag_list *diags)
{
	if (run_modes[onbon->on_silence] == 0 || display->refresh <= 0)
		return;
	if (onbon->silence < 2 * display->refresh + onbon->cycle)
		diag_error(diags, display->where,
			"display %s: `silence` must be more than twice `refresh`, or the card gives up "
			"between two pictures",
			display->name);
}

void onbon_check(const struct onbon_family *family, const void *priv, const struct display *display,
	struct diag_list *diags)
{
	const struct onbon *onbon = priv;
	struct onbon_picture picture = picture_of(onbon, display);
	size_t size = family->size(&picture);

	line_check(&onbon->line, display, diags);
	check_silence(onbon, display, diags);
	if (family->bits && display->panel.mono && (display->panel.mono_colour & 0xffff00) == 0)
		diag_error(diags, display->where,
			"display %s: this card has no blue; a one-colour board of any colour may be called "
			"\"mono-red\"",
			display->name);
	if (onbon->area >= family->areas_most)
		diag_error(diags, display->where, "display %s: the card has the areas 0 to %d", display->name,
			family->areas_most - 1);
	if (size > PIXELS_MOST)
		diag_error(diags, display->where,
			"display %s: %zu bytes a picture are more than the %d that an area holds",
			display->name, size, PIXELS_MOST);
	if (onbon->line.host && onbon->line.transport == LINE_UDP &&
		ONBON_WRAP_MOST(update_size(size)) > DATAGRAM_MOST)
		diag_error(diags, display->where,
			"display %s: a picture does not fit one datagram; write transport = \"tcp\"",
			display->name);
}

int64_t onbon_cycle(const struct onbon_family *family, const void *priv, const struct display *display)
{
	const struct onbon *onbon = priv;
	struct onbon_picture picture = picture_of(onbon, display);
	size_t bytes = update_size(family->size(&picture));
	int64_t time = line_time(&onbon->line, bytes) + CARD_PAUSE;

	return onbon->line.device && time > onbon->cycle ? time : onbon->cycle;
}

/* --- requests */

static bool answers(const struct onbon *onbon)
{
	return onbon->address != ONBON_NO_ANSWER;
}

static uint8_t level_of(int permille)
{
	return (uint8_t)((permille * LEVEL_MOST + 500) / 1000);
}

/* The body of a command besides pictures; its size. */
static size_t control_body(const struct onbon *onbon, int task, uint8_t *to)
{
	static const uint8_t ping[] = {1, 0xa2, 0x00, 0, 0}, clock[] = {1, 0xa2, 0x02, 8, 0},
			     power[] = {1, 0xa2, 0x05, 1, 0}, dim[] = {1, 0xa2, 0x07, HALF_HOURS + 1, 0, 0};

	switch (task) {
	case TASK_POWER:
		memcpy(to, power, sizeof power);
		to[5] = onbon->lit;
		return 6;
	case TASK_DIM: /* by hand: the same level for every half hour */
		memcpy(to, dim, sizeof dim);
		memset(to + sizeof dim, level_of(onbon->permille), HALF_HOURS);
		return sizeof dim + HALF_HOURS;
	case TASK_CLOCK:
		memcpy(to, clock, sizeof clock);
		memcpy(to + sizeof clock, onbon->clock, sizeof onbon->clock);
		return sizeof clock + sizeof onbon->clock;
	default:
		memcpy(to, ping, sizeof ping);
		return sizeof ping;
	}
}

static void make_control(struct onbon *onbon)
{
	uint8_t body[64], raw[sizeof body + ONBON_HEADER_MOST];
	size_t size = control_body(onbon, onbon->task, body);

	onbon->head.sequence++;
	onbon->head.random = (uint8_t)(onbon->head.sequence * 37 + 23);
	size = onbon_common_frame(&onbon->head, body, size, raw);
	onbon->control_size = onbon_wrap(raw, size, onbon->control);
}

static void next(struct sink *sink, struct onbon *onbon)
{
	int64_t within = answers(onbon) ? onbon->answer_within : BROADCAST_PAUSE;

	if (!exchange_idle(&onbon->exchange) || onbon->todo == 0)
		return;
	onbon->task = __builtin_ctz(onbon->todo);
	onbon->todo &= onbon->todo - 1;
	if (onbon->task == TASK_FRAME) {
		exchange_send(&onbon->exchange, sink, onbon->frame, onbon->frame_size,
			answers(onbon) ? within * 5 / 2 : within, answers(onbon));
		return;
	}
	make_control(onbon);
	exchange_send(&onbon->exchange, sink, onbon->control, onbon->control_size, within, answers(onbon));
}

static void want(struct sink *sink, int task)
{
	struct onbon *onbon = sink_priv(sink);

	onbon->todo |= 1u << task;
	next(sink, onbon);
}

static void on_connected(struct sink *sink)
{
	struct onbon *onbon = sink_priv(sink);

	if (answers(onbon)) {
		want(sink, TASK_PING);
		return;
	}
	onbon->up = true;
	sink_up(sink);
}

static void on_finished(struct sink *sink)
{
	struct onbon *onbon = sink_priv(sink);

	if (onbon->task == TASK_FRAME) {
		sink_shown(sink, onbon->sequence);
		sink_ready(sink);
	} else if (onbon->task == TASK_PING && !onbon->up) {
		onbon->up = true;
		sink_up(sink);
	}
	next(sink, onbon);
}

/* --- answers */

static unsigned number(const struct onbon_answer *answer, size_t at)
{
	return at + 1 < answer->size ? answer->data[at] | (unsigned)answer->data[at + 1] << 8 : 0;
}

/* Of a ping: type(2) firmware(8) state address(2) baud width(2) height(2) colour brightness on ... False: refused. */
static bool take_ping(struct sink *sink, struct onbon *onbon, const struct onbon_answer *answer)
{
	struct onbon_picture picture = picture_of(onbon, sink_display(sink));
	unsigned width = number(answer, 14), height = number(answer, 16);
	char text[256], firmware[9] = "";

	if (answer->size >= 18) {
		for (int i = 0; i < 8; i++)
			firmware[i] = answer->data[2 + i] > ' ' && answer->data[2 + i] < 127
					      ? (char)answer->data[2 + i]
					      : ' ';
		snprintf(text, sizeof text, _("Onbon %02X%02X, firmware %s, screen %ux%u"), answer->device[0],
			answer->device[1], firmware, width, height);
		sink_told(sink, text);
	}
	if (!onbon->check_size || width == 0 || height == 0 ||
		((unsigned)(picture.width + onbon->x) <= width &&
			(unsigned)(picture.height + onbon->y) <= height))
		return true;
	snprintf(text, sizeof text, _("the card's screen is %ux%u, too small for this display"), width,
		height);
	sink_down(sink, -EINVAL, text);
	return false;
}

static void take_refusal(struct sink *sink, struct onbon *onbon, unsigned error)
{
	char text[256];

	if (error == 3) {
		exchange_busy(&onbon->exchange);
	} else if (error == 5) {
		exchange_resend(&onbon->exchange);
	} else if (onbon->task == TASK_FRAME || onbon->task == TASK_PING) {
		snprintf(text, sizeof text, _("the card refuses the picture: %s (error %u)"),
			_(onbon_error(error)), error);
		sink_down(sink, -EPROTO, text);
	} else { /* pictures go on without */
		snprintf(text, sizeof text, _("the card refuses a setting: %s (error %u)"),
			_(onbon_error(error)), error);
		sink_told(sink, text);
		exchange_answered(&onbon->exchange);
	}
}

/* Its addresses are the request's, swapped; who asked any card hears the card's own. */
static bool is_ours(const struct onbon *onbon, const struct onbon_answer *answer)
{
	return answer->to == ONBON_HOST &&
	       (answer->from == onbon->head.to ||
		       (onbon->head.to == ONBON_ANY && answer->from != ONBON_HOST));
}

static size_t parse(struct sink *sink, const uint8_t *bytes, size_t size)
{
	struct onbon *onbon = sink_priv(sink);
	struct onbon_answer answer;
	bool found;
	size_t n = onbon_parse(bytes, size, &answer, &found);

	if (!found || !is_ours(onbon, &answer))
		return n;
	if ((answer.group == 0xa0 && answer.command == 1) || answer.status & 1)
		take_refusal(sink, onbon, answer.error);
	else if (onbon->task == TASK_PING) {
		if (answer.group == 0xa2 && answer.command == 0x80 && take_ping(sink, onbon, &answer))
			exchange_answered(&onbon->exchange);
	} else if (answer.group == 0xa0 && answer.command == 0)
		exchange_answered(&onbon->exchange);
	return n;
}

static const struct exchange_rules rules = {.tries = 3,
	.busy_most = 10,
	.pause = NS_PER_SEC,
	.answer_most = 2048,
	.connected = on_connected,
	.parse = parse,
	.finished = on_finished};

/* --- the driver */

int onbon_open(struct sink *sink, const struct onbon_family *family)
{
	struct onbon *onbon = sink_priv(sink);
	const uint8_t *device = family->devices[onbon->model];
	struct onbon_picture picture = picture_of(onbon, sink_display(sink));
	size_t most = update_size(family->size(&picture));
	bool udp = onbon->line.host && onbon->line.transport == LINE_UDP;

	onbon->family = family;
	onbon->head = (struct onbon_head){.to = (uint16_t)onbon->address,
		.device = {device[0], device[1]},
		.generation = family->generation,
		.kind = family->kind,
		.sequence = onbon->head.sequence};
	onbon->up = false;
	onbon->todo = 0;
	onbon->raw = xmalloc(most);
	onbon->frame = xmalloc(ONBON_WRAP_MOST(most));
	return exchange_open(&onbon->exchange, sink, &rules, &onbon->line, udp ? UDP_PORT : TCP_PORT);
}

int onbon_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct onbon *onbon = sink_priv(sink);
	struct onbon_picture picture = picture_of(onbon, sink_display(sink));
	const struct onbon_area area = {.id = (int)onbon->area,
		.x = (int)onbon->x,
		.y = (int)onbon->y,
		.width = picture.width,
		.height = picture.height,
		.run_mode = run_modes[onbon->on_silence],
		.silence = (int)(onbon->silence / NS_PER_SEC),
		.program = -1,
		.at_once = true,
		.length_filled = onbon->reserved == 0,
		.transparency = (int)onbon->transparency,
		.mode = 2, /* at once, no effect */
		.clear = onbon->family->generation == 6,
		.speed = 10,
		.stay = 400,
		.repeat = 1};
	uint8_t *body = onbon->raw + ONBON_HEADER_MOST;

	if (onbon->todo & 1u << TASK_FRAME || (!exchange_idle(&onbon->exchange) && onbon->task == TASK_FRAME))
		return -EAGAIN;
	picture.wire = frame->wire;
	size_t pixel_bytes = onbon->family->size(&picture);
	size_t head = onbon_update_body(onbon->family->generation, &area, pixel_bytes, body);
	onbon->family->pack(&picture, body + head);
	size_t size = onbon_dynamic_frame(&onbon->head, body, head + pixel_bytes, onbon->raw);
	onbon->frame_size = onbon_wrap(onbon->raw, size, onbon->frame);
	onbon->sequence = frame->sequence;
	want(sink, TASK_FRAME);
	return 0;
}

void onbon_event(struct sink *sink, int fd, unsigned events)
{
	struct onbon *onbon = sink_priv(sink);

	exchange_event(&onbon->exchange, sink, events);
}

void onbon_timeout(struct sink *sink)
{
	struct onbon *onbon = sink_priv(sink);

	exchange_timeout(&onbon->exchange, sink);
}

int onbon_dim(struct sink *sink, int permille)
{
	struct onbon *onbon = sink_priv(sink);

	onbon->permille = permille;
	want(sink, TASK_DIM);
	return 0;
}

int onbon_power(struct sink *sink, bool on)
{
	struct onbon *onbon = sink_priv(sink);

	onbon->lit = on;
	want(sink, TASK_POWER);
	return 0;
}

static uint8_t bcd(int value)
{
	return (uint8_t)(value / 10 % 10 << 4 | value % 10);
}

int onbon_set_clock(struct sink *sink, const struct civil *now)
{
	struct onbon *onbon = sink_priv(sink);
	/* 1 Monday; that Sunday is 7 stands in no source */
	int weekday = day_weekday(day_from_date(now->year, now->month, now->day)) + 1;
	const uint8_t clock[] = {bcd(now->year), bcd(now->year / 100), bcd(now->month), bcd(now->day),
		bcd(now->hour), bcd(now->minute), bcd(now->second), bcd(weekday)};

	if (!onbon->set_clock)
		return -ENOTSUP;
	memcpy(onbon->clock, clock, sizeof clock);
	want(sink, TASK_CLOCK);
	return 0;
}

void onbon_close(struct sink *sink)
{
	struct onbon *onbon = sink_priv(sink);

	exchange_close(&onbon->exchange);
	free(onbon->raw);
	free(onbon->frame);
	onbon->raw = onbon->frame = NULL;
	onbon->todo = 0;
	onbon->up = false;
}
