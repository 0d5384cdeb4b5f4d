/* Decisions in the material: they replace labels or add rows, are seen only by the areas that were decided,
 * and give the same model in any order and at any number of threads. */
#include "tests/training/small_corpus.h"

#include "training/decided.h"
#include "training/decision_table.h"

enum { YES = SECTAG_DECIDED_YES, NO = SECTAG_DECIDED_NO, OPEN = SECTAG_UNDECIDED };

static int make(void **state) {
    if (suite_folder_make(state)) return -1;
    small_write("");
    return 0;
}

/* A corpus with decisions folded in. */
typedef struct trial {
    sectag_material m;
    sectag_train_options o;
    sectag_decisions d;
    sectag_decided made;
    sectag_trained t;
} trial;

static void begin(trial *r) {
    *r = (trial){.o = small_options()};
    r->o.solver = "liblinear";
    small_open(&r->m, NULL, &r->o);
    r->d.n_areas = SMALL_AREAS;
}

static void end(trial *r) {
    sectag_trained_release(&r->t);
    sectag_decisions_release(&r->d);
    sectag_material_release(&r->m);
}

static void decide(trial *r, const char *text, int8_t vaccine, int8_t seed, int8_t rare, int held) {
    const int8_t value[SMALL_AREAS] = {vaccine, seed, rare};
    assert_int_equal(sectag_decisions_add(&r->d, text, strlen(text), "new.txt", value, held), 0);
}

static void apply(trial *r) {
    assert_int_equal(sectag_material_decide(&r->m, &r->d, &r->o, &r->made, NULL), 0);
}

static void train(trial *r) {
    sectag_err err = {0};
    if (sectag_train(&r->m.data, &r->m.vocab, &r->o, &r->t, NULL, NULL, &err)) fail_msg("%s", err.msg);
}

static void save(trial *r, const char *path) {
    sectag_lineage lineage = {r->d.len ? &r->made : NULL, r->d.len ? "0123456789abcdef" : NULL};
    train(r);
    assert_int_equal(sectag_material_save_retrained(&r->m, &r->o, &r->t, "test", &lineage, path, NULL), 0);
}

static void a_new_clause_is_seen_by_the_decided_areas_only(void **state) {
    trial r;
    (void)state;
    begin(&r);
    decide(&r, "疫苗接种育种种子工作", YES, OPEN, NO, 0);
    apply(&r);
    size_t row = r.m.data.rows.len - 1;
    assert_int_equal(r.made.added, 1);
    assert_int_equal(r.m.data.added, 1);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_VACCINE), 1);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_SEED), 0);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_RARE), -1);
    train(&r);
    assert_int_equal(r.t.scored[row], 0); /* it calibrates nothing */
    end(&r);
}

/* What nobody decided must not change an area's SVM by a bit. */
static void an_undecided_area_stays_as_it_is(void **state) {
    trial plain, r;
    (void)state;
    begin(&plain);
    train(&plain);
    begin(&r);
    for (int i = 0; i < 20; i++)
        decide(&r, i % 2 ? "疫苗接种育种种子" : "接种免疫规划种子", YES, OPEN, OPEN, 0);
    apply(&r);
    train(&r);
    assert_memory_equal(plain.t.weight[SMALL_SEED], r.t.weight[SMALL_SEED],
                        plain.t.n_columns * sizeof(double));
    assert_true(memcmp(plain.t.weight[SMALL_VACCINE], r.t.weight[SMALL_VACCINE],
                       plain.t.n_columns * sizeof(double)) != 0);
    for (size_t i = 0; i < plain.t.n_rows; i++)
        assert_true(plain.t.score[i * SMALL_AREAS + SMALL_SEED] == r.t.score[i * SMALL_AREAS + SMALL_SEED]);
    end(&plain);
    end(&r);
}

static void a_repeated_clause_gets_the_decided_labels(void **state) {
    trial r;
    char text[512];
    (void)state;
    begin(&r);
    size_t row = 0;
    while (!sectag_dataset_has(&r.m.data, row, SMALL_SEED)) row++;
    sectag_text t = r.m.corpus.examples.data[row].text;
    (void)snprintf(text, sizeof text, "%.*s", (int)t.len, sectag_corpus_text(&r.m.corpus, t));
    decide(&r, text, YES, NO, OPEN, 0);
    apply(&r);
    assert_int_equal(r.made.added, 0);
    assert_int_equal(r.made.repeating, 1);
    assert_int_equal(r.made.contradicting, 2);
    assert_int_equal(r.m.data.rows.len, SMALL_ROWS);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_VACCINE), 1);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_SEED), -1);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_RARE), -1);
    assert_true(sectag_dataset_is_decided(&r.m.data, row, SMALL_SEED));
    assert_false(sectag_dataset_is_decided(&r.m.data, row, SMALL_RARE));
    end(&r);
}

