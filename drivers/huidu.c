/* Huidu full-colour cards: a picture goes to the card as a file, and a program that shows this file replaces the one
 * before. That writes to the card's memory, so it is done rarely and little: pictures come `cycle` apart at most, a file
 * is named after its content, so that pages that come round are there already, and a picture that has not changed is
 * confirmed by a heartbeat alone.
 *
 * One request at a time. A picture counts as shown when the card has answered kSuccess to its program.
 */
#include "drivers/huidu.h"

#include <errno.h>
#include <md5.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/exchange.h"

#define TCP_PORT     10001
#define GUID_MOST    64
#define NAME_SIZE    24 /* bt-, 16 hexadecimal digits, .bmp */
#define FILES_MOST   256
#define ANSWER_MOST  (64 * 1024) /* of XML in all */
#define TOTAL_MOST   (16 << 20)
#define XML_MOST     2048 /* of ours */
#define PULSE_AFTER  (30 * NS_PER_SEC)
#define PULSE_MISSES 3
#define DELETE_MOST  32 /* files at once */
#define PROGRAM_GUID "bangtin"

enum step { HELLO, VERSION, FILES, POWER, DIM, START, CONTENT, PROGRAM, DELETE, PULSE, READ };
enum { WANT_POWER = 1, WANT_DIM = 2, WANT_FRAME = 4, WANT_READ = 8 };

struct huidu {
	/* options */
	struct line_settings line;
	int64_t x, y, cycle, answer_within, files;
	bool read_back;

	struct exchange exchange;
	enum step step;
	unsigned todo;
	bool cannot_read;	  /* it does not tell its programs */
	bool up, lit, confirming; /* the last: a heartbeat stands for a picture */
	int percent;
	char guid[GUID_MOST];
	uint64_t sequence; /* of the picture that is on its way; 0: none */
	int64_t instant;
	uint8_t *file, *out;
	char *xml, *answer; /* ours; the card's */
	size_t file_size, present, answer_size, answer_kept;
	char md5[33], name[NAME_SIZE], shown[NAME_SIZE];
	char names[FILES_MOST][NAME_SIZE]; /* on the card, the one that was used last at the end */
	size_t name_count;
};

/* --- requests */

static void send(struct sink *sink, struct huidu *huidu, enum step step, size_t size)
{
	int64_t within = huidu->answer_within * (step == PROGRAM || step == CONTENT ? 5 : 2) / 2;

	huidu->step = step;
	if (step == PULSE)
		within = huidu->answer_within * PULSE_MISSES;
	exchange_send(&huidu->exchange, sink, huidu->out, size, within, true);
}

/* method's request; inside: its elements. */
__attribute__((format(printf, 5, 6))) static void ask(
	struct sink *sink, struct huidu *huidu, enum step step, const char *method, const char *inside, ...)
{
	char body[XML_MOST - 256];
	va_list arguments;

	va_start(arguments, inside);
	vsnprintf(body, sizeof body, inside, arguments);
	va_end(arguments);
	int size = snprintf(huidu->xml, XML_MOST,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><sdk guid=\"%s\"><in method=\"%s\">%s</in></sdk>",
		huidu->guid, method, body);
	huidu->answer_size = huidu->answer_kept = 0;
	send(sink, huidu, step, huidu_xml(huidu->xml, (size_t)size, huidu->out));
}

static void ask_brightness(struct sink *sink, struct huidu *huidu)
{
	ask(sink, huidu, DIM, "SetLuminancePloy",
		"<mode value=\"default\"/><default value=\"%d\"/><sensor min=\"1\" max=\"100\" "
		"time=\"5\"/><ploy/>",
		huidu->percent);
}

