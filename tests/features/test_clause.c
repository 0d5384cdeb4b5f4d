#include "features/clause.h"
#include "features/heading.h"
#include "features/utf8.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifndef SECTAG_SOURCE_DIR
#define SECTAG_SOURCE_DIR "."
#endif

/* ---- a document's clauses as text, one a line: kind, path, text ---- */

static void add_path(const sectag_splitter *s, uint32_t heading, sectag_buf *out) {
    if (heading == 0) return;
    uint32_t parent = s->headings.data[heading - 1].parent;
    size_t len;
    add_path(s, parent, out);
    if (parent) assert_int_equal(sectag_buf_adds(out, " > "), 0);
    const char *text = sectag_splitter_heading(s, heading, &len);
    assert_int_equal(sectag_buf_add(out, text, len), 0);
}

static void print_clause(const sectag_splitter *s, const sectag_clause *c, const char *text, uint64_t base,
                         sectag_buf *out) {
    assert_int_equal(sectag_buf_adds(out, c->kind == SECTAG_CLAUSE_HEADING ? "heading\t" : "body\t"), 0);
    if (c->heading)
        add_path(s, c->heading, out);
    else
        assert_int_equal(sectag_buf_addc(out, '-'), 0);
    assert_int_equal(sectag_buf_addc(out, '\t'), 0);
    assert_int_equal(sectag_clause_text(s, c, text, base, out), 0);
    assert_int_equal(sectag_buf_addc(out, '\n'), 0);
}

/* Splits text, given in blocks of `block` more bytes each time; appends the clauses to out. */
static void split_in_blocks(const char *text, size_t len, size_t block, sectag_buf *out) {
    sectag_splitter s;
    size_t at = 0, end = 0, used;
    assert_int_equal(sectag_splitter_init(&s, NULL), 0);
    do {
        end = len - end > block ? end + block : len;
        assert_int_equal(sectag_splitter_feed(&s, text + at, end - at, end == len, &used, NULL), 0);
        for (size_t i = 0; i < s.clauses.len; i++) print_clause(&s, &s.clauses.data[i], text + at, at, out);
        at += used;
        assert_true(at <= end);
        assert_int_equal(s.base, at);
    } while (end < len);
    assert_int_equal(at, len);
    sectag_splitter_release(&s);
}

static void expect(const char *text, const char *clauses) {
    sectag_buf got = {0};
    split_in_blocks(text, strlen(text), strlen(text) + 1, &got);
    assert_string_equal(got.data ? got.data : "", clauses);
    sectag_buf_release(&got);
}

/* ---- the invariant ---- */

/* Marks the bytes of [start, end), each of which must be unmarked. */
static void cover(unsigned char *covered, uint64_t start, uint64_t end, size_t len) {
    assert_true(start < end && end <= len);
    for (uint64_t i = start; i < end; i++) {
        assert_int_equal(covered[i], 0);
        covered[i] = 1;
    }
}

/* The non-space characters of text but for those marked in skip. */
static void squeeze(const char *text, size_t len, const unsigned char *skip, sectag_buf *out) {
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (!sectag_is_space(cp) && !(skip && skip[at]))
            assert_int_equal(sectag_buf_add(out, text + at, size), 0);
        at += size;
    }
}

