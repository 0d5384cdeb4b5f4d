/* dataset_file.c: a dataset's shipped form, three zstd-compressed text files. */
#include "training/dataset.h"

#include "features/file.h"
#include "features/table.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

static const char *const vectors_name = "vectors.svm.zst", *const vocab_name = "vocab.tsv.zst",
                         *const clauses_name = "clauses.tsv.zst";
enum { ZSTD_LEVEL = 13 };                /* 19 saves another 5 % and takes ten times as long */
#define UNPACKED_MAX ((uint64_t)8 << 30) /* refuse to unpack more than this */

static int join_path(sectag_buf *path, const char *dir, const char *name) {
    sectag_buf_clear(path);
    return sectag_buf_addf(path, "%s/%s", dir, name);
}

/* ---- saving ---- */

static int save_packed(const sectag_buf *text, const char *dir, const char *name, sectag_err *err) {
    sectag_buf path = {0};
    size_t room = ZSTD_compressBound(text->len);
    char *packed = sectag_alloc(room, 1);
    int rc = !packed || join_path(&path, dir, name) ? sectag_err_nomem(err) : 0;
    if (!rc) {
        size_t len = ZSTD_compress(packed, room, text->data ? text->data : "", text->len, ZSTD_LEVEL);
        rc = ZSTD_isError(len) ? sectag_err_set(err, SECTAG_ENOMEM, "zstd: %s", ZSTD_getErrorName(len))
                               : sectag_file_save(path.data, packed, len, err);
    }
    free(packed);
    sectag_buf_release(&path);
    return rc;
}

static int write_vectors(const sectag_dataset *d, sectag_buf *out) {
    int rc = 0;
    for (size_t i = 0; i < d->rows.len && !rc; i++) {
        const sectag_row *r = &d->rows.data[i];
        for (uint32_t k = 0; k < r->labels && !rc; k++)
            rc = sectag_buf_addf(out, "%s%u", k ? "," : "", (unsigned)d->labels.data[r->label + k]);
        for (size_t e = d->off.data[i]; e < d->off.data[i + 1] && !rc; e++)
            rc = sectag_buf_addf(out, " %u:%u", d->counts.data[e].column + 1, d->counts.data[e].count);
        if (!rc) rc = sectag_buf_adds(out, d->off.data[i] == d->off.data[i + 1] ? " \n" : "\n");
    }
    return rc;
}

static int write_vocab(const sectag_vocab *v, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "ngram\tdf\n");
    for (uint32_t c = 0; c < v->n && !rc; c++) {
        size_t len;
        const char *text = sectag_vocab_text(v, c, &len);
        rc = sectag_buf_add(out, text, len) || sectag_buf_addf(out, "\t%u\n", v->df[c]);
    }
    return rc;
}

/* JSON lines may hold a tab or a line break, which a table cannot: they become spaces. */
static int add_field(const sectag_dataset *d, sectag_text t, sectag_buf *out) {
    size_t from = out->len;
    if (t.len ? sectag_buf_add(out, d->strings.data + t.off, t.len) : sectag_buf_addc(out, '-'))
        return SECTAG_ENOMEM;
    for (size_t i = from; i < out->len; i++)
        if ((unsigned char)out->data[i] < ' ') out->data[i] = ' ';
    return 0;
}

static int write_clauses(const sectag_dataset *d, sectag_buf *out) {
    int rc = sectag_buf_adds(out, "id\tdoc\tlang\tregister\n");
    for (size_t i = 0; i < d->rows.len && !rc; i++) {
        const sectag_row *r = &d->rows.data[i];
        rc = add_field(d, r->id, out) || sectag_buf_addc(out, '\t') || add_field(d, r->doc, out) ||
             sectag_buf_addc(out, '\t') || add_field(d, r->lang, out) || sectag_buf_addc(out, '\t') ||
             add_field(d, r->reg, out) || sectag_buf_addc(out, '\n');
    }
    return rc;
}

