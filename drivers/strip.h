/* What the serial strip protocols have in common: a frame is one run of bytes, sent to a device that answers nothing.
 * A driver of this family is its encoder and its table. */
#ifndef DRIVERS_STRIP_H
#define DRIVERS_STRIP_H

#include "drivers/link/paced.h"

struct strip_protocol {
	size_t overhead;    /* bytes of a frame besides its pixels */
	size_t pixels_most; /* that the header can count */
	/* count pixels, 3 bytes each, to the bytes of the wire; returns how many, 3 * count + overhead. Pure. */
	size_t (*encode)(const uint8_t *rgb, size_t count, uint8_t *to);
};

/* The private struct of every strip driver. */
struct strip {
	char *port; /* options */
	int64_t baud, reset_wait, pixel_time;
	const struct strip_protocol *protocol;
	struct paced line;
	bool resetting; /* the device starts; it hears nothing yet */
	uint8_t *bytes; /* of the frame that is going out */
	size_t pixels;
	uint64_t sequence;
};
extern const struct sink_option strip_options[];

/* For the table: a device that has heard nothing for 2.5 s goes back to its own effects (WLED). */
#define STRIP_KEEP_ALIVE INT64_C(1000000000)
void strip_check(
	const struct strip_protocol *protocol, const struct display *display, struct diag_list *diags);
int strip_open(struct sink *sink, const struct strip_protocol *protocol);
int strip_submit(struct sink *sink, const struct sink_frame *frame);
void strip_event(struct sink *sink, int fd, unsigned events);
void strip_timeout(struct sink *sink);
void strip_close(struct sink *sink);

size_t adalight_encode(const uint8_t *rgb, size_t count, uint8_t *to);
size_t awa_encode(const uint8_t *rgb, size_t count, uint8_t *to);
size_t tpm2_encode(const uint8_t *rgb, size_t count, uint8_t *to);

#endif
