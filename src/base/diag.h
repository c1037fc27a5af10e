/* Diagnostics: what is wrong with somebody's file, where, and what to write instead.
 *
 * A reader collects all of them in one run; the list is printed gcc style, `file:line:column: error: what; advice`, with
 * the number of its help page in brackets where it has one, sorted by place, or as JSON. One thread at a time.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

/* Where something stands in a file. file is owned by whoever read it and outlives the diagnostics' printing
 * (diag_add copies it anyway). line and column count from 1, columns in characters (code points), 0 = unknown. */
struct location {
	const char *file;
	int line, column;
};

struct diag {
	enum diag_severity severity;
	struct location where; /* file owned by the list */
	char *message;	       /* "what is wrong; what to write" */
	int note;	       /* its number, of enum note (base/note.h), which explains it; 0: none */
};

struct diag_list {
	struct diag *items;
	size_t count, capacity;
	size_t errors;
	bool truncated; /* more than DIAG_MOST were found */
};
#define DIAG_MOST 200

void diag_init(struct diag_list *list);
void diag_finish(struct diag_list *list);
void diag_error(struct diag_list *list, struct location where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_warning(struct diag_list *list, struct location where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* One of another list once more, in other words, which are not translated any more. */
void diag_repeat(struct diag_list *list, const struct diag *diag, const char *message);
void diag_sort(struct diag_list *list); /* by file, line, column; stable */
void diag_print(const struct diag_list *list, FILE *to);
void diag_print_json(const struct diag_list *list, FILE *to);
char *diag_text(const struct diag_list *list); /* as diag_print; the caller frees */

/* The candidate nearest to word (edit distance, at most a third of its length + 1), or NULL. For "did you mean". */
const char *nearest_word(const char *word, const char *const *candidates, size_t count);

#endif
