/* reflow.h: hard-wrapped lines put together again into paragraphs.
 *
 *   bytes -> lines (what each is like) -> page numbers dropped -> paragraphs (runs of lines)
 *
 * Whether a line goes on in the next is decided from the two lines, two lines on either side and
 * the document's wrap width: a line goes on when the next line's first word would not have fitted on
 * it. The width is estimated once, from the document's first SECTAG_REFLOW_PREFIX bytes, and every
 * decision looks a fixed number of lines ahead, so paragraphs never depend on how the text was cut
 * into blocks. A document without a common line width is taken as one paragraph a line.
 *
 * A line ends at LF, CR LF, CR or form feed. Nothing here copies text: a line is a span of the block.
 *
 * A reader that knows more than the lines tell (a Word paragraph, a heading of a web page, a table row) says
 * so in hints: see features/block.h. Where a hint says what a stretch of text is, nothing is guessed: it is
 * one paragraph, whatever lines it stands on.
 */
#ifndef SECTAG_REFLOW_H
#define SECTAG_REFLOW_H

#include "features/array.h"
#include "features/block.h"
#include "features/err.h"
#include "features/marker.h"

#include <stddef.h>
#include <stdint.h>

#define SECTAG_REFLOW_PREFIX (1u << 16)
#define SECTAG_PARAGRAPH_MAX (1u << 20)

/* How a line ends, closing quotes and brackets aside. */
typedef enum sectag_line_tail {
    SECTAG_TAIL_OTHER = 0,
    SECTAG_TAIL_STOP,  /* 。！？；… : a sentence end in Chinese */
    SECTAG_TAIL_DOT,   /* . ! ? ; */
    SECTAG_TAIL_COLON, /* ： : */
    SECTAG_TAIL_COMMA, /* ，、, or an opening bracket: the sentence goes on */
    SECTAG_TAIL_HYPHEN /* - behind a letter */
} sectag_line_tail;

enum {
    SECTAG_LINE_DROP = 1,  /* a page number: no part of the text */
    SECTAG_LINE_TABLE = 2, /* cells set apart by tabs, three blanks or |, or a contents entry: stays alone */
    SECTAG_LINE_TOP = 4,   /* a form feed stands between it and the line above */
    SECTAG_LINE_LOWER = 8, /* begins with a lower-case letter */
    SECTAG_LINE_WIDE = 16, /* begins with a wide character */
    SECTAG_LINE_CUT = 32,  /* cut at SECTAG_PARAGRAPH_MAX, not at a line end */
    SECTAG_LINE_SPACED = 64, /* one blank of indentation: how the first line of a page is often extracted */
    SECTAG_LINE_OPENS = 128  /* the first line of a block that a hint speaks of */
};

/* A line that is not blank, without the white space at its ends. */
typedef struct sectag_line {
    size_t start, end; /* bytes in the block */
    sectag_marker marker;
    uint32_t page;     /* as in sectag_clause */
    uint16_t width;    /* columns up to its last character, indentation included */
    uint16_t lead;     /* columns of its first word */
    uint16_t gap;      /* blank lines above */
    uint8_t indent;    /* columns */
    uint8_t tail;      /* sectag_line_tail */
    uint8_t flags;     /* SECTAG_LINE_... */
    uint8_t page_mark; /* sectag_page_mark */
    uint8_t kind;      /* sectag_block_kind and level, from the hint */
    uint8_t level;
} sectag_line;

/* Lines [first, end) of sectag_reflow.lines, dropped ones among them. `next` is the next line of
 * text where one follows closely, else NULL. */
typedef struct sectag_paragraph {
    size_t first, end;
    const sectag_line *next;
} sectag_paragraph;

/* How a document is wrapped. */
typedef struct sectag_wrap {
    unsigned width; /* columns; 0: not wrapped, one paragraph a line */
    int spaced;     /* a blank line stands between the lines of a paragraph */
} sectag_wrap;

typedef struct sectag_reflow {
    SECTAG_ARRAY(sectag_line) lines; /* of the block read last */
    sectag_wrap wrap;
    size_t at;             /* the first line not yet given out */
    size_t used;           /* bytes of the block that are given out */
    int started, last;     /* the prefix was seen; the block ends the document */
    uint32_t page;         /* at `used` */
    uint16_t gap;          /* blank lines and */
    uint8_t top;           /* form feed seen since the last line given out, where not to be read again */
    uint8_t midline;       /* the block begins behind a line's text, not at a line start */
    sectag_line before[2]; /* the lines given out last, the very last first */
    uint32_t seen[SECTAG_MARKER_KINDS]; /* number of the last paragraph that began with such a marker */
    int paged;                          /* the document has pages, though its prefix may show no form feed */
    const sectag_hint *hints;           /* [n_hints] what is known of the block; borrowed for a read */
    size_t n_hints;
    uint64_t base; /* where the block starts in the document */
} sectag_reflow;

void sectag_reflow_init(sectag_reflow *r);
void sectag_reflow_release(sectag_reflow *r);

/* Makes ready for another document, keeping the memory. */
void sectag_reflow_reset(sectag_reflow *r);

/* Reads the lines of a block that begins where the last one's `used` ended. Until SECTAG_REFLOW_PREFIX
 * bytes are there, or `last`, there are no paragraphs. Returns 0 or SECTAG_ENOMEM. */
int sectag_reflow_read(sectag_reflow *r, const char *text, size_t len, int last, sectag_err *err);

/* The next paragraph whose end is certain. Returns 1, or 0 when the block holds no other; then
 * r->used bytes are dealt with. */
int sectag_reflow_next(sectag_reflow *r, const char *text, sectag_paragraph *p);

/* What stands in place of the line break between left and right: 1 for a space, 0 for nothing (a wide
 * character on either side, or a hyphen between letters or digits). */
int sectag_reflow_joint(const char *left, size_t left_len, const char *right, size_t right_len);

/* Bytes of the hyphen at the end of left that only breaks a word over two lines; 0: there is none, or
 * it belongs to a compound such as long-term. */
size_t sectag_reflow_hyphen(const char *left, size_t left_len, const char *right, size_t right_len);

/* How text[0, len), len > 0, ends. */
sectag_line_tail sectag_reflow_tail(const char *text, size_t len);

/* Where text[start, end) ends without the white space at its end. */
size_t sectag_reflow_trim(const char *text, size_t start, size_t end);

/* Columns that text takes up in a fixed-width font. */
size_t sectag_columns(const char *text, size_t len);

#endif
