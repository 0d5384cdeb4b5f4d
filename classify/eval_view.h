/* eval_view.h: how calibrated a model is, to be looked at: reliability tables as text, and a page with the curves of
 * precision over recall and of reliability, by area. The page is one file without scripts that loads nothing.
 */
#ifndef SECTAG_EVAL_VIEW_H
#define SECTAG_EVAL_VIEW_H

#include "features/buf.h"
#include "models/model.h"
#include "training/metric.h"
#include "training/reliability.h"

#include <stddef.h>
#include <stdint.h>

/* What was measured; tables [row * n_areas + area]. Nothing is owned. */
typedef struct sectag_eval_view {
    const sectag_model *model;
    size_t n; /* clauses */
    const double *p;
    const uint8_t *gold;
    const sectag_metrics *metrics;
    const double *ece; /* [n_areas] */
} sectag_eval_view;

/* The bins of one area, or of all areas together (area = n_areas). */
void sectag_eval_bins(const sectag_eval_view *v, size_t area, sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS]);

/* Append the table of an area (or of all); the page. SECTAG_ENOMEM. */
int sectag_eval_table(const sectag_eval_view *v, size_t area, sectag_buf *out);
int sectag_eval_page(const sectag_eval_view *v, sectag_buf *out);

#endif
