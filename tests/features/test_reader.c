/* Readers: every kind of document as blocks of text. */
#include "tests/features/documents.h"

#include "features/reader.h"

static sectag_err err;

/* The blocks of a document, one a line: kind, level, text with line feeds as /, tabs as |, form feeds as ^;
 * and what goes along with a row. */
static void list(sectag_buf *out, const char *path, const sectag_reader_options *o) {
    static const char kinds[] = "lphirn";
    sectag_reader r;
    sectag_block b;
    int rc = sectag_reader_open(&r, path, o, &err);
    if (rc) print_message("%s\n", err.msg);
    assert_int_equal(rc, 0);
    while ((rc = sectag_reader_next(&r, &b, &err)) > 0) {
        assert_int_equal(sectag_buf_addf(out, "%c%u ", kinds[b.kind], b.level), 0);
        for (size_t i = 0; i < b.len; i++) {
            char c = b.text[i];
            c = (char)(c == '\n' ? '/' : c == '\t' ? '|' : c == '\f' ? '^' : c);
            assert_int_equal(sectag_buf_addc(out, c), 0);
        }
        for (size_t i = 0; i < b.n_cells; i++)
            assert_int_equal(sectag_buf_addf(out, " {%.*s=%.*s}", (int)b.cells[i].name_len, b.cells[i].name,
                                             (int)b.cells[i].len, b.cells[i].text),
                             0);
        assert_int_equal(sectag_buf_addc(out, '\n'), 0);
    }
    assert_int_equal(rc, 0);
    sectag_reader_release(&r);
}

static void assert_blocks_with(const char *path, const sectag_reader_options *o, const char *expected) {
    sectag_buf got = {0};
    list(&got, path, o);
    assert_string_equal(got.len ? got.data : "", expected);
    sectag_buf_release(&got);
}

static void assert_blocks(const char *path, const char *expected) {
    assert_blocks_with(path, &(sectag_reader_options){0}, expected);
}

static void assert_refused(const char *path, const sectag_reader_options *o, const char *part) {
    sectag_reader r;
    sectag_block b;
    sectag_err_clear(&err);
    int rc = sectag_reader_open(&r, path, o, &err);
    while (rc == 0 && (rc = sectag_reader_next(&r, &b, &err)) > 0) rc = 0;
    assert_true(rc < 0);
    assert_non_null(strstr(err.msg, part));
    sectag_reader_release(&r);
}

/* ---- tables ---- */

static void csv_gives_the_column_with_most_text_and_the_others_beside(void **state) {
    (void)state;
    assert_blocks(
        suite_write_text("a.csv",
                         "编号,条文,网址\r\n1,\"支持疫苗研发，\n促进产业化。\",http://a/b/c/d/e/f/g/h\r\n"
                         ",手术机器人,\r\n2,,x\r\n"),
        "i0 支持疫苗研发， {编号=1} {网址=http://a/b/c/d/e/f/g/h}\n"
        "i0 促进产业化。 {编号=1} {网址=http://a/b/c/d/e/f/g/h}\n"
        "i0 手术机器人\n");
}

static void csv_columns_are_chosen_by_name_and_letter(void **state) {
    const char *path = suite_write_text("b.csv", "a,b,c\n支持疫苗研发,x,1\n手术机器人,y,2\n");
    (void)state;
    assert_blocks_with(path, &(sectag_reader_options){.column = "b"},
                       "i0 x {a=支持疫苗研发} {c=1}\ni0 y {a=手术机器人} {c=2}\n");
    assert_blocks_with(path, &(sectag_reader_options){.column = "C"},
                       "i0 1 {a=支持疫苗研发} {b=x}\ni0 2 {a=手术机器人} {b=y}\n");
    assert_refused(path, &(sectag_reader_options){.column = "none"}, "no column is called \"none\"");
}

static void tables_without_a_header_are_told_by_their_first_row(void **state) {
    (void)state;
    assert_blocks(suite_write_text("c.csv", "1;支持疫苗研发。\n2;手术机器人。\n"),
                  "i0 支持疫苗研发。 {A=1}\ni0 手术机器人。 {A=2}\n");
    assert_blocks(suite_write_text("d.tsv", "条文\t类\n支持\"疫苗\"研发\tv\n"),
                  "i0 支持\"疫苗\"研发 {类=v}\n");
}

