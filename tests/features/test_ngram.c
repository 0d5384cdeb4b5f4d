/* Character n-grams: exact lists, keys, and the borders that they never cross. */
#include "tests/suite.h"

#include "features/ngram.h"

static sectag_normal normal;
static sectag_ngram_list grams;
static sectag_buf list;

static int begin(void **state) {
    (void)state;
    sectag_normal_init(&normal);
    return 0;
}

static int end(void **state) {
    (void)state;
    sectag_normal_release(&normal);
    free(grams.data);
    sectag_buf_release(&list);
    return 0;
}

/* All n-grams, separated by spaces, in the order in which they are given. */
static const char *ngrams(const char *text, sectag_ngram_options o) {
    assert_int_equal(sectag_normal_run(&normal, text, strlen(text), NULL), 0);
    assert_int_equal(sectag_ngrams(&normal, &o, &grams, NULL), 0);
    sectag_buf_clear(&list);
    assert_int_equal(sectag_buf_adds(&list, ""), 0);
    for (size_t i = 0; i < grams.len; i++) {
        if (i) assert_int_equal(sectag_buf_addc(&list, ' '), 0);
        assert_int_equal(sectag_ngram_text(&normal, &grams.data[i], &list), 0);
    }
    return list.data;
}

static void a_chinese_run_gives_orders_one_to_three(void **state) {
    (void)state;
    assert_string_equal(ngrams("疫苗研发", SECTAG_NGRAM_DEFAULTS),
                        "疫 疫苗 疫苗研 苗 苗研 苗研发 研 研发 发");
    assert_string_equal(ngrams("疫", SECTAG_NGRAM_DEFAULTS), "疫");
}

static void a_word_gives_padded_orders_and_itself(void **state) {
    (void)state;
    assert_string_equal(
        ngrams("Vaccine", SECTAG_NGRAM_DEFAULTS),
        "_va _vac _vacc _vacci vac vacc vacci vaccin acc acci accin accine cci ccin ccine ccine_ "
        "cin cine cine_ ine ine_ ne_ _vaccine_");
}

static void a_short_word_counts_once_as_a_whole(void **state) {
    (void)state;
    assert_string_equal(ngrams("PD", SECTAG_NGRAM_DEFAULTS), "_pd _pd_ pd_");
    assert_string_equal(ngrams("a", SECTAG_NGRAM_DEFAULTS), "_a_");
}

static void mixed_text_is_cut_where_the_script_changes(void **state) {
    (void)state;
    assert_string_equal(ngrams("抗PD抗体", SECTAG_NGRAM_DEFAULTS), "抗 _pd _pd_ pd_ 抗 抗体 体");
}

static void nothing_reaches_across_punctuation(void **state) {
    (void)state;
    assert_string_equal(ngrams("疫，苗。抗（体）", SECTAG_NGRAM_DEFAULTS), "疫 苗 抗 体");
    assert_string_equal(ngrams("ab/c", SECTAG_NGRAM_DEFAULTS), "_ab _ab_ ab_ _c_");
    assert_string_equal(ngrams("，。!? -- ", SECTAG_NGRAM_DEFAULTS), "");
    assert_string_equal(ngrams("", SECTAG_NGRAM_DEFAULTS), "");
}

static void digits_stay_with_letters_and_give_nothing_alone(void **state) {
    (void)state;
    sectag_ngram_options o = SECTAG_NGRAM_DEFAULTS;
    assert_string_equal(ngrams("2025", o), "");
    assert_string_equal(ngrams("h5", o), "_h5 _h5_ h5_");
    o.numbers = 1;
    assert_string_equal(ngrams("2025 and 7", (sectag_ngram_options){0, 0, 0, 0, 0, 0, 1, 0}), "_0000_ _0_");
}

