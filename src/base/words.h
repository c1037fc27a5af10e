/* Every text for people, in English and in Vietnamese: gettext, with tools/po/vi.po. `make check-words` checks it.
 *
 * How to write a new text: a whole sentence with everything in one format, never glued from parts; then
 *  - functions that take a format and a reader (diag_error, diag_note, log_*, cli_fail, cli_usage, fail,
 *    control_refuse, trust_refuse, image_refuse, sink_down and the others that tools/words lists) translate it
 *    themselves: write `cli_fail(EXIT_INPUT, "there is no display `%s`", name)`, nothing else;
 *  - what is printed, or put into a buffer that people read, says `_()`: printf(_("%d displays\n"), n). Texts that end
 *    in a newline keep it inside;
 *  - a constant in a table, or one that is returned and kept, says N_() there, and _(entry->text) where it is printed;
 *  - counts: printf(words_n("%d display", "%d displays", n), n);
 *  - errno: words_error(errno), not strerror(errno).
 * Then `tools/words update`, and write its Vietnamese into tools/po/vi.po (its head has the glossary). Not translated:
 * JSON keys and enumerated values, CSV, the trace, names that are typed (commands, options, keys, drivers).
 *
 * The process stays in the locale "C": numbers have a point, sorting and dates are what they were. glibc's gettext
 * translates only for a locale other than "C", and a board's computer has no vi_VN; so each look-up is made with a
 * locale of its own, C.UTF-8 for messages only (every Debian has it), for the calling thread, with LANGUAGE telling the
 * catalogue. Any thread, after words_open; without it everything is English. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>

enum language { LANGUAGE_OWN, LANGUAGE_ENGLISH, LANGUAGE_VIETNAMESE };

/* First thing in main, before there are threads. Takes `--lang vi|en` out of the arguments, wherever it stands before a
 * `--`; else BANGTIN_LANG decides, else the locale's variables as for any program. The catalogue is looked for beside the
 * program (../locale, ../share/locale), then where it was to be installed. false: --lang has another value, or none. */
bool words_open(int *argc, char **argv);

/* "vi", "en", or a locale's name that begins so (vi_VN.UTF-8). LANGUAGE_OWN: neither. */
enum language words_language_named(const char *name);
const char *words_language_name(enum language language); /* "vi", "en" */
/* What the process speaks where a thread says nothing else. words_settle is for a configuration's word: --lang and
 * BANGTIN_LANG are stronger. */
enum language words_own(void);
void words_settle(enum language language);
/* What the calling thread speaks from now on, and what it did before. LANGUAGE_OWN: as the process. */
enum language words_speak(enum language language);
enum language words_spoken(void); /* never LANGUAGE_OWN */

/* The text in the language of the calling thread; valid for ever; text itself where there is no translation. */
const char *words_text(const char *text) __attribute__((format_arg(1)));
/* By number. Both have the same conversions. */
const char *words_n(const char *one, const char *many, unsigned long number)
	__attribute__((format_arg(1), format_arg(2)));
/* What errno, or a negative error, says. */
const char *words_error(int error);

/* Spaces that fill the text up to so many columns: printf("%s%*s", text, words_room(text, 8), ""). */
int words_room(const char *text, int columns);

#define _(text)	 words_text(text)
#define N_(text) text

#endif
