/* small_corpus.h: a corpus made by a seed, small enough to train on in a moment: two areas with words of
 * their own, one area with three clauses, documents and sentences of their own. Needs suite.h's folder. */
#ifndef TESTS_SMALL_CORPUS_H
#define TESTS_SMALL_CORPUS_H

#include "tests/suite.h"

#include "features/buf.h"
#include "training/material.h"
#include "training/random.h"

enum {
    SMALL_VACCINE,
    SMALL_SEED,
    SMALL_RARE,
    SMALL_AREAS,
    SMALL_DOCS = 15,
    SMALL_DOC_ROWS = 12,
    SMALL_OWN = 60
};
enum { SMALL_ROWS = SMALL_DOCS * SMALL_DOC_ROWS + SMALL_OWN };

static const char small_taxonomy[] = "sector\tarea\tzh\ten\tcore\tdefinition\n"
                                     "bio\tvaccine\t疫苗\tVaccines\tyes\tVaccines.\n"
                                     "agri\tseed\t种业\tSeeds\tno\tSeeds.\n"
                                     "agri\trare\t罕见\tRare\tno\tHardly any.\n";

static const char small_terms[] = "area\tgrade\tterm\nvaccine\tstrong\t疫苗\nvaccine\tweak\t接种\n"
                                  "seed\tstrong\t育种\nseed\tnot\t种子基金\nseed\tweak\t种子\n";

static const char *const small_words[2][5] = {{"疫苗", "接种", "佐剂", "批签发", "免疫规划"},
                                              {"育种", "种子", "制种", "良种", "种质资源"}};

/* A sentence of twelve characters drawn from 800, so that no two are alike. */
static inline void small_filler(sectag_random *r, sectag_buf *out) {
    for (int i = 0; i < 12; i++) {
        char bytes[4] = {(char)0xE6, 0, 0, 0};
        uint64_t pick = sectag_random_below(r, 800);
        bytes[1] = (char)(0x80 + pick / 64);
        bytes[2] = (char)(0x80 + pick % 64);
        assert_int_equal(sectag_buf_add(out, bytes, 3), 0);
    }
}

static inline void small_row(sectag_random *r, int i, sectag_buf *out) {
    int area = (int)sectag_random_below(r, 4), rare = i % 80 == 5;
    assert_int_equal(sectag_buf_addf(out, "%s\t",
                                     rare        ? "rare"
                                     : area == 0 ? "vaccine"
                                     : area == 1 ? "seed"
                                                 : "-"),
                     0);
    if (i < SMALL_DOCS * SMALL_DOC_ROWS)
        assert_int_equal(sectag_buf_addf(out, "doc%d\t", i / SMALL_DOC_ROWS), 0);
    else
        assert_int_equal(sectag_buf_adds(out, "-\t"), 0);
    assert_int_equal(sectag_buf_addf(out, "r%d\tzh\tpolicy\t", i), 0);
    small_filler(r, out);
    if (!rare && area < 2)
        assert_int_equal(sectag_buf_adds(out, small_words[area][sectag_random_below(r, 5)]), 0);
    small_filler(r, out);
    assert_int_equal(sectag_buf_adds(out, "\n"), 0);
}

/* Writes taxonomy.tsv, terms.tsv and corpus.tsv into the folder; `more` are further lines of the corpus. */
static inline void small_write(const char *more) {
    sectag_random r;
    sectag_buf text = {0};
    sectag_random_init(&r, 20);
    assert_int_equal(sectag_buf_adds(&text, "labels\tdoc\tid\tlang\tregister\ttext\n"), 0);
    for (int i = 0; i < SMALL_ROWS; i++) small_row(&r, i, &text);
    assert_int_equal(sectag_buf_adds(&text, more), 0);
    (void)suite_write("corpus.tsv", text.data, text.len);
    (void)suite_write_text("taxonomy.tsv", small_taxonomy);
    (void)suite_write_text("terms.tsv", small_terms);
    sectag_buf_release(&text);
}

static inline sectag_train_options small_options(void) {
    sectag_train_options o = SECTAG_TRAIN_DEFAULTS;
    o.vector.min_df = 2;
    o.folds = 3;
    return o;
}

/* Opens what small_write wrote: the corpus, or the vectors in `vectors` when that is not NULL. */
static inline void small_open(sectag_material *m, const char *vectors, sectag_train_options *o) {
    const char *corpora[] = {suite_path("corpus.tsv")};
    char taxonomy[256], terms[256];
    sectag_err err = {0};
    (void)snprintf(taxonomy, sizeof taxonomy, "%s/taxonomy.tsv", suite_folder);
    (void)snprintf(terms, sizeof terms, "%s/terms.tsv", suite_folder);
    sectag_material_paths paths = {
        .taxonomy = taxonomy, .terms = terms, .corpora = corpora, .n_corpora = vectors ? 0 : 1, .vectors = vectors};
    if (sectag_material_open(m, &paths, o, NULL, NULL, &err)) fail_msg("%s: %s", err.file, err.msg);
}

#endif
