/* Whose words this site believes, and whether two people are left to say any. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "doctor.h"
#include "store/store.h"
#include "trust/accepted.h"
#include "trust/root.h"

#define SOON (14 * 24 * NS_PER_HOUR)

static char *read_note(const struct doctor *doctor, enum store_note note, size_t *ret_size)
{
	struct store *store;
	char *data = NULL;
	if (store_open_read_only(doctor->site->state_directory, &store) < 0)
		return NULL;
	store_read_note(store, note, &data, ret_size);
	store_close(store);
	return data;
}

/* The state's, which is the newer one; else the configuration's. */
static struct trust_root *read_root(struct doctor *doctor)
{
	struct trust_root *root = NULL;
	struct trust_fault fault;
	size_t size;
	char *data = read_note(doctor, STORE_ROOT, &size);
	if (!data && doctor->site->root_path)
		file_read(doctor->site->root_path, TRUST_ROOT_FILE_MOST, &data, &size);
	if (!data)
		doctor_say(doctor, DOCTOR_WRONG, "root", doctor->site->root_path,
			N_("put the root file there, and write `root = \"…\";` into the configuration; "
			   "bangtin-trust(7)"),
			"there is no root file: nothing signed can be loaded");
	else if (trust_root_parse("ROOT", data, size, &root, &fault) < 0)
		doctor_say(doctor, DOCTOR_WRONG, "root", doctor->site->root_path,
			N_("get the root file anew from those who keep it"),
			"the root file cannot be read: %s", fault.text);
	free(data);
	return root;
}

/* How many people's keys have that role for the unit; the first of them in ret_person. */
static size_t people(
	const struct trust_root *root, enum trust_role role, const char *unit, const char **ret_person)
{
	size_t count = 0;
	for (size_t i = 0; i < root->key_count; i++) {
		const struct trust_key *key = &root->keys[i];
		bool known = false;
		if (!(key->roles & role) || (unit && !trust_key_may(key, unit)))
			continue;
		for (size_t j = 0; j < i; j++)
			known = known || (root->keys[j].roles & role &&
						 (!unit || trust_key_may(&root->keys[j], unit)) &&
						 strcmp(root->keys[j].person, key->person) == 0);
		if (!known && count++ == 0)
			*ret_person = key->person;
	}
	return count;
}

static void look_at_unit(struct doctor *doctor, const struct trust_root *root, const char *unit)
{
	const char *author = "", *approver = "";
	size_t authors = people(root, TRUST_ROLE_AUTHOR, unit, &author);
	size_t approvers = people(root, TRUST_ROLE_APPROVER, unit, &approver);
	if (authors == 0 || approvers == 0 ||
		(authors == 1 && approvers == 1 && strcmp(author, approver) == 0))
		doctor_say(doctor, DOCTOR_WRONG, "keys", unit,
			N_("a new root file must name an author and another person as approver for this "
			   "unit"),
			"no two people can sign for this unit: %zu authors, %zu approvers", authors,
			approvers);
	else if (authors == 1 || approvers == 1)
		doctor_say(doctor, DOCTOR_NOTE, "keys", unit, N_("name a substitute in the next root file"),
			"one person's holiday stops this unit: %zu authors, %zu approvers", authors,
			approvers);
	else
		doctor_say(doctor, DOCTOR_GOOD, "keys", unit, NULL, "%zu authors, %zu approvers", authors,
			approvers);
}

/* A word that has run out must not come as a surprise. */
static void look_at_expiry(struct doctor *doctor)
{
	struct accepted_list list;
	size_t size;
	char *data = read_note(doctor, STORE_ACCEPTED, &size);
	int64_t now = (int64_t)time(NULL) * NS_PER_SEC;
	if (!data || accepted_parse(data, size, &list) < 0) {
		free(data);
		return;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct accepted *item = &list.items[i];
		if (item->class != BUNDLE_CONTENT || item->expires == TIME_NEVER)
			continue;
		if (item->expires < now)
			doctor_say(doctor, DOCTOR_NOTE, "expiry", item->scope,
				N_("sign the unit's files again with the next sequence, and load them"),
				"what was accepted for this unit has passed its date");
		else if (item->expires - now < SOON)
			doctor_say(doctor, DOCTOR_NOTE, "expiry", item->scope,
				N_("sign the unit's files again with the next sequence, and load them"),
				"what was accepted for this unit passes its date in %lld days",
				(long long)((item->expires - now) / (24 * NS_PER_HOUR)));
	}
	accepted_finish(&list);
	free(data);
}

void doctor_trust(struct doctor *doctor)
{
	if (doctor->site->unsigned_loads) {
		doctor_say(doctor, DOCTOR_WRONG, "unsigned", NULL,
			N_("`unsigned-loads = false;` in the configuration, and a root file; "
			   "bangtin-trust(7)"),
			"whoever may speak to the daemon can put any word on the boards: unsigned loads are "
			"allowed");
		return;
	}
	doctor_say(doctor, DOCTOR_GOOD, "unsigned", NULL, NULL, "only what two people signed is loaded");
	struct trust_root *root = read_root(doctor);
	for (size_t i = 0; root && i < doctor->site->unit_count; i++)
		look_at_unit(doctor, root, doctor->site->units[i].name);
	trust_root_free(root);
	look_at_expiry(doctor);
}
