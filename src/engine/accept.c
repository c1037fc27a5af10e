#include "engine/accept.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/event.h"
#include "base/words.h"
#include "engine/trial.h"
#include "engine/words.h"

#define RECORD_UNIT	 "_trust"
#define RECORD_NAME	 "_trust/accepted"
#define BUILD_DATE_FLOOR INT64_C(1767225600) /* 2026-01-01T00:00:00Z: no true clock shows less */

struct work { /* what a trial holds until accept_finish */
	struct trust_root *root;
	struct trust_file *files;
	struct bundle bundle;
	struct source_file *current;
	size_t current_count;
	struct source_file
		*replacing; /* the bundle's files under the names of a generation; the array and names */
	size_t replacing_count;
	char *record_text;
};

int64_t accept_build_date(void)
{
	return BUILD_DATE_FLOOR * NS_PER_SEC;
}

int64_t accept_clock_floor(struct store *store)
{
	int64_t floor = accept_build_date(), last = store_read_time(store);
	return last > floor ? last : floor;
}

/* --- the record */

static const struct source_file *find_record(const struct source_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(files[i].unit, RECORD_UNIT) == 0)
			return &files[i];
	return NULL;
}

/* Of a generation; empty where nothing of it was signed. */
static int read_record(const struct source_file *files, size_t count, struct accepted_list *ret_list)
{
	const struct source_file *file = find_record(files, count);
	*ret_list = (struct accepted_list){0};
	return file ? accepted_parse(file->data, file->size, ret_list) : 0;
}

static int read_note(struct store *store, struct accepted_list *ret_list)
{
	char *data;
	size_t size;
	*ret_list = (struct accepted_list){0};
	int error = store_read_note(store, STORE_ACCEPTED, &data, &size);
	if (error)
		return error == -ENOENT ? 0 : error;
	error = accepted_parse(data, size, ret_list);
	free(data);
	return error;
}

static void raise_all(struct accepted_list *list, const struct accepted_list *by)
{
	for (size_t i = 0; i < by->count; i++)
		accepted_raise(list, &by->items[i]);
}

/* Over all that ever was: the note, and the current generation, whose note may not have been written yet. */
static int read_highest(
	struct store *store, const struct source_file *current, size_t count, struct accepted_list *ret_list)
{
	struct accepted_list record;
	int error = read_note(store, ret_list);
	if (error)
		return error;
	error = read_record(current, count, &record);
	if (error) {
		accepted_finish(ret_list);
		return error;
	}
	raise_all(ret_list, &record);
	accepted_finish(&record);
	return 0;
}

static int write_note(struct store *store, const struct accepted_list *list)
{
	char *text = accepted_text(list), *old = NULL;
	size_t size;
	int error = store_read_note(store, STORE_ACCEPTED, &old, &size);
	bool same = error == 0 && strcmp(old, text) == 0;
	if (error == 0)
		free(old);
	error = same || list->count == 0 ? 0 : store_write_note(store, STORE_ACCEPTED, text, strlen(text));
	free(text);
	return error;
}

int accept_remember(struct store *store, const struct accepted *record)
{
	struct accepted_list list;
	int error = read_note(store, &list);
	if (error)
		return error;
	accepted_raise(&list, record);
	error = write_note(store, &list);
	accepted_finish(&list);
	return error;
}

int accept_settle(struct store *store)
{
	struct source_file *files;
	struct accepted_list list;
	size_t count;
	int error = store_read(store, 0, &files, &count, NULL);
	if (error)
		return error == -ENOENT ? 0 : error;
	error = read_highest(store, files, count, &list);
	sources_free(files, count);
	if (error)
		return error;
	error = write_note(store, &list);
	accepted_finish(&list);
	return error;
}

/* --- what a strict site plays */

static bool covers(const struct accepted_list *record, const char *unit)
{
	size_t prefix = strlen(TEMPLATE_UNIT);
	if (strncmp(unit, TEMPLATE_UNIT, prefix) == 0)
		return accepted_find(record, BUNDLE_EMERGENCY, unit + prefix) != NULL;
	return strcmp(unit, RECORD_UNIT) == 0 || accepted_find(record, BUNDLE_CONTENT, unit) != NULL;
}

