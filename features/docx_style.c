#include "features/docx_style.h"

#include "features/array.h"
#include "features/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { BASED_ON_MAX = 16 };

/* The counters of one abstract list. */
typedef struct sectag_docx_list {
    const char *id;
    uint32_t counters[SECTAG_DOCX_LEVELS];
} docx_list;

int sectag_docx_styles_init(sectag_docx_styles *s, const sectag_reader *r, sectag_err *err) {
    memset(s, 0, sizeof *s);
    int rc = sectag_package_part(r, "word/styles.xml", &s->styles, err);
    return rc ? rc : sectag_package_part(r, "word/numbering.xml", &s->numbering, err);
}

void sectag_docx_styles_release(sectag_docx_styles *s) {
    xmlFreeDoc(s->styles);
    xmlFreeDoc(s->numbering);
    free(s->lists);
    memset(s, 0, sizeof *s);
}

/* ---- styles ---- */

/* The child of the root called `name` whose attribute `key` is `id`. */
static const xmlNode *find_by_id(xmlDocPtr doc, const char *name, const char *key, const char *id) {
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    for (const xmlNode *n = root && id ? root->children : NULL; n; n = n->next) {
        if (!sectag_xml_is(n, name)) continue;
        const char *value = sectag_xml_attribute(n, key);
        if (value && strcmp(value, id) == 0) return n;
    }
    return NULL;
}

static const char *value_of(const xmlNode *parent, const char *child) {
    return sectag_xml_attribute(sectag_xml_child(parent, child), "val");
}

static const xmlNode *style_of(const sectag_docx_styles *s, const xmlNode *properties) {
    return find_by_id(s->styles, "style", "styleId", value_of(properties, "pStyle"));
}

static const xmlNode *based_on(const sectag_docx_styles *s, const xmlNode *style) {
    return find_by_id(s->styles, "style", "styleId", value_of(style, "basedOn"));
}

/* "heading 2", as the built-in styles are named in every language's Word. */
static unsigned level_by_name(const xmlNode *style) {
    const char *name = value_of(style, "name");
    if (!name || !sectag_begins(name, strlen(name), "heading ")) return 0;
    return name[8] >= '1' && name[8] <= '9' && !name[9] ? (unsigned)(name[8] - '0') : 0;
}

static int outline_level(const xmlNode *properties, unsigned *level) {
    long value = sectag_xml_number(sectag_xml_child(properties, "outlineLvl"), "val", -1);
    if (value < 0) return 0;
    *level = value < SECTAG_DOCX_LEVELS ? (unsigned)value + 1 : 0; /* 9: body text */
    return 1;
}

unsigned sectag_docx_level(const sectag_docx_styles *s, const xmlNode *properties) {
    unsigned level = 0;
    if (!properties || outline_level(properties, &level)) return level;
    const xmlNode *style = style_of(s, properties);
    for (int i = 0; style && i < BASED_ON_MAX; i++, style = based_on(s, style)) {
        if (outline_level(sectag_xml_child(style, "pPr"), &level)) return level;
        if ((level = level_by_name(style)) != 0) return level;
    }
    return 0;
}

/* ---- numbers ---- */

static int put_chinese(sectag_buf *out, uint32_t n) {
    static const char digits[][4] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (n == 0 || n > 99) return sectag_buf_addf(out, "%u", n);
    int rc = n >= 20 ? sectag_buf_adds(out, digits[n / 10]) : 0;
    if (n >= 10) rc |= sectag_buf_adds(out, "十");
    return rc | sectag_buf_adds(out, digits[n % 10]);
}

static int put_roman(sectag_buf *out, uint32_t n, int upper) {
    static const struct {
        uint32_t value;
        const char *upper, *lower;
    } parts[] = {{100, "C", "c"}, {90, "XC", "xc"}, {50, "L", "l"},  {40, "XL", "xl"}, {10, "X", "x"},
                 {9, "IX", "ix"}, {5, "V", "v"},    {4, "IV", "iv"}, {1, "I", "i"}};
    if (n > 399) return sectag_buf_addf(out, "%u", n);
    int rc = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (; n >= parts[i].value; n -= parts[i].value)
            rc |= sectag_buf_adds(out, upper ? parts[i].upper : parts[i].lower);
    return rc;
}

static int put_circled(sectag_buf *out, uint32_t n) {
    char circled[4];
    if (n == 0 || n > 20) return sectag_buf_addf(out, "(%u)", n);
    return sectag_buf_add(out, circled, sectag_utf8_put(0x245F + n, circled));
}

/* A counter as the format shows it (ST_NumberFormat). */
static int put_counter(sectag_buf *out, const char *format, uint32_t n) {
    if (strstr(format, "hinese") || strstr(format, "ideographDigital") || strstr(format, "japaneseCounting"))
        return put_chinese(out, n);
    if (strstr(format, "Roman")) return put_roman(out, n, format[0] == 'u');
    if (strstr(format, "Letter") && n >= 1 && n <= 26)
        return sectag_buf_addc(out, (char)((format[0] == 'u' ? 'A' : 'a') + n - 1));
    if (strcmp(format, "decimalZero") == 0) return sectag_buf_addf(out, "%02u", n);
    return strstr(format, "Circle") ? put_circled(out, n) : sectag_buf_addf(out, "%u", n);
}

