/* A Huidu full-colour card: packets of length (2, itself too), command (2) and content; XML in some; files, and a program
 * that shows one of them. Source: Huidu's C# demo, node-huidu-sdk. What it decodes is the BMP file that a program names. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "protocol.h"
#include "stream.h"

#define PACKET_MOST 9216
#define PIECE	    8000
#define XML_MOST    (1 << 20)
#define FILE_MOST   (64 << 20)
#define FILES_MOST  1000

struct file {
	char name[64], md5[33];
	uint8_t *bytes;
	size_t size, got;
};

struct memory { /* stays when the connection goes */
	struct file files[FILES_MOST];
	size_t count, total;	     /* files, bytes of them */
	char program[64], shown[64]; /* the program that plays, and its file; empty: none */
	bool seen;		     /* intruded upon, and not overwritten yet */
};

struct card {
	struct stream stream;
	struct card_faults faults;
	char guid[32];
	char *xml;
	size_t xml_size;
	struct file *upload;
	bool greeted;
};

static unsigned connections;

static uint64_t number(const uint8_t *p, int bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | p[bytes];
	return n;
}

/* --- answers */

static void answer(struct board *board, unsigned command, const void *content, size_t size)
{
	uint8_t out[PACKET_MOST] = {
		(uint8_t)(size + 4), (uint8_t)((size + 4) >> 8), (uint8_t)command, (uint8_t)(command >> 8)};

	if (size > 0)
		memcpy(out + 4, content, size);
	board_answer(board, out, size + 4);
}

static void answer_xml(struct board *board, const char *xml)
{
	size_t total = strlen(xml);
	uint8_t piece[8 + PIECE];

	for (size_t at = 0; at < total; at += PIECE) {
		size_t n = total - at < PIECE ? total - at : PIECE;
		for (int i = 0; i < 4; i++) {
			piece[i] = (uint8_t)(total >> 8 * i);
			piece[4 + i] = (uint8_t)(at >> 8 * i);
		}
		memcpy(piece + 8, xml + at, n);
		answer(board, 0x2004, piece, 8 + n);
	}
}

static void answer_status(struct board *board, unsigned command, unsigned status)
{
	answer(board, command, (const uint8_t[]){(uint8_t)status, (uint8_t)(status >> 8)}, 2);
}

/* --- XML, as far as it goes here */

/* What stands between key=" and the next quote, after the place where element begins. */
static bool value_of(const char *xml, const char *element, const char *key, char *to, size_t most)
{
	char pattern[40];
	const char *from = strstr(xml, element), *end;

	snprintf(pattern, sizeof pattern, " %s=\"", key);
	from = from ? strstr(from, pattern) : NULL;
	if (!from)
		return false;
	from += strlen(pattern);
	end = strchr(from, '"');
	if (!end || (size_t)(end - from) >= most)
		return false;
	memcpy(to, from, (size_t)(end - from));
	to[end - from] = '\0';
	return true;
}

static int integer_of(const char *xml, const char *element, const char *key)
{
	char text[16];

	return value_of(xml, element, key, text, sizeof text) ? (int)strtol(text, NULL, 10) : -1;
}

/* --- files */

static void forget(void *data)
{
	struct memory *memory = data;

	for (size_t i = 0; i < memory->count; i++)
		free(memory->files[i].bytes);
	free(memory);
}

static struct memory *memory_of(struct board *board)
{
	if (!board->memory) {
		board->memory = xcalloc(1, sizeof(struct memory));
		board->forget = forget;
	}
	return board->memory;
}

static struct file *find_file(struct memory *memory, const char *name)
{
	for (size_t i = 0; i < memory->count; i++)
		if (strcmp(memory->files[i].name, name) == 0)
			return &memory->files[i];
	return NULL;
}

static void delete_file(struct memory *memory, struct file *file)
{
	memory->total -= file->size;
	free(file->bytes);
	*file = memory->files[--memory->count];
}

