#include "training/gate.h"

#include "features/table.h"

#include <stdlib.h>
#include <string.h>

/* Below every score: where a cell says nothing, both models get this, no tag and no gold label. */
#define NOTHING (-1e9)

void sectag_gate_init(sectag_gate *g) {
    memset(g, 0, sizeof *g);
    sectag_metrics_init(&g->corpus);
    sectag_metrics_init(&g->held);
}

void sectag_gate_release(sectag_gate *g) {
    sectag_metrics_release(&g->corpus);
    sectag_metrics_release(&g->held);
    free(g->lost);
    free(g->flips.data);
    free(g->drivers.data);
    sectag_buf_release(&g->strings);
    sectag_gate_init(g);
}

/* ---- one model's answers ---- */

typedef struct answers {
    double *score, *p;
    uint8_t *tag;
} answers;

/* Both models on one set of rows, [row * n_areas + area]. */
typedef struct comparison {
    size_t n, n_areas;
    answers before, after;
    uint8_t *gold, *known; /* known 0: nobody can say */
    uint32_t *doc;
} comparison;

static int answers_alloc(answers *a, size_t cells) {
    a->score = sectag_alloc(cells, sizeof *a->score);
    a->p = sectag_zalloc(cells, sizeof *a->p);
    a->tag = sectag_zalloc(cells, 1);
    for (size_t i = 0; a->score && i < cells; i++) a->score[i] = NOTHING;
    return a->score && a->p && a->tag ? 0 : SECTAG_ENOMEM;
}

static void answers_release(answers *a) {
    free(a->score);
    free(a->p);
    free(a->tag);
}

static int comparison_init(comparison *c, size_t n, size_t n_areas) {
    *c = (comparison){.n = n, .n_areas = n_areas};
    c->gold = sectag_zalloc(n * n_areas, 1);
    c->known = sectag_zalloc(n * n_areas, 1);
    c->doc = sectag_zalloc(n, sizeof *c->doc);
    int rc = answers_alloc(&c->before, n * n_areas) | answers_alloc(&c->after, n * n_areas);
    return !rc && c->gold && c->known && c->doc ? 0 : SECTAG_ENOMEM;
}

static void comparison_release(comparison *c) {
    answers_release(&c->before);
    answers_release(&c->after);
    free(c->gold);
    free(c->known);
    free(c->doc);
}

static void answer(answers *a, size_t cell, const sectag_area_model *m, double score) {
    if (!m->trained) return;
    a->score[cell] = score;
    a->p[cell] = sectag_calibration_apply(&m->calibration, score);
    a->tag[cell] = a->p[cell] >= m->threshold;
}

/* ---- flips ---- */

/* A clause as both models see it. */
typedef struct vectors {
    sectag_change_side before, after;
} vectors;

/* The texts of a flip: all flips of a clause share them. */
typedef struct words {
    size_t id, id_len, text, text_len;
} words;

static int keep_words(sectag_gate *g, const char *id, size_t id_len, const char *text, size_t text_len,
                      words *w) {
    *w = (words){g->strings.len, id_len, g->strings.len + id_len, text_len};
    return sectag_buf_add(&g->strings, id, id_len) || sectag_buf_add(&g->strings, text, text_len)
               ? SECTAG_ENOMEM
               : 0;
}

static int add_drivers(sectag_gate *g, const sectag_gate_input *in, const vectors *v, size_t area,
                       size_t most, sectag_gate_flip *f) {
    sectag_driver_list list = {0};
    int known = area < in->old_model->n_areas;
    int rc = sectag_change_drivers(&v->before, known ? (int)area : -1, &v->after, (int)area, &list);
    f->driver = g->drivers.len;
    for (size_t i = 0; i < list.len && i < most && !rc; i++) {
        rc = sectag_array_push(&g->drivers, list.data[i]);
        f->drivers++;
    }
    free(list.data);
    return rc;
}

