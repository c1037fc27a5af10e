/* Doors: ports that listen on this machine, and controllers that anybody on their network can write on. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "doctor.h"

#define LISTENING   0x0A /* TCP_LISTEN, as /proc/net/tcp has it */
#define PORTS_MOST  64
#define ASK_WITHIN  1500 /* ms */
#define ANSWER_MOST (64 << 10)

/* --- ports that listen */

/* Whether that process holds the socket. */
static bool holds(int pid, unsigned long inode)
{
	char path[64], wanted[64], link[64];
	struct dirent *entry;
	bool found = false;
	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
	DIR *descriptors = opendir(path);
	while (descriptors && !found && (entry = readdir(descriptors)) != NULL) {
		ssize_t length = readlinkat(dirfd(descriptors), entry->d_name, link, sizeof link - 1);
		link[length > 0 ? length : 0] = '\0';
		found = strcmp(link, wanted) == 0;
	}
	if (descriptors)
		closedir(descriptors);
	return found;
}

static void judge_port(struct doctor *doctor, unsigned port, unsigned long inode)
{
	char subject[16];
	snprintf(subject, sizeof subject, "%u", port);
	if (doctor->pid > 0 && !*doctor->system && holds(doctor->pid, inode))
		doctor_say(doctor, DOCTOR_WRONG, "tcp", subject,
			N_("install bangtin anew from a source that you trust"),
			"the daemon listens on this TCP port, and it never should");
	else if (port == 23 || port == 21 || port == 5900)
		doctor_say(doctor, DOCTOR_WRONG, "tcp", subject,
			N_("`apt remove` the program behind it (`ss -tlnp`); ssh with keys does the same"),
			"a service listens that sends passwords in the open: telnet, ftp or VNC");
	else
		doctor_say(doctor, DOCTOR_NOTE, "tcp", subject,
			N_("close what nobody needs (`ss -tlnp` names the program); bangtin needs none"),
			"a program listens on this TCP port");
}

/* Lines as "0: 0100007F:0016 00000000:0000 0A … inode". */
static void read_ports(struct doctor *doctor, const char *file, unsigned *seen, size_t *count)
{
	char *path = doctor_path(doctor, file), line[512], local[64];
	FILE *from = fopen(path, "re");
	free(path);
	while (from && fgets(line, sizeof line, from)) {
		unsigned port, state;
		unsigned long inode;
		if (sscanf(line, " %*u: %60[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %lu", local, &port, &state,
			    &inode) != 4 ||
			state != LISTENING)
			continue;
		bool loopback = strcmp(local, "00000000000000000000000001000000") == 0 ||
				(strlen(local) == 8 && strcmp(local + 6, "7F") == 0);
		for (size_t i = 0; i < *count; i++)
			loopback = loopback || seen[i] == port;
		if (loopback || *count == PORTS_MOST)
			continue;
		seen[(*count)++] = port;
		judge_port(doctor, port, inode);
	}
	if (from)
		fclose(from);
}

/* --- the network that a controller is on */

struct route {
	char interface[32], standard[32]; /* the way to the host, and to everywhere; "" : none */
};

static bool find_route(const struct doctor *doctor, struct in_addr host, struct route *ret_route)
{
	char *path = doctor_path(doctor, "/proc/net/route"), line[256], name[32];
	FILE *from = fopen(path, "re");
	uint32_t best = 0;
	*ret_route = (struct route){"", ""};
	free(path);
	while (from && fgets(line, sizeof line, from)) {
		unsigned destination, mask;
		if (sscanf(line, "%31s %x %*x %*x %*d %*d %*d %x", name, &destination, &mask) != 3)
			continue;
		if (mask == 0)
			snprintf(ret_route->standard, sizeof ret_route->standard, "%s", name);
		if ((host.s_addr & mask) != destination || (*ret_route->interface && ntohl(mask) < best))
			continue;
		best = ntohl(mask);
		snprintf(ret_route->interface, sizeof ret_route->interface, "%s", name);
	}
	if (from)
		fclose(from);
	return *ret_route->interface != '\0';
}

static bool needs_no_password(const char *driver)
{
	static const char *const drivers[] = {"onbon", "huidu", "novastar", "ddp", "artnet", "sacn", "wled",
		"tpm2net", "flaschen", "alpha"};
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
		if (strncmp(driver, drivers[i], strlen(drivers[i])) == 0)
			return true;
	return false;
}

