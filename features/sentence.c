#include "features/sentence.h"

#include "features/marker.h"
#include "features/reflow.h"
#include "features/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE SIZE_MAX

/* A bracket is looked through for at most so many bytes: a longer one, or one that is never closed,
 * does not hold a sentence end back. */
enum { BRACKET_OPEN_MAX = 300, BRACKET_REST_MAX = 120 };

typedef struct sentences {
    const char *text;
    size_t len;
    size_t start;    /* of the clause being read */
    size_t bracket;  /* where the outermost open bracket stands, or NOWHERE */
    unsigned depth;  /* open brackets */
    unsigned quotes; /* ASCII double quotes since start */
} sentences;

/* The code point at `at`, 0 at the end; *size its bytes. */
static uint32_t code_at(const sentences *s, size_t at, size_t *size) {
    uint32_t cp = 0;
    *size = at < s->len ? sectag_utf8_next(s->text + at, s->len - at, &cp, NULL) : 0;
    return cp;
}

static uint32_t cp_at(const sentences *s, size_t at) {
    size_t size;
    return code_at(s, at, &size);
}

static size_t skip_spaces(const sentences *s, size_t at) {
    size_t size;
    while (at < s->len && sectag_is_space(code_at(s, at, &size))) at += size;
    return at;
}

static int is_upper(uint32_t cp) {
    return (cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE);
}

static int is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(uint32_t cp) {
    return cp >= '0' && cp <= '9';
}

static int is_stop(uint32_t cp) {
    return cp == 0x3002 || cp == 0xFF61 || cp == 0xFF01 || cp == 0xFF1F || cp == 0xFF1B;
}

static int closes(uint32_t cp) {
    return cp == 0x201D || cp == 0x2019 || cp == 0xFF09 || cp == ')' || cp == ']' || cp == 0x300D ||
           cp == 0x300F || cp == 0x300B || cp == 0x3009 || cp == 0x3011 || cp == 0x3015 || cp == 0xFF3D;
}

static void open_bracket(sentences *s, size_t at) {
    if (s->depth == 0) s->bracket = at;
    if (s->depth < 1000) s->depth++;
}

static void close_bracket(sentences *s) {
    if (s->depth) s->depth--;
    if (s->depth == 0) s->bracket = NOWHERE;
}

/* Does the open bracket close again within a short stretch from `at`? */
static int closes_soon(const sentences *s, size_t at) {
    if (s->depth == 0 || at - s->bracket > BRACKET_OPEN_MAX) return 0;
    size_t end = s->len - at > BRACKET_REST_MAX ? at + BRACKET_REST_MAX : s->len;
    for (; at < end; at++) {
        if (s->text[at] == ')' || s->text[at] == ']') return 1;
        if (end - at > 2 && memcmp(s->text + at, "）", 3) == 0) return 1;
    }
    return 0;
}

/* Steps over what belongs to the clause behind its end mark: more marks, closing quotes and
 * brackets, and the dots of an omission (。……). *depth: brackets still open then. */
static size_t take_tail(const sentences *s, size_t at, unsigned *depth) {
    unsigned quotes = s->quotes;
    for (*depth = s->depth;;) {
        size_t size;
        uint32_t cp = code_at(s, at, &size);
        if (cp == ')' || cp == ']' || cp == 0xFF09) {
            if (*depth) --*depth;
        } else if (cp == '"') {
            if (quotes++ % 2 == 0) return at;
        } else if (cp == '\'') {
            if (at + 1 < s->len && !sectag_is_space(cp_at(s, at + 1))) return at;
        } else if (!closes(cp) && !is_stop(cp) && cp != 0x2026 && cp != '!' && cp != '?') {
            return at;
        }
        at += size;
    }
}

/* A comma or 的 behind the mark: it belongs to a quotation within the sentence (“为什么？”的). */
static int sentence_goes_on(uint32_t cp) {
    return cp == 0xFF0C || cp == 0x3001 || cp == 0x7684 || cp == 0xFF1A || cp == ',';
}

/* Where the clause ends whose Chinese end mark is text[at, after); 0: it goes on. */
static size_t wide_end(const sentences *s, size_t at, size_t after) {
    unsigned depth;
    size_t end = take_tail(s, after, &depth);
    if (end == s->len) return end;
    if (sentence_goes_on(cp_at(s, end))) return 0;
    if (depth) return closes_soon(s, end) ? 0 : end;
    /* （…。） within a sentence goes on; as a whole clause it ends here */
    int within = s->depth && s->bracket > s->start && at - s->bracket <= BRACKET_OPEN_MAX;
    return within && !sectag_is_space(cp_at(s, end)) ? 0 : end;
}

