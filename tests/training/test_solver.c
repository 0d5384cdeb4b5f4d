#include "features/array.h"
#include "training/gram.h"
#include "training/random.h"
#include "training/solver.h"

#include <libsvm/svm.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Stands in for the C library's, in libsvm and LIBLINEAR as well: nothing here may depend on it. */
static int rand_calls;
int rand(void) {
    rand_calls++;
    return 4;
}

enum { ROWS = 1600, COLS = 400, PER_ROW = 12 };

/* A toy corpus: every row has random columns; positives (one in twelve) prefer the first 40. */
typedef struct toy {
    sectag_matrix x;
    int8_t y[ROWS];
    uint8_t repeat[ROWS];
    uint32_t rows[ROWS];
} toy;

static int ascending(const void *a, const void *b) {
    uint32_t u = *(const uint32_t *)a, v = *(const uint32_t *)b;
    return (u > v) - (u < v);
}

static void toy_init(toy *t) {
    sectag_random r;
    sectag_random_init(&r, 11);
    sectag_matrix_init(&t->x);
    for (uint32_t i = 0; i < ROWS; i++) {
        uint32_t c[PER_ROW];
        t->y[i] = i % 12 == 5 ? 1 : -1;
        t->repeat[i] = 1;
        t->rows[i] = i;
        for (int k = 0; k < PER_ROW; k++)
            c[k] = (uint32_t)sectag_random_below(&r, t->y[i] > 0 && k < 4 ? 40 : COLS);
        qsort(c, PER_ROW, sizeof *c, ascending);
        assert_int_equal(sectag_matrix_begin(&t->x, NULL), 0);
        for (int k = 0; k < PER_ROW; k++)
            if (k == 0 || c[k] != c[k - 1])
                assert_int_equal(
                    sectag_matrix_add(&t->x, c[k], (float)(0.2 + 0.3 * sectag_random_unit(&r)), NULL), 0);
        sectag_matrix_end(&t->x);
    }
    t->x.cols = COLS;
}

static sectag_problem problem_of(const toy *t, size_t n) {
    return (sectag_problem){&t->x, t->rows, n, t->y, t->repeat};
}

static void train_with(const char *name, const sectag_problem *p, const sectag_solver_options *o,
                       sectag_solution *s) {
    sectag_err err = {0};
    sectag_solution_init(s);
    int rc = sectag_solver_find(name)->train(p, o, s, &err);
    if (rc) fail_msg("%s: %s", name, err.msg);
}

static double largest_difference(const sectag_solution *a, const sectag_solution *b, const sectag_matrix *x) {
    double most = 0;
    for (size_t r = 0; r < x->rows; r++)
        most = fmax(most, fabs(sectag_solution_score(a, x, r) - sectag_solution_score(b, x, r)));
    return most;
}

/* libsvm on all rows at once, a row of repeat k given k times; scores by svm_predict_values. */
static void plain_libsvm(const sectag_problem *p, const sectag_solver_options *o, double *scores) {
    const sectag_matrix *m = p->x;
    struct svm_node *node = malloc((m->off[m->rows] + m->rows) * sizeof *node), *at = node;
    struct svm_node **row = malloc(m->rows * sizeof *row), **x = malloc(3 * m->rows * sizeof *x);
    double *y = malloc(3 * m->rows * sizeof *y), weight = o->positive_weight;
    int l = 0, label = 1;
    for (size_t r = 0; r < m->rows; r++) {
        row[r] = at;
        for (size_t k = m->off[r]; k < m->off[r + 1]; k++)
            *at++ = (struct svm_node){(int)m->index[k] + 1, (double)m->value[k]};
        *at++ = (struct svm_node){-1, 0};
    }
    for (size_t i = 0; i < p->n; i++)
        for (int c = 0; c < p->repeat[p->rows[i]]; c++) {
            x[l] = row[p->rows[i]];
            y[l++] = p->y[p->rows[i]];
        }
    struct svm_problem prob = {.l = l, .y = y, .x = x};
    struct svm_parameter param = {.svm_type = C_SVC,
                                  .kernel_type = LINEAR,
                                  .cache_size = 50,
                                  .eps = o->eps,
                                  .C = o->c,
                                  .nr_weight = 1,
                                  .weight_label = &label,
                                  .weight = &weight,
                                  .shrinking = 1};
    struct svm_model *model = svm_train(&prob, &param);
    for (size_t r = 0; r < m->rows; r++) {
        svm_predict_values(model, row[r], &scores[r]);
        if (model->label[0] != 1) scores[r] = -scores[r];
    }
    svm_free_and_destroy_model(&model);
    free(node);
    free(row);
    free(x);
    free(y);
}

