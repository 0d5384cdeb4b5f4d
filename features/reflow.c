#include "features/reflow.h"

#include "features/utf8.h"

#include <string.h>

/* How many lines after a line must be known before its paragraph can be called whole: the next line
 * of text and the one after that may stand behind dropped ones, each judged by its neighbours. */
enum { REACH = 4, LOOKAHEAD = 2 * REACH + 2 };

enum { WIDTH_MAX = 512 };

void sectag_reflow_init(sectag_reflow *r) {
    memset(r, 0, sizeof *r);
}

void sectag_reflow_release(sectag_reflow *r) {
    free(r->lines.data);
    sectag_reflow_init(r);
}

void sectag_reflow_reset(sectag_reflow *r) {
    sectag_reflow kept = {0};
    kept.lines.data = r->lines.data;
    kept.lines.cap = r->lines.cap;
    *r = kept;
}

static int is_word(uint32_t cp) {
    return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
           (cp >= 0xC0 && cp < 0x250);
}

/* ---- one line ---- */

/* The character that ends at `end`; returns where it starts. A lead byte always starts a character,
 * so reading backwards agrees with reading forwards. */
static size_t char_before(const char *text, size_t start, size_t end, uint32_t *cp) {
    size_t at = end - 1;
    while (at > start && end - at < 4 && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
    if (sectag_utf8_next(text + at, end - at, cp, NULL) == end - at) return at;
    *cp = SECTAG_REPLACEMENT;
    return end - 1;
}

/* "pre- / and post-operative": a hyphen that stands for a word part to come. */
static int is_suspended(const char *right, size_t len) {
    return (len > 3 && memcmp(right, "and ", 4) == 0) || (len > 2 && memcmp(right, "or ", 3) == 0) ||
           (len > 2 && memcmp(right, "to ", 3) == 0);
}

/* Quotes, dashes and dots that Chinese and English share: as wide as their neighbours. */
static int is_shared(uint32_t cp) {
    return cp == 0x2014 || cp == 0x2026 || cp == 0x2018 || cp == 0x2019 || cp == 0x201C || cp == 0x201D;
}

/* Is the end of left wide? *last and *before: its last two characters. */
static int ends_wide(const char *left, size_t len, uint32_t *last, uint32_t *before) {
    size_t at = char_before(left, 0, len, last);
    *before = 0;
    if (at > 0) (void)char_before(left, 0, at, before);
    return sectag_is_wide(is_shared(*last) ? *before : *last);
}

static int starts_wide(const char *right, size_t len, uint32_t *first) {
    uint32_t second = 0;
    size_t size = sectag_utf8_next(right, len, first, NULL);
    if (!is_shared(*first)) return sectag_is_wide(*first);
    if (size < len) sectag_utf8_next(right + size, len - size, &second, NULL);
    return sectag_is_wide(second);
}

int sectag_reflow_joint(const char *left, size_t left_len, const char *right, size_t right_len) {
    uint32_t last, before, first;
    if (left_len == 0 || right_len == 0) return 0;
    if (ends_wide(left, left_len, &last, &before) || starts_wide(right, right_len, &first)) return 0;
    if (last != '-' || !is_word(before) || !is_word(first)) return 1;
    return is_suspended(right, right_len);
}

/* Words that form lasting compounds: their hyphen at a line end belongs to the text. */
static int forms_compounds(const char *word, size_t len) {
    static const char *const words[] = {"long",  "short",  "well",  "non",   "self",    "high",
                                        "low",   "cross",  "third", "first", "real",    "large",
                                        "small", "late",   "early", "near",  "forward", "two",
                                        "three", "single", "year",  "half",  "mid",     "cost"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) return 1;
    return 0;
}

size_t sectag_reflow_hyphen(const char *left, size_t left_len, const char *right, size_t right_len) {
    if (left_len > 2 && memcmp(left + left_len - 2, "\xC2\xAD", 2) == 0) return 2; /* soft hyphen */
    if (left_len < 3 || left[left_len - 1] != '-' || right_len == 0) return 0;
    size_t at = left_len - 1;
    while (at > 0 && left[at - 1] >= 'a' && left[at - 1] <= 'z') at--;
    size_t word = left_len - 1 - at;
    int broken = word > 1 && right[0] >= 'a' && right[0] <= 'z' && (at == 0 || left[at - 1] != '-');
    return broken && !is_suspended(right, right_len) && !forms_compounds(left + at, word) ? 1 : 0;
}

size_t sectag_reflow_trim(const char *text, size_t start, size_t end) {
    while (end > start) {
        uint32_t cp;
        size_t at = char_before(text, start, end, &cp);
        if (!sectag_is_space(cp)) break;
        end = at;
    }
    return end;
}

/* Skips white space; *columns is what it takes up. */
static size_t trim_start(const char *text, size_t start, size_t end, unsigned *columns) {
    *columns = 0;
    while (start < end) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + start, end - start, &cp, NULL);
        if (!sectag_is_space(cp)) break;
        *columns += cp == '\t' ? 8 : cp == 0x3000 ? 2 : cp != 0xFEFF;
        start += size;
    }
    return start;
}

