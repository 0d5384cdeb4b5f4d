/* inverted.h: an inverted index: of each n-gram the clauses that have it, so that a clause is compared with
 * all others at the cost of what it shares with them.
 *
 *   key       off         postings
 *   疫苗  ->  0 .. 3  ->  (clause 2, weight) (clause 7, weight) (clause 9, weight)
 *
 * Weights are what similarity.h makes of the counts, with the clause's length already in them: a clause's sum
 * over the n-grams that a query shares with it is its score (Zobel and Moffat 2006, "Inverted files for text
 * search engines", section 3).
 */
#ifndef SECTAG_INVERTED_H
#define SECTAG_INVERTED_H

#include "features/array.h"
#include "features/bag.h"
#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_posting {
    uint32_t clause;
    float weight;
} sectag_posting;

/* Zero-initialised: empty. */
typedef struct sectag_inverted {
    SECTAG_ARRAY(uint64_t) key;            /* strictly ascending */
    SECTAG_ARRAY(size_t) off;              /* [key.len + 1] into postings */
    SECTAG_ARRAY(sectag_posting) postings; /* of one key: clauses ascending */
} sectag_inverted;

/* Indexes n bags as clauses 0 .. n - 1; weights are the counts. Returns 0, SECTAG_ENOMEM or SECTAG_EARG (4
 * billion clauses). Release in any case. */
int sectag_inverted_init(sectag_inverted *x, const sectag_bag *bags, size_t n, sectag_err *err);
void sectag_inverted_release(sectag_inverted *x);

/* The place of an n-gram in `key`, or SIZE_MAX. */
size_t sectag_inverted_find(const sectag_inverted *x, uint64_t key);

/* How many clauses have the n-gram at that place. */
static inline size_t sectag_inverted_df(const sectag_inverted *x, size_t place) {
    return x->off.data[place + 1] - x->off.data[place];
}

/* sum[clause] += factor * weight for all clauses that have the n-gram at that place. */
void sectag_inverted_add(const sectag_inverted *x, size_t place, float factor, float *sum);

#endif
