/* marker.h: what a line of a policy text or filing starts with: heading numbers, list numbers,
 * bullets; and whether a line is nothing but a page number.
 *
 *     第三章 总则      chapter 3          4.1.3 新型疫苗    dotted, depth 3, value 3
 *     （一）疫苗       cn-paren 1         Item 1A. Risks    item 1
 *
 * A marker says only how a line begins. Whether the line is a heading, a list item or plain text
 * that happens to begin so is decided with its surroundings, in reflow.c and clause.c.
 */
#ifndef SECTAG_MARKER_H
#define SECTAG_MARKER_H

#include <stddef.h>
#include <stdint.h>

typedef enum sectag_marker_kind {
    SECTAG_MARKER_NONE = 0,
    SECTAG_MARKER_PART,     /* 第一编 第一篇 第一部分 Part I */
    SECTAG_MARKER_ANNEX,    /* 附件1 附表 附录 Appendix A */
    SECTAG_MARKER_CHAPTER,  /* 第一章 Chapter 1 */
    SECTAG_MARKER_ITEM,     /* Item 1A. */
    SECTAG_MARKER_SECTION,  /* 第一节 Section 2 */
    SECTAG_MARKER_ARTICLE,  /* 第一条 Article 5 */
    SECTAG_MARKER_CN,       /* 一、 */
    SECTAG_MARKER_CN_PAREN, /* （一） */
    SECTAG_MARKER_ROMAN,    /* IV. */
    SECTAG_MARKER_LETTER,   /* A. */
    SECTAG_MARKER_BOX,      /* 专栏 4 */
    SECTAG_MARKER_DOT,      /* 1. 1． */
    SECTAG_MARKER_COMMA,    /* 1、 */
    SECTAG_MARKER_DOTTED,   /* 4.1.3, and 4 before a space (depth 1) */
    SECTAG_MARKER_ZERO,     /* 07 before a word, as in the boxes of the five-year plans */
    SECTAG_MARKER_PAREN,    /* （1） (a) */
    SECTAG_MARKER_CLOSE,    /* 1） 1) */
    SECTAG_MARKER_CIRCLE,   /* ① */
    SECTAG_MARKER_CAPS,     /* an English line in capitals; given by clause.c, never parsed */
    SECTAG_MARKER_TITLE,    /* an English line in title case; given by clause.c */
    SECTAG_MARKER_LEVEL,    /* a heading that the document declares; depth is its level; given by heading.c */
    SECTAG_MARKER_DASH,     /* —— */
    SECTAG_MARKER_BULLET,   /* • · ● - * o */
    SECTAG_MARKER_KINDS
} sectag_marker_kind;

typedef struct sectag_marker {
    uint8_t kind;   /* sectag_marker_kind */
    uint8_t depth;  /* numbers in a dotted marker, else 1 */
    uint32_t value; /* the number, for a dotted marker its last; 0 where there is none */
    size_t len;     /* bytes of the marker itself, without white space after it */
} sectag_marker;

/* Reads the marker at the beginning of text, which has no leading white space. */
sectag_marker sectag_marker_parse(const char *text, size_t len);

typedef enum sectag_page_mark {
    SECTAG_PAGE_NONE = 0,
    SECTAG_PAGE_ROMAN,  /* iv: a page number only beside a form feed */
    SECTAG_PAGE_NUMBER, /* 12, 3/10, 1-1-37: a page number where a page plausibly ends */
    SECTAG_PAGE_SURE    /* - 12 -, 第 3 页 共 10 页, Page 3 of 10: always one */
} sectag_page_mark;

/* Is text (trimmed) a page number and nothing else? */
sectag_page_mark sectag_page_mark_parse(const char *text, size_t len);

#endif