/* Sixteen bytes that are looked at at once (an extension of GCC and Clang, on every kind of machine). */
typedef unsigned char sixteen __attribute__((vector_size(16)));

/* Counts of bytes by what they add to the columns of a text, for each of sixteen places; no more than 255
 * vectors may be added. */
typedef struct tally {
    sixteen characters, longer, either;
} tally;

static inline void count_bytes(tally *t, sixteen x) {
    t->characters -= (sixteen)((x & 0xC0) != 0x80); /* true is -1 */
    t->longer -= (sixteen)(x >= 0xE0);
    t->either -= (sixteen)(x == 0xE2);
}

static size_t sum_of(sixteen counts) {
    const uint64_t even = 0x00FF00FF00FF00FFu;
    uint64_t half[2], sum = 0;
    memcpy(half, &counts, sizeof half);
    for (int i = 0; i < 2; i++) sum += (half[i] & even) + (half[i] >> 8 & even); /* four sums of 16 bits */
    return (size_t)((sum * 0x0001000100010001u) >> 48);
}

/* One column a character (a byte that does not continue one), two for those of three bytes or more (lead E0
 * and up). Quotes, dashes and circled numbers (lead E2) are wide only where there are others. Byte by byte,
 * it was a half of all the work. */
size_t sectag_columns(const char *text, size_t len) {
    size_t characters = 0, longer = 0, either = 0;
    for (size_t at = 0, more = 1; more;) {
        tally t = {{0}, {0}, {0}};
        sixteen x;
        for (size_t i = 0; i < 254 && len - at >= sizeof x; i++, at += sizeof x) {
            memcpy(&x, text + at, sizeof x);
            count_bytes(&t, x);
        }
        more = len - at >= sizeof x;
        if (!more) {
            memset(&x, 0x80, sizeof x); /* bytes that continue a character add nothing */
            memcpy(&x, text + at, len - at);
            count_bytes(&t, x);
        }
        characters += sum_of(t.characters);
        longer += sum_of(t.longer);
        either += sum_of(t.either);
    }
    return characters + longer - (longer == either ? either : 0);
}

static int is_closer(uint32_t cp) {
    return cp == ')' || cp == ']' || cp == '"' || cp == '\'' || cp == 0x2019 || cp == 0x201D ||
           cp == 0xFF09 || cp == 0xFF3D || (cp >= 0x3009 && cp <= 0x3011 && (cp & 1)) || cp == 0x3015;
}

static int is_opener(uint32_t cp) {
    return cp == '(' || cp == '[' || cp == 0x2018 || cp == 0x201C || cp == 0xFF08 || cp == 0xFF3B ||
           (cp >= 0x3008 && cp <= 0x3010 && !(cp & 1)) || cp == 0x3014;
}

sectag_line_tail sectag_reflow_tail(const char *text, size_t end) {
    const size_t start = 0;
    uint32_t cp = 0;
    size_t at = char_before(text, start, end, &cp);
    for (int i = 0; i < 3 && at > start && is_closer(cp); i++) at = char_before(text, start, at, &cp);
    switch (cp) {
    case 0x3002:
    case 0xFF01:
    case 0xFF1F:
    case 0xFF1B:
    case 0xFF61:
    case 0x2026:
        return SECTAG_TAIL_STOP;
    case '.':
    case '!':
    case '?':
    case ';':
        return SECTAG_TAIL_DOT;
    case 0xFF1A:
    case ':':
        return SECTAG_TAIL_COLON;
    case 0xFF0C:
    case 0x3001:
    case ',':
        return SECTAG_TAIL_COMMA;
    case '-':
        return SECTAG_TAIL_HYPHEN;
    default:
        return is_opener(cp) ? SECTAG_TAIL_COMMA : SECTAG_TAIL_OTHER;
    }
}

