/* record.h: one tagged clause as the writers see it; the JSONL record of DESIGN.md section 3 before it is
 * text. Everything is borrowed and lasts until the call that passes the record returns.
 */
#ifndef SECTAG_RECORD_H
#define SECTAG_RECORD_H

#include "classify/tagger.h"
#include "features/clause.h"

#include <stddef.h>
#include <stdint.h>

/* All text is well-formed UTF-8. */
typedef struct sectag_record {
    sectag_piece doc;           /* the path as given */
    uint64_t clause;            /* number in the document, from 1, over all its clauses */
    uint64_t page;              /* from 1; 0: the document has no pages */
    uint64_t start, end;        /* bytes of the document's text, before normalisation */
    const sectag_span *dropped; /* [n_dropped] page numbers and the like inside start..end */
    size_t n_dropped;
    int is_heading;
    const sectag_piece *heading; /* [n_heading] headings above the clause, outermost first */
    size_t n_heading;
    sectag_piece text;             /* with white space folded */
    sectag_piece raw;              /* the document's bytes [start, end); borrowed like text */
    const char *encoding;          /* that the document was read as; NULL: UTF-8, or it has none. Lasts */
    int traditional;               /* the document is in traditional characters: tagged as simplified */
    uint64_t row;                  /* of a table, from 1; 0: none */
    sectag_piece columns;          /* the row's other cells, as a JSON object; empty: none */
    const sectag_verdict *verdict; /* [n_areas]; NULL before tagging */
    const uint32_t *tag;           /* [n_tags] areas it is tagged with, most probable first */
    size_t n_tags;
} sectag_record;

/* Takes a record; returns 0 to go on, else an error code with *err filled. */
typedef int sectag_record_fn(void *ctx, const sectag_record *r, sectag_err *err);

/* What a run found. `area` counts the clauses tagged with each area. */
typedef struct sectag_totals {
    uint64_t documents, clauses, tagged;
    uint64_t failed, warnings; /* documents that could not be read; what was told of others */
    uint64_t *area; /* [n_areas] */
} sectag_totals;

#endif
