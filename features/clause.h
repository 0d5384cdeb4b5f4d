/* clause.h: a text document cut into clauses.
 *
 *   bytes -> lines -> paragraphs (reflow.h) -> clauses, each with its heading path
 *
 * Text arrives in blocks, so that a document of any length is split in flat memory: feed the bytes
 * that are there, use the clauses, feed what was not consumed together with the next bytes.
 * Every non-space character of the document belongs to exactly one clause or to exactly one
 * dropped span (page numbers and form feeds' furniture, hyphens that only break a word over two lines).
 *
 * A clause is a span [start, end) of the document's bytes. Its text is that span without the dropped
 * spans inside it and with white space folded (sectag_clause_text):
 *   - white space with a line break in it vanishes where either neighbour is a wide (Chinese) character,
 *     and behind a hyphen between letters or digits ("long-" / "term", but "pre-" / "and post-" keeps it);
 *     else it becomes one space;
 *   - a hyphen that only breaks a word over two lines is a dropped span and goes with its white space;
 *   - white space without a line break becomes one space; none at either end.
 */
#ifndef SECTAG_CLAUSE_H
#define SECTAG_CLAUSE_H

#include "features/array.h"
#include "features/buf.h"
#include "features/err.h"
#include "features/reflow.h"
#include "features/sentence.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_CLAUSE_BODY = 0, SECTAG_CLAUSE_HEADING = 1 };

/* [start, end) in bytes from the start of the document. */
typedef struct sectag_span {
    uint64_t start, end;
} sectag_span;

typedef struct sectag_clause {
    uint64_t start, end; /* bytes from the start of the document */
    uint32_t page;    /* where it starts, from 1 (form feeds count pages); 0 in a document whose first 64 KiB
                         have none */
    uint32_t heading; /* number of the innermost heading above, for a heading its parent; 0: none */
    uint32_t drop, drops; /* dropped spans inside the clause: dropped.data[drop .. drop + drops) */
    uint8_t kind;         /* SECTAG_CLAUSE_BODY or SECTAG_CLAUSE_HEADING */
} sectag_clause;

/* A heading and the heading above it; numbered from 1 in document order, anew by each feed, which keeps only
 * those that are open. */
typedef struct sectag_heading {
    uint32_t parent; /* 0: none */
    uint32_t level;  /* depth: 1 for a heading with no parent */
    size_t text;     /* offset and length of its folded text in the splitter's heading_text */
    size_t len;
} sectag_heading;

/* Split state. The arrays are read by the caller and owned by the splitter. */
typedef struct sectag_splitter {
    SECTAG_ARRAY(sectag_clause) clauses;   /* found by the last feed, in document order */
    SECTAG_ARRAY(sectag_span) dropped;     /* all spans dropped by the last feed, in document order */
    SECTAG_ARRAY(sectag_heading) headings; /* those of the last feed, behind those that were open before it */
    sectag_buf heading_text;
    uint64_t base; /* bytes consumed by all feeds so far */
    struct sectag_split_state *state;
} sectag_splitter;

/* Initialises an empty splitter for one document. Returns 0 or SECTAG_ENOMEM. */
int sectag_splitter_init(sectag_splitter *s, sectag_err *err);
void sectag_splitter_release(sectag_splitter *s);

/* Makes the splitter ready for another document, keeping its memory. */
void sectag_splitter_reset(sectag_splitter *s);

/* Says, after a reset and before the first feed, that the document has pages: the first is page 1 even where
 * no form feed follows soon. */
void sectag_splitter_set_paged(sectag_splitter *s);

/* What a reader knows of the text that the next feed gets: hints in the order of their starts, which count as
 * offsets in clauses do. Text before the first hint, and all text where there is none, is lines. Borrowed
 * until that feed returns; text that it does not consume needs its hints again. */
void sectag_splitter_hint(sectag_splitter *s, const sectag_hint *hints, size_t n);

/* Splits text[0..len), the document's bytes from s->base on. `last` says that the document ends here.
 * Sets *used to the bytes consumed: all paragraphs whose end is certain (with `last`, everything). Where it
 * is 0, come again with more: nothing is consumed before SECTAG_REFLOW_PREFIX bytes are there, from which
 * the wrap width is estimated, and 16 x SECTAG_PARAGRAPH_MAX bytes always are enough. The clauses do not
 * depend on how the document was cut into blocks. Offsets in clauses and dropped spans are absolute.
 * Ill-formed UTF-8 is kept as it is (a body character). Returns 0 or SECTAG_ENOMEM. */
int sectag_splitter_feed(sectag_splitter *s, const char *text, size_t len, int last, size_t *used,
                         sectag_err *err);

/* Appends the clause's folded text to out. `text` is the block given to the feed that found the
 * clause, `base` the value of s->base before that feed. Returns 0 or SECTAG_ENOMEM. */
int sectag_clause_text(const sectag_splitter *s, const sectag_clause *c, const char *text, uint64_t base,
                       sectag_buf *out);

/* The text of heading number n (1 .. headings.len), *len bytes, not NUL-terminated. */
const char *sectag_splitter_heading(const sectag_splitter *s, uint32_t n, size_t *len);

#endif
