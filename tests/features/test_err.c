/* Errors: one line, with the place where one is known. */
#include "tests/suite.h"

#include "features/err.h"

static char text[1024];

static void the_code_comes_back(void **state) {
    (void)state;
    sectag_err err = {0};
    assert_int_equal(sectag_err_set(&err, SECTAG_EDATA, "%d of %s", 3, "x"), SECTAG_EDATA);
    assert_int_equal(err.code, SECTAG_EDATA);
    assert_string_equal(err.msg, "3 of x");
    assert_int_equal(sectag_err_nomem(&err), SECTAG_ENOMEM);
    assert_int_equal(err.code, SECTAG_ENOMEM);
}

static void nowhere_to_write_is_allowed(void **state) {
    (void)state;
    sectag_err_clear(NULL);
    assert_int_equal(sectag_err_set(NULL, SECTAG_EARG, "x"), SECTAG_EARG);
    assert_int_equal(sectag_err_at(NULL, SECTAG_EIO, "f", 1, "x"), SECTAG_EIO);
    assert_int_equal(sectag_err_nomem(NULL), SECTAG_ENOMEM);
}

static void a_place_is_written_before_the_message(void **state) {
    (void)state;
    sectag_err err = {0};
    (void)sectag_err_at(&err, SECTAG_EDATA, "plan.txt", 12, "invalid UTF-8");
    assert_string_equal(sectag_err_format(&err, text, sizeof text), "plan.txt:12: invalid UTF-8");
    (void)sectag_err_at(&err, SECTAG_EIO, "plan.txt", 0, "gone");
    assert_string_equal(sectag_err_format(&err, text, sizeof text), "plan.txt: gone");
    (void)sectag_err_at(&err, SECTAG_EIO, NULL, 7, "gone");
    assert_string_equal(sectag_err_format(&err, text, sizeof text), "gone");
}

static void a_later_error_forgets_the_place(void **state) {
    (void)state;
    sectag_err err = {0};
    (void)sectag_err_at(&err, SECTAG_EDATA, "plan.txt", 12, "first");
    err.has_byte = 1;
    (void)sectag_err_set(&err, SECTAG_EARG, "second");
    assert_string_equal(sectag_err_format(&err, text, sizeof text), "second");
    assert_int_equal(err.has_byte, 0);
}

static void long_messages_are_cut_and_terminated(void **state) {
    (void)state;
    char longer[2000], small[8];
    sectag_err err = {0};
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    (void)sectag_err_at(&err, SECTAG_EDATA, longer, 1, "%s", longer);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    assert_int_equal(strlen(err.file), sizeof err.file - 1);
    assert_int_equal(strlen(sectag_err_format(&err, small, sizeof small)), sizeof small - 1);
}

/* Messages quote what stands in files: it must not break the line nor reach the terminal as a command. */
static void a_message_stays_one_line(void **state) {
    (void)state;
    sectag_err err = {0};
    (void)sectag_err_at(&err, SECTAG_EDATA, "bad\nname", 3, "unknown area \"%s\"", "a\nb\r\x1b[31m\x7f疫苗");
    assert_string_equal(sectag_err_format(&err, text, sizeof text),
                        "bad?name:3: unknown area \"a?b??[31m?疫苗\"");
}

static void an_unset_error_is_unknown(void **state) {
    (void)state;
    sectag_err err = {0};
    assert_string_equal(sectag_err_format(&err, text, sizeof text), "unknown error");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_code_comes_back),
        cmocka_unit_test(nowhere_to_write_is_allowed),
        cmocka_unit_test(a_place_is_written_before_the_message),
        cmocka_unit_test(a_later_error_forgets_the_place),
        cmocka_unit_test(long_messages_are_cut_and_terminated),
        cmocka_unit_test(a_message_stays_one_line),
        cmocka_unit_test(an_unset_error_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
