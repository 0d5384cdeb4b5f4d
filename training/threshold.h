/* threshold.h: where a probability becomes a tag: p >= threshold. Thresholds are set on calibrated
 * probabilities of out-of-fold scores, by one of the named methods below; which one is better is for
 * cross-validation to say. Methods differ in what they trust:
 *
 *   global-micro   one threshold for all areas, that of the highest micro F1: steady
 *   global-macro   the same for macro F1 (areas with a positive row)
 *   expected-f1    for each area the threshold of the highest expected F1 if the probabilities are right;
 *                  the labels are not used (Lewis 1995, "Evaluating and optimizing autonomous text
 *                  classification systems"; Ye et al. 2012, "Optimizing F-measure": with rows sorted by p,
 *                  maximise 2 sum_{i<=k} p_i / (k + sum_i p_i) over k)
 *   shrunk-f1      for each area the threshold of its highest F1, drawn towards global-micro:
 *                  logit t = (n_pos logit t_area + k logit t_global) / (n_pos + k). Maximising F1 on a rare
 *                  area alone overfits.
 *
 * A threshold lies half way between the last p above and the first below, so it does not hang on one row.
 */
#ifndef SECTAG_THRESHOLD_H
#define SECTAG_THRESHOLD_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

/* Tables [row * n_areas + area]; nothing is owned. */
typedef struct sectag_threshold_data {
    size_t n_rows, n_areas;
    const double *p;  /* inside (0, 1) */
    const uint8_t *y; /* 0 or 1 */
} sectag_threshold_data;

typedef struct sectag_threshold_options {
    double shrink; /* k: so many positives weigh as much as the global threshold */
} sectag_threshold_options;

#define SECTAG_THRESHOLD_OPTIONS_INIT                                                                        \
    { 20.0 }

/* Fills t[n_areas]. Where the data say nothing (no rows, no positives at all) 0.5. SECTAG_EARG,
 * SECTAG_ENOMEM. */
typedef int sectag_threshold_fn(const sectag_threshold_data *d, const sectag_threshold_options *o, double *t,
                                sectag_err *err);

typedef struct sectag_threshold_method {
    const char *name;
    sectag_threshold_fn *choose;
    const char *help; /* one line */
} sectag_threshold_method;

/* The method of that name, or NULL; the i-th, or NULL behind the last. */
const sectag_threshold_method *sectag_threshold_find(const char *name);
const sectag_threshold_method *sectag_threshold_at(size_t i);

#endif