static void ask_program(struct sink *sink, struct huidu *huidu)
{
	int width, height;

	sink_shape(sink, &width, &height);
	ask(sink, huidu, PROGRAM, "AddProgram",
		"<screen timeStamps=\"%llu\"><program type=\"normal\" id=\"0\" guid=\"" PROGRAM_GUID "\">"
		"<playControl count=\"1\" disabled=\"false\"/><area alpha=\"255\" guid=\"bangtin-area\">"
		"<rectangle x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/><resources>"
		"<image guid=\"bangtin-image\" fit=\"stretch\">"
		"<effect in=\"0\" inSpeed=\"0\" out=\"0\" outSpeed=\"0\" duration=\"300\"/>"
		"<file name=\"%s\" md5=\"%s\"/></image></resources></area></program></screen>",
		(unsigned long long)(huidu->instant / NS_PER_SEC), (int)huidu->x, (int)huidu->y, width,
		height, huidu->name, huidu->md5);
}

/* Those that were not used for longest. */
static void ask_delete(struct sink *sink, struct huidu *huidu)
{
	char names[DELETE_MOST * (NAME_SIZE + 16)];
	size_t used = 0, count = 0;

	while (count < DELETE_MOST && huidu->name_count - count > (size_t)huidu->files)
		used += (size_t)snprintf(
			names + used, sizeof names - used, "<file name=\"%s\"/>", huidu->names[count++]);
	huidu->name_count -= count;
	memmove(huidu->names[0], huidu->names[count], huidu->name_count * NAME_SIZE);
	ask(sink, huidu, DELETE, "DeleteFiles", "<files>%s</files>", names);
}

static void send_pulse(struct sink *sink, struct huidu *huidu)
{
	send(sink, huidu, PULSE, huidu_packet(HUIDU_PULSE, NULL, 0, huidu->out));
}

static void begin_frame(struct sink *sink, struct huidu *huidu)
{
	huidu->confirming = strcmp(huidu->name, huidu->shown) == 0;
	if (huidu->confirming)
		send_pulse(sink, huidu);
	else
		send(sink, huidu, START,
			huidu_file_start(huidu->md5, huidu->file_size, 0, huidu->name, huidu->out));
}

static bool take(struct huidu *huidu, unsigned what)
{
	bool wanted = huidu->todo & what;

	huidu->todo &= ~what;
	return wanted;
}

static void next(struct sink *sink, struct huidu *huidu)
{
	if (!huidu->up || !exchange_idle(&huidu->exchange))
		return;
	if (take(huidu, WANT_POWER))
		ask(sink, huidu, POWER, huidu->lit ? "OpenScreen" : "CloseScreen", "%s", "");
	else if (take(huidu, WANT_DIM))
		ask_brightness(sink, huidu);
	else if (take(huidu, WANT_FRAME))
		begin_frame(sink, huidu);
	else if (take(huidu, WANT_READ))
		ask(sink, huidu, READ, "GetProgram", "%s", "");
	else if (huidu->name_count > (size_t)huidu->files)
		ask_delete(sink, huidu);
	else
		sink_arm(sink, PULSE_AFTER);
}

/* --- which files the card has */

static void remember(struct huidu *huidu, const char *name)
{
	size_t i = 0;

	while (i < huidu->name_count && strcmp(huidu->names[i], name) != 0)
		i++;
	if (i == huidu->name_count && huidu->name_count == FILES_MOST)
		i = 0;
	if (i < huidu->name_count) /* it moves to the end */
		memmove(huidu->names[i], huidu->names[i + 1], (--huidu->name_count - i) * NAME_SIZE);
	snprintf(huidu->names[huidu->name_count++], NAME_SIZE, "%s", name);
}

static void read_files(struct huidu *huidu)
{
	char name[NAME_SIZE];

	for (const char *at = huidu->answer; (at = strstr(at, "<file ")) != NULL; at++)
		if (huidu_attribute(at, "file", "name", name, sizeof name) && strncmp(name, "bt-", 3) == 0)
			remember(huidu, name);
}

/* --- what follows an answer */

