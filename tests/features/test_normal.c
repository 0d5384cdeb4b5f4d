/* Normalisation: utf8proc's NFKC with case folding, white space folded, and a map back to the source. */
#include "tests/suite.h"

#include "features/buf.h"
#include "features/normal.h"
#include "features/utf8.h"
#include "training/random.h"

#include <utf8proc.h>

static sectag_normal normal;

static int begin(void **state) {
    (void)state;
    sectag_normal_init(&normal);
    return 0;
}

static int end(void **state) {
    (void)state;
    sectag_normal_release(&normal);
    return 0;
}

/* The normalised text as UTF-8. */
static const char *run(const char *text, size_t len) {
    static char out[1 << 16];
    size_t at = 0;
    assert_int_equal(sectag_normal_run(&normal, text, len, NULL), 0);
    for (size_t i = 0; i < normal.len; i++) at += sectag_utf8_put(normal.cp[i], out + at);
    out[at] = '\0';
    return out;
}

static void assert_normal(const char *text, const char *expected) {
    assert_string_equal(run(text, strlen(text)), expected);
}

static void compatible_forms_become_one(void **state) {
    (void)state;
    assert_normal("ＰＤ－１ 抑制剂", "pd-1 抑制剂");
    assert_normal("mRNA１２３", "mrna123");
    assert_normal("ﬁlm eﬃcacy", "film efficacy");
    assert_normal("㎡ ① Ⅲ期", "m2 1 iii期");
    assert_normal("STRASSE straße", "strasse strasse");
    assert_normal("ｶﾞﾝ", "ガン");
    assert_normal("（疫苗）", "(疫苗)");
}

static void what_combines_is_composed(void **state) {
    (void)state;
    assert_normal("e\u0301", "\u00E9");
    assert_normal("E\u0301\u0302", "\u00E9\u0302");
    assert_normal("q\u0307\u0323", "q\u0323\u0307"); /* marks in canonical order */
    assert_normal("\u1112\u1161\u11AB", "한");
    assert_normal("\u3131\u314F", "가"); /* compatibility jamo, and half-width ones, are conjoining ones */
    assert_normal("\uFFA1\uFFC2\uFFA3", "갃");
}

static void invisible_characters_vanish(void **state) {
    (void)state;
    assert_normal("疫\u200B苗", "疫苗");
    assert_normal("vac\u00ADcine", "vaccine");
    assert_normal("\uFEFFvaccine\u2060", "vaccine");
    assert_normal("e\u00AD\u0301", "\u00E9"); /* nor do they keep a mark from its letter */
}

static void white_space_folds_and_is_dropped_inside_chinese(void **state) {
    (void)state;
    assert_normal("疫 苗\n研\u3000 发", "疫苗研发");
    assert_normal("  a \t\r\n b\u00A0c  ", "a b c");
    assert_normal("疫苗 vaccine 研 发", "疫苗 vaccine 研发");
    assert_normal("疫苗 ， 研发", "疫苗 , 研发");
    assert_normal("   ", "");
    assert_normal("", "");
}

static void ill_formed_bytes_are_counted_and_replaced(void **state) {
    (void)state;
    assert_normal("a\xFF疫\xE7\x96z", "a\uFFFD疫\uFFFD\uFFFDz");
    assert_int_equal(normal.bad, 3);
    assert_normal("\uFFFDx", "\uFFFDx");
    assert_int_equal(normal.bad, 0);
    assert_normal("\xCC", "\uFFFD");
    assert_normal("\xFF\u0301", "\uFFFD\u0301");
}

static void the_map_of_the_manual_holds(void **state) {
    (void)state;
    static const uint32_t from[] = {0, 3, 6, 9, 12, 13, 16, 19}, to[] = {3, 6, 9, 12, 13, 16, 19, 22};
    assert_normal("ＰＤ－１ 抑制剂", "pd-1 抑制剂");
    assert_int_equal(normal.len, COUNT_OF(from));
    for (size_t i = 0; i < normal.len; i++) {
        assert_int_equal(normal.from[i], from[i]);
        assert_int_equal(normal.to[i], to[i]);
    }
}

