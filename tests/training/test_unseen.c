/* Out-of-fold probabilities of labelled clauses: of trainings that have not seen the clause. */
#include "tests/training/small_corpus.h"

#include "training/decision_table.h"
#include "training/unseen.h"

enum { NEW = 6 };

static int make(void **state) {
    if (suite_folder_make(state)) return -1;
    small_write("");
    return 0;
}

/* Six clauses of vaccines, of which the last is labelled as none. */
static void add_clauses(sectag_decisions *d) {
    static const char *const words[NEW] = {"甲乡完成疫苗接种", "批签发与佐剂生产", "免疫规划疫苗采购",
                                           "接种单位管理办法", "佐剂平台和疫苗",   "疫苗接种与批签发"};
    for (int i = 0; i < NEW; i++) {
        int8_t value[SMALL_AREAS] = {-1, -1, -1};
        if (i < NEW - 1) value[SMALL_VACCINE] = 1;
        assert_int_equal(sectag_decisions_add(d, words[i], strlen(words[i]), NULL, value, 0), 0);
    }
}

static void a_wrong_label_is_not_learnt_before_it_is_judged(void **state) {
    sectag_material m;
    sectag_train_options o = small_options();
    sectag_decisions d = {.n_areas = SMALL_AREAS};
    double p[NEW * SMALL_AREAS] = {0};
    uint8_t known[NEW];
    (void)state;
    small_open(&m, NULL, &o);
    add_clauses(&d);
    assert_int_equal(sectag_unseen(&m, &d, &o, p, known, NULL, NULL, NULL), 0);
    for (int i = 0; i < NEW; i++) assert_int_equal(known[i], 1);
    assert_true(p[(NEW - 1) * SMALL_AREAS + SMALL_VACCINE] > 0.5); /* whatever its label says */
    assert_true(p[(NEW - 1) * SMALL_AREAS + SMALL_SEED] < 0.5);
    sectag_decisions_release(&d);
    sectag_material_release(&m);
}

/* A sentence of the corpus that is of no document is in every fold's training. */
static void what_every_fold_has_seen_is_not_known(void **state) {
    sectag_material m;
    sectag_train_options o = small_options();
    sectag_decisions d = {.n_areas = SMALL_AREAS};
    double p[2 * SMALL_AREAS] = {0};
    uint8_t known[2] = {2, 2};
    const int8_t value[SMALL_AREAS] = {-1, -1, -1};
    (void)state;
    small_open(&m, NULL, &o);
    size_t own = m.corpus.examples.len - 1, of_doc = 0;
    const sectag_example *e = m.corpus.examples.data;
    assert_int_equal(e[own].doc.len, 0);
    assert_true(e[of_doc].doc.len > 0);
    for (int k = 0; k < 2; k++) {
        const sectag_example *x = &e[k ? own : of_doc];
        assert_int_equal(sectag_decisions_add(&d, sectag_corpus_text(&m.corpus, x->text), x->text.len, NULL, value, 0), 0);
    }
    assert_int_equal(sectag_unseen(&m, &d, &o, p, known, NULL, NULL, NULL), 0);
    assert_int_equal(known[0], 1);
    assert_int_equal(known[1], 0);
    sectag_decisions_release(&d);
    sectag_material_release(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_label_is_not_learnt_before_it_is_judged),
        cmocka_unit_test(what_every_fold_has_seen_is_not_known),
    };
    return cmocka_run_group_tests(tests, make, suite_folder_remove);
}