static void rows_may_be_asked_for_as_they_stand(void **state) {
    (void)state;
    assert_blocks_with(suite_write_text("e.csv", "id,text\n1,支持疫苗研发\n2,\n"),
                       &(sectag_reader_options){.rows = 1, .column = "text"},
                       "i0 支持疫苗研发 {id=1}\ni0  {id=2}\n");
}

static void jsonl_gives_one_member_and_the_others_beside(void **state) {
    const char *path =
        suite_write_text("a.jsonl", "{\"id\":7,\"text\":\"支持疫苗研发。\\n二\",\"x\":[1,2],\"n\":null}\n\n"
                                    "{\"text\":\"种子\"}");
    (void)state;
    assert_blocks(path, "i0 支持疫苗研发。 {id=7} {x=[1,2]}\ni0 二 {id=7} {x=[1,2]}\ni0 种子\n");
    assert_refused(path, &(sectag_reader_options){.column = "body"}, "no text member called body");
    assert_refused(suite_write_text("b.jsonl", "{\"text\":\"a\"}\n[1]\n"), &(sectag_reader_options){0},
                   "not a JSON object");
    assert_int_equal(err.line, 2);
}

/* ---- web pages ---- */

#ifdef SECTAG_WITH_HTML
static void html_gives_the_main_text_by_its_structure(void **state) {
    (void)state;
    assert_blocks(
        suite_write_text("a.html",
                         "<!DOCTYPE html><html><head><title>t</title><style>p{}</style></head><body>"
                         "<div class='top-nav'><a href=a>首页</a><a href=b>要闻</a></div>"
                         "<h1>规划\n全文</h1><p>支持 <b>疫苗</b>研发，<br>促进 &amp; 发展。</p>"
                         "<ul><li>甲<li>乙</ul><p style='display: none'>藏</p><script>x</script>"
                         "<table><tr><th>名称</th><th>数量</th></tr><tr><td>疫苗</td><td>3</td></tr>"
                         "<tr><td>说明</td><td>一句话。又一句。</td></tr></table>"
                         "<footer>版权</footer></body></html>"),
        "h1 规划/全文\np0 支持 疫苗研发，\np0 促进 & 发展。\ni0 甲\ni0 乙\nr0 名称|数量\nr0 疫苗|3\n"
        "i0 说明\ni0 一句话。又一句。\n");
}

static void html_that_is_all_links_is_read_nevertheless(void **state) {
    (void)state;
    assert_blocks(suite_write_text("b.html",
                                   "<html><body><ul><li><a href=a>甲甲甲</a><li><a href=b>乙乙乙</a>"
                                   "<li><a href=c>丙丙丙</a></ul></body></html>"),
                  "i0 甲甲甲\ni0 乙乙乙\ni0 丙丙丙\n");
}

static void html_says_its_encoding_itself(void **state) {
    (void)state;
    assert_blocks(
        suite_write_text(
            "c.html",
            "<html><head><meta charset=\"gb2312\"></head><body><p>\xD2\xDF\xC3\xE7</p></body></html>"),
        "p0 疫苗\n");
    assert_blocks(
        suite_write_text("d.html",
                         "<html><head><meta charset=big5></head><body><p>\xAC\xCC\xAD\x5D</p></body></html>"),
        "p0 疫苗\n");
    assert_blocks(
        suite_write_text("e.html",
                         "<html><head><meta charset=gb2312></head><body><p>疫苗研发</p></body></html>"),
        "p0 疫苗研发\n");
}

static void feeds_give_titles_and_texts(void **state) {
    (void)state;
    assert_blocks(
        suite_write_text("a.xml",
                         "<?xml version=\"1.0\"?><rss><channel><title>消息</title><link>http://x</link>"
                         "<item><title>一</title><description>&lt;p&gt;支持疫苗研发。&lt;/p&gt;</description>"
                         "<pubDate>1</pubDate></item></channel></rss>"),
        "h1 消息\nh2 一\np0 支持疫苗研发。\n");
    assert_blocks(suite_write_text("b.xml", "<?xml version=\"1.0\"?><a><b>甲</b><c>乙<d>丙</d></c></a>"),
                  "p0 甲\np0 乙\np0 丙\n");
}
#endif

/* ---- Word documents and spreadsheets ---- */

