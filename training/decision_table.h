/* decision_table.h: decisions as a table (TSV with a header line), for ledgers kept elsewhere and for trials.
 *
 *   text     the clause; needed
 *   labels   all its areas, commas between, `-` for none: every other area is decided against; may be empty
 *   add      areas decided for;     all others stay as they are known
 *   remove   areas decided against
 *   doc      the document, `-` or nothing for none
 *   held     1: held out, never trained on
 *
 * At least one of labels, add, remove is needed; further columns are passed over.
 */
#ifndef SECTAG_DECISION_TABLE_H
#define SECTAG_DECISION_TABLE_H

#include "features/err.h"
#include "models/taxonomy.h"
#include "training/decision.h"

/* Reads a table into *d, which must be empty. Returns 0, SECTAG_EIO, SECTAG_ENOMEM, or SECTAG_EDATA with file
 * and line (an unknown area, an area both added and removed, an empty text, a row that decides nothing). */
int sectag_decisions_read(sectag_decisions *d, const sectag_taxonomy *areas, const char *path,
                          sectag_err *err);

/* Appends a decision; text, doc (NULL: none) and value[d->n_areas] are copied. Pointers in d->data may move.
 * Returns 0 or SECTAG_ENOMEM. */
int sectag_decisions_add(sectag_decisions *d, const char *text, size_t len, const char *doc,
                         const int8_t *value, int held);

#endif
