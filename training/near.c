#include "training/near.h"

#include "features/array.h"
#include "training/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Distinct keys with their frequency, later their rank; open addressing, n = 0 marks a free slot. */
typedef struct slot {
    uint64_t key;
    uint32_t n, rank;
} slot;

typedef struct table {
    slot *slot;
    size_t cap, len; /* cap is a power of two */
} table;

static slot *table_find(const table *t, uint64_t key) {
    uint64_t state = key;
    size_t at = (size_t)sectag_splitmix64(&state) & (t->cap - 1);
    while (t->slot[at].n && t->slot[at].key != key) at = (at + 1) & (t->cap - 1);
    return &t->slot[at];
}

static int table_grow(table *t) {
    table bigger = {sectag_zalloc(t->cap * 2, sizeof(slot)), t->cap * 2, t->len};
    if (!bigger.slot) return SECTAG_ENOMEM;
    for (size_t i = 0; i < t->cap; i++)
        if (t->slot[i].n) *table_find(&bigger, t->slot[i].key) = t->slot[i];
    free(t->slot);
    *t = bigger;
    return 0;
}

static int table_count(table *t, uint64_t key) {
    slot *s = table_find(t, key);
    if (s->n == 0) {
        if (t->len >= t->cap / 2) {
            if (table_grow(t)) return SECTAG_ENOMEM;
            s = table_find(t, key);
        }
        s->key = key;
        t->len++;
    }
    s->n++;
    return 0;
}

static int by_rarity(const void *a, const void *b) {
    const slot *u = *(slot *const *)a, *v = *(slot *const *)b;
    if (u->n != v->n) return u->n < v->n ? -1 : 1;
    return (u->key > v->key) - (u->key < v->key);
}

static int table_rank(table *t) {
    slot **order = sectag_alloc(t->len, sizeof *order);
    if (!order) return SECTAG_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < t->cap; i++)
        if (t->slot[i].n) order[n++] = &t->slot[i];
    qsort(order, n, sizeof *order, by_rarity);
    for (size_t i = 0; i < n; i++) order[i]->rank = (uint32_t)i;
    free(order);
    return 0;
}

typedef struct pair {
    uint32_t a, b;
} pair;

/* Parities of a set's tokens by token modulo BITS. The bits in which two sets differ are at most as many as
 * the tokens that only one of them has (bitmap filter: Sandes, Teodoro & Melo 2020, "Bitmap filter"). */
enum { BITS = 512, WORDS = BITS / 64 };

typedef struct bitmap {
    uint64_t word[WORDS];
} bitmap;

/* A set in the index, under its token number `at`. */
typedef struct posting {
    uint32_t set, at;
} posting;

/* The join. Sets are renumbered by ascending length: when a set looks for partners, all shorter ones are in
 * the index, so that every pair is met once. */
typedef struct join {
    size_t n;
    double t;
    uint32_t *order; /* n: the set at each position */
    size_t *off;     /* n + 1, by position */
    uint32_t *token; /* ranks of the keys, ascending: the rarest first */
    size_t n_tokens;
    bitmap *bitmap;                         /* n, by position */
    size_t *post_off, *post_from, *post_to; /* a token's room, and what of it is in use */
    posting *post;                          /* sets by position, ascending */
    uint32_t *stamp;                        /* n: last set (from 1) that met this one */
    uint32_t *candidate;                    /* n */
    SECTAG_ARRAY(pair) pairs;
} join;

static void join_release(join *j) {
    free(j->order);
    free(j->off);
    free(j->token);
    free(j->bitmap);
    free(j->post_off);
    free(j->post_from);
    free(j->post_to);
    free(j->post);
    free(j->stamp);
    free(j->candidate);
    free(j->pairs.data);
}

typedef struct sized {
    size_t len;
    uint32_t set;
} sized;

static int by_length(const void *a, const void *b) {
    const sized *u = a, *v = b;
    if (u->len != v->len) return u->len < v->len ? -1 : 1;
    return u->set < v->set ? -1 : u->set > v->set;
}

static int order_sets(join *j, const sectag_key_set *sets) {
    sized *s = sectag_alloc(j->n, sizeof *s);
    j->order = sectag_alloc(j->n, sizeof *j->order);
    j->off = sectag_zalloc(j->n + 1, sizeof *j->off);
    if (!s || !j->order || !j->off) {
        free(s);
        return SECTAG_ENOMEM;
    }
    for (size_t i = 0; i < j->n; i++) s[i] = (sized){sets[i].len, (uint32_t)i};
    qsort(s, j->n, sizeof *s, by_length);
    for (size_t i = 0; i < j->n; i++) {
        j->order[i] = s[i].set;
        j->off[i + 1] = j->off[i] + s[i].len;
    }
    free(s);
    return 0;
}

