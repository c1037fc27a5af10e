#include "trust/root.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "trust/private.h"

struct reader {
	const char *name;
	int line;
	struct trust_root *root;
	bool versioned;
	struct trust_fault *fault;
};

static int refuse(const struct reader *reader, const char *what)
{
	return trust_refuse(reader->fault, RULE_ROOT, "%s:%d: %s", reader->name, reader->line, _(what));
}

static int parse_roles(char *text, unsigned *ret_roles)
{
	static const char *const names[] = {"root", "author", "approver"};
	char *word;
	while ((word = strsep(&text, ","))) {
		unsigned role = 0;
		for (unsigned i = 0; i < 3; i++)
			role |= strcmp(word, names[i]) == 0 ? 1u << i : 0;
		if (!role)
			return -EINVAL;
		*ret_roles |= role;
	}
	return 0;
}

static bool are_scopes(const char *text)
{
	if (strcmp(text, "*") == 0)
		return true;
	char *copy = xstrdup(text), *rest = copy, *word;
	bool good = true;
	while (good && (word = strsep(&rest, ",")))
		good = trust_is_name(word);
	free(copy);
	return good;
}

/* By its id or by what it checks: anybody can write another id before the same key. */
static bool has_key(const struct trust_root *root, const struct minisign_public *key)
{
	for (size_t i = 0; i < root->key_count; i++)
		if (memcmp(root->keys[i].public.key, key->key, sizeof key->key) == 0)
			return true;
	return trust_root_key(root, key->id) != NULL;
}

static int parse_key(struct reader *reader, char *text)
{
	struct trust_root *root = reader->root;
	struct trust_key key = {0};
	char *words[5] = {0}, *word;
	size_t count = 0;
	while (count < 5 && (word = strsep(&text, " ")))
		if (*word)
			words[count++] = word;
	if (count != 4)
		return refuse(reader, "a key has four words: public key, person, roles, units (* for all)");
	if (minisign_public_parse(words[0], strlen(words[0]), &key.public) < 0)
		return refuse(
			reader, "this is no minisign public key; copy the second line of the .pub file");
	if (!trust_is_name(words[1]))
		return refuse(reader, "a person is written with a-z, 0-9, `-` and `.`, as nguyen-van-an");
	if (parse_roles(words[2], &key.roles) < 0)
		return refuse(reader, "roles are root, author, approver, with commas between");
	if (!are_scopes(words[3]))
		return refuse(reader, "units are names with commas between, or *");
	if (root->key_count == TRUST_KEYS_MOST)
		return refuse(reader, "too many keys");
	if (has_key(root, &key.public))
		return refuse(reader, "this key is here a second time; a key belongs to one person");
	minisign_id_text(key.public.id, key.id);
	snprintf(key.person, sizeof key.person, "%s", words[1]);
	key.scopes = xstrdup(words[3]);
	root->keys = xrealloc(root->keys, root->key_count + 1, sizeof *root->keys);
	root->keys[root->key_count++] = key;
	return 0;
}

static int parse_revoked(struct reader *reader, const char *text)
{
	struct trust_root *root = reader->root;
	if (strlen(text) != MINISIGN_ID_HEX - 1 || strspn(text, "0123456789ABCDEF") != MINISIGN_ID_HEX - 1)
		return refuse(reader, "a revoked key is named by its id: 16 digits 0-9, A-F");
	if (root->revoked_count == TRUST_KEYS_MOST)
		return refuse(reader, "too many revoked keys");
	root->revoked = xrealloc(root->revoked, root->revoked_count + 1, sizeof *root->revoked);
	snprintf(root->revoked[root->revoked_count++], MINISIGN_ID_HEX, "%s", text);
	return 0;
}

static int parse_line(struct reader *reader, char *line)
{
	char *value = strstr(line, ": ");
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (!value)
		return refuse(reader, "not a line of the form `word: value`");
	*value = '\0';
	value += 2;
	if (strcmp(line, "bangtin-root") == 0)
		return strcmp(value, "1") == 0 ? 0
					       : refuse(reader, "a format that this program does not know");
	if (strcmp(line, "version") == 0) {
		if (reader->versioned || !trust_number(value, &reader->root->version) ||
			reader->root->version < 1)
			return refuse(reader, "one version, a whole number from 1");
		reader->versioned = true;
		return 0;
	}
	if (strcmp(line, "key") == 0)
		return parse_key(reader, value);
	if (strcmp(line, "revoked") == 0)
		return parse_revoked(reader, value);
	return refuse(reader, "the words are bangtin-root, version, key, revoked");
}

static size_t count_holders(const struct trust_root *root)
{
	size_t people = 0;
	for (size_t i = 0; i < root->key_count; i++) {
		bool counts = root->keys[i].roles & TRUST_ROLE_ROOT;
		for (size_t j = 0; j < i && counts; j++)
			counts = !(root->keys[j].roles & TRUST_ROLE_ROOT) ||
				 strcmp(root->keys[i].person, root->keys[j].person) != 0;
		people += counts;
	}
	return people;
}

