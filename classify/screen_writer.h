/* screen_writer.h: a screening and its crosswalk as JSONL, CSV, HTML or an SQLite database.
 *
 *   jsonl   {"type":"clause",...} a tagged filing clause, its tags and their matches; then
 * {"type":"open",...} a policy clause that no filing clause answers to; then {"type":"coverage",...} an area
 *   csv     a row a match, kind `match`; `alone`: a filing clause without one; `open`: a policy clause
 * without one sqlite  tables documents, clauses, tags, matches, shared, coverage html    one page that needs
 * nothing else (screen_html.c)
 *
 * Offsets `start` and `end` of clauses and of what they share are bytes of the documents' text
 * (features/reader.h).
 */
#ifndef SECTAG_SCREEN_WRITER_H
#define SECTAG_SCREEN_WRITER_H

#include "classify/crosswalk.h"
#include "classify/output.h"
#include "classify/screening.h"
#include "features/buf.h"

#include <stddef.h>

/* What is written. All borrowed. */
typedef struct sectag_screen_result {
    const sectag_screening *filings, *policies; /* policies: without documents where none were given */
    const sectag_crosswalk *crosswalk;
    const sectag_crosswalk_options *options;
    const uint8_t *shown; /* [n_areas] */
    const char *point;    /* the operating point as a JSON value; NULL: "f1", the model's own */
    const int8_t
        *promised; /* [n_areas] 1 or 0: does the point keep its promise there; -1 or NULL: it makes none */
    const char *language; /* html: "zh" or "en" */
    const char *version;  /* of the program */
} sectag_screen_result;

typedef struct sectag_screen_format {
    const char *name;
    /* Writes all. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
    int (*write)(const sectag_screen_result *r, sectag_output *out, sectag_err *err);
    int needs_file; /* cannot be written to a pipe */
} sectag_screen_format;

/* Format number i, or NULL past the last one. */
const sectag_screen_format *sectag_screen_format_at(size_t i);
const sectag_screen_format *sectag_screen_format_find(const char *name);

/* Writes the buffer out and empties it once it is large, or when `last`. `failed`: an append to it has
 * failed. Returns 0, SECTAG_EIO or SECTAG_ENOMEM. */
int sectag_screen_flush(sectag_buf *b, int failed, int last, sectag_output *out, sectag_err *err);

/* What a screening holds of an area: policy clauses, those of them that are answered, filing clauses. */
typedef struct sectag_screen_coverage {
    size_t policies, answered, filings;
} sectag_screen_coverage;
sectag_screen_coverage sectag_screen_cover(const sectag_screen_result *r, uint32_t area);

/* ---- short cuts into a screening ---- */

static inline const sectag_screened_clause *sectag_screen_clause_of(const sectag_screening *s, size_t tag) {
    return &s->clauses.data[s->tags.data[tag].clause];
}

/* Appends the headings above a clause, with " / " between. Returns 0 or SECTAG_ENOMEM. */
int sectag_screen_put_path(const sectag_screening *s, const sectag_screened_clause *c, sectag_buf *out);

extern const sectag_screen_format sectag_screen_jsonl, sectag_screen_csv, sectag_screen_sqlite,
    sectag_screen_html;

#endif