static int by_token(const void *a, const void *b) {
    uint32_t u = *(const uint32_t *)a, v = *(const uint32_t *)b;
    return (u > v) - (u < v);
}

/* Keys become ranks: 0 is the rarest key of all. */
static int rank_tokens(join *j, const sectag_key_set *sets) {
    table t = {sectag_zalloc(1 << 16, sizeof(slot)), 1 << 16, 0};
    j->token = sectag_alloc(j->off[j->n], sizeof *j->token);
    int rc = t.slot && j->token ? 0 : SECTAG_ENOMEM;
    for (size_t i = 0; !rc && i < j->n; i++)
        for (size_t k = 0; !rc && k < sets[i].len; k++) rc = table_count(&t, sets[i].key[k]);
    if (!rc) rc = table_rank(&t);
    for (size_t i = 0; !rc && i < j->n; i++) {
        const sectag_key_set *s = &sets[j->order[i]];
        uint32_t *to = j->token + j->off[i];
        for (size_t k = 0; k < s->len; k++) to[k] = table_find(&t, s->key[k])->rank;
        qsort(to, s->len, sizeof *to, by_token);
    }
    j->n_tokens = t.len;
    free(t.slot);
    return rc;
}

static size_t length(const join *j, size_t i) {
    return j->off[i + 1] - j->off[i];
}

/* How many of the rarest tokens two sets, of which the one has len and shares at least part * len tokens
 * with the other, cannot all miss. The 1e-9 keeps rounding on the safe side. */
static size_t prefix(double part, size_t len) {
    size_t needed = (size_t)ceil(part * (double)len - 1e-9);
    return len == 0 ? 0 : needed < 1 ? len : len - needed + 1;
}

/* A set's prefix in the index: its partner is at least as long, so they share 2t / (1 + t) of it. */
static size_t index_prefix(const join *j, size_t i) {
    return prefix(2 * j->t / (1 + j->t), length(j, i));
}

static int make_bitmaps(join *j) {
    j->bitmap = sectag_zalloc(j->n, sizeof *j->bitmap);
    if (!j->bitmap) return SECTAG_ENOMEM;
    for (size_t i = 0; i < j->n; i++)
        for (size_t k = j->off[i]; k < j->off[i + 1]; k++)
            j->bitmap[i].word[j->token[k] % BITS / 64] ^= (uint64_t)1 << j->token[k] % 64;
    return 0;
}

static int index_alloc(join *j) {
    j->post_off = sectag_zalloc(j->n_tokens + 1, sizeof *j->post_off);
    j->post_from = sectag_alloc(j->n_tokens, sizeof *j->post_from);
    j->post_to = sectag_alloc(j->n_tokens, sizeof *j->post_to);
    j->stamp = sectag_zalloc(j->n, sizeof *j->stamp);
    j->candidate = sectag_alloc(j->n, sizeof *j->candidate);
    if (!j->post_off || !j->post_from || !j->post_to || !j->stamp || !j->candidate) return SECTAG_ENOMEM;
    for (size_t i = 0; i < j->n; i++)
        for (size_t k = 0; k < index_prefix(j, i); k++) j->post_off[j->token[j->off[i] + k] + 1]++;
    for (size_t t = 0; t < j->n_tokens; t++) {
        j->post_off[t + 1] += j->post_off[t];
        j->post_from[t] = j->post_to[t] = j->post_off[t];
    }
    j->post = sectag_alloc(j->post_off[j->n_tokens], sizeof *j->post);
    return j->post ? 0 : SECTAG_ENOMEM;
}

/* How many tokens of two sets, of `total` together, may be in one of them only: with the overlap o of the
 * least similarity t, total - 2 o <= total (1 - t) / (1 + t). */
static size_t misses_allowed(const join *j, size_t total) {
    return (size_t)((double)total * (1 - j->t) / (1 + j->t) + 1e-9);
}

/* Sets before i that share a prefix token with it and are long enough; too short ones are forgotten: no later
 * set is shorter. Tokens before the first common one are misses, and so is the difference of what follows it
 * (the positional filter of Xiao et al. 2008, section 4.1). */
