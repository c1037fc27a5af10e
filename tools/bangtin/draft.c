#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "cli.h"

static volatile sig_atomic_t came;

static void mark(int signal)
{
	came = signal;
}

void signals_catch(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
	/* without SA_RESTART: a write to a pipe that nobody drains ends as well */
	struct sigaction action = {.sa_handler = mark};

	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
		struct sigaction before;
		if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
	}
}

bool signals_came(void)
{
	return came != 0;
}

void signals_obey(void)
{
	if (!came)
		return;
	signal(came, SIG_DFL);
	raise(came);
}

int draft_begin(struct draft *draft, const char *path)
{
	char *directory = path_directory(path);
	char *name = xasprintf(".bangtin-%d.part", (int)getpid());

	draft->path = xstrdup(path);
	draft->temporary = path_join(directory, name);
	free(directory);
	free(name);
	/* made here: a writer could only name the other name, and ffmpeg would not say why */
	int fd = open(draft->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(errno));
	close(fd);
	return EXIT_DONE;
}

int draft_end(struct draft *draft, int code)
{
	if (code == EXIT_DONE && !came && rename(draft->temporary, draft->path) < 0)
		code = cli_fail(EXIT_INPUT, "%s: %s", draft->path, words_error(errno));
	if (code != EXIT_DONE || came)
		unlink(draft->temporary);
	free(draft->path);
	free(draft->temporary);
	return code;
}
