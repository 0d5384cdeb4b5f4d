/* reader.h: documents of any kind as one UTF-8 text, block by block.
 *
 *   path or pipe -> first bytes -> which reader (content first, then the file name) -> blocks
 *
 *     plain text      lines as they stand            docx   paragraphs, headings, list items, table rows,
 * notes pdf             paragraphs and table rows      html   the main text, likewise; feeds as web pages csv
 * tsv xlsx    a cell of one column a block, the row's other cells beside it; jsonl likewise
 *
 * A document's text is its blocks' text one after another, each but those of kind SECTAG_BLOCK_LINES with a
 * line feed behind it. A form feed in it begins a new page. Offsets of clauses are bytes of this text; for
 * UTF-8 plain text they are bytes of the file. `sectag text FILE` prints it.
 *
 * What a reader leaves out (running headers and footers, page numbers, navigation, scripts, tracked
 * deletions, hidden text) is no part of the text. Readers that were left out when sectag was built refuse
 * their documents by name.
 */
#ifndef SECTAG_READER_H
#define SECTAG_READER_H

#include "features/block.h"
#include "features/buf.h"
#include "features/encoding.h"
#include "features/err.h"
#include "features/file.h"

#include <stddef.h>
#include <stdint.h>

/* One cell of a table's row. Neither text is NUL-terminated. */
typedef struct sectag_cell {
    const char *name, *text;
    size_t name_len, len;
} sectag_cell;

/* Borrowed from the reader until it is asked for the next block. All text is well-formed UTF-8, but for lines
 * of plain text that were asked for raw. */
typedef struct sectag_block {
    const char *text;
    size_t len;
    uint8_t kind, level; /* as in sectag_hint */
    uint64_t row;        /* number of the table row it comes from, from 1 below the header; 0: none */
    const sectag_cell *cells;
    size_t n_cells; /* the row's other cells, the empty ones left out */
} sectag_block;

typedef struct sectag_reader_options {
    const char *encoding; /* read bytes as this, whatever they look like; NULL: guess */
    const char *column;   /* tables, JSONL: the column with the clauses, by name or letter; NULL: "text" in
                             JSONL,   else the one with the most text */
    int rows;             /* a block for every line or row as it stands, empty ones included */
    struct sectag_isolation *isolation; /* where what large libraries parse is read; NULL: here (isolation.h) */
    /* Called before a pipe is waited for, again and again until there is input or it returns 0: time to
     * finish what was read so far. 1: there may be more to finish; an error ends the document. NULL: nothing
     * is. With rows, lines of plain text are then given out as soon as they are there. */
    int (*idle)(void *ctx, sectag_err *err);
    void *ctx;
} sectag_reader_options;

struct sectag_reader_type;

/* A document that is being read. The members down to `fd` tell what was met so far. */
typedef struct sectag_reader {
    const struct sectag_reader_type *type;
    sectag_reader_options o;
    const char *encoding;    /* "UTF-8", "GB18030", ...; NULL: the format has none of its own */
    int paged;               /* form feeds in the text count pages, from 1 */
    uint64_t skipped;        /* bytes of the file before the text: a byte order mark in UTF-8 plain text */
    uint64_t replaced;       /* undecodable bytes that became U+FFFD; */
    uint64_t first_replaced; /* where in the file */
    uint64_t furniture;      /* running headers, footers and page numbers left out */
    uint64_t bytes;          /* of the file, read so far */
    int fd, is_file;         /* where the document comes from; it is a regular file */
    int live;                /* lines from a pipe, to be given out without waiting for more */
    const char *name;        /* for messages */
    sectag_buf head;         /* its first bytes, for a pipe all where the type needs all */
    sectag_file file;        /* the whole, likewise */
    const char *data;        /* the whole document: of file or head */
    size_t len;
    sectag_buf decoded; /* the whole as UTF-8, where it is not */
    void *state;        /* of the type */
} sectag_reader;

/* A kind of document. `open` makes ready, `next` gives 1 with the next block, 0 at the end, or an error;
 * `close` frees r->state, which may be NULL. */
typedef struct sectag_reader_type {
    const char *name;    /* "pdf" */
    const char *endings; /* of file names, with a blank before and behind each: " .htm .html " */
    int (*sniff)(const char *head, size_t len); /* do the first bytes say so? NULL: they never do */
    int (*open)(sectag_reader *r, sectag_err *err);
    int (*next)(sectag_reader *r, sectag_block *b, sectag_err *err);
    void (*close)(sectag_reader *r);
    int streams;        /* reads from fd behind `head`; else r->data holds the whole document */
    const char *option; /* where `open` is NULL: the build option that left the reader out */
} sectag_reader_type;

/* Opens the document at path ("-": standard input). Options and path are borrowed until release. Returns 0,
 * SECTAG_EIO, SECTAG_ENOMEM, SECTAG_EARG (no such column or encoding), or SECTAG_EDATA: not a document that
 * can be read, with what to do about it. Release in any case. */
int sectag_reader_open(sectag_reader *r, const char *path, const sectag_reader_options *o, sectag_err *err);
void sectag_reader_release(sectag_reader *r);

/* The next block: 1, or 0 at the end, or SECTAG_EIO, SECTAG_ENOMEM, SECTAG_EDATA. */
int sectag_reader_next(sectag_reader *r, sectag_block *b, sectag_err *err);

/* Begins to read a file that will be opened later with the same options, where a process is free to do so. 1: it is
 * read ahead, or there is no need to; 0: ask again later. */
int sectag_reader_ahead(const char *path, const sectag_reader_options *o);

/* Would a file of this name be read where a folder is? */
int sectag_reader_knows(const char *name);

/* ---- for the readers ---- */

/* An error of the document: code, its name, the message. Returns code. */
int sectag_reader_fail(const sectag_reader *r, int code, sectag_err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Appends up to `room` more bytes of the document to `to`: those that are there, else after options.idle the
 * next ones. 1, or 0 at the end, or SECTAG_EIO, SECTAG_ENOMEM, or the error of options.idle. */
int sectag_reader_read(sectag_reader *r, sectag_buf *to, size_t room, sectag_err *err);

/* Would that not have to wait? */
int sectag_reader_has_input(const sectag_reader *r);

/* The whole document as UTF-8 in *text, without a byte order mark; `declared` is as in sectag_encoding_guess.
 * Returns 0, SECTAG_ENOMEM or SECTAG_EARG. */
int sectag_reader_decode(sectag_reader *r, const char *declared, const char **text, size_t *len,
                         sectag_err *err);

/* Opens a document whose type is known by name: the file at `path`, or NULL: bytes[0, len), which are borrowed; called
 * `name` in messages. For the process that reads for another (worker.h). As sectag_reader_open. */
int sectag_reader_open_as(sectag_reader *r, const char *type, const char *path, const char *name, const char *bytes,
                          size_t len, const sectag_reader_options *o, sectag_err *err);

/* Does a ZIP archive begin here that holds a folder of this name ("word/")? */
int sectag_zip_holds(const char *head, size_t len, const char *folder);

/* Does text begin with `word`, whatever the case of letters? */
int sectag_begins(const char *text, size_t len, const char *word);

extern const sectag_reader_type sectag_reader_pdf, sectag_reader_docx, sectag_reader_xlsx, sectag_reader_html,
    sectag_reader_feed, sectag_reader_csv, sectag_reader_tsv, sectag_reader_jsonl, sectag_reader_text;

#endif
