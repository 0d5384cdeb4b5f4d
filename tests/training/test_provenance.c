/* Provenance and the model card: JSON that says what was done, and a page that says the same. */
#include "tests/training/small_corpus.h"

#include "training/provenance.h"

#include <jansson.h>

static sectag_material m;
static sectag_train_options options;
static sectag_trained trained;
static sectag_buf written;
static json_t *card;

static int write_json(sectag_buf *out, const char *search) {
    sectag_provenance p = {.version = "9.8.7",
                           .taxonomy = &m.taxonomy,
                           .data = &m.data,
                           .vocab = &m.vocab,
                           .terms = &m.terms,
                           .options = &options,
                           .trained = &trained,
                           .sources = m.sources.data,
                           .n_sources = m.sources.len,
                           .search = search};
    return sectag_provenance_write(&p, out, NULL);
}

static int make(void **state) {
    if (suite_folder_make(state)) return -1;
    small_write("");
    options = small_options();
    small_open(&m, NULL, &options);
    if (sectag_train(&m.data, &m.vocab, &options, &trained, NULL, NULL, NULL) || write_json(&written, NULL))
        return -1;
    card = json_loads(written.data, JSON_REJECT_DUPLICATES, NULL);
    return card ? 0 : -1;
}

static int clean(void **state) {
    json_decref(card);
    sectag_buf_release(&written);
    sectag_trained_release(&trained);
    sectag_material_release(&m);
    return suite_folder_remove(state);
}

static double figure(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value)) fail_msg("no figure \"%s\"", key);
    return json_number_value(value);
}

static void counts_and_sources_are_those_of_the_material(void **state) {
    const json_t *counts = json_object_get(card, "counts"),
                 *source = json_array_get(json_object_get(card, "sources"), 0);
    (void)state;
    assert_string_equal(json_string_value(json_object_get(card, "sectag")), "9.8.7");
    assert_true(figure(counts, "clauses") > SMALL_ROWS - 0.5 && figure(counts, "clauses") < SMALL_ROWS + 0.5);
    assert_int_equal((int)figure(counts, "clauses_of_documents"), SMALL_DOCS * SMALL_DOC_ROWS);
    assert_int_equal((int)figure(counts, "documents"), SMALL_DOCS);
    assert_int_equal((int)figure(counts, "ngrams"), m.vocab.n);
    assert_int_equal((int)figure(counts, "terms"), 5);
    assert_string_equal(json_string_value(json_object_get(source, "name")), "corpus.tsv");
    assert_int_equal((int)figure(source, "clauses"), SMALL_ROWS);
    assert_int_equal(strlen(json_string_value(json_object_get(source, "xxh3"))), 16);
}

static void options_are_written(void **state) {
    const json_t *o = json_object_get(card, "options");
    (void)state;
    assert_string_equal(json_string_value(json_object_get(o, "solver")), "libsvm");
    assert_string_equal(json_string_value(json_object_get(o, "threshold")), "global-macro");
    assert_int_equal((int)figure(o, "folds"), 3);
    assert_int_equal((int)figure(o, "min_df"), 2);
    assert_true(json_is_true(json_object_get(o, "sublinear_tf")));
}

static void an_interval_holds_its_value(const json_t *object, const char *key) {
    const json_t *i = json_object_get(object, key);
    assert_int_equal(json_array_size(i), 3);
    double value = json_number_value(json_array_get(i, 0)), low = json_number_value(json_array_get(i, 1)),
           high = json_number_value(json_array_get(i, 2));
    assert_true(0 <= low && low <= high && high <= 1 && value >= low - 0.2 && value <= high + 0.2);
}

static void every_area_has_its_figures(void **state) {
    static const char *const codes[] = {"vaccine", "seed", "rare"};
    const json_t *areas = json_object_get(json_object_get(card, "out_of_fold"), "areas");
    (void)state;
    assert_int_equal(json_object_size(areas), SMALL_AREAS);
    for (size_t a = 0; a < COUNT_OF(codes); a++) {
        const json_t *x = json_object_get(areas, codes[a]);
        assert_int_equal(json_is_true(json_object_get(x, "trained")), a != SMALL_RARE);
        assert_int_equal((int)figure(x, "positives"), trained.positives[a]);
        if (a == SMALL_RARE) continue;
        an_interval_holds_its_value(x, "precision");
        an_interval_holds_its_value(x, "recall");
        an_interval_holds_its_value(x, "f1");
        an_interval_holds_its_value(x, "ap");
        assert_true(figure(x, "both") <= figure(x, "gold") && figure(x, "both") <= figure(x, "tagged"));
        assert_true(figure(x, "threshold") <= figure(x, "accept"));
    }
}

