/* Matching against the reference: the same columns as often, in text made to hit and in any other. */
#include "tests/suite.h"

#include "features/processor.h"
#include "features/buf.h"
#include "features/utf8.h"
#include "tests/features/two_paths.h"
#include "training/random.h"

/* What the n-grams are learnt from, and pieces of random text. */
static const char *const clauses[] = {
    "支持重组疫苗研发与mRNA疫苗平台建设",
    "抗PD-1单克隆抗体药物和抗体检测试剂",
    "种子基金与种业育种，良种繁育",
    "人用疫苗批签发 lot release of vaccines",
    "The Company's antibodies, antibody-drug conjugates and CAR-T cell therapy",
    "seed fund; seeds, seeding and seedlings: H5N1 and H1N1 2025",
    "Вакцины и антитела, ﬁlm café naïve straße",
    "가나다라 한국어 백신 ワクチンの開発 ガス",
    "a b cc ddd s es 7x x7 １２３ Ⅷ 5G B2B",
    "的的的的 疫疫疫疫 苗苗 aaaa bbbbb",
    "𠀀𠀁疫 🧬 ½ ㎡ ℃ 。",
};

static const struct {
    size_t group;
    int grade;
    const char *text;
} terms[] = {
    {0, SECTAG_TERM_STRONG, "疫苗"},
    {0, SECTAG_TERM_WEAK, "苗"},
    {0, SECTAG_TERM_STRONG, "mRNA疫苗"},
    {0, SECTAG_TERM_WEAK, "批签发"},
    {0, SECTAG_TERM_STRONG, "vaccine"},
    {0, SECTAG_TERM_WEAK, "lot releas*"},
    {0, SECTAG_TERM_NOT, "疫苗接种点"},
    {0, SECTAG_TERM_WEAK, "H5N1"},
    {0, SECTAG_TERM_WEAK, "s"},
    {1, SECTAG_TERM_STRONG, "抗体"},
    {1, SECTAG_TERM_STRONG, "antibod*"},
    {1, SECTAG_TERM_NOT, "抗体检测"},
    {1, SECTAG_TERM_STRONG, "PD-1"},
    {1, SECTAG_TERM_STRONG, "CAR-T"},
    {1, SECTAG_TERM_WEAK, "抗PD*"},
    {1, SECTAG_TERM_WEAK, "疫苗"},
    {1, SECTAG_TERM_NOT, "car-t cell"},
    {1, SECTAG_TERM_WEAK, "drug"},
    {1, SECTAG_TERM_WEAK, "单克隆 antibody"},
    {1, SECTAG_TERM_WEAK, "B2B"},
    {1, SECTAG_TERM_WEAK, "5g"},
    {2, SECTAG_TERM_STRONG, "种子"},
    {2, SECTAG_TERM_NOT, "种子基金"},
    {2, SECTAG_TERM_STRONG, "育种"},
    {2, SECTAG_TERM_STRONG, "seed"},
    {2, SECTAG_TERM_NOT, "seed fund"},
    {2, SECTAG_TERM_WEAK, "seeds"},
    {2, SECTAG_TERM_WEAK, "seed*"},
    {2, SECTAG_TERM_NOT, "seeding*"},
    {2, SECTAG_TERM_WEAK, "2025"},
    {2, SECTAG_TERM_WEAK, "20*"},
    {2, SECTAG_TERM_WEAK, "，良种"},
    {2, SECTAG_TERM_WEAK, "种-业"},
    {2, SECTAG_TERM_WEAK, "-x"},
    {2, SECTAG_TERM_WEAK, "x-"},
    {2, SECTAG_TERM_WEAK, "."},
    {2, SECTAG_TERM_WEAK, "백신"},
    {2, SECTAG_TERM_WEAK, "ワクチン*"},
    {2, SECTAG_TERM_WEAK, "вакцин*"},
    {2, SECTAG_TERM_WEAK, "7"},
    {2, SECTAG_TERM_WEAK, "es"},
    {2, SECTAG_TERM_WEAK, "a_b"},
    {0, SECTAG_TERM_WEAK, "良种繁育与种业育种基金"},
};

