#include "features/vocab.h"

#include "features/array.h"
#include "features/buf.h"

#include <string.h>

/* An n-gram while counting. `seen` is the number of the last clause that had it. */
typedef struct gram {
    uint64_t key;
    uint64_t text; /* offset into the builder's text */
    uint32_t len, df, seen;
} gram;

struct sectag_vocab_builder {
    SECTAG_ARRAY(gram) grams;
    uint32_t *table; /* open addressing: gram number + 1 */
    size_t table_size;
    sectag_buf text;
    uint32_t clauses;
    uint64_t *key; /* frozen arrays */
    uint32_t *df, *text_off, *slot;
    sectag_buf frozen_text;
};

sectag_vocab_builder *sectag_vocab_builder_new(void) {
    return sectag_zalloc(1, sizeof(sectag_vocab_builder));
}

void sectag_vocab_builder_free(sectag_vocab_builder *b) {
    if (!b) return;
    free(b->grams.data);
    free(b->table);
    free(b->key);
    free(b->df);
    free(b->text_off);
    free(b->slot);
    sectag_buf_release(&b->text);
    sectag_buf_release(&b->frozen_text);
    free(b);
}

static int rehash(sectag_vocab_builder *b) {
    size_t size = b->table_size ? b->table_size * 2 : 1024;
    uint32_t *table = sectag_zalloc(size, sizeof *table);
    if (!table) return SECTAG_ENOMEM;
    for (size_t g = 0; g < b->grams.len; g++) {
        size_t i = b->grams.data[g].key & (size - 1);
        while (table[i]) i = (i + 1) & (size - 1);
        table[i] = (uint32_t)g + 1;
    }
    free(b->table);
    b->table = table;
    b->table_size = size;
    return 0;
}

/* The slot of key: its gram's number + 1, or 0 when it is new. There is always an empty slot. */
static uint32_t *slot_of(sectag_vocab_builder *b, uint64_t key) {
    size_t mask = b->table_size - 1, i = key & mask;
    while (b->table[i] && b->grams.data[b->table[i] - 1].key != key) i = (i + 1) & mask;
    return &b->table[i];
}

static int make_room(sectag_vocab_builder *b) {
    if (b->grams.len >= UINT32_MAX - 1) return SECTAG_ENOMEM;
    return (b->grams.len + 1) * 2 > b->table_size ? rehash(b) : 0;
}

int sectag_vocab_add(sectag_vocab_builder *b, const sectag_normal *n, const sectag_ngram_list *grams,
                     sectag_err *err) {
    b->clauses++;
    for (size_t i = 0; i < grams->len; i++) {
        const sectag_ngram *g = &grams->data[i];
        if (make_room(b)) return sectag_err_nomem(err);
        uint32_t *slot = slot_of(b, g->key);
        if (*slot == 0) {
            gram fresh = {g->key, b->text.len, 0, 0, 0};
            if (sectag_ngram_text(n, g, &b->text)) return sectag_err_nomem(err);
            fresh.len = (uint32_t)(b->text.len - fresh.text);
            if (sectag_array_push(&b->grams, fresh)) return sectag_err_nomem(err);
            *slot = (uint32_t)b->grams.len;
        }
        gram *known = &b->grams.data[*slot - 1];
        if (known->seen == b->clauses) continue;
        known->seen = b->clauses;
        known->df++;
    }
    return 0;
}

int sectag_vocab_add_text(sectag_vocab_builder *b, const char *text, size_t len, uint32_t df,
                          sectag_err *err) {
    uint64_t key = sectag_ngram_key(text, len);
    if (len > UINT32_MAX || make_room(b)) return sectag_err_nomem(err);
    uint32_t *slot = slot_of(b, key);
    if (*slot) return sectag_err_set(err, SECTAG_EDATA, "n-gram \"%.*s\" stands twice", (int)len, text);
    gram fresh = {key, b->text.len, (uint32_t)len, df, 0};
    if (sectag_buf_add(&b->text, text, len) || sectag_array_push(&b->grams, fresh))
        return sectag_err_nomem(err);
    *slot = (uint32_t)b->grams.len;
    return 0;
}

