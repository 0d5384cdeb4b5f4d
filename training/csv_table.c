#include "training/csv_table.h"

#include "features/utf8.h"

#include <csv.h>
#include <string.h>

void sectag_csv_table_release(sectag_csv_table *s) {
    sectag_file_release(&s->file);
    sectag_buf_release(&s->names);
    sectag_buf_release(&s->text);
    free(s->header.data);
    free(s->row.data);
    free(s->ends.data);
    memset(s, 0, sizeof *s);
}

/* ---- one row through libcsv ---- */

/* What its callbacks fill. */
typedef struct reading {
    sectag_csv_table *s;
    int rows, full;
} reading;

static void on_field(void *field, size_t len, void *ctx) {
    reading *r = ctx;
    r->full |=
        (len && sectag_buf_add(&r->s->text, field, len)) || sectag_array_push(&r->s->ends, r->s->text.len);
}

static void on_row(int end, void *ctx) {
    (void)end;
    ((reading *)ctx)->rows++;
}

static int never_a_space(unsigned char c) {
    (void)c;
    return 0;
}

static int start_parser(const sectag_csv_table *s, struct csv_parser *p) {
    enum { NO_QUOTE = 0x01 };
    if (csv_init(p, CSV_STRICT | CSV_STRICT_FINI)) return -1;
    csv_set_delim(p, (unsigned char)s->separator);
    csv_set_space_func(p, never_a_space);
    if (s->separator == '\t') csv_set_quote(p, NO_QUOTE);
    return 0;
}

/* The end of the line at `at`, line end included. */
static size_t line_end(const sectag_csv_table *s, size_t at) {
    while (at < s->file.len && s->file.data[at] != '\n' && s->file.data[at] != '\r') at++;
    if (at + 1 < s->file.len && s->file.data[at] == '\r' && s->file.data[at + 1] == '\n') at++;
    return at < s->file.len ? at + 1 : at;
}

/* Feeds lines until a row is whole. Returns 0, or -1 when the quotes are broken. */
static int feed(struct csv_parser *p, reading *r) {
    sectag_csv_table *s = r->s;
    while (r->rows == 0 && s->at < s->file.len) {
        size_t end = line_end(s, s->at), len = end - s->at;
        if (csv_parse(p, s->file.data + s->at, len, on_field, on_row, r) != len) return -1;
        s->at = end;
        s->lines++;
    }
    return r->rows == 0 && csv_fini(p, on_field, on_row, r) ? -1 : 0;
}

static void skip_empty_lines(sectag_csv_table *s) {
    while (s->at < s->file.len && (s->file.data[s->at] == '\n' || s->file.data[s->at] == '\r')) {
        s->at = line_end(s, s->at);
        s->lines++;
    }
}

/* A field that a spreadsheet program put into quotes: shortens it to what is inside. */
static void unquote(sectag_field *f, char *text) {
    size_t n = 0;
    if (f->len < 2 || text[0] != '"' || text[f->len - 1] != '"') return;
    for (size_t i = 1; i + 1 < f->len; i++)
        if (text[i] == '"' && (i + 2 >= f->len || text[++i] != '"')) return;
    for (size_t i = 1; i + 1 < f->len; i++) {
        text[n++] = text[i];
        if (text[i] == '"') i++;
    }
    f->len = n;
}

static int cut_fields(sectag_csv_table *s, sectag_buf *text, sectag_field **row, size_t *len, size_t *cap) {
    *len = 0;
    if (s->ends.len > *cap && sectag_array_grow(row, cap, s->ends.len, sizeof **row)) return SECTAG_ENOMEM;
    for (size_t i = 0, from = 0; i < s->ends.len; from = s->ends.data[i++]) {
        sectag_field f = {text->len ? text->data + from : "", s->ends.data[i] - from};
        if (s->separator == '\t' && f.len) unquote(&f, text->data + from);
        (*row)[(*len)++] = f;
    }
    return 0;
}

/* Reads a row's bytes into s->text and s->ends: 1, 0 at the end, or an error. After broken quotes the next
 * row is looked for in the line behind the first one. */
static int read_row(sectag_csv_table *s, sectag_err *err) {
    struct csv_parser p;
    reading r = {s, 0, 0};
    skip_empty_lines(s);
    if (s->at >= s->file.len) return 0;
    size_t start = s->at;
    uint64_t lines = s->lines;
    s->line = lines + 1;
    sectag_buf_clear(&s->text);
    s->ends.len = 0;
    if (start_parser(s, &p)) return sectag_err_nomem(err);
    int broken = feed(&p, &r), code = csv_error(&p);
    csv_free(&p);
    if (r.full || (broken && code == CSV_ENOMEM)) return sectag_err_nomem(err);
    if (!broken) return r.rows > 0;
    s->at = line_end(s, start);
    s->lines = lines + 1;
    return sectag_err_at(err, SECTAG_EDATA, s->path, s->line, "quotes that do not pair");
}

static int is_empty(const sectag_csv_table *s) {
    return s->text.len == 0;
}

static int check_row(const sectag_csv_table *s, sectag_err *err) {
    size_t good = s->text.len ? sectag_utf8_check(s->text.data, s->text.len) : 0;
    if (good < s->text.len)
        return sectag_err_at(err, SECTAG_EDATA, s->path, s->line, "invalid UTF-8 (save the table as UTF-8)");
    if (s->header.len && s->row.len != s->header.len)
        return sectag_err_at(err, SECTAG_EDATA, s->path, s->line, "%zu fields where the header has %zu",
                             s->row.len, s->header.len);
    return 0;
}