static void equal_trainings_have_equal_provenance_without_paths(void **state) {
    sectag_buf again = {0};
    (void)state;
    assert_int_equal(write_json(&again, NULL), 0);
    assert_string_equal(again.data, written.data);
    assert_null(strstr(again.data, suite_folder));
    sectag_buf_release(&again);
}

static void a_search_is_kept(void **state) {
    sectag_buf out = {0};
    (void)state;
    assert_null(json_object_get(card, "search"));
    assert_int_equal(write_json(&out, "[{\"option\":\"c\",\"value\":2,\"objective\":0.5}]"), 0);
    json_t *object = json_loads(out.data, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(object, "search")), 1);
    json_decref(object);
    sectag_buf_release(&out);
}

static void out_of_fold_rows_are_the_documents(void **state) {
    sectag_oof o;
    (void)state;
    assert_int_equal(sectag_oof_collect(&m.data, &trained, &o, NULL), 0);
    assert_int_equal(o.n, SMALL_DOCS * SMALL_DOC_ROWS);
    for (size_t i = 0; i < o.n; i++)
        for (size_t a = 0; a < SMALL_AREAS; a++) {
            assert_int_equal(o.gold[i * SMALL_AREAS + a], sectag_dataset_has(&m.data, o.row[i], a));
            assert_true(!o.tag[i * SMALL_AREAS + a] || a != SMALL_RARE);
        }
    sectag_oof_release(&o);
}

/* ---- the card ---- */

static void assert_says(const sectag_buf *page, const char *format, double value) {
    char text[64];
    (void)snprintf(text, sizeof text, format, value);
    if (!strstr(page->data, text)) fail_msg("the card does not say \"%s\"", text);
}

static void the_card_has_the_figures(void **state) {
    sectag_buf page = {0};
    const json_t *oof = json_object_get(card, "out_of_fold"),
                 *seed = json_object_get(json_object_get(oof, "areas"), "seed");
    (void)state;
    assert_int_equal(
        sectag_card_write(written.data, written.len, &m.taxonomy, "0123456789abcdef", &page, NULL), 0);
    assert_non_null(strstr(page.data, "# Model card: 0123456789abcdef"));
    assert_non_null(strstr(page.data, "corpus.tsv"));
    assert_non_null(strstr(page.data, "| `rare` | 3 | left out"));
    assert_non_null(strstr(page.data, "`vaccine` ★"));
    assert_says(&page, "%.0f labelled clauses", SMALL_ROWS);
    assert_says(&page, "%.3f (", json_number_value(json_array_get(json_object_get(seed, "f1"), 0)));
    assert_says(&page, "%.3f (", json_number_value(json_array_get(json_object_get(oof, "micro_f1"), 0)));
    assert_says(&page, "| %.4f |", figure(oof, "mean_ece"));
    assert_null(strstr(page.data, "(null)"));
    sectag_buf_release(&page);
}

static void what_is_no_provenance_makes_no_card(void **state) {
    static const char *const texts[] = {"", "{", "[]", "{}", "{\"made\":\"by hand\"}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        sectag_buf page = {0};
        assert_int_equal(sectag_card_write(texts[i], strlen(texts[i]), &m.taxonomy, "x", &page, NULL),
                         SECTAG_EMODEL);
        sectag_buf_release(&page);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_sources_are_those_of_the_material),
        cmocka_unit_test(options_are_written),
        cmocka_unit_test(every_area_has_its_figures),
        cmocka_unit_test(equal_trainings_have_equal_provenance_without_paths),
        cmocka_unit_test(a_search_is_kept),
        cmocka_unit_test(out_of_fold_rows_are_the_documents),
        cmocka_unit_test(the_card_has_the_figures),
        cmocka_unit_test(what_is_no_provenance_makes_no_card),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
