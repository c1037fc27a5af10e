/* bangtin-testpattern: what a technician needs at a board. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/time.h"
#include "base/words.h"
#include "frame/frame.h"
#include "testpattern.h"

static const char help[] = N_(
	"usage: bangtin-testpattern [tui] [--port P | --driver NAME ... | --display NAME ...]\n"
	"       bangtin-testpattern ports | drivers [NAME] | patterns\n"
	"       bangtin-testpattern probe --port P | --host ADDRESS[:PORT]\n"
	"       bangtin-testpattern show PATTERN --driver NAME --size WxH [--port P] [-o KEY=VALUE]...\n"
	"       bangtin-testpattern show PATTERN --display NAME [-c FILE | --socket PATH]\n"
	"       bangtin-testpattern find-map --driver NAME --size WxH [--module WxH] ... | -c FILE --display "
	"NAME\n"
	"       bangtin-testpattern report FILE.pdf --driver NAME --size WxH ... | --display NAME ...\n"
	"       bangtin-testpattern tell WORD --driver NAME [--port P] [-o KEY=VALUE]... | --display NAME "
	"...\n"
	"       bangtin-testpattern map [--show MAP | -c FILE --display NAME] [-o OUT.png]\n"
	"Test pictures on a LED board: on a port that is named here, or on a display of the daemon.\n\n"
	"  tui                     the patterns on a full screen, with keys: what runs without a command\n"
	"  ports                   the serial ports of this machine, and who has them open\n"
	"  drivers [NAME]          the protocols, or the options of one of them\n"
	"  patterns                the pictures, and what to look for\n"
	"  probe                   asks what is on a serial port, or at an address, in every protocol that\n"
	"                          answers; changes nothing on the board\n"
	"  find-map                finds out how the modules are wired: lights some, asks where they are, "
	"writes\n"
	"                          the group `map` for the configuration on standard output\n"
	"  report FILE.pdf         leads through the acceptance of a board and writes what was seen, as PDF "
	"and\n"
	"                          as text\n"
	"  tell WORD               what a device does by itself: a test of its own, a freeze; `drivers NAME` "
	"lists\n"
	"                          its words\n"
	"  map                     the maps of outdoor modules; --show: one of them, by its name or its "
	"file; or how a\n"
	"                          display of a configuration is wired; -o draws it\n"
	"  show PATTERN            shows one until Ctrl-C; the board is black afterwards\n\n"
	"      --driver NAME       adalight, ddp, ...\n"
	"      --port P            its serial port, or its ADDRESS[:PORT] in the network\n"
	"  -o, --option KEY=VALUE  another option of the driver: -o baud=500000\n"
	"      --size WxH          of the board in pixels: 64x32\n"
	"      --display NAME      a display of the daemon, which goes on with the schedule afterwards\n"
	"  -c, --configuration FILE  where the display is described; without a daemon it is opened here\n"
	"      --socket PATH       the daemon's control socket\n"
	"      --for DURATION      ends after so long: 10s, 5m\n"
	"      --fps N             pictures a second, 0.1 to 240\n"
	"      --module WxH        the size of a module, for the pattern `modules`\n"
	"      --keep              leaves the last picture on the board\n"
	"      --json              machine-readable\n"
	"      --lang vi|en        the language of what is said\n"
	"      --help, --version\n\n"
	"Exit status: 0 done, 1 the input is wrong, 2 usage, 3 the daemon or the device cannot be "
	"reached.\n");

enum { DRIVER = 256, PORT, SIZE, DISPLAY, SOCKET, FOR, FPS, MODULE, KEEP, SHOW, JSON, HOST, HELP, VERSION };

static const struct {
	const char *name;
	int (*run)(const struct arguments *arguments);
} commands[] = {{"ports", run_ports}, {"drivers", run_drivers}, {"patterns", run_patterns},
	{"probe", run_probe}, {"show", run_show}, {"map", run_map}, {"find-map", run_find_map},
	{"report", run_report}, {"tui", run_tui}, {"tell", run_tell}};
#define COMMANDS (sizeof commands / sizeof *commands)

int fail(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("bangtin-testpattern: ", stderr);
	vfprintf(stderr, _(format), arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return code;
}

static bool read_size(const char *text, int *ret_width, int *ret_height)
{
	int width, height, end = 0;

	if (sscanf(text, "%5dx%5d%n", &width, &height, &end) != 2 || text[end] || width < 1 || height < 1 ||
		width > FRAME_SIDE_MOST || height > FRAME_SIDE_MOST)
		return false;
	*ret_width = width;
	*ret_height = height;
	return true;
}

static bool read_rate(const char *text, int32_t *ret_rate)
{
	char *end;
	double rate = strtod(text, &end);

	if (end == text || *end || !(rate >= 0.1 && rate <= 240))
		return false;
	*ret_rate = (int32_t)(rate * 1000 + 0.5);
	return true;
}

/* What is wrong with an option that has a form, or NULL. */
static const char *take_formed(struct arguments *arguments, int option, const char *value)
{
	switch (option) {
	case SIZE:
		return read_size(value, &arguments->width, &arguments->height)
			       ? NULL
			       : _("--size wants WxH, as 64x32");
	case MODULE:
		return read_size(value, &arguments->module_width, &arguments->module_height)
			       ? NULL
			       : _("--module wants WxH, as 32x16");
	case FPS:
		return read_rate(value, &arguments->rate) ? NULL : _("--fps wants a number from 0.1 to 240");
	case FOR:
		return time_parse_duration(value, &arguments->duration) == 0 && arguments->duration > 0
			       ? NULL
			       : _("--for wants a duration, as 10s");
	case 'o':
		if (arguments->setting_count == SETTINGS_MOST)
			return _("too many options with -o");
		arguments->settings[arguments->setting_count++] = value;
		return NULL;
	default:
		return _("there is no such option, or its value is missing; --help lists them");
	}
}

