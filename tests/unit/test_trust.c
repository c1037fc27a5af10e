/* Signed content: minisign's formats, root files, MANIFEST, and each rule of acceptance in its order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "trust/bundle.h"

enum { AN, BINH, CHI, DUNG, PEOPLE };
static struct minisign_secret keys[PEOPLE];
static struct trust_root *root;
static struct trust_fault fault;

static char *root_text(int version, const char *more)
{
	static const char *const lines[PEOPLE] = {"an root,author tan-an",
		"binh root,approver tan-an,province", "chi root,author,approver *",
		"an approver tan-an"}; /* the fourth key is an's second */
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	fprintf(to, "bangtin-root: 1\nversion: %d\n# a comment\n", version);
	for (int i = 0; i < PEOPLE; i++) {
		struct minisign_public public;
		char line[MINISIGN_PUBLIC_TEXT];
		minisign_public_of(&keys[i], &public);
		minisign_public_text(&public, line);
		fprintf(to, "key: %s %s\n", line, lines[i]);
	}
	fputs(more, to);
	fclose(to);
	return text;
}

static int set_up(void **state)
{
	for (int i = 0; i < PEOPLE; i++)
		assert_int_equal(minisign_create(&keys[i]), 0);
	char *text = root_text(3, "");
	assert_int_equal(trust_root_parse("ROOT", text, strlen(text), &root, &fault), 0);
	free(text);
	return 0;
}

static int tear_down(void **state)
{
	trust_root_free(root);
	return 0;
}

/* --- minisign's formats */

static void test_round_trip(void **state)
{
	struct minisign_public public;
	const char *data = "bytes\0and more";
	char *signature = minisign_sign(&keys[AN], data, 14, "a comment");
	size_t size = strlen(signature);
	minisign_public_of(&keys[AN], &public);
	assert_int_equal(minisign_verify(&public, signature, size, data, 14), 0);
	assert_int_equal(minisign_verify(&public, signature, size, data, 13), -EKEYREJECTED);
	minisign_public_of(&keys[BINH], &public);
	assert_int_equal(minisign_verify(&public, signature, size, data, 14), -ENOKEY);
	memcpy(public.id, keys[AN].id, sizeof public.id); /* another's key under the same id */
	assert_int_equal(minisign_verify(&public, signature, size, data, 14), -EKEYREJECTED);
	free(signature);
}

/* No byte of a signature file may be changed but those of its untrusted comment. */
static void test_every_byte_counts(void **state)
{
	struct minisign_public public;
	char *signature = minisign_sign(&keys[AN], "x", 1, "sequence:1");
	size_t size = strlen(signature);
	minisign_public_of(&keys[AN], &public);
	for (size_t i = strcspn(signature, "\n") + 1; i < size - 1; i++) {
		char before = signature[i];
		signature[i] ^= 1;
		if (minisign_verify(&public, signature, size, "x", 1) == 0)
			fail_msg("byte %zu of the signature does not count", i);
		signature[i] = before;
	}
	for (size_t cut = 0; cut < size - 1; cut++)
		assert_int_not_equal(minisign_verify(&public, signature, cut, "x", 1), 0);
	free(signature);
}

static void test_secret_without_password(void **state)
{
	struct minisign_secret again;
	char *text;
	assert_int_equal(minisign_secret_text(&keys[AN], NULL, &text), 0);
	assert_int_equal(minisign_secret_is_protected(text, strlen(text)), 0);
	assert_int_equal(minisign_secret_parse(text, strlen(text), NULL, &again), 0);
	assert_memory_equal(&again, &keys[AN], sizeof again);
	char *body = strchr(text, '\n') + 1;
	body[120] = body[120] == 'A' ? 'B' : 'A'; /* in the key itself: its checksum does not fit any more */
	assert_int_equal(minisign_secret_parse(text, strlen(text), NULL, &again), -EBADMSG);
	minisign_free_text(text);
	assert_int_equal(minisign_secret_is_protected("untrusted comment: x\nRWQ\n", 24), -EBADMSG);
}