static void frame_shown(struct sink *sink, struct huidu *huidu)
{
	if (huidu->step == PROGRAM) {
		memcpy(huidu->shown, huidu->name, NAME_SIZE);
		remember(huidu, huidu->name);
	}
	sink_shown(sink, huidu->sequence);
	huidu->sequence = 0;
	huidu->confirming = false;
	sink_ready(sink);
	next(sink, huidu);
}

static void come_up(struct sink *sink, struct huidu *huidu)
{
	huidu->up = true;
	sink_up(sink);
	next(sink, huidu);
}

static void on_finished(struct sink *sink)
{
	struct huidu *huidu = sink_priv(sink);

	switch (huidu->step) {
	case HELLO:
		snprintf(huidu->guid, sizeof huidu->guid, "##GUID");
		ask(sink, huidu, VERSION, "GetIFVersion", "<version value=\"1000000\"/>");
		break;
	case VERSION:
		ask(sink, huidu, FILES, "GetFiles", "%s", "");
		break;
	case FILES:
		if (huidu->name_count > (size_t)huidu->files) {
			ask_delete(sink, huidu);
			break;
		}
		come_up(sink, huidu);
		break;
	case START:
		send(sink, huidu, CONTENT,
			huidu_file_rest(huidu->file, huidu->file_size, huidu->present, huidu->out));
		break;
	case CONTENT:
		ask_program(sink, huidu);
		break;
	case PROGRAM:
		frame_shown(sink, huidu);
		break;
	case PULSE:
		if (huidu->confirming)
			frame_shown(sink, huidu);
		else
			next(sink, huidu);
		break;
	case DELETE:
		if (!huidu->up)
			come_up(sink, huidu);
		else
			next(sink, huidu);
		break;
	case POWER:
	case DIM:
	case READ:
		next(sink, huidu);
		break;
	}
}

static void on_connected(struct sink *sink)
{
	struct huidu *huidu = sink_priv(sink);

	send(sink, huidu, HELLO, huidu_hello(huidu->out));
}

/* --- answers */

static void refuse(struct sink *sink, struct huidu *huidu, const char *what, const char *result)
{
	char text[256];

	snprintf(text, sizeof text, _("the card answers %.60s to %s"), _(result), _(what));
	if (huidu->step == START || huidu->step == CONTENT || huidu->step == PROGRAM ||
		huidu->step == VERSION) {
		sink_down(sink, -EPROTO, text);
		return;
	}
	sink_told(sink, text); /* pictures go on without */
	exchange_answered(&huidu->exchange);
}

/* Which programs the card plays: there is to be one, ours, and it shows the file that was confirmed last. A card that
 * says nothing of programs tells nothing. */
static void take_programs(struct sink *sink, struct huidu *huidu, bool good)
{
	char guid[GUID_MOST] = "", name[64] = "", text[256];
	const char *first = good ? strstr(huidu->answer, "<program ") : NULL;

	if (huidu->shown[0] == '\0')
		return; /* nothing of ours is there yet */
	if (!first) {
		huidu->cannot_read = true;
		sink_told(sink, _("the card does not tell what it shows: it cannot be read back"));
		return;
	}
	huidu_attribute(first, "program", "guid", guid, sizeof guid);
	huidu_attribute(first, "file", "name", name, sizeof name);
	if (strstr(first + 1, "<program "))
		snprintf(text, sizeof text, _("more programs than ours are on the card"));
	else if (strcmp(guid, PROGRAM_GUID) != 0)
		snprintf(text, sizeof text, _("the program %.40s is on the card, in place of ours"), guid);
	else if (strcmp(name, huidu->shown) != 0)
		snprintf(text, sizeof text, _("the card shows the file %.60s"), name);
	else {
		sink_own(sink);
		return;
	}
	huidu->shown[0] = '\0'; /* the next picture is put there, not only confirmed */
	sink_foreign(sink, text);
}

