/* reader_docx.c: Word documents (ECMA-376 part 1, WordprocessingML): the body's paragraphs and tables in
 * order, foot notes behind the paragraph that refers to them. Tracked deletions and hidden text are left out,
 * insertions kept. Pages are those that Word noted when it last laid the document out, where it did. */
#include "features/blocks.h"

static int sniff(const char *head, size_t len) {
    return sectag_zip_holds(head, len, "word/");
}

#ifdef SECTAG_WITH_DOCX

#include "features/docx_style.h"
#include "features/package.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

typedef struct docx_state {
    sectag_blocks blocks;
    sectag_docx_styles styles;
    xmlDocPtr document, footnotes, endnotes;
    sectag_buf number;
    SECTAG_ARRAY(const xmlNode *) notes, boxes; /* to be given out behind the paragraph */
    int rendered;                               /* Word noted page breaks */
    int pages;                                  /* a page break was met */
    int goes_on; /* the next paragraph belongs to the one before: its mark was deleted */
    int centred; /* the paragraph is: its line breaks part no sentences */
    unsigned depth;
} docx_state;

static void walk(docx_state *s, const xmlNode *parent);

/* ---- the text of a paragraph ---- */

static int is_left_out(const xmlNode *n) {
    static const char *const names[] = {"pPr",      "rPr", "del",     "moveFrom",     "delText", "instrText",
                                        "Fallback", "rt",  "comment", "sectPrChange", "sdtPr",   "pict"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (sectag_xml_is(n, names[i])) return 1;
    return 0;
}

/* A property that is switched on: there, and not "0" or "false". */
static int is_on(const xmlNode *properties, const char *name) {
    const xmlNode *n = sectag_xml_child(properties, name);
    const char *value = sectag_xml_attribute(n, "val");
    return n &&
           !(value && (strcmp(value, "0") == 0 || strcmp(value, "false") == 0 || strcmp(value, "off") == 0));
}

static void page_break(docx_state *s) {
    s->pages = 1;
    sectag_blocks_add(&s->blocks, "\f", 1);
}

/* Within a sentence that is set in the middle a break is for looks; elsewhere it ends a paragraph. */
static void line_break(docx_state *s) {
    if (s->centred || s->blocks.kind == SECTAG_BLOCK_HEADING)
        sectag_blocks_add(&s->blocks, "\n", 1);
    else
        sectag_blocks_begin(&s->blocks, s->blocks.kind, s->blocks.level);
}

static void take_break(docx_state *s, const xmlNode *n) {
    const char *type = sectag_xml_attribute(n, "type");
    if (type && strcmp(type, "page") == 0) {
        if (!s->rendered) page_break(s);
    } else if (!type || strcmp(type, "textWrapping") == 0) {
        line_break(s);
    }
}

static void later(docx_state *s, int is_note, const xmlNode *n) {
    int rc = is_note ? sectag_array_push(&s->notes, n) : sectag_array_push(&s->boxes, n);
    if (rc) s->blocks.no_memory = 1;
}

/* The elements that stand for text. Returns 0 for any other. */
static int take_leaf(docx_state *s, const xmlNode *n) {
    if (sectag_xml_is(n, "t"))
        sectag_blocks_add(&s->blocks, sectag_xml_text(n), strlen(sectag_xml_text(n)));
    else if (sectag_xml_is(n, "tab") || sectag_xml_is(n, "ptab"))
        sectag_blocks_add(&s->blocks, " ", 1);
    else if (sectag_xml_is(n, "br") || sectag_xml_is(n, "cr"))
        take_break(s, n);
    else if (sectag_xml_is(n, "noBreakHyphen"))
        sectag_blocks_add(&s->blocks, "-", 1);
    else if (sectag_xml_is(n, "lastRenderedPageBreak"))
        page_break(s);
    else if (sectag_xml_is(n, "footnoteReference") || sectag_xml_is(n, "endnoteReference"))
        later(s, 1, n);
    else if (sectag_xml_is(n, "txbxContent"))
        later(s, 0, n);
    else
        return 0;
    return 1;
}

static void gather(docx_state *s, const xmlNode *parent) {
    if (++s->depth < DEPTH_MAX) {
        for (const xmlNode *n = parent->children; n; n = n->next) {
            if (n->type != XML_ELEMENT_NODE || is_left_out(n) || take_leaf(s, n)) continue;
            if (sectag_xml_is(n, "r") && is_on(sectag_xml_child(n, "rPr"), "vanish")) continue;
            gather(s, n);
        }
    }
    s->depth--;
}

/* ---- paragraphs ---- */

static const xmlNode *find_note(xmlDocPtr doc, const xmlNode *reference) {
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    const char *id = sectag_xml_attribute(reference, "id");
    for (const xmlNode *n = root && id ? root->children : NULL; n; n = n->next) {
        const char *own = sectag_xml_attribute(n, "id");
        if (own && strcmp(own, id) == 0) return n;
    }
    return NULL;
}

static void give_note(docx_state *s, const xmlNode *reference) {
    int foot = sectag_xml_is(reference, "footnoteReference");
    const xmlNode *note = find_note(foot ? s->footnotes : s->endnotes, reference);
    for (const xmlNode *n = note ? note->children : NULL; n; n = n->next) {
        if (!sectag_xml_is(n, "p")) continue;
        sectag_blocks_begin(&s->blocks, SECTAG_BLOCK_NOTE, 0);
        gather(s, n);
    }
}

/* What was met in the paragraph and stands behind it. */
static void give_rest(docx_state *s) {
    sectag_blocks_end(&s->blocks);
    for (size_t i = 0; i < s->notes.len && i < 1000; i++) give_note(s, s->notes.data[i]);
    s->notes.len = 0;
    size_t boxes = s->boxes.len;
    for (size_t i = 0; i < boxes; i++) walk(s, s->boxes.data[i]);
    if (boxes) s->boxes.len = 0;
    sectag_blocks_end(&s->blocks);
}

static void begin_paragraph(docx_state *s, const xmlNode *properties) {
    int bullet = 0;
    const char *position = sectag_xml_attribute(sectag_xml_child(properties, "jc"), "val");
    unsigned level = sectag_docx_level(&s->styles, properties);
    s->centred = position && strcmp(position, "center") == 0;
    sectag_buf_clear(&s->number);
    if (sectag_docx_number(&s->styles, properties, &s->number, &bullet)) s->blocks.no_memory = 1;
    sectag_blocks_begin(&s->blocks,
                        level    ? SECTAG_BLOCK_HEADING
                        : bullet ? SECTAG_BLOCK_ITEM
                                 : SECTAG_BLOCK_PARAGRAPH,
                        (uint8_t)level);
    if (!s->rendered && is_on(properties, "pageBreakBefore")) page_break(s);
    sectag_blocks_add(&s->blocks, s->number.data ? s->number.data : "", s->number.len);
}

/* A number in front of nothing is nothing. */
static void drop_bare_number(docx_state *s, size_t begun) {
    if (s->number.len && s->blocks.begun == begun && s->blocks.text.len == begun + s->number.len)
        s->blocks.text.len = begun;
}

static void paragraph(docx_state *s, const xmlNode *p) {
    const xmlNode *properties = sectag_xml_child(p, "pPr");
    if (!s->goes_on) begin_paragraph(s, properties);
    size_t begun = s->blocks.begun;
    gather(s, p);
    s->goes_on = sectag_xml_child(sectag_xml_child(properties, "rPr"), "del") != NULL;
    if (s->goes_on) return;
    drop_bare_number(s, begun);
    give_rest(s);
}

/* ---- tables and the body ---- */

static void table(docx_state *s, const xmlNode *parent);

static void row(docx_state *s, const xmlNode *tr) {
    uint32_t cell = 0, outer = s->blocks.cell;
    const xmlNode *properties = sectag_xml_child(tr, "trPr");
    if (sectag_xml_child(properties, "del")) return;
    size_t from = sectag_blocks_row_begin(&s->blocks);
    for (const xmlNode *n = tr->children; n; n = n->next) {
        const xmlNode *tc =
            sectag_xml_is(n, "sdt") ? sectag_xml_child(sectag_xml_child(n, "sdtContent"), "tc") : n;
        if (!tc || !sectag_xml_is(tc, "tc")) continue;
        sectag_blocks_cell(&s->blocks, ++cell);
        walk(s, tc);
    }
    sectag_blocks_row_end(&s->blocks, from, outer);
}

static void table(docx_state *s, const xmlNode *parent) {
    for (const xmlNode *n = parent->children; n; n = n->next) {
        if (sectag_xml_is(n, "tr"))
            row(s, n);
        else if (sectag_xml_is(n, "sdt") || sectag_xml_is(n, "sdtContent") || sectag_xml_is(n, "ins"))
            table(s, n);
    }
}

static void walk(docx_state *s, const xmlNode *parent) {
    if (++s->depth < DEPTH_MAX) {
        for (const xmlNode *n = parent->children; n; n = n->next) {
            if (sectag_xml_is(n, "p"))
                paragraph(s, n);
            else if (sectag_xml_is(n, "tbl"))
                table(s, n);
            else if (n->type == XML_ELEMENT_NODE && !is_left_out(n))
                walk(s, n);
        }
    }
    s->depth--;
}

/* ---- the reader ---- */

static int has_element(const xmlNode *parent, const char *name, unsigned depth) {
    for (const xmlNode *n = parent->children; n && depth < DEPTH_MAX; n = n->next)
        if (sectag_xml_is(n, name) || has_element(n, name, depth + 1)) return 1;
    return 0;
}

static int load(sectag_reader *r, docx_state *s, sectag_err *err) {
    int rc = sectag_package_part(r, "word/document.xml", &s->document, err);
    if (!rc && !s->document)
        rc = sectag_reader_fail(r, SECTAG_EDATA, err, "not a Word document: no word/document.xml");
    if (!rc) rc = sectag_docx_styles_init(&s->styles, r, err);
    if (!rc) rc = sectag_package_part(r, "word/footnotes.xml", &s->footnotes, err);
    return rc ? rc : sectag_package_part(r, "word/endnotes.xml", &s->endnotes, err);
}

static int open_docx(sectag_reader *r, sectag_err *err) {
    docx_state *s = r->state = sectag_zalloc(1, sizeof *s);
    if (!s) return sectag_err_nomem(err);
    int rc = load(r, s, err);
    if (rc) return rc;
    const xmlNode *root = xmlDocGetRootElement(s->document);
    s->rendered = root && has_element(root, "lastRenderedPageBreak", 0);
    if (root) walk(s, root);
    sectag_blocks_end(&s->blocks);
    r->paged = s->pages;
    return s->blocks.no_memory ? sectag_err_nomem(err) : 0;
}

static int next_block(sectag_reader *r, sectag_block *b, sectag_err *err) {
    docx_state *s = r->state;
    int rc = sectag_blocks_next(&s->blocks, b);
    return rc < 0 ? sectag_err_nomem(err) : rc;
}

static void close_docx(sectag_reader *r) {
    docx_state *s = r->state;
    if (!s) return;
    sectag_blocks_release(&s->blocks);
    sectag_docx_styles_release(&s->styles);
    xmlFreeDoc(s->document);
    xmlFreeDoc(s->footnotes);
    xmlFreeDoc(s->endnotes);
    sectag_buf_release(&s->number);
    free(s->notes.data);
    free(s->boxes.data);
    free(s);
}

const sectag_reader_type sectag_reader_docx = {.name = "docx",
                                               .endings = " .docx .docm ",
                                               .sniff = sniff,
                                               .open = open_docx,
                                               .next = next_block,
                                               .close = close_docx};

#else

const sectag_reader_type sectag_reader_docx = {
    .name = "docx", .endings = " .docx .docm ", .sniff = sniff, .option = "SECTAG_WITH_DOCX"};

#endif
