/* The queue and the thread. One producer (the loop), one consumer (the writer): head and tail are atomic words, and a
 * slot is not reused before what it held is on the disk, so that a write that failed is tried again. */
#include "record/record.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/event.h"
#include "base/time.h"
#include "base/words.h"
#include "record/private.h"

enum { QUEUE_STANDARD = 2048, BATCH_MOST = 512 };
#define REMIND_EVERY (6 * NS_PER_HOUR)
#define LEAVE_WITHIN 5 /* s */

/* Written by the loop, read by the writer: `turn` is odd while it changes. */
struct seen {
	atomic_uint turn;
	_Atomic uint64_t number;
	_Atomic int64_t wall, monotonic;
};

struct record {
	struct record_options options;
	char *path;
	pthread_t thread;
	sem_t wake;
	atomic_bool ending;

	struct record_event *queue;
	size_t mask;
	atomic_size_t head, tail; /* head: next to be noted; tail: next to be written */
	struct seen *seen;
	_Atomic int64_t lost, lost_from, lost_until;

	/* the writer's */
	struct database *database;
	bool begun; /* begin_database was there: what the open database has to say first is written */
	struct journal *journal;
	bool continues; /* the next database goes on after `end` */
	bool linked;	/* … and says so */
	struct chain end;
	int64_t told_lost;
	int error;
	int64_t complained;

	pthread_mutex_t mutex;
	pthread_cond_t written;
	uint64_t asked, done; /* flushes; under the mutex */
	struct record_status status;
};

/* --- noting (the loop's thread) */

bool record_note(struct record *record, const struct record_event *event, int64_t at)
{
	size_t head = atomic_load_explicit(&record->head, memory_order_relaxed);
	size_t used = head - atomic_load_explicit(&record->tail, memory_order_acquire);

	if (used > record->mask) {
		if (atomic_load(&record->lost) == 0)
			atomic_store(&record->lost_from, at);
		atomic_store(&record->lost_until, at);
		atomic_fetch_add(&record->lost, 1);
		return false;
	}
	record->queue[head & record->mask] = *event;
	atomic_store_explicit(&record->head, head + 1, memory_order_release);
	/* a start is written at once: it closes what the run before left open */
	if (used == record->mask / 2 || (event->event == RECORD_NOTES && event->kind == RECORD_START))
		sem_post(&record->wake);
	return true;
}

void record_seen(struct record *record, int display, uint64_t number, int64_t wall, int64_t monotonic)
{
	struct seen *seen = &record->seen[display];

	atomic_fetch_add(&seen->turn, 1);
	atomic_store(&seen->number, number);
	atomic_store(&seen->wall, wall);
	atomic_store(&seen->monotonic, monotonic);
	atomic_fetch_add(&seen->turn, 1);
}

/* --- the writer */

static void take_seen(struct record *record, int display)
{
	struct seen *seen = &record->seen[display];
	unsigned turn = atomic_load(&seen->turn);
	uint64_t number = atomic_load(&seen->number);
	int64_t wall = atomic_load(&seen->wall), monotonic = atomic_load(&seen->monotonic);

	if (turn % 2 == 0 && atomic_load(&seen->turn) == turn)
		journal_seen(record->journal, display, number, wall, monotonic);
}

/* A name that is free beside it. */
static char *aside_name(const char *path)
{
	for (int i = 1;; i++) {
		char *name = xasprintf("%s.damaged-%d", path, i);
		FILE *there = fopen(name, "re");
		if (!there)
			return name;
		fclose(there);
		free(name);
	}
}

static void move(const char *from, const char *to, const char *suffix)
{
	char *old = xasprintf("%s%s", from, suffix), *new = xasprintf("%s%s", to, suffix);

	if (rename(old, new) < 0 && errno != ENOENT)
		log_event(EVENT_RECORD, "%s cannot be renamed: %s", old, words_error(errno));
	free(old);
	free(new);
}

/* What is damaged is kept for whoever can still read it. */
static void put_aside(struct record *record)
{
	char *name = aside_name(record->path);

	if (record->database) {
		record->end = *database_head(record->database);
		record->continues = record->end.number > 0;
	}
	database_close(record->database);
	record->database = NULL;
	move(record->path, name, "");
	move(record->path, name, "-wal");
	move(record->path, name, "-shm");
	record->linked = false;
	log_event(EVENT_RECORD_DAMAGED,
		"the record of what was shown is damaged: it is kept as %s, and a new one begins", name);
	free(name);
}

