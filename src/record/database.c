#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

#include "base/alloc.h"
#include "record/private.h"

#define PAGE	4096
#define BUSY_MS 2000
#define CACHE                                                                                                \
	"-256" /* KiB of pages; it appends, and what it would keep of months grows for weeks and is never read */
#define FULL_PARTS 10 /* so many tenths less one of the space may be used before the oldest tenth is cut */

enum statement {
	ADD_ROW,
	ADD_THING,
	FIND_THING,
	ADD_RUN,
	PUT_OPEN,
	DROP_OPEN,
	PUT_STATE,
	STATEMENTS,
};

static const char *const texts[STATEMENTS] = {
	[ADD_ROW] =
		"INSERT INTO rows VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)",
	[ADD_THING] = "INSERT INTO things (source, item, entry, content) VALUES (?1, ?2, ?3, ?4)",
	[FIND_THING] =
		"SELECT id FROM things WHERE source = ?1 AND item = ?2 AND entry = ?3 AND content = ?4",
	[ADD_RUN] = "INSERT OR REPLACE INTO runs VALUES (?1, ?2)",
	[PUT_OPEN] = "REPLACE INTO open VALUES (?3,?2,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
	[DROP_OPEN] = "DELETE FROM open WHERE display = ?1",
	[PUT_STATE] = "INSERT OR REPLACE INTO state VALUES (?1, ?2, ?3)",
};

struct database {
	sqlite3 *sqlite;
	sqlite3_stmt *statements[STATEMENTS];
	struct chain base, head;
	struct chain kept_base, kept_head; /* as they were when the transaction began */
	int64_t most;
};

/* --- the plain way to SQLite */

static int run(struct database *database, const char *text)
{
	return sqlite_errno(sqlite3_exec(database->sqlite, text, NULL, NULL, NULL));
}

/* The number that a query gives; otherwise where it gives none. */
static int ask(struct database *database, const char *text, int64_t otherwise, int64_t *ret)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database->sqlite, text, -1, &statement, NULL);

	*ret = otherwise;
	if (code != SQLITE_OK)
		return sqlite_errno(code);
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
		*ret = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return sqlite_errno(code);
}

static int step(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	sqlite3_reset(statement);
	return sqlite_errno(code);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

/* --- state */

static int read_state(struct database *database, const char *name, struct chain *ret)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(
		database->sqlite, "SELECT number, digest FROM state WHERE name = ?1", -1, &statement, NULL);

	if (code != SQLITE_OK)
		return sqlite_errno(code);
	bind_text(statement, 1, name);
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		ret->number = sqlite3_column_int64(statement, 0);
		const char *digest = (const char *)sqlite3_column_text(statement, 1);
		snprintf(ret->digest, sizeof ret->digest, "%s", digest ? digest : "");
	}
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? -EBADMSG : sqlite_errno(code);
}

static int put_state(struct database *database, const char *name, const struct chain *place)
{
	sqlite3_stmt *statement = database->statements[PUT_STATE];

	bind_text(statement, 1, name);
	sqlite3_bind_int64(statement, 2, place->number);
	bind_text(statement, 3, place->digest);
	return step(statement);
}

const struct chain *database_base(const struct database *database)
{
	return &database->base;
}

const struct chain *database_head(const struct database *database)
{
	return &database->head;
}

/* --- opening */

static int make(struct database *database)
{
	char text[256];
	int error = run(database, "BEGIN IMMEDIATE");

	if (!error)
		error = run(database, schema_text);
	snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		RECORD_APPLICATION, RECORD_VERSION);
	if (!error)
		error = run(database, text);
	snprintf(text, sizeof text, "INSERT INTO state VALUES ('base', 0, '%s'), ('head', 0, '%s');",
		record_base, record_base);
	if (!error)
		error = run(database, text);
	if (!error)
		error = run(database, "COMMIT");
	if (error)
		run(database, "ROLLBACK");
	return error;
}

static int prepare(struct database *database)
{
	for (int i = 0; i < STATEMENTS; i++) {
		int code = sqlite3_prepare_v3(database->sqlite, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
			&database->statements[i], NULL);
		if (code != SQLITE_OK)
			return sqlite_errno(code);
	}
	return 0;
}

static int check_kind(struct database *database)
{
	int64_t application, version, tables;
	int error = ask(database, "PRAGMA application_id", 0, &application);

	if (!error)
		error = ask(database, "PRAGMA user_version", 0, &version);
	if (!error)
		error = ask(database, "SELECT count(*) FROM sqlite_master", 0, &tables);
	if (!error && tables == 0)
		return make(database);
	if (!error && (application != RECORD_APPLICATION || version != RECORD_VERSION))
		error = -EBADMSG;
	return error;
}

