/* memo.h: the scores of clauses met before. Filings repeat their boilerplate, so a clause is often one that was
 * scored a moment ago.
 *
 * The memory is bounded: a table with one place a hash value, which a later clause takes over. A clause is kept
 * when it comes for the second time (a small table of marks remembers the first), so that text without repetition
 * costs little and does not push anything out. Clauses are compared byte by byte: a hash alone decides nothing.
 */
#ifndef SECTAG_MEMO_H
#define SECTAG_MEMO_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

/* Longer clauses are not kept. */
enum { SECTAG_MEMO_TEXT = 480, SECTAG_MEMO_PLACES = 1024, SECTAG_MEMO_MARKS = 1 << 14 };

typedef struct sectag_memo {
    size_t n_scores;
    uint32_t *len;    /* [PLACES] of the text; UINT32_MAX: free */
    uint64_t *hash;   /* [PLACES] */
    char *text;       /* [PLACES][SECTAG_MEMO_TEXT] */
    float *score;     /* [PLACES][n_scores] */
    uint16_t *mark;   /* [MARKS] of clauses met once */
} sectag_memo;

/* Room for clauses of n_scores scores each. Returns 0 or SECTAG_ENOMEM. */
int sectag_memo_init(sectag_memo *m, size_t n_scores, sectag_err *err);
void sectag_memo_release(sectag_memo *m);

/* The hash by which a clause is found and kept. */
uint64_t sectag_memo_hash(const char *text, size_t len);

/* The scores of the clause, or NULL. The pointer is good until the next sectag_memo_keep. */
const float *sectag_memo_find(const sectag_memo *m, uint64_t hash, const char *text, size_t len);

/* Takes the scores of a clause that was asked for and not found. */
void sectag_memo_keep(sectag_memo *m, uint64_t hash, const char *text, size_t len, const float *score);

#endif
