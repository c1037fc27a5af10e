#include "explain.h"

#include <stdbool.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/words.h"
#include "base/holders.h"
#include "ports.h"

static const char *user_name(void)
{
	const struct passwd *user = getpwuid(getuid());

	return user ? user->pw_name : "YOU";
}

/* A file that its group may use: joining the group is the way. */
static void explain_permission(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return;
	const struct group *group = getgrgid(status.st_gid);
	bool helps = (status.st_mode & 0060) == 0060 && group && status.st_gid != 0;
	if (helps)
		fprintf(stderr,
			_("It may be used by the group `%s`. Join it, then log in again:\n"
			  "    sudo usermod -aG %s %s\n"),
			group->gr_name, group->gr_name, user_name());
	else
		fprintf(stderr,
			_("Its mode is %04o, its owner %u. Only the administrator can use it so; a serial "
			  "port\n"
			  "usually belongs to the group `dialout`, with mode 0660.\n"),
			(unsigned)status.st_mode & 07777, (unsigned)status.st_uid);
}

static void explain_busy(const char *path)
{
	struct holders holders;
	bool daemon = false;

	holders_find(path, &holders);
	for (size_t i = 0; i < holders.count; i++) {
		fprintf(stderr, _("%s (process %d) has it open.\n"), holders.list[i].name,
			holders.list[i].pid);
		daemon |= strcmp(holders.list[i].name, "bangtind") == 0;
	}
	if (holders.count == 0 && holders.blind)
		fputs(_("A program of another user has it open; with sudo this command can say which.\n"),
			stderr);
	if (daemon)
		fputs(_("The daemon lends it to you: `bangtin-testpattern show PATTERN --display NAME`.\n"),
			stderr);
}

static void explain_missing(void)
{
	fputs(_("These are the serial ports of this machine:\n"), stderr);
	ports_print(stderr);
}

void explain(const char *driver, const char *port, int error, const char *why)
{
	fputs("bangtin-testpattern: ", stderr);
	if (port)
		fprintf(stderr, _("%s on %s: %s"), driver, port, _(why));
	else
		fprintf(stderr, "%s: %s", driver, _(why));
	if (!strstr(_(why), words_error(error)))
		fprintf(stderr, " (%s)", words_error(error));
	fputc('\n', stderr);
	switch (port ? -error : 0) {
	case EACCES:
	case EPERM:
		explain_permission(port);
		break;
	case EBUSY:
		explain_busy(port);
		break;
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case ENOTTY:
	case EIO:
		explain_missing();
		break;
	}
}

void explain_socket(const char *path, int error)
{
	switch (-error) {
	case ENOENT:
	case ECONNREFUSED:
		fprintf(stderr,
			_("bangtin-testpattern: no daemon answers on %s\n"
			  "Is bangtind running? --socket names another socket; with -c FILE the display is "
			  "opened\n"
			  "without the daemon, as FILE describes it; --driver opens a port that no file "
			  "describes.\n"),
			path);
		return;
	case EACCES:
	case EPERM:
		fprintf(stderr, _("bangtin-testpattern: you may not use %s\n"), path);
		explain_permission(path);
		return;
	default:
		fprintf(stderr, "bangtin-testpattern: %s: %s\n", path, words_error(error));
	}
}
