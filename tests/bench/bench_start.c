/* Start to the first right frame, against a process that only starts fontconfig on the same fonts and lays out one
 * line. Warm file cache. */
#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bench.h"

#define ROUNDS 9

static int baseline(void)
{
	const char *fonts = getenv("BANGTIN_FONTS");
	FcConfig *config = FcConfigCreate();
	char *xml = xasprintf(
		"<fontconfig><dir>%s</dir><cachedir>/tmp/bench-start-cache</cachedir></fontconfig>", fonts);
	FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)xml, FcTrue);
	FcConfigBuildFonts(config);
	PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
	PangoContext *context = pango_font_map_create_context(map);
	PangoLayout *layout = pango_layout_new(context);
	pango_layout_set_text(layout, "Nộp hồ sơ trực tuyến", -1);
	int width, height;
	pango_layout_get_pixel_size(layout, &width, &height);
	_exit(width > 0 ? 0 : 1);
}

static double time_baseline(const char *self)
{
	double start = bench_now();
	pid_t pid = fork();
	if (pid == 0) {
		execl(self, self, "--baseline", (char *)NULL);
		_exit(127);
	}
	int status;
	waitpid(pid, &status, 0);
	if (status != 0)
		exit(1);
	return bench_now() - start;
}

/* The daemon writes the trace line when the frame is handed to the driver: the pipe tells us at once. */
static double time_daemon(const char *directory)
{
	char *configuration = xasprintf("%s/bangtind.conf", directory),
	     *trace = xasprintf("%s/trace", directory);
	remove(trace);
	if (mkfifo(trace, 0600) != 0)
		exit(1);
	int fifo = open(trace, O_RDONLY | O_NONBLOCK);
	fcntl(fifo, F_SETFL, 0);
	double start = bench_now();
	pid_t pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(127);
		execl("build/bin/bangtind", "bangtind", "-c", configuration, "--clock",
			"2026-03-02 08:00:00,0", "--trace", trace, (char *)NULL);
		_exit(127);
	}
	char byte;
	while (read(fifo, &byte, 1) != 1)
		usleep(200);
	double spent = bench_now() - start;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	close(fifo);
	free(configuration);
	free(trace);
	return spent;
}

static void prepare(const char *directory)
{
	char *command = xasprintf(
		"set -e; cd %s; mkdir province; cat >bangtind.conf <<'E'\nsite = { name = \"b\"; timezone = "
		"\"Asia/Ho_Chi_Minh\";\n"
		"state-directory = \"state\"; socket = \"socket\"; units = ( { name = \"province\"; } );\n"
		"unsigned-loads = true; };\n"
		"displays = ( { name = \"d\"; tags = [ \"led\" ]; size = \"1920x1080\"; driver = { name = "
		"\"null\"; }; } );\nE\n"
		"cat >province/t.yaml <<'E'\nbangtin: 1\nunit: province\nmessages:\n  m: {text: Nộp hồ sơ "
		"trực tuyến}\n"
		"schedule:\n  - {show: m, on: [led]}\nE\n"
		"\"$OLDPWD\"/build/bin/bangtin load -c bangtind.conf province >/dev/null",
		directory);
	if (system(command) != 0)
		exit(1);
	free(command);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--baseline") == 0)
		return baseline();
	char directory[] = "/tmp/bench-start-XXXXXX";
	if (!mkdtemp(directory))
		return 1;
	prepare(directory);
	double ratios[ROUNDS], ours[ROUNDS];
	time_baseline(argv[0]);
	time_daemon(directory);
	for (int i = 0; i < ROUNDS; i++) {
		double bare = time_baseline(argv[0]);
		ours[i] = time_daemon(directory);
		ratios[i] = ours[i] / bare;
	}
	bench_row("start to first frame, 1920x1080", bench_median(ratios, ROUNDS), "x",
		"fontconfig and one line", "<= 1.5");
	bench_row("  the daemon", bench_median(ours, ROUNDS) * 1000, "ms", "", "-");
	char *clean = xasprintf("rm -rf %s", directory);
	int status = system(clean);
	free(clean);
	return status != 0;
}
