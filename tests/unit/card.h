/* A simulated controller within the test: the simulator's decoder behind a TCP listener of this process, whose answers
 * a test may cut, drop or change. The driver runs on the loop; card_serve is called in between. */
#ifndef TESTS_UNIT_CARD_H
#define TESTS_UNIT_CARD_H

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "tools/simulator/protocol.h"

struct card {
	const struct protocol *protocol;
	void *state;
	struct board board;
	struct decoder_options options;
	char *said;
	size_t said_size;
	int listener, client, port;
	int answers; /* so far */
	/* Changes an answer (room for 4096 bytes); returns its size, 0: it is lost. NULL: as it is. */
	size_t (*spoil)(struct card *card, uint8_t *bytes, size_t size);
	int64_t argument; /* for spoil */
};

static inline void card_answer(void *data, const void *bytes, size_t size)
{
	struct card *card = data;
	uint8_t copy[4096];

	memcpy(copy, bytes, size);
	card->answers++;
	if (card->spoil)
		size = card->spoil(card, copy, size);
	if (size > 0 && card->client >= 0)
		send(card->client, copy, size, MSG_NOSIGNAL);
}

static inline void card_restart(struct card *card)
{
	if (card->state && card->protocol->finish)
		card->protocol->finish(card->state);
	free(card->state);
	card->state = xcalloc(1, card->protocol->state_size);
	if (card->protocol->init)
		card->protocol->init(card->state, &card->board, &card->options);
}

static inline void card_begin(struct card *card, const char *protocol, int width, int height)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	*card = (struct card){.protocol = protocol_find(protocol), .client = -1};
	assert_non_null(card->protocol);
	board_init(&card->board, width, height);
	card->board.outputs.json = open_memstream(&card->said, &card->said_size);
	card->board.answer = card_answer;
	card->board.answer_data = card;
	card_restart(card);
	card->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(card->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(card->listener, 8), 0);
	assert_int_equal(getsockname(card->listener, (struct sockaddr *)&address, &size), 0);
	card->port = ntohs(address.sin_port);
}

static inline void card_hang_up(struct card *card)
{
	if (card->client >= 0)
		close(card->client);
	card->client = -1;
}

static inline void card_end(struct card *card)
{
	card_hang_up(card);
	close(card->listener);
	if (card->protocol->finish)
		card->protocol->finish(card->state);
	free(card->state);
	fclose(card->board.outputs.json);
	free(card->said);
	board_finish(&card->board);
}

static inline void card_feed(struct card *card, const void *bytes, size_t size)
{
	const struct arrival arrival = {.time = NS_PER_SEC};

	card->protocol->feed(card->state, &card->board, bytes, size, &arrival);
}

/* Takes a new client, and what has come. */
static inline void card_serve(struct card *card)
{
	uint8_t bytes[65536];
	int client = accept4(card->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (client >= 0) {
		card_hang_up(card);
		card_restart(card);
		card->client = client;
	}
	while (card->client >= 0) {
		ssize_t got = recv(card->client, bytes, sizeof bytes, 0);
		if (got > 0)
			card_feed(card, bytes, (size_t)got);
		else if (got == 0 || errno != EAGAIN)
			card_hang_up(card);
		else
			break;
	}
}

/* How often the card said so: "\"event\": \"power\", \"value\": \"off\"". */
static inline int card_said(struct card *card, const char *word)
{
	int count = 0;

	fflush(card->board.outputs.json);
	for (const char *at = card->said; at && (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

#endif
