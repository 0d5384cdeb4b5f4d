/* Training: learns what there is to learn, gives the same model however it is run, leaves out what it cannot
 * learn. */
#include "tests/training/small_corpus.h"

#include "training/train.h"

#include <sys/stat.h>

static int make(void **state) {
    if (suite_folder_make(state)) return -1;
    small_write("");
    return 0;
}

/* Trains and writes the model file; with vectors or without. */
static void train_to(const char *path, const char *vectors, const char *solver, uint32_t jobs) {
    sectag_material m;
    sectag_trained t;
    sectag_err err = {0};
    sectag_train_options o = small_options();
    o.solver = solver;
    o.jobs = jobs;
    small_open(&m, vectors, &o);
    if (sectag_train(&m.data, &m.vocab, &o, &t, NULL, NULL, &err)) fail_msg("%s", err.msg);
    assert_int_equal(sectag_material_save_model(&m, &o, &t, "test", NULL, path, NULL), 0);
    sectag_trained_release(&t);
    sectag_material_release(&m);
}

/* p >= threshold, as a program tags. */
static int is_tagged(const sectag_model *m, sectag_encoder *e, const char *text, size_t area) {
    double score[SMALL_AREAS];
    assert_int_equal(sectag_encode(e, text, strlen(text), NULL), 0);
    sectag_model_score(m, e, score);
    const sectag_area_model *a = &m->area[area];
    return a->trained && sectag_calibration_apply(&a->calibration, score[area]) >= a->threshold;
}

