/* ngram.h: the character n-grams of a normalised clause.
 *
 *   Chinese runs   疫苗研发      -> 疫 苗 研 发 疫苗 苗研 研发 疫苗研 苗研发          orders cjk_min..cjk_max
 *   words          vaccine       -> _va vac acc ... ine_ _vac vacc ... cine_          orders
 * word_min..word_max over _vaccine_                                         the padded word, and the whole
 * word word pairs     lot release   -> _lot_release_                                     two words, at most a
 * space or hyphen apart
 *
 * `_` marks a word boundary. Words are runs of letters and digits; words of digits alone give nothing (or, by
 * an option, `_0000_` with every digit written 0). N-grams never reach across a clause, nor across
 * punctuation, nor from one script into the other. A whole word that is short enough to be one of its own
 * padded n-grams counts once, so that an n-gram's string names its feature.
 *
 * An n-gram is looked up by a 64-bit key that is computed from its code points one at a time, so the
 * key of 疫苗研 extends that of 疫苗. Two of a million n-grams share a key with a chance of about 3e-8.
 */
#ifndef SECTAG_NGRAM_H
#define SECTAG_NGRAM_H

#include "features/array.h"
#include "features/buf.h"
#include "features/normal.h"

#include <stdint.h>

enum { SECTAG_NGRAM_ORDER_MAX = 8 };

/* Plain bytes: written as they are into model files. */
typedef struct sectag_ngram_options {
    uint8_t cjk_min, cjk_max;   /* orders in Chinese runs; max 0: none */
    uint8_t word_min, word_max; /* orders in padded words; max 0: none */
    uint8_t whole_words;        /* 1: also each whole word */
    uint8_t word_pairs;         /* 1: also each pair of adjacent words */
    uint8_t numbers;            /* 1: also words of digits alone, by their length */
    uint8_t reserved;
} sectag_ngram_options;

#define SECTAG_NGRAM_DEFAULTS ((sectag_ngram_options){1, 3, 3, 6, 1, 0, 0, 0})

/* One occurrence. */
typedef struct sectag_ngram {
    uint64_t key;
    uint32_t first, end; /* code points [first, end) of the sectag_normal */
    uint8_t open, close; /* 1: starts / ends at a word boundary */
    uint8_t number;      /* 1: digits are written 0 */
} sectag_ngram;

typedef SECTAG_ARRAY(sectag_ngram) sectag_ngram_list;

/* Replaces *out by all n-grams of n in a fixed order. Returns 0 or SECTAG_ENOMEM. */
int sectag_ngrams(const sectag_normal *n, const sectag_ngram_options *options, sectag_ngram_list *out,
                  sectag_err *err);

/* Appends the n-gram as UTF-8, boundaries as `_`. Returns 0 or SECTAG_ENOMEM. */
int sectag_ngram_text(const sectag_normal *n, const sectag_ngram *g, sectag_buf *out);

/* The key of the empty n-gram, and a key extended by one code point. The multiplier is 2^64 over the
 * golden ratio (Knuth, TAOCP 3, 6.4); the shift carries high bits back so that each step mixes all. */
#define SECTAG_NGRAM_KEY 0x736563746167u
static inline uint64_t sectag_ngram_extend(uint64_t key, uint32_t cp) {
    key = (key ^ cp) * 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
}

/* The key of an n-gram's string as sectag_ngram_text writes it. */
uint64_t sectag_ngram_key(const char *text, size_t len);

#endif
