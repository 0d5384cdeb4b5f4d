/* vocab.h: the frozen set of n-grams that a model knows, each with a number (its column).
 *
 *   fit:     count document frequencies of all n-grams, keep those in at least min_df clauses
 *   freeze:  number them in byte order of their strings: the same clauses in any order give the same
 *            vocabulary
 *   look up: 64-bit key -> column, one or two cache lines
 *
 * The vocabulary is a set of flat arrays, so that a model file can be mapped and used in place:
 * sectag_vocab only points; sectag_vocab_builder owns what it builds.
 */
#ifndef SECTAG_VOCAB_H
#define SECTAG_VOCAB_H

#include "features/err.h"
#include "features/ngram.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_VOCAB_MAX  ((1u << 24) - 2) /* columns fit in the 24 low bits of a slot */
#define SECTAG_VOCAB_NONE UINT32_MAX

/* n columns; all arrays are borrowed. A vocabulary without keys and slots (NULL) names its n-grams, but none can be
 * looked up. */
typedef struct sectag_vocab {
    uint32_t n;
    uint32_t slot_bits;       /* the table has 1 << slot_bits slots */
    const uint64_t *key;      /* [n] */
    const uint32_t *df;       /* [n] clauses of the training corpus that have the n-gram */
    const uint32_t *text_off; /* [n + 1] into text */
    const char *text;         /* UTF-8 strings of the n-grams, one behind the other */
    const uint32_t *slot;     /* 0: empty; else column + 1 in 24 bits below 8 bits of the key */
} sectag_vocab;

/* The column of an n-gram, or SECTAG_VOCAB_NONE. */
static inline uint32_t sectag_vocab_find(const sectag_vocab *v, uint64_t key) {
    uint32_t mask = (1u << v->slot_bits) - 1, mark = (uint32_t)(key >> 56) << 24;
    for (uint32_t i = (uint32_t)key & mask;; i = (i + 1) & mask) {
        uint32_t slot = v->slot[i];
        if (slot == 0) return SECTAG_VOCAB_NONE;
        uint32_t column = (slot & 0xFFFFFFu) - 1;
        if ((slot & 0xFF000000u) == mark && v->key[column] == key) return column;
    }
}

/* The string of a column, *len bytes, not NUL-terminated. */
const char *sectag_vocab_text(const sectag_vocab *v, uint32_t column, size_t *len);

/* Checks that the names of a vocabulary from a file (text of text_len bytes) can be used without reading outside
 * them: offsets ascend. Keys and slots are never read from a file. Returns 0 or SECTAG_EMODEL. */
int sectag_vocab_check(const sectag_vocab *v, size_t text_len, sectag_err *err);

/* ---- building ---- */

typedef struct sectag_vocab_builder sectag_vocab_builder;

sectag_vocab_builder *sectag_vocab_builder_new(void);
void sectag_vocab_builder_free(sectag_vocab_builder *b);

/* Counts one clause: `grams` are all its n-grams (repeats count once). Returns 0 or SECTAG_ENOMEM. */
int sectag_vocab_add(sectag_vocab_builder *b, const sectag_normal *n, const sectag_ngram_list *grams,
                     sectag_err *err);

/* Adds an n-gram by its string with a known document frequency (a shipped vocabulary read back). */
int sectag_vocab_add_text(sectag_vocab_builder *b, const char *text, size_t len, uint32_t df,
                          sectag_err *err);

/* Freezes: *out points into the builder, which must outlive it and takes no more clauses.
 * Returns 0, SECTAG_ENOMEM, or SECTAG_EDATA when more than SECTAG_VOCAB_MAX n-grams remain. */
int sectag_vocab_freeze(sectag_vocab_builder *b, uint32_t min_df, sectag_vocab *out, sectag_err *err);

#endif