/* What is looked for: orders, whole words, terms, single terms. */
static const struct shape {
    const char *name;
    sectag_ngram_options ngram;
    uint8_t terms;
    float single_weight;
} shapes[] = {
    {"defaults", {1, 3, 3, 6, 1, 0, 0, 0}, 1, 0.15f},
    {"no terms", {1, 3, 3, 6, 1, 0, 0, 0}, 0, 0},
    {"no single terms", {1, 3, 3, 6, 1, 0, 0, 0}, 1, 0},
    {"orders 1-1, 2-3", {1, 1, 2, 3, 0, 0, 0, 0}, 1, 0.15f},
    {"orders 1-2, 3-6 without whole words", {1, 2, 3, 6, 0, 0, 0, 0}, 1, 0.15f},
    {"orders 1-4, 2-3", {1, 4, 2, 3, 1, 0, 0, 0}, 1, 0.15f},
    {"orders 2-4, 4-8", {2, 4, 4, 8, 1, 0, 0, 0}, 0, 0},
    {"orders 1-8, 1-8", {1, 8, 1, 8, 1, 0, 0, 0}, 1, 0.15f},
    {"orders 1-3, 1-1", {1, 3, 1, 1, 1, 0, 0, 0}, 1, 0.15f},
    {"Chinese only", {1, 3, 0, 0, 0, 0, 0, 0}, 1, 0.15f},
    {"whole words only", {0, 0, 0, 0, 1, 0, 0, 0}, 0, 0},
};

/* All n-grams that any options give, pairs and numbers among them. */
#define WIDE ((sectag_ngram_options){1, 8, 1, 8, 1, 1, 1, 0})

static two_paths paths[COUNT_OF(shapes)];

static int make(two_paths *p, const struct shape *s) {
    if (two_paths_begin(p)) return -1;
    p->options.ngram = s->ngram;
    p->options.terms = s->terms;
    p->options.single_weight = s->single_weight;
    for (size_t i = 0; i < COUNT_OF(clauses); i++)
        if (two_paths_learn(p, clauses[i], strlen(clauses[i]), WIDE)) return -1;
    for (size_t i = 0; i < COUNT_OF(terms); i++)
        if (two_paths_term(p, terms[i].group, terms[i].grade, terms[i].text)) return -1;
    return two_paths_ready(p);
}

static int begin(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (make(&paths[i], &shapes[i])) return -1;
    return 0;
}

static int end(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shapes); i++) two_paths_end(&paths[i]);
    return 0;
}

static size_t hits; /* columns found by the comparisons so far */

static const char *const steppers[] = {"portable", "avx2", "avx512"};

/* Those that this processor has, one after the other. */
static const sectag_stepper *next_stepper(void) {
    static unsigned turn;
    const sectag_stepper *found = sectag_stepper_find(steppers[turn++ % COUNT_OF(steppers)]);
    return found ? found : sectag_stepper_find("portable");
}

static void compare(two_paths *p, const char *name, const char *text, size_t len) {
    p->m.stepper = next_stepper();
    int rc = two_paths_differ(p, text, len);
    hits += p->m.once.len + p->m.counts.len;
    if (rc) fail_msg("%s: %d: %s: in \"%.*s\"", name, rc, p->why, len > 300 ? 300 : (int)len, text);
}

static void compare_all(const char *text, size_t len) {
    for (size_t i = 0; i < COUNT_OF(shapes); i++) compare(&paths[i], shapes[i].name, text, len);
}

static void compare_text(const char *text) {
    compare_all(text, strlen(text));
}

/* ---- text made to hit ---- */

