#include "classify/document.h"

#include "classify/put.h"
#include "features/array.h"
#include "features/buf.h"
#include "features/reader.h"
#include "features/simplify.h"
#include "features/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 << 20 };

/* A table row: from this byte of the text on, clauses are its. */
typedef struct row {
    uint64_t start, number;
    size_t cells, cells_len; /* in row_text: a JSON object */
} row;

struct sectag_document {
    sectag_document_options o;
    sectag_document_counts counts;
    sectag_splitter splitter;
    sectag_reader reader;
    const char *name;        /* for messages */
    sectag_buf window;       /* text that is not consumed yet, from byte `base` of the document's text */
    uint64_t base, skipped;  /* skipped: what offsets count on top (a byte order mark) */
    size_t fresh;            /* bytes of the window that came since the splitter looked last */
    uint8_t kind;            /* of the block added last */
    int looked, traditional; /* the text was looked at: it is in traditional characters */
    SECTAG_ARRAY(sectag_hint) hints;
    SECTAG_ARRAY(row) rows;
    size_t row; /* that the clause given out last belongs to */
    sectag_buf doc, text, row_text;
    SECTAG_ARRAY(sectag_piece) heading;
    SECTAG_ARRAY(sectag_span) dropped;
};

sectag_document *sectag_document_new(const sectag_document_options *options) {
    sectag_document *d = sectag_zalloc(1, sizeof *d);
    if (!d) return NULL;
    d->o = *options;
    d->reader.fd = -1;
    if (sectag_splitter_init(&d->splitter, NULL)) {
        free(d);
        return NULL;
    }
    return d;
}

void sectag_document_free(sectag_document *d) {
    if (!d) return;
    sectag_splitter_release(&d->splitter);
    sectag_buf_release(&d->window);
    sectag_buf_release(&d->doc);
    sectag_buf_release(&d->text);
    sectag_buf_release(&d->row_text);
    free(d->hints.data);
    free(d->rows.data);
    free(d->heading.data);
    free(d->dropped.data);
    free(d);
}

const sectag_document_counts *sectag_document_counted(const sectag_document *d) {
    return &d->counts;
}

/* ---- records ---- */

static int give(sectag_document *d, sectag_record *r, sectag_err *err) {
    const char *encoding = d->reader.encoding;
    r->doc = (sectag_piece){d->doc.data, d->doc.len};
    r->clause = ++d->counts.clauses;
    r->traditional = d->traditional;
    r->encoding = encoding && !sectag_encoding_is_utf8(encoding) ? encoding : NULL;
    int rc = d->o.record(d->o.ctx, r, err);
    if (rc) d->counts.stopped = 1;
    return rc;
}

static int is_hyphen(const char *text, size_t len) {
    return (len == 1 && *text == '-') || (len == 2 && memcmp(text, "\xC2\xAD", 2) == 0) ||
           (len == 3 && memcmp(text, "\xE2\x80\x90", 3) == 0);
}

/* Dropped spans are page numbers, and hyphens that only break a word over two lines. */
static void count_dropped(sectag_document *d) {
    for (size_t i = 0; i < d->splitter.dropped.len; i++) {
        sectag_span s = d->splitter.dropped.data[i];
        if (!is_hyphen(d->window.data + (s.start - d->base), (size_t)(s.end - s.start)))
            d->counts.page_numbers++;
    }
}

/* The headings above, outermost first, into d->heading. */
static int heading_path(sectag_document *d, uint32_t number) {
    const sectag_heading *headings = d->splitter.headings.data;
    size_t depth = 0;
    for (uint32_t n = number; n; n = headings[n - 1].parent) depth++;
    d->heading.len = 0;
    if (sectag_array_reserve(&d->heading, depth)) return SECTAG_ENOMEM;
    d->heading.len = depth;
    for (; number; number = headings[number - 1].parent) {
        sectag_piece *p = &d->heading.data[--depth];
        p->text = sectag_splitter_heading(&d->splitter, number, &p->len);
    }
    return 0;
}

static int dropped_spans(sectag_document *d, const sectag_clause *c) {
    d->dropped.len = 0;
    for (uint32_t i = 0; i < c->drops; i++) {
        sectag_span s = d->splitter.dropped.data[c->drop + i];
        sectag_span shifted = {s.start + d->skipped, s.end + d->skipped};
        if (sectag_array_push(&d->dropped, shifted)) return SECTAG_ENOMEM;
    }
    return 0;
}