/* A clause's text is its bytes without drops and white space; it begins and ends with text. */
static void check_text(const sectag_splitter *s, const sectag_clause *c, const char *text,
                       const unsigned char *drops) {
    sectag_buf folded = {0}, a = {0}, b = {0};
    size_t len = (size_t)(c->end - c->start);
    assert_int_equal(sectag_clause_text(s, c, text, 0, &folded), 0);
    squeeze(folded.data, folded.len, NULL, &a);
    squeeze(text + c->start, len, drops + c->start, &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    assert_true(folded.data[0] != ' ' && folded.data[folded.len - 1] != ' ');
    sectag_buf_release(&folded);
    sectag_buf_release(&a);
    sectag_buf_release(&b);
}

static void check_invariant(const char *text, size_t len) {
    sectag_splitter s;
    size_t used;
    unsigned char *covered = calloc(len + 1, 1), *drops = calloc(len + 1, 1);
    assert_non_null(covered);
    assert_non_null(drops);
    assert_int_equal(sectag_splitter_init(&s, NULL), 0);
    assert_int_equal(sectag_splitter_feed(&s, text, len, 1, &used, NULL), 0);
    assert_int_equal(used, len);
    for (size_t i = 0; i < s.dropped.len; i++) {
        cover(drops, s.dropped.data[i].start, s.dropped.data[i].end, len);
        if (i) assert_true(s.dropped.data[i - 1].end <= s.dropped.data[i].start);
    }
    for (size_t i = 0; i < s.clauses.len; i++) {
        const sectag_clause *c = &s.clauses.data[i];
        if (i) assert_true(s.clauses.data[i - 1].end <= c->start);
        cover(covered, c->start, c->end, len);
        check_text(&s, c, text, drops);
        assert_true(c->heading <= s.headings.len);
    }
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + at, len - at, &cp, NULL);
        if (!sectag_is_space(cp)) assert_true(covered[at] || drops[at]);
        at += size;
    }
    sectag_splitter_release(&s);
    free(covered);
    free(drops);
}

static uint32_t random_state = 1;

static uint32_t next_random(uint32_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % below;
}

/* A document of `pieces` snippets that the rules look at, in any order. */
static void random_document(sectag_buf *out, size_t pieces) {
    static const char *const snippets[] = {
        "\n",
        "\n\n",
        "\n",
        "\r\n",
        "\r",
        "\f",
        " ",
        "  ",
        "\t",
        "　　",
        "。",
        "；",
        "！",
        "……",
        "”",
        "“",
        "（",
        "）",
        ". ",
        "; ",
        "! ",
        "\"",
        ")",
        "(",
        ":",
        "：",
        "，",
        "、",
        "12",
        "\n12\n",
        "\n- 3 -\n",
        "\nPage 3 of 10\n",
        "第三章 ",
        "\n一、",
        "\n（二）",
        "\n1.",
        "\n4.1.3 ",
        "\n专栏 4 ",
        "\n• ",
        "\nItem 1A. ",
        "vac-\n",
        "cine",
        "Inc. ",
        "The ",
        "\xE3\x80",
        "\xFF",
        "\xC2",
        "疫苗",
        "抗体药物的研发和产业化",
        "推动集成电路、航空航天、船舶与海洋工程装备",
        "research and development of novel vaccines",
        "ALL CAPS HEADING\n",
        "3/10",
        "iv\n",
        "\xC2\xAD\n",
        "\xC2\xA0",
    };
    for (size_t i = 0; i < pieces; i++) {
        uint32_t pick = next_random(sizeof snippets / sizeof *snippets + 1);
        int failed = pick == sizeof snippets / sizeof *snippets ? sectag_buf_addc(out, '\0')
                                                                : sectag_buf_adds(out, snippets[pick]);
        assert_int_equal(failed, 0);
    }
}

static void every_character_is_in_one_clause_or_drop(void **state) {
    (void)state;
    for (int round = 0; round < 3000; round++) {
        sectag_buf text = {0};
        if (round % 3)
            random_document(&text, next_random(200) + 1);
        else
            for (uint32_t n = next_random(400) + 1; n; n--)
                assert_int_equal(sectag_buf_addc(&text, (char)next_random(256)), 0);
        check_invariant(text.data, text.len);
        sectag_buf_release(&text);
    }
}

