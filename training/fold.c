#include "training/fold.h"

#include "features/array.h"

#include <stdlib.h>
#include <string.h>

/* A group as the dealer sees it: its rows are row[from] .. row[from + size - 1]. */
typedef struct bundle {
    uint32_t group;
    size_t from, size;
} bundle;

/* Larger first; of equal size the earlier first. */
static int by_size_down(const void *a, const void *b) {
    const bundle *u = a, *v = b;
    if (u->size != v->size) return u->size > v->size ? -1 : 1;
    return u->group < v->group ? -1 : u->group > v->group;
}

typedef struct dealer {
    const uint64_t *labels;
    size_t words, areas; /* areas = 64 * words, and one more column: all rows */
    unsigned k;
    bundle *bundle; /* n_groups */
    uint32_t *row;  /* n rows, by group */
    double *total;  /* areas + 1: positives in all */
    double *have;   /* k x (areas + 1): of each fold */
    double *gain;   /* areas + 1: of the group in hand */
} dealer;

static void dealer_release(dealer *d) {
    free(d->bundle);
    free(d->row);
    free(d->total);
    free(d->have);
    free(d->gain);
}

static int dealer_alloc(dealer *d, const sectag_groups *g) {
    if (d->words > SIZE_MAX / 64 / 256 / sizeof(double)) return SECTAG_ENOMEM;
    d->bundle = sectag_zalloc(g->n_groups, sizeof *d->bundle);
    d->row = sectag_alloc(g->n, sizeof *d->row);
    d->total = sectag_zalloc(d->areas + 1, sizeof *d->total);
    d->have = sectag_zalloc(d->k * (d->areas + 1), sizeof *d->have);
    d->gain = sectag_zalloc(d->areas + 1, sizeof *d->gain);
    return d->bundle && d->row && d->total && d->have && d->gain ? 0 : SECTAG_ENOMEM;
}

static void make_bundles(dealer *d, const sectag_groups *g) {
    for (size_t i = 0; i < g->n; i++) d->bundle[g->group[i]].size++;
    size_t at = 0;
    for (size_t b = 0; b < g->n_groups; b++) {
        d->bundle[b].group = (uint32_t)b;
        d->bundle[b].from = at;
        at += d->bundle[b].size;
        d->bundle[b].size = 0;
    }
    for (size_t i = 0; i < g->n; i++) {
        bundle *b = &d->bundle[g->group[i]];
        d->row[b->from + b->size++] = (uint32_t)i;
    }
    qsort(d->bundle, g->n_groups, sizeof *d->bundle, by_size_down);
}

/* Adds a row's labels, and itself, to count. */
static void count_row(const dealer *d, uint32_t row, double *count) {
    for (size_t w = 0; w < d->words; w++)
        for (uint64_t bits = d->labels[(size_t)row * d->words + w]; bits; bits &= bits - 1)
            count[w * 64 + (size_t)__builtin_ctzll(bits)] += 1;
    count[d->areas] += 1;
}

/* How much the sum of squared shares grows if the group in hand goes to this fold. */
static double cost(const dealer *d, const double *have) {
    double sum = 0;
    for (size_t a = 0; a <= d->areas; a++)
        if (d->gain[a] > 0) sum += (2 * have[a] + d->gain[a]) * d->gain[a] / (d->total[a] * d->total[a]);
    return sum;
}

static unsigned deal(dealer *d, const bundle *b) {
    unsigned best = 0;
    memset(d->gain, 0, (d->areas + 1) * sizeof *d->gain);
    for (size_t i = b->from; i < b->from + b->size; i++) count_row(d, d->row[i], d->gain);
    double least = cost(d, d->have);
    for (unsigned f = 1; f < d->k; f++) {
        double c = cost(d, d->have + f * (d->areas + 1));
        if (c >= least) continue;
        least = c;
        best = f;
    }
    for (size_t a = 0; a <= d->areas; a++) d->have[best * (d->areas + 1) + a] += d->gain[a];
    return best;
}

int sectag_folds_assign(const sectag_groups *g, const uint64_t *labels, size_t words, unsigned k,
                        uint8_t *fold, sectag_err *err) {
    if (k < 2 || k > 255) return sectag_err_set(err, SECTAG_EARG, "%u folds: 2 to 255 are possible", k);
    dealer d = {.labels = labels, .words = words, .areas = 64 * words, .k = k};
    int rc = dealer_alloc(&d, g);
    if (!rc) {
        make_bundles(&d, g);
        for (size_t i = 0; i < g->n; i++) count_row(&d, (uint32_t)i, d.total);
        for (size_t b = 0; b < g->n_groups; b++) {
            unsigned f = deal(&d, &d.bundle[b]);
            for (size_t i = 0; i < d.bundle[b].size; i++) fold[d.row[d.bundle[b].from + i]] = (uint8_t)f;
        }
    }
    dealer_release(&d);
    return rc ? sectag_err_nomem(err) : 0;
}

/* Marks the sets that are near a held-out row: bit 0 for the set of one, bit 1 for a neighbour. */
static void mark_held(const sectag_groups *g, const uint8_t *fold, unsigned f, uint8_t *mark) {
    for (size_t i = 0; i < g->n; i++)
        if (fold[i] == f && g->has_keys[g->set[i]]) mark[g->set[i]] |= 1;
    for (size_t s = 0; s < g->n_sets; s++)
        for (size_t k = g->near_off[s]; (mark[s] & 1) && k < g->near_off[s + 1]; k++) mark[g->near[k]] |= 2;
}

int sectag_folds_training(const sectag_groups *g, const uint8_t *fold, unsigned f, uint32_t *rows,
                          size_t *n_rows, size_t *n_excluded, sectag_err *err) {
    uint8_t *mark = sectag_zalloc(g->n_sets, 1);
    size_t n = 0, excluded = 0;
    if (!mark) return sectag_err_nomem(err);
    mark_held(g, fold, f, mark);
    for (size_t i = 0; i < g->n; i++) {
        if (fold[i] == f) continue;
        if (mark[g->set[i]])
            excluded++;
        else
            rows[n++] = (uint32_t)i;
    }
    *n_rows = n;
    if (n_excluded) *n_excluded = excluded;
    free(mark);
    return 0;
}
