/* provenance.h: where a model comes from, as the JSON object that its file carries: what it was trained on,
 * with which options, and how good it is out of fold. It holds no date and no path, so that equal trainings
 * give equal bytes. The model card is this object, told to a reader.
 */
#ifndef SECTAG_PROVENANCE_H
#define SECTAG_PROVENANCE_H

#include "features/buf.h"
#include "features/err.h"
#include "models/taxonomy.h"
#include "training/corpus.h"
#include "training/metric.h"
#include "training/train.h"

/* A source of labelled clauses as provenance names it. */
typedef struct sectag_source {
    const char *name; /* file name without folders */
    uint64_t digest;  /* XXH3 (64 bits) of its bytes */
    size_t clauses;
} sectag_source;

/* What analysts' decisions did to the labelled clauses (decided.h). */
typedef struct sectag_decided {
    size_t clauses;       /* decided clauses that were trained on */
    size_t added;         /* new rows */
    size_t repeating;     /* clauses that repeat a corpus clause, whose labels they replace */
    size_t contradicting; /* labels (row and area) that changed by that */
    size_t held;          /* held out, never trained on */
    uint32_t copies;
    uint64_t digest; /* XXH3 (64 bits) of what was trained on, whatever its order */
} sectag_decided;

typedef struct sectag_provenance {
    const char *version; /* of the program */
    const sectag_taxonomy *taxonomy;
    const sectag_dataset *data;
    const sectag_vocab *vocab;
    const sectag_terms *terms; /* NULL: none */
    const sectag_train_options *options;
    const sectag_trained *trained;
    const sectag_source *sources;
    size_t n_sources;
    const char *search;            /* what a search tried (search.h), JSON; NULL: no search */
    const sectag_decided *decided; /* NULL: no decisions */
    const char *parent;            /* id of the model that it takes the place of; NULL: none */
} sectag_provenance;

/* Evaluates the out-of-fold scores (bootstrap intervals over documents) and appends the JSON object to out.
 * Returns 0, SECTAG_ENOMEM, or an error of metric.h. */
int sectag_provenance_write(const sectag_provenance *p, sectag_buf *out, sectag_err *err);

/* Summaries that metric.h cannot give, as it knows no areas: F1 and average precision as means over the core
 * areas with a positive row, calibration error as the mean over all areas (ece[n_areas]). */
typedef struct sectag_means {
    double core_f1, core_ap, ece;
} sectag_means;

sectag_means sectag_means_of(const sectag_metrics *m, const sectag_taxonomy *areas, const double *ece);

/* Tags and scores of the rows scored out of fold, compact: what metric.h evaluates. Owned by the caller. */
typedef struct sectag_oof {
    size_t n, n_areas;
    double *score; /* [n][n_areas] */
    double *p;     /* calibrated */
    uint8_t *gold, *tag;
    uint32_t *doc, *row; /* [n] document, row of the dataset */
} sectag_oof;

int sectag_oof_collect(const sectag_dataset *d, const sectag_trained *t, sectag_oof *out, sectag_err *err);
void sectag_oof_release(sectag_oof *o);

/* Writes the model card (Markdown) for the provenance JSON of a model with that id. Returns 0, SECTAG_ENOMEM
 * or SECTAG_EMODEL (not such an object). */
int sectag_card_write(const char *json, size_t len, const sectag_taxonomy *areas, const char *model_id,
                      sectag_buf *out, sectag_err *err);

#endif
