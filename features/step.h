/* step.h: the first three steps of many walks through a trie at once, the innermost loop of tagging.
 *
 * A walk begins at each symbol of a text. Whether an n-gram goes on with the next symbol is what no processor can
 * guess, so nothing here branches on it, and the loads of one step do not wait for each other. What the walks find is
 * appended to two lists: `once` for walks that begin with a symbol that the clause has only once (what they find
 * cannot be found again), `found` for the others. Payloads with the highest bit are left to the closer look.
 *
 * The order in the lists is that of the steps, and within a step that of the symbols, whatever the processor: so sums
 * over them are the same to the bit.
 */
#ifndef SECTAG_STEP_H
#define SECTAG_STEP_H

#include "features/trie.h"

#include <stddef.h>
#include <stdint.h>

/* Walks at once; how far beyond the last symbol the text must be readable; room that each list must have. */
enum { SECTAG_WALKS = 64, SECTAG_WALKS_AHEAD = 20, SECTAG_WALKS_ROOM = 4 * SECTAG_WALKS };

/* How often a clause has a symbol: 0, 1 (once) or more (2^n - 1, so counting one more is * 2 + 1). */
typedef uint8_t sectag_times;

typedef struct sectag_steps {
    sectag_node node[3][SECTAG_WALKS]; /* where walk i is after each step; 0: nowhere any more */
    uint32_t *found, *once;            /* payloads are appended here */
} sectag_steps;

/* Runs n (1 to 64) walks from s[0], s[1], ... Returns a bit for each walk that needs a closer look: it met a payload
 * with the highest bit, or its third node has children. `times` is readable three bytes beyond the last symbol's. */
typedef uint64_t sectag_steps_fn(sectag_steps *w, const sectag_node *slot, const sectag_times *times,
                                 const uint16_t *s, size_t n);

typedef struct sectag_stepper {
    const char *name; /* "portable", "avx2", "avx512" */
    sectag_steps_fn *run;
} sectag_stepper;

/* The fastest for this processor; SECTAG_KERNEL in the environment takes the one of that name. */
const sectag_stepper *sectag_stepper_best(void);

/* The one of that name, or NULL where the processor cannot run it. */
const sectag_stepper *sectag_stepper_find(const char *name);

#endif