static void it_learns_the_areas(void **state) {
    static const struct {
        const char *text;
        int area; /* -1: none */
    } unseen[] = {{"推动疫苗产业发展", SMALL_VACCINE},
                  {"做好批签发工作", SMALL_VACCINE},
                  {"良种繁育", SMALL_SEED},
                  {"制种基地建设", SMALL_SEED},
                  {"道路建设", -1},
                  {"", -1}};
    sectag_model m;
    sectag_encoder e;
    (void)state;
    train_to(suite_path("m"), NULL, "libsvm", 1);
    assert_int_equal(sectag_model_open(&m, suite_path("m"), NULL), 0);
    assert_int_equal(sectag_model_index(&m, NULL), 0);
    assert_int_equal(sectag_encoder_init(&e, &m.vocab, &m.terms, &m.options, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(unseen); i++)
        for (int a = 0; a < SMALL_AREAS; a++)
            if (is_tagged(&m, &e, unseen[i].text, (size_t)a) != (a == unseen[i].area))
                fail_msg("\"%s\", area %d", unseen[i].text, a);
    sectag_encoder_release(&e);
    sectag_model_release(&m);
}

static void threads_do_not_change_a_byte(void **state) {
    static const char *const solvers[] = {"libsvm", "liblinear"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(solvers); i++) {
        train_to(suite_path("one"), NULL, solvers[i], 1);
        train_to(suite_path("three"), NULL, solvers[i], 3);
        assert_true(suite_same_bytes(suite_path("one"), suite_path("three")));
    }
}

static void saved_vectors_give_the_same_model(void **state) {
    char dir[256];
    sectag_material m;
    sectag_train_options o = small_options();
    (void)state;
    (void)snprintf(dir, sizeof dir, "%s", suite_path("vectors"));
    assert_int_equal(mkdir(dir, 0700), 0);
    small_open(&m, NULL, &o);
    assert_int_equal(sectag_material_save_vectors(&m, dir, NULL), 0);
    sectag_material_release(&m);
    train_to(suite_path("corpus.sectag"), NULL, "libsvm", 1);
    train_to(suite_path("vectors.sectag"), dir, "libsvm", 2);
    assert_true(suite_same_bytes(suite_path("corpus.sectag"), suite_path("vectors.sectag")));
}

/* One training whose result is looked at. */
typedef struct trial {
    sectag_material m;
    sectag_train_options o;
    sectag_trained t;
} trial;

static void trial_run(trial *r, int expected, sectag_err *err) {
    small_open(&r->m, NULL, &r->o);
    assert_int_equal(sectag_train(&r->m.data, &r->m.vocab, &r->o, &r->t, NULL, NULL, err), expected);
}

static void trial_release(trial *r) {
    sectag_trained_release(&r->t);
    sectag_material_release(&r->m);
}

static void an_area_with_too_few_clauses_is_left_out(void **state) {
    trial r = {.o = small_options()};
    (void)state;
    trial_run(&r, 0, NULL);
    assert_int_equal(r.t.positives[SMALL_RARE], 3);
    assert_false(r.t.area[SMALL_RARE].trained);
    assert_null(r.t.weight[SMALL_RARE]);
    assert_int_equal(r.t.area[SMALL_RARE].positives, 3);
    assert_true(r.t.area[SMALL_VACCINE].trained && r.t.area[SMALL_SEED].trained);
    assert_non_null(r.t.weight[SMALL_VACCINE]);
    trial_release(&r);
}

static void an_area_without_any_clause_is_left_out_whatever_is_asked(void **state) {
    trial r = {.o = small_options()};
    sectag_err err = {0};
    (void)state;
    (void)suite_write_text("taxonomy.tsv", "sector\tarea\tzh\ten\tcore\tdefinition\ns\tvaccine\t\t\tyes\t\n"
                                           "s\tseed\t\t\tno\t\ns\trare\t\t\tno\t\ns\tnone\t\t\tno\t\n");
    r.o.min_positives = 0;
    trial_run(&r, 0, &err);
    assert_false(r.t.area[3].trained);
    assert_true(r.t.area[SMALL_RARE].trained);
    trial_release(&r);
    small_write("");
}

static void operating_points_are_probabilities_in_order(void **state) {
    trial r = {.o = small_options()};
    (void)state;
    trial_run(&r, 0, NULL);
    for (size_t a = 0; a < SMALL_AREAS; a++) {
        const sectag_area_model *m = &r.t.area[a];
        assert_true(m->threshold > 0 && m->threshold <= 1);
        assert_true(m->accept >= m->threshold && m->accept <= 1);
        assert_int_equal(sectag_calibration_check(&m->calibration, NULL), 0);
    }
    trial_release(&r);
}

static void documents_are_scored_and_written_sentences_are_not(void **state) {
    trial r = {.o = small_options()};
    (void)state;
    trial_run(&r, 0, NULL);
    for (size_t i = 0; i < r.t.n_rows; i++) {
        assert_int_equal(r.t.scored[i], i < SMALL_DOCS * SMALL_DOC_ROWS);
        if (!r.t.scored[i]) assert_true(r.t.score[i * SMALL_AREAS] >= 0 && r.t.score[i * SMALL_AREAS] <= 0);
    }
    trial_release(&r);
}

/* The first clause of the corpus once more, in a document of its own. */
static void near_duplicates_of_held_out_clauses_are_excluded(void **state) {
    sectag_buf more = {0};
    trial r = {.o = small_options()};
    (void)state;
    trial_run(&r, 0, NULL);
    assert_int_equal(r.t.excluded, 0);
    sectag_text t = r.m.corpus.examples.data[0].text;
    for (int i = 0; i < 8; i++)
        assert_int_equal(sectag_buf_addf(&more, "-\tcopy%d\tc\tzh\tpolicy\t%.*s\n", i, (int)t.len,
                                         sectag_corpus_text(&r.m.corpus, t)),
                         0);
    trial_release(&r);
    small_write(more.data);
    r = (trial){.o = small_options()};
    trial_run(&r, 0, NULL);
    assert_true(r.t.excluded > 0);
    trial_release(&r);
    sectag_buf_release(&more);
    small_write("");
}

static void out_of_fold_scores_know_the_area(void **state) {
    trial r = {.o = small_options()};
    double sum[2] = {0};
    size_t n[2] = {0};
    (void)state;
    trial_run(&r, 0, NULL);
    for (size_t i = 0; i < SMALL_DOCS * SMALL_DOC_ROWS; i++) {
        int y = sectag_dataset_has(&r.m.data, i, SMALL_VACCINE);
        sum[y] += r.t.score[i * SMALL_AREAS + SMALL_VACCINE];
        n[y]++;
    }
    assert_true(n[0] > 0 && n[1] > 0 && sum[1] / (double)n[1] > sum[0] / (double)n[0] + 0.5);
    trial_release(&r);
}

static void assert_option_refused(sectag_train_options o, int code) {
    trial r = {.o = o};
    sectag_err err = {0};
    trial_run(&r, code, &err);
    assert_true(err.msg[0] != '\0');
    trial_release(&r);
}

static void options_out_of_range_are_refused(void **state) {
    const sectag_train_options good = small_options();
    sectag_train_options o;
    (void)state;
    o = good, o.solver = "svm", assert_option_refused(o, SECTAG_EARG);
    o = good, o.threshold = "best", assert_option_refused(o, SECTAG_EARG);
    o = good, o.c = 0, assert_option_refused(o, SECTAG_EARG);
    o = good, o.positive_weight = -1, assert_option_refused(o, SECTAG_EARG);
    o = good, o.folds = 1, assert_option_refused(o, SECTAG_EARG);
    o = good, o.real_copies = 0, assert_option_refused(o, SECTAG_EARG);
    o = good, o.accept = 1.5, assert_option_refused(o, SECTAG_EARG);
    o = good, o.min_positives = 1000, assert_option_refused(o, SECTAG_EDATA);
}

static int count_then_stop(void *ctx, size_t done, size_t total) {
    size_t *most = ctx;
    assert_int_equal(total, SMALL_AREAS * 3 + SMALL_AREAS);
    assert_true(done <= total);
    return done >= *most;
}

static void training_can_be_cancelled_in_both_stages(void **state) {
    static const size_t stops[] = {1, SMALL_AREAS * 3 + 1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stops); i++) {
        trial r = {.o = small_options()};
        size_t most = stops[i];
        small_open(&r.m, NULL, &r.o);
        assert_int_equal(sectag_train(&r.m.data, &r.m.vocab, &r.o, &r.t, count_then_stop, &most, NULL),
                         SECTAG_ECANCEL);
        trial_release(&r);
    }
}

