/* What a controller says of itself when it is asked: questions that change nothing on a board, and how their answers are
 * read. Pure, but for wire_ask and wire_listen. */
#ifndef TOOLS_TESTPATTERN_PROBE_H
#define TOOLS_TESTPATTERN_PROBE_H

#include "base/time.h"
#include "drivers/link/serial.h"

#include <stdbool.h>

/* Texts are printable ASCII; empty, or 0: it does not tell. */
struct finding {
	const char *driver; /* which to use, NULL: this does not decide it */
	char device[96];    /* model or name */
	char firmware[48];
	char note[96];	   /* anything else that is worth a line */
	int width, height; /* of the screen, pixels */
	int64_t baud;	   /* serial: at which it answered */
	int port;	   /* network: where it answered */
};

enum question_wire { ASK_SERIAL, ASK_TCP, ASK_UDP };

#define QUESTION_MOST 256
struct question {
	const char *name; /* of the protocol */
	enum question_wire wire;
	int port;		     /* usual, in the network */
	struct serial_mode modes[4]; /* on a serial line, in the order of trying; ends with baud 0 */
	int64_t within;		     /* ns for the answer */
	size_t (*ask)(uint8_t to[QUESTION_MOST]);
	/* What has come so far. True: it is an answer, and finding was filled in. */
	bool (*read)(const uint8_t *bytes, size_t size, struct finding *finding);
};

extern const struct question card_questions[], strip_questions[], node_questions[]; /* end with name NULL */

/* Printable ASCII of at most size bytes, ended by the first NUL, without spaces at the ends. */
void finding_text(char *to, size_t most, const uint8_t *from, size_t size);

struct wire_place {
	const char *port; /* of a serial line; NULL: */
	const char *host; /* numeric */
	int host_port;	  /* 0: the question's usual */
};

/* Asks, and reads until there is an answer or the time is over. mode: of a serial line, else NULL. 1: answered, 0:
 * silence (a refused connection as well), -errno: the place cannot be opened (serial), *ret_why: static text. */
int wire_ask(const struct wire_place *place, const struct question *question, const struct serial_mode *mode,
	struct finding *finding, const char **ret_why);
/* What a device on a serial line says unasked within that time, as text. -errno: it cannot be opened. */
int wire_listen(const char *port, const struct serial_mode *mode, int64_t time, char *to, size_t most,
	const char **ret_why);

#endif
