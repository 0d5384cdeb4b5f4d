/* suggest.h: which clauses an analyst should look at next. Two kinds are picked, one after the other:
 *
 * Uncertain ones: clauses whose tags the model is least sure of. With an area's probabilities sharpened and moved
 * so that its threshold has 1/2, a clause is worth its entropy (in bits); likely positives have no extra worth: they
 * took up nine picks in ten and taught less. Its worth is the sum over the areas, each divided by 1 + what was already picked in that area, so that rare areas are not
 * starved, and by the root of 1 + the clauses picked of its document; times a power of its mean cosine with
 * all clauses: what is said often is worth more (information density: Settles & Craven 2008, "An analysis of
 * active learning strategies for sequence labeling tasks").
 *
 * Labels that are probably wrong, by out-of-fold probabilities: confident learning (Northcutt, Jiang & Chuang
 * 2021, "Confident learning: estimating uncertainty in dataset labels", JAIR 70). In an area, a class's
 * threshold is the mean probability of that class over the clauses labelled with it; a clause labelled
 * otherwise whose probability of the class reaches it is off the diagonal of the confident joint. Such
 * clauses are taken by their margin p(other) - p(label).
 *
 * No two picks are near each other (near.h), nor near a clause that was decided before.
 * Pure functions on arrays; deterministic, ties go to the first clause.
 */
#ifndef SECTAG_SUGGEST_H
#define SECTAG_SUGGEST_H

#include "features/array.h"
#include "features/err.h"
#include "training/near.h"

#include <stddef.h>
#include <stdint.h>

/* Scored clauses; tables are [clause * n_areas + area]. Nothing is owned. */
typedef struct sectag_suggest_data {
    size_t n, n_areas;
    const double *p;               /* calibrated; for labelled clauses out of fold */
    const double *threshold;       /* [n_areas] */
    const uint8_t *trained;        /* [n_areas] areas that are not are passed over */
    const int8_t *label;           /* +1, -1, 0 not known; NULL: no clause is labelled */
    const uint32_t *doc;           /* [n] UINT32_MAX: of none */
    const sectag_key_set *keys;    /* [n] n-gram keys, strictly ascending */
    const sectag_key_set *decided; /* [n_decided] those of clauses decided before */
    size_t n_decided;
} sectag_suggest_data;

typedef struct sectag_suggest_options {
    size_t n;           /* how many to pick */
    double label_share; /* at most this part of them for their labels */
    double jaccard;     /* near from here on */
} sectag_suggest_options;

#define SECTAG_SUGGEST_DEFAULTS ((sectag_suggest_options){50, 0.3, 0.6})

typedef enum sectag_why { SECTAG_WHY_UNCERTAIN, SECTAG_WHY_LABEL } sectag_why;

typedef struct sectag_suggestion {
    uint32_t clause, area; /* area: the one that it was picked for most */
    sectag_why why;
    double worth;
} sectag_suggestion;

typedef SECTAG_ARRAY(sectag_suggestion) sectag_suggestion_list;

/* Replaces *out by at most o->n suggestions, labels first. Labelled clauses are picked for their labels only,
 * when there are labels. Fewer when the clauses run out. SECTAG_EARG, SECTAG_ENOMEM. */
int sectag_suggest(const sectag_suggest_data *d, const sectag_suggest_options *o, sectag_suggestion_list *out,
                   sectag_err *err);

/* Bits of doubt of a probability (its entropy): 1 at the threshold, 0 at 0 and 1. */
double sectag_doubt(double p, double threshold);

/* The classes' thresholds of confident learning in one area: mean p of the positive rows and mean 1 - p of
 * the negative ones; a class without rows has 2, which no probability reaches. */
void sectag_confident_thresholds(const sectag_suggest_data *d, size_t area, double out[2]);

#endif
