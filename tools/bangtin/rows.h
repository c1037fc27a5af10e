/* Rows of the record of what was shown: of a file, of a site's state directory, or of the running daemon. */
#ifndef TOOLS_BANGTIN_ROWS_H
#define TOOLS_BANGTIN_ROWS_H

#include "cli.h"
#include "record/read.h"

struct rows {
	const struct common *common;
	char *path; /* of the database; NULL: the daemon is asked */
	struct zone *zone;
	char *socket;
};

/* record: a database's path; NULL: what -c's state directory has, or, without, the running daemon. Reported; rows_close
 * either way. */
int rows_open(const struct common *common, const char *record, struct rows *ret_rows);
void rows_close(struct rows *rows);
/* The texts of a row are visit's for as long as it runs. Reported. */
int rows_read(struct rows *rows, const struct record_query *query,
	bool (*visit)(void *data, const struct record_row *row), void *data);
/* EXIT_DONE whatever the verdict. Of the daemon's record no known places are looked for. */
int rows_verify(struct rows *rows, const struct record_place *known, size_t count,
	struct record_verdict *ret_verdict);

/* Where the record of -c's site, or of the running daemon, lies; the caller frees. NULL: the site keeps none. Reported. */
int rows_path(const struct common *common, char **ret_path);

/* "N:DIGEST", as --verify prints it. */
bool rows_parse_place(const char *text, struct record_place *ret_place);

#endif
