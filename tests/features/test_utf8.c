/* UTF-8 by Table 3-7 of the Unicode Standard: every boundary, and utf8proc's verdict on random bytes. */
#include "tests/suite.h"

#include "features/utf8.h"
#include "training/random.h"

#include <utf8proc.h>

/* First and last sequences of each row of the table, and the code points they stand for. */
static const struct boundary {
    const char *bytes;
    uint32_t cp;
} boundaries[] = {
    {"\x01", 0x01},
    {"\x7F", 0x7F},
    {"\xC2\x80", 0x80},
    {"\xDF\xBF", 0x7FF},
    {"\xE0\xA0\x80", 0x800},
    {"\xE0\xBF\xBF", 0xFFF},
    {"\xE1\x80\x80", 0x1000},
    {"\xEC\xBF\xBF", 0xCFFF},
    {"\xED\x80\x80", 0xD000},
    {"\xED\x9F\xBF", 0xD7FF},
    {"\xEE\x80\x80", 0xE000},
    {"\xEF\xBF\xBF", 0xFFFF},
    {"\xF0\x90\x80\x80", 0x10000},
    {"\xF0\xBF\xBF\xBF", 0x3FFFF},
    {"\xF1\x80\x80\x80", 0x40000},
    {"\xF3\xBF\xBF\xBF", 0xFFFFF},
    {"\xF4\x80\x80\x80", 0x100000},
    {"\xF4\x8F\xBF\xBF", 0x10FFFF},
};

static void the_ends_of_every_row_are_well_formed(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(boundaries); i++) {
        const char *s = boundaries[i].bytes;
        uint32_t cp = 0;
        size_t bad = 0;
        assert_int_equal(sectag_utf8_next(s, strlen(s), &cp, &bad), strlen(s));
        assert_int_equal(cp, boundaries[i].cp);
        assert_int_equal(bad, 0);
        assert_int_equal(sectag_utf8_check(s, strlen(s)), strlen(s));
    }
}

/* One step outside each row: lone and overlong bytes, surrogates, values past the last, sequences broken off.
 */
static const char *const ill_formed[] = {
    "\x80",
    "\xBF",
    "\xC0\x80",
    "\xC1\xBF",
    "\xC2",
    "\xC2\x7F",
    "\xC2\xC0",
    "\xDF",
    "\xE0\x9F\xBF",
    "\xE0\x80\x80",
    "\xE0\xA0",
    "\xE0\xA0\x7F",
    "\xE0\xA0\xC0",
    "\xED\xA0\x80",
    "\xED\xBF\xBF",
    "\xEF\xBF",
    "\xEF\xBF\xC0",
    "\xF0\x8F\xBF\xBF",
    "\xF0\x90\x80",
    "\xF0\x90",
    "\xF0",
    "\xF0\x90\x80\x7F",
    "\xF0\x90\xC0\x80",
    "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80",
    "\xF8\x88\x80\x80\x80",
    "\xFE",
    "\xFF",
};

static void whatever_lies_outside_costs_one_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ill_formed); i++) {
        const char *s = ill_formed[i];
        uint32_t cp = 0;
        size_t bad = 0;
        assert_int_equal(sectag_utf8_next(s, strlen(s), &cp, &bad), 1);
        assert_int_equal(cp, SECTAG_REPLACEMENT);
        assert_int_equal(bad, 1);
        assert_int_equal(sectag_utf8_next(s, strlen(s), &cp, NULL), 1);
        assert_int_equal(sectag_utf8_check(s, strlen(s)), 0);
    }
}

static void a_sequence_is_not_read_past_its_text(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(boundaries); i++) {
        for (size_t len = 1; len < strlen(boundaries[i].bytes); len++) {
            char *exact = malloc(len); /* the sanitizer watches its end */
            uint32_t cp;
            size_t bad = 0;
            memcpy(exact, boundaries[i].bytes, len);
            assert_int_equal(sectag_utf8_next(exact, len, &cp, &bad), 1);
            assert_int_equal(bad, 1);
            free(exact);
        }
    }
}

static void every_scalar_value_survives_writing_and_reading(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char bytes[4];
        uint32_t back = 0;
        size_t bad = 0;
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        size_t len = sectag_utf8_put(cp, bytes);
        if (sectag_utf8_next(bytes, len, &back, &bad) != len || back != cp || bad) fail_msg("U+%04X", cp);
    }
}

/* Bytes that are likely to stand near one another in UTF-8, well-formed or nearly so. */
static void fill(sectag_random *r, unsigned char *s, size_t len) {
    static const unsigned char likely[] = {0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1,
                                           0xC2, 0xE0, 0xE7, 0xED, 0xF0, 0xF4, 0x41};
    for (size_t i = 0; i < len; i++)
        s[i] = sectag_random_below(r, 4) ? likely[sectag_random_below(r, sizeof likely)]
                                         : (unsigned char)sectag_random_below(r, 256);
}