static void a_ligature_and_a_composed_letter_share_their_source(void **state) {
    (void)state;
    assert_normal("ﬁe\u0301", "fi\u00E9");
    assert_true(normal.from[0] == 0 && normal.to[0] == 3 && normal.from[1] == 0 && normal.to[1] == 3);
    assert_true(normal.from[2] == 3 && normal.to[2] == 6);
}

static void kinds_are_by_script(void **state) {
    (void)state;
    assert_int_equal(sectag_kind('a'), SECTAG_KIND_LETTER);
    assert_int_equal(sectag_kind(0x0431), SECTAG_KIND_LETTER);
    assert_int_equal(sectag_kind('7'), SECTAG_KIND_DIGIT);
    assert_int_equal(sectag_kind(0x0667), SECTAG_KIND_DIGIT);
    assert_int_equal(sectag_kind(0x75AB), SECTAG_KIND_CJK);
    assert_int_equal(sectag_kind(0x3000), SECTAG_KIND_SPACE);
    assert_int_equal(sectag_kind(0x3002), SECTAG_KIND_OTHER);
    assert_int_equal(sectag_kind(SECTAG_REPLACEMENT), SECTAG_KIND_OTHER);
}

/* Hundreds of marks on one letter: cut into pieces, never lost nor unbounded. */
static void hostile_runs_of_marks_are_survived(void **state) {
    (void)state;
    sectag_buf text = {0};
    assert_int_equal(sectag_buf_adds(&text, "z"), 0);
    for (int i = 0; i < 1000; i++) assert_int_equal(sectag_buf_adds(&text, i % 2 ? "\u0323" : "\u0307"), 0);
    assert_int_equal(sectag_buf_adds(&text, "疫苗"), 0);
    (void)run(text.data, text.len);
    assert_in_range(normal.len, 1000, 1003);
    assert_int_equal(normal.cp[normal.len - 1], 0x82D7);
    for (size_t i = 0; i < normal.len; i++)
        assert_true(normal.from[i] < normal.to[i] && normal.to[i] <= text.len);
    sectag_buf_release(&text);
}

static void the_longest_expansion_fits(void **state) {
    (void)state;
    sectag_buf text = {0};
    for (int i = 0; i < 500; i++)
        assert_int_equal(sectag_buf_adds(&text, "\uFDFA"), 0); /* 18 code points each */
    (void)run(text.data, text.len);
    assert_int_equal(normal.len, 500 * 18);
    sectag_buf_release(&text);
}

/* ---- against utf8proc on the whole text ---- */

/* A character out of one of the ranges where something happens. */
static uint32_t random_cp(sectag_random *r) {
    static const uint32_t range[][2] = {
        {0x20, 0x7E},       {0xA0, 0x17F},    {0x300, 0x36F},   {0x1100, 0x11FF},   {0xAC00, 0xD7A3},
        {0x3000, 0x318F},   {0x4E00, 0x4E40}, {0xFF00, 0xFFEF}, {0xFB00, 0xFB4F},   {0x2000, 0x206F},
        {0x2100, 0x218F},   {0x3200, 0x33FF}, {0x590, 0x6FF},   {0x900, 0xDFF},     {0xE00, 0xFFF},
        {0x1E00, 0x1FFF},   {0xF900, 0xFAFF}, {0xFE00, 0xFEFF}, {0x1D400, 0x1D500}, {0x1D150, 0x1D1FF},
        {0x2F800, 0x2FA1F}, {0x1, 0x10FFFF}};
    size_t i = sectag_random_below(r, COUNT_OF(range));
    uint32_t cp = range[i][0] + (uint32_t)sectag_random_below(r, range[i][1] - range[i][0] + 1);
    return cp >= 0xD800 && cp <= 0xDFFF ? 'x' : cp;
}

static size_t random_text(sectag_random *r, char *out) {
    size_t len = 0, n = 1 + sectag_random_below(r, 12);
    for (size_t i = 0; i < n; i++) len += sectag_utf8_put(random_cp(r), out + len);
    return len;
}

