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

/* One negative row in so many is in the sample that gives the first weights. Of the rows only those inside
 * their margin cost time, and from good weights few are: 28 s for the shipped corpus instead of 44. */
enum { SAMPLE = 8 };

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

/* Rows of the problem, one pointer a copy. */
typedef struct copies {
    struct feature_node **x;
    double *y;
    size_t l;
} copies;

static void copies_release(copies *c) {
    free(c->x);
    free(c->y);
}

/* Is the row in the sample of all positive rows and some negative ones, `first` among them? */
static int is_sampled(const sectag_problem *p, uint32_t row, uint32_t first) {
    return p->y[row] > 0 || row % SAMPLE == 0 || row == first;
}

static uint32_t first_negative(const sectag_problem *p) {
    size_t i = 0;
    while (p->y[p->rows[i]] > 0 || !sectag_problem_repeat(p, p->rows[i])) i++;
    return p->rows[i];
}

static int copies_fill(copies *c, const sectag_problem *p, const sectag_nodes *nodes, int sample,
                       sectag_err *err) {
    size_t n = 0;
    uint32_t first = first_negative(p);
    for (size_t i = 0; i < p->n; i++) n += sectag_problem_repeat(p, p->rows[i]);
    c->x = sectag_alloc(n, sizeof(struct feature_node *));
    c->y = sectag_alloc(n, sizeof *c->y);
    if (!c->x || !c->y) return sectag_err_nomem(err);
    for (size_t i = 0; i < p->n; i++) {
        if (sample && !is_sampled(p, p->rows[i], first)) continue;
        for (unsigned k = sectag_problem_repeat(p, p->rows[i]); k > 0; k--) {
            c->x[c->l] = nodes->row[p->rows[i]];
            c->y[c->l++] = p->y[p->rows[i]];
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

/* Solves for the copies, starting from the weights in `start` unless that is NULL. */
static struct model *solve(const sectag_problem *p, const sectag_solver_options *o, const copies *c,
                           double *start) {
    int label = 1;
    double weight = o->positive_weight;
    struct problem prob = {.l = (int)c->l, .n = (int)p->x->cols + 1, .y = c->y, .x = c->x, .bias = -1};
    struct parameter param = {.solver_type = L2R_L2LOSS_SVC,
                              .eps = RELATIVE_EPS,
                              .C = o->c,
                              .nr_weight = 1,
                              .weight_label = &label,
                              .weight = &weight,
                              .init_sol = start};
    return train(&prob, &param);
}

/* First on a sample, then on all rows from there. */
static int solve_twice(const sectag_problem *p, const sectag_solver_options *o, const sectag_nodes *nodes,
                       sectag_solution *out, sectag_err *err) {
    copies sample = {0}, all = {0};
    struct model *rough = NULL, *model = NULL;
    int rc = copies_fill(&sample, p, nodes, 1, err);
    if (!rc) rc = copies_fill(&all, p, nodes, 0, err);
    if (!rc) {
        rough = solve(p, o, &sample, NULL);
        model = solve(p, o, &all, rough->w);
        take_weights(model, out, p->x->cols);
        take_statistics(p, out);
        free_and_destroy_model(&rough);
        free_and_destroy_model(&model);
    }
    copies_release(&sample);
    copies_release(&all);
    return rc;
}

int sectag_solve_liblinear(const sectag_problem *p, const sectag_solver_options *o, sectag_solution *out,
                           sectag_err *err) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    sectag_nodes own = {0};
    (void)pthread_once(&once, silence);
    int rc = sectag_solver_prepare(p, o, out, err);
    if (!rc && !p->nodes) rc = sectag_nodes_init(&own, p->x, err);
    if (!rc) rc = solve_twice(p, o, p->nodes ? p->nodes : &own, out, err);
    sectag_nodes_release(&own);
    if (rc) sectag_solution_release(out);
    return rc;
}
