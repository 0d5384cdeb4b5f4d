#include "features/heading.h"

#include <string.h>

static int is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* How far out a kind of heading belongs where the document itself does not tell (0: outermost), and
 * how wide one may be, in columns, when it runs into its text. The title of a document is kind
 * NONE: it names the document, not a part of it, so any part closes it. */
static const struct {
    uint8_t rank, run_in;
} kinds[SECTAG_MARKER_KINDS] = {
    [SECTAG_MARKER_NONE] = {15, 0},    [SECTAG_MARKER_PART] = {1, 80},     [SECTAG_MARKER_ANNEX] = {1, 80},
    [SECTAG_MARKER_CHAPTER] = {2, 80}, [SECTAG_MARKER_ITEM] = {2, 80},     [SECTAG_MARKER_SECTION] = {3, 80},
    [SECTAG_MARKER_CAPS] = {4, 0},     [SECTAG_MARKER_ARTICLE] = {5, 0},   [SECTAG_MARKER_CN] = {6, 80},
    [SECTAG_MARKER_ROMAN] = {6, 80},   [SECTAG_MARKER_CN_PAREN] = {7, 80}, [SECTAG_MARKER_LETTER] = {7, 80},
    [SECTAG_MARKER_BOX] = {8, 80},     [SECTAG_MARKER_DOT] = {9, 80},      [SECTAG_MARKER_COMMA] = {9, 80},
    [SECTAG_MARKER_DOTTED] = {9, 80},  [SECTAG_MARKER_ZERO] = {10, 40},    [SECTAG_MARKER_PAREN] = {11, 40},
    [SECTAG_MARKER_CLOSE] = {12, 40},  [SECTAG_MARKER_CIRCLE] = {13, 40},  [SECTAG_MARKER_TITLE] = {14, 0},
};

/* Does m, found by its look, close a declared heading? Only where that one shows a marker of the same kind,
 * or of one that belongs further in. */
static int closes_declared(const sectag_open_heading *open, const sectag_marker *m) {
    if (open->own == SECTAG_MARKER_NONE) return 0;
    return open->own == m->kind || kinds[open->own].rank > kinds[m->kind].rank;
}

static int same_kind(const sectag_open_heading *a, const sectag_marker *m) {
    return a->kind == m->kind && a->depth == m->depth;
}

/* Does m close the open heading? */
static int closes_heading(const sectag_open_heading *open, const sectag_marker *m) {
    if (m->kind == SECTAG_MARKER_BOX) return 0; /* a box stands within whatever is open */
    if (m->kind == SECTAG_MARKER_LEVEL) return open->kind != SECTAG_MARKER_LEVEL || open->depth >= m->depth;
    if (open->kind == SECTAG_MARKER_LEVEL) return closes_declared(open, m);
    if (open->kind == SECTAG_MARKER_DOTTED && m->kind == SECTAG_MARKER_DOTTED) return open->depth >= m->depth;
    return kinds[open->kind].rank > kinds[m->kind].rank;
}

/* Closes headings until m may be put below those that are left. A number that goes on from an open
 * heading of its kind is that one's sibling, however deep we are; one that starts anew is not. */
void sectag_outline_make_room(sectag_outline *outline, const sectag_marker *m) {
    for (size_t i = outline->len; i > 0; i--) {
        const sectag_open_heading *open = &outline->open[i - 1];
        if (m->kind == SECTAG_MARKER_LEVEL || !same_kind(open, m) || (m->value && open->value >= m->value))
            continue;
        outline->len = i - 1;
        return;
    }
    while (outline->len && closes_heading(&outline->open[outline->len - 1], m)) outline->len--;
    if (outline->len && same_kind(&outline->open[outline->len - 1], m)) outline->len--;
    if (outline->len == SECTAG_OUTLINE_MAX) outline->len--;
}

/* Columns up to which a heading alone on its line may be as wide, with and without a comma. */
enum { ALONE_MAX = 60, ALONE_PLAIN_MAX = 240, ENGLISH_MAX = 100 };

