/* The alphabet: which number each character gets, whatever the order they come in; damage refused. */
#include "tests/suite.h"

#include "features/alphabet.h"
#include "features/normal.h"
#include "training/random.h"

static const sectag_character mixed[] = {
    {0x82D7, 5}, {'a', 9}, {'7', 1}, {'/', 2}, {0x75AB, 8},
    {'z', 3},    {'%', 2}, {'0', 4}, {'b', 9}, {0x0430, 1},
};
enum { MIXED = COUNT_OF(mixed) };

/* The symbols of `mixed`: others, Chinese, letters, digits; each class behind the one for all its others. */
static const uint32_t expected[] = {
    UINT32_MAX, ' ',    UINT32_MAX, UINT32_MAX,         /* none, space, mark, other */
    '%',        '/',                                    /* as frequent: by code point */
    UINT32_MAX, 0x75AB, 0x82D7,                         /* Chinese, the more frequent first */
    UINT32_MAX, 'a',    'b',        'z',        0x0430, /* letters */
    UINT32_MAX, '0',    '7',                            /* digits */
};

static sectag_alphabet make(const sectag_character *characters, size_t n, uint32_t *cp) {
    sectag_alphabet a;
    sectag_character sorted[MIXED];
    assert_true(n <= MIXED);
    if (n) memcpy(sorted, characters, n * sizeof *sorted);
    assert_int_equal(sectag_alphabet_make(&a, sorted, n, cp, NULL), 0);
    return a;
}

static void symbols_are_numbered_by_class_then_frequency(void **state) {
    uint32_t cp[MIXED + 7];
    (void)state;
    sectag_alphabet a = make(mixed, MIXED, cp);
    assert_int_equal(a.n, COUNT_OF(expected));
    assert_ptr_equal(a.cp, cp);
    assert_memory_equal(cp, expected, sizeof expected);
    assert_int_equal(a.first_cjk, 6);
    assert_int_equal(a.first_letter, 9);
    assert_int_equal(a.first_digit, 14);
}

static void any_order_of_the_characters_gives_the_same(void **state) {
    sectag_random r;
    sectag_character shuffled[MIXED];
    (void)state;
    sectag_random_init(&r, 1);
    memcpy(shuffled, mixed, sizeof mixed);
    for (int round = 0; round < 200; round++) {
        uint32_t cp[MIXED + 7];
        for (size_t i = MIXED - 1; i > 0; i--) {
            size_t k = sectag_random_below(&r, i + 1);
            sectag_character c = shuffled[i];
            shuffled[i] = shuffled[k];
            shuffled[k] = c;
        }
        assert_int_equal(make(shuffled, MIXED, cp).n, COUNT_OF(expected));
        assert_memory_equal(cp, expected, sizeof expected);
    }
}

static void weights_beyond_32_bits_are_compared(void **state) {
    const sectag_character two[] = {{0x4E00, 1}, {0x4E8C, (uint64_t)1 << 32}};
    uint32_t cp[COUNT_OF(two) + 7];
    (void)state;
    sectag_alphabet a = make(two, COUNT_OF(two), cp);
    assert_int_equal(cp[a.first_cjk + 1], 0x4E8C);
}

static void an_unknown_character_has_the_symbol_of_its_class(void **state) {
    uint32_t cp[MIXED + 7];
    (void)state;
    sectag_alphabet a = make(mixed, MIXED, cp);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_OTHER), SECTAG_SYMBOL_OTHER);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_SPACE), SECTAG_SYMBOL_SPACE);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_CJK), a.first_cjk);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_LETTER), a.first_letter);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_DIGIT), a.first_digit);
}

static void no_characters_give_an_alphabet_of_unknown_ones(void **state) {
    uint32_t cp[7];
    (void)state;
    sectag_alphabet a = make(NULL, 0, cp);
    assert_int_equal(a.n, 7);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_CJK), 4);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_LETTER), 5);
    assert_int_equal(sectag_alphabet_unknown(&a, SECTAG_KIND_DIGIT), 6);
}

static void what_was_made_is_read_again(void **state) {
    uint32_t cp[MIXED + 7];
    sectag_alphabet back;
    (void)state;
    for (size_t n = 0; n <= MIXED; n++) {
        sectag_alphabet a = make(mixed, n, cp);
        assert_int_equal(sectag_alphabet_open(&back, cp, a.n, NULL), 0);
        assert_int_equal(back.n, a.n);
        assert_int_equal(back.first_cjk, a.first_cjk);
        assert_int_equal(back.first_letter, a.first_letter);
        assert_int_equal(back.first_digit, a.first_digit);
        assert_ptr_equal(back.cp, cp);
    }
    assert_int_equal(sectag_alphabet_open(&back, NULL, 0, NULL), 0); /* a model without */
    assert_int_equal(back.n, 0);
}

static void assert_damaged(const uint32_t *cp, size_t n) {
    sectag_alphabet a;
    sectag_err err = {0};
    assert_int_equal(sectag_alphabet_open(&a, cp, n, &err), SECTAG_EMODEL);
    assert_non_null(strstr(err.msg, "alphabet"));
}

static void a_damaged_array_is_refused(void **state) {
    static uint32_t long_one[SECTAG_SYMBOLS_MAX + 1];
    uint32_t cp[COUNT_OF(expected)];
    (void)state;
    for (size_t n = 1; n < 15; n++) assert_damaged(expected, n); /* cut off before the digits */
    memcpy(cp, expected, sizeof cp);
    cp[9] = 'x'; /* a class too few */
    assert_damaged(cp, COUNT_OF(cp));
    memcpy(cp, expected, sizeof cp);
    cp[11] = SECTAG_NO_CODE_POINT; /* and too many */
    assert_damaged(cp, COUNT_OF(cp));
    memset(long_one, 0, sizeof long_one);
    for (size_t i = 4; i < 7; i++) long_one[i] = SECTAG_NO_CODE_POINT;
    sectag_alphabet a;
    assert_int_equal(sectag_alphabet_open(&a, long_one, SECTAG_SYMBOLS_MAX, NULL), 0);
    assert_damaged(long_one, SECTAG_SYMBOLS_MAX + 1);
}

static void more_characters_than_symbols_are_refused(void **state) {
    enum { MOST = SECTAG_SYMBOLS_MAX - 7 };
    sectag_character *many = calloc(MOST + 1, sizeof *many);
    uint32_t *cp = calloc(MOST + 7, sizeof *cp);
    sectag_alphabet a;
    sectag_err err = {0};
    (void)state;
    assert_true(many && cp);
    for (uint32_t i = 0; i <= MOST; i++) many[i].cp = 0x20000 + i;
    assert_int_equal(sectag_alphabet_make(&a, many, MOST, cp, NULL), 0);
    assert_int_equal(a.n, SECTAG_SYMBOLS_MAX);
    assert_int_equal(sectag_alphabet_open(&a, cp, a.n, NULL), 0);
    assert_int_equal(sectag_alphabet_make(&a, many, MOST + 1, cp, &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "too many"));
    free(many);
    free(cp);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_are_numbered_by_class_then_frequency),
        cmocka_unit_test(any_order_of_the_characters_gives_the_same),
        cmocka_unit_test(weights_beyond_32_bits_are_compared),
        cmocka_unit_test(an_unknown_character_has_the_symbol_of_its_class),
        cmocka_unit_test(no_characters_give_an_alphabet_of_unknown_ones),
        cmocka_unit_test(what_was_made_is_read_again),
        cmocka_unit_test(a_damaged_array_is_refused),
        cmocka_unit_test(more_characters_than_symbols_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
