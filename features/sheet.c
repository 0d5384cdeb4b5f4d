#include "features/sheet.h"

#include "features/reflow.h"
#include "features/utf8.h"

#include <stdlib.h>
#include <string.h>

void sectag_sheet_release(sectag_sheet *s) {
    sectag_buf_release(&s->text);
    sectag_buf_release(&s->names);
    free(s->cells.data);
    free(s->rows.data);
    free(s->beside.data);
    free(s->header.data);
    memset(s, 0, sizeof *s);
}

void sectag_sheet_clear(sectag_sheet *s) {
    sectag_buf_clear(&s->text);
    sectag_buf_clear(&s->names);
    s->cells.len = s->rows.len = s->header.len = 0;
    s->row_first = s->next_row = s->next_byte = 0;
    s->header_row = 0;
    s->column = 0;
}

/* ---- filling ---- */

static size_t skip_blank(const char *text, size_t len) {
    size_t at = 0;
    while (at < len) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (!sectag_is_space(cp)) break;
        at += size;
    }
    return at;
}

int sectag_sheet_cell_add(sectag_sheet *s, size_t column, const char *text, size_t len) {
    if (column >= SECTAG_SHEET_COLUMNS || len == 0 || skip_blank(text, len) == len) return 0;
    sectag_sheet_cell cell = {s->text.len, len, (uint32_t)column};
    return sectag_buf_add(&s->text, text, len) || sectag_array_push(&s->cells, cell) ? SECTAG_ENOMEM : 0;
}

int sectag_sheet_row_end(sectag_sheet *s, uint64_t number) {
    sectag_sheet_row row = {s->row_first, s->cells.len - s->row_first, number};
    s->row_first = s->cells.len;
    return sectag_array_push(&s->rows, row) ? SECTAG_ENOMEM : 0;
}

/* ---- the header ---- */

static const sectag_sheet_cell *cell_of(const sectag_sheet *s, const sectag_sheet_row *row, uint32_t column) {
    for (size_t i = row->first; i < row->first + row->n; i++)
        if (s->cells.data[i].column == column) return &s->cells.data[i];
    return NULL;
}

static const char *text_of(const sectag_sheet *s, const sectag_sheet_cell *cell) {
    return s->text.data + cell->at;
}

/* Digits, with what stands between them in numbers, dates and rates. */
static int is_number(const char *text, size_t len) {
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            digits++;
        else if (!strchr("+-.,/:% eE", text[i]))
            return 0;
    }
    return digits > 0;
}

/* A column's name is short and no sentence. */
static int is_name(const char *text, size_t len) {
    return !is_number(text, len) && sectag_columns(text, len) <= 60 &&
           sectag_reflow_tail(text, len) != SECTAG_TAIL_STOP;
}

/* The names stand in the first row with at least two cells, or with one in a table of one column. */
static size_t find_header(const sectag_sheet *s) {
    size_t widest = 0;
    for (size_t i = 0; i < s->rows.len; i++)
        if (s->rows.data[i].n > widest) widest = s->rows.data[i].n;
    for (size_t i = 0; i < s->rows.len; i++) {
        const sectag_sheet_row *row = &s->rows.data[i];
        if (row->n == 0 || row->n * 2 < widest) continue;
        for (size_t k = row->first; k < row->first + row->n; k++)
            if (!is_name(text_of(s, &s->cells.data[k]), s->cells.data[k].len)) return s->rows.len;
        return i;
    }
    return s->rows.len;
}

/* A, B, ..., Z, AA, ... as spreadsheets name columns. */
static int put_letters(sectag_buf *out, size_t column) {
    char letters[8];
    size_t at = sizeof letters;
    for (size_t n = column + 1; n; n = (n - 1) / 26) letters[--at] = (char)('A' + (n - 1) % 26);
    return sectag_buf_add(out, letters + at, sizeof letters - at);
}

static size_t count_columns(const sectag_sheet *s) {
    uint32_t last = 0;
    for (size_t i = 0; i < s->cells.len; i++)
        if (s->cells.data[i].column >= last) last = s->cells.data[i].column + 1;
    return last;
}

