#include "training/point.h"

#include "training/binomial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Clauses in the order of their probabilities, counted by document: what was counted as good (found, or tagged
 * rightly), and all that count. */
typedef struct tally {
    size_t n_docs;
    double *all, *good; /* [n_docs] */
    double n, n_good, squares; /* sums of all, of good, and of all squared */
    size_t docs;               /* with any */
} tally;

static int tally_init(tally *c, size_t n_docs) {
    *c = (tally){.n_docs = n_docs};
    c->all = sectag_zalloc(n_docs, sizeof *c->all);
    c->good = sectag_zalloc(n_docs, sizeof *c->good);
    return c->all && c->good ? 0 : SECTAG_ENOMEM;
}

static void tally_release(tally *c) {
    free(c->all);
    free(c->good);
}

static void count(tally *c, uint32_t doc, int good) {
    c->docs += c->all[doc] <= 0;
    c->squares += 2 * c->all[doc] + 1;
    c->all[doc]++;
    c->n++;
    c->good[doc] += good;
    c->n_good += good;
}

/* The mean size of the document that a clause is in. */
static double mean_size(const tally *c) {
    return c->n > 0 ? c->squares / c->n : 1;
}

/* Intraclass correlation of being good by one-way analysis of variance (Donner 1986, "A review of inference
 * procedures for the intraclass correlation coefficient", section 2). */
static double intraclass(const tally *c) {
    double k = (double)c->docs, mean = c->n_good / c->n, between = 0, within = 0;
    if (c->docs < 2 || c->n <= k) return 0;
    for (size_t i = 0; i < c->n_docs; i++) {
        if (c->all[i] <= 0) continue;
        double own = c->good[i] / c->all[i];
        between += c->all[i] * (own - mean) * (own - mean) / (k - 1);
        within += c->good[i] * (1 - own) / (c->n - k);
    }
    double size = (c->n - c->squares / c->n) / (k - 1), spread = between + (size - 1) * within;
    return spread > 0 ? (between - within) / spread : 0;
}

static double effective(const tally *c, double icc) {
    double design = 1 + icc * (mean_size(c) - 1);
    return floor(c->n / (design > 1 ? design : 1));
}

static double worst_icc(const tally *c) {
    double own = c->n_good < c->n ? intraclass(c) : 0;
    return own > SECTAG_POINT_ICC ? own : SECTAG_POINT_ICC;
}

/* What share is good among as many again, at least. */
static double next_share(const tally *c, double icc, double bad, double alpha) {
    double n = effective(c, icc);
    if (n < 1 || c->n / mean_size(c) < SECTAG_POINT_DOCS) return 0;
    double seen = ceil(bad * n / c->n - 1e-9);
    return 1 - (double)sectag_next_at_most((uint64_t)seen, (uint64_t)n, (uint64_t)n, alpha) / n;
}

static int holds(double share, double target) {
    return share >= target - 1e-9;
}

static int keeps(const tally *c, const sectag_point_options *o) {
    return holds(next_share(c, worst_icc(c), c->n - c->n_good, 1 - o->confidence), o->target);
}

/* The target, on the clauses at hand alone. */
static int reaches(const tally *c, const sectag_point_options *o) {
    return c->n > 0 && holds(c->n_good / c->n, o->target);
}

/* Would the promise be kept, if all were good? */
static int might_keep(const tally *c, const sectag_point_options *o) {
    return holds(next_share(c, SECTAG_POINT_ICC, 0, 1 - o->confidence), o->target);
}

/* How many clauses in documents of this size would keep the promise if all were good. */
static size_t needed(const tally *c, const sectag_point_options *o) {
    double b = mean_size(c);
    uint64_t n = 1;
    while (n < 1000000 &&
           !holds(1 - (double)sectag_next_at_most(0, n, n, 1 - o->confidence) / (double)n, o->target))
        n += 1 + n / 64;
    double clauses = (double)n * (1 + SECTAG_POINT_ICC * (b - 1)), least = SECTAG_POINT_DOCS * b;
    return (size_t)ceil(clauses > least ? clauses : least);
}

static void describe(sectag_point *p, const tally *c, const sectag_point_options *o) {
    p->clauses = (size_t)c->n;
    p->docs = c->docs;
    p->effective = effective(c, worst_icc(c));
    p->reached = c->n > 0 ? c->n_good / c->n : 0;
    if (p->promised) return;
    size_t all = needed(c, o);
    p->more = all > p->clauses ? all - p->clauses : 0;
    p->more_docs = c->docs ? (size_t)ceil((double)p->more * (double)c->docs / c->n) : 0;
}

static int check(const sectag_operating *t, size_t area, const sectag_point_options *o, sectag_err *err) {
    if (area < t->n_areas && o->target > 0 && o->target < 1 && o->confidence > 0 && o->confidence < 1) return 0;
    return sectag_err_set(err, SECTAG_EARG, "a target and its confidence lie between 0 and 1");
}

static int is_used(const sectag_point_options *o, const sectag_operating_row *r) {
    return !o->use || o->use[r->doc];
}

/* A threshold that row r still passes: half a millionth takes care of the rounding. */
static double threshold_at(const sectag_operating_row *r) {
    return r->ppm ? ((double)r->ppm - 0.5) / 1e6 : 0;
}

/* ---- recall ---- */

