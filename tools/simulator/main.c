/* bangtin-simulator: decodes a board's wire, and shows the board that it stands for. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/words.h"
#include "frame/frame.h"
#include "simulator.h"
#include "universes.h"

static const char help[] =
	N_("usage: bangtin-simulator --protocol NAME --size WxH (--pty LINK | --tty PATH | --listen "
	   "ADDR[:PORT] |\n"
	   "                         --tcp ADDR[:PORT])\n"
	   "                         [OPTION...]\n"
	   "Decodes the wire of a LED board, and shows the board that it stands for.\n\n"
	   "      --protocol NAME     adalight, awa, tpm2, alpha, hanover (serial);\n"
	   "                          ddp, artnet, sacn, wled, tpm2net, flaschen (UDP);\n"
	   "                          colorlight (raw Ethernet);\n"
	   "                          onbon-5e, onbon-6e (serial, TCP, UDP), onbon-6q (TCP, UDP);\n"
	   "                          novastar (serial, TCP), huidu (TCP)\n"
	   "      --size WxH          of the board, in wire order: 64x16\n"
	   "      --pty LINK          make a pseudo-terminal, and LINK to it\n"
	   "      --tty PATH          read a serial port that is there, at the speed that it is set to\n"
	   "      --listen ADDR:PORT  receive datagrams; a multicast address is joined\n"
	   "      --listen INTERFACE  receive the raw frames of a network interface\n"
	   "      --tcp ADDR:PORT     take a connection at a time\n"
	   "      --interface ADDR    join multicast groups on the interface that has this address\n"
	   "      --universe N        the first universe of the picture (artnet 0, sacn 1)\n"
	   "      --json[=FILE]       a JSON line for every frame and event, on standard output or to FILE\n"
	   "      --dump DIR          a PNG for every frame\n"
	   "      --terminal          draw the board here (on standard error if --json has standard output)\n"
	   "      --fault SPEC        drop=P,flip=P,garbage=P (percent), stall=FRAMES:TIME,\n"
	   "                          disconnect=FRAMES:TIME, seed=N; commas between. Of cards that\n"
	   "                          answer: mute=P,cut=P (percent of answers), busy=N,spoilt=N\n"
	   "                          (requests), refuse=ERROR, intrude=FRAMES,insist=TIMES\n"
	   "      --frames N          end after so many frames\n"
	   "      --for DURATION      end after so long: 10s, 5m\n"
	   "      --lang vi|en        the language of what is said\n"
	   "      --help, --version\n\n"
	   "Exit status: 0 ended as told, 1 a file cannot be written, 2 usage, 3 the wire cannot be had, or "
	   "broke.\n");

enum {
	PROTOCOL = 256,
	SIZE,
	PTY,
	TTY,
	LISTEN,
	TCP,
	INTERFACE,
	UNIVERSE,
	JSON,
	DUMP,
	TERMINAL,
	FAULT,
	FRAMES,
	FOR,
	HELP,
	VERSION
};

struct settings {
	struct simulator simulator;
	struct wire_place place;
	int width, height; /* 0: not given */
	bool json, terminal;
	const char *json_path; /* NULL: standard output */
	const char *dump;
};

static int usage(const char *why)
{
	fprintf(stderr, _("bangtin-simulator: %s\n`bangtin-simulator --help` says more.\n"), _(why));
	return 2;
}

static bool read_number(const char *text, int64_t least, int64_t most, int64_t *ret)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);

	if (errno || end == text || *end || value < least || value > most)
		return false;
	*ret = value;
	return true;
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

/* What is wrong with an option that runs the simulator, or NULL. */
static const char *take_run(struct simulator *s, int option, const char *value)
{
	int64_t number = 0;

	switch (option) {
	case PROTOCOL:
		s->protocol = protocol_find(value);
		return s->protocol ? NULL : _("there is no such --protocol; --help lists them");
	case UNIVERSE:
		if (!read_number(value, 0, 65535, &number))
			return _("--universe wants a number");
		s->options.universe = (int)number;
		return NULL;
	case FAULT:
		return fault_parse(&s->fault, value) ? NULL
						     : _("--fault wants such as drop=5,stall=30:2s,seed=7");
	case FRAMES:
		return read_number(value, 1, INT64_MAX, &s->frames_wanted)
			       ? NULL
			       : _("--frames wants a number from 1 on");
	case FOR:
		if (time_parse_duration(value, &number) < 0 || number <= 0)
			return _("--for wants a duration, such as 10s");
		s->end = clock_monotonic() + number;
		return NULL;
	default:
		return _("there is no such option, or its value is missing");
	}
}

static const char *take_option(struct settings *settings, int option, const char *value)
{
	switch (option) {
	case SIZE:
		return read_size(value, &settings->width, &settings->height)
			       ? NULL
			       : _("--size wants WxH, such as 64x16");
	case PTY:
		settings->place.link = value;
		return NULL;
	case TTY:
		settings->place.tty = value;
		return NULL;
	case LISTEN:
		settings->place.listen = value;
		return NULL;
	case TCP:
		settings->place.tcp = value;
		return NULL;
	case INTERFACE:
		settings->place.interface = value;
		return NULL;
	case JSON:
		settings->json = true;
		settings->json_path = value;
		return NULL;
	case DUMP:
		settings->dump = value;
		return NULL;
	case TERMINAL:
		settings->terminal = true;
		return NULL;
	default:
		return take_run(&settings->simulator, option, value);
	}
}

