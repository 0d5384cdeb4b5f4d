/* unseen.h: what a model would say of labelled clauses if it had not been trained on them nor on their like.
 *
 *   vectors + labelled clauses (as decisions, decided.h) -> cross-validation -> out-of-fold probabilities
 *
 * A clause that repeats one of the corpus is scored with that one's fold, any other is held out with the documents
 * and near-duplicates of its group. Sentences of no document that are in the corpus already are trained on in every
 * fold: nothing unbiased can be said of them.
 */
#ifndef SECTAG_UNSEEN_H
#define SECTAG_UNSEEN_H

#include "training/decision.h"
#include "training/material.h"

/* Fills p[d->len][n_areas] and known[d->len] (0: there is no such probability). m is what the current model was
 * trained on, and has the clauses as rows afterwards; LIBLINEAR solves. Areas that are not trained have p = 0.
 * Returns 0, SECTAG_EARG (areas do not fit), SECTAG_ENOMEM, SECTAG_ECANCEL, or an error of train.h. */
int sectag_unseen(sectag_material *m, const sectag_decisions *d, const sectag_train_options *o, double *p,
                  uint8_t *known, sectag_progress_fn *progress, void *progress_ctx, sectag_err *err);

#endif
