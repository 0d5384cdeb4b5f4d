/* solver.h: one area's linear SVM. A solver takes labelled rows of a matrix and gives a dense weight
 * vector and a bias, so that
 *
 *     score(x) = w . x + b,   positive = the area, margins at -1 and +1,
 *
 * whatever order the rows come in. Solvers are a table of {name, function, one line}:
 *
 *   libsvm     the solver of record: C-SVC with a linear kernel (hinge loss, free bias),
 *                  min 1/2 |w|^2 + sum_i C_i max(0, 1 - y_i (w . x_i + b)),
 *              C_i = c * repeat_i (* positive_weight if y_i = +1). Solved by a working set: rows outside it
 *              are strictly beyond their margin, so their dual variables are 0 and the solution is
 *              the one of all rows (Osuna, Freund & Girosi 1997, "An improved training algorithm for
 *              support vector machines", section 3: optimality conditions).
 *   liblinear  squared hinge loss, primal trust region Newton (Lin, Weng & Keerthi 2008): two to
 *              four times as fast, for searches over options. The bias is a constant feature and so is
 *              regularised a little. It has a working set too, of rows inside their margin or near it. Its
 *              ranking is close to libsvm's, its scale is not: squared
 *              hinge and hinge are different problems, calibrate each on its own scores.
 *
 * Both are deterministic, print nothing and are safe to run in several threads at once on different
 * problems: C-SVC without probability estimates and the primal solver never call rand() (only
 * libsvm's -b 1, both libraries' cross-validation and LIBLINEAR's dual solvers do; the suite
 * checks it by replacing rand()). LIBLINEAR sums through the system's BLAS, so a BLAS that uses threads may
 * change its last bits; libsvm's solution owes nothing to either.
 */
#ifndef SECTAG_SOLVER_H
#define SECTAG_SOLVER_H

#include "features/err.h"
#include "training/matrix.h"

#include <stddef.h>
#include <stdint.h>

/* What to learn from. Nothing is owned or changed; all arrays must outlive the call. */
typedef struct sectag_problem {
    const sectag_matrix *x;
    const uint32_t *rows; /* n row numbers of x, each at most once */
    size_t n;
    const int8_t *y; /* +1 or -1, one for each row of x */
    /* a row counts as that many copies, 0 leaves it out, one for each row of x; NULL: 1 */
    const uint8_t *repeat;
} sectag_problem;

typedef struct sectag_solver_options {
    double c;               /* cost of a unit of slack */
    double positive_weight; /* factor on c for positive rows */
    double eps;    /* libsvm: largest violation of the optimality conditions, in units of the score */
    size_t memory; /* libsvm: most bytes for inner products; if the working set needs more they are taken
                      from the sparse rows, with the same result ten times as slowly. 0: 600 MB */
} sectag_solver_options;

/* eps: every score is within about half of it of the exact solution (measured on 18,350 clauses, 26
 * areas: 5e-5 to 7e-5 at 1e-4, 6e-4 at libsvm's own default of 1e-3), and 1e-4 costs no time that can be
 * measured. */
#define SECTAG_SOLVER_OPTIONS_INIT                                                                           \
    { 1.0, 1.0, 1e-4, 0 }

typedef struct sectag_solution {
    double *w; /* x->cols weights */
    double b;
    size_t n_sv;     /* rows at or inside their margin (copies counted once) */
    size_t n_inner;  /* rows in the last working set */
    unsigned rounds; /* times the inner solver ran */
} sectag_solution;

/* No weights; owns nothing yet. */
void sectag_solution_init(sectag_solution *s);

/* Frees the weights. */
void sectag_solution_release(sectag_solution *s);

/* Trains. *out must be initialised; what it held is released. SECTAG_EARG for options or labels out
 * of range, SECTAG_EDATA if there is no positive or no negative row, SECTAG_ENOMEM. (An allocation
 * that fails inside libsvm or LIBLINEAR cannot be caught: both are C++ without a guard.) */
typedef int sectag_solver_fn(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                             sectag_err *err);

typedef struct sectag_solver {
    const char *name;
    sectag_solver_fn *train;
    const char *help; /* one line */
} sectag_solver;

/* The solver of that name, or NULL. */
const sectag_solver *sectag_solver_find(const char *name);

/* The name of the solver to use for so many clauses where none was asked for: the one of record, above
 * SECTAG_LIBSVM_CLAUSES LIBLINEAR. Provenance records which it was. */
#define SECTAG_LIBSVM_CLAUSES 50000
const char *sectag_solver_default(size_t n_clauses);

/* The i-th solver, or NULL behind the last; the first is the default. */
const sectag_solver *sectag_solver_at(size_t i);

/* w . x + b for row r. */
double sectag_solution_score(const sectag_solution *s, const sectag_matrix *x, size_t r);

#endif
