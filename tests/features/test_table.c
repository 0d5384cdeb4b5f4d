/* Tab-separated tables as editors on all systems leave them, and errors by file and line. */
#include "tests/suite.h"

#include "features/table.h"

static void open_text(sectag_table *t, const char *text) {
    sectag_err err = {0};
    if (sectag_table_open(t, suite_write_text("t.tsv", text), &err)) fail_msg("%s", err.msg);
}

static void assert_row(sectag_table *t, uint64_t line, const char *first, const char *second) {
    assert_int_equal(sectag_table_next(t, NULL), 1);
    assert_int_equal(t->line, line);
    assert_int_equal(t->row.len, 2);
    assert_true(sectag_field_is(t->row.data[0], first));
    assert_true(sectag_field_is(t->row.data[1], second));
}

static void assert_end(sectag_table *t) {
    assert_int_equal(sectag_table_next(t, NULL), 0);
    assert_int_equal(sectag_table_next(t, NULL), 0);
    sectag_table_release(t);
}

static void rows_follow_the_header(void **state) {
    sectag_table t;
    (void)state;
    open_text(&t, "area\tterm\nvaccine\t疫苗\nivd\t\n\t检测\n");
    assert_int_equal(sectag_table_column(&t, "term"), 1);
    assert_int_equal(sectag_table_column(&t, "ter"), -1);
    assert_row(&t, 2, "vaccine", "疫苗");
    assert_row(&t, 3, "ivd", "");
    assert_row(&t, 4, "", "检测");
    assert_end(&t);
}

static void line_ends_of_windows_and_a_byte_order_mark_are_no_text(void **state) {
    sectag_table t;
    (void)state;
    open_text(&t, "\xEF\xBB\xBF"
                  "area\tterm\r\nvaccine\t疫苗\r\n\r\nivd\tx\r\n");
    assert_int_equal(sectag_table_column(&t, "area"), 0);
    assert_int_equal(sectag_table_column(&t, "term"), 1);
    assert_row(&t, 2, "vaccine", "疫苗");
    assert_row(&t, 4, "ivd", "x");
    assert_end(&t);
}

static void the_last_line_may_lack_its_end(void **state) {
    sectag_table t;
    (void)state;
    open_text(&t, "a\tb\n1\t2\n\n3\t4");
    assert_row(&t, 2, "1", "2");
    assert_row(&t, 4, "3", "4");
    assert_end(&t);
    open_text(&t, "a\tb\n1\t");
    assert_row(&t, 2, "1", "");
    assert_end(&t);
}

static void a_header_alone_has_no_rows(void **state) {
    sectag_table t;
    (void)state;
    open_text(&t, "a\tb");
    assert_end(&t);
}

static void a_file_without_a_header_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"", "\n", "\r\n1\t2\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        sectag_table t;
        sectag_err err = {0};
        assert_int_equal(sectag_table_open(&t, suite_write_text("t.tsv", texts[i]), &err), SECTAG_EDATA);
        assert_int_equal(err.line, 1);
    }
}

static void a_missing_column_is_named(void **state) {
    sectag_table t;
    sectag_err err = {0};
    size_t column = 99;
    (void)state;
    open_text(&t, "area\tterm\n");
    assert_int_equal(sectag_table_need(&t, "grade", &column, &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "\"grade\""));
    assert_string_equal(err.file, suite_path("t.tsv"));
    assert_int_equal(err.line, 1);
    assert_int_equal(sectag_table_need(&t, "term", &column, &err), 0);
    assert_int_equal(column, 1);
    sectag_table_release(&t);
}

static void assert_bad_line(sectag_table *t, uint64_t line, const char *why) {
    sectag_err err = {0};
    assert_int_equal(sectag_table_next(t, &err), SECTAG_EDATA);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.msg, why));
}

static void bad_lines_are_named_and_the_next_can_be_read(void **state) {
    sectag_table t;
    (void)state;
    open_text(&t, "a\tb\n1\n1\t2\t3\nx\ty\xE7\x96z\nlast\tone\n");
    assert_bad_line(&t, 2, "1 fields where the header has 2");
    assert_bad_line(&t, 3, "3 fields");
    assert_bad_line(&t, 4, "invalid UTF-8 at byte 3");
    assert_row(&t, 5, "last", "one");
    assert_end(&t);
}

static void a_missing_table_is_an_error_of_the_system(void **state) {
    sectag_table t;
    (void)state;
    assert_int_equal(sectag_table_open(&t, suite_path("none.tsv"), NULL), SECTAG_EIO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_follow_the_header),
        cmocka_unit_test(line_ends_of_windows_and_a_byte_order_mark_are_no_text),
        cmocka_unit_test(the_last_line_may_lack_its_end),
        cmocka_unit_test(a_header_alone_has_no_rows),
        cmocka_unit_test(a_file_without_a_header_is_refused),
        cmocka_unit_test(a_missing_column_is_named),
        cmocka_unit_test(bad_lines_are_named_and_the_next_can_be_read),
        cmocka_unit_test(a_missing_table_is_an_error_of_the_system),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
