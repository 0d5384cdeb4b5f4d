#include "features/buf.h"
#include "features/clause.h"
#include "features/reflow.h"
#include "training/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- lines and paragraphs ---- */

/* The paragraphs of text: lines set apart by /, dropped lines in braces, a newline behind each. */
static void print_paragraphs(const char *text, size_t len, sectag_buf *out) {
    sectag_reflow r;
    sectag_paragraph p;
    sectag_reflow_init(&r);
    assert_int_equal(sectag_reflow_read(&r, text, len, 1, NULL), 0);
    while (sectag_reflow_next(&r, text, &p)) {
        for (size_t i = p.first; i < p.end; i++) {
            const sectag_line *line = &r.lines.data[i];
            int drop = line->flags & SECTAG_LINE_DROP;
            if (i > p.first) assert_int_equal(sectag_buf_addc(out, '/'), 0);
            if (drop) assert_int_equal(sectag_buf_addc(out, '{'), 0);
            assert_int_equal(sectag_buf_add(out, text + line->start, line->end - line->start), 0);
            if (drop) assert_int_equal(sectag_buf_addc(out, '}'), 0);
        }
        assert_int_equal(sectag_buf_addc(out, '\n'), 0);
    }
    sectag_reflow_release(&r);
}

static void expect(const char *text, const char *paragraphs) {
    sectag_buf got = {0};
    print_paragraphs(text, strlen(text), &got);
    assert_string_equal(got.data ? got.data : "", paragraphs);
    sectag_buf_release(&got);
}

/* Real width: 35 Chinese characters a line, 33 on a paragraph's first, a blank line after each. */
#define ZH_1 "在事关国家安全和发展全局的基础核心领域，制定实施战略性科学计划和科"
#define ZH_2 "学工程。瞄准人工智能、量子信息、集成电路、生命健康、脑科学、生物育种、"
#define ZH_3 "空天科技、深地深海等前沿领域，实施一批具有前瞻性、战略性的国家重大科技"
#define ZH_4 "项目。从国家急迫需要和长远需求出发，集中优势资源攻关新发突发传染病和生"
#define ZH_5 "物安全风险防控。"

#define EN_1    "We develop, manufacture and sell vaccines and monoclonal antibodies for the"
#define EN_2    "prevention of infectious diseases in adults and children. Our products are"
#define EN_3    "approved in more than forty countries, and we have a further nine candidates"
#define EN_ITEM "our candidates may fail in trials or be delayed, for reasons as described in"
#define EN_VAC  "approved in forty countries, and we have nine candidates, all of them vac-"
#define EN_4    "in clinical trials."

static void double_spaced_lines_are_joined(void **state) {
    (void)state;
    expect("第二节 加强攻关\n\n" ZH_1 "\n\n" ZH_2 "\n\n" ZH_3 "\n\n" ZH_4 "\n\n" ZH_5 "\n\n第三篇 加快发展\n",
           "第二节 加强攻关\n" ZH_1 "/" ZH_2 "/" ZH_3 "/" ZH_4 "/" ZH_5 "\n第三篇 加快发展\n");
}

static void english_lines_are_joined_up_to_a_blank_line(void **state) {
    (void)state;
    expect("Overview\n\n" EN_1 "\n" EN_2 "\n" EN_3 "\n" EN_4 "\n\n" EN_1 "\n" EN_2 "\n" EN_3 "\n" EN_4 "\n",
           "Overview\n" EN_1 "/" EN_2 "/" EN_3 "/" EN_4 "\n" EN_1 "/" EN_2 "/" EN_3 "/" EN_4 "\n");
}

static void unwrapped_lines_are_not_joined(void **state) {
    (void)state;
    expect("新型疫苗的研究与开发\n抗体\n" ZH_1 ZH_2 ZH_3
           "\n手术机器人导航系统临床应用研究进展\n种业\n" ZH_2 ZH_3 ZH_4 "\n生物基材料的制备\n",
           "新型疫苗的研究与开发\n抗体\n" ZH_1 ZH_2 ZH_3
           "\n手术机器人导航系统临床应用研究进展\n种业\n" ZH_2 ZH_3 ZH_4 "\n生物基材料的制备\n");
}

