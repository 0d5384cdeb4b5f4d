/* train.h: from a dataset to everything a model file holds.
 *
 *   dataset -> weights of all rows -> folds by document, near-duplicates kept apart
 *           -> out-of-fold scores: each document scored by SVMs that have not seen it or its like
 *           -> calibration and operating points from those scores alone
 *           -> the SVMs that ship, trained on all rows
 *
 * Thresholds are chosen on probabilities of one Platt fit pooled over all areas, an increasing function of
 * the raw score that is the same for all. Measured, one common score beats thresholds of areas on their own,
 * which overfit the rare ones. The probabilities that are shown are calibrated area by area where there are
 * enough positives, else by the pooled fit; an area's threshold is the probability of its threshold score.
 *
 * Rows of documents and rows of their own (sentences written for the corpus) play different parts: only
 * documents are scored out of fold, because written sentences are easier than real text, and a document's row
 * counts `real_copies` times.
 *
 * What analysts decided (decided.h) is trained on in every fold but calibrates and measures nothing: decided
 * clauses were chosen because they are doubtful. The folds of all other rows are those of a training without
 * decisions, so that the two can be compared row by row. An area does not see the added rows of which nobody
 * has said whether they are of it.
 */
#ifndef SECTAG_TRAIN_H
#define SECTAG_TRAIN_H

#include "features/err.h"
#include "features/vocab.h"
#include "models/model.h"
#include "training/dataset.h"
#include "training/parallel.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_train_options {
    sectag_vector_options vector;
    const char *solver;     /* a name of solver.h */
    const char *threshold;  /* a method of threshold.h */
    double c;               /* C of the C-SVC */
    double positive_weight; /* factor on C for the area's clauses */
    double eps;             /* stopping tolerance, in units of the score */
    double accept;          /* probability from which a tag is in band `accept` */
    uint32_t real_copies;   /* a document's clause counts this often, a clause of its own once */
    /* what an analyst decided counts this often, in the areas that were decided. With half of filings-train and of
     * various-train decided, 2 was better than 1 and 4 on the other half (tests/bench/README.md, loop) */
    uint32_t correction_copies;
    uint32_t hold_decided; /* 1: rows added by decisions are held out and scored as well */
    uint32_t folds;
    uint32_t min_positives; /* areas with fewer are left out */
    uint32_t jobs;          /* threads; the result does not depend on it */
    uint64_t seed;          /* of the bootstrap intervals */
} sectag_train_options;

/* The options that cross-validation chose for the shipped corpus (`sectag train --search`). */
#define SECTAG_TRAIN_DEFAULTS                                                                                \
    ((sectag_train_options){.vector = SECTAG_VECTOR_DEFAULTS,                                                \
                            .solver = "libsvm",                                                              \
                            .threshold = "global-macro",                                                     \
                            .c = 2.0,                                                                        \
                            .positive_weight = 1.0,                                                          \
                            .eps = 1e-4,                                                                     \
                            .accept = 0.8,                                                                   \
                            .real_copies = 2,                                                                \
                            .correction_copies = 2,                                                          \
                            .folds = 5,                                                                      \
                            .min_positives = 10,                                                             \
                            .jobs = 1,                                                                       \
                            .seed = 1})

/* What was learnt. score and scored are the out-of-fold part. */
typedef struct sectag_trained {
    size_t n_rows, n_areas, n_columns;
    double *score;       /* [n_rows][n_areas] out-of-fold scores; 0 where the row was not scored */
    uint8_t *scored;     /* [n_rows] 1: what is calibrated and measured on; 2: an added row; 0: not scored */
    uint32_t *positives; /* [n_areas] rows of the area */
    sectag_area_model *area; /* [n_areas] */
    double **weight;         /* [n_areas] of [n_columns]; NULL for areas that were left out */
    size_t excluded; /* training rows left out of a fold as near-duplicates of held-out ones, all folds */
} sectag_trained;

/* Trains on all rows of d. Returns 0, SECTAG_ENOMEM, SECTAG_EARG (an option), SECTAG_EDATA (nothing to learn:
 * no area has enough positives, or fewer documents than folds), SECTAG_ECANCEL. *t is released by
 * the caller in any case. */
int sectag_train(const sectag_dataset *d, const sectag_vocab *v, const sectag_train_options *o,
                 sectag_trained *t, sectag_progress_fn *progress, void *progress_ctx, sectag_err *err);

/* The first half of the above: out-of-fold scores and the operating points, no final weights. For searches.
 */
int sectag_train_cross_validate(const sectag_dataset *d, const sectag_vocab *v, const sectag_train_options *o,
                                sectag_trained *t, sectag_progress_fn *progress, void *progress_ctx,
                                sectag_err *err);

void sectag_trained_release(sectag_trained *t);

#endif