static int add_flips(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                     sectag_gate_set set, const comparison *c, size_t row, const vectors *v, const words *w) {
    for (size_t a = 0; a < c->n_areas; a++) {
        size_t cell = row * c->n_areas + a;
        if (c->before.tag[cell] == c->after.tag[cell]) continue;
        sectag_gate_flip f = {.set = set,
                              .area = a,
                              .gold = (int8_t)(!c->known[cell] ? 0
                                               : c->gold[cell] ? 1
                                                               : -1),
                              .tagged = c->after.tag[cell],
                              .p_before = c->before.p[cell],
                              .p_after = c->after.p[cell],
                              .id = w->id,
                              .id_len = w->id_len,
                              .text = w->text,
                              .text_len = w->text_len};
        if (add_drivers(g, in, v, a, o->drivers, &f) || sectag_array_push(&g->flips, f)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* What nobody can say is no part of the figures. */
static void blank_unknown(comparison *c) {
    for (size_t i = 0; i < c->n * c->n_areas; i++) {
        if (c->known[i]) continue;
        c->before.score[i] = c->after.score[i] = NOTHING;
        c->before.tag[i] = c->after.tag[i] = c->gold[i] = 0;
    }
}

static int differences(const comparison *c, const sectag_gate_options *o, sectag_metrics *out,
                       sectag_err *err) {
    sectag_eval_options e = {o->replicates, o->seed, 0.95};
    sectag_eval_data before = {c->n, c->n_areas, c->before.score, c->gold, c->before.tag, c->doc};
    sectag_eval_data after = {c->n, c->n_areas, c->after.score, c->gold, c->after.tag, c->doc};
    return sectag_metrics_difference(&after, &before, &e, out, err);
}

/* ---- the corpus ---- */

/* Row r of a training with other areas: its area's score. */
static void answer_row(const sectag_trained *t, size_t row, answers *a, size_t at, size_t n_areas) {
    for (size_t k = 0; k < t->n_areas; k++)
        answer(a, at * n_areas + k, &t->area[k], t->score[row * t->n_areas + k]);
}

/* The dataset's counts of a row in the old model's columns: it may have fewer areas. */
static void old_columns(const sectag_gate_input *in, const sectag_count *counts, size_t n,
                        sectag_count *out) {
    size_t areas_old = in->old_model->n_areas, first = in->new_model->vocab.n,
           singles = first + 2 * in->new_model->n_areas;
    for (size_t i = 0; i < n; i++) {
        out[i] = counts[i];
        if (counts[i].column >= singles)
            out[i].column -= (uint32_t)(2 * (in->new_model->n_areas - areas_old));
    }
}

/* Fills the clause's two sides; buffers have room for its counts. */
static void corpus_vectors(const sectag_gate_input *in, size_t row, sectag_count *old, float *value,
                           vectors *v) {
    const sectag_dataset *d = &in->material->data;
    const sectag_count *counts = d->counts.data + d->off.data[row];
    size_t n = d->off.data[row + 1] - d->off.data[row], n_grams = 0;
    while (n_grams < n && counts[n_grams].column < d->n_grams) n_grams++;
    if (!in->options->vector.terms) n = n_grams;
    sectag_vector_weigh(&in->options->vector, &in->material->vocab, counts, n_grams, n,
                        d->n_grams + 2 * d->n_areas, value);
    old_columns(in, counts, n, old);
    v->before = (sectag_change_side){in->old_model, old, value, n};
    v->after = (sectag_change_side){in->new_model, counts, value, n};
}

static int same_columns(const sectag_gate_input *in) {
    const sectag_vocab *a = &in->old_model->vocab, *b = &in->new_model->vocab;
    return a->n == b->n && memcmp(a->text_off, b->text_off, (a->n + (size_t)1) * sizeof *a->text_off) == 0 &&
           memcmp(a->text, b->text, a->text_off[a->n]) == 0 &&
           in->old_model->terms.n_terms == in->new_model->terms.n_terms;
}

static size_t longest_row(const sectag_dataset *d) {
    size_t most = 1;
    for (size_t i = 0; i < d->rows.len; i++)
        if (d->off.data[i + 1] - d->off.data[i] > most) most = d->off.data[i + 1] - d->off.data[i];
    return most;
}

static int corpus_flips(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                        const comparison *c, const uint32_t *row) {
    const sectag_dataset *d = &in->material->data;
    size_t most = longest_row(d);
    sectag_count *old = sectag_alloc(most, sizeof *old);
    float *value = sectag_alloc(most, sizeof *value);
    int rc = old && value ? 0 : SECTAG_ENOMEM, same = same_columns(in);
    for (size_t i = 0; i < c->n && !rc; i++) {
        const sectag_row *r = &d->rows.data[row[i]];
        vectors v = {{in->old_model, NULL, NULL, 0}, {in->new_model, NULL, NULL, 0}};
        words w = {0};
        size_t at = i * c->n_areas;
        if (memcmp(c->before.tag + at, c->after.tag + at, c->n_areas) == 0) continue;
        if (same) corpus_vectors(in, row[i], old, value, &v);
        const sectag_corpus *corpus = &in->material->corpus;
        sectag_text text =
            row[i] < corpus->examples.len ? corpus->examples.data[row[i]].text : (sectag_text){0, 0};
        rc = keep_words(g, d->strings.data + r->id.off, r->id.len,
                        text.len ? sectag_corpus_text(corpus, text) : "", text.len, &w);
        if (!rc) rc = add_flips(g, in, o, SECTAG_GATE_CORPUS, c, i, &v, &w);
    }
    free(old);
    free(value);
    return rc;
}

static void fill_corpus(const sectag_gate_input *in, comparison *c, const uint32_t *row) {
    const sectag_dataset *d = &in->material->data;
    for (size_t i = 0; i < c->n; i++) {
        answer_row(in->before, row[i], &c->before, i, c->n_areas);
        answer_row(in->after, row[i], &c->after, i, c->n_areas);
        c->doc[i] = d->rows.data[row[i]].doc_number;
        for (size_t a = 0; a < c->n_areas; a++) {
            size_t cell = i * c->n_areas + a;
            c->known[cell] = a < in->before->n_areas && !sectag_dataset_is_decided(d, row[i], a);
            c->gold[cell] = (uint8_t)sectag_dataset_has(d, row[i], a);
        }
    }
}

static double mean_of(const double *v, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += v[i] / (double)n;
    return sum;
}

static int calibration(sectag_gate *g, const comparison *c, size_t n_areas, sectag_err *err) {
    double *ece = sectag_zalloc(c->n_areas, sizeof *ece);
    int rc = ece ? 0 : sectag_err_nomem(err);
    if (!rc) rc = sectag_calibration_errors(c->before.p, c->gold, c->n, c->n_areas, 10, ece, err);
    if (!rc) g->ece_before = mean_of(ece, n_areas);
    if (!rc) rc = sectag_calibration_errors(c->after.p, c->gold, c->n, c->n_areas, 10, ece, err);
    if (!rc) g->ece_after = mean_of(ece, n_areas);
    free(ece);
    return rc;
}

static int compare_corpus(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                          sectag_err *err) {
    comparison c = {0};
    size_t n = 0;
    uint32_t *row = sectag_alloc(in->before->n_rows, sizeof *row);
    for (size_t i = 0; row && i < in->before->n_rows; i++)
        if (in->before->scored[i] == 1 && in->after->scored[i] == 1) row[n++] = (uint32_t)i;
    int rc = row && comparison_init(&c, n, g->n_areas) == 0 ? 0 : sectag_err_nomem(err);
    if (!rc) {
        fill_corpus(in, &c, row);
        rc = calibration(g, &c, in->before->n_areas, err);
    }
    if (!rc && corpus_flips(g, in, o, &c, row)) rc = sectag_err_nomem(err);
    if (!rc && n) {
        blank_unknown(&c);
        rc = differences(&c, o, &g->corpus, err);
    }
    comparison_release(&c);
    free(row);
    return rc;
}

/* ---- texts: held decisions and contrast cases ---- */

/* Both models' working memory. */
typedef struct readers {
    sectag_model *model[2];
    sectag_encoder encoder[2];
    double *score[2];
} readers;

static int readers_init(readers *r, const sectag_gate_input *in, sectag_err *err) {
    memset(r, 0, sizeof *r);
    r->model[0] = in->old_model;
    r->model[1] = in->new_model;
    for (int k = 0; k < 2; k++) {
        sectag_model *m = r->model[k];
        int rc = sectag_model_index(m, err);
        if (!rc) rc = sectag_encoder_init(&r->encoder[k], &m->vocab, &m->terms, &m->options, err);
        if (rc) return rc;
        r->score[k] = sectag_zalloc(m->n_areas, sizeof **r->score);
        if (!r->score[k]) return sectag_err_nomem(err);
    }
    return 0;
}

static void readers_release(readers *r) {
    for (int k = 0; k < 2; k++) {
        sectag_encoder_release(&r->encoder[k]);
        free(r->score[k]);
    }
}

/* Both models read a clause; row `at` of c gets their answers. */
static int read_text(readers *r, const char *text, size_t len, comparison *c, size_t at, vectors *v,
                     sectag_err *err) {
    answers *a[2] = {&c->before, &c->after};
    sectag_change_side *side[2] = {&v->before, &v->after};
    for (int k = 0; k < 2; k++) {
        const sectag_model *m = r->model[k];
        const sectag_encoder *e = &r->encoder[k];
        int rc = sectag_encode(&r->encoder[k], text, len, err);
        if (rc) return rc;
        sectag_model_score(m, e, r->score[k]);
        for (size_t i = 0; i < m->n_areas && i < c->n_areas; i++)
            answer(a[k], at * c->n_areas + i, &m->area[i], r->score[k][i]);
        *side[k] = (sectag_change_side){m, e->counts.data, e->value, e->counts.len};
    }
    return 0;
}

static int number_doc(sectag_names *names, const char *doc, uint32_t *number) {
    *number = UINT32_MAX;
    return doc && *doc ? sectag_names_number(names, doc, strlen(doc), number) : 0;
}

static int compare_decision(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                            readers *r, const sectag_decision *x, comparison *c, size_t at, sectag_err *err) {
    vectors v;
    words w;
    int rc = read_text(r, x->text, x->len, c, at, &v, err);
    for (size_t a = 0; a < c->n_areas; a++) {
        c->known[at * c->n_areas + a] = a < in->old_model->n_areas && x->value[a] != 0;
        c->gold[at * c->n_areas + a] = x->value[a] > 0;
    }
    if (!rc &&
        (keep_words(g, "", 0, x->text, x->len, &w) || add_flips(g, in, o, SECTAG_GATE_HELD, c, at, &v, &w)))
        rc = sectag_err_nomem(err);
    return rc;
}

static int compare_held(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o, readers *r,
                        sectag_err *err) {
    comparison c = {0};
    sectag_names names = {0};
    size_t n = 0, at = 0;
    for (size_t i = 0; i < in->decisions->len; i++) n += in->decisions->data[i].held != 0;
    int rc = comparison_init(&c, n, g->n_areas) ? sectag_err_nomem(err) : 0;
    for (size_t i = 0; i < in->decisions->len && !rc; i++) {
        const sectag_decision *x = &in->decisions->data[i];
        if (!x->held) continue;
        if (number_doc(&names, x->doc, &c.doc[at])) rc = sectag_err_nomem(err);
        if (!rc) rc = compare_decision(g, in, o, r, x, &c, at++, err);
    }
    if (!rc && n) {
        blank_unknown(&c);
        rc = differences(&c, o, &g->held, err);
    }
    comparison_release(&c);
    sectag_names_release(&names);
    return rc;
}

enum { ID, AREA, EXPECT, TEXT, COLUMNS };

static int compare_case(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o, readers *r,
                        const sectag_field f[COLUMNS], sectag_err *err) {
    comparison c = {0};
    vectors v;
    words w;
    int area = sectag_taxonomy_find(&in->new_model->taxonomy, f[AREA].data, f[AREA].len);
    if (area < 0 || (size_t)area >= in->old_model->n_areas) return 0; /* of another taxonomy */
    int yes = sectag_field_is(f[EXPECT], "yes");
    int rc = comparison_init(&c, 1, g->n_areas) ? sectag_err_nomem(err) : 0;
    if (!rc) rc = read_text(r, f[TEXT].data, f[TEXT].len, &c, 0, &v, err);
    if (!rc) {
        g->contrast++;
        g->failed_before += c.before.tag[area] != yes;
        g->failed_after += c.after.tag[area] != yes;
        c.known[area] = 1;
        c.gold[area] = (uint8_t)yes;
        for (size_t a = 0; a < c.n_areas; a++) /* a case is about its own area */
            if (a != (size_t)area) c.after.tag[a] = c.before.tag[a];
        if (keep_words(g, f[ID].data, f[ID].len, f[TEXT].data, f[TEXT].len, &w) ||
            add_flips(g, in, o, SECTAG_GATE_CONTRAST, &c, 0, &v, &w))
            rc = sectag_err_nomem(err);
    }
    comparison_release(&c);
    return rc;
}

static int compare_contrast(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                            readers *r, sectag_err *err) {
    static const char *const names[COLUMNS] = {"id", "area", "expect", "text"};
    sectag_table t;
    size_t column[COLUMNS];
    int rc = sectag_table_open(&t, in->contrast, err);
    if (rc) return rc;
    for (int i = 0; i < COLUMNS && !rc; i++) rc = sectag_table_need(&t, names[i], &column[i], err);
    while (!rc && (rc = sectag_table_next(&t, err)) == 1) {
        sectag_field f[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) f[i] = t.row.data[column[i]];
        rc = compare_case(g, in, o, r, f, err);
    }
    sectag_table_release(&t);
    return rc;
}

/* ---- the verdict ---- */

static int is_loss(const sectag_metrics *m, size_t area, double least) {
    if (area >= m->n_areas || m->area[area].n_gold == 0) return 0;
    const sectag_interval *i[2] = {&m->area[area].f1, &m->area[area].ap};
    for (int k = 0; k < 2; k++)
        if (i[k]->high < 0 && i[k]->value < -least) return 1;
    return 0;
}

static void judge(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o) {
    for (size_t a = 0; a < g->n_areas; a++) {
        if (!in->material->taxonomy.areas.data[a].core) continue;
        g->lost[a] = is_loss(&g->corpus, a, o->least_loss) || is_loss(&g->held, a, o->least_loss);
        g->by_loss |= g->lost[a];
    }
    g->by_contrast = g->failed_after > g->failed_before + o->allowed_contrast;
    g->by_calibration = g->ece_after > g->ece_before + o->allowed_ece;
    g->blocked = g->by_loss || g->by_contrast || g->by_calibration;
}

static int run(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o, sectag_err *err) {
    readers r;
    g->n_areas = in->after->n_areas;
    g->lost = sectag_zalloc(g->n_areas, 1);
    int rc = g->lost ? compare_corpus(g, in, o, err) : sectag_err_nomem(err);
    if (rc) return rc;
    rc = readers_init(&r, in, err);
    if (!rc && in->decisions) rc = compare_held(g, in, o, &r, err);
    if (!rc && in->contrast) rc = compare_contrast(g, in, o, &r, err);
    readers_release(&r);
    if (!rc) judge(g, in, o);
    return rc;
}

int sectag_gate_run(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                    sectag_err *err) {
    sectag_gate_release(g);
    if (in->after->n_areas != in->material->data.n_areas || in->before->n_areas > in->after->n_areas ||
        in->before->n_rows > in->after->n_rows || in->old_model->n_areas != in->before->n_areas ||
        in->new_model->n_areas != in->after->n_areas)
        return sectag_err_set(err, SECTAG_EARG, "the two models are not of the same corpus");
    if (in->decisions && in->decisions->len && in->decisions->n_areas != in->after->n_areas)
        return sectag_err_set(err, SECTAG_EARG, "the decisions are of other areas");
    int rc = run(g, in, o, err);
    if (rc) sectag_gate_release(g);
    return rc;
}
