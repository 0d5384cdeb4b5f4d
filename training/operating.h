/* operating.h: the table of out-of-fold probabilities that promises come from (point.h).
 *
 *   out-of-fold rows -> table (MODEL.operating.json beside the model) -> point: threshold, promised or not
 *
 * Of each area it holds the clauses that are of it or may be taken for it, with their documents' numbers: what
 * bounds by documents need. No text, no names.
 */
#ifndef SECTAG_OPERATING_H
#define SECTAG_OPERATING_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "models/model.h"

#include <stddef.h>
#include <stdint.h>

struct sectag_oof; /* provenance.h */

/* A clause that is of the area, or that may be taken for one: others below SECTAG_OPERATING_FLOOR are left out,
 * since no precision worth asking for lies there. */
typedef struct sectag_operating_row {
    uint32_t ppm; /* probability in millionths */
    uint32_t doc;
    uint8_t of_area;
} sectag_operating_row;

#define SECTAG_OPERATING_FLOOR 0.05

typedef SECTAG_ARRAY(sectag_operating_row) sectag_operating_rows;

typedef struct sectag_operating {
    char model[17]; /* id of the model that it belongs to */
    size_t n_areas, n_docs, n_clauses;
    sectag_operating_rows *area; /* [n_areas], most probable first */
} sectag_operating;

void sectag_operating_release(sectag_operating *t);

/* Fills a zero-initialised table from rows scored out of fold; docs: [n] numbers, SECTAG_NO_DOC for a document
 * of its own. Returns 0 or SECTAG_ENOMEM. */
int sectag_operating_collect(sectag_operating *t, const struct sectag_oof *o, sectag_err *err);

/* Appends the table as JSON, with the model's id and area codes. Returns 0 or SECTAG_ENOMEM. */
int sectag_operating_write(const sectag_operating *t, const sectag_taxonomy *areas, sectag_buf *out);

/* Reads the table of a model (to a zero-initialised one). Returns 0, SECTAG_EIO (none beside the model),
 * SECTAG_ENOMEM or SECTAG_EDATA (damaged, or another model's). */
int sectag_operating_open(sectag_operating *t, const sectag_model *m, const char *model_path, sectag_err *err);

/* Appends where the table of a model file lies: its name with .operating.json for .sectag. 0 or SECTAG_ENOMEM. */
int sectag_operating_path(const char *model_path, sectag_buf *out);

#endif
