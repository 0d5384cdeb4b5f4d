#include "classify/imprint.h"
#include "classify/origin.h"
#include "tests/suite.h"

static sectag_piece piece(const char *text) {
    return (sectag_piece){text, strlen(text)};
}

/* Every byte of the text but blanks must be the document's at the place that is given. */
static void check(const char *text, const char *raw, uint64_t start, const sectag_span *dropped, size_t n) {
    sectag_origin_runs runs = {0};
    assert_int_equal(sectag_origin_add(&runs, piece(text), piece(raw), start, dropped, n), 0);
    assert_true(runs.len > 0);
    uint64_t before = start;
    for (size_t i = 0; text[i]; i++) {
        uint64_t at = sectag_origin_of(runs.data, runs.len, i);
        if (text[i] == ' ') continue;
        assert_true(at >= before && at - start < strlen(raw));
        for (size_t d = 0; d < n; d++) assert_false(at >= dropped[d].start && at < dropped[d].end);
        assert_int_equal(raw[at - start], text[i]);
        before = at + 1;
    }
    free(runs.data);
}

static void text_as_it_stands_is_one_run(void **state) {
    (void)state;
    sectag_origin_runs runs = {0};
    assert_int_equal(sectag_origin_add(&runs, piece("发展疫苗 now"), piece("发展疫苗 now"), 40, NULL, 0), 0);
    assert_int_equal(runs.len, 1);
    assert_int_equal(sectag_origin_of(runs.data, runs.len, 6), 46);
    free(runs.data);
}

static void folded_white_space_is_stepped_over(void **state) {
    (void)state;
    check("发展抗体药物，支持研发。", "发展抗\n   体药物，\xE3\x80\x80支持研发。", 5120, NULL, 0);
    check("two words and more", "two   words\n\tand\r\n more", 7, NULL, 0);
    check("。。", "。\xE3\x80\x80。", 0, NULL, 0); /* the ideographic space begins as the full stop does */
}

static void dropped_page_numbers_are_stepped_over_even_where_they_look_like_text(void **state) {
    (void)state;
    check("总计1亿元", "总计\n1\n1亿元", 10, (const sectag_span[]){{10 + 7, 10 + 8}}, 1);
    check("antibody", "anti-\nbody", 0, (const sectag_span[]){{4, 5}}, 1);
}

static void text_that_is_not_the_documents_ends_the_runs(void **state) {
    (void)state;
    sectag_origin_runs runs = {0};
    assert_int_equal(sectag_origin_add(&runs, piece("疫苗"), piece("abc"), 9, NULL, 0), 0);
    assert_int_equal(sectag_origin_of(runs.data, runs.len, 0), 9);
    free(runs.data);
}

/* ---- imprint ---- */

static void check_date(const char *text, const char *date) {
    char out[11] = "";
    assert_int_equal(sectag_imprint_date(text, strlen(text), out), *date != 0);
    assert_string_equal(out, date);
}

static void dates_are_found_as_they_are_written(void **state) {
    (void)state;
    check_date("云屏市人民政府 2024年3月5日", "2024-03-05");
    check_date("2024 年 12 月 31 日印发", "2024-12-31");
    check_date("plan-2024-03-05.pdf", "2024-03-05");
    check_date("20240305_report.pdf", "2024-03-05");
    check_date("2024.3.5", "2024-03-05");
    check_date("For the fiscal year ended December 31, 2023", "2023-12-31");
    check_date("dated 5 Sept. 2021", "2021-09-05");
}

static void what_is_no_date_is_none(void **state) {
    (void)state;
    check_date("", "");
    check_date("2024年13月5日", "");
    check_date("电话 12024030599", "");
    check_date("2023年度", "");
    check_date("投资 20240399 元", "");
    check_date("may 5 units", "");
}

static void a_title_ends_with_its_sentence_and_is_not_long(void **state) {
    (void)state;
    assert_int_equal(sectag_imprint_title("行动计划。第二句", strlen("行动计划。第二句")),
                     strlen("行动计划"));
    char longer[301];
    memset(longer, 'x', sizeof longer - 1);
    assert_int_equal(sectag_imprint_title(longer, sizeof longer - 1), 60);
    assert_int_equal(sectag_imprint_title("", 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_as_it_stands_is_one_run),
        cmocka_unit_test(folded_white_space_is_stepped_over),
        cmocka_unit_test(dropped_page_numbers_are_stepped_over_even_where_they_look_like_text),
        cmocka_unit_test(text_that_is_not_the_documents_ends_the_runs),
        cmocka_unit_test(dates_are_found_as_they_are_written),
        cmocka_unit_test(what_is_no_date_is_none),
        cmocka_unit_test(a_title_ends_with_its_sentence_and_is_not_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
