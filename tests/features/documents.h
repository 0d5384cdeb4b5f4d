/* documents.h: small Word documents, spreadsheets and PDF files made by the tests from text that we wrote. */
#ifndef TESTS_DOCUMENTS_H
#define TESTS_DOCUMENTS_H

#include "tests/suite.h"

#include "features/buf.h"
#include "features/utf8.h"

#ifdef SECTAG_WITH_DOCX
#include <archive.h>
#include <archive_entry.h>

typedef struct part {
    const char *name, *text;
} package_part;

/* Writes a ZIP archive of parts; returns its path. */
static inline const char *make_package(const char *name, const package_part *parts, size_t n) {
    const char *path = suite_path(name);
    struct archive *a = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, parts[i].name);
        archive_entry_set_size(e, (la_int64_t)strlen(parts[i].text));
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        assert_int_equal(archive_write_data(a, parts[i].text, strlen(parts[i].text)),
                         (la_ssize_t)strlen(parts[i].text));
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
    return path;
}

#define WORD_NS    " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define WORD(body) "<w:document" WORD_NS "><w:body>" body "</w:body></w:document>"
#define P(text)    "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#endif

/* A PDF file being written: page contents, one after the other. */
typedef struct pdf {
    sectag_buf pages[8];
    size_t n;
} pdf;

/* Adds a line of text at x, y from the page's lower left corner. */
static inline void pdf_text(pdf *p, double x, double y, double size, const char *text) {
    sectag_buf *page = &p->pages[p->n - 1];
    assert_int_equal(sectag_buf_addf(page, "BT /F1 %.1f Tf %.1f %.1f Td <", size, x, y), 0);
    for (size_t at = 0, len = strlen(text); at < len;) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        assert_int_equal(sectag_buf_addf(page, "%04X", cp), 0);
    }
    assert_int_equal(sectag_buf_adds(page, "> Tj ET\n"), 0);
}

/* Adds a ruled line. */
static inline void pdf_rule(pdf *p, double x1, double y1, double x2, double y2) {
    assert_int_equal(sectag_buf_addf(&p->pages[p->n - 1], "1 w %.1f %.1f m %.1f %.1f l S\n", x1, y1, x2, y2),
                     0);
}

/* Writes the file: a font without outlines whose codes are Unicode, so no font has to be there. Wide
 * characters are 1 em, those of Latin half an em. */
static inline const char *pdf_save(pdf *p, const char *name) {
    static const char fixed[] =
        "%PDF-1.5\n"
        "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        "3 0 obj\n<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[4 0 R]"
        "/ToUnicode 6 0 R>>\nendobj\n"
        "4 0 obj\n<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)"
        "/Ordering(Identity)/Supplement 0>>/DW 1000/W[32 126 500]/FontDescriptor 5 0 R>>\nendobj\n"
        "5 0 obj\n<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle "
        "0/Ascent 880"
        "/Descent -120/CapHeight 700/StemV 80>>\nendobj\n";
    static const char map[] = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
                              "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
                              "2 beginbfrange <0000> <00FF> <0000> <0100> <FFFF> <0100> endbfrange\n"
                              "endcmap end end\n";
    sectag_buf out = {0};
    int rc = sectag_buf_adds(&out, fixed);
    rc |=
        sectag_buf_addf(&out, "6 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n", strlen(map), map);
    rc |= sectag_buf_adds(&out, "2 0 obj\n<</Type/Pages/Kids[");
    for (size_t i = 0; i < p->n; i++) rc |= sectag_buf_addf(&out, "%zu 0 R ", 10 + 2 * i);
    rc |= sectag_buf_addf(&out, "]/Count %zu>>\nendobj\n", p->n);
    for (size_t i = 0; i < p->n; i++) {
        const char *content = p->pages[i].len ? p->pages[i].data : "";
        rc |= sectag_buf_addf(
            &out,
            "%zu 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>"
            ">>/Contents %zu 0 R>>\nendobj\n%zu 0 obj\n<</Length %zu>>\nstream\n",
            10 + 2 * i, 11 + 2 * i, 11 + 2 * i, strlen(content));
        rc |= sectag_buf_adds(&out, content) | sectag_buf_adds(&out, "\nendstream\nendobj\n");
        sectag_buf_release(&p->pages[i]);
    }
    /* no table of objects: readers look for them */
    rc |= sectag_buf_adds(&out, "trailer\n<</Root 1 0 R/Size 40>>\nstartxref\n0\n%%EOF\n");
    assert_int_equal(rc, 0);
    const char *path = suite_write(name, out.data, out.len);
    sectag_buf_release(&out);
    return path;
}

#endif
