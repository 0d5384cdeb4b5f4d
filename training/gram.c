#include "training/gram.h"

#include "features/array.h"

#include <libsvm/svm.h>
#include <stdlib.h>
#include <string.h>

/* The chosen rows by column: postings off[c] .. off[c+1]-1. */
typedef struct columns {
    size_t *off;
    uint32_t *row; /* position in the list of chosen rows, ascending */
    float *value;
} columns;

static void columns_release(columns *c) {
    free(c->off);
    free(c->row);
    free(c->value);
}

/* Counting sort by column; off[c + 1] serves as the cursor of column c while filling. */
static int columns_fill(columns *c, const sectag_matrix *x, const uint32_t *rows, size_t n) {
    size_t entries = 0;
    for (size_t i = 0; i < n; i++) entries += sectag_matrix_row_len(x, rows[i]);
    c->off = sectag_zalloc(x->cols + 2, sizeof *c->off);
    c->row = sectag_alloc(entries, sizeof *c->row);
    c->value = sectag_alloc(entries, sizeof *c->value);
    if (!c->off || !c->row || !c->value) return SECTAG_ENOMEM;
    for (size_t i = 0; i < n; i++)
        for (size_t k = x->off[rows[i]]; k < x->off[rows[i] + 1]; k++) c->off[x->index[k] + 2]++;
    for (size_t j = 2; j <= x->cols + 1; j++) c->off[j] += c->off[j - 1];
    for (size_t i = 0; i < n; i++)
        for (size_t k = x->off[rows[i]]; k < x->off[rows[i] + 1]; k++) {
            size_t at = c->off[x->index[k] + 1]++;
            c->row[at] = (uint32_t)i;
            c->value[at] = x->value[k];
        }
    return 0;
}

/* sum[j] = row r times chosen row j. */
static void products(const columns *c, const sectag_matrix *x, uint32_t r, double *sum) {
    for (size_t k = x->off[r]; k < x->off[r + 1]; k++) {
        double v = (double)x->value[k];
        size_t end = c->off[x->index[k] + 1];
        for (size_t p = c->off[x->index[k]]; p < end; p++) sum[c->row[p]] += v * (double)c->value[p];
    }
}

size_t sectag_gram_nodes(size_t n) {
    if (n > SIZE_MAX - 2 || (n && n + 2 > SIZE_MAX / sizeof(struct svm_node) / n)) return SIZE_MAX;
    return n * (n + 2);
}

int sectag_gram_fill(struct svm_node *k, const sectag_matrix *x, const uint32_t *rows, size_t n) {
    columns c = {0};
    double *sum = sectag_alloc(n, sizeof *sum);
    int rc = sum ? columns_fill(&c, x, rows, n) : SECTAG_ENOMEM;
    for (size_t i = 0; !rc && i < n; i++) {
        struct svm_node *row = k + i * (n + 2);
        memset(sum, 0, n * sizeof *sum);
        products(&c, x, rows[i], sum);
        row[0] = (struct svm_node){0, (double)(i + 1)};
        for (size_t j = 0; j < n; j++) row[j + 1] = (struct svm_node){(int)(j + 1), sum[j]};
        row[n + 1] = (struct svm_node){-1, 0};
    }
    columns_release(&c);
    free(sum);
    return rc;
}
