/* fold.h: cross-validation folds that keep groups (group.h) together, stratified over the areas, and what
 * may be trained on when one of them is held out.
 *
 *     sectag_folds_assign(&groups, labels, words, 5, fold, err);
 *     for (unsigned f = 0; f < 5; f++) {
 *         sectag_folds_training(&groups, fold, f, rows, &n_rows, NULL, err);
 *         // train on rows[0 .. n_rows-1], score the rows with fold[r] == f
 *     }
 */
#ifndef SECTAG_FOLD_H
#define SECTAG_FOLD_H

#include "features/err.h"
#include "training/group.h"

#include <stddef.h>
#include <stdint.h>

/* Deals the groups out to k folds (2 <= k <= 255), fold[n] in 0 .. k-1: larger groups first, each to the fold
 * where it adds least to the sum of squares of the folds' shares of every area's positives and of all rows
 * (a greedy stratification after Sechidis, Tsoumakas & Vlahavas 2011). labels: `words` 64-bit words a row,
 * bit a of a row's words set for area a; words may be 0. SECTAG_EARG, SECTAG_ENOMEM. */
int sectag_folds_assign(const sectag_groups *g, const uint64_t *labels, size_t words, unsigned k,
                        uint8_t *fold, sectag_err *err);

/* The training rows of a fold, ascending: those of other folds that are not near any row in it. rows has room
 * for n; *n_rows is how many, *n_excluded (may be NULL) how many the exclusion rule took. SECTAG_ENOMEM. */
int sectag_folds_training(const sectag_groups *g, const uint8_t *fold, unsigned f, uint32_t *rows,
                          size_t *n_rows, size_t *n_excluded, sectag_err *err);

#endif
