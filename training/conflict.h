/* conflict.h: where analysts contradict each other, or the ledger contradicts a labelled corpus. */
#ifndef SECTAG_CONFLICT_H
#define SECTAG_CONFLICT_H

#include "features/err.h"
#include "models/taxonomy.h"
#include "training/ballot.h"
#include "training/corpus.h"

#include <stdint.h>

/* A clause and an area of which two things are said. */
typedef struct sectag_conflict {
    const sectag_voted *clause;
    uint32_t area;                 /* number in the ballot's areas */
    sectag_outcome outcome;        /* what holds by the rule */
    const sectag_example *example; /* of the corpus that says otherwise; NULL: analysts differ */
} sectag_conflict;

/* Returns 0 to go on. */
typedef int sectag_conflict_fn(void *ctx, const sectag_conflict *c, sectag_err *err);

/* Calls fn for every clause and area to which the latest votes of some analysts say yes, of others no; in the
 * order of clauses. Returns 0, an error, or what fn returned. */
int sectag_conflicts_of_analysts(const sectag_ballot *b, sectag_rule rule, sectag_conflict_fn *fn, void *ctx,
                                 sectag_err *err);

/* Calls fn for every example of the corpus whose clause the ledger has with another value for an area. The
 * ballot may learn names of areas. */
int sectag_conflicts_with_corpus(sectag_ballot *b, sectag_rule rule, const sectag_corpus *corpus,
                                 const sectag_taxonomy *areas, sectag_conflict_fn *fn, void *ctx,
                                 sectag_err *err);

#endif
