/* Controllers that have a picture of their own: Onbon BX, NovaStar, Huidu, Alpha.
 * Formats: drivers/onbon.h, drivers/novastar.h, drivers/alpha.c; Huidu's packets from its own demo (huidutech/sdk). */
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "drivers/novastar.h"
#include "drivers/onbon.h"
#include "probe.h"

#define CARD_WITHIN (1500 * NS_PER_MS)
#define SIGN_WITHIN (1000 * NS_PER_MS)

/* --- Onbon: a ping to whoever is there */

static size_t ask_onbon(uint8_t to[QUESTION_MOST])
{
	static const uint8_t ping[] = {0x01, 0xa2, 0x00, 0x00, 0x00};
	const struct onbon_head any = {.to = ONBON_ANY, .device = {0xfe, 0xff}};
	uint8_t raw[sizeof ping + ONBON_HEADER_MOST];

	return onbon_wrap(raw, onbon_dynamic_frame(&any, ping, sizeof ping, raw), to);
}

/* Device numbers, as they come. */
static const struct {
	uint8_t type[2];
	const char *name, *driver;
} onbon_cards[] = {
	{{0x54, 0x01}, "BX-5E1", "onbon-5e"},
	{{0x54, 0x02}, "BX-5E2", "onbon-5e"},
	{{0x54, 0x03}, "BX-5E3", "onbon-5e"},
	{{0x74, 0x01}, "BX-6E1", "onbon-6e"},
	{{0x74, 0x02}, "BX-6E2", "onbon-6e"},
	{{0x74, 0x03}, "BX-6E3", "onbon-6e"},
	{{0x74, 0x04}, "BX-6E1X", "onbon-6e"},
	{{0x74, 0x05}, "BX-6E2X", "onbon-6e"},
	{{0x66, 0x01}, "BX-6Q1", "onbon-6q"},
	{{0x66, 0x02}, "BX-6Q2", "onbon-6q"},
	{{0x66, 0x03}, "BX-6Q3", "onbon-6q"},
	{{0x66, 0x04}, "BX-6Q2L", "onbon-6q"},
	{{0x66, 0x05}, "BX-6Q3L", "onbon-6q"},
};

static void name_onbon(const uint8_t type[2], struct finding *finding)
{
	snprintf(finding->device, sizeof finding->device, _("a card of type %02X%02X"), type[0], type[1]);
	for (size_t i = 0; i < sizeof onbon_cards / sizeof *onbon_cards; i++)
		if (memcmp(onbon_cards[i].type, type, 2) == 0) {
			finding->driver = onbon_cards[i].driver;
			snprintf(finding->device, sizeof finding->device, "%s", onbon_cards[i].name);
		}
}

static const char *onbon_colours(uint8_t colour)
{
	switch (colour) {
	case 1:
		return _("one colour");
	case 3:
		return _("two colours");
	case 7:
		return _("three colours");
	case 0xff:
		return _("full colour");
	default:
		return _("colours unknown");
	}
}

static bool read_onbon(const uint8_t *bytes, size_t size, struct finding *finding)
{
	struct onbon_answer answer;
	bool found = false;

	for (size_t done = 1; done > 0 && !found; bytes += done, size -= done)
		done = onbon_parse(bytes, size, &answer, &found);
	if (!found)
		return false;
	name_onbon(answer.device, finding);
	if (answer.group != 0xa2 || answer.command != 0x80 || answer.size < 21) {
		snprintf(finding->note, sizeof finding->note, _("it refuses to say more (%s)"),
			_(onbon_error(answer.error)));
		return true;
	}
	finding_text(finding->firmware, sizeof finding->firmware, answer.data + 2, 8);
	finding->width = answer.data[14] | answer.data[15] << 8;
	finding->height = answer.data[16] | answer.data[17] << 8;
	snprintf(finding->note, sizeof finding->note, _("%s, address %u, brightness %u of 15, %s"),
		onbon_colours(answer.data[18]), answer.data[11] | (unsigned)answer.data[12] << 8,
		answer.data[19], answer.data[20] ? _("on") : _("off"));
	return true;
}

/* --- NovaStar: the sending card's model */

#define NOVASTAR_MODEL 0x00000002u

static size_t ask_novastar(uint8_t to[QUESTION_MOST])
{
	const struct novastar_request request = {
		.serial = 0x42, .device = NOVASTAR_SENDER, .address = NOVASTAR_MODEL, .length = 2};
	uint8_t bytes[NOVASTAR_MOST];
	size_t size = novastar_request(&request, bytes);

	memcpy(to, bytes, size);
	return size;
}

