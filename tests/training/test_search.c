/* The search over options: every trial is logged, the best is kept, and it can be stopped. */
#include "tests/training/small_corpus.h"

#include "training/search.h"

#include <jansson.h>

typedef struct told {
    size_t trials, stop_at, last_total;
    double best;
} told;

static int on_trial(void *ctx, size_t done, size_t total, const char *option, double value,
                    double objective) {
    told *t = ctx;
    (void)value;
    assert_non_null(option);
    assert_int_equal(done, t->trials + 1);
    assert_true(done <= total);
    assert_true(objective >= 0 && objective <= 1);
    t->trials = done;
    t->last_total = total;
    if (objective > t->best) t->best = objective;
    return t->stop_at && done >= t->stop_at;
}

static int make(void **state) {
    if (suite_folder_make(state)) return -1;
    small_write("");
    return 0;
}

static void every_trial_is_logged_and_the_best_kept(void **state) {
    sectag_material m;
    sectag_buf log = {0};
    told t = {0};
    sectag_train_options o = small_options();
    (void)state;
    small_open(&m, NULL, &o);
    assert_int_equal(sectag_search(&m, &o, &log, on_trial, &t, NULL), 0);
    json_t *trials = json_loads(log.data, 0, NULL);
    assert_int_equal(json_array_size(trials), t.trials);
    assert_int_equal(t.trials, t.last_total);
    assert_true(t.trials > 10);
    double start = json_number_value(json_object_get(json_array_get(trials, 0), "objective"));
    assert_string_equal(json_string_value(json_object_get(json_array_get(trials, 0), "option")), "start");
    assert_true(t.best >= start);
    assert_int_equal(m.data.n_grams, m.vocab.n); /* encoded with the options that were found */
    assert_string_equal(o.solver, "libsvm");
    json_decref(trials);
    sectag_buf_release(&log);
    sectag_material_release(&m);
}

static void a_search_finds_the_same_again(void **state) {
    sectag_buf log[2] = {{0}, {0}};
    sectag_train_options o[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        sectag_material m;
        o[i] = small_options();
        o[i].jobs = i ? 3 : 1;
        small_open(&m, NULL, &o[i]);
        assert_int_equal(sectag_search(&m, &o[i], &log[i], NULL, NULL, NULL), 0);
        sectag_material_release(&m);
    }
    assert_string_equal(log[0].data, log[1].data);
    assert_memory_equal(&o[0].vector, &o[1].vector, sizeof o[0].vector);
    sectag_buf_release(&log[0]);
    sectag_buf_release(&log[1]);
}

static void it_can_be_stopped(void **state) {
    sectag_material m;
    sectag_buf log = {0};
    told t = {.stop_at = 3};
    sectag_train_options o = small_options();
    (void)state;
    small_open(&m, NULL, &o);
    assert_int_equal(sectag_search(&m, &o, &log, on_trial, &t, NULL), SECTAG_ECANCEL);
    assert_int_equal(t.trials, 3);
    sectag_buf_release(&log);
    sectag_material_release(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_trial_is_logged_and_the_best_kept),
        cmocka_unit_test(a_search_finds_the_same_again),
        cmocka_unit_test(it_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, make, suite_folder_remove);
}
