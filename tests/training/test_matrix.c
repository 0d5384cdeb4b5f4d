#include "training/matrix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void add_row(sectag_matrix *m, const uint32_t *index, const float *value, size_t n) {
    assert_int_equal(sectag_matrix_begin(m, NULL), 0);
    for (size_t i = 0; i < n; i++) assert_int_equal(sectag_matrix_add(m, index[i], value[i], NULL), 0);
    sectag_matrix_end(m);
}

static void rows_are_kept_with_their_offsets(void **state) {
    (void)state;
    sectag_matrix m;
    sectag_matrix_init(&m);
    add_row(&m, (uint32_t[]){1, 4}, (float[]){0.5f, 2.0f}, 2);
    add_row(&m, NULL, NULL, 0);
    add_row(&m, (uint32_t[]){0}, (float[]){-1.0f}, 1);
    assert_int_equal(m.rows, 3);
    assert_int_equal(m.cols, 5);
    assert_int_equal(sectag_matrix_row_len(&m, 0), 2);
    assert_int_equal(sectag_matrix_row_len(&m, 1), 0);
    assert_int_equal(m.off[3], 3);
    assert_int_equal(m.index[1], 4);
    sectag_matrix_release(&m);
    assert_int_equal(m.rows, 0);
}

static void products_are_those_of_dense_vectors(void **state) {
    (void)state;
    sectag_matrix m;
    sectag_matrix_init(&m);
    add_row(&m, (uint32_t[]){0, 2}, (float[]){0.5f, 2.0f}, 2);
    double w[3] = {4, 100, -3}, sum[3] = {1, 1, 1};
    float f[3] = {4, 100, -3};
    assert_true(fabs(sectag_matrix_dot(&m, 0, w) - (0.5 * 4 - 2 * 3)) < 1e-12);
    assert_true(fabs(sectag_matrix_dotf(&m, 0, f) - (0.5 * 4 - 2 * 3)) < 1e-12);
    sectag_matrix_axpy(&m, 0, 10, sum);
    assert_true(sum[0] == 6 && sum[1] == 1 && sum[2] == 21);
    sectag_matrix_release(&m);
}

static void bad_entries_are_refused_and_the_row_goes_on(void **state) {
    (void)state;
    sectag_matrix m;
    sectag_err err;
    sectag_matrix_init(&m);
    assert_int_equal(sectag_matrix_begin(&m, &err), 0);
    assert_int_equal(sectag_matrix_add(&m, 3, 1.0f, &err), 0);
    assert_int_equal(sectag_matrix_add(&m, 3, 1.0f, &err), SECTAG_EARG);
    assert_int_equal(sectag_matrix_add(&m, 2, 1.0f, &err), SECTAG_EARG);
    assert_int_equal(sectag_matrix_add(&m, 5, NAN, &err), SECTAG_EARG);
    assert_int_equal(sectag_matrix_add(&m, 5, 1.0f, &err), 0);
    sectag_matrix_end(&m);
    assert_int_equal(sectag_matrix_row_len(&m, 0), 2);
    sectag_matrix_release(&m);
}

static void an_open_row_can_be_dropped(void **state) {
    (void)state;
    sectag_matrix m;
    sectag_matrix_init(&m);
    add_row(&m, (uint32_t[]){1}, (float[]){1.0f}, 1);
    assert_int_equal(sectag_matrix_begin(&m, NULL), 0);
    assert_int_equal(sectag_matrix_add(&m, 900, 1.0f, NULL), 0);
    add_row(&m, (uint32_t[]){0}, (float[]){7.0f}, 1);
    assert_int_equal(m.rows, 2);
    assert_int_equal(m.cols, 2);
    assert_true(m.value[m.off[1]] == 7.0f);
    sectag_matrix_release(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_kept_with_their_offsets),
        cmocka_unit_test(products_are_those_of_dense_vectors),
        cmocka_unit_test(bad_entries_are_refused_and_the_row_goes_on),
        cmocka_unit_test(an_open_row_can_be_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
