/* Inside this floor: the plain files of a site's directory, and its database before it is a site. */
#ifndef SANZHI_WORK_SITE_FILES_H
#define SANZHI_WORK_SITE_FILES_H

#include "work/site.h"

/* A directory for its owner only; one that is there already is no error. */
int site_make_dir(const char *path, struct err *err) MUST_USE;
/* A new file for its owner only, synced; ERR_CONFLICT where there is one. */
int site_file_write(const char *path, const void *data, size_t len, struct err *err) MUST_USE;
/* A whole file of at most `max` bytes, ended by a NUL that *len_out does not count. ERR_NOT_FOUND, ERR_LIMIT, ERR_IO. */
int site_file_read(const char *path, size_t max, struct arena *arena, char **out, size_t *len_out, struct err *err) MUST_USE;
/* True where there is nothing yet: no directory, or an empty one. What is then put there may be taken away again by site_dir_clear. */
bool site_dir_fresh(const char *path);
/* Takes away what a failed init or restore left in a directory that was fresh before; the directory itself stays. What cannot be taken away stays. */
void site_dir_clear(const char *path);
/* The database of the options, migrated; the caller closes it. */
int site_database(const struct site_options *options, struct arena *arena, struct db **out, struct err *err) MUST_USE;

#endif
