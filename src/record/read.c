#include "record/read.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "record/private.h"

#define BUSY_MS 2000

struct record_reader {
	sqlite3 *sqlite;
};

/* --- opening */

static int try_open(const char *name, int flags, sqlite3 **ret_sqlite)
{
	sqlite3 *sqlite = NULL;
	int64_t application = 0;
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_open_v2(name, &sqlite, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | flags, NULL);

	if (code == SQLITE_OK) {
		sqlite3_busy_timeout(sqlite, BUSY_MS);
		code = sqlite3_prepare_v2(sqlite, "PRAGMA application_id", -1, &statement, NULL);
	}
	if (code == SQLITE_OK) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW)
			application = sqlite3_column_int64(statement, 0);
	}
	sqlite3_finalize(statement);
	int error = sqlite_errno(code);
	if (!error && application != RECORD_APPLICATION)
		error = -EBADMSG;
	if (error)
		sqlite3_close(sqlite);
	else
		*ret_sqlite = sqlite;
	return error;
}

/* A copy, or a record whose daemon is away, in a place where its companion files cannot be made: nobody writes it. */
static int open_still(const char *path, sqlite3 **ret_sqlite)
{
	char *wal = xasprintf("%s-wal", path), *name = NULL;
	int error = -EACCES;

	if (access(wal, F_OK) != 0) {
		char *escaped = sqlite3_mprintf("file:%s?immutable=1", path);
		name = xstrdup(escaped);
		sqlite3_free(escaped);
		if (!strpbrk(path, "?#%"))
			error = try_open(name, SQLITE_OPEN_URI, ret_sqlite);
	}
	free(wal);
	free(name);
	return error;
}