static int begin_database(struct record *record)
{
	int error = database_begin(record->database);

	if (!error && !record->linked && record->continues)
		error = database_continue(record->database, &record->end);
	if (!error && !record->linked)
		error = journal_link(record->journal, record->database,
			record->continues ? "goes on after a damaged database"
					  : "a damaged database was put aside; its end is not known");
	if (!error && record->linked)
		error = journal_begin(record->journal, record->database);
	if (!error)
		error = database_commit(record->database);
	if (error)
		database_rollback(record->database);
	else
		record->begun = record->linked = true;
	return error;
}

static int open_database(struct record *record)
{
	int error = file_make_directory(record->options.directory, 0755);
	size_t tail = atomic_load_explicit(&record->tail, memory_order_relaxed);

	if (atomic_load_explicit(&record->head, memory_order_acquire) != tail)
		journal_expect(record->journal, &record->queue[tail & record->mask]);
	if (!error)
		error = database_open(record->path, record->options.most, &record->database);
	record->begun = false;
	return error;
}

/* Events up to `head`, then what is known of the open showings. */
static int write_events(struct record *record, size_t tail, size_t head, bool last)
{
	int64_t lost = atomic_load(&record->lost);
	int error = 0;

	for (; tail != head && !error; tail++)
		error = journal_apply(record->journal, record->database, &record->queue[tail & record->mask]);
	if (!last)
		return error;
	for (size_t i = 0; i < record->options.display_count; i++)
		take_seen(record, (int)i);
	if (!error && lost > 0)
		error = journal_gap(record->journal, record->database, lost, atomic_load(&record->lost_from),
			atomic_load(&record->lost_until));
	if (!error)
		error = journal_keep_open(record->journal, record->database);
	if (!error)
		error = journal_cut(record->journal, record->database);
	if (!error)
		record->told_lost = lost;
	return error;
}

static int write_batch(struct record *record, size_t head, bool last)
{
	size_t tail = atomic_load_explicit(&record->tail, memory_order_relaxed);
	int error = database_begin(record->database);

	if (error)
		return error;
	journal_keep(record->journal);
	record->told_lost = 0;
	error = write_events(record, tail, head, last);
	if (!error)
		error = database_commit(record->database);
	if (error) {
		database_rollback(record->database);
		journal_restore(record->journal);
		return error;
	}
	atomic_store_explicit(&record->tail, head, memory_order_release);
	atomic_fetch_sub(&record->lost, record->told_lost);
	return 0;
}

static int write_all(struct record *record)
{
	size_t head = atomic_load_explicit(&record->head, memory_order_acquire);
	size_t tail = atomic_load_explicit(&record->tail, memory_order_relaxed);
	bool last = false;
	int error = record->database ? 0 : open_database(record);

	if (!error && !record->begun)
		error = begin_database(record);
	while (!error && !last) {
		size_t until = head - tail > BATCH_MOST ? tail + BATCH_MOST : head;
		last = until == head;
		error = write_batch(record, until, last);
		tail = until;
	}
	return error;
}

/* A full disk is tried again with the database open; after other faults it is opened anew. */
static void mind(struct record *record, int error)
{
	int64_t now = clock_monotonic();

	if (error == -EBADMSG)
		put_aside(record);
	else if (error && error != -ENOSPC && error != -EBUSY) {
		database_close(record->database);
		record->database = NULL;
	}
	if (error && error != -EBADMSG &&
		(error != record->error || now - record->complained > REMIND_EVERY)) {
		log_event(EVENT_RECORD,
			"what is shown cannot be recorded: %s: %s; it is tried again, and what is lost will "
			"be noted",
			record->path, words_error(-error));
		record->complained = now;
	} else if (!error && record->error) {
		log_event(EVENT_RECORD_AGAIN, "what is shown is recorded again");
	}
	record->error = error == -EBADMSG ? 0 : error;
}

