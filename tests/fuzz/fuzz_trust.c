/* libFuzzer: any bytes as what a stick may bring: MANIFEST, a root file, signature and key files, the record of what was
 * accepted; the first byte says as which. What parses is printed and must parse to the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trust/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void manifest(const char *text, size_t size)
{
	struct manifest parsed, again;
	struct trust_fault fault = {0};
	if (manifest_parse(text, size, &parsed, &fault) < 0) {
		if (!fault.text[0])
			abort();
		return;
	}
	char *printed = manifest_text(&parsed);
	if (manifest_parse(printed, strlen(printed), &again, &fault) < 0 || again.count != parsed.count ||
		again.sequence != parsed.sequence || again.expires != parsed.expires)
		abort();
	for (size_t i = 0; i < parsed.count; i++)
		if (strcmp(parsed.entries[i].name, again.entries[i].name) != 0 ||
			strchr(parsed.entries[i].name, '/'))
			abort();
	free(printed);
	manifest_finish(&again);
	manifest_finish(&parsed);
}

static void root(const char *text, size_t size)
{
	struct trust_root *parsed;
	struct trust_fault fault = {0};
	if (trust_root_parse("ROOT", text, size, &parsed, &fault) < 0) {
		if (!fault.text[0])
			abort();
		return;
	}
	/* nobody signed it */
	if (trust_root_check_signed(parsed, text, size, NULL, 0, &fault) == 0)
		abort();
	trust_root_free(parsed);
}

static void accepted(const char *text, size_t size)
{
	struct accepted_list parsed, again;
	if (accepted_parse(text, size, &parsed) < 0)
		return;
	char *printed = accepted_text(&parsed);
	if (accepted_parse(printed, strlen(printed), &again) < 0 || again.count != parsed.count)
		abort();
	accepted_finish(&again);
	accepted_finish(&parsed);
	free(printed);
}

/* No forged signature is ever good; no key file that parses asks for more memory than it may. */
static void signature(const char *text, size_t size)
{
	static const struct minisign_public key = {.id = "fuzzfuzz", .key = {1, 2, 3}};
	struct minisign_public public;
	struct minisign_secret secret;
	if (minisign_verify(&key, text, size, "words", 5) == 0)
		abort();
	minisign_public_parse(text, size, &public);
	if (minisign_secret_is_protected(text, size) == 0) /* scrypt would be slow */
		minisign_secret_parse(text, size, NULL, &secret);
}

/* A bundle whose files are these bytes: refused, whatever they are. */
static void bundle(const char *text, size_t size)
{
	static const char roots[] =
		"bangtin-root: 1\nversion: 1\n"
		"key: RWRhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh a root,author *\n"
		"key: RWRiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJi b root,approver *\n"
		"key: RWRjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj c root *\n";
	struct trust_root *parsed = NULL;
	struct trust_fault fault = {0};
	struct bundle checked;
	if (trust_root_parse("ROOT", roots, sizeof roots - 1, &parsed, &fault) < 0)
		abort();
	size_t half = size / 2;
	const struct trust_file files[] = {{"MANIFEST", text, half},
		{"MANIFEST.author.minisig", text + half, size - half},
		{"MANIFEST.approver.minisig", text, half}, {"a.yaml", text, size}};
	const struct bundle_demands demands = {.root = parsed, .timed = true, .now = 0};
	if (bundle_check(files, 4, &demands, &checked, &fault) == 0 || !fault.text[0])
		abort();
	trust_root_free(parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const kinds[])(const char *text, size_t size) = {
		manifest, root, accepted, signature, bundle};
	if (size == 0 || minisign_start() < 0)
		return 0;
	char *copy = malloc(size); /* of its own size, so that one byte too far is seen */
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	kinds[data[0] % 5](copy, size - 1);
	free(copy);
	return 0;
}
