/* Where the workspace lies, who works on it, and what time it is. */
#include "tests/suite.h"

#include "classify/desk.h"

static void clear(void) {
    static const char *const names[] = {"SECTAG_WORKSPACE", "XDG_DATA_HOME", "HOME",
                                        "SECTAG_ANALYST",   "SECTAG_NOW",    "SOURCE_DATE_EPOCH"};
    for (size_t i = 0; i < COUNT_OF(names); i++) (void)unsetenv(names[i]);
}

static void assert_path(const char *given, const char *expected) {
    sectag_buf path = {0};
    assert_int_equal(sectag_desk_path(given, &path, NULL), 0);
    assert_string_equal(path.data, expected);
    sectag_buf_release(&path);
}

static void the_path_is_the_nearest_that_is_named(void **state) {
    sectag_buf path = {0};
    (void)state;
    clear();
    assert_int_equal(sectag_desk_path(NULL, &path, NULL), SECTAG_EARG);
    (void)setenv("HOME", "/home/anna", 1);
    assert_path(NULL, "/home/anna/.local/share/sectag/workspace.sqlite");
    (void)setenv("XDG_DATA_HOME", "/data", 1);
    assert_path(NULL, "/data/sectag/workspace.sqlite");
    (void)setenv("SECTAG_WORKSPACE", "ws", 1);
    assert_path(NULL, "ws");
    assert_path("mine", "mine");
    (void)setenv("SECTAG_WORKSPACE", "", 1);
    assert_path(NULL, "/data/sectag/workspace.sqlite");
}

static void the_time_can_be_given(void **state) {
    char now[SECTAG_WHEN + 1];
    (void)state;
    clear();
    assert_int_equal(sectag_desk_now(now, NULL), 0);
    assert_true(strcmp(now, "2024-01-01T00:00:00Z") > 0);
    (void)setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
    assert_int_equal(sectag_desk_now(now, NULL), 0);
    assert_string_equal(now, "2023-11-14T22:13:20Z");
    (void)setenv("SECTAG_NOW", "2026-01-02T03:04:05Z", 1);
    assert_int_equal(sectag_desk_now(now, NULL), 0);
    assert_string_equal(now, "2026-01-02T03:04:05Z");
    (void)setenv("SECTAG_NOW", "soon", 1);
    assert_int_equal(sectag_desk_now(now, NULL), SECTAG_EARG);
}

static void the_analyst_is_named_or_logged_in(void **state) {
    (void)state;
    clear();
    (void)setenv("SECTAG_ANALYST", "anna", 1);
    assert_string_equal(sectag_desk_analyst("ben"), "ben");
    assert_string_equal(sectag_desk_analyst(NULL), "anna");
    assert_string_equal(sectag_desk_analyst(""), "anna");
}

static void no_workspace_has_no_active_model(void **state) {
    sectag_buf path = {0};
    (void)state;
    clear();
    assert_int_equal(sectag_desk_model(NULL, &path, NULL), 0);
    assert_int_equal(sectag_desk_model(suite_path("none.sqlite"), &path, NULL), 0);
    assert_int_not_equal(access(suite_path("none.sqlite"), F_OK), 0);
    sectag_desk d;
    assert_int_equal(sectag_desk_open(&d, suite_path("new.sqlite"), "anna", 1), 0);
    sectag_desk_release(&d);
    assert_int_equal(sectag_desk_model(suite_path("new.sqlite"), &path, NULL), 0);
    assert_int_equal(
        sectag_desk_model(suite_write_text("letter", "this is no database, but a letter"), &path, NULL),
        SECTAG_EDATA);
    sectag_buf_release(&path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_path_is_the_nearest_that_is_named),
        cmocka_unit_test(the_time_can_be_given),
        cmocka_unit_test(the_analyst_is_named_or_logged_in),
        cmocka_unit_test(no_workspace_has_no_active_model),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