/* A key file from elsewhere that asks for 16 GiB is refused before they are asked for. */
static void test_secret_that_asks_too_much(void **state)
{
	static const char text[] =
		"untrusted comment: x\n"
		"RWRTY0IyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACAAAAAAAAAAAEAAAAAAAA"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	struct minisign_secret key;
	assert_int_equal(minisign_secret_is_protected(text, sizeof text - 1), 1);
	assert_int_equal(minisign_secret_parse(text, sizeof text - 1, "x", &key), -ENOMEM);
}

/* --- root files */

static void refuse_root(const char *text, const char *why)
{
	struct trust_root *parsed = NULL;
	assert_int_equal(trust_root_parse("ROOT", text, strlen(text), &parsed, &fault), -EKEYREJECTED);
	assert_int_equal(fault.rule, RULE_ROOT);
	if (!strstr(fault.text, why))
		fail_msg("`%s` does not say `%s`", fault.text, why);
}

/* Chi's key as a second person's, with that id. */
static void refuse_key_again(const uint8_t id[MINISIGN_ID])
{
	struct minisign_public public;
	char line[MINISIGN_PUBLIC_TEXT];
	minisign_public_of(&keys[CHI], &public);
	memcpy(public.id, id, MINISIGN_ID);
	minisign_public_text(&public, line);
	char *more = xasprintf("key: %s em approver *\n", line), *text = root_text(1, more);
	refuse_root(text, "this key is here a second time");
	free(text);
	free(more);
}

static void test_root(void **state)
{
	assert_int_equal(root->version, 3);
	assert_int_equal(root->key_count, PEOPLE);
	const struct trust_key *binh = trust_root_key(root, keys[BINH].id);
	assert_string_equal(binh->person, "binh");
	assert_true(trust_key_may(binh, "tan-an") && trust_key_may(binh, "province"));
	assert_false(
		trust_key_may(binh, "tan") || trust_key_may(binh, "an") || trust_key_may(binh, "can-giuoc"));
	assert_true(trust_key_may(trust_root_key(root, keys[CHI].id), "can-giuoc"));
	refuse_root("version: 1\n", "ROOT:1: a root file begins");
	refuse_root("bangtin-root: 2\n", "does not know");
	refuse_root("bangtin-root: 1\nversion: 1\nkey: abc an root *\n",
		"ROOT:3: this is no minisign public key");
	refuse_root("bangtin-root: 1\nversion: 1\n", "at least three people");
	refuse_root("bangtin-root: 1\nversion: x\n", "ROOT:2: one version");
	refuse_root("bangtin-root: 1\nversion: 1\nnonsense\n", "ROOT:3: not a line");
	char id[MINISIGN_ID_HEX], *more = NULL, *text;
	minisign_id_text(keys[DUNG].id, id);
	more = xasprintf("revoked: %s\n", id);
	text = root_text(1, more);
	refuse_root(text, "a revoked key is among the keys");
	free(text);
	text = root_text(1, "version: 2\n");
	refuse_root(text, "one version");
	free(text);
	free(more);
	refuse_key_again(keys[CHI].id);
	refuse_key_again((const uint8_t *)"another!"); /* the id says nothing of the key: nobody checks it */
}

static int check_root_signed(const int *by, size_t count, const char *text)
{
	struct trust_file files[PEOPLE] = {0};
	char names[PEOPLE][64];
	for (size_t i = 0; i < count; i++) {
		char *signature = minisign_sign(&keys[by[i]], text, strlen(text), "root");
		snprintf(names[i], sizeof names[i], "ROOT.%zu.minisig", i);
		files[i] = (struct trust_file){names[i], signature, strlen(signature)};
	}
	int error = trust_root_check_signed(root, text, strlen(text), files, count, &fault);
	for (size_t i = 0; i < count; i++)
		free((char *)files[i].data);
	return error;
}

