/* similarity.h: how near a clause is to each of many others, by the n-grams that they share.
 *
 *   cosine   sum over shared n-grams of w(q) w(d) / (|q| |d|),   w = (1 + ln tf) * idf      0 to 1
 *   bm25     sum over shared n-grams of tf(q) idf(d) tf(d) (k1 + 1) / (tf(d) + k1 (1 - b + b |d| / mean))
 *            (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond",
 * section 3.3)
 *
 * The idf of `cosine` is a product: the model's (how rare an n-gram is in training clauses of all areas; one
 * that the model does not know is rarest) to the power `general`, times that of the clauses compared to the
 * power `local`. The defaults are what tests/bench/crosswalk --choose found best: rare words count for more
 * than one idf gives them, and the clauses at hand say nothing more, so a pair's score does not depend on
 * what else it is compared with.
 */
#ifndef SECTAG_SIMILARITY_H
#define SECTAG_SIMILARITY_H

#include "features/array.h"
#include "features/bag.h"
#include "features/err.h"
#include "features/inverted.h"
#include "features/vector.h"

#include <stddef.h>

typedef enum sectag_similarity_kind {
    SECTAG_SIMILARITY_COSINE,
    SECTAG_SIMILARITY_BM25
} sectag_similarity_kind;

typedef struct sectag_similarity_options {
    sectag_similarity_kind kind;
    double general, local; /* cosine: powers of the two idf */
    double k1, b;          /* bm25 */
} sectag_similarity_options;

#define SECTAG_SIMILARITY_DEFAULTS                                                                           \
    ((sectag_similarity_options){                                                                            \
        .kind = SECTAG_SIMILARITY_COSINE, .general = 2.5, .local = 0, .k1 = 1.2, .b = 0.75})

typedef struct sectag_similarity {
    sectag_similarity_options o;
    const sectag_vocab *vocab;           /* with keys and slots (sectag_model_index) */
    const sectag_vector_options *vector; /* N of the vocabulary's document frequencies */
    sectag_inverted index;
    size_t n;                   /* clauses compared with */
    double mean;                /* of their numbers of n-grams */
    SECTAG_ARRAY(float) weight; /* [query.len] of the query's n-grams, */
    SECTAG_ARRAY(size_t) place; /* and where they stand in the index; SIZE_MAX: nowhere */
} sectag_similarity;

/* Indexes n bags (not kept). Borrows vocab and vector. Returns 0, SECTAG_ENOMEM or SECTAG_EARG; release in
 * any case. */
int sectag_similarity_init(sectag_similarity *s, const sectag_similarity_options *options,
                           const sectag_vocab *vocab, const sectag_vector_options *vector,
                           const sectag_bag *bags, size_t n, sectag_err *err);
void sectag_similarity_release(sectag_similarity *s);

/* Makes `query` the one that the functions below speak of. Returns 0 or SECTAG_ENOMEM. */
int sectag_similarity_ask(sectag_similarity *s, sectag_bag query, sectag_err *err);

/* score[n]: of the query with each clause. */
void sectag_similarity_scores(const sectag_similarity *s, float *score);

/* What the query's n-gram number i brings to its score with `clause`. */
double sectag_similarity_share(const sectag_similarity *s, size_t i, uint32_t clause);

#endif
