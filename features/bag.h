/* bag.h: clauses as bags of n-grams, to be compared with each other (similarity.h): unlike a vector
 * (vector.h) a bag has all n-grams of its clause, those that no model knows included, for a product's name is
 * what two texts share.
 */
#ifndef SECTAG_BAG_H
#define SECTAG_BAG_H

#include "features/array.h"
#include "features/err.h"
#include "features/ngram.h"
#include "features/normal.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_bag_gram {
    uint64_t key; /* as in sectag_ngram */
    uint32_t count;
} sectag_bag_gram;

/* A clause's n-grams: keys strictly ascending. Borrowed. */
typedef struct sectag_bag {
    const sectag_bag_gram *gram; /* [len] */
    size_t len;
} sectag_bag;

/* Zero-initialised: no bags. Bag i is gram[off[i]] .. gram[off[i + 1] - 1]. */
typedef struct sectag_bags {
    SECTAG_ARRAY(sectag_bag_gram) gram;
    SECTAG_ARRAY(size_t) off; /* one more than bags; empty as long as there is no bag */
    sectag_normal normal;
    sectag_ngram_list grams;
} sectag_bags;

void sectag_bags_release(sectag_bags *b);

/* Appends the bag of a clause. Returns 0, SECTAG_ENOMEM or SECTAG_EARG (4 GiB or more). */
int sectag_bags_add(sectag_bags *b, const sectag_ngram_options *options, const char *text, size_t len,
                    sectag_err *err);

/* How many bags there are, and bag i, good until the next add. */
size_t sectag_bags_len(const sectag_bags *b);
sectag_bag sectag_bags_at(const sectag_bags *b, size_t i);

/* The count of an n-gram, 0 where the bag has none of it. */
uint32_t sectag_bag_count(sectag_bag bag, uint64_t key);

#endif
