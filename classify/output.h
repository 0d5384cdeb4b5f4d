/* output.h: where the program's records go: standard output, or a file that appears complete or not at all.
 */
#ifndef SECTAG_OUTPUT_H
#define SECTAG_OUTPUT_H

#include "features/buf.h"
#include "features/err.h"

#include <stdint.h>

typedef struct sectag_output {
    int fd;
    sectag_buf path, temporary; /* empty: the descriptor is written as it is */
    int kept; /* what was not committed stays, so that another run goes on with it */
} sectag_output;

/* Opens the output: NULL or "-" is standard output. A regular file is written to a temporary file beside it
 * that takes its place on commit; devices and pipes are written directly. A signal that ends the program
 * takes the temporary file away. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
int sectag_output_init(sectag_output *o, const char *path, sectag_err *err);

/* The same for an output that is gone on with after an interruption: the temporary file is `path`.part, of which the
 * first `from` bytes are kept. A signal leaves it there and says so. */
int sectag_output_init_kept(sectag_output *o, const char *path, uint64_t from, sectag_err *err);

/* From now on a signal that ends the program says that the run can be gone on with (NULL: no longer). */
void sectag_output_say_kept(const char *what);

/* Writes all bytes. Returns 0 or SECTAG_EIO. */
int sectag_output_write(sectag_output *o, const char *data, size_t len, sectag_err *err);

/* Makes the file what was written: fsync, rename. Returns 0 or SECTAG_EIO. */
int sectag_output_commit(sectag_output *o, sectag_err *err);

/* Closes; what was not committed is gone, or stays where it is kept. */
void sectag_output_release(sectag_output *o);

#endif
