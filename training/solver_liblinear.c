#include "training/solver_impl.h"

#include "features/array.h"

#include <linear.h>
#include <pthread.h>
#include <stdlib.h>

/* The constant feature. Larger values regularise the bias less; measured on 18,350 clauses, 5 and 10 change
 * the bias by 0.01, average precision by less than 0.001, and take longer. */
#define BIAS_FEATURE 1.0

/* LIBLINEAR's stop is relative: |gradient| <= eps * min(pos, neg) / l * |first gradient|. */
#define RELATIVE_EPS 0.01

static void quiet(const char *text) {
    (void)text;
}

static void silence(void) {
    set_print_string_function(quiet);
}

/* The problem in LIBLINEAR's shape: one block of nodes, one pointer a copy. */
typedef struct nodes {
    struct feature_node *block;
    struct feature_node **x;
    double *y;
    size_t l;
} nodes;

static void nodes_release(nodes *d) {
    free(d->block);
    free(d->x);
    free(d->y);
}

static struct feature_node *put_row(const sectag_matrix *m, uint32_t r, struct feature_node *at) {
    for (size_t k = m->off[r]; k < m->off[r + 1]; k++)
        *at++ = (struct feature_node){(int)m->index[k] + 1, (double)m->value[k]};
    *at++ = (struct feature_node){(int)m->cols + 1, BIAS_FEATURE};
    *at++ = (struct feature_node){-1, 0};
    return at;
}

static int nodes_fill(nodes *d, const sectag_problem *p) {
    size_t n_nodes = 0, copies = 0;
    for (size_t i = 0; i < p->n; i++) {
        n_nodes += sectag_matrix_row_len(p->x, p->rows[i]) + 2;
        copies += sectag_problem_repeat(p, p->rows[i]);
    }
    d->block = sectag_alloc(n_nodes, sizeof *d->block);
    d->x = sectag_alloc(copies, sizeof(struct feature_node *));
    d->y = sectag_alloc(copies, sizeof *d->y);
    if (!d->block || !d->x || !d->y) return SECTAG_ENOMEM;
    struct feature_node *at = d->block;
    for (size_t i = 0; i < p->n; i++) {
        struct feature_node *row = at;
        at = put_row(p->x, p->rows[i], at);
        for (unsigned c = sectag_problem_repeat(p, p->rows[i]); c > 0; c--) {
            d->x[d->l] = row;
            d->y[d->l++] = p->y[p->rows[i]];
        }
    }
    return 0;
}

/* LIBLINEAR's w points to the class it lists first. */
static void take_weights(const struct model *m, sectag_solution *out, size_t cols) {
    double sign = m->label[0] == 1 ? 1 : -1;
    for (size_t j = 0; j < cols; j++) out->w[j] = sign * m->w[j];
    out->b = sign * m->w[cols] * BIAS_FEATURE;
}

static void take_statistics(const sectag_problem *p, sectag_solution *out) {
    for (size_t i = 0; i < p->n; i++) {
        uint32_t r = p->rows[i];
        if (!sectag_problem_repeat(p, r)) continue;
        out->n_inner++;
        out->n_sv += p->y[r] * sectag_solution_score(out, p->x, r) < 1;
    }
    out->rounds = 1;
}

int sectag_solve_liblinear(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                           sectag_err *err) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    nodes d = {0};
    int label = 1;
    double weight = o->positive_weight;
    int rc = sectag_solver_prepare(p, o, out, err);
    if (rc) goto cleanup;
    if (nodes_fill(&d, p)) {
        rc = sectag_err_nomem(err);
        goto cleanup;
    }
    (void)pthread_once(&once, silence);
    struct problem prob = {.l = (int)d.l, .n = (int)p->x->cols + 1, .y = d.y, .x = d.x, .bias = -1};
    struct parameter param = {.solver_type = L2R_L2LOSS_SVC,
                              .eps = RELATIVE_EPS,
                              .C = o->c,
                              .nr_weight = 1,
                              .weight_label = &label,
                              .weight = &weight};
    struct model *model = train(&prob, &param);
    take_weights(model, out, p->x->cols);
    free_and_destroy_model(&model);
    take_statistics(p, out);
cleanup:
    nodes_release(&d);
    if (rc) sectag_solution_release(out);
    return rc;
}
