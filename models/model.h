/* model.h: a trained model: vocabulary, terms, one weight vector an area, calibration, thresholds,
 * taxonomy and provenance, in one file that is mapped and used in place.
 *
 *   header    magic, version, byte order, size, XXH3 checksum of everything, table of sections
 *   sections  aligned arrays; see the table at the top of model.c
 *
 * A file that is truncated, altered, of another version or byte order, or whose arrays do not fit
 * together is refused when it is opened, before anything is computed.
 *
 * score(area) = bias + sum over columns of value * weight; probability = calibration(score); the area is
 * tagged when the probability reaches its threshold, in band `accept` from its accept point, else `review`.
 */
#ifndef SECTAG_MODEL_H
#define SECTAG_MODEL_H

#include "features/err.h"
#include "features/file.h"
#include "features/lexicon.h"
#include "features/vector.h"
#include "models/calibration.h"
#include "models/score.h"
#include "models/taxonomy.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_MODEL_VERSION 2u

/* What a model holds for an area besides its weights. Plain bytes. */
typedef struct sectag_area_model {
    float bias;
    float scale;        /* weight = scale * the stored 16-bit number */
    double threshold;   /* tagged when p >= threshold */
    double accept;      /* band `accept` when p >= accept (>= threshold) */
    uint32_t positives; /* training clauses of the area */
    uint32_t trained;   /* 0: too few positives, never tagged */
    sectag_calibration calibration;
} sectag_area_model;

typedef struct sectag_model {
    sectag_vector_options options;
    sectag_vocab vocab; /* the n-grams with their frequencies; to be looked up only after sectag_model_index */
    sectag_terms terms; /* the list; to be searched for only after sectag_model_index */
    sectag_lexicon lexicon; /* both, to be found fast; empty where n-gram options do not allow it */
    sectag_taxonomy taxonomy;
    size_t n_areas, n_columns;
    const sectag_area_model *area; /* [n_areas] */
    const char *rows;              /* [n_columns][stride] weights and values, see score.h */
    size_t stride;
    const char *provenance;        /* JSON object */
    size_t provenance_len;
    uint64_t checksum; /* names the model */
    sectag_file file;
    sectag_vocab_builder *vocab_index; /* owned; NULL until indexed */
    sectag_terms_builder *terms_index;
} sectag_model;

/* Opens a model file. Returns 0, SECTAG_EIO, SECTAG_ENOMEM, or SECTAG_EMODEL with the reason. */
int sectag_model_open(sectag_model *m, const char *path, sectag_err *err);
void sectag_model_release(sectag_model *m);

/* A model's name: the 16 hexadecimal digits of its checksum. */
void sectag_model_id(const sectag_model *m, char out[17]);

/* Makes m->vocab and m->terms fit for an encoder (vector.h): builds what the file does not hold, because tagging
 * does without. For explanations, for tests, and done by sectag_model_open for models without a lexicon. Not while
 * other threads use the model. Returns 0, SECTAG_ENOMEM or SECTAG_EMODEL. */
int sectag_model_index(sectag_model *m, sectag_err *err);

/* The 16-bit weights of a column: [n_areas]. */
const int16_t *sectag_model_row(const sectag_model *m, size_t column);

/* Scores of all areas: score[n_areas], from the encoder's counts and values (the reference path: sums
 * in double precision, column by column). */
void sectag_model_score(const sectag_model *m, const sectag_encoder *e, double *score);

/* The weight of one column for one area. */
double sectag_model_weight(const sectag_model *m, size_t column, size_t area);

/* ---- writing ---- */

/* Everything that goes into a file. `weight` is [n_areas][n_columns], each area's row contiguous; rows of
 * areas that are not trained may be NULL. Scales are set by the writer: the largest weight of an
 * area becomes 32767. */
typedef struct sectag_model_parts {
    const sectag_vector_options *options;
    const sectag_vocab *vocab;
    const sectag_terms *terms;
    const sectag_taxonomy *taxonomy;
    sectag_area_model *area; /* [n_areas]; scale is filled in */
    const double *const *weight;
    size_t n_columns;
    const char *provenance;
} sectag_model_parts;

/* Writes the file atomically; equal parts give equal bytes. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
int sectag_model_save(const sectag_model_parts *parts, const char *path, sectag_err *err);

#endif
