/* The shipped form of a dataset: out and in again without loss; damaged files refused by name. */
#include "tests/training/small_corpus.h"

#include <sys/stat.h>
#include <zstd.h>

static sectag_material made;
static sectag_train_options options;

static int make(void **state) {
    if (suite_folder_make(state)) return -1;
    small_write("-\tdoc14\tr1\tzh\tpolicy\t，。\n"); /* a clause without any feature */
    options = small_options();
    small_open(&made, NULL, &options);
    return mkdir(suite_path("v"), 0700) || sectag_material_save_vectors(&made, suite_path("v"), NULL);
}

static int clean(void **state) {
    sectag_material_release(&made);
    return suite_folder_remove(state);
}

static int load(sectag_dataset *d, const char *dir, sectag_err *err) {
    sectag_vocab_builder *b = sectag_vocab_builder_new();
    sectag_dataset_init(d);
    int rc = sectag_dataset_load(d, SMALL_AREAS, &made.terms, b, dir, err);
    sectag_vocab_builder_free(b);
    return rc;
}

static void assert_same_text(const sectag_dataset *a, sectag_text x, const sectag_dataset *b, sectag_text y) {
    assert_int_equal(x.len, y.len);
    if (x.len) assert_memory_equal(a->strings.data + x.off, b->strings.data + y.off, x.len);
}

static void what_was_saved_is_loaded(void **state) {
    sectag_dataset d;
    const sectag_dataset *m = &made.data;
    (void)state;
    assert_int_equal(load(&d, suite_path("v"), NULL), 0);
    assert_int_equal(d.rows.len, SMALL_ROWS + 1);
    assert_int_equal(d.rows.len, m->rows.len);
    assert_int_equal(d.n_grams, m->n_grams);
    assert_int_equal(d.n_columns, m->n_columns);
    assert_int_equal(d.docs.n, m->docs.n);
    assert_int_equal(d.counts.len, m->counts.len);
    assert_memory_equal(d.counts.data, m->counts.data, d.counts.len * sizeof *d.counts.data);
    assert_memory_equal(d.off.data, m->off.data, d.off.len * sizeof *d.off.data);
    for (size_t i = 0; i < d.rows.len; i++) {
        const sectag_row *a = &d.rows.data[i], *b = &m->rows.data[i];
        assert_int_equal(a->doc_number, b->doc_number);
        assert_same_text(&d, a->id, m, b->id);
        assert_same_text(&d, a->doc, m, b->doc);
        assert_same_text(&d, a->lang, m, b->lang);
        assert_same_text(&d, a->reg, m, b->reg);
        for (size_t area = 0; area < SMALL_AREAS; area++)
            assert_int_equal(sectag_dataset_has(&d, i, area), sectag_dataset_has(m, i, area));
    }
    sectag_dataset_release(&d);
}

static void a_row_holds_ascending_columns(void **state) {
    const sectag_dataset *m = &made.data;
    (void)state;
    for (size_t i = 0; i < m->rows.len; i++)
        for (size_t k = m->off.data[i]; k < m->off.data[i + 1]; k++) {
            assert_true(m->counts.data[k].column < m->n_columns && m->counts.data[k].count > 0);
            assert_true(k == m->off.data[i] || m->counts.data[k].column > m->counts.data[k - 1].column);
        }
    assert_int_equal(m->docs.n, SMALL_DOCS); /* doc14 comes back behind rows without a document */
}

static void equal_datasets_give_equal_bytes(void **state) {
    static const char *const names[] = {"vectors.svm.zst", "vocab.tsv.zst", "clauses.tsv.zst", "sources.tsv"};
    (void)state;
    assert_int_equal(mkdir(suite_path("w"), 0700), 0);
    assert_int_equal(sectag_material_save_vectors(&made, suite_path("w"), NULL), 0);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char a[64], b[64];
        (void)snprintf(a, sizeof a, "v/%s", names[i]);
        (void)snprintf(b, sizeof b, "w/%s", names[i]);
        assert_true(suite_same_bytes(suite_path(a), suite_path(b)));
    }
}

static void weighed_rows_are_those_of_the_encoder(void **state) {
    sectag_matrix x;
    sectag_encoder e;
    (void)state;
    sectag_matrix_init(&x);
    assert_int_equal(sectag_dataset_weigh(&made.data, &options.vector, &made.vocab, &x, NULL), 0);
    assert_int_equal(x.cols, made.data.n_columns);
    assert_int_equal(x.rows, made.data.rows.len);
    assert_int_equal(sectag_encoder_init(&e, &made.vocab, &made.terms, &options.vector, NULL), 0);
    double *dense = calloc(x.cols, sizeof *dense);
    for (size_t i = 0; i < x.rows; i++) {
        sectag_text t = made.corpus.examples.data[i].text;
        double square = 0, both = 0;
        assert_int_equal(sectag_encode(&e, sectag_corpus_text(&made.corpus, t), t.len, NULL), 0);
        for (size_t k = 0; k < e.counts.len; k++) {
            dense[e.counts.data[k].column] = (double)e.value[k];
            square += (double)e.value[k] * (double)e.value[k];
        }
        both = sectag_matrix_dot(&x, i, dense);
        assert_true(both - square < 1e-5 && square - both < 1e-5);
        for (size_t k = 0; k < e.counts.len; k++) dense[e.counts.data[k].column] = 0;
    }
    free(dense);
    sectag_encoder_release(&e);
    sectag_matrix_release(&x);
}

/* ---- damage ---- */