static int settle(struct database *database)
{
	char text[80];
	int error = run(database,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
		"PRAGMA cache_size = " CACHE ";");

	if (!error)
		error = check_kind(database);
	snprintf(text, sizeof text, "PRAGMA max_page_count = %lld", (long long)(database->most / PAGE));
	if (!error)
		error = run(database, text);
	if (!error)
		error = prepare(database);
	if (!error)
		error = read_state(database, "base", &database->base);
	if (!error)
		error = read_state(database, "head", &database->head);
	return error;
}

int database_open(const char *path, int64_t most, struct database **ret_database)
{
	struct database *database = xcalloc(1, sizeof *database);
	int code = sqlite3_open_v2(path, &database->sqlite,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	int error = sqlite_errno(code);

	database->most = most;
	if (!error) {
		sqlite3_busy_timeout(database->sqlite, BUSY_MS);
		error = settle(database);
	}
	if (error) {
		database_close(database);
		return error;
	}
	*ret_database = database;
	return 0;
}

void database_close(struct database *database)
{
	if (!database)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(database->statements[i]);
	sqlite3_close(database->sqlite);
	free(database);
}

int database_last(struct database *database, struct chain *ret_last)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database->sqlite,
		"SELECT number, lower(hex(digest)) FROM rows ORDER BY number DESC LIMIT 1", -1, &statement,
		NULL);

	if (code != SQLITE_OK)
		return sqlite_errno(code);
	code = sqlite3_step(statement);
	*ret_last = database->base;
	if (code == SQLITE_ROW) {
		ret_last->number = sqlite3_column_int64(statement, 0);
		snprintf(ret_last->digest, sizeof ret_last->digest, "%s",
			(const char *)sqlite3_column_text(statement, 1));
	}
	sqlite3_finalize(statement);
	return sqlite_errno(code);
}

int database_continue(struct database *database, const struct chain *base)
{
	database->base = database->head = *base;
	int error = put_state(database, "base", base);
	return error ? error : put_state(database, "head", base);
}

void database_set_head(struct database *database, const struct chain *head)
{
	database->head = *head;
}

/* --- transactions */

int database_begin(struct database *database)
{
	database->kept_base = database->base;
	database->kept_head = database->head;
	return run(database, "BEGIN IMMEDIATE");
}

int database_commit(struct database *database)
{
	int error = put_state(database, "head", &database->head);
	return error ? error : run(database, "COMMIT");
}

void database_rollback(struct database *database)
{
	run(database, "ROLLBACK");
	database->base = database->kept_base;
	database->head = database->kept_head;
}

/* --- rows */

static int thing(struct database *database, const struct record_row *row, int64_t *ret_id)
{
	for (int i = FIND_THING; i >= ADD_THING; i--) {
		sqlite3_stmt *statement = database->statements[i];
		sqlite3_bind_int(statement, 1, row->source);
		bind_text(statement, 2, row->item);
		bind_text(statement, 3, row->entry);
		bind_text(statement, 4, row->content);
		int code = sqlite3_step(statement);
		if (code == SQLITE_ROW)
			*ret_id = sqlite3_column_int64(statement, 0);
		else if (i == ADD_THING)
			*ret_id = sqlite3_last_insert_rowid(database->sqlite);
		sqlite3_reset(statement);
		if (code == SQLITE_ROW || sqlite_errno(code))
			return sqlite_errno(code);
	}
	return 0;
}

/* What rows and open have in common: ?2 to ?17. */
static int bind_row(struct database *database, sqlite3_stmt *statement, const struct record_row *row)
{
	int64_t id = 0;
	int error = thing(database, row, &id);

	if (error)
		return error;
	sqlite3_bind_int(statement, 2, row->kind);
	bind_text(statement, 3, row->display);
	sqlite3_bind_int64(statement, 4, id);
	sqlite3_bind_int64(statement, 5, row->generation);
	sqlite3_bind_int64(statement, 6, (sqlite3_int64)row->frame);
	sqlite3_bind_int64(statement, 7, row->begin);
	sqlite3_bind_int64(statement, 8, row->end);
	sqlite3_bind_int64(statement, 9, row->monotonic);
	sqlite3_bind_int(statement, 10, row->how);
	sqlite3_bind_int(statement, 11, row->confirmed);
	sqlite3_bind_int(statement, 12, row->begins);
	sqlite3_bind_int(statement, 13, row->trusted);
	sqlite3_bind_int64(statement, 14, row->brightness);
	bind_text(statement, 15, row->override);
	sqlite3_bind_int64(statement, 16, row->run);
	bind_text(statement, 17, row->note);
	return 0;
}