int sectag_dataset_save(const sectag_dataset *d, const sectag_vocab *v, const char *dir, sectag_err *err) {
    sectag_buf text = {0};
    int rc = write_vectors(d, &text) ? sectag_err_nomem(err) : save_packed(&text, dir, vectors_name, err);
    sectag_buf_clear(&text);
    if (!rc) rc = write_vocab(v, &text) ? sectag_err_nomem(err) : save_packed(&text, dir, vocab_name, err);
    sectag_buf_clear(&text);
    if (!rc)
        rc = write_clauses(d, &text) ? sectag_err_nomem(err) : save_packed(&text, dir, clauses_name, err);
    sectag_buf_release(&text);
    return rc;
}

/* ---- loading ---- */

/* An unpacked file, read line by line. */
typedef struct reader {
    sectag_buf path;
    char *text;
    size_t len, at;
    uint64_t line;
} reader;

static void reader_release(reader *r) {
    free(r->text);
    sectag_buf_release(&r->path);
    memset(r, 0, sizeof *r);
}

static int bad(const reader *r, const char *why, sectag_err *err) {
    return sectag_err_at(err, SECTAG_EDATA, r->path.data, r->line, "%s", why);
}

static int reader_open(reader *r, const char *dir, const char *name, sectag_err *err) {
    sectag_file file;
    memset(r, 0, sizeof *r);
    if (join_path(&r->path, dir, name)) return sectag_err_nomem(err);
    int rc = sectag_file_open(&file, r->path.data, err);
    if (rc) return rc;
    unsigned long long size = ZSTD_getFrameContentSize(file.data, file.len);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > UNPACKED_MAX)
        rc = bad(r, "not a zstd file of known size", err);
    else if (!(r->text = sectag_alloc((size_t)size + 1, 1)))
        rc = sectag_err_nomem(err);
    else {
        r->len = ZSTD_decompress(r->text, (size_t)size, file.data, file.len);
        if (ZSTD_isError(r->len))
            rc = bad(r, ZSTD_getErrorName(r->len), err);
        else
            r->text[r->len] = '\0';
    }
    sectag_file_release(&file);
    return rc;
}

/* The next line without its end, NUL-terminated in place: 1, or 0 at the end. */
static int next_line(reader *r, char **line, size_t *len) {
    if (r->at >= r->len) return 0;
    char *start = r->text + r->at, *end = memchr(start, '\n', r->len - r->at);
    *len = end ? (size_t)(end - start) : r->len - r->at;
    start[*len] = '\0';
    r->at += *len + 1;
    r->line++;
    *line = start;
    return 1;
}

/* Reads a decimal number at *p and moves behind it; -1 where there is none or it is above 2^32 - 2. */
static int64_t read_number(const char **p) {
    int64_t value = 0;
    if (**p < '0' || **p > '9') return -1;
    for (; **p >= '0' && **p <= '9'; ++*p) {
        value = value * 10 + (**p - '0');
        if (value >= UINT32_MAX) return -1;
    }
    return value;
}

static int load_vocab(sectag_vocab_builder *b, size_t *n, const char *dir, sectag_err *err) {
    reader r;
    char *line;
    size_t len;
    int rc = reader_open(&r, dir, vocab_name, err);
    if (!rc && (!next_line(&r, &line, &len) || strcmp(line, "ngram\tdf") != 0))
        rc = bad(&r, "not a vocabulary", err);
    const char *before = "";
    for (*n = 0; !rc && next_line(&r, &line, &len); ++*n) {
        char *tab = strchr(line, '\t');
        const char *p = tab ? tab + 1 : line;
        int64_t df = tab ? read_number(&p) : -1;
        sectag_err why = {0};
        if (df < 0 || *p || tab == line)
            rc = bad(&r, "not an n-gram, a tab and a number", err);
        else if ((*tab = '\0', strcmp(before, line) > 0))
            rc = bad(&r, "the n-grams are not in byte order", err);
        else if ((rc = sectag_vocab_add_text(b, line, (size_t)(tab - line), (uint32_t)df, &why)))
            rc = bad(&r, why.msg, err);
        before = line;
    }
    reader_release(&r);
    return rc;
}

