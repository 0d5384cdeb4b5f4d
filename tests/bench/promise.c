/* promise.c: are promises of recall and precision kept on documents that they were not made on?
 *
 *   bench_promise [--splits N] [--confidence C] [--recall R,...] [--precision P,...] [MODEL]
 *
 * The documents that a model was measured on out of fold are dealt into two halves at random, N times. A half
 * makes the promise, the other half tells whether it is kept; so do two naive thresholds: the one that just
 * reaches the target, and the one at which the Clopper-Pearson bound over clauses does. Exit code 1 if an area
 * that promises in half of the splits or more keeps fewer of its promises than it should.
 */
#include "training/binomial.h"
#include "training/point.h"
#include "training/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAKERS = 3 };
static const char *const maker_name[MAKERS] = {"promise", "estimate", "binomial"};

typedef struct bench {
    sectag_model model;
    sectag_operating table;
    size_t splits;
    double confidence;
    uint8_t *first, *second; /* [n_docs] the halves */
    uint32_t *order;
    int broken;
} bench;

/* What became of the promises of one area. */
typedef struct outcome {
    size_t made[MAKERS], kept[MAKERS];
    double reached[MAKERS]; /* sum over those made */
} outcome;

static void deal(bench *b, sectag_random *random) {
    size_t n = b->table.n_docs;
    for (size_t i = 0; i < n; i++) b->order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)sectag_random_below(random, i);
        uint32_t other = b->order[k];
        b->order[k] = b->order[i - 1];
        b->order[i - 1] = other;
    }
    for (size_t i = 0; i < n; i++) {
        b->first[b->order[i]] = i < n / 2;
        b->second[b->order[i]] = i >= n / 2;
    }
}

/* Recall or precision of a threshold on some documents; -1 where there is nothing to find. */
static double reached(const sectag_operating_rows *rows, const uint8_t *use, double threshold, int recall) {
    size_t n = 0, good = 0;
    for (size_t i = 0; i < rows->len; i++) {
        const sectag_operating_row *r = &rows->data[i];
        int passes = (double)r->ppm / 1e6 >= threshold;
        if (!use[r->doc] || !(recall ? r->of_area : passes)) continue;
        n++;
        good += passes && r->of_area;
    }
    return n ? (double)good / (double)n : recall ? -1 : 1;
}

/* The highest threshold (for precision the lowest) at which the share, or its binomial bound, is the target. */
static int naive(const sectag_operating_rows *rows, const uint8_t *use, int recall, int binomial, double target,
                 double alpha, double *threshold) {
    size_t all = 0, n = 0, good = 0;
    int found = 0;
    for (size_t i = 0; i < rows->len; i++) all += use[rows->data[i].doc] && rows->data[i].of_area;
    for (size_t i = 0; i < rows->len && !(recall && found); i++) {
        const sectag_operating_row *r = &rows->data[i];
        if (!use[r->doc]) continue;
        n++;
        good += r->of_area;
        double of = (double)(recall ? all : n), share = of > 0 ? (double)good / of : 0;
        if (binomial) share = sectag_share_at_least((double)good, of, alpha);
        if (share < target) continue;
        *threshold = ((double)r->ppm - 0.5) / 1e6;
        found = 1;
    }
    return found;
}

static int make(const bench *b, size_t area, int maker, int recall, double target, double *threshold) {
    if (maker)
        return naive(&b->table.area[area], b->first, recall, maker == 2, target, 1 - b->confidence, threshold);
    sectag_point_options o = {target, b->confidence, b->first};
    sectag_point p;
    if ((recall ? sectag_point_recall : sectag_point_precision)(&b->table, area, &o, &p, NULL)) abort();
    *threshold = p.threshold;
    return p.promised;
}

static void split(bench *b, size_t area, int recall, double target, outcome *out) {
    for (int k = 0; k < MAKERS; k++) {
        double threshold, share;
        if (!make(b, area, k, recall, target, &threshold)) continue;
        share = reached(&b->table.area[area], b->second, threshold, recall);
        if (share < 0) continue;
        out->made[k]++;
        out->kept[k] += share >= target;
        out->reached[k] += share;
    }
}

