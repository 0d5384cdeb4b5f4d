/* pairing.h: two models column by column: which n-grams and terms both know, which only one does, and whose weights
 * differ most. Columns are paired by what they stand for (change.h), not by their numbers.
 */
#ifndef SECTAG_PAIRING_H
#define SECTAG_PAIRING_H

#include "features/array.h"
#include "features/err.h"
#include "models/change.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_NO_COLUMN UINT32_MAX

/* What a column stands for, and its numbers in the old and the new model. */
typedef struct sectag_pair {
    sectag_driver_kind kind;
    const char *text; /* points into one of the models */
    size_t len;
    uint32_t column[2]; /* SECTAG_NO_COLUMN: that model does not know it */
} sectag_pair;

/* By kind and text, ascending. Zero-initialised: none. */
typedef struct sectag_pairing {
    const sectag_model *model[2];
    SECTAG_ARRAY(sectag_pair) pairs;
} sectag_pairing;

/* Pairs all columns of both models, which must outlive the pairing. *p is zero-initialised. SECTAG_ENOMEM. */
int sectag_pairing_init(sectag_pairing *p, const sectag_model *before, const sectag_model *after, sectag_err *err);
void sectag_pairing_release(sectag_pairing *p);

/* The weight of a pair's column for an area in the old (0) or new (1) model; 0 where the model knows the column or
 * the area (-1) not. */
double sectag_pairing_weight(const sectag_pairing *p, size_t pair, int side, int area);

/* Fills best[] with the numbers of the at most n pairs whose weights for an area (its numbers in both models, -1:
 * none) differ most, largest difference first, ties in order. Returns how many; differences of 0 are none. */
size_t sectag_pairing_most(const sectag_pairing *p, const int area[2], size_t n, uint32_t *best);

/* Pairs of a kind that both models know (0), only the old one (-1), or only the new one (+1). */
size_t sectag_pairing_count(const sectag_pairing *p, sectag_driver_kind kind, int which);

#endif