static void hard_inputs_keep_the_invariant(void **state) {
    (void)state;
    enum { LEN = (1 << 20) + (1 << 19) };
    static const char fills[] = {'\n', '\r', '\f', 'x', ' ', '\0',   '(',
                                 '.',  ';',  '1',  '-', '"', '\xE3', '\xEF'};
    char *text = malloc(LEN);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof fills; i++) {
        memset(text, fills[i], LEN);
        check_invariant(text, LEN);
    }
    for (size_t i = 0; i + 3 <= LEN; i += 3) memcpy(text + i, "。", 3);
    check_invariant(text, LEN);
    for (size_t i = 0; i + 3 <= LEN; i += 3) memcpy(text + i, "疫", 3);
    check_invariant(text, LEN);
    for (size_t i = 0; i + 2 <= LEN; i += 2) memcpy(text + i, "a\n", 2);
    check_invariant(text, LEN);
    check_invariant("", 0);
    free(text);
}

static void blocks_of_any_size_give_the_same_clauses(void **state) {
    (void)state;
    static const size_t blocks[] = {1, 7, 1000, 65536, 100000};
    for (int round = 0; round < 6; round++) {
        sectag_buf text = {0}, whole = {0};
        random_document(&text, round < 3 ? 300 : 20000);
        split_in_blocks(text.data, text.len, text.len, &whole);
        for (size_t i = round < 3 ? 0 : 2; i < sizeof blocks / sizeof *blocks; i++) {
            sectag_buf parts = {0};
            split_in_blocks(text.data, text.len, blocks[i], &parts);
            assert_int_equal(parts.len, whole.len);
            assert_memory_equal(parts.data, whole.data, whole.len);
            sectag_buf_release(&parts);
        }
        sectag_buf_release(&text);
        sectag_buf_release(&whole);
    }
}

/* Many headings, some within others: as many feeds as there are blocks keep the open ones only. */
static void headings_that_are_closed_are_forgotten(void **state) {
    enum { CHAPTERS = 5000, LAST = 999, BLOCK = 100000 };
    (void)state;
    sectag_buf text = {0}, whole = {0}, parts = {0};
    for (int i = 0; i < CHAPTERS; i++)
        assert_int_equal(
            sectag_buf_addf(&text, "第%d章 疫苗\n一、目标\n为了保障人民健康，制定本办法。\n", 1 + i % LAST),
            0);
    split_in_blocks(text.data, text.len, text.len, &whole);
    split_in_blocks(text.data, text.len, BLOCK, &parts);
    assert_string_equal(parts.data, whole.data);
    sectag_splitter s;
    size_t used, most = 0, found = 0;
    assert_int_equal(sectag_splitter_init(&s, NULL), 0);
    for (size_t at = 0; at < text.len; at += used) {
        size_t len = text.len - at < BLOCK ? text.len - at : BLOCK;
        assert_int_equal(sectag_splitter_feed(&s, text.data + at, len, at + len == text.len, &used, NULL), 0);
        for (size_t i = 0; i < s.clauses.len; i++) found += s.clauses.data[i].kind == SECTAG_CLAUSE_HEADING;
        assert_true(s.headings.len <= s.clauses.len + SECTAG_OUTLINE_MAX);
        if (s.headings.len > most) most = s.headings.len;
    }
    assert_int_equal(found, 2 * CHAPTERS);
    assert_true(most < found / 2);
    sectag_splitter_release(&s);
    sectag_buf_release(&text);
    sectag_buf_release(&whole);
    sectag_buf_release(&parts);
}

static void a_reset_splitter_starts_anew(void **state) {
    (void)state;
    sectag_splitter s;
    size_t used;
    static const char text[] = "第一章 总则\n为了保障人民健康，制定本办法。\n";
    assert_int_equal(sectag_splitter_init(&s, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sectag_splitter_feed(&s, text, strlen(text), 1, &used, NULL), 0);
        assert_int_equal(s.clauses.len, 2);
        assert_int_equal(s.headings.len, 1);
        assert_int_equal(s.clauses.data[1].heading, 1);
        sectag_splitter_reset(&s);
    }
    sectag_splitter_release(&s);
}

/* ---- sentences ---- */

typedef struct bars {
    const char *text;
    sectag_buf out;
} bars;

