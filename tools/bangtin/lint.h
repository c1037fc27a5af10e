/* Lint: what is right by the letter and still looks like a mistake. Warnings, each with its number (base/note.h). */
#ifndef TOOLS_BANGTIN_LINT_H
#define TOOLS_BANGTIN_LINT_H

#include "show/show.h"

/* Dates in the texts against their weekdays and the lunar calendar; names of places. site may be NULL. */
void lint_texts(const struct site *site, const struct catalogue *catalogue, struct diag_list *diags);
/* Calls with each date, of this and the solar calendar, that the text names with its year. */
void lint_each_date(const char *text, void (*found)(void *data, day_t day), void *data);
/* What the schedule makes of the coming year on all displays; and dates that are over in what still plays. complete:
 * every unit of the site is there, so that what is missing is missing. Slow. */
void lint_year(const struct site *site, struct catalogue *catalogue, struct fonts *fonts, int64_t now,
	bool complete, struct diag_list *diags);

#endif
