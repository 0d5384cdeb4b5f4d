/* inputs.h: the documents that a command line names: files as they are, folders as the documents in them.
 */
#ifndef SECTAG_INPUTS_H
#define SECTAG_INPUTS_H

#include "features/array.h"
#include "features/err.h"

#include <stdint.h>

typedef struct sectag_inputs {
    SECTAG_ARRAY(char *) paths; /* owned */
    SECTAG_ARRAY(uint64_t) sizes; /* of each; 0 where it is not known */
    uint64_t bytes;             /* of those whose size is known */
    int sizes_known;            /* 0: a pipe is among them */
} sectag_inputs;

/* What to tell of a path that is not taken: skipped for its name (err->code 0), or a folder that cannot be
 * read. */
typedef void sectag_inputs_note(void *ctx, const sectag_err *note);

/* Collects `n` operands. A folder is read with all folders in it, in byte order of the names; its regular
 * files whose names some reader knows are taken, others noted, names that begin with a dot passed over.
 * Folders behind links are not entered. Returns 0 or SECTAG_ENOMEM. */
int sectag_inputs_init(sectag_inputs *in, char *const *operands, size_t n, sectag_inputs_note *note,
                       void *ctx, sectag_err *err);
void sectag_inputs_release(sectag_inputs *in);

#endif