#ifdef SECTAG_WITH_DOCX
static const char *make_docx(const char *name, const char *document, const char *styles,
                             const char *numbering, const char *notes) {
    package_part parts[4] = {{"word/document.xml", document}};
    size_t n = 1;
    if (styles) parts[n++] = (package_part){"word/styles.xml", styles};
    if (numbering) parts[n++] = (package_part){"word/numbering.xml", numbering};
    if (notes) parts[n++] = (package_part){"word/footnotes.xml", notes};
    return make_package(name, parts, n);
}

static void docx_headings_come_from_styles(void **state) {
    (void)state;
    assert_blocks(
        make_docx("a.docx",
                  WORD("<w:p><w:pPr><w:pStyle w:val=\"x\"/></w:pPr><w:r><w:t>总则</w:t></w:r></w:p>"
                       "<w:p><w:pPr><w:pStyle w:val=\"y\"/></w:pPr><w:r><w:t>目的</w:t></w:r></w:p>"
                       "<w:p><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr><w:r><w:t>细则</w:t></w:r></w:p>" P(
                           "支持疫苗研发。")),
                  "<w:styles" WORD_NS "><w:style w:styleId=\"x\"><w:name w:val=\"heading 1\"/></w:style>"
                  "<w:style w:styleId=\"y\"><w:name w:val=\"own\"/><w:basedOn w:val=\"z\"/></w:style>"
                  "<w:style w:styleId=\"z\"><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style></w:styles>",
                  NULL, NULL),
        "h1 总则\nh2 目的\nh3 细则\np0 支持疫苗研发。\n");
}

static void docx_deletions_and_hidden_text_are_left_out(void **state) {
    (void)state;
    assert_blocks(
        make_docx(
            "b.docx",
            WORD("<w:p><w:r><w:t>支持</w:t></w:r><w:del><w:r><w:delText>不</w:delText></w:r></w:del>"
                 "<w:ins><w:r><w:t>疫苗</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
                 "<w:r><w:instrText>PAGE</w:instrText><w:t xml:space=\"preserve\"> 研发</w:t></w:r></w:p>"
                 "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>" P("后半")),
            NULL, NULL, NULL),
        "p0 支持疫苗 研发\np0 前半后半\n");
}

#define LEVEL(n, format, text)                                                                               \
    "<w:lvl w:ilvl=\"" n "\"><w:start w:val=\"1\"/><w:numFmt w:val=\"" format "\"/><w:lvlText w:val=\"" text \
    "\"/></w:lvl>"
#define NUMBERED(level, list, text)                                                                          \
    "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"" level "\"/><w:numId w:val=\"" list                               \
    "\"/></w:numPr></w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"

static void docx_numbers_are_those_that_word_shows(void **state) {
    (void)state;
    assert_blocks(
        make_docx(
            "c.docx",
            WORD(NUMBERED("0", "1", "甲") NUMBERED("1", "1", "乙") NUMBERED("1", "1", "丙") NUMBERED(
                "0", "1", "丁") NUMBERED("1", "1", "戊") NUMBERED("0", "2", "己") NUMBERED("0", "2", "")),
            NULL,
            "<w:numbering" WORD_NS
            "><w:abstractNum w:abstractNumId=\"5\">" LEVEL("0", "chineseCounting", "%1、")
                LEVEL("1", "decimal", "%1.%2") "</w:abstractNum><w:abstractNum w:abstractNumId=\"6\">" LEVEL(
                    "0", "bullet",
                    "*") "</w:abstractNum>"
                         "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"5\"/></w:num>"
                         "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"6\"/></w:num></w:numbering>",
            NULL),
        "p0 一、甲\np0 一.1 乙\np0 一.2 丙\np0 二、丁\np0 二.1 戊\ni0 己\n");
}

static void docx_tables_pages_and_notes(void **state) {
    (void)state;
    assert_blocks(
        make_docx(
            "d.docx",
            WORD("<w:p><w:r><w:t>正文</w:t><w:footnoteReference w:id=\"3\"/></w:r></w:p>"
                 "<w:tbl><w:tr><w:tc>" P("名称") "</w:tc><w:tc>" P("数")
                     P("量") "</w:tc></w:tr>"
                             "<w:tr><w:tc>" P("说明") "</w:tc><w:tc>" P("支持疫苗研发。") P(
                                 "又一句。") "</w:tc></w:tr></w:tbl>"
                                             "<w:p><w:r><w:br w:type=\"page\"/><w:t>次页</w:t></w:r></w:p>"),
            NULL, NULL,
            "<w:footnotes" WORD_NS "><w:footnote w:id=\"3\">" P("注释。") "</w:footnote></w:footnotes>"),
        "p0 正文\nn0 注释。\nr0 名称|数 量\ni0 说明\ni0 支持疫苗研发。\ni0 又一句。\np0 ^次页\n");
}

