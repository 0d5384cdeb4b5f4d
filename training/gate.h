/* gate.h: may a retrained model take the place of the current one?
 *
 *   out-of-fold scores of both on the corpus' rows  \
 *   both models on held decisions                    > paired differences by area -> verdict, report
 *   both models on contrast cases, calibration      /
 *
 * Differences new - old of F1 and of average precision have 95 % intervals from a bootstrap by document, the
 * same documents drawn for both (metric.h). What a decision changed in the corpus is left out: the two models
 * were taught different answers there. The candidate is blocked by
 *
 * - a loss in a core area, in either set: the interval is wholly below 0 and the value below -least_loss
 * - contrast: more cases failed than before, by more than allowed_contrast
 * - calibration: the mean expected calibration error rises by more than allowed_ece
 *
 * Every tag that flips is listed with the n-grams and terms that flipped it (models/change.h).
 */
#ifndef SECTAG_GATE_H
#define SECTAG_GATE_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "models/change.h"
#include "models/model.h"
#include "training/decision.h"
#include "training/material.h"
#include "training/metric.h"

#include <stddef.h>
#include <stdint.h>

/* Nothing is owned. Both trainings are of the same corpus with the same folds; `after` of `material`, which
 * may have more areas and rows at the end. */
typedef struct sectag_gate_input {
    const sectag_material *material;
    const sectag_train_options *options;
    const sectag_trained *before, *after;
    sectag_model *old_model, *new_model; /* indexed (model.h) by the gate */
    const sectag_decisions *decisions; /* of material's areas; NULL: none */
    const char *contrast;              /* table with the columns id, area, expect, text; NULL: none */
} sectag_gate_input;

typedef struct sectag_gate_options {
    size_t replicates;
    uint64_t seed;
    double least_loss; /* smaller losses do not block however certain they are */
    size_t allowed_contrast;
    double allowed_ece;
    size_t drivers; /* listed for each flip */
} sectag_gate_options;

#define SECTAG_GATE_DEFAULTS ((sectag_gate_options){1000, 1, 0.001, 2, 0.01, 5})

typedef enum sectag_gate_set { SECTAG_GATE_CORPUS, SECTAG_GATE_HELD, SECTAG_GATE_CONTRAST } sectag_gate_set;

typedef struct sectag_gate_flip {
    sectag_gate_set set;
    size_t area;
    int8_t gold; /* +1, -1, 0 unknown */
    int tagged;  /* now */
    double p_before, p_after;
    size_t id, id_len, text, text_len; /* in strings; text_len 0: not known */
    size_t driver, drivers;            /* drivers.data[driver .. driver + drivers) */
} sectag_gate_flip;

typedef struct sectag_gate {
    size_t n_areas;
    sectag_metrics corpus, held;  /* differences; held.n_rows 0: there were none */
    double ece_before, ece_after; /* means over the areas */
    size_t contrast, failed_before, failed_after;
    uint8_t *lost; /* [n_areas] 1: a loss that blocks */
    int blocked, by_loss, by_contrast, by_calibration;
    SECTAG_ARRAY(sectag_gate_flip) flips;
    sectag_driver_list drivers; /* texts point into the models */
    sectag_buf strings;
} sectag_gate;

void sectag_gate_init(sectag_gate *g);
void sectag_gate_release(sectag_gate *g);

/* Compares. *g must be initialised. Deterministic. Returns 0, SECTAG_ENOMEM, SECTAG_EARG, or SECTAG_EDATA and
 * SECTAG_EIO of the contrast table. */
int sectag_gate_run(sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                    sectag_err *err);

/* Appends the report as JSON: verdict, reasons, areas, contrast, calibration, flips. SECTAG_ENOMEM. */
int sectag_gate_report(const sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                       sectag_buf *out, sectag_err *err);

#endif
