/* The progress line's text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/progress.h"

static void shows_share_rate_and_time_left(void **state) {
    char line[160];
    sectag_progress p = {
        .label = "tagging", .unit = SECTAG_PROGRESS_BYTES, .total = 40000000, .done = 10000000};
    (void)state;
    assert_string_equal(sectag_progress_line(&p, 5.0, line, sizeof line),
                        "tagging [######..................]  25 %  10.0 MB, 2.0 MB/s, 0:15 left");
}

static void shows_no_bar_where_the_total_is_unknown(void **state) {
    char line[160];
    sectag_progress p = {.label = "tagging", .unit = SECTAG_PROGRESS_BYTES, .done = 500000};
    (void)state;
    assert_string_equal(sectag_progress_line(&p, 2.0, line, sizeof line), "tagging 500 KB, 250 KB/s");
}

static void survives_a_total_that_was_too_small(void **state) {
    char line[160];
    sectag_progress p = {.label = "area", .unit = SECTAG_PROGRESS_STEPS, .total = 26, .done = 30};
    (void)state;
    assert_string_equal(sectag_progress_line(&p, 10.0, line, sizeof line),
                        "area [########################] 100 %  30, 3/s, 0:00 left");
}

static void several_documents_are_counted_with_their_clauses(void **state) {
    char line[160];
    sectag_progress p = {.label = "tagging", .total = 4000, .done = 3000, .base = 1000, .clauses = 5000,
                         .documents = 12, .of_documents = 20};
    (void)state;
    assert_string_equal(sectag_progress_line(&p, 4.0, line, sizeof line),
                        "tagging [##################......]  75 %  12 of 20 documents, 1250 clauses/s, 0:02 left");
    p.total = 0;
    assert_string_equal(sectag_progress_line(&p, 4.0, line, sizeof line),
                        "tagging 12 of 20 documents, 1250 clauses/s");
}

static void draws_nothing_without_a_terminal(void **state) {
    sectag_progress p;
    (void)state;
    sectag_progress_init(&p, "x", SECTAG_PROGRESS_STEPS, 10, 0);
    p.drawn = -1e9;
    sectag_progress_set(&p, 5);
    assert_false(p.visible);
    sectag_progress_release(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_share_rate_and_time_left),
        cmocka_unit_test(shows_no_bar_where_the_total_is_unknown),
        cmocka_unit_test(survives_a_total_that_was_too_small),
        cmocka_unit_test(several_documents_are_counted_with_their_clauses),
        cmocka_unit_test(draws_nothing_without_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
