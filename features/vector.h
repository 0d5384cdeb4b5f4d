/* vector.h: a clause as a sparse vector; the one place where a clause's text becomes numbers, for training
 * and for tagging alike.
 *
 *   text -> normal -> n-grams -> columns 0 .. V-1             counts, then weights
 *                  -> terms   -> columns V + 2 * group + grade   how many, then weights
 *                             -> columns V + 2 * groups + term   each term by itself
 *
 * Weights: an n-gram that occurs tf times has (1 + ln tf) * idf, idf = ln((1 + N) / (1 + df)) + 1 over the N
 * training clauses (Salton and Buckley 1988, smoothed); the n-gram part is then brought to unit Euclidean
 * norm. The term part stands beside it: term_weight for each group and grade that occurs, single_weight for
 * each term.
 */
#ifndef SECTAG_VECTOR_H
#define SECTAG_VECTOR_H

#include "features/array.h"
#include "features/err.h"
#include "features/ngram.h"
#include "features/normal.h"
#include "features/terms.h"
#include "features/vocab.h"

#include <stddef.h>
#include <stdint.h>

/* How text becomes a vector. Plain bytes without padding: written as they are into model files. */
typedef struct sectag_vector_options {
    sectag_ngram_options ngram;
    uint8_t sublinear;   /* 1: 1 + ln tf, 0: tf */
    uint8_t idf;         /* 0: all n-grams weigh alike */
    uint8_t terms;       /* 0: no term channel */
    uint8_t term_counts; /* 1: a group's strong or weak terms weigh 1 + ln(how many), 0: present or not */
    uint32_t min_df;     /* n-grams of fewer training clauses are unknown */
    uint32_t clauses;    /* N: clauses the document frequencies were counted on */
    float term_weight;
    float single_weight; /* 0: terms count for their group and grade only */
} sectag_vector_options;

#define SECTAG_VECTOR_DEFAULTS                                                                               \
    ((sectag_vector_options){.ngram = {1, 3, 3, 6, 1, 0, 0, 0},                                              \
                             .sublinear = 1,                                                                 \
                             .idf = 1,                                                                       \
                             .terms = 1,                                                                     \
                             .min_df = 4,                                                                    \
                             .term_weight = 0.15f,                                                           \
                             .single_weight = 0.15f})

/* How often a column occurs. */
typedef struct sectag_count {
    uint32_t column, count;
} sectag_count;

/* Everything a clause passes through, reusable from clause to clause. After an encode: the normalised
 * text, all n-grams, the term hits, and the counts in order of first occurrence. */
typedef struct sectag_encoder {
    const sectag_vocab *vocab;
    const sectag_terms *terms; /* NULL: no term channel */
    const sectag_vector_options *options;
    sectag_normal normal;
    sectag_ngram_list grams;
    sectag_term_hits hits;
    SECTAG_ARRAY(sectag_count) counts; /* n-gram columns first, then term columns */
    size_t n_grams;                    /* counts[0 .. n_grams) are n-grams */
    float *value;                      /* [counts.len] weights of the counts */
    size_t value_cap;
    uint32_t *place; /* [columns] where a column stands in counts, valid if counts agrees */
} sectag_encoder;

/* Borrows all three. Returns 0 or SECTAG_ENOMEM. */
int sectag_encoder_init(sectag_encoder *e, const sectag_vocab *vocab, const sectag_terms *terms,
                        const sectag_vector_options *options, sectag_err *err);
void sectag_encoder_release(sectag_encoder *e);

/* Columns of the vectors: n-grams, two for each group of terms, one for each term. terms may be NULL. */
size_t sectag_vector_columns(size_t n_grams, const sectag_terms *terms);

/* Encodes text[0..len): fills all members above. Returns 0, SECTAG_ENOMEM or SECTAG_EARG. */
int sectag_encode(sectag_encoder *e, const char *text, size_t len, sectag_err *err);

/* idf of an n-gram that df training clauses have; 1 where the options do without. */
double sectag_vector_idf(const sectag_vector_options *options, uint32_t df);

/* Weights of n counts, of which the first n_grams are n-grams: value[i] for counts[i]. Columns from
 * first_single on are single terms. */
void sectag_vector_weigh(const sectag_vector_options *options, const sectag_vocab *vocab,
                         const sectag_count *counts, size_t n_grams, size_t n, size_t first_single,
                         float *value);

#endif
