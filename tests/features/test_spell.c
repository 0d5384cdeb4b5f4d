/* Spelling against what sectag_normal_run gives: every code point, random text of all scripts, damage, long
 * clauses. */
#include "tests/suite.h"

#include "features/buf.h"
#include "features/spell.h"
#include "features/utf8.h"
#include "training/random.h"

/* ---- allocations counted: the linker leads the library's calls here (tests/CMakeLists.txt) ---- */

static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size) {
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
    allocations++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size) {
    allocations++;
    return __real_realloc(old, size);
}

/* ---- an alphabet of some characters of every kind ---- */

static const uint32_t known[] = {
    'a',    'b',     'c',    'e',    'f',     'i',    'l',    'm',     's',    'n',    'o',    'r',
    't',    'x',     0xE9,   0x3B1,  0x3C3,   0x430,  0x301,  0x308,   0x5D0,  0x627,  0x645,  0x915,
    0xE01,  0x10450, '0',    '1',    '2',     '7',    0x661,  0x2160,  '/',    '%',    '(',    ',',
    '.',    '_',     0x3002, 0x300A, 0x2014,  0xB0,   0xFFFD, 0x1F9EC, 0x20AC, 0x4E00, 0x4E2D, 0x6587,
    0x75AB, 0x82D7,  0x3400, 0x304B, 0x304C,  0x30AB, 0x30AC, 0x30D1,  0x3105, 0x1100, 0x1161, 0x11A8,
    0xAC00, 0xAC01,  0xD55C, 0xF900, 0x20000, 0x2F00, 0x3007, 0x3099,
};

static sectag_alphabet alphabet;
static uint32_t alphabet_cp[COUNT_OF(known) + 7];
static uint16_t symbol_by_cp[0x110000];
static sectag_speller speller;
static sectag_normal normal;

static int begin(void **state) {
    sectag_character characters[COUNT_OF(known)];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) characters[i] = (sectag_character){known[i], i % 5};
    if (sectag_alphabet_make(&alphabet, characters, COUNT_OF(known), alphabet_cp, NULL)) return -1;
    for (uint32_t s = SECTAG_SYMBOL_FIRST; s < alphabet.n; s++)
        if (alphabet_cp[s] != SECTAG_NO_CODE_POINT) symbol_by_cp[alphabet_cp[s]] = (uint16_t)s;
    return sectag_speller_init(&speller, &alphabet, NULL);
}

static int end(void **state) {
    (void)state;
    sectag_speller_release(&speller);
    sectag_normal_release(&normal);
    return 0;
}

/* ---- the derivation ---- */

static SECTAG_ARRAY(uint16_t) derived;

static void derive_symbol(uint16_t symbol) {
    assert_int_equal(sectag_array_push(&derived, symbol), 0);
}

static uint16_t symbol_of(uint32_t cp, uint8_t kind) {
    if (cp == '-' || cp == 0x2010 || cp == 0x2011 || kind == SECTAG_KIND_SPACE) return SECTAG_SYMBOL_SPACE;
    return symbol_by_cp[cp] ? symbol_by_cp[cp] : sectag_alphabet_unknown(&alphabet, kind);
}

/* A mark wherever a word begins or ends, and each normalised character's symbol. */
static void derive(const char *text, size_t len) {
    int word = 0;
    derived.len = 0;
    assert_int_equal(sectag_normal_run(&normal, text, len, NULL), 0);
    for (size_t i = 0; i < normal.len; i++) {
        if (sectag_kind_is_word(normal.kind[i]) != word) derive_symbol(SECTAG_SYMBOL_MARK);
        word = sectag_kind_is_word(normal.kind[i]);
        derive_symbol(symbol_of(normal.cp[i], normal.kind[i]));
    }
    if (word) derive_symbol(SECTAG_SYMBOL_MARK);
}

static int is_as_derived(void) {
    return speller.symbols.len == derived.len &&
           (derived.len == 0 ||
            memcmp(speller.symbols.data, derived.data, derived.len * sizeof *derived.data) == 0);
}

/* The words that have a digit and no letter, with their marks, are the numbers. */
static void assert_numbers(void) {
    size_t n = 0;
    for (size_t i = 0; i < derived.len; i++) {
        size_t first = i, letters = 0;
        if (derived.data[i] != SECTAG_SYMBOL_MARK) continue;
        while (derived.data[++i] != SECTAG_SYMBOL_MARK) letters += derived.data[i] < alphabet.first_digit;
        if (letters) continue;
        assert_true(n < speller.numbers.len);
        assert_int_equal(speller.numbers.data[n].first, first);
        assert_int_equal(speller.numbers.data[n].end, i + 1);
        n++;
    }
    assert_int_equal(speller.numbers.len, n);
}