/* What the row that byte `at` of the text belongs to says; bytes come in rising order. */
static void set_row(sectag_document *d, uint64_t at, sectag_record *r) {
    while (d->row + 1 < d->rows.len && d->rows.data[d->row + 1].start <= at) d->row++;
    if (d->row >= d->rows.len || d->rows.data[d->row].start > at) return;
    const row *w = &d->rows.data[d->row];
    r->row = w->number;
    r->columns = (sectag_piece){d->row_text.data + w->cells, w->cells_len};
}

static int give_clauses(sectag_document *d, sectag_err *err) {
    int rc = 0;
    uint32_t path_of = 0;
    d->heading.len = 0;
    for (size_t i = 0; i < d->splitter.clauses.len && !rc; i++) {
        const sectag_clause *c = &d->splitter.clauses.data[i];
        sectag_buf_clear(&d->text);
        rc = sectag_clause_text(&d->splitter, c, d->window.data, d->base, &d->text) | dropped_spans(d, c);
        if (c->heading != path_of) rc |= heading_path(d, c->heading);
        if (rc) return sectag_err_nomem(err);
        path_of = c->heading;
        sectag_record r = {.page = c->page,
                           .start = c->start + d->skipped,
                           .end = c->end + d->skipped,
                           .dropped = d->dropped.data,
                           .n_dropped = d->dropped.len,
                           .is_heading = c->kind == SECTAG_CLAUSE_HEADING,
                           .heading = d->heading.data,
                           .n_heading = d->heading.len,
                           .text = {d->text.len ? d->text.data : "", d->text.len},
                           .raw = {d->window.data + (c->start - d->base), (size_t)(c->end - c->start)}};
        set_row(d, c->start, &r);
        rc = give(d, &r, err);
    }
    return rc;
}

/* ---- the window ---- */

static void consume(sectag_document *d, size_t used) {
    if (used == 0) return;
    memmove(d->window.data, d->window.data + used, d->window.len - used);
    d->window.len -= used;
    d->base += used;
    size_t keep = 0; /* the last hint before the window still speaks of its beginning */
    while (keep + 1 < d->hints.len && d->hints.data[keep + 1].start <= d->base) keep++;
    if (keep) memmove(d->hints.data, d->hints.data + keep, (d->hints.len - keep) * sizeof *d->hints.data);
    d->hints.len -= keep;
}

/* Rows before the one given out last are past. */
static void forget_rows(sectag_document *d) {
    if (d->row == 0) return;
    size_t past = d->rows.data[d->row].cells;
    memmove(d->row_text.data, d->row_text.data + past, d->row_text.len - past);
    d->row_text.len -= past;
    memmove(d->rows.data, d->rows.data + d->row, (d->rows.len - d->row) * sizeof *d->rows.data);
    d->rows.len -= d->row;
    for (size_t i = 0; i < d->rows.len; i++) d->rows.data[i].cells -= past;
    d->row = 0;
}

/* Once a document, when its first text is there. */
static void look(sectag_document *d, const char *text, size_t len) {
    if (!d->looked) d->traditional = sectag_is_traditional(text, len);
    d->looked = 1;
}

static int split(sectag_document *d, int last, sectag_err *err) {
    size_t used;
    look(d, d->window.len ? d->window.data : "", d->window.len);
    sectag_splitter_hint(&d->splitter, d->hints.data, d->hints.len);
    int rc = sectag_splitter_feed(&d->splitter, d->window.len ? d->window.data : "", d->window.len, last,
                                  &used, err);
    if (rc) return rc;
    count_dropped(d);
    rc = give_clauses(d, err);
    consume(d, used);
    forget_rows(d);
    d->fresh = 0;
    return rc;
}

static int put_columns(sectag_buf *out, const sectag_block *b) {
    int rc = sectag_buf_addc(out, '{');
    for (size_t i = 0; i < b->n_cells; i++) {
        const sectag_cell *cell = &b->cells[i];
        rc |= i ? sectag_buf_addc(out, ',') : 0;
        rc |= sectag_put_json(out, cell->name, cell->name_len) | sectag_buf_addc(out, ':');
        rc |= sectag_put_json(out, cell->text, cell->len);
    }
    return rc | sectag_buf_addc(out, '}');
}

