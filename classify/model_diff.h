/* model_diff.h: what differs between two models as such, without a document: provenance, options, areas with their
 * thresholds and out-of-fold figures, n-grams and terms, weights. For documents there is `sectag diff`.
 */
#ifndef SECTAG_MODEL_DIFF_H
#define SECTAG_MODEL_DIFF_H

#include "features/buf.h"
#include "features/err.h"
#include "models/model.h"

#include <jansson.h>
#include <stddef.h>

/* The differences as a JSON object (the caller's):
 *
 *   old, new      ids
 *   provenance    {"options.c": [2.0, 4.0], …}: members that differ, null where a model does not have one
 *   areas         {"gained": [codes], "lost": [codes], "changed": {code: {"threshold": [old, new], …}}}
 *   columns       {"ngram": {"both": n, "gained": n, "lost": n}, "term": {…}}
 *   weights       {code: [{"kind", "text", "old", "new"}, …]}: the `top` largest changes of each area
 *
 * Returns 0, SECTAG_ENOMEM or SECTAG_EMODEL (a provenance that is no JSON object). */
int sectag_model_diff(const sectag_model *before, const sectag_model *after, size_t top, json_t **out,
                      sectag_err *err);

/* Appends such an object as lines for a reader. Returns 0 or SECTAG_ENOMEM. */
int sectag_model_diff_put(const json_t *diff, sectag_buf *out);

#endif
