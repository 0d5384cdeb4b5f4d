/* decision.h: what the ledger has to say about clauses, one row a clause: what retraining learns from and
 * what the gate measures by. Rows stand in the order of their clauses' hashes (workspace.h), so that the
 * same ledger gives the same array on any machine, and values do not depend on the order of its entries.
 *
 *   held   about a fifth of the clauses is set aside to measure by: rows with held = 1 must never be trained
 *          on. Near-duplicates share the mark, and a clause that was held stays so as the ledger grows
 *          (ledger.h says how it is chosen).
 */
#ifndef SECTAG_DECISION_H
#define SECTAG_DECISION_H

#include "features/buf.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_DECIDED_NO = -1, SECTAG_UNDECIDED = 0, SECTAG_DECIDED_YES = 1 };

/* One clause. Strings are NUL-terminated and owned by the array that holds the row. */
typedef struct sectag_decision {
    const char *text;
    size_t len;
    const char *doc;     /* NULL: none */
    const int8_t *value; /* [n_areas] SECTAG_DECIDED_YES, SECTAG_DECIDED_NO, SECTAG_UNDECIDED */
    uint8_t held;
    uint32_t analysts; /* whose entries the decision rests on */
    const char *last;  /* time of the latest of these entries, ISO 8601 UTC */
    const char *hash;  /* of the clause, 32 hexadecimal digits */
} sectag_decision;

/* Zero-initialised: no decisions. */
typedef struct sectag_decisions {
    sectag_decision *data;
    size_t len;
    size_t n_areas;
    size_t unknown; /* entries passed over: their area is not in the taxonomy */
    size_t cap;
    sectag_buf strings; /* what text, doc, last and hash point into */
    int8_t *values;     /* [len][n_areas] what value points into */
} sectag_decisions;

void sectag_decisions_release(sectag_decisions *d);

/* The decisions that train (not held), in byte order of their texts; equal ones as they came. Gives their number.
 * The array is the caller's to free; NULL when memory is short. */
const sectag_decision **sectag_decisions_order(const sectag_decisions *d, size_t *n);

/* XXH3 of texts, documents and values of n decisions in that order: what a model's provenance calls them by. */
uint64_t sectag_decisions_digest(const sectag_decision *const *order, size_t n, size_t n_areas);

#endif
