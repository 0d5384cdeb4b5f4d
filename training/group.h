/* group.h: which clauses must stay together when data are split; fold.h makes folds of them.
 *
 * Policy texts restate each other and filings repeat boilerplate, so a clause that is held out must have no
 * near-copy among the clauses it is judged by. Two clauses are near if their sets of n-grams have a Jaccard
 * similarity |A and B| / |A or B| of at least `jaccard`. Uniting all documents that share a near clause would
 * chain them into one; therefore two rules:
 *
 *   group      a document's rows; documents that share a large part (at least `share` of the smaller one's
 * rows and at least `min_shared` rows near a row of the other); rows without a document that are near each
 * other. A group is in one fold. exclusion  a row near a held-out row of another group is left out of that
 * fold's training rows.
 *
 * Near rows are found exactly, not by hashing: a set's rarest n-grams must contain one of any near
 * set's rarest ones (prefix filter: Bayardo, Ma & Srikant 2007, "Scaling up all pairs similarity search";
 * Xiao et al. 2008, "Efficient similarity joins for near duplicate detection"). Rows with equal sets are
 * handled as one, so repeated boilerplate costs little. Everything is deterministic.
 */
#ifndef SECTAG_GROUP_H
#define SECTAG_GROUP_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_NO_DOC UINT32_MAX

typedef struct sectag_group_data {
    size_t n;            /* rows, below 2^32 - 1 */
    const uint32_t *doc; /* n document ids, SECTAG_NO_DOC for none */
    const uint64_t *key; /* all rows' n-gram keys; a row's ascend strictly */
    const size_t *off; /* n + 1: row i has key[off[i]] .. key[off[i+1]-1]. A row without keys is near none */
} sectag_group_data;

typedef struct sectag_group_options {
    double jaccard;    /* in (0, 1] */
    double share;      /* in (0, 1] */
    size_t min_shared; /* rows */
} sectag_group_options;

#define SECTAG_GROUP_OPTIONS_INIT                                                                            \
    { 0.6, 0.2, 2 }

/* Rows, the distinct sets of n-grams, and groups, all numbered from 0. Read freely. */
typedef struct sectag_groups {
    size_t n, n_sets, n_groups, n_near; /* n_near: pairs of near, different sets */
    uint32_t *set;                      /* n: the row's set */
    uint32_t *group;                    /* n: the row's group, in order of first rows */
    size_t *near_off;                   /* n_sets + 1 */
    uint32_t *near;                     /* near[near_off[s]] .. are the other sets near s, ascending */
    uint8_t *has_keys;                  /* n_sets: 0 for the sets of rows without keys, one each */
} sectag_groups;

void sectag_groups_init(sectag_groups *g);
void sectag_groups_release(sectag_groups *g);

/* Finds near rows and groups. *out must be initialised; what it held is released. SECTAG_EARG,
 * SECTAG_ENOMEM. */
int sectag_groups_find(const sectag_group_data *d, const sectag_group_options *o, sectag_groups *out,
                       sectag_err *err);

/* Whether two rows are near each other (a row is near itself if it has keys). */
int sectag_groups_near(const sectag_groups *g, uint32_t a, uint32_t b);

#endif
