/* bangtin: the staff's command line. One file a command. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "cli.h"

static const struct command *const commands[] = {&command_check, &command_agenda, &command_why, &command_diff,
	&command_preview, &command_load, &command_history, &command_rollback, &command_status, &command_clock,
	&command_announce, &command_clear, &command_blank, &command_unblank, &command_snapshot,
	&command_watch, &command_key, &command_sign, &command_approve, &command_verify, &command_export,
	&command_import, &command_schema, &command_new, &command_fmt, &command_doctor, &command_log,
	&command_certificate, &command_help};

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void help(FILE *to)
{
	fputs(_("usage: bangtin COMMAND [OPTION...] [ARGUMENT...]\n\n"), to);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(to, "  %-11s %s\n", commands[i]->name, _(commands[i]->summary));
	fputs(_("\n`bangtin COMMAND --help` says more. With -c FILE (a site configuration) check, agenda, "
		"why, "
		"diff, "
		"preview\n"
		"and load work on files and need no daemon; without it they ask the running one.\n"
		"Exit status: 0 done, 1 the input is wrong and nothing was changed, 2 usage, 3 cannot be "
		"reached.\n"),
		to);
}

/* What did not get out was not said. A reader that has had enough (`| head`) is no fault. */
static int close_output(int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	return errno == EPIPE || status != EXIT_DONE
		       ? status
		       : cli_fail(EXIT_REACH, "standard output cannot be written; is the disk full?");
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (!words_open(&argc, argv))
		return cli_fail(EXIT_USAGE, "--lang wants vi or en");
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || (strcmp(argv[1], "help") == 0 && argc == 2)) {
		help(stdout);
		return close_output(EXIT_DONE);
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("bangtin " BANGTIN_VERSION);
		return EXIT_DONE;
	}
	char ask_help[] = "--help";
	/* `help announce` is `announce --help`; of what is no command the command help tells */
	const struct command *command = argc == 3 && strcmp(argv[1], "help") == 0 ? find(argv[2]) : NULL;
	if (command)
		return close_output(command->run(command, 1, (char *[]){ask_help}));
	command = find(argv[1]);
	if (command)
		return close_output(command->run(command, argc - 2, argv + 2));
	const char *names[sizeof commands / sizeof *commands];
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		names[i] = commands[i]->name;
	const char *near = nearest_word(argv[1], names, sizeof names / sizeof *names);
	if (near)
		return cli_fail(EXIT_USAGE,
			"there is no command `%s`; did you mean `%s`? `bangtin --help` lists them", argv[1],
			near);
	return cli_fail(EXIT_USAGE, "there is no command `%s`; `bangtin --help` lists them", argv[1]);
}