static void damaged_packages_are_refused(void **state) {
    (void)state;
    assert_refused(make_package("e.docx", &(package_part){"word/document.xml", "<w:document><w:body>"}, 1),
                   &(sectag_reader_options){0}, "no well-formed XML");
    assert_refused(make_package("f.docx", &(package_part){"word/other.xml", "<a/>"}, 1),
                   &(sectag_reader_options){0}, "not a Word document");
}

static void xlsx_sheets_are_tables(void **state) {
    static const package_part parts[] = {
        {"xl/sharedStrings.xml",
         "<sst><si><t>条文</t></si><si><r><t>支持疫苗</t></r><r><t>研发</t></r></si></sst>"},
        {"xl/worksheets/sheet1.xml",
         "<worksheet><sheetData><row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>编号</t></is></c><c r=\"C2\" "
         "t=\"s\"><v>0</v></c></row>"
         "<row r=\"3\"><c r=\"A3\"><v>17</v></c><c r=\"C3\" "
         "t=\"s\"><v>1</v></c></row></sheetData></worksheet>"}};
    (void)state;
    assert_blocks(make_package("a.xlsx", parts, COUNT_OF(parts)), "i0 支持疫苗研发 {编号=17}\n");
}
#endif

/* ---- PDF ---- */

#ifdef SECTAG_WITH_PDF
static void new_page(pdf *p) {
    p->n++;
}

static void pdf_lines_become_paragraphs_across_pages(void **state) {
    static const char *const ends[] = {"", "这是第一处。", "那是第二处。", "最后的一处。"};
    static const char *const second[] = {"甲段从这里开始，一直写到本行的末尾为止，再接着写",
                                         "乙段从那里起头，同样写到本行的尽头为止，然后才换",
                                         "丙段另起一行，照旧写满整整一行的文字，到了行末便",
                                         "丁段是最末的一段，也要写到这一行的最后面，再折到"};
    static const char *const rest[] = {"下一行。", "行。", "转到下面。", "这里。"};
    static const char *const last[] = {"跨页的一段文字写满了这一行，它在本页的最后一行里",
                                       "又是跨页的一段，写满了这一行，它也在这一页的末尾",
                                       "还有跨页的一段，字数不多不少，正好写满了这一行字"};
    pdf p = {0};
    (void)state;
    for (int page = 0; page < 4; page++) {
        char number[16];
        new_page(&p);
        pdf_text(&p, 240, 800, 10, "政策文件汇编");
        (void)snprintf(number, sizeof number, "- %d -", page + 1);
        pdf_text(&p, 280, 30, 10, number);
        if (page > 0) pdf_text(&p, 76, 760, 12, ends[page]);
        pdf_text(&p, 100, 740, 12, second[page]);
        pdf_text(&p, 76, 720, 12, rest[page]);
        if (page < 3) pdf_text(&p, 100, 700, 12, last[page]);
    }
    sectag_buf expected = {0};
    for (int page = 0; page < 4; page++) {
        assert_int_equal(sectag_buf_addf(&expected, "p0 %s/%s\n", second[page], rest[page]), 0);
        if (page < 3)
            assert_int_equal(sectag_buf_addf(&expected, "p0 %s^/%s\n", last[page], ends[page + 1]), 0);
    }
    assert_blocks(pdf_save(&p, "a.pdf"), expected.data);
    sectag_buf_release(&expected);
}

static void pdf_columns_are_read_one_after_the_other(void **state) {
    pdf p = {0};
    sectag_buf got = {0};
    (void)state;
    new_page(&p);
    pdf_text(&p, 76, 780, 12, "A title across the whole page, which is wider than a column");
    for (int i = 0; i < 12; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "left column line %02d of the page", i);
        pdf_text(&p, 76, 740 - 16 * i, 12, line);
        (void)snprintf(line, sizeof line, "right column line %02d of the pag", i);
        pdf_text(&p, 310, 740 - 16 * i, 12, line);
    }
    list(&got, pdf_save(&p, "b.pdf"), &(sectag_reader_options){0});
    const char *last_left = strstr(got.data, "left column line 11"),
               *first_right = strstr(got.data, "right column line 00");
    assert_true(last_left && first_right && last_left < first_right);
    assert_null(strchr(got.data, '|'));
    sectag_buf_release(&got);
}

