#include "training/solver_impl.h"

#include "features/array.h"
#include "training/gram.h"

#include <libsvm/svm.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* The first set: all positives and this many negatives for each of them (at least SEED_LEAST), the ones
 * nearest to the positives' centre. */
#define SEED_RATIO 2
#define SEED_LEAST 500

/* A round that finds violators adds rows up to this far beyond their margin as well, so that the
 * last few do not trickle in one round at a time; at most half the set (or BATCH rows) a round. */
#define SLACK 0.02
#define BATCH 500

/* A rough round's rows this far beyond their margin leave the set again. */
#define DROP 0.05

/* Rounds are solved this roughly until few rows violate, or so many rounds are done. */
#define ROUGH_EPS    0.02
#define ROUGH_ROUNDS 20

/* The default of sectag_solver_options.memory: enough for a working set of 6,200 rows. */
#define MEMORY ((size_t)600 << 20)

#define CACHE_MB 200

static void quiet(const char *text) {
    (void)text;
}

static void silence(void) {
    svm_set_print_string_function(quiet);
}

typedef struct violator {
    double gap; /* y * score - 1: negative, worst first */
    uint32_t at;
} violator;

/* The rows that libsvm sees. Positions (violator.at, inside) are indices into problem.rows. */
typedef struct working_set {
    uint8_t *inside; /* for each position */
    uint32_t *rows;  /* row numbers, in order of entry */
    size_t n;
    violator *out; /* rows outside, worst first: a shortlist */
    size_t n_out;
} working_set;

/* The set in libsvm's shape; a row's copies share its nodes. The block serves all rounds. */
typedef struct inner {
    struct svm_node *block;
    size_t block_cap;
    struct svm_node **x;
    uint32_t *owner; /* of each copy, the row of the matrix */
    double *y;
    size_t l;
    int kernel;
} inner;

static void working_set_release(working_set *ws) {
    free(ws->inside);
    free(ws->rows);
    free(ws->out);
}

static int working_set_alloc(working_set *ws, size_t n) {
    ws->inside = sectag_zalloc(n, sizeof *ws->inside);
    ws->rows = sectag_alloc(n, sizeof *ws->rows);
    ws->out = sectag_alloc(n, sizeof *ws->out);
    return ws->inside && ws->rows && ws->out ? 0 : SECTAG_ENOMEM;
}

static void enter(working_set *ws, const sectag_problem *p, size_t at) {
    ws->inside[at] = 1;
    ws->rows[ws->n++] = p->rows[at];
}

static int by_gap(const void *a, const void *b) {
    const violator *u = a, *v = b;
    if (u->gap != v->gap) return u->gap < v->gap ? -1 : 1;
    return u->at < v->at ? -1 : u->at > v->at;
}

/* Sorts the rows outside by y * score - 1, of those with y * score < 1 + slack. Returns how many
 * violate: their dual variables would have to leave 0. */
static size_t find_violators(working_set *ws, const sectag_problem *p, const sectag_solution *s, double tol,
                             double slack) {
    size_t n_violating = 0;
    ws->n_out = 0;
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        if (ws->inside[i] || !sectag_problem_repeat(p, r)) continue;
        double gap = p->y[r] * sectag_solution_score(s, p->x, r) - 1;
        if (gap < slack) ws->out[ws->n_out++] = (violator){gap, (uint32_t)i};
        n_violating += gap < -tol;
    }
    qsort(ws->out, ws->n_out, sizeof *ws->out, by_gap);
    return n_violating;
}

static void add_worst(working_set *ws, const sectag_problem *p, size_t most) {
    for (size_t i = 0; i < ws->n_out && i < most; i++) enter(ws, p, ws->out[i].at);
}

/* All positives, and the negatives that score highest on the positives' sum. Starting from a
 * LIBLINEAR solution takes longer in all, and would let the BLAS behind it into the result. */
static void seed(working_set *ws, const sectag_problem *p, sectag_solution *scratch) {
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        if (p->y[r] < 0 || !sectag_problem_repeat(p, r)) continue;
        enter(ws, p, i);
        sectag_matrix_axpy(p->x, r, 1, scratch->w);
    }
    size_t most = SEED_RATIO * ws->n > SEED_LEAST ? SEED_RATIO * ws->n : SEED_LEAST;
    (void)find_violators(ws, p, scratch, 0, HUGE_VAL);
    add_worst(ws, p, most);
}

static void inner_release(inner *in) {
    free(in->block);
    free(in->x);
    free(in->owner);
    free(in->y);
}

/* Fresh room for n nodes; the old contents are not kept. */
static int inner_block(inner *in, size_t n) {
    if (n <= in->block_cap) return 0;
    free(in->block);
    in->block = sectag_alloc(n, sizeof *in->block);
    in->block_cap = in->block ? n : 0;
    return in->block ? 0 : SECTAG_ENOMEM;
}

/* Room for `copies` rows. */
static int inner_rows(inner *in, size_t copies) {
    free(in->x);
    free(in->owner);
    free(in->y);
    in->l = 0;
    in->x = sectag_alloc(copies, sizeof *in->x);
    in->owner = sectag_alloc(copies, sizeof *in->owner);
    in->y = sectag_alloc(copies, sizeof *in->y);
    return in->x && in->owner && in->y ? 0 : SECTAG_ENOMEM;
}

