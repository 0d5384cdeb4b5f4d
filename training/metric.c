#include "training/metric.h"

#include "features/array.h"
#include "training/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

sectag_prf sectag_prf_of(double tp, double fp, double fn) {
    sectag_prf m = {0, 0, 0};
    if (tp <= 0) return m;
    m.precision = tp / (tp + fp);
    m.recall = tp / (tp + fn);
    m.f1 = 2 * tp / (2 * tp + fp + fn);
    return m;
}

double sectag_log_loss(const double *p, const uint8_t *y, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double q = y[i] ? p[i] : 1 - p[i];
        sum -= log(q < 1e-15 ? 1e-15 : q > 1 - 1e-15 ? 1 - 1e-15 : q);
    }
    return n ? sum / (double)n : 0;
}

double sectag_brier(const double *p, const uint8_t *y, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (p[i] - (double)y[i]) * (p[i] - (double)y[i]);
    return n ? sum / (double)n : 0;
}

/* A row on its place in a ranking. */
typedef struct ranked {
    double score;
    uint32_t row;
} ranked;

static int by_score_down(const void *a, const void *b) {
    const ranked *u = a, *v = b;
    if (u->score != v->score) return u->score > v->score ? -1 : 1;
    return u->row < v->row ? -1 : u->row > v->row;
}

/* What a replicate needs of a row, in ranking order. */
typedef struct item {
    uint32_t doc;
    uint8_t kind; /* bit 0: gold, bit 1: tagged */
    uint8_t last; /* of the rows with this score */
} item;

/* Counts of one area in one replicate: by kind, and the average precision. */
typedef struct tally {
    double kind[4], ap;
} tally;

/* One pass down the ranking, each row counting as often as its document was drawn. */
static tally tally_items(const item *items, size_t n, const uint32_t *drawn) {
    uint64_t kind[4] = {0, 0, 0, 0}, seen = 0, hits = 0, hits_before = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t times = drawn[items[i].doc];
        kind[items[i].kind] += times;
        seen += times;
        hits += items[i].kind & 1 ? times : 0;
        if (!items[i].last || hits == hits_before) continue;
        sum += (double)(hits - hits_before) * (double)hits / (double)seen;
        hits_before = hits;
    }
    tally t = {{(double)kind[0], (double)kind[1], (double)kind[2], (double)kind[3]}, 0};
    if (hits) t.ap = sum / (double)hits;
    return t;
}

/* Ranks one area. `order` is scratch. */
static void rank_area(const sectag_eval_data *d, const uint32_t *doc, size_t area, ranked *order,
                      item *items) {
    for (size_t r = 0; r < d->n_rows; r++)
        order[r] = (ranked){d->score ? d->score[r * d->n_areas + area] : 0, (uint32_t)r};
    if (d->score) qsort(order, d->n_rows, sizeof *order, by_score_down);
    for (size_t i = 0; i < d->n_rows; i++) {
        size_t at = (size_t)order[i].row * d->n_areas + area;
        int last = i + 1 == d->n_rows || order[i + 1].score != order[i].score;
        items[i] =
            (item){doc[order[i].row], (uint8_t)((d->gold[at] != 0) | (d->tag[at] != 0) << 1), (uint8_t)last};
    }
}

int sectag_average_precision(const double *score, const uint8_t *y, size_t n, double *ap, sectag_err *err) {
    ranked *order = sectag_alloc(n, sizeof *order);
    item *items = sectag_alloc(n, sizeof *items);
    uint32_t *doc = sectag_zalloc(n, sizeof *doc);
    int rc = order && items && doc ? 0 : SECTAG_ENOMEM;
    if (!rc) {
        uint32_t once = 1;
        sectag_eval_data d = {n, 1, score, y, y, doc};
        rank_area(&d, doc, 0, order, items);
        *ap = tally_items(items, n, &once).ap;
    }
    free(order);
    free(items);
    free(doc);
    return rc ? sectag_err_nomem(err) : 0;
}