typedef enum abbreviation {
    PLAIN = 0, /* no abbreviation */
    TITLE,     /* a name follows: Dr. */
    NUMBER,    /* a number follows: No. 5, Jan. 3 */
    MAYBE      /* may end a sentence: Inc., U.S. */
} abbreviation;

static const struct {
    const char *word;
    abbreviation kind;
} abbreviations[] = {
    /* sorted by strcmp */
    {"Adm", TITLE},    {"Apr", NUMBER},   {"Art", NUMBER},  {"Aug", NUMBER}, {"Bros", MAYBE},
    {"Capt", TITLE},   {"Ch", NUMBER},    {"Co", MAYBE},    {"Col", TITLE},  {"Corp", MAYBE},
    {"D.C", MAYBE},    {"Dec", NUMBER},   {"Dept", TITLE},  {"Dr", TITLE},   {"E.U", MAYBE},
    {"Eq", NUMBER},    {"Esq", MAYBE},    {"Ex", NUMBER},   {"Feb", NUMBER}, {"Fig", NUMBER},
    {"Figs", NUMBER},  {"Ft", TITLE},     {"Gen", TITLE},   {"Gov", TITLE},  {"Hon", TITLE},
    {"Inc", MAYBE},    {"Jan", NUMBER},   {"Jr", MAYBE},    {"Jul", NUMBER}, {"Jun", NUMBER},
    {"L.P", MAYBE},    {"Lt", TITLE},     {"Ltd", MAYBE},   {"M.D", MAYBE},  {"Mar", NUMBER},
    {"Messrs", TITLE}, {"Mr", TITLE},     {"Mrs", TITLE},   {"Ms", TITLE},   {"Mt", TITLE},
    {"N.V", MAYBE},    {"No", NUMBER},    {"Nos", NUMBER},  {"Nov", NUMBER}, {"Oct", NUMBER},
    {"Ph.D", MAYBE},   {"Pres", TITLE},   {"Prof", TITLE},  {"Ref", NUMBER}, {"Rep", TITLE},
    {"Rev", TITLE},    {"S.A", MAYBE},    {"Sec", NUMBER},  {"Sen", TITLE},  {"Sep", NUMBER},
    {"Sept", NUMBER},  {"Sr", MAYBE},     {"St", TITLE},    {"Tab", NUMBER}, {"U.K", MAYBE},
    {"U.N", MAYBE},    {"U.S", MAYBE},    {"U.S.A", MAYBE}, {"Vol", NUMBER}, {"a.m", MAYBE},
    {"al", MAYBE},     {"approx", TITLE}, {"c.f", TITLE},   {"ca", TITLE},   {"cf", TITLE},
    {"e.g", TITLE},    {"ed", TITLE},     {"eds", TITLE},   {"esp", TITLE},  {"est", TITLE},
    {"et", TITLE},     {"etc", MAYBE},    {"i.e", TITLE},   {"incl", TITLE}, {"no", NUMBER},
    {"p", NUMBER},     {"p.m", MAYBE},    {"plc", MAYBE},   {"pp", NUMBER},  {"resp", TITLE},
    {"viz", TITLE},    {"vol", NUMBER},   {"vs", TITLE},
};

/* Words that start sentences and seldom names. */
static const char *const openers[] = {
    /* sorted by strcmp */
    "A",       "Accordingly", "Additionally", "All",       "Although",    "An",      "Any",          "As",
    "At",      "Because",     "Before",       "But",       "By",          "Certain", "Consequently", "During",
    "Each",    "Following",   "For",          "From",      "Furthermore", "He",      "Her",          "His",
    "However", "If",          "In",           "It",        "Its",         "Many",    "Moreover",     "No",
    "On",      "Our",         "Pursuant",     "She",       "Since",       "Some",    "Such",         "That",
    "The",     "Their",       "There",        "Therefore", "These",       "They",    "This",         "Those",
    "Through", "Thus",        "To",           "Under",     "Upon",        "We",      "When",         "Where",
    "While",   "With",        "You",          "Your",
};

/* A word for bsearch. */
typedef struct word {
    const char *text;
    size_t len;
} word;

