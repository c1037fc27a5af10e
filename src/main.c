/* bangtind: the scheduler daemon. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/words.h"
#include "engine/engine.h"

static const char help[] =
	N_("usage: bangtind -c FILE [OPTION...]\n"
	   "Plays the site's playlists on its displays until it is told to stop.\n\n"
	   "  -c, --configuration FILE  the site configuration, bangtind.conf(5)\n"
	   "      --check               read and check the configuration, then exit\n"
	   "      --socket PATH         control socket, instead of the configuration's\n"
	   "      --state DIR           state directory, instead of the configuration's\n"
	   "      --clock T[,RATE]      start the wall clock at T; RATE 60 runs a minute a "
	   "second, 0 stands still\n"
	   "      --trace FILE          a JSON line for every frame handed to a driver\n"
	   "  -v, --verbose             say more\n"
	   "      --lang vi|en          the language of messages and log, instead of the "
	   "configuration's\n"
	   "      --help, --version\n\n"
	   "Exit status: 0 ended as told, 1 the configuration is wrong, 2 usage, 3 state or "
	   "socket cannot be used.\n");

enum {
	OPTION_CHECK = 256,
	OPTION_SOCKET,
	OPTION_STATE,
	OPTION_CLOCK,
	OPTION_TRACE,
	OPTION_HELP,
	OPTION_VERSION
};

static int usage(const char *why)
{
	fprintf(stderr, "bangtind: %s\n%s", _(why), _(help));
	return 2;
}

static int check(const char *configuration)
{
	struct diag_list diags;
	diag_init(&diags);
	engine_check(configuration, &diags);
	diag_sort(&diags);
	diag_print(&diags, stderr);
	int status = diags.errors > 0;
	diag_finish(&diags);
	return status;
}

static int run(const struct engine_options *options)
{
	struct diag_list diags;
	diag_init(&diags);
	struct engine *engine;
	const char *why;
	int error = engine_create(options, &diags, &engine, &why);
	diag_sort(&diags);
	diag_print(&diags, stderr);
	bool refused = diags.errors > 0;
	diag_finish(&diags);
	if (error < 0) {
		if (!refused)
			fprintf(stderr, "bangtind: %s (%s)\n", *why ? _(why) : _("cannot start"),
				words_error(error));
		return refused || error == -EINVAL ? 1 : 3;
	}
	engine_run(engine);
	engine_destroy(engine);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"configuration", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, OPTION_CHECK},
		{"socket", required_argument, NULL, OPTION_SOCKET},
		{"state", required_argument, NULL, OPTION_STATE},
		{"clock", required_argument, NULL, OPTION_CLOCK},
		{"trace", required_argument, NULL, OPTION_TRACE}, {"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, OPTION_HELP}, {"version", no_argument, NULL, OPTION_VERSION},
		{NULL, 0, NULL, 0}};
	struct engine_options wanted = {0};
	bool only_check = false;
	int option;
	if (!words_open(&argc, argv))
		return usage("--lang wants vi or en");
	opterr = 0;
	while ((option = getopt_long(argc, argv, "c:v", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			wanted.configuration = optarg;
			break;
		case 'v':
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case OPTION_CHECK:
			only_check = true;
			break;
		case OPTION_SOCKET:
			wanted.socket_path = optarg;
			break;
		case OPTION_STATE:
			wanted.state_directory = optarg;
			break;
		case OPTION_CLOCK:
			wanted.clock_spec = optarg;
			break;
		case OPTION_TRACE:
			wanted.trace_path = optarg;
			break;
		case OPTION_HELP:
			fputs(_(help), stdout);
			return 0;
		case OPTION_VERSION:
			puts("bangtind " BANGTIN_VERSION);
			return 0;
		default:
			return usage("unknown option, or its value is missing");
		}
	}
	if (optind < argc || !wanted.configuration)
		return usage(optind < argc ? N_("takes options only") : N_("-c FILE is missing"));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is a full disk, no reason to end */
	return only_check ? check(wanted.configuration) : run(&wanted);
}
