#include "models/calibration.h"
#include "training/calibrate.h"
#include "training/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 4000 };

/* Scores in [-3, 3] with labels drawn from a known probability of the score. */
typedef struct sample {
    double s[N], weight[N];
    int8_t y[N];
    uint32_t group[N];
} sample;

static void draw(sample *t, uint64_t seed, double (*p)(double)) {
    sectag_random r;
    sectag_random_init(&r, seed);
    for (int i = 0; i < N; i++) {
        t->s[i] = 6 * sectag_random_unit(&r) - 3;
        t->y[i] = sectag_random_unit(&r) < p(t->s[i]) ? 1 : -1;
        t->weight[i] = 1;
        t->group[i] = i % 10 == 0 ? UINT32_MAX : (uint32_t)(i / 20);
    }
}

static double sigmoid(double s) {
    return 1 / (1 + exp(-1.5 * s + 0.5));
}

static double falling(double s) {
    return 1 / (1 + exp(1.5 * s));
}

static double stairs(double s) {
    return s < -1 ? 0.05 : s < 1 ? 0.45 : s < 1.5 ? 0.5 : 0.95;
}

static void platt_finds_the_curve_the_labels_came_from(void **state) {
    (void)state;
    static sample t;
    draw(&t, 1, sigmoid);
    sectag_calibrate_data d = {t.s, t.y, NULL, N};
    sectag_calibration c;
    int inverted = 1;
    assert_int_equal(sectag_calibrate_platt(&d, &c, &inverted, NULL), 0);
    assert_false(inverted);
    assert_true(fabs(c.a + 1.5) < 0.12);
    assert_true(fabs(c.b - 0.5) < 0.12);
    assert_int_equal(sectag_calibration_check(&c, NULL), 0);
}

/* At the minimum the fitted probabilities have the targets' sum and the targets' moment with s. */
static void platt_stands_at_the_minimum_of_its_loss(void **state) {
    (void)state;
    double s[5] = {-2, -1, 0.5, 0.7, 1.9}, sum = 0, moment = 0;
    int8_t y[5] = {-1, -1, 1, -1, 1};
    sectag_calibrate_data d = {s, y, NULL, 5};
    sectag_calibration c;
    assert_int_equal(sectag_calibrate_platt(&d, &c, NULL, NULL), 0);
    for (int i = 0; i < 5; i++) {
        double target = y[i] > 0 ? 3.0 / 4 : 1.0 / 5; /* (2 + 1)/(2 + 2), 1/(3 + 2) */
        double miss = target - sectag_calibration_apply(&c, s[i]);
        sum += miss;
        moment += miss * s[i];
    }
    assert_true(fabs(sum) < 1e-6);
    assert_true(fabs(moment) < 1e-6);
}

static void a_weight_counts_like_copies(void **state) {
    (void)state;
    double s[4] = {-1, 0, 0.5, 1}, w[4] = {1, 2, 1, 3};
    int8_t y[4] = {-1, 1, -1, 1};
    double s_copies[7] = {-1, 0, 0, 0.5, 1, 1, 1};
    int8_t y_copies[7] = {-1, 1, 1, -1, 1, 1, 1};
    sectag_calibrate_data a = {s, y, w, 4}, b = {s_copies, y_copies, NULL, 7};
    sectag_calibration ca, cb;
    assert_int_equal(sectag_calibrate_platt(&a, &ca, NULL, NULL), 0);
    assert_int_equal(sectag_calibrate_platt(&b, &cb, NULL, NULL), 0);
    assert_true(fabs(ca.a - cb.a) < 1e-6 && fabs(ca.b - cb.b) < 1e-6);
    assert_int_equal(sectag_calibrate_isotonic(&a, &ca, NULL), 0);
    assert_int_equal(sectag_calibrate_isotonic(&b, &cb, NULL), 0);
    assert_int_equal(ca.n_knots, cb.n_knots);
    for (uint32_t i = 0; i < ca.n_knots; i++) assert_true(fabs(ca.knot_p[i] - cb.knot_p[i]) < 1e-12);
}

