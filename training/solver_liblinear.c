#include "training/solver_impl.h"

#include "features/array.h"

#include <linear.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The constant feature. Larger values regularise the bias less; measured on 18,350 clauses, 5 and 10 change
 * the bias by 0.01, average precision by less than 0.001, and take longer. */
#define BIAS_FEATURE 1.0

/* LIBLINEAR's stop is relative: |gradient| <= eps * min(pos, neg) / l * |first gradient|. */
#define RELATIVE_EPS 0.01

/* One negative row in so many is in the first working set. */
enum { SAMPLE = 8 };

/* What enters after a round: rows whose y * score - 1 is below this. The first solutions know few negative rows and
 * leave half of the others a little inside their margin, where the worst of them alone push the rest out again. In
 * the rough rounds rows beyond DROP leave; after them the set only grows, so the loop ends. */
enum { ROUGH_ROUNDS = 2 };
static const double enters[ROUGH_ROUNDS + 1] = {-0.5, -0.2, 0.02};
#define DROP 0.5

/* What enters after the given round, counted from 1. */
static double entry_after(unsigned round) {
    return enters[round > ROUGH_ROUNDS ? ROUGH_ROUNDS : round ? round - 1 : 0];
}

static void quiet(const char *text) {
    (void)text;
}

static void silence(void) {
    set_print_string_function(quiet);
}

/* LIBLINEAR's numbers of the constant feature and of the first column. */
enum { CONSTANT = 1, FIRST = 2 };

/* Rows of the problem that LIBLINEAR is given. The loss of a row at or beyond its margin is 0 and so is its gradient:
 * a solution of these rows that leaves all others beyond their margin is the solution of all rows. In an area few
 * rows are near their margin, and LIBLINEAR goes over its rows dozens of times, over all of them here only once a
 * round. */
typedef struct working_set {
    uint8_t *inside;  /* [p->n] */
    double *scratch;  /* [cols + 1] */
    uint32_t *number; /* [cols] LIBLINEAR's number of a column, from FIRST; 0: in no row inside */
    uint32_t *column; /* [n_columns] of cols: the columns by number - FIRST */
    size_t n_columns;
    struct feature_node *block, **x; /* one pointer a copy */
    double *y;
    size_t block_cap, copies_cap, l;
    double tolerance; /* |gradient| of all rows at which the whole problem is solved */
} working_set;

static void working_set_release(working_set *ws) {
    free(ws->inside);
    free(ws->scratch);
    free(ws->number);
    free(ws->column);
    free(ws->block);
    free(ws->x);
    free(ws->y);
}

static int working_set_alloc(working_set *ws, const sectag_problem *p) {
    ws->inside = sectag_zalloc(p->n, 1);
    ws->scratch = sectag_zalloc(p->x->cols + 1, sizeof *ws->scratch);
    ws->number = sectag_zalloc(p->x->cols, sizeof *ws->number);
    ws->column = sectag_alloc(p->x->cols, sizeof *ws->column);
    return ws->inside && ws->scratch && ws->number && ws->column ? 0 : SECTAG_ENOMEM;
}

/* ---- tolerance ---- */

/* LIBLINEAR's right-hand side without eps, over the working set or over all rows: it depends on how many rows there
 * are, so a part of them needs an eps of its own to be solved as well as the whole. */
static double scale_of(working_set *ws, const sectag_problem *p, const sectag_solver_options *o, int all) {
    double n[2] = {0, 0}, sum = 0;
    size_t cols = p->x->cols;
    memset(ws->scratch, 0, (cols + 1) * sizeof *ws->scratch);
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        unsigned repeat = all || ws->inside[i] ? sectag_problem_repeat(p, r) : 0;
        if (!repeat) continue;
        double a = 2 * o->c * repeat * (p->y[r] > 0 ? o->positive_weight : -1);
        sectag_matrix_axpy(p->x, r, a, ws->scratch);
        ws->scratch[cols] += a * BIAS_FEATURE;
        n[p->y[r] > 0] += repeat;
    }
    for (size_t j = 0; j <= cols; j++) sum += ws->scratch[j] * ws->scratch[j];
    return fmax(fmin(n[0], n[1]), 1) / (n[0] + n[1]) * sqrt(sum);
}