/* Columns of the first word: what a wrapping program would have had to fit on the line above. A wide
 * character is a word by itself, with the comma or bracket that must not start a line. */
static unsigned lead_of(const char *text, size_t len) {
    unsigned columns = 0;
    for (size_t at = 0; at < len && columns < 30;) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        int wide = sectag_is_wide(cp);
        if (sectag_is_space(cp) || (columns && sectag_is_cjk(cp))) break;
        columns += wide ? 2 : 1;
        if (wide && columns > 2) break;
        at += size;
    }
    return columns;
}

/* From the first blank on, every third byte is enough to find three blanks in a row. */
static int has_blank_run(const char *text, size_t len) {
    const char *first = memchr(text, ' ', len);
    for (size_t i = first ? (size_t)(first - text) + 2 : len; i < len; i += 3) {
        if (text[i] != ' ') continue;
        size_t from = i, to = i;
        while (from > 0 && i - from < 2 && text[from - 1] == ' ') from--;
        while (to + 1 < len && to - i < 2 && text[to + 1] == ' ') to++;
        if (to - from >= 2) return 1;
    }
    return 0;
}

/* Dots that lead to a page number, as in a table of contents. */
static int is_contents_entry(const char *text, size_t len) {
    size_t at = len;
    if (text[len - 1] < '0' || text[len - 1] > '9') return 0;
    while (at > 0 && ((text[at - 1] >= '0' && text[at - 1] <= '9') || text[at - 1] == ' ')) at--;
    return (at > 4 && memcmp(text + at - 4, "....", 4) == 0) ||
           (at > 6 && memcmp(text + at - 6, "……", 6) == 0);
}

static int is_table_row(const char *text, size_t len) {
    return text[0] == '|' || memchr(text, '\t', len) || has_blank_run(text, len) ||
           is_contents_entry(text, len);
}

static uint8_t flags_of(const char *text, size_t len) {
    uint32_t cp;
    sectag_utf8_next(text, len, &cp, NULL);
    int flags = 0;
    if (cp >= 'a' && cp <= 'z') flags |= SECTAG_LINE_LOWER;
    if (sectag_is_wide(cp)) flags |= SECTAG_LINE_WIDE;
    if (is_table_row(text, len)) flags |= SECTAG_LINE_TABLE;
    return (uint8_t)flags;
}

static uint16_t capped(size_t n) {
    return (uint16_t)(n < WIDTH_MAX ? n : WIDTH_MAX);
}

/* Fills in everything about text[start, end) but its surroundings; start == end afterwards for a blank line.
 */
static void describe(const char *text, size_t start, size_t end, sectag_line *line) {
    unsigned indent;
    memset(line, 0, sizeof *line);
    line->end = sectag_reflow_trim(text, start, end);
    line->start = trim_start(text, start, line->end, &indent);
    size_t len = line->end - line->start;
    if (len == 0) return;
    line->indent = (uint8_t)(indent < 255 ? indent : 255);
    line->width =
        capped(indent + sectag_columns(text + line->start, len < 4 * WIDTH_MAX ? len : 4 * WIDTH_MAX));
    line->lead = (uint16_t)lead_of(text + line->start, len);
    line->tail = (uint8_t)sectag_reflow_tail(text + line->start, len);
    line->marker = sectag_marker_parse(text + line->start, len);
    line->page_mark = (uint8_t)sectag_page_mark_parse(text + line->start, len);
    line->flags = flags_of(text + line->start, len);
    if (indent == 1) line->flags |= SECTAG_LINE_SPACED;
}

/* ---- a block's lines ---- */

/* Where the next LF, CR and form feed stand (len: none). Kept, so that a block full of one kind is
 * not searched for another again and again. */
typedef struct breaks {
    const char *text;
    size_t len;
    size_t next[3];
} breaks;

