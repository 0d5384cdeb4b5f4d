/* make_documents: documents for the tests, made from text that we wrote (tests/data/sample).
 *
 *   make_documents mix FOLDER COUNT
 *     plain text and, if sectag reads them, web pages and Word documents, by turns, in ten folders; a dozen
 *     kinds of length
 *   make_documents pdf FILE PAGES
 *     a PDF file with headings, paragraphs, a running header and page numbers
 *   make_documents docx|html|txt FILE
 *     one document; html and docx only if sectag reads them
 *
 * The same arguments make the same bytes.
 */
#include "features/array.h"
#include "features/buf.h"
#include "features/file.h"
#include "features/utf8.h"

#ifdef SECTAG_WITH_DOCX
#include <archive.h>
#include <archive_entry.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const sources[] = {"tests/data/sample/plan-zh.txt", "tests/data/sample/prospectus-zh.txt",
                                      "tests/data/sample/annual-report-en.txt"};

/* Lines of the sources that are not blank. */
typedef struct line {
    const char *text;
    size_t len;
} line;

static SECTAG_ARRAY(line) lines;
static sectag_file files[3];

static void die(const char *what) {
    (void)fprintf(stderr, "make_documents: %s\n", what);
    exit(2);
}

static void need(int rc) {
    if (rc) die("out of memory");
}

static void read_lines(void) {
    for (size_t i = 0; i < 3; i++) {
        if (sectag_file_open(&files[i], sources[i], NULL)) die(sources[i]);
        const char *at = files[i].data, *end = at + files[i].len, *feed;
        for (; at < end && (feed = memchr(at, '\n', (size_t)(end - at))) != NULL; at = feed + 1) {
            line l = {at, (size_t)(feed - at)};
            if (l.len > 3) need(sectag_array_push(&lines, l));
        }
    }
}

/* Line number i of document number `document`, round and round. */
static line pick(size_t document, size_t i) {
    return lines.data[(document * 7 + i) % lines.len];
}

static size_t length_of(size_t document) {
    return 3 + document * 13 % 60;
}

static void save(const char *path, const sectag_buf *b) {
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(b->data, 1, b->len, f) != b->len || fclose(f)) die(path);
}

#if defined SECTAG_WITH_HTML || defined SECTAG_WITH_DOCX
static void put_escaped(sectag_buf *b, line l) {
    for (size_t i = 0; i < l.len; i++) {
        char c = l.text[i];
        const char *entity = c == '&'                  ? "&amp;"
                             : c == '<'                ? "&lt;"
                             : (unsigned char)c < 0x20 ? " "
                                                       : NULL; /* form feeds */
        need(entity ? sectag_buf_adds(b, entity) : sectag_buf_addc(b, l.text[i]));
    }
}
#endif

/* ---- one of each kind ---- */

static void make_text(const char *path, size_t document) {
    sectag_buf b = {0};
    for (size_t i = 0; i < length_of(document); i++) {
        line l = pick(document, i);
        need(sectag_buf_add(&b, l.text, l.len) | sectag_buf_addc(&b, '\n'));
    }
    save(path, &b);
    sectag_buf_release(&b);
}

#ifdef SECTAG_WITH_HTML
static void make_page(const char *path, size_t document) {
    sectag_buf b = {0};
    need(sectag_buf_addf(&b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%zu</title>",
                         document));
    need(sectag_buf_adds(&b, "<script>var a = 1 < 2;</script></head><body><nav><a href=\"#\">x</a></nav>\n"));
    for (size_t i = 0; i < length_of(document); i++) {
        static const char *const tags[] = {"h1", "p", "p", "li", "td"};
        const char *tag = tags[i % 5];
        need(sectag_buf_addf(&b, i % 5 == 4 ? "<table><tr><%s>" : "<%s>", tag));
        put_escaped(&b, pick(document, i));
        need(sectag_buf_addf(&b, i % 5 == 4 ? "</%s></tr></table>\n" : "</%s>\n", tag));
    }
    need(sectag_buf_adds(&b, "</body></html>\n"));
    save(path, &b);
    sectag_buf_release(&b);
}
#endif