static void look_at_way(struct doctor *doctor, const char *display, const char *driver, const char *host)
{
	struct in_addr address;
	struct route route;
	if (!needs_no_password(driver) || inet_pton(AF_INET, host, &address) != 1 ||
		(ntohl(address.s_addr) >> 24) == 127 || !find_route(doctor, address, &route))
		return;
	if (strcmp(route.interface, route.standard) == 0)
		doctor_say(doctor, DOCTOR_WRONG, "controller", display,
			N_("give the controller a network socket of this machine for itself (a USB adapter "
			   "will do), "
			   "switch its Wi-Fi off, and change its standard passwords"),
			"%s (%s) asks for no password, and is on the same network as everything else: "
			"whoever is "
			"on it can write on the board",
			host, driver);
	else
		doctor_say(doctor, DOCTOR_GOOD, "controller", display, NULL,
			"%s has a cable of its own (%s); see that its Wi-Fi is off", host, route.interface);
}

/* --- WLED tells by itself how open it is. One question, nothing is changed. */

static int reach(const char *host)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list;
	if (getaddrinfo(host, "80", &hints, &list) != 0)
		return -1;
	int fd = socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) < 0 && errno != EINPROGRESS) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	return fd;
}

static bool wait_until(int fd, short events, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	int64_t left = (deadline - clock_monotonic()) / NS_PER_MS;
	return left > 0 && poll(&poll_fd, 1, (int)left) == 1;
}

static json_t *ask(const char *host)
{
	static const char question[] = "GET /json/cfg HTTP/1.0\r\nHost: wled\r\nConnection: close\r\n\r\n";
	int64_t deadline = clock_monotonic() + ASK_WITHIN * NS_PER_MS;
	char *answer = xcalloc(1, ANSWER_MOST);
	size_t size = 0;
	int fd = reach(host);
	if (fd >= 0 && wait_until(fd, POLLOUT, deadline) &&
		send(fd, question, sizeof question - 1, MSG_NOSIGNAL) == sizeof question - 1) {
		ssize_t got = 1;
		while (got > 0 && size < ANSWER_MOST - 1 && wait_until(fd, POLLIN, deadline)) {
			got = recv(fd, answer + size, ANSWER_MOST - 1 - size, 0);
			size += got > 0 ? (size_t)got : 0;
		}
	}
	if (fd >= 0)
		close(fd);
	const char *body = strstr(answer, "\r\n\r\n"), *brace = body ? strchr(body, '{') : NULL;
	json_t *json = brace ? json_loads(brace, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	free(answer);
	return json;
}

static void look_at_wled(struct doctor *doctor, const char *display, const char *host)
{
	json_t *settings = ask(host);
	const json_t *lock = json_object_get(json_object_get(settings, "ota"), "lock");
	if (json_is_false(lock))
		doctor_say(doctor, DOCTOR_WRONG, "controller", display,
			N_("on its page under Security: a settings PIN, `Disable wireless update`, and other "
			   "passwords than wled1234 and wledota"),
			"anybody on its network may change the controller's firmware and settings");
	else if (json_is_true(lock))
		doctor_say(doctor, DOCTOR_NOTE, "controller", display,
			N_("on its page under Security: a settings PIN"),
			"its firmware is locked, but its settings can be read without a PIN");
	json_decref(settings);
}

void doctor_network(struct doctor *doctor)
{
	unsigned seen[PORTS_MOST];
	size_t count = 0;
	read_ports(doctor, "/proc/net/tcp", seen, &count);
	read_ports(doctor, "/proc/net/tcp6", seen, &count);
	if (count == 0)
		doctor_say(doctor, DOCTOR_GOOD, "tcp", NULL, NULL,
			"no program listens for connections from the network");
	for (size_t i = 0; i < doctor->site->display_count; i++) {
		const struct display *display = &doctor->site->displays[i];
		const char *host = doctor_option(display->options, display->option_count, "host");
		if (!host)
			continue;
		look_at_way(doctor, display->name, display->driver, host);
		if (strcmp(display->driver, "wled") == 0)
			look_at_wled(doctor, display->name, host);
	}
}