static void expect_plain_libsvm(const sectag_problem *p, const sectag_solver_options *o) {
    double scores[ROWS];
    sectag_solution s;
    train_with("libsvm", p, o, &s);
    plain_libsvm(p, o, scores);
    for (size_t r = 0; r < ROWS; r++) {
        double got = sectag_solution_score(&s, p->x, r);
        if (fabs(got - scores[r]) > 1e-3) fail_msg("row %zu: %.6f, libsvm has %.6f", r, got, scores[r]);
    }
    assert_true(s.n_inner < p->n || p->n < 800); /* the working set is a real part */
    assert_true(s.rounds > 1);
    sectag_solution_release(&s);
}

static void working_set_agrees_with_libsvm_on_all_rows(void **state) {
    toy *t = *state;
    sectag_problem p = problem_of(t, ROWS);
    sectag_solver_options o = SECTAG_SOLVER_OPTIONS_INIT;
    expect_plain_libsvm(&p, &o);
    o.c = 4;
    o.positive_weight = 3;
    expect_plain_libsvm(&p, &o);
}

static void repeat_is_the_same_as_copies_of_the_row(void **state) {
    toy *t = *state;
    sectag_problem p = problem_of(t, ROWS);
    sectag_solver_options o = {2, 1, 1e-4, 0};
    sectag_solution once, often;
    train_with("libsvm", &p, &o, &once);
    for (size_t r = 0; r < ROWS; r++) t->repeat[r] = (uint8_t)(r % 4 == 0 ? 3 : r % 7 != 0);
    expect_plain_libsvm(&p, &o);
    train_with("libsvm", &p, &o, &often);
    assert_true(largest_difference(&once, &often, &t->x) > 0.05); /* and it matters */
    sectag_solution_release(&once);
    sectag_solution_release(&often);
    memset(t->repeat, 1, sizeof t->repeat);
}

/* LIBLINEAR with repeat against a matrix that holds the copies. */
static void repeat_is_the_same_as_copies_for_liblinear(void **state) {
    toy *t = *state;
    uint32_t rows[2 * ROWS];
    sectag_solver_options o = SECTAG_SOLVER_OPTIONS_INIT;
    sectag_solution a, b;
    for (size_t r = 0; r < ROWS; r++) {
        rows[2 * r] = rows[2 * r + 1] = (uint32_t)r;
        t->repeat[r] = 2;
    }
    sectag_problem twice = problem_of(t, ROWS), copies = {&t->x, rows, 2 * ROWS, t->y, NULL};
    train_with("liblinear", &twice, &o, &a);
    train_with("liblinear", &copies, &o, &b);
    assert_true(largest_difference(&a, &b, &t->x) == 0);
    sectag_solution_release(&a);
    sectag_solution_release(&b);
    memset(t->repeat, 1, sizeof t->repeat);
}

static void positives_score_higher_whatever_row_comes_first(void **state) {
    toy *t = *state;
    sectag_solver_options o = SECTAG_SOLVER_OPTIONS_INIT;
    for (size_t i = 0; sectag_solver_at(i); i++) {
        sectag_solution s[2];
        for (int first = 0; first < 2; first++) {
            uint32_t rows[ROWS];
            memcpy(rows, t->rows, sizeof rows);
            if (first) {
                rows[0] = 5; /* a positive */
                rows[5] = 0;
            }
            assert_int_equal(t->y[rows[0]], first ? 1 : -1);
            sectag_problem p = {&t->x, rows, ROWS, t->y, NULL};
            train_with(sectag_solver_at(i)->name, &p, &o, &s[first]);
            double mean[2] = {0, 0}, n[2] = {0, 0};
            for (size_t r = 0; r < ROWS; r++) {
                mean[t->y[r] > 0] += sectag_solution_score(&s[first], &t->x, r);
                n[t->y[r] > 0]++;
            }
            assert_true(mean[1] / n[1] > mean[0] / n[0] + 0.3);
        }
        assert_true(largest_difference(&s[0], &s[1], &t->x) < (i ? 0.1 : 1e-3));
        sectag_solution_release(&s[0]);
        sectag_solution_release(&s[1]);
    }
}

