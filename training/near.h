/* near.h: all pairs of near sets (group.h uses it). Exact: a set's prefix is its rarest keys, so long that
 * two sets of the asked similarity must share a key of their prefixes; only pairs that do are compared. */
#ifndef SECTAG_NEAR_H
#define SECTAG_NEAR_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

/* n sets: set i is key[0] .. key[len-1], strictly ascending. */
typedef struct sectag_key_set {
    const uint64_t *key;
    size_t len;
} sectag_key_set;

/* Neighbours in compressed rows: near[off[i]] .. near[off[i+1]-1] ascend, i itself is not among them. */
typedef struct sectag_near {
    size_t n;
    size_t *off;
    uint32_t *near;
} sectag_near;

void sectag_near_init(sectag_near *g);
void sectag_near_release(sectag_near *g);

/* Links all sets with |A and B| / |A or B| >= jaccard, 0 < jaccard <= 1. Empty sets are linked to none.
 * *out must be initialised; what it held is released. SECTAG_ENOMEM. */
int sectag_near_find(const sectag_key_set *sets, size_t n, double jaccard, sectag_near *out, sectag_err *err);

/* |A and B| / |A or B| of two sets by itself; 0 if one is empty. The pairs of sectag_near_find are those for
 * which it is at least the asked value. */
double sectag_jaccard(sectag_key_set a, sectag_key_set b);

#endif