static void test_two_of_three(void **state)
{
	char *text = root_text(4, "");
	assert_int_equal(check_root_signed((int[]){AN, BINH}, 2, text), 0);
	assert_int_equal(check_root_signed((int[]){DUNG, CHI, AN}, 3, text), 0);
	assert_int_equal(check_root_signed((int[]){AN}, 1, text), -EKEYREJECTED);
	assert_int_equal(check_root_signed((int[]){AN, AN}, 2, text), -EKEYREJECTED);
	assert_int_equal(
		check_root_signed((int[]){AN, DUNG}, 2, text), -EKEYREJECTED); /* an's key without the role */
	assert_int_equal(check_root_signed(NULL, 0, text), -EKEYREJECTED);
	free(text);
}

/* --- MANIFEST */

static const struct manifest standard = {.class = BUNDLE_CONTENT,
	.scope = "tan-an",
	.epoch = 1,
	.sequence = 7,
	.root_version = 3,
	.not_before = 1000 * NS_PER_SEC,
	.expires = 2000 * NS_PER_SEC};

static void test_manifest(void **state)
{
	struct manifest manifest = standard, again;
	manifest_add(&manifest, "thông báo.yaml", "abc", 3);
	char *text = manifest_text(&manifest);
	assert_non_null(strstr(text, "# not-before: 1970-01-01T00:16:40Z\n"));
	assert_non_null(strstr(text,
		"\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  thông báo.yaml\n"));
	assert_int_equal(manifest_parse(text, strlen(text), &again, &fault), 0);
	assert_int_equal(again.sequence, 7);
	assert_int_equal(again.expires, manifest.expires);
	assert_string_equal(again.entries[0].name, "thông báo.yaml");
	manifest_finish(&again);
	manifest_finish(&manifest);
	/* each line is needed, and only once */
	for (char *line = strchr(text, '\n') + 1; *line == '#'; line = strchr(line, '\n') + 1) {
		size_t length = strcspn(line, "\n") + 1;
		char *without = xasprintf("%.*s%s", (int)(line - text), text, line + length);
		char *twice = xasprintf("%.*s%.*s%s", (int)(line - text), text, (int)length, line, line);
		assert_int_equal(manifest_parse(without, strlen(without), &again, &fault), -EKEYREJECTED);
		assert_int_equal(manifest_parse(twice, strlen(twice), &again, &fault), -EKEYREJECTED);
		free(without);
		free(twice);
	}
	free(text);
}

static void test_manifest_names(void **state)
{
	static const char *const bad[] = {"../x.yaml", "a/b", ".hidden", "-c", "a\\b", "", "a\tb", "\xff"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct manifest manifest = standard, again;
		manifest_add(&manifest, bad[i], "", 0);
		char *text = manifest_text(&manifest);
		if (manifest_parse(text, strlen(text), &again, &fault) == 0)
			fail_msg("the name `%s` is taken", bad[i]);
		free(text);
		manifest_finish(&manifest);
	}
}

/* --- bundles */

struct made {
	struct trust_file files[4];
	size_t count;
};

static void add_file(struct made *made, const char *name, char *data)
{
	made->files[made->count++] = (struct trust_file){name, data, strlen(data)};
}

/* Negative: does not sign. */
static void make(struct made *made, const struct manifest *said, int author, int approver)
{
	struct manifest manifest = *said;
	*made = (struct made){0};
	if (manifest.class != BUNDLE_BLANK) {
		add_file(made, "a.yaml", xstrdup("bangtin: 1\n"));
		manifest_add(&manifest, "a.yaml", "bangtin: 1\n", 11);
	}
	char *text = manifest_text(&manifest);
	if (author >= 0)
		add_file(made, BUNDLE_AUTHOR, minisign_sign(&keys[author], text, strlen(text), "author"));
	if (approver >= 0)
		add_file(made, BUNDLE_APPROVER,
			minisign_sign(&keys[approver], text, strlen(text), "approver"));
	add_file(made, BUNDLE_MANIFEST, text);
	manifest_finish(&manifest);
}

static bool plays(const void *data, const char *scope)
{
	return strcmp(scope, "tan-an") == 0 || strcmp(scope, "can-giuoc") == 0;
}

