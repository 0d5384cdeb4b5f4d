#include "training/calibrate.h"

#include "features/array.h"
#include "training/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHOOSE_FOLDS 5

static double weight_of(const sectag_calibrate_data *d, size_t i) {
    return d->weight ? d->weight[i] : 1.0;
}

static int check_data(const sectag_calibrate_data *d, sectag_err *err) {
    if (d->n == 0) return sectag_err_set(err, SECTAG_EARG, "no scores to calibrate on");
    for (size_t i = 0; i < d->n; i++) {
        if (!isfinite(d->s[i]) || (d->y[i] != 1 && d->y[i] != -1) || !isfinite(weight_of(d, i)) ||
            weight_of(d, i) <= 0)
            return sectag_err_set(err, SECTAG_EARG,
                                  "calibration row %zu: score, label or weight out of range", i);
    }
    return 0;
}

/* Platt's regularised targets; also the bounds of an isotonic knot. */
typedef struct targets {
    double low, high, rate; /* of a negative, of a positive, the weighted mean of both */
    double n_pos, n_neg;
} targets;

static targets targets_of(const sectag_calibrate_data *d) {
    targets t = {0};
    for (size_t i = 0; i < d->n; i++) *(d->y[i] > 0 ? &t.n_pos : &t.n_neg) += weight_of(d, i);
    t.high = (t.n_pos + 1) / (t.n_pos + 2);
    t.low = 1 / (t.n_neg + 2);
    t.rate = (t.n_pos * t.high + t.n_neg * t.low) / (t.n_pos + t.n_neg);
    return t;
}

/* The objective of Lin et al. eq. 5 in the form that neither overflows nor cancels. */
static double platt_loss(const sectag_calibrate_data *d, const targets *t, double a, double b) {
    double sum = 0;
    for (size_t i = 0; i < d->n; i++) {
        double f = a * d->s[i] + b, goal = d->y[i] > 0 ? t->high : t->low;
        double loss = f >= 0 ? goal * f + log1p(exp(-f)) : (goal - 1) * f + log1p(exp(f));
        sum += weight_of(d, i) * loss;
    }
    return sum;
}

/* Gradient g and Hessian h of the loss in (a, b); the ridge keeps h definite. */
typedef struct slopes {
    double ga, gb, haa, hab, hbb;
} slopes;

static slopes platt_slopes(const sectag_calibrate_data *d, const targets *t, double a, double b) {
    slopes m = {0, 0, 1e-12, 0, 1e-12};
    for (size_t i = 0; i < d->n; i++) {
        double f = a * d->s[i] + b, e = exp(-fabs(f)), w = weight_of(d, i);
        double p = f >= 0 ? e / (1 + e) : 1 / (1 + e);
        double curve = w * e / ((1 + e) * (1 + e)), miss = w * ((d->y[i] > 0 ? t->high : t->low) - p);
        m.haa += d->s[i] * d->s[i] * curve;
        m.hab += d->s[i] * curve;
        m.hbb += curve;
        m.ga += d->s[i] * miss;
        m.gb += miss;
    }
    return m;
}

/* Newton with backtracking. With a fixed slope only b moves. */
static void platt_newton(const sectag_calibrate_data *d, const targets *t, int fixed, double *a, double *b) {
    double loss = platt_loss(d, t, *a, *b), scale = t->n_pos + t->n_neg;
    for (int round = 0; round < 100; round++) {
        slopes m = platt_slopes(d, t, *a, *b);
        if (fixed) m.ga = m.hab = 0;
        if (fabs(m.ga) < 1e-9 * scale && fabs(m.gb) < 1e-9 * scale) return;
        double det = m.haa * m.hbb - m.hab * m.hab;
        double da = -(m.hbb * m.ga - m.hab * m.gb) / det, db = -(m.haa * m.gb - m.hab * m.ga) / det;
        double slope = m.ga * da + m.gb * db, step = 1;
        for (; step >= 1e-10; step /= 2) {
            double next = platt_loss(d, t, *a + step * da, *b + step * db);
            if (next >= loss + 1e-4 * step * slope) continue;
            *a += step * da;
            *b += step * db;
            loss = next;
            break;
        }
        if (step < 1e-10) return; /* no further descent in double precision */
    }
}