static void random_bytes_are_read_as_utf8proc_reads_them(void **state) {
    (void)state;
    sectag_random r;
    sectag_random_init(&r, 37);
    for (int i = 0; i < 300000; i++) {
        unsigned char s[5];
        size_t len = 1 + sectag_random_below(&r, sizeof s), bad = 0;
        utf8proc_int32_t theirs;
        uint32_t ours;
        fill(&r, s, len);
        utf8proc_ssize_t expected = utf8proc_iterate(s, (utf8proc_ssize_t)len, &theirs);
        size_t got = sectag_utf8_next((const char *)s, len, &ours, &bad);
        if (expected < 0)
            assert_true(got == 1 && bad == 1 && ours == SECTAG_REPLACEMENT);
        else
            assert_true(got == (size_t)expected && ours == (uint32_t)theirs && bad == 0);
    }
}

static void check_finds_the_first_fault(void **state) {
    (void)state;
    const char *text = "疫苗\xE7\x96 x\xFF";
    assert_int_equal(sectag_utf8_check(text, strlen(text)), 6);
    assert_int_equal(sectag_utf8_check(text, 6), 6);
    assert_int_equal(sectag_utf8_check(text, 5), 3);
    assert_int_equal(sectag_utf8_check("", 0), 0);
}

/* Where utf8proc finds the first fault. */
static size_t first_fault(const unsigned char *text, size_t len) {
    size_t at = 0;
    while (at < len) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t size = utf8proc_iterate(text + at, (utf8proc_ssize_t)(len - at), &cp);
        if (size <= 0) return at;
        at += (size_t)size;
    }
    return len;
}

/* Chinese with some ASCII in it, as documents are, with one byte changed or the end cut off. */
static void a_fault_in_chinese_text_is_found_wherever_it_is(void **state) {
    enum { TIMES = 200000, LONGEST = 120 };
    sectag_random r;
    size_t faults = 0;
    (void)state;
    sectag_random_init(&r, 5);
    for (int i = 0; i < TIMES; i++) {
        char text[LONGEST + 4];
        size_t len = 0, want = sectag_random_below(&r, LONGEST);
        while (len < want) {
            uint32_t cp = sectag_random_below(&r, 8)
                              ? (uint32_t)sectag_random_below(&r, 0x10000 - 0x800) + 0x800
                              : (uint32_t)sectag_random_below(&r, 0x80);
            len += sectag_utf8_put(cp >= 0xD800 && cp < 0xE000 ? 0x75AB : cp, text + len);
        }
        if (len && sectag_random_below(&r, 4))
            text[sectag_random_below(&r, len)] = (char)sectag_random_below(&r, 256);
        if (len > want) len = want;
        size_t fault = first_fault((const unsigned char *)text, len);
        faults += fault < len;
        assert_int_equal(sectag_utf8_check(text, len), fault);
    }
    assert_true(faults > TIMES / 4 && faults < TIMES);
}

static void classes_hold_what_they_say(void **state) {
    (void)state;
    static const uint32_t cjk[] = {0x3005, 0x3007, 0x4E00, 0x9FFF,  0x3042,
                                   0x30AB, 0xAC00, 0xD7A3, 0x20000, 0x3105},
                          not_cjk[] = {'a', 0x3001, 0x3002, 0x30FB, 0xFF0C, 0x2014, 0xFF21, 0xE000, 0x0430},
                          space[] = {' ',    '\t',   '\n',   '\r',   0x85,  0xA0,
                                     0x2003, 0x2028, 0x202F, 0x3000, 0xFEFF};
    for (size_t i = 0; i < COUNT_OF(cjk); i++) assert_true(sectag_is_cjk(cjk[i]) && sectag_is_wide(cjk[i]));
    for (size_t i = 0; i < COUNT_OF(not_cjk); i++) assert_false(sectag_is_cjk(not_cjk[i]));
    for (size_t i = 0; i < COUNT_OF(space); i++) assert_true(sectag_is_space(space[i]));
    assert_false(sectag_is_space('a') || sectag_is_space(0x4E00) || sectag_is_space(0));
    assert_true(sectag_is_wide(0x3002) && sectag_is_wide(0xFF0C) && !sectag_is_wide('a'));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_of_every_row_are_well_formed),
        cmocka_unit_test(whatever_lies_outside_costs_one_byte),
        cmocka_unit_test(a_sequence_is_not_read_past_its_text),
        cmocka_unit_test(every_scalar_value_survives_writing_and_reading),
        cmocka_unit_test(random_bytes_are_read_as_utf8proc_reads_them),
        cmocka_unit_test(check_finds_the_first_fault),
        cmocka_unit_test(a_fault_in_chinese_text_is_found_wherever_it_is),
        cmocka_unit_test(classes_hold_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
