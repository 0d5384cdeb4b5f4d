/* writer_csv.c: CSV (quoted by libcsv) and TSV. Both are one walk over the fields of a record; they differ in
 * how a field is put down. */
#include "classify/carried.h"
#include "classify/put.h"
#include "classify/writer.h"

#include <csv.h>
#include <jansson.h>
#include <string.h>

/* How a table is written. */
typedef struct dialect {
    const char *separator, *line_end;
    int (*field)(sectag_buf *out, const char *text, size_t len);
} dialect;

static int csv_field(sectag_buf *out, const char *text, size_t len) {
    size_t room = 2 * len + 2; /* every byte a doubled quote, and the quotes around them */
    if (sectag_buf_reserve(out, room)) return SECTAG_ENOMEM;
    out->len += csv_write(out->data + out->len, room, text, len);
    out->data[out->len] = '\0';
    return 0;
}

static const dialect csv = {",", "\r\n", csv_field}, tsv = {"\t", "\n", sectag_put_plain};

static int put_field(const dialect *d, sectag_buf *out, const char *text, size_t len, int first) {
    int rc = first ? 0 : sectag_buf_adds(out, d->separator);
    return rc | d->field(out, text, len);
}

/* Moves a field that was put together in `scratch` to the output. */
static int flush_field(const dialect *d, sectag_buf *out, sectag_buf *scratch) {
    int rc = put_field(d, out, scratch->len ? scratch->data : "", scratch->len, 0);
    sectag_buf_clear(scratch);
    return rc;
}

static int put_header(const dialect *d, const sectag_writer *w, sectag_buf *out) {
    static const sectag_piece names[] = {{"doc", 3},   {"clause", 6},  {"page", 4}, {"start", 5},
                                         {"end", 3},   {"heading", 7}, {"tags", 4}, {"probabilities", 13},
                                         {"bands", 5}, {"text", 4}};
    sectag_buf name = {0};
    int rc = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        rc |= put_field(d, out, names[i].text, names[i].len, i == 0);
    for (size_t a = 0; w->scores && a < w->taxonomy->areas.len; a++) {
        if (!sectag_writer_shows(w, a)) continue;
        rc |= sectag_buf_addf(&name, "%s.s", w->taxonomy->areas.data[a].code) | flush_field(d, out, &name);
        rc |= sectag_buf_addf(&name, "%s.p", w->taxonomy->areas.data[a].code) | flush_field(d, out, &name);
    }
    for (size_t i = 0; w->columns && i < w->columns->list.len; i++) {
        const char *head = w->columns->list.data[i].head;
        rc |= put_field(d, out, head, strlen(head), 0);
    }
    sectag_buf_release(&name);
    return rc | sectag_buf_adds(out, d->line_end);
}

static int put_place(const dialect *d, const sectag_record *r, sectag_buf *out, sectag_buf *scratch) {
    int rc = put_field(d, out, r->doc.text, r->doc.len, 1);
    rc |= sectag_put_count(scratch, r->clause) | flush_field(d, out, scratch);
    if (r->page) rc |= sectag_put_count(scratch, r->page);
    rc |= flush_field(d, out, scratch);
    rc |= sectag_put_count(scratch, r->start) | flush_field(d, out, scratch);
    rc |= sectag_put_count(scratch, r->end) | flush_field(d, out, scratch);
    for (size_t i = 0; i < r->n_heading; i++) {
        if (i) rc |= sectag_buf_adds(scratch, " > ");
        rc |= sectag_buf_add(scratch, r->heading[i].text, r->heading[i].len);
    }
    return rc | flush_field(d, out, scratch);
}

static int put_tags(const dialect *d, const sectag_writer *w, const sectag_record *r, sectag_buf *out,
                    sectag_buf *scratch) {
    int rc = 0;
    for (size_t i = 0; i < r->n_tags; i++) {
        if (i) rc |= sectag_buf_addc(scratch, ',');
        rc |= sectag_buf_adds(scratch, w->taxonomy->areas.data[r->tag[i]].code);
    }
    rc |= flush_field(d, out, scratch);
    for (size_t i = 0; i < r->n_tags; i++) {
        if (i) rc |= sectag_buf_addc(scratch, ',');
        rc |= sectag_put_number(scratch, r->verdict[r->tag[i]].probability);
    }
    rc |= flush_field(d, out, scratch);
    for (size_t i = 0; i < r->n_tags; i++) {
        if (i) rc |= sectag_buf_addc(scratch, ',');
        rc |= sectag_buf_adds(scratch, sectag_band_name(r->verdict[r->tag[i]].band));
    }
    return rc | flush_field(d, out, scratch);
}

/* A record's cells beside its text, each under its column. They are JSON since that is what most outputs want. */
static int put_columns(const dialect *d, const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    if (!w->columns || !w->columns->list.len) return 0;
    json_t *cells = r->columns.len ? json_loadb(r->columns.text, r->columns.len, 0, NULL) : NULL;
    int rc = 0;
    for (size_t i = 0; i < w->columns->list.len; i++) {
        const json_t *cell = json_object_get(cells, w->columns->list.data[i].name);
        const char *text = json_string_value(cell);
        rc |= put_field(d, out, text ? text : "", text ? json_string_length(cell) : 0, 0);
    }
    json_decref(cells);
    return rc;
}

static int put_row(const dialect *d, const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    sectag_buf scratch = {0};
    int rc = put_place(d, r, out, &scratch) | put_tags(d, w, r, out, &scratch);
    rc |= put_field(d, out, r->text.text, r->text.len, 0);
    for (size_t a = 0; w->scores && a < w->taxonomy->areas.len; a++) {
        if (!sectag_writer_shows(w, a)) continue;
        rc |= sectag_put_number(&scratch, r->verdict[a].score) | flush_field(d, out, &scratch);
        rc |= sectag_put_number(&scratch, r->verdict[a].probability) | flush_field(d, out, &scratch);
    }
    sectag_buf_release(&scratch);
    return rc | put_columns(d, w, r, out) | sectag_buf_adds(out, d->line_end);
}

static int begin_csv(const sectag_writer *w, sectag_buf *out) {
    return sectag_buf_adds(out, "\xEF\xBB\xBF") | put_header(&csv, w, out);
}

static int begin_tsv(const sectag_writer *w, sectag_buf *out) {
    return put_header(&tsv, w, out);
}

static int put_csv(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    return put_row(&csv, w, r, out);
}

static int put_tsv(const sectag_writer *w, const sectag_record *r, sectag_buf *out) {
    return put_row(&tsv, w, r, out);
}

const sectag_format sectag_format_csv = {
    .name = "csv", .summary = "a table for spreadsheets", .begin = begin_csv, .record = put_csv};
const sectag_format sectag_format_tsv = {
    .name = "tsv", .summary = "a table for text tools", .begin = begin_tsv, .record = put_tsv};
