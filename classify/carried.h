/* carried.h: the columns of tables (CSV, TSV, XLSX, members of JSONL) that go along into a table: `sectag tag
 * -o x.csv`.
 *
 * A table's header comes first, so the inputs that are tables by name are read once before: all names of
 * columns beside the one with the clauses, in the order in which they stand there. A column of a name that
 * sectag's own tables or corrections use is called "NAME (table)", so that `sectag correct` does not take it
 * for an analyst's word.
 */
#ifndef SECTAG_CARRIED_H
#define SECTAG_CARRIED_H

#include "classify/inputs.h"
#include "features/array.h"
#include "features/buf.h"
#include "features/reader.h"

#include <stddef.h>

/* The name, and what stands in the header. */
typedef struct sectag_carried_column {
    char *name, *head; /* owned */
} sectag_carried_column;

/* Zero-initialised: none. */
typedef struct sectag_carried {
    SECTAG_ARRAY(sectag_carried_column) list;
} sectag_carried;

void sectag_carried_release(sectag_carried *c);

/* Adds the names of one row's cells that are not there yet, each behind its neighbour. Returns 0 or
 * SECTAG_ENOMEM. */
int sectag_carried_add(sectag_carried *c, const sectag_cell *cells, size_t n);

/* Adds those of all inputs that are tables. What cannot be read is left for the run to tell. Returns 0 or
 * SECTAG_ENOMEM. */
int sectag_carried_read(sectag_carried *c, const sectag_inputs *in, const sectag_reader_options *o,
                        sectag_err *err);

#endif
