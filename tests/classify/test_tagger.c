/* The tagger: scores become probabilities, tags and bands; batches change nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/tagger.h"
#include "tests/classify/tiny_model.h"

#define PIECE(s) ((sectag_piece){s, sizeof(s) - 1})
#define STATIC_PIECE(s)                                                                                      \
    { s, sizeof(s) - 1 }

static sectag_model model;

static int open_model(void **state) {
    (void)state;
    return tiny_model_open(&model);
}

static int close_model(void **state) {
    (void)state;
    sectag_model_release(&model);
    return 0;
}

static void tags_what_reaches_its_threshold(void **state) {
    sectag_tagger t;
    sectag_verdict v[TINY_AREAS];
    (void)state;
    assert_int_equal(sectag_tagger_init(&t, &model, NULL), 0);
    assert_int_equal(sectag_tagger_run(&t, &PIECE("支持流感疫苗研发"), 1, v, NULL), 0);
    assert_true(v[TINY_VACCINE].tagged);
    assert_int_equal(v[TINY_VACCINE].band, SECTAG_BAND_ACCEPT);
    assert_true(v[TINY_VACCINE].probability > 0.9);
    assert_false(v[TINY_ANTIBODY].tagged);
    assert_int_equal(v[TINY_ANTIBODY].band, SECTAG_BAND_NONE);
    sectag_tagger_release(&t);
}

static void never_tags_an_area_that_was_not_trained(void **state) {
    sectag_tagger t;
    sectag_verdict v[TINY_AREAS];
    (void)state;
    assert_int_equal(sectag_tagger_init(&t, &model, NULL), 0);
    assert_int_equal(sectag_tagger_run(&t, &PIECE("中医诊疗设备"), 1, v, NULL), 0);
    assert_false(v[TINY_UNTRAINED].tagged);
    assert_true(v[TINY_UNTRAINED].score == 0 && v[TINY_UNTRAINED].probability == 0);
    sectag_tagger_release(&t);
}

static void scores_an_empty_clause_by_the_bias_alone(void **state) {
    sectag_tagger t;
    sectag_verdict v[TINY_AREAS];
    (void)state;
    assert_int_equal(sectag_tagger_init(&t, &model, NULL), 0);
    assert_int_equal(sectag_tagger_run(&t, &PIECE(""), 1, v, NULL), 0);
    assert_true(v[TINY_VACCINE].score == -1.0);
    sectag_tagger_release(&t);
}

static void gives_the_same_verdicts_alone_and_in_a_batch(void **state) {
    static const sectag_piece clauses[] = {STATIC_PIECE("疫苗接种"),   STATIC_PIECE(""),
                                           STATIC_PIECE("单抗和抗体"), STATIC_PIECE("Vaccine and seed."),
                                           STATIC_PIECE("种子基金"),   STATIC_PIECE("\xFF\xFE")};
    enum { N = sizeof clauses / sizeof clauses[0] };
    sectag_tagger t;
    sectag_verdict batch[N * TINY_AREAS], single[TINY_AREAS];
    (void)state;
    assert_int_equal(sectag_tagger_init(&t, &model, NULL), 0);
    assert_int_equal(sectag_tagger_run(&t, clauses, N, batch, NULL), 0);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(sectag_tagger_run(&t, &clauses[i], 1, single, NULL), 0);
        for (size_t a = 0; a < TINY_AREAS; a++) {
            assert_true(single[a].score == batch[i * TINY_AREAS + a].score);
            assert_int_equal(single[a].tagged, batch[i * TINY_AREAS + a].tagged);
        }
    }
    sectag_tagger_release(&t);
}

static void allocates_nothing_once_warm(void **state) {
    sectag_tagger t;
    sectag_verdict v[TINY_AREAS];
    (void)state;
    assert_int_equal(sectag_tagger_init(&t, &model, NULL), 0);
    assert_int_equal(sectag_tagger_run(&t, &PIECE("支持流感疫苗研发和抗体检测"), 1, v, NULL), 0);
    const void *found = t.matcher.found.data, *symbols = t.matcher.speller.symbols.data,
               *counts = t.matcher.counts.data;
    for (int i = 0; i < 100; i++)
        assert_int_equal(sectag_tagger_run(&t, &PIECE("支持流感疫苗研发"), 1, v, NULL), 0);
    assert_ptr_equal(found, t.matcher.found.data);
    assert_ptr_equal(symbols, t.matcher.speller.symbols.data);
    assert_ptr_equal(counts, t.matcher.counts.data);
    sectag_tagger_release(&t);
}

static void a_verdict_at_the_threshold_is_a_tag_and_at_the_accept_point_accepted(void **state) {
    sectag_area_model area = {.trained = 1, .calibration = {.kind = SECTAG_CALIBRATION_PLATT, .a = -1.0}};
    (void)state;
    area.threshold = area.accept = sectag_calibration_apply(&area.calibration, 0.25);
    sectag_verdict v = sectag_verdict_of(&area, 0.25);
    assert_true(v.tagged);
    assert_string_equal(sectag_band_name(v.band), "accept");
    area.accept = 0.99;
    assert_string_equal(sectag_band_name(sectag_verdict_of(&area, 0.25).band), "review");
    assert_string_equal(sectag_band_name(sectag_verdict_of(&area, 0.24).band), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_what_reaches_its_threshold),
        cmocka_unit_test(never_tags_an_area_that_was_not_trained),
        cmocka_unit_test(scores_an_empty_clause_by_the_bias_alone),
        cmocka_unit_test(gives_the_same_verdicts_alone_and_in_a_batch),
        cmocka_unit_test(allocates_nothing_once_warm),
        cmocka_unit_test(a_verdict_at_the_threshold_is_a_tag_and_at_the_accept_point_accepted),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