static struct bundle_demands demands(const struct accepted_list *accepted)
{
	return (struct bundle_demands){
		.root = root, .accepted = accepted, .plays = plays, .timed = true, .now = 1500 * NS_PER_SEC};
}

static void expect(struct made *made, const struct bundle_demands *asked, int rule)
{
	struct bundle bundle;
	int error = bundle_check(made->files, made->count, asked, &bundle, &fault);
	if (rule < 0 ? error != 0 : error != -EKEYREJECTED || (int)fault.rule != rule)
		fail_msg("wanted %s, got %d: %s: %s",
			rule < 0 ? "acceptance" : trust_rule_name((enum trust_rule)rule), error,
			trust_rule_name(fault.rule), fault.text);
	if (!error)
		bundle_finish(&bundle);
	for (size_t i = 0; i < made->count; i++)
		free((char *)made->files[i].data);
}

static void check(
	const struct manifest *said, int author, int approver, const struct bundle_demands *asked, int rule)
{
	struct made made;
	make(&made, said, author, approver);
	expect(&made, asked, rule);
}

static void test_people(void **state)
{
	const struct bundle_demands asked = demands(NULL);
	check(&standard, AN, BINH, &asked, -1);
	check(&standard, CHI, BINH, &asked, -1);
	check(&standard, AN, CHI, &asked, -1);
	check(&standard, AN, -1, &asked, RULE_SIGNATURES);
	check(&standard, -1, BINH, &asked, RULE_SIGNATURES);
	check(&standard, -1, -1, &asked, RULE_SIGNATURES);
	check(&standard, CHI, CHI, &asked, RULE_SIGNATURES);  /* one key */
	check(&standard, AN, DUNG, &asked, RULE_SIGNATURES);  /* one person, two keys */
	check(&standard, BINH, CHI, &asked, RULE_SIGNATURES); /* no author */
	check(&standard, CHI, AN, &asked, RULE_SIGNATURES);   /* no approver */
}

static void test_rules(void **state)
{
	struct bundle_demands asked = demands(NULL);
	struct manifest said = standard;
	said.root_version = 4;
	check(&said, AN, BINH, &asked, RULE_SIGNATURES);
	said = standard;
	snprintf(said.scope, sizeof said.scope, "province"); /* not played here */
	check(&said, CHI, BINH, &asked, RULE_SCOPE);
	snprintf(said.scope, sizeof said.scope, "can-giuoc"); /* played, but not an's and not binh's */
	check(&said, AN, CHI, &asked, RULE_SCOPE);
	check(&said, CHI, BINH, &asked, RULE_SCOPE);
	asked.now = 1000 * NS_PER_SEC - 1;
	check(&standard, AN, BINH, &asked, RULE_EXPIRY);
	asked.now = 1000 * NS_PER_SEC;
	check(&standard, AN, BINH, &asked, -1);
	asked.now = 2000 * NS_PER_SEC;
	check(&standard, AN, BINH, &asked, RULE_EXPIRY);
	asked = demands(NULL);
	asked.timed = false;
	check(&standard, AN, BINH, &asked, RULE_EXPIRY);
}

static void test_sequence(void **state)
{
	static const struct {
		int64_t epoch, sequence; /* accepted before; the bundle has 1, 7 */
		bool taken;
	} cases[] = {{1, 6, true}, {1, 7, false}, {1, 8, false}, {0, 100, true}, {2, 0, false}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct accepted item = {
			.class = BUNDLE_CONTENT, .epoch = cases[i].epoch, .sequence = cases[i].sequence};
		snprintf(item.scope, sizeof item.scope, "tan-an");
		struct accepted_list list = {&item, 1};
		const struct bundle_demands asked = demands(&list);
		check(&standard, AN, BINH, &asked, cases[i].taken ? -1 : RULE_SEQUENCE);
	}
	/* another unit's or another class's sequence is no hindrance */
	struct accepted item = {.class = BUNDLE_EMERGENCY, .epoch = 9, .sequence = 9};
	snprintf(item.scope, sizeof item.scope, "tan-an");
	struct accepted_list list = {&item, 1};
	const struct bundle_demands asked = demands(&list);
	check(&standard, AN, BINH, &asked, -1);
}

