/* The JSON Schema of playlist files (draft 2020-12), for editors. It says of a file what the loader says, as far as a
 * schema can; tests/integration/schema.py holds the two against each other, key by key and value by value.
 *
 * Every value of a playlist is a text to the loader, whether quoted or not, while an editor tells numbers, true and
 * false from texts: each value below is therefore described both ways.
 */
#ifndef TOOLS_BANGTIN_SCHEMA_H
#define TOOLS_BANGTIN_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum schema_kind {
	SCHEMA_TEXT,	  /* what a display says */
	SCHEMA_PLAIN,	  /* any text that is not empty */
	SCHEMA_QR,	  /* one line, at most SOURCE_QR_MOST bytes */
	SCHEMA_NAME,	  /* a-z, 0-9, `-` */
	SCHEMA_REFERENCE, /* a name, or unit/name */
	SCHEMA_WORD,	  /* one of words */
	SCHEMA_BOOL,
	SCHEMA_INT, /* least..most */
	SCHEMA_DURATION,
	SCHEMA_COLOUR,
	SCHEMA_EXTENT,	    /* pixels or a share */
	SCHEMA_EXTENT_SOME, /* the same, and not nothing */
	SCHEMA_SIZE,	    /* of letters */
	SCHEMA_FROM_SIZE,
	SCHEMA_ANGLE,
	SCHEMA_LANGUAGE,
	SCHEMA_DATE,
	SCHEMA_EXPIRY, /* a date or an instant */
	SCHEMA_DAYS,
	SCHEMA_WINDOW,
	SCHEMA_HOURS,	       /* a window or the name of a daypart */
	SCHEMA_DAY_LIST,       /* a date, a range, yearly, lunar */
	SCHEMA_DAY_LIST_NAMED, /* the same, or a calendar */
	SCHEMA_SHARE,
	SCHEMA_QUOTA,
	SCHEMA_OBJECT, /* the definition of that name */
};

/* One key of a map; a table of them ends with name NULL. */
struct schema_key {
	const char *name;
	enum schema_kind kind;
	const char *description; /* Markdown, whole sentences */
	const char *example;	 /* as it is written in YAML; NULL: none */
	const char *words;	 /* SCHEMA_WORD: with spaces between them; SCHEMA_OBJECT: the definition */
	int64_t least, most;	 /* SCHEMA_INT */
	int many;		 /* a value, or a list of 1 to that many; 0: only a value */
	bool required;
};

/* One map of the format. */
struct schema_map {
	const char *name; /* of its definition */
	const struct schema_key *keys;
	const char *also; /* JSON: what else the schema says of it; NULL: nothing */
};

/* The maps whose keys are known; ends with name NULL. */
extern const struct schema_map schema_maps[];

/* A new reference. */
json_t *schema_value(const struct schema_key *key);
/* The pattern of whole numbers in that range as the loader reads them, 0 <= least; the caller frees. */
char *schema_int_pattern(int64_t least, int64_t most);
/* All of it. */
json_t *schema_make(void);

#endif
