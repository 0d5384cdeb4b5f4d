/* Adding up rows: all kernels give the same bits, and these are the sums of doubles within rounding. */
#include "tests/suite.h"

#include "features/processor.h"
#include "models/score.h"
#include "training/random.h"

#include <math.h>

static const char *const kernels[] = {"portable", "avx2", "avx512"};
static const size_t area_counts[] = {1, 5, 14, 15, 26, 30, 31, 46, 62, 100, 500};

enum { ROWS = 200, SUMMANDS = 300 };

/* Random rows of some areas, and what to add up; sums begin at random values too. */
typedef struct problem {
    size_t n_areas, stride, n;
    char *rows; /* [ROWS][stride] of exactly that size */
    uint32_t column[SUMMANDS];
    float factor[SUMMANDS];
    float *start; /* [stride / 2] */
} problem;

static int16_t weight_of(const problem *p, uint32_t row, size_t k) {
    int16_t weight;
    memcpy(&weight, p->rows + row * p->stride + 2 * k, sizeof weight);
    return weight;
}

/* What a summand's row is multiplied with: rounded once, as the kernels do it. */
static double value_of(const problem *p, size_t i) {
    float value;
    memcpy(&value, p->rows + (p->column[i] + 1) * p->stride - sizeof value, sizeof value);
    volatile float product = p->factor[i] * value;
    return (double)product;
}

static void problem_init(problem *p, sectag_random *r, size_t n_areas, size_t n) {
    p->n_areas = n_areas;
    p->stride = sectag_row_stride(n_areas);
    p->n = n;
    p->rows = malloc(ROWS * p->stride);
    p->start = malloc(p->stride / 2 * sizeof *p->start);
    assert_true(p->rows && p->start);
    for (size_t i = 0; i < ROWS * p->stride; i++) p->rows[i] = (char)sectag_random_below(r, 256);
    for (size_t i = 0; i < ROWS; i++) { /* the last four bytes are a float */
        float value = (float)sectag_random_unit(r);
        memcpy(p->rows + (i + 1) * p->stride - sizeof value, &value, sizeof value);
    }
    for (size_t i = 0; i < SUMMANDS; i++) {
        double value = ldexp(sectag_random_unit(r) - 0.3, (int)sectag_random_below(r, 12) - 8);
        p->column[i] = (uint32_t)sectag_random_below(r, ROWS);
        p->factor[i] = (float)value;
    }
    for (size_t k = 0; k < p->stride / 2; k++) p->start[k] = (float)sectag_random_unit(r);
}

static void problem_release(problem *p) {
    free(p->rows);
    free(p->start);
}

/* The sums by one kernel, in an allocation of exactly their size; freed by the caller. *square: what it returns. Rows to
 * fetch are now fewer, now more than those to add. */
static float *add_up(const problem *p, const sectag_kernel *kernel, float *square) {
    float *sum = aligned_alloc(32, p->stride / 2 * sizeof *sum);
    const sectag_summands s = {p->column, p->factor, p->n};
    const sectag_summands ahead = {p->column, p->factor, p->n_areas % 2 ? p->n / 2 : SUMMANDS};
    assert_non_null(sum);
    memcpy(sum, p->start, p->stride / 2 * sizeof *sum);
    *square = kernel->add_rows(p->rows, p->stride, &s, &ahead, sum);
    return sum;
}

/* Runs a check on problems of all numbers of areas and several of summands. */
static void for_all_problems(void (*check)(const problem *p)) {
    static const size_t counts[] = {0, 1, 2, 3, 7, 50, SUMMANDS};
    sectag_random r;
    sectag_random_init(&r, 41);
    for (size_t a = 0; a < COUNT_OF(area_counts); a++)
        for (size_t i = 0; i < COUNT_OF(counts); i++) {
            problem p;
            problem_init(&p, &r, area_counts[a], counts[i]);
            check(&p);
            problem_release(&p);
        }
}

static void check_same_bits(const problem *p) {
    float square, expected_square, *expected = add_up(p, sectag_kernel_find("portable"), &expected_square);
    for (size_t i = 0; i < COUNT_OF(kernels); i++) {
        const sectag_kernel *kernel = sectag_kernel_find(kernels[i]);
        if (!kernel) continue; /* this processor has it not */
        float *sum = add_up(p, kernel, &square);
        assert_memory_equal(&square, &expected_square, sizeof square);
        for (size_t k = 0; k < p->n_areas; k++)
            if (memcmp(&sum[k], &expected[k], sizeof *sum) != 0)
                fail_msg("%s: %zu areas, %zu rows: area %zu: %a instead of %a", kernel->name, p->n_areas,
                         p->n, k, (double)sum[k], (double)expected[k]);
        free(sum);
    }
    free(expected);
}