/* What qsort compares: a gram with its string. */
typedef struct sortable {
    const char *text;
    gram g;
} sortable;

static int by_text(const void *pa, const void *pb) {
    const sortable *a = pa, *b = pb;
    size_t shared = a->g.len < b->g.len ? a->g.len : b->g.len;
    int order = memcmp(a->text, b->text, shared);
    return order ? order : (a->g.len > b->g.len) - (a->g.len < b->g.len);
}

static uint32_t slot_bits_for(size_t n) {
    uint32_t bits = 4;
    while (((size_t)1 << bits) < n * 2) bits++;
    return bits;
}

static void fill_slots(uint32_t *slot, uint32_t bits, const uint64_t *key, uint32_t n) {
    uint32_t mask = (1u << bits) - 1;
    for (uint32_t c = 0; c < n; c++) {
        uint32_t i = (uint32_t)key[c] & mask;
        while (slot[i]) i = (i + 1) & mask;
        slot[i] = (uint32_t)(key[c] >> 56) << 24 | (c + 1);
    }
}

static int allocate_frozen(sectag_vocab_builder *b, size_t n, uint32_t bits) {
    b->key = sectag_alloc(n, sizeof *b->key);
    b->df = sectag_alloc(n, sizeof *b->df);
    b->text_off = sectag_alloc(n + 1, sizeof *b->text_off);
    b->slot = sectag_zalloc((size_t)1 << bits, sizeof *b->slot);
    return b->key && b->df && b->text_off && b->slot ? 0 : SECTAG_ENOMEM;
}

int sectag_vocab_freeze(sectag_vocab_builder *b, uint32_t min_df, sectag_vocab *out, sectag_err *err) {
    int rc = 0;
    size_t n = 0;
    sortable *kept = sectag_alloc(b->grams.len, sizeof *kept);
    if (!kept) return sectag_err_nomem(err);
    for (size_t i = 0; i < b->grams.len; i++)
        if (b->grams.data[i].df >= min_df)
            kept[n++] = (sortable){b->text.data + b->grams.data[i].text, b->grams.data[i]};
    if (n > SECTAG_VOCAB_MAX) {
        rc = sectag_err_set(err, SECTAG_EDATA, "%zu n-grams are too many (raise --min-df)", n);
        goto cleanup;
    }
    qsort(kept, n, sizeof *kept, by_text);
    uint32_t bits = slot_bits_for(n);
    if (allocate_frozen(b, n, bits)) {
        rc = sectag_err_nomem(err);
        goto cleanup;
    }
    for (size_t i = 0; i < n; i++) {
        b->key[i] = kept[i].g.key;
        b->df[i] = kept[i].g.df;
        b->text_off[i] = (uint32_t)b->frozen_text.len;
        if (sectag_buf_add(&b->frozen_text, kept[i].text, kept[i].g.len)) {
            rc = sectag_err_nomem(err);
            goto cleanup;
        }
    }
    b->text_off[n] = (uint32_t)b->frozen_text.len;
    fill_slots(b->slot, bits, b->key, (uint32_t)n);
    *out = (sectag_vocab){(uint32_t)n, bits, b->key, b->df, b->text_off, b->frozen_text.data, b->slot};
cleanup:
    free(kept);
    return rc;
}

const char *sectag_vocab_text(const sectag_vocab *v, uint32_t column, size_t *len) {
    *len = v->text_off[column + 1] - v->text_off[column];
    return v->text + v->text_off[column];
}

int sectag_vocab_check(const sectag_vocab *v, size_t text_len, sectag_err *err) {
    int sound = v->text_off[0] == 0 && v->text_off[v->n] == text_len;
    for (uint32_t c = 0; c < v->n && sound; c++) sound = v->text_off[c] <= v->text_off[c + 1];
    return sound ? 0 : sectag_err_set(err, SECTAG_EMODEL, "the vocabulary is damaged");
}
