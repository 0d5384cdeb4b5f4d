/* The registry: what is kept, what the gate lets through, and the way back. */
#include "tests/classify/tiny_model.h"
#include "tests/training/scratch_workspace.h"

#include "training/registry.h"

#include <sys/stat.h>

static const sectag_actor anna = {"anna", SCRATCH_TIME};
static sectag_workspace *ws;
static const char *model[3]; /* files of three models */
static char id[3][SECTAG_MODEL_ID + 1];

static void keep(int i) {
    sectag_err err = {0};
    if (sectag_registry_keep(ws, model[i], NULL, "test", SCRATCH_TIME, id[i], &err)) fail_msg("%s", err.msg);
}

static int promote(int i, const char *force, const char *in_use) {
    sectag_err err;
    return sectag_registry_promote(ws, id[i], force, in_use, &anna, &err);
}

static void assert_active(int i) {
    char active[SECTAG_MODEL_ID + 1];
    sectag_buf path = {0};
    sectag_model m;
    assert_int_equal(sectag_registry_active(ws, active, NULL), 1);
    assert_string_equal(active, id[i]);
    assert_int_equal(sectag_registry_path(ws, active, &path), 0);
    assert_true(suite_same_bytes(path.data, model[i]));
    assert_int_equal(sectag_model_open(&m, path.data, NULL), 0);
    sectag_model_release(&m);
    sectag_buf_release(&path);
}

static int roll_back(const char *to) {
    char got[SECTAG_MODEL_ID + 1];
    return sectag_registry_rollback(ws, to, "because", &anna, got, NULL);
}

static void no_model_is_active_at_first(void **state) {
    char active[SECTAG_MODEL_ID + 1];
    (void)state;
    assert_int_equal(sectag_registry_active(ws, active, NULL), 0);
    assert_int_equal(roll_back(NULL), SECTAG_EARG);
}

static void the_gate_must_have_passed_a_model(void **state) {
    char active[SECTAG_MODEL_ID + 1];
    (void)state;
    keep(0);
    assert_int_equal(promote(0, NULL, NULL), SECTAG_EGATE);
    assert_int_equal(sectag_registry_report(ws, id[0], "{\"passed\":true}", 1, SCRATCH_TIME, NULL), 0);
    assert_int_equal(sectag_registry_report(ws, id[0], "{\"passed\":false}", 0, SCRATCH_TIME, NULL), 0);
    assert_int_equal(promote(0, NULL, NULL), SECTAG_EGATE); /* the latest report counts */
    assert_int_equal(promote(0, "", NULL), SECTAG_EGATE);
    assert_int_equal(sectag_registry_active(ws, active, NULL), 0);
    assert_int_equal(sectag_registry_report(ws, id[0], "{\"passed\":true}", 1, SCRATCH_TIME, NULL), 0);
    assert_int_equal(promote(0, NULL, NULL), 0);
    assert_active(0);
    assert_int_equal(promote(0, NULL, NULL), SECTAG_EARG); /* active already */
}

static void reports_are_json_about_a_known_model(void **state) {
    (void)state;
    keep(0);
    assert_int_equal(sectag_registry_report(ws, id[0], "{oops", 1, SCRATCH_TIME, NULL), SECTAG_EDATA);
    assert_int_equal(sectag_registry_report(ws, "0000000000000000", "{}", 1, SCRATCH_TIME, NULL),
                     SECTAG_EDATA);
}

static void rollback_goes_back_step_by_step(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) keep(i);
    for (int i = 0; i < 3; i++) assert_int_equal(promote(i, "test", NULL), 0);
    assert_active(2);
    assert_int_equal(roll_back(NULL), 0);
    assert_active(1);
    assert_int_equal(roll_back(NULL), 0);
    assert_active(0);
    assert_int_equal(roll_back(NULL), SECTAG_EARG);
    assert_int_equal(roll_back(id[2]), 0);
    assert_active(2);
}

static void rollback_takes_only_what_was_active(void **state) {
    (void)state;
    keep(0);
    keep(1);
    assert_int_equal(promote(0, "test", NULL), 0);
    assert_int_equal(roll_back(id[1]), SECTAG_EARG);
    assert_active(0);
}

static void the_model_in_use_before_is_kept_for_the_way_back(void **state) {
    (void)state;
    keep(1);
    keep(0); /* only for its id */
    assert_int_equal(promote(1, "test", model[0]), 0);
    assert_int_equal(roll_back(NULL), 0);
    assert_active(0);
}

