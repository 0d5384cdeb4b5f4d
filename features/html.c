#include "features/html.h"

#include "features/xml.h"
#include "features/reflow.h"
#include "features/utf8.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 240 };

typedef struct page {
    sectag_blocks *blocks;
    int all;          /* take navigation as well */
    unsigned depth;   /* of elements */
    unsigned section; /* of elements that name a section in an attribute */
    int in_heading;
} page;

/* ---- what elements are ---- */

static int is_one_of(const xmlNode *n, const char *names) {
    char name[24] = " ";
    size_t len = strlen((const char *)n->name);
    if (len > sizeof name - 3) return 0;
    memcpy(name + 1, n->name, len);
    name[len + 1] = ' ';
    return strstr(names, name) != NULL;
}

/* No text of the page, whatever they hold. */
static int is_silent(const xmlNode *n) {
    return is_one_of(
        n, " script style noscript template head title meta link select option datalist button input "
           "textarea iframe object embed applet svg math canvas audio video map frameset noframes ");
}

/* Elements that stand on lines of their own. */
static int is_block(const xmlNode *n) {
    return is_one_of(
        n, " p div section article main body html table tbody thead tfoot tr td th caption ul ol dl dt "
           "dd li h1 h2 h3 h4 h5 h6 blockquote pre address figure figcaption center form fieldset nav "
           "header footer aside details summary hr menu dir ");
}

/* Has a declaration such as display:none, blanks in it or not? */
static int has_style(const xmlNode *n, const char *declaration) {
    const char *style = sectag_xml_attribute(n, "style");
    for (; style && *style; style++) {
        const char *at = style, *want = declaration;
        while (*want && (*at == *want || *at == ' ' || *at == *want - 32)) {
            if (*at != ' ') want++;
            at++;
        }
        if (!*want) return 1;
    }
    return 0;
}

static int is_hidden(const xmlNode *n) {
    const char *aria = sectag_xml_attribute(n, "aria-hidden");
    return sectag_xml_attribute(n, "hidden") || (aria && strcmp(aria, "true") == 0) ||
           has_style(n, "display:none") || has_style(n, "visibility:hidden");
}

/* ---- navigation ---- */

/* Is one of the words of an attribute ("top_link nav-bar") a word of navigation? */
static int has_navigation_word(const char *value) {
    static const char words[] =
        " nav navbar navi navigation menu submenu footer foot sidebar breadcrumb breadcrumbs "
        "crumb crumbs share sharing bdsharebuttonbox copyright toolbar pagination pager login "
        "search searchbox logo banner ad ads advert advertisement related ";
    char word[28];
    while (value && *value) {
        size_t n = 1;
        word[0] = ' ';
        for (; *value && *value != ' ' && *value != '-' && *value != '_'; value++)
            if (n < sizeof word - 2)
                word[n++] = (char)(*value >= 'A' && *value <= 'Z' ? *value + 32 : *value);
        word[n] = ' ';
        word[n + 1] = '\0';
        if (n > 1 && strstr(words, word)) return 1;
        if (*value) value++;
    }
    return 0;
}

/* What an element holds, in columns of text. */
typedef struct tally {
    size_t text, linked, links;
    int sentence;
} tally;

static void count_text(tally *t, const char *text, int linked) {
    size_t len = strlen(text), solid = 0;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (cp == 0x3002) t->sentence = 1;
        if (sectag_is_space(cp) || cp == '|' || cp == '>' || cp == 0x4E28 || cp == 0xFF5C) continue;
        solid += sectag_is_wide(cp) ? 2 : 1;
    }
    t->text += solid;
    if (linked) t->linked += solid;
}

static void count_element(const xmlNode *parent, tally *t, int linked, unsigned depth) {
    for (const xmlNode *n = parent->children; n && depth < DEPTH_MAX; n = n->next) {
        if (n->type == XML_TEXT_NODE && n->content) count_text(t, (const char *)n->content, linked);
        if (n->type != XML_ELEMENT_NODE || is_silent(n) || is_hidden(n)) continue;
        int link = sectag_xml_is(n, "a");
        t->links += (size_t)link;
        count_element(n, t, linked || link, depth + 1);
    }
}

/* A list of links: most of its text is linked, and none of it is a sentence. */
static int is_link_list(const xmlNode *n) {
    tally t = {0};
    if (!is_one_of(n, " div ul ol table dl section p td form ")) return 0;
    count_element(n, &t, 0, 0);
    if (t.links >= 2 && t.text <= 24 && t.linked == t.text) return 1; /* "print", "close" */
    return t.links >= 3 && !t.sentence && t.linked * 10 >= t.text * 6;
}

