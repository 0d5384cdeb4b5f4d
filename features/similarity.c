#include "features/similarity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- weights ---- */

/* An n-gram that the model does not know counts as one that no training clause has. */
static double general_idf(const sectag_similarity *s, uint64_t key) {
    uint32_t column = sectag_vocab_find(s->vocab, key);
    uint32_t df = column == SECTAG_VOCAB_NONE ? 0 : s->vocab->df[column];
    return log((1.0 + s->vector->clauses) / (1.0 + df)) + 1;
}

static double local_idf(const sectag_similarity *s, size_t df) {
    if (s->o.kind == SECTAG_SIMILARITY_BM25)
        return log1p(((double)s->n - (double)df + 0.5) / ((double)df + 0.5));
    return log((1.0 + (double)s->n) / (1.0 + (double)df)) + 1;
}

static double power(double x, double exponent) {
    return exponent == 0 ? 1 : exponent == 1 ? x : pow(x, exponent);
}

static double idf(const sectag_similarity *s, uint64_t key, size_t df) {
    if (s->o.kind == SECTAG_SIMILARITY_BM25) return local_idf(s, df);
    return (s->o.general != 0 ? power(general_idf(s, key), s->o.general) : 1) *
           power(local_idf(s, df), s->o.local);
}

/* ---- the clauses ---- */

/* Weights of counts by cosine, and each clause's sum of squares into norm[n]. */
static void weigh_cosine(sectag_similarity *s, double *norm) {
    for (size_t k = 0; k < s->index.key.len; k++) {
        double factor = idf(s, s->index.key.data[k], sectag_inverted_df(&s->index, k));
        for (size_t i = s->index.off.data[k]; i < s->index.off.data[k + 1]; i++) {
            sectag_posting *p = &s->index.postings.data[i];
            double weight = (1 + log((double)p->weight)) * factor;
            norm[p->clause] += weight * weight;
            p->weight = (float)weight;
        }
    }
    for (size_t i = 0; i < s->index.postings.len; i++) {
        sectag_posting *p = &s->index.postings.data[i];
        p->weight = (float)(p->weight / sqrt(norm[p->clause]));
    }
}

static void weigh_bm25(sectag_similarity *s, const double *length) {
    for (size_t k = 0; k < s->index.key.len; k++) {
        double factor = idf(s, s->index.key.data[k], sectag_inverted_df(&s->index, k));
        for (size_t i = s->index.off.data[k]; i < s->index.off.data[k + 1]; i++) {
            sectag_posting *p = &s->index.postings.data[i];
            double tf = p->weight, len = s->mean > 0 ? length[p->clause] / s->mean : 1;
            p->weight = (float)(factor * tf * (s->o.k1 + 1) / (tf + s->o.k1 * (1 - s->o.b + s->o.b * len)));
        }
    }
}

static double bag_length(sectag_bag bag) {
    double sum = 0;
    for (size_t i = 0; i < bag.len; i++) sum += bag.gram[i].count;
    return sum;
}

int sectag_similarity_init(sectag_similarity *s, const sectag_similarity_options *options,
                           const sectag_vocab *vocab, const sectag_vector_options *vector,
                           const sectag_bag *bags, size_t n, sectag_err *err) {
    memset(s, 0, sizeof *s);
    s->o = *options;
    s->vocab = vocab;
    s->vector = vector;
    s->n = n;
    int rc = sectag_inverted_init(&s->index, bags, n, err);
    if (rc) return rc;
    double *sum = sectag_zalloc(n, sizeof *sum);
    if (!sum) return sectag_err_nomem(err);
    if (s->o.kind == SECTAG_SIMILARITY_COSINE) {
        weigh_cosine(s, sum);
    } else {
        for (size_t i = 0; i < n; i++) s->mean += (sum[i] = bag_length(bags[i])) / (double)n;
        weigh_bm25(s, sum);
    }
    free(sum);
    return 0;
}

void sectag_similarity_release(sectag_similarity *s) {
    sectag_inverted_release(&s->index);
    free(s->weight.data);
    free(s->place.data);
    memset(s, 0, sizeof *s);
}

/* ---- the query ---- */

int sectag_similarity_ask(sectag_similarity *s, sectag_bag query, sectag_err *err) {
    double norm = 0;
    s->weight.len = s->place.len = 0;
    if (sectag_array_reserve(&s->weight, query.len) || sectag_array_reserve(&s->place, query.len))
        return sectag_err_nomem(err);
    for (size_t i = 0; i < query.len; i++) {
        size_t place = sectag_inverted_find(&s->index, query.gram[i].key);
        double weight = query.gram[i].count; /* bm25: the idf is in the postings */
        if (s->o.kind == SECTAG_SIMILARITY_COSINE)
            weight = (1 + log(weight)) *
                     idf(s, query.gram[i].key, place == SIZE_MAX ? 0 : sectag_inverted_df(&s->index, place));
        norm += weight * weight;
        s->place.data[s->place.len++] = place;
        s->weight.data[s->weight.len++] = (float)weight;
    }
    double scale = s->o.kind == SECTAG_SIMILARITY_COSINE && norm > 0 ? 1 / sqrt(norm) : 1;
    for (size_t i = 0; i < s->weight.len; i++) s->weight.data[i] = (float)(s->weight.data[i] * scale);
    return 0;
}

void sectag_similarity_scores(const sectag_similarity *s, float *score) {
    for (size_t i = 0; i < s->n; i++) score[i] = 0;
    for (size_t i = 0; i < s->place.len; i++)
        if (s->place.data[i] != SIZE_MAX)
            sectag_inverted_add(&s->index, s->place.data[i], s->weight.data[i], score);
}

double sectag_similarity_share(const sectag_similarity *s, size_t i, uint32_t clause) {
    size_t place = s->place.data[i];
    if (place == SIZE_MAX) return 0;
    size_t low = s->index.off.data[place], high = s->index.off.data[place + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->index.postings.data[middle].clause < clause)
            low = middle + 1;
        else
            high = middle;
    }
    if (low >= s->index.off.data[place + 1] || s->index.postings.data[low].clause != clause) return 0;
    return (double)s->weight.data[i] * (double)s->index.postings.data[low].weight;
}