/* ---- the inner solver ---- */

/* LIBLINEAR's number of a column: in the order in which the rows first name them. So columns that no row has cost
 * nothing (their weights are 0), and the frequent ones, which come first, share cache lines. */
static int number_of(working_set *ws, uint32_t column) {
    if (!ws->number[column]) {
        ws->number[column] = (uint32_t)ws->n_columns + FIRST;
        ws->column[ws->n_columns++] = column;
    }
    return (int)ws->number[column];
}

static struct feature_node *put_row(working_set *ws, const sectag_matrix *m, size_t r, struct feature_node *at) {
    *at++ = (struct feature_node){CONSTANT, BIAS_FEATURE};
    for (size_t k = m->off[r]; k < m->off[r + 1]; k++)
        *at++ = (struct feature_node){number_of(ws, m->index[k]), (double)m->value[k]};
    *at++ = (struct feature_node){-1, 0};
    return at;
}

/* Fresh room; the old contents are not kept. */
static int make_room(working_set *ws, size_t nodes, size_t copies) {
    if (nodes > ws->block_cap) {
        free(ws->block);
        ws->block_cap = 0;
        ws->block = sectag_alloc(nodes, sizeof *ws->block);
        if (!ws->block) return SECTAG_ENOMEM;
        ws->block_cap = nodes;
    }
    if (copies > ws->copies_cap) {
        free(ws->x);
        free(ws->y);
        ws->copies_cap = 0;
        ws->x = sectag_alloc(copies, sizeof *ws->x);
        ws->y = sectag_alloc(copies, sizeof *ws->y);
        if (!ws->x || !ws->y) return SECTAG_ENOMEM;
        ws->copies_cap = copies;
    }
    return 0;
}

static int fill(working_set *ws, const sectag_problem *p) {
    size_t nodes = 0, copies = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (!ws->inside[i]) continue;
        nodes += sectag_matrix_row_len(p->x, p->rows[i]) + 2;
        copies += sectag_problem_repeat(p, p->rows[i]);
    }
    if (make_room(ws, nodes, copies)) return SECTAG_ENOMEM;
    struct feature_node *at = ws->block, *row;
    ws->l = ws->n_columns = 0;
    memset(ws->number, 0, p->x->cols * sizeof *ws->number);
    for (size_t i = 0; i < p->n; i++) {
        if (!ws->inside[i]) continue;
        row = at;
        at = put_row(ws, p->x, p->rows[i], at);
        for (unsigned k = sectag_problem_repeat(p, p->rows[i]); k > 0; k--) {
            ws->x[ws->l] = row;
            ws->y[ws->l++] = p->y[p->rows[i]];
        }
    }
    return 0;
}

/* LIBLINEAR's w points to the class it lists first: of -1 and 1 that is 1. It begins with number 1. */
static void take_weights(const working_set *ws, const struct model *m, sectag_solution *out, size_t cols) {
    double sign = m->label[0] == 1 ? 1 : -1;
    memset(out->w, 0, cols * sizeof *out->w);
    out->b = sign * m->w[CONSTANT - 1] * BIAS_FEATURE;
    for (size_t j = 0; j < ws->n_columns; j++) out->w[ws->column[j]] = sign * m->w[j + FIRST - 1];
}

/* The solution so far as LIBLINEAR numbers it. */
static double *give_weights(const working_set *ws, const sectag_solution *s) {
    ws->scratch[CONSTANT - 1] = s->b / BIAS_FEATURE;
    for (size_t j = 0; j < ws->n_columns; j++) ws->scratch[j + FIRST - 1] = s->w[ws->column[j]];
    return ws->scratch;
}

