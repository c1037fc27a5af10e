/* Onbon BX controllers of the 5th and 6th generation: one dynamic area as large as the display, and control of clock,
 * brightness and power. What the families share; each has a file of its own for its pixels and its table.
 *
 * Sources: Onbon's manuals of the dynamic areas (github.com/onbonlab/BX-V-VI), its Java libraries (bx.dual.dyn.java;
 * bx05 and bx06 in onbonlab/pub), and frames captured from these. Never tried on a board of ours: what the sources
 * leave open is an option.
 */
#ifndef DRIVERS_ONBON_H
#define DRIVERS_ONBON_H

#include "base/time.h"
#include "drivers/link/exchange.h"

/* --- pure: bytes */

#define ONBON_HOST	  0x8000
#define ONBON_ANY	  0xfffe /* every card, and it answers */
#define ONBON_NO_ANSWER	  0xffff /* every card, and none answers */
#define ONBON_HEADER_MOST 44

/* How frames to one kind of card begin. */
struct onbon_head {
	uint16_t to;
	uint8_t device[2];
	int generation; /* 5, 6: of the common header */
	uint8_t kind;	/* of protocol and line, in the common header: 0, or 1 for full colour */
	uint16_t sequence;
	uint8_t random; /* any */
};

struct onbon_area {
	int id, x, y, width, height;
	int run_mode;
	int silence;	    /* seconds, for run modes 2 and 3 */
	int program;	    /* shown with that one only; -1: with all */
	bool at_once;	    /* not only when its program begins */
	bool length_filled; /* the two bytes behind the command hold the length; else 0 */
	int transparency, mode, clear, speed, stay, repeat;
};

uint16_t onbon_crc16(uint16_t crc, const uint8_t *bytes, size_t size); /* CRC-16/ARC; begin with 0 */
/* The frame on the wire: A5 x 8, escaped, 5A. to has 2 * size + 9 bytes; returns how many were used. */
size_t onbon_wrap(const uint8_t *raw, size_t size, uint8_t *to);
#define ONBON_WRAP_MOST(size) (2 * (size) + 9)
/* The raw frames of a body; to has size + ONBON_HEADER_MOST bytes. body may lie in to, at the end of where it goes. */
size_t onbon_dynamic_frame(const struct onbon_head *head, const uint8_t *body, size_t size, uint8_t *to);
size_t onbon_common_frame(const struct onbon_head *head, const uint8_t *body, size_t size, uint8_t *to);
/* An update's body up to its pixels, which follow. */
#define ONBON_UPDATE_MOST 96
size_t onbon_update_body(int generation, const struct onbon_area *area, size_t pixel_bytes, uint8_t *to);

/* What came back: the first whole frame of bytes, checked. */
struct onbon_answer {
	uint16_t to, from;
	uint8_t device[2];
	uint8_t group, command;
	unsigned status, error;
	uint8_t data[512];
	size_t size;
};
/* Returns how many bytes are done with, 0: more must come first. *ret_found: answer was filled. */
size_t onbon_parse(const uint8_t *bytes, size_t size, struct onbon_answer *answer, bool *ret_found);
const char *onbon_error(unsigned error);

/* --- the families */

struct onbon_picture {
	const uint8_t *wire; /* as the panel pipeline packs it */
	int x, width, height;
	bool dual; /* red and green LEDs; else of one colour */
};

struct onbon_family {
	int generation;
	uint8_t kind;
	const char *const *models; /* words of the option `model`; the first is "any" */
	const uint8_t (*devices)[2];
	size_t model_count;
	int areas_most;
	bool bits; /* LEDs on or off */
	size_t (*size)(const struct onbon_picture *picture);
	void (*pack)(const struct onbon_picture *picture, uint8_t *to); /* size bytes */
};

struct onbon {
	/* options */
	struct line_settings line;
	int64_t address, area, x, y;
	int64_t cycle, answer_within, silence;
	int model, on_silence, reserved;
	bool set_clock, check_size;
	int64_t transparency;

	const struct onbon_family *family;
	struct exchange exchange;
	struct onbon_head head;
	unsigned todo; /* bits of tasks */
	int task;      /* that is going on */
	bool up, lit;
	int permille;
	uint8_t clock[8];
	uint64_t sequence; /* of the frame */
	uint8_t *raw, *frame, control[ONBON_WRAP_MOST(128)];
	size_t frame_size, control_size;
};

/* For the tables. */
void onbon_check(const struct onbon_family *family, const void *priv, const struct display *display,
	struct diag_list *diags);
int64_t onbon_cycle(const struct onbon_family *family, const void *priv, const struct display *display);
int onbon_open(struct sink *sink, const struct onbon_family *family);
int onbon_submit(struct sink *sink, const struct sink_frame *frame);
void onbon_event(struct sink *sink, int fd, unsigned events);
void onbon_timeout(struct sink *sink);
int onbon_dim(struct sink *sink, int permille);
int onbon_power(struct sink *sink, bool on);
int onbon_set_clock(struct sink *sink, const struct civil *now);
void onbon_close(struct sink *sink);

