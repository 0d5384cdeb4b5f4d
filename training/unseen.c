#include "training/unseen.h"

#include "features/array.h"
#include "training/decided.h"
#include "training/row_finder.h"

#include <string.h>

/* The row of a clause that was scored out of fold, or SIZE_MAX. */
static int find_scored(const sectag_material *m, sectag_row_finder *f, const sectag_trained *t, const sectag_decision *x,
                       size_t *row, sectag_err *err) {
    size_t at = SIZE_MAX;
    int rc;
    *row = SIZE_MAX;
    while ((rc = sectag_row_finder_next(f, m, x, &at, err)) == 1)
        if (t->scored[at]) return *row = at, 0;
    return rc;
}

static void take(const sectag_trained *t, size_t row, double *p) {
    for (size_t a = 0; a < t->n_areas; a++) {
        const sectag_area_model *area = &t->area[a];
        p[a] = area->trained ? sectag_calibration_apply(&area->calibration, t->score[row * t->n_areas + a]) : 0;
    }
}

int sectag_unseen(sectag_material *m, const sectag_decisions *d, const sectag_train_options *options, double *p,
                  uint8_t *known, sectag_progress_fn *progress, void *progress_ctx, sectag_err *err) {
    sectag_train_options o = *options;
    sectag_trained t = {0};
    sectag_decided made;
    sectag_row_finder finder = {0};
    o.solver = "liblinear";
    o.hold_decided = 1;
    int rc = sectag_material_decide(m, d, &o, &made, err);
    if (!rc) rc = sectag_train_cross_validate(&m->data, &m->vocab, &o, &t, progress, progress_ctx, err);
    if (!rc) rc = sectag_row_finder_init(&finder, m, &o, err);
    memset(known, 0, d->len);
    for (size_t i = 0; i < d->len && !rc; i++) {
        size_t row;
        rc = find_scored(m, &finder, &t, &d->data[i], &row, err);
        if (rc || row == SIZE_MAX) continue;
        known[i] = 1;
        take(&t, row, p + i * t.n_areas);
    }
    sectag_row_finder_release(&finder);
    sectag_trained_release(&t);
    return rc;
}
