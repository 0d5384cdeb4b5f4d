#include "classify/document.h"

#include "classify/put.h"
#include "features/array.h"
#include "features/buf.h"
#include "features/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, BOM = 3 };

/* Well-formedness, block by block: what was seen of the document so far. */
typedef struct check {
    uint64_t offset, lines; /* bytes and line feeds before the next byte */
} check;

struct sectag_document {
    sectag_document_options o;
    sectag_document_counts counts;
    sectag_splitter splitter;
    int fd, at_end;
    const char *name; /* for messages */
    char *block;      /* [cap], holding len bytes from byte `base` of the file */
    size_t len, cap;
    uint64_t base, bom; /* bom: bytes of the mark, 0 or 3 */
    size_t checked;     /* bytes of the block that are known to be well-formed */
    check check;
    sectag_buf doc, text;
    SECTAG_ARRAY(sectag_piece) heading;
    SECTAG_ARRAY(sectag_span) dropped;
};

sectag_document *sectag_document_new(const sectag_document_options *options) {
    sectag_document *d = sectag_zalloc(1, sizeof *d);
    if (!d) return NULL;
    d->o = *options;
    d->fd = -1;
    if (sectag_splitter_init(&d->splitter, NULL)) {
        free(d);
        return NULL;
    }
    return d;
}

void sectag_document_free(sectag_document *d) {
    if (!d) return;
    sectag_splitter_release(&d->splitter);
    sectag_buf_release(&d->doc);
    sectag_buf_release(&d->text);
    free(d->heading.data);
    free(d->dropped.data);
    free(d->block);
    free(d);
}

const sectag_document_counts *sectag_document_counted(const sectag_document *d) {
    return &d->counts;
}

/* ---- blocks ---- */

static int io_error(const sectag_document *d, const char *what, sectag_err *err) {
    return sectag_err_at(err, SECTAG_EIO, d->name, 0, "%s: %s", what, strerror(errno));
}

/* Reads until at least a block's worth of new bytes is there or the document ends. */
static int fill(sectag_document *d, sectag_err *err) {
    size_t want = d->len + BLOCK;
    if (want > d->cap && sectag_array_grow(&d->block, &d->cap, want, 1)) return sectag_err_nomem(err);
    while (d->len < want && !d->at_end) {
        ssize_t got = read(d->fd, d->block + d->len, want - d->len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error(d, "cannot read", err);
        d->at_end = got == 0;
        d->len += (size_t)got;
    }
    return 0;
}

static void consume(sectag_document *d, size_t used) {
    memmove(d->block, d->block + used, d->len - used);
    d->len -= used;
    d->base += used;
    d->checked -= used < d->checked ? used : d->checked;
}

static void start_over(sectag_document *d) {
    d->len = d->checked = 0;
    d->base = d->bom = 0;
    d->at_end = 0;
    d->check = (check){0};
}

static void take_bom(sectag_document *d) {
    if (d->len < BOM || memcmp(d->block, "\xEF\xBB\xBF", BOM) != 0) return;
    consume(d, BOM);
    d->bom = d->check.offset = BOM;
}

/* ---- what is not text ---- */

typedef struct signature {
    const char *bytes;
    size_t len;
    const char *what;
} signature;

static const signature signatures[] = {
    {"%PDF-", 5, "a PDF file, not text (try pdftotext)"},
    {"PK\3\4", 4, "a ZIP archive or office document, not text"},
    {"\xD0\xCF\x11\xE0", 4, "an old office document, not text"},
    {"{\\rtf", 5, "an RTF document, not plain text"},
    {"\x1F\x8B", 2, "a gzip file, not text (try gunzip)"},
    {"\x28\xB5\x2F\xFD", 4, "a zstd file, not text (try unzstd)"},
    {"\xFF\xFE", 2, "UTF-16, not UTF-8 (try iconv -f UTF-16 -t UTF-8)"},
    {"\xFE\xFF", 2, "UTF-16, not UTF-8 (try iconv -f UTF-16 -t UTF-8)"},
};

static int check_signature(const sectag_document *d, sectag_err *err) {
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        const signature *s = &signatures[i];
        if (d->len >= s->len && memcmp(d->block, s->bytes, s->len) == 0)
            return sectag_err_at(err, SECTAG_EDATA, d->name, 0, "this is %s", s->what);
    }
    return 0;
}