static size_t next_break(breaks *b, size_t from) {
    static const char kinds[3] = {'\n', '\r', '\f'};
    size_t nearest = b->len;
    for (int i = 0; i < 3; i++) {
        if (b->next[i] < from || from == 0) {
            const char *found = from < b->len ? memchr(b->text + from, kinds[i], b->len - from) : NULL;
            b->next[i] = found ? (size_t)(found - b->text) : b->len;
        }
        if (b->next[i] < nearest) nearest = b->next[i];
    }
    return nearest;
}

/* Where to cut a line that is too long for one paragraph: behind its last blank, if one is near. */
static size_t cut_point(const char *text, size_t start) {
    size_t end = start + SECTAG_PARAGRAPH_MAX;
    for (size_t at = end; at > end - 1024; at--)
        if (text[at - 1] == ' ') return at;
    for (int i = 0; i < 3 && ((unsigned char)text[end] & 0xC0) == 0x80; i++) end--;
    return end;
}

/* Reading position within a block and what lies between the last line and it. */
typedef struct reader {
    breaks breaks;
    size_t at, gap;
    uint32_t page;
    uint8_t top;
    uint8_t midline; /* text of the line stands in front: if the rest is blank, that is no blank line */
    size_t hint;     /* the hint that speaks of what was read last: hints[hint - 1]; 0: none does */
    uint64_t behind; /* byte of the document at which the line read last ended */
} reader;

/* What the hints say of the line. */
static void take_hint(const sectag_reflow *r, reader *in, sectag_line *line) {
    uint64_t at = r->base + line->start;
    while (in->hint < r->n_hints && r->hints[in->hint].start <= at) in->hint++;
    if (in->hint == 0 || r->hints[in->hint - 1].kind == SECTAG_BLOCK_LINES) return;
    const sectag_hint *hint = &r->hints[in->hint - 1];
    line->kind = hint->kind;
    line->level = hint->level;
    line->flags &= (uint8_t)~SECTAG_LINE_TABLE;
    if (hint->kind == SECTAG_BLOCK_ROW) line->flags |= SECTAG_LINE_TABLE;
    if (in->behind <= hint->start) line->flags |= SECTAG_LINE_OPENS;
}

static int push_line(sectag_reflow *r, reader *in, size_t end, int cut) {
    sectag_line line;
    describe(in->breaks.text, in->at, end, &line);
    if (line.start == line.end) return 0;
    line.page = in->page;
    line.gap = capped(in->gap);
    line.flags |= in->top;
    if (cut) line.flags |= SECTAG_LINE_CUT;
    if (r->n_hints) take_hint(r, in, &line);
    in->behind = r->base + line.end;
    in->top = 0;
    in->gap = 0;
    return sectag_array_push(&r->lines, line) ? SECTAG_ENOMEM : 1;
}

/* Steps over the line break at `end`. A blank line that a form feed ends is no gap. */
static void step(reader *in, size_t end, int blank) {
    const char *text = in->breaks.text;
    if (text[end] == '\f') {
        in->page = in->page ? in->page + 1 : 2;
        in->top = SECTAG_LINE_TOP;
    } else if (blank && !in->midline) {
        in->gap++;
    }
    in->midline = 0;
    in->at = end + 1;
    if (text[end] == '\r' && in->at < in->breaks.len && text[in->at] == '\n') in->at++;
}

static int read_lines(sectag_reflow *r, reader *in, int last) {
    size_t len = in->breaks.len;
    while (in->at < len) {
        size_t end = next_break(&in->breaks, in->at);
        int cut = end - in->at > SECTAG_PARAGRAPH_MAX;
        if (cut) end = cut_point(in->breaks.text, in->at);
        /* a CR at the block's end may be half of a CR LF */
        if (!last && !cut && (end == len || (in->breaks.text[end] == '\r' && end + 1 == len))) break;
        int pushed = push_line(r, in, end, cut);
        if (pushed < 0) return SECTAG_ENOMEM;
        if (!cut && end < len) {
            step(in, end, !pushed);
            continue;
        }
        in->at = end;
        in->midline = 1;
    }
    return 0;
}

/* ---- the wrap width ---- */