static void little_memory_gives_the_same_bits(void **state) {
    toy *t = *state;
    sectag_problem p = problem_of(t, ROWS);
    sectag_solver_options o = SECTAG_SOLVER_OPTIONS_INIT;
    sectag_solution a, b;
    train_with("libsvm", &p, &o, &a);
    o.memory = 1000;
    train_with("libsvm", &p, &o, &b);
    assert_memory_equal(a.w, b.w, COLS * sizeof *a.w);
    assert_true(a.b == b.b);
    sectag_solution_release(&a);
    sectag_solution_release(&b);
}

/* libsvm's own cross-validation shuffles by rand(): shows that ours is the one it would call. */
static int rand_calls_of_cross_validation(void) {
    struct svm_node node[2][2] = {{{1, 1}, {-1, 0}}, {{1, -1}, {-1, 0}}},
                    *x[4] = {node[0], node[1], node[0], node[1]};
    double y[4] = {1, -1, 1, -1}, out[4];
    struct svm_problem prob = {.l = 4, .y = y, .x = x};
    struct svm_parameter param = {
        .svm_type = C_SVC, .kernel_type = LINEAR, .cache_size = 1, .eps = 1e-3, .C = 1};
    rand_calls = 0;
    svm_cross_validation(&prob, &param, 2, out);
    return rand_calls;
}

/* Two points at distance 2 on one axis: the margin is at the points, w = 1, b = 0. */
static void two_points_have_the_solution_of_the_textbook(void **state) {
    (void)state;
    sectag_matrix m;
    sectag_matrix_init(&m);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sectag_matrix_begin(&m, NULL), 0);
        assert_int_equal(sectag_matrix_add(&m, 0, i ? 1.0f : -1.0f, NULL), 0);
        sectag_matrix_end(&m);
    }
    sectag_problem p = {&m, (uint32_t[]){0, 1}, 2, (int8_t[]){-1, 1}, NULL};
    sectag_solver_options o = {10, 1, 1e-6, 0};
    sectag_solution s;
    train_with("libsvm", &p, &o, &s);
    assert_true(fabs(s.w[0] - 1) < 1e-5);
    assert_true(fabs(s.b) < 1e-5);
    assert_int_equal(s.n_sv, 2);
    sectag_solution_release(&s);
    sectag_matrix_release(&m);
}

static void same_input_gives_the_same_bits_and_no_call_of_rand(void **state) {
    toy *t = *state;
    sectag_problem p = problem_of(t, ROWS);
    sectag_solver_options o = SECTAG_SOLVER_OPTIONS_INIT;
    assert_true(rand_calls_of_cross_validation() > 0);
    rand_calls = 0;
    for (size_t i = 0; sectag_solver_at(i); i++) {
        sectag_solution a, b;
        train_with(sectag_solver_at(i)->name, &p, &o, &a);
        train_with(sectag_solver_at(i)->name, &p, &o, &b);
        assert_memory_equal(a.w, b.w, COLS * sizeof *a.w);
        assert_memory_equal(&a.b, &b.b, sizeof a.b);
        sectag_solution_release(&a);
        sectag_solution_release(&b);
    }
    assert_int_equal(rand_calls, 0);
}

typedef struct job {
    const toy *t;
    int8_t y[ROWS];
    sectag_solution out;
    int rc;
} job;

static void *run_job(void *arg) {
    job *j = arg;
    sectag_solver_options o = SECTAG_SOLVER_OPTIONS_INIT;
    sectag_problem p = {&j->t->x, j->t->rows, ROWS, j->y, NULL};
    sectag_solution_init(&j->out);
    j->rc = sectag_solver_find("libsvm")->train(&p, &o, &j->out, NULL);
    return NULL;
}

