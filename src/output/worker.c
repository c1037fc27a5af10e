/* The worker of a blocking sink. The frame in flight belongs to it from worker_post until the loop has heard of its
 * end; the loop packs nothing in between, so nothing is copied. */
#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "output/private.h"

struct worker {
	struct output *output;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t change;
	bool full, quit; /* under the mutex: full from worker_post until submit has returned */
	int result;	 /* of the last submit */
	int fd;		 /* an eventfd: the loop is to look */
	struct loop_watch *watch;
};

static void *run(void *data)
{
	struct worker *worker = data;
	struct output *output = worker->output;
	static const uint64_t one = 1;

	pthread_mutex_lock(&worker->mutex);
	for (;;) {
		while (!worker->full && !worker->quit)
			pthread_cond_wait(&worker->change, &worker->mutex);
		if (!worker->full)
			break;
		pthread_mutex_unlock(&worker->mutex);
		int result = output->driver->submit(&output->sink, &output->frame);
		pthread_mutex_lock(&worker->mutex);
		worker->result = result;
		worker->full = false;
		pthread_cond_broadcast(&worker->change);
		ssize_t ignored = write(worker->fd, &one, sizeof one);
		(void)ignored; /* an eventfd takes 2^64 of them */
	}
	pthread_mutex_unlock(&worker->mutex);
	return NULL;
}

static void on_done(void *data, int fd, unsigned events)
{
	struct worker *worker = data;
	struct output *output = worker->output;
	uint64_t count;

	if (read(fd, &count, sizeof count) != sizeof count || !output->in_flight)
		return;
	pthread_mutex_lock(&worker->mutex);
	int result = worker->result;
	pthread_mutex_unlock(&worker->mutex);
	if (result < 0)
		output->sink.down = result;
	else
		sink_ready(&output->sink);
	output_settle(output);
}

int worker_create(struct output *output, struct worker **ret_worker)
{
	struct worker *worker = xcalloc(1, sizeof *worker);
	int error = -EMFILE;

	worker->output = output;
	pthread_mutex_init(&worker->mutex, NULL);
	pthread_cond_init(&worker->change, NULL);
	worker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (worker->fd < 0)
		goto err_free;
	worker->watch = loop_watch_create(output->loop, worker->fd, LOOP_READABLE, on_done, worker);
	if (!worker->watch)
		goto err_fd;
	error = -pthread_create(&worker->thread, NULL, run, worker);
	if (error)
		goto err_watch;
	*ret_worker = worker;
	return 0;

err_watch:
	loop_watch_destroy(worker->watch);
err_fd:
	close(worker->fd);
err_free:
	pthread_cond_destroy(&worker->change);
	pthread_mutex_destroy(&worker->mutex);
	free(worker);
	return error;
}

void worker_wait(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	while (worker->full)
		pthread_cond_wait(&worker->change, &worker->mutex);
	pthread_mutex_unlock(&worker->mutex);
	uint64_t count;
	ssize_t ignored = read(worker->fd, &count, sizeof count); /* it must not pass for a later one's end */
	(void)ignored;
}

void worker_destroy(struct worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->mutex);
	worker->quit = true;
	pthread_cond_broadcast(&worker->change);
	pthread_mutex_unlock(&worker->mutex);
	pthread_join(worker->thread, NULL);
	loop_watch_destroy(worker->watch);
	close(worker->fd);
	pthread_cond_destroy(&worker->change);
	pthread_mutex_destroy(&worker->mutex);
	free(worker);
}

void worker_post(struct worker *worker)
{
	pthread_mutex_lock(&worker->mutex);
	worker->full = true;
	pthread_cond_broadcast(&worker->change);
	pthread_mutex_unlock(&worker->mutex);
}
