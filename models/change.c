#include "models/change.h"

#include <math.h>
#include <string.h>

const char *sectag_driver_kind_name(sectag_driver_kind kind) {
    static const char *const names[] = {"ngram", "term", "weak", "strong", "bias"};
    return names[kind];
}

sectag_driver sectag_change_column(const sectag_model *m, uint32_t column) {
    sectag_driver d = {0};
    size_t groups = m->vocab.n, singles = groups + 2 * m->n_areas;
    if (column < groups) {
        d.text = sectag_vocab_text(&m->vocab, column, &d.len);
    } else if (column < singles) {
        d.kind = (column - groups) % 2 == SECTAG_TERM_STRONG ? SECTAG_DRIVER_STRONG : SECTAG_DRIVER_WEAK;
        d.text = m->taxonomy.areas.data[(column - groups) / 2].code;
        d.len = strlen(d.text);
    } else {
        const sectag_term *t = &m->terms.term[column - singles];
        d.kind = SECTAG_DRIVER_TERM;
        d.text = m->terms.text + t->text;
        d.len = t->bytes;
    }
    return d;
}

static int add_side(const sectag_change_side *s, int area, double sign, sectag_driver_list *out) {
    if (area < 0 || !s->model->area[area].trained) return 0;
    for (size_t i = 0; i < s->n; i++) {
        sectag_driver d = sectag_change_column(s->model, s->counts[i].column);
        d.sum = sign * (double)s->value[i] * sectag_model_weight(s->model, s->counts[i].column, (size_t)area);
        if (sectag_array_push(out, d)) return SECTAG_ENOMEM;
    }
    sectag_driver bias = {SECTAG_DRIVER_BIAS, "", 0, sign * (double)s->model->area[area].bias};
    return sectag_array_push(out, bias);
}

static int by_name(const void *a, const void *b) {
    const sectag_driver *u = a, *v = b;
    if (u->kind != v->kind) return u->kind < v->kind ? -1 : 1;
    int order = memcmp(u->text, v->text, u->len < v->len ? u->len : v->len);
    if (order) return order;
    if (u->len != v->len) return u->len < v->len ? -1 : 1;
    return (u->sum > v->sum) - (u->sum < v->sum); /* equal names are added in one order only */
}

static int same_name(const sectag_driver *u, const sectag_driver *v) {
    return u->kind == v->kind && u->len == v->len && memcmp(u->text, v->text, u->len) == 0;
}

static int by_sum_down(const void *a, const void *b) {
    const sectag_driver *u = a, *v = b;
    if (u->sum != v->sum) return u->sum > v->sum ? -1 : 1;
    return by_name(a, b);
}

static int by_sum_up(const void *a, const void *b) {
    const sectag_driver *u = a, *v = b;
    if (u->sum != v->sum) return u->sum < v->sum ? -1 : 1;
    return by_name(a, b);
}

int sectag_change_drivers(const sectag_change_side *before, int area_before, const sectag_change_side *after,
                          int area_after, sectag_driver_list *out) {
    double total = 0;
    size_t kept = 0;
    out->len = 0;
    if (add_side(before, area_before, -1, out) || add_side(after, area_after, 1, out)) return SECTAG_ENOMEM;
    if (out->len == 0) return 0;
    qsort(out->data, out->len, sizeof *out->data, by_name);
    for (size_t i = 0; i < out->len; i++) {
        sectag_driver d = out->data[i];
        total += d.sum;
        if (kept && same_name(&out->data[kept - 1], &d))
            out->data[kept - 1].sum += d.sum;
        else
            out->data[kept++] = d;
    }
    out->len = kept;
    qsort(out->data, out->len, sizeof *out->data, total < 0 ? by_sum_up : by_sum_down);
    return 0;
}
