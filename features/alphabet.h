/* alphabet.h: the characters that a model's n-grams and terms are made of, numbered.
 *
 *   symbol  0              none: no slot of a trie has this label
 *           1              a space, or a hyphen, which terms take for one
 *           2              the boundary of a word, `_` in the strings of n-grams
 *           3              any other character that no string has
 *           4 ..           the others: punctuation and the like
 *           first_cjk      any character of a Chinese run that no string has
 *           ..             Chinese characters, the most frequent first
 *           first_letter   any letter that no string has, then letters
 *           first_digit    any digit that no string has, then digits
 *
 * So a symbol's class is told by comparing numbers, and frequent characters have small ones, which keeps what
 * is used often close together in the trie. A symbol fits 16 bits.
 */
#ifndef SECTAG_ALPHABET_H
#define SECTAG_ALPHABET_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SECTAG_SYMBOL_NONE = 0,
    SECTAG_SYMBOL_SPACE = 1,
    SECTAG_SYMBOL_MARK = 2,
    SECTAG_SYMBOL_OTHER = 3,
    SECTAG_SYMBOL_FIRST = 4,
    SECTAG_SYMBOLS_MAX = 0xFF00
};

/* Stands for the characters that have no symbol of their own, and for what is no character. */
#define SECTAG_NO_CODE_POINT UINT32_MAX

/* The array is borrowed: it stands in a model file. */
typedef struct sectag_alphabet {
    uint32_t n; /* symbols; 0: no alphabet */
    uint32_t first_cjk, first_letter, first_digit;
    const uint32_t *cp; /* [n] code point of each symbol, SECTAG_NO_CODE_POINT where it stands for many */
} sectag_alphabet;

/* A character with its weight for the order: how often the strings have it. */
typedef struct sectag_character {
    uint32_t cp;
    uint64_t weight;
} sectag_character;

/* Numbers the n distinct characters (neither the space nor hyphens among them) and writes the code points of
 * all symbols to cp, which has room for n + 7. The same characters in any order give the same alphabet.
 * Sorts `characters`. Returns 0 or SECTAG_EDATA (too many). */
int sectag_alphabet_make(sectag_alphabet *a, sectag_character *characters, size_t n, uint32_t *cp,
                         sectag_err *err);

/* Reads an alphabet from the code points of its n symbols. Returns 0 or SECTAG_EMODEL. */
int sectag_alphabet_open(sectag_alphabet *a, const uint32_t *cp, size_t n, sectag_err *err);

/* The symbol for a character of class `kind` (SECTAG_KIND_*, normal.h) that has none of its own. */
uint16_t sectag_alphabet_unknown(const sectag_alphabet *a, uint8_t kind);

#endif
