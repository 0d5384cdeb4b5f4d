#include "training/strata.h"

#include "features/array.h"
#include "training/binomial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double sectag_strata_estimate(const sectag_stratum *s, size_t n) {
    double sum = 0;
    for (size_t h = 0; h < n; h++)
        if (s[h].read) sum += (double)s[h].found * (double)s[h].all / (double)s[h].read;
    return sum;
}

/* Things that one that was read stands for; a part that was read as a whole, or not at all, has no error. */
static double weight(const sectag_stratum *s) {
    return s->read == 0 || s->read == s->all ? 0 : (double)s->all / (double)s->read;
}

uint64_t sectag_strata_at_least(const sectag_stratum *s, size_t n, double alpha) {
    double weights = 0;
    uint64_t sum = 0;
    for (size_t h = 0; h < n; h++) weights += weight(&s[h]);
    for (size_t h = 0; h < n; h++) {
        double own = weight(&s[h]);
        sum += own > 0 ? sectag_marked_at_least(s[h].found, s[h].read, s[h].all, alpha * own / weights)
                       : s[h].read ? s[h].found : 0;
    }
    return sum;
}

/* ---- the upper bound ---- */

enum { LAST = SECTAG_STRATA_MAX - 1 };

/* The parts with an error, fewest possible counts first; before them, from 0 to first, empty ones: count 0 with
 * probability 1. */
typedef struct test {
    size_t first;
    sectag_stratum s[SECTAG_STRATA_MAX];
    double w[SECTAG_STRATA_MAX], t, alpha;
    size_t most[SECTAG_STRATA_MAX]; /* counts up to t / w come in question */
    double *p[SECTAG_STRATA_MAX];   /* [most + 1] probability of each count; of the last part: of so many or fewer */
} test;