static void all_kernels_give_the_same_bits(void **state) {
    (void)state;
    for_all_problems(check_same_bits);
}

/* Each step rounds the product and the sum once: together within n + 1 roundings of the sum of absolute
 * values. */
static void check_sums(const problem *p) {
    float square, *sum = add_up(p, sectag_kernel_find(sectag_processor_best()), &square);
    double squares = 0;
    for (size_t i = 0; i < p->n; i++) squares += value_of(p, i) * value_of(p, i);
    assert_true(fabs((double)square - squares) <= (double)(p->n + 1) * 0x1p-24 * squares);
    for (size_t k = 0; k < p->n_areas; k++) {
        double exact = (double)p->start[k], size = exact;
        for (size_t i = 0; i < p->n; i++) {
            double term = value_of(p, i) * weight_of(p, p->column[i], k);
            exact += term;
            size += fabs(term);
        }
        double most = (double)(p->n + 1) * 0x1p-24 * size;
        if (fabs((double)sum[k] - exact) > most)
            fail_msg("%zu areas, %zu rows: area %zu: %g instead of %g", p->n_areas, p->n, k, (double)sum[k],
                     exact);
    }
    free(sum);
}

static void sums_are_those_of_doubles_within_rounding(void **state) {
    (void)state;
    for_all_problems(check_sums);
}

/* Multiplying and adding in one rounding, or in another order, would show here. */
static void roundings_are_of_each_step(void **state) {
    const float big = 0x1p24f, third = 1.0f / 3;
    int16_t rows[2][32] = {{0}};
    (void)state;
    for (size_t k = 0; k < 30; k++) rows[0][k] = rows[1][k] = (int16_t)(3 + (int)k);
    const float one = 1;
    for (size_t i = 0; i < 2; i++) memcpy(&rows[i][30], &one, sizeof one);
    const sectag_summands none = {0};
    const uint32_t column[] = {0, 1, 0, 1};
    const float factor[] = {third, big, third, -big};
    const sectag_summands s = {column, factor, COUNT_OF(column)};
    for (size_t i = 0; i < COUNT_OF(kernels); i++) {
        const sectag_kernel *kernel = sectag_kernel_find(kernels[i]);
        float *sum = aligned_alloc(32, 32 * sizeof *sum);
        assert_non_null(sum);
        memset(sum, 0, 32 * sizeof *sum);
        if (kernel) kernel->add_rows((const char *)rows, sizeof rows[0], &s, &none, sum);
        for (size_t k = 0; kernel && k < 30; k++) {
            volatile float weight = (float)(3 + (int)k), step = third * weight, expected = 0;
            expected = expected + step;
            step = big * weight;
            expected = expected + step;
            step = third * weight;
            expected = expected + step;
            step = -big * weight;
            expected = expected + step;
            assert_true(sum[k] == expected);
        }
        free(sum);
    }
}

static void rows_end_with_their_value_in_whole_half_lines(void **state) {
    (void)state;
    assert_int_equal(sectag_row_stride(1), 32);
    assert_int_equal(sectag_row_stride(14), 32);
    assert_int_equal(sectag_row_stride(15), 64);
    assert_int_equal(sectag_row_stride(30), 64);
    assert_int_equal(sectag_row_stride(31), 96);
    for (size_t n = 0; n < 1000; n++) {
        size_t stride = sectag_row_stride(n);
        assert_true(stride % 32 == 0 && stride >= 2 * n + 4 && stride < 2 * n + 4 + 32);
    }
}

static void a_kernel_is_chosen_by_name(void **state) {
    (void)state;
    assert_string_equal(sectag_kernel_find("portable")->name, "portable");
    assert_null(sectag_kernel_find("abacus"));
    assert_int_equal(setenv("SECTAG_KERNEL", "portable", 1), 0);
    assert_string_equal(sectag_kernel_find(sectag_processor_best())->name, "portable");
    assert_int_equal(setenv("SECTAG_KERNEL", "abacus", 1), 0);
    assert_string_equal(sectag_kernel_find(sectag_processor_best())->name, "portable");
    assert_int_equal(unsetenv("SECTAG_KERNEL"), 0);
    const sectag_kernel *fastest = sectag_kernel_find("portable");
    for (size_t i = 0; i < COUNT_OF(kernels); i++) /* in this order */
        if (sectag_kernel_find(kernels[i])) fastest = sectag_kernel_find(kernels[i]);
    assert_string_equal(sectag_kernel_find(sectag_processor_best())->name, fastest->name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kernels_give_the_same_bits),
        cmocka_unit_test(sums_are_those_of_doubles_within_rounding),
        cmocka_unit_test(roundings_are_of_each_step),
        cmocka_unit_test(rows_end_with_their_value_in_whole_half_lines),
        cmocka_unit_test(a_kernel_is_chosen_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