static void a_submission_is_promoted_when_it_passed(void **state) {
    sectag_submission s = {
        .path = model[1], .why = "retrained", .report = "{\"passed\":false}", .in_use = model[0]};
    char active[SECTAG_MODEL_ID + 1];
    (void)state;
    keep(0);
    s.parent = id[0];
    assert_int_equal(sectag_registry_submit(ws, &s, &anna, id[1], NULL), SECTAG_EGATE);
    assert_int_equal(sectag_registry_active(ws, active, NULL), 0);
    assert_int_equal(promote(1, NULL, NULL), SECTAG_EGATE); /* but it is there, with its report */
    s.report = "no json";
    s.passed = 1;
    assert_int_equal(sectag_registry_submit(ws, &s, &anna, id[1], NULL), SECTAG_EDATA);
    s.report = "{\"passed\":true}";
    assert_int_equal(sectag_registry_submit(ws, &s, &anna, id[1], NULL), 0);
    assert_active(1);
    assert_int_equal(roll_back(NULL), 0);
    assert_active(0);
}

static void a_forced_submission_passes_the_gate(void **state) {
    sectag_submission s = {.path = model[2], .why = "retrained", .report = "{}", .force = "deadline"};
    (void)state;
    assert_int_equal(sectag_registry_submit(ws, &s, &anna, id[2], NULL), 0);
    assert_active(2);
}

static void a_damaged_file_is_not_kept(void **state) {
    sectag_file f;
    char got[SECTAG_MODEL_ID + 1];
    (void)state;
    assert_int_equal(sectag_file_open(&f, model[0], NULL), 0);
    const char *cut = suite_write("cut.sectag", f.data, f.len / 2);
    sectag_file_release(&f);
    assert_int_equal(sectag_registry_keep(ws, cut, NULL, "test", SCRATCH_TIME, got, NULL), SECTAG_EMODEL);
    assert_int_equal(sectag_registry_keep(ws, suite_path("none"), NULL, "test", SCRATCH_TIME, got, NULL),
                     SECTAG_EIO);
}

/* ---- listing ---- */

static int note_state(void *ctx, const sectag_registered *m, sectag_err *err) {
    (void)err;
    (void)snprintf(ctx, 16, "%s", m->state);
    return 0;
}

static const char *state_of(int i) {
    static char state[16];
    assert_int_equal(sectag_registry_list(ws, id[i], note_state, state, NULL), 0);
    return state;
}

static int note_action(void *ctx, const sectag_promotion *p, sectag_err *err) {
    (void)err;
    assert_string_equal(p->analyst, "anna");
    strcat(ctx, p->action);
    strcat(ctx, p->forced ? "! " : " ");
    return 0;
}

static void states_follow_what_happened(void **state) {
    char history[256] = "";
    (void)state;
    for (int i = 0; i < 3; i++) keep(i);
    assert_string_equal(state_of(0), "candidate");
    assert_int_equal(sectag_registry_report(ws, id[2], "{}", 0, SCRATCH_TIME, NULL), 0);
    assert_string_equal(state_of(2), "blocked");
    assert_int_equal(promote(0, "test", NULL), 0);
    assert_int_equal(promote(1, "test", NULL), 0);
    assert_string_equal(state_of(0), "retired");
    assert_string_equal(state_of(1), "active");
    assert_int_equal(roll_back(NULL), 0);
    assert_string_equal(state_of(0), "active");
    assert_int_equal(sectag_registry_history(ws, note_action, history, NULL), 0);
    assert_string_equal(history, "promote! promote! rollback ");
}

static void ids_may_be_shortened(void **state) {
    char prefix[6], got[SECTAG_MODEL_ID + 1];
    (void)state;
    keep(0);
    keep(1);
    (void)snprintf(prefix, sizeof prefix, "%.5s", id[1]);
    assert_int_equal(sectag_registry_find(ws, prefix, got, NULL), 1);
    assert_string_equal(got, id[1]);
    assert_int_equal(sectag_registry_find(ws, "zz", got, NULL), SECTAG_EARG);
    assert_int_equal(sectag_registry_find(ws, "", got, NULL), SECTAG_EARG);
}

/* Three models that differ in a bias. */
static int setup(void **state) {
    static char path[3][256];
    if (suite_folder_make(state)) return -1;
    for (int i = 0; i < 3; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "m%d.sectag", i);
        (void)snprintf(path[i], sizeof path[i], "%s", suite_path(name));
        model[i] = path[i];
        if (tiny_model_save_as(path[i], -1.0 - i)) return -1;
    }
    return 0;
}

static int each_setup(void **state) {
    (void)state;
    ws = scratch_new();
    return 0;
}

static int each_teardown(void **state) {
    (void)state;
    sectag_workspace_free(ws);
    return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, each_setup, each_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(no_model_is_active_at_first),
        CASE(the_gate_must_have_passed_a_model),
        CASE(reports_are_json_about_a_known_model),
        CASE(rollback_goes_back_step_by_step),
        CASE(rollback_takes_only_what_was_active),
        CASE(the_model_in_use_before_is_kept_for_the_way_back),
        CASE(a_submission_is_promoted_when_it_passed),
        CASE(a_forced_submission_passes_the_gate),
        CASE(a_damaged_file_is_not_kept),
        CASE(states_follow_what_happened),
        CASE(ids_may_be_shortened),
    };
    return cmocka_run_group_tests(tests, setup, suite_folder_remove);
}
