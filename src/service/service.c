/* The protocol is systemd's promise (sd_notify(3)): datagrams of lines to the socket that the environment names. Written
 * here because libsystemd's call waits where the service manager does not read, and the frame path must wait for nobody. */
#include "service/service.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/time.h"

static int64_t number(const char *name)
{
	const char *text = getenv(name);
	char *end;

	if (!text || *text < '0' || *text > '9')
		return 0;
	long long value = strtoll(text, &end, 10);
	return *end == '\0' ? value : 0;
}

int64_t service_watchdog(void)
{
	int64_t us = number("WATCHDOG_USEC"), pid = number("WATCHDOG_PID");

	return us > 0 && us < INT64_MAX / NS_PER_US && (pid == 0 || pid == getpid()) ? us * NS_PER_US : 0;
}

/* A path, or a name in the abstract namespace, which begins with @. */
static socklen_t address(struct sockaddr_un *ret_address)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path ? strlen(path) : 0;

	if (length < 2 || length >= sizeof ret_address->sun_path || (path[0] != '/' && path[0] != '@'))
		return 0;
	*ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(ret_address->sun_path, path, length);
	if (path[0] == '@')
		ret_address->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* What it cannot be told it has to find out by itself: there is nobody to tell of the failure. */
static void tell(const char *text)
{
	struct sockaddr_un to;
	socklen_t size = address(&to);
	int fd = size ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;

	if (fd < 0)
		return;
	(void)sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, size);
	close(fd);
}

void service_ready(const char *status)
{
	char text[256];

	snprintf(text, sizeof text, "READY=1\nSTATUS=%s", status);
	tell(text);
}

void service_feed(void)
{
	tell("WATCHDOG=1");
}

void service_stopping(void)
{
	tell("STOPPING=1");
}