static int add_row(sectag_document *d, const sectag_block *b) {
    if (!b->row || (d->rows.len && d->rows.data[d->rows.len - 1].number == b->row)) return 0;
    row w = {.start = d->base + d->window.len, .number = b->row, .cells = d->row_text.len};
    if (put_columns(&d->row_text, b)) return SECTAG_ENOMEM;
    w.cells_len = d->row_text.len - w.cells;
    return sectag_array_push(&d->rows, w) ? SECTAG_ENOMEM : 0;
}

/* Adds a block's text to the window, with what is known of it. Lines after lines need no hint. */
static int add_block(sectag_document *d, const sectag_block *b) {
    sectag_hint hint = {d->base + d->window.len, b->kind, b->level};
    int hinted = b->kind != SECTAG_BLOCK_LINES || d->kind != SECTAG_BLOCK_LINES;
    d->kind = b->kind;
    int rc = add_row(d, b) | (hinted ? sectag_array_push(&d->hints, hint) : 0);
    rc |= sectag_buf_add(&d->window, b->text, b->len);
    if (b->kind != SECTAG_BLOCK_LINES) rc |= sectag_buf_addc(&d->window, '\n');
    d->fresh += b->len + 1;
    return rc;
}

/* ---- clauses ---- */

static int read_clauses(sectag_document *d, sectag_err *err) {
    sectag_block b;
    int rc, more;
    sectag_splitter_reset(&d->splitter);
    if (d->reader.paged) sectag_splitter_set_paged(&d->splitter);
    while ((more = sectag_reader_next(&d->reader, &b, err)) > 0) {
        if (add_block(d, &b)) return sectag_err_nomem(err);
        d->skipped = d->reader.skipped;
        if (d->fresh >= WINDOW && (rc = split(d, 0, err)) != 0) return rc;
    }
    return more < 0 ? more : split(d, 1, err);
}

/* ---- lines ---- */

static int repair(sectag_document *d, sectag_piece *text, uint64_t start, sectag_err *err) {
    size_t good = sectag_utf8_check(text->text, text->len), bad = 0;
    if (good == text->len) return 0;
    sectag_err warning = {0};
    (void)sectag_err_at(&warning, SECTAG_EDATA, d->name, d->counts.clauses + 1,
                        "invalid UTF-8 at byte %llu (written as U+FFFD)",
                        (unsigned long long)start + (unsigned long long)good);
    d->counts.bad_lines++;
    if (d->o.warning) d->o.warning(d->o.ctx, &warning);
    sectag_buf_clear(&d->text);
    if (sectag_put_repaired(&d->text, text->text, text->len, &bad)) return sectag_err_nomem(err);
    *text = (sectag_piece){d->text.data, d->text.len};
    return 0;
}

static int give_line(sectag_document *d, const char *line, size_t len, sectag_err *err) {
    uint64_t start = d->base + (uint64_t)(line - d->window.data) + d->reader.skipped;
    sectag_record r = {.start = start, .end = start + len, .text = {line, len}, .raw = {line, len}};
    /* by the line, where the beginning is whatever happened to be there at once */
    if (d->reader.live) d->traditional = sectag_is_traditional(line, len);
    int rc = repair(d, &r.text, start, err);
    return rc ? rc : give(d, &r, err);
}

/* Gives out the lines that end in the window, from byte `from` of which line ends are looked for. */
static int give_lines(sectag_document *d, size_t from, int last, sectag_err *err) {
    const char *text = d->window.data;
    size_t at = 0, len = d->window.len;
    const char *feed;
    while (from < len && (feed = memchr(text + from, '\n', len - from)) != NULL) {
        size_t end = (size_t)(feed - text), size = end - at;
        if (size && text[end - 1] == '\r') size--;
        int rc = give_line(d, text + at, size, err);
        if (rc) return rc;
        at = from = end + 1;
    }
    if (last && at < len) {
        int rc = give_line(d, text + at, len - at, err);
        if (rc) return rc;
        at = len;
    }
    consume(d, at);
    return 0;
}

/* A row, or a block of a document that is no plain text. */
static int give_block(sectag_document *d, const sectag_block *b, sectag_err *err) {
    sectag_record r = {.start = d->base, .end = d->base + b->len, .row = b->row, .text = {b->text, b->len}, .raw = {b->text, b->len}};
    sectag_buf_clear(&d->row_text);
    if (b->row && put_columns(&d->row_text, b)) return sectag_err_nomem(err);
    r.columns = (sectag_piece){d->row_text.data, b->row ? d->row_text.len : 0};
    d->traditional = sectag_is_traditional(b->text, b->len);
    d->base += b->len + 1;
    return give(d, &r, err);
}

