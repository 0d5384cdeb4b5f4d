#include "classify/audit.h"

#include "features/array.h"
#include "training/binomial.h"
#include "training/random.h"

#include <stdlib.h>
#include <string.h>

/* ---- sets ---- */

static int has_tag(const sectag_audit_frame *f, size_t clause) {
    return memchr(f->tagged + clause * f->n_areas, 1, f->n_areas) != NULL;
}

int sectag_audit_is_in(const sectag_audit_frame *f, size_t clause, size_t set) {
    if (set >= SECTAG_AUDIT_AREA) return f->tagged[clause * f->n_areas + set - SECTAG_AUDIT_AREA];
    if (has_tag(f, clause)) return set == SECTAG_AUDIT_ANY;
    return set == (f->near && f->near[clause] ? SECTAG_AUDIT_IS_NEAR : SECTAG_AUDIT_FAR);
}

static void measure_sets(const sectag_audit_frame *f, size_t *size) {
    for (size_t i = 0; i < f->n; i++) {
        const uint8_t *tagged = f->tagged + i * f->n_areas;
        for (size_t s = 0; s < SECTAG_AUDIT_AREA; s++) size[s] += (size_t)sectag_audit_is_in(f, i, s);
        for (size_t a = 0; a < f->n_areas; a++) size[SECTAG_AUDIT_AREA + a] += tagged[a];
    }
}

/* ---- drawing ---- */

void sectag_audit_draw_release(sectag_audit_draw *d) {
    free(d->order);
    free(d->size);
    free(d->take);
    free(d->drawn);
    memset(d, 0, sizeof *d);
}

/* Fisher & Yates. */
static void shuffle(uint32_t *order, size_t n, uint64_t seed) {
    sectag_random random;
    sectag_random_init(&random, seed);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)sectag_random_below(&random, i);
        uint32_t other = order[k];
        order[k] = order[i - 1];
        order[i - 1] = other;
    }
}

/* Marks the first `take` members of every set; returns how many clauses those are. seen: [n_sets] scratch. */
static size_t mark(const sectag_audit_frame *f, sectag_audit_draw *d, size_t *seen) {
    size_t n = 0;
    memset(seen, 0, d->n_sets * sizeof *seen);
    for (size_t k = 0; k < f->n; k++) {
        size_t i = d->order[k];
        const uint8_t *tagged = f->tagged + i * f->n_areas;
        int in = 0;
        for (size_t s = 0; s < SECTAG_AUDIT_AREA; s++)
            if (sectag_audit_is_in(f, i, s)) in |= seen[s]++ < d->take[s];
        for (size_t a = 0; a < f->n_areas; a++)
            if (tagged[a]) in |= seen[SECTAG_AUDIT_AREA + a]++ < d->take[SECTAG_AUDIT_AREA + a];
        d->drawn[i] = (uint8_t)in;
        n += (size_t)in;
    }
    return n;
}

static void take_of_areas(sectag_audit_draw *d, size_t each) {
    for (size_t s = SECTAG_AUDIT_AREA; s < d->n_sets; s++) d->take[s] = d->size[s] < each ? d->size[s] : each;
}

static void take_of_any(sectag_audit_draw *d, size_t n) {
    d->take[SECTAG_AUDIT_ANY] = n;
}