static void take_xml(struct sink *sink, struct huidu *huidu)
{
	char result[64], method[64];

	huidu->answer[huidu->answer_kept] = '\0';
	if (!huidu_attribute(huidu->answer, "out", "method", method, sizeof method))
		snprintf(method, sizeof method, "%s", _("a request"));
	if (!huidu_attribute(huidu->answer, "out", "result", result, sizeof result))
		snprintf(result, sizeof result, "%s", _("nothing"));
	if (huidu->step == READ) {
		take_programs(sink, huidu, strcmp(result, "kSuccess") == 0);
		exchange_answered(&huidu->exchange);
		return;
	}
	if (strcmp(result, "kSuccess") != 0) {
		refuse(sink, huidu, method, result);
		return;
	}
	if (huidu->step == VERSION &&
		!huidu_attribute(huidu->answer, "sdk", "guid", huidu->guid, sizeof huidu->guid)) {
		refuse(sink, huidu, method, N_("no guid"));
		return;
	}
	if (huidu->step == VERSION)
		sink_told(sink, _("Huidu full-colour card"));
	if (huidu->step == FILES)
		read_files(huidu);
	exchange_answered(&huidu->exchange);
}

static uint32_t get32(const uint8_t *from)
{
	return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

/* A piece of an XML answer: total(4), offset(4), bytes. A list of very many files is kept as far as there is room. */
static void take_piece(struct sink *sink, struct huidu *huidu, const struct huidu_packet *packet)
{
	if (packet->size < 8 || get32(packet->content) > TOTAL_MOST ||
		get32(packet->content + 4) != huidu->answer_size ||
		huidu->answer_size + packet->size - 8 > get32(packet->content)) {
		sink_down(sink, -EBADMSG, "the card's answer is no answer");
		return;
	}
	if (huidu->answer_size + packet->size - 8 <= ANSWER_MOST) {
		memcpy(huidu->answer + huidu->answer_size, packet->content + 8, packet->size - 8);
		huidu->answer_kept = huidu->answer_size + packet->size - 8;
	}
	huidu->answer_size += packet->size - 8;
	if (huidu->answer_size == get32(packet->content))
		take_xml(sink, huidu);
}

/* The status of a file's start or end; more must follow it. */
static bool is_good(struct sink *sink, struct huidu *huidu, const struct huidu_packet *packet, size_t least)
{
	char status[40];

	if (packet->size >= least && packet->content[0] == 0 && packet->content[1] == 0)
		return true;
	snprintf(status, sizeof status, _("error %u"),
		packet->size >= 2 ? packet->content[0] | (unsigned)packet->content[1] << 8 : 0);
	refuse(sink, huidu, "a file", status);
	return false;
}

static void take_start(struct sink *sink, struct huidu *huidu, const struct huidu_packet *packet)
{
	if (!is_good(sink, huidu, packet, 10))
		return;
	huidu->present = get32(packet->content + 2);
	if (get32(packet->content + 6) || huidu->present > huidu->file_size) {
		refuse(sink, huidu, "a file", N_("more than there is"));
		return;
	}
	exchange_answered(&huidu->exchange);
}

/* Between two requests, or while an answer is waited for, four bytes may go by themselves. */
static void answer_pulse(struct huidu *huidu)
{
	uint8_t pulse[4];

	if (huidu->exchange.state == EXCHANGE_WRITING)
		return; /* what comes now says that we live */
	line_write(huidu->exchange.line, pulse, huidu_packet(HUIDU_PULSE_ANSWER, NULL, 0, pulse));
}

static void take_packet(struct sink *sink, struct huidu *huidu, const struct huidu_packet *packet)
{
	char text[256];

	if (packet->command == HUIDU_PULSE) {
		answer_pulse(huidu);
	} else if (packet->command == HUIDU_ERROR) {
		snprintf(text, sizeof text, _("the card reports error %u"),
			packet->size >= 2 ? packet->content[0] | (unsigned)packet->content[1] << 8 : 0);
		sink_down(sink, -EPROTO, text);
	} else if (packet->command == HUIDU_XML_ANSWER) {
		if (huidu->step == VERSION || huidu->step == FILES || huidu->step == POWER ||
			huidu->step == DIM || huidu->step == PROGRAM || huidu->step == DELETE ||
			huidu->step == READ)
			take_piece(sink, huidu, packet);
	} else if (packet->command == HUIDU_FILE_START_ANSWER && huidu->step == START) {
		take_start(sink, huidu, packet);
	} else if (packet->command == HUIDU_FILE_END_ANSWER && huidu->step == CONTENT) {
		if (is_good(sink, huidu, packet, 2))
			exchange_answered(&huidu->exchange);
	} else if ((packet->command == HUIDU_HELLO_ANSWER && huidu->step == HELLO && packet->size >= 4) ||
		   (packet->command == HUIDU_PULSE_ANSWER && huidu->step == PULSE)) {
		exchange_answered(&huidu->exchange);
	}
}

static size_t parse(struct sink *sink, const uint8_t *bytes, size_t size)
{
	struct huidu *huidu = sink_priv(sink);
	struct huidu_packet packet;
	size_t n = huidu_read(bytes, size, &packet);

	if (n == HUIDU_PASSED) {
		sink_down(sink, -EBADMSG, "what the card sends are no packets of Huidu");
		return size;
	}
	if (n > 0)
		take_packet(sink, huidu, &packet);
	return n;
}

/* On a connection nothing gets lost but the connection: asking twice would be answered twice. */
static const struct exchange_rules rules = {.tries = 1,
	.answer_most = 2 * HUIDU_PACKET_MOST,
	.connected = on_connected,
	.parse = parse,
	.finished = on_finished};

/* --- the driver */

static void huidu_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	const struct huidu *huidu = priv;

	line_check(&huidu->line, display, diags);
}