static void tell(struct record *record, int error)
{
	pthread_mutex_lock(&record->mutex);
	struct record_status *status = &record->status;
	status->open = error == 0 && record->database;
	status->failures += error != 0;
	snprintf(status->why, sizeof status->why, "%s", error ? words_error(-error) : "");
	if (record->database) {
		const struct chain *head = database_head(record->database);
		status->head = head->number;
		memcpy(status->digest, head->digest, sizeof status->digest);
	}
	pthread_mutex_unlock(&record->mutex);
}

static void write_now(struct record *record)
{
	pthread_mutex_lock(&record->mutex);
	uint64_t asked = record->asked;
	pthread_mutex_unlock(&record->mutex);
	int error = write_all(record);
	mind(record, error);
	if (error == -EBADMSG) { /* the new database takes what is noted at once */
		error = write_all(record);
		mind(record, error);
	}
	tell(record, error);
	pthread_mutex_lock(&record->mutex);
	record->done = asked;
	pthread_cond_broadcast(&record->written);
	pthread_mutex_unlock(&record->mutex);
}

static void *work(void *data)
{
	struct record *record = data;
	bool ending = false;

	while (!ending) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += record->options.flush / NS_PER_SEC;
		until.tv_nsec += record->options.flush % NS_PER_SEC;
		if (until.tv_nsec >= NS_PER_SEC) {
			until.tv_sec++;
			until.tv_nsec -= NS_PER_SEC;
		}
		while (sem_clockwait(&record->wake, CLOCK_MONOTONIC, &until) < 0 && errno == EINTR)
			continue;
		ending = atomic_load(&record->ending);
		write_now(record);
	}
	return NULL;
}

/* --- front door */

char *record_path(const char *directory)
{
	return path_join(directory, "record.db");
}

static void read_boot(char ret[RECORD_BOOT])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	ret[0] = '\0';
	if (!file)
		return;
	if (!fgets(ret, RECORD_BOOT, file))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	fclose(file);
}

static void finish(struct record *record)
{
	database_close(record->database);
	journal_destroy(record->journal);
	sem_destroy(&record->wake);
	pthread_cond_destroy(&record->written);
	pthread_mutex_destroy(&record->mutex);
	free(record->queue);
	free(record->seen);
	free(record->path);
	free(record);
}

int record_create(const struct record_options *options, struct record **ret_record)
{
	struct record *record = xcalloc(1, sizeof *record);
	size_t most = options->queue_most ? options->queue_most : QUEUE_STANDARD;
	char boot[RECORD_BOOT];

	record->options = *options;
	if (record->options.flush == 0)
		record->options.flush = RECORD_FLUSH;
	record->path = record_path(options->directory);
	record->queue = xcalloc(most, sizeof *record->queue);
	record->mask = most - 1;
	record->seen = xcalloc(options->display_count + 1, sizeof *record->seen);
	record->linked = true;
	read_boot(boot);
	record->journal = journal_create(&record->options, boot);
	sem_init(&record->wake, 0, 0);
	pthread_mutex_init(&record->mutex, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&record->written, &attributes);
	pthread_condattr_destroy(&attributes);
	int error = pthread_create(&record->thread, NULL, work, record);
	if (error) {
		finish(record);
		return -error;
	}
	*ret_record = record;
	return 0;
}

bool record_destroy(struct record *record)
{
	struct timespec until;

	if (!record)
		return true;
	atomic_store(&record->ending, true);
	sem_post(&record->wake);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LEAVE_WITHIN;
	if (pthread_clockjoin_np(record->thread, NULL, CLOCK_MONOTONIC, &until) != 0)
		return false;
	finish(record);
	return true;
}

void record_status(struct record *record, struct record_status *ret_status)
{
	pthread_mutex_lock(&record->mutex);
	*ret_status = record->status;
	pthread_mutex_unlock(&record->mutex);
	ret_status->lost = atomic_load(&record->lost);
}

bool record_flush(struct record *record, int64_t timeout)
{
	int64_t end = clock_monotonic() + timeout;
	struct timespec until = {.tv_sec = end / NS_PER_SEC, .tv_nsec = end % NS_PER_SEC};
	int waited = 0;

	pthread_mutex_lock(&record->mutex);
	uint64_t mine = ++record->asked;
	sem_post(&record->wake);
	while (record->done < mine && waited == 0)
		waited = pthread_cond_timedwait(&record->written, &record->mutex, &until);
	bool done = record->done >= mine;
	pthread_mutex_unlock(&record->mutex);
	return done;
}
