/* Drives the store for the crash tests: makes changes and says when each is acknowledged, or tells what is there.
 *
 *   store_driver script DIRECTORY        one of each kind of change; a line "ack STATE" after each
 *   store_driver commits DIRECTORY N M   M commits, the N-th first; a line "ack STATE" after each; M 0 never ends
 *   store_driver fault DIRECTORY N       lets the N-th commit fail (strace makes it), then commits again; "ok" or "BAD …"
 *   store_driver read                    for each directory named on standard input, a line: its state
 *
 * STATE is "serial=S overrides=IDS time=T"; the bytes of the S-th commit are known from S alone, so that reading checks
 * every one of them. What is wrong is said as "BAD …". */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/store.h"

#define FILES 3
#define EPOCH 1000000 /* a generation bears its serial as its time, past every time that was written down */
#define KEEP  2

struct state {
	int serial;
	char overrides[64];
	int64_t time;
};

static _Noreturn void die(const char *what, int error)
{
	fprintf(stderr, "store_driver: %s: %s\n", what, strerror(-error));
	exit(1);
}

/* One write a line: the trace shows it as one call, which is the acknowledgement. */
static void say(const char *format, ...)
{
	va_list arguments;
	char *line;
	int size;

	va_start(arguments, format);
	size = vasprintf(&line, format, arguments);
	va_end(arguments);
	if (size < 0 || write(STDOUT_FILENO, line, (size_t)size) != size)
		exit(1);
	free(line);
}

static void say_state(const char *prefix, const struct state *state)
{
	say("%sserial=%d overrides=%s time=%lld\n", prefix, state->serial, state->overrides,
		(long long)state->time);
}

/* The files of a commit: sizes and bytes differ from one to the next. */
static void make_files(int serial, struct source_file files[FILES])
{
	static const char *const names[FILES] = {"province/one.yaml", "tan-an/one.yaml", "province/two.yaml"};

	for (int i = 0; i < FILES; i++) {
		size_t size = (size_t)(serial * 37 + i * 401) % 3000;
		char *data = xmalloc(size + 32);
		int head = snprintf(data, 32, "%d/%d\n", serial, i);

		for (size_t j = 0; j < size; j++)
			data[(size_t)head + j] = (char)('a' + (j * 7 + (size_t)serial) % 26);
		files[i] = (struct source_file){
			.unit = xstrndup(names[i], strcspn(names[i], "/")),
			.name = xstrdup(names[i]),
			.data = data,
			.size = (size_t)head + size,
		};
	}
}

static void free_files(struct source_file files[FILES])
{
	for (int i = 0; i < FILES; i++) {
		free((char *)files[i].unit);
		free((char *)files[i].name);
		free((char *)files[i].data);
	}
}

static int try_commit(struct store *store, int serial)
{
	struct source_file files[FILES];
	struct generation generation;
	int error;

	make_files(serial, files);
	error = store_commit(store, files, FILES, 1000, "staff", EPOCH + serial, KEEP, &generation);
	free_files(files);
	return error;
}

static void commit(struct store *store, int serial)
{
	int error = try_commit(store, serial);

	if (error)
		die("commit", error);
}

static void write_overrides(struct store *store, struct state *state, const char *ids)
{
	char everywhere[] = "*", *on[] = {everywhere};
	char text[] = "text";
	struct override list[8] = {0};
	size_t count = strlen(ids);
	int error;

	for (size_t i = 0; i < count; i++) {
		list[i] = (struct override){
			.kind = OVERRIDE_ANNOUNCE, .text = text, .on = on, .on_count = 1, .end = TIME_NEVER};
		list[i].id[0] = ids[i];
	}
	error = store_write_overrides(store, list, count, (struct instant){0, true});
	if (error)
		die("overrides", error);
	snprintf(state->overrides, sizeof state->overrides, "%s", ids);
	say_state("ack ", state);
}

static void write_time(struct store *store, struct state *state, int64_t time)
{
	int error = store_write_time(store, time);

	if (error)
		die("time", error);
	state->time = time;
	say_state("ack ", state);
}

static void commit_next(struct store *store, struct state *state, int serial)
{
	commit(store, serial);
	state->serial = serial;
	say_state("ack ", state);
}

static void run_script(const char *directory)
{
	struct state state = {0};
	struct generation generation;
	struct store *store;
	int error = store_open(directory, &store);

	if (error)
		die("open", error);
	say_state("ack ", &state);
	commit_next(store, &state, 1);
	commit_next(store, &state, 2);
	write_overrides(store, &state, "ab");
	commit_next(store, &state, 3); /* one is pruned from here on */
	write_time(store, &state, 1000);
	commit_next(store, &state, 4);
	write_time(store, &state, 1500); /* so that losing the 4th is not taken for the rollback */
	error = store_rollback(store, 0, &generation);
	if (error)
		die("rollback", error);
	state.serial = 3;
	say_state("ack ", &state);
	write_overrides(store, &state, "c");
	write_time(store, &state, 2000);
	commit_next(store, &state, 5);
	write_overrides(store, &state, "");
	commit_next(store, &state, 6);
	store_close(store);
}

