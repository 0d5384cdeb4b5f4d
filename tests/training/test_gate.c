/* The gate on the shipped vectors: a poisoned batch is blocked and its clauses are named, a retraining
 * without decisions passes without a flip. LIBLINEAR and 3 folds, for time. */
#include "tests/suite.h"

#include "training/decided.h"
#include "training/decision_table.h"
#include "training/gate.h"

#include <jansson.h>

enum { POISON = 200 };

static const char taxonomy_path[] = "models/taxonomy.tsv", terms_path[] = "training/corpus/terms.tsv";

/* One training on the shipped vectors, and its model. */
typedef struct side {
    sectag_material m;
    sectag_train_options o;
    sectag_decisions d;
    sectag_decided made;
    sectag_trained t;
    sectag_model model;
} side;

static side current, poisoned;

static void open_side(side *s) {
    sectag_err err = {0};
    sectag_material_paths paths = {.taxonomy = taxonomy_path, .terms = terms_path, .vectors = "models/default"};
    *s = (side){.o = SECTAG_TRAIN_DEFAULTS};
    s->o.solver = "liblinear";
    s->o.folds = 3;
    s->o.jobs = 2;
    if (sectag_material_open(&s->m, &paths, &s->o, NULL, NULL, &err)) fail_msg("%s: %s", err.file, err.msg);
    s->d.n_areas = s->m.taxonomy.areas.len;
}

static void train_side(side *s, const char *name) {
    sectag_err err = {0};
    const char *path = suite_path(name);
    sectag_lineage lineage = {&s->made, "parent"};
    assert_int_equal(sectag_material_decide(&s->m, &s->d, &s->o, &s->made, &err), 0);
    if (sectag_train(&s->m.data, &s->m.vocab, &s->o, &s->t, NULL, NULL, &err)) fail_msg("%s", err.msg);
    assert_int_equal(sectag_material_save_retrained(&s->m, &s->o, &s->t, "test", &lineage, path, &err), 0);
    assert_int_equal(sectag_model_open(&s->model, path, &err), 0);
}

static void release_side(side *s) {
    sectag_model_release(&s->model);
    sectag_trained_release(&s->t);
    sectag_decisions_release(&s->d);
    sectag_material_release(&s->m);
}

/* The first vaccine clauses of the written corpus, decided not to be of vaccines. */
static void poison(side *s) {
    static const char *const files[] = {"training/corpus/biopharma-zh.tsv", "training/corpus/policy-zh.tsv",
                                        "training/corpus/filings-zh.tsv"};
    sectag_corpus c;
    int area = sectag_taxonomy_find(&s->m.taxonomy, "vaccine", 7);
    int8_t value[64] = {0};
    assert_true(area >= 0 && s->d.n_areas <= sizeof value);
    value[area] = SECTAG_DECIDED_NO;
    sectag_corpus_init(&c);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        assert_int_equal(sectag_corpus_add_file(&c, &s->m.taxonomy, files[i], NULL, NULL, NULL), 0);
    for (size_t i = 0; i < c.examples.len && s->d.len < POISON; i++) {
        const sectag_example *e = &c.examples.data[i];
        if (!sectag_example_has(&c, e, (size_t)area)) continue;
        assert_int_equal(
            sectag_decisions_add(&s->d, sectag_corpus_text(&c, e->text), e->text.len, NULL, value, 0), 0);
    }
    sectag_corpus_release(&c);
    assert_int_equal(s->d.len, POISON);
}

static int make(void **state) {
    if (suite_folder_make(state)) return -1;
    open_side(&current);
    train_side(&current, "current");
    open_side(&poisoned);
    poison(&poisoned);
    train_side(&poisoned, "poisoned");
    return 0;
}

static int clean(void **state) {
    release_side(&current);
    release_side(&poisoned);
    return suite_folder_remove(state);
}

static sectag_gate_input input_of(side *next) {
    return (sectag_gate_input){.material = &next->m,
                               .options = &next->o,
                               .before = &current.t,
                               .after = &next->t,
                               .old_model = &current.model,
                               .new_model = &next->model,
                               .decisions = &next->d,
                               .contrast = "tests/data/contrast.tsv"};
}

static void the_batch_repeats_the_corpus(void **state) {
    (void)state;
    assert_true(poisoned.made.contradicting >= POISON * 9 / 10);
}

