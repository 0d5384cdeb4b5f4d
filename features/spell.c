#include "features/spell.h"

#include "features/terms.h"
#include "features/utf8.h"

#include <endian.h>
#include <string.h>

/* What the code table says of characters that are not simply a symbol. 0: not yet known. */
enum {
    CODE_SPACE = 0xFFFF,    /* white space: folded */
    CODE_HYPHEN = 0xFFFE,   /* a space to terms, but no white space */
    CODE_EXPANDS = 0xFFFD,  /* several symbols */
    CODE_COMBINES = 0xFFFC, /* not to be looked at by itself */
    CODE_FIRST = CODE_COMBINES
};

/* Longer expansions are not kept: the longest of one character without spaces has less than half as many. */
enum { EXPANSION_MAX = 32 };

/* ---- the alphabet by code point ---- */

static uint32_t place(const sectag_speller *s, uint32_t cp) {
    return (cp * 0x9E3779B1u) >> (32 - s->by_cp_bits);
}

static int index_alphabet(sectag_speller *s) {
    uint32_t bits = 6, mask;
    while ((uint32_t)1 << bits < s->alphabet->n * 2) bits++;
    s->by_cp_bits = bits;
    mask = ((uint32_t)1 << bits) - 1;
    s->by_cp = sectag_zalloc((size_t)mask + 1, sizeof *s->by_cp);
    for (uint32_t i = SECTAG_SYMBOL_FIRST; s->by_cp && i < s->alphabet->n; i++) {
        if (s->alphabet->cp[i] == SECTAG_NO_CODE_POINT) continue;
        uint32_t at = place(s, s->alphabet->cp[i]);
        while (s->by_cp[at]) at = (at + 1) & mask;
        s->by_cp[at] = i;
    }
    return s->by_cp ? 0 : SECTAG_ENOMEM;
}

/* The code of a normalised character. */
static uint16_t code_of(const sectag_speller *s, uint32_t cp) {
    uint8_t kind = sectag_kind(cp);
    uint32_t mask = ((uint32_t)1 << s->by_cp_bits) - 1;
    if (kind == SECTAG_KIND_SPACE) return CODE_SPACE;
    if (sectag_terms_fold(cp) == ' ') return CODE_HYPHEN;
    for (uint32_t at = place(s, cp); s->by_cp[at]; at = (at + 1) & mask)
        if (s->alphabet->cp[s->by_cp[at]] == cp) return (uint16_t)s->by_cp[at];
    return sectag_alphabet_unknown(s->alphabet, kind);
}

/* ---- life cycle ---- */

int sectag_speller_init(sectag_speller *s, const sectag_alphabet *a, sectag_err *err) {
    memset(s, 0, sizeof *s);
    s->alphabet = a;
    s->code = sectag_zalloc(0x10000, sizeof *s->code);
    if (s->code && index_alphabet(s) == 0) return 0;
    sectag_speller_release(s);
    return sectag_err_nomem(err);
}

void sectag_speller_release(sectag_speller *s) {
    free(s->code);
    free(s->by_cp);
    free(s->expansions.data);
    free(s->expanded.data);
    free(s->symbols.data);
    free(s->numbers.data);
    sectag_normal_release(&s->normal);
    memset(s, 0, sizeof *s);
}

/* ---- what becomes of a character by itself ---- */

/* Remembers the code points n->cp[1 .. len - 1) as what cp expands to. */
static int keep_expansion(sectag_speller *s, uint32_t cp) {
    const sectag_normal *n = &s->normal;
    if (sectag_array_reserve(&s->expanded, 2) || sectag_array_reserve(&s->expansions, n->len))
        return SECTAG_ENOMEM;
    s->expanded.data[s->expanded.len++] = cp;
    s->expanded.data[s->expanded.len++] = (uint32_t)s->expansions.len;
    for (size_t i = 1; i + 1 < n->len; i++) s->expansions.data[s->expansions.len++] = code_of(s, n->cp[i]);
    s->expansions.data[s->expansions.len++] = 0;
    return 0;
}