static int add_bar(void *ctx, size_t start, size_t end) {
    bars *b = ctx;
    if (b->out.len && sectag_buf_addc(&b->out, '|')) return -1;
    return sectag_buf_add(&b->out, b->text + start, end - start);
}

/* The clauses of one paragraph, set apart by bars. */
static void expect_sentences(const char *text, const char *clauses) {
    bars b = {text, {0}};
    assert_int_equal(sectag_sentences(text, strlen(text), add_bar, &b), 0);
    assert_string_equal(b.out.data ? b.out.data : "", clauses);
    sectag_buf_release(&b.out);
}

static void chinese_end_marks_end_clauses(void **state) {
    (void)state;
    expect_sentences("支持疫苗研发；鼓励创新。能否突破？一定能！继续：发展，壮大",
                     "支持疫苗研发；|鼓励创新。|能否突破？|一定能！|继续：发展，壮大");
}

static void closing_quotes_stay_with_their_clause(void **state) {
    (void)state;
    expect_sentences("他说：“要创新。”会议强调落实。", "他说：“要创新。”|会议强调落实。");
    expect_sentences("He said: \"We grew.\" The rest fell.", "He said: \"We grew.\"|The rest fell.");
    expect_sentences("回答“为什么？”的问题。", "回答“为什么？”的问题。");
}

static void brackets_hold_a_clause_together(void **state) {
    (void)state;
    expect_sentences("支持疫苗（含联合疫苗。下同）研发。推广。", "支持疫苗（含联合疫苗。下同）研发。|推广。");
    expect_sentences("推广方案。（科技部、卫生健康委负责。）实施工程。",
                     "推广方案。|（科技部、卫生健康委负责。）|实施工程。");
    expect_sentences("发展（甲；乙）产业；壮大", "发展（甲；乙）产业；|壮大");
}

static void an_omission_belongs_to_the_clause_before(void **state) {
    (void)state;
    expect_sentences("加强研发。……开发新药……和器械。", "加强研发。……|开发新药……和器械。");
}

static void english_full_stops_end_sentences(void **state) {
    (void)state;
    expect_sentences("Sales rose 4.3% in 2019. We expect more. 2020 was flat.",
                     "Sales rose 4.3% in 2019.|We expect more.|2020 was flat.");
    expect_sentences("One; two! Three? yes; R&D;x", "One;|two!|Three? yes;|R&D;x");
}

static void abbreviations_do_not_end_sentences(void **state) {
    (void)state;
    expect_sentences("Dr. Smith of Acme Inc. Boston saw No. 5 and Fig. 3.",
                     "Dr. Smith of Acme Inc. Boston saw No. 5 and Fig. 3.");
    expect_sentences("We license it from Acme, Inc. The term is ten years.",
                     "We license it from Acme, Inc.|The term is ten years.");
    expect_sentences("Sold in the U.S. Medicare market, e.g. Ohio, by J. P. Morgan et al. Sales rose.",
                     "Sold in the U.S. Medicare market, e.g. Ohio, by J. P. Morgan et al. Sales rose.");
    expect_sentences("On Jan. 3 we sold. In Feb. 2 more.", "On Jan. 3 we sold.|In Feb. 2 more.");
}

static void markers_do_not_end_sentences(void **state) {
    (void)state;
    expect_sentences("1. Products are sold. 2. Services too.", "1. Products are sold.|2. Services too.");
    expect_sentences("Item 1A. Risk Factors", "Item 1A. Risk Factors");
    expect_sentences("(1) cost; and (2) time.", "(1) cost; and|(2) time.");
}

/* ---- headings ---- */

static void headings_nest_by_their_markers(void **state) {
    (void)state;
    expect(
        "第一章 总则\n一、目标\n（一）疫苗。支持研发。\n（二）抗体\n支持抗体药物。\n二、任务\n完成任务。\n",
        "heading\t-\t第一章 总则\n"
        "heading\t第一章 总则\t一、目标\n"
        "heading\t第一章 总则 > 一、目标\t（一）疫苗。\n"
        "body\t第一章 总则 > 一、目标 > （一）疫苗\t支持研发。\n"
        "heading\t第一章 总则 > 一、目标\t（二）抗体\n"
        "body\t第一章 总则 > 一、目标 > （二）抗体\t支持抗体药物。\n"
        "heading\t第一章 总则\t二、任务\n"
        "body\t第一章 总则 > 二、任务\t完成任务。\n");
}

