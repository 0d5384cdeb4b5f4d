#include "training/decision_table.h"

#include "features/array.h"
#include "features/table.h"

#include <stdlib.h>
#include <string.h>

/* ---- appending ---- */

/* Strings and values lie in two growing blocks: pointers into them are set anew when a block moves. */
static void point_again(sectag_decisions *d, const char *old_strings, const int8_t *old_values) {
    for (size_t i = 0; i < d->len; i++) {
        sectag_decision *x = &d->data[i];
        x->text = d->strings.data + (x->text - old_strings);
        if (x->doc) x->doc = d->strings.data + (x->doc - old_strings);
        x->value = d->values + (x->value - old_values);
    }
}

static int reserve(sectag_decisions *d, size_t bytes) {
    const char *old_strings = d->strings.data;
    const int8_t *old_values = d->values;
    if (d->strings.len + bytes + 2 > d->strings.cap) {
        sectag_buf moved = {0};
        if (sectag_buf_reserve(&moved, 2 * (d->strings.len + bytes) + 2) ||
            sectag_buf_add(&moved, old_strings ? old_strings : "", d->strings.len))
            return SECTAG_ENOMEM;
        sectag_buf old = d->strings;
        d->strings = moved;
        point_again(d, old.data, old_values);
        sectag_buf_release(&old);
    }
    if (d->len < d->cap) return 0;
    size_t cap = d->cap ? 2 * d->cap : 64;
    int8_t *values = sectag_alloc(cap, d->n_areas);
    size_t room = d->cap;
    if (!values || sectag_array_grow(&d->data, &room, cap, sizeof *d->data)) {
        free(values);
        return SECTAG_ENOMEM;
    }
    if (d->len) memcpy(values, d->values, d->len * d->n_areas);
    d->values = values;
    d->cap = cap < room ? cap : room;
    point_again(d, d->strings.data, old_values);
    free((void *)old_values);
    return 0;
}

static const char *keep(sectag_decisions *d, const char *text, size_t len) {
    size_t at = d->strings.len;
    int rc = sectag_buf_add(&d->strings, text, len) || sectag_buf_addc(&d->strings, '\0');
    return rc ? NULL : d->strings.data + at; /* reserved: cannot fail, does not move */
}

int sectag_decisions_add(sectag_decisions *d, const char *text, size_t len, const char *doc,
                         const int8_t *value, int held) {
    size_t doc_len = doc ? strlen(doc) : 0;
    if (reserve(d, len + doc_len + 2)) return SECTAG_ENOMEM;
    int8_t *own = d->values + d->len * d->n_areas;
    memcpy(own, value, d->n_areas);
    d->data[d->len] = (sectag_decision){.text = keep(d, text, len),
                                        .len = len,
                                        .doc = doc ? keep(d, doc, doc_len) : NULL,
                                        .value = own,
                                        .held = held != 0};
    d->len++;
    return 0;
}

/* ---- reading ---- */

enum { TEXT, LABELS, ADD, REMOVE, DOC, HELD, COLUMNS };

static int is_none(sectag_field f) {
    return f.len == 0 || sectag_field_is(f, "-");
}

/* Sets the values of the areas in "a,b,c". */
static int set_areas(const sectag_taxonomy *areas, sectag_field f, int8_t to, int8_t *value,
                     sectag_err *err) {
    for (size_t from = 0; !is_none(f) && from <= f.len;) {
        size_t end = from;
        while (end < f.len && f.data[end] != ',') end++;
        int area = sectag_taxonomy_find(areas, f.data + from, end - from);
        if (area < 0)
            return sectag_err_set(err, SECTAG_EDATA, "unknown area \"%.*s\"", (int)(end - from),
                                  f.data + from);
        if (value[area] == -to && to > 0)
            return sectag_err_set(err, SECTAG_EDATA, "area \"%.*s\" is both added and removed",
                                  (int)(end - from), f.data + from);
        value[area] = to;
        from = end + 1;
    }
    return 0;
}

static int read_values(const sectag_taxonomy *areas, const sectag_field f[COLUMNS], int8_t *value,
                       sectag_err *err) {
    size_t n = areas->areas.len;
    memset(value, 0, n);
    if (f[TEXT].len == 0) return sectag_err_set(err, SECTAG_EDATA, "empty text");
    if (f[LABELS].len == 0 && is_none(f[ADD]) && is_none(f[REMOVE]))
        return sectag_err_set(err, SECTAG_EDATA, "nothing is decided");
    int rc = set_areas(areas, f[REMOVE], -1, value, err);
    if (!rc) rc = set_areas(areas, f[ADD], 1, value, err);
    if (!rc) rc = set_areas(areas, f[LABELS], 1, value, err);
    for (size_t a = 0; a < n && f[LABELS].len; a++)
        if (!value[a]) value[a] = -1;
    return rc;
}

static int add_row(sectag_decisions *d, const sectag_taxonomy *areas, const sectag_field f[COLUMNS],
                   int8_t *value, sectag_buf *doc, sectag_err *err) {
    int rc = read_values(areas, f, value, err);
    sectag_buf_clear(doc);
    if (!rc && sectag_buf_add(doc, f[DOC].data ? f[DOC].data : "", f[DOC].len)) rc = sectag_err_nomem(err);
    if (!rc && sectag_decisions_add(d, f[TEXT].data, f[TEXT].len, is_none(f[DOC]) ? NULL : doc->data, value,
                                    sectag_field_is(f[HELD], "1")))
        rc = sectag_err_nomem(err);
    return rc;
}

static int read_rows(sectag_decisions *d, const sectag_taxonomy *areas, sectag_table *t, int8_t *value,
                     sectag_err *err) {
    static const char *const names[COLUMNS] = {"text", "labels", "add", "remove", "doc", "held"};
    int column[COLUMNS], rc;
    size_t needed;
    sectag_buf doc = {0};
    for (int i = 0; i < COLUMNS; i++) column[i] = sectag_table_column(t, names[i]);
    rc = sectag_table_need(t, "text", &needed, err);
    if (!rc && column[LABELS] < 0 && column[ADD] < 0 && column[REMOVE] < 0)
        rc = sectag_err_at(err, SECTAG_EDATA, t->path, 1, "no column labels, add or remove");
    while (!rc && (rc = sectag_table_next(t, err)) == 1) {
        sectag_field f[COLUMNS] = {{0}};
        sectag_err why = {0};
        for (int i = 0; i < COLUMNS; i++)
            if (column[i] >= 0) f[i] = t->row.data[column[i]];
        rc = add_row(d, areas, f, value, &doc, &why);
        if (rc) (void)sectag_err_at(err, rc, t->path, t->line, "%s", why.msg);
    }
    sectag_buf_release(&doc);
    return rc;
}

int sectag_decisions_read(sectag_decisions *d, const sectag_taxonomy *areas, const char *path,
                          sectag_err *err) {
    sectag_table t;
    int8_t *value = sectag_alloc(areas->areas.len, 1);
    if (!value) return sectag_err_nomem(err);
    d->n_areas = areas->areas.len;
    int rc = sectag_table_open(&t, path, err);
    if (!rc) {
        rc = read_rows(d, areas, &t, value, err);
        sectag_table_release(&t);
    }
    free(value);
    return rc;
}
