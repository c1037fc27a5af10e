/* Pixel nodes in the network: Art-Net's poll, DDP's status query, WLED's page of information. sACN, TPM2.net and
 * Flaschen-Taschen have no question. Sources: Art-Net 4, 3waylabs' DDP page, WLED's JSON interface. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "probe.h"

#define NODE_WITHIN (1 * NS_PER_SEC)
#define POLL_WITHIN (3 * NS_PER_SEC) /* so long a node may take */

/* --- Art-Net */

#define REPLY_SHORT_NAME 26
#define REPLY_LONG_NAME	 44
#define REPLY_LEAST	 207

static size_t ask_artnet(uint8_t to[QUESTION_MOST])
{
	static const uint8_t poll[] = {'A', 'r', 't', '-', 'N', 'e', 't', 0, 0x00, 0x20, 0, 14, 0, 0};

	memcpy(to, poll, sizeof poll);
	return sizeof poll;
}

static bool read_artnet(const uint8_t *bytes, size_t size, struct finding *finding)
{
	if (size < REPLY_LEAST || memcmp(bytes, "Art-Net\0\0\x21", 10) != 0)
		return false;
	int universe = (bytes[18] & 0x7f) << 8 | (bytes[19] & 15) << 4 | (bytes[190] & 15);
	finding->driver = "artnet";
	finding_text(finding->device, sizeof finding->device, bytes + REPLY_SHORT_NAME, 18);
	if (bytes[REPLY_LONG_NAME])
		finding_text(finding->device, sizeof finding->device, bytes + REPLY_LONG_NAME, 64);
	if (bytes[16] || bytes[17])
		snprintf(finding->firmware, sizeof finding->firmware, "%u.%u", bytes[16], bytes[17]);
	snprintf(finding->note, sizeof finding->note, _("universes from %d on, %d in this answer"), universe,
		bytes[173]);
	return true;
}

/* --- DDP */

static size_t ask_ddp(uint8_t to[QUESTION_MOST])
{
	static const uint8_t query[10] = {0x42, 0, 0, 0xfb};

	memcpy(to, query, sizeof query);
	return sizeof query;
}

static void copy_text(char *to, size_t most, const char *text)
{
	if (text)
		finding_text(to, most, (const uint8_t *)text, strlen(text));
}

static bool read_ddp(const uint8_t *bytes, size_t size, struct finding *finding)
{
	if (size < 10 || (bytes[0] & 0xc6) != 0x44 || bytes[3] != 0xfb)
		return false;
	json_t *answer = json_loadb((const char *)bytes + 10, size - 10, JSON_DISABLE_EOF_CHECK, NULL);
	const json_t *status = json_object_get(answer, "status");
	const char *maker = json_string_value(json_object_get(status, "man"));
	const char *model = json_string_value(json_object_get(status, "mod"));

	finding->driver = "ddp";
	char name[128];
	snprintf(name, sizeof name, "%s %s", maker ? maker : "", model ? model : "");
	copy_text(finding->device, sizeof finding->device, name);
	copy_text(finding->firmware, sizeof finding->firmware,
		json_string_value(json_object_get(status, "ver")));
	json_decref(answer);
	return true;
}

/* --- WLED */

static size_t ask_wled(uint8_t to[QUESTION_MOST])
{
	static const char get[] = "GET /json/info HTTP/1.0\r\nHost: wled\r\nConnection: close\r\n\r\n";

	memcpy(to, get, sizeof get - 1);
	return sizeof get - 1;
}

static bool read_wled(const uint8_t *bytes, size_t size, struct finding *finding)
{
	const uint8_t *body = memmem(bytes, size, "\r\n\r\n", 4);
	const uint8_t *brace = body ? memchr(body, '{', size - (size_t)(body - bytes)) : NULL;
	json_t *info = brace ? json_loadb((const char *)brace, size - (size_t)(brace - bytes),
				       JSON_DISABLE_EOF_CHECK, NULL)
			     : NULL;
	const json_t *leds = json_object_get(info, "leds"), *matrix = json_object_get(leds, "matrix");
	bool good = leds && json_object_get(info, "ver");

	if (good) {
		char name[96];
		const char *given = json_string_value(json_object_get(info, "name"));
		snprintf(name, sizeof name, "WLED %s", given ? given : "");
		finding->driver = "ddp";
		copy_text(finding->device, sizeof finding->device, name);
		copy_text(finding->firmware, sizeof finding->firmware,
			json_string_value(json_object_get(info, "ver")));
		finding->width = (int)json_integer_value(json_object_get(matrix, "w"));
		finding->height = (int)json_integer_value(json_object_get(matrix, "h"));
		snprintf(finding->note, sizeof finding->note,
			_("%d LEDs; takes ddp, artnet, sacn, wled and tpm2net"),
			(int)json_integer_value(json_object_get(leds, "count")));
	}
	json_decref(info);
	return good;
}

const struct question node_questions[] = {
	{.name = "Art-Net",
		.wire = ASK_UDP,
		.port = 6454,
		.within = POLL_WITHIN,
		.ask = ask_artnet,
		.read = read_artnet},
	{.name = "DDP",
		.wire = ASK_UDP,
		.port = 4048,
		.within = NODE_WITHIN,
		.ask = ask_ddp,
		.read = read_ddp},
	{.name = "WLED",
		.wire = ASK_TCP,
		.port = 80,
		.within = 2 * NODE_WITHIN,
		.ask = ask_wled,
		.read = read_wled},
	{.name = NULL},
};