static const char *check(const struct settings *settings)
{
	const struct protocol *protocol = settings->simulator.protocol;
	const struct wire_place *place = &settings->place;

	if (!protocol)
		return _("--protocol is missing");
	if (!settings->width)
		return _("--size is missing");
	unsigned wires = protocol->wires			   ? protocol->wires
			 : protocol->transport == TRANSPORT_STREAM ? WIRE_SERIAL
								   : WIRE_UDP;
	unsigned given = (place->link || place->tty ? WIRE_SERIAL : 0) | (place->tcp ? WIRE_TCP : 0) |
			 (place->listen ? WIRE_UDP : 0);
	if (!given || (given & (given - 1)) || (place->link && place->tty) || !(given & wires))
		return wires == WIRE_SERIAL ? _("this protocol wants one of --pty LINK and --tty PATH")
		       : protocol->transport == TRANSPORT_FRAME ? _("this protocol wants --listen INTERFACE")
		       : wires == WIRE_UDP			? _("this protocol wants --listen ADDR:PORT")
		       : wires & WIRE_SERIAL
			       ? _("this protocol wants one of --pty LINK, --tty PATH, --tcp ADDR:PORT, "
				   "--listen ADDR:PORT")
		       : wires == WIRE_TCP
			       ? _("this protocol wants --tcp ADDR:PORT")
			       : _("this protocol wants one of --tcp ADDR:PORT and --listen ADDR:PORT");
	if (settings->simulator.options.universe >= 0 && !protocol->universe_most)
		return _("this protocol has no universes");
	return NULL;
}

/* The board, the picture's universes, and where they come from. */
static const char *set_up(struct settings *settings)
{
	struct simulator *s = &settings->simulator;
	const struct protocol *protocol = s->protocol;

	board_init(&s->board, settings->width, settings->height);
	s->board.outputs.dump = settings->dump;
	settings->place.port = protocol->port;
	settings->place.frames = protocol->transport == TRANSPORT_FRAME;
	if (s->options.universe < 0)
		s->options.universe = protocol->universe_usual;
	if (protocol->universe_most) {
		if (s->options.universe < protocol->universe_least ||
			!universes_fit(&s->board, s->options.universe, protocol->universe_most))
			return _(
				"the picture does not fit into the universes of this protocol from there on");
		if (protocol->multicast) {
			settings->place.group_first = s->options.universe;
			settings->place.group_count =
				(int)((s->board.size + UNIVERSE_BYTES - 1) / UNIVERSE_BYTES);
		}
	}
	wire_init(&s->wire, &settings->place);
	return NULL;
}

static bool open_outputs(struct settings *settings)
{
	struct board_outputs *outputs = &settings->simulator.board.outputs;
	int error = settings->dump ? file_make_directory(settings->dump, 0777) : 0;

	if (error < 0) {
		fprintf(stderr, "bangtin-simulator: %s: %s\n", settings->dump, words_error(error));
		return false;
	}
	if (settings->json)
		outputs->json = settings->json_path ? fopen(settings->json_path, "we") : stdout;
	if (settings->json && !outputs->json) {
		fprintf(stderr, "bangtin-simulator: %s: %s\n", settings->json_path, words_error(errno));
		return false;
	}
	if (settings->terminal)
		outputs->terminal = outputs->json == stdout ? stderr : stdout;
	return true;
}

static int run(struct simulator *s)
{
	struct board_outputs *outputs = &s->board.outputs;

	if (!wire_open(&s->wire))
		return 3;
	if (outputs->terminal)
		fputs("\033[2J\033[?25l", outputs->terminal);
	int status = simulator_run(s);
	wire_close(&s->wire);
	if (outputs->terminal)
		fputs("\033[?25h", outputs->terminal);
	if (outputs->json)
		fprintf(outputs->json,
			"{\"event\": \"end\", \"frames\": %" PRIu64 ", \"faults\": %" PRIu64 "}\n",
			s->board.frames, s->board.faults);
	return status;
}

static int begin(struct settings *settings)
{
	struct simulator *s = &settings->simulator;
	const char *wrong = set_up(settings);
	int status = wrong ? usage(wrong) : open_outputs(settings) ? run(s) : 1;
	FILE *json = s->board.outputs.json;

	if (json && fclose(json) != 0 && status == 0) {
		fprintf(stderr, _("bangtin-simulator: the JSON lines: %s\n"), words_error(errno));
		status = 1;
	}
	board_finish(&s->board);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"protocol", 1, NULL, PROTOCOL}, {"size", 1, NULL, SIZE},
		{"pty", 1, NULL, PTY}, {"tty", 1, NULL, TTY}, {"listen", 1, NULL, LISTEN},
		{"tcp", 1, NULL, TCP}, {"interface", 1, NULL, INTERFACE}, {"universe", 1, NULL, UNIVERSE},
		{"json", 2, NULL, JSON}, {"dump", 1, NULL, DUMP}, {"terminal", 0, NULL, TERMINAL},
		{"fault", 1, NULL, FAULT}, {"frames", 1, NULL, FRAMES}, {"for", 1, NULL, FOR},
		{"help", 0, NULL, HELP}, {"version", 0, NULL, VERSION}, {NULL, 0, NULL, 0}};
	struct settings settings = {.simulator.options.universe = -1};
	int option;

	fault_init(&settings.simulator.fault);
	if (!words_open(&argc, argv))
		return usage("--lang wants vi or en");
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == HELP || option == VERSION) {
			fputs(option == HELP ? _(help) : "bangtin-simulator " BANGTIN_VERSION "\n", stdout);
			return 0;
		}
		const char *wrong = take_option(&settings, option, optarg);
		if (wrong)
			return usage(wrong);
	}
	const char *wrong = optind < argc ? _("there are only options, no arguments") : check(&settings);
	return wrong ? usage(wrong) : begin(&settings);
}
