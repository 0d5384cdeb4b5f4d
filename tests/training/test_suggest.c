/* Suggestions: doubtful clauses, spread over areas, documents and wordings; labels that are probably wrong.
 */
#include "tests/suite.h"

#include "training/suggest.h"

enum { AREAS = 3, MOST = 40 };

/* Clauses without a word in common, of no document, sure of everything. */
typedef struct table {
    double p[MOST * AREAS], threshold[AREAS];
    uint8_t trained[AREAS];
    int8_t label[MOST * AREAS];
    uint32_t doc[MOST];
    uint64_t key[MOST][4];
    sectag_key_set keys[MOST], decided[1];
    sectag_suggest_data d;
    sectag_suggest_options o;
    sectag_suggestion_list out;
} table;

static void begin(table *t, size_t n) {
    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < MOST; i++) {
        for (size_t k = 0; k < 4; k++) t->key[i][k] = 10 * i + k;
        t->keys[i] = (sectag_key_set){t->key[i], 4};
        t->doc[i] = UINT32_MAX;
        for (size_t a = 0; a < AREAS; a++) t->p[i * AREAS + a] = 0.001;
    }
    for (size_t a = 0; a < AREAS; a++) t->threshold[a] = 0.3, t->trained[a] = 1;
    t->d = (sectag_suggest_data){n, AREAS, t->p, t->threshold, t->trained, NULL, t->doc, t->keys, NULL, 0};
    t->o = SECTAG_SUGGEST_DEFAULTS;
}

static void run(table *t, size_t n) {
    t->o.n = n;
    assert_int_equal(sectag_suggest(&t->d, &t->o, &t->out, NULL), 0);
}

static int has(const table *t, uint32_t clause) {
    for (size_t i = 0; i < t->out.len; i++)
        if (t->out.data[i].clause == clause) return 1;
    return 0;
}

static void doubt_is_greatest_at_the_threshold(void **state) {
    (void)state;
    assert_true(sectag_doubt(0.3, 0.3) > 0.999999);
    assert_true(sectag_doubt(0.5, 0.3) < sectag_doubt(0.4, 0.3));
    assert_true(sectag_doubt(0.05, 0.3) < sectag_doubt(0.2, 0.3));
    assert_true(sectag_doubt(0, 0.3) >= 0 && sectag_doubt(0, 0.3) < 0.001);
    assert_true(sectag_doubt(1, 0.3) >= 0 && sectag_doubt(1, 0.3) < 0.001);
}

static void the_most_doubtful_clauses_are_picked(void **state) {
    table t;
    (void)state;
    begin(&t, 30);
    t.p[7 * AREAS + 1] = 0.31;
    t.p[20 * AREAS + 2] = 0.25;
    t.p[21 * AREAS + 0] = 0.99;
    run(&t, 2);
    assert_int_equal(t.out.len, 2);
    assert_int_equal(t.out.data[0].clause, 7);
    assert_int_equal(t.out.data[0].area, 1);
    assert_int_equal(t.out.data[1].clause, 20);
    free(t.out.data);
}

static void an_area_that_is_not_trained_counts_nothing(void **state) {
    table t;
    (void)state;
    begin(&t, 10);
    t.p[3 * AREAS + 1] = 0.3;
    t.p[4 * AREAS + 2] = 0.1;
    t.trained[1] = 0;
    run(&t, 1);
    assert_int_equal(t.out.data[0].clause, 4);
    free(t.out.data);
}

/* Area 0 has many doubtful clauses, area 2 one that is a little less doubtful. */
static void rare_areas_are_not_starved(void **state) {
    table t;
    (void)state;
    begin(&t, 30);
    for (size_t i = 0; i < 20; i++) t.p[i * AREAS] = 0.3;
    t.p[25 * AREAS + 2] = 0.15;
    run(&t, 3);
    assert_true(has(&t, 25));
    free(t.out.data);
}

static void documents_take_turns(void **state) {
    table t;
    (void)state;
    begin(&t, 30);
    for (size_t i = 0; i < 10; i++) {
        t.p[i * AREAS] = 0.3;
        t.doc[i] = i < 8 ? 5 : 6;
    }
    t.p[8 * AREAS] = 0.25; /* a little less doubtful */
    t.p[9 * AREAS] = 0.001;
    run(&t, 2);
    assert_true(has(&t, 0) && has(&t, 8));
    free(t.out.data);
}

