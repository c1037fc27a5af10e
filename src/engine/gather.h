/* The same finding on many displays, told once. */
#ifndef ENGINE_GATHER_H
#define ENGINE_GATHER_H

#include "base/diag.h"

struct gathering;
struct gathering *gathering_create(void);
/* What was found on that display, whose name stands in the messages in backquotes. */
void gathering_add(struct gathering *gathering, const struct diag_list *found, const char *display);
/* All of it into diags, and the end of the gathering. */
void gathering_tell(struct gathering *gathering, struct diag_list *diags);

#endif