static int64_t huidu_cycle(const void *priv, const struct display *display)
{
	const struct huidu *huidu = priv;

	(void)display;
	return huidu->cycle;
}

static int huidu_open(struct sink *sink)
{
	struct huidu *huidu = sink_priv(sink);
	int width, height;

	sink_shape(sink, &width, &height);
	huidu->up = huidu->confirming = huidu->cannot_read = false;
	huidu->todo = 0;
	huidu->sequence = 0;
	huidu->name_count = 0;
	huidu->shown[0] = '\0'; /* somebody may have shown something else */
	huidu->file_size = huidu_bitmap_size(width, height);
	huidu->file = xmalloc(huidu->file_size);
	size_t out = HUIDU_FILE_MOST(huidu->file_size);
	huidu->out = xmalloc(out > HUIDU_XML_MOST(XML_MOST) ? out : HUIDU_XML_MOST(XML_MOST));
	huidu->xml = xmalloc(XML_MOST);
	huidu->answer = xmalloc(ANSWER_MOST + 1);
	return exchange_open(&huidu->exchange, sink, &rules, &huidu->line, TCP_PORT);
}

static void name_file(struct huidu *huidu)
{
	uint8_t sum[MD5_DIGEST_LENGTH];
	MD5_CTX context;

	MD5Init(&context);
	MD5Update(&context, huidu->file, huidu->file_size);
	MD5Final(sum, &context);
	for (int i = 0; i < MD5_DIGEST_LENGTH; i++)
		snprintf(huidu->md5 + 2 * i, 3, "%02x", sum[i]);
	snprintf(huidu->name, sizeof huidu->name, "bt-%.16s.bmp", huidu->md5);
}

static int huidu_submit(struct sink *sink, const struct sink_frame *frame)
{
	struct huidu *huidu = sink_priv(sink);

	if (huidu->sequence > 0)
		return -EAGAIN;
	huidu_bitmap(frame->wire, frame->width, frame->height, huidu->file);
	name_file(huidu);
	huidu->sequence = frame->sequence;
	huidu->instant = frame->instant;
	huidu->todo |= WANT_FRAME;
	next(sink, huidu);
	return 0;
}

static void huidu_event(struct sink *sink, int fd, unsigned events)
{
	struct huidu *huidu = sink_priv(sink);

	exchange_event(&huidu->exchange, sink, events);
}