/* A stretch of a clause between two characters. */
static size_t random_stretch(sectag_random *r, char *out) {
    const char *text = clauses[sectag_random_below(r, COUNT_OF(clauses))];
    size_t len = strlen(text), from = sectag_random_below(r, len), to = from + sectag_random_below(r, 24);
    if (to > len) to = len;
    while (from > 0 && (text[from] & 0xC0) == 0x80) from--;
    while (to < len && (text[to] & 0xC0) == 0x80) to++;
    memcpy(out, text + from, to - from);
    return to - from;
}

/* A term; where it ends in a star, mostly some ending. */
static size_t random_term(sectag_random *r, char *out) {
    static const char *const endings[] = {"", "y", "ies", "s", "es", "xyz", "苗", "-a", " "};
    const char *text = terms[sectag_random_below(r, COUNT_OF(terms))].text;
    size_t len = strlen(text);
    memcpy(out, text, len);
    if (text[len - 1] == '*') len--;
    if (text[len] == '*' || sectag_random_below(r, 4) == 0) {
        const char *ending = endings[sectag_random_below(r, COUNT_OF(endings))];
        memcpy(out + len, ending, strlen(ending));
        len += strlen(ending);
    }
    return len;
}

static size_t random_gram(sectag_random *r, char *out) {
    size_t len;
    const char *text =
        sectag_vocab_text(&paths[0].vocab, (uint32_t)sectag_random_below(r, paths[0].vocab.n), &len);
    memcpy(out, text, len);
    for (size_t i = 0; i < len; i++)
        if (out[i] == '_') out[i] = ' ';
    return len;
}

static size_t random_joint(sectag_random *r, char *out) {
    static const char *const joints[] = {"",       "",       "",       " ",    " ", "-",      "，", ". ",
                                         "\u3000", "s ",     "es",     "1",    "_", "\u00AD", "\n", "\u0301",
                                         "\u2011", "\uFB01", "\u3316", "\xFF", "/", "  ",     "- ", " -"};
    const char *text = joints[sectag_random_below(r, COUNT_OF(joints))];
    memcpy(out, text, strlen(text));
    return strlen(text);
}

static size_t random_piece(sectag_random *r, char *out) {
    switch (sectag_random_below(r, 3)) {
    case 0:
        return random_stretch(r, out);
    case 1:
        return random_term(r, out);
    default:
        return random_gram(r, out);
    }
}

/* Pieces with joints between; sometimes one comes again and again. Room for 256 bytes each. */
static size_t random_text(sectag_random *r, size_t pieces, char *out) {
    char piece[128];
    size_t len = 0, size = random_piece(r, piece);
    for (size_t i = 0; i < pieces; i++) {
        memcpy(out + len, piece, size);
        len += size;
        len += random_joint(r, out + len);
        if (sectag_random_below(r, 3)) size = random_piece(r, piece);
    }
    return len;
}

static void pieces_of_what_is_looked_for_are_found_as_by_the_reference(void **state) {
    sectag_random r;
    char text[256 * 16];
    (void)state;
    sectag_random_init(&r, 31);
    hits = 0;
    for (int i = 0; i < 8000; i++) {
        size_t len = random_text(&r, 1 + sectag_random_below(&r, 12), text);
        compare_all(text, len);
    }
    assert_true(hits > 8000 * 100);
}

