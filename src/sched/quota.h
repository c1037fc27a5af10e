/* Private to sched: what an entry is owed of the time in which it is open, and what it may not exceed. One account an
 * entry and day; the walk keeps it. Integers only, so that every machine comes to the same programme. */
#ifndef SCHED_QUOTA_H
#define SCHED_QUOTA_H

#include "sched/timeline.h"

struct account {
	int64_t open_before; /* ns of the windows that have closed */
	int64_t opened;	     /* when the present one began; TIME_NEVER: closed */
	int64_t shown;	     /* ns */
	int64_t least_every; /* ns of open time in which one showing is due; 0: none */
	int64_t most_every;  /* ns from one beginning to the next, at least; 0: none */
	int64_t last_begun;  /* TIME_ALWAYS: not yet */
	int count, most;     /* showings begun; as many a day at the most; most 0: any */
};

bool entry_has_quota(const struct entry *entry); /* is owed something */
/* open: ns that the entry is open on this day. */
void account_init(struct account *account, const struct entry *entry, int64_t open);
void account_opens(struct account *account, int64_t time);
void account_closes(struct account *account, int64_t time);
void account_shows(struct account *account, int64_t start, int64_t end, bool begins);
/* Whether the entry, which is open, is owed a showing now: it has had less than its share, or fewer showings than by now. */
bool account_is_due(const struct account *account, const struct entry *entry, int64_t time);
/* The instant from which another showing may begin: in the past, or TIME_NEVER on this day. */
int64_t account_free_from(const struct account *account);

#endif
