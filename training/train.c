#include "training/train.h"

#include "training/calibrate.h"
#include "training/fold.h"
#include "training/group.h"
#include "training/solver.h"
#include "training/threshold.h"

#include <math.h>
#include <string.h>

/* Areas with fewer positive out-of-fold rows share the pooled calibration. */
enum { CALIBRATION_POSITIVES = 40 };

enum { NEVER_HELD_OUT = 255 };

/* Everything the tasks share; read-only while they run, but for each task's own places. */
typedef struct trainer {
    const sectag_dataset *d;
    const sectag_train_options *o;
    const sectag_solver *solver;
    sectag_trained *t;
    sectag_matrix x;
    uint8_t *repeat;    /* [n_areas][rows] copies; 0: the area does not see the row */
    int8_t *y;          /* [n_areas][rows] */
    uint8_t *fold;      /* [rows] the fold that scores a row, NEVER_HELD_OUT for rows that are not scored */
    uint32_t **rows;    /* [folds + 1] training rows of a fold; the last entry is all rows */
    size_t *n_rows;     /* [folds + 1] */
} trainer;

static size_t rows_of(const trainer *w) {
    return w->d->rows.len;
}

/* Rows that no decision added: they come first. */
static size_t corpus_rows(const trainer *w) {
    return w->d->rows.len - w->d->added;
}

/* ---- preparing ---- */

static int check_options(const sectag_train_options *o, sectag_err *err) {
    const char *wrong = NULL;
    if (!sectag_solver_find(o->solver))
        wrong = "no such solver";
    else if (!sectag_threshold_find(o->threshold))
        wrong = "no such threshold method";
    else if (!(o->c > 0) || !(o->positive_weight > 0) || !(o->eps > 0))
        wrong = "C, the positive weight and eps must be above 0";
    else if (o->folds < 2 || o->folds > 100)
        wrong = "the number of folds must be 2 to 100";
    else if (o->real_copies < 1 || o->real_copies > 16)
        wrong = "the copies of a document's clause must be 1 to 16";
    else if (o->correction_copies < 1 || o->correction_copies > 64)
        wrong = "the copies of a decided clause must be 1 to 64";
    else if (!(o->accept > 0 && o->accept <= 1))
        wrong = "the accept probability must be above 0 and at most 1";
    return wrong ? sectag_err_set(err, SECTAG_EARG, "%s", wrong) : 0;
}

/* Only documents are scored out of fold, unless the corpus hardly has any. */
static void choose_scored(trainer *w) {
    size_t n = corpus_rows(w), with_doc = 0;
    for (size_t i = 0; i < n; i++) with_doc += w->d->rows.data[i].doc_number != SECTAG_NO_DOC;
    int all = with_doc * 5 < n;
    for (size_t i = 0; i < n; i++) w->t->scored[i] = all || w->d->rows.data[i].doc_number != SECTAG_NO_DOC;
    for (size_t i = n; i < rows_of(w); i++) w->t->scored[i] = w->o->hold_decided ? 2 : 0;
}

static int allocate(trainer *w, sectag_err *err) {
    size_t n = rows_of(w), areas = w->d->n_areas;
    sectag_trained *t = w->t;
    t->n_rows = n;
    t->n_areas = areas;
    t->n_columns = w->o->vector.terms ? w->d->n_columns : w->d->n_grams;
    t->score = sectag_zalloc(areas * n, sizeof *t->score);
    t->scored = sectag_zalloc(n, 1);
    t->positives = sectag_zalloc(areas, sizeof *t->positives);
    t->area = sectag_zalloc(areas, sizeof *t->area);
    t->weight = sectag_zalloc(areas, sizeof *t->weight);
    w->repeat = sectag_alloc(areas * n, 1);
    w->y = sectag_alloc(areas * n, 1);
    w->fold = sectag_alloc(n, 1);
    w->rows = sectag_zalloc(w->o->folds + 1, sizeof *w->rows);
    w->n_rows = sectag_zalloc(w->o->folds + 1, sizeof *w->n_rows);
    if (!t->score || !t->scored || !t->positives || !t->area || !t->weight || !w->repeat || !w->y ||
        !w->fold || !w->rows || !w->n_rows)
        return sectag_err_nomem(err);
    return 0;
}