static void of_two_decisions_on_one_clause_the_later_wins(void **state) {
    trial r;
    (void)state;
    begin(&r);
    decide(&r, "疫苗接种育种种子工作", YES, NO, OPEN, 0);
    decide(&r, "疫苗接种育种种子工作", NO, OPEN, OPEN, 0);
    apply(&r);
    size_t row = r.m.data.rows.len - 1;
    assert_int_equal(r.made.added, 1);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_VACCINE), -1);
    assert_int_equal(sectag_dataset_value(&r.m.data, row, SMALL_SEED), -1);
    end(&r);
}

static void held_decisions_are_not_trained_on(void **state) {
    trial plain, r;
    (void)state;
    begin(&plain);
    save(&plain, suite_path("plain"));
    begin(&r);
    decide(&r, "疫苗接种育种种子工作", YES, YES, YES, 1);
    apply(&r);
    assert_int_equal(r.made.held, 1);
    assert_int_equal(r.made.clauses, 0);
    assert_int_equal(r.m.data.rows.len, SMALL_ROWS);
    r.d.len = 0; /* no lineage: provenance as well */
    save(&r, suite_path("held"));
    assert_true(suite_same_bytes(suite_path("plain"), suite_path("held")));
    end(&plain);
    end(&r);
}

static void order_and_threads_do_not_change_a_byte(void **state) {
    static const char *const texts[] = {"疫苗接种育种种子工作", "做好批签发工作", "良种繁育与制种",
                                        "道路建设"};
    static const char *const names[] = {"one", "two"};
    (void)state;
    for (int k = 0; k < 2; k++) {
        trial r;
        begin(&r);
        r.o.jobs = k ? 3 : 1;
        for (int i = 0; i < 4; i++)
            decide(&r, texts[k ? 3 - i : i], (k ? 3 - i : i) < 2 ? YES : NO, OPEN, NO, 0);
        apply(&r);
        save(&r, suite_path(names[k]));
        end(&r);
    }
    assert_true(suite_same_bytes(suite_path("one"), suite_path("two")));
}

static void provenance_names_the_decisions_and_the_parent(void **state) {
    trial r;
    sectag_model m;
    (void)state;
    begin(&r);
    decide(&r, "疫苗接种育种种子工作", YES, OPEN, NO, 0);
    apply(&r);
    save(&r, suite_path("m"));
    assert_int_equal(sectag_model_open(&m, suite_path("m"), NULL), 0);
    assert_non_null(strstr(m.provenance, "\"parent\": \"0123456789abcdef\""));
    assert_non_null(strstr(m.provenance, "\"copies\": 2"));
    assert_non_null(strstr(m.provenance, "\"added\": 1"));
    sectag_model_release(&m);
    end(&r);
}

static void copies_are_chosen_among_those_on_offer(void **state) {
    trial r;
    (void)state;
    begin(&r);
    decide(&r, "疫苗接种育种种子工作", YES, YES, NO, 0);
    decide(&r, "良种繁育与制种", NO, YES, NO, 0);
    apply(&r);
    r.o.correction_copies = 99;
    assert_int_equal(sectag_choose_copies(&r.m, &r.o, NULL), 0);
    assert_true(r.o.correction_copies == 1 || r.o.correction_copies == 2 || r.o.correction_copies == 4 ||
                r.o.correction_copies == 8);
    end(&r);
}

/* ---- areas that only decisions know ---- */

static void open_with_new_area(trial *r) {
    char paths[4][256];
    const char *corpora[] = {paths[2]};
    (void)suite_write_text("more.tsv",
                           "sector\tarea\tzh\ten\tcore\tdefinition\nbio\troad\t道路\tRoads\tno\tRoads.\n");
    (void)snprintf(paths[0], 256, "%s/taxonomy.tsv", suite_folder);
    (void)snprintf(paths[1], 256, "%s/terms.tsv", suite_folder);
    (void)snprintf(paths[2], 256, "%s/corpus.tsv", suite_folder);
    (void)snprintf(paths[3], 256, "%s/more.tsv", suite_folder);
    sectag_material_paths p = {
        .taxonomy = paths[0], .terms = paths[1], .corpora = corpora, .n_corpora = 1, .more_areas = paths[3]};
    *r = (trial){.o = small_options()};
    r->o.solver = "liblinear";
    assert_int_equal(sectag_material_open(&r->m, &p, &r->o, NULL, NULL, NULL), 0);
    r->d.n_areas = SMALL_AREAS + 1;
}

