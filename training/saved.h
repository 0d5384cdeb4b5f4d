/* saved.h: what `sectag tag --save` keeps in the workspace: a run, the documents it read, where in them each
 * clause stands, and how the run's model tagged it. Tags belong to a clause and a model, not to a run: a
 * clause is tagged from its own words alone, so the same model says the same again.
 *
 *     sectag_saved_run(ws, model_id, version, time, &run, err);
 *     sectag_workspace_begin(ws, err);                        // one transaction a document
 *     sectag_workspace_document(ws, name, len, &document, err);
 *     sectag_saved_place(ws, &place, err); sectag_saved_tag(ws, clause, model_id, &tag, err); ...
 *     sectag_workspace_commit(ws, err);
 */
#ifndef SECTAG_SAVED_H
#define SECTAG_SAVED_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "training/workspace.h"

#include <stddef.h>
#include <stdint.h>

/* Begins a run; a transaction of its own. `model` has 16 digits. Returns 0 or an error. */
int sectag_saved_run(sectag_workspace *ws, const char *model, const char *version, const char *time,
                     int64_t *run, sectag_err *err);

/* Clause `number` (from 1) of a document in a run. page 0: none. start, stop: bytes of the document. */
typedef struct sectag_place {
    int64_t run, document, clause;
    uint64_t number, page, start, stop;
} sectag_place;

int sectag_saved_place(sectag_workspace *ws, const sectag_place *place, sectag_err *err);

/* The model tags the clause with the area; said twice it is the same. `band` is "accept" or "review". */
int sectag_saved_tag(sectag_workspace *ws, int64_t clause, const char *model, const char *area, double p,
                     const char *band, sectag_err *err);

/* ---- asking ---- */

/* A clause as it was found. Zero-initialise; the strings live until the next find or release. */
typedef struct sectag_found {
    int64_t clause;
    sectag_buf text, document;
} sectag_found;

void sectag_found_release(sectag_found *f);

/* Clause `number` of a document in the latest run that has it. The document is named as the run named it, or
 * by its last part where that is the end of one saved name only. Returns 1, 0 (there is none), SECTAG_EDATA
 * (several documents end so) or an error. */
int sectag_saved_find(sectag_workspace *ws, const char *document, uint64_t number, sectag_found *out,
                      sectag_err *err);

/* The document in which a clause was last saved, into out (cleared first). Returns 1, 0 (none) or an error.
 */
int sectag_saved_document_of(sectag_workspace *ws, int64_t clause, sectag_buf *out, sectag_err *err);

/* A tag that was saved. */
typedef struct sectag_saved_tag_row {
    char area[64];
    double p;
} sectag_saved_tag_row;

typedef SECTAG_ARRAY(sectag_saved_tag_row) sectag_saved_tags;

/* The tags that the latest run with the clause gave it, replacing *out, most probable first. Returns 1, 0
 * (no run has the clause) or an error. */
int sectag_saved_tags_of(sectag_workspace *ws, int64_t clause, sectag_saved_tags *out, sectag_err *err);

#endif
