/* docx_style.h: what a Word document's styles and numbering say of a paragraph: its heading level, and the
 * number that Word shows in front of it ("一、", "3.2").
 *
 * ECMA-376 part 1, 17.7 (styles), 17.9 (numbering).
 */
#ifndef SECTAG_DOCX_STYLE_H
#define SECTAG_DOCX_STYLE_H

#include "features/buf.h"
#include "features/package.h"

#include <stdint.h>

enum { SECTAG_DOCX_LEVELS = 9 };

typedef struct sectag_docx_styles {
    xmlDocPtr styles, numbering;    /* NULL: the document has none */
    struct sectag_docx_list *lists; /* [n_lists] the counters of each list */
    size_t n_lists, cap;
} sectag_docx_styles;

/* Reads word/styles.xml and word/numbering.xml where they are there. Returns 0 or an error. */
int sectag_docx_styles_init(sectag_docx_styles *s, const sectag_reader *r, sectag_err *err);
void sectag_docx_styles_release(sectag_docx_styles *s);

/* The heading level of a paragraph with these properties (w:pPr or NULL), from 1; 0: it is none. */
unsigned sectag_docx_level(const sectag_docx_styles *s, const xmlNode *properties);

/* Appends the paragraph's number, with what sets it off from the text, and counts on. *bullet: it is a list
 * item without a number. Returns 0 or SECTAG_ENOMEM. */
int sectag_docx_number(sectag_docx_styles *s, const xmlNode *properties, sectag_buf *out, int *bullet);

#endif
