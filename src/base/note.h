/* Notes: what the load gate and `bangtin check` may say about what people have to read, each with a number that never changes and a
 * page that explains it (`bangtin help B013`, bangtin-notes(7)).
 */
#ifndef BASE_NOTE_H
#define BASE_NOTE_H

#include "base/code.h"
#include "base/diag.h"

/* A number that is not used any more is never given again. */
enum note {
	NOTE_NONE = 0,
	NOTE_MISSING_LETTER = 1,
	NOTE_DECOMPOSED = 2,
	NOTE_LEGACY_TEXT = 3,
	NOTE_LEGACY_FILE = 4,
	NOTE_TOO_TALL = 10,
	NOTE_TOO_WIDE = 11,
	NOTE_CLIPPED = 12,
	NOTE_TOO_SMALL = 13,
	NOTE_TOO_SHORT = 20,
	NOTE_TOO_FAST = 21,
	NOTE_CUT_OFF = 22,
	NOTE_FAINT = 30,
	NOTE_INVISIBLE = 31,
	NOTE_FLASHES = 40,
	NOTE_WEEKDAY = 50,
	NOTE_LUNAR = 51,
	NOTE_PAST = 52,
	NOTE_PLACE = 53,
	NOTE_NEVER = 60,
	NOTE_BEATEN = 61,
	NOTE_STARVED = 62,
	NOTE_GAP = 63,
};

struct note_page {
	enum note note;
	enum diag_severity severity;
	const char *title; /* a phrase */
	const char *text;  /* paragraphs, an empty line between them; lines not broken */
};

#define NOTE_NAME_SIZE CODE_SIZE
/* "B013" */
void note_name(enum note note, char ret_name[NOTE_NAME_SIZE]);
/* By number; 0-based index through all of them in order; by name, in any case, with or without brackets. NULL: none. */
const struct note_page *note_page(enum note note);
const struct note_page *note_page_at(size_t index);
const struct note_page *note_page_named(const char *name);

/* Adds one, as severe as its page says; where and what as diag_error. */
void diag_note(struct diag_list *list, enum note note, struct location where, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
