/* file.h: whole files in and out: mapped for reading, replaced atomically when written. */
#ifndef SECTAG_FILE_H
#define SECTAG_FILE_H

#include "features/err.h"

#include <stddef.h>

/* A file's bytes, read-only. data is never NULL after a successful open. */
typedef struct sectag_file {
    const char *data;
    size_t len;
    int mapped; /* 0: data is heap memory (pipes and other things that cannot be mapped) */
} sectag_file;

/* Maps path, or reads it where it cannot be mapped. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
int sectag_file_open(sectag_file *f, const char *path, sectag_err *err);
void sectag_file_release(sectag_file *f);

/* As sectag_file_open, for a file of which all is looked at once and little is used: `see` gets its bytes in order,
 * piece by piece. A file that is mapped is not looked at in the mapping but read through a small buffer, so that pages
 * which nothing uses are never mapped: that costs less than a checksum of the mapping, and the memory stays free. */
typedef void sectag_file_fn(void *ctx, const char *bytes, size_t len);
int sectag_file_open_seen(sectag_file *f, const char *path, sectag_file_fn *see, void *ctx, sectag_err *err);

/* Replaces path by the bytes: temporary file beside it, fsync, rename. On failure path is as it
 * was. Returns 0 or SECTAG_EIO. */
int sectag_file_save(const char *path, const char *data, size_t len, sectag_err *err);

#endif