static void numbering_goes_on_after_a_box(void **state) {
    (void)state;
    expect("（一）监管\n1.标准建设。继续开展。\n专栏二 "
           "提高行动计划\n1.药品标准。制修订标准。\n2.器械标准。制修订标准。\n"
           "2.政策试点。深化改革。\n3.审批。加快审批。\n",
           "heading\t-\t（一）监管\n"
           "heading\t（一）监管\t1.标准建设。\n"
           "body\t（一）监管 > 1.标准建设\t继续开展。\n"
           "heading\t（一）监管 > 1.标准建设\t专栏二 提高行动计划\n"
           "heading\t（一）监管 > 1.标准建设 > 专栏二 提高行动计划\t1.药品标准。\n"
           "body\t（一）监管 > 1.标准建设 > 专栏二 提高行动计划 > 1.药品标准\t制修订标准。\n"
           "heading\t（一）监管 > 1.标准建设 > 专栏二 提高行动计划\t2.器械标准。\n"
           "body\t（一）监管 > 1.标准建设 > 专栏二 提高行动计划 > 2.器械标准\t制修订标准。\n"
           "heading\t（一）监管\t2.政策试点。\n"
           "body\t（一）监管 > 2.政策试点\t深化改革。\n"
           "heading\t（一）监管\t3.审批。\n"
           "body\t（一）监管 > 3.审批\t加快审批。\n");
}

static void list_items_are_no_headings(void **state) {
    (void)state;
    expect("第五条 申请人应当具备下列条件：\n（一）具有独立法人资格；\n（二）具备规定的其他条件。\n第六条 "
           "申请应当提交材料。\n",
           "body\t-\t第五条 申请人应当具备下列条件：\n"
           "body\t-\t（一）具有独立法人资格；\n"
           "body\t-\t（二）具备规定的其他条件。\n"
           "body\t-\t第六条 申请应当提交材料。\n");
}

static void dotted_numbers_nest_by_depth(void **state) {
    (void)state;
    expect("4 生物产业\n4.1 生物医药产业\n4.1.1 新型疫苗\n肝炎疫苗。\n4.1.2 药物\n抗体药物。\n4.2 "
           "器械\n影像设备。\n",
           "heading\t-\t4 生物产业\n"
           "heading\t4 生物产业\t4.1 生物医药产业\n"
           "heading\t4 生物产业 > 4.1 生物医药产业\t4.1.1 新型疫苗\n"
           "body\t4 生物产业 > 4.1 生物医药产业 > 4.1.1 新型疫苗\t肝炎疫苗。\n"
           "heading\t4 生物产业 > 4.1 生物医药产业\t4.1.2 药物\n"
           "body\t4 生物产业 > 4.1 生物医药产业 > 4.1.2 药物\t抗体药物。\n"
           "heading\t4 生物产业\t4.2 器械\n"
           "body\t4 生物产业 > 4.2 器械\t影像设备。\n");
}

/* ---- real text ---- */

/* Splits text in which blocks are told apart by bars: "p text|h2 text|..." with kinds l p h i r n and a
 * level; gives "page path> text" a clause, with # for a heading. */