static void platt_fit(const sectag_calibrate_data *d, sectag_calibration *out, int *inverted) {
    targets t = targets_of(d);
    double a = 0, b = log((1 - t.rate) / t.rate);
    platt_newton(d, &t, 0, &a, &b);
    /* a slope that moves no probability by more than rounding is none */
    int bad = !isfinite(a) || !isfinite(b) || a > -1e-6 || t.n_pos <= 0 || t.n_neg <= 0;
    if (bad) {
        double centre = 0;
        for (size_t i = 0; i < d->n; i++) centre += weight_of(d, i) * d->s[i] / (t.n_pos + t.n_neg);
        a = SECTAG_PLATT_PRIOR_SLOPE;
        b = log((1 - t.rate) / t.rate) - a * centre;
        platt_newton(d, &t, 1, &a, &b);
    }
    memset(out, 0, sizeof *out);
    out->kind = SECTAG_CALIBRATION_PLATT;
    out->a = a;
    out->b = b;
    if (inverted) *inverted = bad;
}

int sectag_calibrate_platt(const sectag_calibrate_data *d, sectag_calibration *out, int *inverted,
                           sectag_err *err) {
    int rc = check_data(d, err);
    if (!rc) platt_fit(d, out, inverted);
    return rc;
}

static int by_score(const void *a, const void *b) {
    const sectag_knot *u = a, *v = b;
    if (u->s != v->s) return u->s < v->s ? -1 : 1;
    return (u->p > v->p) - (u->p < v->p);
}

static sectag_knot knot_join(sectag_knot a, sectag_knot b) {
    double w = a.w + b.w;
    return (sectag_knot){w, (a.w * a.s + b.w * b.s) / w, (a.w * a.p + b.w * b.p) / w};
}

/* Rows sorted by score, equal scores joined. Returns how many. */
static size_t knots_of_rows(const sectag_calibrate_data *d, sectag_knot *k) {
    for (size_t i = 0; i < d->n; i++) k[i] = (sectag_knot){weight_of(d, i), d->s[i], d->y[i] > 0};
    qsort(k, d->n, sizeof *k, by_score);
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (n && k[n - 1].s == k[i].s) {
            double s = k[i].s;
            k[n - 1] = knot_join(k[n - 1], k[i]);
            k[n - 1].s = s; /* the mean of equal numbers, without rounding */
        } else {
            k[n++] = k[i];
        }
    }
    return n;
}

size_t sectag_pav(sectag_knot *k, size_t n) {
    size_t top = 0;
    for (size_t i = 0; i < n; i++) {
        sectag_knot next = k[i];
        while (top > 0 && k[top - 1].p >= next.p) next = knot_join(k[--top], next);
        k[top++] = next;
    }
    return top;
}

/* Added squared error of joining two knots (Ward 1963). */
static double join_cost(sectag_knot a, sectag_knot b) {
    return a.w * b.w / (a.w + b.w) * (a.p - b.p) * (a.p - b.p);
}

static size_t knots_reduce(sectag_knot *k, size_t n, size_t most) {
    while (n > most) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < n; i++)
            if (join_cost(k[i], k[i + 1]) < join_cost(k[best], k[best + 1])) best = i;
        k[best] = knot_join(k[best], k[best + 1]);
        n--;
        memmove(k + best + 1, k + best + 2, (n - best - 1) * sizeof *k);
    }
    return n;
}

static int isotonic_fit(const sectag_calibrate_data *d, sectag_calibration *out) {
    targets t = targets_of(d);
    sectag_knot *k = sectag_alloc(d->n, sizeof *k);
    if (!k) return SECTAG_ENOMEM;
    size_t n = knots_reduce(k, sectag_pav(k, knots_of_rows(d, k)), SECTAG_CALIBRATION_KNOTS);
    memset(out, 0, sizeof *out);
    out->kind = SECTAG_CALIBRATION_ISOTONIC;
    for (size_t i = 0; i < n; i++) {
        double p = k[i].p < t.low ? t.low : k[i].p > t.high ? t.high : k[i].p;
        if (out->n_knots && k[i].s <= out->knot_s[out->n_knots - 1]) continue; /* rounding */
        out->knot_s[out->n_knots] = k[i].s;
        out->knot_p[out->n_knots++] = p;
    }
    free(k);
    return 0;
}

int sectag_calibrate_isotonic(const sectag_calibrate_data *d, sectag_calibration *out, sectag_err *err) {
    int rc = check_data(d, err);
    if (rc) return rc;
    return isotonic_fit(d, out) ? sectag_err_nomem(err) : 0;
}

