/* sACN, E1.31: data packets of start code 0, and synchronisation packets. Source: ANSI E1.31's layout as OLA, WLED and
 * tshark's dissector have it. All numbers big endian. */
#include <string.h>

#include "protocol.h"
#include "universes.h"

#define QUIET_AFTER    INT64_C(2500000000) /* the stream's loss time: then any sequence number is welcome */
#define OPTION_PREVIEW 0x80
#define OPTION_ENDED   0x40

struct sacn {
	struct universes universes;
	int synchronised; /* the sync universe that the stream waits for; 0: none */
	bool due;
};

static void init(void *state, struct board *board, const struct decoder_options *options)
{
	struct sacn *sacn = state;
	universes_init(&sacn->universes, board, options->universe < 0 ? 1 : options->universe);
}

static unsigned number(const uint8_t *bytes, int size)
{
	unsigned value = 0;
	for (int i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

static bool is_sync(const uint8_t *bytes, size_t size)
{
	return size >= 49 && number(bytes + 18, 4) == 8 && number(bytes + 40, 4) == 1;
}

/* The flags and vectors that make it a data packet; the word for what is wrong, or NULL. */
static const char *check_data(const uint8_t *bytes, size_t size)
{
	if (size < 126)
		return "short";
	if (number(bytes + 18, 4) != 4 || number(bytes + 40, 4) != 2 || bytes[117] != 2 || bytes[118] != 0xa1)
		return "vector";
	size_t values = number(bytes + 123, 2);
	if (values < 1 || values > 513 || size < 125 + values ||
		(number(bytes + 16, 2) & 0xfff) != 109 + values)
		return "length";
	if (bytes[125] != 0)
		return "start-code";
	return NULL;
}

static bool is_older(struct universes *universes, int index, uint8_t sequence, int64_t now)
{
	int8_t ahead = (int8_t)(sequence - universes->sequence[index]);
	bool known = universes->last[index] && now - universes->last[index] < QUIET_AFTER;
	if (known && ahead <= 0 && ahead > -20)
		return true;
	universes->sequence[index] = sequence;
	return false;
}

static void take_data(struct sacn *sacn, struct board *board, const uint8_t *bytes, int64_t now)
{
	int index = universes_index(&sacn->universes, (int)number(bytes + 113, 2));
	if (index < 0 || bytes[112] & OPTION_PREVIEW)
		return;
	if (is_older(&sacn->universes, index, bytes[111], now)) {
		board_fault(board, "sequence");
		return;
	}
	if (bytes[112] & OPTION_ENDED) {
		sacn->universes.last[index] = 0;
		return;
	}
	sacn->synchronised = (int)number(bytes + 109, 2);
	if (!universes_take(&sacn->universes, board, index, bytes + 126, number(bytes + 123, 2) - 1, now))
		return;
	universes_shown(&sacn->universes);
	sacn->due = sacn->synchronised != 0;
	if (!sacn->due)
		board_show(board);
}

static void feed(void *state, struct board *board, const uint8_t *bytes, size_t size, int64_t now)
{
	static const uint8_t preamble[16] = "\0\x10\0\0"
					    "ASC-E1.17";
	struct sacn *sacn = state;
	if (size < 22 || memcmp(bytes, preamble, sizeof preamble) != 0) {
		board_fault(board, "header");
		return;
	}
	if (is_sync(bytes, size)) {
		if (sacn->due && (int)number(bytes + 45, 2) == sacn->synchronised) {
			sacn->due = false;
			board_show(board);
		}
		return;
	}
	const char *wrong = check_data(bytes, size);
	if (wrong)
		board_fault(board, wrong);
	else
		take_data(sacn, board, bytes, now);
}

const struct protocol sacn_protocol = {.name = "sacn",
	.transport = TRANSPORT_DATAGRAM,
	.port = 5568,
	.state_size = sizeof(struct sacn),
	.init = init,
	.feed = feed};
