/* calibrate.h: fits a calibration (models/calibration.h) to out-of-fold scores. Scores of the rows
 * that the SVM was trained on must not be used: they are pushed to the margins.
 *
 *   sectag_calibrate_platt     two parameters; steady with few positives; the default
 *   sectag_calibrate_isotonic  any monotone shape; needs many positives
 *   sectag_calibrate_choose    fits both, keeps Platt unless isotonic is clearly better
 *
 * In all three: scores s[n] (finite), labels y[n] (+1 or -1), weight[n] above 0 (NULL: 1 each),
 * n >= 1. Rows may come in any order. Deterministic.
 */
#ifndef SECTAG_CALIBRATE_H
#define SECTAG_CALIBRATE_H

#include "features/err.h"
#include "models/calibration.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_calibrate_data {
    const double *s;
    const int8_t *y;
    const double *weight;
    size_t n;
} sectag_calibrate_data;

/* The slope where the data give none: an SVM's margin of 2 between the classes then spans p = 0.12
 * to 0.88 about its centre. */
#define SECTAG_PLATT_PRIOR_SLOPE (-2.0)

/* Platt scaling by Newton's method with backtracking on regularised targets (N+ + 1)/(N+ + 2) and
 * 1/(N- + 2) (Lin, Lin & Weng 2007, "A note on Platt's probabilistic outputs for support vector
 * machines", algorithm 1), N the weight of a class. If the fit is inverted or flat (a >= 0: scores carry no
 * information, or there is one class only) *inverted is set and *out has SECTAG_PLATT_PRIOR_SLOPE with b
 * fitted to it, so it is monotone and usable in any case. inverted may be NULL. SECTAG_EARG. */
int sectag_calibrate_platt(const sectag_calibrate_data *d, sectag_calibration *out, int *inverted,
                           sectag_err *err);

/* Isotonic regression by pool-adjacent-violators (Ayer et al. 1955; ties in s pooled first), then
 * neighbouring blocks are merged at the least squared error until SECTAG_CALIBRATION_KNOTS are left; a knot
 * is a block's mean score and mean label, kept inside Platt's targets above. SECTAG_EARG, SECTAG_ENOMEM. */
int sectag_calibrate_isotonic(const sectag_calibrate_data *d, sectag_calibration *out, sectag_err *err);

/* Cross-validated log loss of both, rows of one group (a document) always in one fold; isotonic is
 * taken only if its mean loss is lower by more than one standard error of the paired difference,
 * groups being the independent units. group[n]; UINT32_MAX: a group of its own. *inverted as above, of
 * the fit to all rows; an inverted area stays with Platt. SECTAG_EARG, SECTAG_ENOMEM. */
int sectag_calibrate_choose(const sectag_calibrate_data *d, const uint32_t *group, sectag_calibration *out,
                            int *inverted, sectag_err *err);

/* A run of rows with one fitted probability. */
typedef struct sectag_knot {
    double w, s, p; /* weight above 0, mean score, mean label */
} sectag_knot;

/* The isotonic fit itself, in place: joins neighbours of n knots in ascending order of s until p ascends
 * strictly. Returns how many are left. */
size_t sectag_pav(sectag_knot *k, size_t n);

#endif
