/* spread.h: clauses of the workspace that are near-identical to some that are being corrected: boilerplate
 * that many filings repeat, which should take a correction together.
 *
 * The test is that of near.h (Jaccard similarity of the sets of n-grams), with a stricter measure than folds
 * need, and texts must not differ in length by more than half. Numbers have no n-grams: clauses that
 * differ in figures and years alone are as good as equal.
 */
#ifndef SECTAG_SPREAD_H
#define SECTAG_SPREAD_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "training/workspace.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_SPREAD_JACCARD 0.8

/* A clause of the workspace that is like clause `asked`. */
typedef struct sectag_alike {
    size_t asked;
    int64_t clause;
    double jaccard;
    size_t text, len; /* in strings */
} sectag_alike;

/* Zero-initialised: none. */
typedef struct sectag_alikes {
    SECTAG_ARRAY(sectag_alike) found; /* by asked clause, most similar first */
    sectag_buf strings;
} sectag_alikes;

void sectag_alikes_release(sectag_alikes *a);

/* A clause's text that is asked for. */
typedef struct sectag_asked {
    const char *text;
    size_t len;
} sectag_asked;

/* Finds all clauses with at least that similarity to an asked one; the asked ones themselves (by hash) are
 * never among them, and a clause that is like several goes with the most similar. Replaces *out. Returns 0 or
 * an error. */
int sectag_spread_find(sectag_workspace *ws, const sectag_asked *asked, size_t n, double jaccard,
                       sectag_alikes *out, sectag_err *err);

#endif