static void known_cases_are_found_as_by_the_reference(void **state) {
    static const char *const texts[] = {
        "",
        "疫",
        "疫苗",
        "a",
        "s",
        "7",
        " ",
        "-",
        "_",
        "\xFF",
        "aa",
        "7x",
        "x7",
        "x-",
        "-x",
        "- x",
        "x -",
        "mRNA疫苗",
        "mRNA 疫苗",
        "mRNA-疫苗",
        "xmRNA疫苗",
        "mRNA疫苗s",
        "ＰＤ－１",
        "PD-1s",
        "PD 1",
        "PD1",
        "car\u2010t",
        "antibody antibodies antibod nanoantibody",
        "抗PDx抗体",
        "抗PD1",
        "抗-PD",
        "种子基金",
        "种子与种子基金和种子",
        "seed fund seed",
        "seed funds",
        "seeding seed",
        "seeds seedss seedes",
        "抗体检测抗体",
        "种-业",
        "种 业",
        "种- 业",
        "2025年",
        "2025",
        "x2025",
        "20",
        "200",
        "1999",
        "lot releasing lot",
        "lot  release",
        "lot-release",
        "单克隆 antibody",
        "单克隆antibody",
        "单克隆 antibodies",
        "良种，良种",
        ".",
        "..",
        "a_b",
        "a_bs",
        "ワクチンの",
        "백신",
        "вакцины",
        "疫\u0301苗",
        "疫\u00AD苗",
        "é\u0301",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) compare_text(texts[i]);
}

/* ---- any other text ---- */

static void random_unicode_is_found_as_by_the_reference(void **state) {
    static const uint32_t first[] = {0x20,  'a',    0x4E00, 0x3041, 0x1100,  0xAC00,
                                     0x300, 0xFF00, 0x2000, 0x0,    0x1F000, 0x20000},
                          size[] = {95,   26,   0x51A6, 0xBF,   0x100,  0x2BA4,
                                    0x70, 0xF0, 0x70,   0xD800, 0x1000, 0x20000};
    sectag_random r;
    char text[4 * 64 + 256];
    (void)state;
    sectag_random_init(&r, 32);
    for (int i = 0; i < 8000; i++) {
        size_t len = 0;
        for (uint64_t n = sectag_random_below(&r, 40); n > 0; n--) {
            size_t k = sectag_random_below(&r, COUNT_OF(first));
            len += sectag_utf8_put(first[k] + (uint32_t)sectag_random_below(&r, size[k]), text + len);
        }
        if (i % 2) len += random_piece(&r, text + len);
        if (i % 5 == 0 && len) text[sectag_random_below(&r, len)] = (char)sectag_random_below(&r, 256);
        compare_all(text, len);
    }
}

/* ---- length ---- */

static void append(sectag_buf *b, const char *text, size_t len) {
    assert_int_equal(sectag_buf_add(b, text, len), 0);
}

/* Clauses of `size` bytes or a little more, of one piece again and again or of many. */
static void long_text(sectag_random *r, size_t size, int many, sectag_buf *out) {
    char piece[256];
    size_t len = random_text(r, 1, piece);
    sectag_buf_clear(out);
    while (out->len < size || out->len == 0) {
        append(out, piece, len);
        if (many || len == 0) len = random_text(r, 1, piece);
    }
}

static void clauses_of_any_length_are_found_as_by_the_reference(void **state) {
    static const size_t sizes[] = {0, 1, 2, 10, 100, 255, 256, 257, 500, 768, 1000, 2000, 4000, 9000, 30000};
    sectag_buf text = {0};
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 33);
    for (int round = 0; round < 6; round++)
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            long_text(&r, sizes[i] + (size_t)round, round % 2, &text);
            compare_all(text.data, text.len);
        }
    sectag_buf_release(&text);
}

static void clauses_of_200_000_characters_are_found_as_by_the_reference(void **state) {
    static const char *const pieces[] = {"疫",    "疫苗",      "a",  "a疫",    "种子基金",
                                         "seed ", "antibody ", "7 ", "\u3316", "的é "};
    sectag_buf text = {0};
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 34);
    for (size_t i = 0; i <= COUNT_OF(pieces); i++) {
        sectag_buf_clear(&text);
        if (i == COUNT_OF(pieces)) long_text(&r, 600000, 1, &text);
        for (size_t k = 0; i < COUNT_OF(pieces) && k < 200000; k += strlen(pieces[i]))
            append(&text, pieces[i], strlen(pieces[i]));
        compare(&paths[0], shapes[0].name, text.data, text.len);
        compare(&paths[7], shapes[7].name, text.data, text.len);
    }
    sectag_buf_release(&text);
}

