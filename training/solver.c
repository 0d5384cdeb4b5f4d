#include "training/solver.h"

#include "features/array.h"
#include "training/solver_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const sectag_solver solvers[] = {
    {"libsvm", sectag_solve_libsvm, "C-SVC by libsvm on a working set: the solver of record"},
    {"liblinear", sectag_solve_liblinear,
     "squared hinge loss by LIBLINEAR's primal solver: fast, for searches"},
};

const sectag_solver *sectag_solver_at(size_t i) {
    return i < sizeof solvers / sizeof *solvers ? &solvers[i] : NULL;
}

const sectag_solver *sectag_solver_find(const char *name) {
    for (size_t i = 0; i < sizeof solvers / sizeof *solvers; i++)
        if (!strcmp(name, solvers[i].name)) return &solvers[i];
    return NULL;
}

const char *sectag_solver_default(size_t n_clauses) {
    return n_clauses > SECTAG_LIBSVM_CLAUSES ? "liblinear" : "libsvm";
}

void sectag_solution_init(sectag_solution *s) {
    memset(s, 0, sizeof *s);
}

void sectag_solution_release(sectag_solution *s) {
    free(s->w);
    sectag_solution_init(s);
}

double sectag_solution_score(const sectag_solution *s, const sectag_matrix *x, size_t r) {
    return sectag_matrix_dot(x, r, s->w) + s->b;
}

static int is_positive(double v) {
    return isfinite(v) && v > 0;
}

static int check_rows(const sectag_problem *p, sectag_err *err) {
    size_t count[2] = {0, 0};
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        if (r >= p->x->rows)
            return sectag_err_set(err, SECTAG_EARG, "row %lu of %zu", (unsigned long)r, p->x->rows);
        if (p->y[r] != 1 && p->y[r] != -1)
            return sectag_err_set(err, SECTAG_EARG, "row %lu: label %d is neither +1 nor -1",
                                  (unsigned long)r, p->y[r]);
        count[p->y[r] > 0] += sectag_problem_repeat(p, r);
    }
    if (!count[0] || !count[1])
        return sectag_err_set(err, SECTAG_EDATA, "no %s rows to learn from",
                              count[1] ? "negative" : "positive");
    /* both libraries count rows, and index columns from 1, in int */
    if (count[0] + count[1] > INT32_MAX || p->x->cols > INT32_MAX - 2)
        return sectag_err_set(err, SECTAG_EARG, "too many rows or columns");
    return 0;
}

int sectag_solver_prepare(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                          sectag_err *err) {
    if (!is_positive(o->c) || !is_positive(o->positive_weight) || !is_positive(o->eps))
        return sectag_err_set(err, SECTAG_EARG, "c, positive_weight and eps must be above 0");
    int rc = check_rows(p, err);
    if (rc) return rc;
    sectag_solution_release(out);
    out->w = sectag_zalloc(p->x->cols, sizeof *out->w);
    return out->w ? 0 : sectag_err_nomem(err);
}
