/* output.h: where the program's records go: standard output, or a file that appears complete or not at all.
 */
#ifndef SECTAG_OUTPUT_H
#define SECTAG_OUTPUT_H

#include "features/buf.h"
#include "features/err.h"

typedef struct sectag_output {
    int fd;
    sectag_buf path, temporary; /* empty: the descriptor is written as it is */
} sectag_output;

/* Opens the output: NULL or "-" is standard output. A regular file is written to a temporary file beside it
 * that takes its place on commit; devices and pipes are written directly. A signal that ends the program
 * takes the temporary file away. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
int sectag_output_init(sectag_output *o, const char *path, sectag_err *err);

/* Writes all bytes. Returns 0 or SECTAG_EIO. */
int sectag_output_write(sectag_output *o, const char *data, size_t len, sectag_err *err);

/* Makes the file what was written: fsync, rename. Returns 0 or SECTAG_EIO. */
int sectag_output_commit(sectag_output *o, sectag_err *err);

/* Closes; what was not committed is gone. */
void sectag_output_release(sectag_output *o);

#endif
