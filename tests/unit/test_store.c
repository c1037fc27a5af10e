#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "store/private.h"

static char *directory, *state;

static int setup(void **unused)
{
	char template[] = "/tmp/test_store.XXXXXX";

	if (!mkdtemp(template))
		return -1;
	directory = xstrdup(template);
	state = path_join(directory, "var/state");
	return 0;
}

static int teardown(void **unused)
{
	int error = file_remove_tree(directory);

	free(directory);
	free(state);
	return error;
}

static struct store *open_store(void)
{
	struct store *store = NULL;

	assert_int_equal(store_open(state, &store), 0);
	return store;
}

#define SOURCE(in_unit, called, bytes, length)                                                               \
	{                                                                                                    \
		.unit = (in_unit), .name = (called), .data = (bytes), .size = (length)                       \
	}

static const struct instant now = {1, true};

static const struct source_file two[] = {
	SOURCE("province", "somewhere/province/b.yaml", "bangtin: 1\n", 11),
	SOURCE("tan-an", "tan-an/a.yaml", "\0\xff", 2),
};

static int commit(struct store *store, const struct source_file *files, size_t count, int keep)
{
	struct generation generation;
	int error = store_commit(store, files, count, 1000, "hoa", 77, keep, &generation);

	return error ? error : generation.number;
}

/* One file whose only byte tells the commits apart. */
static int commit_byte(struct store *store, char byte, int keep)
{
	struct source_file file = SOURCE("province", "province/a.yaml", &byte, 1);

	return commit(store, &file, 1, keep);
}

static char current_byte(struct store *store)
{
	struct generation generation;
	struct source_file *files;
	size_t count;
	char byte;

	assert_int_equal(store_read(store, 0, &files, &count, &generation), 0);
	assert_true(generation.current);
	byte = files[0].data[0];
	sources_free(files, count);
	return byte;
}

static void write_below(const char *name, const char *text)
{
	char *path = path_join(state, name);

	unlink(path);
	assert_int_equal(file_write_new(path, text, strlen(text), 0644), 0);
	free(path);
}

static void nothing_yet(void **unused)
{
	struct store *store = NULL;
	struct generation generation, *generations;
	struct source_file *files;
	struct override *overrides;
	size_t count;

	assert_int_equal(store_open_read_only(state, &store), -ENOENT);
	assert_null(store);
	store = open_store();
	assert_int_equal(store_read(store, 0, &files, &count, &generation), -ENOENT);
	assert_int_equal(store_read(store, 5, &files, &count, &generation), -ENOENT);
	assert_int_equal(store_rollback(store, 0, &generation), -ENOENT);
	assert_int_equal(store_rollback(store, 1, &generation), -ENOENT);
	assert_int_equal(store_history(store, &generations, &count), 0);
	assert_int_equal(count, 0);
	free(generations);
	assert_int_equal(store_read_overrides(store, &overrides, &count), 0);
	assert_int_equal(count, 0);
	overrides_free(overrides, count);
	assert_int_equal(store_read_time(store), 0);
	store_close(store);
	store_close(NULL);
}

static void commit_and_read(void **unused)
{
	struct store *store = open_store();
	struct generation made, generation;
	struct source_file *files;
	size_t count;

	assert_int_equal(store_commit(store, two, 2, 1000, "hoa", 77, 20, &made), 0);
	assert_int_equal(made.number, 1);
	assert_true(made.current);
	store_close(store);
	store = open_store();
	assert_int_equal(store_read(store, 0, &files, &count, &generation), 0);
	assert_int_equal(count, 2); /* in the order given, not by name */
	assert_string_equal(files[0].unit, "province");
	assert_string_equal(files[0].name, "province/b.yaml");
	assert_string_equal(files[0].data, "bangtin: 1\n");
	assert_string_equal(files[1].name, "tan-an/a.yaml");
	assert_int_equal(files[1].size, 2);
	assert_memory_equal(files[1].data, "\0\xff", 2);
	assert_int_equal(generation.number, 1);
	assert_int_equal(generation.uid, 1000);
	assert_string_equal(generation.user, "hoa");
	assert_int_equal(generation.time, 77);
	assert_int_equal(generation.file_count, 2);
	assert_true(generation.current);
	assert_string_equal(generation.digest, made.digest);
	/* sha256sum of the files, then of "province/b.yaml 11 …\ntan-an/a.yaml 2 …\n" */
	assert_string_equal(
		generation.digest, "9da3d70eff30645fab85bd28d41c8fa4f8d63d8016411f05bfab8d4692a37a5c");
	sources_free(files, count);
	store_close(store);
}