static int is_navigation(const xmlNode *n) {
    const char *role = sectag_xml_attribute(n, "role");
    if (is_one_of(n, " html body main article ")) return 0;
    if (is_one_of(n, " nav footer aside ")) return 1;
    if (role &&
        (strcmp(role, "navigation") == 0 || strcmp(role, "banner") == 0 || strcmp(role, "contentinfo") == 0 ||
         strcmp(role, "search") == 0 || strcmp(role, "complementary") == 0))
        return 1;
    if (is_link_list(n)) return 1;
    tally t = {0};
    if (!has_navigation_word(sectag_xml_attribute(n, "class")) &&
        !has_navigation_word(sectag_xml_attribute(n, "id")))
        return 0;
    count_element(n, &t, 0, 0);
    return t.text < 2000; /* a class may say anything: no long text is lost by its name */
}

/* Lines that pages set around their text. */
static int is_small_change(const char *text, size_t len) {
    static const char *const whole[] = {"打印",     "关闭",     "分享",      "收藏",     "返回",
                                        "返回顶部", "回到顶部", "打印 关闭", "打印本页", "关闭窗口",
                                        "首页",     "分享到：", "Print",     "Share",    "Close"};
    static const char *const first[] = {"【字体",   "【打印",       "字体：",      "当前位置",
                                        "您的位置", "您现在的位置", "上一篇",      "下一篇",
                                        "浏览次数", "扫一扫",       "Produced By", "版权所有"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (strlen(whole[i]) == len && memcmp(whole[i], text, len) == 0) return 1;
    if (sectag_columns(text, len) > 60) return 0;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (strlen(first[i]) <= len && memcmp(first[i], text, strlen(first[i])) == 0) return 1;
    return 0;
}

/* ---- the walk ---- */

static void end_block(page *p) {
    sectag_blocks *l = p->blocks;
    size_t from = l->begun, to = sectag_reflow_trim(l->text.data, from, l->text.len);
    while (from < to && (l->text.data[from] == ' ' || l->text.data[from] == '\n')) from++;
    if (!p->all && to > from && is_small_change(l->text.data + from, to - from)) l->text.len = l->begun;
    sectag_blocks_end(l);
}

static void begin_block(page *p, uint8_t kind, uint8_t level) {
    end_block(p);
    sectag_blocks_begin(p->blocks, kind, level);
}

static void walk(page *p, const xmlNode *parent);

static void row(page *p, const xmlNode *tr) {
    uint32_t cell = 0, outer = p->blocks->cell;
    end_block(p);
    size_t from = sectag_blocks_row_begin(p->blocks);
    for (const xmlNode *n = tr->children; n; n = n->next) {
        if (!sectag_xml_is(n, "td") && !sectag_xml_is(n, "th")) continue;
        if (is_hidden(n) || (!p->all && is_navigation(n))) continue;
        sectag_blocks_cell(p->blocks, ++cell);
        walk(p, n);
        end_block(p);
    }
    sectag_blocks_row_end(p->blocks, from, outer);
}

/* Exchange formats name a section in an attribute only: <div type="paragraph" title="...">. */
static int names_section(page *p, const xmlNode *n) {
    const char *title = sectag_xml_attribute(n, "title"), *type = sectag_xml_attribute(n, "type");
    if (!title || !*title || !type || strcmp(type, "paragraph") != 0) return 0;
    begin_block(p, SECTAG_BLOCK_HEADING, (uint8_t)(p->section < 8 ? p->section + 1 : 9));
    sectag_blocks_fold(p->blocks, title, strlen(title));
    end_block(p);
    return 1;
}

static void block(page *p, const xmlNode *n) {
    int level =
        n->name[0] == 'h' && n->name[1] >= '1' && n->name[1] <= '6' && !n->name[2] ? n->name[1] - '0' : 0;
    int item = sectag_xml_is(n, "li"), outer_heading = p->in_heading;
    uint8_t kind = p->blocks->kind, outer_level = p->blocks->level;
    unsigned section = (unsigned)names_section(p, n);
    p->section += section;
    if (level)
        begin_block(p, SECTAG_BLOCK_HEADING, (uint8_t)level);
    else
        begin_block(p,
                    item                        ? SECTAG_BLOCK_ITEM
                    : kind == SECTAG_BLOCK_ITEM ? kind
                                                : SECTAG_BLOCK_PARAGRAPH,
                    0);
    p->in_heading = level > 0;
    if (sectag_xml_is(n, "tr"))
        row(p, n);
    else
        walk(p, n);
    p->in_heading = outer_heading;
    p->section -= section;
    begin_block(p, kind, outer_level);
}

/* Text set as it stands. */
static void preformatted(page *p, const xmlNode *parent) {
    for (const xmlNode *n = parent->children; n; n = n->next) {
        if (n->type == XML_TEXT_NODE && n->content)
            sectag_blocks_add(p->blocks, (const char *)n->content, strlen((const char *)n->content));
        else if (n->type == XML_ELEMENT_NODE && !is_silent(n) && p->depth < DEPTH_MAX) {
            p->depth++;
            preformatted(p, n);
            p->depth--;
        }
    }
}

static void element(page *p, const xmlNode *n) {
    if (is_silent(n) || is_hidden(n) || (!p->all && is_navigation(n))) return;
    if (sectag_xml_is(n, "br")) {
        if (p->in_heading)
            sectag_blocks_fold(p->blocks, "\n", 1);
        else
            begin_block(p, p->blocks->kind, p->blocks->level);
    } else if (sectag_xml_is(n, "pre")) {
        begin_block(p, SECTAG_BLOCK_LINES, 0);
        preformatted(p, n);
        begin_block(p, SECTAG_BLOCK_PARAGRAPH, 0);
    } else if (is_block(n)) {
        block(p, n);
    } else {
        walk(p, n);
    }
}

static void walk(page *p, const xmlNode *parent) {
    if (++p->depth < DEPTH_MAX) {
        for (const xmlNode *n = parent->children; n; n = n->next) {
            if ((n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && n->content)
                sectag_blocks_fold(p->blocks, (const char *)n->content, strlen((const char *)n->content));
            else if (n->type == XML_ELEMENT_NODE)
                element(p, n);
        }
    }
    p->depth--;
}

/* ---- the page ---- */

static size_t own_text(const xmlNode *n) {
    tally t = {0};
    count_element(n, &t, 0, 0);
    return t.text - t.linked;
}

static const xmlNode *find_main(const xmlNode *parent, unsigned depth) {
    for (const xmlNode *n = parent->children; n && depth < DEPTH_MAX; n = n->next) {
        if (n->type != XML_ELEMENT_NODE) continue;
        const char *role = sectag_xml_attribute(n, "role");
        if (is_one_of(n, " main article ") || (role && strcmp(role, "main") == 0)) return n;
        const xmlNode *found = find_main(n, depth + 1);
        if (found) return found;
    }
    return NULL;
}

static void take_page(page *p, const xmlNode *root) {
    const xmlNode *main_part = p->all ? NULL : find_main(root, 0);
    if (main_part && own_text(main_part) * 2 >= own_text(root)) root = main_part;
    sectag_blocks_begin(p->blocks, SECTAG_BLOCK_PARAGRAPH, 0);
    walk(p, root);
    end_block(p);
}

/* Was next to nothing left of the page, and no sentence? */
static int is_gutted(const sectag_blocks *l, size_t before, const xmlNode *root) {
    tally t = {0};
    size_t columns = 0;
    for (size_t i = before; i < l->entries.len; i++) {
        const char *text = l->text.data + l->entries.data[i].at;
        columns += sectag_columns(text, l->entries.data[i].len);
        for (size_t k = 0; k + 3 <= l->entries.data[i].len; k++)
            if (memcmp(text + k, "。", 3) == 0) return 0;
    }
    count_element(root, &t, 0, 0);
    return columns * 3 < t.text;
}

int sectag_html_blocks(sectag_blocks *l, const char *html, size_t len) {
    page p = {.blocks = l};
    size_t before = l->entries.len;
    int no_memory;
    if (len > SECTAG_XML_MAX) return SECTAG_EDATA;
    sectag_xml_watch(&no_memory);
    htmlDocPtr doc = htmlReadMemory(html, (int)len, NULL, "UTF-8",
                                    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                        HTML_PARSE_NONET | HTML_PARSE_COMPACT | HTML_PARSE_IGNORE_ENC);
    sectag_xml_watch(NULL);
    if (no_memory) l->no_memory = 1; /* what is there then is not all */
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (root) take_page(&p, root);
    if (root && is_gutted(l, before, root)) {
        l->entries.len = before;
        p.all = 1;
        take_page(&p, root);
    }
    xmlFreeDoc(doc);
    return l->no_memory ? SECTAG_ENOMEM : root ? 0 : SECTAG_EDATA;
}

/* ---- the encoding ---- */

/* Copies the name that follows `at`: charset = "name". */
static int take_name(const char *at, const char *end, char *name, size_t size) {
    size_t n = 0;
    while (at < end && (*at == ' ' || *at == '=' || *at == '"' || *at == '\'')) at++;
    for (; at < end && n + 1 < size; at++) {
        int word = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                   *at == '-' || *at == '_' || *at == ':';
        if (!word) break;
        name[n++] = *at;
    }
    name[n] = '\0';
    return n > 1;
}

int sectag_html_charset(const char *html, size_t len, char *name, size_t size) {
    static const char *const keys[] = {"charset", "encoding"};
    const char *end = html + (len < 4096 ? len : 4096);
    for (const char *at = html; at < end; at++) {
        if (*at != '<') continue;
        int meta = sectag_begins(at, (size_t)(end - at), "<meta"),
            xml = sectag_begins(at, (size_t)(end - at), "<?xml");
        if (!meta && !xml) continue;
        for (const char *key = at; key < end && *key != '>'; key++)
            if (sectag_begins(key, (size_t)(end - key), keys[xml]) &&
                take_name(key + strlen(keys[xml]), end, name, size))
                return 1;
    }
    return 0;
}
