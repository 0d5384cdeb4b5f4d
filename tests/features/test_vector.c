/* Vectors: the weights of the manual, computed by hand. */
#include "tests/suite.h"

#include "features/vector.h"

#include <math.h>

static const char *const groups[] = {"vaccine", "seed"};

/* A small vocabulary (df = 1, 2, 3 ...) with two groups of terms. */
typedef struct world {
    sectag_vocab_builder *vb;
    sectag_terms_builder *tb;
    sectag_vocab vocab;
    sectag_terms terms;
    sectag_vector_options options;
    sectag_encoder e;
} world;

static world w;

static int begin(void **state) {
    static const char *const grams[] = {"疫", "苗", "疫苗", "_vaccine_", "vac"};
    (void)state;
    w.options = SECTAG_VECTOR_DEFAULTS;
    w.options.clauses = 100;
    w.vb = sectag_vocab_builder_new();
    w.tb = sectag_terms_builder_new(groups, 2);
    for (uint32_t i = 0; i < COUNT_OF(grams); i++)
        if (sectag_vocab_add_text(w.vb, grams[i], strlen(grams[i]), i + 1, NULL)) return -1;
    if (sectag_terms_add(w.tb, 0, SECTAG_TERM_STRONG, "疫苗", 6, NULL) ||
        sectag_terms_add(w.tb, 0, SECTAG_TERM_WEAK, "苗", 3, NULL) ||
        sectag_terms_add(w.tb, 1, SECTAG_TERM_STRONG, "种子", 6, NULL))
        return -1;
    return sectag_vocab_freeze(w.vb, 0, &w.vocab, NULL) || sectag_terms_freeze(w.tb, &w.terms, NULL);
}

static int end(void **state) {
    (void)state;
    sectag_vocab_builder_free(w.vb);
    sectag_terms_builder_free(w.tb);
    return 0;
}

static void encode(const char *text, sectag_vector_options o) {
    w.options = o;
    w.options.clauses = 100;
    assert_int_equal(sectag_encoder_init(&w.e, &w.vocab, &w.terms, &w.options, NULL), 0);
    assert_int_equal(sectag_encode(&w.e, text, strlen(text), NULL), 0);
}

/* The value of a column in the last vector, 0 where it does not occur. */
static double value_of(uint32_t column) {
    for (size_t i = 0; i < w.e.counts.len; i++)
        if (w.e.counts.data[i].column == column) return (double)w.e.value[i];
    return 0;
}

static double gram(const char *text) {
    return value_of(sectag_vocab_find(&w.vocab, sectag_ngram_key(text, strlen(text))));
}

static double group(uint32_t number, uint32_t grade) {
    return value_of(w.vocab.n + 2 * number + grade);
}

static double length_of_grams(void) {
    double square = 0;
    for (size_t i = 0; i < w.e.n_grams; i++) square += (double)w.e.value[i] * (double)w.e.value[i];
    return sqrt(square);
}

static void near(double a, double b) {
    if (!(fabs(a - b) < 1e-6)) fail_msg("%.9f is not %.9f", a, b);
}

static double idf(double df) {
    return log(101 / (1 + df)) + 1;
}

static void ngrams_have_unit_length(void **state) {
    static const char *const texts[] = {"疫苗", "疫疫疫苗 vaccine 疫苗疫苗", "vac", "苗"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        encode(texts[i], SECTAG_VECTOR_DEFAULTS);
        if (w.e.n_grams) near(length_of_grams(), 1);
        sectag_encoder_release(&w.e);
    }
}

static void counts_enter_by_their_logarithm(void **state) {
    sectag_vector_options o = SECTAG_VECTOR_DEFAULTS;
    (void)state;
    o.idf = 0;
    encode("疫疫疫，苗", o);
    near(gram("疫") / gram("苗"), 1 + log(3));
    sectag_encoder_release(&w.e);
    o.sublinear = 0;
    encode("疫疫疫，苗", o);
    near(gram("疫") / gram("苗"), 3);
    sectag_encoder_release(&w.e);
}

static void rare_ngrams_weigh_more(void **state) {
    (void)state;
    encode("疫苗", SECTAG_VECTOR_DEFAULTS);
    double length = sqrt(idf(1) * idf(1) + idf(2) * idf(2) + idf(3) * idf(3));
    near(gram("疫"), idf(1) / length);
    near(gram("苗"), idf(2) / length);
    near(gram("疫苗"), idf(3) / length);
    sectag_encoder_release(&w.e);
}

