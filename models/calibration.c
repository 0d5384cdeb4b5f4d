#include "models/calibration.h"

#include <math.h>

static double inside(double p) {
    if (!(p > SECTAG_P_MIN)) return SECTAG_P_MIN;
    return p < 1 - SECTAG_P_MIN ? p : 1 - SECTAG_P_MIN;
}

/* Never exponentiates a positive number (Lin, Lin & Weng 2007, section 3). */
static double platt(const sectag_calibration *c, double s) {
    double f = c->a * s + c->b;
    return f >= 0 ? exp(-f) / (1 + exp(-f)) : 1 / (1 + exp(f));
}

static double isotonic(const sectag_calibration *c, double s) {
    uint32_t low = 0, high = c->n_knots - 1;
    if (s <= c->knot_s[low]) return c->knot_p[low];
    if (s >= c->knot_s[high]) return c->knot_p[high];
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (c->knot_s[mid] <= s)
            low = mid;
        else
            high = mid;
    }
    double part = (s - c->knot_s[low]) / (c->knot_s[high] - c->knot_s[low]);
    return c->knot_p[low] + part * (c->knot_p[high] - c->knot_p[low]);
}

double sectag_calibration_apply(const sectag_calibration *c, double s) {
    if (isnan(s)) return SECTAG_P_MIN;
    return inside(c->kind == SECTAG_CALIBRATION_ISOTONIC ? isotonic(c, s) : platt(c, s));
}

static int good_knots(const sectag_calibration *c) {
    if (c->n_knots < 1 || c->n_knots > SECTAG_CALIBRATION_KNOTS) return 0;
    for (uint32_t i = 0; i < c->n_knots; i++) {
        if (!isfinite(c->knot_s[i]) || !(c->knot_p[i] > 0 && c->knot_p[i] < 1)) return 0;
        if (i && (c->knot_s[i] <= c->knot_s[i - 1] || c->knot_p[i] < c->knot_p[i - 1])) return 0;
    }
    return 1;
}

int sectag_calibration_check(const sectag_calibration *c, sectag_err *err) {
    if (c->kind == SECTAG_CALIBRATION_PLATT && isfinite(c->a) && isfinite(c->b) && c->a < 0) return 0;
    if (c->kind == SECTAG_CALIBRATION_ISOTONIC && good_knots(c)) return 0;
    return sectag_err_set(err, SECTAG_EMODEL, "calibration of kind %u is damaged", (unsigned)c->kind);
}
