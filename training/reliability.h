/* reliability.h: do probabilities mean what they say? Reliability tables (Murphy & Winkler 1977, "Reliability of
 * subjective probability forecasts"): rows by probability in bins of equal width, in each the mean probability beside
 * the share that came true; and the curve of precision over recall.
 */
#ifndef SECTAG_RELIABILITY_H
#define SECTAG_RELIABILITY_H

#include "features/array.h"
#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_RELIABILITY_BINS = 10 };

/* Bin i: probabilities from i / 10 up to (i + 1) / 10; the last has 1 as well. */
typedef struct sectag_reliability_bin {
    size_t n, of;      /* rows; those that are of the area */
    double p;          /* sum of the probabilities */
    double low, high;  /* of the share that is of the area: 95 % Clopper-Pearson interval; 0 and 1 where n is 0 */
} sectag_reliability_bin;

/* Adds rows y[i * stride], p[i * stride], i < n, to bins that were zeroed before. */
void sectag_reliability_add(const double *p, const uint8_t *y, size_t n, size_t stride,
                            sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS]);

/* Fills in the intervals when all rows were added. */
void sectag_reliability_finish(sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS]);

typedef struct sectag_pr_point {
    double recall, precision, p; /* of all rows with probability p and more */
} sectag_pr_point;

/* Zero-initialised: no points. The caller frees data. */
typedef SECTAG_ARRAY(sectag_pr_point) sectag_pr_curve;

/* The curve of one area, recall ascending, a point for each probability that occurs. No points where nothing is of
 * the area. SECTAG_ENOMEM. */
int sectag_pr_curve_fill(const double *p, const uint8_t *y, size_t n, size_t stride, sectag_pr_curve *curve,
                         sectag_err *err);

#endif
