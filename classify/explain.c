#include "classify/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int sectag_explainer_init(sectag_explainer *x, sectag_model *model, sectag_err *err) {
    memset(x, 0, sizeof *x);
    int rc = sectag_model_index(model, err);
    if (!rc) rc = sectag_encoder_init(&x->encoder, &model->vocab, &model->terms, &model->options, err);
    if (rc) return rc;
    x->model = model;
    x->score = sectag_zalloc(model->n_areas, sizeof *x->score);
    x->verdict = sectag_zalloc(model->n_areas, sizeof *x->verdict);
    if (x->score && x->verdict) return 0;
    sectag_explainer_release(x);
    return sectag_err_nomem(err);
}

void sectag_explainer_release(sectag_explainer *x) {
    sectag_encoder_release(&x->encoder);
    free(x->score);
    free(x->verdict);
    free(x->parts.data);
    free(x->causes.data);
    free(x->share.data);
    free(x->cp.data);
    memset(x, 0, sizeof *x);
}

int sectag_explainer_read(sectag_explainer *x, const char *text, size_t len, sectag_err *err) {
    int rc = sectag_encode(&x->encoder, text, len, err);
    if (rc) return rc;
    sectag_model_score(x->model, &x->encoder, x->score);
    for (size_t a = 0; a < x->model->n_areas; a++)
        x->verdict[a] = sectag_verdict_of(&x->model->area[a], x->score[a]);
    return 0;
}

/* ---- shares ---- */

/* What one occurrence of each counted column brings to the area. */
static int fill_shares(sectag_explainer *x, size_t area) {
    const sectag_encoder *e = &x->encoder;
    x->share.len = 0;
    if (sectag_array_reserve(&x->share, e->counts.len)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < e->counts.len; i++) {
        double weight = sectag_model_weight(x->model, e->counts.data[i].column, area);
        x->share.data[i] = e->value[i] * weight / e->counts.data[i].count;
    }
    x->share.len = e->counts.len;
    return 0;
}

/* Where a column stands in the encoder's counts. */
static size_t place_of(const sectag_explainer *x, uint32_t column) {
    return x->encoder.place[column];
}

/* What one hit of a term brings: its part of its group and grade, and of the term's own column. */
static double hit_share(const sectag_explainer *x, uint32_t number) {
    const sectag_encoder *e = &x->encoder;
    const sectag_term *t = &e->terms->term[number];
    uint32_t groups = e->vocab->n, singles = groups + 2u * e->terms->n_groups;
    double share = x->share.data[place_of(x, groups + 2u * t->group + t->grade)];
    return e->options->single_weight > 0 ? share + x->share.data[place_of(x, singles + number)] : share;
}

/* Spreads an occurrence over code points [first, end); one of boundary marks alone goes to the word's
 * nearest. */
static void spread(sectag_explainer *x, size_t first, size_t end, double sum) {
    if (first >= end) {
        if (first >= x->cp.len) first = x->cp.len - 1;
        end = first + 1;
    }
    for (size_t i = first; i < end; i++) x->cp.data[i] += sum / (double)(end - first);
}

static void spread_all(sectag_explainer *x) {
    const sectag_encoder *e = &x->encoder;
    for (size_t i = 0; i < e->grams.len; i++) {
        const sectag_ngram *g = &e->grams.data[i];
        uint32_t column = sectag_vocab_find(e->vocab, g->key);
        if (column != SECTAG_VOCAB_NONE) spread(x, g->first, g->end, x->share.data[place_of(x, column)]);
    }
    for (size_t i = 0; e->terms && i < e->hits.len; i++) {
        const sectag_term_hit *h = &e->hits.data[i];
        spread(x, h->first, h->end, hit_share(x, h->term));
    }
}

