/* Files: bounded reading, and writing that survives power failing between any two system calls. 0 or -errno. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

/* Reads a regular file of at most limit bytes; -EFBIG if it is larger. *ret_data ends in a NUL beyond *ret_size. */
int file_read(const char *path, size_t limit, char **ret_data, size_t *ret_size);
/* Writes to a temporary name beside path, fsyncs, renames over path, fsyncs the directory. */
int file_write_atomic(const char *path, const void *data, size_t size, unsigned mode);
/* Creates (-EEXIST), writes and fsyncs it; its directory is the caller's to fsync. Removed again on error. */
int file_write_new(const char *path, const void *data, size_t size, unsigned mode);
int file_sync_directory(const char *path);
int file_make_directory(const char *path, unsigned mode); /* and its parents, durably; 0 if there already */
int file_remove_tree(const char *path);			  /* never follows links; 0 if absent */
char *path_directory(const char *path); /* that holds its last name, "." if none is named; the caller frees */
char *path_join(const char *directory, const char *name); /* the caller frees */

#endif