/* Rows of the data in the order of their groups, with a fold for each. */
typedef struct slot {
    uint64_t group; /* group, or row + 2^32 for a row on its own */
    size_t row;
    unsigned fold;
    double gain; /* weighted loss of Platt minus loss of isotonic, out of fold */
} slot;

static int by_group(const void *a, const void *b) {
    const slot *u = a, *v = b;
    if (u->group != v->group) return u->group < v->group ? -1 : 1;
    return u->row < v->row ? -1 : u->row > v->row;
}

static slot *slots_new(const sectag_calibrate_data *d, const uint32_t *group) {
    slot *s = sectag_alloc(d->n, sizeof *s);
    for (size_t i = 0; s && i < d->n; i++) {
        uint64_t g = group[i] == UINT32_MAX ? ((uint64_t)1 << 32) + i : group[i], state = g;
        s[i] = (slot){g, i, (unsigned)(sectag_splitmix64(&state) % CHOOSE_FOLDS), 0};
    }
    if (s) qsort(s, d->n, sizeof *s, by_group);
    return s;
}

static double log_loss_of(const sectag_calibration *c, double s, int8_t y) {
    double p = sectag_calibration_apply(c, s);
    return -log(y > 0 ? p : 1 - p);
}

/* Fits both to the other folds and scores the rows of this one. s, y, w are scratch for n rows. */
static int score_fold(const sectag_calibrate_data *d, slot *slots, unsigned fold, double *s, double *w,
                      int8_t *y) {
    sectag_calibration platt, isotonic;
    sectag_calibrate_data rest = {s, y, w, 0};
    for (size_t i = 0; i < d->n; i++) {
        if (slots[i].fold == fold) continue;
        s[rest.n] = d->s[slots[i].row];
        y[rest.n] = d->y[slots[i].row];
        w[rest.n++] = weight_of(d, slots[i].row);
    }
    if (rest.n == 0) return 0;
    platt_fit(&rest, &platt, NULL);
    if (isotonic_fit(&rest, &isotonic)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < d->n; i++) {
        size_t r = slots[i].row;
        if (slots[i].fold == fold)
            slots[i].gain = weight_of(d, r) * (log_loss_of(&platt, d->s[r], d->y[r]) -
                                               log_loss_of(&isotonic, d->s[r], d->y[r]));
    }
    return 0;
}

/* Whether the mean gain exceeds its standard error, groups being drawn independently (the ratio
 * estimator of cluster sampling: residual of a group = its gain - mean * its weight). */
static int gain_is_clear(const sectag_calibrate_data *d, const slot *slots) {
    double gain = 0, weight = 0, squares = 0;
    size_t n_groups = 0;
    for (size_t i = 0; i < d->n; i++) {
        gain += slots[i].gain;
        weight += weight_of(d, slots[i].row);
    }
    double mean = gain / weight;
    for (size_t i = 0; i < d->n; n_groups++) {
        double rest = 0;
        uint64_t g = slots[i].group;
        for (; i < d->n && slots[i].group == g; i++)
            rest += slots[i].gain - mean * weight_of(d, slots[i].row);
        squares += rest * rest;
    }
    if (n_groups < 2) return 0;
    double n = (double)n_groups, error = sqrt(n / (n - 1) * squares) / weight;
    return mean > error;
}

int sectag_calibrate_choose(const sectag_calibrate_data *d, const uint32_t *group, sectag_calibration *out,
                            int *inverted, sectag_err *err) {
    int rc = check_data(d, err), bad = 0;
    if (rc) return rc;
    slot *slots = slots_new(d, group);
    double *s = sectag_alloc(d->n, sizeof *s), *w = sectag_alloc(d->n, sizeof *w);
    int8_t *y = sectag_alloc(d->n, sizeof *y);
    platt_fit(d, out, &bad);
    if (inverted) *inverted = bad;
    rc = slots && s && w && y ? 0 : SECTAG_ENOMEM;
    for (unsigned fold = 0; !rc && fold < CHOOSE_FOLDS; fold++) rc = score_fold(d, slots, fold, s, w, y);
    if (!rc && !bad && gain_is_clear(d, slots)) rc = isotonic_fit(d, out);
    free(slots);
    free(s);
    free(w);
    free(y);
    return rc ? sectag_err_nomem(err) : 0;
}