/* The text in hexadecimal, and where the two part. */
static void fail_at(const char *text, size_t len) {
    sectag_buf hex = {0};
    size_t i = 0;
    while (i < derived.len && i < speller.symbols.len && derived.data[i] == speller.symbols.data[i]) i++;
    for (size_t k = 0; k < len && k < 300; k++) (void)sectag_buf_addf(&hex, "%02X ", (unsigned char)text[k]);
    fail_msg("%s: %zu symbols instead of %zu, the first other one is %zu", hex.data, speller.symbols.len,
             derived.len, i);
}

/* The text is spelt from an allocation of its own size, so that reading past it is seen. */
static void assert_spelt(const char *text, size_t len) {
    char *exact = __real_malloc(len ? len : 1);
    assert_non_null(exact);
    if (len) memcpy(exact, text, len);
    assert_int_equal(sectag_spell(&speller, exact, len, NULL), 0);
    derive(text, len);
    if (!is_as_derived()) fail_at(text, len);
    assert_numbers();
    for (int i = 0; i < SECTAG_SPELLING_PADDING; i++)
        assert_int_equal(speller.symbols.data[speller.symbols.len + (size_t)i], SECTAG_SYMBOL_OTHER);
    free(exact);
}

static void assert_spelt_text(const char *text) {
    assert_spelt(text, strlen(text));
}

/* The spelling for people: characters, `_` for marks, `?` for unknown ones by class: ? 〓 ¿ #. */
static const char *spelling(const char *text) {
    static sectag_buf out;
    assert_spelt_text(text);
    sectag_buf_clear(&out);
    for (size_t i = 0; i < speller.symbols.len; i++) {
        char bytes[4];
        uint16_t s = speller.symbols.data[i];
        uint32_t cp = s == SECTAG_SYMBOL_MARK      ? '_'
                      : s == SECTAG_SYMBOL_OTHER   ? '?'
                      : s == alphabet.first_cjk    ? 0x3013
                      : s == alphabet.first_letter ? 0xBF
                      : s == alphabet.first_digit  ? '#'
                                                   : alphabet_cp[s];
        assert_int_equal(sectag_buf_add(&out, bytes, sectag_utf8_put(cp, bytes)), 0);
    }
    return out.data;
}

static void words_stand_between_marks(void **state) {
    (void)state;
    assert_string_equal(spelling("中文 ＭＡRs疫苗"), "中文 _mars_疫苗");
    assert_string_equal(spelling("a b-c 1/2"), "_a_ _b_ _c_ _1_/_2_");
    assert_string_equal(spelling("疫 苗，\u3000疫"), "疫苗, 疫");
    assert_string_equal(spelling("  a  "), "_a_");
}

static void unknown_characters_are_told_by_class(void **state) {
    (void)state;
    assert_string_equal(spelling("技z9术!"), "〓_¿#_〓?");
}

static void some_characters_become_several(void **state) {
    (void)state;
    assert_string_equal(spelling("e\uFB03cient"), "_efficient_");
    assert_string_equal(spelling("stra\u00DFe \uFB05"), "_strasse_ _st_");
    assert_string_equal(spelling("37\u2103 12\u33A1"), "_#7_°_c_ _12m2_"); /* degrees, square metres */
    assert_string_equal(spelling("\u3316\u2160\u00BD"), "〓〓〓〓〓〓_i1_?_2_");
}

static void characters_that_combine_are_taken_together(void **state) {
    (void)state;
    assert_string_equal(spelling("e\u0301 cafe\u0301s"), "_é_ _cafés_");
    assert_string_equal(spelling("か\u3099 ｶﾞ ﾊﾟ"), "がガパ");
    assert_string_equal(spelling("\u1100\u1161\u11A8 \uAC00\u11A8"), "각각");
    assert_string_equal(spelling("a\u200Db\u00ADc\uFEFF"), "_abc_");
}

