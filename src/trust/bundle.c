#include "trust/bundle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/time.h"
#include "base/words.h"
#include "trust/private.h"

struct judge {
	const struct trust_file *files;
	size_t count;
	const struct bundle_demands *demands;
	struct bundle *bundle;
	struct trust_fault *fault;
};

bool bundle_is_payload(const char *name)
{
	return strcmp(name, BUNDLE_MANIFEST) != 0 && strcmp(name, BUNDLE_ROOT) != 0 &&
	       strncmp(name, BUNDLE_MANIFEST ".", strlen(BUNDLE_MANIFEST ".")) != 0 &&
	       strncmp(name, BUNDLE_ROOT ".", strlen(BUNDLE_ROOT ".")) != 0;
}

const struct trust_file *bundle_find(const struct trust_file *files, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

/* --- sizes */

static size_t most_of(const char *name)
{
	if (strcmp(name, BUNDLE_MANIFEST) == 0)
		return MANIFEST_MOST;
	if (strcmp(name, BUNDLE_ROOT) == 0)
		return TRUST_ROOT_FILE_MOST;
	return bundle_is_payload(name) ? BUNDLE_BYTES_MOST : MINISIGN_FILE_MOST;
}

int bundle_check_sizes(const struct trust_file *files, size_t count, struct trust_fault *fault)
{
	size_t total = 0;
	if (count > MANIFEST_FILES_MOST + 16)
		return trust_refuse(fault, RULE_SIZES, "the bundle has %zu files; at most %d", count,
			MANIFEST_FILES_MOST);
	for (size_t i = 0; i < count; i++) {
		const struct trust_file *file = &files[i];
		if (!trust_is_file_name(file->name))
			return trust_refuse(fault, RULE_SIZES,
				"a file of the bundle has no plain name; a bundle is one flat directory");
		if (file->size > most_of(file->name))
			return trust_refuse(fault, RULE_SIZES, "%s has %zu bytes; at most %zu", file->name,
				file->size, most_of(file->name));
		if (bundle_find(files, i, file->name))
			return trust_refuse(fault, RULE_SIZES, "%s is there twice", file->name);
		total += file->size;
	}
	if (total > BUNDLE_BYTES_MOST)
		return trust_refuse(
			fault, RULE_SIZES, "the bundle has %zu bytes; at most %d", total, BUNDLE_BYTES_MOST);
	return 0;
}

/* --- signatures */

/* *ret_key NULL: no such file. Its signature is good, and the root file knows its key. */
static int check_signature(struct judge *judge, const struct trust_file *manifest, const char *name,
	const struct trust_key **ret_key)
{
	const struct trust_file *file = bundle_find(judge->files, judge->count, name);
	const struct trust_root *root = judge->demands->root;
	uint8_t id[MINISIGN_ID];
	char hex[MINISIGN_ID_HEX];
	*ret_key = NULL;
	if (!file)
		return 0;
	if (minisign_signer(file->data, file->size, id) < 0)
		return trust_refuse(
			judge->fault, RULE_SIGNATURES, "%s is no prehashed minisign signature", name);
	minisign_id_text(id, hex);
	const struct trust_key *key = trust_root_key(root, id);
	if (!key)
		return trust_refuse(judge->fault, RULE_SIGNATURES,
			trust_root_is_revoked(root, hex)
				? _("%s is by key %s, which was revoked in root version %lld")
				: _("%s is by key %s, which is not in root version %lld"),
			name, hex, (long long)root->version);
	if (minisign_verify(&key->public, file->data, file->size, manifest->data, manifest->size) < 0)
		return trust_refuse(judge->fault, RULE_SIGNATURES,
			"%s (%s) is not of this MANIFEST; it was changed after it was signed", name,
			key->person);
	*ret_key = key;
	return 0;
}

static int check_roles(struct judge *judge)
{
	const struct trust_key *author = judge->bundle->author, *approver = judge->bundle->approver;
	struct trust_fault *fault = judge->fault;
	if (!author)
		return trust_refuse(
			fault, RULE_SIGNATURES, "the author's signature is missing (`bangtin sign`)");
	if (!approver)
		return trust_refuse(
			fault, RULE_SIGNATURES, "the approver's signature is missing (`bangtin approve`)");
	if (author == approver || strcmp(author->person, approver->person) == 0)
		return trust_refuse(fault, RULE_SIGNATURES,
			"author and approver are one person, %s; a second person must approve",
			author->person);
	if (!(author->roles & TRUST_ROLE_AUTHOR))
		return trust_refuse(fault, RULE_SIGNATURES, "%s may not sign as an author", author->person);
	if (!(approver->roles & TRUST_ROLE_APPROVER))
		return trust_refuse(fault, RULE_SIGNATURES, "%s may not approve", approver->person);
	return 0;
}

static int check_signatures(struct judge *judge)
{
	const struct trust_file *manifest = bundle_find(judge->files, judge->count, BUNDLE_MANIFEST);
	struct bundle *bundle = judge->bundle;
	int error;
	if (!manifest)
		return trust_refuse(
			judge->fault, RULE_SIGNATURES, "there is no MANIFEST; `bangtin sign` makes it");
	if ((error = check_signature(judge, manifest, BUNDLE_AUTHOR, &bundle->author)) ||
		(error = check_signature(judge, manifest, BUNDLE_APPROVER, &bundle->approver)))
		return error;
	if (!bundle->author && !bundle->approver)
		return trust_refuse(judge->fault, RULE_SIGNATURES, "there is no signature");
	/* from here on it is somebody's word that is read */
	error = manifest_parse(manifest->data, manifest->size, &bundle->manifest, judge->fault);
	if (error)
		return error;
	digest_sha256(manifest->data, manifest->size, bundle->digest);
	if (bundle->manifest.root_version > judge->demands->root->version)
		return trust_refuse(judge->fault, RULE_SIGNATURES,
			"it was signed under root version %lld, and here is version %lld; import the root "
			"file first",
			(long long)bundle->manifest.root_version, (long long)judge->demands->root->version);
	if (bundle->manifest.class != BUNDLE_BLANK)
		return check_roles(judge);
	if (!bundle->author)
		bundle->author = bundle->approver;
	return 0;
}

/* --- scope, expiry, sequence */

static int check_scope(struct judge *judge)
{
	const struct bundle *bundle = judge->bundle;
	const char *scope = bundle->manifest.scope;
	if (bundle->manifest.class == BUNDLE_BLANK)
		return 0;
	if (judge->demands->plays && !judge->demands->plays(judge->demands->data, scope))
		return trust_refuse(judge->fault, RULE_SCOPE, "this site does not play the unit %s", scope);
	if (!trust_key_may(bundle->author, scope))
		return trust_refuse(judge->fault, RULE_SCOPE, "%s may not sign for the unit %s",
			bundle->author->person, scope);
	if (!trust_key_may(bundle->approver, scope))
		return trust_refuse(judge->fault, RULE_SCOPE, "%s may not approve for the unit %s",
			bundle->approver->person, scope);
	return 0;
}

static void date_text(int64_t time, char ret[48])
{
	struct zone *zone;
	if (zone_create("UTC", &zone) < 0)
		abort();
	time_format(zone, time, ret, 48);
	zone_destroy(zone);
}

static int check_expiry(struct judge *judge)
{
	const struct manifest *manifest = &judge->bundle->manifest;
	const struct bundle_demands *demands = judge->demands;
	char date[48];
	if (!demands->timed)
		return manifest->class == BUNDLE_BLANK
			       ? 0
			       : trust_refuse(judge->fault, RULE_EXPIRY,
					 "this machine's clock is not believed, so nobody knows whether the "
					 "bundle still holds; set the clock");
	if (demands->now < manifest->not_before) {
		date_text(manifest->not_before, date);
		return trust_refuse(judge->fault, RULE_EXPIRY, "it holds from %s on", date);
	}
	if (demands->now >= manifest->expires) {
		date_text(manifest->expires, date);
		return trust_refuse(judge->fault, RULE_EXPIRY, "it expired at %s; sign it anew", date);
	}
	return 0;
}

static int check_sequence(struct judge *judge)
{
	struct accepted record;
	if (!judge->demands->accepted)
		return 0;
	bundle_record(judge->bundle, &record);
	const struct accepted *before = accepted_find(judge->demands->accepted, record.class, record.scope);
	if (!before || accepted_is_above(&record, before))
		return 0;
	return trust_refuse(judge->fault, RULE_SEQUENCE,
		"it has epoch %lld, sequence %lld, and here was accepted: epoch %lld, sequence %lld; what is "
		"older does not come back",
		(long long)record.epoch, (long long)record.sequence, (long long)before->epoch,
		(long long)before->sequence);
}

/* --- hashes */

int bundle_check_hashes(const struct manifest *manifest, const struct trust_file *files, size_t count,
	struct trust_fault *fault)
{
	size_t payload = 0;
	char hex[DIGEST_HEX];
	for (size_t i = 0; i < manifest->count; i++) {
		const struct manifest_entry *entry = &manifest->entries[i];
		const struct trust_file *file =
			bundle_is_payload(entry->name) ? bundle_find(files, count, entry->name) : NULL;
		if (!file)
			return trust_refuse(fault, RULE_HASHES, "%s is missing", entry->name);
		digest_sha256(file->data, file->size, hex);
		if (strcmp(hex, entry->hash) != 0)
			return trust_refuse(fault, RULE_HASHES,
				"%s was changed after it was signed; sign and approve anew", entry->name);
	}
	for (size_t i = 0; i < count; i++)
		payload += bundle_is_payload(files[i].name);
	if (payload == manifest->count)
		return 0;
	for (size_t i = 0; i < count; i++) {
		bool listed = !bundle_is_payload(files[i].name);
		for (size_t j = 0; j < manifest->count && !listed; j++)
			listed = strcmp(manifest->entries[j].name, files[i].name) == 0;
		if (!listed)
			return trust_refuse(fault, RULE_HASHES,
				"%s is not in MANIFEST; take it out, or sign anew", files[i].name);
	}
	return 0;
}

/* --- */

int bundle_check(const struct trust_file *files, size_t count, const struct bundle_demands *demands,
	struct bundle *ret_bundle, struct trust_fault *fault)
{
	static int (*const steps[])(struct judge * judge) = {
		check_signatures, check_scope, check_expiry, check_sequence};
	struct bundle bundle = {0};
	struct judge judge = {files, count, demands, &bundle, fault};
	int error = bundle_check_sizes(files, count, fault);
	for (size_t i = 0; !error && i < sizeof steps / sizeof *steps; i++)
		error = steps[i](&judge);
	if (!error)
		error = bundle_check_hashes(&bundle.manifest, files, count, fault);
	if (error)
		bundle_finish(&bundle);
	else
		*ret_bundle = bundle;
	return error;
}

void bundle_finish(struct bundle *bundle)
{
	manifest_finish(&bundle->manifest);
}

void bundle_record(const struct bundle *bundle, struct accepted *ret_record)
{
	const struct manifest *manifest = &bundle->manifest;
	*ret_record = (struct accepted){.class = manifest->class,
		.epoch = manifest->epoch,
		.sequence = manifest->sequence,
		.expires = manifest->expires < 0 ? 0 : manifest->expires};
	snprintf(ret_record->scope, sizeof ret_record->scope, "%s",
		manifest->class == BUNDLE_BLANK ? bundle->author->id : manifest->scope);
	snprintf(ret_record->digest, sizeof ret_record->digest, "%s", bundle->digest);
	snprintf(ret_record->author, sizeof ret_record->author, "%s", bundle->author->id);
	snprintf(ret_record->approver, sizeof ret_record->approver, "%s",
		bundle->approver ? bundle->approver->id : "-");
}