static void a_new_area_is_trained_once_it_has_enough_clauses(void **state) {
    (void)state;
    for (int n = 9; n <= 10; n++) {
        trial r;
        open_with_new_area(&r);
        for (int i = 0; i < n; i++) {
            char text[128];
            const int8_t value[SMALL_AREAS + 1] = {0, 0, 0, 1};
            (void)snprintf(text, sizeof text, "道路建设和疫苗%.*s", 3 * (i + 1),
                           "第一二三四五六七八九十批项目工程");
            assert_int_equal(sectag_decisions_add(&r.d, text, strlen(text), NULL, value, 0), 0);
        }
        apply(&r);
        assert_int_equal(sectag_dataset_positives(&r.m.data, SMALL_AREAS), r.made.added);
        r.o.min_positives = (uint32_t)r.made.added + (n == 9);
        train(&r);
        assert_int_equal(r.t.area[SMALL_AREAS].trained, n == 10);
        assert_true(r.t.area[SMALL_VACCINE].trained);
        end(&r);
    }
}

/* ---- tables ---- */

static void a_table_is_read(void **state) {
    trial r;
    (void)state;
    begin(&r);
    const char *path = suite_write_text(
        "d.tsv", "text\tlabels\tadd\tremove\tdoc\theld\n"
                 "甲\tvaccine\t\t\tx.pdf\t0\n乙\t-\t\t\t-\t1\n丙\t\tseed\tvaccine,rare\t\t\n");
    assert_int_equal(sectag_decisions_read(&r.d, &r.m.taxonomy, path, NULL), 0);
    static const int8_t expected[3][SMALL_AREAS] = {{1, -1, -1}, {-1, -1, -1}, {-1, 1, -1}};
    assert_int_equal(r.d.len, 3);
    for (size_t i = 0; i < 3; i++) assert_memory_equal(r.d.data[i].value, expected[i], SMALL_AREAS);
    assert_string_equal(r.d.data[0].doc, "x.pdf");
    assert_null(r.d.data[1].doc);
    assert_true(r.d.data[1].held && !r.d.data[2].held);
    assert_string_equal(r.d.data[2].text, "丙");
    end(&r);
}

static void bad_tables_are_refused_by_line(void **state) {
    static const char *const tables[] = {"text\tadd\n甲\tvacine\n", "text\tadd\n\tseed\n",
                                         "text\tadd\n甲\t\n", "text\tadd\tremove\n甲\tseed\tseed\n"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        trial r;
        sectag_err err = {0};
        begin(&r);
        assert_int_equal(
            sectag_decisions_read(&r.d, &r.m.taxonomy, suite_write_text("bad.tsv", tables[i]), &err),
            SECTAG_EDATA);
        assert_int_equal(err.line, 2);
        end(&r);
    }
}

static void many_decisions_keep_their_texts(void **state) {
    trial r;
    char text[32];
    (void)state;
    begin(&r);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "clause %d", i);
        decide(&r, text, i % 3 == 0 ? YES : NO, OPEN, OPEN, i % 2);
    }
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "clause %d", i);
        assert_string_equal(r.d.data[i].text, text);
        assert_string_equal(r.d.data[i].doc, "new.txt");
        assert_int_equal(r.d.data[i].value[0], i % 3 == 0 ? YES : NO);
    }
    end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_clause_is_seen_by_the_decided_areas_only),
        cmocka_unit_test(an_undecided_area_stays_as_it_is),
        cmocka_unit_test(a_repeated_clause_gets_the_decided_labels),
        cmocka_unit_test(of_two_decisions_on_one_clause_the_later_wins),
        cmocka_unit_test(held_decisions_are_not_trained_on),
        cmocka_unit_test(order_and_threads_do_not_change_a_byte),
        cmocka_unit_test(provenance_names_the_decisions_and_the_parent),
        cmocka_unit_test(copies_are_chosen_among_those_on_offer),
        cmocka_unit_test(a_new_area_is_trained_once_it_has_enough_clauses),
        cmocka_unit_test(a_table_is_read),
        cmocka_unit_test(bad_tables_are_refused_by_line),
        cmocka_unit_test(many_decisions_keep_their_texts),
    };
    return cmocka_run_group_tests(tests, make, suite_folder_remove);
}