static void a_sentence_goes_on_over_a_page_break(void **state) {
    (void)state;
    expect(ZH_1 "\n\n" ZH_2 "\n\n" ZH_3 "\n\n\n\n53\n\n" ZH_4 "\n\n" ZH_5 "\n",
           ZH_1 "/" ZH_2 "/" ZH_3 "/{53}/" ZH_4 "/" ZH_5 "\n");
    expect(EN_1 "\n" EN_2 "\n" EN_3 "\n\n12\n\f\n" EN_4 "\n", EN_1 "/" EN_2 "/" EN_3 "/{12}/" EN_4 "\n");
}

static void page_numbers_are_dropped_where_pages_end(void **state) {
    (void)state;
    expect("甲。\n- 12 -\n乙。\n", "甲。\n{- 12 -}\n乙。\n");
    expect("甲。\n第 3 页 共 10 页\n乙。\n", "甲。\n{第 3 页 共 10 页}\n乙。\n");
    expect("One.\nPage 3 of 10\nTwo.\n", "One.\n{Page 3 of 10}\nTwo.\n");
    expect("One.\n3/10\n\fTwo.\niv\n\fThree.\n", "One.\n{3/10}\nTwo.\n{iv}\nThree.\n");
}

static void numbers_in_tables_and_lists_are_kept(void **state) {
    (void)state;
    expect("序号\n1\n影像设备\n2\n内窥镜\n", "序号\n1\n影像设备\n2\n内窥镜\n");
    expect("Units\n\n12\n\n15\n\nTotal\n\n27\n", "Units\n12\n15\nTotal\n27\n");
    expect("One.\n2021\n\fTwo.\n", "One.\n2021\nTwo.\n");
}

static void table_rows_stay_alone(void **state) {
    (void)state;
    expect(EN_1 "\n" EN_2 "\n" EN_3
                "\nVaccines and other biological products          1,204      1,101\n" EN_4 "\n",
           EN_1 "/" EN_2 "/" EN_3 "\nVaccines and other biological products          1,204      1,101\n" EN_4
                "\n");
}

static void markers_start_paragraphs(void **state) {
    (void)state;
    expect(ZH_1 "\n" ZH_2 "\n" ZH_3 "\n" ZH_4 "\n" ZH_5 "\n（一）疫苗\n1.研发。\n• 甲\n● 乙\n——丙。\n",
           ZH_1 "/" ZH_2 "/" ZH_3 "/" ZH_4 "/" ZH_5 "\n（一）疫苗\n1.研发。\n• 甲\n● 乙\n——丙。\n");
}

static void a_reference_at_a_line_start_is_no_marker(void **state) {
    (void)state;
    expect(EN_1 "\n" EN_2 "\n" EN_ITEM "\nItem 7. of this report, and also\n" EN_3 "\n" EN_4 "\n",
           EN_1 "/" EN_2 "/" EN_ITEM "/Item 7. of this report, and also\n" EN_3 "/" EN_4 "\n");
}

static void a_wrapped_title_is_one_paragraph(void **state) {
    (void)state;
    expect("5. "
           "关于深化审评审批制度改革鼓励药品医疗器械创新的意\n\n见（厅字〔2017〕42号）（中共中央办公厅、国务"
           "院办公厅/ "
           "2017\n\n年 10月 8日）\n\n" ZH_1 "\n\n" ZH_2 "\n\n" ZH_3 "\n\n" ZH_4 "\n\n" ZH_5 "\n",
           "5. "
           "关于深化审评审批制度改革鼓励药品医疗器械创新的意/"
           "见（厅字〔2017〕42号）（中共中央办公厅、国务院办公厅/ "
           "2017/年 10月 8日）\n" ZH_1 "/" ZH_2 "/" ZH_3 "/" ZH_4 "/" ZH_5 "\n");
}

static void a_long_line_is_cut_at_a_blank(void **state) {
    (void)state;
    size_t len = (size_t)SECTAG_PARAGRAPH_MAX + 5000;
    char *text = malloc(len);
    sectag_reflow r;
    sectag_paragraph p;
    assert_non_null(text);
    for (size_t i = 0; i < len; i++) text[i] = i % 10 == 9 ? ' ' : 'x';
    sectag_reflow_init(&r);
    assert_int_equal(sectag_reflow_read(&r, text, len, 1, NULL), 0);
    assert_int_equal(r.lines.len, 2);
    assert_int_equal(sectag_reflow_next(&r, text, &p), 1);
    assert_int_equal(p.end, 1);
    assert_int_equal(r.lines.data[1].start % 10, 0);
    sectag_reflow_release(&r);
    free(text);
}