static size_t candidates(join *j, size_t i) {
    size_t n = 0, len = length(j, i), probe = prefix(j->t, len);
    double least = j->t * (double)len - 1e-9;
    for (size_t k = 0; k < probe; k++) {
        uint32_t t = j->token[j->off[i] + k];
        size_t from = j->post_from[t];
        while (from < j->post_to[t] && (double)length(j, j->post[from].set) < least) from++;
        j->post_from[t] = from;
        for (; from < j->post_to[t]; from++) {
            posting c = j->post[from];
            if (j->stamp[c.set] == (uint32_t)i + 1) continue;
            j->stamp[c.set] = (uint32_t)i + 1;
            size_t other = length(j, c.set), rest = len - k, other_rest = other - c.at;
            size_t uneven = rest > other_rest ? rest - other_rest : other_rest - rest;
            if (k + c.at + uneven > misses_allowed(j, len + other)) continue;
            j->candidate[n++] = c.set;
        }
    }
    return n;
}

static void index_add(join *j, size_t i) {
    for (size_t k = 0; k < index_prefix(j, i); k++) {
        uint32_t t = j->token[j->off[i] + k];
        j->post[j->post_to[t]++] = (posting){(uint32_t)i, (uint32_t)k};
    }
}

static int may_be_near(const join *j, size_t x, size_t y) {
    size_t differ = 0, allowed = misses_allowed(j, length(j, x) + length(j, y));
    for (int w = 0; w < WORDS && differ <= allowed; w++)
        differ += (size_t)__builtin_popcountll(j->bitmap[x].word[w] ^ j->bitmap[y].word[w]);
    return differ <= allowed;
}

static int is_near(const join *j, size_t x, size_t y) {
    const uint32_t *a = j->token + j->off[x], *b = j->token + j->off[y];
    const uint32_t *a_end = j->token + j->off[x + 1], *b_end = j->token + j->off[y + 1];
    size_t both = 0, total = length(j, x) + length(j, y), misses = 0, allowed = misses_allowed(j, total);
    while (a < a_end && b < b_end && misses <= allowed) {
        uint32_t u = *a, v = *b;
        both += u == v;
        misses += u != v;
        a += u <= v;
        b += v <= u;
    }
    return misses <= allowed && (double)both / (double)(total - both) >= j->t;
}

static int join_run(join *j, const sectag_key_set *sets) {
    if (order_sets(j, sets) || rank_tokens(j, sets) || make_bitmaps(j) || index_alloc(j))
        return SECTAG_ENOMEM;
    for (size_t i = 0; i < j->n; i++) {
        size_t n = candidates(j, i);
        for (size_t c = 0; c < n; c++) {
            uint32_t other = j->candidate[c];
            pair p = {j->order[i], j->order[other]};
            if (may_be_near(j, i, other) && is_near(j, i, other) && sectag_array_push(&j->pairs, p))
                return SECTAG_ENOMEM;
        }
        index_add(j, i);
    }
    return 0;
}

/* Both directions of every pair, by set. */
static int link_pairs(const join *j, sectag_near *out) {
    size_t n = j->n, *off = sectag_zalloc(n + 2, sizeof *off);
    uint32_t *near = sectag_alloc(2 * j->pairs.len, sizeof *near);
    if (!off || !near) {
        free(off);
        free(near);
        return SECTAG_ENOMEM;
    }
    for (size_t i = 0; i < j->pairs.len; i++) {
        off[j->pairs.data[i].a + 2]++;
        off[j->pairs.data[i].b + 2]++;
    }
    for (size_t s = 2; s <= n + 1; s++) off[s] += off[s - 1];
    for (size_t i = 0; i < j->pairs.len; i++) {
        near[off[j->pairs.data[i].a + 1]++] = j->pairs.data[i].b;
        near[off[j->pairs.data[i].b + 1]++] = j->pairs.data[i].a;
    }
    for (size_t s = 0; s < n; s++) qsort(near + off[s], off[s + 1] - off[s], sizeof *near, by_token);
    *out = (sectag_near){n, off, near};
    return 0;
}

void sectag_near_init(sectag_near *g) {
    memset(g, 0, sizeof *g);
}

void sectag_near_release(sectag_near *g) {
    free(g->off);
    free(g->near);
    sectag_near_init(g);
}

int sectag_near_find(const sectag_key_set *sets, size_t n, double jaccard, sectag_near *out,
                     sectag_err *err) {
    join j = {.n = n, .t = jaccard};
    sectag_near_release(out);
    int rc = join_run(&j, sets);
    if (!rc) rc = link_pairs(&j, out);
    join_release(&j);
    return rc ? sectag_err_nomem(err) : 0;
}

double sectag_jaccard(sectag_key_set a, sectag_key_set b) {
    size_t i = 0, j = 0, both = 0;
    while (i < a.len && j < b.len) {
        uint64_t u = a.key[i], v = b.key[j];
        both += u == v;
        i += u <= v;
        j += v <= u;
    }
    return both ? (double)both / (double)(a.len + b.len - both) : 0;
}