int record_reader_open(const char *path, struct record_reader **ret_reader)
{
	struct stat status;
	sqlite3 *sqlite;

	if (access(path, R_OK) < 0 || stat(path, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	int error = try_open(path, 0, &sqlite);
	if (error == -ENOENT || error == -EROFS)
		error = open_still(path, &sqlite);
	if (error)
		return error;
	struct record_reader *reader = xcalloc(1, sizeof *reader);
	reader->sqlite = sqlite;
	*ret_reader = reader;
	return 0;
}

void record_reader_close(struct record_reader *reader)
{
	if (!reader)
		return;
	sqlite3_close(reader->sqlite);
	free(reader);
}

/* --- rows */

static int prepare(struct record_reader *reader, const char *first, const char *rest, sqlite3_stmt **ret)
{
	char *text = xasprintf("%s %s", first, rest);
	int code = sqlite3_prepare_v2(reader->sqlite, text, -1, ret, NULL);

	free(text);
	return sqlite_errno(code);
}

static int visit_rows(struct record_reader *reader, const char *select, const char *order,
	const struct record_query *query, bool (*visit)(void *data, const struct record_row *row), void *data,
	bool *ret_goes_on)
{
	static const char where[] = "WHERE (?1 IS NULL OR r.display = ?1) AND (?2 IS NULL OR t.item = ?2) "
				    "AND r.end >= ?3 AND r.begin < ?4 AND (?5 IS NULL OR t.entry = ?5) "
				    "AND (?6 = 0 OR r.kind != ?8 OR r.how = ?9)";
	char *rest = xasprintf("%s %s", where, order);
	sqlite3_stmt *statement;
	int error = prepare(reader, select, rest, &statement), code = SQLITE_DONE;

	free(rest);
	if (error)
		return error;
	sqlite3_bind_text(statement, 1, query->display, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, query->item, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, query->from ? query->from : INT64_MIN);
	sqlite3_bind_int64(statement, 4, query->until ? query->until : INT64_MAX);
	sqlite3_bind_text(statement, 5, query->entry, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 6, query->events);
	sqlite3_bind_int64(statement, 7, query->after);
	sqlite3_bind_int(statement, 8, RECORD_SHOWN);
	sqlite3_bind_int(statement, 9, RECORD_CRASHED);
	while (*ret_goes_on && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct record_row row;
		schema_row(statement, &row);
		*ret_goes_on = visit(data, &row);
	}
	sqlite3_finalize(statement);
	return *ret_goes_on ? sqlite_errno(code) : 0;
}

int record_read(struct record_reader *reader, const struct record_query *query,
	bool (*visit)(void *data, const struct record_row *row), void *data)
{
	bool goes_on = true;
	int error = visit_rows(
		reader, schema_rows, "AND r.number > ?7 ORDER BY r.number", query, visit, data, &goes_on);

	if (error || !query->open || !goes_on)
		return error;
	return visit_rows(reader, schema_open, "ORDER BY r.display", query, visit, data, &goes_on);
}

static int one_place(struct record_reader *reader, const char *text, struct record_place *ret)
{
	sqlite3_stmt *statement;
	int error = prepare(reader, text, "", &statement);

	if (error)
		return error;
	int code = sqlite3_step(statement);
	*ret = (struct record_place){0};
	if (code == SQLITE_ROW) {
		const char *digest = (const char *)sqlite3_column_text(statement, 1);
		ret->number = sqlite3_column_int64(statement, 0);
		snprintf(ret->digest, sizeof ret->digest, "%s", digest ? digest : "");
	}
	sqlite3_finalize(statement);
	return sqlite_errno(code);
}

int record_head(struct record_reader *reader, struct record_place *ret_head)
{
	return one_place(
		reader, "SELECT number, lower(hex(digest)) FROM rows ORDER BY number DESC LIMIT 1", ret_head);
}

static int vacuum(struct record_reader *reader, const char *to)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(reader->sqlite, "VACUUM INTO ?1", -1, &statement, NULL);

	if (code != SQLITE_OK)
		return sqlite_errno(code);
	sqlite3_bind_text(statement, 1, to, -1, SQLITE_STATIC);
	code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	return sqlite_errno(code);
}

int record_copy(const char *from, const char *to, struct record_place *ret_head)
{
	struct record_reader *reader = NULL, *copy = NULL;
	int error = record_reader_open(from, &reader);

	if (!error && reader)
		error = vacuum(reader, to);
	if (!error)
		error = record_reader_open(to, &copy);
	if (!error && copy)
		error = record_head(copy, ret_head);
	record_reader_close(copy);
	record_reader_close(reader);
	return error;
}

/* --- the chain */

struct proof {
	struct record_verdict *verdict;
	struct record_place at, base;
	bool base_stated;
	const struct record_place *known;
	size_t known_count, known_met;
};

static void find(struct proof *proof, int64_t row, const char *why)
{
	proof->verdict->bad = row;
	proof->verdict->why = why;
}

/* What rows say of the chain itself. */
static void hear(struct proof *proof, const struct record_row *row)
{
	if (row->kind != RECORD_CUT && row->kind != RECORD_LINK)
		return;
	if (strtoll(row->item, NULL, 10) == proof->base.number &&
		strcmp(row->content, proof->base.digest) == 0)
		proof->base_stated = true;
	proof->verdict->missing += row->kind == RECORD_LINK;
}

static void meet_known(struct proof *proof)
{
	for (size_t i = 0; i < proof->known_count; i++)
		proof->known_met += proof->known[i].number == proof->at.number &&
				    strcmp(proof->known[i].digest, proof->at.digest) == 0;
}

static bool prove_row(struct proof *proof, const struct record_row *row, const void *digest, int digest_size)
{
	char wanted[RECORD_DIGEST], got[RECORD_DIGEST] = "";

	if (row->number != proof->at.number + 1) {
		find(proof, proof->at.number + 1, N_("rows are missing from here on"));
		return false;
	}
	record_row_digest(row, proof->at.digest, wanted);
	for (int i = 0; i < digest_size && i < 32; i++)
		snprintf(got + 2 * i, 3, "%02x", ((const unsigned char *)digest)[i]);
	if (strcmp(got, wanted) != 0) {
		find(proof, row->number,
			N_("the row is not what was written here, or not what follows the row before"));
		return false;
	}
	if (proof->verdict->rows++ == 0)
		proof->verdict->first = row->number;
	proof->at.number = proof->verdict->last = row->number;
	memcpy(proof->at.digest, wanted, sizeof wanted);
	meet_known(proof);
	hear(proof, row);
	return true;
}

static int prove_rows(struct record_reader *reader, struct proof *proof)
{
	sqlite3_stmt *statement;
	int error = prepare(reader, schema_rows, "ORDER BY r.number", &statement), code = SQLITE_DONE;
	bool good = true;

	if (error)
		return error;
	while (good && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct record_row row;
		bool plain = schema_is_plain(statement);
		schema_row(statement, &row);
		const void *digest = sqlite3_column_blob(statement, SCHEMA_DIGEST);
		int size = plain ? sqlite3_column_bytes(statement, SCHEMA_DIGEST) : 0;
		good = prove_row(proof, &row, digest, size);
	}
	sqlite3_finalize(statement);
	return good ? sqlite_errno(code) : 0;
}

static size_t still_kept(const struct proof *proof)
{
	size_t count = 0;

	for (size_t i = 0; i < proof->known_count; i++)
		count += proof->known[i].number > proof->base.number;
	return count;
}

/* Nothing proves an open row; but none is written that lasts so long, and the next start would seal it. */
static int look_at_open(struct record_reader *reader, struct proof *proof)
{
	sqlite3_stmt *statement;
	int error =
		prepare(reader, "SELECT count(*), min(begin), max(end - begin) FROM open", "", &statement);

	if (error)
		return error;
	int code = sqlite3_step(statement);
	proof->verdict->open = sqlite3_column_int64(statement, 0);
	proof->verdict->open_from = sqlite3_column_int64(statement, 1);
	int64_t longest = sqlite3_column_int64(statement, 2);
	sqlite3_finalize(statement);
	if (longest > RECORD_OPEN_MOST && !proof->verdict->why)
		find(proof, proof->at.number + 1, N_("the row in progress claims more than such a row can"));
	return sqlite_errno(code);
}

static void conclude(struct proof *proof, const struct record_place *head)
{
	if (proof->verdict->why)
		return;
	if (proof->base.number != 0 && !proof->base_stated)
		find(proof, proof->base.number + 1,
			N_("the rows before it are gone, and no row says that they were cut"));
	else if (head->number != proof->at.number || strcmp(head->digest, proof->at.digest) != 0)
		find(proof, proof->at.number + 1, N_("the last rows are missing"));
	else if (proof->known_met < still_kept(proof))
		find(proof, proof->at.number + 1,
			N_("it does not go through the place that was noted elsewhere: rows are missing, or "
			   "this is another record"));
}

int record_verify(struct record_reader *reader, const struct record_place *known, size_t count,
	struct record_verdict *ret_verdict)
{
	struct proof proof = {.verdict = ret_verdict, .known = known, .known_count = count};
	struct record_place head;
	int error = sqlite_errno(sqlite3_exec(reader->sqlite, "BEGIN", NULL, NULL, NULL));

	*ret_verdict = (struct record_verdict){0};
	if (!error)
		error = one_place(
			reader, "SELECT number, digest FROM state WHERE name = 'base'", &proof.base);
	if (!error)
		error = one_place(reader, "SELECT number, digest FROM state WHERE name = 'head'", &head);
	proof.at = proof.base;
	if (!error)
		error = prove_rows(reader, &proof);
	if (!error)
		conclude(&proof, &head);
	if (!error)
		error = look_at_open(reader, &proof);
	memcpy(ret_verdict->digest, proof.at.digest, sizeof ret_verdict->digest);
	sqlite3_exec(reader->sqlite, "ROLLBACK", NULL, NULL, NULL);
	return error;
}
