/* heading.h: which clauses are headings, and how headings stand within one another.
 *
 * The outline is the path of headings that are open: 第二篇 > 第四章 > 第二节. Kinds of markers nest in the
 * order in which a document uses them, corrected where the kinds have a natural order (章 above 节 above 一、
 * above （一） above 1. above （1）). A heading that the document declares as one (a heading style in Word,
 * h2 in a web page) is filed by its declared level; headings found by their look stand within it.
 */
#ifndef SECTAG_HEADING_H
#define SECTAG_HEADING_H

#include "features/marker.h"
#include "features/reflow.h"

#include <stddef.h>
#include <stdint.h>

/* A heading that is open: a later one closes it and all within it, or stands below it. */
typedef struct sectag_open_heading {
    uint8_t kind, depth; /* of the marker that it is filed under */
    uint8_t own;         /* kind of the marker that it begins with */
    uint32_t value;
    uint32_t heading; /* its number */
} sectag_open_heading;

enum { SECTAG_OUTLINE_MAX = 24 };

/* The open headings, outermost first. Zero-initialised: none. */
typedef struct sectag_outline {
    sectag_open_heading open[SECTAG_OUTLINE_MAX];
    size_t len;
} sectag_outline;

/* Closes headings until one with marker m may be put below those that are left (there is room for it). */
void sectag_outline_make_room(sectag_outline *outline, const sectag_marker *m);

/* A paragraph and its first clause, the candidate for a heading. */
typedef struct sectag_heading_candidate {
    const sectag_line *line, *next; /* its first line; the line below the paragraph, or NULL */
    const char *text;               /* the clause, len > 0 bytes */
    size_t len;
    int whole;    /* the clause is all of the paragraph */
    int first;    /* nothing stands above it in the document */
    uint8_t list; /* kind of the list items, ended by semicolons, that stand right above it; 0: none */
} sectag_heading_candidate;

/* Does the document declare the paragraph a heading, and does it look like one? Styles are also put on long
 * text. */
int sectag_is_declared(const sectag_line *line, const char *text, size_t len);

/* Is the clause a heading? *m: the marker that it is filed under. */
int sectag_is_heading(const sectag_heading_candidate *c, sectag_marker *m);

#endif