/* A file of that name and content goes on where it stopped; another content begins anew. */
static struct file *begin_file(struct memory *memory, const char *name, const char *md5, size_t size)
{
	struct file *file = find_file(memory, name);

	if (file && strcmp(file->md5, md5) == 0 && file->size == size)
		return file;
	if (file)
		delete_file(memory, file);
	if (memory->count == FILES_MOST || memory->total + size > FILE_MOST)
		return NULL;
	file = &memory->files[memory->count++];
	memory->total += size;
	*file = (struct file){.size = size, .bytes = xcalloc(size + 1, 1)};
	snprintf(file->name, sizeof file->name, "%s", name);
	snprintf(file->md5, sizeof file->md5, "%s", md5);
	return file;
}

static void start_file(struct card *card, struct board *board, const uint8_t *content, size_t size)
{
	char md5[33], name[64];
	uint8_t status[10] = {0};

	if (size < 33 + 8 + 2 + 2 || content[32] != 0 || content[size - 1] != 0 || size - 43 > sizeof name ||
		number(content + 33, 8) > FILE_MOST || number(content + 33, 8) == 0 ||
		number(content + 41, 2) != 0) {
		board_fault(board, "file");
		answer_status(board, 0x8002, 1);
		return;
	}
	memcpy(md5, content, sizeof md5);
	memcpy(name, content + 43, size - 43);
	card->upload = begin_file(memory_of(board), name, md5, (size_t)number(content + 33, 8));
	if (!card->upload) {
		answer_status(board, 0x8002, 2);
		return;
	}
	for (int i = 0; i < 8; i++)
		status[2 + i] = (uint8_t)(card->upload->got >> 8 * i);
	board_note(board, card->upload->got ? "resumed" : "file", name);
	answer(board, 0x8002, status, sizeof status);
}

static void take_content(struct card *card, struct board *board, const uint8_t *content, size_t size)
{
	struct file *file = card->upload;

	if (!file || size > file->size - file->got) {
		board_fault(board, "content");
		return;
	}
	memcpy(file->bytes + file->got, content, size);
	file->got += size;
}

static void end_file(struct card *card, struct board *board)
{
	struct file *file = card->upload;

	card->upload = NULL;
	if (!file) {
		answer_status(board, 0x8006, 1);
		return;
	}
	char *md5 = g_compute_checksum_for_data(G_CHECKSUM_MD5, file->bytes, file->got);
	bool good = file->got == file->size && strcmp(md5, file->md5) == 0;
	g_free(md5);
	if (!good) {
		board_fault(board, "md5");
		delete_file(memory_of(board), file);
	}
	answer_status(board, 0x8006, good ? 0 : 3);
}

/* A BMP of 24 bits, as large as the rectangle. */
static bool paint(struct board *board, const struct file *file, int x, int y, int width, int height)
{
	const uint8_t *b = file->bytes;
	size_t row = ((size_t)width * 3 + 3) & ~(size_t)3;

	if (file->got < 54 || b[0] != 'B' || b[1] != 'M' || number(b + 18, 4) != (unsigned)width ||
		number(b + 22, 4) != (unsigned)height || number(b + 28, 2) != 24 || number(b + 30, 4) != 0 ||
		number(b + 10, 4) != 54 || file->got != 54 + row * (size_t)height)
		return false;
	for (int line = 0; line < height; line++) {
		const uint8_t *at = b + 54 + row * (size_t)(height - 1 - line);
		for (int k = 0; k < width; k++, at += 3)
			board_write(board, 3 * ((size_t)(y + line) * (size_t)board->width + (size_t)(x + k)),
				(const uint8_t[]){at[2], at[1], at[0]}, 3);
	}
	return true;
}

/* --- requests */

