/* `report`: leads through the acceptance of a board, step by step, and writes what was seen. */
#include "report.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/words.h"
#include "board.h"
#include "control/control.h"
#include "ports.h"
#include "probe_run.h"

#define FOREVER	    (INT64_C(1) << 62)
#define CALL_WITHIN (5 * NS_PER_SEC)

static const struct report_step first_steps[] = {
	{.pattern = "border",
		.question = N_("Is a thin line all around: top red, bottom green, left blue, right white?"),
		.title = "Viền: kích thước và hướng"},
	{.pattern = "order",
		.question = N_("Is R on red, G on green, B on blue? (On a board of one colour: are three "
			       "letters there?)"),
		.title = "Thứ tự màu"},
	{.pattern = "modules",
		.question = N_("Does each module show its number, upright, row by row from the top left?"),
		.title = "Thứ tự mô-đun"},
	{.pattern = "fields",
		.question = N_("All red, green, blue, white, dark, 3 s each: is every pixel as the others?"),
		.title = "Điểm ảnh chết"},
	{.pattern = "gradient",
		.question = N_("Are the ramps even, without flicker?"),
		.title = "Dải chuyển màu, nhấp nháy"},
	{.pattern = "letters",
		.question =
			N_("Are the letters whole, and can Ế, Ể, Ễ be told apart from where people stand?"),
		.title = "Chữ tiếng Việt"},
	{.pattern = "edge",
		.question = N_("Is the moving edge straight and whole?"),
		.title = "Xé hình khi chuyển động"},
	{.question = N_("Were all default passwords changed (Wi-Fi and pages of the controller), and is the "
			"cabinet "
			"locked?"),
		.title = "Đổi mật khẩu mặc định, khóa tủ"},
};
#define STEPS (sizeof first_steps / sizeof *first_steps)

/* --- the terminal */

static bool read_line(struct board *board, char *line, size_t size)
{
	size_t used = 0;
	char c;

	while (board_wait(board, STDIN_FILENO, FOREVER) && read(STDIN_FILENO, &c, 1) == 1) {
		if (c == '\n') {
			line[used] = '\0';
			return utf8_valid_prefix(line, used) == used;
		}
		if (used + 1 < size)
			line[used++] = c;
	}
	return false;
}

static bool ask_text(struct board *board, const char *question, char *to, size_t size)
{
	fprintf(stderr, "%s ", _(question));
	fflush(stderr);
	return read_line(board, to, size);
}

/* "y", "n", "s", with a remark behind. False: it is none of them. */
static bool take_verdict(const char *line, struct report_step *step)
{
	/* in the order of enum verdict; b, c, k: bỏ qua, có, không */
	static const char letters[] = "syn", vietnamese[] = "bck";
	const char *which = line[0] ? strchr(letters, line[0]) : NULL;
	const char *its = line[0] ? strchr(vietnamese, line[0]) : NULL;

	if ((!which && !its) || (line[1] && line[1] != ' '))
		return false;
	step->verdict = (enum verdict)(which ? which - letters : its - vietnamese);
	snprintf(step->remark, sizeof step->remark, "%s", line[1] ? line + 2 : "");
	return true;
}

static int ask_step(struct board *board, struct report_step *step, size_t number)
{
	char line[160];

	if (step->pattern && !board_pattern(board, step->pattern))
		return EXIT_REACH;
	do {
		fprintf(stderr, _("\n%zu of %zu%s%s. %s\ny(es), n(o), s(kip); a remark may follow: "), number,
			STEPS, step->pattern ? ", " : "", step->pattern ? step->pattern : "",
			_(step->question));
		fflush(stderr);
		if (!read_line(board, line, sizeof line))
			return fail(
				EXIT_INPUT, "the answers ended (or were no UTF-8): no report was written");
	} while (!take_verdict(line, step));
	return EXIT_DONE;
}

/* --- what the controller says */

static const char *option_of(const struct display *display, const char *key)
{
	for (size_t i = 0; i < display->option_count; i++)
		if (strcmp(display->options[i].key, key) == 0)
			return display->options[i].value;
	return NULL;
}

static void describe_port(struct report *report, const struct display *display)
{
	const char *port = serial_port_of(display), *host = option_of(display, "host");

	if (port)
		ports_identify(port, report->port, sizeof report->port);
	else
		snprintf(report->port, sizeof report->port, "%s", host ? host : "-");
}

static void describe_probe(struct report *report, const struct probe *probe)
{
	size_t used = 0;

	for (size_t i = 0; i < probe->count; i++) {
		const struct finding *finding = &probe->results[i].finding;
		if (!probe->results[i].answered || used >= sizeof report->device)
			continue;
		used += (size_t)snprintf(report->device + used, sizeof report->device - used, "%s%s: %s%s%s",
			used ? "\n" : "", probe->results[i].question->name, finding->device,
			finding->firmware[0] ? ", phần sụn " : "", finding->firmware);
	}
}

/* Before the board is opened: the port can be open once only. */
static void probe_board(struct report *report, const struct display *display)
{
	const char *host = option_of(display, "host");
	const char *port = option_of(display, "port");
	struct wire_place place = {.port = serial_port_of(display),
		.host = host,
		.host_port = host && port ? (int)strtol(port, NULL, 10) : 0};
	struct probe probe;

	if (!place.port && !place.host)
		return;
	fputs(_("Asking the controller what it is; this takes some seconds.\n"), stderr);
	if (probe_run(&probe, &place) < 0)
		return;
	describe_probe(report, &probe);
	probe_finish(&probe);
}

