#include "training/metric.h"
#include "training/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void near_to(double got, double expected) {
    if (!(fabs(got - expected) < 1e-12)) fail_msg("%.15g, expected %.15g", got, expected);
}

static void counts_give_precision_recall_and_f1(void **state) {
    (void)state;
    sectag_prf m = sectag_prf_of(6, 2, 4);
    near_to(m.precision, 0.75);
    near_to(m.recall, 0.6);
    near_to(m.f1, 12.0 / 18);
    m = sectag_prf_of(0, 0, 0);
    assert_true(m.precision == 0 && m.recall == 0 && m.f1 == 0);
}

/* The example of scikit-learn's documentation: 0.83 for labels 0 0 1 1 and scores 0.1 0.4 0.35 0.8. */
static void average_precision_of_known_rankings(void **state) {
    (void)state;
    double ap;
    double s[4] = {0.1, 0.4, 0.35, 0.8}, equal[4] = {1, 1, 1, 1};
    uint8_t y[4] = {0, 0, 1, 1}, none[4] = {0};
    assert_int_equal(sectag_average_precision(s, y, 4, &ap, NULL), 0);
    near_to(ap, 0.5 * 1 + 0.5 * 2 / 3);
    assert_int_equal(sectag_average_precision(equal, y, 4, &ap, NULL), 0);
    near_to(ap, 0.5); /* all pass together, whatever the order */
    assert_int_equal(sectag_average_precision(s, none, 4, &ap, NULL), 0);
    near_to(ap, 0);
}

/* Sum over the distinct scores as thresholds, each time counting anew. */
static double brute_ap(const double *s, const uint8_t *y, size_t n) {
    double ap = 0, recall_before = 0, positives = 0, t = INFINITY;
    for (size_t i = 0; i < n; i++) positives += y[i];
    for (;;) {
        double next = -INFINITY, tp = 0, tagged = 0;
        for (size_t i = 0; i < n; i++)
            if (s[i] < t && s[i] > next) next = s[i];
        if (isinf(next)) return ap;
        t = next;
        for (size_t i = 0; i < n; i++) {
            tagged += s[i] >= t;
            tp += s[i] >= t && y[i];
        }
        ap += (tp / positives - recall_before) * tp / tagged;
        recall_before = tp / positives;
    }
}

static void average_precision_agrees_with_brute_force(void **state) {
    (void)state;
    sectag_random r;
    sectag_random_init(&r, 8);
    for (int round = 0; round < 100; round++) {
        double s[40], ap;
        uint8_t y[40];
        for (int i = 0; i < 40; i++) {
            s[i] = (double)sectag_random_below(&r, 12) / 7;
            y[i] = i == 0 || sectag_random_below(&r, 4) == 0;
        }
        assert_int_equal(sectag_average_precision(s, y, 40, &ap, NULL), 0);
        near_to(ap, brute_ap(s, y, 40));
    }
}

static void losses_have_their_hand_computed_values(void **state) {
    (void)state;
    double p[4] = {0.9, 0.2, 0.5, 0.0}, ece;
    uint8_t y[4] = {1, 0, 1, 0};
    near_to(sectag_log_loss(p, y, 4), -(log(0.9) + log(0.8) + log(0.5) + log(1 - 1e-15)) / 4);
    near_to(sectag_brier(p, y, 4), (0.01 + 0.04 + 0.25) / 4);
    assert_int_equal(sectag_calibration_error(p, y, 4, 2, &ece, NULL), 0);
    near_to(ece, (fabs(2 - 1.4) + fabs(0 - 0.2)) / 4);
    assert_int_equal(sectag_calibration_error(p, y, 4, 0, &ece, NULL), SECTAG_EARG);
}

/* Two areas, three rows: area 0 has tp 1, fp 1, fn 1; area 1 no positives and one tag. */
static void macro_leaves_out_areas_without_positives_and_micro_does_not(void **state) {
    (void)state;
    double s[6] = {3, 0, 2, 0, 1, 0};
    uint8_t gold[6] = {1, 0, 0, 0, 1, 0}, tag[6] = {1, 1, 1, 0, 0, 0};
    sectag_eval_data d = {3, 2, s, gold, tag, NULL};
    sectag_eval_options o = {0, 1, 0.95};
    sectag_metrics m;
    sectag_metrics_init(&m);
    assert_int_equal(sectag_metrics_evaluate(&d, &o, &m, NULL), 0);
    near_to(m.area[0].f1.value, 0.5);
    near_to(m.area[0].ap.value, (1 + 2.0 / 3) / 2);
    assert_int_equal(m.area[0].n_gold, 2);
    assert_int_equal(m.area[0].n_tagged, 2);
    assert_int_equal(m.area[0].n_both, 1);
    assert_int_equal(m.area[1].n_gold, 0);
    near_to(m.area[1].f1.value, 0);
    near_to(m.macro_f1.value, 0.5);
    near_to(m.mean_ap.value, (1 + 2.0 / 3) / 2);
    near_to(m.micro_f1.value, 2.0 / 5);
    near_to(m.micro_precision.value, 1.0 / 3);
    near_to(m.micro_f1.low, m.micro_f1.value);
    assert_int_equal(m.n_docs, 3);
    sectag_metrics_release(&m);
}