static void history_and_rollback(void **unused)
{
	struct store *store = open_store();
	struct generation generation, *generations;
	size_t count;

	for (char byte = 'a'; byte <= 'd'; byte++)
		assert_int_equal(commit_byte(store, byte, 20), byte - 'a' + 1);
	assert_int_equal(store_rollback(store, 0, &generation), 0);
	assert_int_equal(generation.number, 3);
	assert_true(generation.current);
	assert_int_equal(current_byte(store), 'c');
	assert_int_equal(store_rollback(store, 0, &generation), 0);
	assert_int_equal(current_byte(store), 'b');
	assert_int_equal(store_rollback(store, 4, &generation), 0);
	assert_int_equal(current_byte(store), 'd');
	assert_int_equal(store_rollback(store, 1, &generation), 0);
	assert_int_equal(store_rollback(store, 0, &generation), -ENOENT);
	assert_int_equal(store_rollback(store, 9, &generation), -ENOENT);
	assert_int_equal(current_byte(store), 'a');
	assert_int_equal(store_history(store, &generations, &count), 0);
	assert_int_equal(count, 4);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(generations[i].number, 4 - i);
		assert_int_equal(generations[i].current, i == 3);
	}
	free(generations);
	assert_int_equal(commit_byte(store, 'e', 20), 5);
	store_close(store);
}

