#include "classify/explain_view.h"

#include "classify/put.h"
#include "classify/wrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A part that brings less than this share of the largest stands without a sign. */
#define LITTLE 0.10

/* ---- text ---- */

/* Five steps of the 256-colour palette's cube, light to strong. */
static unsigned shade(double share, int up) {
    static const unsigned char greens[] = {194, 157, 120, 83, 46}, reds[] = {224, 217, 210, 203, 197};
    size_t step = (size_t)fmin(4, floor(share * 5));
    return up ? greens[step] : reds[step];
}

static int put_coloured(const sectag_explainer *x, sectag_piece text, sectag_buf *out) {
    double peak = sectag_explainer_peak(x);
    size_t at = 0;
    int rc = 0;
    for (size_t i = 0; i < x->parts.len; i++) {
        const sectag_part *p = &x->parts.data[i];
        double share = peak > 0 ? fabs(p->sum) / peak : 0;
        rc |= sectag_put_plain(out, text.text + at, p->start - at);
        if (share >= LITTLE) rc |= sectag_buf_addf(out, "\033[38;5;16;48;5;%um", shade(share, p->sum > 0));
        rc |= sectag_put_plain(out, text.text + p->start, p->end - p->start);
        if (share >= LITTLE) rc |= sectag_buf_adds(out, "\033[0m");
        at = p->end;
    }
    return rc | sectag_put_plain(out, text.text + at, text.len - at);
}

static int put_signed(const sectag_explainer *x, sectag_piece text, sectag_buf *out) {
    sectag_part_list spans = {0};
    size_t at = 0;
    int rc = sectag_explainer_spans(x, sectag_explainer_peak(x) * LITTLE, &spans);
    for (size_t i = 0; i < spans.len && !rc; i++) {
        sectag_part s = spans.data[i];
        int bare = s.side == 0;
        rc |= sectag_put_plain(out, text.text + at, s.start - at);
        if (!bare) rc |= sectag_buf_addf(out, "[%+.2f", s.sum);
        /* A span that begins with a letter or digit would run into its number. */
        if (!bare && (unsigned char)text.text[s.start] < 0x80) rc |= sectag_buf_addc(out, ' ');
        rc |= sectag_put_plain(out, text.text + s.start, s.end - s.start);
        if (!bare) rc |= sectag_buf_addc(out, ']');
        at = s.end;
    }
    free(spans.data);
    return rc | sectag_put_plain(out, text.text + at, text.len - at);
}

static int put_cause(const sectag_cause *c, sectag_buf *out) {
    int rc = sectag_buf_addf(out, "  %+.3f ", c->sum) | sectag_put_plain(out, c->text.text, c->text.len);
    if (c->kind == SECTAG_CAUSE_TERM) rc |= sectag_buf_adds(out, " (term)");
    return c->count > 1 ? rc | sectag_buf_addf(out, " ×%u", c->count) : rc;
}

static int put_causes(const sectag_explain_view *v, const sectag_explainer *x, sectag_buf *out) {
    const sectag_cause *c = x->causes.data;
    size_t n = x->causes.len;
    int rc = sectag_buf_adds(out, "  up  ");
    for (size_t i = 0; i < n && i < v->top && c[i].sum > 0; i++) rc |= put_cause(&c[i], out);
    rc |= sectag_buf_adds(out, "\n  down");
    for (size_t i = 0; i < n && i < v->top && c[n - 1 - i].sum < 0; i++) rc |= put_cause(&c[n - 1 - i], out);
    return rc | sectag_buf_addc(out, '\n');
}