/* Documents of 5 equal rows; precision is known: every row is tagged, a document is gold by a coin of 0.7. */
enum { DOCS = 60, EACH = 5, CELLS = DOCS * EACH };

static void draw_docs(sectag_random *r, uint8_t *gold, uint32_t *doc) {
    for (uint32_t d = 0; d < DOCS; d++) {
        uint8_t y = sectag_random_unit(r) < 0.7;
        for (uint32_t i = 0; i < EACH; i++) {
            gold[d * EACH + i] = y;
            doc[d * EACH + i] = d;
        }
    }
}

static void intervals_cover_the_true_value_as_often_as_they_say(void **state) {
    (void)state;
    static uint8_t gold[CELLS], tag[CELLS];
    static uint32_t doc[CELLS];
    sectag_random r;
    sectag_random_init(&r, 12);
    memset(tag, 1, sizeof tag);
    int covered = 0, covered_by_rows = 0;
    for (int trial = 0; trial < 200; trial++) {
        draw_docs(&r, gold, doc);
        sectag_eval_data d = {CELLS, 1, NULL, gold, tag, doc};
        sectag_eval_options o = {300, (uint64_t)trial, 0.95};
        sectag_metrics m;
        sectag_metrics_init(&m);
        assert_int_equal(sectag_metrics_evaluate(&d, &o, &m, NULL), 0);
        covered += m.micro_precision.low <= 0.7 && 0.7 <= m.micro_precision.high;
        d.doc = NULL;
        assert_int_equal(sectag_metrics_evaluate(&d, &o, &m, NULL), 0);
        covered_by_rows += m.micro_precision.low <= 0.7 && 0.7 <= m.micro_precision.high;
        sectag_metrics_release(&m);
    }
    assert_in_range(covered, 180, 199);        /* 190 expected */
    assert_in_range(covered_by_rows, 80, 150); /* resampling rows is wrong here: intervals too short */
}

static void fill_random(sectag_random *r, size_t n, double *s, uint8_t *gold, uint8_t *tag, double noise) {
    for (size_t i = 0; i < n; i++) {
        gold[i] = sectag_random_below(r, 5) == 0;
        s[i] = gold[i] + noise * sectag_random_unit(r);
        tag[i] = s[i] > 0.9;
    }
}

static void same_seed_gives_the_same_numbers_another_seed_does_not(void **state) {
    (void)state;
    static double s[900];
    static uint8_t gold[900], tag[900];
    sectag_random r;
    sectag_metrics m[3];
    sectag_random_init(&r, 3);
    fill_random(&r, 900, s, gold, tag, 1.5);
    sectag_eval_data d = {300, 3, s, gold, tag, NULL};
    for (int i = 0; i < 3; i++) {
        sectag_eval_options o = {200, i == 2 ? 77 : 5, 0.95};
        sectag_metrics_init(&m[i]);
        assert_int_equal(sectag_metrics_evaluate(&d, &o, &m[i], NULL), 0);
        assert_true(m[i].mean_ap.low < m[i].mean_ap.value && m[i].mean_ap.value < m[i].mean_ap.high);
    }
    assert_memory_equal(m[0].area, m[1].area, 3 * sizeof *m[0].area);
    assert_true(m[0].mean_ap.low == m[1].mean_ap.low);
    assert_true(m[0].mean_ap.low != m[2].mean_ap.low);
    for (int i = 0; i < 3; i++) sectag_metrics_release(&m[i]);
}

static void a_system_differs_from_itself_by_nothing_and_from_a_worse_one_clearly(void **state) {
    (void)state;
    static double s[2][900];
    static uint8_t gold[900], tag[2][900];
    sectag_random r;
    sectag_metrics m;
    sectag_random_init(&r, 4);
    fill_random(&r, 900, s[0], gold, tag[0], 1.2);
    for (int i = 0; i < 900; i++) {
        s[1][i] = gold[i] + 4 * sectag_random_unit(&r);
        tag[1][i] = s[1][i] > 2;
    }
    sectag_eval_data a = {300, 3, s[0], gold, tag[0], NULL}, b = {300, 3, s[1], gold, tag[1], NULL};
    sectag_eval_options o = {300, 9, 0.95};
    sectag_metrics_init(&m);
    assert_int_equal(sectag_metrics_difference(&a, &a, &o, &m, NULL), 0);
    assert_true(m.macro_f1.low == 0 && m.macro_f1.value == 0 && m.macro_f1.high == 0);
    assert_int_equal(sectag_metrics_difference(&a, &b, &o, &m, NULL), 0);
    assert_true(m.macro_f1.low > 0.1 && m.mean_ap.low > 0.1);
    b.n_rows = 299;
    assert_int_equal(sectag_metrics_difference(&a, &b, &o, &m, NULL), SECTAG_EARG);
    sectag_metrics_release(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_give_precision_recall_and_f1),
        cmocka_unit_test(average_precision_of_known_rankings),
        cmocka_unit_test(average_precision_agrees_with_brute_force),
        cmocka_unit_test(losses_have_their_hand_computed_values),
        cmocka_unit_test(macro_leaves_out_areas_without_positives_and_micro_does_not),
        cmocka_unit_test(intervals_cover_the_true_value_as_often_as_they_say),
        cmocka_unit_test(same_seed_gives_the_same_numbers_another_seed_does_not),
        cmocka_unit_test(a_system_differs_from_itself_by_nothing_and_from_a_worse_one_clearly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