static size_t without_spaces(const char *text, size_t len, uint32_t *out) {
    size_t n = 0;
    for (size_t at = 0; at < len;) {
        at += sectag_utf8_next(text + at, len - at, &out[n], NULL);
        if (!sectag_is_space(out[n])) n++;
    }
    return n;
}

static void compare_with_utf8proc(const char *text, size_t len) {
    static uint32_t ours[4096], theirs[4096];
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_uint8_t *whole = NULL;
    utf8proc_ssize_t whole_len =
        utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &whole, options);
    assert_true(whole_len >= 0);
    const char *got = run(text, len);
    size_t n = without_spaces(got, strlen(got), ours),
           m = without_spaces((const char *)whole, (size_t)whole_len, theirs);
    if (n != m || memcmp(ours, theirs, n * sizeof *ours) != 0) {
        for (size_t at = 0; at < len;) {
            uint32_t cp;
            at += sectag_utf8_next(text + at, len - at, &cp, NULL);
            print_error("U+%04X ", cp);
        }
        fail_msg("normalised to \"%s\", utf8proc to \"%s\"", got, (const char *)whole);
    }
    free(whole);
}

static void random_text_is_normalised_as_utf8proc_does_it(void **state) {
    (void)state;
    sectag_random r;
    char text[64];
    sectag_random_init(&r, 11);
    for (int i = 0; i < 200000; i++) compare_with_utf8proc(text, random_text(&r, text));
}

/* Is every byte that stays visible covered, and do the spans go forward? */
static void check_map(const char *text, size_t len) {
    (void)run(text, len);
    for (size_t i = 0; i < normal.len; i++) {
        assert_true(normal.from[i] < normal.to[i] && normal.to[i] <= len);
        assert_true(i == 0 || (normal.from[i] >= normal.from[i - 1] && normal.to[i] >= normal.to[i - 1]));
        assert_true(i == 0 || normal.from[i] == normal.from[i - 1] || normal.from[i] >= normal.to[i - 1]);
        assert_int_equal(normal.kind[i], sectag_kind(normal.cp[i]));
    }
    size_t k = 0;
    for (size_t at = 0; at < len;) {
        uint32_t cp;
        size_t bad = 0, size = sectag_utf8_next(text + at, len - at, &cp, &bad);
        while (k < normal.len && normal.to[k] <= at) k++;
        int covered = k < normal.len && normal.from[k] <= at && normal.to[k] >= at + size;
        if (!covered && sectag_kind(cp) != SECTAG_KIND_SPACE &&
            !utf8proc_get_property((utf8proc_int32_t)cp)->ignorable && cp != 0xB4 &&
            utf8proc_decompose_char((utf8proc_int32_t)cp, NULL, 0, UTF8PROC_COMPAT, NULL) < 2)
            fail_msg("U+%04X at byte %zu is not covered", cp, at);
        at += size;
    }
}

static void the_map_covers_the_source(void **state) {
    (void)state;
    sectag_random r;
    char text[64];
    sectag_random_init(&r, 12);
    for (int i = 0; i < 50000; i++) {
        size_t len = random_text(&r, text);
        if (i % 2)
            text[sectag_random_below(&r, len)] = (char)sectag_random_below(&r, 256); /* maybe ill-formed */
        check_map(text, len);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compatible_forms_become_one),
        cmocka_unit_test(what_combines_is_composed),
        cmocka_unit_test(invisible_characters_vanish),
        cmocka_unit_test(white_space_folds_and_is_dropped_inside_chinese),
        cmocka_unit_test(ill_formed_bytes_are_counted_and_replaced),
        cmocka_unit_test(the_map_of_the_manual_holds),
        cmocka_unit_test(a_ligature_and_a_composed_letter_share_their_source),
        cmocka_unit_test(kinds_are_by_script),
        cmocka_unit_test(hostile_runs_of_marks_are_survived),
        cmocka_unit_test(the_longest_expansion_fits),
        cmocka_unit_test(random_text_is_normalised_as_utf8proc_does_it),
        cmocka_unit_test(the_map_covers_the_source),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
