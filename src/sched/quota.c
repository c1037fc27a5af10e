#include "sched/quota.h"

bool entry_has_quota(const struct entry *entry)
{
	return entry->share > 0 || entry->at_least.count > 0;
}

void account_init(struct account *account, const struct entry *entry, int64_t open)
{
	*account = (struct account){.opened = TIME_NEVER, .last_begun = TIME_ALWAYS};
	if (entry->at_least.count)
		account->least_every = (entry->at_least.a_day ? open : NS_PER_HOUR) / entry->at_least.count;
	if (entry->at_most.count && entry->at_most.a_day)
		account->most = entry->at_most.count;
	else if (entry->at_most.count)
		account->most_every = NS_PER_HOUR / entry->at_most.count;
}

void account_opens(struct account *account, int64_t time)
{
	account->opened = time;
}

void account_closes(struct account *account, int64_t time)
{
	account->open_before += time - account->opened;
	account->opened = TIME_NEVER;
}

void account_shows(struct account *account, int64_t start, int64_t end, bool begins)
{
	account->shown += end - start;
	account->count += begins;
	if (begins)
		account->last_begun = start;
}

bool account_is_due(const struct account *account, const struct entry *entry, int64_t time)
{
	int64_t open = account->open_before + (time - account->opened);

	/* A day has less than 10^14 ns, so that a thousand of it fits. */
	if (entry->share && account->shown * 1000 <= open * entry->share)
		return true;
	return entry->at_least.count && account->count * account->least_every <= open;
}

int64_t account_free_from(const struct account *account)
{
	if (account->most && account->count >= account->most)
		return TIME_NEVER;
	return account->most_every && account->last_begun != TIME_ALWAYS
		       ? account->last_begun + account->most_every
		       : TIME_ALWAYS;
}
