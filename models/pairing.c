#include "models/pairing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void sectag_pairing_release(sectag_pairing *p) {
    free(p->pairs.data);
    memset(p, 0, sizeof *p);
}

static int compare_names(const sectag_pair *u, const sectag_pair *v) {
    if (u->kind != v->kind) return u->kind < v->kind ? -1 : 1;
    int order = u->len && v->len ? memcmp(u->text, v->text, u->len < v->len ? u->len : v->len) : 0;
    if (order) return order;
    return (u->len > v->len) - (u->len < v->len);
}

/* Of equal names the old model's column comes first, then by number. */
static int by_name(const void *a, const void *b) {
    const sectag_pair *u = a, *v = b;
    int order = compare_names(u, v);
    if (order) return order;
    if (u->column[0] != v->column[0]) return u->column[0] < v->column[0] ? -1 : 1;
    return (u->column[1] > v->column[1]) - (u->column[1] < v->column[1]);
}

static int add_columns(sectag_pairing *p, int side) {
    const sectag_model *m = p->model[side];
    for (size_t c = 0; c < m->n_columns; c++) {
        sectag_driver d = sectag_change_column(m, (uint32_t)c);
        sectag_pair pair = {d.kind, d.text, d.len, {SECTAG_NO_COLUMN, SECTAG_NO_COLUMN}};
        pair.column[side] = (uint32_t)c;
        if (sectag_array_push(&p->pairs, pair)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* Joins the columns of one name: the i-th of the old model with the i-th of the new one, as a term may stand in
 * several areas' lists. */
static void join(sectag_pairing *p) {
    sectag_pair *all = p->pairs.data;
    size_t kept = 0, n = p->pairs.len;
    for (size_t i = 0, end; i < n; i = end) {
        size_t olds = 0;
        for (end = i; end < n && compare_names(&all[i], &all[end]) == 0; end++)
            olds += all[end].column[0] != SECTAG_NO_COLUMN;
        size_t news = end - i - olds, most = olds > news ? olds : news;
        for (size_t k = 0; k < most; k++) {
            sectag_pair one = all[k < olds ? i + k : i + olds + k];
            if (k < olds && k < news) one.column[1] = all[i + olds + k].column[1];
            all[kept++] = one;
        }
    }
    p->pairs.len = kept;
}

int sectag_pairing_init(sectag_pairing *p, const sectag_model *before, const sectag_model *after, sectag_err *err) {
    p->model[0] = before;
    p->model[1] = after;
    if (sectag_array_reserve(&p->pairs, before->n_columns + after->n_columns) || add_columns(p, 0) || add_columns(p, 1))
        return sectag_err_nomem(err);
    if (p->pairs.len) qsort(p->pairs.data, p->pairs.len, sizeof *p->pairs.data, by_name);
    join(p);
    return 0;
}

double sectag_pairing_weight(const sectag_pairing *p, size_t pair, int side, int area) {
    uint32_t column = p->pairs.data[pair].column[side];
    if (area < 0 || column == SECTAG_NO_COLUMN || !p->model[side]->area[area].trained) return 0;
    return sectag_model_weight(p->model[side], column, (size_t)area);
}

static double difference(const sectag_pairing *p, size_t pair, const int area[2]) {
    return fabs(sectag_pairing_weight(p, pair, 1, area[1]) - sectag_pairing_weight(p, pair, 0, area[0]));
}

size_t sectag_pairing_most(const sectag_pairing *p, const int area[2], size_t n, uint32_t *best) {
    size_t found = 0;
    for (size_t i = 0; i < p->pairs.len && n; i++) {
        double d = difference(p, i, area);
        if (d <= 0 || (found == n && d <= difference(p, best[n - 1], area))) continue;
        size_t at = found < n ? found++ : n - 1; /* n is small: insertion */
        for (; at > 0 && difference(p, best[at - 1], area) < d; at--) best[at] = best[at - 1];
        best[at] = (uint32_t)i;
    }
    return found;
}

size_t sectag_pairing_count(const sectag_pairing *p, sectag_driver_kind kind, int which) {
    size_t n = 0;
    for (size_t i = 0; i < p->pairs.len; i++) {
        const sectag_pair *x = &p->pairs.data[i];
        int only = (x->column[0] == SECTAG_NO_COLUMN) - (x->column[1] == SECTAG_NO_COLUMN);
        n += x->kind == kind && only == which;
    }
    return n;
}