/* Names every column: by the header, or by its letter. */
static int name_columns(sectag_sheet *s, size_t header) {
    const sectag_sheet_row *row = header < s->rows.len ? &s->rows.data[header] : NULL;
    size_t n = count_columns(s);
    if (sectag_array_reserve(&s->header, n) || sectag_buf_reserve(&s->names, 4 * n)) return SECTAG_ENOMEM;
    for (uint32_t c = 0; c < n; c++) {
        const sectag_sheet_cell *cell = row ? cell_of(s, row, c) : NULL;
        size_t at = s->names.len;
        if (!cell && put_letters(&s->names, c)) return SECTAG_ENOMEM;
        sectag_cell name = {.name = cell ? text_of(s, cell) : s->names.data + at,
                            .name_len = cell ? cell->len : s->names.len - at};
        s->header.data[s->header.len++] = name;
    }
    s->header_row = row ? row->number : 0;
    s->next_row = row ? header + 1 : 0;
    return 0;
}

/* ---- the column with the clauses ---- */

/* Columns that the cells' text takes up; addresses and numbers are no text. */
static uint32_t column_of_most_text(const sectag_sheet *s) {
    uint32_t best = 0;
    uint64_t most = 0;
    for (uint32_t c = 0; c < s->header.len; c++) {
        uint64_t columns = 0;
        for (size_t i = s->next_row; i < s->rows.len; i++) {
            const sectag_sheet_cell *cell = cell_of(s, &s->rows.data[i], c);
            if (!cell || is_number(text_of(s, cell), cell->len)) continue;
            if (!sectag_begins(text_of(s, cell), cell->len, "http"))
                columns += sectag_columns(text_of(s, cell), cell->len);
        }
        if (columns > most) best = c;
        if (columns > most) most = columns;
    }
    return best;
}

static int column_by_letter(const char *wanted, size_t n, uint32_t *column) {
    size_t value = 0;
    for (const char *at = wanted; *at; at++) {
        if (at - wanted > 2 || !((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z'))) return 0;
        value = value * 26 + (size_t)((*at & 0x1F));
    }
    *column = (uint32_t)(value - 1);
    return value > 0 && value <= n;
}

int sectag_sheet_choose(sectag_sheet *s, const char *wanted, sectag_err *err) {
    if (name_columns(s, find_header(s))) return sectag_err_nomem(err);
    if (!wanted) {
        s->column = column_of_most_text(s);
        return 0;
    }
    for (uint32_t c = 0; c < s->header.len; c++) {
        const sectag_cell *name = &s->header.data[c];
        if (name->name_len != strlen(wanted) || memcmp(name->name, wanted, name->name_len) != 0) continue;
        s->column = c;
        return 0;
    }
    if (column_by_letter(wanted, s->header.len, &s->column)) return 0;
    return sectag_err_set(err, SECTAG_EARG, "no column is called \"%.60s\"", wanted);
}

/* ---- rows as blocks ---- */

static int set_beside(sectag_sheet *s, const sectag_sheet_row *row) {
    s->beside.len = 0;
    if (sectag_array_reserve(&s->beside, row->n)) return SECTAG_ENOMEM;
    for (size_t i = row->first; i < row->first + row->n; i++) {
        const sectag_sheet_cell *cell = &s->cells.data[i];
        if (cell->column == s->column) continue;
        sectag_cell beside = s->header.data[cell->column];
        beside.text = text_of(s, cell);
        beside.len = cell->len;
        s->beside.data[s->beside.len++] = beside;
    }
    return 0;
}

/* The cell's next line; 0: there is none. */
static int next_line(sectag_sheet *s, const sectag_sheet_cell *cell, sectag_block *b) {
    const char *text = text_of(s, cell);
    while (s->next_byte < cell->len) {
        const char *from = text + s->next_byte, *feed = memchr(from, '\n', cell->len - s->next_byte);
        size_t len = feed ? (size_t)(feed - from) : cell->len - s->next_byte;
        s->next_byte += len + 1;
        if (skip_blank(from, len) == len) continue;
        b->text = from;
        b->len = len;
        return 1;
    }
    return 0;
}

int sectag_sheet_next(sectag_sheet *s, int rows, sectag_block *b) {
    for (; s->next_row < s->rows.len; s->next_row++, s->next_byte = 0) {
        const sectag_sheet_row *row = &s->rows.data[s->next_row];
        const sectag_sheet_cell *cell = cell_of(s, row, s->column);
        *b = (sectag_block){.text = cell && rows ? text_of(s, cell) : "",
                            .len = cell && rows ? cell->len : 0,
                            .kind = SECTAG_BLOCK_ITEM,
                            .row = row->number - s->header_row};
        if (rows ? row->n == 0 : !cell || !next_line(s, cell, b)) continue;
        if (set_beside(s, row)) return SECTAG_ENOMEM;
        b->cells = s->beside.data;
        b->n_cells = s->beside.len;
        if (rows) s->next_row++;
        return 1;
    }
    return 0;
}
