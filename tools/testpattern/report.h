/* What a site acceptance says, and how it is written: as text, and as PDF. */
#ifndef TOOLS_TESTPATTERN_REPORT_H
#define TOOLS_TESTPATTERN_REPORT_H

#include <stdio.h>

#include "site/site.h"

enum verdict { VERDICT_SKIPPED, VERDICT_OK, VERDICT_FAIL };

struct report_step {
	const char *pattern;	      /* NULL: a question without a picture */
	const char *question, *title; /* English for the terminal, Vietnamese for the paper */
	enum verdict verdict;
	char remark[160];
};

struct report {
	const struct display *display; /* NULL: lent, and no configuration describes it */
	char name[96];		       /* of the display, or driver and port */
	char place[128], technician[96], date[48];
	char driver[64], size[32];
	char port[256];	   /* which port or address, and what it is */
	char device[1024]; /* what the controller says of itself; lines */
	char warning[512]; /* about passwords */
	struct report_step *steps;
	size_t step_count;
};

/* All steps that were asked are well. */
bool report_passed(const struct report *report);
void report_write_text(const struct report *report, FILE *to);
/* 0, -ENOENT: no fonts, -EIO: it could not be written. */
int report_write_pdf(const struct report *report, const char *path);
/* What is known of a driver's controllers and passwords; never NULL. */
const char *report_password_warning(const char *driver);

#endif