static const char *add_program(struct board *board, const char *xml)
{
	char name[64];
	const char *image = strstr(xml, "<image ");
	int x = integer_of(xml, "<rectangle ", "x"), y = integer_of(xml, "<rectangle ", "y");
	int width = integer_of(xml, "<rectangle ", "width"),
	    height = integer_of(xml, "<rectangle ", "height");

	if (!image || !value_of(image, "<file ", "name", name, sizeof name))
		return "kParseXmlFailed";
	const struct file *file = find_file(memory_of(board), name);
	if (!file || file->got != file->size)
		return "kFileNotExist";
	if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > board->width ||
		y + height > board->height)
		return "kOutOfRange";
	if (!paint(board, file, x, y, width, height))
		return "kUnsupportFile";
	struct memory *memory = memory_of(board);
	snprintf(memory->shown, sizeof memory->shown, "%s", name);
	if (!value_of(xml, "<program ", "guid", memory->program, sizeof memory->program))
		memory->program[0] = '\0';
	memory->seen = false;
	board_show(board);
	return "kSuccess";
}

/* What the card plays, as it was told. */
static char *list_programs(const struct memory *memory)
{
	if (!memory->program[0])
		return xstrdup("<screen/>");
	return xasprintf("<screen><program type=\"normal\" id=\"0\" guid=\"%s\"><area><resources><image>"
			 "<file name=\"%s\"/></image></resources></area></program></screen>",
		memory->program, memory->shown);
}

/* Somebody else has reached the card: a red board. */
static void intrude(struct card *card, struct board *board)
{
	struct memory *memory = memory_of(board);

	if (card->faults.intrude <= 0 || card->faults.insist <= 0 || memory->seen ||
		board->frames < (uint64_t)card->faults.intrude)
		return;
	card->faults.insist--;
	memory->seen = true;
	snprintf(memory->program, sizeof memory->program, "stranger");
	snprintf(memory->shown, sizeof memory->shown, "stranger.bmp");
	for (size_t i = 0; i < board->size; i += 3)
		board_write(board, i, (const uint8_t[]){255, 0, 0}, 3);
	board_event(board, "intruder");
}

static const char *delete_files(struct board *board, const char *xml)
{
	char name[64];
	struct memory *memory = memory_of(board);

	for (const char *at = xml; (at = strstr(at, "<file ")) != NULL; at++) {
		struct file *file =
			value_of(at, "<file ", "name", name, sizeof name) ? find_file(memory, name) : NULL;
		if (!file)
			return "kFileNotExist";
		delete_file(memory, file);
		board_note(board, "deleted", name);
	}
	return "kSuccess";
}

static const char *set_brightness(struct board *board, const char *xml)
{
	char mode[16], text[8];
	int value = integer_of(xml, "<default ", "value");

	if (!value_of(xml, "<mode ", "value", mode, sizeof mode) || strcmp(mode, "default") != 0 ||
		value < 1 || value > 100)
		return "kInvalidArgument";
	snprintf(text, sizeof text, "%d", value);
	board_note(board, "brightness", text);
	return "kSuccess";
}

static char *list_files(const struct memory *memory)
{
	char *list = xstrdup("<files>");

	for (size_t i = 0; i < memory->count; i++) {
		const struct file *file = &memory->files[i];
		char *longer = xasprintf("%s<file name=\"%s\" size=\"%zu\" md5=\"%s\" type=\"image\"/>", list,
			file->name, file->size, file->md5);
		free(list);
		list = longer;
	}
	char *all = xasprintf("%s</files>", list);
	free(list);
	return all;
}

static const char *obey(struct card *card, struct board *board, const char *method, char **ret_inside)
{
	const char *xml = card->xml;

	if (strcmp(method, "GetIFVersion") == 0) {
		snprintf(card->guid, sizeof card->guid, "sim-%08x", ++connections);
		*ret_inside = xstrdup("<version value=\"1000000\"/>");
		return "kSuccess";
	}
	char guid[64];
	if (!value_of(xml, "<sdk ", "guid", guid, sizeof guid) || strcmp(guid, card->guid) != 0)
		return "kInvalidGuid";
	if (strcmp(method, "GetFiles") == 0) {
		*ret_inside = list_files(memory_of(board));
		return "kSuccess";
	}
	if (strcmp(method, "GetProgram") == 0) {
		*ret_inside = list_programs(memory_of(board));
		return "kSuccess";
	}
	if (strcmp(method, "AddProgram") == 0)
		return add_program(board, xml);
	if (strcmp(method, "DeleteFiles") == 0)
		return delete_files(board, xml);
	if (strcmp(method, "SetLuminancePloy") == 0)
		return set_brightness(board, xml);
	if (strcmp(method, "OpenScreen") == 0 || strcmp(method, "CloseScreen") == 0) {
		board_note(board, "power", method[0] == 'O' ? "on" : "off");
		return "kSuccess";
	}
	return "kUnsupportMethod";
}

