/* sheet.h: a table in memory, cell by cell, and its rows as blocks: one column's cell is the text, the others
 * go along. What the CSV, TSV and XLSX readers have in common.
 *
 *   sectag_sheet_cell ... sectag_sheet_row ... sectag_sheet_choose -> sectag_sheet_next, a block a row
 */
#ifndef SECTAG_SHEET_H
#define SECTAG_SHEET_H

#include "features/array.h"
#include "features/buf.h"
#include "features/reader.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_SHEET_COLUMNS = 16384 }; /* as in a spreadsheet; cells further right are left out */

/* Bytes [at, at + len) of the sheet's text. */
typedef struct sectag_sheet_cell {
    size_t at, len;
    uint32_t column; /* from 0 */
} sectag_sheet_cell;

/* Cells [first, first + n), those of empty text left out, in order of columns. */
typedef struct sectag_sheet_row {
    size_t first, n;
    uint64_t number; /* in the file, from 1 */
} sectag_sheet_row;

/* Zero-initialised: empty. The arrays are filled by the functions below. */
typedef struct sectag_sheet {
    sectag_buf text, names; /* of cells; of columns that have no header */
    SECTAG_ARRAY(sectag_sheet_cell) cells;
    SECTAG_ARRAY(sectag_sheet_row) rows;
    SECTAG_ARRAY(sectag_cell) beside; /* of the row given out last */
    SECTAG_ARRAY(sectag_cell) header; /* name of each column */
    size_t row_first;                 /* first cell of the row being filled */
    uint32_t column;                  /* with the clauses */
    size_t next_row, next_byte;       /* to be given out: within the row, from this byte of its cell */
    uint64_t header_row;              /* number of the row with the names; 0: there is none */
} sectag_sheet;

void sectag_sheet_release(sectag_sheet *s);

/* Forgets all cells, keeps the memory. */
void sectag_sheet_clear(sectag_sheet *s);

/* Adds a cell to the row being filled; columns must rise within a row. Returns 0 or SECTAG_ENOMEM. */
int sectag_sheet_cell_add(sectag_sheet *s, size_t column, const char *text, size_t len);

/* Ends the row being filled. Returns 0 or SECTAG_ENOMEM. */
int sectag_sheet_row_end(sectag_sheet *s, uint64_t number);

/* Finds the header and the column with the clauses: `wanted` by name or, where no column is named so, by
 * letter; NULL: the one with the most text. Returns 0, SECTAG_ENOMEM, or SECTAG_EARG: there is no such
 * column. */
int sectag_sheet_choose(sectag_sheet *s, const char *wanted, sectag_err *err);

/* The next block; `rows` as in sectag_reader_options. 1, 0 at the end, or SECTAG_ENOMEM. */
int sectag_sheet_next(sectag_sheet *s, int rows, sectag_block *b);

#endif
