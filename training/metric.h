/* metric.h: how good tags and rankings are, with intervals. Everything is computed from tables over
 * rows (clauses) and areas, row-major: entry [row * n_areas + area].
 *
 *   precision, recall, F1   of the tags against the gold labels; 0/0 is 0, so read them with n
 *   average precision       of the ranking by score: sum over thresholds of (R_k - R_{k-1}) P_k, equal
 *                           scores passing a threshold together, no interpolation (as scikit-learn's
 *                           average_precision_score)
 *   macro, mean AP          plain mean over the areas that have a positive row; micro: all areas' counts
 *                           in one
 *
 * Intervals are percentile bootstrap intervals (Efron & Tibshirani 1993, section 13.3) over documents: a
 * replicate draws as many documents as there are, with replacement, each with all its clauses. Clauses of
 * one document resemble each other, so resampling clauses would give intervals that are too short.
 */
#ifndef SECTAG_METRIC_H
#define SECTAG_METRIC_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_prf {
    double precision, recall, f1;
} sectag_prf;

/* Precision, recall and F1 of counts (true positives, false positives, false negatives). */
sectag_prf sectag_prf_of(double tp, double fp, double fn);

/* Average precision of one ranking; y[n] is 0 or 1. 0 if nothing is positive. SECTAG_ENOMEM. */
int sectag_average_precision(const double *score, const uint8_t *y, size_t n, double *ap, sectag_err *err);

/* Means over n probabilities of -log p(y) (p kept inside 1e-15 .. 1 - 1e-15) and of (p - y)^2; 0 if n is 0.
 */
double sectag_log_loss(const double *p, const uint8_t *y, size_t n);
double sectag_brier(const double *p, const uint8_t *y, size_t n);

/* Expected calibration error: rows sorted by p are cut into `bins` runs of equal length (10 is usual),
 * the mean over rows of |mean y - mean p| of their run (Nixon et al. 2019, "Measuring calibration in
 * deep learning": adaptive bins; equal-width bins would put nearly all rows of a rare area into the first).
 * Equal p are cut by position. SECTAG_EARG, SECTAG_ENOMEM. */
int sectag_calibration_error(const double *p, const uint8_t *y, size_t n, size_t bins, double *ece,
                             sectag_err *err);

/* The same for each area of a table [row * n_areas + area]: fills ece[n_areas]. */
int sectag_calibration_errors(const double *p, const uint8_t *gold, size_t n_rows, size_t n_areas,
                              size_t bins, double *ece, sectag_err *err);

/* One system's output beside the gold labels; nothing is owned. */
typedef struct sectag_eval_data {
    size_t n_rows, n_areas;
    const double *score; /* ranking: raw scores or probabilities; NULL: average precision is 0 */
    const uint8_t *gold; /* 0 or 1 */
    const uint8_t *tag;  /* 0 or 1 */
    const uint32_t *doc; /* n_rows; UINT32_MAX: a document of its own. NULL: every row is */
} sectag_eval_data;

typedef struct sectag_eval_options {
    size_t replicates; /* 0: no intervals (low and high repeat the value) */
    uint64_t seed;
    double level; /* of the intervals */
} sectag_eval_options;

#define SECTAG_EVAL_OPTIONS_INIT                                                                             \
    { 1000, 1, 0.95 }

/* low <= high; the value may lie outside for very few documents. */
typedef struct sectag_interval {
    double value, low, high;
} sectag_interval;

typedef struct sectag_area_metric {
    size_t n_gold, n_tagged, n_both; /* positive rows, tagged rows, both: the counts behind the values */
    sectag_interval precision, recall, f1, ap;
} sectag_area_metric;

typedef struct sectag_metrics {
    size_t n_rows, n_docs, n_areas;
    sectag_area_metric *area;                                /* n_areas */
    sectag_interval macro_precision, macro_recall, macro_f1; /* areas with n_gold > 0 */
    sectag_interval micro_precision, micro_recall, micro_f1; /* all areas */
    sectag_interval mean_ap;                                 /* areas with n_gold > 0 */
} sectag_metrics;

void sectag_metrics_init(sectag_metrics *m);
void sectag_metrics_release(sectag_metrics *m);

/* Fills *out (initialised; what it held is released). A replicate in which an area has no positive row
 * says nothing about that area and is left out of its interval and of that replicate's macro mean.
 * Same data, options and seed: same numbers. SECTAG_EARG, SECTAG_ENOMEM. */
int sectag_metrics_evaluate(const sectag_eval_data *d, const sectag_eval_options *o, sectag_metrics *out,
                            sectag_err *err);

/* a - b in every value, with intervals over the same replicates for both: the paired comparison of two
 * systems on one set of rows (gold and doc must be the same arrays or equal). Counts are those of a. */
int sectag_metrics_difference(const sectag_eval_data *a, const sectag_eval_data *b,
                              const sectag_eval_options *o, sectag_metrics *out, sectag_err *err);

#endif
