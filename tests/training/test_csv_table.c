/* Tables as spreadsheet programs write them: every dialect, and rows that are broken. */
#include "tests/suite.h"

#include "training/csv_table.h"

static sectag_csv_table sheet;

static void open_text(const char *text) {
    sectag_err err = {0};
    if (sectag_csv_table_open(&sheet, suite_write_text("t.csv", text), &err)) fail_msg("%s", err.msg);
}

static void assert_row(const char *a, const char *b) {
    sectag_err err = {0};
    if (sectag_csv_table_next(&sheet, &err) != 1) fail_msg("no row: %s", err.msg);
    assert_int_equal(sheet.row.len, 2);
    assert_true(sectag_field_is(sheet.row.data[0], a));
    assert_true(sectag_field_is(sheet.row.data[1], b));
}

static void assert_end(void) {
    assert_int_equal(sectag_csv_table_next(&sheet, NULL), 0);
    sectag_csv_table_release(&sheet);
}

static void dialects_say_the_same(void **state) {
    static const char *const cases[] = {
        "a,b\n1,x;y\n\n\"say \"\"hi\"\"\",2\n",
        "a,b\r\n1,x;y\r\n\"say \"\"hi\"\"\",2",
        "\xEF\xBB\xBF\"a\",\"b\"\r\"1\",\"x;y\"\r\"say \"\"hi\"\"\",\"2\"\r",
        "sep=;\r\na;b\r\n1;\"x;y\"\r\n\"say \"\"hi\"\"\";2\r\n;\r\n",
        "a\tb\n1\tx;y\nsay \"hi\"\t2\n\t\n",
        "a\tb\n\"1\"\tx;y\n\"say \"\"hi\"\"\"\t2\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        open_text(cases[i]);
        assert_true(sectag_field_is(sheet.header.data[0], "a"));
        assert_row("1", "x;y");
        assert_row("say \"hi\"", "2");
        assert_end();
    }
}

static void line_breaks_stand_inside_quotes(void **state) {
    (void)state;
    open_text("a,b\n\"two\r\nlines\",1\nx,2\n");
    assert_row("two\r\nlines", "1");
    assert_int_equal(sheet.line, 2);
    assert_row("x", "2");
    assert_int_equal(sheet.line, 4);
    assert_end();
}

static void quotes_in_tsv_are_characters(void **state) {
    (void)state;
    open_text("a\tb\n\"x\" and \"y\"\t\"\n\"\"\t\"a\"b\"\n");
    assert_row("\"x\" and \"y\"", "\"");
    assert_row("", "\"a\"b\"");
    assert_end();
}

/* As LibreOffice saves what it opened as Windows-1252: 疫 is E7 96 AB, 苗 E8 8B 97, 产 E4 BA A7, 品 E5 93 81.
 */
static void a_table_opened_in_the_wrong_encoding_is_turned_back(void **state) {
    (void)state;
    open_text("\"ï»¿\"\"a\"\"\";\"b\"\n\"ç–«è‹—\";\"äº§å“\xEF\x86\x81\"\n\"äº§å“\xC2\x81\";1\n");
    assert_true(sectag_field_is(sheet.header.data[0], "a"));
    assert_row("疫苗", "产品");
    assert_row("产品", "1");
    assert_end();
    open_text("\"\xEF\xBB\xBF\"\"a\"\"\",b\n疫苗,2\n"); /* opened and saved so */
    assert_true(sectag_field_is(sheet.header.data[0], "a"));
    assert_row("疫苗", "2");
    assert_end();
    sectag_err err = {0};
    const char *path = suite_write_text("w.csv", "ï»¿a,b\n1,2\n疫,3\n");
    assert_int_equal(sectag_csv_table_open(&sheet, path, &err), SECTAG_EDATA);
    assert_int_equal(err.line, 3);
}

static void assert_broken(uint64_t line, const char *what) {
    sectag_err err = {0};
    assert_int_equal(sectag_csv_table_next(&sheet, &err), SECTAG_EDATA);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.msg, what));
}

static void a_broken_row_costs_only_itself(void **state) {
    (void)state;
    open_text("a,b\n1,\"open\nx\"y,2\n3,4,5\n6\nb\xFF,7\n8,9\n10,\"never closed\n11,12\n");
    assert_broken(2, "quotes");
    assert_broken(3, "quotes");
    assert_broken(4, "3 fields where the header has 2");
    assert_broken(5, "1 fields");
    assert_broken(6, "invalid UTF-8");
    assert_row("8", "9");
    assert_broken(8, "quotes");
    assert_row("11", "12");
    assert_end();
}

static void headers_that_cannot_be_used_are_refused(void **state) {
    static const struct {
        const char *text;
        size_t len;
        const char *says;
    } cases[] = {{"", 0, "no header"},
                 {"\xFF\xFE"
                  "a\0",
                  4, "UTF-16"},
                 {"\n\n", 2, "no header"},
                 {"\"a,b\n", 5, "quotes"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sectag_err err = {0};
        const char *path = suite_write("h.csv", cases[i].text, cases[i].len);
        assert_int_equal(sectag_csv_table_open(&sheet, path, &err), SECTAG_EDATA);
        assert_non_null(strstr(err.msg, cases[i].says));
    }
    assert_int_equal(sectag_csv_table_open(&sheet, suite_path("none.csv"), NULL), SECTAG_EIO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dialects_say_the_same),
        cmocka_unit_test(line_breaks_stand_inside_quotes),
        cmocka_unit_test(quotes_in_tsv_are_characters),
        cmocka_unit_test(a_table_opened_in_the_wrong_encoding_is_turned_back),
        cmocka_unit_test(a_broken_row_costs_only_itself),
        cmocka_unit_test(headers_that_cannot_be_used_are_refused),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
