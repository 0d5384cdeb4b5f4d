/* make_model.c: a model of any size, with pseudo-random weights, to see how time and memory grow.
 *
 *   bench_make_model AREAS OUT < NGRAMS
 *
 * NGRAMS has one n-gram a line (without repeats; the bench gives them prefix-closed). Every area has a weight
 * for each of them, a bias that tags about one clause in a thousand, and one term. Equal input gives equal
 * bytes.
 */
#include "features/array.h"
#include "models/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE = 16, SHIFT = 17 };

typedef struct maker {
    size_t n_areas;
    char (*code)[CODE];
    const char **group; /* [n_areas] the codes, as the terms want them */
    sectag_taxonomy taxonomy;
    sectag_vocab_builder *vocab_builder;
    sectag_terms_builder *terms_builder;
    sectag_vocab vocab;
    sectag_terms terms;
    sectag_area_model *area;
    double *weight;     /* area a has the columns' weights from weight + SHIFT * a on */
    const double **row; /* [n_areas] */
} maker;

static void release(maker *m) {
    free(m->code);
    free(m->group);
    free(m->area);
    free(m->weight);
    free(m->row);
    sectag_taxonomy_release(&m->taxonomy);
    sectag_vocab_builder_free(m->vocab_builder);
    sectag_terms_builder_free(m->terms_builder);
}

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014, "Fast splittable pseudorandom number generators"). */
static uint64_t next(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* About normal, mean 0, standard deviation 1: the sum of four uniform numbers, scaled. */
static double normal(uint64_t *state) {
    double sum = 0;
    for (int i = 0; i < 4; i++) sum += (double)(next(state) >> 11) * 0x1p-53 - 0.5;
    return sum * sqrt(3.0);
}

static int make_areas(maker *m) {
    m->code = sectag_zalloc(m->n_areas, sizeof *m->code);
    m->group = sectag_zalloc(m->n_areas, sizeof *m->group);
    m->area = sectag_zalloc(m->n_areas, sizeof *m->area);
    if (!m->code || !m->group || !m->area) return SECTAG_ENOMEM;
    for (size_t a = 0; a < m->n_areas; a++) {
        (void)snprintf(m->code[a], CODE, "area-%04u", (unsigned)a);
        m->group[a] = m->code[a];
        sectag_area area = {"sector", m->code[a], m->code[a], m->code[a], "Made up.", 0};
        if (sectag_taxonomy_add(&m->taxonomy, &area)) return SECTAG_ENOMEM;
        /* weights are N(0, 1) and vectors of unit norm, so scores are N(bias, 1) */
        m->area[a] = (sectag_area_model){.bias = -3.1f,
                                         .threshold = 0.5,
                                         .accept = 0.8,
                                         .positives = 100,
                                         .trained = 1,
                                         .calibration = {.kind = SECTAG_CALIBRATION_PLATT, .a = -3.0}};
    }
    return 0;
}

/* Reads the n-grams; the first n_areas long ones are the areas' terms. */
static int read_ngrams(maker *m, FILE *in, sectag_err *err) {
    char *line = NULL;
    size_t cap = 0, terms = 0;
    ssize_t got;
    int rc = 0;
    while (!rc && (got = getline(&line, &cap, in)) > 0) {
        size_t len = (size_t)got - (line[got - 1] == '\n');
        rc = sectag_vocab_add_text(m->vocab_builder, line, len, 10, err);
        if (!rc && terms < m->n_areas && len >= 9)
            rc = sectag_terms_add(m->terms_builder, terms++, SECTAG_TERM_STRONG, line, len, err);
    }
    free(line);
    return rc;
}

static int make_weights(maker *m) {
    size_t columns = sectag_vector_columns(m->vocab.n, &m->terms), n = columns + SHIFT * m->n_areas;
    uint64_t state = 1;
    m->weight = sectag_alloc(n, sizeof *m->weight);
    m->row = sectag_zalloc(m->n_areas, sizeof *m->row);
    if (!m->weight || !m->row) return SECTAG_ENOMEM;
    for (size_t i = 0; i < n; i++) m->weight[i] = normal(&state);
    for (size_t a = 0; a < m->n_areas; a++) m->row[a] = m->weight + SHIFT * a;
    return 0;
}

static int save(maker *m, const char *path, sectag_err *err) {
    sectag_vector_options options = SECTAG_VECTOR_DEFAULTS;
    options.clauses = 1000;
    sectag_model_parts parts = {.options = &options,
                                .vocab = &m->vocab,
                                .terms = &m->terms,
                                .taxonomy = &m->taxonomy,
                                .area = m->area,
                                .weight = m->row,
                                .n_columns = sectag_vector_columns(m->vocab.n, &m->terms),
                                .provenance = "{\"made\":\"by tests/bench/make_model.c\"}"};
    return sectag_model_save(&parts, path, err);
}

static int make(maker *m, const char *path, sectag_err *err) {
    if (make_areas(m)) return sectag_err_nomem(err);
    m->vocab_builder = sectag_vocab_builder_new();
    m->terms_builder = sectag_terms_builder_new(m->group, m->n_areas);
    if (!m->vocab_builder || !m->terms_builder) return sectag_err_nomem(err);
    int rc = read_ngrams(m, stdin, err);
    if (!rc) rc = sectag_vocab_freeze(m->vocab_builder, 1, &m->vocab, err);
    if (!rc) rc = sectag_terms_freeze(m->terms_builder, &m->terms, err);
    if (!rc && make_weights(m)) rc = sectag_err_nomem(err);
    return rc ? rc : save(m, path, err);
}

int main(int argc, char **argv) {
    maker m = {0};
    sectag_err err = {0};
    char message[1024];
    m.n_areas = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    if (m.n_areas < 1 || m.n_areas > SECTAG_AREAS_MAX) {
        (void)fprintf(stderr, "usage: bench_make_model AREAS OUT < NGRAMS (1 to %d areas)\n",
                      SECTAG_AREAS_MAX);
        return 2;
    }
    int rc = make(&m, argv[2], &err);
    if (rc) (void)fprintf(stderr, "bench_make_model: %s\n", sectag_err_format(&err, message, sizeof message));
    release(&m);
    return rc ? 3 : 0;
}
