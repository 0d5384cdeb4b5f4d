/* matrix.h: the clauses as one sparse matrix in compressed rows, the shape in which vectors go from
 * features/ to the solvers. Row r holds the entries off[r] .. off[r+1]-1 of `index` and `value`;
 * indices ascend strictly inside a row and are below `cols`. Values are single precision (a vector
 * is a unit-norm tf-idf row, 7 digits are plenty); every sum over them is taken in double.
 *
 *     sectag_matrix m;
 *     sectag_matrix_init(&m);
 *     if (sectag_matrix_begin(&m, err)) goto cleanup;
 *     if (sectag_matrix_add(&m, 3, 0.5f, err)) goto cleanup;    // ascending columns
 *     sectag_matrix_end(&m);                                    // row 0 is there now
 *     cleanup: sectag_matrix_release(&m);
 */
#ifndef SECTAG_MATRIX_H
#define SECTAG_MATRIX_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

/* Read freely; write through the functions. `cols` grows with the largest index seen and may be
 * raised by hand to the size of the vocabulary. */
typedef struct sectag_matrix {
    size_t rows, cols;
    size_t *off;     /* rows + 1 offsets; NULL while there is no row */
    uint32_t *index; /* column of each entry */
    float *value;
    size_t off_cap, index_cap, value_cap; /* room, in elements */
    size_t len;                           /* entries, an open row included */
} sectag_matrix;

/* No rows, no columns; owns nothing yet. */
void sectag_matrix_init(sectag_matrix *m);

/* Frees the entries and leaves an empty matrix. */
void sectag_matrix_release(sectag_matrix *m);

/* Opens a row behind the last one; entries of a row that was opened and not ended are dropped.
 * SECTAG_ENOMEM. */
int sectag_matrix_begin(sectag_matrix *m, sectag_err *err);

/* Adds an entry to the open row. SECTAG_EARG if the column does not ascend or the value is not
 * finite; SECTAG_ENOMEM. The matrix stays usable after either. */
int sectag_matrix_add(sectag_matrix *m, uint32_t column, float value, sectag_err *err);

/* Closes the open row (an empty row is a row). Cannot fail: _begin made the room. */
void sectag_matrix_end(sectag_matrix *m);

/* Entries of row r. */
size_t sectag_matrix_row_len(const sectag_matrix *m, size_t r);

/* Row r times the dense vector w[cols], summed in ascending order of columns. */
double sectag_matrix_dot(const sectag_matrix *m, size_t r, const double *w);
double sectag_matrix_dotf(const sectag_matrix *m, size_t r, const float *w);

/* w += a * row r. */
void sectag_matrix_axpy(const sectag_matrix *m, size_t r, double a, double *w);

#endif