/* The w:numPr that holds for the paragraph: its own, or its style's. */
static const xmlNode *number_properties(const sectag_docx_styles *s, const xmlNode *properties) {
    const xmlNode *own = sectag_xml_child(properties, "numPr");
    if (own && value_of(own, "numId")) return own;
    const xmlNode *style = style_of(s, properties);
    for (int i = 0; style && i < BASED_ON_MAX; i++, style = based_on(s, style)) {
        const xmlNode *found = sectag_xml_child(sectag_xml_child(style, "pPr"), "numPr");
        if (found && value_of(found, "numId")) return found;
    }
    return NULL;
}

/* The level's w:lvl in the abstract list; *start is what its counter begins with in the list `num`. */
static const xmlNode *find_level(const xmlNode *abstract, const xmlNode *num, unsigned ilvl,
                                 uint32_t *start) {
    const xmlNode *found = NULL;
    for (const xmlNode *n = abstract->children; n && !found; n = n->next)
        if (sectag_xml_is(n, "lvl") && sectag_xml_number(n, "ilvl", -1) == (long)ilvl) found = n;
    *start = found ? (uint32_t)sectag_xml_number(sectag_xml_child(found, "start"), "val", 1) : 1;
    for (const xmlNode *n = num->children; n; n = n->next) {
        if (!sectag_xml_is(n, "lvlOverride") || sectag_xml_number(n, "ilvl", -1) != (long)ilvl) continue;
        const xmlNode *level = sectag_xml_child(n, "lvl");
        *start = (uint32_t)sectag_xml_number(sectag_xml_child(n, "startOverride"), "val", (long)*start);
        if (level) found = level;
    }
    return found;
}

/* The counters of a list; SECTAG_DOCX_LEVELS zeros when it is met first. NULL: no memory. */
static uint32_t *counters_of(sectag_docx_styles *s, const char *id) {
    for (size_t i = 0; i < s->n_lists; i++)
        if (strcmp(s->lists[i].id, id) == 0) return s->lists[i].counters;
    if (s->n_lists == s->cap && sectag_array_grow(&s->lists, &s->cap, s->n_lists + 1, sizeof *s->lists))
        return NULL;
    s->lists[s->n_lists] = (docx_list){.id = id};
    return s->lists[s->n_lists++].counters;
}

/* A list that is being numbered. */
typedef struct numbering {
    const xmlNode *num, *abstract;
    uint32_t *counters;
} numbering;

static const char *format_of(const xmlNode *level) {
    const char *format = value_of(level, "numFmt");
    return format ? format : "decimal";
}

/* The pattern "%1.%2" with the counters put in. */
static int put_pattern(sectag_buf *out, const numbering *n, const xmlNode *level) {
    const char *pattern = value_of(level, "lvlText");
    int rc = 0, legal = sectag_xml_child(level, "isLgl") != NULL;
    for (; pattern && *pattern; pattern++) {
        if (pattern[0] != '%' || pattern[1] < '1' || pattern[1] > '9') {
            rc |= sectag_buf_addc(out, *pattern);
            continue;
        }
        uint32_t start;
        unsigned ilvl = (unsigned)(*++pattern - '1');
        const xmlNode *shown = find_level(n->abstract, n->num, ilvl, &start);
        uint32_t value = n->counters[ilvl] ? n->counters[ilvl] : start;
        rc |= put_counter(out, legal || !shown ? "decimal" : format_of(shown), value);
    }
    return rc;
}

/* A number that ends in a wide character stands by itself; others are set off by a blank. */
static int put_gap(sectag_buf *out, size_t from) {
    if (out->len == from || (unsigned char)out->data[out->len - 1] >= 0x80) return 0;
    return sectag_buf_addc(out, ' ');
}

static void count(const numbering *n, unsigned ilvl, uint32_t start) {
    n->counters[ilvl] = n->counters[ilvl] ? n->counters[ilvl] + 1 : start;
    for (unsigned i = ilvl + 1; i < SECTAG_DOCX_LEVELS; i++) n->counters[i] = 0;
}

int sectag_docx_number(sectag_docx_styles *s, const xmlNode *properties, sectag_buf *out, int *bullet) {
    const xmlNode *wanted = s->numbering ? number_properties(s, properties) : NULL;
    uint32_t start;
    *bullet = 0;
    const char *id = value_of(wanted, "numId");
    numbering n = {.num = find_by_id(s->numbering, "num", "numId", id)};
    n.abstract = find_by_id(s->numbering, "abstractNum", "abstractNumId", value_of(n.num, "abstractNumId"));
    if (!n.num || !n.abstract) return 0;
    long ilvl = sectag_xml_number(sectag_xml_child(wanted, "ilvl"), "val", 0);
    if (ilvl < 0 || ilvl >= SECTAG_DOCX_LEVELS) return 0;
    const xmlNode *level = find_level(n.abstract, n.num, (unsigned)ilvl, &start);
    if (!level) return 0;
    if (strcmp(format_of(level), "bullet") == 0) {
        *bullet = 1;
        return 0;
    }
    /* lists of one abstract list go on counting, but for those with a start of their own */
    const char *key = sectag_xml_child(n.num, "lvlOverride") ? id : value_of(n.num, "abstractNumId");
    n.counters = counters_of(s, key);
    if (!n.counters) return SECTAG_ENOMEM;
    count(&n, (unsigned)ilvl, start);
    if (strcmp(format_of(level), "none") == 0) return 0;
    size_t from = out->len;
    return put_pattern(out, &n, level) | put_gap(out, from);
}
