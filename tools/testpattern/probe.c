/* `probe`: asks whatever is on a serial port, or at an address, in every protocol that has a question; says what answered
 * and what it cannot know. The questions change nothing on a board. */
#include "probe.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "drivers/link/tcp.h"
#include "explain.h"
#include "output/sink.h"
#include "probe_run.h"
#include "testpattern.h"

#define LISTEN_FOR (2 * NS_PER_SEC) /* a controller that its opening resets greets after that */

static const struct question *const questions[] = {card_questions, strip_questions, node_questions};
#define LISTS (sizeof questions / sizeof *questions)

/* Adds one; the array is the caller's to free. */
static void add(
	struct probe *probe, const struct question *question, const struct finding *finding, bool answered)
{
	probe->results = xrealloc(probe->results, probe->count + 1, sizeof *probe->results);
	probe->results[probe->count++] = (struct result){question, *finding, answered};
	probe->answered += answered;
}

static int ask_serial(struct probe *probe, const struct wire_place *place, const struct question *question)
{
	struct finding finding = {0};
	const char *why = NULL;

	for (const struct serial_mode *mode = question->modes; mode->baud; mode++) {
		int got = wire_ask(place, question, mode, &finding, &why);
		if (got < 0) {
			explain("probe", place->port, got, why ? why : _("cannot open it"));
			return got;
		}
		if (got > 0) {
			add(probe, question, &finding, true);
			return 0;
		}
	}
	add(probe, question, &finding, false);
	return 0;
}

static int ask_all(struct probe *probe, const struct wire_place *place)
{
	struct finding finding;
	const char *why;
	int error = 0;

	for (size_t i = 0; i < LISTS; i++)
		for (const struct question *question = questions[i]; question->name && error == 0;
			question++) {
			if ((question->wire == ASK_SERIAL) != (place->port != NULL))
				continue;
			if (place->port) {
				error = ask_serial(probe, place, question);
				continue;
			}
			bool answered = wire_ask(place, question, NULL, &finding, &why) > 0;
			add(probe, question, &finding, answered);
		}
	return error;
}

static int listen_first(struct probe *probe, const char *port)
{
	static const struct serial_mode usual = {115200, PARITY_NONE, 8, 1};
	const char *why = NULL;
	int error = wire_listen(port, &usual, LISTEN_FOR, probe->greeting, sizeof probe->greeting, &why);

	if (error < 0)
		explain("probe", port, error, why ? why : _("cannot open it"));
	return error;
}

int probe_run(struct probe *probe, const struct wire_place *place)
{
	int error = 0;

	*probe = (struct probe){.place = *place};
	if (place->port)
		error = listen_first(probe, place->port);
	if (error == 0)
		error = ask_all(probe, place);
	if (error < 0)
		probe_finish(probe);
	return error;
}

void probe_finish(struct probe *probe)
{
	free(probe->results);
	probe->results = NULL;
	probe->count = probe->answered = 0;
}

/* --- telling */

static const char *wire_code(enum question_wire wire)
{
	return wire == ASK_SERIAL ? "serial" : wire == ASK_TCP ? "TCP" : "UDP";
}

static const char *wire_name(enum question_wire wire)
{
	return wire == ASK_SERIAL ? _("serial") : wire_code(wire);
}

static bool has_option(const struct sink_driver *driver, const char *name)
{
	for (const struct sink_option *option = driver ? driver->options : NULL; option && option->name;
		option++)
		if (strcmp(option->name, name) == 0)
			return true;
	return false;
}

/* What to write into a display's section. */
static void configuration(const struct probe *probe, const struct result *result, char *to, size_t most)
{
	const struct finding *finding = &result->finding;
	const struct sink_driver *driver = finding->driver ? sink_driver_find(finding->driver) : NULL;
	const char *section = driver && driver->caps & SINK_CONTROL ? "control" : "driver";
	/* where the wire may be the network as well, `port` is the network's */
	const char *key = has_option(driver, "device") ? "device" : "port";

	if (!driver)
		snprintf(to, most, "%s", _("bangtin has no driver for it"));
	else if (probe->place.port)
		snprintf(to, most, "%s = { name = \"%s\"; %s = \"%s\"; baud = %d; };", section, driver->name,
			key, probe->place.port, (int)finding->baud);
	else if (result->question->wire == ASK_UDP && has_option(driver, "transport"))
		snprintf(to, most, "%s = { name = \"%s\"; host = \"%s\"; transport = \"udp\"; };", section,
			driver->name, probe->place.host);
	else
		snprintf(to, most, "%s = { name = \"%s\"; host = \"%s\"; };", section, driver->name,
			probe->place.host);
}

static void print_result(FILE *to, const struct probe *probe, const struct result *result)
{
	const struct finding *finding = &result->finding;
	char text[256];

	fprintf(to, "  %-9s %s", result->question->name, wire_name(result->question->wire));
	if (!result->answered) {
		fputs(_(": silent\n"), to);
		return;
	}
	if (finding->baud)
		fprintf(to, _(", %d baud"), (int)finding->baud);
	else
		fprintf(to, " %d", finding->port);
	fprintf(to, _(": ANSWERS%s%s"), finding->device[0] ? ": " : "", finding->device);
	if (finding->firmware[0])
		fprintf(to, _(", firmware %s"), finding->firmware);
	if (finding->width)
		fprintf(to, _(", screen %dx%d"), finding->width, finding->height);
	fputc('\n', to);
	if (finding->note[0])
		fprintf(to, "            %s\n", finding->note);
	configuration(probe, result, text, sizeof text);
	fprintf(to, "            %s\n", text);
}

