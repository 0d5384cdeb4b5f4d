/* explain.h: a clause's score for an area as a sum over spans of its original text.
 *
 *   score = bias + sum over columns of value * weight
 *         = bias + sum over occurrences of value * weight / occurrences of the column
 *         = bias + sum over code points of what the occurrences that cover them bring, each evenly spread
 *         = bias + sum over parts of the source text
 *
 * The third line holds because every occurrence covers at least one code point, the last because every
 * normalised code point knows its source bytes (normal.h). Term hits are occurrences like n-grams.
 */
#ifndef SECTAG_EXPLAIN_H
#define SECTAG_EXPLAIN_H

#include "classify/tagger.h"
#include "features/array.h"
#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes [start, end) of the text, and what they bring to the score. */
typedef struct sectag_part {
    size_t start, end;
    double sum;
    int side; /* spans only: 1 up, -1 down, 0 little either way */
} sectag_part;

typedef enum sectag_cause_kind { SECTAG_CAUSE_NGRAM, SECTAG_CAUSE_TERM } sectag_cause_kind;

/* An n-gram or a term of the clause, and what all its occurrences bring. */
typedef struct sectag_cause {
    sectag_cause_kind kind;
    uint32_t id;       /* the n-gram's column, or the term's number */
    sectag_piece text; /* points into the model */
    uint32_t count;    /* occurrences */
    double sum;
} sectag_cause;

typedef SECTAG_ARRAY(sectag_part) sectag_part_list;
typedef SECTAG_ARRAY(sectag_cause) sectag_cause_list;

typedef struct sectag_explainer {
    const sectag_model *model;
    sectag_encoder encoder;
    double *score;           /* [n_areas] */
    sectag_verdict *verdict; /* [n_areas] of the text read last */
    /* of the area asked for last: */
    double bias;
    sectag_part_list parts;     /* in text order, apart from each other; one or a few characters each */
    sectag_cause_list causes;   /* largest sum first */
    SECTAG_ARRAY(double) share; /* [counts.len] what one occurrence of a column brings */
    SECTAG_ARRAY(double) cp;    /* [normal.len] what each code point brings */
} sectag_explainer;

/* Borrows the model, which it indexes (sectag_model_index). Returns 0, SECTAG_ENOMEM or SECTAG_EMODEL. */
int sectag_explainer_init(sectag_explainer *x, sectag_model *model, sectag_err *err);
void sectag_explainer_release(sectag_explainer *x);

/* Encodes a clause: fills x->verdict. Returns 0, SECTAG_ENOMEM or SECTAG_EARG. */
int sectag_explainer_read(sectag_explainer *x, const char *text, size_t len, sectag_err *err);

/* Explains that clause's score for one area: fills bias, parts and causes. Returns 0 or SECTAG_ENOMEM. */
int sectag_explainer_area(sectag_explainer *x, size_t area, sectag_err *err);

/* Replaces *out by the parts drawn together: neighbours that all bring more than `least` (side 1), or all
 * less than -least (side -1), or neither (side 0), become one span. The sum stays the same. Returns 0 or
 * SECTAG_ENOMEM. */
int sectag_explainer_spans(const sectag_explainer *x, double least, sectag_part_list *out);

/* The largest absolute sum of a part. */
double sectag_explainer_peak(const sectag_explainer *x);

/* ---- what a model looks for ---- */

/* Replaces *out by all n-grams with a weight for the area, largest weight first (`sum` is the weight, `count`
 * the training clauses that have the n-gram). Returns 0 or SECTAG_ENOMEM. */
int sectag_explain_weights(const sectag_model *m, size_t area, sectag_cause_list *out);

/* What the first term of `group` and `grade` adds to an area's score by that alone; 0 where the model has no
 * term channel. */
double sectag_explain_grade(const sectag_model *m, size_t area, size_t group, int grade);

/* Replaces *out by all terms, `sum` what one occurrence of the term alone adds to the area's score, largest
 * first. Returns 0 or SECTAG_ENOMEM. */
int sectag_explain_terms(const sectag_model *m, size_t area, sectag_cause_list *out);

#endif
