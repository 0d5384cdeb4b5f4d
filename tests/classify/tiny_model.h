/* tiny_model.h: a model small enough to check by hand: four areas, a dozen n-grams, a few terms, weights
 * chosen here. For tests of what stands on a model; nothing is trained. */
#ifndef TESTS_TINY_MODEL_H
#define TESTS_TINY_MODEL_H

#include "models/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TINY_VACCINE, TINY_ANTIBODY, TINY_SEED, TINY_UNTRAINED, TINY_AREAS };

/* n-gram, and its weight in vaccine, antibody, seed-breeding. */
static const struct tiny_gram {
    const char *text;
    double weight[3];
} tiny_grams[] = {
    {"疫苗", {2.5, -0.2, 0}},    {"疫", {1.0, 0, 0}},           {"苗", {0.6, 0, 0.4}},
    {"接种", {1.2, 0, -0.1}},    {"抗体", {0.1, 2.6, 0}},       {"单抗", {0, 2.2, 0}},
    {"检测", {-0.3, -0.9, 0}},   {"育种", {-0.2, 0, 2.4}},      {"种子", {0, 0, 1.8}},
    {"基金", {0, 0, -1.5}},      {"_vaccine_", {2.0, 0, 0}},    {"vac", {0.7, 0, 0}},
    {"_antibody_", {0, 2.0, 0}}, {"anti", {0, 0.8, 0}},         {"_seed_", {0, 0, 1.9}},
    {"ine_", {0.3, 0.05, 0}},    {"的", {-0.05, -0.05, -0.05}}, {"研发", {0.05, 0.1, -0.02}},
};
enum { TINY_GRAMS = sizeof tiny_grams / sizeof tiny_grams[0] };

static const struct tiny_term {
    int group, grade;
    const char *text;
} tiny_terms[] = {
    {TINY_VACCINE, SECTAG_TERM_STRONG, "疫苗"},  {TINY_VACCINE, SECTAG_TERM_WEAK, "批签发"},
    {TINY_ANTIBODY, SECTAG_TERM_STRONG, "抗体"}, {TINY_ANTIBODY, SECTAG_TERM_NOT, "抗体检测"},
    {TINY_SEED, SECTAG_TERM_STRONG, "育种"},     {TINY_SEED, SECTAG_TERM_NOT, "种子基金"},
};

static inline int tiny_taxonomy(sectag_taxonomy *t) {
    static const sectag_area areas[TINY_AREAS] = {
        {"biopharma", "vaccine", "疫苗", "Vaccines", "Vaccines.", 1},
        {"biopharma", "antibody", "抗体药物", "Antibody drugs", "Antibodies.", 1},
        {"bioagriculture", "seed-breeding", "育种与种业", "Seeds & breeding", "Seeds.", 1},
        {"devices", "tcm-device", "中医诊疗设备", "Chinese medicine devices", "Devices.", 0},
    };
    memset(t, 0, sizeof *t);
    for (int i = 0; i < TINY_AREAS; i++)
        if (sectag_taxonomy_add(t, &areas[i])) return -1;
    return 0;
}

static inline int tiny_vocab(sectag_vocab_builder *b, sectag_vocab *v) {
    for (int i = 0; i < TINY_GRAMS; i++)
        if (sectag_vocab_add_text(b, tiny_grams[i].text, strlen(tiny_grams[i].text), 10u + (uint32_t)i, NULL))
            return -1;
    return sectag_vocab_freeze(b, 1, v, NULL);
}

static inline int tiny_term_list(sectag_terms_builder *b, sectag_terms *t) {
    for (size_t i = 0; i < sizeof tiny_terms / sizeof tiny_terms[0]; i++)
        if (sectag_terms_add(b, (size_t)tiny_terms[i].group, tiny_terms[i].grade, tiny_terms[i].text,
                             strlen(tiny_terms[i].text), NULL))
            return -1;
    return sectag_terms_freeze(b, t, NULL);
}