size_t accept_filter(const struct site *site, struct source_file *files, size_t count)
{
	struct accepted_list record;
	size_t kept = 0;
	if (site->unsigned_loads)
		return count;
	if (read_record(files, count, &record) < 0)
		log_event(EVENT_SIGNED_RECORD,
			"the record of what was signed is damaged; nothing of this generation counts as "
			"signed");
	for (size_t i = 0; i < count; i++) {
		if (covers(&record, files[i].unit)) {
			files[kept++] = files[i];
			continue;
		}
		log_event(EVENT_UNSIGNED, "%s is not signed, and this site plays signed words only",
			files[i].name);
		free((char *)files[i].unit);
		free((char *)files[i].name);
		free((char *)files[i].data);
		free((char *)files[i].path);
	}
	accepted_finish(&record);
	return kept;
}

void accept_unsign(struct source_file *merged, size_t merged_count, const struct source_file *added,
	size_t added_count, char **ret_text)
{
	struct source_file *file = (struct source_file *)find_record(merged, merged_count);
	struct accepted_list record;
	*ret_text = NULL;
	if (!file || accepted_parse(file->data, file->size, &record) < 0)
		return;
	for (size_t i = 0; i < added_count; i++)
		accepted_drop(&record, BUNDLE_CONTENT, added[i].unit);
	*ret_text = accepted_text(&record);
	file->data = *ret_text;
	file->size = strlen(*ret_text);
	accepted_finish(&record);
}

/* --- the root file */

static int read_configured_root(
	const struct site *site, struct trust_root **ret_root, struct trust_fault *fault)
{
	char *data;
	size_t size;
	int error = file_read(site->root_path, TRUST_ROOT_FILE_MOST, &data, &size);
	if (error) {
		trust_refuse(fault, RULE_ROOT, "%s: %s", site->root_path, words_error(error));
		return -EKEYREJECTED;
	}
	error = trust_root_parse(site->root_path, data, size, ret_root, fault);
	free(data);
	return error;
}

/* The newest that this site believes: the one that its configuration names is where belief begins. */
static int read_root(
	const struct site *site, struct store *store, struct trust_root **ret_root, struct trust_fault *fault)
{
	struct trust_root *configured, *kept;
	char *data;
	size_t size;
	if (!site->root_path)
		return trust_refuse(fault, RULE_ROOT,
			"this site has no root file; name it in the configuration: root = "
			"\"/etc/bangtin/ROOT\"");
	int error = read_configured_root(site, &configured, fault);
	if (error)
		return error;
	error = store_read_note(store, STORE_ROOT, &data, &size);
	if (error == -ENOENT) {
		*ret_root = configured;
		return 0;
	}
	if (error == 0) {
		error = trust_root_parse(_("the state's root"), data, size, &kept, fault);
		free(data);
	} else {
		trust_refuse(fault, RULE_ROOT, "the state's root: %s", words_error(error));
	}
	if (error) {
		trust_root_free(configured);
		return -EKEYREJECTED;
	}
	bool newer = kept->version > configured->version;
	*ret_root = newer ? kept : configured;
	trust_root_free(newer ? configured : kept);
	return 0;
}

/* A ROOT among the files: of the version that is here already it is no news; a lower one is refused. */
static int take_root(struct acceptance *a, struct work *work)
{
	const struct trust_file *file = bundle_find(work->files, a->added_count, BUNDLE_ROOT);
	struct trust_root *fresh;
	if (!file)
		return 0;
	a->root_only = !bundle_find(work->files, a->added_count, BUNDLE_MANIFEST);
	int error = trust_root_parse("ROOT", file->data, file->size, &fresh, &a->fault);
	if (error)
		return error;
	if (fresh->version == work->root->version && !a->root_only) {
		trust_root_free(fresh);
		return 0;
	}
	if (fresh->version <= work->root->version)
		error = trust_refuse(&a->fault, RULE_ROOT,
			"ROOT has version %lld, and here is version %lld; a root file only goes forward",
			(long long)fresh->version, (long long)work->root->version);
	if (!error)
		error = trust_root_check_signed(
			work->root, file->data, file->size, work->files, a->added_count, &a->fault);
	if (!error)
		error = store_write_note(a->store, STORE_ROOT, file->data, file->size);
	if (error) {
		trust_root_free(fresh);
		return error;
	}
	trust_root_free(work->root);
	work->root = fresh;
	a->root_version = fresh->version;
	return 0;
}

