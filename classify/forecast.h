/* forecast.h: how much work a run will be: of each area, how many clauses of some documents are accepted, to be
 * reviewed, and left alone, and how many there are to read down to the thresholds that recall so and so much.
 *
 *   records -> tagger -> counts by area and band, and by level of recall -> text, JSON
 *
 * Counts are of the documents at hand; recall is what the thresholds recalled out of fold (training/point.h), and
 * at least in as many documents again as those it was measured on, at the given confidence.
 */
#ifndef SECTAG_FORECAST_H
#define SECTAG_FORECAST_H

#include "classify/record.h"
#include "features/buf.h"
#include "models/model.h"
#include "training/operating.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_FORECAST_LEVELS = 5 };

/* The levels of recall: 0.8, 0.9, 0.95, 0.98, 1. */
extern const double sectag_forecast_level[SECTAG_FORECAST_LEVELS];

/* What a threshold recalls. */
typedef struct sectag_recalled {
    double threshold, estimate, at_least; /* at_least 0: nothing can be promised */
} sectag_recalled;

typedef struct sectag_forecast_area {
    uint64_t accept, review;
    double expected; /* sum of the probabilities: clauses of the area, if they are calibrated for these documents */
    sectag_recalled tagged, accepted;
    sectag_recalled level[SECTAG_FORECAST_LEVELS];
    uint64_t read[SECTAG_FORECAST_LEVELS]; /* clauses at or above the level's threshold */
} sectag_forecast_area;

typedef struct sectag_forecast {
    const sectag_model *model; /* borrowed */
    const uint8_t *shown;      /* [n_areas] */
    double confidence;
    int has_recall; /* 0: the model has no table of operating points; levels are empty */
    uint64_t clauses, documents, tagged, review; /* clauses with a tag, with a tag to review */
    uint64_t read[SECTAG_FORECAST_LEVELS];       /* clauses to read for any area */
    sectag_forecast_area *area;                  /* [n_areas] */
} sectag_forecast;

/* table: NULL where the model has none. Returns 0 or SECTAG_ENOMEM. */
int sectag_forecast_init(sectag_forecast *f, const sectag_model *model, const uint8_t *shown,
                         const sectag_operating *table, double confidence, sectag_err *err);
void sectag_forecast_release(sectag_forecast *f);

/* Counts one clause: verdict[n_areas] with all probabilities. */
void sectag_forecast_count(sectag_forecast *f, const sectag_verdict *verdict);

/* Append the forecast. SECTAG_ENOMEM. */
int sectag_forecast_text(const sectag_forecast *f, sectag_buf *out);
int sectag_forecast_json(const sectag_forecast *f, const char *point, sectag_buf *out);

#endif