/* Widths of the prefix's lines: of all, and of those that do not end a sentence. */
typedef struct census {
    unsigned all[WIDTH_MAX + 1], open[WIDTH_MAX + 1];
    unsigned lines, opens;
} census;

static int is_open(const sectag_line *line) {
    return line->tail == SECTAG_TAIL_OTHER || line->tail == SECTAG_TAIL_COMMA ||
           line->tail == SECTAG_TAIL_HYPHEN;
}

static void take_census(const sectag_reflow *r, size_t limit, census *c) {
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < r->lines.len; i++) {
        const sectag_line *line = &r->lines.data[i];
        if (line->end > limit) break;
        if (line->kind || line->flags & SECTAG_LINE_TABLE) continue;
        c->all[line->width]++;
        c->lines++;
        if (!is_open(line)) continue;
        c->open[line->width]++;
        c->opens++;
    }
}

static unsigned count_from(const unsigned *histogram, unsigned width) {
    unsigned n = 0;
    for (unsigned w = width; w <= WIDTH_MAX; w++) n += histogram[w];
    return n;
}

/* The width that all but `percent` % of the open lines keep to. */
static unsigned width_within(const census *c, unsigned percent) {
    unsigned beyond = 0;
    for (unsigned w = WIDTH_MAX; w > 0; w--) {
        beyond += c->open[w];
        if (beyond * 100 > c->opens * percent) return w;
    }
    return 0;
}

/* Lines broken at a width crowd just below it; lines of any length (titles, one paragraph a line)
 * do not, and where paragraphs are not broken the whole ones are far longer. */
static int is_wrap_width(const census *c, unsigned width) {
    enum { CROWD = 8, NARROWEST = 30, WIDEST = 200 };
    if (width < NARROWEST || width > WIDEST) return 0;
    unsigned crowd = count_from(c->open, width - CROWD), half = count_from(c->open, width / 2);
    unsigned longer = count_from(c->all, width + CROWD + 1), prose = count_from(c->all, width / 2);
    int enough = crowd >= 2 || (crowd == 1 && c->lines <= 4 && width >= 50);
    return enough && crowd * 5 >= half && longer * 10 <= prose;
}

/* Do the lines that are full and end no sentence have a blank line below them? */
static int is_double_spaced(const sectag_reflow *r, size_t limit, unsigned width) {
    unsigned tight = 0, spaced = 0;
    for (size_t i = 0; i + 1 < r->lines.len && r->lines.data[i].end <= limit; i++) {
        const sectag_line *line = &r->lines.data[i];
        if (line->width + 8u < width || !is_open(line)) continue;
        if (line[1].gap)
            spaced++;
        else
            tight++;
    }
    return spaced > tight;
}

/* Chinese lines hold a fixed number of characters, but for punctuation set beyond the margin: where one
 * width stands out, it is the true one. Ragged English lines show no such peak. */
static unsigned usual_width(const census *c, unsigned widest) {
    unsigned peak = widest;
    for (unsigned w = widest - 8; w < widest; w++)
        if (c->open[w] > c->open[peak]) peak = w;
    return c->open[peak] * 4 >= count_from(c->open, widest - 8) ? peak : widest;
}

static void estimate_wrap(sectag_reflow *r, size_t limit) {
    static const unsigned beyond[] = {2, 10, 20};
    census c;
    take_census(r, limit, &c);
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond && !r->wrap.width; i++) {
        unsigned width = width_within(&c, beyond[i]);
        if (is_wrap_width(&c, width)) r->wrap.width = usual_width(&c, width);
    }
    if (r->wrap.width) r->wrap.spaced = is_double_spaced(r, limit, r->wrap.width);
}

/* ---- page numbers ---- */

static int is_prose(const sectag_reflow *r, const sectag_line *line) {
    unsigned width = r->wrap.width ? r->wrap.width : 60;
    return line->width * 2u >= width && !line->page_mark;
}

/* A bare number is a page number only where a page plausibly ends: beside a form feed; beside more
 * blank lines than usual; before the indented first line of an extracted page; or alone between
 * blank lines with running text around it. Anywhere else it is a table cell or a list number. */
