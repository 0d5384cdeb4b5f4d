/* slip.h: a correction slip: one row of what an analyst wrote, before anything is made of it. Readers
 * (intake.h) fill slips from files of all kinds, the plan (plan.h) makes entries of the ledger of them.
 *
 *   text + add, remove, confirm    what changes: lists of areas
 *   text + labels                  all areas of the clause; an empty field: not answered
 *   text + tags                    what `sectag tag` wrote and the analyst edited: the difference counts
 *   text + area, verdict           an entry of a ledger that was exported
 *
 * Instead of the text, doc and clause may name a clause of a saved run.
 */
#ifndef SECTAG_SLIP_H
#define SECTAG_SLIP_H

#include "features/err.h"
#include "features/table.h"

#include <stdint.h>

typedef enum sectag_slip_field {
    SECTAG_SLIP_TEXT,
    SECTAG_SLIP_DOC,
    SECTAG_SLIP_CLAUSE,
    SECTAG_SLIP_ADD,
    SECTAG_SLIP_REMOVE,
    SECTAG_SLIP_CONFIRM,
    SECTAG_SLIP_LABELS,
    SECTAG_SLIP_TAGS,
    SECTAG_SLIP_WRITTEN,       /* the tags as they were before they were edited */
    SECTAG_SLIP_PROBABILITIES, /* of the tags as they were written: numbers with commas between */
    SECTAG_SLIP_PAIRS,         /* area=p of the tags that are still there, from JSON */
    SECTAG_SLIP_AREA,
    SECTAG_SLIP_VERDICT,
    SECTAG_SLIP_ID,
    SECTAG_SLIP_WITHDRAWS,
    SECTAG_SLIP_ANALYST,
    SECTAG_SLIP_TIME,
    SECTAG_SLIP_REASON,
    SECTAG_SLIP_ORIGIN,
    SECTAG_SLIP_FIELDS
} sectag_slip_field;

/* Everything is borrowed and lasts for the call. */
typedef struct sectag_slip {
    sectag_field f[SECTAG_SLIP_FIELDS];
    uint8_t has[SECTAG_SLIP_FIELDS]; /* the file has such a column or key; the field may be empty */
    const char *path;
    uint64_t line;
    const char *tool; /* "Label Studio" and the like; NULL: none */
} sectag_slip;

/* Takes a slip. SECTAG_EDATA costs only the slip; any other error ends the reading. */
typedef int sectag_slip_fn(void *ctx, const sectag_slip *s, sectag_err *err);

#endif
