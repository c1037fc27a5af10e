/* GIF89a through giflib: only what changed since the picture before, with a palette of its own where it needs one.
 *
 * A GIF counts in hundredths of a second: the n-th frame begins at round(100 n / rate), so that no error sums up.
 * Players take less than two hundredths for ten: hence the highest rate. The looping extension is Netscape's.
 */
#include <errno.h>
#include <fcntl.h>
#include <gif_lib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "cli.h"
#include "film.h"
#include "palette.h"

#define DELAY_MOST 65535
#define NONE	   (-1)

struct gif {
	GifFileType *file;
	int32_t rate;
	int64_t count;	       /* frames added */
	int64_t begun;	       /* the frame that `next` is of */
	struct frame *written; /* what a player shows; NULL before the first */
	struct frame *next;    /* to be written when its end is known; NULL before the first */
	struct palette first, own;
	GifByteType *row;
};

static int64_t hundredths(const struct gif *gif, int64_t frame)
{
	return (frame * 100000 + gif->rate / 2) / gif->rate;
}

static int fail(const struct gif *gif)
{
	const char *why = GifErrorString(gif->file->Error);

	return cli_fail(EXIT_INPUT, "the GIF cannot be written: %s", why ? why : "unknown error");
}

/* --- one picture */

static ColorMapObject *colour_map(const struct palette *palette, bool transparent)
{
	int size = 2;

	while (size < palette->count + transparent)
		size *= 2;
	ColorMapObject *map = GifMakeMapObject(size, NULL);
	for (int i = 0; map && i < palette->count; i++)
		map->Colors[i] = (GifColorType){(GifByteType)(palette->colours[i] >> 16),
			(GifByteType)(palette->colours[i] >> 8), (GifByteType)palette->colours[i]};
	if (!map)
		abort(); /* no memory: see base/alloc.h */
	return map;
}

static bool differs(const struct gif *gif, int x, int y)
{
	return !gif->written || frame_row(gif->next, y)[x] != frame_row(gif->written, y)[x];
}

/* The box of what changed; one pixel where nothing did. */
static struct rect changed_box(const struct gif *gif)
{
	int left = gif->next->width, right = -1, top = gif->next->height, bottom = -1;

	for (int y = 0; y < gif->next->height; y++)
		for (int x = 0; x < gif->next->width; x++)
			if (differs(gif, x, y)) {
				left = x < left ? x : left;
				right = x > right ? x : right;
				top = y < top ? y : top;
				bottom = y;
			}
	if (bottom < 0)
		return (struct rect){0, 0, 1, 1};
	return (struct rect){left, top, right - left + 1, bottom - top + 1};
}

static void note(struct gif *gif, struct palette *palette, struct rect box, bool all)
{
	palette_clear(palette);
	for (int y = box.y; y < box.y + box.height; y++)
		for (int x = box.x; x < box.x + box.width; x++)
			if (all || differs(gif, x, y))
				palette_note(palette, frame_row(gif->next, y)[x]);
}

/* Whether the first picture's palette has all that was noted, exactly, and a place for "as before". */
static bool first_serves(const struct gif *gif)
{
	if (!gif->written || gif->first.count == PALETTE_MOST)
		return false;
	for (size_t i = 0; i < gif->own.capacity; i++) {
		const struct tally *tally = &gif->own.tallies[i];
		int index = tally->count ? palette_index(&gif->first, tally->colour) : 0;
		if (index < 0 || (tally->count && gif->first.colours[index] != tally->colour))
			return false;
	}
	return true;
}

/* The palette for that box, and the index that stands for "as before" (NONE: none). */
static const struct palette *choose(struct gif *gif, struct rect box, int *ret_transparent)
{
	if (!gif->written) {
		*ret_transparent = NONE;
		return &gif->first;
	}
	note(gif, &gif->own, box, false);
	if (first_serves(gif)) {
		*ret_transparent = gif->first.count;
		return &gif->first;
	}
	if (gif->own.used == PALETTE_MOST) { /* exact without a place to spare */
		note(gif, &gif->own, box, true);
		palette_choose(&gif->own, PALETTE_MOST);
		*ret_transparent = NONE;
	} else {
		palette_choose(&gif->own, PALETTE_MOST - 1);
		*ret_transparent = gif->own.count;
	}
	return &gif->own;
}

static int write_rows(struct gif *gif, struct rect box, const struct palette *palette, int transparent)
{
	for (int y = box.y; y < box.y + box.height; y++) {
		const uint32_t *row = frame_row(gif->next, y);
		for (int x = box.x; x < box.x + box.width; x++) {
			bool before = transparent != NONE && !differs(gif, x, y);
			gif->row[x - box.x] =
				(GifByteType)(before ? transparent : palette_index(palette, row[x]));
		}
		if (EGifPutLine(gif->file, gif->row, box.width) == GIF_ERROR)
			return fail(gif);
	}
	return EXIT_DONE;
}