static void fill_area(trainer *w, size_t area) {
    size_t n = rows_of(w), own = corpus_rows(w);
    uint8_t *repeat = w->repeat + area * n;
    int8_t *y = w->y + area * n;
    memset(y, -1, n);
    for (size_t i = 0; i < own; i++)
        repeat[i] = (uint8_t)(w->d->rows.data[i].doc_number == SECTAG_NO_DOC ? 1 : w->o->real_copies);
    memset(repeat + own, 0, n - own);
}

static void fill_labels(trainer *w) {
    size_t n = rows_of(w);
    for (size_t a = 0; a < w->d->n_areas; a++) fill_area(w, a);
    for (size_t i = 0; i < n; i++) {
        const sectag_row *r = &w->d->rows.data[i];
        for (uint32_t k = 0; k < r->labels; k++) w->y[w->d->labels.data[r->label + k] * n + i] = 1;
    }
    for (size_t i = 0; i < w->d->cells.len; i++) {
        const sectag_decided_cell *c = &w->d->cells.data[i];
        w->y[c->area * n + c->row] = c->value;
        uint8_t *repeat = &w->repeat[c->area * n + c->row];
        if (*repeat < w->o->correction_copies) *repeat = (uint8_t)w->o->correction_copies;
    }
    for (size_t a = 0; a < w->d->n_areas; a++)
        for (size_t i = 0; i < n; i++) w->t->positives[a] += w->y[a * n + i] > 0;
}

/* There must be something to tell apart, however few positives are asked for. */
static uint32_t is_trainable(const trainer *w, uint32_t positives) {
    return positives > 0 && positives >= w->o->min_positives && positives < rows_of(w) ? 1 : 0;
}

static int prepare(trainer *w, const sectag_vocab *v, sectag_err *err) {
    size_t trainable = 0;
    sectag_matrix_init(&w->x);
    int rc = check_options(w->o, err);
    if (!rc) rc = allocate(w, err);
    if (!rc) rc = sectag_dataset_weigh(w->d, &w->o->vector, v, &w->x, err);
    if (rc) return rc;
    w->solver = sectag_solver_find(w->o->solver);
    fill_labels(w);
    choose_scored(w);
    for (size_t a = 0; a < w->d->n_areas; a++) {
        w->t->area[a].positives = w->t->positives[a];
        w->t->area[a].trained = is_trainable(w, w->t->positives[a]);
        trainable += w->t->area[a].trained;
    }
    if (!trainable)
        return sectag_err_set(err, SECTAG_EDATA,
                              "no area has %u labelled clauses, and others that are not of the area",
                              w->o->min_positives);
    return 0;
}

/* Labels as the bit sets that sectag_folds_assign wants. */
static uint64_t *label_bits(const trainer *w, size_t words) {
    uint64_t *bits = sectag_zalloc(rows_of(w) * words, sizeof *bits);
    for (size_t i = 0; bits && i < rows_of(w); i++) {
        const sectag_row *r = &w->d->rows.data[i];
        for (uint32_t k = 0; k < r->labels; k++) {
            uint16_t area = w->d->labels.data[r->label + k];
            bits[i * words + area / 64] |= (uint64_t)1 << area % 64;
        }
    }
    return bits;
}

/* Groups of the first n rows. A row's n-gram columns are its set of n-grams. */
static int find_groups(const trainer *w, size_t n, sectag_groups *g, sectag_err *err) {
    uint32_t *doc = sectag_alloc(n, sizeof *doc);
    size_t *off = sectag_alloc(n + 1, sizeof *off);
    uint64_t *key = sectag_alloc(w->d->counts.len, sizeof *key);
    int rc = doc && off && key ? 0 : sectag_err_nomem(err);
    size_t at = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        doc[i] = w->d->rows.data[i].doc_number;
        off[i] = at;
        for (size_t k = w->d->off.data[i]; k < w->d->off.data[i + 1]; k++)
            if (w->d->counts.data[k].column < w->d->n_grams) key[at++] = w->d->counts.data[k].column;
    }
    if (!rc) {
        off[n] = at;
        sectag_group_data data = {n, doc, key, off};
        sectag_group_options options = SECTAG_GROUP_OPTIONS_INIT;
        rc = sectag_groups_find(&data, &options, g, err);
    }
    free(doc);
    free(off);
    free(key);
    return rc;
}

