#include "features/clause.h"

#include "features/heading.h"
#include "features/reflow.h"
#include "features/utf8.h"

#include <string.h>

/* Where a stretch of a folded paragraph comes from. */
typedef struct piece {
    size_t at;   /* in the folded paragraph */
    size_t from; /* in the block */
    uint32_t page;
} piece;

typedef SECTAG_ARRAY(piece) piece_array;

struct sectag_split_state {
    sectag_reflow reflow;
    sectag_outline outline;
    sectag_buf folded; /* a paragraph, on one line */
    piece_array pieces;
    uint8_t list;  /* kind of the list items, ended by semicolons, that are being read */
    int seen_text; /* the document's first clause is past */
};

/* ---- paragraphs to clauses ---- */

/* A paragraph being cut into clauses. */
typedef struct cutter {
    sectag_splitter *s;
    const char *block; /* the bytes given to the feed */
    uint64_t base;
    const char *text; /* the paragraph, folded */
    size_t len;
    size_t piece; /* where the clause read last ended */
    size_t drop;  /* first dropped span not behind that clause */
    const sectag_line *line, *next;
} cutter;

/* Records a dropped span. A word's hyphen is known only when its other half is read, which may be
 * behind a page number: it is put in front of that. */
static int drop_span(cutter *c, size_t start, size_t end) {
    sectag_span span = {c->base + start, c->base + end};
    if (sectag_array_push(&c->s->dropped, span)) return SECTAG_ENOMEM;
    sectag_span *spans = c->s->dropped.data;
    for (size_t i = c->s->dropped.len - 1; i > c->drop && spans[i - 1].start > span.start; i--) {
        spans[i] = spans[i - 1];
        spans[i - 1] = span;
    }
    return 0;
}

/* Adds one line of text to the folded paragraph. */
static int add_line(cutter *c, const sectag_line *line) {
    struct sectag_split_state *st = c->s->state;
    sectag_buf *out = &st->folded;
    const char *text = c->block + line->start;
    size_t len = line->end - line->start;
    if (out->len) {
        size_t hyphen = sectag_reflow_hyphen(out->data, out->len, text, len);
        const piece *last = &st->pieces.data[st->pieces.len - 1];
        size_t end = last->from + (out->len - last->at);
        if (hyphen && drop_span(c, end - hyphen, end)) return SECTAG_ENOMEM;
        if (!hyphen && sectag_reflow_joint(out->data, out->len, text, len) && sectag_buf_addc(out, ' '))
            return SECTAG_ENOMEM;
        out->len -= hyphen;
    }
    piece p = {out->len, line->start, line->page};
    return sectag_array_push(&st->pieces, p) || sectag_buf_add(out, text, len) ? SECTAG_ENOMEM : 0;
}

/* Gathers the paragraph's text and pushes its dropped spans. A paragraph of one line is read where it is. */
static int gather(cutter *c, const sectag_paragraph *p) {
    struct sectag_split_state *st = c->s->state;
    sectag_buf_clear(&st->folded);
    st->pieces.len = 0;
    c->drop = c->s->dropped.len;
    for (size_t i = p->first; i < p->end; i++) {
        const sectag_line *line = &st->reflow.lines.data[i];
        int failed =
            line->flags & SECTAG_LINE_DROP ? drop_span(c, line->start, line->end) : add_line(c, line);
        if (failed) return SECTAG_ENOMEM;
        if (!(line->flags & SECTAG_LINE_DROP) && !c->line) c->line = line;
    }
    c->text = st->folded.data;
    c->len = st->folded.len;
    c->next = p->next;
    return 0;
}

/* The place in the block of the folded paragraph's byte `at`; calls come in rising order. */
static size_t place_of(cutter *c, size_t at) {
    const piece_array *pieces = &c->s->state->pieces;
    while (c->piece + 1 < pieces->len && pieces->data[c->piece + 1].at <= at) c->piece++;
    return pieces->data[c->piece].from + (at - pieces->data[c->piece].at);
}

/* Finds the dropped spans within the clause. */
static void take_drops(cutter *c, sectag_clause *clause) {
    const sectag_span *spans = c->s->dropped.data;
    while (c->drop < c->s->dropped.len && spans[c->drop].start < clause->start) c->drop++;
    clause->drop = (uint32_t)c->drop;
    while (c->drop < c->s->dropped.len && spans[c->drop].end <= clause->end) c->drop++;
    clause->drops = (uint32_t)c->drop - clause->drop;
}

/* The path shows a heading without the full stop that set it off from the text running on. */
static size_t heading_len(const char *text, size_t len) {
    while (len > 3 && (memcmp(text + len - 3, "。", 3) == 0 || memcmp(text + len - 3, "…", 3) == 0)) len -= 3;
    return len > 1 && text[len - 1] == '.' && text[len - 2] != '.' ? len - 1 : len;
}

static uint32_t innermost(const sectag_outline *outline) {
    return outline->len ? outline->open[outline->len - 1].heading : 0;
}

