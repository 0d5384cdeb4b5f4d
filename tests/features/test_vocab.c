/* The vocabulary: what is kept, in which order, found again; damaged arrays refused. */
#include "tests/suite.h"

#include "features/vocab.h"
#include "training/random.h"

static const char *const clauses[] = {"支持疫苗研发", "疫苗接种",     "疫苗与疫苗佐剂",
                                      "抗体药物",     "mRNA vaccine", "a vaccine"};

static sectag_vocab_builder *count(const size_t *order, size_t n, sectag_ngram_options o) {
    sectag_vocab_builder *b = sectag_vocab_builder_new();
    sectag_normal normal;
    sectag_ngram_list grams = {0};
    assert_non_null(b);
    sectag_normal_init(&normal);
    for (size_t i = 0; i < n; i++) {
        const char *text = clauses[order[i]];
        assert_int_equal(sectag_normal_run(&normal, text, strlen(text), NULL), 0);
        assert_int_equal(sectag_ngrams(&normal, &o, &grams, NULL), 0);
        assert_int_equal(sectag_vocab_add(b, &normal, &grams, NULL), 0);
    }
    sectag_normal_release(&normal);
    free(grams.data);
    return b;
}

static const size_t in_order[] = {0, 1, 2, 3, 4, 5}, in_another[] = {3, 5, 0, 4, 2, 1};

static uint32_t column_of(const sectag_vocab *v, const char *text) {
    return sectag_vocab_find(v, sectag_ngram_key(text, strlen(text)));
}

static void clauses_are_counted_once_each(void **state) {
    sectag_vocab v;
    (void)state;
    sectag_vocab_builder *b = count(in_order, 6, SECTAG_NGRAM_DEFAULTS);
    assert_int_equal(sectag_vocab_freeze(b, 1, &v, NULL), 0);
    assert_int_equal(v.df[column_of(&v, "疫苗")], 3); /* twice in one clause */
    assert_int_equal(v.df[column_of(&v, "_vaccine_")], 2);
    assert_int_equal(v.df[column_of(&v, "抗体")], 1);
    assert_int_equal(column_of(&v, "苗疫"), SECTAG_VOCAB_NONE);
    sectag_vocab_builder_free(b);
}

static void rare_ngrams_are_left_out(void **state) {
    sectag_vocab v;
    (void)state;
    sectag_vocab_builder *b = count(in_order, 6, SECTAG_NGRAM_DEFAULTS);
    assert_int_equal(sectag_vocab_freeze(b, 3, &v, NULL), 0);
    assert_int_equal(v.n, 3); /* 疫, 疫苗, 苗 */
    assert_int_equal(column_of(&v, "_vaccine_"), SECTAG_VOCAB_NONE);
    sectag_vocab_builder_free(b);
}

static void columns_are_in_byte_order_and_found_by_key(void **state) {
    sectag_vocab v;
    size_t len, before_len = 0;
    const char *before = "";
    (void)state;
    sectag_vocab_builder *b = count(in_order, 6, SECTAG_NGRAM_DEFAULTS);
    assert_int_equal(sectag_vocab_freeze(b, 1, &v, NULL), 0);
    assert_true(v.n > 50);
    for (uint32_t c = 0; c < v.n; c++) {
        const char *text = sectag_vocab_text(&v, c, &len);
        int order = memcmp(before, text, len < before_len ? len : before_len);
        assert_true(order < 0 || (order == 0 && before_len < len));
        assert_int_equal(sectag_vocab_find(&v, v.key[c]), c);
        assert_true(v.key[c] == sectag_ngram_key(text, len));
        before = text;
        before_len = len;
    }
    sectag_vocab_builder_free(b);
}

static void the_order_of_clauses_does_not_matter(void **state) {
    sectag_vocab v, w;
    (void)state;
    sectag_vocab_builder *a = count(in_order, 6, SECTAG_NGRAM_DEFAULTS),
                         *b = count(in_another, 6, SECTAG_NGRAM_DEFAULTS);
    assert_int_equal(sectag_vocab_freeze(a, 1, &v, NULL), 0);
    assert_int_equal(sectag_vocab_freeze(b, 1, &w, NULL), 0);
    assert_int_equal(v.n, w.n);
    assert_memory_equal(v.key, w.key, v.n * sizeof *v.key);
    assert_memory_equal(v.df, w.df, v.n * sizeof *v.df);
    assert_memory_equal(v.text_off, w.text_off, (v.n + 1) * sizeof *v.text_off);
    assert_memory_equal(v.text, w.text, v.text_off[v.n]);
    assert_memory_equal(v.slot, w.slot, sizeof *v.slot << v.slot_bits);
    sectag_vocab_builder_free(a);
    sectag_vocab_builder_free(b);
}