int sectag_csv_table_next(sectag_csv_table *s, sectag_err *err) {
    int rc;
    do rc = read_row(s, err);
    while (rc == 1 && is_empty(s));
    if (rc <= 0) return rc;
    if (cut_fields(s, &s->text, &s->row.data, &s->row.len, &s->row.cap)) return sectag_err_nomem(err);
    rc = check_row(s, err);
    return rc ? rc : 1;
}

/* ---- tables that were opened in the wrong encoding ---- */

/* What stands for the bytes 0x80 to 0x9F in Windows-1252 (0: nothing does). */
static const uint16_t windows_1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                          0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                          0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/* The byte that was read as cp, or -1. Bytes that stand for nothing come as control characters, or from
 * LibreOffice as U+F100 and the byte. */
static int byte_of(uint32_t cp) {
    if (cp < 0x100) return (int)cp;
    if (cp >= 0xF180 && cp <= 0xF19F) return (int)(cp - 0xF100);
    for (int i = 0; i < 32; i++)
        if (windows_1252[i] == cp) return 0x80 + i;
    return -1;
}

/* Does the table begin with a byte order mark that was read as three letters, maybe inside quotes? */
static int was_misread(const sectag_file *f) {
    static const char mark[] = "\xC3\xAF\xC2\xBB\xC2\xBF";
    size_t at = f->len >= 3 && memcmp(f->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    at += at < f->len && f->data[at] == '"';
    return f->len - at >= sizeof mark - 1 && memcmp(f->data + at, mark, sizeof mark - 1) == 0;
}

/* Turns the file's characters back into the bytes that they were read from. */
static int turn_back(sectag_csv_table *s, sectag_err *err) {
    sectag_buf bytes = {0};
    uint64_t line = 1;
    int rc = sectag_buf_reserve(&bytes, s->file.len) ? sectag_err_nomem(err) : 0;
    for (size_t at = 0; at < s->file.len && !rc;) {
        uint32_t cp;
        at += sectag_utf8_next(s->file.data + at, s->file.len - at, &cp, NULL);
        int byte = at <= 3 && cp == 0xFEFF ? 0x20 : byte_of(cp);
        line += byte == '\n';
        if (byte < 0)
            rc = sectag_err_at(err, SECTAG_EDATA, s->path, line,
                               "the table was opened as Windows-1252: open it again as UTF-8");
        else if (sectag_buf_addc(&bytes, (char)byte))
            rc = sectag_err_nomem(err);
    }
    if (rc) {
        sectag_buf_release(&bytes);
        return rc;
    }
    sectag_file_release(&s->file);
    s->file = (sectag_file){bytes.data, bytes.len, 0};
    return 0;
}

/* ---- the header ---- */

static int starts_with(const sectag_csv_table *s, const char *bytes, size_t len) {
    return s->file.len - s->at >= len && memcmp(s->file.data + s->at, bytes, len) == 0;
}

/* The separator that the header has most of. */
static char find_separator(const sectag_csv_table *s) {
    static const char candidates[] = {',', ';', '\t'};
    size_t count[3] = {0}, best = 0;
    for (size_t i = s->at, end = line_end(s, s->at); i < end; i++)
        for (size_t k = 0; k < 3; k++) count[k] += s->file.data[i] == candidates[k];
    for (size_t k = 1; k < 3; k++)
        if (count[k] > count[best]) best = k;
    return candidates[best];
}

/* A byte order mark that a program took for the first name's first letter, and then quoted. */
static void strip_mark(sectag_field *name) {
    if (name->len < 3 || memcmp(name->data, "\xEF\xBB\xBF", 3) != 0) return;
    *name = (sectag_field){name->data + 3, name->len - 3};
    if (name->len < 2 || name->data[0] != '"' || name->data[name->len - 1] != '"') return;
    *name = (sectag_field){name->data + 1, name->len - 2};
}

static int read_header(sectag_csv_table *s, sectag_err *err) {
    if (starts_with(s, "\xEF\xBB\xBF", 3)) s->at = 3;
    if (starts_with(s, "\xFF\xFE", 2) || starts_with(s, "\xFE\xFF", 2))
        return sectag_err_at(err, SECTAG_EDATA, s->path, 1, "this is UTF-16: save the table as UTF-8");
    if (starts_with(s, "sep=", 4)) {
        s->at = line_end(s, s->at);
        s->lines++;
    }
    skip_empty_lines(s);
    s->separator = find_separator(s);
    int rc = read_row(s, err);
    if (rc < 0) return rc;
    if (rc == 0 || is_empty(s)) return sectag_err_at(err, SECTAG_EDATA, s->path, 1, "no header line");
    rc = check_row(s, err);
    if (rc) return rc;
    s->names = s->text;
    s->text = (sectag_buf){0};
    if (cut_fields(s, &s->names, &s->header.data, &s->header.len, &s->header.cap))
        return sectag_err_nomem(err);
    strip_mark(&s->header.data[0]);
    return 0;
}

int sectag_csv_table_open(sectag_csv_table *s, const char *path, sectag_err *err) {
    memset(s, 0, sizeof *s);
    s->path = path;
    int rc = sectag_file_open(&s->file, path, err);
    if (!rc && was_misread(&s->file)) rc = turn_back(s, err);
    if (!rc) rc = read_header(s, err);
    if (rc) sectag_csv_table_release(s);
    return rc;
}
