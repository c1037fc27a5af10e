#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/words.h"

#define BAR_WIDTH  32
#define DRAW_EVERY (100 * NS_PER_MS)

void progress_begin(struct progress *progress, const char *unit, int64_t total)
{
	*progress = (struct progress){.shown = isatty(STDERR_FILENO) && total > 0,
		.unit = unit,
		.total = total,
		.begun = clock_monotonic(),
		.drawn = TIME_ALWAYS};
}

void progress_set(struct progress *progress, int64_t done)
{
	static const char full[] = "################################",
			  empty[] = "--------------------------------";
	int64_t now = clock_monotonic();

	if (!progress->shown || (progress->drawn != TIME_ALWAYS && now - progress->drawn < DRAW_EVERY))
		return;
	progress->drawn = now;
	int filled = (int)(done * BAR_WIDTH / progress->total);
	fputc('\r', stderr);
	fprintf(stderr, _("[%.*s%.*s] %3d %%  %lld of %lld %s"), filled, full, BAR_WIDTH - filled, empty,
		(int)(done * 100 / progress->total), (long long)done, (long long)progress->total,
		_(progress->unit));
	if (done > 0 && now - progress->begun > NS_PER_SEC)
		fprintf(stderr, _(", %lld s left"),
			(long long)((now - progress->begun) / done * (progress->total - done) / NS_PER_SEC));
	fputs("\033[K", stderr);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown && progress->drawn != TIME_ALWAYS)
		fputs("\r\033[K", stderr);
}