static void a_poisoned_batch_is_blocked_by_the_loss_in_its_area(void **state) {
    sectag_gate g;
    sectag_gate_input in = input_of(&poisoned);
    sectag_gate_options o = SECTAG_GATE_DEFAULTS;
    (void)state;
    sectag_gate_init(&g);
    assert_int_equal(sectag_gate_run(&g, &in, &o, NULL), 0);
    size_t area = (size_t)sectag_taxonomy_find(&poisoned.m.taxonomy, "vaccine", 7);
    const sectag_area_metric *m = &g.corpus.area[area];
    printf("vaccine F1 %+.3f (%+.3f to %+.3f), AP %+.4f (%+.4f to %+.4f), contrast %zu -> %zu, %zu flips\n",
           m->f1.value, m->f1.low, m->f1.high, m->ap.value, m->ap.low, m->ap.high, g.failed_before,
           g.failed_after, g.flips.len);
    assert_true(g.blocked && g.by_loss && g.lost[area]);
    sectag_gate_release(&g);
}

static void the_report_names_the_flipped_clauses_and_why(void **state) {
    sectag_gate g;
    sectag_gate_input in = input_of(&poisoned);
    sectag_gate_options o = SECTAG_GATE_DEFAULTS;
    sectag_buf out = {0}, again = {0};
    size_t i, vaccine = 0, down = 0;
    json_t *flip;
    (void)state;
    sectag_gate_init(&g);
    assert_int_equal(sectag_gate_run(&g, &in, &o, NULL), 0);
    assert_int_equal(sectag_gate_report(&g, &in, &o, &out, NULL), 0);
    json_t *report = json_loads(out.data, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(report, "verdict")), "blocked");
    assert_int_equal(json_array_size(json_object_get(report, "flips")), g.flips.len);
    json_array_foreach(json_object_get(report, "flips"), i, flip) {
        assert_true(json_object_get(flip, "id") || json_object_get(flip, "text"));
        const json_t *first = json_array_get(json_object_get(flip, "drivers"), 0);
        assert_non_null(first);
        if (strcmp(json_string_value(json_object_get(flip, "area")), "vaccine") != 0 ||
            strcmp(json_string_value(json_object_get(flip, "change")), "lost") != 0)
            continue;
        vaccine++;
        down += json_number_value(json_object_get(first, "sum")) < 0;
    }
    assert_true(vaccine > 10 && down * 10 > vaccine * 8); /* the others flipped by calibration */
    assert_int_equal(sectag_gate_run(&g, &in, &o, NULL), 0);
    assert_int_equal(sectag_gate_report(&g, &in, &o, &again, NULL), 0);
    assert_string_equal(out.data, again.data);
    json_decref(report);
    sectag_buf_release(&out);
    sectag_buf_release(&again);
    sectag_gate_release(&g);
}

static void the_same_model_passes_without_a_flip(void **state) {
    sectag_gate g;
    sectag_gate_input in = input_of(&current);
    sectag_gate_options o = SECTAG_GATE_DEFAULTS;
    (void)state;
    sectag_gate_init(&g);
    assert_int_equal(sectag_gate_run(&g, &in, &o, NULL), 0);
    assert_false(g.blocked);
    assert_int_equal(g.flips.len, 0);
    assert_int_equal(g.failed_before, g.failed_after);
    assert_true(g.contrast > 100);
    sectag_gate_release(&g);
}

/* Held decisions that the poisoned model gets wrong. */
static void held_decisions_are_compared(void **state) {
    sectag_gate g;
    sectag_gate_options o = SECTAG_GATE_DEFAULTS;
    (void)state;
    sectag_gate_init(&g);
    for (size_t i = 0; i < poisoned.d.len; i++) poisoned.d.data[i].held = 1;
    sectag_gate_input in = input_of(&poisoned);
    assert_int_equal(sectag_gate_run(&g, &in, &o, NULL), 0);
    assert_int_equal(g.held.n_rows, POISON);
    for (size_t i = 0; i < poisoned.d.len; i++) poisoned.d.data[i].held = 0;
    sectag_gate_release(&g);
}

static void models_of_other_corpora_are_refused(void **state) {
    sectag_gate g;
    sectag_gate_options o = SECTAG_GATE_DEFAULTS;
    sectag_gate_input in = input_of(&poisoned);
    sectag_trained fewer = poisoned.t;
    fewer.n_areas--;
    in.after = &fewer;
    (void)state;
    sectag_gate_init(&g);
    assert_int_equal(sectag_gate_run(&g, &in, &o, NULL), SECTAG_EARG);
    sectag_gate_release(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_batch_repeats_the_corpus),
        cmocka_unit_test(a_poisoned_batch_is_blocked_by_the_loss_in_its_area),
        cmocka_unit_test(the_report_names_the_flipped_clauses_and_why),
        cmocka_unit_test(the_same_model_passes_without_a_flip),
        cmocka_unit_test(held_decisions_are_compared),
        cmocka_unit_test(models_of_other_corpora_are_refused),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
