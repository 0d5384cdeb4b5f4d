#include "training/threshold.h"

#include "features/array.h"
#include "models/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_EVIDENCE 0.5

/* One probability of one area. */
typedef struct point {
    double p;
    uint32_t area;
    uint8_t y;
} point;

static int by_p_down(const void *a, const void *b) {
    const point *u = a, *v = b;
    if (u->p != v->p) return u->p > v->p ? -1 : 1;
    if (u->area != v->area) return u->area < v->area ? -1 : 1;
    return (u->y > v->y) - (u->y < v->y);
}

/* The points of one area, or of all (area = n_areas), highest p first. */
static size_t collect(const sectag_threshold_data *d, size_t area, point *out) {
    size_t n = 0;
    for (size_t r = 0; r < d->n_rows; r++)
        for (size_t a = 0; a < d->n_areas; a++)
            if (area == d->n_areas || a == area)
                out[n++] = (point){d->p[r * d->n_areas + a], (uint32_t)a, d->y[r * d->n_areas + a]};
    qsort(out, n, sizeof *out, by_p_down);
    return n;
}

/* The threshold that lets exactly the first k of n points pass. */
static double cut(const point *pts, size_t n, size_t k) {
    if (n == 0) return NO_EVIDENCE;
    if (k == 0) return (pts[0].p + 1) / 2;
    return k < n ? (pts[k - 1].p + pts[k].p) / 2 : pts[n - 1].p / 2;
}

static int is_cut(const point *pts, size_t n, size_t k) {
    return k == n || pts[k].p < pts[k - 1].p;
}

static size_t count_positive(const point *pts, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += pts[i].y != 0;
    return count;
}

/* The cut of the highest F1 over all the points together; the highest threshold of equal ones. */
static double best_f1(const point *pts, size_t n) {
    size_t positive = count_positive(pts, n), tp = 0, best_k = 0;
    double best = 0;
    for (size_t k = 1; k <= n; k++) {
        tp += pts[k - 1].y != 0;
        double f1 = 2 * (double)tp / (double)(k + positive);
        if (!is_cut(pts, n, k) || f1 <= best) continue;
        best = f1;
        best_k = k;
    }
    return positive ? cut(pts, n, best_k) : NO_EVIDENCE;
}

/* The same for the mean of the areas' F1: a point changes its own area's term only. count: three
 * numbers an area (positives, tagged, both), zero on entry but for the positives. */
static double best_macro_f1(const point *pts, size_t n, double *count) {
    double sum = 0, best = 0;
    size_t best_k = 0;
    for (size_t k = 1; k <= n; k++) {
        double *c = count + 3 * (size_t)pts[k - 1].area;
        if (c[0] > 0) {
            sum -= 2 * c[2] / (c[0] + c[1]);
            c[1] += 1;
            c[2] += pts[k - 1].y != 0;
            sum += 2 * c[2] / (c[0] + c[1]);
        }
        if (!is_cut(pts, n, k) || sum <= best) continue;
        best = sum;
        best_k = k;
    }
    return best_k ? cut(pts, n, best_k) : NO_EVIDENCE;
}

static double best_expected_f1(const point *pts, size_t n) {
    double all = 0, top = 0, best = 0;
    size_t best_k = 0;
    for (size_t i = 0; i < n; i++) all += pts[i].p;
    for (size_t k = 1; k <= n; k++) {
        top += pts[k - 1].p;
        double f1 = 2 * top / ((double)k + all);
        if (!is_cut(pts, n, k) || f1 <= best) continue;
        best = f1;
        best_k = k;
    }
    return cut(pts, n, best_k);
}

static int check_data(const sectag_threshold_data *d, const sectag_threshold_options *o, sectag_err *err) {
    if (d->n_areas == 0 || d->n_areas >= UINT32_MAX || (d->n_rows && d->n_areas > SIZE_MAX / 64 / d->n_rows))
        return sectag_err_set(err, SECTAG_EARG, "%zu rows, %zu areas", d->n_rows, d->n_areas);
    if (!(o->shrink >= 0) || isinf(o->shrink))
        return sectag_err_set(err, SECTAG_EARG, "shrink must be 0 or more");
    for (size_t i = 0; i < d->n_rows * d->n_areas; i++)
        if (!(d->p[i] >= 0 && d->p[i] <= 1))
            return sectag_err_set(err, SECTAG_EARG, "row %zu: not a probability", i / d->n_areas);
    return 0;
}

