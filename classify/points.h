/* points.h: --recall, --precision and --confidence: thresholds that keep a promise (training/point.h) in place of
 * the model's own, and what is said about them.
 *
 * A target is a number for all areas, "0.95", or for some, "vaccine=0.98,antibody=0.9", or both, "0.9,vaccine=0.98".
 * A recall sets the threshold from which a clause is tagged; a precision sets the one from which a tag is in band
 * `accept`, or the only one where no recall is asked for. An area that cannot have its promise is told, with what it
 * would need: asked for by name it is an error; among all areas it gets the threshold that reached the target out
 * of fold, as an estimate, and its tags say "promised":false. Without options the point is that of the highest F1.
 */
#ifndef SECTAG_POINTS_H
#define SECTAG_POINTS_H

#include "features/buf.h"
#include "models/model.h"
#include "training/point.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_points_options {
    const char *recall, *precision;  /* targets, or NULL */
    double confidence;               /* of the promises */
    const char *model, *workspace;   /* as given on the command line, or NULL */
    int quiet;                       /* say nothing of areas without promise */
    int verbose;                     /* say every area's point */
} sectag_points_options;

/* Zero-initialised: the model's own points. Outlives the use of the model. */
typedef struct sectag_points {
    sectag_area_model *area;         /* [n_areas] what the model uses now */
    sectag_point *recall, *precision; /* [n_areas] */
    double *recall_target, *precision_target; /* [n_areas] 0: not asked for */
    int8_t *promised;                /* [n_areas] 1, 0; -1: nothing was asked for */
    sectag_buf label;                /* the point in force as a JSON value */
    sectag_operating table;
} sectag_points;

#define SECTAG_CONFIDENCE 0.95

/* What the options' help says; both take TARGETS. */
#define SECTAG_POINTS_RECALL_HELP                                                                            \
    "tag so that this recall is promised: 0.95, vaccine=0.98, or\n"                                          \
    "                          0.9,vaccine=0.98 (default: the point of the highest F1)"
#define SECTAG_POINTS_PRECISION_HELP                                                                         \
    "the same for a precision; with --recall: of the band accept"
#define SECTAG_POINTS_CONFIDENCE_HELP "of these promises (default: 0.95)"

/* Chooses the points and gives them to the model. Returns 0, or an exit code after saying why. */
int sectag_points_set(sectag_points *p, sectag_model *m, const sectag_points_options *o);
void sectag_points_release(sectag_points *p);

#endif