/* Added rows are held out with the scored rows of their group, or by the group's number. */
static int hold_added(trainer *w, const sectag_groups *all, sectag_err *err) {
    uint8_t *of_group = sectag_alloc(all->n_groups, 1);
    if (!of_group) return sectag_err_nomem(err);
    for (size_t g = 0; g < all->n_groups; g++) of_group[g] = (uint8_t)(g % w->o->folds);
    for (size_t i = corpus_rows(w); i-- > 0;) /* of several, the first row's */
        if (w->fold[i] != NEVER_HELD_OUT) of_group[all->group[i]] = w->fold[i];
    for (size_t i = corpus_rows(w); i < rows_of(w); i++) {
        w->fold[i] = NEVER_HELD_OUT;
        if (w->t->scored[i]) w->fold[i] = of_group[all->group[i]];
    }
    free(of_group);
    return 0;
}

/* The folds of the corpus' own rows come from these rows alone. */
static int assign_folds(trainer *w, const sectag_groups *all, sectag_err *err) {
    size_t n = corpus_rows(w), words = (w->d->n_areas + 63) / 64;
    sectag_groups own;
    sectag_groups_init(&own);
    uint64_t *bits = label_bits(w, words);
    int rc = bits ? 0 : sectag_err_nomem(err);
    if (!rc && w->d->added) rc = find_groups(w, n, &own, err);
    if (!rc) rc = sectag_folds_assign(w->d->added ? &own : all, bits, words, w->o->folds, w->fold, err);
    for (size_t i = 0; i < n; i++)
        if (!w->t->scored[i]) w->fold[i] = NEVER_HELD_OUT;
    if (!rc && w->d->added) rc = hold_added(w, all, err);
    free(bits);
    sectag_groups_release(&own);
    return rc;
}

static int list_rows(trainer *w, const sectag_groups *all, unsigned f, sectag_err *err) {
    size_t n = rows_of(w), excluded = 0;
    w->rows[f] = sectag_alloc(n, sizeof **w->rows);
    if (!w->rows[f]) return sectag_err_nomem(err);
    if (f == w->o->folds) {
        for (size_t i = 0; i < n; i++) w->rows[f][i] = (uint32_t)i;
        w->n_rows[f] = n;
        return 0;
    }
    int rc = sectag_folds_training(all, w->fold, f, w->rows[f], &w->n_rows[f], &excluded, err);
    w->t->excluded += excluded;
    if (!rc && w->n_rows[f] == 0)
        rc = sectag_err_set(
            err, SECTAG_EDATA,
            "all clauses are of one document or repeat each other: nothing is left to train on "
            "while they are measured");
    return rc;
}

/* Fills fold, and rows and n_rows of every fold and of the final fit. */
static int plan_folds(trainer *w, sectag_err *err) {
    sectag_groups all;
    sectag_groups_init(&all);
    int rc = find_groups(w, rows_of(w), &all, err);
    if (!rc) rc = assign_folds(w, &all, err);
    for (unsigned f = 0; f <= w->o->folds && !rc; f++) rc = list_rows(w, &all, f, err);
    sectag_groups_release(&all);
    return rc;
}

static void trainer_release(trainer *w) {
    sectag_matrix_release(&w->x);
    free(w->repeat);
    free(w->y);
    free(w->fold);
    for (size_t f = 0; w->rows && f <= w->o->folds; f++) free(w->rows[f]);
    free(w->rows);
    free(w->n_rows);
}

void sectag_trained_release(sectag_trained *t) {
    free(t->score);
    free(t->scored);
    free(t->positives);
    free(t->area);
    for (size_t a = 0; t->weight && a < t->n_areas; a++) free(t->weight[a]);
    free(t->weight);
    memset(t, 0, sizeof *t);
}

/* ---- solving ---- */

static int solve(const trainer *w, size_t area, size_t fold, sectag_solution *s, sectag_err *err) {
    sectag_problem p = {&w->x,
                        w->rows[fold],
                        w->n_rows[fold],
                        w->y + area * rows_of(w),
                        w->repeat + area * rows_of(w)};
    /* Copies multiply C: c stays the cost of a document's clause. */
    sectag_solver_options o = {w->o->c / w->o->real_copies, w->o->positive_weight, w->o->eps, 0};
    return w->solver->train(&p, &o, s, err);
}