static void a_vocabulary_read_back_is_the_same(void **state) {
    sectag_vocab v, w;
    size_t len;
    (void)state;
    sectag_vocab_builder *a = count(in_order, 6, SECTAG_NGRAM_DEFAULTS), *b = sectag_vocab_builder_new();
    assert_int_equal(sectag_vocab_freeze(a, 1, &v, NULL), 0);
    for (uint32_t c = v.n; c-- > 0;) {
        const char *text = sectag_vocab_text(&v, c, &len);
        assert_int_equal(sectag_vocab_add_text(b, text, len, v.df[c], NULL), 0);
    }
    assert_int_equal(sectag_vocab_add_text(b, "疫苗", 6, 1, NULL), SECTAG_EDATA);
    assert_int_equal(sectag_vocab_freeze(b, 1, &w, NULL), 0);
    assert_int_equal(v.n, w.n);
    assert_memory_equal(v.key, w.key, v.n * sizeof *v.key);
    assert_memory_equal(v.df, w.df, v.n * sizeof *v.df);
    sectag_vocab_builder_free(a);
    sectag_vocab_builder_free(b);
}

static void an_empty_vocabulary_knows_nothing(void **state) {
    sectag_vocab v;
    (void)state;
    sectag_vocab_builder *b = sectag_vocab_builder_new();
    assert_int_equal(sectag_vocab_freeze(b, 1, &v, NULL), 0);
    assert_int_equal(v.n, 0);
    assert_int_equal(sectag_vocab_find(&v, 0), SECTAG_VOCAB_NONE);
    assert_int_equal(sectag_vocab_check(&v, 0, NULL), 0);
    sectag_vocab_builder_free(b);
    sectag_vocab_builder_free(NULL);
}

static void many_ngrams_are_all_found(void **state) {
    sectag_vocab v;
    enum { N = 50000 };
    (void)state;
    sectag_vocab_builder *b = sectag_vocab_builder_new();
    char text[16];
    for (int i = 0; i < N; i++) {
        int len = snprintf(text, sizeof text, "g%d", i);
        assert_int_equal(sectag_vocab_add_text(b, text, (size_t)len, (uint32_t)i + 1, NULL), 0);
    }
    assert_int_equal(sectag_vocab_freeze(b, 0, &v, NULL), 0);
    assert_int_equal(v.n, N);
    for (int i = 0; i < N; i++) {
        (void)snprintf(text, sizeof text, "g%d", i);
        assert_int_equal(v.df[column_of(&v, text)], i + 1);
    }
    assert_int_equal(column_of(&v, "g50000"), SECTAG_VOCAB_NONE);
    assert_int_equal(sectag_vocab_check(&v, v.text_off[v.n], NULL), 0);
    sectag_vocab_builder_free(b);
}

/* ---- damage ---- */

/* A frozen vocabulary whose arrays may be written. */
typedef struct loose {
    sectag_vocab v;
    uint32_t text_off[4], df[3];
} loose;

static void loosen(loose *l) {
    static const char *const texts[] = {"a", "bb", "ccc"};
    sectag_vocab_builder *b = sectag_vocab_builder_new();
    for (int i = 0; i < 3; i++)
        assert_int_equal(sectag_vocab_add_text(b, texts[i], (size_t)i + 1, 1, NULL), 0);
    assert_int_equal(sectag_vocab_freeze(b, 1, &l->v, NULL), 0);
    memcpy(l->text_off, l->v.text_off, sizeof l->text_off);
    sectag_vocab_builder_free(b);
    l->v = (sectag_vocab){.n = 3, .df = l->df, .text_off = l->text_off, .text = "abbccc"};
}

static void assert_damaged(const loose *l, size_t text_len) {
    sectag_err err = {0};
    assert_int_equal(sectag_vocab_check(&l->v, text_len, &err), SECTAG_EMODEL);
    assert_true(err.msg[0] != '\0');
}

static void arrays_that_point_outside_are_refused(void **state) {
    loose l = {0};
    (void)state;
    loosen(&l);
    assert_int_equal(sectag_vocab_check(&l.v, 6, NULL), 0);
    assert_damaged(&l, 5);
    assert_damaged(&l, 7);
    l.text_off[0] = 1;
    assert_damaged(&l, 6);
    loosen(&l);
    l.text_off[1] = 5;
    assert_damaged(&l, 6);
}

/* What passes the check can be used: under the sanitizer this reads every array. */
static void whatever_passes_the_check_is_harmless(void **state) {
    sectag_random r;
    size_t passed = 0;
    (void)state;
    sectag_random_init(&r, 5);
    for (int i = 0; i < 20000; i++) {
        loose l = {0};
        loosen(&l);
        l.text_off[sectag_random_below(&r, 4)] = (uint32_t)sectag_random_below(&r, 8);
        if (sectag_vocab_check(&l.v, 6, NULL)) continue;
        passed++;
        for (uint32_t k = 0; k < 3; k++) {
            size_t len;
            const char *text = sectag_vocab_text(&l.v, k, &len);
            assert_true(len <= 6 && text >= l.v.text && text + len <= l.v.text + 6);
        }
    }
    assert_true(passed > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clauses_are_counted_once_each),
        cmocka_unit_test(rare_ngrams_are_left_out),
        cmocka_unit_test(columns_are_in_byte_order_and_found_by_key),
        cmocka_unit_test(the_order_of_clauses_does_not_matter),
        cmocka_unit_test(a_vocabulary_read_back_is_the_same),
        cmocka_unit_test(an_empty_vocabulary_knows_nothing),
        cmocka_unit_test(many_ngrams_are_all_found),
        cmocka_unit_test(arrays_that_point_outside_are_refused),
        cmocka_unit_test(whatever_passes_the_check_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