static int compare_word(const word *w, const char *entry) {
    int order = strncmp(w->text, entry, w->len);
    return order ? order : entry[w->len] ? -1 : 0;
}

/* For bsearch: the entries of both tables begin with a pointer to their word. */
static int compare_entry(const void *key, const void *entry) {
    const char *text;
    memcpy(&text, entry, sizeof text);
    return compare_word(key, text);
}

/* The word in front of the full stop at `dot`, inner full stops included (U.S, e.g). */
static word word_before(const sentences *s, size_t dot) {
    size_t at = dot;
    while (at > s->start && dot - at < 24 && (is_letter(s->text[at - 1]) || s->text[at - 1] == '.')) at--;
    return (word){s->text + at, dot - at};
}

static int is_opener_at(const sentences *s, size_t at) {
    size_t end = at;
    while (end < s->len && end - at < 24 && is_letter(s->text[end])) end++;
    word w = {s->text + at, end - at};
    return w.len && bsearch(&w, openers, sizeof openers / sizeof *openers, sizeof *openers, compare_entry);
}

/* May the full stop behind w end a sentence, when the next one would start at `next`? */
static int word_may_end(const sentences *s, word w, size_t next) {
    if (w.len == 0) return 1;
    if (w.len == 1 && is_letter(*w.text)) return is_opener_at(s, next); /* an initial */
    const void *found = bsearch(&w, abbreviations, sizeof abbreviations / sizeof *abbreviations,
                                sizeof *abbreviations, compare_entry);
    if (!found) return memchr(w.text, '.', w.len) ? is_opener_at(s, next) : 1;
    size_t i = (size_t)((const char *)found - (const char *)abbreviations) / sizeof *abbreviations;
    if (abbreviations[i].kind == TITLE) return 0;
    if (abbreviations[i].kind == NUMBER && is_digit(cp_at(s, next))) return 0;
    return is_opener_at(s, next);
}

/* What an English sentence may start with. */
static int starts_sentence(uint32_t cp) {
    return is_upper(cp) || is_digit(cp) || cp == '"' || cp == '\'' || cp == '(' || cp == '[' || cp == '$' ||
           cp == 0x20AC || cp == 0x201C || cp == 0x2018 || cp == 0x2022 || sectag_is_wide(cp);
}

/* Only digits between the clause's start and the full stop: "1. Products" within a paragraph. */
static int is_list_number(const sentences *s, size_t dot) {
    size_t at = dot;
    while (at > s->start && dot - at < 4 && is_digit((unsigned char)s->text[at - 1])) at--;
    return at == s->start && at < dot;
}

static int is_cjk_before(const sentences *s, size_t at) {
    uint32_t cp = 0;
    return at >= s->start + 3 && sectag_utf8_next(s->text + at - 3, 3, &cp, NULL) == 3 && sectag_is_cjk(cp);
}

/* A full stop set between Chinese characters, as journals do: ends a clause of some length. */
static size_t cjk_dot_end(const sentences *s, size_t dot, size_t after) {
    unsigned depth;
    if (dot - s->start < 12 || !is_cjk_before(s, dot)) return 0;
    size_t end = take_tail(s, after, &depth);
    return end == s->len || sectag_is_cjk(cp_at(s, end)) ? end : 0;
}

/* Where the clause ends whose ASCII full stop is text[dot]; 0: it goes on. */
static size_t dot_end(const sentences *s, size_t dot) {
    if (dot + 1 < s->len && (is_digit((unsigned char)s->text[dot + 1]) || s->text[dot + 1] == '.')) return 0;
    if (dot > s->start && s->text[dot - 1] == '.') return 0; /* dots that lead the eye */
    if (is_list_number(s, dot)) return 0;
    unsigned depth;
    size_t end = take_tail(s, dot + 1, &depth);
    size_t next = skip_spaces(s, end);
    if (next == s->len) return end;
    if (next == end) return cjk_dot_end(s, dot, dot + 1);
    if (!starts_sentence(cp_at(s, next)) || (depth && closes_soon(s, end))) return 0;
    return word_may_end(s, word_before(s, dot), next) ? end : 0;
}

