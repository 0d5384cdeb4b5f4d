#include "features/normal.h"

#include "features/array.h"
#include "features/utf8.h"

#include <string.h>
#include <utf8proc.h>

/* A segment is a starter and what combines with it. Longer runs of marks (they occur only in
 * hostile text) are cut, as the Stream-Safe Text Format of UAX #15 does. */
enum { SEGMENT_MAX = 32, DECOMPOSED_MAX = SEGMENT_MAX * 20 };

void sectag_normal_init(sectag_normal *n) {
    memset(n, 0, sizeof *n);
}

void sectag_normal_release(sectag_normal *n) {
    free(n->cp);
    free(n->kind);
    free(n->from);
    free(n->to);
    sectag_normal_init(n);
}

static int reserve(sectag_normal *n, size_t need) {
    size_t cap[4] = {n->cap, n->cap, n->cap, n->cap};
    if (need <= n->cap) return 0;
    if (sectag_array_grow(&n->cp, &cap[0], need, sizeof *n->cp) ||
        sectag_array_grow(&n->kind, &cap[1], need, sizeof *n->kind) ||
        sectag_array_grow(&n->from, &cap[2], need, sizeof *n->from) ||
        sectag_array_grow(&n->to, &cap[3], need, sizeof *n->to))
        return SECTAG_ENOMEM;
    n->cap = cap[0];
    return 0;
}

uint8_t sectag_kind(uint32_t cp) {
    if (cp < 0x80) {
        if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z')) return SECTAG_KIND_LETTER;
        if (cp >= '0' && cp <= '9') return SECTAG_KIND_DIGIT;
        return sectag_is_space(cp) ? SECTAG_KIND_SPACE : SECTAG_KIND_OTHER;
    }
    if (sectag_is_cjk(cp)) return SECTAG_KIND_CJK;
    if (sectag_is_space(cp)) return SECTAG_KIND_SPACE;
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
        return SECTAG_KIND_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return SECTAG_KIND_DIGIT;
    default:
        return SECTAG_KIND_OTHER;
    }
}

/* Han ideographs, CJK punctuation and ASCII: NFKC leaves them alone, or maps one to one. */
int sectag_normal_maps_simply(uint32_t cp, uint32_t *mapped) {
    if (cp < 0x80) {
        *mapped = cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
        return 1;
    }
    if (cp >= 0xFF01 && cp <= 0xFF5E) { /* full-width ASCII */
        uint32_t ascii = cp - 0xFEE0;
        *mapped = ascii >= 'A' && ascii <= 'Z' ? ascii + 32 : ascii;
        return 1;
    }
    *mapped = cp;
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) ||
           (cp >= 0x3001 && cp <= 0x3029) || cp == 0x2014 || (cp >= 0x2018 && cp <= 0x201D) || cp == 0x00B7;
}

/* Does cp combine with the character before it? Marks by category; conjoining Hangul by range, also the
 * compatibility and half-width letters that become conjoining; ignorable characters, because a mark may
 * follow. */
int sectag_normal_joins(uint32_t cp) {
    uint32_t mapped;
    if (cp == 0xAD) return 1;
    if (cp < 0x300 || sectag_normal_maps_simply(cp, &mapped)) return 0;
    if ((cp >= 0x1160 && cp <= 0x11FF) || (cp >= 0x3131 && cp <= 0x318E) || (cp >= 0xFFA0 && cp <= 0xFFDC))
        return 1;
    if (cp == 0xFF9E || cp == 0xFF9F) return 1; /* half-width voicing marks */
    if (utf8proc_get_property((utf8proc_int32_t)cp)->ignorable) return 1;
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC || c == UTF8PROC_CATEGORY_ME;
}

/* Appends one normalised code point; room was reserved. White space folds here. */
static void emit(sectag_normal *n, uint32_t cp, size_t from, size_t to) {
    uint8_t kind = sectag_kind(cp);
    if (kind == SECTAG_KIND_SPACE) {
        if (n->len == 0 || n->kind[n->len - 1] == SECTAG_KIND_SPACE) return;
        cp = ' ';
    }
    if (kind == SECTAG_KIND_CJK && n->len >= 2 && n->kind[n->len - 1] == SECTAG_KIND_SPACE &&
        n->kind[n->len - 2] == SECTAG_KIND_CJK)
        n->len--;
    n->cp[n->len] = cp;
    n->kind[n->len] = kind;
    n->from[n->len] = (uint32_t)from;
    n->to[n->len] = (uint32_t)to;
    n->len++;
}

/* Normalises the segment text[from..to), well-formed UTF-8 of at most SEGMENT_MAX code points. */
static int emit_segment(sectag_normal *n, const char *text, size_t from, size_t to, sectag_err *err) {
    utf8proc_int32_t cps[DECOMPOSED_MAX];
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_ssize_t len = utf8proc_decompose((const utf8proc_uint8_t *)text + from,
                                              (utf8proc_ssize_t)(to - from), cps, DECOMPOSED_MAX, options);
    if (len > 0 && len <= DECOMPOSED_MAX) len = utf8proc_normalize_utf32(cps, len, options);
    if (len < 0 || len > DECOMPOSED_MAX) return 0; /* cannot happen for such a segment; then: no features */
    if (reserve(n, n->len + (size_t)len)) return sectag_err_nomem(err);
    for (utf8proc_ssize_t i = 0; i < len; i++) emit(n, (uint32_t)cps[i], from, to);
    return 0;
}

int sectag_normal_run(sectag_normal *n, const char *text, size_t len, sectag_err *err) {
    n->len = 0;
    n->bad = 0;
    if (len >= UINT32_MAX) return sectag_err_set(err, SECTAG_EARG, "a clause of %zu bytes is too long", len);
    if (reserve(n, len + 1))
        return sectag_err_nomem(err); /* one code point a byte at most, but for expansions */
    size_t at = 0;
    uint32_t cp = 0, next = 0, mapped;
    size_t size = len ? sectag_utf8_next(text, len, &cp, &n->bad) : 0;
    while (at < len) {
        size_t end = at + size;
        size_t next_size = end < len ? sectag_utf8_next(text + end, len - end, &next, &n->bad) : 0;
        size_t members = 1;
        int ill_formed = cp == SECTAG_REPLACEMENT;
        while (next_size && !ill_formed && members < SEGMENT_MAX && sectag_normal_joins(next)) {
            end += next_size;
            members++;
            next_size = end < len ? sectag_utf8_next(text + end, len - end, &next, &n->bad) : 0;
        }
        if (ill_formed || (members == 1 && sectag_normal_maps_simply(cp, &mapped))) {
            if (reserve(n, n->len + 1)) return sectag_err_nomem(err);
            emit(n, ill_formed ? SECTAG_REPLACEMENT : mapped, at, end);
        } else if (emit_segment(n, text, at, end, err)) {
            return SECTAG_ENOMEM;
        }
        at = end;
        cp = next;
        size = next_size;
    }
    if (n->len && n->kind[n->len - 1] == SECTAG_KIND_SPACE) n->len--;
    return 0;
}
