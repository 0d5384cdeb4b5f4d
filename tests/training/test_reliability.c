/* Reliability tables and curves of precision over recall, against numbers worked out by hand. */
#include "tests/suite.h"

#include "training/reliability.h"

#include <math.h>

static void near_to(double got, double expected) {
    if (!(fabs(got - expected) < 1e-9)) fail_msg("%.12g, expected %.12g", got, expected);
}

static void rows_go_into_bins_of_equal_width(void **state) {
    (void)state;
    const double p[8] = {0, 0.05, 0.1, 0.55, 0.5, 0.95, 1, 0.97};
    const uint8_t y[8] = {0, 1, 0, 1, 0, 1, 1, 0};
    sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS];
    memset(bin, 0, sizeof bin);
    sectag_reliability_add(p, y, 8, 1, bin);
    sectag_reliability_finish(bin);
    const size_t n[SECTAG_RELIABILITY_BINS] = {2, 1, 0, 0, 0, 2, 0, 0, 0, 3}, of[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 2};
    for (int k = 0; k < SECTAG_RELIABILITY_BINS; k++) {
        assert_int_equal(bin[k].n, n[k]);
        assert_int_equal(bin[k].of, of[k]);
    }
    near_to(bin[9].p, 2.92);
    near_to(bin[2].low, 0);
    near_to(bin[2].high, 1); /* an empty bin says nothing */
    near_to(bin[1].high, 0.975); /* none of one: 1 - 0.025 */
    near_to(bin[9].low, 0.09429932405024612); /* scipy 1.10.1: beta.ppf(0.025, 2, 2) */
}

static void a_stride_takes_one_column(void **state) {
    (void)state;
    const double p[6] = {0.9, 0.1, 0.8, 0.1, 0.3, 0.1};
    const uint8_t y[6] = {1, 0, 0, 0, 1, 0};
    sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS];
    memset(bin, 0, sizeof bin);
    sectag_reliability_add(p, y, 3, 2, bin);
    assert_int_equal(bin[1].n, 0);
    assert_int_equal(bin[9].n + bin[8].n + bin[3].n, 3);
    assert_int_equal(bin[9].of + bin[3].of, 2);
}

/* Ranked: 1 0 1 1 0 with the third and fourth equal: points at (1/3, 1), (1/3, 1/2), (1, 3/4), (1, 3/5). */
static void the_curve_has_a_point_for_each_probability(void **state) {
    (void)state;
    const double p[5] = {0.7, 0.9, 0.5, 0.8, 0.7};
    const uint8_t y[5] = {1, 1, 0, 0, 1};
    sectag_pr_curve curve = {0};
    assert_int_equal(sectag_pr_curve_fill(p, y, 5, 1, &curve, NULL), 0);
    assert_int_equal(curve.len, 4);
    const double recall[4] = {1.0 / 3, 1.0 / 3, 1, 1}, precision[4] = {1, 0.5, 0.75, 0.6};
    for (int i = 0; i < 4; i++) {
        near_to(curve.data[i].recall, recall[i]);
        near_to(curve.data[i].precision, precision[i]);
    }
    near_to(curve.data[2].p, 0.7);
    const uint8_t none[5] = {0};
    assert_int_equal(sectag_pr_curve_fill(p, none, 5, 1, &curve, NULL), 0);
    assert_int_equal(curve.len, 0);
    free(curve.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_go_into_bins_of_equal_width),
        cmocka_unit_test(a_stride_takes_one_column),
        cmocka_unit_test(the_curve_has_a_point_for_each_probability),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
