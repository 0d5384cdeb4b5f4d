/* Bounds over several samples. The expected ones were found by trying every spread of marked things with scipy
 * 1.10.1's hypergeom.pmf: the largest total with P(T <= t) > alpha. */
#include "tests/suite.h"

#include "training/binomial.h"
#include "training/strata.h"

#include <math.h>

static uint64_t at_most(const sectag_stratum *s, size_t n, double alpha) {
    uint64_t bound = 0;
    assert_int_equal(sectag_strata_at_most(s, n, alpha, &bound, NULL), 0);
    return bound;
}

static void the_bound_is_that_of_trying_every_spread(void **state) {
    (void)state;
    const struct {
        sectag_stratum s[3];
        size_t n;
        double alpha;
        uint64_t most;
    } cases[] = {{{{60, 20, 0}, {40, 20, 0}}, 2, 0.05, 6},
                 {{{80, 20, 1}, {30, 15, 2}}, 2, 0.05, 19},
                 {{{50, 10, 0}, {30, 10, 1}, {20, 10, 3}}, 3, 0.025, 23},
                 {{{40, 10, 1}, {30, 10, 0}, {25, 5, 1}}, 3, 0.05, 21}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t got = at_most(cases[i].s, cases[i].n, cases[i].alpha);
        if (got != cases[i].most)
            fail_msg("case %zu: %llu, expected %llu", i, (unsigned long long)got, (unsigned long long)cases[i].most);
    }
}

static void one_part_has_the_hypergeometric_bound(void **state) {
    (void)state;
    for (size_t k = 0; k <= 40; k += 5) {
        sectag_stratum s = {900, 60, k};
        assert_int_equal(at_most(&s, 1, 0.05), sectag_marked_at_most(k, 60, 900, 0.05));
        assert_int_equal(sectag_strata_at_least(&s, 1, 0.05), sectag_marked_at_least(k, 60, 900, 0.05));
    }
}

static void parts_without_error_are_counted_as_they_are(void **state) {
    (void)state;
    const sectag_stratum all_read = {10, 10, 4}, none_read = {7, 0, 0}, half = {20, 10, 0};
    const sectag_stratum three[3] = {all_read, none_read, half};
    assert_int_equal(at_most(&all_read, 1, 0.05), 4);
    assert_int_equal(at_most(&none_read, 1, 0.05), 7);
    assert_int_equal(at_most(three, 3, 0.05), 11 + at_most(&half, 1, 0.05));
    assert_int_equal(sectag_strata_at_least(three, 3, 0.05), 4);
    assert_true(fabs(sectag_strata_estimate(three, 3) - 4) < 1e-12);
    assert_int_equal(at_most(NULL, 0, 0.05), 0);
}

static void the_bound_grows_with_what_is_found_and_with_confidence(void **state) {
    (void)state;
    uint64_t last = 0;
    for (size_t k = 0; k < 12; k++) {
        const sectag_stratum s[3] = {{5000, 100, k}, {300, 80, 2 * k}, {900, 50, k / 2}};
        uint64_t bound = at_most(s, 3, 0.05);
        assert_true(bound > last);
        assert_true(at_most(s, 3, 0.01) > bound);
        assert_true((double)bound > sectag_strata_estimate(s, 3));
        last = bound;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bound_is_that_of_trying_every_spread),
        cmocka_unit_test(one_part_has_the_hypergeometric_bound),
        cmocka_unit_test(parts_without_error_are_counted_as_they_are),
        cmocka_unit_test(the_bound_grows_with_what_is_found_and_with_confidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
