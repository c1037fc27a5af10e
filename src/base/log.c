#include "base/log.h"

#include "base/alloc.h"
#include "base/event.h"
#include "base/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static _Atomic int most = LOG_LEVEL_INFO;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool journal;

/* JOURNAL_STREAM names the device and inode that the service manager gave us; a child with its standard error
 * redirected inherits the variable, but not the file (systemd.exec(5)). */
static void find_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat status;
	char *end;

	if (!stream || fstat(STDERR_FILENO, &status) < 0)
		return;
	device = strtoumax(stream, &end, 10);
	if (*end != ':')
		return;
	inode = strtoumax(end + 1, &end, 10);
	journal = *end == '\0' && device == status.st_dev && inode == status.st_ino;
}

void log_set_level(enum log_level level)
{
	most = (int)level;
}

/* What came from a peer or a file must not forge a line of the log, nor talk to the terminal. */
static void make_printable(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
	}
}

/* number: of an event; NULL: it has none. */
static void write_line(enum log_level level, const char *number, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));
static void write_line(enum log_level level, const char *number, const char *format, va_list arguments)
{
	char *message, *line;
	char priority[8] = "";
	ssize_t ignored;

	if ((int)level > most)
		return;
	pthread_once(&once, find_journal);
	enum language asker = words_speak(LANGUAGE_OWN);
	if (vasprintf(&message, _(format), arguments) < 0)
		message = NULL;
	words_speak(asker);
	if (!message)
		return;
	make_printable(message);
	if (journal)
		snprintf(priority, sizeof priority, "<%d>", (int)level);
	line = xasprintf("%s%s%s%s%s%s%s\n", priority, journal ? "" : program_invocation_short_name,
		journal ? "" : ": ", message, number ? " [" : "", number ? number : "", number ? "]" : "");
	/* one write a line: threads do not mix theirs; where the log cannot be written there is nobody to tell */
	ignored = write(STDERR_FILENO, line, strlen(line));
	(void)ignored;
	free(line);
	free(message);
}

void log_write(enum log_level level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	write_line(level, NULL, format, arguments);
	va_end(arguments);
}

void log_event(enum event event, const char *format, ...)
{
	const struct event_page *page = event_page(event);
	char name[EVENT_NAME_SIZE];
	va_list arguments;

	event_name(event, name);
	va_start(arguments, format);
	write_line(page ? page->level : LOG_LEVEL_ERROR, name, format, arguments);
	va_end(arguments);
}
