#include "training/matrix.h"

#include "features/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void sectag_matrix_init(sectag_matrix *m) {
    memset(m, 0, sizeof *m);
}

void sectag_matrix_release(sectag_matrix *m) {
    free(m->off);
    free(m->index);
    free(m->value);
    sectag_matrix_init(m);
}

static int grow(void *data, size_t *cap, size_t need, size_t size) {
    return need <= *cap ? 0 : sectag_array_grow(data, cap, need, size);
}

int sectag_matrix_begin(sectag_matrix *m, sectag_err *err) {
    if (grow(&m->off, &m->off_cap, m->rows + 2, sizeof *m->off)) return sectag_err_nomem(err);
    if (m->rows == 0) m->off[0] = 0;
    m->len = m->off[m->rows];
    return 0;
}

int sectag_matrix_add(sectag_matrix *m, uint32_t column, float value, sectag_err *err) {
    int first = m->len == m->off[m->rows];
    if (!first && m->index[m->len - 1] >= column)
        return sectag_err_set(err, SECTAG_EARG, "row %zu: column %u after column %u", m->rows,
                              (unsigned)column, (unsigned)m->index[m->len - 1]);
    if (!isfinite(value))
        return sectag_err_set(err, SECTAG_EARG, "row %zu: column %u is not a number", m->rows,
                              (unsigned)column);
    if (grow(&m->index, &m->index_cap, m->len + 1, sizeof *m->index) ||
        grow(&m->value, &m->value_cap, m->len + 1, sizeof *m->value))
        return sectag_err_nomem(err);
    m->index[m->len] = column;
    m->value[m->len++] = value;
    return 0;
}

void sectag_matrix_end(sectag_matrix *m) {
    if (m->len > m->off[m->rows] && m->index[m->len - 1] >= m->cols)
        m->cols = (size_t)m->index[m->len - 1] + 1;
    m->off[++m->rows] = m->len;
}

size_t sectag_matrix_row_len(const sectag_matrix *m, size_t r) {
    return m->off[r + 1] - m->off[r];
}

double sectag_matrix_dot(const sectag_matrix *m, size_t r, const double *w) {
    double sum = 0;
    for (size_t k = m->off[r]; k < m->off[r + 1]; k++) sum += (double)m->value[k] * w[m->index[k]];
    return sum;
}

double sectag_matrix_dotf(const sectag_matrix *m, size_t r, const float *w) {
    double sum = 0;
    for (size_t k = m->off[r]; k < m->off[r + 1]; k++) sum += (double)m->value[k] * (double)w[m->index[k]];
    return sum;
}

void sectag_matrix_axpy(const sectag_matrix *m, size_t r, double a, double *w) {
    for (size_t k = m->off[r]; k < m->off[r + 1]; k++) w[m->index[k]] += a * (double)m->value[k];
}
