/* A page of 1920x1080 with a ticker of 96 lines at 60 frames a second: CPU of the real daemon (null driver) against a
 * bare loop that copies the same band from a prepared strip on the same kind of timer. */
#include <signal.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bench.h"

#define WIDTH	1920
#define HEIGHT	1080
#define BAND	96
#define RATE	60
#define SECONDS 4
#define ROUNDS	3

/* --- the baseline */

static double bare_loop(void)
{
	size_t strip_width = 4 * WIDTH;
	uint32_t *strip = xcalloc(strip_width * BAND, 4);
	uint32_t *canvas = xcalloc((size_t)WIDTH * HEIGHT, 4);
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	double before = bench_cpu(RUSAGE_SELF);
	for (int frame = 0; frame < RATE * SECONDS; frame++) {
		t.tv_nsec += 1000000000 / RATE;
		if (t.tv_nsec >= 1000000000) {
			t.tv_nsec -= 1000000000;
			t.tv_sec++;
		}
		timerfd_settime(fd, TFD_TIMER_ABSTIME, &(struct itimerspec){.it_value = t}, NULL);
		uint64_t expired;
		if (read(fd, &expired, sizeof expired) != sizeof expired)
			abort();
		size_t x = (size_t)frame * 4 % (strip_width - WIDTH);
		for (int y = 0; y < BAND; y++)
			memcpy(canvas + (size_t)(HEIGHT - BAND + y) * WIDTH,
				strip + (size_t)y * strip_width + x, WIDTH * 4);
		__asm__ volatile("" : : "r"(canvas) : "memory");
	}
	double spent = bench_cpu(RUSAGE_SELF) - before;
	close(fd);
	free(strip);
	free(canvas);
	return spent / SECONDS;
}

/* --- the daemon */

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		exit(1);
}

static double process_cpu(pid_t pid)
{
	char path[64], text[1024];
	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	/* schedstat of a process is its main thread's, where the frame path runs; in ns, finer than stat's ticks */
	FILE *f = fopen(path, "r");
	if (!f || !fgets(text, sizeof text, f))
		exit(1);
	fclose(f);
	return (double)strtoull(text, NULL, 10) / 1e9;
}

static double daemon_cpu(const char *directory)
{
	char *configuration = xasprintf("%s/bangtind.conf", directory);
	pid_t pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(127);
		execl("build/bin/bangtind", "bangtind", "-c", configuration, "--clock", "2026-03-02 08:00:00",
			(char *)NULL);
		_exit(127);
	}
	sleep(2);
	double before = process_cpu(pid), start = bench_now();
	sleep(SECONDS);
	double spent = (process_cpu(pid) - before) / (bench_now() - start);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	free(configuration);
	return spent;
}

#define NEWS                                                                                                                                       \
	"Nộp hồ sơ trực tuyến mức độ 3, 4 tại Cổng Dịch vụ công tỉnh; bưu điện nhận và trả hồ sơ tận nhà " \
	"cho người dân"

static const char ticker[] = "styles:\n  s: {speed: 240, size: 96, valign: bottom}\n"
			     "messages:\n  m: {style: s, text: \"" NEWS "\"}\n"
			     "playlists:\n  p: [{show: m, enter: scroll-left}]\n";

/* The same ticker below a page with a gradient, a clock of seconds, a QR code and a playlist in a zone. */
static const char page[] =
	"styles:\n  s: {speed: 240, size: 96}\n"
	"layouts:\n  l:\n    background: {gradient: [\"#f4f7fb\", \"#dfe7f2\"]}\n    zones:\n"
	"      gio: {kind: clock, at: [70%, 0, 30%, 10%], text: \"{time:%H:%M:%S}\", background: blue}\n"
	"      text: {kind: text, at: [3%, 15%, 60%, 65%], background: blue, radius: 20}\n"
	"      qr: {kind: qr, at: [65%, 15%, 30%, 30%]}\n"
	"      loi: {kind: playlist, at: [65%, 50%, 30%, 30%], background: blue, playlist: loi}\n"
	"      chan: {kind: ticker, at: [0, 984, 1920, 96], background: red, style: s, text: \"" NEWS "\"}\n"
	"messages:\n  m: {layout: l, text: Nộp hồ sơ trực tuyến, qr: \"https://dichvucong.example.gov.vn\"}\n"
	"  a: {text: Một cửa}\n  b: {text: Thông báo}\n"
	"playlists:\n  p: [{show: m, for: 1h}]\n  loi: [{show: a, for: 5s}, {show: b, for: 5s}]\n";

static void prepare(const char *directory, const char *playlists)
{
	char *path = xasprintf("%s/bangtind.conf", directory);
	char *text =
		xasprintf("site = { name = \"b\"; timezone = \"Asia/Ho_Chi_Minh\"; unsigned-loads = true; "
			  "state-directory = \"%s/state\";\n"
			  "socket = \"%s/socket\"; units = ( { name = \"province\"; } ); };\n"
			  "displays = ( { name = \"d\"; tags = [ \"led\" ]; size = \"%dx%d\"; rate = %d.0;\n"
			  "driver = { name = \"null\"; }; } );\n",
			directory, directory, WIDTH, HEIGHT, RATE);
	write_file(path, text);
	char *load = xasprintf(
		"mkdir -p %s/province && cat >%s/province/t.yaml <<'E'\nbangtin: 1\nunit: province\n"
		"%sschedule:\n  - {play: p, on: [led]}\nE\n"
		"build/bin/bangtin load -c %s %s/province >/dev/null",
		directory, directory, playlists, path, directory);
	if (system(load) != 0)
		exit(1);
	free(load);
	free(text);
	free(path);
}

static void compare(const char *directory, const char *what)
{
	double ratios[ROUNDS], ours[ROUNDS], bares[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		bares[i] = bare_loop();
		ours[i] = daemon_cpu(directory);
		ratios[i] = ours[i] / bares[i];
	}
	bench_row(what, bench_median(ratios, ROUNDS), "x", "a bare copy loop", "<= 1.3");
	bench_row("  the daemon", bench_median(ours, ROUNDS), "CPU s per s", "", "-");
	bench_row("  the bare loop", bench_median(bares, ROUNDS), "CPU s per s", "", "-");
}

int main(void)
{
	char directory[] = "/tmp/bench-ticker-XXXXXX";
	if (!mkdtemp(directory))
		return 1;
	prepare(directory, ticker);
	compare(directory, "1920x1080 page, ticker of 96 lines at 60 fps: CPU");
	prepare(directory, page);
	compare(directory, "the same ticker on a page of a layout, with a clock of seconds: CPU");
	char *clean = xasprintf("rm -rf %s", directory);
	int status = system(clean);
	free(clean);
	return status != 0;
}
