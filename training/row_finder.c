#include "training/row_finder.h"

#include "features/array.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

void sectag_row_finder_release(sectag_row_finder *f) {
    if (f->ready) sectag_encoder_release(&f->encoder);
    free(f->slot);
    free(f->next);
    memset(f, 0, sizeof *f);
}

static uint64_t hash_counts(const sectag_count *counts, size_t n) {
    return n ? XXH3_64bits(counts, n * sizeof *counts) : 0;
}

static int link_row(sectag_row_finder *f, const sectag_dataset *d, size_t row) {
    size_t from = d->off.data[row];
    if (row >= f->next_cap && sectag_array_grow(&f->next, &f->next_cap, row + 1, sizeof *f->next)) return SECTAG_ENOMEM;
    uint32_t *slot = &f->slot[hash_counts(d->counts.data + from, d->off.data[row + 1] - from) & f->mask];
    f->next[row] = *slot;
    *slot = (uint32_t)row + 1;
    return 0;
}

int sectag_row_finder_init(sectag_row_finder *f, const sectag_material *m, const sectag_train_options *o,
                           sectag_err *err) {
    size_t rows = m->data.rows.len, size = 16;
    int rc = sectag_encoder_init(&f->encoder, &m->vocab, m->terms.n_nodes ? &m->terms : NULL, &o->vector, err);
    if (rc) return rc;
    f->ready = 1;
    while (size < 2 * rows) size *= 2;
    f->mask = size - 1;
    f->slot = sectag_zalloc(size, sizeof *f->slot);
    if (!f->slot) rc = SECTAG_ENOMEM;
    for (size_t i = 0; i < rows && !rc; i++) rc = link_row(f, &m->data, i);
    return rc ? sectag_err_nomem(err) : 0;
}

static int is_same(const sectag_row_finder *f, const sectag_dataset *d, size_t row) {
    const sectag_count *counts = f->encoder.counts.data;
    size_t from = d->off.data[row], n = d->off.data[row + 1] - from;
    return n && n == f->encoder.counts.len && memcmp(d->counts.data + from, counts, n * sizeof *counts) == 0;
}

static int by_column(const void *a, const void *b) {
    const sectag_count *u = a, *v = b;
    return (u->column > v->column) - (u->column < v->column);
}

int sectag_row_finder_next(sectag_row_finder *f, const sectag_material *m, const sectag_decision *x, size_t *row,
                           sectag_err *err) {
    if (*row == SIZE_MAX) {
        int rc = sectag_encode(&f->encoder, x->text, x->len, err);
        if (rc) return rc;
        if (f->encoder.counts.len) /* as rows of a dataset are; the values, which nobody asks for, are not moved */
            qsort(f->encoder.counts.data, f->encoder.counts.len, sizeof *f->encoder.counts.data, by_column);
        f->link = f->slot[hash_counts(f->encoder.counts.data, f->encoder.counts.len) & f->mask];
    }
    while (f->link) {
        *row = f->link - 1;
        f->link = f->next[*row];
        if (is_same(f, &m->data, *row)) return 1;
    }
    return 0;
}

int sectag_row_finder_add(sectag_row_finder *f, sectag_material *m, const sectag_decision *x, sectag_err *err) {
    int rc = sectag_dataset_add_row(&m->data, x->doc, &f->encoder, err);
    if (!rc && link_row(f, &m->data, m->data.rows.len - 1)) rc = sectag_err_nomem(err);
    return rc;
}
