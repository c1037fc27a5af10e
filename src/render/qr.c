#include "render/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

/* From this many pixels a module on, the standard's quiet zone is worth more than a larger module. */
#define SCALE_COMFORTABLE 4

/* A web address means the same with its scheme and host in capitals (RFC 3986, 6.2.2.1), and capitals take 5.5 bits
 * instead of 8. NULL: text is no such address. The caller frees. */
static char *upper_address(const char *text)
{
	size_t scheme = strncasecmp(text, "https://", 8) == 0  ? 8
			: strncasecmp(text, "http://", 7) == 0 ? 7
							       : 0;
	size_t end = scheme + strcspn(text + scheme, "/?#");
	if (scheme == 0 || end == scheme || memchr(text, '@', end)) /* a user's name is not the host's */
		return NULL;
	char *upper = xstrdup(text);
	for (size_t i = 0; i < end; i++)
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] = (char)(upper[i] - 'a' + 'A');
	return upper;
}

static int quiet_least(int version)
{
	return version == 1 ? QR_QUIET_LEAST_VERSION_1 : QR_QUIET_LEAST;
}

static int scale_with(int modules, int quiet, int room)
{
	return room / (modules + 2 * quiet);
}

/* 0: it does not fit. */
static int scale_in(const QRcode *code, int room)
{
	int comfortable = scale_with(code->width, QR_QUIET, room);
	if (comfortable >= SCALE_COMFORTABLE)
		return comfortable;
	int tight = scale_with(code->width, quiet_least(code->version), room);
	return tight < SCALE_COMFORTABLE ? tight : SCALE_COMFORTABLE;
}

static void take(struct qr *best, const QRcode *code, char level, bool upper, int scale, int room)
{
	int modules = code->width;
	int quiet = QR_QUIET * scale, spare = (room - modules * scale) / 2;
	if (quiet > spare)
		quiet = spare;
	free(best->dark);
	*best = (struct qr){.version = code->version,
		.modules = modules,
		.level = level,
		.upper = upper,
		.scale = scale,
		.quiet = quiet,
		.side = modules * scale + 2 * quiet,
		.dark = xmalloc((size_t)modules * (size_t)modules)};
	for (int i = 0; i < modules * modules; i++)
		best->dark[i] = code->data[i] & 1;
}

/* Larger modules, then the whole quiet zone; then as it was written, which looks better to who reads it on the phone. */
static bool is_better(const struct qr *best, const QRcode *code, bool upper, int scale, int room)
{
	bool whole = scale_with(code->width, QR_QUIET, room) >= scale;
	if (scale != best->scale)
		return scale > best->scale;
	bool best_whole = best->quiet >= QR_QUIET * best->scale;
	return whole != best_whole ? whole : !upper || best->upper;
}

struct search {
	int room;
	struct qr best; /* scale 0: none yet */
	int least;	/* pixels that the smallest code takes; 0: none was made */
};

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Other letters are announced as UTF-8 (ECI 26): readers that have to guess read Vietnamese as Chinese. */
static QRcode *encode(const char *text, QRecLevel level)
{
	if (is_ascii(text))
		return QRcode_encodeString(text, 0, level, QR_MODE_8, 1);
	QRcode *code = NULL;
	QRinput *input = QRinput_new2(0, level);
	if (input && QRinput_appendECIheader(input, 26) == 0 &&
		QRinput_append(input, QR_MODE_8, (int)strlen(text), (const unsigned char *)text) == 0)
		code = QRcode_encodeInput(input);
	QRinput_free(input);
	return code;
}

/* Weaker levels are tried first: what is no worse otherwise gives way to the stronger one. */
static void try_text(struct search *search, const char *text, bool upper)
{
	static const struct {
		QRecLevel level;
		char name;
	} levels[] = {{QR_ECLEVEL_L, 'L'}, {QR_ECLEVEL_M, 'M'}, {QR_ECLEVEL_Q, 'Q'}};
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		QRcode *code = encode(text, levels[i].level);
		if (!code) /* too long, at this level and the stronger ones */
			return;
		int least = code->width + 2 * quiet_least(code->version);
		if (search->least == 0 || least < search->least)
			search->least = least;
		int scale = scale_in(code, search->room);
		if (scale > 0 && is_better(&search->best, code, upper, scale, search->room))
			take(&search->best, code, levels[i].name, upper, scale, search->room);
		QRcode_free(code);
	}
}

int qr_create(const char *text, int width, int height, struct qr **ret_qr, int *ret_least)
{
	struct search search = {.room = width < height ? width : height};
	if (text[0] == '\0')
		return -EINVAL;
	char *upper = upper_address(text);
	try_text(&search, text, false);
	if (upper)
		try_text(&search, upper, true);
	free(upper);
	if (search.least == 0)
		return -EMSGSIZE;
	if (ret_least)
		*ret_least = search.least;
	if (search.best.scale == 0)
		return -ENOSPC;
	*ret_qr = xmemdup(&search.best, sizeof search.best);
	return 0;
}

void qr_destroy(struct qr *qr)
{
	if (!qr)
		return;
	free(qr->dark);
	free(qr);
}

void qr_paint(const struct qr *qr, struct frame *frame, int x, int y, uint32_t light, uint32_t dark)
{
	frame_fill(frame, (struct rect){x, y, qr->side, qr->side}, light);
	for (int row = 0; row < qr->modules; row++)
		for (int column = 0; column < qr->modules; column++)
			if (qr->dark[row * qr->modules + column])
				frame_fill(frame,
					(struct rect){x + qr->quiet + column * qr->scale,
						y + qr->quiet + row * qr->scale, qr->scale, qr->scale},
					dark);
}