/* Normalises cp between two letters, where nothing but itself can change. */
static int look_at(sectag_speller *s, uint32_t cp, uint16_t *code, sectag_err *err) {
    char text[6] = {'a'};
    size_t len = sectag_utf8_put(cp, text + 1) + 1;
    const sectag_normal *n = &s->normal;
    text[len++] = 'a';
    int rc = sectag_normal_run(&s->normal, text, len, err);
    if (rc) return rc;
    size_t spaces = 0;
    for (size_t i = 0; i < n->len; i++) spaces += n->kind[i] == SECTAG_KIND_SPACE;
    *code = CODE_COMBINES;
    if (n->len < 3 || n->cp[0] != 'a' || n->cp[n->len - 1] != 'a' || (spaces && n->len > 3)) return 0;
    if (n->len > EXPANSION_MAX) return 0;
    *code = n->len == 3 ? code_of(s, n->cp[1]) : CODE_EXPANDS;
    return *code == CODE_EXPANDS && cp < 0x10000 && keep_expansion(s, cp) ? sectag_err_nomem(err) : 0;
}

/* Finds the code of a character that the table does not have. */
static int find_code(sectag_speller *s, uint32_t cp, uint16_t *code, sectag_err *err) {
    uint32_t mapped;
    int rc = 0;
    if (sectag_normal_joins(cp))
        *code = CODE_COMBINES;
    else if (sectag_normal_maps_simply(cp, &mapped) || cp == SECTAG_REPLACEMENT)
        *code = code_of(s, cp == SECTAG_REPLACEMENT ? cp : mapped);
    else
        rc = look_at(s, cp, code, err);
    if (!rc && cp < 0x10000)
        s->code[cp] = *code;
    else if (*code == CODE_EXPANDS)
        *code = CODE_COMBINES; /* not kept: too rare */
    return rc;
}

static const uint16_t *expansion_of(const sectag_speller *s, uint32_t cp) {
    size_t i = 0;
    while (s->expanded.data[i] != cp) i += 2;
    return s->expansions.data + s->expanded.data[i + 1];
}

/* ---- spelling ---- */

/* The place behind the last symbol, and what it takes to go on. */
typedef struct pen {
    uint16_t *out;
    uint16_t *begin;         /* the first symbol */
    sectag_stretch *numbers; /* room for the next word of digits alone */
    size_t opened;           /* where the word began that is being written, or the last one */
    uint16_t last;           /* the last symbol but for marks; NONE at the start */
    uint8_t word;            /* inside a word */
    uint8_t letters;         /* which has letters */
    uint8_t spaced;          /* white space since the last symbol */
} pen;

static inline int is_cjk(const sectag_alphabet *a, uint16_t symbol) {
    return symbol >= a->first_cjk && symbol < a->first_letter;
}

static inline void open_word(pen *p) {
    p->opened = (size_t)(p->out - p->begin);
    *p->out++ = SECTAG_SYMBOL_MARK;
    p->word = 1;
    p->letters = 0;
}

static inline void close_word(pen *p) {
    *p->out++ = SECTAG_SYMBOL_MARK;
    p->word = 0;
    *p->numbers = (sectag_stretch){p->opened, (size_t)(p->out - p->begin)};
    p->numbers += !p->letters;
}

static inline void set_word(pen *p, int word) {
    if (word == p->word) return;
    if (word)
        open_word(p);
    else
        close_word(p);
}

/* Puts down one symbol: before it the space it stands behind (none between Chinese characters, none at the start)
 * and a mark, if a word begins or ends here. At most four symbols. */
static inline void put(pen *p, const sectag_alphabet *a, uint16_t symbol) {
    if (p->spaced) {
        p->spaced = 0;
        if (p->last != SECTAG_SYMBOL_NONE && !(is_cjk(a, p->last) && is_cjk(a, symbol))) {
            set_word(p, 0);
            *p->out++ = SECTAG_SYMBOL_SPACE;
        }
    }
    set_word(p, symbol >= a->first_letter);
    p->letters |= symbol < a->first_digit;
    *p->out++ = p->last = symbol;
}

static inline void put_code(pen *p, const sectag_alphabet *a, uint16_t code) {
    if (code == CODE_SPACE)
        p->spaced = 1;
    else
        put(p, a, code == CODE_HYPHEN ? SECTAG_SYMBOL_SPACE : code);
}

/* Room for `characters` more: each gives at most two symbols, itself and a mark or space, but for the last mark. No
 * two words stand side by side. */