static int is_page_number(const sectag_reflow *r, const sectag_line *line, const sectag_line *above,
                          const sectag_line *below) {
    if (line->page_mark == SECTAG_PAGE_SURE) return 1;
    if (line->page_mark == SECTAG_PAGE_NONE) return 0;
    if ((line->flags & SECTAG_LINE_TOP) || (below && (below->flags & SECTAG_LINE_TOP))) return 1;
    if (line->page_mark == SECTAG_PAGE_ROMAN || (!above && !below)) return 0;
    unsigned usual = r->wrap.spaced ? 1 : 0;
    if (line->gap >= usual + 2 && above && !above->page_mark) return 1;
    if (below && below->gap >= usual + 2 && !below->page_mark) return 1;
    if (below && r->wrap.spaced && below->gap == 0 && (below->flags & SECTAG_LINE_SPACED) &&
        is_prose(r, below))
        return line->gap > 0;
    if (r->wrap.spaced && below) return 0;
    int alone = (!above || line->gap) && (!below || below->gap);
    return alone && (!above || is_prose(r, above)) && (!below || is_prose(r, below) || below->marker.kind);
}

static const sectag_line *line_at(const sectag_reflow *r, size_t i) {
    return i < r->lines.len ? &r->lines.data[i] : NULL;
}

static void drop_page_numbers(sectag_reflow *r) {
    for (size_t i = 0; i < r->lines.len; i++) {
        sectag_line *line = &r->lines.data[i];
        if (!line->page_mark || line->kind) continue;
        const sectag_line *above = i ? line - 1 : r->before[0].width ? &r->before[0] : NULL;
        if (above && above->flags & SECTAG_LINE_CUT) continue; /* the rest of a longer line */
        if (is_page_number(r, line, above, line_at(r, i + 1))) line->flags |= SECTAG_LINE_DROP;
    }
}

int sectag_reflow_read(sectag_reflow *r, const char *text, size_t len, int last, sectag_err *err) {
    r->lines.len = r->at = r->used = 0;
    r->last = last;
    if (!r->started && !last && len < SECTAG_REFLOW_PREFIX) return 0;
    size_t prefix = len < SECTAG_REFLOW_PREFIX ? len : SECTAG_REFLOW_PREFIX;
    if (!r->started && (r->paged || (prefix && memchr(text, '\f', prefix)))) r->page = 1;
    reader in = {.breaks = {.text = text, .len = len},
                 .gap = r->gap,
                 .page = r->page,
                 .top = r->top,
                 .midline = r->midline,
                 .behind = r->base};
    if (read_lines(r, &in, last)) return sectag_err_nomem(err);
    if (!r->started) estimate_wrap(r, prefix);
    r->started = 1;
    drop_page_numbers(r);
    if (r->lines.len == 0) { /* only blank lines: remember them, so that they need not be kept */
        r->used = last ? len : in.at;
        r->page = in.page;
        r->gap = capped(in.gap);
        r->top = in.top;
        r->midline = in.midline;
    }
    return 0;
}

/* ---- paragraphs ---- */

/* The paragraph being put together. */
typedef struct draft {
    const sectag_reflow *r;
    const char *text;
    size_t first, prev; /* its first and last line of text so far */
    int body;           /* it holds a comma or a sentence end: running text, not a heading */
} draft;

static size_t next_text(const sectag_reflow *r, size_t i) {
    for (size_t k = i + 1; k <= i + REACH && k < r->lines.len; k++)
        if (!(r->lines.data[k].flags & SECTAG_LINE_DROP)) return k;
    return r->lines.len;
}

/* ，：；。！？ : punctuation that a heading seldom has; with `lists`, 、 as well. */
static int has_inner_stop(const char *text, size_t len, int lists) {
    const char *at = text, *end = text + len;
    while (end - at > 2 && (at = memchr(at, 0xEF, (size_t)(end - at) - 2)) != NULL) {
        if (at[1] == (char)0xBC && strchr("\x8C\x9A\x9B\x81\x9F", at[2]) && at[2]) return 1;
        at++;
    }
    for (at = text; end - at > 2 && (at = memchr(at, 0xE3, (size_t)(end - at) - 2)) != NULL; at++)
        if (at[1] == (char)0x80 && (at[2] == (char)0x82 || (lists && at[2] == (char)0x81))) return 1;
    return 0;
}

