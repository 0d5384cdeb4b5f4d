#include "training/reliability.h"

#include "training/binomial.h"

#include <stdlib.h>

void sectag_reliability_add(const double *p, const uint8_t *y, size_t n, size_t stride,
                            sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS]) {
    for (size_t i = 0; i < n; i++) {
        double x = p[i * stride] * SECTAG_RELIABILITY_BINS;
        size_t k = x > 0 ? (size_t)x : 0;
        sectag_reliability_bin *b = &bin[k < SECTAG_RELIABILITY_BINS ? k : SECTAG_RELIABILITY_BINS - 1];
        b->n++;
        b->of += y[i * stride] != 0;
        b->p += p[i * stride];
    }
}

void sectag_reliability_finish(sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS]) {
    for (size_t k = 0; k < SECTAG_RELIABILITY_BINS; k++) {
        bin[k].low = sectag_share_at_least((double)bin[k].of, (double)bin[k].n, 0.025);
        bin[k].high = bin[k].n ? sectag_share_at_most((double)bin[k].of, (double)bin[k].n, 0.025) : 1;
    }
}

/* ---- precision over recall ---- */

typedef struct ranked {
    double p;
    uint8_t y;
} ranked;

static int by_p_down(const void *a, const void *b) {
    const ranked *u = a, *v = b;
    return (u->p < v->p) - (u->p > v->p);
}

static int walk(const ranked *r, size_t n, size_t all, sectag_pr_curve *curve) {
    size_t of = 0;
    for (size_t i = 0; i < n && all; i++) {
        of += r[i].y != 0;
        if (i + 1 < n && r[i + 1].p >= r[i].p) continue;
        sectag_pr_point point = {(double)of / (double)all, (double)of / (double)(i + 1), r[i].p};
        if (sectag_array_push(curve, point)) return SECTAG_ENOMEM;
    }
    return 0;
}

int sectag_pr_curve_fill(const double *p, const uint8_t *y, size_t n, size_t stride, sectag_pr_curve *curve,
                         sectag_err *err) {
    ranked *r = sectag_alloc(n, sizeof *r);
    size_t all = 0;
    if (!r) return sectag_err_nomem(err);
    for (size_t i = 0; i < n; i++) {
        r[i] = (ranked){p[i * stride], y[i * stride]};
        all += r[i].y != 0;
    }
    if (n) qsort(r, n, sizeof *r, by_p_down);
    curve->len = 0;
    int rc = walk(r, n, all, curve) ? sectag_err_nomem(err) : 0;
    free(r);
    return rc;
}
