/* The expected values are scipy 1.10.1's: beta.cdf, beta.ppf (Clopper-Pearson), hypergeom.cdf, and the bounds by
 * trying every number of marked things with hypergeom.cdf / hypergeom.sf. */
#include "tests/suite.h"

#include "training/binomial.h"

#include <math.h>

static void near_to(double got, double expected) {
    if (!(fabs(got - expected) < 1e-10)) fail_msg("%.15g, expected %.15g", got, expected);
}

/* beta.cdf(x, a, b) */
static void beta_is_scipys(void **state) {
    (void)state;
    near_to(sectag_beta_cdf(0.5, 0.5, 0.3), 0.36901011956554536);
    near_to(sectag_beta_cdf(2, 3, 0.4), 0.5248); /* 1 - 0.6^4 - 4 0.4 0.6^3 by hand */
    near_to(sectag_beta_cdf(95, 6, 0.9), 0.05757688648703389);
    near_to(sectag_beta_cdf(1, 59, 0.05), 0.9515054747505768);
    near_to(sectag_beta_cdf(300, 20, 0.95), 0.821194007246082);
    near_to(sectag_beta_cdf(7.5, 2.25, 0.6), 0.1105071447409542);
    near_to(sectag_beta_cdf(3, 4, 0), 0);
    near_to(sectag_beta_cdf(3, 4, 1), 1);
}

/* beta.ppf(alpha, k, n - k + 1), beta.ppf(1 - alpha, k + 1, n - k). */
static void shares_are_clopper_and_pearsons(void **state) {
    (void)state;
    near_to(sectag_share_at_least(1, 10, 0.025), 0.0025285785444617848);
    near_to(sectag_share_at_most(1, 10, 0.025), 0.4450161170281954);
    near_to(sectag_share_at_least(5, 20, 0.025), 0.08657146910143461);
    near_to(sectag_share_at_most(5, 20, 0.025), 0.49104587170795744);
    near_to(sectag_share_at_least(95, 100, 0.05), 0.8977466223567255);
    near_to(sectag_share_at_most(58, 59, 0.05), 0.9991309999284744);
    near_to(sectag_share_at_least(12.5, 40.25, 0.025), 0.17444614929362356);
    near_to(sectag_share_at_most(12.5, 40.25, 0.025), 0.4757734691710549);
    near_to(sectag_share_at_least(0, 30, 0.05), 0);
    near_to(sectag_share_at_most(30, 30, 0.05), 1);
    near_to(sectag_share_at_most(0, 59, 0.05), 1 - pow(0.05, 1.0 / 59)); /* by hand: the rule of three */
}

/* hypergeom.cdf(k, N, K, n) */
static void hypergeometric_is_scipys(void **state) {
    (void)state;
    near_to(sectag_hypergeometric_cdf(0, 100, 10, 20), 0.09511627243078839);
    near_to(sectag_hypergeometric_cdf(2, 50, 10, 12), 0.5506571973994743);
    near_to(sectag_hypergeometric_cdf(5, 1000, 100, 80), 0.1658153538226581);
    near_to(sectag_hypergeometric_cdf(3, 200, 8, 100), 0.36046927741507);
    near_to(sectag_hypergeometric_cdf(40, 500, 100, 150), 0.9941134255721512);
    near_to(sectag_hypergeometric_cdf(0, 100000, 100, 3000), 0.04747971516516901);
    near_to(sectag_hypergeometric_cdf(1, 10, 8, 5), 0); /* three of the five at least are marked */
    near_to(sectag_hypergeometric_cdf(5, 10, 8, 5), 1);
}

static void marked_ones_are_bounded_as_by_trying_all(void **state) {
    (void)state;
    const struct {
        uint64_t k, n, all;
        double alpha;
        uint64_t least, most;
    } cases[] = {{0, 59, 1000, 0.05, 0, 48},
                 {3, 50, 400, 0.025, 6, 63},
                 {0, 300, 12000, 0.05, 0, 117},
                 {10, 40, 60, 0.025, 11, 20},
                 {20, 20, 80, 0.05, 71, 80},
                 {3, 30, 30, 0.05, 3, 3},
                 {0, 0, 40, 0.05, 0, 40}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(sectag_marked_at_least(cases[i].k, cases[i].n, cases[i].all, cases[i].alpha), cases[i].least);
        assert_int_equal(sectag_marked_at_most(cases[i].k, cases[i].n, cases[i].all, cases[i].alpha), cases[i].most);
    }
}

static void the_next_ones_are_bounded_as_by_trying_all(void **state) {
    (void)state;
    assert_int_equal(sectag_next_at_most(0, 80, 80, 0.05), 4);
    assert_int_equal(sectag_next_at_most(3, 100, 100, 0.05), 9);
    assert_int_equal(sectag_next_at_most(0, 20, 60, 0.05), 9);
    assert_int_equal(sectag_next_at_most(5, 200, 100, 0.1), 6);
    assert_int_equal(sectag_next_at_most(0, 0, 7, 0.05), 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beta_is_scipys),
        cmocka_unit_test(shares_are_clopper_and_pearsons),
        cmocka_unit_test(hypergeometric_is_scipys),
        cmocka_unit_test(marked_ones_are_bounded_as_by_trying_all),
        cmocka_unit_test(the_next_ones_are_bounded_as_by_trying_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
