/* normal.h: a clause's text in the form in which n-grams and terms are looked for.
 *
 * Unicode NFKC with case folding by utf8proc (UAX #15; default ignorables such as soft hyphens and
 * zero-width spaces vanish), white space folded to single spaces and dropped between two Chinese
 * characters. Each normalised code point keeps the source bytes it came from:
 *
 *     text    "ＰＤ－１ 抑制剂"          bytes  0..25
 *     cp      p d - 1 ' ' 抑 制 剂
 *     from[i], to[i]                    source bytes of cp[i]
 *
 * Characters that combine are normalised together, so several code points may share one source span.
 */
#ifndef SECTAG_NORMAL_H
#define SECTAG_NORMAL_H

#include "features/err.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_KIND_OTHER, SECTAG_KIND_SPACE, SECTAG_KIND_CJK, SECTAG_KIND_LETTER, SECTAG_KIND_DIGIT };

typedef struct sectag_normal {
    uint32_t *cp;   /* [len] normalised code points */
    uint8_t *kind;  /* [len] SECTAG_KIND_* */
    uint32_t *from; /* [len] first source byte */
    uint32_t *to;   /* [len] one past the last source byte */
    size_t len, cap;
    size_t bad; /* ill-formed bytes met; each became U+FFFD */
} sectag_normal;

/* An empty result that owns nothing; reuse one for many clauses. */
void sectag_normal_init(sectag_normal *n);
void sectag_normal_release(sectag_normal *n);

/* Normalises text[0..len), replacing what n held. len must be below 4 GiB.
 * Returns 0, SECTAG_ENOMEM or SECTAG_EARG (too long). */
int sectag_normal_run(sectag_normal *n, const char *text, size_t len, sectag_err *err);

/* Does a code point combine with the one before it, so that the two must be normalised together (or vanish, as
 * ignorable ones do)? */
int sectag_normal_joins(uint32_t cp);

/* Does normalising leave cp alone, or map it to one other, whatever stands before and behind (combining
 * characters aside)? Then *mapped is that one. 0 does not mean that it does not: it is a quick test for the
 * characters that most text is made of. */
int sectag_normal_maps_simply(uint32_t cp, uint32_t *mapped);

/* SECTAG_KIND_* of a normalised code point. */
uint8_t sectag_kind(uint32_t cp);

/* A letter or digit of a script with word boundaries. */
static inline int sectag_kind_is_word(uint8_t kind) {
    return kind >= SECTAG_KIND_LETTER;
}

#endif