#ifdef SECTAG_WITH_DOCX
static void put_body(sectag_buf *b, size_t document) {
    need(sectag_buf_adds(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas."
                            "openxmlformats.org/wordprocessingml/2006/main\"><w:body>"));
    for (size_t i = 0; i < length_of(document); i++) {
        const char *style = i % 6 == 0 ? "<w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr>" : "";
        need(sectag_buf_addf(b, "<w:p>%s<w:r><w:t>", style));
        put_escaped(b, pick(document, i));
        need(sectag_buf_adds(b, "</w:t></w:r></w:p>"));
    }
    need(sectag_buf_adds(b, "</w:body></w:document>"));
}

static void make_word(const char *path, size_t document) {
    sectag_buf b = {0};
    put_body(&b, document);
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    if (!a || !e || archive_write_set_format_zip(a) != ARCHIVE_OK ||
        archive_write_set_options(a, document % 2 ? "zip:compression=store" : "zip:compression=deflate") !=
            ARCHIVE_OK ||
        archive_write_open_filename(a, path) != ARCHIVE_OK)
        die(path);
    archive_entry_set_pathname(e, "word/document.xml");
    archive_entry_set_size(e, (la_int64_t)b.len);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    if (archive_write_header(a, e) != ARCHIVE_OK || archive_write_data(a, b.data, b.len) != (la_ssize_t)b.len)
        die(path);
    archive_entry_free(e);
    if (archive_write_free(a) != ARCHIVE_OK) die(path);
    sectag_buf_release(&b);
}
#endif

/* ---- PDF ---- */

/* A file being written: where each object begins, for the table at its end. */
typedef struct pdf {
    sectag_buf out;
    SECTAG_ARRAY(size_t) objects;
    size_t source, byte; /* of the text, where the next line begins */
} pdf;

static void begin_object(pdf *p) {
    need(sectag_array_push(&p->objects, p->out.len));
    need(sectag_buf_addf(&p->out, "%zu 0 obj\n", p->objects.len));
}

static void put_object(pdf *p, const char *text) {
    begin_object(p);
    need(sectag_buf_addf(&p->out, "%s\nendobj\n", text));
}

static void put_stream(pdf *p, const sectag_buf *text) {
    begin_object(p);
    need(sectag_buf_addf(&p->out, "<</Length %zu>>\nstream\n", text->len));
    need(sectag_buf_add(&p->out, text->data, text->len) | sectag_buf_adds(&p->out, "\nendstream\nendobj\n"));
}

static size_t show(sectag_buf *page, double x, double y, double size, const char *text, size_t len,
                   double width) {
    double used = 0;
    size_t at = 0;
    need(sectag_buf_addf(page, "BT /F1 %.1f Tf %.1f %.1f Td <", size, x, y));
    while (at < len) {
        uint32_t cp;
        size_t n = sectag_utf8_next(text + at, len - at, &cp, NULL);
        used += cp < 127 ? size / 2 : size;
        if (width > 0 && used > width) break;
        need(sectag_buf_addf(page, "%04X", cp < 0x10000 ? cp : 0xFFFD));
        at += n;
    }
    need(sectag_buf_adds(page, "> Tj ET\n"));
    return at;
}

/* A page of 40 lines that go on from the page before. */
static void put_page(pdf *p, size_t number, sectag_buf *page) {
    char foot[32];
    sectag_buf_clear(page);
    (void)show(page, 230, 800, 9, "生物产业规划汇编", strlen("生物产业规划汇编"), 0);
    for (int row = 0; row < 40; row++) {
        line l = lines.data[p->source % lines.len];
        double size = p->byte == 0 && l.len < 40 ? 14 : 10.5;
        p->byte += show(page, 70, 770 - row * 18, size, l.text + p->byte, l.len - p->byte, 455);
        if (p->byte < l.len) continue;
        p->byte = 0;
        p->source++;
    }
    int n = snprintf(foot, sizeof foot, "- %zu -", number);
    (void)show(page, 285, 30, 9, foot, (size_t)n, 0);
}