int sectag_calibration_error(const double *p, const uint8_t *y, size_t n, size_t bins, double *ece,
                             sectag_err *err) {
    if (bins == 0 || n > UINT32_MAX) return sectag_err_set(err, SECTAG_EARG, "%zu bins, %zu rows", bins, n);
    ranked *order = sectag_alloc(n, sizeof *order);
    if (!order) return sectag_err_nomem(err);
    for (size_t i = 0; i < n; i++) order[i] = (ranked){p[i], (uint32_t)i};
    qsort(order, n, sizeof *order, by_score_down);
    double sum = 0;
    for (size_t b = 0, i = 0; b < bins; b++) {
        double gap = 0;
        for (size_t end = (b + 1) * n / bins; i < end; i++) gap += (double)y[order[i].row] - order[i].score;
        sum += fabs(gap);
    }
    *ece = n ? sum / (double)n : 0;
    free(order);
    return 0;
}

int sectag_calibration_errors(const double *p, const uint8_t *gold, size_t n_rows, size_t n_areas,
                              size_t bins, double *ece, sectag_err *err) {
    double *column = sectag_alloc(n_rows, sizeof *column);
    uint8_t *y = sectag_alloc(n_rows, 1);
    int rc = column && y ? 0 : sectag_err_nomem(err);
    for (size_t a = 0; a < n_areas && !rc; a++) {
        for (size_t i = 0; i < n_rows; i++) {
            column[i] = p[i * n_areas + a];
            y[i] = gold[i * n_areas + a];
        }
        rc = sectag_calibration_error(column, y, n_rows, bins, &ece[a], err);
    }
    free(column);
    free(y);
    return rc;
}

/* Columns of the table of replicates: four for each area, then the summaries. Row 0 is the data as
 * they are, row 1 + i the i-th replicate. NAN: the replicate says nothing. */
enum { COL_PRECISION, COL_RECALL, COL_F1, COL_AP, COLS_AREA };
enum { COL_MACRO, COL_MICRO = 3, COL_MEAN_AP = 6, COLS_SUMMARY };

static size_t columns_of(const sectag_eval_data *d) {
    return d->n_areas * COLS_AREA + COLS_SUMMARY;
}

/* Documents numbered from 0 in order of appearance among sorted ids; rows without one get their own. */
typedef struct doc_id {
    uint64_t id;
    uint32_t row;
} doc_id;

static int by_doc(const void *a, const void *b) {
    const doc_id *u = a, *v = b;
    if (u->id != v->id) return u->id < v->id ? -1 : 1;
    return u->row < v->row ? -1 : u->row > v->row;
}

static int number_docs(const sectag_eval_data *d, uint32_t *doc, size_t *n_docs) {
    doc_id *ids = sectag_alloc(d->n_rows, sizeof *ids);
    if (!ids) return SECTAG_ENOMEM;
    for (size_t r = 0; r < d->n_rows; r++) {
        int own = !d->doc || d->doc[r] == UINT32_MAX;
        ids[r] = (doc_id){own ? ((uint64_t)1 << 32) + r : d->doc[r], (uint32_t)r};
    }
    qsort(ids, d->n_rows, sizeof *ids, by_doc);
    uint32_t n = 0;
    for (size_t i = 0; i < d->n_rows; i++) {
        if (i && ids[i].id != ids[i - 1].id) n++;
        doc[ids[i].row] = n;
    }
    *n_docs = d->n_rows ? (size_t)n + 1 : 0;
    free(ids);
    return 0;
}

static void put_prf(double *at, sectag_prf m) {
    at[0] = m.precision;
    at[1] = m.recall;
    at[2] = m.f1;
}

/* One row of the table from the areas' tallies. */
static void fill_row(double *row, const tally *t, size_t n_areas) {
    double sum[COLS_AREA] = {0}, with_gold = 0, tp = 0, fp = 0, fn = 0;
    for (size_t a = 0; a < n_areas; a++) {
        double *at = row + a * COLS_AREA;
        put_prf(at, sectag_prf_of(t[a].kind[3], t[a].kind[2], t[a].kind[1]));
        at[COL_AP] = t[a].ap;
        tp += t[a].kind[3];
        fp += t[a].kind[2];
        fn += t[a].kind[1];
        int has_gold = t[a].kind[3] + t[a].kind[1] > 0;
        with_gold += has_gold;
        for (int c = 0; c < COLS_AREA; c++) {
            if (has_gold)
                sum[c] += at[c];
            else
                at[c] = NAN;
        }
    }
    double *summary = row + n_areas * COLS_AREA;
    for (int c = 0; c < 3; c++) summary[COL_MACRO + c] = with_gold > 0 ? sum[c] / with_gold : NAN;
    put_prf(summary + COL_MICRO, sectag_prf_of(tp, fp, fn));
    if (tp + fn <= 0) summary[COL_MICRO] = summary[COL_MICRO + 1] = summary[COL_MICRO + 2] = NAN;
    summary[COL_MEAN_AP] = with_gold > 0 ? sum[COL_AP] / with_gold : NAN;
}

