/* Pictures of what the LEDs would show, as PNG files: numbered, or one file that is always whole. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/words.h"
#include "output/sink.h"

struct png {
	char *path; /* options */
	int64_t every, keep;
	/* of the path: `before` characters, then a number of at least `digits`, then `after`; digits 0: no number */
	size_t before;
	int digits;
	const char *after;
};

static const struct sink_option options[] = {
	{.name = "path",
		.type = OPTION_PATH,
		.offset = offsetof(struct png, path),
		.required = true,
		.help = N_(
			"File to write. %05d (or %d) in it becomes the frame's number; without it each frame "
			"replaces the one before, so that a reader always finds a whole picture.")},
	{.name = "every",
		.type = OPTION_INT,
		.offset = offsetof(struct png, every),
		.standard = "1",
		.least = 1,
		.most = 1e9,
		.help = N_("Write each n-th frame only.")},
	{.name = "keep",
		.type = OPTION_INT,
		.offset = offsetof(struct png, keep),
		.standard = "0",
		.least = 0,
		.most = 1e9,
		.help = N_("Numbered files to keep, the newest ones; 0 keeps all.")},
	{0},
};

/* The one number in a path: %d or %0Nd. False: something else follows a percent sign, or there are two. */
static bool split_path(struct png *png)
{
	const char *percent = strchr(png->path, '%');
	int digits = 1, used = 0;

	png->digits = 0;
	if (!percent)
		return true;
	if (percent[1] == 'd')
		used = 2;
	else if (percent[1] == '0' && percent[2] >= '1' && percent[2] <= '9' && percent[3] == 'd')
		digits = percent[2] - '0', used = 4;
	if (used == 0 || strchr(percent + used, '%'))
		return false;
	png->before = (size_t)(percent - png->path);
	png->digits = digits;
	png->after = percent + used;
	return true;
}

static struct location place_of(const struct display *display, const char *key)
{
	for (size_t i = 0; i < display->option_count; i++)
		if (strcmp(display->options[i].key, key) == 0)
			return display->options[i].where;
	return display->where;
}

static void png_check(const void *priv, const struct display *display, struct diag_list *diags)
{
	struct png png = *(const struct png *)priv;

	if (!split_path(&png))
		diag_error(diags, place_of(display, "path"),
			"path may have one number and no other percent sign; write for example "
			"'board-%%05d.png'");
	else if (png.digits == 0 && png.keep > 0)
		diag_error(diags, place_of(display, "keep"),
			"there is nothing to keep: the path has no number; write for example "
			"'board-%%05d.png'");
}

static int png_open(struct sink *sink)
{
	struct png *png = sink_priv(sink);
	char *slash = strrchr(png->path, '/');
	int error = 0;

	split_path(png);
	if (slash && slash != png->path) {
		char *directory = xstrndup(png->path, (size_t)(slash - png->path));
		error = file_make_directory(directory, 0755);
		if (error)
			sink_down(sink, error, "the directory of path cannot be made");
		free(directory);
	}
	if (!error)
		sink_up(sink);
	return error;
}

static char *name_of(const struct png *png, uint64_t number)
{
	if (png->digits == 0)
		return xstrdup(png->path);
	return xasprintf("%.*s%0*llu%s", (int)png->before, png->path, png->digits, (unsigned long long)number,
		png->after);
}

/* On the worker. A reader never sees half a file; what a power cut leaves of pictures does not matter. */
static int png_submit(struct sink *sink, const struct sink_frame *frame)
{
	const struct png *png = sink_priv(sink);
	uint64_t every = (uint64_t)png->every, keep = (uint64_t)png->keep * every;

	if ((frame->sequence - 1) % every != 0)
		return 0;
	char *name = name_of(png, frame->sequence), *draft = xasprintf("%s.part", name);
	int error = frame_write_png(frame->frame, draft);
	if (!error && rename(draft, name) < 0)
		error = -errno;
	if (error)
		unlink(draft);
	free(draft);
	free(name);
	if (!error && keep > 0 && frame->sequence > keep) {
		name = name_of(png, frame->sequence - keep);
		unlink(name);
		free(name);
	}
	return error;
}

static void png_close(struct sink *sink)
{
}

const struct sink_driver sink_driver_png = {
	.name = "png",
	.summary = N_("PNG files of what the LEDs would show"),
	.caps = SINK_HOLDS | SINK_BLOCKING | SINK_LEVELS,
	.format = PANEL_RGB888,
	.options = options,
	.priv_size = sizeof(struct png),
	.dynamic_rate = true,
	.check = png_check,
	.open = png_open,
	.submit = png_submit,
	.close = png_close,
};
