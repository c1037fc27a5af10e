/* sACN, E1.31: data packets of start code 0, and synchronisation packets. Source: ANSI E1.31's layout as OLA, WLED and
 * tshark's dissector have it. All numbers big endian.
 *
 * One source is followed: the one of the highest priority, the first among equals, until it ends or falls silent.
 */
#include <string.h>

#include "protocol.h"
#include "universes.h"

#define OPTION_PREVIEW 0x80
#define OPTION_ENDED   0x40
#define OPTION_FORCE   0x20 /* when the sync is lost: go on without it, not wait for it */
#define CID_SIZE       16
#define DATA	       126 /* where the values begin, after the start code */

struct sacn {
	struct universes universes;
	bool followed;			 /* a source is */
	uint8_t cid[CID_SIZE], priority; /* its */
	int64_t heard;			 /* from it last, monotonic ns */
	int sync_universe;		 /* that its data wait for; 0: none */
	bool force;
	int64_t synced; /* when the last synchronisation came; 0: never */
	uint8_t sync_sequence;
	bool held; /* a complete frame waits for it */
};

static void init(void *state, const struct board *board, const struct decoder_options *options)
{
	struct sacn *sacn = state;

	universes_init(&sacn->universes, board, options->universe);
}

static unsigned number(const uint8_t *bytes, int size)
{
	unsigned value = 0;

	for (int i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

static size_t length(const uint8_t *bytes)
{
	return number(bytes, 2) & 0xfff;
}

static bool is_sequence_older(uint8_t sequence, uint8_t last)
{
	int8_t ahead = (int8_t)(sequence - last);

	return ahead <= 0 && ahead > -20;
}

/* --- data packets */

/* The word for what makes it no data packet, or NULL. */
static const char *check_data(const uint8_t *bytes, size_t size)
{
	if (size < DATA)
		return "short";
	if (number(bytes + 18, 4) != 4 || number(bytes + 40, 4) != 2 || bytes[117] != 2 || bytes[118] != 0xa1)
		return "vector";
	size_t values = number(bytes + 123, 2); /* the start code is one of them */
	if (values < 1 || values > 513 || size < DATA - 1 + values)
		return "length";
	if (length(bytes + 16) != 109 + values || length(bytes + 38) != 87 + values ||
		length(bytes + 115) != 10 + values)
		return "length";
	if (bytes[125] != 0)
		return "start-code";
	return NULL;
}

/* Whether this is the source to follow, or becomes it. */
static bool follow(struct sacn *sacn, const uint8_t *cid, uint8_t priority, int64_t now)
{
	bool lost = !sacn->followed || now - sacn->heard >= STREAM_LOST;
	bool same = sacn->followed && memcmp(cid, sacn->cid, CID_SIZE) == 0;

	if (!lost && !same && priority <= sacn->priority)
		return false;
	if (lost || !same) {
		for (int i = 0; i < sacn->universes.count; i++)
			sacn->universes.list[i].time = 0; /* its own numbers */
		sacn->synced = 0;
	}
	sacn->followed = true;
	memcpy(sacn->cid, cid, CID_SIZE);
	sacn->priority = priority;
	sacn->heard = now;
	return true;
}

static void end_stream(struct sacn *sacn, struct board *board)
{
	sacn->followed = false;
	sacn->held = false;
	universes_next(&sacn->universes);
	board_event(board, "ended");
}

/* Data act at once until the first synchronisation has come; and again, if they say so, when it comes no more. */
static bool must_wait(const struct sacn *sacn, int64_t now)
{
	bool lost = now - sacn->synced >= STREAM_LOST;

	return sacn->sync_universe && sacn->synced && (!lost || !sacn->force);
}

static void take_values(struct sacn *sacn, struct board *board, int index, const uint8_t *bytes, int64_t now)
{
	struct universes *universes = &sacn->universes;

	if (sacn->held) {
		board_fault(board, "sync");
		sacn->held = false;
		universes_next(universes);
	}
	sacn->sync_universe = (int)number(bytes + 109, 2);
	sacn->force = bytes[112] & OPTION_FORCE;
	if (!universes_take(
		    universes, board, index, bytes[111], bytes + DATA, number(bytes + 123, 2) - 1, now))
		return;
	sacn->held = must_wait(sacn, now);
	if (sacn->held)
		return;
	universes_next(universes);
	board_show(board);
}

static void take_data(struct sacn *sacn, struct board *board, const uint8_t *bytes, int64_t now)
{
	int index = universes_index(&sacn->universes, (int)number(bytes + 113, 2));

	if (index < 0 || bytes[112] & OPTION_PREVIEW)
		return; /* not for this board */
	bool ended = bytes[112] & OPTION_ENDED;
	if (ended && (!sacn->followed || memcmp(bytes + 22, sacn->cid, CID_SIZE) != 0))
		return; /* that was known, or is nobody's */
	if (!follow(sacn, bytes + 22, bytes[108], now)) {
		board_fault(board, "priority");
		return;
	}
	const struct universe *universe = &sacn->universes.list[index];
	if (universe->time && is_sequence_older(bytes[111], universe->sequence))
		board_fault(board, "sequence");
	else if (ended)
		end_stream(sacn, board);
	else
		take_values(sacn, board, index, bytes, now);
}

/* --- synchronisation packets */

static void take_sync(struct sacn *sacn, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	struct universes *universes = &sacn->universes;

	if (size < 49 || number(bytes + 40, 4) != 1) {
		board_fault(board, size < 49 ? "short" : "vector");
		return;
	}
	if (length(bytes + 16) != 33 || length(bytes + 38) != 11) {
		board_fault(board, "length");
		return;
	}
	if (!sacn->followed || memcmp(bytes + 22, sacn->cid, CID_SIZE) != 0 ||
		(int)number(bytes + 45, 2) != sacn->sync_universe)
		return; /* for other data */
	if (sacn->synced && now - sacn->synced < STREAM_LOST &&
		is_sequence_older(bytes[44], sacn->sync_sequence)) {
		board_fault(board, "sequence");
		return;
	}
	sacn->sync_sequence = bytes[44];
	sacn->synced = now;
	sacn->held = false;
	if (universes->arrived == 0)
		return;
	board->lost = (unsigned)(universes->count - universes->arrived);
	universes_next(universes);
	board_show(board);
}

static void feed(
	void *state, struct board *board, const uint8_t *bytes, size_t size, const struct arrival *arrival)
{
	static const uint8_t preamble[16] = "\0\x10\0\0"
					    "ASC-E1.17";
	struct sacn *sacn = state;

	if (size < 44 || memcmp(bytes, preamble, sizeof preamble) != 0) {
		board_fault(board, "header");
		return;
	}
	if (number(bytes + 18, 4) == 8) {
		take_sync(sacn, board, bytes, size, arrival->time);
		return;
	}
	const char *wrong = check_data(bytes, size);
	if (wrong)
		board_fault(board, wrong);
	else
		take_data(sacn, board, bytes, arrival->time);
}

const struct protocol sacn_protocol = {
	.name = "sacn",
	.transport = TRANSPORT_DATAGRAM,
	.port = 5568,
	.universe_least = 1,
	.universe_most = 63999,
	.universe_usual = 1,
	.multicast = true,
	.state_size = sizeof(struct sacn),
	.init = init,
	.feed = feed,
};