static void falling_or_one_sided_labels_give_the_prior_slope(void **state) {
    (void)state;
    static sample t;
    draw(&t, 2, falling);
    sectag_calibrate_data d = {t.s, t.y, NULL, N};
    sectag_calibration c;
    int inverted = 0;
    assert_int_equal(sectag_calibrate_platt(&d, &c, &inverted, NULL), 0);
    assert_true(inverted);
    assert_true(c.a == SECTAG_PLATT_PRIOR_SLOPE);
    double mean = 0;
    for (int i = 0; i < N; i++) mean += (sectag_calibration_apply(&c, t.s[i]) - (t.y[i] > 0)) / N;
    assert_true(fabs(mean) < 1e-3); /* the rate is right even so */
    for (int i = 0; i < N; i++) t.y[i] = -1;
    inverted = 0;
    assert_int_equal(sectag_calibrate_platt(&d, &c, &inverted, NULL), 0);
    assert_true(inverted);
    assert_true(c.a == SECTAG_PLATT_PRIOR_SLOPE && isfinite(c.b));
    assert_true(sectag_calibration_apply(&c, 0) < 0.01);
}

static void separable_scores_do_not_run_away(void **state) {
    (void)state;
    double s[40];
    int8_t y[40];
    for (int i = 0; i < 40; i++) {
        s[i] = i < 30 ? -1 - i * 0.01 : 1 + i * 0.01;
        y[i] = i < 30 ? -1 : 1;
    }
    sectag_calibrate_data d = {s, y, NULL, 40};
    sectag_calibration c;
    int inverted;
    assert_int_equal(sectag_calibrate_platt(&d, &c, &inverted, NULL), 0);
    assert_false(inverted);
    assert_true(isfinite(c.a) && isfinite(c.b));
    assert_true(sectag_calibration_apply(&c, 1.3) < 0.95); /* the target is 11/12 */
    assert_true(sectag_calibration_apply(&c, 1.3) > 0.85);
}

/* Isotonic regression as max over i <= k of min over j >= k of the mean of i .. j (Barlow et al. 1972). */
static double minimax(const sectag_knot *k, size_t n, size_t at) {
    double best = -1;
    for (size_t i = 0; i <= at; i++) {
        double least = 2;
        for (size_t j = at; j < n; j++) {
            double sum = 0, w = 0;
            for (size_t m = i; m <= j; m++) {
                sum += k[m].w * k[m].p;
                w += k[m].w;
            }
            least = fmin(least, sum / w);
        }
        best = fmax(best, least);
    }
    return best;
}

static void pav_agrees_with_the_minimax_formula(void **state) {
    (void)state;
    sectag_random r;
    sectag_random_init(&r, 3);
    for (int round = 0; round < 200; round++) {
        size_t n = 1 + (size_t)sectag_random_below(&r, 12), at = 0;
        sectag_knot raw[12], fit[12];
        for (size_t i = 0; i < n; i++)
            raw[i] = (sectag_knot){1 + (double)sectag_random_below(&r, 3), (double)i,
                                   (double)sectag_random_below(&r, 4) / 3};
        memcpy(fit, raw, sizeof fit);
        size_t blocks = sectag_pav(fit, n);
        for (size_t b = 0; b < blocks; b++) {
            assert_true(b == 0 || fit[b].p > fit[b - 1].p);
            for (double w = 0; w < fit[b].w - 1e-9; w += raw[at++].w)
                assert_true(fabs(minimax(raw, n, at) - fit[b].p) < 1e-12);
        }
        assert_int_equal(at, n);
    }
}

static void isotonic_map_is_monotone_small_and_inside_0_1(void **state) {
    (void)state;
    static sample t;
    draw(&t, 4, stairs);
    for (int i = 0; i < 200; i++) t.s[i] = 0.25; /* ties */
    sectag_calibrate_data d = {t.s, t.y, NULL, N};
    sectag_calibration c;
    assert_int_equal(sectag_calibrate_isotonic(&d, &c, NULL), 0);
    assert_int_equal(sectag_calibration_check(&c, NULL), 0);
    assert_in_range(c.n_knots, 4, SECTAG_CALIBRATION_KNOTS);
    for (double s = -4, last = 0; s < 4; s += 0.01) {
        double p = sectag_calibration_apply(&c, s);
        assert_true(p >= last && p > 0 && p < 1);
        last = p;
    }
    assert_true(fabs(sectag_calibration_apply(&c, -2) - 0.05) < 0.03);
    assert_true(fabs(sectag_calibration_apply(&c, 0) - 0.45) < 0.05);
    assert_true(fabs(sectag_calibration_apply(&c, 2.5) - 0.95) < 0.03);
}

