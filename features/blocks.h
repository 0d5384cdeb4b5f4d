/* blocks.h: the blocks of a document in memory, put together piece by piece: what the readers of Word
 * documents, web pages and PDF files fill and give out.
 *
 *   begin(kind) add(text) add(text) end        a paragraph, heading or item; blank ones vanish
 *   row_begin  cell begin..end  cell ...  row_end   a table row: see sectag_blocks_row_end
 */
#ifndef SECTAG_BLOCKS_H
#define SECTAG_BLOCKS_H

#include "features/array.h"
#include "features/buf.h"
#include "features/reader.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes [at, at + len) of the list's text. */
typedef struct sectag_blocks_entry {
    size_t at, len;
    uint32_t cell; /* of the row being filled, from 1; 0: outside of rows */
    uint8_t kind, level;
} sectag_blocks_entry;

/* Zero-initialised: empty. */
typedef struct sectag_blocks {
    sectag_buf text, scratch;
    SECTAG_ARRAY(sectag_blocks_entry) entries;
    size_t next;  /* entry to be given out */
    size_t begun; /* where the text of the block being filled starts */
    uint8_t kind, level;
    uint32_t cell;    /* as in an entry */
    unsigned in_rows; /* rows that are being filled, one within the other */
    int no_memory;    /* some call failed: all later ones do nothing */
} sectag_blocks;

void sectag_blocks_release(sectag_blocks *l);

/* Forgets all blocks, keeps the memory. */
void sectag_blocks_clear(sectag_blocks *l);

/* Forgets the blocks that are ended, keeps the one being filled. */
void sectag_blocks_forget(sectag_blocks *l);

/* Ends the block being filled and begins another. Failures are kept in no_memory, so that callers need not
 * ask after every word. */
void sectag_blocks_begin(sectag_blocks *l, uint8_t kind, uint8_t level);
void sectag_blocks_end(sectag_blocks *l);

/* Adds text to the block being filled: as it is, or with runs of white space made one blank, or one line feed
 * where they hold one. */
void sectag_blocks_add(sectag_blocks *l, const char *text, size_t len);
void sectag_blocks_fold(sectag_blocks *l, const char *text, size_t len);

/* Did anything but white space come into the block being filled? */
int sectag_blocks_has_text(const sectag_blocks *l);

/* A table row; its blocks are those ended until row_end, each in the cell named last by `cell`. Returns where
 * the row begins, for row_end. */
size_t sectag_blocks_row_begin(sectag_blocks *l);
void sectag_blocks_cell(sectag_blocks *l, uint32_t cell);

/* Ends the row. Short cells become one block of kind ROW, with tabs between cells and blanks between the
 * paragraphs of a cell. Where a cell holds whole sentences, headings or a table of its own, its blocks stay
 * apart, plain paragraphs as items. */
void sectag_blocks_row_end(sectag_blocks *l, size_t row, uint32_t outer_cell);

/* The next block: 1, 0 when there is none, SECTAG_ENOMEM. */
int sectag_blocks_next(sectag_blocks *l, sectag_block *b);

#endif
