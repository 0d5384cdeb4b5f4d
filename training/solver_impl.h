/* solver_impl.h: what the solvers share; for solver*.c only. */
#ifndef SECTAG_SOLVER_IMPL_H
#define SECTAG_SOLVER_IMPL_H

#include "training/solver.h"

/* The checks and the empty solution that every solver starts with: SECTAG_EARG, SECTAG_EDATA,
 * SECTAG_ENOMEM as in solver.h. */
int sectag_solver_prepare(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                          sectag_err *err);

/* Copies of row r. */
static inline unsigned sectag_problem_repeat(const sectag_problem *p, uint32_t r) {
    return p->repeat ? p->repeat[r] : 1u;
}

sectag_solver_fn sectag_solve_libsvm;
sectag_solver_fn sectag_solve_liblinear;

#endif