/* Takes as many as the sample has room for: found by halving, since samples overlap. */
static void take_most(const sectag_audit_frame *f, sectag_audit_draw *d, void (*take)(sectag_audit_draw *d, size_t n),
                      size_t least, size_t most, size_t total, size_t *seen) {
    while (least < most) {
        size_t middle = least + (most - least + 1) / 2;
        take(d, middle);
        if (mark(f, d, seen) <= total)
            least = middle;
        else
            most = middle - 1;
    }
    take(d, least);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many of each set: most of the untagged ones are far, and what hides there weighs most. The areas' samples are as large as the tagged clauses' share of n allows, all the same
 * size: found by halving, since samples overlap. */
static void share_out(const sectag_audit_frame *f, sectag_audit_draw *d, size_t n, size_t *seen) {
    size_t *take = d->take, *size = d->size;
    take[SECTAG_AUDIT_IS_NEAR] = least(n / 8, size[SECTAG_AUDIT_IS_NEAR]);
    size_t tagged = least(2 * n / 5, size[SECTAG_AUDIT_ANY]);
    take[SECTAG_AUDIT_FAR] = least(n - tagged - take[SECTAG_AUDIT_IS_NEAR], size[SECTAG_AUDIT_FAR]);
    size_t left = n - tagged - take[SECTAG_AUDIT_IS_NEAR] - take[SECTAG_AUDIT_FAR];
    size_t more = least(left, size[SECTAG_AUDIT_IS_NEAR] - take[SECTAG_AUDIT_IS_NEAR]);
    take[SECTAG_AUDIT_IS_NEAR] += more;
    tagged = least(tagged + left - more, size[SECTAG_AUDIT_ANY]);
    size_t total = tagged + take[SECTAG_AUDIT_FAR] + take[SECTAG_AUDIT_IS_NEAR], any = tagged - tagged / 2;
    take_of_any(d, any);
    take_most(f, d, take_of_areas, 0, size[SECTAG_AUDIT_ANY], total, seen);
    take_most(f, d, take_of_any, any, size[SECTAG_AUDIT_ANY], total, seen);
    d->n_drawn = mark(f, d, seen);
}

int sectag_audit_draw_new(const sectag_audit_frame *f, size_t n, uint64_t seed, sectag_audit_draw *d,
                          sectag_err *err) {
    *d = (sectag_audit_draw){.n_sets = SECTAG_AUDIT_AREA + f->n_areas};
    if (f->n >= UINT32_MAX) return sectag_err_set(err, SECTAG_EARG, "too many clauses to draw from");
    size_t *seen = sectag_alloc(d->n_sets, sizeof *seen);
    d->order = sectag_alloc(f->n, sizeof *d->order);
    d->size = sectag_zalloc(d->n_sets, sizeof *d->size);
    d->take = sectag_zalloc(d->n_sets, sizeof *d->take);
    d->drawn = sectag_zalloc(f->n, 1);
    int rc = seen && d->order && d->size && d->take && d->drawn ? 0 : sectag_err_nomem(err);
    if (!rc) {
        measure_sets(f, d->size);
        shuffle(d->order, f->n, seed);
        share_out(f, d, least(n, f->n), seen);
    }
    free(seen);
    if (rc) sectag_audit_draw_release(d);
    return rc;
}

/* ---- the report ---- */

/* Counts what was read of the area's tags and of the strata in which it may be missed. seen: [n_sets] scratch. */
static void count_answers(const sectag_audit_frame *f, const sectag_audit_draw *d, const sectag_audit_answers *x,
                          sectag_audit_area *out, size_t *seen) {
    memset(seen, 0, d->n_sets * sizeof *seen);
    for (size_t k = 0; k < f->n; k++) {
        size_t i = d->order[k], base = SECTAG_AUDIT_FAR;
        const uint8_t *tagged = f->tagged + i * f->n_areas, *truth = x->truth + i * f->n_areas;
        while (!sectag_audit_is_in(f, i, base)) base++;
        int in_base = seen[base]++ < d->take[base] && x->answered[i];
        for (size_t a = 0; a < f->n_areas; a++) {
            size_t set = SECTAG_AUDIT_AREA + a;
            sectag_stratum *s = &out[a].stratum[base];
            if (tagged[a]) {
                int in = seen[set]++ < d->take[set] && x->answered[i];
                out[a].tagged++;
                out[a].read += (size_t)in;
                out[a].wrong += (size_t)(in && !truth[a]);
            } else {
                s->all++;
                s->read += (size_t)in_base;
                s->found += (size_t)(in_base && truth[a]);
            }
        }
    }
}

static double ratio(double part, double rest, double otherwise) {
    return part + rest > 0 ? part / (part + rest) : otherwise;
}

static int estimate(sectag_audit_area *x, double alpha, sectag_err *err) {
    double n = (double)x->tagged, share = x->read ? (double)x->wrong / (double)x->read : 0;
    double least_wrong = (double)sectag_marked_at_least(x->wrong, x->read, x->tagged, alpha / 2);
    double most_wrong = (double)sectag_marked_at_most(x->wrong, x->read, x->tagged, alpha / 2);
    if (x->tagged) x->precision = (sectag_range){1 - share, 1 - most_wrong / n, 1 - least_wrong / n};
    x->missed = sectag_strata_estimate(x->stratum, 3);
    uint64_t most_missed = 0, least_missed = sectag_strata_at_least(x->stratum, 3, alpha / 4);
    int rc = sectag_strata_at_most(x->stratum, 3, alpha, &x->missed_at_most, err);
    if (!rc) rc = sectag_strata_at_most(x->stratum, 3, alpha / 4, &most_missed, err);
    double right_low = n - (double)sectag_marked_at_most(x->wrong, x->read, x->tagged, alpha / 4);
    double right_high = n - (double)sectag_marked_at_least(x->wrong, x->read, x->tagged, alpha / 4);
    x->recall.value = x->tagged && !x->read ? -1 : ratio(n * (1 - share), x->missed, -1);
    x->recall.low = ratio(right_low, (double)most_missed, 0);
    x->recall.high = ratio(right_high, (double)least_missed, 1);
    return rc;
}

int sectag_audit_report(const sectag_audit_frame *f, const sectag_audit_draw *d,
                        const sectag_audit_answers *answers, double confidence, sectag_audit_area *out,
                        sectag_err *err) {
    size_t *seen = sectag_alloc(d->n_sets, sizeof *seen);
    if (!seen) return sectag_err_nomem(err);
    memset(out, 0, f->n_areas * sizeof *out);
    count_answers(f, d, answers, out, seen);
    int rc = 0;
    for (size_t a = 0; a < f->n_areas && !rc; a++) rc = estimate(&out[a], 1 - confidence, err);
    free(seen);
    return rc;
}
