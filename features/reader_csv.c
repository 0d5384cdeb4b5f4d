/* reader_csv.c: comma-, semicolon- and tab-separated tables, parsed by libcsv. */
#include "features/sheet.h"

#include <csv.h>
#include <string.h>

typedef struct csv_state {
    sectag_sheet sheet;
    size_t column;
    uint64_t row;
    int no_memory;
} csv_state;

static void on_field(void *text, size_t len, void *ctx) {
    csv_state *s = ctx;
    if (sectag_sheet_cell_add(&s->sheet, s->column++, text ? text : "", len)) s->no_memory = 1;
}

static void on_row(int end, void *ctx) {
    csv_state *s = ctx;
    (void)end;
    s->column = 0;
    if (sectag_sheet_row_end(&s->sheet, ++s->row)) s->no_memory = 1;
}

/* Spreadsheets of some countries write semicolons: what the first line has more of. */
static unsigned char delimiter_of(const char *text, size_t len) {
    size_t commas = 0, semicolons = 0;
    for (size_t i = 0; i < len && text[i] != '\n'; i++) {
        commas += text[i] == ',';
        semicolons += text[i] == ';';
    }
    return semicolons > commas ? ';' : ',';
}

static int parse(csv_state *s, const char *text, size_t len, unsigned char delimiter) {
    struct csv_parser parser;
    if (csv_init(&parser, delimiter == '\t' ? CSV_REPALL_NL : 0)) return SECTAG_ENOMEM;
    csv_set_delim(&parser, delimiter);
    if (delimiter == '\t') csv_set_quote(&parser, '\0'); /* TSV has no quotes */
    size_t done = csv_parse(&parser, text, len, on_field, on_row, s);
    int failed = done != len || csv_fini(&parser, on_field, on_row, s);
    csv_free(&parser);
    return failed || s->no_memory ? SECTAG_ENOMEM : 0;
}

static int open_table(sectag_reader *r, int tabs, sectag_err *err) {
    const char *text;
    size_t len;
    csv_state *s = r->state = sectag_zalloc(1, sizeof *s);
    if (!s) return sectag_err_nomem(err);
    int rc = sectag_reader_decode(r, NULL, &text, &len, err);
    if (rc) return rc;
    if (memchr(text, '\0', len))
        return sectag_reader_fail(r, SECTAG_EDATA, err, "this is a binary file, not text");
    if (parse(s, text, len, tabs ? '\t' : delimiter_of(text, len))) return sectag_err_nomem(err);
    return sectag_sheet_choose(&s->sheet, r->o.column, err);
}

static int open_csv(sectag_reader *r, sectag_err *err) {
    return open_table(r, 0, err);
}

static int open_tsv(sectag_reader *r, sectag_err *err) {
    return open_table(r, 1, err);
}

static int next_row(sectag_reader *r, sectag_block *b, sectag_err *err) {
    csv_state *s = r->state;
    int rc = sectag_sheet_next(&s->sheet, r->o.rows, b);
    return rc < 0 ? sectag_err_nomem(err) : rc;
}

static void close_table(sectag_reader *r) {
    csv_state *s = r->state;
    if (s) sectag_sheet_release(&s->sheet);
    free(s);
}

const sectag_reader_type sectag_reader_csv = {
    .name = "csv", .endings = " .csv ", .open = open_csv, .next = next_row, .close = close_table};
const sectag_reader_type sectag_reader_tsv = {
    .name = "tsv", .endings = " .tsv .tab ", .open = open_tsv, .next = next_row, .close = close_table};
