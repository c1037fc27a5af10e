/* Bundles and keys as files: what key, sign, approve, verify, load, import and export share. */
#ifndef TOOLS_BANGTIN_BUNDLE_H
#define TOOLS_BANGTIN_BUNDLE_H

#include "cli.h"
#include "trust/bundle.h"

struct bundle_files {
	struct trust_file *files;
	size_t count;
};

/* All visible files of one flat directory, or (of a root file) it and the signatures beside it. Links and directories
 * are refused. EXIT_DONE, or reported. */
int bundle_files_read(const char *directory, struct bundle_files *ret_files);
int bundle_files_read_root(const char *path, struct bundle_files *ret_files);
void bundle_files_free(struct bundle_files *files);
/* Whether there is a MANIFEST or ROOT in it. */
bool is_bundle(const char *directory);
/* Whether that file's name is ROOT. */
bool is_root_file(const char *path);

/* Hands them to the daemon, or with -c and none running accepts them here. EXIT_DONE, or reported. label: what the
 * answer is printed under; NULL: nothing. */
int bundle_accept(const struct common *common, const struct bundle_files *files, const char *label);
bool daemon_runs(const struct common *common);

/* Reads a secret key; asks for its password at the terminal, or reads a line of standard input. Reported.
 * minisign_forget it. */
int key_read(const char *path, struct minisign_secret *ret_key);
/* A password from the terminal without echo, or a line of standard input; NULL: none came. minisign_free_text. */
char *key_ask_password(const char *prompt);
/* The root file at path. Reported. */
int root_read(const char *path, struct trust_root **ret_root);
/* "bangtin: rule NAME: …" with EXIT_INPUT. */
int bundle_fail(const char *label, const struct trust_fault *fault);

#endif