static int read_lines(sectag_document *d, sectag_err *err) {
    sectag_block b;
    int rc = 0, more = 1;
    while (!rc && (more = sectag_reader_next(&d->reader, &b, err)) > 0) {
        size_t searched = d->window.len;
        if (b.kind != SECTAG_BLOCK_LINES)
            rc = give_block(d, &b, err);
        else if (sectag_buf_add(&d->window, b.text, b.len))
            rc = sectag_err_nomem(err);
        else {
            look(d, b.text, b.len);
            rc = give_lines(d, searched, 0, err);
        }
    }
    if (rc || more < 0) return rc ? rc : more;
    return give_lines(d, d->window.len, 1, err);
}

/* ---- documents ---- */

static int idle(void *ctx, sectag_err *err) {
    sectag_document *d = ctx;
    int rc = d->o.idle(d->o.ctx, err);
    if (rc < 0) d->counts.stopped = 1;
    return rc;
}

static int begin(sectag_document *d, const char *path, sectag_err *err) {
    size_t bad = 0;
    d->counts = (sectag_document_counts){0};
    d->name = strcmp(path, "-") == 0 ? "standard input" : path;
    d->base = d->skipped = 0;
    d->window.len = d->fresh = d->hints.len = d->rows.len = d->row = d->row_text.len = 0;
    d->kind = SECTAG_BLOCK_LINES;
    d->looked = d->traditional = 0;
    sectag_buf_clear(&d->doc);
    if (sectag_put_repaired(&d->doc, path, strlen(path), &bad)) return sectag_err_nomem(err);
    const sectag_reader_options o = {.encoding = d->o.encoding,
                                     .column = d->o.column,
                                     .rows = d->o.lines,
                                     .isolation = d->o.isolation,
                                     .idle = d->o.idle ? idle : NULL,
                                     .ctx = d};
    return sectag_reader_open(&d->reader, path, &o, err);
}

static void warn_of_replaced(sectag_document *d) {
    const sectag_reader *r = &d->reader;
    sectag_err warning = {0};
    if (!r->replaced || !d->o.warning) return;
    (void)sectag_err_at(
        &warning, SECTAG_EDATA, d->name, 0,
        "%llu undecodable byte%s written as U+FFFD, from byte %llu on (read as %s; try --encoding)",
        (unsigned long long)r->replaced, r->replaced == 1 ? "" : "s", (unsigned long long)r->first_replaced,
        r->encoding);
    d->o.warning(d->o.ctx, &warning);
}

/* Notes what the reader met, and closes it. An error without a place is the document's. */
static void end(sectag_document *d, int rc, sectag_err *err) {
    const sectag_reader *r = &d->reader;
    d->counts.bytes = r->bytes;
    d->counts.page_numbers += r->furniture;
    d->counts.replaced = r->replaced;
    d->counts.reader = r->type ? r->type->name : NULL;
    d->counts.encoding = r->encoding;
    if (!d->counts.stopped) warn_of_replaced(d);
    if (rc && err && !err->file[0] && !d->counts.stopped && rc != SECTAG_ENOMEM) {
        char msg[sizeof err->msg];
        memcpy(msg, err->msg, sizeof msg);
        (void)sectag_err_at(err, rc, d->name, 0, "%s", msg);
    }
    sectag_reader_release(&d->reader);
}

int sectag_document_read(sectag_document *d, const char *path, sectag_err *err) {
    int rc = begin(d, path, err);
    if (!rc) rc = d->o.lines ? read_lines(d, err) : read_clauses(d, err);
    end(d, rc, err);
    return rc;
}

int sectag_document_text(sectag_document *d, const char *path, sectag_document_put *put, void *ctx,
                         sectag_err *err) {
    sectag_block b;
    int rc = begin(d, path, err), more = 1;
    while (!rc && (more = sectag_reader_next(&d->reader, &b, err)) > 0) {
        rc = put(ctx, b.text, b.len, err);
        if (!rc && b.kind != SECTAG_BLOCK_LINES) rc = put(ctx, "\n", 1, err);
    }
    if (more < 0) rc = more;
    end(d, rc, err);
    return rc;
}