static void orders_are_options(void **state) {
    (void)state;
    assert_string_equal(ngrams("疫苗研发 abc", (sectag_ngram_options){2, 2, 0, 0, 0, 0, 0, 0}),
                        "疫苗 苗研 研发");
    assert_string_equal(ngrams("疫苗 abc", (sectag_ngram_options){0, 0, 3, 3, 0, 0, 0, 0}), "_ab abc bc_");
    assert_string_equal(ngrams("疫苗 abc", (sectag_ngram_options){0, 0, 0, 0, 1, 0, 0, 0}), "_abc_");
    assert_string_equal(ngrams("abcdef", (sectag_ngram_options){0, 0, 8, 8, 1, 0, 0, 0}), "_abcdef_");
}

static void pairs_are_of_neighbouring_words(void **state) {
    (void)state;
    const sectag_ngram_options o = {0, 0, 0, 0, 0, 1, 0, 0};
    assert_string_equal(ngrams("lot release", o), "_lot_release_");
    assert_string_equal(ngrams("T-cell  therapy", o), "_t_cell_ _cell_therapy_");
    assert_string_equal(ngrams("lot, release", o), "");
    assert_string_equal(ngrams("lot 5 release", o), "");
    assert_string_equal(ngrams("lot 的 release", o), "");
    assert_string_equal(ngrams("lot -release", o), "");
}

static void an_ngrams_key_is_that_of_its_string(void **state) {
    (void)state;
    static const char *const texts[] = {"疫苗研发与 mRNA vaccine 平台 2025 年",
                                        "é\u0301t\u00E9 ﬁlm T-cell lot release 12",
                                        "가나다 ｶﾞﾝ привет H5N1 🧬 b"};
    sectag_buf one = {0};
    for (size_t t = 0; t < COUNT_OF(texts); t++) {
        (void)ngrams(texts[t], (sectag_ngram_options){1, 4, 1, 8, 1, 1, 1, 0});
        assert_true(grams.len > 20);
        for (size_t i = 0; i < grams.len; i++) {
            sectag_buf_clear(&one);
            assert_int_equal(sectag_ngram_text(&normal, &grams.data[i], &one), 0);
            if (sectag_ngram_key(one.data, one.len) != grams.data[i].key) fail_msg("key of \"%s\"", one.data);
        }
    }
    sectag_buf_release(&one);
}

static void a_key_extends_that_of_its_prefix(void **state) {
    (void)state;
    uint64_t two = sectag_ngram_key("疫苗", 6);
    assert_true(sectag_ngram_extend(two, 0x7814) == sectag_ngram_key("疫苗研", 9));
    assert_true(two != sectag_ngram_key("苗疫", 6));
    assert_true(sectag_ngram_key("", 0) == SECTAG_NGRAM_KEY);
}

static void places_are_code_points_of_the_clause(void **state) {
    (void)state;
    (void)ngrams("抗PD抗体", SECTAG_NGRAM_DEFAULTS);
    const sectag_ngram *whole = &grams.data[2]; /* _pd_ */
    assert_true(whole->first == 1 && whole->end == 3 && whole->open && whole->close);
    const sectag_ngram *last = &grams.data[5]; /* 抗体 */
    assert_true(last->first == 3 && last->end == 5 && !last->open && !last->close);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chinese_run_gives_orders_one_to_three),
        cmocka_unit_test(a_word_gives_padded_orders_and_itself),
        cmocka_unit_test(a_short_word_counts_once_as_a_whole),
        cmocka_unit_test(mixed_text_is_cut_where_the_script_changes),
        cmocka_unit_test(nothing_reaches_across_punctuation),
        cmocka_unit_test(digits_stay_with_letters_and_give_nothing_alone),
        cmocka_unit_test(orders_are_options),
        cmocka_unit_test(pairs_are_of_neighbouring_words),
        cmocka_unit_test(an_ngrams_key_is_that_of_its_string),
        cmocka_unit_test(a_key_extends_that_of_its_prefix),
        cmocka_unit_test(places_are_code_points_of_the_clause),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
