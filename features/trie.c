#include "features/trie.h"

#include "features/array.h"

#include <string.h>

/* The strings keys[first .. end) share the path to the node in `slot`. */
typedef struct range {
    size_t first, end;
    uint32_t slot, depth;
} range;

/* Numbers of children: 1, 2, up to 4, up to 8 ... more than 64. */
enum { SIZES = 8 };

typedef struct builder {
    const sectag_trie_key *keys;
    uint32_t n_symbols;
    sectag_node *slot; /* [cap] */
    uint8_t *taken;    /* [cap] 1: some node's base */
    uint32_t *next;    /* [cap] itself for a free slot, else one that is not behind the next free one */
    size_t cap, used;  /* used: one past the last slot in use */
    size_t cursor[SIZES]; /* by number of children: before it, places for so many are not looked for any more */
    SECTAG_ARRAY(range) queue;
    SECTAG_ARRAY(range) children; /* of the node at hand */
} builder;

static uint16_t label_of(const builder *b, const range *child) {
    return b->keys[child->first].symbol[child->depth - 1];
}

/* Room for slots up to `need`, empty ones. */
static int reserve(builder *b, size_t need) {
    size_t had = b->cap, cap = b->cap;
    if (need <= had) return 0;
    if (sectag_array_grow(&b->slot, &cap, need, sizeof *b->slot)) return SECTAG_ENOMEM;
    size_t grown = b->cap, linked = grown;
    if (sectag_array_grow(&b->taken, &grown, cap, 1)) return SECTAG_ENOMEM;
    if (sectag_array_grow(&b->next, &linked, cap, sizeof *b->next)) return SECTAG_ENOMEM;
    memset(b->slot + had, 0, (cap - had) * sizeof *b->slot);
    memset(b->taken + had, 0, cap - had);
    for (size_t i = had; i < cap; i++) b->next[i] = (uint32_t)i;
    b->cap = cap;
    return 0;
}

/* The strings below `node`, cut by their next symbol. */
static int find_children(builder *b, const range *node) {
    size_t i = node->first;
    b->children.len = 0;
    if (i < node->end && b->keys[i].len == node->depth) i++;
    while (i < node->end) {
        range child = {i, i, 0, node->depth + 1};
        uint16_t symbol = b->keys[i].symbol[node->depth];
        while (child.end < node->end && b->keys[child.end].symbol[node->depth] == symbol) child.end++;
        if (sectag_array_push(&b->children, child)) return SECTAG_ENOMEM;
        i = child.end;
    }
    return 0;
}

static int fits(const builder *b, size_t base) {
    for (size_t k = 1; k < b->children.len; k++)
        if (b->slot[base + label_of(b, &b->children.data[k])]) return 0;
    return 1;
}

/* The first free slot from `at` on, for there is one. The chain of used slots is halved on the way, so that none is
 * walked often. */
static size_t free_from(const builder *b, size_t at) {
    while (b->next[at] != at) {
        b->next[at] = b->next[b->next[at]];
        at = b->next[at];
    }
    return at;
}

static int size_class(size_t children) {
    int size = 0;
    while (size < SIZES - 1 && children > (size_t)1 << size) size++;
    return size;
}

/* Free slots in which a place may be looked for in vain. */
enum { TRIES = 512 };

/* The first base at which the children's slots are all free, from a cursor on that leaves behind what has no place for
 * so many children, at least none that is easy to find: the time stays linear (the idea of cursors is of Yata's Darts),
 * and what many children leave empty, few fill. Cursors begin behind the root's children, so that they are larger than
 * any symbol. */
static int find_base(builder *b, size_t *base) {
    const uint16_t first = label_of(b, &b->children.data[0]);
    size_t *cursor = &b->cursor[size_class(b->children.len)], at = free_from(b, *cursor), tries = 0;
    for (;; at = free_from(b, at + 1), tries++) {
        if (reserve(b, at + b->n_symbols + 2)) return SECTAG_ENOMEM;
        if (!b->taken[at - first] && fits(b, at - first)) break;
    }
    if (tries >= TRIES) *cursor = at;
    *base = at - first;
    return 0;
}

static int place(builder *b, const range *node, sectag_err *err) {
    size_t base = 0;
    if (node->depth && find_base(b, &base)) return sectag_err_nomem(err);
    if (base + b->n_symbols > SECTAG_TRIE_PAYLOAD_MAX)
        return sectag_err_set(err, SECTAG_EDATA, "the n-grams and terms are too many for their trie");
    if (node->depth) b->slot[node->slot] |= (sectag_node)base << 16;
    b->taken[base] = 1;
    for (size_t k = 0; k < b->children.len; k++) {
        range *child = &b->children.data[k];
        const sectag_trie_key *key = &b->keys[child->first];
        sectag_node payload = key->len == child->depth ? key->payload : 0;
        child->slot = (uint32_t)base + label_of(b, child);
        b->slot[child->slot] = payload << 40 | label_of(b, child);
        b->next[child->slot] = child->slot + 1;
        if (child->slot >= b->used) b->used = (size_t)child->slot + 1;
        if (sectag_array_push(&b->queue, *child)) return sectag_err_nomem(err);
    }
    return 0;
}

int sectag_trie_build(const sectag_trie_key *keys, size_t n, uint32_t n_symbols, sectag_node **slots,
                      size_t *n_slots, sectag_err *err) {
    builder b = {.keys = keys, .n_symbols = n_symbols, .used = 1};
    range root = {0, n, 0, 0};
    int rc = reserve(&b, n + 2 * (size_t)n_symbols + 1) || sectag_array_push(&b.queue, root) ? SECTAG_ENOMEM : 0;
    if (rc) rc = sectag_err_nomem(err);
    for (int i = 0; i < SIZES; i++) b.cursor[i] = n_symbols;
    for (size_t i = 0; i < b.queue.len && !rc; i++) {
        range node = b.queue.data[i];
        rc = find_children(&b, &node) ? sectag_err_nomem(err) : 0;
        if (!rc && b.children.len) rc = place(&b, &node, err);
    }
    if (!rc && reserve(&b, b.used + n_symbols)) rc = sectag_err_nomem(err);
    free(b.queue.data);
    free(b.children.data);
    free(b.taken);
    free(b.next);
    *slots = rc ? NULL : b.slot;
    *n_slots = rc ? 0 : b.used + n_symbols;
    if (rc) free(b.slot);
    return rc;
}

int sectag_trie_check(const sectag_node *slot, size_t n_slots, uint32_t n_symbols, sectag_err *err) {
    int bad = n_slots < n_symbols || (n_slots > 0 && slot[0] != 0);
    for (size_t i = 0; i < n_slots && !bad; i++)
        bad = sectag_node_base(slot[i]) > n_slots - n_symbols;
    return bad ? sectag_err_set(err, SECTAG_EMODEL, "the trie is damaged") : 0;
}