/* Chinese of distinct characters with nothing repeated for longer and longer: every count is one. */
static void clauses_without_repeats_are_found_as_by_the_reference(void **state) {
    two_paths p;
    sectag_buf text = {0};
    (void)state;
    assert_int_equal(two_paths_begin(&p), 0);
    for (uint32_t cp = 0x4E00; cp < 0x9000; cp++) {
        char bytes[4];
        append(&text, bytes, sectag_utf8_put(cp, bytes));
    }
    assert_int_equal(two_paths_learn(&p, text.data, text.len, SECTAG_NGRAM_DEFAULTS), 0);
    assert_int_equal(two_paths_ready(&p), 0);
    for (size_t len = 3; len <= text.len; len = len * 3 / 2 / 3 * 3 + 3)
        compare(&p, "distinct", text.data, len);
    compare(&p, "distinct", text.data, text.len);
    assert_int_equal(p.m.once.len, p.vocab.n);
    two_paths_end(&p);
    sectag_buf_release(&text);
}

/* Walks have an end, far behind the longest term: a word with its marks may have a thousand characters. */
static void a_very_long_word_is_found_as_by_the_reference(void **state) {
    two_paths p;
    sectag_buf text = {0};
    (void)state;
    assert_int_equal(two_paths_begin(&p), 0);
    for (int i = 0; i < 3000; i++) {
        char letter = (char)('a' + i * i % 23);
        append(&text, &letter, 1);
        if (i % 100 == 98 || i == 997)
            assert_int_equal(two_paths_learn(&p, text.data, text.len, SECTAG_NGRAM_DEFAULTS), 0);
    }
    assert_int_equal(two_paths_ready(&p), 0);
    for (size_t len = 1; len < 999; len++) compare(&p, "a long word", text.data, len);
    two_paths_end(&p);
    sectag_buf_release(&text);
}

/* ---- one matcher, many clauses ---- */

/* The table of columns tells 65,536 turns apart: what it holds from the turn of the same number must not be
 * taken for this one's. A clause takes one turn. */
static void a_matcher_that_has_seen_many_clauses_finds_the_same(void **state) {
    static const char *const texts[] = {"的疫苗疫苗抗体抗体", "抗体抗体疫苗疫苗的的",
                                        "育种育种的的疫疫抗体抗体"};
    two_paths *p = &paths[1];
    (void)state;
    for (size_t round = 0; round < 6; round++) {
        const char *text = texts[round % COUNT_OF(texts)];
        compare(p, "many clauses", text, strlen(text));
        for (int i = 0; i < 65535; i++) assert_int_equal(sectag_match(&p->m, "", 0, NULL), 0);
    }
}

/* What a clause gave, in its order. */
typedef SECTAG_ARRAY(sectag_count) result;

static void take_result(const sectag_matcher *m, result *out) {
    out->len = 0;
    for (size_t i = 0; i < m->once.len; i++)
        assert_int_equal(sectag_array_push(out, ((sectag_count){m->once.data[i], 1})), 0);
    for (size_t i = 0; i < m->counts.len; i++) assert_int_equal(sectag_array_push(out, m->counts.data[i]), 0);
}

static void assert_result(const sectag_matcher *m, const result *expected) {
    result now = {0};
    take_result(m, &now);
    assert_int_equal(now.len, expected->len);
    if (now.len) assert_memory_equal(now.data, expected->data, now.len * sizeof *now.data);
    free(now.data);
}

/* Nor does the order, in which sums are rounded, depend on the clauses before. */
static void a_clause_gives_the_same_counts_in_the_same_order_whenever_it_comes(void **state) {
    const char *text = "支持重组疫苗研发与种子基金，antibody seeds",
               *other = "重组抗体与种业基金疫苗研发研发";
    sectag_matcher *m = &paths[0].m;
    result first = {0};
    (void)state;
    assert_int_equal(sectag_match(m, text, strlen(text), NULL), 0);
    take_result(m, &first);
    assert_true(m->once.len > 10);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sectag_match(m, other, strlen(other), NULL), 0);
        assert_int_equal(sectag_match(m, text, strlen(text), NULL), 0);
        assert_result(m, &first);
    }
    free(first.data);
}