static void pdf_tables_are_read_row_by_row(void **state) {
    pdf p = {0};
    (void)state;
    new_page(&p);
    pdf_text(&p, 76, 780, 12, "下表列出主要指标。");
    for (int i = 0; i < 4; i++) pdf_rule(&p, 76, 700 - 40 * i, 436, 700 - 40 * i);
    for (int i = 0; i < 3; i++) pdf_rule(&p, 76 + 180 * i, 700, 76 + 180 * i, 580);
    pdf_text(&p, 80, 675, 12, "指标");
    pdf_text(&p, 260, 675, 12, "数值");
    pdf_text(&p, 80, 645, 12, "疫苗生产能力达到的");
    pdf_text(&p, 80, 627, 12, "水平");
    pdf_text(&p, 260, 636, 12, "3000");
    pdf_text(&p, 80, 595, 12, "抗体");
    pdf_text(&p, 260, 595, 12, "20");
    assert_blocks(pdf_save(&p, "c.pdf"),
                  "p0 下表列出主要指标。\nr0 指标|数值\nr0 疫苗生产能力达到的/水平|3000\nr0 抗体|20\n");
}

static void pdf_without_text_says_what_to_do(void **state) {
    pdf p = {0};
    (void)state;
    new_page(&p);
    pdf_rule(&p, 10, 10, 200, 200);
    assert_refused(pdf_save(&p, "d.pdf"), &(sectag_reader_options){0}, "ocrmypdf");
    assert_refused(suite_write_text("e.pdf", "%PDF-1.4\nnothing"), &(sectag_reader_options){0},
                   "damaged PDF");
}
#endif

/* ---- which reader ---- */

static void content_goes_before_the_name(void **state) {
    (void)state;
#ifdef SECTAG_WITH_HTML
    assert_blocks(suite_write_text("page.txt", "<html><body><p>支持疫苗研发。</p></body></html>"),
                  "p0 支持疫苗研发。\n");
#endif
    assert_blocks(suite_write_text("plain.dat", "支持疫苗研发。"), "l0 支持疫苗研发。\n");
    assert_true(sectag_reader_knows("a/b.PDF") && sectag_reader_knows("x.docx") &&
                sectag_reader_knows("y.txt"));
    assert_false(sectag_reader_knows("a.zip") || sectag_reader_knows("pdf") ||
                 sectag_reader_knows("x.longer-ending-than-any"));
}

/* ---- lines from a pipe ---- */

/* What writes to a pipe only when its reader waits: so much at a time. */
typedef struct trickle {
    const char *text;
    size_t len, step, at;
    int fd;
} trickle;

/* sectag_reader_options.idle */
static int write_some(void *ctx, sectag_err *e) {
    trickle *t = ctx;
    size_t n = t->len - t->at < t->step ? t->len - t->at : t->step;
    (void)e;
    if (n == 0) { /* all is written: the pipe ends */
        if (t->fd >= 0) assert_int_equal(close(t->fd), 0);
        t->fd = -1;
        return 0;
    }
    assert_int_equal(write(t->fd, t->text + t->at, n), n);
    t->at += n;
    return 1;
}

/* Reads the text as lines from a pipe; *gave: bytes that were written when the first block came. */
static const char *read_pipe(trickle *t, const char *encoding, sectag_buf *out, size_t *gave) {
    int ends[2], kept = dup(STDIN_FILENO), rc;
    sectag_reader r;
    sectag_block b;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    assert_int_equal(close(ends[0]), 0);
    t->fd = ends[1];
    t->at = *gave = 0;
    sectag_reader_options o = {.encoding = encoding, .rows = 1, .idle = write_some, .ctx = t};
    assert_int_equal(sectag_reader_open(&r, "-", &o, &err), 0);
    while ((rc = sectag_reader_next(&r, &b, &err)) > 0) {
        if (*gave == 0) *gave = t->at;
        assert_int_equal(sectag_buf_add(out, b.text, b.len), 0);
    }
    assert_int_equal(rc, 0);
    const char *name = r.encoding;
    sectag_reader_release(&r);
    assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
    (void)close(kept);
    if (t->fd >= 0) (void)close(t->fd);
    return name;
}

