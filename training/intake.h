/* intake.h: corrections from files, as slips (slip.h). What a file is, is seen from what is in it:
 *
 *   a table       CSV or TSV (csv_table.h), columns by name; also what `sectag tag` wrote and a spreadsheet
 *                 program saved again
 *   JSON lines    objects with the same keys; doccano's export (text, label)
 *   a JSON array  Label Studio's export: tasks with annotations (a slip each), or its short form
 *
 * Columns: text; doc, clause; add, remove, confirm; labels (or label, choices); tags; area, verdict, id,
 * withdraws; analyst (or annotator); time; reason (or comment); origin. Case does not matter; others are
 * passed over.
 */
#ifndef SECTAG_INTAKE_H
#define SECTAG_INTAKE_H

#include "training/corpus.h"
#include "training/slip.h"

/* Gives every slip of a file to fn. Broken rows, and those that fn refuses with SECTAG_EDATA, go to `bad`
 * with file and line and cost only themselves. Returns 0, SECTAG_EIO, SECTAG_ENOMEM, SECTAG_EDATA (no usable
 * header) or another error of fn. */
int sectag_intake_read(const char *path, sectag_slip_fn *fn, void *ctx, sectag_bad_line_fn *bad,
                       void *bad_ctx, sectag_err *err);

/* ---- the readers, each in its own file ---- */

typedef struct sectag_intake {
    const char *path;
    sectag_file file;
    sectag_slip_fn *fn;
    void *ctx;
    sectag_bad_line_fn *bad;
    void *bad_ctx;
} sectag_intake;

/* The field that a column or key of that name fills, or -1. */
int sectag_intake_field(const char *name, size_t len);

/* Hands on a slip (rc 0), or what was wrong with it: 0 to go on, else the error that ends the reading. */
int sectag_intake_give(sectag_intake *in, int rc, const sectag_slip *s, const sectag_err *why, uint64_t line,
                       sectag_err *err);

int sectag_intake_json(sectag_intake *in, sectag_err *err);

#endif