static void huidu_timeout(struct sink *sink)
{
	struct huidu *huidu = sink_priv(sink);

	if (!exchange_timeout(&huidu->exchange, sink) && huidu->up)
		send_pulse(sink, huidu);
}

static int huidu_dim(struct sink *sink, int permille)
{
	struct huidu *huidu = sink_priv(sink);

	huidu->percent = permille < 10 ? 1 : (permille + 5) / 10;
	huidu->todo |= WANT_DIM;
	next(sink, huidu);
	return 0;
}

static int huidu_power(struct sink *sink, bool on)
{
	struct huidu *huidu = sink_priv(sink);

	huidu->lit = on;
	huidu->todo |= WANT_POWER;
	next(sink, huidu);
	return 0;
}

static int huidu_read_back(struct sink *sink)
{
	struct huidu *huidu = sink_priv(sink);

	if (!huidu->read_back || huidu->cannot_read)
		return -ENOTSUP;
	huidu->todo |= WANT_READ;
	next(sink, huidu);
	return 0;
}

static void huidu_close(struct sink *sink)
{
	struct huidu *huidu = sink_priv(sink);

	exchange_close(&huidu->exchange);
	free(huidu->file);
	free(huidu->out);
	free(huidu->xml);
	free(huidu->answer);
	huidu->file = huidu->out = NULL;
	huidu->xml = huidu->answer = NULL;
	huidu->up = false;
	huidu->todo = 0;
}

static const struct sink_option options[] = {
	LINE_NETWORK_OPTIONS(struct huidu, "0", "TCP port; 0: the usual one, 10001"),
	{.name = "x",
		.type = OPTION_INT,
		.offset = offsetof(struct huidu, x),
		.standard = "0",
		.most = 16383,
		.help = N_("where the picture begins on the card's screen, pixels from the left")},
	{.name = "y",
		.type = OPTION_INT,
		.offset = offsetof(struct huidu, y),
		.standard = "0",
		.most = 16383,
		.help = N_("the same, from the top")},
	{.name = "cycle",
		.type = OPTION_DURATION,
		.offset = offsetof(struct huidu, cycle),
		.standard = "3s",
		.most = 3600.0 * NS_PER_SEC,
		.help = N_(
			"time between two pictures, each of which is written to the card's memory; nothing "
			"scrolls: "
			"texts come in pages")},
	{.name = "answer-within",
		.type = OPTION_DURATION,
		.offset = offsetof(struct huidu, answer_within),
		.standard = "2s",
		.least = 1.0 * NS_PER_MS,
		.most = 30.0 * NS_PER_SEC,
		.help = N_("time for the card to answer; for files and programs two and a half times that")},
	{.name = "files",
		.type = OPTION_INT,
		.offset = offsetof(struct huidu, files),
		.standard = "64",
		.least = 2,
		.most = FILES_MOST - 1,
		.help = N_(
			"pictures that are kept on the card, so that those that come round are not written "
			"again")},
	{.name = "read-back",
		.type = OPTION_BOOL,
		.offset = offsetof(struct huidu, read_back),
		.standard = "true",
		.help = N_("ask every few seconds which program the card plays; another one than ours is "
			   "overwritten")},
	{0},
};

const struct sink_driver sink_driver_huidu = {
	.name = "huidu",
	.summary = N_("Huidu full-colour cards (A, C, B, D series) over TCP: pictures as files"),
	.caps = SINK_HOLDS | SINK_ACK | SINK_DIM | SINK_REPLIES | SINK_READS_BACK,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct huidu),
	.check = huidu_check,
	.cycle = huidu_cycle,
	.open = huidu_open,
	.submit = huidu_submit,
	.event = huidu_event,
	.timeout = huidu_timeout,
	.dim = huidu_dim,
	.power = huidu_power,
	.read_back = huidu_read_back,
	.close = huidu_close,
};
