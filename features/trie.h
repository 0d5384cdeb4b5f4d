/* trie.h: a static trie over 16-bit symbols as one array of 64-bit slots: a double array (Aoe 1989, "An
 * efficient digital search algorithm by using a double-array structure") that checks labels, not parents.
 *
 *   slot    bits  0..15  label    the symbol that leads here; 0: the slot is empty
 *                16..39  base     the child by symbol s stands in slot base + s; 0: there are no children
 *                40..63  payload  what a string that ends here stands for; 0: none ends here. Its highest bit, the
 *                                 node's sign, is the user's to tell two sorts of payload apart
 *
 * No two nodes share a base, so the label alone tells whose child a slot holds. The root's base is 0: its child
 * by s is slot s. Slot 0 is empty. One step is one load and no branch, whether there is a child or not.
 */
#ifndef SECTAG_TRIE_H
#define SECTAG_TRIE_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_TRIE_PAYLOAD_MAX 0xFFFFFFu

typedef uint64_t sectag_node;

static inline uint32_t sectag_node_base(sectag_node node) {
    return (uint32_t)(node >> 16) & 0xFFFFFFu;
}

static inline uint32_t sectag_node_payload(sectag_node node) {
    return (uint32_t)(node >> 40);
}

/* All bits set where the condition holds: compilers turn a choice into a branch, which the text makes a guess. */
static inline uint64_t sectag_mask(int condition) {
    return (uint64_t)0 - (uint64_t)condition;
}

/* The child of the root by a symbol, or 0. */
static inline sectag_node sectag_trie_root(const sectag_node *slot, uint16_t symbol) {
    sectag_node found = slot[symbol];
    return found & sectag_mask((uint16_t)found == symbol);
}

/* The child of a node by a symbol, or 0. A node that is 0 has no children. */
static inline sectag_node sectag_trie_child(const sectag_node *slot, sectag_node node, uint16_t symbol) {
    uint32_t base = sectag_node_base(node);
    sectag_node found = slot[(base + symbol) & (uint32_t)sectag_mask(base != 0)];
    return found & sectag_mask((uint16_t)found == symbol);
}

/* A string and its payload, 1 to SECTAG_TRIE_PAYLOAD_MAX. Symbols are 1 or more. */
typedef struct sectag_trie_key {
    const uint16_t *symbol; /* [len], len > 0 */
    uint32_t len, payload;
} sectag_trie_key;

/* Builds the slots (freed by the caller) from n distinct strings in ascending order of their symbols, all below
 * n_symbols. Any node's base + n_symbols lies inside the slots. The same strings give the same slots. Returns
 * 0, SECTAG_ENOMEM, or SECTAG_EDATA (more than 2^24 slots). */
int sectag_trie_build(const sectag_trie_key *keys, size_t n, uint32_t n_symbols, sectag_node **slots,
                      size_t *n_slots, sectag_err *err);

/* Checks that walks over symbols below n_symbols stay inside the slots. Returns 0 or SECTAG_EMODEL. */
int sectag_trie_check(const sectag_node *slot, size_t n_slots, uint32_t n_symbols, sectag_err *err);

#endif
