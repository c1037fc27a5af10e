/* The gate for words that come in no playlist: announcements, and the templates of emergencies. Slow; any thread. */
#ifndef ENGINE_WORDS_H
#define ENGINE_WORDS_H

#include "show/show.h"

#define WORDS_MOST 1000 /* code points */

/* Unicode, and letters that the fonts have; what is wrong goes into diags, with `what` as its place. */
bool words_check(const char *what, const char *text, const struct site *site, struct fonts *fonts,
	struct diag_list *diags);

/* Braces in what is announced are `{countdown}` or `{{`; what is wrong goes into diags likewise. */
bool words_check_braces(const char *what, const char *text, struct diag_list *diags);

/* Emergency templates: words approved beforehand. Each is a file NAME.txt of a signed bundle of class emergency. */
#define TEMPLATE_UNIT	  "_emergency_" /* in a generation: _emergency_UNIT/NAME.txt */
#define TEMPLATE_FOR_MOST (60 * NS_PER_MIN)
struct template
{
	char *name; /* "tan-an/lu-lut" */
	char *text;
};
struct templates {
	struct template *items;
	size_t count;
};
/* NAME of a file that may be a template; NULL: it may not. The caller frees. */
char *template_name(const struct source_file *file);
/* Its words, NFC, without the line ends after them; NULL with diags: there are none, or too many. The caller frees. */
char *template_text(const struct source_file *file, struct diag_list *diags);
void templates_take(const struct source_file *files, size_t count, struct templates *ret_templates);
const struct template *templates_find(const struct templates *templates, const char *name);
void templates_finish(struct templates *templates);

#endif