/* Does a bracket that opens in the line stay open? Quotes do not count: ASCII ones have no direction. */
static int leaves_bracket_open(const char *text, size_t start, size_t end) {
    size_t floor = end - start > 240 ? end - 240 : start;
    unsigned closed = 0;
    while (end > floor) {
        uint32_t cp;
        end = char_before(text, floor, end, &cp);
        if (cp == 0x2018 || cp == 0x2019 || cp == '\'' || cp == '"') continue;
        if (is_closer(cp)) closed++;
        if (!is_opener(cp)) continue;
        if (closed == 0) return 1;
        closed--;
    }
    return 0;
}

/* Columns that the paragraph's first line lost with its indentation. */
static unsigned lost_indent(const draft *d, const sectag_line *line) {
    return d->prev == d->first && line->indent < 4 && (line->flags & SECTAG_LINE_WIDE || line->marker.kind)
               ? 4
               : 0;
}

/* Would the next line's first word not have fitted on this one? Chinese lines end up to two
 * characters early or late, for the sake of punctuation and Latin words; a heading is held to the width. */
static int is_full(const draft *d, const sectag_line *line, const sectag_line *next) {
    unsigned width = d->r->wrap.width;
    if ((next->flags | line->flags) & SECTAG_LINE_WIDE || next->marker.kind) {
        int heading = line->marker.kind && !d->body;
        return line->width + next->lead + lost_indent(d, line) + (heading ? 0u : 4u) > width;
    }
    return line->width + 1u + next->lead + 2u > width;
}

/* The widest line near line i, for columns narrower than the document. */
static unsigned local_width(const sectag_reflow *r, size_t i) {
    unsigned width = 0;
    for (size_t k = i >= 2 ? i - 2 : 0; k <= i + 2 && k < r->lines.len; k++)
        if (r->lines.data[k].width > width) width = r->lines.data[k].width;
    for (size_t k = i; k < 2; k++)
        if (r->before[k - i].width > width) width = r->before[k - i].width;
    return width < r->wrap.width ? width : r->wrap.width;
}

/* A marker at the start of the line below a full line that ends no sentence is mostly a number or a
 * reference within the sentence ("as described in / Item 1A", "本法 / 第三十三条规定"), unless
 * it carries on the numbering of the paragraphs. */
static int marker_is_text(const sectag_reflow *r, const sectag_line *line) {
    switch (line->marker.kind) {
    case SECTAG_MARKER_CN:
    case SECTAG_MARKER_CN_PAREN:
    case SECTAG_MARKER_BOX:
    case SECTAG_MARKER_CIRCLE:
    case SECTAG_MARKER_DASH:
    case SECTAG_MARKER_BULLET:
        return 0;
    default:
        return line->marker.value != r->seen[line->marker.kind] + 1;
    }
}

/* A heading broken over two lines: both stop short of the width, and the second looks like no text. */
static int is_broken_title(const draft *d, const sectag_line *line, const sectag_line *next) {
    unsigned width = d->r->wrap.width;
    const sectag_line *first = &d->r->lines.data[d->first];
    int title = (first->marker.kind && first->marker.kind < SECTAG_MARKER_DASH) ||
                (d->first == 0 && d->r->before[0].width == 0);
    return title && !d->body && (next->flags & SECTAG_LINE_WIDE) && is_open(next) &&
           line->width * 100u >= width * 55 && next->width < line->width + 8u && next->width + 8u < width;
}

/* An open line (no sentence end) that does not fill the document's width. */
static int short_line_goes_on(const draft *d, const sectag_line *line, const sectag_line *next) {
    unsigned width = d->r->wrap.width;
    if (next->indent >= line->indent + 2u) return 0;
    if (line->tail == SECTAG_TAIL_COMMA || leaves_bracket_open(d->text, line->start, line->end))
        return line->width * 3u >= width;
    /* close lines are mostly another cell of a table */
    if (d->r->wrap.spaced && next->gap == 0 && !(next->flags & SECTAG_LINE_SPACED))
        return d->body && line->width >= 24 && line->width + next->lead > local_width(d->r, d->prev);
    if ((next->flags & SECTAG_LINE_LOWER) && next->gap == 0) return line->width * 2u >= width;
    if (is_broken_title(d, line, next)) return 1;
    int wide = (next->flags & SECTAG_LINE_WIDE) || (d->text[line->end - 1] & 0x80);
    if (!d->body || !wide) return 0;
    if (line->width * 100u >= width * 85) return 1;
    return line->width >= 24 && line->width + next->lead + 2u > local_width(d->r, d->prev);
}

