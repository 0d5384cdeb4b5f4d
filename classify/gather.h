/* gather.h: the clauses of some documents in memory at once, for commands that compare or choose among them.
 *
 * Operands are what `sectag tag` takes; with `lines` each line is a clause. A file that ends in .tsv, .jsonl
 * or .ndjson is a labelled corpus (training/corpus.h reads it, so that is for the command to do).
 */
#ifndef SECTAG_GATHER_H
#define SECTAG_GATHER_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_gathered {
    size_t doc, doc_len, text, text_len; /* in strings */
    uint32_t doc_number;                 /* clauses of one document share it */
    uint64_t clause;                     /* number in the document, from 1 */
} sectag_gathered;

/* Zero-initialised: no clauses. */
typedef struct sectag_gather {
    SECTAG_ARRAY(sectag_gathered) clauses;
    sectag_buf strings;
    uint32_t n_docs;
    size_t failed; /* documents that could not be read, and were reported */
} sectag_gather;

void sectag_gather_release(sectag_gather *g);

/* Appends all clauses of the operands. Documents that cannot be read go to `failed` and are counted. Returns
 * 0 or SECTAG_ENOMEM. */
int sectag_gather_documents(sectag_gather *g, char *const *operands, size_t n, int lines,
                            void (*failed)(void *ctx, const sectag_err *err), void *ctx, sectag_err *err);

/* Appends one clause; a new document begins when the name differs from the last clause's. SECTAG_ENOMEM. */
int sectag_gather_add(sectag_gather *g, const char *doc, size_t doc_len, const char *text, size_t text_len,
                      uint64_t clause);

static inline const char *sectag_gather_text(const sectag_gather *g, size_t at) {
    return g->strings.data + at;
}

#endif
