/* Data from outside: the JSON files of the site's `data-directory`, and the numbered snapshot of them that is shown. The
 * snapshot is kept in the state directory (data.json), so that a start, and `bangtin preview`, show what was shown.
 *
 * queue.json with {"now": "A 042", "rooms": {"a1": 7}} gives the values queue.now and queue.rooms.a1: texts (one line,
 * at most 400 bytes) and numbers. Slow; any thread, one at a time on a store.
 */
#ifndef STORE_DATA_FILES_H
#define STORE_DATA_FILES_H

#include <jansson.h>

#include "store/store.h"

/* Reads the directory: at most 64 files of 256 KiB, 4096 values. A file that cannot be read keeps what former has of it.
 * *ret_data: the next snapshot, or NULL where nothing is different. former may be NULL. 0 or -errno. */
int data_read_directory(const char *directory, const struct data *former, struct data **ret_data);

int store_write_data(struct store *store, const struct data *data);
struct data *store_read_data(struct store *store); /* NULL: none, or damaged */

/* {"number": …, "values": {…}}: as the control socket passes it on. */
json_t *data_json(const struct data *data);
struct data *data_from_json(const json_t *json); /* NULL: it is none */

#endif