/* Clause 12 is a little more doubtful, clause 3 shares a word with many. */
static void what_is_said_often_is_asked_first(void **state) {
    table t;
    (void)state;
    begin(&t, 30);
    t.p[3 * AREAS] = 0.28;
    t.p[12 * AREAS] = 0.3;
    for (size_t i = 20; i < 30; i++) t.key[i][0] = t.key[3][1];
    run(&t, 1);
    assert_int_equal(t.out.data[0].clause, 3);
    free(t.out.data);
}

static void near_clauses_are_picked_once(void **state) {
    table t;
    (void)state;
    begin(&t, 30);
    for (size_t i = 3; i < 6; i++) {
        t.p[i * AREAS] = 0.3;
        t.keys[i] = t.keys[3];
    }
    t.p[9 * AREAS] = 0.2;
    run(&t, 2);
    assert_true(has(&t, 3) && has(&t, 9));
    free(t.out.data);
}

static void what_was_decided_is_not_asked_again(void **state) {
    table t;
    (void)state;
    begin(&t, 30);
    t.p[3 * AREAS] = 0.3;
    t.p[9 * AREAS] = 0.2;
    t.decided[0] = t.keys[3];
    t.d.decided = t.decided;
    t.d.n_decided = 1;
    run(&t, 2);
    assert_false(has(&t, 3));
    assert_true(has(&t, 9));
    free(t.out.data);
}

static void confident_thresholds_are_class_means(void **state) {
    table t;
    double at[2];
    (void)state;
    begin(&t, 4);
    t.d.label = t.label;
    const double p[4] = {0.9, 0.7, 0.2, 0.4};
    for (size_t i = 0; i < 4; i++) {
        t.p[i * AREAS] = p[i];
        t.label[i * AREAS] = i < 2 ? 1 : -1;
    }
    sectag_confident_thresholds(&t.d, 0, at);
    assert_true(at[1] > 0.799 && at[1] < 0.801 && at[0] > 0.699 && at[0] < 0.701);
    sectag_confident_thresholds(&t.d, 1, at);
    assert_true(at[0] > 1 && at[1] > 1);
}

static void a_wrong_label_is_suggested_first(void **state) {
    table t;
    (void)state;
    begin(&t, 30);
    t.d.label = t.label;
    t.o.label_share = 0.5;
    for (size_t i = 0; i < 20; i++) {
        t.label[i * AREAS] = i < 10 ? 1 : -1;
        t.p[i * AREAS] = i < 10 ? 0.9 : 0.05;
    }
    t.p[4 * AREAS] = 0.02;  /* labelled, and surely not of the area */
    t.p[15 * AREAS] = 0.97; /* not labelled, and surely of it */
    t.p[16 * AREAS] = 0.5;  /* doubtful, but not off the diagonal */
    t.p[25 * AREAS] = 0.3;  /* has no label */
    run(&t, 4);
    assert_true(has(&t, 4) && has(&t, 15) && has(&t, 25) && !has(&t, 16));
    assert_int_equal(t.out.data[0].why, SECTAG_WHY_LABEL);
    free(t.out.data);
}

static void fewer_clauses_give_fewer_suggestions(void **state) {
    table t;
    (void)state;
    begin(&t, 3);
    run(&t, 10);
    assert_int_equal(t.out.len, 3);
    t.o.jaccard = 0;
    assert_int_equal(sectag_suggest(&t.d, &t.o, &t.out, NULL), SECTAG_EARG);
    free(t.out.data);
    begin(&t, 0);
    run(&t, 10);
    assert_int_equal(t.out.len, 0);
    free(t.out.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubt_is_greatest_at_the_threshold),
        cmocka_unit_test(the_most_doubtful_clauses_are_picked),
        cmocka_unit_test(an_area_that_is_not_trained_counts_nothing),
        cmocka_unit_test(rare_areas_are_not_starved),
        cmocka_unit_test(documents_take_turns),
        cmocka_unit_test(what_is_said_often_is_asked_first),
        cmocka_unit_test(near_clauses_are_picked_once),
        cmocka_unit_test(what_was_decided_is_not_asked_again),
        cmocka_unit_test(confident_thresholds_are_class_means),
        cmocka_unit_test(a_wrong_label_is_suggested_first),
        cmocka_unit_test(fewer_clauses_give_fewer_suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