/* Positives in written sentences only: nothing of the area is seen out of fold. */
static void an_area_that_no_document_has_is_still_trained(void **state) {
    sectag_buf more = {0};
    sectag_random rnd;
    trial r = {.o = small_options()};
    (void)state;
    sectag_random_init(&rnd, 77);
    for (int i = 0; i < 15; i++) {
        assert_int_equal(sectag_buf_addf(&more, "rare\t-\tx%d\tzh\tpolicy\t罕见", i), 0);
        small_filler(&rnd, &more);
        assert_int_equal(sectag_buf_adds(&more, "\n"), 0);
    }
    small_write(more.data);
    trial_run(&r, 0, NULL);
    assert_true(r.t.area[SMALL_RARE].trained);
    assert_true(r.t.area[SMALL_RARE].threshold > 0 && r.t.area[SMALL_RARE].threshold <= 1);
    assert_int_equal(sectag_calibration_check(&r.t.area[SMALL_RARE].calibration, NULL), 0);
    trial_release(&r);
    sectag_buf_release(&more);
    small_write("");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_learns_the_areas),
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test(saved_vectors_give_the_same_model),
        cmocka_unit_test(an_area_with_too_few_clauses_is_left_out),
        cmocka_unit_test(an_area_without_any_clause_is_left_out_whatever_is_asked),
        cmocka_unit_test(operating_points_are_probabilities_in_order),
        cmocka_unit_test(documents_are_scored_and_written_sentences_are_not),
        cmocka_unit_test(near_duplicates_of_held_out_clauses_are_excluded),
        cmocka_unit_test(out_of_fold_scores_know_the_area),
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(training_can_be_cancelled_in_both_stages),
        cmocka_unit_test(an_area_that_no_document_has_is_still_trained),
    };
    return cmocka_run_group_tests(tests, make, suite_folder_remove);
}