/* A lent display's device is the daemon's to know. */
static void ask_daemon(struct report *report, const char *socket, const char *name)
{
	json_t *reply, *request = json_pack("{s:s}", "command", "status"), *display;
	size_t i;

	int error = control_call(socket, request, CALL_WITHIN, &reply);
	json_decref(request);
	if (error < 0)
		return;
	json_array_foreach(json_object_get(reply, "displays"), i, display)
	{
		const char *its = json_string_value(json_object_get(display, "name"));
		const char *device = json_string_value(json_object_get(display, "device"));
		if (its && strcmp(its, name) == 0 && device)
			snprintf(report->device, sizeof report->device, "%s", device);
	}
	json_decref(reply);
}

static void describe(struct report *report, const struct arguments *arguments, struct board *board,
	const struct display *display)
{
	struct output_status status;

	snprintf(report->name, sizeof report->name, "%s",
		arguments->display ? arguments->display : arguments->driver);
	snprintf(report->driver, sizeof report->driver, "%s", display ? display->driver : "bangtind");
	report->warning[0] = '\0';
	snprintf(report->warning, sizeof report->warning, "%s",
		report_password_warning(display ? display->driver : ""));
	if (display) {
		snprintf(report->size, sizeof report->size, "%dx%d", display->width, display->height);
		describe_port(report, display);
	}
	board_status(board, &status);
	if (status.device[0])
		snprintf(report->device, sizeof report->device, "%s", status.device);
	if (!report->device[0])
		snprintf(report->device, sizeof report->device,
			"không trả lời (giao thức không có câu trả lời, hoặc bộ điều khiển im lặng)");
}

static void take_date(struct report *report)
{
	struct zone *zone;
	struct clock clock;
	struct civil civil;

	clock_init(&clock, TIME_ALWAYS);
	if (zone_create("Asia/Ho_Chi_Minh", &zone) < 0 && zone_create("UTC", &zone) < 0)
		return;
	zone_civil(zone, clock_now(&clock).time, &civil);
	snprintf(report->date, sizeof report->date, "%d giờ %02d phút, ngày %02d/%02d/%d", civil.hour,
		civil.minute, civil.day, civil.month, civil.year);
	zone_destroy(zone);
}

/* --- the whole of it */

static int write_report(const struct arguments *arguments, const struct report *report)
{
	size_t length = strlen(arguments->word);
	char *text = NULL, *path = strdup(arguments->word);
	size_t size = 0;

	memcpy(path + length - 3, "txt", 3);
	FILE *memory = open_memstream(&text, &size);
	report_write_text(report, memory);
	fclose(memory);
	int error = report_write_pdf(report, arguments->word);
	if (error == 0)
		error = file_write_atomic(path, text, size, 0644);
	if (error < 0)
		fail(0, "%s: %s", arguments->word,
			error == -ENOENT ? _("the fonts cannot be read; BANGTIN_FONTS names their directory")
					 : words_error(error));
	else
		fprintf(stderr, _("\nWritten: %s and %s\n"), arguments->word, path);
	free(path);
	free(text);
	return error < 0 ? EXIT_INPUT : EXIT_DONE;
}

static struct report under_way; /* with_board takes no more than a function */

static int lead(const struct arguments *arguments, struct board *board, const struct display *display)
{
	struct report *report = &under_way;
	struct report_step steps[STEPS];
	int status = EXIT_DONE;

	memcpy(steps, first_steps, sizeof steps);
	report->display = display;
	report->steps = steps;
	report->step_count = STEPS;
	describe(report, arguments, board, display);
	take_date(report);
	if (!ask_text(board, "Where is this board?", report->place, sizeof report->place) ||
		!ask_text(board, "Your name?", report->technician, sizeof report->technician))
		return fail(EXIT_INPUT, "the answers ended (or were no UTF-8): no report was written");
	for (size_t i = 0; i < STEPS && status == EXIT_DONE; i++)
		status = ask_step(board, &steps[i], i + 1);
	return status == EXIT_DONE ? write_report(arguments, report) : status;
}

static int ask_first(const struct arguments *arguments, const struct display *display)
{
	const struct sink_driver *driver = sink_driver_find(display->driver);

	/* whoever answers its driver is not asked by others */
	if (driver && !(driver->caps & SINK_REPLIES))
		probe_board(&under_way, display);
	return EXIT_DONE;
}

int run_report(const struct arguments *arguments)
{
	const char *word = arguments->word;
	const struct sink_driver *driver = arguments->driver ? sink_driver_find(arguments->driver) : NULL;

	if (!word || strlen(word) < 5 || strcmp(word + strlen(word) - 4, ".pdf") != 0)
		return fail(
			EXIT_USAGE, "report wants the file to write, as bien-ban.pdf; a text goes beside it");
	if (!arguments->driver == !arguments->display)
		return fail(EXIT_USAGE, "report wants one of --display NAME and --driver NAME");
	if (driver && driver->caps & SINK_CONTROL)
		return fail(EXIT_USAGE, "driver %s moves no picture", driver->name);
	board_heed_signals();
	under_way = (struct report){0};
	int status = EXIT_DONE;
	if (driver)
		status = with_made(arguments, ask_first);
	if (arguments->display && status == EXIT_DONE)
		ask_daemon(&under_way, arguments->socket ? arguments->socket : SOCKET_STANDARD,
			arguments->display);
	return status == EXIT_DONE ? with_board(arguments, false, lead) : status;
}
