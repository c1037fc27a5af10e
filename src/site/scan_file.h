/* Map files: the order in which an outdoor module takes its pixels, drawn as a grid. The format is in bangtin-map(5). */
#ifndef SITE_SCAN_FILE_H
#define SITE_SCAN_FILE_H

#include "base/arena.h"
#include "base/diag.h"
#include "frame/panel.h"

struct scan_file {
	const char *title; /* for people; "" */
	int scan;	   /* rows are lit in so many turns: 4 for 1/4; 0: not told */
	struct scan_map map;
};

/* file is what diagnostics call it. NULL: something is wrong (reported). From arena. */
const struct scan_file *scan_file_parse(
	const char *file, const char *data, size_t size, struct arena *arena, struct diag_list *diags);
/* A name of [a-z0-9-] is one that comes with bangtin; anything else a path, relative to directory. Reported at where
 * if it cannot be read. */
const struct scan_file *scan_file_read(const char *name, const char *directory, struct location where,
	struct arena *arena, struct diag_list *diags);
/* Where those that come with bangtin are: $BANGTIN_MAPS, else the installed ones. */
const char *scan_file_directory(void);
/* Their names, sorted, from arena; 0 where there are none. */
size_t scan_file_names(struct arena *arena, const char *const **ret_names);

#endif