static size_t count_commas(const char *text, size_t len) {
    size_t n = 0;
    for (const char *at = text, *end = text + len;
         end - at > 2 && (at = memchr(at, 0xEF, (size_t)(end - at) - 2)); at++)
        n += memcmp(at, "，", 3) == 0;
    return n;
}

/* "证券代码：000681": a line of particulars, no title. */
static int has_colon(const char *text, size_t len) {
    for (size_t i = 0; i + 3 <= len; i++)
        if (memcmp(text + i, "：", 3) == 0) return 1;
    return 0;
}

static int is_english(const char *text, size_t len) {
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0xE3) return 0;
    return 1;
}

/* Words that title case leaves small. */
static int is_small_word(const char *text, size_t len) {
    static const char *const words[] = {"a",  "an", "and", "as",  "at",  "by", "for", "from", "in",  "into",
                                        "of", "on", "or",  "per", "the", "to", "vs",  "via",  "with"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0) return 1;
    return 0;
}

/* Counts of an English line's words, by how they are written. */
typedef struct letters {
    size_t words, capital, small, lower, capitals_only;
} letters;

static void count_word(letters *n, const char *text, size_t len) {
    size_t upper = 0;
    for (size_t i = 0; i < len; i++) upper += text[i] >= 'A' && text[i] <= 'Z';
    n->words++;
    if (text[0] >= 'A' && text[0] <= 'Z') {
        n->capital++;
        n->capitals_only += upper == len;
    } else if (is_small_word(text, len)) {
        n->small++;
    } else {
        n->lower++;
    }
}

static letters count_words(const char *text, size_t len) {
    letters n = {0};
    for (size_t at = 0; at < len;) {
        size_t from = at;
        while (at < len && is_letter(text[at])) at++;
        if (at > from && (from == 0 || text[from - 1] != '\'')) count_word(&n, text + from, at - from);
        if (at == from) at++;
    }
    return n;
}

/* SECTAG_MARKER_CAPS, SECTAG_MARKER_TITLE, or NONE for ordinary text. */
static sectag_marker_kind english_case(const char *text, size_t len) {
    letters n = count_words(text, len);
    if (!n.capital || n.lower || n.words > 14 || n.small > n.capital) return SECTAG_MARKER_NONE;
    if (n.capitals_only == n.words && len >= 4) return SECTAG_MARKER_CAPS;
    return SECTAG_MARKER_TITLE;
}

static int has_text_below(const sectag_heading_candidate *c) {
    return c->next && !(c->next->flags & SECTAG_LINE_TABLE) && (c->next->width >= 40 || c->next->marker.kind);
}

/* A line without a number: the title of the document, or English capitals or title case alone on a
 * line above text (a column of such lines is a table). */
static int is_plain_heading(const sectag_heading_candidate *c, size_t columns, sectag_marker *m) {
    int open = sectag_reflow_tail(c->text, c->len) == SECTAG_TAIL_OTHER;
    if (!c->whole || c->line->page_mark) return 0;
    if (!open && (columns > 60 || !c->first || english_case(c->text, c->len) != SECTAG_MARKER_CAPS)) return 0;
    if (!is_english(c->text, c->len))
        return c->first && c->next && columns <= ALONE_PLAIN_MAX / 2 && !count_commas(c->text, c->len) &&
               !has_colon(c->text, c->len);
    if (columns > ENGLISH_MAX || c->text[c->len - 1] == ',') return 0;
    int prose = has_text_below(c);
    switch (english_case(c->text, c->len)) {
    case SECTAG_MARKER_CAPS:
        m->kind = SECTAG_MARKER_CAPS;
        return c->next && (prose || memchr(c->text, ' ', c->len));
    case SECTAG_MARKER_TITLE:
        m->kind = SECTAG_MARKER_TITLE;
        return prose && is_letter(c->text[0]);
    default:
        return 0;
    }
}

