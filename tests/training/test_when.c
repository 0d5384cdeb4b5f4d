/* Times, as the workspace keeps them and as other tools write them. */
#include "tests/suite.h"

#include "training/when.h"

static void reads_what_tools_write(void **state) {
    static const struct {
        const char *text, *utc;
    } cases[] = {{"2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"},
                 {"2026-01-31T23:59:59.123456Z", "2026-01-31T23:59:59Z"},
                 {"2026-01-31 23:59:59", "2026-01-31T23:59:59Z"},
                 {"2026-02-01T07:30:00+08:00", "2026-01-31T23:30:00Z"},
                 {"2026-01-31T20:00:00-0330", "2026-01-31T23:30:00Z"},
                 {"2024-02-29", "2024-02-29T00:00:00Z"},
                 {"0", "1970-01-01T00:00:00Z"},
                 {"1767225599", "2025-12-31T23:59:59Z"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[SECTAG_WHEN + 1];
        sectag_err err = {0};
        if (sectag_when_parse(cases[i].text, strlen(cases[i].text), out, &err)) fail_msg("%s", err.msg);
        assert_string_equal(out, cases[i].utc);
    }
}

static void refuses_what_is_no_time(void **state) {
    static const char *const cases[] = {"",
                                        "yesterday",
                                        "2026-13-01",
                                        "2026-01-00",
                                        "2026-1-1",
                                        "2026-01-31T25:00:00",
                                        "2026-01-31T10:00",
                                        "0026-01-01",
                                        "2026-01-31T23:59:59 and then some more text, much more of it",
                                        "2026-01-31T23:59:59+8"};
    char out[SECTAG_WHEN + 1];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(sectag_when_parse(cases[i], strlen(cases[i]), out, NULL), SECTAG_EDATA);
}

static void formats_years_of_four_digits(void **state) {
    char out[SECTAG_WHEN + 1];
    (void)state;
    assert_int_equal(sectag_when_format(1700000000, out, NULL), 0);
    assert_string_equal(out, "2023-11-14T22:13:20Z");
    assert_int_equal(sectag_when_format(INT64_MAX, out, NULL), SECTAG_EARG);
    assert_int_equal(sectag_when_format(-40000000000, out, NULL), SECTAG_EARG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_tools_write),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(formats_years_of_four_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
