/* Two models column by column: what both know, what one knows, whose weights differ most. */
#include "tests/suite.h"

#include "models/pairing.h"
#include "tests/classify/tiny_model.h"

#include <math.h>

enum { MOST = 5 };

static void a_model_and_itself_have_all_columns_in_common(void **state) {
    sectag_model m;
    sectag_pairing p = {0};
    const int area[2] = {TINY_VACCINE, TINY_VACCINE};
    uint32_t best[MOST];
    (void)state;
    assert_int_equal(tiny_model_open(&m), 0);
    assert_int_equal(sectag_pairing_init(&p, &m, &m, NULL), 0);
    assert_int_equal(p.pairs.len, m.n_columns);
    assert_int_equal(sectag_pairing_count(&p, SECTAG_DRIVER_NGRAM, 0), TINY_GRAMS);
    assert_int_equal(sectag_pairing_count(&p, SECTAG_DRIVER_NGRAM, 1), 0);
    for (size_t i = 0; i < p.pairs.len; i++) assert_int_equal(p.pairs.data[i].column[0], p.pairs.data[i].column[1]);
    assert_int_equal(sectag_pairing_most(&p, area, MOST, best), 0);
    sectag_pairing_release(&p);
    sectag_model_release(&m);
}

static double difference(const sectag_pairing *p, size_t i, const int area[2]) {
    return fabs(sectag_pairing_weight(p, i, 1, area[1]) - sectag_pairing_weight(p, i, 0, area[0]));
}

/* The same model's two areas stand for one area of two models. */
static void the_largest_changes_come_first(void **state) {
    sectag_model m;
    sectag_pairing p = {0};
    const int area[2] = {TINY_VACCINE, TINY_ANTIBODY};
    uint32_t best[MOST];
    (void)state;
    assert_int_equal(tiny_model_open(&m), 0);
    assert_int_equal(sectag_pairing_init(&p, &m, &m, NULL), 0);
    assert_int_equal(sectag_pairing_most(&p, area, MOST, best), MOST);
    for (int k = 1; k < MOST; k++) assert_true(difference(&p, best[k - 1], area) >= difference(&p, best[k], area));
    for (size_t i = 0; i < p.pairs.len; i++) {
        size_t k = 0;
        while (k < MOST && best[k] != i) k++;
        if (k == MOST) assert_true(difference(&p, i, area) <= difference(&p, best[MOST - 1], area));
    }
    sectag_pairing_release(&p);
    sectag_model_release(&m);
}

/* Without its last two columns, which are terms, a model knows less. */
static void what_only_one_knows_is_gained_or_lost(void **state) {
    sectag_model m, less;
    sectag_pairing p = {0}, back = {0};
    const int none[2] = {-1, -1};
    uint32_t best[MOST];
    (void)state;
    assert_int_equal(tiny_model_open(&m), 0);
    less = m;
    less.n_columns -= 2;
    assert_int_equal(sectag_pairing_init(&p, &m, &less, NULL), 0);
    assert_int_equal(sectag_pairing_init(&back, &less, &m, NULL), 0);
    assert_int_equal(p.pairs.len, m.n_columns);
    assert_int_equal(sectag_pairing_count(&p, SECTAG_DRIVER_TERM, -1), 2);
    assert_int_equal(sectag_pairing_count(&back, SECTAG_DRIVER_TERM, 1), 2);
    assert_int_equal(sectag_pairing_count(&back, SECTAG_DRIVER_TERM, -1), 0);
    assert_int_equal(sectag_pairing_most(&p, none, MOST, best), 0);
    sectag_pairing_release(&p);
    sectag_pairing_release(&back);
    sectag_model_release(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_and_itself_have_all_columns_in_common),
        cmocka_unit_test(the_largest_changes_come_first),
        cmocka_unit_test(what_only_one_knows_is_gained_or_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
