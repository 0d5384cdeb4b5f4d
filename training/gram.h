/* gram.h: all inner products between some rows of a matrix, in the shape of libsvm's PRECOMPUTED
 * kernel. Two clauses share few of their n-grams, so the products are summed through the columns
 * (for each column of row i, over the rows that have it), which touches only shared entries: an
 * order of magnitude less work than merging every pair of rows. Each sum ascends in columns and is
 * taken in double, as in libsvm's own linear kernel, so both give the same bits.
 */
#ifndef SECTAG_GRAM_H
#define SECTAG_GRAM_H

#include "features/err.h"
#include "training/matrix.h"

#include <stddef.h>
#include <stdint.h>

struct svm_node;

/* Nodes that n rows need, n * (n + 2); SIZE_MAX if their bytes are not representable. */
size_t sectag_gram_nodes(size_t n);

/* Fills k with the rows of the kernel: node 0 is the serial number from 1, node j the product with the
 * j-th of `rows`, the last one the terminator. SECTAG_ENOMEM. */
int sectag_gram_fill(struct svm_node *k, const sectag_matrix *x, const uint32_t *rows, size_t n);

#endif
