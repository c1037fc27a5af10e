/* Data from outside, such as the number that a queue has come to: a numbered snapshot of values by name, an input of
 * what is shown like the catalogue and the clock. Immutable, reference-counted; any thread.
 */
#ifndef PLAYLIST_DATA_H
#define PLAYLIST_DATA_H

#include <stddef.h>
#include <stdint.h>

struct data_value {
	char *key;  /* "file.key", "file.key.key" … */
	char *text; /* one line of NFC UTF-8 */
};

struct data {
	int references;
	int64_t number;		   /* of the snapshot; 0: none was ever taken */
	struct data_value *values; /* sorted by key */
	size_t count;
};

/* Takes the values and their texts, which need not be sorted; of two with one key the last counts. */
struct data *data_create(int64_t number, struct data_value *values, size_t count);
struct data *data_ref(struct data *data);			 /* NULL gives NULL */
void data_unref(struct data *data);				 /* NULL is fine */
const char *data_find(const struct data *data, const char *key); /* NULL: none; data may be NULL */

#endif