/* Records the heading and opens it. */
static int open_new(cutter *c, const sectag_clause *clause, const sectag_marker *m) {
    sectag_splitter *s = c->s;
    sectag_outline *outline = &s->state->outline;
    sectag_outline_make_room(outline, m);
    uint32_t parent = innermost(outline);
    sectag_heading heading = {parent, parent ? s->headings.data[parent - 1].level + 1 : 1,
                              s->heading_text.len, 0};
    if (sectag_clause_text(s, clause, c->block, c->base, &s->heading_text)) return SECTAG_ENOMEM;
    heading.len = heading_len(s->heading_text.data + heading.text, s->heading_text.len - heading.text);
    if (sectag_array_push(&s->headings, heading)) return SECTAG_ENOMEM;
    outline->open[outline->len++] =
        (sectag_open_heading){m->kind, m->depth, c->line->marker.kind, m->value, (uint32_t)s->headings.len};
    return 0;
}

/* Sees to the paragraph's first clause: is it a heading, is it a list item? */
static int begin_paragraph(cutter *c, size_t len, sectag_clause *clause) {
    struct sectag_split_state *st = c->s->state;
    const sectag_marker *own = &c->line->marker;
    sectag_heading_candidate heading = {c->line,       c->next,        c->text, len,
                                        len == c->len, !st->seen_text, st->list};
    sectag_marker m;
    int semicolon = c->len > 3 && memcmp(c->text + c->len - 3, "；", 3) == 0;
    if (!sectag_is_heading(&heading, &m)) {
        if (own->kind && own->kind != SECTAG_MARKER_ARTICLE) st->list = semicolon ? own->kind : 0;
        return 0;
    }
    st->list = 0;
    clause->kind = SECTAG_CLAUSE_HEADING;
    if (open_new(c, clause, &m)) return SECTAG_ENOMEM;
    clause->heading = c->s->headings.data[c->s->headings.len - 1].parent;
    return 0;
}

/* A clause of the paragraph: sectag_sentence_fn. */
static int add_clause(void *ctx, size_t start, size_t end) {
    cutter *c = ctx;
    struct sectag_split_state *st = c->s->state;
    size_t from = place_of(c, start);
    uint32_t page = st->pieces.data[c->piece].page;
    size_t to = place_of(c, end - 1) + 1;
    sectag_clause clause = {
        .start = c->base + from, .end = c->base + to, .heading = innermost(&st->outline), .page = page};
    take_drops(c, &clause);
    if (start == 0 && begin_paragraph(c, end, &clause)) return SECTAG_ENOMEM;
    st->seen_text = 1;
    return sectag_array_push(&c->s->clauses, clause);
}

static int cut_paragraph(cutter *c, const sectag_paragraph *p) {
    c->line = NULL;
    c->piece = 0;
    if (gather(c, p)) return SECTAG_ENOMEM;
    if (!c->line) return 0;
    if (sectag_is_declared(c->line, c->text, c->len)) return add_clause(c, 0, c->len);
    return sectag_sentences(c->text, c->len, add_clause, c);
}

/* ---- the splitter ---- */

int sectag_splitter_init(sectag_splitter *s, sectag_err *err) {
    memset(s, 0, sizeof *s);
    s->state = sectag_zalloc(1, sizeof *s->state);
    if (!s->state) return sectag_err_nomem(err);
    sectag_reflow_init(&s->state->reflow);
    return 0;
}

void sectag_splitter_release(sectag_splitter *s) {
    if (s->state) {
        sectag_reflow_release(&s->state->reflow);
        sectag_buf_release(&s->state->folded);
        free(s->state->pieces.data);
        free(s->state);
    }
    free(s->clauses.data);
    free(s->dropped.data);
    free(s->headings.data);
    sectag_buf_release(&s->heading_text);
    memset(s, 0, sizeof *s);
}

void sectag_splitter_set_paged(sectag_splitter *s) {
    s->state->reflow.paged = 1;
}

void sectag_splitter_hint(sectag_splitter *s, const sectag_hint *hints, size_t n) {
    s->state->reflow.hints = hints;
    s->state->reflow.n_hints = n;
}

void sectag_splitter_reset(sectag_splitter *s) {
    sectag_reflow_reset(&s->state->reflow);
    s->state->outline.len = 0;
    s->state->list = 0;
    s->state->seen_text = 0;
    s->clauses.len = s->dropped.len = s->headings.len = 0;
    sectag_buf_clear(&s->heading_text);
    s->base = 0;
}

/* Forgets the headings that are closed: a document has any number of them. Those that are open stand in the
 * order of their numbers, each within the one before, and are numbered anew. */
static void keep_open_headings(sectag_splitter *s) {
    sectag_outline *outline = &s->state->outline;
    sectag_heading *headings = s->headings.data;
    size_t len = 0;
    for (size_t i = 0; i < outline->len; i++) {
        sectag_heading h = headings[outline->open[i].heading - 1];
        memmove(s->heading_text.data + len, s->heading_text.data + h.text, h.len);
        headings[i] = (sectag_heading){(uint32_t)i, (uint32_t)i + 1, len, h.len};
        outline->open[i].heading = (uint32_t)i + 1;
        len += h.len;
    }
    s->headings.len = outline->len;
    s->heading_text.len = len;
}