static void split_hinted(const char *blocks, sectag_buf *out) {
    sectag_buf text = {0};
    sectag_hint hints[16];
    sectag_splitter s;
    size_t n = 0, used = 0;
    for (const char *at = blocks; *at; n++) {
        const char *bar = strchr(at, '|'), *kinds = "lphirn", *body = strchr(at, ' ') + 1;
        size_t size = bar ? (size_t)(bar - body) : strlen(body);
        int level = *at == 'h' ? at[1] - '0' : 0;
        hints[n] = (sectag_hint){text.len, (uint8_t)(strchr(kinds, *at) - kinds), (uint8_t)level};
        assert_int_equal(sectag_buf_add(&text, body, size) | sectag_buf_addc(&text, '\n'), 0);
        at = bar ? bar + 1 : body + size;
    }
    assert_int_equal(sectag_splitter_init(&s, NULL), 0);
    if (strchr(blocks, '\f')) sectag_splitter_set_paged(&s);
    sectag_splitter_hint(&s, hints, n);
    assert_int_equal(sectag_splitter_feed(&s, text.data, text.len, 1, &used, NULL), 0);
    for (size_t i = 0; i < s.clauses.len; i++) {
        const sectag_clause *c = &s.clauses.data[i];
        assert_int_equal(sectag_buf_addf(out, "%u ", c->page), 0);
        add_path(&s, c->heading, out);
        assert_int_equal(sectag_buf_adds(out, c->kind == SECTAG_CLAUSE_HEADING ? "# " : "> "), 0);
        assert_int_equal(sectag_clause_text(&s, c, text.data, 0, out) | sectag_buf_addc(out, '\n'), 0);
    }
    sectag_splitter_release(&s);
    sectag_buf_release(&text);
}

static void expect_hinted(const char *blocks, const char *clauses) {
    sectag_buf whole = {0};
    split_hinted(blocks, &whole);
    assert_string_equal(whole.data, clauses);
    sectag_buf_release(&whole);
}

static void paragraphs_given_whole_are_not_guessed(void **state) {
    (void)state;
    expect_hinted("p 这一段分在两行，前一行\n很短。后一句|p 另起一段|p 12|p 三段",
                  "0 > 这一段分在两行，前一行很短。\n0 > 后一句\n0 > 另起一段\n0 > 12\n0 > 三段\n");
    expect_hinted("p 疫\n苗|l 甲乙丙\n丁戊己|p 庚", "0 # 疫苗\n0 疫苗> 甲乙丙\n0 疫苗> 丁戊己\n0 疫苗> 庚\n");
}

static void declared_headings_nest_by_level(void **state) {
    (void)state;
    expect_hinted("h1 总则|h2 目的。与依据|p 支持疫苗。|p （一）具体内容|p 细则。|h2 范围|h1 附则|p 完。",
                  "0 # 总则\n0 总则# 目的。与依据\n0 总则 > 目的。与依据> 支持疫苗。\n0 总则 > 目的。与依据# "
                  "（一）具体内容\n"
                  "0 总则 > 目的。与依据 > （一）具体内容> 细则。\n0 总则# 范围\n0 # 附则\n0 附则> 完。\n");
}

static void items_rows_and_notes_are_no_headings(void **state) {
    (void)state;
    expect_hinted("p 一、标题|i 二、条目|r 三、\t格子|n （四）注|p 正文。",
                  "0 # 一、标题\n0 一、标题> 二、条目\n0 一、标题> 三、 格子\n0 一、标题> （四）注\n0 "
                  "一、标题> 正文。\n");
}

static void clauses_are_on_the_page_where_they_start(void **state) {
    (void)state;
    expect_hinted("p 甲。乙段\n\f写到次页。丙。|p \f\f丁。",
                  "1 > 甲。\n1 > 乙段写到次页。\n2 > 丙。\n4 > 丁。\n");
}

static int read_file(const char *path, sectag_buf *out) {
    char block[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f) return -1;
    while ((n = fread(block, 1, sizeof block, f)) > 0) assert_int_equal(sectag_buf_add(out, block, n), 0);
    (void)fclose(f);
    return 0;
}