static void draw_docs(sectag_random *random, uint32_t *drawn, size_t n_docs) {
    memset(drawn, 0, n_docs * sizeof *drawn);
    for (size_t i = 0; i < n_docs; i++) drawn[sectag_random_below(random, n_docs)]++;
}

/* All replicates: table[(1 + replicates) x columns], and the tallies of the data as they are. */
static int replicate(const sectag_eval_data *d, const sectag_eval_options *o, double *table, tally *whole,
                     size_t *n_docs) {
    size_t cells = d->n_rows * d->n_areas;
    uint32_t *doc = sectag_alloc(d->n_rows, sizeof *doc), *drawn = sectag_alloc(d->n_rows, sizeof *drawn);
    ranked *order = sectag_alloc(d->n_rows, sizeof *order);
    item *items = sectag_alloc(cells, sizeof *items);
    tally *t = sectag_alloc(d->n_areas, sizeof *t);
    int rc = doc && drawn && order && items && t ? number_docs(d, doc, n_docs) : SECTAG_ENOMEM;
    if (rc) goto cleanup;
    for (size_t a = 0; a < d->n_areas; a++) rank_area(d, doc, a, order, items + a * d->n_rows);
    sectag_random random;
    sectag_random_init(&random, o->seed);
    for (size_t i = 0; i < *n_docs; i++) drawn[i] = 1;
    for (size_t k = 0; k <= o->replicates; k++) {
        for (size_t a = 0; a < d->n_areas; a++) t[a] = tally_items(items + a * d->n_rows, d->n_rows, drawn);
        fill_row(table + k * columns_of(d), t, d->n_areas);
        if (k == 0) memcpy(whole, t, d->n_areas * sizeof *t);
        draw_docs(&random, drawn, *n_docs);
    }
cleanup:
    free(doc);
    free(drawn);
    free(order);
    free(items);
    free(t);
    return rc;
}

static int by_value(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return (u > v) - (u < v);
}

/* The q-quantile of n sorted values, linear between order statistics (Hyndman & Fan 1996, type 7). */
static double quantile(const double *v, size_t n, double q) {
    double at = q * (double)(n - 1);
    size_t i = (size_t)at;
    return i + 1 < n ? v[i] + (at - (double)i) * (v[i + 1] - v[i]) : v[n - 1];
}

/* Value and interval of one column. `scratch` holds a number for each replicate. */
static sectag_interval interval_of(const double *table, size_t cols, size_t c, const sectag_eval_options *o,
                                   double *scratch) {
    double value = isnan(table[c]) ? 0 : table[c];
    size_t n = 0;
    for (size_t k = 1; k <= o->replicates; k++)
        if (!isnan(table[k * cols + c])) scratch[n++] = table[k * cols + c];
    if (n == 0) return (sectag_interval){value, value, value};
    qsort(scratch, n, sizeof *scratch, by_value);
    double tail = (1 - o->level) / 2;
    return (sectag_interval){value, quantile(scratch, n, tail), quantile(scratch, n, 1 - tail)};
}