/* Everything found, then less and less of it, from the lowest clause of the area up, as long as the test holds.
 * Clauses of one probability go together. Returns whether it held at all; c is spoilt only then. */
static int climb(const sectag_operating_rows *rows, const sectag_point_options *o, tally *c,
                 int (*test)(const tally *c, const sectag_point_options *o), double *threshold) {
    const sectag_operating_row *last = NULL;
    int held = 0;
    for (size_t i = rows->len; i-- > 0;) {
        const sectag_operating_row *r = &rows->data[i];
        if (!r->of_area || !is_used(o, r)) continue;
        if (!last || r->ppm > last->ppm) { /* what is below r is missed: may r be the threshold? */
            if (!test(c, o)) return held;
            *threshold = threshold_at(r);
            held = 1;
            last = r;
        }
        c->good[r->doc]--;
        c->n_good--;
    }
    return held;
}

/* Counts the area's clauses, those at or above a threshold as found. */
static void count_found(const sectag_operating_rows *rows, const sectag_point_options *o, double threshold,
                        tally *c) {
    for (size_t i = 0; i < rows->len; i++) {
        const sectag_operating_row *r = &rows->data[i];
        if (r->of_area && is_used(o, r)) count(c, r->doc, (double)r->ppm / 1e6 >= threshold);
    }
}

static int find_recall(const sectag_operating *t, size_t area, const sectag_point_options *o, int promise,
                       sectag_point *out, sectag_err *err) {
    tally all = {0}, found = {0};
    memset(out, 0, sizeof *out);
    int rc = check(t, area, o, err);
    if (rc) return rc;
    rc = tally_init(&all, t->n_docs) | tally_init(&found, t->n_docs) ? sectag_err_nomem(err) : 0;
    if (!rc) {
        count_found(&t->area[area], o, 0, &all);
        if (promise) out->promised = climb(&t->area[area], o, &all, keeps, &out->threshold);
        if (!out->promised) (void)climb(&t->area[area], o, &all, reaches, &out->threshold);
        count_found(&t->area[area], o, out->threshold, &found);
        describe(out, &found, o);
    }
    tally_release(&all);
    tally_release(&found);
    return rc;
}

int sectag_point_recall(const sectag_operating *t, size_t area, const sectag_point_options *o,
                        sectag_point *out, sectag_err *err) {
    return find_recall(t, area, o, 1, out, err);
}

int sectag_point_estimate(const sectag_operating *t, size_t area, const sectag_point_options *o,
                          sectag_point *out, sectag_err *err) {
    return find_recall(t, area, o, 0, out, err);
}

int sectag_point_recalled(const sectag_operating *t, size_t area, double threshold, double confidence,
                          double *estimate, double *at_least, sectag_err *err) {
    tally c;
    const sectag_point_options o = {.confidence = confidence};
    int rc = tally_init(&c, t->n_docs) ? sectag_err_nomem(err) : 0;
    *estimate = *at_least = 0;
    if (!rc) {
        count_found(&t->area[area], &o, threshold, &c);
        if (c.n > 0) *estimate = c.n_good / c.n;
        if (c.n > 0) *at_least = next_share(&c, worst_icc(&c), c.n - c.n_good, 1 - confidence);
    }
    tally_release(&c);
    return rc;
}

/* ---- precision ---- */

/* The most probable tags, then more and more of them. The sequence begins where so many tags would do, were all
 * of them right, and ends with the first that does not keep the promise. Without promise: the lowest threshold
 * that reaches the target. */
static void descend(const sectag_operating_rows *rows, const sectag_point_options *o, tally *c, sectag_point *p) {
    int promising = 1;
    for (size_t i = 0; i < rows->len && (promising || !p->promised); i++) {
        const sectag_operating_row *r = &rows->data[i];
        if ((double)r->ppm / 1e6 < SECTAG_OPERATING_FLOOR) return;
        if (is_used(o, r)) count(c, r->doc, r->of_area);
        if (c->docs == 0 || (i + 1 < rows->len && rows->data[i + 1].ppm == r->ppm)) continue;
        if (promising && might_keep(c, o)) {
            promising = keeps(c, o);
            if (promising) p->promised = 1;
        }
        if (p->promised ? promising : reaches(c, o)) p->threshold = threshold_at(r);
    }
}

static void count_tagged(const sectag_operating_rows *rows, const sectag_point_options *o, double threshold,
                         tally *c) {
    for (size_t i = 0; i < rows->len; i++) {
        const sectag_operating_row *r = &rows->data[i];
        if (is_used(o, r) && (double)r->ppm / 1e6 >= threshold) count(c, r->doc, r->of_area);
    }
}

int sectag_point_precision(const sectag_operating *t, size_t area, const sectag_point_options *o,
                           sectag_point *out, sectag_err *err) {
    tally all = {0}, tagged = {0};
    memset(out, 0, sizeof *out);
    out->threshold = 1; /* no threshold reaches it: nothing is tagged */
    int rc = check(t, area, o, err);
    if (rc) return rc;
    rc = tally_init(&all, t->n_docs) | tally_init(&tagged, t->n_docs) ? sectag_err_nomem(err) : 0;
    if (!rc) {
        descend(&t->area[area], o, &all, out);
        count_tagged(&t->area[area], o, out->threshold, &tagged);
        describe(out, &tagged, o);
        if (out->clauses == 0) out->more = out->more_docs = 0;
    }
    tally_release(&all);
    tally_release(&tagged);
    return rc;
}
