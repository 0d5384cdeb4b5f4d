/* Explanations add up: bias and the parts of the text are the score. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/explain.h"
#include "features/file.h"
#include "tests/classify/tiny_model.h"

#include <math.h>

static sectag_model model;

static int open_model(void **state) {
    const char *shipped = "models/default/default.sectag";
    (void)state;
    if (access(shipped, R_OK) == 0 && sectag_model_open(&model, shipped, NULL) == 0)
        return 0; /* the better test */
    return tiny_model_open(&model);
}

static int open_tiny(void **state) {
    (void)state;
    return tiny_model_open(&model);
}

static int close_model(void **state) {
    (void)state;
    sectag_model_release(&model);
    return 0;
}

static const char *const clauses[] = {
    "",
    " ",
    "支持流感疫苗、狂犬疫苗研发，建设抗体检测平台。",
    "疫苗疫苗疫苗疫苗",
    "ＶＡＣＣＩＮＥ vaccine Vaccines anti-antibody",
    "种子 基金 投资育 种企业",
    "ﬁne seed\xC2\xAD vac\xE2\x80\x8B"
    "cine",
    "e\xCC\x81\xCC\x81 \xE3\x8E\x8F \xEF\xB7\xBA 批签发",
    "疫\xFF苗 \xE7\x96 接种",
    "a vaccine-antibody seed, vaccine antibody seed",
};

/* Rounding only: the sums have up to some thousand members. */
static void assert_near(double a, double b) {
    assert_true(fabs(a - b) <= 1e-9 * (1 + fabs(a) + fabs(b)));
}

static void check_clause(sectag_explainer *x, const char *text, size_t len) {
    sectag_part_list spans = {0};
    assert_int_equal(sectag_explainer_read(x, text, len, NULL), 0);
    for (size_t a = 0; a < model.n_areas; a++) {
        double parts = 0, causes = 0, drawn = 0;
        size_t end = 0;
        assert_int_equal(sectag_explainer_area(x, a, NULL), 0);
        for (size_t i = 0; i < x->parts.len; i++) {
            assert_true(x->parts.data[i].start >= end && x->parts.data[i].end > x->parts.data[i].start);
            end = x->parts.data[i].end;
            parts += x->parts.data[i].sum;
        }
        assert_true(end <= len);
        for (size_t i = 0; i < x->causes.len; i++) causes += x->causes.data[i].sum;
        assert_int_equal(sectag_explainer_spans(x, 0.1 * sectag_explainer_peak(x), &spans), 0);
        for (size_t i = 0; i < spans.len; i++) drawn += spans.data[i].sum;
        assert_near(x->score[a], x->bias + parts);
        assert_near(x->score[a], x->bias + causes);
        assert_near(x->score[a], x->bias + drawn);
    }
    free(spans.data);
}

static void parts_and_bias_add_up_to_the_score(void **state) {
    sectag_explainer x;
    (void)state;
    assert_int_equal(sectag_explainer_init(&x, &model, NULL), 0);
    for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++)
        check_clause(&x, clauses[i], strlen(clauses[i]));
    sectag_explainer_release(&x);
}

static void lines_of_a_real_document_add_up(void **state) {
    sectag_explainer x;
    sectag_file f;
    (void)state;
    assert_int_equal(sectag_explainer_init(&x, &model, NULL), 0);
    assert_int_equal(sectag_file_open(&f, "tests/data/sample/prospectus-zh.txt", NULL), 0);
    for (size_t at = 0; at < f.len;) {
        const char *feed = memchr(f.data + at, '\n', f.len - at);
        size_t end = feed ? (size_t)(feed - f.data) : f.len;
        check_clause(&x, f.data + at, end - at);
        at = end + 1;
    }
    sectag_file_release(&f);
    sectag_explainer_release(&x);
}

static void credits_the_source_bytes_that_carry_the_ngram(void **state) {
    sectag_explainer x;
    const char *text = "支持疫苗";
    (void)state;
    assert_int_equal(sectag_explainer_init(&x, &model, NULL), 0);
    assert_int_equal(sectag_explainer_read(&x, text, strlen(text), NULL), 0);
    assert_int_equal(sectag_explainer_area(&x, TINY_VACCINE, NULL), 0);
    assert_int_equal(x.parts.len, 4);
    assert_true(x.parts.data[0].sum == 0 && x.parts.data[1].sum == 0);
    assert_int_equal(x.parts.data[2].start, 6);
    assert_int_equal(x.parts.data[3].end, 12);
    assert_true(x.parts.data[2].sum > 0.5 && x.parts.data[3].sum > 0.5);
    sectag_explainer_release(&x);
}

static void counts_repeated_ngrams_and_terms_once_each(void **state) {
    sectag_explainer x;
    const char *text = "疫苗和疫苗";
    int terms = 0;
    (void)state;
    assert_int_equal(sectag_explainer_init(&x, &model, NULL), 0);
    assert_int_equal(sectag_explainer_read(&x, text, strlen(text), NULL), 0);
    assert_int_equal(sectag_explainer_area(&x, TINY_VACCINE, NULL), 0);
    for (size_t i = 0; i < x.causes.len; i++) {
        assert_int_equal(x.causes.data[i].count, 2);
        terms += x.causes.data[i].kind == SECTAG_CAUSE_TERM;
        if (i) assert_true(x.causes.data[i - 1].sum >= x.causes.data[i].sum);
    }
    assert_int_equal(terms, 1);
    sectag_explainer_release(&x);
}

static void lists_the_weightiest_ngrams_first(void **state) {
    sectag_cause_list list = {0};
    (void)state;
    assert_int_equal(sectag_explain_weights(&model, TINY_VACCINE, &list), 0);
    assert_memory_equal(list.data[0].text.text, "疫苗", 6);
    for (size_t i = 1; i < list.len; i++) assert_true(list.data[i - 1].sum >= list.data[i].sum);
    assert_int_equal(sectag_explain_terms(&model, TINY_VACCINE, &list), 0);
    assert_memory_equal(list.data[0].text.text, "疫苗", 6);
    assert_true(sectag_explain_grade(&model, TINY_VACCINE, TINY_VACCINE, SECTAG_TERM_STRONG) > 0);
    assert_true(sectag_explain_grade(&model, TINY_VACCINE, TINY_ANTIBODY, SECTAG_TERM_STRONG) < 0);
    free(list.data);
}

int main(void) {
    const struct CMUnitTest any[] = {cmocka_unit_test(parts_and_bias_add_up_to_the_score),
                                     cmocka_unit_test(lines_of_a_real_document_add_up)};
    const struct CMUnitTest tiny[] = {cmocka_unit_test(parts_and_bias_add_up_to_the_score),
                                      cmocka_unit_test(credits_the_source_bytes_that_carry_the_ngram),
                                      cmocka_unit_test(counts_repeated_ngrams_and_terms_once_each),
                                      cmocka_unit_test(lists_the_weightiest_ngrams_first)};
    return cmocka_run_group_tests(any, open_model, close_model) +
           cmocka_run_group_tests(tiny, open_tiny, close_model);
}
