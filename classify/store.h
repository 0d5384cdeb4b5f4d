/* store.h: tagged clauses as a database that an analyst can query: `sectag tag -o FILE.sqlite`.
 *
 *   run        name, value: version, model, options, inputs (run_key.h), started, finished, and the totals
 *   areas      code, sector, zh, en, definition
 *   documents  id (number on the command line, from 1), path, reader, encoding, clauses, warnings, error
 *   clauses    id, document, number, page, start, stop, row, kind, heading, text, columns
 *   tags       clause, area, p, band
 *   scores     clause, area, s, p                  only with --scores
 *   tagged     a view: path, number, page, heading, area, p, band, text
 *
 * Documents come in order, a transaction each, so what is there of a run that was interrupted is its first
 * documents, whole; it goes on with the next.
 */
#ifndef SECTAG_STORE_H
#define SECTAG_STORE_H

#include "classify/batch.h"
#include "classify/run_key.h"
#include "classify/writer.h"

#include <stddef.h>

/* The format's name and the endings of file names; its records are no text. */
extern const sectag_format sectag_format_sqlite;

typedef struct sectag_store sectag_store;

/* Opens the database at path: a new one, or with `resume` the one that is there. *documents: so many inputs
 * are in it, and their totals are added to *totals. `time` as in training/when.h; the writer is borrowed.
 * Returns 0, or SECTAG_EIO, SECTAG_ENOMEM, SECTAG_EDATA, SECTAG_EARG (another run); free in any case. */
int sectag_store_open(sectag_store **out, const char *path, int resume, const sectag_run_key *key,
                      const sectag_writer *w, const char *time, size_t *documents, sectag_totals *totals,
                      sectag_err *err);

/* Adds a batch that was run and keeps its verdicts; with `all` every clause, else those with a tag. Ends the
 * document where the batch does. Returns 0 or an error. */
int sectag_store_batch(sectag_store *s, const sectag_batch *b, size_t input, int all, sectag_err *err);

/* Makes the database complete. Returns 0 or an error. */
int sectag_store_finish(sectag_store *s, const char *time, const sectag_totals *totals, sectag_err *err);

/* Closes; a document that did not end is not in it. */
void sectag_store_free(sectag_store *s);

#endif