static void ill_formed_bytes_become_one_character_each(void **state) {
    static const char *const texts[] = {"\xFF",
                                        "a\xC0\x80"
                                        "b",
                                        "\xED\xA0\x80\xED\xB0\x80",
                                        "中\xE4\xB8",
                                        "\xF4\x90\x80\x80",
                                        "\xE0\x80\x80\x80",
                                        "疫\x80\xBF苗\xF0\x9F\xA7",
                                        "\xF8\x88\x80\x80\x80",
                                        "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8",
                                        "a\xCC",
                                        "\xFF\xCC\x81",
                                        "//\xE0\x80\xAF//",
                                        "中/°\xE0\x82\xB0\xE0\x80\xAF"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) assert_spelt_text(texts[i]);
    assert_spelt("a\0b", 3);
    assert_spelt("", 0);
}

/* ---- every code point ---- */

static void spell_between(const char *before, const char *behind) {
    char text[16];
    size_t start = strlen(before), rest = strlen(behind);
    memcpy(text, before, start);
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        size_t len = start + sectag_utf8_put(cp, text + start);
        memcpy(text + len, behind, rest);
        assert_spelt(text, len + rest);
    }
}

static void every_code_point_is_spelt_between_letters(void **state) {
    (void)state;
    spell_between("a", "b");
}

static void every_code_point_is_spelt_between_chinese_characters(void **state) {
    (void)state;
    spell_between("疫", "苗");
}

static void every_code_point_is_spelt_alone(void **state) {
    (void)state;
    spell_between("", "");
}

/* ---- random text ---- */

/* Ranges of code points in which normalising or spelling has something to do. */
static const struct span {
    uint32_t first, last;
} spans[] = {
    {0x20, 0x7E},       {'a', 'f'},          {'0', '2'},         {' ', ' '},         {'-', '-'},
    {0x4E00, 0x9FFF},   {0x4E00, 0x4E2D},    {0x75AB, 0x75AB},   {0x3000, 0x303F},   {0x3041, 0x30FF},
    {0x3099, 0x309C},   {0xFF01, 0xFFEF},    {0xFF65, 0xFF9F},   {0x1100, 0x11FF},   {0x3131, 0x318F},
    {0xAC00, 0xD7FF},   {0x11A7, 0x11C3},    {0x300, 0x36F},     {0x301, 0x308},     {0xA0, 0x24F},
    {0x370, 0x52F},     {0x590, 0x6FF},      {0x900, 0xDFF},     {0xE00, 0xEFF},     {0x1E00, 0x1FFF},
    {0x2000, 0x206F},   {0x2007, 0x2015},    {0x2070, 0x218F},   {0x2460, 0x24FF},   {0x3200, 0x33FF},
    {0xF900, 0xFAFF},   {0xFB00, 0xFB4F},    {0xFB50, 0xFDFF},   {0xFE00, 0xFE0F},   {0xFE10, 0xFEFF},
    {0xFFF0, 0xFFFF},   {0x0, 0x1F},         {0x80, 0xA0},       {0x10000, 0x107FF}, {0x1D100, 0x1D1FF},
    {0x1D400, 0x1D7FF}, {0x1F100, 0x1F2FF},  {0x1F300, 0x1FAFF}, {0x20000, 0x2FA1F}, {0x30000, 0x3134F},
    {0xE0000, 0xE01EF}, {0xF0000, 0x10FFFF}, {0xAD, 0xAD},       {0x200B, 0x200F},   {0x10A00, 0x10A3F},
};

static size_t random_character(sectag_random *r, char *out) {
    uint64_t kind = sectag_random_below(r, 12);
    if (kind == 0) { /* any byte */
        out[0] = (char)sectag_random_below(r, 256);
        return 1;
    }
    if (kind <= 3) return sectag_utf8_put(known[sectag_random_below(r, COUNT_OF(known))], out);
    const struct span *s = &spans[sectag_random_below(r, kind < 7 ? 10 : COUNT_OF(spans))];
    uint32_t cp = s->first + (uint32_t)sectag_random_below(r, s->last - s->first + 1);
    size_t len = sectag_utf8_put(cp, out);
    return kind == 11 ? 1 + sectag_random_below(r, len) : len; /* sometimes cut off */
}

static size_t random_text(sectag_random *r, size_t characters, char *out) {
    size_t len = 0;
    for (size_t i = 0; i < characters; i++) len += random_character(r, out + len);
    return len;
}

static void random_text_is_spelt(void **state) {
    sectag_random r;
    char text[4 * 64];
    (void)state;
    sectag_random_init(&r, 21);
    for (int i = 0; i < 100000; i++) assert_spelt(text, random_text(&r, sectag_random_below(&r, 24), text));
}

