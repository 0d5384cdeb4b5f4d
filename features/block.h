/* block.h: what a reader knows of a stretch of a document's text.
 *
 * A reader turns a document into one UTF-8 text, block by block (features/reader.h); the splitter cuts that
 * text into clauses (features/clause.h). A hint carries what the text alone does not show from the one to the
 * other.
 */
#ifndef SECTAG_BLOCK_H
#define SECTAG_BLOCK_H

#include <stdint.h>

typedef enum sectag_block_kind {
    SECTAG_BLOCK_LINES = 0, /* lines as they stand, wrapped or not: paragraphs, headings and page numbers are
                               guessed from them */
    SECTAG_BLOCK_PARAGRAPH, /* a whole paragraph, on one line or several; a heading where it looks like one */
    SECTAG_BLOCK_HEADING,   /* a heading of level 1 (outermost) and below */
    SECTAG_BLOCK_ITEM,      /* a list item: never a heading */
    SECTAG_BLOCK_ROW,       /* a table row, its cells with tabs between them: never a heading */
    SECTAG_BLOCK_NOTE       /* a foot note: never a heading */
} sectag_block_kind;

/* From `start` (a byte of the document's text) up to the next hint's start the text is one block of this
 * kind. */
typedef struct sectag_hint {
    uint64_t start;
    uint8_t kind;  /* sectag_block_kind */
    uint8_t level; /* of a heading, from 1; else 0 */
} sectag_hint;

#endif
