/* batch.h: a run of clauses of one document on its way through a worker: copied in as records, tagged
 * together, written into a buffer. A batch owns everything it holds and keeps its memory from use to use.
 */
#ifndef SECTAG_BATCH_H
#define SECTAG_BATCH_H

#include "classify/record.h"
#include "classify/tagger.h"
#include "classify/writer.h"
#include "features/array.h"
#include "features/buf.h"

enum { SECTAG_BATCH_CLAUSES = 256, SECTAG_BATCH_BYTES = 1 << 17 };

/* Bytes [at, at + len) of a batch's text. */
typedef struct sectag_batch_piece {
    size_t at, len;
} sectag_batch_piece;

/* A record whose text, headings and dropped spans stand in the batch's arrays from there on. */
typedef struct sectag_batch_clause {
    sectag_record record;
    sectag_batch_piece text, columns;
    sectag_batch_piece tagged; /* what is tagged: the text, or the text in simplified characters */
    size_t heading, dropped;
} sectag_batch_clause;

/* How a document ended: input number `input`, from 0, of the run. */
typedef struct sectag_batch_end {
    int ends; /* 0: the batch is not the last of its document */
    size_t input;
    sectag_err why;               /* code 0: well */
    const char *reader, *encoding; /* as in sectag_document_counts; they last */
    uint64_t clauses, warnings;
} sectag_batch_end;

typedef struct sectag_batch {
    sectag_buf doc, text;
    SECTAG_ARRAY(sectag_batch_clause) clauses;
    SECTAG_ARRAY(sectag_batch_piece) headings;
    SECTAG_ARRAY(sectag_span) dropped;
    SECTAG_ARRAY(sectag_piece) heading_pieces; /* as pointers, made when run */
    SECTAG_ARRAY(sectag_verdict) verdicts;     /* [n_areas] of the clause at hand; with `keep` of every clause */
    SECTAG_ARRAY(uint32_t) tags;
    sectag_buf out; /* what the writer made of the clauses */
    size_t printed; /* records in out */
    uint64_t bytes; /* of the document, from the end of the batch before */
    int opens;      /* the first batch of its document */
    sectag_totals totals;
    size_t n_areas;
    sectag_batch_end end; /* of its document, where it is the last batch of one */
    int keep; /* set by the caller: the verdicts of all clauses stay, in their records, until the next reset */
} sectag_batch;

/* Returns 0 or SECTAG_ENOMEM. */
int sectag_batch_init(sectag_batch *b, size_t n_areas, sectag_err *err);
void sectag_batch_release(sectag_batch *b);

/* Empties the batch for a run of clauses of document `doc`. Returns 0 or SECTAG_ENOMEM. */
int sectag_batch_reset(sectag_batch *b, sectag_piece doc, sectag_err *err);

/* Copies a record in. Returns 0 or SECTAG_ENOMEM. */
int sectag_batch_add(sectag_batch *b, const sectag_record *r, sectag_err *err);

/* Enough for one go? */
int sectag_batch_is_full(const sectag_batch *b);

/* Tags all clauses, counts them in b->totals and writes those with a tag in a shown area (with `all`: all)
 * into b->out. Returns 0, SECTAG_ENOMEM or SECTAG_EARG. */
int sectag_batch_run(sectag_batch *b, sectag_tagger *t, const sectag_writer *w, int all, sectag_err *err);

#endif