/* A numbered line that ends no sentence. */
static int is_open_heading(const sectag_heading_candidate *c, size_t columns) {
    const sectag_marker *m = &c->line->marker;
    const char *rest = c->text + m->len;
    size_t len = c->len - m->len;
    if (m->kind == SECTAG_MARKER_DOTTED && m->depth == 1) /* "4 生物产业" only above "4.1 …" */
        return c->next && c->next->marker.kind == SECTAG_MARKER_DOTTED && c->next->marker.depth == 2;
    if (m->kind == SECTAG_MARKER_ARTICLE) return columns <= 40;
    if (is_english(rest, len))
        return columns <= ENGLISH_MAX && (len == 0 || english_case(rest, len) || columns <= 40);
    if (columns <= ALONE_MAX) return 1;
    return columns <= ALONE_PLAIN_MAX && kinds[m->kind].run_in > 40 && !count_commas(c->text, c->len);
}

/* A numbered first sentence: a heading when it is short and the text runs on behind it, or follows below. */
static int is_run_in(const sectag_heading_candidate *c, size_t columns) {
    const sectag_marker *m = &c->line->marker;
    if (columns > kinds[m->kind].run_in || (m->kind == SECTAG_MARKER_DOTTED && m->depth == 1)) return 0;
    if (c->text[c->len - 1] == '.')
        return english_case(c->text + m->len, c->len - m->len) != SECTAG_MARKER_NONE;
    if (count_commas(c->text, c->len) > (kinds[m->kind].run_in > 40 ? 1u : 0u)) return 0;
    if (!c->whole) return 1;
    return c->list != m->kind && kinds[m->kind].run_in > 40 && has_text_below(c) &&
           c->next->marker.kind != m->kind && c->next->marker.kind != SECTAG_MARKER_ARTICLE;
}

int sectag_is_declared(const sectag_line *line, const char *text, size_t len) {
    enum { DECLARED_MAX = 160 };
    return line->kind == SECTAG_BLOCK_HEADING && sectag_columns(text, len) <= DECLARED_MAX;
}

/* Is the first clause a heading? *m: what it is filed under. */
int sectag_is_heading(const sectag_heading_candidate *c, sectag_marker *m) {
    enum { LONG = 4 * (ALONE_PLAIN_MAX + 1) };
    *m = c->line->marker;
    if (c->whole && sectag_is_declared(c->line, c->text, c->len)) {
        *m = (sectag_marker){.kind = SECTAG_MARKER_LEVEL, .depth = c->line->level};
        return 1;
    }
    if (c->line->kind == SECTAG_BLOCK_ITEM || c->line->kind == SECTAG_BLOCK_NOTE) return 0;
    if ((c->line->flags & SECTAG_LINE_TABLE) || m->kind >= SECTAG_MARKER_DASH) return 0;
    /* a long clause is too wide by its beginning alone */
    if (c->len > LONG && sectag_columns(c->text, LONG) > ALONE_PLAIN_MAX) return 0;
    size_t columns = sectag_columns(c->text, c->len);
    if (columns > ALONE_PLAIN_MAX) return 0;
    sectag_line_tail tail = sectag_reflow_tail(c->text, c->len);
    if (tail == SECTAG_TAIL_COLON || tail == SECTAG_TAIL_COMMA || tail == SECTAG_TAIL_HYPHEN) return 0;
    if (c->text[c->len - 1] == ';' || (c->len > 2 && memcmp(c->text + c->len - 3, "；", 3) == 0)) return 0;
    if (m->kind == SECTAG_MARKER_NONE) {
        m->depth = 1;
        return is_plain_heading(c, columns, m);
    }
    if (m->len >= c->len)
        return c->whole && (m->kind <= SECTAG_MARKER_ARTICLE || m->kind == SECTAG_MARKER_BOX);
    return tail == SECTAG_TAIL_OTHER ? c->whole && is_open_heading(c, columns) : is_run_in(c, columns);
}
