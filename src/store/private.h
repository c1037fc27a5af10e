/* What the files of this room share. */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "store/store.h"

#define STORE_FILE_MOST	     (16 << 20) /* bytes of one file */
#define STORE_FILE_MODE	     0644
#define STORE_DIRECTORY_MODE 0755
#define STAGE_SUFFIX	     ".stage"  /* a generation being written */
#define REMOVED_SUFFIX	     ".remove" /* one being removed */
#define NEW_LINK	     "current.new"

struct store {
	char *directory;
	char *generations; /* its path */
	int lock;	   /* -1: read-only */
};

/* Paths; the caller frees. */
char *store_path(const struct store *store, const char *name);
char *generation_path(const struct store *store, int number, const char *suffix);
/* The number that a name in generations/ says; 0: it is none. */
int generation_number(const char *name);
int current_number(const struct store *store); /* 0: none */
/* All numbers there are, the newest first; the caller frees. */
int list_numbers(const struct store *store, int **ret_numbers, size_t *ret_count);

/* The last component of a source's name. */
const char *source_base(const struct source_file *file);
void sources_digest(const struct source_file *files, size_t count, char ret_hex[65]);

/* meta.json of a generation. names: one "unit/file" for each file, in order; freed by names_free. */
char *meta_text(const struct generation *generation, const struct source_file *files, size_t count);
int meta_read(const struct store *store, int number, struct generation *ret_generation, char ***ret_names);
void names_free(char **names, size_t count);

/* format.c. -EPROTONOSUPPORT: a newer program laid it out; -EBADMSG: the file `format` is damaged. */
int format_check(const struct store *store);   /* read-only */
int format_migrate(const struct store *store); /* brings it up to date; under the lock */

/* Makes `current` say number, durably. */
int switch_current(const struct store *store, int number);
void prune(const struct store *store, int keep);

#endif