static int reserve(sectag_speller *s, pen *p, size_t characters) {
    if (characters >= SIZE_MAX / 8) return SECTAG_ENOMEM;
    s->symbols.len = p->out ? (size_t)(p->out - s->symbols.data) : 0;
    s->numbers.len = p->out ? (size_t)(p->numbers - s->numbers.data) : 0;
    if (sectag_array_reserve(&s->symbols, 2 * characters + 2 + SECTAG_SPELLING_PADDING)) return SECTAG_ENOMEM;
    if (sectag_array_reserve(&s->numbers, characters / 2 + 2)) return SECTAG_ENOMEM;
    p->begin = s->symbols.data;
    p->out = s->symbols.data + s->symbols.len;
    p->numbers = s->numbers.data + s->numbers.len;
    return p->out && p->numbers ? 0 : SECTAG_ENOMEM;
}

static void finish(sectag_speller *s, pen *p) {
    set_word(p, 0);
    s->symbols.len = (size_t)(p->out - s->symbols.data);
    s->numbers.len = (size_t)(p->numbers - s->numbers.data);
    for (int i = 0; i < SECTAG_SPELLING_PADDING; i++) p->out[i] = SECTAG_SYMBOL_OTHER;
}

/* The slow way, by normal.h. */
static int spell_normalised(sectag_speller *s, const char *text, size_t len, sectag_err *err) {
    const sectag_normal *n = &s->normal;
    int rc = sectag_normal_run(&s->normal, text, len, err);
    if (rc) return rc;
    pen p = {0};
    if (reserve(s, &p, n->len)) return sectag_err_nomem(err);
    for (size_t i = 0; i < n->len; i++) put_code(&p, s->alphabet, code_of(s, n->cp[i]));
    finish(s, &p);
    return 0;
}

/* Spells the three-byte characters from text[at] on that are neither letters nor digits nor anything special: most
 * of Chinese text. They stand side by side, whatever was before the first. Returns the place behind them. (Eight at a
 * time with AVX2, by one gather, was no faster.) */
static inline size_t spell_wide(const sectag_speller *s, pen *p, const char *text, size_t at, size_t len) {
    const uint16_t *code = s->code;
    uint16_t *out = p->out;
    const uint32_t plain = s->alphabet->first_letter - SECTAG_SYMBOL_OTHER;
    for (; len - at >= 4; at += 3) {
        uint32_t four;
        memcpy(&four, text + at, sizeof four);
        four = le32toh(four);
        uint32_t cp = (four & 0x0F) << 12 | (four & 0x3F00) >> 2 | (four >> 16 & 0x3F);
        /* from U+1000 on, three bytes that look well-formed are (Table 3-7 of the Unicode Standard), but for
         * surrogates, which have no code */
        if ((four & 0xC0C0F0) != 0x8080E0 || cp < 0x1000) break;
        if ((uint32_t)code[cp] - SECTAG_SYMBOL_OTHER >= plain) break;
        *out++ = code[cp];
    }
    if (out > p->out) p->last = out[-1];
    p->out = out;
    return at;
}

/* Puts a character down that is no plain symbol, `left` bytes before the end. Returns 1 when the clause must go the
 * slow way. */
static int put_special(sectag_speller *s, pen *p, uint32_t cp, uint16_t code, size_t left, sectag_err *err) {
    if (code == SECTAG_SYMBOL_NONE) {
        int rc = find_code(s, cp, &code, err);
        if (rc) return rc;
    }
    if (code == CODE_COMBINES || (code == CODE_EXPANDS && cp >= 0x10000)) return 1;
    if (code != CODE_EXPANDS) {
        put_code(p, s->alphabet, code);
        return 0;
    }
    if (reserve(s, p, left + EXPANSION_MAX)) return sectag_err_nomem(err);
    for (const uint16_t *e = expansion_of(s, cp); *e; e++) put_code(p, s->alphabet, *e);
    return 0;
}

int sectag_spell(sectag_speller *s, const char *text, size_t len, sectag_err *err) {
    const sectag_alphabet *a = s->alphabet;
    if (len >= UINT32_MAX) return sectag_err_set(err, SECTAG_EARG, "a clause of %zu bytes is too long", len);
    pen p = {0};
    if (reserve(s, &p, len)) return sectag_err_nomem(err);
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        if (!p.word && !p.spaced) at = spell_wide(s, &p, text, at, len);
        if (at == len) break;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        uint16_t code = cp < 0x10000 ? s->code[cp] : SECTAG_SYMBOL_NONE;
        if (code != SECTAG_SYMBOL_NONE && code < CODE_FIRST) {
            put(&p, a, code);
            continue;
        }
        int rc = put_special(s, &p, cp, code, len - at, err);
        if (rc) return rc > 0 ? spell_normalised(s, text, len, err) : rc;
    }
    finish(s, &p);
    return 0;
}