/* Solves for the working set, starting from the solution so far. */
static int solve_inside(working_set *ws, const sectag_problem *p, const sectag_solver_options *o,
                        sectag_solution *out) {
    int label = 1;
    double share = out->rounds == 0 ? SAMPLE : 1; /* of a sample each row stands for several */
    double weight = o->positive_weight / share, eps = ws->tolerance / scale_of(ws, p, o, 0);
    if (out->rounds == 0 || eps > 0.1) eps = 0.1;
    if (fill(ws, p)) return SECTAG_ENOMEM;
    struct problem prob = {.l = (int)ws->l, .n = (int)ws->n_columns + FIRST - 1, .y = ws->y, .x = ws->x, .bias = -1};
    struct parameter param = {.solver_type = L2R_L2LOSS_SVC,
                              .eps = eps,
                              .C = o->c * share,
                              .nr_weight = 1,
                              .weight_label = &label,
                              .weight = &weight,
                              .init_sol = out->rounds ? give_weights(ws, out) : NULL};
    struct model *model = train(&prob, &param);
    take_weights(ws, model, out, p->x->cols);
    free_and_destroy_model(&model);
    out->rounds++;
    return 0;
}

/* ---- rounds ---- */

/* All positive rows and a sample of the negative ones, at least one of them. */
static void seed(working_set *ws, const sectag_problem *p) {
    int any = 0;
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        if (!sectag_problem_repeat(p, r)) continue;
        int negative = p->y[r] < 0;
        ws->inside[i] = !negative || r % SAMPLE == 0 || !any;
        any |= negative;
    }
}

/* The norm of a row, the constant feature included. */
static double norm_of(const sectag_matrix *m, size_t r) {
    double sum = BIAS_FEATURE * BIAS_FEATURE;
    for (size_t k = m->off[r]; k < m->off[r + 1]; k++) sum += (double)m->value[k] * (double)m->value[k];
    return sqrt(sum);
}

/* Looks at all rows: lets those enter that violate their margin or nearly do, in the rough rounds lets those leave
 * that are far beyond it, and counts for the statistics. Returns a bound of the gradient of what was outside. */
static double look_at_all(working_set *ws, const sectag_problem *p, const sectag_solver_options *o,
                          sectag_solution *out) {
    double bound = 0, most = entry_after(out->rounds);
    out->n_sv = out->n_inner = 0;
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        unsigned repeat = sectag_problem_repeat(p, r);
        if (!repeat) continue;
        double beyond = p->y[r] * sectag_solution_score(out, p->x, r) - 1;
        out->n_sv += beyond < 0;
        out->n_inner += ws->inside[i];
        if (!ws->inside[i] && beyond < 0)
            bound += -2 * o->c * repeat * beyond * norm_of(p->x, r) * (p->y[r] > 0 ? o->positive_weight : 1);
        if (beyond < most)
            ws->inside[i] = 1;
        else if (beyond > DROP && out->rounds <= ROUGH_ROUNDS)
            ws->inside[i] = 0;
    }
    return bound;
}

/* LIBLINEAR must see both classes. */
static void keep_both(working_set *ws, const sectag_problem *p) {
    int seen[2] = {0, 0};
    for (size_t i = 0; i < p->n; i++) seen[p->y[p->rows[i]] > 0] |= ws->inside[i];
    for (size_t i = 0; i < p->n && !(seen[0] && seen[1]); i++) {
        int yes = p->y[p->rows[i]] > 0;
        if (seen[yes] || !sectag_problem_repeat(p, p->rows[i])) continue;
        ws->inside[i] = 1;
        seen[yes] = 1;
    }
}

static int solve_rounds(working_set *ws, const sectag_problem *p, const sectag_solver_options *o,
                        sectag_solution *out) {
    double bound;
    ws->tolerance = RELATIVE_EPS * scale_of(ws, p, o, 1);
    seed(ws, p);
    do {
        if (solve_inside(ws, p, o, out)) return SECTAG_ENOMEM;
        bound = look_at_all(ws, p, o, out);
        keep_both(ws, p);
    } while (bound > ws->tolerance || out->rounds == 1);
    return 0;
}

int sectag_solve_liblinear(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                           sectag_err *err) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    working_set ws = {0};
    (void)pthread_once(&once, silence);
    int rc = sectag_solver_prepare(p, o, out, err);
    if (rc) return rc;
    if (working_set_alloc(&ws, p) || solve_rounds(&ws, p, o, out)) rc = sectag_err_nomem(err);
    working_set_release(&ws);
    if (rc) sectag_solution_release(out);
    return rc;
}
