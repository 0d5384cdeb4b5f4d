/* row_finder.h: finds the rows of a material that a clause repeats: those with the same counts of columns. */
#ifndef SECTAG_ROW_FINDER_H
#define SECTAG_ROW_FINDER_H

#include "training/decision.h"
#include "training/material.h"

/* Rows with equal counts form a chain from their slot. Zero-initialised; knows one material. */
typedef struct sectag_row_finder {
    sectag_encoder encoder;
    uint32_t *slot, *next; /* row + 1; 0: none */
    size_t mask, next_cap;
    uint32_t link; /* where the chain of the clause that was asked for goes on */
    int ready;     /* the encoder is there */
} sectag_row_finder;

/* Takes in all rows of m, which were encoded with o. Returns 0 or SECTAG_ENOMEM. */
int sectag_row_finder_init(sectag_row_finder *f, const sectag_material *m, const sectag_train_options *o,
                           sectag_err *err);
void sectag_row_finder_release(sectag_row_finder *f);

/* The next row that repeats the clause, in *row, which is SIZE_MAX at the first call: 1, or 0 (no more), or an error.
 * A clause without any known n-gram repeats nothing. */
int sectag_row_finder_next(sectag_row_finder *f, const sectag_material *m, const sectag_decision *x, size_t *row,
                           sectag_err *err);

/* Adds the clause that was last asked for to the material as a row, counted in `added`. Returns 0 or SECTAG_ENOMEM. */
int sectag_row_finder_add(sectag_row_finder *f, sectag_material *m, const sectag_decision *x, sectag_err *err);

#endif