static void every_stepper_finds_the_same_in_the_same_order(void **state) {
    sectag_matcher *m = &paths[0].m;
    sectag_random r;
    char text[256 * 16];
    result expected = {0};
    (void)state;
    sectag_random_init(&r, 36);
    for (int i = 0; i < 3000; i++) {
        size_t len = random_text(&r, 1 + sectag_random_below(&r, 16), text);
        m->stepper = sectag_stepper_find("portable");
        assert_int_equal(sectag_match(m, text, len, NULL), 0);
        take_result(m, &expected);
        for (size_t k = 1; k < COUNT_OF(steppers); k++) {
            m->stepper = sectag_stepper_find(steppers[k]);
            if (!m->stepper) continue; /* this processor has it not */
            assert_int_equal(sectag_match(m, text, len, NULL), 0);
            assert_result(m, &expected);
        }
    }
    free(expected.data);
    m->stepper = sectag_stepper_find(sectag_processor_best());
}

static void ngrams_come_first(void **state) {
    const char *text = "种子与抗体疫苗苗seeds";
    sectag_matcher *m = &paths[0].m;
    (void)state;
    assert_int_equal(sectag_match(m, text, strlen(text), NULL), 0);
    assert_true(m->once.len > 5 && m->n_grams > 0 && m->n_grams < m->counts.len);
    for (size_t i = 0; i < m->once.len; i++) assert_true(m->once.data[i] < paths[0].vocab.n);
    for (size_t i = 0; i < m->counts.len; i++)
        assert_int_equal(m->counts.data[i].column < paths[0].vocab.n, i < m->n_grams);
    assert_int_equal(sectag_match(m, "", 0, NULL), 0);
    assert_int_equal(m->once.len + m->counts.len, 0);
}

static void a_clause_of_4_gib_is_refused(void **state) {
    sectag_err err = {0};
    (void)state;
    assert_int_equal(sectag_match(&paths[0].m, "", UINT32_MAX, &err), SECTAG_EARG);
    assert_non_null(strstr(err.msg, "too long"));
}

/* ---- damage that the check cannot see ---- */

/* A lexicon like another but for its slots, which pass the check: nothing may be written outside. */
static void match_in_slots(const two_paths *p, const sectag_node *slot, const char *text, size_t len) {
    sectag_lexicon x = p->lexicon;
    sectag_matcher m;
    x.slot = slot;
    assert_int_equal(sectag_lexicon_check(&x, &p->terms, NULL), 0);
    assert_int_equal(sectag_matcher_init(&m, &x, &p->terms, &p->options, NULL), 0);
    m.stepper = next_stepper();
    assert_int_equal(sectag_match(&m, text, len, NULL), 0);
    for (size_t i = 0; i < m.once.len; i++) assert_true(m.once.data[i] < p->vocab.n);
    for (size_t i = 0; i < m.counts.len; i++)
        assert_true(m.counts.data[i].column < sectag_vector_columns(p->vocab.n, &p->terms));
    sectag_matcher_release(&m);
}

/* The payload of one of the bundles. */
static uint32_t any_bundle(const sectag_lexicon *x, sectag_random *r) {
    size_t at = 0, n = 0, chosen;
    for (; at < x->n_words; at += SECTAG_BUNDLE_TERMS + 2 * x->bundle[at + SECTAG_BUNDLE_N]) n++;
    chosen = sectag_random_below(r, n);
    for (at = 0; chosen--;) at += SECTAG_BUNDLE_TERMS + 2 * x->bundle[at + SECTAG_BUNDLE_N];
    return SECTAG_HAS_TERMS + (uint32_t)at;
}

