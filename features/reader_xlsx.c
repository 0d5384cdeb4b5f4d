/* reader_xlsx.c: spreadsheets (ECMA-376 part 1, SpreadsheetML): the sheets in order, each with its own header
 * and column of clauses. */
#include "features/sheet.h"

static int sniff(const char *head, size_t len) {
    return sectag_zip_holds(head, len, "xl/");
}

#ifdef SECTAG_WITH_DOCX

#include "features/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct xlsx_state {
    xmlDocPtr strings;
    SECTAG_ARRAY(const xmlNode *) shared; /* w:si of each shared string */
    sectag_sheet sheet;
    sectag_buf text;
    unsigned number; /* of the sheet that is read */
    int found;       /* the wanted column was in some sheet */
} xlsx_state;

/* The text of a string item: of its runs, without the phonetic ones. */
static int put_string(sectag_buf *out, const xmlNode *item) {
    int rc = 0;
    for (const xmlNode *n = item ? item->children : NULL; n; n = n->next) {
        if (sectag_xml_is(n, "t")) rc |= sectag_buf_adds(out, sectag_xml_text(n));
        if (sectag_xml_is(n, "r")) rc |= sectag_buf_adds(out, sectag_xml_text(sectag_xml_child(n, "t")));
    }
    return rc;
}

static int index_strings(xlsx_state *s) {
    const xmlNode *root = s->strings ? xmlDocGetRootElement(s->strings) : NULL;
    for (const xmlNode *n = root ? root->children : NULL; n; n = n->next)
        if (sectag_xml_is(n, "si") && sectag_array_push(&s->shared, n)) return SECTAG_ENOMEM;
    return 0;
}

/* "AB12" -> 27. */
static size_t column_of(const char *reference, size_t otherwise) {
    size_t value = 0;
    for (; reference && *reference >= 'A' && *reference <= 'Z' && value < SECTAG_SHEET_COLUMNS; reference++)
        value = value * 26 + (size_t)(*reference - 'A' + 1);
    return value ? value - 1 : otherwise;
}

static int put_value(xlsx_state *s, const xmlNode *c) {
    const char *type = sectag_xml_attribute(c, "t");
    const char *value = sectag_xml_text(sectag_xml_child(c, "v"));
    sectag_buf_clear(&s->text);
    if (type && strcmp(type, "inlineStr") == 0) return put_string(&s->text, sectag_xml_child(c, "is"));
    if (!type || strcmp(type, "s") != 0) return sectag_buf_adds(&s->text, value);
    unsigned long i = strtoul(value, NULL, 10);
    return i < s->shared.len ? put_string(&s->text, s->shared.data[i]) : 0;
}

static int read_row(xlsx_state *s, const xmlNode *row, uint64_t *number) {
    size_t column = 0;
    *number = (uint64_t)sectag_xml_number(row, "r", (long)*number + 1);
    for (const xmlNode *c = row->children; c; c = c->next) {
        if (!sectag_xml_is(c, "c")) continue;
        column = column_of(sectag_xml_attribute(c, "r"), column);
        if (put_value(s, c)) return SECTAG_ENOMEM;
        if (s->text.len && sectag_sheet_cell_add(&s->sheet, column, s->text.data, s->text.len))
            return SECTAG_ENOMEM;
        column++;
    }
    return sectag_sheet_row_end(&s->sheet, *number);
}

static int read_rows(xlsx_state *s, xmlDocPtr doc) {
    uint64_t number = 0;
    const xmlNode *data = sectag_xml_child(xmlDocGetRootElement(doc), "sheetData");
    sectag_sheet_clear(&s->sheet);
    for (const xmlNode *n = data ? data->children : NULL; n; n = n->next)
        if (sectag_xml_is(n, "row") && read_row(s, n, &number)) return SECTAG_ENOMEM;
    return 0;
}

/* The next sheet with text: 1, or 0 behind the last. */
static int next_sheet(sectag_reader *r, xlsx_state *s, sectag_err *err) {
    char name[48];
    xmlDocPtr doc;
    (void)snprintf(name, sizeof name, "xl/worksheets/sheet%u.xml", ++s->number);
    int rc = sectag_package_part(r, name, &doc, err);
    if (rc || !doc) return rc;
    if (read_rows(s, doc)) rc = sectag_err_nomem(err);
    xmlFreeDoc(doc);
    if (rc) return rc;
    if (sectag_sheet_choose(&s->sheet, r->o.column, err) == 0) {
        s->found = 1;
        return 1;
    }
    sectag_sheet_clear(&s->sheet); /* another sheet may have the column */
    return 1;
}

static int open_xlsx(sectag_reader *r, sectag_err *err) {
    xlsx_state *s = r->state = sectag_zalloc(1, sizeof *s);
    if (!s) return sectag_err_nomem(err);
    int rc = sectag_package_part(r, "xl/sharedStrings.xml", &s->strings, err);
    if (!rc && index_strings(s)) rc = sectag_err_nomem(err);
    if (!rc) rc = next_sheet(r, s, err);
    if (rc == 0) rc = sectag_reader_fail(r, SECTAG_EDATA, err, "no sheet in this spreadsheet");
    return rc < 0 ? rc : 0;
}

static int next_block(sectag_reader *r, sectag_block *b, sectag_err *err) {
    xlsx_state *s = r->state;
    for (;;) {
        int rc = sectag_sheet_next(&s->sheet, r->o.rows, b);
        if (rc) return rc < 0 ? sectag_err_nomem(err) : 1;
        rc = next_sheet(r, s, err);
        if (rc == 0 && !s->found && r->o.column)
            return sectag_reader_fail(r, SECTAG_EARG, err, "no column is called \"%.60s\"", r->o.column);
        if (rc != 1) return rc;
    }
}

static void close_xlsx(sectag_reader *r) {
    xlsx_state *s = r->state;
    if (!s) return;
    xmlFreeDoc(s->strings);
    free(s->shared.data);
    sectag_sheet_release(&s->sheet);
    sectag_buf_release(&s->text);
    free(s);
}

const sectag_reader_type sectag_reader_xlsx = {.name = "xlsx",
                                               .endings = " .xlsx .xlsm ",
                                               .sniff = sniff,
                                               .open = open_xlsx,
                                               .next = next_block,
                                               .close = close_xlsx};

#else

const sectag_reader_type sectag_reader_xlsx = {
    .name = "xlsx", .endings = " .xlsx .xlsm ", .sniff = sniff, .option = "SECTAG_WITH_DOCX"};

#endif
