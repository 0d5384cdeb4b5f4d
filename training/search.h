/* search.h: options chosen by cross-validation, one option after the other.
 *
 * Starting from the given options, each row of a table of options is tried with each of its values, all
 * others held; a value replaces the one in force when the objective rises by more than SECTAG_SEARCH_GAIN.
 * The objective is the mean of macro-F1, micro-F1 and mean average precision of the out-of-fold scores.
 * LIBLINEAR solves the searches (see solver.h); what ships is trained with the solver that was asked for.
 */
#ifndef SECTAG_SEARCH_H
#define SECTAG_SEARCH_H

#include "features/buf.h"
#include "training/material.h"

/* Differences below this are noise of the folds. */
#define SECTAG_SEARCH_GAIN 0.001

/* The mean of macro-F1, micro-F1 and mean average precision of the out-of-fold scores. Returns 0 or an error
 * of metric.h. */
int sectag_search_objective(const sectag_dataset *d, const sectag_trained *t, double *objective,
                            sectag_err *err);

/* Told of each trial; a non-zero result stops the search. */
typedef int sectag_trial_fn(void *ctx, size_t done, size_t total, const char *option, double value,
                            double objective);

/* Changes *o to the best options found and encodes m with them; appends to `log` a JSON array of all trials.
 * Returns 0, SECTAG_ECANCEL, or an error of the training. */
int sectag_search(sectag_material *m, sectag_train_options *o, sectag_buf *log, sectag_trial_fn *trial,
                  void *ctx, sectag_err *err);

#endif
