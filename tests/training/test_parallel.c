/* Tasks on threads: each runs once, the lowest failure is told, progress can cancel. */
#include "tests/suite.h"

#include "training/parallel.h"

enum { TASKS = 500 };

typedef struct work {
    int ran[TASKS];
    size_t fails_from, fails_every, cancel_at, told;
} work;

static int task(void *ctx, size_t i, sectag_err *err) {
    work *w = ctx;
    w->ran[i]++; /* a place of its own */
    if (w->fails_every && i >= w->fails_from && i % w->fails_every == 0)
        return sectag_err_set(err, SECTAG_EDATA, "task %zu", i);
    return 0;
}

static int progress(void *ctx, size_t done, size_t total) {
    work *w = ctx;
    assert_int_equal(total, TASKS);
    assert_int_equal(done, w->told + 1);
    w->told = done;
    return w->cancel_at && done >= w->cancel_at;
}

static const unsigned jobs[] = {0, 1, 2, 7, 2 * TASKS};

static void every_task_runs_once(void **state) {
    (void)state;
    for (size_t j = 0; j < COUNT_OF(jobs); j++) {
        work w = {.fails_every = 0};
        assert_int_equal(sectag_parallel(jobs[j], TASKS, task, &w, progress, &w, NULL), 0);
        for (size_t i = 0; i < TASKS; i++) assert_int_equal(w.ran[i], 1);
        assert_int_equal(w.told, TASKS);
    }
}

static void no_tasks_are_done_at_once(void **state) {
    work w = {.fails_every = 1};
    (void)state;
    assert_int_equal(sectag_parallel(4, 0, task, &w, NULL, NULL, NULL), 0);
}

static void the_lowest_failure_is_told_and_ends_the_work(void **state) {
    (void)state;
    for (size_t j = 0; j < COUNT_OF(jobs); j++) {
        work w = {.fails_from = 50, .fails_every = 13};
        sectag_err err = {0};
        assert_int_equal(sectag_parallel(jobs[j], TASKS, task, &w, NULL, NULL, &err), SECTAG_EDATA);
        assert_string_equal(err.msg, "task 52");
        for (size_t i = 0; i <= 52; i++) assert_int_equal(w.ran[i], 1);
        if (jobs[j] <= 1) assert_int_equal(w.ran[53], 0);
    }
}

static void progress_can_cancel(void **state) {
    (void)state;
    for (size_t j = 0; j < COUNT_OF(jobs); j++) {
        work w = {.cancel_at = 20};
        sectag_err err = {0};
        assert_int_equal(sectag_parallel(jobs[j], TASKS, task, &w, progress, &w, &err), SECTAG_ECANCEL);
        assert_int_equal(w.told, 20);
        assert_int_equal(err.code, SECTAG_ECANCEL);
        if (jobs[j] <= 1) assert_int_equal(w.ran[20], 0);
    }
}

static void a_failure_may_have_no_listener(void **state) {
    work w = {.fails_every = 1};
    (void)state;
    assert_int_equal(sectag_parallel(3, TASKS, task, &w, NULL, NULL, NULL), SECTAG_EDATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_runs_once),
        cmocka_unit_test(no_tasks_are_done_at_once),
        cmocka_unit_test(the_lowest_failure_is_told_and_ends_the_work),
        cmocka_unit_test(progress_can_cancel),
        cmocka_unit_test(a_failure_may_have_no_listener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
