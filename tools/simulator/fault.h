/* What a bad day does to a wire: --fault drop=P,flip=P,garbage=P,stall=FRAMES:TIME,disconnect=FRAMES:TIME,seed=N,
 * and of a card that answers: mute=P,cut=P,busy=N,spoilt=N,refuse=ERROR; intrude=FRAMES,insist=TIMES.
 * P in percent: of bytes on a stream, of datagrams on a network. Deterministic for one seed. */
#ifndef TOOLS_SIMULATOR_FAULT_H
#define TOOLS_SIMULATOR_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

struct fault {
	double drop, flip, garbage;	/* percent */
	int64_t stall_after, stall_for; /* frames, ns; after < 0: never */
	int64_t disconnect_after, disconnect_for;
	double mute, cut; /* percent of a card's answers */
	struct card_faults card;
	uint64_t random; /* never 0 */
};

void fault_init(struct fault *fault);
bool fault_parse(struct fault *fault, const char *spec);
/* A stream's bytes after drop, flip and garbage; out has room for 2 * size. Returns how many. */
size_t fault_stream(struct fault *fault, const uint8_t *bytes, size_t size, uint8_t *out);
/* A datagram: false if it is lost, else a bit of it may have been flipped. */
bool fault_datagram(struct fault *fault, uint8_t *bytes, size_t size);
/* How much of an answer gets through: all of it, a part, or nothing. */
size_t fault_answer(struct fault *fault, size_t size);
/* A datagram of noise that comes before the next one; returns its size, 0: none this time. */
#define FAULT_NOISE_MOST 64
size_t fault_noise(struct fault *fault, uint8_t out[FAULT_NOISE_MOST]);

#endif
