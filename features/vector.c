#include "features/vector.h"

#include <math.h>
#include <string.h>

size_t sectag_vector_columns(size_t n_grams, const sectag_terms *terms) {
    return n_grams + (terms ? 2 * (size_t)terms->n_groups + terms->n_terms : 0);
}

int sectag_encoder_init(sectag_encoder *e, const sectag_vocab *vocab, const sectag_terms *terms,
                        const sectag_vector_options *options, sectag_err *err) {
    memset(e, 0, sizeof *e);
    e->vocab = vocab;
    e->terms = options->terms ? terms : NULL;
    e->options = options;
    e->place = sectag_zalloc(sectag_vector_columns(vocab->n, e->terms), sizeof *e->place);
    return e->place ? 0 : sectag_err_nomem(err);
}

void sectag_encoder_release(sectag_encoder *e) {
    sectag_normal_release(&e->normal);
    free(e->grams.data);
    free(e->hits.data);
    free(e->counts.data);
    free(e->value);
    free(e->place);
    memset(e, 0, sizeof *e);
}

/* Counts one more occurrence of a column. `place` is never cleared: a stale entry points at another
 * column's count, or past the end. */
static int count_column(sectag_encoder *e, uint32_t column) {
    uint32_t at = e->place[column];
    if (at < e->counts.len && e->counts.data[at].column == column) {
        e->counts.data[at].count++;
        return 0;
    }
    e->place[column] = (uint32_t)e->counts.len;
    sectag_count fresh = {column, 1};
    return sectag_array_push(&e->counts, fresh);
}

static int count_grams(sectag_encoder *e) {
    for (size_t i = 0; i < e->grams.len; i++) {
        uint32_t column = sectag_vocab_find(e->vocab, e->grams.data[i].key);
        if (column != SECTAG_VOCAB_NONE && count_column(e, column)) return SECTAG_ENOMEM;
    }
    return 0;
}

static int count_terms(sectag_encoder *e) {
    uint32_t groups = e->vocab->n, singles = groups + 2 * e->terms->n_groups;
    for (size_t i = 0; i < e->hits.len; i++) {
        const sectag_term *t = &e->terms->term[e->hits.data[i].term];
        if (count_column(e, groups + 2u * t->group + t->grade)) return SECTAG_ENOMEM;
        if (e->options->single_weight > 0 && count_column(e, singles + e->hits.data[i].term))
            return SECTAG_ENOMEM;
    }
    return 0;
}

int sectag_encode(sectag_encoder *e, const char *text, size_t len, sectag_err *err) {
    int rc = sectag_normal_run(&e->normal, text, len, err);
    if (!rc) rc = sectag_ngrams(&e->normal, &e->options->ngram, &e->grams, err);
    e->counts.len = e->hits.len = 0;
    if (!rc && e->terms) rc = sectag_terms_find(e->terms, &e->normal, &e->hits, err);
    if (rc) return rc;
    if (count_grams(e)) return sectag_err_nomem(err);
    e->n_grams = e->counts.len;
    if (e->terms && count_terms(e)) return sectag_err_nomem(err);
    if (e->counts.len > e->value_cap &&
        sectag_array_grow(&e->value, &e->value_cap, e->counts.len, sizeof *e->value))
        return sectag_err_nomem(err);
    size_t first_single = e->vocab->n + (e->terms ? 2 * (size_t)e->terms->n_groups : 0);
    sectag_vector_weigh(e->options, e->vocab, e->counts.data, e->n_grams, e->counts.len, first_single,
                        e->value);
    return 0;
}

double sectag_vector_idf(const sectag_vector_options *o, uint32_t df) {
    return o->idf ? log((1.0 + o->clauses) / (1.0 + df)) + 1 : 1;
}

void sectag_vector_weigh(const sectag_vector_options *o, const sectag_vocab *vocab,
                         const sectag_count *counts, size_t n_grams, size_t n, size_t first_single,
                         float *value) {
    double square = 0;
    for (size_t i = 0; i < n_grams; i++) {
        double tf = counts[i].count, v = o->sublinear ? 1 + log(tf) : tf;
        v *= sectag_vector_idf(o, vocab->df[counts[i].column]);
        value[i] = (float)v;
        square += v * v;
    }
    float scale = square > 0 ? (float)(1 / sqrt(square)) : 0;
    for (size_t i = 0; i < n_grams; i++) value[i] *= scale;
    for (size_t i = n_grams; i < n; i++) {
        float weight = counts[i].column < first_single ? o->term_weight : o->single_weight;
        value[i] = weight * (o->term_counts ? 1 + logf((float)counts[i].count) : 1);
    }
}
