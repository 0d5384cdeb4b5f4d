/* calibration.h: from an area's raw score to a probability. A calibration is a plain record, stored in
 * the model file as it is; training/calibrate.h fits it. Every calibration is monotone: a higher score
 * never has a lower probability, and no probability is ever 0 or 1.
 *
 *   PLATT     p = 1 / (1 + exp(a s + b)), a < 0 (Platt 1999, "Probabilistic outputs for support
 *             vector machines", eq. 11)
 *   ISOTONIC  straight lines between n_knots points (knot_s, knot_p), flat beyond both ends
 */
#ifndef SECTAG_CALIBRATION_H
#define SECTAG_CALIBRATION_H

#include "features/err.h"

#include <stdint.h>

enum { SECTAG_CALIBRATION_PLATT = 0, SECTAG_CALIBRATION_ISOTONIC = 1 };

#define SECTAG_CALIBRATION_KNOTS 32

/* Probabilities are kept inside [SECTAG_P_MIN, 1 - SECTAG_P_MIN]. */
#define SECTAG_P_MIN 1e-6

typedef struct sectag_calibration {
    uint32_t kind;
    uint32_t n_knots;                        /* ISOTONIC: 1 .. SECTAG_CALIBRATION_KNOTS; PLATT: 0 */
    double a, b;                             /* PLATT */
    double knot_s[SECTAG_CALIBRATION_KNOTS]; /* strictly ascending */
    double knot_p[SECTAG_CALIBRATION_KNOTS]; /* ascending, inside (0, 1) */
} sectag_calibration;

/* The probability of a score. A score that is not a number has SECTAG_P_MIN. */
double sectag_calibration_apply(const sectag_calibration *c, double s);

/* SECTAG_EMODEL unless *c keeps what this header promises; for records that come from a file. */
int sectag_calibration_check(const sectag_calibration *c, sectag_err *err);

#endif