#define ZH    "\xE5\xBC\x80\xE5\xB1\x95" /* 开展 */
#define ZH_GB "\xBF\xAA\xD5\xB9"         /* the same in GB18030 */
#define ZH_16 "\x00\x5F\x55\x5C\x0A\x00" /* and in UTF-16LE, with a line feed */

static void lines_of_a_pipe_do_not_depend_on_how_they_come(void **state) {
    static const struct {
        const char *text, *expected, *name;
        size_t len, first; /* where the first block may be given out; 0: anywhere */
    } cases[] = {
        {"one\n" ZH "\nlast", "one\n" ZH "\nlast", "UTF-8", 15, 4},
        {"\xEF\xBB\xBF" ZH "\n" ZH "\n", ZH "\n" ZH "\n", "UTF-8", 17, 10},
        {"one\ntwo\n" ZH_GB "\n" ZH_GB "\n", "one\ntwo\n" ZH "\n" ZH "\n", "GB18030", 18, 4},
        {"\xFF\xFE" ZH_16 ZH_16, ZH "\n" ZH "\n", "UTF-16LE", 14, 0},
        {"\n\none", "\n\none", "UTF-8", 5, 0},
        {ZH "\n\xFF!\n" ZH "\n", ZH "\n\xFF!\n" ZH "\n", "UTF-8", 17, 7}, /* lines are repaired one by one */
        {"<a\nb\n", "<a\nb\n", "UTF-8", 5, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t step = 1; step <= cases[i].len; step++) {
            trickle t = {.text = cases[i].text, .len = cases[i].len, .step = step};
            sectag_buf got = {0};
            size_t gave;
            assert_string_equal(read_pipe(&t, NULL, &got, &gave), cases[i].name);
            assert_int_equal(got.len, strlen(cases[i].expected));
            assert_memory_equal(got.data, cases[i].expected, got.len);
            if (cases[i].first) assert_in_range(gave, cases[i].first, cases[i].first + step - 1);
            sectag_buf_release(&got);
        }
}

static void a_named_encoding_needs_no_guess(void **state) {
    trickle t = {.text = "one\n" ZH_GB "\n" ZH_GB "\n", .len = 14, .step = 1};
    sectag_buf got = {0};
    size_t gave;
    (void)state;
    assert_string_equal(read_pipe(&t, "gbk", &got, &gave), "GB18030");
    assert_string_equal(got.data, "one\n" ZH "\n" ZH "\n");
    assert_int_equal(gave, 4);
    sectag_buf_release(&got);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_gives_the_column_with_most_text_and_the_others_beside),
        cmocka_unit_test(csv_columns_are_chosen_by_name_and_letter),
        cmocka_unit_test(tables_without_a_header_are_told_by_their_first_row),
        cmocka_unit_test(rows_may_be_asked_for_as_they_stand),
        cmocka_unit_test(jsonl_gives_one_member_and_the_others_beside),
#ifdef SECTAG_WITH_HTML
        cmocka_unit_test(html_gives_the_main_text_by_its_structure),
        cmocka_unit_test(html_that_is_all_links_is_read_nevertheless),
        cmocka_unit_test(html_says_its_encoding_itself),
        cmocka_unit_test(feeds_give_titles_and_texts),
#endif
#ifdef SECTAG_WITH_DOCX
        cmocka_unit_test(docx_headings_come_from_styles),
        cmocka_unit_test(docx_deletions_and_hidden_text_are_left_out),
        cmocka_unit_test(docx_numbers_are_those_that_word_shows),
        cmocka_unit_test(docx_tables_pages_and_notes),
        cmocka_unit_test(damaged_packages_are_refused),
        cmocka_unit_test(xlsx_sheets_are_tables),
#endif
#ifdef SECTAG_WITH_PDF
        cmocka_unit_test(pdf_lines_become_paragraphs_across_pages),
        cmocka_unit_test(pdf_columns_are_read_one_after_the_other),
        cmocka_unit_test(pdf_tables_are_read_row_by_row),
        cmocka_unit_test(pdf_without_text_says_what_to_do),
#endif
        cmocka_unit_test(content_goes_before_the_name),
        cmocka_unit_test(lines_of_a_pipe_do_not_depend_on_how_they_come),
        cmocka_unit_test(a_named_encoding_needs_no_guess),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