/* The sparse rows themselves, for the LINEAR kernel: `first[i]` is where row i starts. */
static int sparse_rows(inner *in, const sectag_matrix *m, const working_set *ws, struct svm_node **first) {
    size_t n_nodes = 0;
    for (size_t i = 0; i < ws->n; i++) n_nodes += sectag_matrix_row_len(m, ws->rows[i]) + 1;
    if (inner_block(in, n_nodes)) return SECTAG_ENOMEM;
    struct svm_node *at = in->block;
    for (size_t i = 0; i < ws->n; i++) {
        first[i] = at;
        for (size_t k = m->off[ws->rows[i]]; k < m->off[ws->rows[i] + 1]; k++)
            *at++ = (struct svm_node){(int)m->index[k] + 1, (double)m->value[k]};
        *at++ = (struct svm_node){-1, 0};
    }
    in->kernel = LINEAR;
    return 0;
}

/* All inner products, for the PRECOMPUTED kernel. */
static int gram_rows(inner *in, const sectag_matrix *m, const working_set *ws, struct svm_node **first) {
    if (inner_block(in, sectag_gram_nodes(ws->n))) return SECTAG_ENOMEM;
    if (sectag_gram_fill(in->block, m, ws->rows, ws->n)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < ws->n; i++) first[i] = in->block + i * (ws->n + 2);
    in->kernel = PRECOMPUTED;
    return 0;
}

static int inner_fill(inner *in, const sectag_problem *p, size_t memory, const working_set *ws) {
    size_t copies = 0;
    for (size_t i = 0; i < ws->n; i++) copies += sectag_problem_repeat(p, ws->rows[i]);
    struct svm_node **first = sectag_alloc(ws->n, sizeof *first);
    int rc = first ? inner_rows(in, copies) : SECTAG_ENOMEM;
    int fits = sectag_gram_nodes(ws->n) <= (memory ? memory : MEMORY) / sizeof(struct svm_node);
    if (!rc) rc = (fits ? gram_rows : sparse_rows)(in, p->x, ws, first);
    for (size_t i = 0; !rc && i < ws->n; i++)
        for (unsigned c = sectag_problem_repeat(p, ws->rows[i]); c > 0; c--) {
            in->x[in->l] = first[i];
            in->owner[in->l] = ws->rows[i];
            in->y[in->l++] = p->y[ws->rows[i]];
        }
    free(first);
    return rc;
}

/* w = sum of alpha_i y_i x_i, b = -rho; both point to the class that libsvm lists first. A row's
 * copies are adjacent among the support vectors of its class. */
static void collapse(const struct svm_model *m, const inner *in, const sectag_matrix *x,
                     sectag_solution *out) {
    double sign = m->label[0] == 1 ? 1 : -1;
    for (size_t j = 0; j < x->cols; j++) out->w[j] = 0;
    out->n_sv = 0;
    for (int i = 0; i < m->l; i++) {
        uint32_t r = in->owner[m->sv_indices[i] - 1];
        sectag_matrix_axpy(x, r, sign * m->sv_coef[0][i], out->w);
        out->n_sv += i == 0 || in->owner[m->sv_indices[i - 1] - 1] != r;
    }
    out->b = -sign * m->rho[0];
}

static int train_inner(const sectag_problem *p, const sectag_solver_options *o, double eps,
                       const working_set *ws, inner *in, sectag_solution *out) {
    int label = 1;
    double weight = o->positive_weight;
    if (inner_fill(in, p, o->memory, ws)) return SECTAG_ENOMEM;
    struct svm_problem prob = {.l = (int)in->l, .y = in->y, .x = in->x};
    struct svm_parameter param = {.svm_type = C_SVC,
                                  .kernel_type = in->kernel,
                                  .cache_size = CACHE_MB,
                                  .eps = eps,
                                  .C = o->c,
                                  .nr_weight = 1,
                                  .weight_label = &label,
                                  .weight = &weight,
                                  .shrinking = 1};
    struct svm_model *model = svm_train(&prob, &param);
    collapse(model, in, p->x, out);
    svm_free_and_destroy_model(&model); /* before the nodes: it points into them */
    out->n_inner = ws->n;
    out->rounds++;
    return 0;
}

/* Leaves out the rows far beyond their margin: they came with an early, bad solution. */
static void drop_far(working_set *ws, const sectag_problem *p, const sectag_solution *s) {
    ws->n = 0;
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        if (!ws->inside[i]) continue;
        ws->inside[i] = 0;
        if (p->y[r] * sectag_solution_score(s, p->x, r) - 1 < DROP) enter(ws, p, i);
    }
}

/* Solves, looks outside, grows, until nothing outside violates a solution at the asked precision. In
 * the rough rounds the set also shrinks; afterwards it only grows, so the loop ends. */
static int solve_rounds(working_set *ws, const sectag_problem *p, const sectag_solver_options *o,
                        sectag_solution *out) {
    inner in = {0};
    double eps = o->eps > ROUGH_EPS ? o->eps : ROUGH_EPS;
    int rc;
    for (unsigned round = 1; (rc = train_inner(p, o, eps, ws, &in, out)) == 0; round++) {
        size_t n_violating = find_violators(ws, p, out, eps, SLACK);
        if (!n_violating && eps <= o->eps) break;
        if (eps > o->eps) drop_far(ws, p, out);
        size_t most = ws->n / 2 > BATCH ? ws->n / 2 : BATCH;
        if (n_violating <= most || round == ROUGH_ROUNDS) eps = o->eps;
        add_worst(ws, p, most);
    }
    inner_release(&in);
    return rc;
}

int sectag_solve_libsvm(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                        sectag_err *err) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    working_set ws = {0};
    int rc = sectag_solver_prepare(p, o, out, err);
    if (rc) goto cleanup;
    (void)pthread_once(&once, silence);
    rc = working_set_alloc(&ws, p->n);
    if (!rc) {
        seed(&ws, p, out);
        rc = solve_rounds(&ws, p, o, out);
    }
    if (rc) (void)sectag_err_nomem(err);
cleanup:
    working_set_release(&ws);
    if (rc) sectag_solution_release(out);
    return rc;
}
