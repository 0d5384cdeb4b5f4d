/* step.h: walks through a trie from every symbol of a text at once, the innermost loop of tagging.
 *
 * Whether an n-gram goes on with the next symbol is what no processor can guess, so nothing here branches on it, and
 * the loads of one step do not wait for each other: 64 walks take their first three steps side by side, and those
 * that reach further go on together, step by step, ever fewer.
 *
 * What the walks find is appended to three lists: `once` for n-grams that the clause cannot have twice, since it has
 * one of their symbols once; `found` for the others; and `special` for what has terms (payloads with the highest bit).
 * An n-gram of one symbol that the clause has more than once is left out: its count is the symbol's.
 *
 * The order in the lists is that of the steps, and within a step that of the symbols, whatever the processor: so sums
 * over them are the same to the bit.
 */
#ifndef SECTAG_STEP_H
#define SECTAG_STEP_H

#include "features/trie.h"

#include <stddef.h>
#include <stdint.h>

/* Walks at once; how far beyond the last symbol a text must be readable; how far a walk goes at most, which is more
 * than the longest term (200 characters and their marks); room that each list must have. */
enum {
    SECTAG_WALKS = 64,
    SECTAG_WALKS_AHEAD = 20,
    SECTAG_WALK_MAX = 1000,
    SECTAG_WALKS_ROOM = SECTAG_WALKS * SECTAG_WALK_MAX + 16
};

/* A payload with the highest bit, and the symbols [first, end) that led to it. */
typedef struct sectag_special {
    uint32_t payload, first, end;
} sectag_special;

typedef struct sectag_walks {
    const sectag_node *slot;
    const uint32_t *times;  /* how often the clause has each symbol among `start` */
    const uint16_t *symbol; /* [len + AHEAD] the text */
    const uint16_t *start;  /* [len + AHEAD] the same, but a symbol without a node where no walk is to begin: so it is
                             * from len on */
    size_t len;
    uint32_t *once, *found; /* columns (payloads - 1) are appended here, */
    sectag_special *special; /* and here */
} sectag_walks;

/* Runs the walks from symbols first, first + 1 ... first + n - 1 (n: 1 to 64). May write up to 16 places beyond the
 * new ends of the lists. */
typedef void sectag_steps_fn(sectag_walks *w, size_t first, size_t n);

typedef struct sectag_stepper {
    const char *name; /* "portable", "avx2", "avx512" */
    sectag_steps_fn *run;
} sectag_stepper;

/* The one of that name, or NULL where the processor cannot run it. The best: sectag_processor_best. */
const sectag_stepper *sectag_stepper_find(const char *name);

#endif
