/* journal.h: beside a run's unfinished output FILE.part, FILE.journal says up to which byte it is whole, so
 * that a run that was interrupted goes on from there.
 *
 *   sectag journal 1
 *   version<tab>... model<tab>... options<tab>... inputs<tab>...      (run_key.h), a line each
 *   mark<tab>documents read<tab>bytes<tab>digest of these
 * bytes<tab>failed<tab>warnings<tab>clauses<tab>tagged<tab> area counts mark ...
 *
 * A mark is written between documents, at most every few milliseconds. The digest (XXH3) tells whether the
 * bytes are really there: nothing is flushed to the disk before the end, so after a power cut the journal may
 * know more than the output holds, and an earlier mark counts.
 */
#ifndef SECTAG_JOURNAL_H
#define SECTAG_JOURNAL_H

#include "classify/record.h"
#include "classify/run_key.h"
#include "features/buf.h"
#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

/* Zero-initialised: keeps no journal, and all functions do nothing. */
typedef struct sectag_journal {
    int fd; /* of the journal; 0: none */
    sectag_buf path;
    void *state; /* of the digest */
    uint64_t bytes;
    double marked; /* when, in seconds of sectag_clock */
    size_t n_areas;
} sectag_journal;

/* What a mark says: the first `documents` inputs are done, with these totals. */
typedef struct sectag_mark {
    size_t documents;
    uint64_t bytes;
} sectag_mark;

/* Begins the journal of a new run at path. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
int sectag_journal_begin(sectag_journal *j, const char *path, const sectag_run_key *key, size_t n_areas,
                         sectag_err *err);

/* Opens the journal of an interrupted run and finds the last mark that the output, at `part`, bears out; adds
 * its totals to *totals. The caller cuts the output there. Returns 1, 0 (there is no journal, no output, or
 * no mark that holds), or SECTAG_EIO, SECTAG_ENOMEM, SECTAG_EARG (another run: see run_key.h). */
int sectag_journal_resume(sectag_journal *j, const char *path, const char *part, const sectag_run_key *key,
                          size_t n_areas, sectag_mark *mark, sectag_totals *totals, sectag_err *err);

/* These bytes were written to the output. */
void sectag_journal_wrote(sectag_journal *j, const char *data, size_t len);

/* All that was written belongs to the first `documents` inputs. `now`: write the mark however short ago the
 * last one is. Returns 0 or SECTAG_EIO. */
int sectag_journal_mark(sectag_journal *j, size_t documents, const sectag_totals *totals, int now,
                        sectag_err *err);

/* The output is complete: the journal is gone. */
void sectag_journal_remove(sectag_journal *j);

/* Closes; the journal stays where it is. */
void sectag_journal_release(sectag_journal *j);

#endif
