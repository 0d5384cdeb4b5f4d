/* utf8.h: decoding UTF-8 one code point at a time, and the few character classes that
 * splitting and n-grams need. Inline, because every byte of every document passes here. */
#ifndef SECTAG_UTF8_H
#define SECTAG_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define SECTAG_REPLACEMENT 0xFFFDu

/* Decodes the code point at text[0..len), len > 0. Returns the bytes consumed (1 to 4). Ill-formed
 * bytes (overlong forms, surrogates, values past U+10FFFF, truncated sequences) consume one byte
 * and give U+FFFD; *bad (may be NULL) is then incremented. */
size_t sectag_utf8_next_multi(const unsigned char *text, size_t len, uint32_t *cp, size_t *bad);

static inline size_t sectag_utf8_next(const char *text, size_t len, uint32_t *cp, size_t *bad) {
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        *cp = s[0];
        return 1;
    }
    if (len >= 3 && (s[0] & 0xF0) == 0xE0 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80) {
        uint32_t value = (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
        if (value >= 0x800 && value - 0xD800u >= 0x800) {
            *cp = value;
            return 3;
        }
    }
    return sectag_utf8_next_multi(s, len, cp, bad);
}

/* Encodes cp (a valid scalar value) into out (room for 4 bytes). Returns the length. */
size_t sectag_utf8_put(uint32_t cp, char *out);

/* Byte offset of the first ill-formed sequence in text, or len when all of it is well-formed. */
size_t sectag_utf8_check(const char *text, size_t len);

/* White space of any kind, line ends, ideographic space U+3000 and no-break spaces included. */
int sectag_is_space(uint32_t cp);

/* Scripts written without spaces between words: Han (with 〇 and 々), Hiragana, Katakana,
 * Bopomofo, Hangul. "Chinese runs" are made of these. */
static inline int sectag_is_cjk(uint32_t cp) {
    if (cp < 0x3005) return cp >= 0x2E80 && cp <= 0x2FD5;
    return (cp >= 0x4E00 && cp <= 0x9FFF) || cp <= 0x3007 || (cp >= 0x3041 && cp <= 0x30FF && cp != 0x30FB) ||
           (cp >= 0x3105 && cp <= 0x318F) || (cp >= 0x31A0 && cp <= 0x31FF) ||
           (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0xAC00 && cp <= 0xD7A3) ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x3FFFF);
}

/* Characters that take two columns in Chinese typesetting: CJK, CJK punctuation, full-width forms.
 * White space that a line break put between such a character and any other is no word space. */
static inline int sectag_is_wide(uint32_t cp) {
    return sectag_is_cjk(cp) || (cp >= 0x3000 && cp <= 0x303F) || cp == 0x30FB ||
           (cp >= 0xFF01 && cp <= 0xFF60) || (cp >= 0xFFE0 && cp <= 0xFFE6) || cp == 0x2014 || cp == 0x2026 ||
           cp == 0x2018 || cp == 0x2019 || cp == 0x201C || cp == 0x201D || (cp >= 0x2460 && cp <= 0x24FF);
}

#endif
