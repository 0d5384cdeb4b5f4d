/* Encodings: what bytes are taken for, and the bytes as UTF-8. */
#include "tests/suite.h"

#include "features/encoding.h"

#define B(s) s, sizeof(s) - 1

static void assert_guess(const char *bytes, size_t len, const char *declared, const char *name, size_t bom) {
    sectag_encoding e = sectag_encoding_guess(bytes, len, declared);
    assert_string_equal(e.name, name);
    assert_int_equal(e.bom, bom);
}

static void marks_are_believed(void **state) {
    (void)state;
    assert_guess(B("\xEF\xBB\xBF疫苗"), NULL, "UTF-8", 3);
    assert_guess(B("\xFF\xFE\xAB\x75"), NULL, "UTF-16LE", 2);
    assert_guess(B("\xFE\xFF\x75\xAB"), "gbk", "UTF-16BE", 2);
    assert_guess(B("\x84\x31\x95\x33\xD2\xDF"), NULL, "GB18030", 4);
}

static void utf8_is_told_by_its_validity_even_when_damaged(void **state) {
    (void)state;
    assert_guess("", 0, NULL, "UTF-8", 0);
    assert_guess(B("plain ASCII"), "gb2312", "UTF-8", 0);
    assert_guess(B("支持疫苗研发"), "gb2312", "UTF-8", 0);
    assert_guess(B("支持\xFF疫苗研发"), NULL, "UTF-8", 0);
}

static void chinese_encodings_are_told_apart(void **state) {
    (void)state;
    assert_guess(B("\xD2\xDF\xC3\xE7\xD1\xD0\xB7\xA2\xA1\xA3"), NULL, "GB18030", 0);
    assert_guess(B("\xAC\xCC\xAD\x5D"), "big5", "Big5", 0);
    assert_guess(B("\x75\xAB\x82\xD7\x30\x02\x00\x0A"), NULL, "UTF-16BE", 0);
    assert_guess(B("\xAB\x75\xD7\x82\x02\x30\x0A\x00"), NULL, "UTF-16LE", 0);
}

static void western_text_is_windows_1252(void **state) {
    (void)state;
    assert_guess(B("A caf\xE9 in the r\xE9gion of Z\xFCrich, na\xEFve \x97 and so on for a while."),
                 "iso-8859-1", "Windows-1252", 0);
}

static void names_are_the_supersets_that_are_meant(void **state) {
    (void)state;
    assert_string_equal(sectag_encoding_find("GB2312"), "GB18030");
    assert_string_equal(sectag_encoding_find("gbk"), "GB18030");
    assert_string_equal(sectag_encoding_find("ISO-8859-1"), "Windows-1252");
    assert_string_equal(sectag_encoding_find("utf8"), "UTF-8");
    assert_non_null(sectag_encoding_find("KOI8-R"));
    assert_null(sectag_encoding_find("gb99"));
    assert_null(sectag_encoding_find(""));
}

/* Decodes in pieces of every size. */
static void assert_decodes(const char *name, const char *bytes, size_t len, const char *text,
                           uint64_t replaced, uint64_t first) {
    for (size_t step = 1; step <= len; step++) {
        sectag_decoder d;
        sectag_buf out = {0}, raw = {0};
        assert_int_equal(sectag_decoder_init(&d, name, NULL), 0);
        for (size_t at = 0, used; at < len; at += step) {
            size_t n = len - at < step ? len - at : step;
            assert_int_equal(sectag_buf_add(&raw, bytes + at, n), 0);
            assert_int_equal(sectag_decoder_feed(&d, raw.data, raw.len, at + n == len, &out, &used, NULL), 0);
            memmove(raw.data, raw.data + used, raw.len - used);
            raw.len -= used;
        }
        assert_int_equal(raw.len, 0);
        assert_string_equal(out.data, text);
        assert_int_equal(d.replaced, replaced);
        if (replaced) assert_int_equal(d.first_replaced, first);
        sectag_decoder_release(&d);
        sectag_buf_release(&out);
        sectag_buf_release(&raw);
    }
}

static void pieces_do_not_show_in_the_text(void **state) {
    (void)state;
    assert_decodes("GB18030", B("a\xD2\xDF\xC3\xE7\x81\x30\x81\x30"), "a疫苗\xC2\x80", 0, 0);
    assert_decodes("UTF-8", B("a疫苗b"), "a疫苗b", 0, 0);
    assert_decodes("UTF-16LE", B("\xAB\x75\xD7\x82"), "疫苗", 0, 0);
}

static void what_is_no_character_becomes_a_replacement_and_is_counted(void **state) {
    (void)state;
    assert_decodes("GB18030", B("a\xFF\xD2\xDF"), "a\xEF\xBF\xBD疫", 1, 1);
    assert_decodes("GB18030", B("a\xD2"), "a\xEF\xBF\xBD", 1, 1);
    assert_decodes("UTF-8", B("a\xFF\xE7\x96"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3, 1);
    assert_decodes("UTF-16LE", B("\xAB\x75\x00\xDC\xD7\x82"), "疫\xEF\xBF\xBD苗", 1, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_are_believed),
        cmocka_unit_test(utf8_is_told_by_its_validity_even_when_damaged),
        cmocka_unit_test(chinese_encodings_are_told_apart),
        cmocka_unit_test(western_text_is_windows_1252),
        cmocka_unit_test(names_are_the_supersets_that_are_meant),
        cmocka_unit_test(pieces_do_not_show_in_the_text),
        cmocka_unit_test(what_is_no_character_becomes_a_replacement_and_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