static void print_area(bench *b, size_t area, const outcome *out) {
    size_t n = 0;
    for (size_t i = 0; i < b->table.area[area].len; i++) n += b->table.area[area].data[i].of_area;
    printf("%-24s %5zu", b->model.taxonomy.areas.data[area].code, n);
    for (int k = 0; k < MAKERS; k++) {
        double made = (double)out->made[k];
        if (out->made[k])
            printf("   %4.0f%% %6.3f %6.3f", 100 * made / (double)b->splits, (double)out->kept[k] / made,
                   out->reached[k] / made);
        else
            printf("      0%%      -      -");
    }
    int enough = 2 * out->made[0] >= b->splits;
    int broken = enough && (double)out->kept[0] < b->confidence * (double)out->made[0];
    printf("%s\n", broken ? "   BROKEN" : enough ? "   enough" : "");
    b->broken |= broken;
}

static void measure(bench *b, int recall, double target) {
    outcome *all = calloc(b->table.n_areas, sizeof *all);
    sectag_random random;
    if (!all) abort();
    sectag_random_init(&random, 1);
    for (size_t s = 0; s < b->splits; s++) {
        deal(b, &random);
        for (size_t a = 0; a < b->table.n_areas; a++) split(b, a, recall, target, &all[a]);
    }
    printf("\n%s %g, confidence %g, %zu splits of %zu documents: how often promised, of these kept, mean reached\n",
           recall ? "recall" : "precision", target, b->confidence, b->splits, b->table.n_docs);
    printf("%-24s %5s", "area", "n");
    for (int k = 0; k < MAKERS; k++) printf("   %-19s", maker_name[k]);
    puts("");
    for (size_t a = 0; a < b->table.n_areas; a++) print_area(b, a, &all[a]);
    size_t made[MAKERS] = {0}, kept[MAKERS] = {0};
    for (size_t a = 0; a < b->table.n_areas; a++)
        for (int k = 0; k < MAKERS; k++) made[k] += all[a].made[k], kept[k] += all[a].kept[k];
    printf("all areas: kept");
    for (int k = 0; k < MAKERS; k++)
        printf("  %s %.3f of %zu", maker_name[k], made[k] ? (double)kept[k] / (double)made[k] : 0, made[k]);
    puts("");
    free(all);
}

static void measure_list(bench *b, int recall, const char *list) {
    while (*list) {
        char *end;
        double target = strtod(list, &end);
        if (end == list || !(target > 0 && target < 1)) exit(2);
        measure(b, recall, target);
        list = end + (*end == ',');
    }
}

int main(int argc, char **argv) {
    bench b = {.splits = 200, .confidence = 0.95};
    const char *model = "models/default/default.sectag", *recall = "0.8,0.9,0.95", *precision = "0.8,0.9";
    sectag_err err = {0};
    for (int i = 1; i < argc; i++) {
        int more = i + 1 < argc;
        if (more && !strcmp(argv[i], "--splits")) b.splits = strtoul(argv[++i], NULL, 10);
        else if (more && !strcmp(argv[i], "--confidence")) b.confidence = strtod(argv[++i], NULL);
        else if (more && !strcmp(argv[i], "--recall")) recall = argv[++i];
        else if (more && !strcmp(argv[i], "--precision")) precision = argv[++i];
        else model = argv[i];
    }
    int rc = sectag_model_open(&b.model, model, &err);
    if (!rc) rc = sectag_operating_open(&b.table, &b.model, model, &err);
    if (rc) {
        char text[1024];
        (void)fprintf(stderr, "promise: %s\n", sectag_err_format(&err, text, sizeof text));
        return 2;
    }
    b.first = calloc(b.table.n_docs, 1);
    b.second = calloc(b.table.n_docs, 1);
    b.order = calloc(b.table.n_docs, sizeof *b.order);
    if (!b.first || !b.second || !b.order) abort();
    measure_list(&b, 1, recall);
    measure_list(&b, 0, precision);
    free(b.first);
    free(b.second);
    free(b.order);
    sectag_operating_release(&b.table);
    sectag_model_release(&b.model);
    return b.broken;
}
