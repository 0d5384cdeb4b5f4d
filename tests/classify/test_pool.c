/* The pool: order is kept for any number of threads, errors stop it cleanly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/pool.h"

#include <sched.h>
#include <string.h>

enum { JOBS = 1000, SLOTS = 12 };

typedef struct job {
    int number, squared;
} job;

typedef struct tally {
    int expected, fail_work_at, fail_done_at;
} tally;

static int work(void *ctx, unsigned thread, void *item, sectag_err *err) {
    job *j = item;
    tally *t = ctx;
    (void)thread;
    for (int i = 0; i < j->number % 5; i++) (void)sched_yield(); /* so that threads overtake each other */
    j->squared = j->number * j->number;
    return j->number == t->fail_work_at ? sectag_err_set(err, SECTAG_EARG, "job %d", j->number) : 0;
}

static int done(void *ctx, void *item, sectag_err *err) {
    job *j = item;
    tally *t = ctx;
    assert_int_equal(j->number, t->expected);
    assert_int_equal(j->squared, j->number * j->number);
    t->expected++;
    return j->number == t->fail_done_at ? sectag_err_set(err, SECTAG_EIO, "done %d", j->number) : 0;
}

/* Runs JOBS jobs; returns what finish (or the step that failed) returned. */
static int run(unsigned threads, size_t slots, tally *t, sectag_err *err) {
    job jobs[SLOTS];
    void *items[SLOTS];
    int rc = 0;
    for (size_t i = 0; i < slots; i++) items[i] = &jobs[i];
    sectag_pool *p = sectag_pool_new(&(sectag_pool_options){threads, items, slots, t, work, done});
    assert_non_null(p);
    for (int i = 0; i < JOBS && !rc; i++) {
        job *j = sectag_pool_next(p, err);
        if (!j) {
            rc = err->code;
            break;
        }
        j->number = i;
        j->squared = -1;
        rc = sectag_pool_submit(p, err);
    }
    int last = sectag_pool_finish(p, err);
    if (rc) assert_int_equal(last, rc); /* an error stays */
    sectag_pool_free(p);
    return rc ? rc : last;
}

static void finishes_all_jobs_in_order(void **state) {
    static const unsigned threads[] = {1, 2, 3, 7, 16};
    (void)state;
    for (size_t i = 0; i < 5; i++)
        for (size_t slots = 1; slots <= SLOTS; slots += 11) {
            tally t = {0, -1, -1};
            sectag_err err = {0};
            assert_int_equal(run(threads[i], slots, &t, &err), 0);
            assert_int_equal(t.expected, JOBS);
        }
}

static void an_error_of_work_comes_out_in_the_order_of_jobs(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        tally t = {0, 500, -1};
        sectag_err err = {0};
        assert_int_equal(run(threads, SLOTS, &t, &err), SECTAG_EARG);
        assert_string_equal(err.msg, "job 500");
        assert_int_equal(t.expected, 500);
    }
}

static void an_error_of_done_stops_the_pool(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        tally t = {0, -1, 300};
        sectag_err err = {0};
        assert_int_equal(run(threads, SLOTS, &t, &err), SECTAG_EIO);
        assert_string_equal(err.msg, "done 300");
        assert_int_equal(t.expected, 301);
    }
}

static void free_drops_unfinished_jobs(void **state) {
    job jobs[2] = {{0, 0}, {0, 0}};
    void *items[2] = {&jobs[0], &jobs[1]};
    tally t = {0, -1, -1};
    (void)state;
    sectag_pool *p = sectag_pool_new(&(sectag_pool_options){4, items, 2, &t, work, done});
    ((job *)sectag_pool_next(p, NULL))->number = 0;
    assert_int_equal(sectag_pool_submit(p, NULL), 0);
    sectag_pool_free(p);
    sectag_pool_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finishes_all_jobs_in_order),
        cmocka_unit_test(an_error_of_work_comes_out_in_the_order_of_jobs),
        cmocka_unit_test(an_error_of_done_stops_the_pool),
        cmocka_unit_test(free_drops_unfinished_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
