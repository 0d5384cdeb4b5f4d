#include "training/shingle.h"

#include <stdlib.h>
#include <string.h>

void sectag_shingles_release(sectag_shingles *s) {
    free(s->key.data);
    free(s->off.data);
    free(s->grams.data);
    sectag_normal_release(&s->normal);
    memset(s, 0, sizeof *s);
}

void sectag_shingles_clear(sectag_shingles *s) {
    s->key.len = s->off.len = 0;
}

static int ascending(const void *a, const void *b) {
    uint64_t u = *(const uint64_t *)a, v = *(const uint64_t *)b;
    return (u > v) - (u < v);
}

int sectag_shingles_add(sectag_shingles *s, const char *text, size_t len, sectag_err *err) {
    static const sectag_ngram_options options = {
        .cjk_min = 1, .cjk_max = 3, .word_min = 3, .word_max = 6, .whole_words = 1};
    int rc = sectag_normal_run(&s->normal, text, len, err);
    if (!rc) rc = sectag_ngrams(&s->normal, &options, &s->grams, err);
    if (rc) return rc;
    if (s->off.len == 0 && sectag_array_push(&s->off, (size_t)0)) return sectag_err_nomem(err);
    if (sectag_array_reserve(&s->key, s->grams.len) || sectag_array_reserve(&s->off, 1))
        return sectag_err_nomem(err);
    uint64_t *key = s->key.data + s->key.len;
    size_t n = 0;
    for (size_t i = 0; i < s->grams.len; i++) key[i] = s->grams.data[i].key;
    if (s->grams.len) qsort(key, s->grams.len, sizeof *key, ascending);
    for (size_t i = 0; i < s->grams.len; i++)
        if (n == 0 || key[i] != key[n - 1]) key[n++] = key[i];
    s->key.len += n;
    s->off.data[s->off.len++] = s->key.len;
    return 0;
}

sectag_key_set sectag_shingles_set(const sectag_shingles *s, size_t i) {
    return (sectag_key_set){s->key.data + s->off.data[i], s->off.data[i + 1] - s->off.data[i]};
}