static int parse_labels(sectag_dataset *d, const char **p, sectag_row *row, size_t n_areas) {
    row->label = (uint32_t)d->labels.len;
    while (**p != ' ' && **p) {
        int64_t area = read_number(p);
        if (area < 0 || (size_t)area >= n_areas) return SECTAG_EDATA;
        if (sectag_array_push(&d->labels, (uint16_t)area)) return SECTAG_ENOMEM;
        row->labels++;
        if (**p == ',') ++*p;
    }
    return 0;
}

static int parse_counts(sectag_dataset *d, const char **p) {
    int64_t before = 0;
    while (**p == ' ') {
        ++*p;
        if (!**p) break;
        int64_t column = read_number(p), count = **p == ':' ? (++*p, read_number(p)) : -1;
        if (column <= before || (size_t)column > d->n_columns || count <= 0) return SECTAG_EDATA;
        sectag_count entry = {(uint32_t)(column - 1), (uint32_t)count};
        if (sectag_array_push(&d->counts, entry)) return SECTAG_ENOMEM;
        before = column;
    }
    return **p ? SECTAG_EDATA : 0;
}

/* Fills rows by number: clauses.tsv must have the same lines in the same order. */
static int load_vectors(sectag_dataset *d, const char *dir, sectag_err *err) {
    reader r;
    char *line;
    size_t len;
    int rc = reader_open(&r, dir, vectors_name, err);
    if (!rc && sectag_array_push(&d->off, 0)) rc = sectag_err_nomem(err);
    while (!rc && next_line(&r, &line, &len)) {
        sectag_row row = {.doc_number = SECTAG_NO_DOC};
        const char *p = line;
        rc = parse_labels(d, &p, &row, d->n_areas);
        if (!rc) rc = parse_counts(d, &p);
        if (rc == SECTAG_EDATA)
            rc = bad(&r, "not a multi-label LIBSVM vector of this vocabulary", err);
        else if (rc || sectag_array_push(&d->rows, row) || sectag_array_push(&d->off, d->counts.len))
            rc = sectag_err_nomem(err);
    }
    reader_release(&r);
    return rc;
}

static int keep_field(sectag_dataset *d, const char *data, size_t len, sectag_text *out) {
    if (len == 1 && *data == '-') len = 0;
    *out = (sectag_text){d->strings.len, len};
    return sectag_buf_add(&d->strings, data, len);
}

static int parse_clause(sectag_dataset *d, const char *line, sectag_row *row) {
    sectag_text *field[4] = {&row->id, &row->doc, &row->lang, &row->reg};
    for (int k = 0; k < 4; k++) {
        size_t len = strcspn(line, "\t");
        if ((line[len] == '\t') != (k < 3)) return SECTAG_EDATA;
        if (keep_field(d, line, len, field[k])) return SECTAG_ENOMEM;
        line += len + 1;
    }
    return 0;
}

static int load_clauses(sectag_dataset *d, const char *dir, sectag_err *err) {
    reader r;
    char *line;
    size_t len, i = 0;
    int rc = reader_open(&r, dir, clauses_name, err);
    if (!rc && !next_line(&r, &line, &len)) rc = bad(&r, "empty", err);
    for (; !rc && next_line(&r, &line, &len); i++) {
        rc = i < d->rows.len ? parse_clause(d, line, &d->rows.data[i]) : SECTAG_EDATA;
        if (!rc) rc = sectag_dataset_number_doc(d, i);
        if (rc) rc = rc == SECTAG_EDATA ? bad(&r, "does not fit the vectors", err) : sectag_err_nomem(err);
    }
    if (!rc && i != d->rows.len) rc = bad(&r, "fewer lines than vectors", err);
    reader_release(&r);
    return rc;
}

int sectag_dataset_load(sectag_dataset *d, size_t n_areas, const sectag_terms *terms, sectag_vocab_builder *b,
                        const char *dir, sectag_err *err) {
    int rc = load_vocab(b, &d->n_grams, dir, err);
    d->n_areas = n_areas;
    d->n_columns = sectag_vector_columns(d->n_grams, terms);
    if (!rc) rc = load_vectors(d, dir, err);
    return rc ? rc : load_clauses(d, dir, err);
}
