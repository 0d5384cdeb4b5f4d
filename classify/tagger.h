/* tagger.h: what a model says about clauses: of every area a score, a probability, and whether the
 * clause is tagged with it.
 *
 *   clause text -> columns, counts -> values -> scores of all areas -> threshold -> probability, band
 *   (ptr, len)     features/match.h   models/score.h                   (of what is tagged; on demand of all)
 *
 * A tagger is one thread's working memory over a shared, read-only model: make one a thread. It allocates
 * nothing once it has met its longest clause. A clause's verdicts depend on its text alone, not on its
 * neighbours in a batch, nor on what the tagger remembers of earlier clauses.
 */
#ifndef SECTAG_TAGGER_H
#define SECTAG_TAGGER_H

#include "classify/memo.h"
#include "features/err.h"
#include "features/match.h"
#include "features/vector.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_BAND_NONE = 0, SECTAG_BAND_REVIEW = 1, SECTAG_BAND_ACCEPT = 2 };

/* A stretch of UTF-8 text, borrowed, not NUL-terminated. */
typedef struct sectag_piece {
    const char *text;
    size_t len;
} sectag_piece;

/* One area of one clause. An area that was not trained has zeros throughout. */
typedef struct sectag_verdict {
    double score;       /* bias + sum of value * weight */
    double probability; /* calibrated, 0 to 1 */
    uint8_t tagged;     /* probability >= the area's threshold */
    uint8_t band;       /* SECTAG_BAND_* ; NONE when not tagged */
} sectag_verdict;

/* A clause whose rows are yet to be added. */
typedef struct sectag_tagger_work {
    SECTAG_ARRAY(uint32_t) columns; /* of n-grams, then of terms, */
    SECTAG_ARRAY(float) factors;    /* and how often each counts */
    size_t n_grams;
    sectag_piece clause;
    uint64_t hash; /* for the memo */
    sectag_verdict *out;
} sectag_tagger_work;

typedef struct sectag_tagger {
    const sectag_model *model;
    int tags_only; /* set it and areas that are not tagged have zeros throughout: an exponential an area less */
    const sectag_kernel *kernel;
    sectag_matcher matcher;
    sectag_tagger_work work[2]; /* the clause whose rows are added, and the next, whose rows are fetched meanwhile */
    float *sum, *term_sum;       /* [stride / 2] of rows, aligned */
    double *total;               /* [n_areas] of clauses with very many rows */
    float *score;                /* [n_areas] */
    float *scale, *bias;         /* [n_areas] the model's; 0 for areas that were not trained */
    float *cutoff;               /* [n_areas] scores below it are surely not tagged */
    sectag_memo memo;
    sectag_encoder encoder; /* only where the model has no lexicon */
} sectag_tagger;

/* Borrows the model, which must outlive the tagger. Returns 0 or SECTAG_ENOMEM. */
int sectag_tagger_init(sectag_tagger *t, const sectag_model *model, sectag_err *err);
void sectag_tagger_release(sectag_tagger *t);

/* Tags n clauses: verdicts of clause i in out[i * n_areas .. (i + 1) * n_areas). Each clause shorter than 4
 * GiB. Returns 0, SECTAG_ENOMEM or SECTAG_EARG (a clause is too long). */
int sectag_tagger_run(sectag_tagger *t, const sectag_piece *clauses, size_t n, sectag_verdict *out,
                      sectag_err *err);

/* The verdict on one area for a given score: the one place where a score becomes a tag. */
sectag_verdict sectag_verdict_of(const sectag_area_model *area, double score);

/* "accept", "review" or "". */
const char *sectag_band_name(int band);

#endif