/* Task (area, fold): scores the fold's rows. A fold whose training rows have no positive is scored by its
 * bias alone: every such row gets the lowest score there is, -1. */
static int score_fold(void *ctx, size_t task, sectag_err *err) {
    const trainer *w = ctx;
    size_t area = task / w->o->folds, fold = task % w->o->folds, n = rows_of(w);
    sectag_solution s;
    if (!w->t->area[area].trained) return 0;
    sectag_solution_init(&s);
    int rc = solve(w, area, fold, &s, err);
    for (size_t i = 0; i < n; i++)
        if (w->t->scored[i] && w->fold[i] == fold && (!rc || rc == SECTAG_EDATA))
            w->t->score[i * w->d->n_areas + area] = rc ? -1 : sectag_solution_score(&s, &w->x, i);
    sectag_solution_release(&s);
    return rc == SECTAG_EDATA ? 0 : rc;
}

/* Task area: the SVM that ships. */
static int fit_area(void *ctx, size_t area, sectag_err *err) {
    const trainer *w = ctx;
    sectag_solution s;
    if (!w->t->area[area].trained) return 0;
    sectag_solution_init(&s);
    int rc = solve(w, area, w->o->folds, &s, err);
    if (!rc) {
        w->t->weight[area] = s.w;
        w->t->area[area].bias = (float)s.b;
        s.w = NULL;
    }
    sectag_solution_release(&s);
    return rc;
}

/* ---- operating points ---- */

/* The out-of-fold scores of one area (or of all, one behind the other) as calibrate.h wants them. */
typedef struct pool {
    SECTAG_ARRAY(double) s;
    SECTAG_ARRAY(int8_t) y;
    SECTAG_ARRAY(uint32_t) doc;
    size_t positives;
} pool;

static void pool_release(pool *p) {
    free(p->s.data);
    free(p->y.data);
    free(p->doc.data);
    memset(p, 0, sizeof *p);
}

static int pool_add(pool *p, const trainer *w, size_t area) {
    size_t n = rows_of(w);
    for (size_t i = 0; i < n; i++) {
        if (w->t->scored[i] != 1) continue;
        if (sectag_array_push(&p->s, w->t->score[i * w->d->n_areas + area]) ||
            sectag_array_push(&p->y, w->y[area * n + i]) ||
            sectag_array_push(&p->doc, w->d->rows.data[i].doc_number))
            return SECTAG_ENOMEM;
        p->positives += w->y[area * n + i] > 0;
    }
    return 0;
}

/* Is any row of the area scored out of fold? An area that decisions alone know has none, and would pull the pooled
 * calibration down with negatives only. */
static int has_scored(const trainer *w, size_t area) {
    size_t n = rows_of(w);
    for (size_t i = 0; i < n; i++)
        if (w->t->scored[i] == 1 && w->y[area * n + i] > 0) return 1;
    return 0;
}

static int fit_pooled(const trainer *w, sectag_calibration *out, sectag_err *err) {
    pool p = {0};
    int rc = 0;
    for (size_t a = 0; a < w->d->n_areas && !rc; a++)
        if (w->t->area[a].trained && has_scored(w, a) && pool_add(&p, w, a)) rc = sectag_err_nomem(err);
    sectag_calibrate_data data = {p.s.data, p.y.data, NULL, p.s.len};
    if (!rc) rc = sectag_calibrate_platt(&data, out, NULL, err);
    pool_release(&p);
    return rc;
}

/* Thresholds of all areas as raw scores: the method works on pooled probabilities, which are one
 * increasing function of the score. */