/* Room for the points of one area or of all. */
static int begin(const sectag_threshold_data *d, const sectag_threshold_options *o, int all, point **pts,
                 sectag_err *err) {
    int rc = check_data(d, o, err);
    if (rc) return rc;
    *pts = sectag_alloc(d->n_rows * (all ? d->n_areas : 1), sizeof **pts);
    return *pts ? 0 : sectag_err_nomem(err);
}

static void fill(double *t, size_t n, double value) {
    for (size_t a = 0; a < n; a++) t[a] = value;
}

static int global_micro(const sectag_threshold_data *d, const sectag_threshold_options *o, double *t,
                        sectag_err *err) {
    point *pts = NULL;
    int rc = begin(d, o, 1, &pts, err);
    if (rc) return rc;
    fill(t, d->n_areas, best_f1(pts, collect(d, d->n_areas, pts)));
    free(pts);
    return 0;
}

static int global_macro(const sectag_threshold_data *d, const sectag_threshold_options *o, double *t,
                        sectag_err *err) {
    point *pts = NULL;
    double *count = sectag_zalloc(d->n_areas, 3 * sizeof *count);
    int rc = count ? begin(d, o, 1, &pts, err) : sectag_err_nomem(err);
    if (!rc) {
        size_t n = collect(d, d->n_areas, pts);
        for (size_t i = 0; i < n; i++) count[3 * (size_t)pts[i].area] += pts[i].y != 0;
        fill(t, d->n_areas, best_macro_f1(pts, n, count));
    }
    free(count);
    free(pts);
    return rc;
}

static int expected_f1(const sectag_threshold_data *d, const sectag_threshold_options *o, double *t,
                       sectag_err *err) {
    point *pts = NULL;
    int rc = begin(d, o, 0, &pts, err);
    if (rc) return rc;
    for (size_t a = 0; a < d->n_areas; a++) t[a] = best_expected_f1(pts, collect(d, a, pts));
    free(pts);
    return 0;
}

static double logit(double p) {
    double q = p < SECTAG_P_MIN ? SECTAG_P_MIN : p > 1 - SECTAG_P_MIN ? 1 - SECTAG_P_MIN : p;
    return log(q / (1 - q));
}

static int shrunk_f1(const sectag_threshold_data *d, const sectag_threshold_options *o, double *t,
                     sectag_err *err) {
    point *pts = NULL;
    int rc = global_micro(d, o, t, err);
    if (!rc) rc = begin(d, o, 0, &pts, err);
    for (size_t a = 0; !rc && a < d->n_areas; a++) {
        size_t n = collect(d, a, pts), positive = count_positive(pts, n);
        if (!positive) continue; /* stays with the global one */
        double k = o->shrink, m = (double)positive;
        double mixed = (m * logit(best_f1(pts, n)) + k * logit(t[a])) / (m + k);
        t[a] = 1 / (1 + exp(-mixed));
    }
    free(pts);
    return rc;
}

static const sectag_threshold_method methods[] = {
    {"global-micro", global_micro, "one threshold for all areas, highest micro F1"},
    {"global-macro", global_macro, "one threshold for all areas, highest macro F1"},
    {"expected-f1", expected_f1, "by area, highest expected F1 under the probabilities"},
    {"shrunk-f1", shrunk_f1, "by area, highest F1, drawn towards the global threshold"},
};

const sectag_threshold_method *sectag_threshold_at(size_t i) {
    return i < sizeof methods / sizeof *methods ? &methods[i] : NULL;
}

const sectag_threshold_method *sectag_threshold_find(const char *name) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(name, methods[i].name)) return &methods[i];
    return NULL;
}