static double log_choose(size_t n, size_t k) {
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* Fills p[0 .. most] with hypergeometric probabilities, in logarithms because the first may be minute. */
static void fill(const sectag_stratum *s, size_t marked, size_t most, double *p) {
    size_t least = marked + s->read > s->all ? marked + s->read - s->all : 0;
    double log_p = 0;
    for (size_t x = 0; x <= most; x++) {
        if (x < least || x > marked || x > s->read) {
            p[x] = 0;
            continue;
        }
        if (x == least)
            log_p = log_choose(marked, x) + log_choose(s->all - marked, s->read - x) - log_choose(s->all, s->read);
        else
            log_p += log((double)(marked - x + 1) * (double)(s->read - x + 1) /
                         ((double)x * ((double)(s->all - marked - s->read) + (double)x)));
        p[x] = exp(log_p);
    }
}

/* How many of part h at most, so that the rest of the estimate is not above that. */
static size_t room(const test *c, size_t h, double rest) {
    double most = (rest + 1e-9) / c->w[h];
    return most < (double)c->most[h] ? (size_t)most : c->most[h];
}

/* P(T <= t) */
static double tail(const test *c) {
    double sum = 0;
    for (size_t x = 0; x <= room(c, 0, c->t); x++) {
        double rest = c->t - (double)x * c->w[0];
        for (size_t y = 0; y <= room(c, 1, rest); y++)
            sum += c->p[0][x] * c->p[1][y] * c->p[LAST][room(c, LAST, rest - (double)y * c->w[1])];
    }
    return sum;
}

/* Would the estimate be no surprise, were these many more marked? */
static int is_likely(const test *c, const double *more) {
    for (size_t h = c->first; h < SECTAG_STRATA_MAX; h++) {
        const sectag_stratum *s = &c->s[h];
        size_t marked = s->found + (size_t)more[h];
        if (marked > s->all - (s->read - s->found)) return 0;
        fill(s, marked, c->most[h], c->p[h]);
    }
    for (size_t x = 1; x <= c->most[LAST]; x++) c->p[LAST][x] += c->p[LAST][x - 1];
    return tail(c) > c->alpha;
}

/* How many more in a direction (parts of one): by halving. */
static double go(const test *c, const double *direction) {
    double low = 0, high = 0, more[SECTAG_STRATA_MAX];
    for (size_t h = c->first; h < SECTAG_STRATA_MAX; h++) high += (double)c->s[h].all;
    while (high - low > 0.01) {
        double middle = (low + high) / 2;
        for (size_t h = 0; h < SECTAG_STRATA_MAX; h++) more[h] = middle * direction[h];
        if (is_likely(c, more))
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Moves part of a direction from one part to another. */
static int shift(double *direction, size_t from, size_t to, double step) {
    if (from == to || direction[from] <= 0) return 0;
    double moved = fmin(step, direction[from]);
    direction[from] -= moved;
    direction[to] += moved;
    return 1;
}

/* One round of trials around the best direction; 1 if one was better. */
static int improve(const test *c, double *best, double *value, double step) {
    int better = 0;
    for (size_t k = 0; k < SECTAG_STRATA_MAX * SECTAG_STRATA_MAX; k++) {
        double trial[SECTAG_STRATA_MAX];
        memcpy(trial, best, sizeof trial);
        size_t from = k / SECTAG_STRATA_MAX, to = k % SECTAG_STRATA_MAX;
        if (from < c->first || to < c->first || !shift(trial, from, to, step)) continue;
        double got = go(c, trial);
        if (got <= *value) continue;
        *value = got;
        memcpy(best, trial, sizeof trial);
        better = 1;
    }
    return better;
}

/* From whole numbers near the highest to the highest: one more, or one less here and two more there. */
static double polish(const test *c, double *more) {
    double sum = 0;
    for (size_t k = 0; k < SECTAG_STRATA_MAX * SECTAG_STRATA_MAX; k++) {
        size_t from = k / SECTAG_STRATA_MAX, to = k % SECTAG_STRATA_MAX;
        if (from < c->first || to < c->first || (from != to && more[from] < 1)) continue;
        double trial[SECTAG_STRATA_MAX];
        memcpy(trial, more, sizeof trial);
        trial[from] -= from != to;
        trial[to] += from != to ? 2 : 1;
        if (!is_likely(c, trial)) continue;
        memcpy(more, trial, sizeof trial);
        k = SIZE_MAX; /* from the beginning */
    }
    for (size_t h = 0; h < SECTAG_STRATA_MAX; h++) sum += more[h];
    return sum;
}

/* The most that may be marked besides what was found: all in one part first, then mixed. */
static double climb(const test *c) {
    double best[SECTAG_STRATA_MAX] = {0}, value = -1;
    for (size_t h = c->first; h < SECTAG_STRATA_MAX; h++) {
        double alone[SECTAG_STRATA_MAX] = {0};
        alone[h] = 1;
        double got = go(c, alone);
        if (got <= value) continue;
        value = got;
        memcpy(best, alone, sizeof best);
    }
    for (double step = 0.25; step > 0.01; step /= 2)
        while (improve(c, best, &value, step)) continue;
    for (size_t h = 0; h < SECTAG_STRATA_MAX; h++) best[h] = floor(best[h] * value);
    return polish(c, best);
}

static int by_weight_down(const void *a, const void *b) {
    double u = weight(a), v = weight(b);
    return (u < v) - (u > v);
}

static int test_init(test *c) {
    int rc = 0;
    qsort(c->s + c->first, SECTAG_STRATA_MAX - c->first, sizeof *c->s, by_weight_down);
    for (size_t h = c->first; h < SECTAG_STRATA_MAX; h++) {
        c->w[h] = weight(&c->s[h]);
        c->t += c->w[h] * (double)c->s[h].found;
    }
    for (size_t h = 0; h < SECTAG_STRATA_MAX; h++) {
        if (h < c->first) c->w[h] = 1;
        double most = h < c->first ? 0 : (c->t + 1e-9) / c->w[h];
        c->most[h] = most < (double)c->s[h].read ? (size_t)most : c->s[h].read;
        c->p[h] = sectag_alloc(c->most[h] + 1, sizeof **c->p);
        if (c->p[h])
            c->p[h][0] = 1;
        else
            rc = SECTAG_ENOMEM;
    }
    return rc;
}

int sectag_strata_at_most(const sectag_stratum *s, size_t n, double alpha, uint64_t *bound, sectag_err *err) {
    test c = {.first = SECTAG_STRATA_MAX, .alpha = alpha};
    uint64_t sum = 0;
    for (size_t h = 0; h < n; h++) {
        if (weight(&s[h]) > 0) {
            c.s[--c.first] = s[h];
            sum += s[h].found;
        } else {
            sum += s[h].read ? s[h].found : s[h].all;
        }
    }
    int rc = test_init(&c) ? sectag_err_nomem(err) : 0;
    if (!rc && c.first < SECTAG_STRATA_MAX) sum += (uint64_t)climb(&c);
    for (size_t h = 0; h < SECTAG_STRATA_MAX; h++) free(c.p[h]);
    *bound = sum;
    return rc;
}