extern const struct onbon_family onbon_family_5e, onbon_family_6e, onbon_family_6q;

extern const char *const onbon_silence_words[3];
extern const char *const onbon_reserved_words[2];

#define ONBON_OPTIONS(model_words, model_words_count)                                                        \
	{.name = "model",                                                                                    \
		.type = OPTION_WORD,                                                                         \
		.offset = offsetof(struct onbon, model),                                                     \
		.words = (model_words),                                                                      \
		.word_count = (model_words_count),                                                           \
		.standard = "any",                                                                           \
		.help = N_("the card's model, where it minds")},                                             \
		{.name = "address",                                                                          \
			.type = OPTION_INT,                                                                  \
			.offset = offsetof(struct onbon, address),                                           \
			.standard = "65534",                                                                 \
			.most = 65535,                                                                       \
			.help = N_("the card's number; 65534: any, which is for one card on the line only; " \
				   "65535: all of them, and none answers")},                                 \
		{.name = "area",                                                                             \
			.type = OPTION_INT,                                                                  \
			.offset = offsetof(struct onbon, area),                                              \
			.standard = "0",                                                                     \
			.most = 31,                                                                          \
			.help = N_("number of the dynamic area")},                                           \
		{.name = "x",                                                                                \
			.type = OPTION_INT,                                                                  \
			.offset = offsetof(struct onbon, x),                                                 \
			.standard = "0",                                                                     \
			.most = 8191,                                                                        \
			.help = N_("where the area begins on the card's screen, pixels from the left")},     \
		{.name = "y",                                                                                \
			.type = OPTION_INT,                                                                  \
			.offset = offsetof(struct onbon, y),                                                 \
			.standard = "0",                                                                     \
			.most = 8191,                                                                        \
			.help = N_("the same, from the top")},                                               \
		{.name = "cycle",                                                                            \
			.type = OPTION_DURATION,                                                             \
			.offset = offsetof(struct onbon, cycle),                                             \
			.standard = "500ms",                                                                 \
			.most = 60.0 * NS_PER_SEC,                                                           \
			.help = N_("time between two pictures; a serial line that needs longer for one has " \
				   "longer. Above a few frames nothing scrolls: texts come in pages")},      \
		{.name = "on-silence",                                                                       \
			.type = OPTION_WORD,                                                                 \
			.offset = offsetof(struct onbon, on_silence),                                        \
			.words = onbon_silence_words,                                                        \
			.word_count = 3,                                                                     \
			.standard = "blank",                                                                 \
			.help = N_("what the card does when nothing came for `silence`: keeps the last "     \
				   "picture, goes blank, or shows its logo")},                               \
		{.name = "silence",                                                                          \
			.type = OPTION_DURATION,                                                             \
			.offset = offsetof(struct onbon, silence),                                           \
			.standard = "2m",                                                                    \
			.least = 1.0 * NS_PER_SEC,                                                           \
			.most = 65535.0 * NS_PER_SEC,                                                        \
			.help = N_("see on-silence; more than twice the display's `refresh`")},              \
		{.name = "answer-within",                                                                    \
			.type = OPTION_DURATION,                                                             \
			.offset = offsetof(struct onbon, answer_within),                                     \
			.standard = "2s",                                                                    \
			.least = 1.0 * NS_PER_MS,                                                            \
			.most = 30.0 * NS_PER_SEC,                                                           \
			.help = N_("time for the card to answer a command; for a picture two and a half "    \
				   "times that")},                                                           \
		{.name = "set-clock",                                                                        \
			.type = OPTION_BOOL,                                                                 \
			.offset = offsetof(struct onbon, set_clock),                                         \
			.standard = "true",                                                                  \
			.help = N_("set the card's clock from this machine's, when that can be believed")},  \
		{.name = "check-size",                                                                       \
			.type = OPTION_BOOL,                                                                 \
			.offset = offsetof(struct onbon, check_size),                                        \
			.standard = "true",                                                                  \
			.help = N_("refuse to work with a card whose screen, as it says, is too small")},    \
		{.name = "transparency",                                                                     \
			.type = OPTION_INT,                                                                  \
			.offset = offsetof(struct onbon, transparency),                                      \
			.standard = "101",                                                                   \
			.most = 255,                                                                         \
			.help = N_("a byte of the 6th generation on which Onbon's own programs disagree: "   \
				   "101 or 0")},                                                             \
	{                                                                                                    \
		.name = "reserved", .type = OPTION_WORD, .offset = offsetof(struct onbon, reserved),         \
		.words = onbon_reserved_words, .word_count = 2, .standard = "length",                        \
		.help = N_("two bytes of a command on which they disagree: its length, or zero")             \
	}

#endif
