/* What the loader says of many files, each read alone without a site: for each path named on standard input its
 * diagnostics as `bangtin check --json` prints them, one array after the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "playlist/catalogue.h"

static void check_file(const char *path)
{
	struct diag_list diags;
	struct source_file *files = NULL;
	size_t count = 0;

	diag_init(&diags);
	if (sources_read(path, &files, &count, &diags) == 0)
		catalogue_unref(catalogue_build(NULL, files, count, &diags));
	sources_free(files, count);
	diag_print_json(&diags, stdout);
	diag_finish(&diags);
}

int main(void)
{
	char *line = NULL;
	size_t capacity = 0;

	while (getline(&line, &capacity, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		check_file(line);
	}
	free(line);
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