static int write_picture(struct gif *gif, struct rect box, int64_t delay)
{
	int transparent;
	const struct palette *palette = choose(gif, box, &transparent);
	ColorMapObject *map = palette == &gif->own ? colour_map(palette, transparent != NONE) : NULL;
	GraphicsControlBlock control = {.DisposalMode = DISPOSE_DO_NOT,
		.DelayTime = (int)delay,
		.TransparentColor = transparent == NONE ? NO_TRANSPARENT_COLOR : transparent};
	GifByteType bytes[4];
	size_t size = EGifGCBToExtension(&control, bytes);
	int code = EXIT_DONE;

	GifFreeMapObject(gif->file->Image.ColorMap); /* giflib 5.2 forgets its copy of the one before */
	gif->file->Image.ColorMap = NULL;
	if (EGifPutExtension(gif->file, GRAPHICS_EXT_FUNC_CODE, (int)size, bytes) == GIF_ERROR ||
		EGifPutImageDesc(gif->file, box.x, box.y, box.width, box.height, false, map) == GIF_ERROR)
		code = fail(gif);
	GifFreeMapObject(map);
	return code == EXIT_DONE ? write_rows(gif, box, palette, transparent) : code;
}

/* --- the file */

static int write_head(struct gif *gif)
{
	note(gif, &gif->first, (struct rect){0, 0, gif->next->width, gif->next->height}, true);
	palette_choose(&gif->first, PALETTE_MOST);
	ColorMapObject *map = colour_map(&gif->first, gif->first.count < PALETTE_MOST);
	static const GifByteType forever[3] = {1, 0, 0};
	bool good =
		EGifPutScreenDesc(gif->file, gif->next->width, gif->next->height, 8, 0, map) != GIF_ERROR &&
		EGifPutExtensionLeader(gif->file, APPLICATION_EXT_FUNC_CODE) != GIF_ERROR &&
		EGifPutExtensionBlock(gif->file, 11, "NETSCAPE2.0") != GIF_ERROR &&
		EGifPutExtensionBlock(gif->file, sizeof forever, forever) != GIF_ERROR &&
		EGifPutExtensionTrailer(gif->file) != GIF_ERROR;
	GifFreeMapObject(map);
	return good ? EXIT_DONE : fail(gif);
}

/* Writes what waits: it lasts until now. */
static int flush(struct gif *gif)
{
	int64_t left = hundredths(gif, gif->count) - hundredths(gif, gif->begun);
	int code = gif->written ? EXIT_DONE : write_head(gif);

	while (code == EXIT_DONE && left > 0) {
		int64_t delay = left < DELAY_MOST ? left : DELAY_MOST;
		struct rect all = {0, 0, gif->next->width, gif->next->height};
		code = write_picture(gif, gif->written ? changed_box(gif) : all, delay);
		if (!gif->written)
			gif->written = frame_create(all.width, all.height);
		frame_copy(gif->written, 0, 0, gif->next, all);
		left -= delay;
	}
	return code;
}

static int gif_open(const char *path, int width, int height, int32_t rate, void **ret_film)
{
	int error = 0;
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return cli_fail(EXIT_INPUT, "%s: %s", path, words_error(errno));
	GifFileType *file = EGifOpenFileHandle(fd, &error);
	if (!file) {
		const char *why = GifErrorString(error);
		close(fd);
		return cli_fail(EXIT_INPUT, "%s: %s", path, why ? why : _("it cannot be written"));
	}
	EGifSetGifVersion(file, true);
	struct gif *gif = xcalloc(1, sizeof *gif);
	*gif = (struct gif){.file = file, .rate = rate};
	gif->row = xmalloc((size_t)width);
	palette_init(&gif->first);
	palette_init(&gif->own);
	*ret_film = gif;
	return EXIT_DONE;
}

static int gif_add(void *film, const struct frame *frame)
{
	struct gif *gif = film;
	int code = EXIT_DONE;

	if (frame && (!gif->next || !frame_equal(frame, gif->next))) {
		if (gif->next)
			code = flush(gif);
		else
			gif->next = frame_create(frame->width, frame->height);
		frame_copy(gif->next, 0, 0, frame, (struct rect){0, 0, frame->width, frame->height});
		gif->begun = gif->count;
	}
	gif->count++;
	return code;
}

static int gif_close(void *film, bool finish)
{
	struct gif *gif = film;
	int error = 0, code = finish ? flush(gif) : EXIT_DONE;

	if (EGifCloseFile(gif->file, &error) == GIF_ERROR && finish && code == EXIT_DONE)
		code = cli_fail(EXIT_INPUT, "the GIF cannot be written: %s", GifErrorString(error));
	palette_finish(&gif->first);
	palette_finish(&gif->own);
	frame_unref(gif->written);
	frame_unref(gif->next);
	free(gif->row);
	free(gif);
	return code;
}

const struct film_format film_gif = {
	.ending = ".gif",
	.rate_most = 50000,
	.open = gif_open,
	.add = gif_add,
	.close = gif_close,
};