/* The weights by column: the frozen vocabulary has its own order. */
static inline void tiny_weights(const sectag_vocab *v, const sectag_terms *t, double *rows[3]) {
    for (int i = 0; i < TINY_GRAMS; i++) {
        uint32_t column =
            sectag_vocab_find(v, sectag_ngram_key(tiny_grams[i].text, strlen(tiny_grams[i].text)));
        for (int a = 0; a < 3; a++) rows[a][column] = tiny_grams[i].weight[a];
    }
    for (uint32_t i = 0; i < t->n_terms; i++) /* each term by itself */
        if (t->term[i].group < 3) rows[t->term[i].group][v->n + 2u * TINY_AREAS + i] = 0.5 + 0.1 * i;
    for (int a = 0; a < 3; a++) { /* each area's own terms, and a little against the neighbour's */
        rows[a][v->n + 2u * (unsigned)a + SECTAG_TERM_WEAK] = 1.5;
        rows[a][v->n + 2u * (unsigned)a + SECTAG_TERM_STRONG] = 3.0;
        rows[a][v->n + 2u * (unsigned)((a + 1) % 3) + SECTAG_TERM_STRONG] = -0.4;
    }
}

/* Writes the model with that bias of its areas. Returns 0 or -1. */
static inline int tiny_model_save_as(const char *path, double bias) {
    static const char *const groups[TINY_AREAS] = {"vaccine", "antibody", "seed-breeding", "tcm-device"};
    sectag_vector_options options = SECTAG_VECTOR_DEFAULTS;
    sectag_vocab_builder *vb = sectag_vocab_builder_new();
    sectag_terms_builder *tb = sectag_terms_builder_new(groups, TINY_AREAS);
    sectag_taxonomy taxonomy = {0};
    sectag_vocab vocab;
    sectag_terms terms;
    sectag_area_model area[TINY_AREAS] = {{0}};
    double *rows[TINY_AREAS] = {0};
    int rc = -1;
    options.clauses = 1000;
    options.term_weight = 0.25f;
    options.single_weight = 0.1f;
    if (!vb || !tb || tiny_taxonomy(&taxonomy) || tiny_vocab(vb, &vocab) || tiny_term_list(tb, &terms))
        goto cleanup;
    size_t columns = sectag_vector_columns(vocab.n, &terms);
    for (int a = 0; a < 3; a++) {
        rows[a] = calloc(columns, sizeof **rows);
        if (!rows[a]) goto cleanup;
        area[a] = (sectag_area_model){.bias = (float)bias,
                                      .threshold = 0.5,
                                      .accept = 0.9,
                                      .positives = 100u + (uint32_t)a,
                                      .trained = 1,
                                      .calibration = {.kind = SECTAG_CALIBRATION_PLATT, .a = -3.0, .b = 0.0}};
    }
    area[TINY_UNTRAINED] = (sectag_area_model){.threshold = 1,
                                               .accept = 1,
                                               .positives = 2,
                                               .calibration = {.kind = SECTAG_CALIBRATION_PLATT, .a = -1.0}};
    tiny_weights(&vocab, &terms, rows);
    sectag_model_parts parts = {.options = &options,
                                .vocab = &vocab,
                                .terms = &terms,
                                .taxonomy = &taxonomy,
                                .area = area,
                                .weight = (const double *const *)rows,
                                .n_columns = columns,
                                .provenance = "{\"made\":\"by hand\",\"version\":\"0.1.0\"}"};
    rc = sectag_model_save(&parts, path, NULL);
cleanup:
    for (int a = 0; a < 3; a++) free(rows[a]);
    sectag_taxonomy_release(&taxonomy);
    sectag_vocab_builder_free(vb);
    sectag_terms_builder_free(tb);
    return rc ? -1 : 0;
}

static inline int tiny_model_save(const char *path) {
    return tiny_model_save_as(path, -1.0);
}

/* Writes the model to a temporary file, opens and indexes it; the file is gone at once. Returns 0 or -1. */
static inline int tiny_model_open(sectag_model *m) {
    char path[] = "/tmp/sectag-tiny-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) return -1;
    (void)close(fd);
    int rc = tiny_model_save(path);
    if (!rc) rc = sectag_model_open(m, path, NULL);
    if (!rc) rc = sectag_model_index(m, NULL);
    (void)unlink(path);
    return rc;
}

#endif