static void digest_bytes(const char *hex, uint8_t ret[32])
{
	for (int i = 0; i < 32; i++) {
		char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
		ret[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
}

int database_append(struct database *database, struct record_row *row)
{
	sqlite3_stmt *statement = database->statements[ADD_ROW];
	char digest[RECORD_DIGEST];
	uint8_t bytes[32];

	row->number = database->head.number + 1;
	int error = bind_row(database, statement, row);
	if (error)
		return error;
	record_row_digest(row, database->head.digest, digest);
	digest_bytes(digest, bytes);
	sqlite3_bind_int64(statement, 1, row->number);
	sqlite3_bind_blob(statement, 18, bytes, sizeof bytes, SQLITE_TRANSIENT);
	error = step(statement);
	if (error)
		return error;
	database->head.number = row->number;
	memcpy(database->head.digest, digest, sizeof digest);
	return 0;
}

int database_note_run(struct database *database, int64_t run_number, const char *boot)
{
	sqlite3_stmt *statement = database->statements[ADD_RUN];

	sqlite3_bind_int64(statement, 1, run_number);
	bind_text(statement, 2, boot);
	return step(statement);
}

/* --- open rows */

int database_put_open(struct database *database, const struct record_row *row)
{
	sqlite3_stmt *statement = database->statements[PUT_OPEN];
	int error = bind_row(database, statement, row);

	return error ? error : step(statement);
}

int database_drop_open(struct database *database, const char *display)
{
	sqlite3_stmt *statement = database->statements[DROP_OPEN];

	bind_text(statement, 1, display);
	return step(statement);
}

int database_clear_open(struct database *database)
{
	return run(database, "DELETE FROM open");
}

int database_visit_open(
	struct database *database, int (*visit)(void *data, struct record_row *row), void *data)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database->sqlite, schema_open, -1, &statement, NULL), error = 0;

	if (code != SQLITE_OK)
		return sqlite_errno(code);
	while (!error && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct record_row row;
		schema_row(statement, &row);
		row.how = RECORD_CRASHED;
		error = visit(data, &row);
	}
	sqlite3_finalize(statement);
	return error ? error : sqlite_errno(code);
}

/* --- cutting */

/* The number of the last row to be cut; 0: none. */
static int last_to_cut(struct database *database, int64_t before, int64_t *ret_last)
{
	int64_t first, pages, unused, kept;
	char text[160];
	int error = ask(database, "SELECT min(number) FROM rows", 0, &first);

	*ret_last = 0;
	if (error || first == 0)
		return error;
	snprintf(text, sizeof text, "SELECT number FROM rows WHERE end >= %lld ORDER BY number LIMIT 1",
		(long long)before);
	if (!error)
		error = ask(database, text, database->head.number, &kept);
	if (!error)
		error = ask(database, "PRAGMA page_count", 0, &pages);
	if (!error)
		error = ask(database, "PRAGMA freelist_count", 0, &unused);
	if (error)
		return error;
	if (kept > first + CUT_MOST)
		kept = first + CUT_MOST;
	if (pages - unused > database->most / PAGE / FULL_PARTS * (FULL_PARTS - 1)) {
		int64_t tenth = first + (database->head.number - first) / FULL_PARTS + 1;
		kept = kept > tenth ? kept : tenth;
	}
	if (kept > first && kept <= database->head.number)
		*ret_last = kept - 1;
	return 0;
}

static int cut_place(struct database *database, int64_t number, struct chain *ret, int64_t *ret_end)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database->sqlite,
		"SELECT lower(hex(digest)), end FROM rows WHERE number = ?1", -1, &statement, NULL);

	if (code != SQLITE_OK)
		return sqlite_errno(code);
	sqlite3_bind_int64(statement, 1, number);
	code = sqlite3_step(statement);
	ret->number = number;
	if (code == SQLITE_ROW) {
		snprintf(ret->digest, sizeof ret->digest, "%s",
			(const char *)sqlite3_column_text(statement, 0));
		*ret_end = sqlite3_column_int64(statement, 1);
	}
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? -EBADMSG : sqlite_errno(code);
}

int database_cut(struct database *database, int64_t before, const struct record_row *stamp)
{
	int64_t last, begin = 0, end = 0;
	struct chain place = {0};
	char text[160], number[24];
	int error = last_to_cut(database, before, &last);

	if (error || last == 0)
		return error;
	error = cut_place(database, last, &place, &end);
	if (!error)
		error = ask(database, "SELECT begin FROM rows ORDER BY number LIMIT 1", 0, &begin);
	snprintf(text, sizeof text, "DELETE FROM rows WHERE number <= %lld", (long long)last);
	if (!error)
		error = run(database, text);
	if (error)
		return error;
	struct record_row row = *stamp;
	snprintf(number, sizeof number, "%lld", (long long)last);
	snprintf(text, sizeof text, "%lld rows", (long long)(last - database->base.number));
	row.kind = RECORD_CUT;
	row.item = number;
	row.content = place.digest;
	row.note = text;
	row.begin = begin;
	row.end = end;
	database->base = place;
	error = put_state(database, "base", &place);
	return error ? error : database_append(database, &row);
}
