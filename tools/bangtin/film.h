/* Moving pictures in one file: a writer for each format, fed frame after frame at a steady rate. */
#ifndef TOOLS_BANGTIN_FILM_H
#define TOOLS_BANGTIN_FILM_H

#include "frame/frame.h"

struct film_format {
	const char *ending;
	int32_t rate_most; /* millihertz that players show as written */
	/* path is a file that is there. All return exit codes, reported; what open made is given to close in every case that open returned
	 * EXIT_DONE. frame NULL: as the one before; the first is not. */
	int (*open)(const char *path, int width, int height, int32_t rate, void **ret_film);
	int (*add)(void *film, const struct frame *frame);
	int (*close)(void *film, bool finish); /* finish false: the file will be removed */
};

extern const struct film_format film_gif, film_mp4;

#endif
