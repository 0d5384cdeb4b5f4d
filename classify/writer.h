/* writer.h: tagged clauses as JSONL, CSV, TSV, HTML, or text for a terminal.
 *
 *   begin  document record record ...  document record ...  end
 *
 * A writer only appends to buffers: the program writes them out. It keeps no state between calls, so
 * records may be written by several threads into buffers of their own and put together in order. `document`
 * stands before the first record that is printed of a document.
 *
 * Formats: `jsonl` one object a line (DESIGN.md, section 3). `csv` (RFC 4180, with a byte order mark so that
 * spreadsheets read it as UTF-8) and `tsv` (tabs and line breaks in text become spaces) with a header line;
 * tags, probabilities and bands are comma-separated lists of equal length; --scores adds two columns an area; the
 * columns of tables that were read stand at the end (carried.h). `html` a page without scripts or links. `text`
 * wrapped, coloured where asked for.
 */
#ifndef SECTAG_WRITER_H
#define SECTAG_WRITER_H

#include "classify/record.h"
#include "features/buf.h"
#include "models/taxonomy.h"

#include <stddef.h>
#include <stdint.h>

struct sectag_format;

typedef struct sectag_writer {
    const struct sectag_format *format;
    const sectag_taxonomy *taxonomy;
    const uint8_t *shown; /* [n_areas] 0: leave the area out; NULL: show all */
    const struct sectag_carried *columns; /* csv, tsv: of the tables that are read, behind our own; NULL: none */
    int scores;           /* also every shown area's score and probability */
    int colour;           /* text: ANSI colours */
    unsigned width;       /* text: columns to wrap at; 0: do not wrap */
    const char *point;    /* jsonl: the operating point as a JSON value; NULL: "f1", the model's own */
    const int8_t *promised; /* [n_areas] jsonl: 1 or 0: does the point keep its promise there; -1: it makes none */
} sectag_writer;

/* Each function appends to out and returns 0 or SECTAG_ENOMEM; all but `record` may be NULL. */
typedef struct sectag_format {
    const char *name;
    const char *summary;
    int (*begin)(const sectag_writer *w, sectag_buf *out);
    int (*document)(const sectag_writer *w, sectag_piece doc, sectag_buf *out);
    int (*record)(const sectag_writer *w, const sectag_record *r, sectag_buf *out);
    int (*end)(const sectag_writer *w, const sectag_totals *totals, sectag_buf *out);
} sectag_format;

/* All formats: format number i, or NULL past the last one. */
const sectag_format *sectag_format_at(size_t i);

/* The format of that name, or NULL. */
const sectag_format *sectag_format_find(const char *name);

/* Is the area part of the output? */
static inline int sectag_writer_shows(const sectag_writer *w, size_t area) {
    return !w->shown || w->shown[area];
}

/* As the members of the format, whatever is NULL there. */
int sectag_writer_begin(const sectag_writer *w, sectag_buf *out);
int sectag_writer_document(const sectag_writer *w, sectag_piece doc, sectag_buf *out);
int sectag_writer_record(const sectag_writer *w, const sectag_record *r, sectag_buf *out);
int sectag_writer_end(const sectag_writer *w, const sectag_totals *totals, sectag_buf *out);

/* ---- the formats, each in its own file ---- */

extern const sectag_format sectag_format_jsonl, sectag_format_csv, sectag_format_tsv, sectag_format_html,
    sectag_format_text;

#endif
