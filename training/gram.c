#include "training/gram.h"

#include "features/array.h"

#include <libsvm/svm.h>
#include <stdlib.h>
#include <string.h>

/* Rows and columns of a tile when one triangle is copied to the other. */
enum { TILE = 32 };

/* The chosen rows by column: postings from[c] .. end[c]-1, those of rows already done left out. */
typedef struct columns {
    size_t *from, *end;
    uint32_t *row; /* position in the list of chosen rows, ascending */
    float *value;
} columns;

static void columns_release(columns *c) {
    free(c->from);
    free(c->end);
    free(c->row);
    free(c->value);
}

/* Counting sort by column. */
static int columns_fill(columns *c, const sectag_matrix *x, const uint32_t *rows, size_t n) {
    size_t entries = 0, at = 0;
    for (size_t i = 0; i < n; i++) entries += sectag_matrix_row_len(x, rows[i]);
    c->from = sectag_zalloc(x->cols, sizeof *c->from);
    c->end = sectag_alloc(x->cols, sizeof *c->end);
    c->row = sectag_alloc(entries, sizeof *c->row);
    c->value = sectag_alloc(entries, sizeof *c->value);
    if (!c->from || !c->end || !c->row || !c->value) return SECTAG_ENOMEM;
    for (size_t i = 0; i < n; i++)
        for (size_t k = x->off[rows[i]]; k < x->off[rows[i] + 1]; k++) c->from[x->index[k]]++;
    for (size_t j = 0; j < x->cols; j++) {
        size_t count = c->from[j];
        c->from[j] = c->end[j] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = x->off[rows[i]]; k < x->off[rows[i] + 1]; k++) {
            size_t to = c->end[x->index[k]]++;
            c->row[to] = (uint32_t)i;
            c->value[to] = x->value[k];
        }
    return 0;
}

/* sum[j] = row r, the i-th chosen one, times chosen row j, for j >= i. Chosen rows come in order, so the
 * first posting of each of its columns is its own: behind it is where the next row's products begin. */
static void products(columns *c, const sectag_matrix *x, uint32_t r, double *sum) {
    for (size_t k = x->off[r]; k < x->off[r + 1]; k++) {
        double v = (double)x->value[k];
        size_t end = c->end[x->index[k]];
        for (size_t p = c->from[x->index[k]]++; p < end; p++) sum[c->row[p]] += v * (double)c->value[p];
    }
}

/* The kernel is symmetric: the lower triangle is the upper one, tile by tile to stay in the cache. */
static void mirror(struct svm_node *k, size_t n) {
    for (size_t top = 0; top < n; top += TILE)
        for (size_t left = 0; left <= top; left += TILE)
            for (size_t i = top; i < n && i < top + TILE; i++)
                for (size_t j = left; j < i && j < left + TILE; j++)
                    k[i * (n + 2) + j + 1] = (struct svm_node){(int)(j + 1), k[j * (n + 2) + i + 1].value};
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
        memset(sum + i, 0, (n - i) * sizeof *sum);
        products(&c, x, rows[i], sum);
        row[0] = (struct svm_node){0, (double)(i + 1)};
        for (size_t j = i; j < n; j++) row[j + 1] = (struct svm_node){(int)(j + 1), sum[j]};
        row[n + 1] = (struct svm_node){-1, 0};
    }
    if (!rc) mirror(k, n);
    columns_release(&c);
    free(sum);
    return rc;
}