static void terms_stand_beside_with_their_own_weight(void **state) {
    sectag_vector_options o = SECTAG_VECTOR_DEFAULTS;
    (void)state;
    o.term_weight = 0.5f;
    o.single_weight = 0.25f;
    encode("疫苗，疫苗", o);
    near(group(0, SECTAG_TERM_STRONG), 0.5);
    near(group(0, SECTAG_TERM_WEAK), 0.5);
    near(group(1, SECTAG_TERM_STRONG), 0);
    double singles = 0;
    for (uint32_t t = 0; t < w.terms.n_terms; t++) singles += value_of(w.vocab.n + 4 + t);
    near(singles, 0.5); /* two of the three terms */
    near(length_of_grams(), 1);
    sectag_encoder_release(&w.e);
}

static void terms_can_be_counted(void **state) {
    sectag_vector_options o = SECTAG_VECTOR_DEFAULTS;
    (void)state;
    o.term_weight = 0.5f;
    o.term_counts = 1;
    encode("疫苗，疫苗，疫苗", o);
    near(group(0, SECTAG_TERM_STRONG), 0.5 * (1 + log(3)));
    sectag_encoder_release(&w.e);
}

static void channels_can_be_left_out(void **state) {
    sectag_vector_options o = SECTAG_VECTOR_DEFAULTS;
    (void)state;
    o.single_weight = 0;
    encode("疫苗", o);
    assert_int_equal(w.e.counts.len, w.e.n_grams + 2);
    sectag_encoder_release(&w.e);
    o.terms = 0;
    encode("疫苗 种子", o);
    assert_int_equal(w.e.counts.len, w.e.n_grams);
    sectag_encoder_release(&w.e);
}

static void text_without_features_is_an_empty_vector(void **state) {
    static const char *const texts[] = {"", "，。", "抗体", "\xFF\xFE"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        encode(texts[i], SECTAG_VECTOR_DEFAULTS);
        assert_int_equal(w.e.counts.len, 0);
        sectag_encoder_release(&w.e);
    }
}

/* One encoder, the same clause after others: nothing of them is left. */
static void the_same_text_gives_the_same_vector(void **state) {
    static const char *const between[] = {"", "vaccine 疫", "苗苗苗苗", "种子", "疫苗"};
    sectag_count counts[16];
    float value[16];
    (void)state;
    encode("疫苗 vaccine 疫 种子", SECTAG_VECTOR_DEFAULTS);
    size_t n = w.e.counts.len;
    assert_in_range(n, 5, 16);
    memcpy(counts, w.e.counts.data, n * sizeof *counts);
    memcpy(value, w.e.value, n * sizeof *value);
    for (size_t i = 0; i < COUNT_OF(between); i++) {
        assert_int_equal(sectag_encode(&w.e, between[i], strlen(between[i]), NULL), 0);
        assert_int_equal(sectag_encode(&w.e, "疫苗 vaccine 疫 种子", strlen("疫苗 vaccine 疫 种子"), NULL),
                         0);
        assert_int_equal(w.e.counts.len, n);
        assert_memory_equal(w.e.counts.data, counts, n * sizeof *counts);
        assert_memory_equal(w.e.value, value, n * sizeof *value);
    }
    sectag_encoder_release(&w.e);
}

static void columns_are_counted(void **state) {
    (void)state;
    assert_int_equal(sectag_vector_columns(10, NULL), 10);
    assert_int_equal(sectag_vector_columns(w.vocab.n, &w.terms), 5 + 2 * 2 + 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ngrams_have_unit_length),
        cmocka_unit_test(counts_enter_by_their_logarithm),
        cmocka_unit_test(rare_ngrams_weigh_more),
        cmocka_unit_test(terms_stand_beside_with_their_own_weight),
        cmocka_unit_test(terms_can_be_counted),
        cmocka_unit_test(channels_can_be_left_out),
        cmocka_unit_test(text_without_features_is_an_empty_vector),
        cmocka_unit_test(the_same_text_gives_the_same_vector),
        cmocka_unit_test(columns_are_counted),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
