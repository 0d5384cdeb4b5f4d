/* Calibrations as they are applied: monotone, never 0 or 1; damaged records refused. */
#include "tests/suite.h"

#include "models/calibration.h"
#include "training/random.h"

#include <math.h>

static const sectag_calibration platt = {.kind = SECTAG_CALIBRATION_PLATT, .a = -2, .b = 0.5};
static const sectag_calibration isotonic = {
    .kind = SECTAG_CALIBRATION_ISOTONIC, .n_knots = 3, .knot_s = {-1, 0, 2}, .knot_p = {0.1, 0.4, 0.8}};

static void near(double a, double b) {
    if (!(fabs(a - b) < 1e-12)) fail_msg("%.15f is not %.15f", a, b);
}

static void platt_is_the_logistic_function(void **state) {
    (void)state;
    for (double s = -4; s <= 4; s += 0.25)
        near(sectag_calibration_apply(&platt, s), 1 / (1 + exp(-2 * s + 0.5)));
}

static void isotonic_draws_lines_between_its_knots(void **state) {
    (void)state;
    near(sectag_calibration_apply(&isotonic, -5), 0.1);
    near(sectag_calibration_apply(&isotonic, -1), 0.1);
    near(sectag_calibration_apply(&isotonic, -0.5), 0.25);
    near(sectag_calibration_apply(&isotonic, 0), 0.4);
    near(sectag_calibration_apply(&isotonic, 1.5), 0.7);
    near(sectag_calibration_apply(&isotonic, 2), 0.8);
    near(sectag_calibration_apply(&isotonic, 9), 0.8);
}

static void one_knot_is_a_constant(void **state) {
    (void)state;
    const sectag_calibration c = {
        .kind = SECTAG_CALIBRATION_ISOTONIC, .n_knots = 1, .knot_s = {1}, .knot_p = {0.3}};
    assert_int_equal(sectag_calibration_check(&c, NULL), 0);
    for (double s = -2; s < 4; s += 1) near(sectag_calibration_apply(&c, s), 0.3);
}

static void no_probability_is_certain(void **state) {
    (void)state;
    static const double extreme[] = {-1e308, -1e4, 1e4, 1e308, -INFINITY, INFINITY};
    for (size_t i = 0; i < COUNT_OF(extreme); i++) {
        double p = sectag_calibration_apply(&platt, extreme[i]);
        near(p, extreme[i] < 0 ? SECTAG_P_MIN : 1 - SECTAG_P_MIN);
        p = sectag_calibration_apply(&isotonic, extreme[i]);
        near(p, extreme[i] < 0 ? 0.1 : 0.8);
    }
    near(sectag_calibration_apply(&platt, NAN), SECTAG_P_MIN);
    near(sectag_calibration_apply(&isotonic, NAN), SECTAG_P_MIN);
}

/* Knots that ascend, drawn at random. */
static sectag_calibration random_isotonic(sectag_random *r) {
    sectag_calibration c = {.kind = SECTAG_CALIBRATION_ISOTONIC};
    double s = -3, p = 0;
    c.n_knots = 1 + (uint32_t)sectag_random_below(r, SECTAG_CALIBRATION_KNOTS);
    for (uint32_t i = 0; i < c.n_knots; i++) {
        c.knot_s[i] = s += 1e-9 + sectag_random_unit(r);
        c.knot_p[i] = p += 1e-9 + (1 - p) * 0.2 * sectag_random_unit(r);
    }
    return c;
}

static void a_higher_score_is_never_less_probable(void **state) {
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 1);
    for (int i = 0; i < 500; i++) {
        sectag_calibration c = random_isotonic(&r);
        double before = 0;
        assert_int_equal(sectag_calibration_check(&c, NULL), 0);
        for (double s = -4; s < 30; s += 0.05) {
            double p = sectag_calibration_apply(&c, s);
            assert_true(p >= before);
            before = p;
        }
    }
}

static void assert_damaged(sectag_calibration c) {
    sectag_err err = {0};
    assert_int_equal(sectag_calibration_check(&c, &err), SECTAG_EMODEL);
    assert_true(err.msg[0] != '\0');
}

static void damaged_records_are_refused(void **state) {
    (void)state;
    sectag_calibration c = platt;
    assert_int_equal(sectag_calibration_check(&platt, NULL), 0);
    assert_int_equal(sectag_calibration_check(&isotonic, NULL), 0);
    c.a = 0, assert_damaged(c);
    c.a = 1, assert_damaged(c);
    c.a = NAN, assert_damaged(c);
    c.a = -INFINITY, assert_damaged(c);
    c = platt, c.b = NAN, assert_damaged(c);
    c = platt, c.kind = 2, assert_damaged(c);
    c = isotonic, c.n_knots = 0, assert_damaged(c);
    c = isotonic, c.n_knots = SECTAG_CALIBRATION_KNOTS + 1, assert_damaged(c);
    c = isotonic, c.knot_s[1] = c.knot_s[0], assert_damaged(c);
    c = isotonic, c.knot_s[2] = NAN, assert_damaged(c);
    c = isotonic, c.knot_p[0] = 0, assert_damaged(c);
    c = isotonic, c.knot_p[2] = 1, assert_damaged(c);
    c = isotonic, c.knot_p[1] = 0.05, assert_damaged(c);
    c = isotonic, c.knot_p[1] = NAN, assert_damaged(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(platt_is_the_logistic_function),
        cmocka_unit_test(isotonic_draws_lines_between_its_knots),
        cmocka_unit_test(one_knot_is_a_constant),
        cmocka_unit_test(no_probability_is_certain),
        cmocka_unit_test(a_higher_score_is_never_less_probable),
        cmocka_unit_test(damaged_records_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
