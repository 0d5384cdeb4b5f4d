/* table.h: reading tab-separated tables with a header line, row by row, with errors by file and line.
 *
 * Labelled corpora, term lists and taxonomies are such tables. Lines end in LF or CRLF, a UTF-8 byte order
 * mark is skipped, empty lines are skipped. There is no quoting: a tab or a line break cannot stand in a
 * field.
 */
#ifndef SECTAG_TABLE_H
#define SECTAG_TABLE_H

#include "features/array.h"
#include "features/err.h"
#include "features/file.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes in the table's file; not NUL-terminated. */
typedef struct sectag_field {
    const char *data;
    size_t len;
} sectag_field;

typedef struct sectag_table {
    char path[512];
    sectag_file file;
    size_t at;     /* next unread byte */
    uint64_t line; /* line number of the current row */
    SECTAG_ARRAY(sectag_field) header;
    SECTAG_ARRAY(sectag_field) row; /* as many fields as the header */
} sectag_table;

/* Opens path and reads the header. Returns 0, SECTAG_EIO, SECTAG_ENOMEM, or SECTAG_EDATA (no header). */
int sectag_table_open(sectag_table *t, const char *path, sectag_err *err);
void sectag_table_release(sectag_table *t);

/* The column of that name, or -1. */
int sectag_table_column(const sectag_table *t, const char *name);

/* The column of that name, or SECTAG_EDATA naming it. */
int sectag_table_need(const sectag_table *t, const char *name, size_t *column, sectag_err *err);

/* Reads the next row into t->row. Returns 1, or 0 at the end, or SECTAG_EDATA (with file and line: a row with
 * more or fewer fields than the header, or ill-formed UTF-8) or SECTAG_ENOMEM. */
int sectag_table_next(sectag_table *t, sectag_err *err);

/* Is the field exactly this string? */
int sectag_field_is(sectag_field f, const char *string);

#endif
