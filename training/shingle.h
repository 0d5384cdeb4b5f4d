/* shingle.h: clauses as sets of n-gram keys, which is how near-duplicates are told (near.h). */
#ifndef SECTAG_SHINGLE_H
#define SECTAG_SHINGLE_H

#include "features/array.h"
#include "features/err.h"
#include "features/ngram.h"
#include "features/normal.h"
#include "training/near.h"

#include <stddef.h>
#include <stdint.h>

/* Zero-initialised: no sets. Set i is key[off[i]] .. key[off[i+1]-1], strictly ascending. */
typedef struct sectag_shingles {
    SECTAG_ARRAY(uint64_t) key;
    SECTAG_ARRAY(size_t) off; /* one more than sets; empty as long as there is no set */
    sectag_normal normal;
    sectag_ngram_list grams;
} sectag_shingles;

void sectag_shingles_release(sectag_shingles *s);

/* Forgets the sets, keeps the room. */
void sectag_shingles_clear(sectag_shingles *s);

/* Appends the set of a clause. Returns 0, SECTAG_ENOMEM or SECTAG_EARG (4 GiB or more). */
int sectag_shingles_add(sectag_shingles *s, const char *text, size_t len, sectag_err *err);

/* Set i; good until the next add. */
sectag_key_set sectag_shingles_set(const sectag_shingles *s, size_t i);

#endif