static void interpolation_is_linear_and_flat_outside(void **state) {
    (void)state;
    sectag_calibration c = {
        .kind = SECTAG_CALIBRATION_ISOTONIC, .n_knots = 3, .knot_s = {-1, 1, 2}, .knot_p = {0.1, 0.5, 0.9}};
    assert_true(fabs(sectag_calibration_apply(&c, 0) - 0.3) < 1e-12);
    assert_true(fabs(sectag_calibration_apply(&c, 1.25) - 0.6) < 1e-12);
    assert_true(sectag_calibration_apply(&c, -9) == 0.1);
    assert_true(sectag_calibration_apply(&c, 9) == 0.9);
    assert_true(sectag_calibration_apply(&c, NAN) == SECTAG_P_MIN);
    c = (sectag_calibration){.kind = SECTAG_CALIBRATION_PLATT, .a = -1000, .b = 0};
    assert_true(sectag_calibration_apply(&c, 50) == 1 - SECTAG_P_MIN);
    assert_true(sectag_calibration_apply(&c, -50) == SECTAG_P_MIN);
}

static void damaged_records_are_refused(void **state) {
    (void)state;
    sectag_calibration c = {
        .kind = SECTAG_CALIBRATION_ISOTONIC, .n_knots = 2, .knot_s = {0, 1}, .knot_p = {0.1, 0.5}};
    assert_int_equal(sectag_calibration_check(&c, NULL), 0);
    c.n_knots = 33;
    assert_int_equal(sectag_calibration_check(&c, NULL), SECTAG_EMODEL);
    c.n_knots = 0;
    assert_int_equal(sectag_calibration_check(&c, NULL), SECTAG_EMODEL);
    c.n_knots = 2;
    c.knot_p[1] = 0.05;
    assert_int_equal(sectag_calibration_check(&c, NULL), SECTAG_EMODEL);
    c = (sectag_calibration){.kind = SECTAG_CALIBRATION_PLATT, .a = 1, .b = 0};
    assert_int_equal(sectag_calibration_check(&c, NULL), SECTAG_EMODEL);
    c.kind = 2;
    assert_int_equal(sectag_calibration_check(&c, NULL), SECTAG_EMODEL);
}

static void isotonic_is_chosen_for_stairs_and_platt_for_a_sigmoid(void **state) {
    (void)state;
    static sample t;
    sectag_calibration c;
    int inverted;
    sectag_calibrate_data d = {t.s, t.y, t.weight, N};
    draw(&t, 6, stairs);
    assert_int_equal(sectag_calibrate_choose(&d, t.group, &c, &inverted, NULL), 0);
    assert_int_equal(c.kind, SECTAG_CALIBRATION_ISOTONIC);
    draw(&t, 6, sigmoid);
    assert_int_equal(sectag_calibrate_choose(&d, t.group, &c, &inverted, NULL), 0);
    assert_int_equal(c.kind, SECTAG_CALIBRATION_PLATT);
    draw(&t, 6, falling);
    assert_int_equal(sectag_calibrate_choose(&d, t.group, &c, &inverted, NULL), 0);
    assert_int_equal(c.kind, SECTAG_CALIBRATION_PLATT);
    assert_true(inverted);
}

static void bad_data_are_refused(void **state) {
    (void)state;
    double s[2] = {0, NAN}, w[2] = {1, 0};
    int8_t y[2] = {1, -1};
    sectag_calibration c;
    assert_int_equal(sectag_calibrate_platt(&(sectag_calibrate_data){s, y, NULL, 2}, &c, NULL, NULL),
                     SECTAG_EARG);
    assert_int_equal(sectag_calibrate_platt(&(sectag_calibrate_data){s, y, NULL, 0}, &c, NULL, NULL),
                     SECTAG_EARG);
    s[1] = 1;
    assert_int_equal(sectag_calibrate_isotonic(&(sectag_calibrate_data){s, y, w, 2}, &c, NULL), SECTAG_EARG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(platt_finds_the_curve_the_labels_came_from),
        cmocka_unit_test(platt_stands_at_the_minimum_of_its_loss),
        cmocka_unit_test(a_weight_counts_like_copies),
        cmocka_unit_test(falling_or_one_sided_labels_give_the_prior_slope),
        cmocka_unit_test(separable_scores_do_not_run_away),
        cmocka_unit_test(pav_agrees_with_the_minimax_formula),
        cmocka_unit_test(isotonic_map_is_monotone_small_and_inside_0_1),
        cmocka_unit_test(interpolation_is_linear_and_flat_outside),
        cmocka_unit_test(damaged_records_are_refused),
        cmocka_unit_test(isotonic_is_chosen_for_stairs_and_platt_for_a_sigmoid),
        cmocka_unit_test(bad_data_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