static void test_blank(void **state)
{
	struct manifest said = standard;
	said.class = BUNDLE_BLANK;
	snprintf(said.scope, sizeof said.scope, "*");
	struct bundle_demands asked = demands(NULL);
	for (int i = 0; i < PEOPLE; i++) {
		check(&said, i, -1, &asked, -1);
		check(&said, -1, i, &asked, -1);
	}
	check(&said, -1, -1, &asked, RULE_SIGNATURES);
	asked.timed = false; /* black is always safe */
	check(&said, AN, -1, &asked, -1);
	/* each key counts for itself */
	struct accepted item = {.class = BUNDLE_BLANK, .epoch = 1, .sequence = 7};
	minisign_id_text(keys[AN].id, item.scope);
	struct accepted_list list = {&item, 1};
	asked = demands(&list);
	check(&said, AN, -1, &asked, RULE_SEQUENCE);
	check(&said, BINH, -1, &asked, -1);
}

static void test_order(void **state)
{
	/* all is wrong: the first rule of the order is named */
	struct manifest said = standard;
	snprintf(said.scope, sizeof said.scope, "province");
	said.expires = said.not_before + 1;
	struct bundle_demands asked = demands(NULL);
	struct made made;
	make(&made, &said, CHI, BINH);
	made.files[0].size--; /* a wrong hash */
	expect(&made, &asked, RULE_SCOPE);
	make(&made, &said, CHI, -1);
	expect(&made, &asked, RULE_SIGNATURES);
	make(&made, &said, CHI, -1);
	made.files[0].name = "sub/a.yaml";
	expect(&made, &asked, RULE_SIZES);
	make(&made, &standard, AN, BINH);
	made.files[0].name = "b.yaml";
	expect(&made, &asked, RULE_HASHES);
	make(&made, &standard, AN, BINH);
	made.files[0].name = BUNDLE_AUTHOR; /* twice */
	expect(&made, &asked, RULE_SIZES);
	make(&made, &standard, AN, BINH);
	made.files[0].size = (size_t)BUNDLE_BYTES_MOST + 1; /* not read: sizes come first */
	expect(&made, &asked, RULE_SIZES);
}

/* --- what was accepted */

static void test_accepted(void **state)
{
	struct accepted_list list = {0}, again;
	struct accepted item = {.class = BUNDLE_CONTENT, .epoch = 2, .sequence = 5, .expires = 7};
	snprintf(item.scope, sizeof item.scope, "tan-an");
	snprintf(item.digest, sizeof item.digest, "%064d", 0);
	snprintf(item.author, sizeof item.author, "0123456789ABCDEF");
	snprintf(item.approver, sizeof item.approver, "-");
	accepted_raise(&list, &item);
	item.epoch = 1;
	item.sequence = 100;
	accepted_raise(&list, &item);
	assert_int_equal(accepted_find(&list, BUNDLE_CONTENT, "tan-an")->sequence, 5);
	item.class = BUNDLE_EMERGENCY;
	accepted_raise(&list, &item);
	char *text = accepted_text(&list);
	assert_int_equal(accepted_parse(text, strlen(text), &again), 0);
	assert_int_equal(again.count, 2);
	assert_memory_equal(&again.items[0], &list.items[0], sizeof again.items[0]);
	accepted_drop(&again, BUNDLE_CONTENT, "tan-an");
	assert_int_equal(again.count, 1);
	accepted_finish(&again);
	/* cut anywhere within a line it is damaged, not shorter */
	size_t first = strcspn(text, "\n") + 1;
	for (size_t cut = 1; cut < first; cut++)
		assert_int_equal(accepted_parse(text, cut, &again), -EBADMSG);
	char *twice = xasprintf("%s%s", text, text);
	assert_int_equal(accepted_parse(twice, strlen(twice), &again), -EBADMSG);
	free(twice);
	free(text);
	accepted_finish(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_secret_without_password),
		cmocka_unit_test(test_secret_that_asks_too_much),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_two_of_three),
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_manifest_names),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_blank),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_accepted),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
