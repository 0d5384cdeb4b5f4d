/* progress.h: one line on a terminal's standard error that says how far long work is: a bar, what is done,
 * the rate, the time left. Nothing where standard error is no terminal.
 *
 *     sectag_progress p;
 *     sectag_progress_init(&p, "tagging", SECTAG_PROGRESS_BYTES, total, 1);
 *     ... sectag_progress_set(&p, done) as often as you like: drawn at most ten times a second
 *     with p.documents, p.of_documents and p.clauses set before, the line tells of these
 *     sectag_progress_release(&p);   // the line is gone
 */
#ifndef SECTAG_PROGRESS_H
#define SECTAG_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

typedef enum sectag_progress_unit { SECTAG_PROGRESS_BYTES, SECTAG_PROGRESS_STEPS } sectag_progress_unit;

typedef struct sectag_progress {
    const char *label;
    sectag_progress_unit unit;
    uint64_t total, done; /* total 0: not known */
    uint64_t base;        /* done before, by another run: counts for the share, not for the rate */
    uint64_t documents, of_documents, clauses; /* of several documents, so many are done, with so many clauses */
    double began, drawn;                       /* seconds */
    int active, visible;
} sectag_progress;

/* `label` is borrowed and may be changed between calls. `wanted` 0 keeps it silent. */
void sectag_progress_init(sectag_progress *p, const char *label, sectag_progress_unit unit, uint64_t total,
                          int wanted);

/* So much is done. */
void sectag_progress_set(sectag_progress *p, uint64_t done);

/* Takes the line away, so that something else may be written; the next set draws it again. */
void sectag_progress_hide(sectag_progress *p);
void sectag_progress_release(sectag_progress *p);

/* Writes the line for a given time since the start into out, always terminated (what a terminal shows,
 * without the escapes). Returns out. */
char *sectag_progress_line(const sectag_progress *p, double elapsed, char *out, size_t size);

/* Seconds on a clock that never goes back. */
double sectag_clock(void);

#endif
