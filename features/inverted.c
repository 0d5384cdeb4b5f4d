#include "features/inverted.h"

#include <stdlib.h>
#include <string.h>

/* One n-gram of one clause, before the index is put together. */
typedef struct entry {
    uint64_t key;
    uint32_t clause, count;
} entry;

static int by_key(const void *pa, const void *pb) {
    const entry *a = pa, *b = pb;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return (a->clause > b->clause) - (a->clause < b->clause);
}

static entry *sorted_entries(const sectag_bag *bags, size_t n, size_t total) {
    entry *all = sectag_alloc(total, sizeof *all);
    size_t at = 0;
    if (!all) return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < bags[i].len; k++)
            all[at++] = (entry){bags[i].gram[k].key, (uint32_t)i, bags[i].gram[k].count};
    if (total) qsort(all, total, sizeof *all, by_key);
    return all;
}

static int take_entries(sectag_inverted *x, const entry *all, size_t total) {
    if (sectag_array_reserve(&x->postings, total)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < total; i++) {
        if (i == 0 || all[i].key != all[i - 1].key) {
            if (sectag_array_push(&x->key, all[i].key) || sectag_array_push(&x->off, i)) return SECTAG_ENOMEM;
        }
        x->postings.data[x->postings.len++] = (sectag_posting){all[i].clause, (float)all[i].count};
    }
    return sectag_array_push(&x->off, total) ? SECTAG_ENOMEM : 0;
}

int sectag_inverted_init(sectag_inverted *x, const sectag_bag *bags, size_t n, sectag_err *err) {
    size_t total = 0;
    memset(x, 0, sizeof *x);
    if (n > UINT32_MAX) return sectag_err_set(err, SECTAG_EARG, "too many clauses for one index");
    for (size_t i = 0; i < n; i++) total = sectag_array_sum(total, bags[i].len);
    entry *all = sorted_entries(bags, n, total);
    int rc = all ? take_entries(x, all, total) : SECTAG_ENOMEM;
    free(all);
    return rc ? sectag_err_nomem(err) : 0;
}

void sectag_inverted_release(sectag_inverted *x) {
    free(x->key.data);
    free(x->off.data);
    free(x->postings.data);
    memset(x, 0, sizeof *x);
}

size_t sectag_inverted_find(const sectag_inverted *x, uint64_t key) {
    size_t low = 0, high = x->key.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->key.data[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < x->key.len && x->key.data[low] == key ? low : SIZE_MAX;
}

void sectag_inverted_add(const sectag_inverted *x, size_t place, float factor, float *sum) {
    const sectag_posting *p = x->postings.data + x->off.data[place],
                         *end = x->postings.data + x->off.data[place + 1];
    for (; p < end; p++) sum[p->clause] += factor * p->weight;
}