/* "(1) …; and (2) …": the conjunction belongs to the item that it follows. */
static size_t take_conjunction(const sentences *s, size_t end) {
    static const char *const words[] = {"and", "or"};
    size_t at = skip_spaces(s, end);
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(words[i]);
        if (s->len - at <= len || memcmp(s->text + at, words[i], len) != 0) continue;
        size_t next = skip_spaces(s, at + len);
        if (next > at + len && cp_at(s, next) == '(') return at + len;
    }
    return end;
}

/* Where the clause ends whose ASCII ; ! or ? is text[at]; 0: it goes on. */
static size_t mark_end(const sentences *s, size_t at) {
    unsigned depth;
    size_t end = take_tail(s, at + 1, &depth);
    if (end == s->len) return end;
    uint32_t cp = cp_at(s, end);
    if ((!sectag_is_space(cp) && !sectag_is_wide(cp)) || sentence_goes_on(cp)) return 0;
    if (s->text[at] == ';') end = take_conjunction(s, end);
    uint32_t next = cp_at(s, skip_spaces(s, end));
    if (s->text[at] != ';' && next >= 'a' && next <= 'z') return 0; /* Yahoo! and others */
    return depth && closes_soon(s, end) ? 0 : end;
}

/* End marks, brackets and quotes: of ASCII, and by their third byte those that begin with EF BC or EF BD. */
static const unsigned char ascii_marks[128] = {
    ['.'] = 1, [';'] = 1, ['!'] = 1, ['?'] = 1, ['('] = 1, [')'] = 1, ['['] = 1, [']'] = 1, ['"'] = 1,
};
static const unsigned char wide_marks[2][256] = {
    {[0x81] = 1, [0x88] = 1, [0x89] = 1, [0x8E] = 1, [0x9B] = 1, [0x9F] = 1}, /* ！（）．；？ */
    {[0xA1] = 1},                                                             /* ｡ */
};

/* May one of three bytes stand here? 。 is E3 80 82. */
static int is_wide_mark(const unsigned char *t) {
    if (t[0] == 0xE3) return t[1] == 0x80 && t[2] == 0x82;
    return (t[1] & 0xFE) == 0xBC && wide_marks[t[1] & 1][t[2]];
}

/* Where the next end mark, bracket or quote stands. A lead byte tells how long its character is; where the
 * text is ill-formed, what it hides is a part of it. */
static size_t next_mark(const char *text, size_t at, size_t len) {
    const unsigned char *t = (const unsigned char *)text;
    while (at < len) {
        unsigned lead = t[at];
        if (lead - 0xE4u < 0xEF - 0xE4u) {
            at += 3;
        } else if (lead < 0x80) {
            if (ascii_marks[lead]) break;
            at++;
        } else {
            if ((lead == 0xE3 || lead == 0xEF) && len - at >= 3 && is_wide_mark(t + at)) break;
            at += lead >= 0xE0 && lead < 0xF0 ? 3 : 1;
        }
    }
    return at < len ? at : len;
}

/* Looks at the mark at text[*at], steps over it. Returns where the clause ends, 0 if it goes on. */
static size_t look(sentences *s, size_t *at) {
    size_t here = *at, size;
    uint32_t cp = code_at(s, here, &size);
    *at += size;
    switch (cp) {
    case '(':
    case '[':
    case 0xFF08:
        open_bracket(s, here);
        return 0;
    case ')':
    case ']':
    case 0xFF09:
        close_bracket(s);
        return 0;
    case '"':
        s->quotes++;
        return 0;
    case '.':
        return dot_end(s, here);
    case 0xFF0E:
        return cjk_dot_end(s, here, *at);
    case ';':
    case '!':
    case '?':
        return mark_end(s, here);
    default:
        return is_stop(cp) ? wide_end(s, here, *at) : 0;
    }
}

int sectag_sentences(const char *text, size_t len, sectag_sentence_fn *emit, void *ctx) {
    sentences s = {.text = text, .len = len, .bracket = NOWHERE};
    s.start = skip_spaces(&s, 0);
    size_t at = s.start + (s.start < len ? sectag_marker_parse(text + s.start, len - s.start).len : 0);
    while ((at = next_mark(text, at, len)) < len) {
        size_t end = look(&s, &at);
        if (!end) continue;
        int rc = emit(ctx, s.start, end);
        if (rc) return rc;
        at = skip_spaces(&s, end);
        s = (sentences){.text = text, .len = len, .start = at, .bracket = NOWHERE};
    }
    size_t end = sectag_reflow_trim(text, s.start, len);
    return end > s.start ? emit(ctx, s.start, end) : 0;
}
