/* layout.h: a page of placed characters put into reading order: lines, columns of text, tables.
 *
 *   glyphs -> runs (no wide gap within) -> rows (runs side by side) -> flows (a column after the other), in
 * which rows are lines of text, or rows of a table with a cell for each of its columns
 *
 * Where ruled lines are known, text within a box of them is a table cell, and cells that begin at one height
 * are a row.
 *
 * Lengths are points from the page's upper left corner. Knows nothing of PDF.
 */
#ifndef SECTAG_LAYOUT_H
#define SECTAG_LAYOUT_H

#include "features/array.h"
#include "features/buf.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_box {
    double x1, y1, x2, y2;
} sectag_box;

/* A character and where it stands; ' ' and '\n' between words and lines as a first guess, in any order of
 * lines. */
typedef struct sectag_glyph {
    sectag_box box;
    uint32_t cp;
} sectag_glyph;

/* Characters of one line without a wide gap between them; its text is layout.text[at, at + len). */
typedef struct sectag_run {
    sectag_box box;
    double em; /* width of a wide character, or what it would be */
    size_t at, len;
} sectag_run;

/* Runs [first, first + n) of layout.runs, from left to right. */
typedef struct sectag_row {
    sectag_box box;
    double em;
    size_t first, n;
    int dropped; /* set by the caller between the two steps: no part of the text */
} sectag_row;

/* A line of text or a physical line of a table, in reading order. */
typedef struct sectag_layout_line {
    sectag_row row;
    double left, right; /* margins of its flow */
    double pitch;       /* usual distance of line tops in the flow; 0: unknown */
    uint32_t flow;      /* columns are numbered from 1 */
    uint32_t table;     /* tables from 1; 0: text */
    uint32_t table_row; /* within the table, from 1: several lines may form a row */
    uint32_t cell; /* of a ruled table: the whole line stands in this cell, numbered from 1; left and right
                      are its sides. 0: columns are found by sectag_layout_column */
} sectag_layout_line;

/* A run within a ruled box. */
typedef struct sectag_boxed {
    sectag_box cell;
    sectag_run run;
} sectag_boxed;

/* Zero-initialised: empty. */
typedef struct sectag_layout {
    sectag_buf text;
    SECTAG_ARRAY(sectag_run) runs;
    SECTAG_ARRAY(sectag_row) rows; /* from top to bottom */
    SECTAG_ARRAY(sectag_layout_line) lines;
    SECTAG_ARRAY(double) edges; /* of a table's columns: left, right, left, right, ... */
    SECTAG_ARRAY(double) gaps;
    SECTAG_ARRAY(sectag_box) across, down; /* ruled lines, set by the caller before step 1 */
    SECTAG_ARRAY(sectag_boxed) boxed;
} sectag_layout;

void sectag_layout_release(sectag_layout *l);

/* Step 1: the page's rows. Returns 0 or SECTAG_ENOMEM. */
int sectag_layout_rows(sectag_layout *l, const sectag_glyph *glyphs, size_t n);

/* Step 2: the rows that are not dropped as lines in reading order. Returns 0 or SECTAG_ENOMEM. */
int sectag_layout_lines(sectag_layout *l);

/* Appends a row's text, a blank between its runs. Returns 0 or SECTAG_ENOMEM. */
int sectag_layout_text(const sectag_layout *l, const sectag_row *row, sectag_buf *out);

/* The column, from 1, of the table line's run. */
uint32_t sectag_layout_column(const sectag_layout *l, const sectag_layout_line *line, const sectag_run *run);

#endif
