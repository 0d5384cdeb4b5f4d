#include "training/dataset.h"

#include <string.h>

void sectag_dataset_init(sectag_dataset *d) {
    memset(d, 0, sizeof *d);
}

void sectag_dataset_release(sectag_dataset *d) {
    free(d->rows.data);
    free(d->off.data);
    free(d->counts.data);
    free(d->labels.data);
    free(d->cells.data);
    sectag_buf_release(&d->strings);
    sectag_names_release(&d->docs);
    sectag_dataset_init(d);
}

int sectag_dataset_has(const sectag_dataset *d, size_t i, size_t area) {
    const sectag_row *r = &d->rows.data[i];
    for (uint32_t k = 0; k < r->labels; k++)
        if (d->labels.data[r->label + k] == area) return 1;
    return 0;
}

int sectag_dataset_contradicts(const sectag_dataset *d, const sectag_decided_cell *c) {
    return c->row < d->rows.len - d->added && sectag_dataset_has(d, c->row, c->area) != (c->value > 0);
}

/* The cell, or NULL. */
static const sectag_decided_cell *find_cell(const sectag_dataset *d, size_t row, size_t area) {
    size_t low = 0, high = d->cells.len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const sectag_decided_cell *c = &d->cells.data[mid];
        if (c->row < row || (c->row == row && c->area < area))
            low = mid + 1;
        else
            high = mid;
    }
    const sectag_decided_cell *c = low < d->cells.len ? &d->cells.data[low] : NULL;
    return c && c->row == row && c->area == area ? c : NULL;
}

int sectag_dataset_is_decided(const sectag_dataset *d, size_t i, size_t area) {
    return find_cell(d, i, area) != NULL;
}

int sectag_dataset_value(const sectag_dataset *d, size_t i, size_t area) {
    const sectag_decided_cell *c = find_cell(d, i, area);
    if (c) return c->value;
    if (i >= d->rows.len - d->added) return 0;
    return sectag_dataset_has(d, i, area) ? 1 : -1;
}

int sectag_dataset_count(const sectag_corpus *c, const sectag_ngram_options *o, sectag_vocab_builder *b,
                         sectag_err *err) {
    sectag_normal normal;
    sectag_ngram_list grams = {0};
    int rc = 0;
    sectag_normal_init(&normal);
    for (size_t i = 0; i < c->examples.len && !rc; i++) {
        sectag_text t = c->examples.data[i].text;
        rc = sectag_normal_run(&normal, sectag_corpus_text(c, t), t.len, err);
        if (!rc) rc = sectag_ngrams(&normal, o, &grams, err);
        if (!rc) rc = sectag_vocab_add(b, &normal, &grams, err);
    }
    sectag_normal_release(&normal);
    free(grams.data);
    return rc;
}

static int by_column(const void *pa, const void *pb) {
    const sectag_count *a = pa, *b = pb;
    return (a->column > b->column) - (a->column < b->column);
}

static int copy_text(sectag_dataset *d, const char *data, size_t len, sectag_text *out) {
    *out = (sectag_text){d->strings.len, len};
    return sectag_buf_add(&d->strings, data, len);
}

int sectag_dataset_number_doc(sectag_dataset *d, size_t i) {
    sectag_row *r = &d->rows.data[i];
    r->doc_number = SECTAG_NO_DOC;
    if (r->doc.len == 0) return 0;
    return sectag_names_number(&d->docs, d->strings.data + r->doc.off, r->doc.len, &r->doc_number);
}

static int end_row(sectag_dataset *d, const sectag_row *r) {
    if (d->off.len == 0 && sectag_array_push(&d->off, 0)) return SECTAG_ENOMEM;
    if (sectag_array_push(&d->rows, *r) || sectag_array_push(&d->off, d->counts.len)) return SECTAG_ENOMEM;
    return sectag_dataset_number_doc(d, d->rows.len - 1);
}

/* Appends the encoder's counts in ascending order of columns. */
static int copy_counts(sectag_dataset *d, const sectag_encoder *e) {
    size_t from = d->counts.len, n = e->counts.len;
    if (n == 0) return 0;
    if (sectag_array_reserve(&d->counts, n)) return SECTAG_ENOMEM;
    memcpy(d->counts.data + from, e->counts.data, n * sizeof *e->counts.data);
    qsort(d->counts.data + from, n, sizeof *d->counts.data, by_column);
    d->counts.len += n;
    return 0;
}

int sectag_dataset_add_row(sectag_dataset *d, const char *doc, const sectag_encoder *e, sectag_err *err) {
    sectag_row r = {.label = (uint32_t)d->labels.len};
    if (copy_text(d, doc ? doc : "", doc ? strlen(doc) : 0, &r.doc) || copy_counts(d, e) || end_row(d, &r))
        return sectag_err_nomem(err);
    d->added++;
    return 0;
}

static int add_example(sectag_dataset *d, const sectag_corpus *c, const sectag_example *x,
                       sectag_encoder *e) {
    const char *s = c->strings.data;
    sectag_row r = {.label = (uint32_t)d->labels.len, .labels = x->labels};
    if (copy_text(d, s + x->id.off, x->id.len, &r.id) || copy_text(d, s + x->doc.off, x->doc.len, &r.doc) ||
        copy_text(d, s + x->lang.off, x->lang.len, &r.lang) ||
        copy_text(d, s + x->reg.off, x->reg.len, &r.reg))
        return SECTAG_ENOMEM;
    for (uint32_t k = 0; k < x->labels; k++)
        if (sectag_array_push(&d->labels, c->labels.data[x->label + k])) return SECTAG_ENOMEM;
    if (copy_counts(d, e)) return SECTAG_ENOMEM;
    return end_row(d, &r);
}

int sectag_dataset_encode(sectag_dataset *d, const sectag_corpus *c, size_t n_areas, sectag_encoder *e,
                          sectag_err *err) {
    d->n_areas = n_areas;
    d->n_grams = e->vocab->n;
    d->n_columns = sectag_vector_columns(d->n_grams, e->terms);
    for (size_t i = 0; i < c->examples.len; i++) {
        const sectag_example *x = &c->examples.data[i];
        int rc = sectag_encode(e, sectag_corpus_text(c, x->text), x->text.len, err);
        if (rc) return rc;
        if (add_example(d, c, x, e)) return sectag_err_nomem(err);
    }
    return 0;
}

int sectag_dataset_weigh(const sectag_dataset *d, const sectag_vector_options *o, const sectag_vocab *v,
                         sectag_matrix *m, sectag_err *err) {
    SECTAG_ARRAY(float) value = {0};
    int rc = 0;
    for (size_t i = 0; i < d->rows.len && !rc; i++) {
        const sectag_count *counts = d->counts.data + d->off.data[i];
        size_t n = d->off.data[i + 1] - d->off.data[i], n_grams = 0;
        while (n_grams < n && counts[n_grams].column < d->n_grams) n_grams++;
        value.len = 0;
        if (sectag_array_reserve(&value, n + 1) || !value.data) rc = sectag_err_nomem(err);
        if (!rc)
            sectag_vector_weigh(o, v, counts, n_grams, o->terms ? n : n_grams, d->n_grams + 2 * d->n_areas,
                                value.data);
        if (!rc) rc = sectag_matrix_begin(m, err);
        for (size_t k = 0; k < (o->terms ? n : n_grams) && !rc; k++)
            rc = sectag_matrix_add(m, counts[k].column, value.data[k], err);
        if (!rc) sectag_matrix_end(m);
    }
    m->cols = o->terms ? d->n_columns : d->n_grams;
    free(value.data);
    return rc;
}