static void run_commits(const char *directory, int serial, int count)
{
	struct state state = {0};
	struct store *store;
	int error = store_open(directory, &store);

	if (error)
		die("open", error);
	say("ready\n");
	for (int i = 0; count == 0 || i < count; i++)
		commit_next(store, &state, serial++);
	store_close(store);
}

/* NULL, or what is wrong. */
static const char *check_generation(struct store *store, int number, int *ret_serial)
{
	struct source_file *files, expected[FILES];
	struct generation generation;
	const char *wrong = NULL;
	size_t count;
	int error = store_read(store, number, &files, &count, &generation);

	*ret_serial = 0;
	if (error == -ENOENT && number == 0)
		return NULL;
	if (error)
		return strerror(-error);
	*ret_serial = (int)(generation.time - EPOCH);
	make_files(*ret_serial, expected);
	if (count != FILES)
		wrong = "number of files";
	for (size_t i = 0; !wrong && i < count; i++) {
		if (strcmp(files[i].name, expected[i].name) != 0 || files[i].size != expected[i].size ||
			memcmp(files[i].data, expected[i].data, expected[i].size) != 0)
			wrong = "bytes of a file";
	}
	free_files(expected);
	sources_free(files, count);
	return wrong;
}

/* Everything that the history offers can be gone back to. */
static const char *check_history(struct store *store)
{
	struct generation *generations;
	const char *wrong = NULL;
	int serial;
	size_t count;

	if (store_history(store, &generations, &count) < 0)
		return "history";
	for (size_t i = 0; !wrong && i < count; i++)
		wrong = check_generation(store, generations[i].number, &serial);
	free(generations);
	return wrong;
}

static const char *read_state(struct store *store, struct state *ret_state)
{
	const char *wrong = check_generation(store, 0, &ret_state->serial);
	struct override *overrides;
	size_t count;

	if (!wrong)
		wrong = check_history(store);
	if (!wrong && store_read_overrides(store, &overrides, &count) < 0)
		wrong = "overrides";
	if (wrong)
		return wrong;
	for (size_t i = 0; i < count && i < sizeof ret_state->overrides - 1; i++)
		ret_state->overrides[i] = overrides[i].id[0];
	overrides_free(overrides, count);
	ret_state->time = store_read_time(store);
	return NULL;
}

/* What failed shall have changed nothing, and shall not be in the way of the next. */
static void run_fault(const char *directory, int serial)
{
	struct state before = {0}, after = {0}, last = {0};
	struct store *store;
	const char *wrong;
	int error = store_open(directory, &store);

	if (error)
		die("open", error);
	wrong = read_state(store, &before);
	say("begin\n");
	error = try_commit(store, serial);
	say("end\n");
	if (!wrong)
		wrong = read_state(store, &after);
	if (!wrong && after.serial != (error ? before.serial : serial))
		wrong = error ? "what failed plays" : "what was acknowledged does not play";
	if (!wrong && try_commit(store, serial + 1) < 0)
		wrong = "the next commit fails too";
	if (!wrong)
		wrong = read_state(store, &last);
	if (!wrong && last.serial != serial + 1)
		wrong = "the next commit does not play";
	store_close(store);
	if (wrong)
		say("BAD %s\n", wrong);
	else
		say("ok %d\n", error);
}

static void read_directory(const char *directory)
{
	struct state state = {0};
	struct store *store;
	const char *wrong;
	int error = store_open(directory, &store);

	if (error) {
		say("BAD open: %s\n", strerror(-error));
		return;
	}
	wrong = read_state(store, &state);
	if (wrong)
		say("BAD %s\n", wrong);
	else
		say_state("", &state);
	store_close(store);
}

int main(int argc, char **argv)
{
	char line[4096];

	if (argc == 3 && strcmp(argv[1], "script") == 0) {
		run_script(argv[2]);
	} else if (argc == 5 && strcmp(argv[1], "commits") == 0) {
		run_commits(argv[2], (int)strtol(argv[3], NULL, 10), (int)strtol(argv[4], NULL, 10));
	} else if (argc == 4 && strcmp(argv[1], "fault") == 0) {
		run_fault(argv[2], (int)strtol(argv[3], NULL, 10));
	} else if (argc == 2 && strcmp(argv[1], "read") == 0) {
		while (fgets(line, sizeof line, stdin)) {
			line[strcspn(line, "\n")] = '\0';
			read_directory(line);
		}
	} else {
		fprintf(stderr, "usage: store_driver script DIRECTORY | commits DIRECTORY N M | fault "
				"DIRECTORY N | read\n");
		return 2;
	}
	return 0;
}
