/* MP4 (H.264) by the program ffmpeg, which gets the frames as they are on its standard input.
 *
 * Small boards are enlarged by a whole number, so that halved colour resolution (4:2:0) blurs no LED into the next.
 * The size is made even, which H.264 in 4:2:0 wants. Colours are those of BT.709, and said to be.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "cli.h"
#include "draft.h"
#include "film.h"

#define ENLARGED_WIDTH	1280
#define ENLARGED_HEIGHT 720
#define PIPE_SIZE	(1 << 20)

struct mp4 {
	pid_t child;
	int fd;
	struct frame *last;
};

static int times(int width, int height)
{
	int across = ENLARGED_WIDTH / width, down = ENLARGED_HEIGHT / height;
	int most = across < down ? across : down;

	return most > 1 ? most : 1;
}

/* A group of its own: an interrupt from the keyboard is ours to obey. */
static int spawn(char *const *arguments, int in, pid_t *ret_child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t standard;

	sigemptyset(&standard);
	sigaddset(&standard, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigdefault(&attributes, &standard);
	int error = posix_spawnp(ret_child, arguments[0], &actions, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

static int start(const char *path, const char *size, const char *rate, const char *filter, int in, pid_t *ret)
{
	const char *const words[] = {"ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo",
		"-pixel_format", "bgr0", "-video_size", size, "-framerate", rate, "-i", "pipe:0", "-an",
		"-vf", filter, "-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-colorspace", "bt709",
		"-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv", "-movflags",
		"+faststart", "-f", "mp4", path};
	size_t count = sizeof words / sizeof *words;
	char **arguments = xcalloc(count + 1, sizeof(char *));

	for (size_t i = 0; i < count; i++)
		arguments[i] = xstrdup(words[i]);
	int error = spawn(arguments, in, ret);
	for (size_t i = 0; i < count; i++)
		free(arguments[i]);
	free(arguments);
	return error;
}

static int mp4_open(const char *path, int width, int height, int32_t rate, void **ret_film)
{
	int ends[2], factor = times(width, height);
	struct mp4 *mp4 = xcalloc(1, sizeof *mp4);

	if (pipe2(ends, O_CLOEXEC) < 0) {
		free(mp4);
		return cli_fail(EXIT_REACH, "no pipe to ffmpeg: %s", words_error(errno));
	}
	char *size = xasprintf("%dx%d", width, height), *frames = xasprintf("%d/1000", (int)rate);
	char *filter = xasprintf("scale=%d:%d:flags=neighbor+accurate_rnd+full_chroma_int:"
				 "out_color_matrix=bt709:out_range=tv,format=yuv420p,"
				 "pad=ceil(iw/2)*2:ceil(ih/2)*2",
		width * factor, height * factor);
	int error = start(path, size, frames, filter, ends[0], &mp4->child);
	free(size);
	free(frames);
	free(filter);
	close(ends[0]);
	mp4->fd = ends[1];
	if (error < 0) {
		close(ends[1]);
		free(mp4);
		if (error == -ENOENT)
			return cli_fail(EXIT_REACH,
				"MP4 needs the program ffmpeg: install the package ffmpeg, or write .gif");
		return cli_fail(EXIT_REACH, "ffmpeg cannot be started: %s", words_error(error));
	}
	fcntl(mp4->fd, F_SETPIPE_SZ, PIPE_SIZE); /* fewer switches; it works without */
	mp4->last = frame_create(width, height);
	*ret_film = mp4;
	return EXIT_DONE;
}

static int mp4_add(void *film, const struct frame *frame)
{
	struct mp4 *mp4 = film;
	struct frame *last = mp4->last;

	if (frame)
		frame_copy(last, 0, 0, frame, (struct rect){0, 0, frame->width, frame->height});
	const char *bytes = (const char *)last->pixels;
	size_t left = (size_t)last->stride * (size_t)last->height * sizeof *last->pixels;
	while (left > 0 && !signals_came()) {
		ssize_t put = write(mp4->fd, bytes, left);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return cli_fail(EXIT_REACH, "ffmpeg ended early: %s", words_error(errno));
		bytes += put;
		left -= (size_t)put;
	}
	return EXIT_DONE;
}

static int mp4_close(void *film, bool finish)
{
	struct mp4 *mp4 = film;
	int status = 0;

	close(mp4->fd);
	if (!finish)
		kill(mp4->child, SIGKILL);
	while (waitpid(mp4->child, &status, 0) < 0 && errno == EINTR)
		if (signals_came())
			kill(mp4->child, SIGKILL);
	frame_unref(mp4->last);
	free(mp4);
	if (finish && status != 0 && !signals_came())
		return cli_fail(EXIT_REACH, "ffmpeg could not write it");
	return EXIT_DONE;
}

const struct film_format film_mp4 = {
	.ending = ".mp4",
	.rate_most = 240000,
	.open = mp4_open,
	.add = mp4_add,
	.close = mp4_close,
};
