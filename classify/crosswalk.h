/* crosswalk.h: which policy clauses each filing clause answers to, and which policy clauses nothing answers
 * to.
 *
 *   for each area:  policy clauses tagged with it -> inverted index
 *                   each filing clause tagged with it -> scores -> its best `top` from `least` on: matches
 *                   each policy clause -> its best filing clause: answered from `least` on, else open
 *
 * Scores are those of similarity.h, chosen by tests/bench/crosswalk. Texts in different languages share
 * hardly an n-gram, so they do not meet here.
 */
#ifndef SECTAG_CROSSWALK_H
#define SECTAG_CROSSWALK_H

#include "classify/screening.h"
#include "features/array.h"
#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_crosswalk_options {
    size_t top;   /* matches a filing clause and area has at most */
    double least; /* a match scores at least that */
} sectag_crosswalk_options;

#define SECTAG_CROSSWALK_DEFAULTS ((sectag_crosswalk_options){.top = 5, .least = 0.02})

/* A stretch that two clauses have in common: bytes of their texts. */
typedef struct sectag_common {
    uint32_t filing, filing_end, policy, policy_end;
} sectag_common;

typedef struct sectag_answer {
    size_t policy_tag; /* number in the policies' tags */
    float score;
    size_t common, n_common; /* in commons: those that bring most of the score, in the filing's order */
} sectag_answer;

/* Zero-initialised: empty. */
typedef struct sectag_crosswalk {
    SECTAG_ARRAY(sectag_answer) matches; /* best first among those of one tag */
    SECTAG_ARRAY(sectag_common) commons;
    SECTAG_ARRAY(size_t) first; /* [filing tags + 1]: matches of tag t are first[t] .. first[t + 1] */
    float *best;                /* [policy tags] score with the nearest filing clause of the area, */
    size_t *nearest; /* [policy tags] its tag; SIZE_MAX: no filing clause shares anything with it */
} sectag_crosswalk;

/* Replaces nothing: x is zeros. Indexes the model. Returns 0, SECTAG_ENOMEM, SECTAG_EMODEL or SECTAG_EARG;
 * release in any case. */
int sectag_crosswalk_init(sectag_crosswalk *x, const sectag_screening *filings,
                          const sectag_screening *policies, const sectag_crosswalk_options *o,
                          sectag_err *err);
void sectag_crosswalk_release(sectag_crosswalk *x);

/* Does some filing clause answer to the policy tag? */
static inline int sectag_crosswalk_answered(const sectag_crosswalk *x, const sectag_crosswalk_options *o,
                                            size_t policy_tag) {
    return x->nearest[policy_tag] != SIZE_MAX && (double)x->best[policy_tag] >= o->least;
}

#endif