static const char serial_silence[] =
	N_("What this cannot know: adalight, awa and hanover never answer, so silence does not say that\n"
	   "nothing is there. Their baud and size stand in the controller's own settings. To try one:\n"
	   "    bangtin-testpattern show border --driver adalight --port %s --size 64x32 -o baud=115200\n");
static const char network_silence[] = N_(
	"What this cannot know: sacn, tpm2net, flaschen and wled (UDP) never answer, nor does a node whose\n"
	"own page forbids it, so silence does not say that nothing is there. To try one:\n"
	"    bangtin-testpattern show border --driver ddp --port %s --size 64x32\n");

void probe_print(FILE *to, const struct probe *probe)
{
	const struct wire_place *place = &probe->place;

	fprintf(to, "%s\n", place->port ? place->port : place->host);
	if (probe->greeting[0])
		fprintf(to, _("  it says unasked, at 115200 baud: %s\n"), probe->greeting);
	for (size_t i = 0; i < probe->count; i++)
		print_result(to, probe, &probe->results[i]);
	fprintf(to, place->port ? _(serial_silence) : _(network_silence),
		place->port ? place->port : place->host);
}

static json_t *text_or_null(const char *text)
{
	return text && text[0] ? json_string(text) : json_null();
}

static json_t *number_or_null(int64_t number)
{
	return number ? json_integer(number) : json_null();
}

static json_t *result_json(const struct probe *probe, const struct result *result)
{
	const struct finding *finding = &result->finding;
	char text[256] = "";

	if (result->answered && finding->driver)
		configuration(probe, result, text, sizeof text);
	return json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "protocol",
		result->question->name, "wire", wire_code(result->question->wire), "answered",
		result->answered, "baud", number_or_null(finding->baud), "port",
		number_or_null(finding->port), "driver", text_or_null(finding->driver), "device",
		text_or_null(finding->device), "firmware", text_or_null(finding->firmware), "width",
		number_or_null(finding->width), "height", number_or_null(finding->height), "note",
		text_or_null(finding->note), "configuration", text_or_null(text));
}

json_t *probe_json(const struct probe *probe)
{
	const struct wire_place *place = &probe->place;
	json_t *results = json_array();
	json_t *silent = place->port ? json_pack("[s, s, s]", "adalight", "awa", "hanover")
				     : json_pack("[s, s, s, s]", "flaschen", "sacn", "tpm2net", "wled");

	for (size_t i = 0; i < probe->count; i++)
		json_array_append_new(results, result_json(probe, &probe->results[i]));
	return json_pack("{s:s, s:o, s:o, s:o}", "where", place->port ? place->port : place->host, "greeting",
		text_or_null(probe->greeting), "results", results, "never_answer", silent);
}

/* --- the command */

/* ADDRESS[:PORT] or a serial port's name. False: it is neither. */
static bool read_place(const struct arguments *arguments, char *memory, size_t most, struct wire_place *place)
{
	const char *text = arguments->host ? arguments->host : arguments->port;
	char *colon;

	*place = (struct wire_place){0};
	snprintf(memory, most, "%s", text);
	if (arguments->port && (strchr(text, '/') || strncmp(text, "usb:", 4) == 0 || !strchr(text, '.'))) {
		if (!strchr(text, '/') && strncmp(text, "usb:", 4) != 0)
			snprintf(memory, most, "/dev/%s", text);
		place->port = memory;
		return !serial_port_refusal(memory);
	}
	colon = strchr(memory, ':');
	if (colon) {
		char *end;
		long port = strtol(colon + 1, &end, 10);
		if (*end || end == colon + 1 || port < 1 || port > 65535)
			return false;
		place->host_port = (int)port;
		*colon = '\0';
	}
	place->host = memory;
	return !tcp_host_refusal(memory);
}

int run_probe(const struct arguments *arguments)
{
	struct wire_place place;
	struct probe probe;
	char memory[256];

	if (arguments->word || !arguments->port == !arguments->host)
		return fail(EXIT_USAGE, "probe wants one of --port PORT and --host ADDRESS[:PORT]");
	if (!read_place(arguments, memory, sizeof memory, &place))
		return fail(EXIT_INPUT,
			"`%s` is no port and no address: write a serial port (ttyUSB0), or a numeric address "
			"(192.168.1.50)",
			arguments->host ? arguments->host : arguments->port);
	if (!arguments->json)
		fputs(_("Asking; this takes some seconds.\n"), stderr);
	if (probe_run(&probe, &place) < 0)
		return EXIT_REACH;
	if (arguments->json) {
		json_t *json = probe_json(&probe);
		json_dumpf(json, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		putchar('\n');
		json_decref(json);
	} else {
		probe_print(stdout, &probe);
	}
	int status = probe.answered ? EXIT_DONE : EXIT_REACH;
	probe_finish(&probe);
	return status;
}