static void nothing_is_given_out_before_the_width_is_known(void **state) {
    (void)state;
    static const char text[] = "第一章 总则\n为了保障健康，制定本办法。\n";
    sectag_reflow r;
    sectag_paragraph p;
    sectag_reflow_init(&r);
    assert_int_equal(sectag_reflow_read(&r, text, strlen(text), 0, NULL), 0);
    assert_int_equal(sectag_reflow_next(&r, text, &p), 0);
    assert_int_equal(r.used, 0);
    sectag_reflow_release(&r);
}

/* ---- joints ---- */

/* Columns counted one byte after another. */
static size_t columns_slowly(const unsigned char *text, size_t len) {
    size_t characters = 0, longer = 0, either = 0;
    for (size_t i = 0; i < len; i++) {
        characters += (text[i] & 0xC0) != 0x80;
        longer += text[i] >= 0xE0;
        either += text[i] == 0xE2;
    }
    return characters + (longer == either ? 0 : longer);
}

static void columns_are_those_of_every_byte(void **state) {
    enum { LEN = 12000 };
    static unsigned char text[LEN];
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 6);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < LEN; i++) /* any bytes; mostly lead bytes; no others than E2 */
            text[i] = (unsigned char)(round == 0   ? sectag_random_below(&r, 256)
                                      : round == 1 ? 0xE0 + sectag_random_below(&r, 32)
                                                   : 0xE2);
        for (size_t len = 7; len <= LEN; len += len < 100 ? 1 : 997) {
            size_t skip = len % 7; /* at any place in memory */
            assert_int_equal(sectag_columns((const char *)text + skip, len - skip),
                             columns_slowly(text + skip, len - skip));
        }
    }
    assert_int_equal(sectag_columns("“a”", 7), 3);
    assert_int_equal(sectag_columns("“疫”", 9), 6);
}

static void expect_joint(const char *left, const char *right, size_t hyphen, int space) {
    assert_int_equal(sectag_reflow_hyphen(left, strlen(left), right, strlen(right)), hyphen);
    assert_int_equal(sectag_reflow_joint(left, strlen(left), right, strlen(right)), space);
}

static void line_breaks_fold_by_their_neighbours(void **state) {
    (void)state;
    expect_joint("new", "vaccine", 0, 1);
    expect_joint("新型", "疫苗", 0, 0);
    expect_joint("新型", "CAR-T", 0, 0);
    expect_joint("CAR", "细胞", 0, 0);
    expect_joint("the “new drugs”", "and", 0, 1);
    expect_joint("called", "“we", 0, 1);
    expect_joint("“疫苗”", "CAR-T", 0, 0);
    expect_joint("CAR-T", "“疫苗”", 0, 0);
}

static void hyphens_that_break_words_are_dropped(void **state) {
    (void)state;
    expect_joint("the vac-", "cine", 1, 0);
    expect_joint("the long-", "term", 0, 0);
    expect_joint("COVID-", "19", 0, 0);
    expect_joint("pre-", "and post-marketing", 0, 1);
    expect_joint("vac\xC2\xAD", "cine", 2, 1);
}

static void a_hyphen_before_a_page_break_is_dropped_in_order(void **state) {
    (void)state;
    static const char text[] = EN_1 "\n" EN_2 "\n" EN_VAC "\n\n12\n\fcines " EN_4 "\n";
    sectag_splitter s;
    sectag_buf out = {0};
    size_t used;
    assert_int_equal(sectag_splitter_init(&s, NULL), 0);
    assert_int_equal(sectag_splitter_feed(&s, text, strlen(text), 1, &used, NULL), 0);
    assert_int_equal(s.dropped.len, 2);
    assert_true(s.dropped.data[0].end <= s.dropped.data[1].start);
    const sectag_clause *c = &s.clauses.data[s.clauses.len - 1];
    assert_int_equal(c->drops, 2);
    assert_int_equal(c->page, 1);
    assert_int_equal(sectag_clause_text(&s, c, text, 0, &out), 0);
    assert_string_equal(out.data,
                        "Our products are approved in forty countries, and we have nine candidates, "
                        "all of them vaccines " EN_4);
    sectag_buf_release(&out);
    sectag_splitter_release(&s);
}

