/* sink.h: where a run's batches go when they are done, in order: a stream of text (standard output or a
 * file), or a database (store.h). A run over several files into a file can be gone on with after an
 * interruption.
 *
 *   FILE.part grows (FILE.journal beside it, or the database's own) -> complete -> renamed to FILE
 */
#ifndef SECTAG_SINK_H
#define SECTAG_SINK_H

#include "classify/batch.h"
#include "classify/journal.h"
#include "classify/output.h"
#include "classify/run_key.h"
#include "classify/store.h"
#include "classify/writer.h"

#include <stddef.h>

typedef struct sectag_sink_options {
    const char *path; /* NULL or "-": standard output */
    const char *time; /* of the run */
    int all;          /* every clause */
    int can_resume;   /* the inputs are files that stay */
    int resume;
    const sectag_run_key *key;
    const sectag_writer *writer;
    size_t n_areas;
} sectag_sink_options;

/* Zero-initialised: can be released. */
typedef struct sectag_sink {
    sectag_sink_options o;
    sectag_output output;
    sectag_journal journal;
    sectag_store *store;
    sectag_buf part;  /* the database's path until it is complete */
    int head_written; /* of the document at hand */
    size_t input;     /* the document that comes next or is at hand */
} sectag_sink;

/* Opens the output; borrows all of the options. s->input is the first input to be read: 0, or where an
 * interrupted run stopped, whose totals are added. Returns 0 or an error; release in any case. */
int sectag_sink_init(sectag_sink *s, const sectag_sink_options *options, sectag_totals *totals,
                     sectag_err *err);

/* Writes a batch that was run; `totals` include it. The last batch of a document ends it. Returns 0 or an
 * error. */
int sectag_sink_batch(sectag_sink *s, const sectag_batch *b, const sectag_totals *totals, sectag_err *err);

/* All is there: the output appears under its name. Returns 0 or an error. */
int sectag_sink_finish(sectag_sink *s, const sectag_totals *totals, sectag_err *err);

/* Closes. What was not finished stays where it can be gone on with. */
void sectag_sink_release(sectag_sink *s);

#endif