static int report(const sectag_eval_data *d, const sectag_eval_options *o, const double *table,
                  const tally *whole, sectag_metrics *out) {
    size_t cols = columns_of(d), summary = d->n_areas * COLS_AREA;
    double *scratch = sectag_alloc(o->replicates, sizeof *scratch);
    out->area = sectag_zalloc(d->n_areas, sizeof *out->area);
    if (!scratch || !out->area) {
        free(scratch);
        return SECTAG_ENOMEM;
    }
    for (size_t a = 0; a < d->n_areas; a++) {
        sectag_area_metric *m = &out->area[a];
        sectag_interval *to[COLS_AREA] = {&m->precision, &m->recall, &m->f1, &m->ap};
        m->n_gold = (size_t)(whole[a].kind[1] + whole[a].kind[3]);
        m->n_tagged = (size_t)(whole[a].kind[2] + whole[a].kind[3]);
        m->n_both = (size_t)whole[a].kind[3];
        for (size_t c = 0; c < COLS_AREA; c++)
            *to[c] = interval_of(table, cols, a * COLS_AREA + c, o, scratch);
    }
    sectag_interval *to[COLS_SUMMARY] = {&out->macro_precision, &out->macro_recall, &out->macro_f1,
                                         &out->micro_precision, &out->micro_recall, &out->micro_f1,
                                         &out->mean_ap};
    for (size_t c = 0; c < COLS_SUMMARY; c++) *to[c] = interval_of(table, cols, summary + c, o, scratch);
    free(scratch);
    return 0;
}

static int check_data(const sectag_eval_data *d, const sectag_eval_options *o, sectag_err *err) {
    if (d->n_rows == 0 || d->n_areas == 0 || d->n_rows >= UINT32_MAX ||
        d->n_areas > SIZE_MAX / 64 / d->n_rows)
        return sectag_err_set(err, SECTAG_EARG, "%zu rows, %zu areas to evaluate", d->n_rows, d->n_areas);
    if (!(o->level > 0 && o->level < 1) || o->replicates >= UINT32_MAX)
        return sectag_err_set(err, SECTAG_EARG, "interval level %g, %zu replicates", o->level, o->replicates);
    for (size_t i = 0; d->score && i < d->n_rows * d->n_areas; i++)
        if (isnan(d->score[i])) return sectag_err_set(err, SECTAG_EARG, "row %zu: no score", i / d->n_areas);
    return 0;
}

void sectag_metrics_init(sectag_metrics *m) {
    memset(m, 0, sizeof *m);
}

void sectag_metrics_release(sectag_metrics *m) {
    free(m->area);
    sectag_metrics_init(m);
}

/* Of a, or of a - b if b is given. */
static int evaluate(const sectag_eval_data *a, const sectag_eval_data *b, const sectag_eval_options *o,
                    sectag_metrics *out, sectag_err *err) {
    int rc = check_data(a, o, err);
    if (!rc && b) rc = check_data(b, o, err);
    if (rc) return rc;
    sectag_metrics_release(out);
    size_t cells = (o->replicates + 1) * columns_of(a);
    double *table = sectag_alloc(cells, sizeof *table), *other = sectag_alloc(b ? cells : 0, sizeof *other);
    tally *whole = sectag_alloc(a->n_areas, sizeof *whole),
          *unused = sectag_alloc(a->n_areas, sizeof *unused);
    rc = table && other && whole && unused ? 0 : SECTAG_ENOMEM;
    if (!rc && b) rc = replicate(b, o, other, unused, &out->n_docs);
    if (!rc) rc = replicate(a, o, table, whole, &out->n_docs);
    for (size_t i = 0; !rc && b && i < cells; i++) table[i] -= other[i];
    if (!rc) rc = report(a, o, table, whole, out);
    out->n_rows = a->n_rows;
    out->n_areas = a->n_areas;
    free(table);
    free(other);
    free(whole);
    free(unused);
    if (rc) sectag_metrics_release(out);
    return rc ? sectag_err_nomem(err) : 0;
}

int sectag_metrics_evaluate(const sectag_eval_data *d, const sectag_eval_options *o, sectag_metrics *out,
                            sectag_err *err) {
    return evaluate(d, NULL, o, out, err);
}

int sectag_metrics_difference(const sectag_eval_data *a, const sectag_eval_data *b,
                              const sectag_eval_options *o, sectag_metrics *out, sectag_err *err) {
    if (a->n_rows != b->n_rows || a->n_areas != b->n_areas)
        return sectag_err_set(err, SECTAG_EARG, "the two systems were not run on the same rows and areas");
    return evaluate(a, b, o, out, err);
}
