/* ballot.h: the ledger's entries that count, as votes by clause: what decisions and conflicts are made of. */
#ifndef SECTAG_BALLOT_H
#define SECTAG_BALLOT_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "training/ledger.h"
#include "training/names.h"
#include "training/workspace.h"

#include <stddef.h>
#include <stdint.h>

/* Area number of the entries that say "no area but those". */
#define SECTAG_BALLOT_REST UINT32_MAX

/* One entry that is not withdrawn. */
typedef struct sectag_vote {
    uint32_t area, analyst; /* numbers in the ballot's names; area may be SECTAG_BALLOT_REST */
    int8_t yes;             /* +1 or -1 */
    int64_t entry;
    size_t time; /* in strings */
} sectag_vote;

typedef struct sectag_voted {
    int64_t clause;
    size_t text, len, hash, doc; /* in strings; doc SIZE_MAX: none */
    size_t vote, votes;          /* votes.data[vote .. vote + votes), oldest first */
} sectag_voted;

/* Zero-initialised: empty. */
typedef struct sectag_ballot {
    SECTAG_ARRAY(sectag_voted) clauses; /* by hash */
    SECTAG_ARRAY(sectag_vote) votes;
    sectag_names areas, analysts;
    sectag_buf strings;
} sectag_ballot;

void sectag_ballot_release(sectag_ballot *b);

#define SECTAG_ALL_ENTRIES INT64_MAX

/* Reads the ledger up to the entry `until`. Returns 0 or an error. */
int sectag_ballot_read(sectag_workspace *ws, int64_t until, sectag_ballot *b, sectag_err *err);

/* What stands of a clause and an area. */
typedef struct sectag_outcome {
    int8_t value;     /* SECTAG_DECIDED_*, SECTAG_UNDECIDED */
    uint32_t yes, no; /* analysts, each by their latest vote */
    size_t last;      /* time of the latest vote, in strings; SIZE_MAX: none */
} sectag_outcome;

/* Counts the votes on an area (one that may be named only by SECTAG_BALLOT_REST). */
sectag_outcome sectag_ballot_count(const sectag_ballot *b, const sectag_voted *c, uint32_t area,
                                   sectag_rule rule);

/* The latest vote of each analyst on the area goes to fn. Returns what fn returned, if not 0. */
typedef int sectag_vote_fn(void *ctx, const sectag_vote *v);
int sectag_ballot_each(const sectag_ballot *b, const sectag_voted *c, uint32_t area, sectag_vote_fn *fn,
                       void *ctx);

/* A name by its number; NUL-terminated. */
const char *sectag_ballot_area(const sectag_ballot *b, uint32_t area, char out[64]);
const char *sectag_ballot_analyst(const sectag_ballot *b, uint32_t analyst, char out[256]);

#endif
