#include "training/decided.h"

#include "features/array.h"
#include "training/metric.h"
#include "training/row_finder.h"
#include "training/search.h"

#include <stdlib.h>
#include <string.h>

/* ---- cells ---- */

/* x is number k of the decisions. */
static int push_cells(sectag_dataset *d, size_t row, const sectag_decision *x, size_t k) {
    for (size_t a = 0; a < d->n_areas; a++) {
        sectag_decided_cell c = {(uint32_t)row, (uint16_t)a, x->value[a], (uint32_t)k};
        if (c.value && sectag_array_push(&d->cells, c)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* A cell with its place in time. */
typedef struct placed {
    sectag_decided_cell cell;
    size_t at;
} placed;

static int by_place(const void *a, const void *b) {
    const placed *u = a, *v = b;
    if (u->cell.row != v->cell.row) return u->cell.row < v->cell.row ? -1 : 1;
    if (u->cell.area != v->cell.area) return u->cell.area < v->cell.area ? -1 : 1;
    return u->at < v->at ? -1 : u->at > v->at;
}

/* Sorts the cells; of several on one row and area the last stays. */
static int settle_cells(sectag_dataset *d, sectag_decided *out) {
    size_t n = d->cells.len, kept = 0;
    placed *p = sectag_alloc(n, sizeof *p);
    if (!p) return SECTAG_ENOMEM;
    for (size_t i = 0; i < n; i++) p[i] = (placed){d->cells.data[i], i};
    qsort(p, n, sizeof *p, by_place);
    for (size_t i = 0; i < n; i++) {
        sectag_decided_cell c = p[i].cell;
        if (i + 1 < n && p[i + 1].cell.row == c.row && p[i + 1].cell.area == c.area) continue;
        d->cells.data[kept++] = c;
        out->contradicting += (size_t)sectag_dataset_contradicts(d, &c);
    }
    d->cells.len = kept;
    free(p);
    return 0;
}

/* A row of its own, or cells of the rows that the clause repeats. */
static int decide(sectag_material *m, sectag_row_finder *f, const sectag_decisions *d, const sectag_decision *x,
                  sectag_decided *out, sectag_err *err) {
    size_t row = SIZE_MAX, repeats = 0, k = (size_t)(x - d->data);
    int rc;
    while ((rc = sectag_row_finder_next(f, m, x, &row, err)) == 1) {
        repeats++;
        if (push_cells(&m->data, row, x, k)) return sectag_err_nomem(err);
    }
    if (rc) return rc;
    if (repeats) {
        out->repeating++;
        return 0;
    }
    rc = sectag_row_finder_add(f, m, x, err);
    return rc ? rc : push_cells(&m->data, m->data.rows.len - 1, x, k) ? sectag_err_nomem(err) : 0;
}

int sectag_material_decide(sectag_material *m, const sectag_decisions *d, const sectag_train_options *o,
                           sectag_decided *out, sectag_err *err) {
    sectag_row_finder f = {0};
    memset(out, 0, sizeof *out);
    if (d->len && d->n_areas != m->data.n_areas)
        return sectag_err_set(err, SECTAG_EARG, "decisions on %zu areas do not fit %zu", d->n_areas,
                              m->data.n_areas);
    const sectag_decision **order = sectag_decisions_order(d, &out->clauses);
    out->held = d->len - out->clauses;
    int rc = order ? sectag_row_finder_init(&f, m, o, err) : sectag_err_nomem(err);
    for (size_t i = 0; i < out->clauses && !rc; i++) rc = decide(m, &f, d, order[i], out, err);
    if (!rc && settle_cells(&m->data, out)) rc = sectag_err_nomem(err);
    if (!rc) out->digest = sectag_decisions_digest(order, out->clauses, d->n_areas);
    out->added = m->data.added;
    out->copies = o->correction_copies;
    free(order);
    sectag_row_finder_release(&f);
    return rc;
}

size_t sectag_dataset_positives(const sectag_dataset *d, size_t area) {
    size_t n = 0;
    for (size_t i = 0; i < d->rows.len; i++) n += sectag_dataset_value(d, i, area) > 0;
    return n;
}

/* ---- how much a decision weighs ---- */

/* micro-F1 over the decided cells of the added rows. */
static double decided_f1(const sectag_dataset *d, const sectag_trained *t) {
    double tp = 0, fp = 0, fn = 0;
    for (size_t i = 0; i < d->cells.len; i++) {
        const sectag_decided_cell *c = &d->cells.data[i];
        const sectag_area_model *m = &t->area[c->area];
        if (t->scored[c->row] != 2 || !m->trained) continue;
        double s = t->score[c->row * t->n_areas + c->area];
        int tagged = sectag_calibration_apply(&m->calibration, s) >= m->threshold;
        tp += tagged && c->value > 0;
        fp += tagged && c->value < 0;
        fn += !tagged && c->value > 0;
    }
    return sectag_prf_of(tp, fp, fn).f1;
}

static int try_copies(const sectag_material *m, const sectag_train_options *o, double *result,
                      sectag_err *err) {
    sectag_trained t;
    double corpus = 0;
    int rc = sectag_train_cross_validate(&m->data, &m->vocab, o, &t, NULL, NULL, err);
    if (!rc) rc = sectag_search_objective(&m->data, &t, &corpus, err);
    if (!rc) *result = (corpus + decided_f1(&m->data, &t)) / 2;
    sectag_trained_release(&t);
    return rc;
}

int sectag_choose_copies(const sectag_material *m, sectag_train_options *o, sectag_err *err) {
    static const uint32_t copies[] = {1, 2, 4, 8};
    sectag_train_options trial = *o;
    double best = -1;
    trial.solver = "liblinear";
    trial.hold_decided = 1;
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        double result = 0;
        trial.correction_copies = copies[i];
        int rc = try_copies(m, &trial, &result, err);
        if (rc) return rc;
        if (result <= best + SECTAG_SEARCH_GAIN) continue;
        best = result;
        o->correction_copies = copies[i];
    }
    return 0;
}