static void pruning_keeps_the_current(void **unused)
{
	struct store *store = open_store();
	struct generation generation, *generations;
	size_t count;

	for (char byte = 'a'; byte <= 'f'; byte++)
		commit_byte(store, byte, 3);
	assert_int_equal(store_history(store, &generations, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(generations[2].number, 4);
	free(generations);
	assert_int_equal(store_rollback(store, 4, &generation), 0);
	prune(store, 1); /* the newest, and the one that plays */
	assert_int_equal(store_history(store, &generations, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(generations[0].number, 6);
	assert_int_equal(generations[1].number, 4);
	free(generations);
	assert_int_equal(current_byte(store), 'd');
	assert_int_equal(commit_byte(store, 'g', 0), 7); /* keep 0 keeps one */
	assert_int_equal(current_byte(store), 'g');
	store_close(store);
}

static void names_cannot_leave(void **unused)
{
	static const struct source_file wrong[] = {SOURCE("..", "../a", "", 0), SOURCE("", "/a", "", 0),
		SOURCE(".x", ".x/a", "", 0), SOURCE("a/b", "a/b/c", "", 0), SOURCE("u", "u/..", "", 0),
		SOURCE("u", "u/", "", 0), SOURCE("u", "u/.hidden", "", 0), SOURCE("u", "u/a\nb", "", 0),
		SOURCE("u", "u/\xff\xfe.yaml", "", 0)};
	static const struct source_file twice[] = {SOURCE("u", "x/a", "1", 1), SOURCE("u", "y/a", "2", 1)};
	struct store *store = open_store();
	struct generation *generations;
	char *generations_path = path_join(state, "generations");
	struct dirent **entries;
	size_t count;

	commit_byte(store, 'a', 20);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(commit(store, &wrong[i], 1, 20), -EINVAL);
	assert_int_equal(commit(store, wrong, 0, 20), -EINVAL);
	assert_int_equal(commit(store, twice, 2, 20), -EEXIST);
	assert_int_equal(current_byte(store), 'a');
	assert_int_equal(store_history(store, &generations, &count), 0);
	assert_int_equal(count, 1);
	free(generations);
	assert_int_equal(scandir(generations_path, &entries, NULL, alphasort), 3); /* nothing was left */
	for (int i = 0; i < 3; i++)
		free(entries[i]);
	free(entries);
	free(generations_path);
	store_close(store);
}

static void one_writer_many_readers(void **unused)
{
	struct store *store = open_store(), *second = NULL, *reader = NULL;
	struct generation generation;
	int status;
	pid_t pid;

	commit_byte(store, 'a', 20);
	assert_int_equal(store_open(state, &second), -EBUSY);
	pid = fork();
	if (pid == 0)
		_exit(store_open(state, &second) == -EBUSY ? 7 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_int_equal(store_open_read_only(state, &reader), 0);
	assert_int_equal(current_byte(reader), 'a');
	assert_int_equal(commit_byte(reader, 'x', 20), -EROFS);
	assert_int_equal(store_rollback(reader, 1, &generation), -EROFS);
	assert_int_equal(store_write_time(reader, 1), -EROFS);
	assert_int_equal(store_write_overrides(reader, NULL, 0, now), -EROFS);
	commit_byte(store, 'b', 20);
	assert_int_equal(current_byte(reader), 'b');
	store_close(reader);
	store_close(store);
	store = open_store();
	store_close(store);
}

static void leftovers_go(void **unused)
{
	struct store *store = open_store();
	char *stage = path_join(state, "generations/000002.stage/files"),
	     *removed = path_join(state, "generations/000001.remove");
	char *new_link = path_join(state, "current.new"),
	     *temporary = path_join(state, "overrides.json.abcdef");

	commit_byte(store, 'a', 20);
	store_close(store);
	assert_int_equal(file_make_directory(stage, 0755), 0);
	assert_int_equal(file_make_directory(removed, 0755), 0);
	assert_int_equal(symlink("generations/000009", new_link), 0);
	assert_int_equal(file_write_new(temporary, "[", 1, 0600), 0);
	write_below("generations/000002.stage/files/x", "x");
	store = open_store();
	assert_int_equal(access(stage, F_OK), -1);
	assert_int_equal(access(removed, F_OK), -1);
	assert_int_equal(access(temporary, F_OK), -1);
	assert_int_equal(readlink(new_link, (char[8]){0}, 8), -1);
	assert_int_equal(current_byte(store), 'a');
	store_close(store);
	free(stage);
	free(removed);
	free(new_link);
	free(temporary);
}

static void damage_is_seen(void **unused)
{
	static const char *const metas[] = {"", "[]", "{}", "{\"number\": 2}",
		"{\"number\":2,\"uid\":0,\"user\":\"\",\"time\":1,\"digest\":\"00\",\"files\":[\"a/b\"]}",
		"{\"number\":2,\"uid\":0,\"user\":\"\",\"time\":1,\"digest\":"
		"\"0000000000000000000000000000000000000000000000000"
		"000000000000000\",\"files\":[\"../../../../../etc/passwd\"]}"};
	struct store *store = open_store();
	struct generation generation;
	struct source_file *files;
	size_t count;

	commit_byte(store, 'a', 20);
	commit_byte(store, 'b', 20);
	commit_byte(store, 'c', 20);
	write_below("generations/000002/files/province/a.yaml", "B");
	assert_int_equal(store_read(store, 2, &files, &count, &generation), -EBADMSG);
	assert_int_equal(store_rollback(store, 2, &generation), -EBADMSG);
	for (size_t i = 0; i < sizeof metas / sizeof *metas; i++) {
		write_below("generations/000002/meta.json", metas[i]);
		assert_int_equal(store_read(store, 2, &files, &count, &generation), -EBADMSG);
	}
	assert_int_equal(current_byte(store), 'c');
	store_close(store);
}

/* tests/integration/store_faults.py lets every call fail; this is one. */
static void cannot_write(void **unused)
{
	struct store *store = open_store();
	char *generations = path_join(state, "generations");
	struct generation *history;
	size_t count;

	commit_byte(store, 'a', 20);
	if (geteuid() == 0) { /* root may write anywhere; a file where a directory should be stops it too */
		write_below("generations/000002.stage", "");
		assert_int_equal(commit_byte(store, 'b', 20), -EEXIST);
	} else {
		assert_int_equal(chmod(generations, 0500), 0);
		assert_int_equal(commit_byte(store, 'b', 20), -EACCES);
		assert_int_equal(chmod(generations, 0700), 0);
	}
	assert_int_equal(current_byte(store), 'a');
	assert_int_equal(store_history(store, &history, &count), 0);
	assert_int_equal(count, 1);
	free(history);
	assert_int_equal(commit_byte(store, 'b', 20), 2);
	free(generations);
	store_close(store);
}

static void overrides_round_trip(void **unused)
{
	char star[] = "*", lobby[] = "sảnh", text[] = "Cúp điện \"14:00\"\n";
	char *everywhere[] = {star}, *places[] = {lobby, star};
	struct override list[2] = {
		{.id = "a1",
			.kind = OVERRIDE_BLANK,
			.on = everywhere,
			.on_count = 1,
			.start = 5,
			.end = TIME_NEVER,
			.uid = 7},
		{.id = "a2",
			.kind = OVERRIDE_ANNOUNCE,
			.text = text,
			.on = places,
			.on_count = 2,
			.start = -5,
			.end = 10},
	};
	struct store *store = open_store();
	struct override *read;
	size_t count;

	assert_int_equal(store_write_overrides(store, list, 2, now), 0);
	assert_int_equal(store_read_overrides(store, &read, &count), 0);
	assert_int_equal(count, 2);
	assert_string_equal(read[0].id, "a1");
	assert_int_equal(read[0].kind, OVERRIDE_BLANK);
	assert_null(read[0].text);
	assert_true(read[0].start == 5 && read[0].end == TIME_NEVER);
	assert_int_equal(read[0].uid, 7);
	assert_string_equal(read[1].text, text);
	assert_int_equal(read[1].on_count, 2);
	assert_string_equal(read[1].on[0], lobby);
	assert_true(read[1].start == -5 && read[1].end == 10);
	overrides_free(read, count);
	places[0][0] = (char)0xff;
	assert_int_equal(store_write_overrides(store, list, 2, now), -EINVAL);
	assert_int_equal(store_write_overrides(store, list, 1, now), 0);
	assert_int_equal(store_read_overrides(store, &read, &count), 0);
	assert_int_equal(count, 1);
	overrides_free(read, count);
	store_close(store);
}

static void overrides_damaged(void **unused)
{
	static const char *const wrong[] = {"", "{}", "[1]", "[{}]",
		"[{\"id\":\"x\",\"kind\":\"dance\",\"text\":null,\"on\":[],\"start\":1,\"end\":null,\"uid\":"
		"0}]",
		"[{\"id\":\"x\",\"kind\":\"announce\",\"text\":null,\"on\":[],\"start\":1,\"end\":null,"
		"\"uid\":0}]",
		"[{\"id\":\"x\",\"kind\":\"blank\",\"text\":null,\"on\":[\"a\",1],\"start\":1,\"end\":null,"
		"\"uid\":0}]",
		"[{\"id\":\"x\",\"kind\":\"blank\",\"text\":null,\"on\":\"a\",\"start\":1,\"end\":null,"
		"\"uid\":0}]",
		"[{\"id\":\"x\",\"kind\":\"blank\",\"text\":null,\"on\":[],\"start\":1,\"end\":\"\",\"uid\":"
		"0}]",
		"[{\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxx\",\"kind\":\"blank\",\"text\":null,\"on\":[],\"start\":"
		"1,\"end\":2,\"uid\":0}]"};
	struct store *store = open_store();
	struct override *read = NULL;
	size_t count;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		write_below("overrides.json", wrong[i]);
		assert_int_equal(store_read_overrides(store, &read, &count), -EBADMSG);
		assert_null(read);
	}
	store_close(store);
}

static void time_round_trip(void **unused)
{
	static const char *const wrong[] = {
		"", "x\n", "1", "-1\n", "1 \n", "99999999999999999999\n", "1\n2\n"};
	struct store *store = open_store();

	assert_int_equal(store_write_time(store, INT64_C(1767225600123456789)), 0);
	assert_true(store_read_time(store) == INT64_C(1767225600123456789));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		write_below("time", wrong[i]);
		assert_int_equal(store_read_time(store), 0);
	}
	store_close(store);
}

static void override_in_force_there(void **unused)
{
	static const char *const tags[] = {"led", "outdoor"};
	const struct display display = {.name = "cong", .tags = tags, .tag_count = 2};
	char star[] = "*", led[] = "led", cong[] = "cong", kiosk[] = "kiosk";
	char *all[] = {star}, *leds[] = {kiosk, led}, *gate[] = {cong}, *kiosks[] = {kiosk};
	struct override list[] = {
		{.kind = OVERRIDE_ANNOUNCE, .on = all, .on_count = 1, .start = 10, .end = 20},
		{.kind = OVERRIDE_ANNOUNCE, .on = leds, .on_count = 2, .start = 12, .end = 30},
		{.kind = OVERRIDE_ANNOUNCE, .on = gate, .on_count = 1, .start = 12, .end = 25},
		{.kind = OVERRIDE_BLANK, .on = gate, .on_count = 1, .start = 5, .end = 8},
		{.kind = OVERRIDE_BLANK, .on = kiosks, .on_count = 1, .start = 0, .end = TIME_NEVER},
		{.kind = OVERRIDE_BLANK, .on = all, .on_count = 1, .start = 40, .end = TIME_NEVER},
		{.kind = OVERRIDE_ANNOUNCE, .on = all, .on_count = 1, .start = 41, .end = 50},
	};
	static const struct {
		int64_t time;
		int index;
	} expected[] = {{4, -1}, {5, 3}, {7, 3}, {8, -1}, {10, 0}, {12, 2}, {24, 2}, {25, 1}, {29, 1},
		{30, -1}, {40, 5}, {45, 5}, {INT64_MAX - 1, 5}};

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		const struct override *found = override_at(
			list, sizeof list / sizeof *list, &display, (struct instant){expected[i].time, true});

		assert_ptr_equal(found, expected[i].index < 0 ? NULL : &list[expected[i].index]);
	}
	assert_null(override_at(NULL, 0, &display, now));
	overrides_free(NULL, 0);
}

static void levels_in_order(void **unused)
{
	const struct display display = {.name = "cong"};
	char star[] = "*", *all[] = {star};
	struct override list[] = {
		{.kind = OVERRIDE_ANNOUNCE,
			.level = LEVEL_URGENT,
			.on = all,
			.on_count = 1,
			.start = 10,
			.end = 40},
		{.kind = OVERRIDE_ANNOUNCE,
			.level = LEVEL_NOTICE,
			.on = all,
			.on_count = 1,
			.start = 20,
			.end = 60},
		{.kind = OVERRIDE_ANNOUNCE,
			.level = LEVEL_EMERGENCY,
			.on = all,
			.on_count = 1,
			.start = 15,
			.end = 18},
		{.kind = OVERRIDE_ANNOUNCE,
			.level = LEVEL_URGENT,
			.on = all,
			.on_count = 1,
			.start = 30,
			.end = 35},
		{.kind = OVERRIDE_ANNOUNCE,
			.level = LEVEL_EMERGENCY,
			.on = all,
			.on_count = 1,
			.start = 50,
			.end = 90,
			.uptime = true},
		{.kind = OVERRIDE_BLANK, .on = all, .on_count = 1, .start = 70, .end = TIME_NEVER},
	};
	static const struct {
		int64_t time;
		bool trusted;
		int index;
	} expected[] = {{9, true, -1}, {10, true, 0}, {15, true, 2}, {17, true, 2}, {18, true, 0},
		{20, true, 0}, {30, true, 3}, {35, true, 0}, {40, true, 1}, {55, true, 1}, {60, true, -1},
		{70, true, 5}, {55, false, 5}};
	enum override_level level;

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_ptr_equal(override_at(list, 6, &display,
					 (struct instant){expected[i].time, expected[i].trusted}),
			expected[i].index < 0 ? NULL : &list[expected[i].index]);
	assert_ptr_equal(override_at(list, 5, &display, (struct instant){50, false}), &list[4]);
	assert_null(override_at(list, 5, &display, (struct instant){49, false}));
	for (int i = 0; i < LEVEL_COUNT; i++) {
		assert_true(level_find(level_name((enum override_level)i), &level));
		assert_int_equal(level, i);
		assert_true(i == 0 || level_longest(level) < level_longest((enum override_level)(i - 1)));
	}
	assert_false(level_find("loud", &level));
}

/* A step of the clock neither shortens nor lengthens what has begun; what waits for its time of day waits for it. */
static void the_clock_is_set(void **unused)
{
	struct override list[] = {{.start = 100, .end = 160}, {.start = 130, .end = 150},
		{.start = 90, .end = TIME_NEVER}, {.start = 5, .end = 25, .uptime = true}};

	assert_int_equal(
		overrides_move(list, 4, (struct instant){110, true}, (struct instant){1000, true}), 2);
	assert_true(list[0].start == 990 && list[0].end == 1050);
	assert_true(list[1].start == 130 && list[1].end == 150);
	assert_true(list[2].start == 980 && list[2].end == TIME_NEVER);
	assert_true(list[3].start == 5 && list[3].uptime);
	/* to a clock that is not believed, and back */
	assert_int_equal(
		overrides_move(list, 4, (struct instant){1010, true}, (struct instant){7, false}), 3);
	assert_true(list[0].uptime && list[0].end - 7 == 40 && list[0].start == -13);
	assert_int_equal(
		overrides_move(list, 4, (struct instant){17, false}, (struct instant){500, true}), 4);
	assert_true(!list[0].uptime && list[0].end == 530);
	assert_true(!list[3].uptime && list[3].end == 508);
}

/* Written down at 110, read after a power cut. */
static void what_is_left(void **unused)
{
	char star[] = "*", text[] = "x", *all[] = {star};
	struct override list[] = {{.id = "a", .kind = OVERRIDE_ANNOUNCE, .start = 100, .end = 160},
		{.id = "b", .kind = OVERRIDE_ANNOUNCE, .start = 130, .end = 150},
		{.id = "c", .kind = OVERRIDE_BLANK, .start = 100, .end = TIME_NEVER}};
	static const struct {
		struct instant now;
		int64_t start, end; /* of the first */
	} expected[] = {{{120, true}, 100, 160}, {{159, true}, 100, 160}, {{170, true}, 100, 160},
		/* the clock lost time: no longer than was left */
		{{60, true}, 50, 110}, {{3, false}, -7, 53}};

	for (size_t i = 0; i < 3; i++) {
		list[i].text = list[i].kind == OVERRIDE_BLANK ? NULL : text;
		list[i].on = all;
		list[i].on_count = 1;
	}
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct store *store = open_store();
		struct override *read;
		size_t count;

		assert_int_equal(store_write_overrides(store, list, 3, (struct instant){110, true}), 0);
		assert_int_equal(store_read_overrides(store, &read, &count), 0);
		assert_true(read[0].left == 50 && read[1].left == TIME_NEVER);
		overrides_resume(read, count, expected[i].now);
		assert_true(read[0].start == expected[i].start && read[0].end == expected[i].end);
		assert_int_equal(read[0].uptime, !expected[i].now.trusted);
		assert_true(read[1].start == 130 && read[1].end == 150 && !read[1].uptime);
		assert_true(override_in_force(&read[2], expected[i].now));
		overrides_free(read, count);
		store_close(store);
	}
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		count++;
	return count;
}

/* The log is bounded, keeps the newest, and loses no more than a torn line. */
static void log_is_bounded(void **unused)
{
	struct store *store = open_store();
	char *text;

	assert_int_equal(store_read_log(store, &text), 0);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(store_log(store, "{\"n\":0}\n", 8), 0);
	write_below("announcements", "{\"n\":0}\n{\"torn");
	assert_int_equal(store_log(store, "{\"n\":1}\n", 8), 0);
	assert_int_equal(store_read_log(store, &text), 0);
	assert_string_equal(text, "{\"n\":0}\n{\"torn\n{\"n\":1}\n");
	free(text);
	for (int i = 0; i < 3; i++) {
		char *big = xmalloc(STORE_LOG_MOST / 2 - 100);
		memset(big, 'x', STORE_LOG_MOST / 2 - 100);
		big[STORE_LOG_MOST / 2 - 101] = '\n';
		assert_int_equal(store_log(store, big, STORE_LOG_MOST / 2 - 100), 0);
		free(big);
	}
	assert_int_equal(store_log(store, "{\"n\":9999}\n", 11), 0);
	assert_int_equal(store_read_log(store, &text), 0);
	assert_true(strlen(text) <= STORE_LOG_MOST);
	assert_int_equal(count_lines(text), 3);
	assert_non_null(strstr(text, "9999"));
	free(text);
	store_close(store);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(nothing_yet),
		T(commit_and_read),
		T(history_and_rollback),
		T(pruning_keeps_the_current),
		T(names_cannot_leave),
		T(one_writer_many_readers),
		T(leftovers_go),
		T(damage_is_seen),
		T(cannot_write),
		T(overrides_round_trip),
		T(overrides_damaged),
		T(time_round_trip),
		cmocka_unit_test(override_in_force_there),
		cmocka_unit_test(levels_in_order),
		cmocka_unit_test(the_clock_is_set),
		T(what_is_left),
		T(log_is_bounded),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
