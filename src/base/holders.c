#include "base/holders.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_open(DIR *descriptors, dev_t device)
{
	struct dirent *entry;
	struct stat status;

	while ((entry = readdir(descriptors)) != NULL)
		if (entry->d_name[0] != '.' && fstatat(dirfd(descriptors), entry->d_name, &status, 0) == 0 &&
			S_ISCHR(status.st_mode) && status.st_rdev == device)
			return true;
	return false;
}

static bool read_proc(int pid, const char *what, char *to, size_t size)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
	FILE *from = fopen(path, "re");
	bool good = from && fgets(to, (int)size, from);
	if (from)
		fclose(from);
	return good;
}

/* The kernel keeps 15 bytes of a name; the command line may have all of it. */
static void read_name(int pid, char *to, size_t size)
{
	char command[256], *name;

	if (!read_proc(pid, "comm", to, size))
		snprintf(to, size, "?");
	to[strcspn(to, "\n")] = '\0';
	if (!read_proc(pid, "cmdline", command, sizeof command))
		return;
	name = strrchr(command, '/') ? strrchr(command, '/') + 1 : command;
	if (strncmp(name, to, strlen(to)) == 0)
		snprintf(to, size, "%.*s", (int)size - 1, name);
}

static void look_at(int pid, dev_t device, struct holders *holders)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	DIR *descriptors = opendir(path);
	if (!descriptors) {
		holders->blind |= errno == EACCES || errno == EPERM;
		return;
	}
	if (has_open(descriptors, device)) {
		struct holder *holder = &holders->list[holders->count++];
		holder->pid = pid;
		read_name(pid, holder->name, sizeof holder->name);
	}
	closedir(descriptors);
}

void holders_find(const char *path, struct holders *ret_holders)
{
	struct dirent *entry;
	struct stat status;

	*ret_holders = (struct holders){0};
	if (stat(path, &status) < 0 || !S_ISCHR(status.st_mode))
		return;
	DIR *processes = opendir("/proc");
	if (!processes)
		return;
	while (ret_holders->count < HOLDERS_MOST && (entry = readdir(processes)) != NULL) {
		int pid = (int)strtol(entry->d_name, NULL, 10);
		if (pid > 0 && pid != getpid())
			look_at(pid, status.st_rdev, ret_holders);
	}
	closedir(processes);
}
