#include "features/bag.h"

#include <stdlib.h>
#include <string.h>

void sectag_bags_release(sectag_bags *b) {
    free(b->gram.data);
    free(b->off.data);
    free(b->grams.data);
    sectag_normal_release(&b->normal);
    memset(b, 0, sizeof *b);
}

static int by_key(const void *pa, const void *pb) {
    const sectag_ngram *a = pa, *b = pb;
    return (a->key > b->key) - (a->key < b->key);
}

int sectag_bags_add(sectag_bags *b, const sectag_ngram_options *options, const char *text, size_t len,
                    sectag_err *err) {
    int rc = sectag_normal_run(&b->normal, text, len, err);
    if (!rc) rc = sectag_ngrams(&b->normal, options, &b->grams, err);
    if (rc) return rc;
    if ((b->off.len == 0 && sectag_array_push(&b->off, 0)) || sectag_array_reserve(&b->off, 1) ||
        sectag_array_reserve(&b->gram, b->grams.len))
        return sectag_err_nomem(err);
    if (b->grams.len) qsort(b->grams.data, b->grams.len, sizeof *b->grams.data, by_key);
    for (size_t i = 0; i < b->grams.len; i++) {
        uint64_t key = b->grams.data[i].key;
        if (i && b->grams.data[i - 1].key == key)
            b->gram.data[b->gram.len - 1].count++;
        else
            b->gram.data[b->gram.len++] = (sectag_bag_gram){key, 1};
    }
    b->off.data[b->off.len++] = b->gram.len;
    return 0;
}

size_t sectag_bags_len(const sectag_bags *b) {
    return b->off.len ? b->off.len - 1 : 0;
}

sectag_bag sectag_bags_at(const sectag_bags *b, size_t i) {
    size_t from = b->off.data[i];
    return (sectag_bag){b->gram.data ? b->gram.data + from : NULL, b->off.data[i + 1] - from};
}

uint32_t sectag_bag_count(sectag_bag bag, uint64_t key) {
    size_t low = 0, high = bag.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bag.gram[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < bag.len && bag.gram[low].key == key ? bag.gram[low].count : 0;
}
