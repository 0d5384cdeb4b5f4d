/* Traditional characters as simplified, of the same length. */
#include "tests/suite.h"

#include "features/simplify.h"

static void assert_simplified(const char *text, const char *expected) {
    char out[256];
    size_t len = strlen(text);
    sectag_simplify(text, len, out);
    assert_int_equal(strlen(expected), len);
    assert_memory_equal(out, expected, len);
}

static void traditional_text_is_told_from_simplified(void **state) {
    (void)state;
    assert_true(sectag_is_traditional("支持疫苗研發與產業化", strlen("支持疫苗研發與產業化")));
    assert_false(sectag_is_traditional("支持疫苗研发与产业化", strlen("支持疫苗研发与产业化")));
    assert_false(sectag_is_traditional("vaccines", 8));
    assert_false(sectag_is_traditional("", 0));
}

static void every_character_keeps_its_place(void **state) {
    (void)state;
#ifdef SECTAG_WITH_ICU
    assert_simplified("支持疫苗研發與產業化。", "支持疫苗研发与产业化。");
    assert_simplified("手術機器人 (CAR-T) 檢測", "手术机器人 (CAR-T) 检测");
#endif
    assert_simplified("支持疫苗研发与产业化。\xFF", "支持疫苗研发与产业化。\xFF");
    assert_simplified("\xE7\x96", "\xE7\x96");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(traditional_text_is_told_from_simplified),
                                       cmocka_unit_test(every_character_keeps_its_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