/* The rows of GOLD.tsv for one document, without its first two columns. */
static void gold_rows(const sectag_buf *gold, const char *doc, sectag_buf *out) {
    const char *line = gold->data, *end = gold->data + gold->len;
    while (line < end) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        next = next ? next + 1 : end;
        if (strncmp(line, doc, strlen(doc)) == 0 && line[strlen(doc)] == '\t') {
            const char *row = strchr(line + strlen(doc) + 1, '\t') + 1;
            assert_int_equal(sectag_buf_add(out, row, (size_t)(next - row)), 0);
        }
        line = next;
    }
}

static void sample_documents_give_the_expected_clauses(void **state) {
    (void)state;
    static const char *const docs[] = {"plan-zh.txt", "annual-report-en.txt", "prospectus-zh.txt"};
    sectag_buf gold = {0};
    assert_int_equal(read_file(SECTAG_SOURCE_DIR "/tests/data/sample/GOLD.tsv", &gold), 0);
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++) {
        sectag_buf text = {0}, want = {0}, got = {0};
        char path[512];
        (void)snprintf(path, sizeof path, "%s/tests/data/sample/%s", SECTAG_SOURCE_DIR, docs[i]);
        assert_int_equal(read_file(path, &text), 0);
        gold_rows(&gold, docs[i], &want);
        split_in_blocks(text.data, text.len, text.len, &got);
        assert_true(want.len > 0);
        assert_string_equal(got.data, want.data);
        check_invariant(text.data, text.len);
        sectag_buf_release(&text);
        sectag_buf_release(&want);
        sectag_buf_release(&got);
    }
    sectag_buf_release(&gold);
}

static void real_policy_documents_keep_the_invariant(void **state) {
    (void)state;
    const char *shared = getenv("SECTAG_SHARED");
    char folder[512], path[1024];
    (void)snprintf(folder, sizeof folder, "%s/policy", shared ? shared : SECTAG_SOURCE_DIR "/../shared");
    DIR *dir = opendir(folder);
    if (!dir) {
        print_message("no policy documents in %s (set SECTAG_SHARED)\n", folder);
        skip();
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        sectag_buf text = {0}, whole = {0}, parts = {0};
        size_t len = strlen(entry->d_name);
        if (len < 4 || strcmp(entry->d_name + len - 4, ".txt") != 0) continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_int_equal(read_file(path, &text), 0);
        check_invariant(text.data, text.len);
        split_in_blocks(text.data, text.len, text.len, &whole);
        split_in_blocks(text.data, text.len, 4096, &parts);
        assert_string_equal(whole.data, parts.data);
        sectag_buf_release(&text);
        sectag_buf_release(&whole);
        sectag_buf_release(&parts);
    }
    (void)closedir(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_end_marks_end_clauses),
        cmocka_unit_test(closing_quotes_stay_with_their_clause),
        cmocka_unit_test(brackets_hold_a_clause_together),
        cmocka_unit_test(an_omission_belongs_to_the_clause_before),
        cmocka_unit_test(english_full_stops_end_sentences),
        cmocka_unit_test(abbreviations_do_not_end_sentences),
        cmocka_unit_test(markers_do_not_end_sentences),
        cmocka_unit_test(headings_nest_by_their_markers),
        cmocka_unit_test(numbering_goes_on_after_a_box),
        cmocka_unit_test(list_items_are_no_headings),
        cmocka_unit_test(dotted_numbers_nest_by_depth),
        cmocka_unit_test(paragraphs_given_whole_are_not_guessed),
        cmocka_unit_test(declared_headings_nest_by_level),
        cmocka_unit_test(items_rows_and_notes_are_no_headings),
        cmocka_unit_test(clauses_are_on_the_page_where_they_start),
        cmocka_unit_test(headings_that_are_closed_are_forgotten),
        cmocka_unit_test(a_reset_splitter_starts_anew),
        cmocka_unit_test(every_character_is_in_one_clause_or_drop),
        cmocka_unit_test(hard_inputs_keep_the_invariant),
        cmocka_unit_test(blocks_of_any_size_give_the_same_clauses),
        cmocka_unit_test(sample_documents_give_the_expected_clauses),
        cmocka_unit_test(real_policy_documents_keep_the_invariant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