static void put_font(pdf *p) {
    static const char map[] = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
                              "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
                              "2 beginbfrange <0000> <00FF> <0000> <0100> <FFFF> <0100> endbfrange\n"
                              "endcmap end end\n";
    sectag_buf text = {0};
    put_object(p, "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[4 0 R]"
                  "/ToUnicode 6 0 R>>");
    put_object(p, "<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)"
                  "/Ordering(Identity)/Supplement 0>>/DW 1000/W[32 126 500]/FontDescriptor 5 0 R>>");
    put_object(p, "<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0"
                  "/Ascent 880/Descent -120/CapHeight 700/StemV 80>>");
    need(sectag_buf_adds(&text, map));
    put_stream(p, &text);
    sectag_buf_release(&text);
}

static void put_table(pdf *p) {
    size_t at = p->out.len;
    need(sectag_buf_addf(&p->out, "xref\n0 %zu\n0000000000 65535 f \n", p->objects.len + 1));
    for (size_t i = 0; i < p->objects.len; i++)
        need(sectag_buf_addf(&p->out, "%010zu 00000 n \n", p->objects.data[i]));
    need(sectag_buf_addf(&p->out, "trailer\n<</Root 1 0 R/Size %zu>>\nstartxref\n%zu\n%%%%EOF\n",
                         p->objects.len + 1, at));
}

static void make_pdf(const char *path, size_t pages) {
    pdf p = {0};
    sectag_buf text = {0}, kids = {0};
    need(sectag_buf_adds(&p.out, "%PDF-1.5\n%\xE2\xE3\xCF\xD3\n"));
    put_object(&p, "<</Type/Catalog/Pages 2 0 R>>");
    need(sectag_buf_adds(&kids, "<</Type/Pages/Kids["));
    for (size_t i = 0; i < pages; i++) need(sectag_buf_addf(&kids, "%zu 0 R ", 7 + 2 * i));
    need(sectag_buf_addf(&kids, "]/Count %zu>>", pages));
    put_object(&p, kids.data);
    put_font(&p);
    for (size_t i = 0; i < pages; i++) {
        char head[160];
        (void)snprintf(head, sizeof head,
                       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
                       "/Contents %zu 0 R>>",
                       8 + 2 * i);
        put_object(&p, head);
        put_page(&p, i + 1, &text);
        put_stream(&p, &text);
    }
    put_table(&p);
    save(path, &p.out);
    sectag_buf_release(&p.out);
    sectag_buf_release(&text);
    sectag_buf_release(&kids);
    free(p.objects.data);
}

/* ---- many ---- */

static const struct kind {
    const char *name;
    void (*make)(const char *path, size_t document);
} kinds[] = {
    {"txt", make_text},
#ifdef SECTAG_WITH_HTML
    {"html", make_page},
#endif
#ifdef SECTAG_WITH_DOCX
    {"docx", make_word},
#endif
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void make_mix(const char *folder, size_t count) {
    char path[4096];
    if (mkdir(folder, 0777)) die(folder);
    for (size_t i = 0; i < count; i++) {
        const struct kind *k = &kinds[i % KINDS];
        (void)snprintf(path, sizeof path, "%s/%zu", folder, i % 10);
        if (i < 10 && mkdir(path, 0777)) die(path);
        (void)snprintf(path, sizeof path, "%s/%zu/%05zu.%s", folder, i % 10, i, k->name);
        k->make(path, i);
    }
}

int main(int argc, char **argv) {
    if (argc < 3)
        die("usage: make_documents mix FOLDER COUNT | pdf FILE PAGES | txt FILE | html FILE | docx FILE");
    size_t n = argc > 3 ? strtoul(argv[3], NULL, 10) : 58;
    int made = 0;
    read_lines();
    if (strcmp(argv[1], "mix") == 0) made = 1, make_mix(argv[2], n);
    if (strcmp(argv[1], "pdf") == 0) made = 1, make_pdf(argv[2], n);
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) made = 1, kinds[i].make(argv[2], n);
    for (size_t i = 0; i < 3; i++) sectag_file_release(&files[i]);
    free(lines.data);
    if (!made) die("there is no such kind");
    return 0;
}
