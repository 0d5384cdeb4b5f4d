/* point.h: thresholds that keep a promise.
 *
 * The promise: with the given confidence, recall (or precision) is at least the target in as many documents
 * again of the kind that the model was measured on; in more documents as well, in fewer it varies more. Recall
 * and precision are over clauses, all documents together. Precision also needs areas to be as frequent there.
 *
 * How: clauses of a document are alike, so n clauses say as much as n / (1 + icc (b - 1)) independent ones, b
 * the mean size of the document that a clause is in and icc how much clauses of a document are missed together
 * (Kish 1965, "Survey sampling", section 5.4; effective sizes in exact bounds: Korn & Graubard 1998). icc is
 * the area's own estimate by analysis of variance, but not below SECTAG_POINT_ICC. Of that many, the most
 * that may be missed among as many again is bounded exactly (binomial.h). Thresholds are tried one after
 * another from the safe end, and the last one before the first that fails is taken: testing in a fixed sequence
 * needs no correction for trying several (Angelopoulos et al. 2021, "Learn then test", section 2). Binomial bounds
 * on clauses, documents ignored, break their promise in every fifth split; tests/bench/promise shows both.
 */
#ifndef SECTAG_POINT_H
#define SECTAG_POINT_H

#include "training/operating.h"

#define SECTAG_POINT_ICC 0.20 /* most areas have less: half of them less than 0.18 (shipped model) */
#define SECTAG_POINT_DOCS 10.0 /* fewer documents, counted by weight (n / b), promise nothing */

typedef struct sectag_point_options {
    double target, confidence; /* inside (0, 1) */
    const uint8_t *use;        /* [n_docs] documents to look at; NULL: all */
} sectag_point_options;

typedef struct sectag_point {
    double threshold; /* promised; else the estimate: where out of fold the target is just reached */
    double reached;   /* recall or precision out of fold at the threshold */
    double effective; /* clauses, counted as independent ones */
    size_t clauses;   /* of the area; for precision: tagged at the threshold */
    size_t docs;      /* that they are in */
    size_t more;      /* not promised: further clauses needed if all of them were found (tagged rightly); 0: no
                         number of them would do, quality is too low */
    size_t more_docs; /* and the documents that hold as many */
    int promised;
} sectag_point;

/* Chooses an area's threshold for a recall, or a precision. SECTAG_ENOMEM, SECTAG_EARG (target, confidence). */
int sectag_point_recall(const sectag_operating *t, size_t area, const sectag_point_options *o,
                        sectag_point *out, sectag_err *err);
int sectag_point_precision(const sectag_operating *t, size_t area, const sectag_point_options *o,
                           sectag_point *out, sectag_err *err);

/* The threshold that reaches a recall out of fold, without promise. */
int sectag_point_estimate(const sectag_operating *t, size_t area, const sectag_point_options *o,
                          sectag_point *out, sectag_err *err);

/* What a threshold recalls: out of fold, and at least in as many documents again (0 where nothing can be
 * promised). SECTAG_ENOMEM. */
int sectag_point_recalled(const sectag_operating *t, size_t area, double threshold, double confidence,
                          double *estimate, double *at_least, sectag_err *err);

#endif
