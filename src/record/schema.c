/* The tables. What repeats in thousands of rows (a message and its digest, the machine's start) stands once; the chain
 * covers it through every row that names it. */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "record/private.h"

const char schema_text[] =
	"CREATE TABLE state (name TEXT PRIMARY KEY, number INTEGER NOT NULL, digest TEXT NOT NULL)"
	" WITHOUT ROWID;"
	"CREATE TABLE things (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, item TEXT NOT NULL,"
	" entry TEXT NOT NULL, content TEXT NOT NULL, UNIQUE (source, item, entry, content));"
	"CREATE TABLE runs (run INTEGER PRIMARY KEY, boot TEXT NOT NULL);"
	"CREATE TABLE rows (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, display TEXT NOT NULL,"
	" thing INTEGER NOT NULL, generation INTEGER NOT NULL, frame INTEGER NOT NULL,"
	" begin INTEGER NOT NULL, end INTEGER NOT NULL, monotonic INTEGER NOT NULL, how INTEGER NOT NULL,"
	" confirmed INTEGER NOT NULL, begins INTEGER NOT NULL, trusted INTEGER NOT NULL,"
	" brightness INTEGER NOT NULL, override TEXT NOT NULL, run INTEGER NOT NULL, note TEXT NOT NULL,"
	" digest BLOB NOT NULL);"
	"CREATE TABLE open (display TEXT PRIMARY KEY, kind INTEGER NOT NULL,"
	" thing INTEGER NOT NULL, generation INTEGER NOT NULL, frame INTEGER NOT NULL,"
	" begin INTEGER NOT NULL, end INTEGER NOT NULL, monotonic INTEGER NOT NULL, how INTEGER NOT NULL,"
	" confirmed INTEGER NOT NULL, begins INTEGER NOT NULL, trusted INTEGER NOT NULL,"
	" brightness INTEGER NOT NULL, override TEXT NOT NULL, run INTEGER NOT NULL, note TEXT NOT NULL);";

#define COLUMNS                                                                                              \
	"t.source, t.item, t.entry, t.content, r.generation, r.frame, r.begin, r.end, r.monotonic, r.how, "  \
	"r.confirmed, r.begins, r.trusted, r.brightness, r.override, r.run, u.boot, r.note"
#define JOINS " LEFT JOIN things t ON t.id = r.thing LEFT JOIN runs u ON u.run = r.run "

const char schema_rows[] = "SELECT r.number, r.kind, r.display, " COLUMNS ", r.digest FROM rows r" JOINS;
const char schema_open[] = "SELECT 0, r.kind, r.display, " COLUMNS ", x'' FROM open r" JOINS;

static const char *text(sqlite3_stmt *statement, int column)
{
	const char *value = (const char *)sqlite3_column_text(statement, column);

	return value ? value : "";
}

void schema_row(sqlite3_stmt *statement, struct record_row *ret_row)
{
	*ret_row = (struct record_row){
		.number = sqlite3_column_int64(statement, 0),
		.kind = (enum record_kind)sqlite3_column_int(statement, 1),
		.display = text(statement, 2),
		.source = (enum record_source)sqlite3_column_int(statement, 3),
		.item = text(statement, 4),
		.entry = text(statement, 5),
		.content = text(statement, 6),
		.generation = sqlite3_column_int64(statement, 7),
		.frame = (uint64_t)sqlite3_column_int64(statement, 8),
		.begin = sqlite3_column_int64(statement, 9),
		.end = sqlite3_column_int64(statement, 10),
		.monotonic = sqlite3_column_int64(statement, 11),
		.how = (enum record_how)sqlite3_column_int(statement, 12),
		.confirmed = sqlite3_column_int64(statement, 13) != 0,
		.begins = sqlite3_column_int64(statement, 14) != 0,
		.trusted = sqlite3_column_int64(statement, 15) != 0,
		.brightness = sqlite3_column_int64(statement, 16),
		.override = text(statement, 17),
		.run = sqlite3_column_int64(statement, 18),
		.boot = text(statement, 19),
		.note = text(statement, 20),
	};
}

/* Of each column: a number, a word (a small number) or a text; capital: it is joined and may be missing, for no run had
 * begun, or the row's hash finds it. */
static const char columns[] = "nwtWTTTnnnnnwnnnntnTt";
_Static_assert(sizeof columns - 1 == SCHEMA_DIGEST, "");

static bool is_plain(sqlite3_stmt *statement, int column)
{
	char kind = columns[column];
	int type = sqlite3_column_type(statement, column);

	if (type == SQLITE_NULL)
		return kind == 'W' || kind == 'T';
	if (kind == 't' || kind == 'T')
		return type == SQLITE_TEXT &&
		       strlen(text(statement, column)) == (size_t)sqlite3_column_bytes(statement, column);
	return type == SQLITE_INTEGER &&
	       (kind == 'n' || (uint64_t)sqlite3_column_int64(statement, column) <= UINT8_MAX);
}

bool schema_is_plain(sqlite3_stmt *statement)
{
	for (int i = 0; i < SCHEMA_DIGEST; i++)
		if (!is_plain(statement, i))
			return false;
	return true;
}

int sqlite_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
	case SQLITE_ERROR: /* a table is not there */
		return -EBADMSG;
	default:
		return -EIO;
	}
}