/* ---- markers ---- */

static void expect_marker(const char *line, int kind, int depth, uint32_t value) {
    sectag_marker m = sectag_marker_parse(line, strlen(line));
    assert_int_equal(m.kind, kind);
    if (kind == SECTAG_MARKER_NONE) return;
    assert_int_equal(m.depth, depth);
    assert_int_equal(m.value, value);
}

static void heading_and_list_markers_are_read(void **state) {
    (void)state;
    expect_marker("第四十四章 健康", SECTAG_MARKER_CHAPTER, 1, 44);
    expect_marker("第十三篇 素质", SECTAG_MARKER_PART, 1, 13);
    expect_marker("第 3 条 本法", SECTAG_MARKER_ARTICLE, 1, 3);
    expect_marker("二十一、保障", SECTAG_MARKER_CN, 1, 21);
    expect_marker("（三十五）协作", SECTAG_MARKER_CN_PAREN, 1, 35);
    expect_marker("1. 产品", SECTAG_MARKER_DOT, 1, 1);
    expect_marker("1．种业", SECTAG_MARKER_DOT, 1, 1);
    expect_marker("2、产品", SECTAG_MARKER_COMMA, 1, 2);
    expect_marker("（2）产品", SECTAG_MARKER_PAREN, 1, 2);
    expect_marker("(c) costs", SECTAG_MARKER_PAREN, 1, 3 + 97);
    expect_marker("③ 产品", SECTAG_MARKER_CIRCLE, 1, 3);
    expect_marker("4.1.3 疫苗", SECTAG_MARKER_DOTTED, 3, 3);
    expect_marker("4.3生物农业", SECTAG_MARKER_DOTTED, 2, 3);
    expect_marker("1.2 Products", SECTAG_MARKER_DOTTED, 2, 2);
    expect_marker("07高端装备", SECTAG_MARKER_ZERO, 1, 7);
    expect_marker("专栏 4 工程", SECTAG_MARKER_BOX, 1, 4);
    expect_marker("附件1", SECTAG_MARKER_ANNEX, 1, 1);
    expect_marker("Part II", SECTAG_MARKER_PART, 1, 2);
    expect_marker("ITEM 1A. RISKS", SECTAG_MARKER_ITEM, 1, 1);
    expect_marker("IV. Results", SECTAG_MARKER_ROMAN, 1, 4);
    expect_marker("- item", SECTAG_MARKER_BULLET, 1, 0);
}

static void quantities_are_no_markers(void **state) {
    (void)state;
    static const char *const lines[] = {
        "10.75亿亩农田", "2.5 million", "1.05 times", "100个左右",    "2015年以来",
        "-1（GLP-1）",   "—环境组”",    "第一时间",   "附件中的材料", "4.3%",
        "Items sold",    "一是推动",    "（含耗材）", "3D打印",       ""};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_marker(lines[i], SECTAG_MARKER_NONE, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(double_spaced_lines_are_joined),
        cmocka_unit_test(english_lines_are_joined_up_to_a_blank_line),
        cmocka_unit_test(unwrapped_lines_are_not_joined),
        cmocka_unit_test(a_sentence_goes_on_over_a_page_break),
        cmocka_unit_test(page_numbers_are_dropped_where_pages_end),
        cmocka_unit_test(numbers_in_tables_and_lists_are_kept),
        cmocka_unit_test(table_rows_stay_alone),
        cmocka_unit_test(markers_start_paragraphs),
        cmocka_unit_test(a_reference_at_a_line_start_is_no_marker),
        cmocka_unit_test(a_wrapped_title_is_one_paragraph),
        cmocka_unit_test(a_long_line_is_cut_at_a_blank),
        cmocka_unit_test(nothing_is_given_out_before_the_width_is_known),
        cmocka_unit_test(columns_are_those_of_every_byte),
        cmocka_unit_test(line_breaks_fold_by_their_neighbours),
        cmocka_unit_test(hyphens_that_break_words_are_dropped),
        cmocka_unit_test(a_hyphen_before_a_page_break_is_dropped_in_order),
        cmocka_unit_test(heading_and_list_markers_are_read),
        cmocka_unit_test(quantities_are_no_markers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
