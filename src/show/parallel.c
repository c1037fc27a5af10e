/* Independent pieces of work on all processors: measuring and trial rendering of a whole catalogue. */
#include <pthread.h>
#include <unistd.h>

#include "base/alloc.h"
#include "show/private.h"

#define THREADS_MOST	    8
#define PIECES_FOR_A_THREAD 8 /* fewer are not worth one */

struct crew {
	size_t count, next;
	void (*work)(void *data, size_t index);
	void *data;
};

static void *take_pieces(void *data)
{
	struct crew *crew = data;
	size_t index;

	while ((index = __atomic_fetch_add(&crew->next, 1, __ATOMIC_RELAXED)) < crew->count)
		crew->work(crew->data, index);
	return NULL;
}

static size_t threads_for(size_t count)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = count / PIECES_FOR_A_THREAD;

	if (processors < 1)
		processors = 1;
	if (threads > (size_t)processors)
		threads = (size_t)processors;
	return threads > THREADS_MOST ? THREADS_MOST : threads;
}

void parallel_for(size_t count, void (*work)(void *data, size_t index), void *data)
{
	struct crew crew = {.count = count, .work = work, .data = data};
	size_t threads = threads_for(count), started = 0;
	pthread_t others[THREADS_MOST];

	/* where no thread can be had, the caller does it all */
	while (started + 1 < threads && pthread_create(&others[started], NULL, take_pieces, &crew) == 0)
		started++;
	take_pieces(&crew);
	while (started > 0)
		pthread_join(others[--started], NULL);
}
