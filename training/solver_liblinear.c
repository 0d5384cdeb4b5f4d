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

static struct feature_node *put_row(const sectag_matrix *m, size_t r, struct feature_node *at) {
    for (size_t k = m->off[r]; k < m->off[r + 1]; k++)
        *at++ = (struct feature_node){(int)m->index[k] + 1, (double)m->value[k]};
    *at++ = (struct feature_node){(int)m->cols + 1, BIAS_FEATURE};
    *at++ = (struct feature_node){-1, 0};
    return at;
}

int sectag_nodes_init(sectag_nodes *d, const sectag_matrix *x, sectag_err *err) {
    d->block = sectag_alloc(x->len + 2 * x->rows, sizeof *d->block);
    d->row = sectag_alloc(x->rows, sizeof(struct feature_node *));
    if (!d->block || !d->row) {
        sectag_nodes_release(d);
        return sectag_err_nomem(err);
    }
    struct feature_node *at = d->block;
    for (size_t r = 0; r < x->rows; r++) {
        d->row[r] = at;
        at = put_row(x, r, at);
    }
    return 0;
}

void sectag_nodes_release(sectag_nodes *d) {
    free(d->block);
    free(d->row);
    *d = (sectag_nodes){0};
}

/* The problem's rows, one pointer a copy. */
typedef struct copies {
    struct feature_node **x;
    double *y;
    size_t l;
} copies;

static void copies_release(copies *c) {
    free(c->x);
    free(c->y);
}

static int copies_fill(copies *c, const sectag_problem *p, const sectag_nodes *nodes, sectag_err *err) {
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) n += sectag_problem_repeat(p, p->rows[i]);
    c->x = sectag_alloc(n, sizeof(struct feature_node *));
    c->y = sectag_alloc(n, sizeof *c->y);
    if (!c->x || !c->y) return sectag_err_nomem(err);
    for (size_t i = 0; i < p->n; i++)
        for (unsigned k = sectag_problem_repeat(p, p->rows[i]); k > 0; k--) {
            c->x[c->l] = nodes->row[p->rows[i]];
            c->y[c->l++] = p->y[p->rows[i]];
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

static void solve(const sectag_problem *p, const sectag_solver_options *o, const copies *c,
                  sectag_solution *out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int label = 1;
    double weight = o->positive_weight;
    (void)pthread_once(&once, silence);
    struct problem prob = {.l = (int)c->l, .n = (int)p->x->cols + 1, .y = c->y, .x = c->x, .bias = -1};
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
}

int sectag_solve_liblinear(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                           sectag_err *err) {
    copies c = {0};
    sectag_nodes own = {0};
    int rc = sectag_solver_prepare(p, o, out, err);
    if (!rc && !p->nodes) rc = sectag_nodes_init(&own, p->x, err);
    if (!rc) rc = copies_fill(&c, p, p->nodes ? p->nodes : &own, err);
    if (!rc) solve(p, o, &c, out);
    copies_release(&c);
    sectag_nodes_release(&own);
    if (rc) sectag_solution_release(out);
    return rc;
}