static void two_areas_in_two_threads_give_what_they_give_alone(void **state) {
    static job alone[2], together[2];
    pthread_t thread[2];
    for (int a = 0; a < 2; a++) {
        alone[a].t = together[a].t = *state;
        for (int r = 0; r < ROWS; r++) alone[a].y[r] = together[a].y[r] = r % 12 == 5 + a ? 1 : -1;
        run_job(&alone[a]);
    }
    for (int a = 0; a < 2; a++) assert_int_equal(pthread_create(&thread[a], NULL, run_job, &together[a]), 0);
    for (int a = 0; a < 2; a++) assert_int_equal(pthread_join(thread[a], NULL), 0);
    for (int a = 0; a < 2; a++) {
        assert_int_equal(alone[a].rc, 0);
        assert_int_equal(together[a].rc, 0);
        assert_memory_equal(alone[a].out.w, together[a].out.w, COLS * sizeof(double));
        sectag_solution_release(&alone[a].out);
        sectag_solution_release(&together[a].out);
    }
}

static void unusable_problems_are_refused(void **state) {
    toy *t = *state;
    sectag_problem p = problem_of(t, 5); /* rows 0 to 4: no positive */
    sectag_solver_options o = SECTAG_SOLVER_OPTIONS_INIT;
    sectag_solution s;
    sectag_err err;
    sectag_solution_init(&s);
    for (size_t i = 0; sectag_solver_at(i); i++) {
        sectag_solver_fn *train = sectag_solver_at(i)->train;
        p.n = 5;
        assert_int_equal(train(&p, &o, &s, &err), SECTAG_EDATA);
        assert_non_null(strstr(err.msg, "positive"));
        p.n = ROWS;
        t->y[3] = 0;
        assert_int_equal(train(&p, &o, &s, &err), SECTAG_EARG);
        t->y[3] = -1;
        assert_int_equal(train(&p, &(sectag_solver_options){0, 1, 1e-3, 0}, &s, &err), SECTAG_EARG);
        assert_int_equal(train(&p, &(sectag_solver_options){1, NAN, 1e-3, 0}, &s, &err), SECTAG_EARG);
        assert_null(s.w);
    }
    assert_null(sectag_solver_find("newton"));
}

static void gram_holds_all_inner_products(void **state) {
    toy *t = *state;
    uint32_t rows[3] = {7, 0, 1599};
    double dense[COLS];
    struct svm_node k[3 * 5];
    assert_int_equal(sectag_gram_nodes(3), 15);
    assert_true(sectag_gram_nodes(SIZE_MAX / 2) == SIZE_MAX);
    assert_int_equal(sectag_gram_fill(k, &t->x, rows, 3), 0);
    for (int i = 0; i < 3; i++) {
        memset(dense, 0, sizeof dense);
        sectag_matrix_axpy(&t->x, rows[i], 1, dense);
        assert_true(k[5 * i].value == i + 1);
        for (int j = 0; j < 3; j++)
            assert_true(k[5 * i + 1 + j].value == sectag_matrix_dot(&t->x, rows[j], dense));
        assert_int_equal(k[5 * i + 4].index, -1);
    }
}

static void large_corpora_get_the_fast_solver(void **state) {
    (void)state;
    assert_string_equal(sectag_solver_default(SECTAG_LIBSVM_CLAUSES), "libsvm");
    assert_string_equal(sectag_solver_default(SECTAG_LIBSVM_CLAUSES + 1), "liblinear");
}

int main(void) {
    struct CMUnitTest tests[] = {
        cmocka_unit_test(large_corpora_get_the_fast_solver),
        cmocka_unit_test(working_set_agrees_with_libsvm_on_all_rows),
        cmocka_unit_test(repeat_is_the_same_as_copies_of_the_row),
        cmocka_unit_test(repeat_is_the_same_as_copies_for_liblinear),
        cmocka_unit_test(positives_score_higher_whatever_row_comes_first),
        cmocka_unit_test(two_points_have_the_solution_of_the_textbook),
        cmocka_unit_test(little_memory_gives_the_same_bits),
        cmocka_unit_test(same_input_gives_the_same_bits_and_no_call_of_rand),
        cmocka_unit_test(two_areas_in_two_threads_give_what_they_give_alone),
        cmocka_unit_test(unusable_problems_are_refused),
        cmocka_unit_test(gram_holds_all_inner_products),
    };
    static toy t;
    toy_init(&t);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tests[i].initial_state = &t;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sectag_matrix_release(&t.x);
    return failed;
}