static int choose_thresholds(const trainer *w, const sectag_calibration *pooled, double *at,
                             sectag_err *err) {
    size_t n = rows_of(w), areas = w->d->n_areas, kept = 0;
    double *p = sectag_alloc(n * areas, sizeof *p);
    uint8_t *y = sectag_alloc(n * areas, 1);
    int rc = p && y ? 0 : sectag_err_nomem(err);
    for (size_t i = 0; i < n && !rc; i++) {
        if (w->t->scored[i] != 1) continue;
        for (size_t a = 0; a < areas; a++, kept++) {
            p[kept] = w->t->area[a].trained ? sectag_calibration_apply(pooled, w->t->score[i * areas + a])
                                            : SECTAG_P_MIN;
            y[kept] = w->t->area[a].trained && w->y[a * n + i] > 0;
        }
    }
    sectag_threshold_data data = {kept / areas, areas, p, y};
    sectag_threshold_options options = SECTAG_THRESHOLD_OPTIONS_INIT;
    if (!rc) rc = sectag_threshold_find(w->o->threshold)->choose(&data, &options, at, err);
    for (size_t a = 0; a < areas && !rc; a++) at[a] = (log(1 / at[a] - 1) - pooled->b) / pooled->a;
    free(p);
    free(y);
    return rc;
}

static int set_operating_point(const trainer *w, size_t area, double at, const sectag_calibration *pooled,
                               sectag_err *err) {
    sectag_area_model *m = &w->t->area[area];
    pool p = {0};
    int rc = pool_add(&p, w, area) ? sectag_err_nomem(err) : 0, inverted = 0;
    sectag_calibrate_data data = {p.s.data, p.y.data, NULL, p.s.len};
    m->calibration = *pooled;
    if (!rc && p.positives >= CALIBRATION_POSITIVES) {
        sectag_calibration own;
        memset(&own, 0, sizeof own);
        rc = sectag_calibrate_choose(&data, p.doc.data, &own, &inverted, err);
        if (!rc && !inverted) m->calibration = own;
    }
    m->threshold = sectag_calibration_apply(&m->calibration, at);
    m->accept = fmax(w->o->accept, m->threshold);
    pool_release(&p);
    return rc;
}

static int set_operating_points(trainer *w, sectag_err *err) {
    sectag_calibration pooled;
    memset(&pooled, 0, sizeof pooled);
    double *at = sectag_alloc(w->d->n_areas, sizeof *at);
    int rc = at ? fit_pooled(w, &pooled, err) : sectag_err_nomem(err);
    if (!rc) rc = choose_thresholds(w, &pooled, at, err);
    for (size_t a = 0; a < w->d->n_areas && !rc; a++) {
        w->t->area[a].calibration = pooled;
        w->t->area[a].threshold = w->t->area[a].accept = 1;
        if (w->t->area[a].trained) rc = set_operating_point(w, a, at[a], &pooled, err);
    }
    free(at);
    return rc;
}

/* ---- the whole ---- */

/* Two stages as one piece of long work: `before` tasks of `total` are done when the stage begins. */
typedef struct stage {
    sectag_progress_fn *progress;
    void *ctx;
    size_t before, total;
} stage;

static int stage_progress(void *ctx, size_t done, size_t total) {
    const stage *s = ctx;
    (void)total;
    return s->progress ? s->progress(s->ctx, s->before + done, s->total) : 0;
}

static int train(const sectag_dataset *d, const sectag_vocab *v, const sectag_train_options *o, int final,
                 sectag_trained *t, stage *s, sectag_err *err) {
    trainer w = {.d = d, .o = o, .t = t};
    memset(t, 0, sizeof *t);
    size_t tasks = d->n_areas * o->folds;
    s->total = tasks + (final ? d->n_areas : 0);
    int rc = prepare(&w, v, err);
    if (!rc) rc = plan_folds(&w, err);
    if (!rc) rc = sectag_parallel(o->jobs, tasks, score_fold, &w, stage_progress, s, err);
    if (!rc) rc = set_operating_points(&w, err);
    s->before = tasks;
    if (!rc && final) rc = sectag_parallel(o->jobs, d->n_areas, fit_area, &w, stage_progress, s, err);
    trainer_release(&w);
    return rc;
}

int sectag_train(const sectag_dataset *d, const sectag_vocab *v, const sectag_train_options *o,
                 sectag_trained *t, sectag_progress_fn *progress, void *progress_ctx, sectag_err *err) {
    stage s = {progress, progress_ctx, 0, 0};
    return train(d, v, o, 1, t, &s, err);
}

int sectag_train_cross_validate(const sectag_dataset *d, const sectag_vocab *v, const sectag_train_options *o,
                                sectag_trained *t, sectag_progress_fn *progress, void *progress_ctx,
                                sectag_err *err) {
    stage s = {progress, progress_ctx, 0, 0};
    return train(d, v, o, 0, t, &s, err);
}