static const char *take(struct arguments *arguments, int option, const char *value)
{
	switch (option) {
	case 'c':
		arguments->configuration = value;
		return NULL;
	case DRIVER:
		arguments->driver = value;
		return NULL;
	case PORT:
		arguments->port = value;
		return NULL;
	case HOST:
		arguments->host = value;
		return NULL;
	case DISPLAY:
		arguments->display = value;
		return NULL;
	case SOCKET:
		arguments->socket = value;
		return NULL;
	case SHOW:
		arguments->map = value;
		return NULL;
	case KEEP:
		arguments->keep = true;
		return NULL;
	case JSON:
		arguments->json = true;
		return NULL;
	default:
		return take_formed(arguments, option, value);
	}
}

static int run(const char *name, const struct arguments *arguments)
{
	const char *names[COMMANDS];

	for (size_t i = 0; i < COMMANDS; i++) {
		names[i] = commands[i].name;
		if (strcmp(name, names[i]) == 0)
			return commands[i].run(arguments);
	}
	const char *near = nearest_word(name, names, COMMANDS);
	if (near)
		return fail(EXIT_USAGE, "there is no command `%s`; did you mean `%s`?", name, near);
	return fail(EXIT_USAGE, "there is no command `%s`; --help lists them", name);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"driver", 1, NULL, DRIVER}, {"port", 1, NULL, PORT},
		{"option", 1, NULL, 'o'}, {"size", 1, NULL, SIZE}, {"display", 1, NULL, DISPLAY},
		{"configuration", 1, NULL, 'c'}, {"socket", 1, NULL, SOCKET}, {"for", 1, NULL, FOR},
		{"fps", 1, NULL, FPS}, {"module", 1, NULL, MODULE}, {"keep", 0, NULL, KEEP},
		{"host", 1, NULL, HOST}, {"show", 1, NULL, SHOW}, {"json", 0, NULL, JSON},
		{"help", 0, NULL, HELP}, {"version", 0, NULL, VERSION}, {NULL, 0, NULL, 0}};
	struct arguments arguments = {0};
	int option;

	signal(SIGPIPE, SIG_IGN);
	if (!words_open(&argc, argv))
		return fail(EXIT_USAGE, "--lang wants vi or en");
	opterr = 0;
	while ((option = getopt_long(argc, argv, "c:o:", options, NULL)) != -1) {
		if (option == HELP || option == VERSION) {
			fputs(option == HELP ? _(help) : "bangtin-testpattern " BANGTIN_VERSION "\n", stdout);
			return EXIT_DONE;
		}
		const char *wrong = take(&arguments, option, optarg);
		if (wrong)
			return fail(EXIT_USAGE, "%s", _(wrong));
	}
	if (optind == argc && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return run("tui", &arguments);
	if (optind == argc) {
		fputs(_(help), stderr);
		return EXIT_USAGE;
	}
	arguments.word = optind + 1 < argc ? argv[optind + 1] : NULL;
	if (optind + 2 < argc)
		return fail(EXIT_USAGE, "`%s` is one argument too many", argv[optind + 2]);
	return run(argv[optind], &arguments);
}