static void payloads_altered_within_bounds_do_no_harm(void **state) {
    const two_paths *p = &paths[0];
    sectag_node *slot = malloc(p->lexicon.n_slots * sizeof *slot);
    sectag_random r;
    char text[256 * 40];
    (void)state;
    assert_non_null(slot);
    sectag_random_init(&r, 35);
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i < p->lexicon.n_slots; i++) {
            sectag_node node = p->lexicon.slot[i];
            uint64_t any = round % 3 == 0   ? 1 + sectag_random_below(&r, p->vocab.n)
                           : round % 3 == 1 ? any_bundle(&p->lexicon, &r)
                                            : sectag_node_payload(node);
            uint64_t base = round % 3 == 2 && sectag_random_below(&r, 3) == 0
                                ? sectag_random_below(&r, p->lexicon.n_slots - p->lexicon.alphabet.n + 1)
                                : sectag_node_base(node);
            slot[i] = node && i ? (node & 0xFFFF) | base << 16 | any << 40 : 0;
        }
        match_in_slots(p, slot, text, random_text(&r, 40, text));
    }
    free(slot);
}

/* All nodes name the one column there is: more is found than there are columns. */
static void one_column_named_by_all_nodes_does_no_harm(void **state) {
    two_paths p;
    sectag_buf text = {0};
    sectag_node *slot;
    (void)state;
    assert_int_equal(two_paths_begin(&p), 0);
    for (uint32_t cp = 0x4E00; cp < 0x5200; cp++) {
        char bytes[4];
        append(&text, bytes, sectag_utf8_put(cp, bytes));
    }
    assert_int_equal(two_paths_learn(&p, text.data, text.len, (sectag_ngram_options){1, 1, 0, 0, 0, 0, 0, 0}),
                     0);
    assert_int_equal(two_paths_ready(&p), 0);
    slot = malloc(p.lexicon.n_slots * sizeof *slot);
    assert_non_null(slot);
    for (size_t i = 0; i < p.lexicon.n_slots; i++)
        slot[i] = p.lexicon.slot[i] ? (p.lexicon.slot[i] & 0xFFFFFFFFFFu) | (sectag_node)1 << 40 : 0;
    sectag_lexicon x = p.lexicon;
    sectag_matcher m;
    x.slot = slot;
    x.n_columns = 1;
    assert_int_equal(sectag_lexicon_check(&x, &(sectag_terms){0}, NULL), 0);
    assert_int_equal(sectag_matcher_init(&m, &x, NULL, &p.options, NULL), 0);
    assert_int_equal(sectag_match(&m, text.data, text.len, NULL), 0);
    sectag_matcher_release(&m);
    free(slot);
    two_paths_end(&p);
    sectag_buf_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_cases_are_found_as_by_the_reference),
        cmocka_unit_test(pieces_of_what_is_looked_for_are_found_as_by_the_reference),
        cmocka_unit_test(random_unicode_is_found_as_by_the_reference),
        cmocka_unit_test(clauses_of_any_length_are_found_as_by_the_reference),
        cmocka_unit_test(clauses_of_200_000_characters_are_found_as_by_the_reference),
        cmocka_unit_test(clauses_without_repeats_are_found_as_by_the_reference),
        cmocka_unit_test(a_very_long_word_is_found_as_by_the_reference),
        cmocka_unit_test(a_matcher_that_has_seen_many_clauses_finds_the_same),
        cmocka_unit_test(a_clause_gives_the_same_counts_in_the_same_order_whenever_it_comes),
        cmocka_unit_test(every_stepper_finds_the_same_in_the_same_order),
        cmocka_unit_test(ngrams_come_first),
        cmocka_unit_test(a_clause_of_4_gib_is_refused),
        cmocka_unit_test(payloads_altered_within_bounds_do_no_harm),
        cmocka_unit_test(one_column_named_by_all_nodes_does_no_harm),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
