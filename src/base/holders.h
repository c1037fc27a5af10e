/* Which programs have a device open: what /proc/PID/fd tells. */
#ifndef BASE_HOLDERS_H
#define BASE_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>

struct holder {
	int pid;
	char name[32]; /* the program's */
};

#define HOLDERS_MOST 16
struct holders {
	struct holder list[HOLDERS_MOST];
	size_t count;
	bool blind; /* there are processes of others that could not be looked at */
};

/* path: a character device, or a link to one. Ourselves are left out. */
void holders_find(const char *path, struct holders *ret_holders);

#endif