/* Length of text without a last character that is cut off. */
static size_t whole_length(const char *text, size_t len) {
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char byte = (unsigned char)text[len - back];
        if ((byte & 0xC0) == 0x80) continue;
        size_t need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return need > back ? len - back : len;
    }
    return len;
}

static uint64_t count_lines(const char *text, size_t len) {
    uint64_t lines = 0;
    for (const char *end = text + len; (text = memchr(text, '\n', (size_t)(end - text))) != NULL; text++)
        lines++;
    return lines;
}

static int ill_formed(const sectag_document *d, const char *text, size_t good, sectag_err *err) {
    uint64_t byte = d->check.offset + good, line = d->check.lines + count_lines(text, good) + 1;
    int rc =
        text[good] == '\0'
            ? sectag_err_at(err, SECTAG_EDATA, d->name, line,
                            "NUL at byte %llu: this is a binary file, not text", (unsigned long long)byte)
            : sectag_err_at(err, SECTAG_EDATA, d->name, line,
                            "invalid UTF-8 at byte %llu (read as GB18030? try iconv -f GB18030 -t UTF-8)",
                            (unsigned long long)byte);
    if (err) {
        err->byte = byte;
        err->has_byte = 1;
    }
    return rc;
}

/* Checks the block's bytes that are new and complete. */
static int check_block(sectag_document *d, sectag_err *err) {
    const char *text = d->block + d->checked;
    size_t len = d->len - d->checked;
    if (!d->at_end) len = whole_length(text, len);
    if (len == 0) return 0;
    const char *nul = memchr(text, '\0', len);
    size_t limit = nul ? (size_t)(nul - text) : len, good = sectag_utf8_check(text, limit);
    if (good < len) return ill_formed(d, text, good, err);
    d->check.offset += len;
    d->check.lines += count_lines(text, len);
    d->checked += len;
    return 0;
}

