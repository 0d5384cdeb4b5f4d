/* reader_html.c: web pages, and feeds and other XML as if they were. */
#include "features/html.h"

static int is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Steps over a byte order mark, white space, comments and processing instructions. */
static size_t skip_prologue(const char *head, size_t len) {
    size_t at = sectag_begins(head, len, "\xEF\xBB\xBF") ? 3 : 0;
    for (;;) {
        while (at < len && is_space(head[at])) at++;
        int comment = sectag_begins(head + at, len - at, "<!--");
        if (!comment && !sectag_begins(head + at, len - at, "<?")) return at;
        while (at < len && !(head[at] == '>' && (!comment || sectag_begins(head + at - 2, 2, "--")))) at++;
        if (at < len) at++;
    }
}

static int sniff_html(const char *head, size_t len) {
    size_t at = skip_prologue(head, len);
    return sectag_begins(head + at, len - at, "<!doctype html") ||
           sectag_begins(head + at, len - at, "<html");
}

static int sniff_feed(const char *head, size_t len) {
    size_t from = sectag_begins(head, len, "\xEF\xBB\xBF") ? 3 : 0;
    return sectag_begins(head + from, len - from, "<?xml") && !sniff_html(head, len);
}

#ifdef SECTAG_WITH_HTML

#include "features/xml.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

/* ---- feeds ---- */

static int is_title(const xmlNode *n) {
    return sectag_xml_is(n, "title");
}

/* Elements that hold text for people, often HTML within XML. */
static int is_body(const xmlNode *n) {
    return sectag_xml_is(n, "description") || sectag_xml_is(n, "summary") || sectag_xml_is(n, "content") ||
           sectag_xml_is(n, "encoded") || sectag_xml_is(n, "subtitle");
}

static void take_title(sectag_blocks *l, const xmlNode *n, uint8_t level) {
    xmlChar *text = xmlNodeGetContent(n);
    sectag_blocks_begin(l, SECTAG_BLOCK_HEADING, level);
    if (text) sectag_blocks_fold(l, (const char *)text, strlen((const char *)text));
    sectag_blocks_end(l);
    xmlFree(text);
}

static void take_body(sectag_blocks *l, const xmlNode *n) {
    xmlChar *text = xmlNodeGetContent(n);
    if (text && *text) (void)sectag_html_blocks(l, (const char *)text, strlen((const char *)text));
    xmlFree(text);
}

/* A feed: titles are headings, of the feed (1) and its items (2). */
static void take_feed(sectag_blocks *l, const xmlNode *parent, uint8_t level, unsigned depth) {
    for (const xmlNode *n = parent->children; n && depth < DEPTH_MAX; n = n->next) {
        if (n->type != XML_ELEMENT_NODE || sectag_xml_is(n, "image") || sectag_xml_is(n, "textinput"))
            continue;
        int item = sectag_xml_is(n, "item") || sectag_xml_is(n, "entry");
        if (is_title(n))
            take_title(l, n, level);
        else if (is_body(n))
            take_body(l, n);
        else
            take_feed(l, n, item ? 2 : level, depth + 1);
    }
}

/* Any other XML: the text of each element that has text of its own is a paragraph. */
static void take_xml(sectag_blocks *l, const xmlNode *parent, unsigned depth) {
    for (const xmlNode *n = parent->children; n && depth < DEPTH_MAX; n = n->next) {
        if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) {
            if (n->content) sectag_blocks_fold(l, (const char *)n->content, strlen((const char *)n->content));
        } else if (n->type == XML_ELEMENT_NODE) {
            sectag_blocks_begin(l, SECTAG_BLOCK_PARAGRAPH, 0);
            take_xml(l, n, depth + 1);
            sectag_blocks_begin(l, SECTAG_BLOCK_PARAGRAPH, 0);
        }
    }
}

static void take_document(sectag_blocks *l, const xmlNode *root) {
    if (sectag_xml_is(root, "rss") || sectag_xml_is(root, "RDF") || sectag_xml_is(root, "feed"))
        take_feed(l, root, 1, 0);
    else
        take_xml(l, root, 0);
    sectag_blocks_end(l);
}

/* ---- the readers ---- */

static int decode(sectag_reader *r, const char **text, size_t *len, sectag_err *err) {
    char declared[40];
    int named = sectag_html_charset(r->data, r->len, declared, sizeof declared);
    int rc = sectag_reader_decode(r, named ? declared : NULL, text, len, err);
    if (!rc && memchr(*text, '\0', *len))
        rc = sectag_reader_fail(r, SECTAG_EDATA, err, "this is a binary file, not text");
    return rc;
}

static int open_html(sectag_reader *r, sectag_err *err) {
    const char *text;
    size_t len;
    sectag_blocks *l = r->state = sectag_zalloc(1, sizeof *l);
    if (!l) return sectag_err_nomem(err);
    int rc = decode(r, &text, &len, err);
    if (rc || len == 0) return rc;
    rc = sectag_html_blocks(l, text, len);
    if (rc == SECTAG_EDATA) return sectag_reader_fail(r, SECTAG_EDATA, err, "no HTML is found in it");
    return rc ? sectag_err_nomem(err) : 0;
}

static int open_feed(sectag_reader *r, sectag_err *err) {
    const char *text;
    size_t len;
    sectag_blocks *l = r->state = sectag_zalloc(1, sizeof *l);
    if (!l) return sectag_err_nomem(err);
    int rc = decode(r, &text, &len, err);
    if (rc) return rc;
    if (len > SECTAG_XML_MAX)
        return sectag_reader_fail(r, SECTAG_EDATA, err, "too large for an XML document");
    int no_memory;
    sectag_xml_watch(&no_memory);
    xmlDocPtr doc =
        xmlReadMemory(text, (int)len, NULL, "UTF-8",
                      XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    sectag_xml_watch(NULL);
    if (no_memory) l->no_memory = 1; /* what is there then is not all */
    if (root) take_document(l, root);
    xmlFreeDoc(doc);
    if (l->no_memory) return sectag_err_nomem(err);
    return root ? 0 : sectag_reader_fail(r, SECTAG_EDATA, err, "this is not well-formed XML");
}

static int next_block(sectag_reader *r, sectag_block *b, sectag_err *err) {
    int rc = sectag_blocks_next(r->state, b);
    return rc < 0 ? sectag_err_nomem(err) : rc;
}

static void close_blocks(sectag_reader *r) {
    sectag_blocks *l = r->state;
    if (l) sectag_blocks_release(l);
    free(l);
}

const sectag_reader_type sectag_reader_html = {.name = "html",
                                               .endings = " .html .htm .xhtml .shtml ",
                                               .sniff = sniff_html,
                                               .open = open_html,
                                               .next = next_block,
                                               .close = close_blocks};
const sectag_reader_type sectag_reader_feed = {.name = "feed",
                                               .endings = " .xml .rss .rdf .atom ",
                                               .sniff = sniff_feed,
                                               .open = open_feed,
                                               .next = next_block,
                                               .close = close_blocks};

#else

const sectag_reader_type sectag_reader_html = {.name = "html",
                                               .endings = " .html .htm .xhtml .shtml ",
                                               .sniff = sniff_html,
                                               .option = "SECTAG_WITH_HTML"};
const sectag_reader_type sectag_reader_feed = {
    .name = "feed", .endings = " .xml .rss .rdf .atom ", .sniff = sniff_feed, .option = "SECTAG_WITH_HTML"};

#endif