static void take_request(struct card *card, struct board *board)
{
	char method[32] = "", *inside = NULL;
	const char *result = "kParseXmlFailed";

	if (value_of(card->xml, "<in ", "method", method, sizeof method))
		result = obey(card, board, method, &inside);
	if (card->faults.refuse > 0 && strcmp(method, "AddProgram") == 0) {
		card->faults.refuse = 0;
		result = "kMemoryFailed";
	}
	char *xml =
		xasprintf("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sdk guid=\"%s\">\n<out method=\"%s\" "
			  "result=\"%s\">%s</out></sdk>",
			card->guid, method, result, inside ? inside : "");
	answer_xml(board, xml);
	free(xml);
	free(inside);
}

static void take_xml(struct card *card, struct board *board, const uint8_t *content, size_t size)
{
	uint64_t total = size >= 8 ? number(content, 4) : 0;

	if (total == 0 || total > XML_MOST || number(content + 4, 4) != card->xml_size ||
		card->xml_size + size - 8 > total) {
		board_fault(board, "xml");
		card->xml_size = 0;
		return;
	}
	card->xml = xrealloc(card->xml, card->xml_size + size - 8 + 1, 1);
	memcpy(card->xml + card->xml_size, content + 8, size - 8);
	card->xml_size += size - 8;
	if (card->xml_size < total)
		return;
	card->xml[card->xml_size] = '\0';
	take_request(card, board);
	card->xml_size = 0;
}

static void take(
	struct card *card, struct board *board, unsigned command, const uint8_t *content, size_t size)
{
	intrude(card, board);
	if (command == 0x2001 && size >= 4) {
		card->greeted = true;
		answer(board, 0x2002, (const uint8_t[]){7, 0, 0, 1, 0, 0}, 6);
	} else if (!card->greeted) {
		board_fault(board, "hello");
	} else if (command == 0x2003) {
		take_xml(card, board, content, size);
	} else if (command == 0x005f) {
		answer(board, 0x0060, NULL, 0);
	} else if (command == 0x8001) {
		start_file(card, board, content, size);
	} else if (command == 0x8003) {
		take_content(card, board, content, size);
	} else if (command == 0x8005) {
		end_file(card, board);
	} else if (command != 0x0060) {
		board_fault(board, "command");
		answer_status(board, 0x2000, 2);
	}
}

static struct card *feeding; /* stream_feed's callback has no other way to it */

static size_t parse(struct board *board, const uint8_t *bytes, size_t size)
{
	if (size < 4)
		return 0;
	size_t length = (size_t)number(bytes, 2);
	if (length < 4 || length > PACKET_MOST) {
		board_fault(board, "length");
		return 1;
	}
	if (size < length)
		return 0;
	take(feeding, board, (unsigned)number(bytes + 2, 2), bytes + 4, length - 4);
	return length;
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	(void)arrival;
	feeding = state;
	stream_feed(&feeding->stream, board, bytes, size, parse);
}

static void init(void *state, const struct board *board, const struct decoder_options *options)
{
	(void)board;
	((struct card *)state)->faults = options->faults;
}

static void finish(void *state)
{
	struct card *card = state;

	stream_finish(&card->stream);
	free(card->xml);
}

const struct protocol huidu_protocol = {
	.name = "huidu",
	.transport = TRANSPORT_STREAM,
	.wires = WIRE_TCP,
	.port = 10001,
	.state_size = sizeof(struct card),
	.init = init,
	.feed = feed,
	.finish = finish,
};
