/* explain_view.h: an explanation as text for a terminal, and as JSON.
 *
 *   colours     each character's background by what it brings: greens push up, reds push down
 *   no colours  [+0.31疫苗] around spans that bring something; what brings little stands bare
 */
#ifndef SECTAG_EXPLAIN_VIEW_H
#define SECTAG_EXPLAIN_VIEW_H

#include "classify/explain.h"
#include "features/buf.h"

#include <jansson.h>
#include <stddef.h>

typedef struct sectag_explain_view {
    int colour;
    size_t top; /* n-grams and terms shown in each direction */
} sectag_explain_view;

/* Appends what sectag_explainer_area(x, area) found for the clause `text`. Returns 0 or SECTAG_ENOMEM. */
int sectag_explain_put(const sectag_explain_view *v, const sectag_explainer *x, size_t area,
                       sectag_piece text, sectag_buf *out);

/* The same as an object: area, score, bias, p, tagged, band, threshold, spans, ngrams, terms; bias and the
 * spans' sums add up to the score. NULL when memory is short. */
json_t *sectag_explain_json(const sectag_explainer *x, size_t area, sectag_piece text);

/* Appends what the model looks for in an area: weightiest n-grams up and down, the term channel's weights. */
int sectag_explain_put_model(const sectag_explain_view *v, const sectag_model *m, size_t area,
                             sectag_buf *out);
json_t *sectag_explain_model_json(const sectag_explain_view *v, const sectag_model *m, size_t area);

#endif