static void save_packed(const char *name, const char *text) {
    char packed[4096];
    size_t len = ZSTD_compress(packed, sizeof packed, text, strlen(text), 1);
    assert_false(ZSTD_isError(len));
    (void)suite_write(name, packed, len);
}

/* A folder of three files as given; NULL: a good one. The error names the file and line. */
static void assert_refused(const char *vectors, const char *vocab, const char *clauses, const char *file,
                           uint64_t line) {
    sectag_dataset d;
    sectag_err err = {0};
    save_packed("d/vectors.svm.zst", vectors ? vectors : "0,2 1:1 3:2\n 2:1\n");
    save_packed("d/vocab.tsv.zst", vocab ? vocab : "ngram\tdf\na\t1\nb\t2\nc\t1\n");
    save_packed("d/clauses.tsv.zst",
                clauses ? clauses : "id\tdoc\tlang\tregister\nx\td\tzh\tp\ny\t-\t-\t-\n");
    int rc = load(&d, suite_path("d"), &err);
    sectag_dataset_release(&d);
    assert_int_equal(rc, file ? SECTAG_EDATA : 0);
    if (!file) return;
    if (!strstr(err.file, file) || err.line != line) fail_msg("%s:%d: %s", err.file, (int)err.line, err.msg);
}

static void damaged_files_are_named_by_line(void **state) {
    static const char *const vectors[] = {"0 1:1\n3 1:1\n",     "0 1:1\n0 0:1\n",  "0 1:1\n0 2:1 2:1\n",
                                          "0 1:1\n0 2:1 1:1\n", "0 1:1\n0 99:1\n", "0 1:1\n0 1:0\n",
                                          "0 1:1\n0 1\n",       "0 1:1\nx\n",      "0 1:1\n0 1:99999999999\n",
                                          "0 1:1\n-1 1:1\n"};
    static const char *const vocabs[] = {"ngram\tdf\na\t1\nb\n", "ngram\tdf\na\t1\nb\tx\n",
                                         "ngram\tdf\na\t1\na\t1\n", "ngram\tdf\na\t1\n\t1\n",
                                         "ngram\tdf\nb\t1\na\t1\n"};
    (void)state;
    assert_int_equal(mkdir(suite_path("d"), 0700), 0);
    assert_refused(NULL, NULL, NULL, NULL, 0);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) assert_refused(vectors[i], NULL, NULL, "vectors.svm", 2);
    for (size_t i = 0; i < COUNT_OF(vocabs); i++) assert_refused(NULL, vocabs[i], NULL, "vocab.tsv", 3);
    assert_refused(NULL, "a\t1\n", NULL, "vocab.tsv", 1);
    assert_refused(NULL, NULL, "id\tdoc\tlang\tregister\nx\td\tzh\tp\n", "clauses.tsv", 2);
    assert_refused(NULL, NULL, "id\tdoc\tlang\tregister\nx\td\tzh\tp\ny\td\tzh\n", "clauses.tsv", 3);
    assert_refused(NULL, NULL, "h\nx\td\tzh\tp\ny\td\tzh\tp\nz\td\tzh\tp\n", "clauses.tsv", 4);
}

static void truncated_files_are_refused(void **state) {
    sectag_file f;
    sectag_err err = {0};
    sectag_dataset d;
    (void)state;
    assert_int_equal(sectag_file_open(&f, suite_path("v/vectors.svm.zst"), NULL), 0);
    char *copy = malloc(f.len);
    size_t whole = f.len;
    memcpy(copy, f.data, whole);
    sectag_file_release(&f);
    for (size_t len = 0; len < whole; len += 1 + whole / 100) {
        (void)suite_write("v/vectors.svm.zst", copy, len);
        assert_int_equal(load(&d, suite_path("v"), &err), SECTAG_EDATA);
        sectag_dataset_release(&d);
    }
    (void)suite_write("v/vectors.svm.zst", copy, whole);
    free(copy);
    assert_int_equal(load(&d, suite_path("none"), &err), SECTAG_EIO);
    sectag_dataset_release(&d);
}

/* JSON may hold what a line of a table cannot. */
static void names_with_tabs_and_line_breaks_survive(void **state) {
    const char *corpora[] = {suite_write_text("odd.jsonl",
                                              "{\"text\":\"疫苗\",\"labels\":\"-\",\"id\":\"a\\tb\",\"doc\":"
                                              "\"c\\nd\"}\n{\"text\":\"疫苗\",\"labels\":\"-\"}\n")};
    char taxonomy[256], dir[256];
    sectag_material m;
    sectag_dataset d;
    (void)state;
    (void)snprintf(taxonomy, sizeof taxonomy, "%s", suite_path("taxonomy.tsv"));
    (void)snprintf(dir, sizeof dir, "%s", suite_path("odd"));
    sectag_material_paths paths = {.taxonomy = taxonomy, .corpora = corpora, .n_corpora = 1};
    sectag_train_options o = small_options();
    assert_int_equal(sectag_material_open(&m, &paths, &o, NULL, NULL, NULL), 0);
    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(sectag_material_save_vectors(&m, dir, NULL), 0);
    assert_int_equal(load(&d, dir, NULL), 0);
    assert_int_equal(d.rows.len, 2);
    sectag_dataset_release(&d);
    sectag_material_release(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_is_loaded),
        cmocka_unit_test(a_row_holds_ascending_columns),
        cmocka_unit_test(equal_datasets_give_equal_bytes),
        cmocka_unit_test(weighed_rows_are_those_of_the_encoder),
        cmocka_unit_test(damaged_files_are_named_by_line),
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(names_with_tabs_and_line_breaks_survive),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