/* Does a sentence end at the end of a full line leave the paragraph open? Only for a line below
 * that reads like text; a short line that ends no sentence is a heading. */
static int text_follows(const draft *d, size_t cur, const sectag_line *next) {
    if (next->indent >= 2 && next->indent > d->r->lines.data[d->prev].indent) return 0;
    size_t after = next_text(d->r, cur);
    if (!is_open(next)) return next->tail != SECTAG_TAIL_COLON;
    return after < d->r->lines.len && next->width + d->r->lines.data[after].lead + 4u > d->r->wrap.width;
}

/* Blank lines that the document does not put between the lines of a paragraph. */
static int is_gap(const draft *d, size_t cur) {
    const sectag_reflow *r = d->r;
    if (cur != d->prev + 1 || (r->lines.data[cur].flags & SECTAG_LINE_TOP)) return 0; /* a page break */
    return r->lines.data[cur].gap > (r->wrap.spaced ? 2 : 0);
}

/* …… alone on a line: something was left out here, which is no part of the line above. */
static int is_omission(const char *line) {
    return memcmp(line, "…", 3) == 0;
}

/* Does the paragraph go on in line `cur`? */
static int goes_on(const draft *d, size_t cur) {
    const sectag_line *line = &d->r->lines.data[d->prev], *next = &d->r->lines.data[cur];
    if (next->end - d->r->lines.data[d->first].start > SECTAG_PARAGRAPH_MAX) return 0;
    if (line->kind || next->kind) return line->kind == next->kind && !(next->flags & SECTAG_LINE_OPENS);
    if (!d->r->wrap.width || ((line->flags | next->flags) & SECTAG_LINE_TABLE)) return 0;
    if (next->tail == SECTAG_TAIL_STOP && next->end - next->start >= 3 && next->width <= 4 &&
        is_omission(d->text + next->start))
        return 0;
    int full = is_full(d, line, next), open = is_open(line);
    if (next->marker.kind && !(full && open && marker_is_text(d->r, next))) return 0;
    if (is_gap(d, cur)) return full && open && next->flags & (SECTAG_LINE_LOWER | SECTAG_LINE_WIDE);
    if (!open) return full && (line->tail == SECTAG_TAIL_COLON || text_follows(d, cur, next));
    return full || short_line_goes_on(d, line, next);
}

static int is_settled(const sectag_reflow *r, size_t i) {
    return r->last || i + LOOKAHEAD < r->lines.len;
}

/* Hands out lines [r->at, end). */
static void give(sectag_reflow *r, size_t end, sectag_paragraph *p) {
    const sectag_line *last = &r->lines.data[end - 1];
    size_t next = next_text(r, end - 1);
    *p = (sectag_paragraph){r->at, end, line_at(r, next)};
    r->before[1] = end - r->at > 1 ? last[-1] : r->before[0];
    r->before[0] = *last;
    r->at = end;
    r->used = last->end;
    r->page = last->page;
    r->gap = 0;
    r->top = 0;
    r->midline = 1;
}

int sectag_reflow_next(sectag_reflow *r, const char *text, sectag_paragraph *p) {
    if (r->at >= r->lines.len || !is_settled(r, r->at)) return 0;
    size_t i = r->at;
    const sectag_line *line = &r->lines.data[i];
    if (line->flags & SECTAG_LINE_DROP) {
        give(r, i + 1, p);
        return 1;
    }
    draft d = {r, text, i, i, 0};
    for (;;) {
        line = &r->lines.data[d.prev];
        d.body = d.body ||
                 has_inner_stop(text + line->start, line->end - line->start, !r->lines.data[i].marker.kind);
        size_t cur = next_text(r, d.prev);
        if (cur >= r->lines.len || !goes_on(&d, cur)) break;
        d.prev = cur;
        if (!is_settled(r, cur)) return 0;
    }
    line = &r->lines.data[i];
    r->seen[line->marker.kind] = line->marker.value;
    give(r, d.prev + 1, p);
    return 1;
}
