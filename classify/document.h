/* document.h: a text document, or its lines, as records ready for tagging.
 *
 *   file or pipe -> blocks of 1 MiB -> UTF-8 check -> splitter -> records (verdicts not yet there)
 *                                                  -> lines
 *
 * What the splitter did not consume goes before the next block, so memory does not grow with the document
 * (with its longest line in lines mode). A byte order mark is no part of the text, but counts in offsets:
 * start and end are always bytes of the file.
 *
 * A file that is not well-formed UTF-8, or not text at all, is refused before its first record. A pipe cannot
 * be read twice: its records up to the block with the fault have been given out by then.
 */
#ifndef SECTAG_DOCUMENT_H
#define SECTAG_DOCUMENT_H

#include "classify/record.h"
#include "features/err.h"

#include <stdint.h>

typedef struct sectag_document_options {
    int lines; /* 1: each line is a record as it stands; ill-formed bytes become U+FFFD with a warning for the
                  line */
    void *ctx;
    sectag_record_fn *record;
    void (*warning)(void *ctx, const sectag_err *warning);
} sectag_document_options;

/* What the last read met. */
typedef struct sectag_document_counts {
    uint64_t clauses, bytes;
    uint64_t page_numbers; /* dropped spans that are page numbers and their furniture */
    uint64_t bad_lines;    /* lines mode: lines with ill-formed bytes, each of which was a warning */
    int stopped;           /* the read ended because `record` returned an error */
} sectag_document_counts;

typedef struct sectag_document sectag_document;

/* Keeps a copy of the options. NULL when memory is short. */
sectag_document *sectag_document_new(const sectag_document_options *options);
void sectag_document_free(sectag_document *d);

/* Reads the file at path ("-": standard input) and calls `record` for each clause or line in order. Returns
 * 0, SECTAG_EIO, SECTAG_ENOMEM, SECTAG_EDATA (file, line and byte of the first ill-formed byte; or what kind
 * of binary file it is), or the error that `record` returned. */
int sectag_document_read(sectag_document *d, const char *path, sectag_err *err);

const sectag_document_counts *sectag_document_counted(const sectag_document *d);

#endif
