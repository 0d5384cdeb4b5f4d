#include "training/decision.h"

#include "features/array.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

void sectag_decisions_release(sectag_decisions *d) {
    free(d->data);
    free(d->values);
    sectag_buf_release(&d->strings);
    memset(d, 0, sizeof *d);
}

static int by_text(const void *a, const void *b) {
    const sectag_decision *u = *(const sectag_decision *const *)a, *v = *(const sectag_decision *const *)b;
    int order = memcmp(u->text, v->text, u->len < v->len ? u->len : v->len);
    if (order) return order;
    if (u->len != v->len) return u->len < v->len ? -1 : 1;
    return u < v ? -1 : u > v; /* as they came: both are of one array */
}

const sectag_decision **sectag_decisions_order(const sectag_decisions *d, size_t *n) {
    const sectag_decision **order = sectag_alloc(d->len, sizeof *order);
    *n = 0;
    for (size_t i = 0; order && i < d->len; i++)
        if (!d->data[i].held) order[(*n)++] = &d->data[i];
    if (order) qsort(order, *n, sizeof *order, by_text);
    return order;
}

uint64_t sectag_decisions_digest(const sectag_decision *const *order, size_t n, size_t n_areas) {
    uint64_t h = n_areas;
    for (size_t i = 0; i < n; i++) {
        const char *doc = order[i]->doc ? order[i]->doc : "";
        h = XXH3_64bits_withSeed(order[i]->text, order[i]->len, h);
        h = XXH3_64bits_withSeed(doc, strlen(doc), h);
        h = XXH3_64bits_withSeed(order[i]->value, n_areas, h);
    }
    return h;
}
