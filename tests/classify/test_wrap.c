/* Columns and line breaks on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/wrap.h"

#include <string.h>

static void assert_wraps(const char *text, size_t width, size_t indent, const char *expected) {
    sectag_buf out = {0};
    assert_int_equal(sectag_put_wrapped(&out, text, strlen(text), width, indent), 0);
    assert_string_equal(out.len ? out.data : "", expected);
    sectag_buf_release(&out);
}

static void wide_characters_take_two_columns(void **state) {
    (void)state;
    assert_int_equal(sectag_display_columns("疫苗ab", strlen("疫苗ab")), 6);
    assert_int_equal(sectag_display_columns("", 0), 0);
}

static void breaks_english_at_spaces(void **state) {
    (void)state;
    assert_wraps("one two three", 9, 2, "one two\n  three");
    assert_wraps("one  two", 0, 2, "one two");
    assert_wraps("unbreakable", 4, 0, "unbreakable");
}

static void breaks_chinese_anywhere_but_before_closing_punctuation(void **state) {
    (void)state;
    assert_wraps("支持疫苗研发", 6, 0, "支持疫\n苗研发");
    assert_wraps("支持疫。苗", 6, 0, "支持\n疫。苗");
}

static void control_characters_never_get_through(void **state) {
    (void)state;
    assert_wraps("a\033[31mb\tc", 0, 0, "a [31mb c");
    assert_wraps("a\xC2\x9B"
                 "b",
                 0, 0, "a b");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(breaks_english_at_spaces),
        cmocka_unit_test(breaks_chinese_anywhere_but_before_closing_punctuation),
        cmocka_unit_test(control_characters_never_get_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
