/* The doctor: what the rooms of `bangtin doctor` share. Each looks at one side of the machine and says what it finds. */
#ifndef TOOLS_BANGTIN_DOCTOR_H
#define TOOLS_BANGTIN_DOCTOR_H

#include "base/words.h"
#include "cli.h"

enum doctor_verdict { DOCTOR_GOOD, DOCTOR_NOTE, DOCTOR_WRONG };

struct doctor {
	const char *system; /* what stands before the paths of the machine; "" is this one */
	const char *configuration;
	const struct site *site;
	const json_t *status; /* the daemon's; NULL: it does not answer */
	int pid;	      /* the daemon's; 0: unknown */
	unsigned uid;	      /* the daemon's account */
	unsigned *groups;
	size_t group_count;
	json_t *findings;
	size_t wrong;
};

/* subject: a display, a path; NULL: none. advice: what to do, N_(); NULL: nothing. format is translated. */
void doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *check, const char *subject,
	const char *advice, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Of the machine; the caller frees. */
char *doctor_path(const struct doctor *doctor, const char *path);
bool doctor_has(const struct doctor *doctor, const char *path);
/* The first line, without its end; false: it cannot be read. */
bool doctor_read(const struct doctor *doctor, const char *path, char *to, size_t size);
/* Calls with the path (as for doctor_read) of each entry of the directory that begins so, in no order. */
void doctor_each(struct doctor *doctor, const char *directory, const char *prefix,
	void (*found)(struct doctor *doctor, const char *path));
/* Whether the daemon's account may read and write what has that owner, group and mode. */
struct stat;
bool doctor_may(const struct doctor *doctor, const struct stat *status);
const char *doctor_option(const struct option *options, size_t count, const char *key); /* NULL: not set */

void doctor_clock(struct doctor *doctor);
void doctor_devices(struct doctor *doctor);
void doctor_state(struct doctor *doctor);
void doctor_texts(struct doctor *doctor);
void doctor_trust(struct doctor *doctor);
void doctor_network(struct doctor *doctor);
void doctor_service(struct doctor *doctor);

#endif