int sectag_explain_put(const sectag_explain_view *v, const sectag_explainer *x, size_t area,
                       sectag_piece text, sectag_buf *out) {
    const sectag_area *a = &x->model->taxonomy.areas.data[area];
    const sectag_verdict *d = &x->verdict[area];
    int rc = sectag_buf_addf(out, "%s%s%s %s, %s\n", v->colour ? "\033[1m" : "", a->code,
                             v->colour ? "\033[0m" : "", a->zh, a->en);
    rc |= sectag_buf_addf(
        out, "  score %+.3f = bias %+.3f and the text's %+.3f;  p %.3f, %s (threshold %.3f)\n  ",
        x->score[area], x->bias, x->score[area] - x->bias, d->probability,
        d->tagged ? sectag_band_name(d->band) : "not tagged", x->model->area[area].threshold);
    rc |= v->colour ? put_coloured(x, text, out) : put_signed(x, text, out);
    return rc | sectag_buf_addc(out, '\n') | put_causes(v, x, out);
}

/* ---- JSON ---- */

static json_t *json_piece(const char *text, size_t len) {
    sectag_buf plain = {0};
    size_t bad = 0;
    json_t *s =
        sectag_put_repaired(&plain, text, len, &bad) ? NULL : json_stringn(len ? plain.data : "", plain.len);
    sectag_buf_release(&plain);
    return s;
}

static json_t *spans_json(const sectag_explainer *x, sectag_piece text) {
    sectag_part_list spans = {0};
    json_t *list = json_array();
    if (!list || sectag_explainer_spans(x, sectag_explainer_peak(x) * LITTLE, &spans)) {
        json_decref(list);
        list = NULL;
    }
    for (size_t i = 0; list && i < spans.len; i++) {
        sectag_part s = spans.data[i];
        (void)json_array_append_new(
            list, json_pack("{s:I, s:I, s:o, s:f}", "start", (json_int_t)s.start, "end", (json_int_t)s.end,
                            "text", json_piece(text.text + s.start, s.end - s.start), "sum", s.sum));
    }
    free(spans.data);
    return list;
}

static json_t *causes_json(const sectag_explainer *x, sectag_cause_kind kind) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < x->causes.len; i++) {
        const sectag_cause *c = &x->causes.data[i];
        if (c->kind != kind) continue;
        (void)json_array_append_new(list, json_pack("{s:o, s:I, s:f}", "text",
                                                    json_piece(c->text.text, c->text.len), "count",
                                                    (json_int_t)c->count, "sum", c->sum));
    }
    return list;
}

json_t *sectag_explain_json(const sectag_explainer *x, size_t area, sectag_piece text) {
    const sectag_verdict *d = &x->verdict[area];
    return json_pack("{s:s, s:f, s:f, s:f, s:b, s:s, s:f, s:o, s:o, s:o}", "area",
                     x->model->taxonomy.areas.data[area].code, "score", x->score[area], "bias", x->bias, "p",
                     d->probability, "tagged", (int)d->tagged, "band", sectag_band_name(d->band), "threshold",
                     x->model->area[area].threshold, "spans", spans_json(x, text), "ngrams",
                     causes_json(x, SECTAG_CAUSE_NGRAM), "terms", causes_json(x, SECTAG_CAUSE_TERM));
}

/* ---- what a model looks for ---- */

static const char *const grades[] = {"weak", "strong"};

/* One of the weight list's ends, in lines of a few. */
static int put_end(const char *title, const sectag_cause_list *list, int up, size_t top, sectag_buf *out) {
    int rc = sectag_buf_addf(out, "  %s\n", title);
    for (size_t i = 0; i < list->len && i < top; i++) {
        const sectag_cause *c = &list->data[up ? i : list->len - 1 - i];
        if (up ? c->sum <= 0 : c->sum >= 0) break;
        rc |= sectag_buf_addf(out, "    %+.3f  ", c->sum) | sectag_put_plain(out, c->text.text, c->text.len);
        size_t columns = sectag_display_columns(c->text.text, c->text.len);
        rc |= c->kind == SECTAG_CAUSE_TERM
                  ? sectag_buf_addc(out, '\n')
                  : sectag_buf_addf(out, "%*s%u clauses\n", (int)(columns < 16 ? 18 - columns : 2), "",
                                    c->count);
    }
    return rc;
}

