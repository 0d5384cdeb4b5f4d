/* csv_table.h: tables as spreadsheet programs write them, row by row, read by libcsv: comma, semicolon or tab
 * between fields (the header tells), quotes doubled inside quotes, line breaks inside quotes, LF, CRLF or CR,
 * a byte order mark, an Excel line `sep=;`, empty rows at the end.
 *
 * With tabs, a quote is a character like any other unless it stands around a whole field with all inner ones
 * doubled: sectag writes TSV without quotes, spreadsheet programs with them where they feel like it.
 *
 * A program that was not told that a table is UTF-8 opens it as Windows-1252 and saves what it sees: two or
 * three odd letters for each Chinese one. The byte order mark in front gives it away (ï»¿), and the text is
 * turned back into what it was.
 */
#ifndef SECTAG_CSV_TABLE_H
#define SECTAG_CSV_TABLE_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "features/file.h"
#include "features/table.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sectag_csv_table {
    const char *path; /* borrowed */
    sectag_file file;
    size_t at;      /* first byte of the next row */
    uint64_t lines; /* before it */
    uint64_t line;  /* in which the present row begins, from 1 */
    char separator;
    sectag_buf names, text; /* bytes of header and row */
    SECTAG_ARRAY(sectag_field) header;
    SECTAG_ARRAY(sectag_field) row; /* as many fields as the header */
    SECTAG_ARRAY(size_t) ends;      /* of the fields in text, while a row is read */
} sectag_csv_table;

/* Opens the file and reads the header. Returns 0, SECTAG_EIO, SECTAG_ENOMEM or SECTAG_EDATA. */
int sectag_csv_table_open(sectag_csv_table *s, const char *path, sectag_err *err);
void sectag_csv_table_release(sectag_csv_table *s);

/* Reads the next row that is not empty into s->row. Returns 1, or 0 at the end, or SECTAG_ENOMEM, or
 * SECTAG_EDATA with file and line: quotes that do not pair, more or fewer fields than the header, ill-formed
 * UTF-8. Reading may go on then: with the line behind the one where the broken row began. */
int sectag_csv_table_next(sectag_csv_table *s, sectag_err *err);

#endif