/* Few kinds at a time: the same pairs come often, and most clauses go the fast way. */
static void text_of_two_kinds_is_spelt(void **state) {
    sectag_random r;
    char text[4 * 40];
    (void)state;
    sectag_random_init(&r, 22);
    for (int i = 0; i < 50000; i++) {
        const struct span two[2] = {spans[sectag_random_below(&r, COUNT_OF(spans))],
                                    spans[sectag_random_below(&r, 10)]};
        size_t len = 0;
        for (size_t n = sectag_random_below(&r, 20); n > 0; n--) {
            const struct span *s = &two[sectag_random_below(&r, 2)];
            uint32_t cp = s->first + (uint32_t)sectag_random_below(&r, s->last - s->first + 1);
            len += sectag_utf8_put(cp >= 0xD800 && cp <= 0xDFFF ? 'a' : cp, text + len);
        }
        assert_spelt(text, len);
    }
}

/* A speller that meets a character first where it expands or combines must remember the same of it. */
static void what_is_remembered_does_not_depend_on_what_was_met_before(void **state) {
    sectag_random r;
    char text[4 * 64];
    (void)state;
    sectag_random_init(&r, 23);
    for (int i = 0; i < 500; i++) {
        sectag_speller_release(&speller);
        assert_int_equal(sectag_speller_init(&speller, &alphabet, NULL), 0);
        for (int k = 0; k < 4; k++) assert_spelt(text, random_text(&r, sectag_random_below(&r, 24), text));
    }
}

/* ---- length ---- */

static void repeat(const char *text, size_t times, sectag_buf *out) {
    sectag_buf_clear(out);
    for (size_t i = 0; i < times; i++) assert_int_equal(sectag_buf_adds(out, text), 0);
}

static void long_clauses_are_spelt(void **state) {
    static const char *const pieces[] = {"疫苗",   "a",      "a中",     "a b",     "a-",      "中 ",
                                         "１",     "\u33A8", "\uFB03-", "a\u0301", "\xFF",    "\uFDFA",
                                         "\u3316", "é",      "𠀀",      " ",       "\uFB03中"};
    sectag_buf text = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pieces); i++)
        for (size_t times = 1; times < 100000; times = times < 70 ? times + 1 : times * 30) {
            sectag_speller_release(&speller); /* room begins at none */
            assert_int_equal(sectag_speller_init(&speller, &alphabet, NULL), 0);
            repeat(pieces[i], times, &text);
            assert_spelt(text.data, text.len);
        }
    sectag_buf_release(&text);
}

static void a_clause_of_4_gib_is_refused(void **state) {
    sectag_err err = {0};
    (void)state;
    assert_int_equal(sectag_spell(&speller, "", UINT32_MAX, &err), SECTAG_EARG);
    assert_non_null(strstr(err.msg, "too long"));
}

static void nothing_is_allocated_once_warm(void **state) {
    enum { TEXTS = 2000, LONGEST = 4 * 200 };
    static char texts[TEXTS][LONGEST];
    static size_t len[TEXTS];
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 24);
    sectag_speller_release(&speller);
    assert_int_equal(sectag_speller_init(&speller, &alphabet, NULL), 0);
    size_t cold = allocations;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < TEXTS; i++) {
            if (!round) len[i] = random_text(&r, sectag_random_below(&r, 200), texts[i]);
            assert_int_equal(sectag_spell(&speller, texts[i], len[i], NULL), 0);
        }
        if (round == 0) assert_true(allocations > cold);
        if (round == 0) cold = allocations;
    }
    assert_int_equal(allocations, cold);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_between_marks),
        cmocka_unit_test(unknown_characters_are_told_by_class),
        cmocka_unit_test(some_characters_become_several),
        cmocka_unit_test(characters_that_combine_are_taken_together),
        cmocka_unit_test(ill_formed_bytes_become_one_character_each),
        cmocka_unit_test(every_code_point_is_spelt_between_letters),
        cmocka_unit_test(every_code_point_is_spelt_between_chinese_characters),
        cmocka_unit_test(every_code_point_is_spelt_alone),
        cmocka_unit_test(random_text_is_spelt),
        cmocka_unit_test(text_of_two_kinds_is_spelt),
        cmocka_unit_test(what_is_remembered_does_not_depend_on_what_was_met_before),
        cmocka_unit_test(long_clauses_are_spelt),
        cmocka_unit_test(a_clause_of_4_gib_is_refused),
        cmocka_unit_test(nothing_is_allocated_once_warm),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
