/* change.h: why two models score a clause differently: the n-grams and terms whose part in the score changed
 * most. Both models' sums are taken apart by the names of their columns, so the models need not have the same
 * vocabulary.
 */
#ifndef SECTAG_CHANGE_H
#define SECTAG_CHANGE_H

#include "features/array.h"
#include "models/model.h"

#include <stddef.h>

/* A vector as an encoder or a dataset has it: counts and their weights. */
typedef struct sectag_change_side {
    const sectag_model *model;
    const sectag_count *counts;
    const float *value; /* [n] */
    size_t n;
} sectag_change_side;

typedef enum sectag_driver_kind {
    SECTAG_DRIVER_NGRAM,
    SECTAG_DRIVER_TERM, /* one term by itself */
    SECTAG_DRIVER_WEAK, /* text is the code of the area whose weak terms occur */
    SECTAG_DRIVER_STRONG,
    SECTAG_DRIVER_BIAS
} sectag_driver_kind;

/* What something brings to the score in the new model minus what it brought in the old one. */
typedef struct sectag_driver {
    sectag_driver_kind kind;
    const char *text; /* points into one of the models */
    size_t len;
    double sum;
} sectag_driver;

typedef SECTAG_ARRAY(sectag_driver) sectag_driver_list;

/* Names a column of a model; sum is 0. */
sectag_driver sectag_change_column(const sectag_model *m, uint32_t column);

/* Replaces *out by all drivers of the difference new - old of the scores for an area (the area's numbers in
 * the two models; -1: the model does not know it), those that push the way the score went first, largest
 * first. Their sums add up to the difference. Returns 0 or SECTAG_ENOMEM. */
int sectag_change_drivers(const sectag_change_side *before, int area_before, const sectag_change_side *after,
                          int area_after, sectag_driver_list *out);

/* "ngram", "term", "weak", "strong" or "bias". */
const char *sectag_driver_kind_name(sectag_driver_kind kind);

#endif