static bool read_novastar(const uint8_t *bytes, size_t size, struct finding *finding)
{
	struct novastar_answer answer;
	bool found = false;

	for (size_t done = 1; done > 0 && !found; bytes += done, size -= done)
		done = novastar_parse(bytes, size, &answer, &found);
	if (!found)
		return false;
	finding->driver = "novastar";
	if (answer.error == 0 && answer.length == 2)
		snprintf(finding->device, sizeof finding->device, _("sending card, model %02X%02X"),
			answer.data[1], answer.data[0]);
	else
		snprintf(finding->device, sizeof finding->device, "%s",
			_("sending card that does not tell its model"));
	snprintf(finding->note, sizeof finding->note, "%s",
		_("orders only: its picture comes by HDMI or DVI"));
	return true;
}

/* --- Huidu: the version of the interface */

static size_t ask_huidu(uint8_t to[QUESTION_MOST])
{
	static const uint8_t hello[] = {0x08, 0x00, 0x01, 0x20, 0x07, 0x00, 0x00, 0x01};

	memcpy(to, hello, sizeof hello);
	return sizeof hello;
}

static bool read_huidu(const uint8_t *bytes, size_t size, struct finding *finding)
{
	if (size < 8 || bytes[2] != 0x02 || bytes[3] != 0x20)
		return false;
	finding->driver = "huidu";
	snprintf(finding->device, sizeof finding->device, "%s", _("full-colour card"));
	snprintf(finding->firmware, sizeof finding->firmware, _("interface %u.%u.%u.%u"), bytes[7], bytes[6],
		bytes[5], bytes[4]);
	return true;
}

/* --- Alpha: read the general information (F, 22), which every sign has */

static size_t ask_alpha(uint8_t to[QUESTION_MOST])
{
	static const char question[] = "\0\0\0\0\0\0\0\0\001Z00\002F\"\003006D\004";

	memcpy(to, question, sizeof question - 1);
	return sizeof question - 1;
}

/* 01, type, address, 02, E, 22, the information, 03. Parity is taken off where a sign adds it. */
static bool read_alpha(const uint8_t *bytes, size_t size, struct finding *finding)
{
	uint8_t plain[512];
	size_t count = size < sizeof plain ? size : sizeof plain;

	for (size_t i = 0; i < count; i++)
		plain[i] = bytes[i] & 0x7f;
	const uint8_t *start = memmem(plain, count, "\002E\"", 3);
	const uint8_t *end = start ? memchr(start, 0x03, count - (size_t)(start - plain)) : NULL;
	if (!end)
		return false;
	finding->driver = "alpha";
	snprintf(finding->device, sizeof finding->device, "%s", _("Alpha sign"));
	finding_text(finding->firmware, sizeof finding->firmware, start + 3, (size_t)(end - start) - 3);
	return true;
}

#define ONBON(on_wire, of_port)                                                                              \
	.name = "Onbon BX", .wire = (on_wire), .port = (of_port), .within = CARD_WITHIN, .ask = ask_onbon,   \
	.read = read_onbon
#define NOVASTAR(on_wire, of_port)                                                                           \
	.name = "NovaStar", .wire = (on_wire), .port = (of_port), .within = CARD_WITHIN,                     \
	.ask = ask_novastar, .read = read_novastar

const struct question card_questions[] = {
	{ONBON(ASK_SERIAL, 0), .modes = {{57600, PARITY_NONE, 8, 1}, {9600, PARITY_NONE, 8, 1}}},
	{NOVASTAR(ASK_SERIAL, 0), .modes = {{115200, PARITY_NONE, 8, 1}}},
	{.name = "Alpha",
		.wire = ASK_SERIAL,
		.modes = {{9600, PARITY_EVEN, 7, 1}, {9600, PARITY_NONE, 8, 1}, {4800, PARITY_EVEN, 7, 2}},
		.within = SIGN_WITHIN,
		.ask = ask_alpha,
		.read = read_alpha},
	{ONBON(ASK_TCP, 5005)},
	{ONBON(ASK_UDP, 5007)},
	{NOVASTAR(ASK_TCP, 5200)},
	{.name = "Huidu",
		.wire = ASK_TCP,
		.port = 10001,
		.within = CARD_WITHIN,
		.ask = ask_huidu,
		.read = read_huidu},
	{.name = NULL},
};