static int put_grades(const sectag_model *m, size_t area, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "  term lists (what a strong or weak term of an area's list adds here)\n");
    for (size_t g = 0; g < m->n_areas; g++) {
        double strong = sectag_explain_grade(m, area, g, SECTAG_TERM_STRONG);
        double weak = sectag_explain_grade(m, area, g, SECTAG_TERM_WEAK);
        if (strong == 0 && weak == 0) continue;
        rc |= sectag_buf_addf(out, "    %-26s strong %+.3f  weak %+.3f\n", m->taxonomy.areas.data[g].code,
                              strong, weak);
    }
    return rc;
}

int sectag_explain_put_model(const sectag_explain_view *v, const sectag_model *m, size_t area,
                             sectag_buf *out) {
    sectag_cause_list list = {0}, terms = {0};
    const sectag_area *a = &m->taxonomy.areas.data[area];
    int rc = sectag_explain_weights(m, area, &list) | sectag_explain_terms(m, area, &terms);
    rc |= sectag_buf_addf(out, "%s%s%s %s, %s\n", v->colour ? "\033[1m" : "", a->code,
                          v->colour ? "\033[0m" : "", a->zh, a->en);
    if (!m->area[area].trained) rc |= sectag_buf_adds(out, "  not trained: too few clauses\n");
    rc |= sectag_buf_addf(out, "  bias %+.3f, %zu n-grams with a weight\n", (double)m->area[area].bias,
                          list.len);
    rc |= put_end("n-grams up (weight)", &list, 1, v->top, out) |
          put_end("n-grams down", &list, 0, v->top, out);
    if (terms.len) {
        rc |= put_end("terms up (what the term adds to the score)", &terms, 1, v->top, out);
        rc |= put_end("terms down", &terms, 0, v->top, out) | put_grades(m, area, out);
    }
    free(list.data);
    free(terms.data);
    return rc;
}

static json_t *weights_json(const sectag_cause_list *list, int up, size_t top) {
    json_t *array = json_array();
    const char *of = list->len && list->data[0].kind == SECTAG_CAUSE_TERM ? "sum" : "weight";
    for (size_t i = 0; array && i < list->len && i < top; i++) {
        const sectag_cause *c = &list->data[up ? i : list->len - 1 - i];
        if (up ? c->sum <= 0 : c->sum >= 0) break;
        (void)json_array_append_new(
            array, json_pack("{s:o, s:f}", "text", json_piece(c->text.text, c->text.len), of, c->sum));
    }
    return array;
}

static json_t *grades_json(const sectag_model *m, size_t area) {
    json_t *array = json_array();
    for (size_t g = 0; array && m->n_columns > m->vocab.n && g < m->n_areas; g++)
        for (int grade = SECTAG_TERM_WEAK; grade <= SECTAG_TERM_STRONG; grade++) {
            double weight = sectag_explain_grade(m, area, g, grade);
            if (weight != 0)
                (void)json_array_append_new(array, json_pack("{s:s, s:s, s:f}", "area",
                                                             m->taxonomy.areas.data[g].code, "grade",
                                                             grades[grade], "sum", weight));
        }
    return array;
}

json_t *sectag_explain_model_json(const sectag_explain_view *v, const sectag_model *m, size_t area) {
    sectag_cause_list list = {0}, terms = {0};
    json_t *all = NULL;
    if (!sectag_explain_weights(m, area, &list) && !sectag_explain_terms(m, area, &terms))
        all = json_pack("{s:s, s:f, s:I, s:o, s:o, s:o, s:o, s:o}", "area", m->taxonomy.areas.data[area].code,
                        "bias", (double)m->area[area].bias, "ngrams", (json_int_t)list.len, "up",
                        weights_json(&list, 1, v->top), "down", weights_json(&list, 0, v->top), "terms_up",
                        weights_json(&terms, 1, v->top), "terms_down", weights_json(&terms, 0, v->top),
                        "term_lists", grades_json(m, area));
    free(list.data);
    free(terms.data);
    return all;
}
