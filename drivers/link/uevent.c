#include "drivers/link/uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int uevent_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		int error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

static const char *value(const char *message, size_t size, const char *key)
{
	size_t length = strlen(key);
	for (const char *p = message; p < message + size; p += strlen(p) + 1)
		if (strncmp(p, key, length) == 0 && p[length] == '=')
			return p + length + 1;
	return "";
}

static bool is_card(const char *name)
{
	return strncmp(name, "dri/card", 8) == 0 && name[8] >= '0' && name[8] <= '9';
}

enum uevent uevent_read(int fd, char card[32])
{
	char message[8192];
	for (;;) {
		struct sockaddr_nl from = {0};
		socklen_t from_size = sizeof from;
		ssize_t size =
			recvfrom(fd, message, sizeof message - 1, 0, (struct sockaddr *)&from, &from_size);
		if (size <= 0)
			return UEVENT_NONE;
		message[size] = '\0';
		/* Only the kernel's own: any process may send to the group. */
		if (from.nl_pid != 0 || strcmp(value(message, (size_t)size, "SUBSYSTEM"), "drm") != 0)
			continue;
		const char *name = value(message, (size_t)size, "DEVNAME");
		const char *action = value(message, (size_t)size, "ACTION");
		if (!is_card(name))
			continue;
		snprintf(card, 32, "%s", name + 4);
		if (strcmp(action, "remove") == 0)
			return UEVENT_CARD_REMOVED;
		if (strcmp(action, "add") == 0)
			return UEVENT_CARD_ADDED;
		if (strcmp(value(message, (size_t)size, "HOTPLUG"), "1") == 0)
			return UEVENT_HOTPLUG;
	}
}
