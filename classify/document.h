/* document.h: a document of any kind, or its lines or rows, as records ready for tagging.
 *
 *   file or pipe -> reader (blocks of text) -> splitter -> records (verdicts not yet there)
 *                                           -> lines, rows
 *
 * What the splitter did not consume goes before the next block, so memory does not grow with a plain text
 * (with its longest line in lines mode). start and end are bytes of the document's text as features/reader.h
 * defines it; for UTF-8 plain text they are bytes of the file, in which a byte order mark counts.
 *
 * A document that cannot be read is refused before its first record, but for faults that show late: a pipe
 * that breaks off, a damaged page.
 */
#ifndef SECTAG_DOCUMENT_H
#define SECTAG_DOCUMENT_H

#include "classify/record.h"
#include "features/err.h"

#include <stdint.h>

typedef struct sectag_document_options {
    int lines; /* 1: each line of a plain text, row of a table or block of another document is a record as it
                  stands; ill-formed bytes of UTF-8 become U+FFFD with a warning for the line */
    void *ctx;
    sectag_record_fn *record;
    void (*warning)(void *ctx, const sectag_err *warning);
    const char *encoding; /* as in sectag_reader_options; borrowed */
    const char *column;
    struct sectag_isolation *isolation; /* likewise */
    int (*idle)(void *ctx,
                sectag_err *err); /* as in sectag_reader_options: records given so far should be seen to */
} sectag_document_options;

/* What the last read met. */
typedef struct sectag_document_counts {
    uint64_t clauses, bytes; /* bytes: of the file */
    uint64_t page_numbers;   /* page numbers, running headers and footers that were left out */
    uint64_t bad_lines;      /* lines mode: lines with ill-formed bytes, each of which was a warning */
    uint64_t replaced;       /* else: undecodable bytes that became U+FFFD; all of them are one warning */
    int stopped;             /* the read ended because `record` returned an error */
    const char *reader;      /* "pdf", "text", ... */
    const char *encoding;    /* that was assumed; NULL: none was */
} sectag_document_counts;

typedef struct sectag_document sectag_document;

/* Keeps a copy of the options. NULL when memory is short. */
sectag_document *sectag_document_new(const sectag_document_options *options);
void sectag_document_free(sectag_document *d);

/* Reads the file at path ("-": standard input) and calls `record` for each clause or line in order. Returns
 * 0, SECTAG_EIO, SECTAG_ENOMEM, SECTAG_EDATA (what is wrong with the document, and what to do), SECTAG_EARG
 * (no such encoding or column), or the error that `record` returned. */
int sectag_document_read(sectag_document *d, const char *path, sectag_err *err);

/* Gives the document's text, the one that start and end count in, piece by piece to `put` instead. */
typedef int sectag_document_put(void *ctx, const char *text, size_t len, sectag_err *err);
int sectag_document_text(sectag_document *d, const char *path, sectag_document_put *put, void *ctx,
                         sectag_err *err);

const sectag_document_counts *sectag_document_counted(const sectag_document *d);

#endif