int sectag_splitter_feed(sectag_splitter *s, const char *text, size_t len, int last, size_t *used,
                         sectag_err *err) {
    sectag_reflow *reflow = &s->state->reflow;
    cutter c = {.s = s, .block = text, .base = s->base};
    sectag_paragraph p;
    s->clauses.len = s->dropped.len = 0;
    keep_open_headings(s);
    *used = 0;
    reflow->base = s->base;
    int rc = sectag_reflow_read(reflow, text, len, last, err);
    sectag_splitter_hint(s, NULL, 0);
    if (rc) return rc;
    while (sectag_reflow_next(reflow, text, &p))
        if (cut_paragraph(&c, &p)) return sectag_err_nomem(err);
    *used = last ? len : reflow->used;
    s->base += *used;
    return 0;
}

const char *sectag_splitter_heading(const sectag_splitter *s, uint32_t n, size_t *len) {
    const sectag_heading *heading = &s->headings.data[n - 1];
    *len = heading->len;
    return s->heading_text.data + heading->text;
}

/* ---- folding ---- */

/* White space met since the last character written. */
typedef enum gap_kind { GAP_NONE, GAP_BLANK, GAP_BREAK, GAP_HYPHEN } gap_kind;

typedef struct folder {
    sectag_buf *out;
    size_t begin; /* where the clause starts in out */
    gap_kind gap;
} folder;

/* Bytes that may begin white space: controls and blank, and the lead bytes of the wide and exotic blanks. */
static const unsigned char may_be_space[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,          1,          1,          1,          1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, [0xC2] = 1, [0xE1] = 1, [0xE2] = 1, [0xE3] = 1, [0xEF] = 1,
};

/* Bytes of white space at text[0], which may be some; 0: it is none. Of the characters that begin with E3, as
 * Chinese punctuation does, only the ideographic space is. */
static size_t space_at(const char *text, size_t len) {
    uint32_t cp;
    unsigned char lead = (unsigned char)*text;
    if (lead == 0xE3) return len >= 3 && text[1] == '\x80' && text[2] == '\x80' ? 3 : 0;
    if (lead == 0xEF && len >= 2 && text[1] != '\xBB') return 0;
    size_t size = sectag_utf8_next(text, len, &cp, NULL);
    return sectag_is_space(cp) ? size : 0;
}

/* Where the next white space stands. The text is well-formed, so a lead byte tells how long its character is.
 */
static size_t word_end(const char *text, size_t at, size_t len) {
    while (at < len) {
        unsigned lead = (unsigned char)text[at];
        if (lead - 0xE4u < 0xEF - 0xE4u) {
            at += 3;
        } else {
            if (may_be_space[lead] && space_at(text + at, len - at)) break;
            at += lead >= 0xE0 && lead < 0xF0 ? 3 : 1;
        }
    }
    return at < len ? at : len;
}

static void widen_gap(folder *f, char first) {
    int line_break = first == '\n' || first == '\r' || first == '\f';
    if (f->gap == GAP_HYPHEN) return;
    if (line_break || f->gap == GAP_NONE) f->gap = line_break ? GAP_BREAK : GAP_BLANK;
}

/* Writes what stands for the gap in front of text. */
static int close_gap(folder *f, const char *text, size_t len) {
    gap_kind gap = f->gap;
    const char *left = f->out->data + f->begin;
    size_t left_len = f->out->len - f->begin;
    f->gap = GAP_NONE;
    if (left_len == 0 || gap == GAP_NONE || gap == GAP_HYPHEN) return 0;
    if (gap == GAP_BREAK && !sectag_reflow_joint(left, left_len, text, len)) return 0;
    return sectag_buf_addc(f->out, ' ');
}

static int fold(folder *f, const char *text, size_t len) {
    for (size_t at = 0; at < len;) {
        size_t space = may_be_space[(unsigned char)text[at]] ? space_at(text + at, len - at) : 0;
        if (space) {
            widen_gap(f, text[at]);
            at += space;
            continue;
        }
        size_t from = at;
        at = word_end(text, at, len);
        if (close_gap(f, text + from, len - from) || sectag_buf_add(f->out, text + from, at - from))
            return SECTAG_ENOMEM;
    }
    return 0;
}

int sectag_clause_text(const sectag_splitter *s, const sectag_clause *c, const char *text, uint64_t base,
                       sectag_buf *out) {
    folder f = {out, out->len, GAP_NONE};
    uint64_t at = c->start;
    if (sectag_buf_reserve(out, (size_t)(c->end - c->start))) return SECTAG_ENOMEM;
    for (uint32_t i = c->drop; i < c->drop + c->drops; i++) {
        const sectag_span *drop = &s->dropped.data[i];
        if (fold(&f, text + (at - base), (size_t)(drop->start - at))) return SECTAG_ENOMEM;
        /* directly behind a word: its hyphen; behind white space: a page number */
        if (f.gap != GAP_HYPHEN) f.gap = f.gap == GAP_NONE ? GAP_HYPHEN : GAP_BREAK;
        at = drop->end;
    }
    return fold(&f, text + (at - base), (size_t)(c->end - at));
}