/* Code points -> source bytes: those that share or overlap source bytes are one part. */
static int fill_parts(sectag_explainer *x) {
    const sectag_normal *n = &x->encoder.normal;
    x->parts.len = 0;
    for (size_t i = 0; i < n->len; i++) {
        sectag_part *last = x->parts.len ? &x->parts.data[x->parts.len - 1] : NULL;
        if (last && n->from[i] < last->end) {
            last->sum += x->cp.data[i];
            if (n->to[i] > last->end) last->end = n->to[i];
            continue;
        }
        sectag_part part = {n->from[i], n->to[i], x->cp.data[i], 0};
        if (sectag_array_push(&x->parts, part)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* ---- causes ---- */

static sectag_piece vocab_piece(const sectag_vocab *v, uint32_t column) {
    sectag_piece p = {0};
    p.text = sectag_vocab_text(v, column, &p.len);
    return p;
}

static int by_sum(const void *pa, const void *pb) {
    const sectag_cause *a = pa, *b = pb;
    if (a->sum != b->sum) return a->sum > b->sum ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static void sort_causes(sectag_cause_list *list) {
    if (list->len) qsort(list->data, list->len, sizeof *list->data, by_sum);
}

/* One more occurrence of a term, in a list whose causes from `first` on are terms. */
static int add_term_cause(sectag_explainer *x, size_t first, uint32_t number) {
    const sectag_terms *terms = x->encoder.terms;
    const sectag_term *t = &terms->term[number];
    double share = hit_share(x, number);
    for (size_t i = first; i < x->causes.len; i++) {
        if (x->causes.data[i].id != number) continue;
        x->causes.data[i].count++;
        x->causes.data[i].sum += share;
        return 0;
    }
    sectag_cause c = {SECTAG_CAUSE_TERM, number, {terms->text + t->text, t->bytes}, 1, share};
    return sectag_array_push(&x->causes, c);
}

static int fill_causes(sectag_explainer *x) {
    const sectag_encoder *e = &x->encoder;
    x->causes.len = 0;
    for (size_t i = 0; i < e->n_grams; i++) {
        const sectag_count *k = &e->counts.data[i];
        sectag_cause c = {SECTAG_CAUSE_NGRAM, k->column, vocab_piece(e->vocab, k->column), k->count,
                          x->share.data[i] * k->count};
        if (c.sum != 0 && sectag_array_push(&x->causes, c)) return SECTAG_ENOMEM;
    }
    size_t first = x->causes.len;
    for (size_t i = 0; e->terms && i < e->hits.len; i++)
        if (add_term_cause(x, first, e->hits.data[i].term)) return SECTAG_ENOMEM;
    sort_causes(&x->causes);
    return 0;
}

int sectag_explainer_area(sectag_explainer *x, size_t area, sectag_err *err) {
    size_t n = x->encoder.normal.len;
    x->bias = x->model->area[area].bias;
    x->cp.len = 0;
    if (fill_shares(x, area) || sectag_array_reserve(&x->cp, n)) return sectag_err_nomem(err);
    x->cp.len = n;
    if (n) memset(x->cp.data, 0, n * sizeof *x->cp.data);
    spread_all(x);
    return fill_parts(x) || fill_causes(x) ? sectag_err_nomem(err) : 0;
}

/* ---- spans ---- */

static int side_of(double sum, double least) {
    return (sum > least) - (sum < -least);
}

int sectag_explainer_spans(const sectag_explainer *x, double least, sectag_part_list *out) {
    out->len = 0;
    for (size_t i = 0; i < x->parts.len; i++) {
        sectag_part part = x->parts.data[i];
        part.side = side_of(part.sum, least);
        if (out->len && part.side == out->data[out->len - 1].side) {
            out->data[out->len - 1].end = part.end;
            out->data[out->len - 1].sum += part.sum;
        } else if (sectag_array_push(out, part)) {
            return SECTAG_ENOMEM;
        }
    }
    return 0;
}

double sectag_explainer_peak(const sectag_explainer *x) {
    double peak = 0;
    for (size_t i = 0; i < x->parts.len; i++) peak = fmax(peak, fabs(x->parts.data[i].sum));
    return peak;
}

/* ---- what a model looks for ---- */

int sectag_explain_weights(const sectag_model *m, size_t area, sectag_cause_list *out) {
    out->len = 0;
    for (uint32_t c = 0; c < m->vocab.n; c++) {
        sectag_cause cause = {SECTAG_CAUSE_NGRAM, c, vocab_piece(&m->vocab, c), m->vocab.df[c],
                              sectag_model_weight(m, c, area)};
        if (cause.sum != 0 && sectag_array_push(out, cause)) return SECTAG_ENOMEM;
    }
    sort_causes(out);
    return 0;
}

double sectag_explain_grade(const sectag_model *m, size_t area, size_t group, int grade) {
    size_t column = (size_t)m->vocab.n + 2 * group + (size_t)grade;
    return column < m->n_columns ? m->options.term_weight * sectag_model_weight(m, column, area) : 0;
}

int sectag_explain_terms(const sectag_model *m, size_t area, sectag_cause_list *out) {
    size_t singles = (size_t)m->vocab.n + 2 * m->n_areas;
    out->len = 0;
    for (uint32_t i = 0; m->options.terms && i < m->terms.n_terms; i++) {
        const sectag_term *t = &m->terms.term[i];
        if (t->grade == SECTAG_TERM_NOT) continue;
        sectag_cause cause = {SECTAG_CAUSE_TERM,
                              i,
                              {m->terms.text + t->text, t->bytes},
                              1,
                              sectag_explain_grade(m, area, t->group, t->grade)};
        if (singles + i < m->n_columns)
            cause.sum += m->options.single_weight * sectag_model_weight(m, singles + i, area);
        if (cause.sum != 0 && sectag_array_push(out, cause)) return SECTAG_ENOMEM;
    }
    sort_causes(out);
    return 0;
}