/* The whole file, before anything is given out. A file of one block is checked when it is read anyway. */
static int check_file(sectag_document *d, sectag_err *err) {
    struct stat st;
    if (fstat(d->fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= BLOCK) return 0;
    off_t here = lseek(d->fd, 0, SEEK_CUR);
    if (here < 0) return 0;
    int rc = 0, first = 1;
    while (!rc && !d->at_end) {
        rc = fill(d, err);
        if (!rc && first) rc = check_signature(d, err);
        first = 0;
        if (!rc) rc = check_block(d, err);
        consume(d, d->checked);
    }
    if (!rc && lseek(d->fd, here, SEEK_SET) < 0) rc = io_error(d, "cannot read again", err);
    start_over(d);
    return rc;
}

/* ---- records ---- */

static int give(sectag_document *d, sectag_record *r, sectag_err *err) {
    r->doc = (sectag_piece){d->doc.data, d->doc.len};
    r->clause = ++d->counts.clauses;
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
    uint64_t base = d->base - d->bom;
    for (size_t i = 0; i < d->splitter.dropped.len; i++) {
        sectag_span s = d->splitter.dropped.data[i];
        if (!is_hyphen(d->block + (s.start - base), (size_t)(s.end - s.start))) d->counts.page_numbers++;
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
        sectag_span shifted = {s.start + d->bom, s.end + d->bom};
        if (sectag_array_push(&d->dropped, shifted)) return SECTAG_ENOMEM;
    }
    return 0;
}

static int give_clauses(sectag_document *d, sectag_err *err) {
    int rc = 0;
    uint32_t path_of = 0;
    d->heading.len = 0;
    for (size_t i = 0; i < d->splitter.clauses.len && !rc; i++) {
        const sectag_clause *c = &d->splitter.clauses.data[i];
        sectag_buf_clear(&d->text);
        rc = sectag_clause_text(&d->splitter, c, d->block, d->base - d->bom, &d->text) | dropped_spans(d, c);
        if (c->heading != path_of) rc |= heading_path(d, c->heading);
        if (rc) return sectag_err_nomem(err);
        path_of = c->heading;
        sectag_record r = {.page = c->page,
                           .start = c->start + d->bom,
                           .end = c->end + d->bom,
                           .dropped = d->dropped.data,
                           .n_dropped = d->dropped.len,
                           .is_heading = c->kind == SECTAG_CLAUSE_HEADING,
                           .heading = d->heading.data,
                           .n_heading = d->heading.len,
                           .text = {d->text.len ? d->text.data : "", d->text.len}};
        rc = give(d, &r, err);
    }
    return rc;
}

static int read_clauses(sectag_document *d, sectag_err *err) {
    int rc = check_file(d, err), first = 1;
    size_t used;
    sectag_splitter_reset(&d->splitter);
    while (!rc) {
        rc = fill(d, err);
        if (!rc && first) rc = check_signature(d, err);
        if (!rc && first) take_bom(d);
        if (!rc) rc = check_block(d, err);
        first = 0;
        if (!rc) rc = sectag_splitter_feed(&d->splitter, d->block, d->checked, d->at_end, &used, err);
        if (rc) break;
        count_dropped(d);
        rc = give_clauses(d, err);
        consume(d, used);
        if (d->at_end) break;
    }
    return rc;
}

/* ---- lines ---- */

static int give_line(sectag_document *d, const char *line, size_t len, uint64_t start, sectag_err *err) {
    sectag_record r = {.start = start, .end = start + len, .text = {line, len}};
    size_t good = sectag_utf8_check(line, len), bad = 0;
    if (good < len) {
        sectag_err warning = {0};
        unsigned long long byte = start + good;
        (void)sectag_err_at(&warning, SECTAG_EDATA, d->name, d->counts.clauses + 1,
                            "invalid UTF-8 at byte %llu (written as U+FFFD)", byte);
        d->counts.bad_lines++;
        if (d->o.warning) d->o.warning(d->o.ctx, &warning);
        sectag_buf_clear(&d->text);
        if (sectag_put_repaired(&d->text, line, len, &bad)) return sectag_err_nomem(err);
        r.text = (sectag_piece){d->text.data, d->text.len};
    }
    return give(d, &r, err);
}

/* Gives out the lines that end in the block, from byte `from` of which line ends are looked for. */
static int give_lines(sectag_document *d, size_t from, sectag_err *err) {
    size_t at = 0;
    const char *feed;
    while ((feed = memchr(d->block + from, '\n', d->len - from)) != NULL) {
        size_t end = (size_t)(feed - d->block), len = end - at;
        if (len && d->block[end - 1] == '\r') len--;
        int rc = give_line(d, d->block + at, len, d->base + at, err);
        if (rc) return rc;
        at = from = end + 1;
    }
    if (d->at_end && at < d->len) {
        int rc = give_line(d, d->block + at, d->len - at, d->base + at, err);
        if (rc) return rc;
        at = d->len;
    }
    consume(d, at);
    return 0;
}

static int read_lines(sectag_document *d, sectag_err *err) {
    int rc = 0, first = 1;
    while (!rc && !d->at_end) {
        size_t searched = d->len;
        rc = fill(d, err);
        if (first) take_bom(d);
        first = 0;
        if (!rc) rc = give_lines(d, searched, err);
    }
    return rc;
}

/* ---- documents ---- */

int sectag_document_read(sectag_document *d, const char *path, sectag_err *err) {
    int is_stdin = strcmp(path, "-") == 0;
    size_t bad = 0;
    d->counts = (sectag_document_counts){0};
    d->name = is_stdin ? "standard input" : path;
    start_over(d);
    sectag_buf_clear(&d->doc);
    if (sectag_put_repaired(&d->doc, path, strlen(path), &bad)) return sectag_err_nomem(err);
    d->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (d->fd < 0) return io_error(d, "cannot open", err);
    int rc = d->o.lines ? read_lines(d, err) : read_clauses(d, err);
    d->counts.bytes = d->base + d->len;
    if (!is_stdin) (void)close(d->fd);
    d->fd = -1;
    return rc;
}