/* --- the trial */

static bool plays_unit(const void *data, const char *scope)
{
	const struct site *site = data;
	for (size_t i = 0; i < site->unit_count; i++)
		if (strcmp(site->units[i].name, scope) == 0)
			return true;
	return false;
}

/* The bundle's files under the names that they have in a generation. */
static void name_files(struct acceptance *a, struct work *work)
{
	const struct manifest *manifest = &work->bundle.manifest;
	work->replacing = xcalloc(a->added_count + 1, sizeof *work->replacing);
	for (size_t i = 0; i < a->added_count; i++) {
		const struct trust_file *file = &work->files[i];
		if (!bundle_is_payload(file->name))
			continue;
		char *unit = xasprintf(
			"%s%s", manifest->class == BUNDLE_EMERGENCY ? TEMPLATE_UNIT : "", manifest->scope);
		work->replacing[work->replacing_count++] = (struct source_file){.unit = unit,
			.name = xasprintf("%s/%s", unit, file->name),
			.data = file->data,
			.size = file->size};
	}
}

static int check_templates(struct acceptance *a, struct work *work, struct diag_list *diags)
{
	for (size_t i = 0; i < work->replacing_count; i++) {
		const struct source_file *file = &work->replacing[i];
		char *name = template_name(file), *text = name ? template_text(file, diags) : NULL;
		if (!name)
			diag_error(diags, (struct location){file->name, 0, 0},
				"a template is named with a-z, 0-9 and `-`, and ends in .txt");
		else if (text && words_check_braces(file->name, text, diags))
			words_check(file->name, text, a->site, a->fonts, diags);
		free(name);
		free(text);
	}
	return diags->errors ? -EINVAL : 0;
}

/* Playlists and pictures only: what nothing will ever parse has no business in a generation. */
static int check_kinds(struct work *work, struct diag_list *diags)
{
	for (size_t i = 0; i < work->replacing_count; i++) {
		const char *name = work->replacing[i].name;
		size_t length = strlen(name);
		if (!source_is_picture(name) && (length < 5 || strcmp(name + length - 5, ".yaml") != 0))
			diag_error(diags, (struct location){name, 0, 0},
				_("neither a playlist (.yaml) nor a picture; take it out and sign anew"));
	}
	return diags->errors ? -EINVAL : 0;
}

/* The record of the new generation: the one before's, with this bundle in it. */
static int make_record(struct acceptance *a, struct work *work)
{
	struct accepted_list record;
	int error = read_record(work->current, work->current_count, &record);
	if (error)
		return error;
	accepted_set(&record, &a->record);
	work->record_text = accepted_text(&record);
	accepted_finish(&record);
	return 0;
}

static void merge(struct acceptance *a, struct work *work)
{
	struct source_file *added = xcalloc(work->replacing_count + 1, sizeof *added);
	memcpy(added, work->replacing, work->replacing_count * sizeof *added);
	added[work->replacing_count] = (struct source_file){.unit = RECORD_UNIT,
		.name = RECORD_NAME,
		.data = work->record_text,
		.size = strlen(work->record_text)};
	a->merged_count = trial_merge(
		work->current, work->current_count, added, work->replacing_count + 1, false, &a->merged);
	free(added);
}

static int try_generation(struct acceptance *a, struct work *work, struct diag_list *diags)
{
	name_files(a, work);
	int error = work->bundle.manifest.class == BUNDLE_EMERGENCY ? check_templates(a, work, diags)
								    : check_kinds(work, diags);
	if (!error)
		error = make_record(a, work);
	if (error)
		return error;
	merge(a, work);
	a->catalogue = trial_build(a->site, a->merged, a->merged_count, a->fonts, a->now.time, diags);
	return a->catalogue ? 0 : -EINVAL;
}

static int check_bundle(struct acceptance *a, struct work *work)
{
	struct accepted_list highest;
	int error = read_highest(a->store, work->current, work->current_count, &highest);
	if (error)
		return error;
	const struct bundle_demands demands = {.root = work->root,
		.accepted = &highest,
		.plays = plays_unit,
		.data = a->site,
		.timed = a->now.trusted,
		.now = a->now.time};
	error = bundle_check(work->files, a->added_count, &demands, &work->bundle, &a->fault);
	accepted_finish(&highest);
	if (error)
		return error;
	bundle_record(&work->bundle, &a->record);
	a->blank = work->bundle.manifest.class == BUNDLE_BLANK;
	return 0;
}