static int check_whole(struct reader *reader)
{
	const struct trust_root *root = reader->root;
	if (!reader->versioned)
		return refuse(reader, "the version is missing: version: 1");
	for (size_t i = 0; i < root->key_count; i++)
		if (trust_root_is_revoked(root, root->keys[i].id))
			return refuse(reader, "a revoked key is among the keys");
	if (count_holders(root) < TRUST_ROOT_HOLDERS)
		return refuse(
			reader, "at least three people must have the role root, so that one may be lost");
	return 0;
}

static int read_lines(struct reader *reader, const char *data, size_t size)
{
	struct lines lines = {data, data + size};
	const char *line;
	size_t length;
	int error = 0;
	while (!error && lines_next(&lines, &line, &length)) {
		reader->line++;
		if (memchr(line, '\0', length) || length > 2000)
			return refuse(reader, "this is no text");
		if (reader->line == 1 && !line_begins(line, length, "bangtin-root: "))
			return refuse(reader, "a root file begins with `bangtin-root: 1`");
		char *copy = xstrndup(line, length);
		error = parse_line(reader, copy);
		free(copy);
	}
	return error ? error : check_whole(reader);
}

int trust_root_parse(const char *name, const char *data, size_t size, struct trust_root **ret_root,
	struct trust_fault *fault)
{
	if (size == 0 || size > TRUST_ROOT_FILE_MOST)
		return trust_refuse(
			fault, RULE_ROOT, "%s: a root file has 1 to %d bytes", name, TRUST_ROOT_FILE_MOST);
	struct reader reader = {.name = name, .root = xcalloc(1, sizeof *reader.root), .fault = fault};
	int error = read_lines(&reader, data, size);
	if (error)
		trust_root_free(reader.root);
	else
		*ret_root = reader.root;
	return error;
}

void trust_root_free(struct trust_root *root)
{
	if (!root)
		return;
	for (size_t i = 0; i < root->key_count; i++)
		free(root->keys[i].scopes);
	free(root->keys);
	free(root->revoked);
	free(root);
}

const struct trust_key *trust_root_key(const struct trust_root *root, const uint8_t id[MINISIGN_ID])
{
	for (size_t i = 0; i < root->key_count; i++)
		if (memcmp(root->keys[i].public.id, id, MINISIGN_ID) == 0)
			return &root->keys[i];
	return NULL;
}

const struct trust_key *trust_root_key_named(const struct trust_root *root, const char *id_hex)
{
	for (size_t i = 0; i < root->key_count; i++)
		if (strcmp(root->keys[i].id, id_hex) == 0)
			return &root->keys[i];
	return NULL;
}

bool trust_root_is_revoked(const struct trust_root *root, const char *id_hex)
{
	for (size_t i = 0; i < root->revoked_count; i++)
		if (strcmp(root->revoked[i], id_hex) == 0)
			return true;
	return false;
}

bool trust_key_may(const struct trust_key *key, const char *scope)
{
	size_t length = strlen(scope);
	const char *at = key->scopes;
	if (strcmp(at, "*") == 0)
		return true;
	for (; at; at = strchr(at, ','), at += at != NULL)
		if (strncmp(at, scope, length) == 0 && (at[length] == ',' || at[length] == '\0'))
			return true;
	return false;
}

static bool is_root_signature(const char *name)
{
	size_t length = strlen(name), end = strlen(".minisig");
	return strncmp(name, "ROOT.", 5) == 0 && length > end && strcmp(name + length - end, ".minisig") == 0;
}

/* The person, if this is a good signature of a holder of the root; NULL: it does not count. */
static const char *holder_who_signed(
	const struct trust_root *by, const struct trust_file *signature, const char *data, size_t size)
{
	uint8_t id[MINISIGN_ID];
	if (minisign_signer(signature->data, signature->size, id) < 0)
		return NULL;
	const struct trust_key *key = trust_root_key(by, id);
	if (!key || !(key->roles & TRUST_ROLE_ROOT) ||
		minisign_verify(&key->public, signature->data, signature->size, data, size) < 0)
		return NULL;
	return key->person;
}

int trust_root_check_signed(const struct trust_root *by, const char *data, size_t size,
	const struct trust_file *files, size_t count, struct trust_fault *fault)
{
	const char *first = NULL;
	for (size_t i = 0; i < count; i++) {
		const char *person = is_root_signature(files[i].name)
					     ? holder_who_signed(by, &files[i], data, size)
					     : NULL;
		if (person && first && strcmp(person, first) != 0)
			return 0;
		first = person ? person : first;
	}
	return trust_refuse(fault, RULE_ROOT,
		"ROOT: %s; %d holders of root version %lld must sign it (`bangtin sign ROOT -k KEY`)",
		first ? _("one signature only is good") : _("no signature is good"), TRUST_ROOT_NEEDED,
		(long long)by->version);
}