static int read_current(struct acceptance *a, struct work *work)
{
	int error = store_read(a->store, 0, &work->current, &work->current_count, NULL);
	if (error)
		return error == -ENOENT ? 0 : error;
	work->current_count = accept_filter(a->site, work->current, work->current_count);
	return 0;
}

int accept_try(struct acceptance *a, struct diag_list *diags)
{
	struct work *work = xcalloc(1, sizeof *work);
	a->private = work;
	work->files = xcalloc(a->added_count + 1, sizeof *work->files);
	for (size_t i = 0; i < a->added_count; i++)
		work->files[i] = (struct trust_file){a->added[i].name, a->added[i].data, a->added[i].size};
	int error = minisign_start();
	if (!error)
		error = bundle_check_sizes(work->files, a->added_count, &a->fault);
	if (!error)
		error = read_root(a->site, a->store, &work->root, &a->fault);
	if (!error)
		error = take_root(a, work);
	if (error || a->root_only)
		return error;
	/* before anything else changes the state: the current generation may be the only one that knows its sequence */
	error = accept_settle(a->store);
	if (!error)
		error = read_current(a, work);
	if (!error)
		error = check_bundle(a, work);
	if (error || a->blank)
		return error;
	return try_generation(a, work, diags);
}

int accept_commit(struct acceptance *a, unsigned uid, const char *user, struct generation *ret_generation)
{
	int error = store_commit(a->store, a->merged, a->merged_count, uid, user, a->now.time,
		a->site->generations_kept, ret_generation);
	if (error)
		return error;
	/* the generation says it too: accept_settle makes up for this if it fails */
	error = accept_remember(a->store, &a->record);
	if (error)
		log_event(EVENT_SIGNED_RECORD, "what was accepted could not be noted yet: %s",
			words_error(error));
	return 0;
}

void accept_finish(struct acceptance *a)
{
	struct work *work = a->private;
	if (!work)
		return;
	catalogue_unref(a->catalogue);
	free(a->merged);
	for (size_t i = 0; i < work->replacing_count; i++) {
		free((char *)work->replacing[i].unit);
		free((char *)work->replacing[i].name);
	}
	free(work->replacing);
	free(work->record_text);
	sources_free(work->current, work->current_count);
	bundle_finish(&work->bundle);
	free(work->files);
	trust_root_free(work->root);
	free(work);
	a->private = NULL;
}

/* --- going back */

static int check_item(const struct accepted *item, const struct accepted_list *highest,
	const struct trust_root *root, struct trust_fault *fault)
{
	assert(root); /* without one nothing is signed, and the caller has said so */
	const struct accepted *most = accepted_find(highest, item->class, item->scope);
	if (!most || accepted_is_above(item, most))
		return trust_refuse(fault, RULE_SEQUENCE,
			"that generation was never accepted: its load was cut off; load the bundle again");
	const char *const keys[] = {item->author, item->approver};
	for (size_t i = 0; i < 2; i++)
		if (strcmp(keys[i], "-") != 0 && !trust_root_key_named(root, keys[i]))
			return trust_refuse(fault, RULE_SIGNATURES,
				"what that generation has of unit %s was signed with key %s, which root "
				"version "
				"%lld does not know any more",
				item->scope, keys[i], (long long)root->version);
	return 0;
}

int accept_may_return(const struct site *site, struct store *store, const struct source_file *files,
	size_t count, struct trust_fault *fault)
{
	struct accepted_list record, highest;
	struct trust_root *root = NULL;
	if (site->unsigned_loads)
		return 0;
	int error = read_record(files, count, &record);
	if (error)
		return error;
	if (record.count == 0)
		return trust_refuse(fault, RULE_UNSIGNED,
			"nothing of that generation is signed, and this site plays signed words only");
	error = read_note(store, &highest);
	if (!error) {
		error = read_root(site, store, &root, fault);
		for (size_t i = 0; !error && i < record.count; i++)
			error = check_item(&record.items[i], &highest, root, fault);
		accepted_finish(&highest);
	}
	trust_root_free(root);
	accepted_finish(&record);
	return error;
}
