/* Term lists: what a term finds, what it must not find, and a search by hand on random text. */
#include "tests/suite.h"

#include "features/buf.h"
#include "features/terms.h"
#include "features/utf8.h"
#include "training/random.h"

static const char *const groups[] = {"vaccine", "antibody", "seed"};
enum { GROUPS = COUNT_OF(groups) };

/* A list under test, with the last clause searched. */
typedef struct list {
    sectag_terms_builder *builder;
    sectag_terms terms;
    sectag_normal normal;
    sectag_term_hits hits;
    sectag_buf found;
} list;

static void list_init(list *l) {
    memset(l, 0, sizeof *l);
    l->builder = sectag_terms_builder_new(groups, GROUPS);
    assert_non_null(l->builder);
}

static void list_release(list *l) {
    sectag_terms_builder_free(l->builder);
    sectag_normal_release(&l->normal);
    sectag_buf_release(&l->found);
    free(l->hits.data);
}

static void add(list *l, size_t group, int grade, const char *term) {
    assert_int_equal(sectag_terms_add(l->builder, group, grade, term, strlen(term), NULL), 0);
}

static void freeze(list *l) {
    sectag_err err = {0};
    assert_int_equal(sectag_terms_freeze(l->builder, &l->terms, NULL), 0);
    if (sectag_terms_check(&l->terms, &err)) fail_msg("%s", err.msg);
}

/* All hits as "group:span" with spans as they stand in the normalised text, separated by '|'. */
static const char *find(list *l, const char *text) {
    assert_int_equal(sectag_normal_run(&l->normal, text, strlen(text), NULL), 0);
    assert_int_equal(sectag_terms_find(&l->terms, &l->normal, &l->hits, NULL), 0);
    sectag_buf_clear(&l->found);
    assert_int_equal(sectag_buf_adds(&l->found, ""), 0);
    for (size_t i = 0; i < l->hits.len; i++) {
        const sectag_term_hit *h = &l->hits.data[i];
        assert_int_equal(sectag_buf_addf(&l->found, "%s%u:", i ? "|" : "", l->terms.term[h->term].group), 0);
        for (uint32_t k = h->first; k < h->end; k++) {
            char bytes[4];
            assert_int_equal(sectag_buf_add(&l->found, bytes, sectag_utf8_put(l->normal.cp[k], bytes)), 0);
        }
    }
    return l->found.data;
}

static void overlapping_and_nested_terms_are_all_found(void **state) {
    list l;
    (void)state;
    list_init(&l);
    add(&l, 0, SECTAG_TERM_STRONG, "重组疫苗");
    add(&l, 0, SECTAG_TERM_STRONG, "疫苗");
    add(&l, 1, SECTAG_TERM_WEAK, "苗研发");
    add(&l, 2, SECTAG_TERM_WEAK, "苗");
    freeze(&l);
    assert_string_equal(find(&l, "重组疫苗研发"), "0:重组疫苗|0:疫苗|2:苗|1:苗研发");
    assert_string_equal(find(&l, "疫苗疫苗"), "0:疫苗|2:苗|0:疫苗|2:苗");
    assert_string_equal(find(&l, "重组疫"), "");
    assert_string_equal(find(&l, ""), "");
    list_release(&l);
}

static void a_not_phrase_blanks_out_its_own_group_only(void **state) {
    list l;
    (void)state;
    list_init(&l);
    add(&l, 2, SECTAG_TERM_STRONG, "种子");
    add(&l, 2, SECTAG_TERM_NOT, "种子基金");
    add(&l, 1, SECTAG_TERM_STRONG, "基金");
    freeze(&l);
    assert_string_equal(find(&l, "种子基金"), "1:基金");
    assert_string_equal(find(&l, "种子与种子基金和种子"), "2:种子|1:基金|2:种子");
    assert_string_equal(find(&l, "种子 种子基金 种子基金 种子"), "2:种子|1:基金|1:基金|2:种子");
    list_release(&l);
}

static void a_short_name_is_not_found_inside_a_word(void **state) {
    list l;
    (void)state;
    list_init(&l);
    add(&l, 0, SECTAG_TERM_STRONG, "PLA");
    freeze(&l);
    assert_string_equal(find(&l, "PLAN DISPLAY plaque xpla PLA2"), "");
    assert_string_equal(find(&l, "PLA, (pla)材料PLA纤维"), "0:pla|0:pla|0:pla");
    assert_string_equal(find(&l, "ＰＬＡ"), "0:pla");
    list_release(&l);
}

static void an_english_plural_is_found(void **state) {
    list l;
    (void)state;
    list_init(&l);
    add(&l, 0, SECTAG_TERM_STRONG, "vaccine");
    add(&l, 1, SECTAG_TERM_STRONG, "virus");
    add(&l, 2, SECTAG_TERM_STRONG, "H5");
    freeze(&l);
    assert_string_equal(find(&l, "Vaccines and viruses"), "0:vaccines|1:viruses");
    assert_string_equal(find(&l, "vaccinesque vaccined vaccine-s vaccine"), "0:vaccine|0:vaccine");
    assert_string_equal(find(&l, "viruse virusess"), "");
    assert_string_equal(find(&l, "H5s"), ""); /* no plural of a digit */
    list_release(&l);
}

static void a_star_finds_the_beginning_of_a_word(void **state) {
    list l;
    (void)state;
    list_init(&l);
    add(&l, 1, SECTAG_TERM_STRONG, "antibod*");
    add(&l, 0, SECTAG_TERM_STRONG, "lot releas*");
    freeze(&l);
    assert_string_equal(find(&l, "antibody antibodies antibod nanoantibody"),
                        "1:antibody|1:antibodies|1:antibod");
    assert_string_equal(find(&l, "lot release, lot releasing"), "0:lot release|0:lot releasing");
    list_release(&l);
}

static void hyphens_are_spaces(void **state) {
    list l;
    (void)state;
    list_init(&l);
    add(&l, 0, SECTAG_TERM_STRONG, "CAR-T");
    add(&l, 1, SECTAG_TERM_STRONG, "lot release");
    freeze(&l);
    assert_string_equal(find(&l, "CAR T / CAR-T / car\u2010t / CAR\u2011T"),
                        "0:car t|0:car-t|0:car\u2010t|0:car\u2010t");
    assert_string_equal(find(&l, "lot-release of cart"), "1:lot-release");
    list_release(&l);
}

static void an_exact_repeat_counts_once(void **state) {
    list l;
    (void)state;
    list_init(&l);
    add(&l, 0, SECTAG_TERM_STRONG, "疫苗");
    add(&l, 0, SECTAG_TERM_STRONG, "疫苗");
    add(&l, 0, SECTAG_TERM_STRONG, "mRNA-1");
    add(&l, 0, SECTAG_TERM_STRONG, "ｍRNA 1"); /* the same once normalised */
    add(&l, 1, SECTAG_TERM_STRONG, "疫苗");
    add(&l, 0, SECTAG_TERM_WEAK, "疫苗");
    freeze(&l);
    assert_int_equal(l.terms.n_terms, 4);
    assert_string_equal(find(&l, "疫苗"), "0:疫苗|0:疫苗|1:疫苗");
    list_release(&l);
}

static void terms_that_cannot_be_are_refused(void **state) {
    static const char *const empty[] = {"", " ", "*", "\u00AD", "\u200B"};
    char longest[300];
    list l;
    (void)state;
    list_init(&l);
    for (size_t i = 0; i < COUNT_OF(empty); i++)
        assert_int_equal(sectag_terms_add(l.builder, 0, SECTAG_TERM_WEAK, empty[i], strlen(empty[i]), NULL),
                         SECTAG_EDATA);
    memset(longest, 'x', sizeof longest);
    assert_int_equal(sectag_terms_add(l.builder, 0, SECTAG_TERM_WEAK, longest, 200, NULL), 0);
    assert_int_equal(sectag_terms_add(l.builder, 0, SECTAG_TERM_WEAK, longest, 201, NULL), SECTAG_EDATA);
    list_release(&l);
}

static void assert_bad_file(const char *text, uint64_t line, const char *why) {
    list l;
    sectag_err err = {0};
    list_init(&l);
    assert_int_equal(sectag_terms_add_file(l.builder, suite_write_text("terms.tsv", text), &err),
                     SECTAG_EDATA);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.msg, why));
    list_release(&l);
}

static void a_list_is_read_from_a_table(void **state) {
    list l;
    (void)state;
    list_init(&l);
    const char *path = suite_write_text("terms.tsv", "area\tlang\tgrade\tterm\nvaccine\tzh\tstrong\t疫苗\n"
                                                     "seed\ten\tnot\tseed fund\nseed\ten\tweak\tseed\n");
    assert_int_equal(sectag_terms_add_file(l.builder, path, NULL), 0);
    freeze(&l);
    assert_string_equal(find(&l, "疫苗 seed funds seeds"), "0:疫苗|2:seeds");
    list_release(&l);
    assert_bad_file("area\tgrade\tterm\nvaccine\tweak\tx\nvacine\tweak\tx\n", 3, "\"vacine\"");
    assert_bad_file("area\tgrade\tterm\nvaccine\tweakest\tx\n", 2, "grade");
    assert_bad_file("area\tgrade\tterm\n\nvaccine\tweak\t\n", 3, "empty term");
    assert_bad_file("area\tterm\n", 1, "\"grade\"");
}

static void an_empty_list_finds_nothing(void **state) {
    list l;
    (void)state;
    list_init(&l);
    freeze(&l);
    assert_string_equal(find(&l, "疫苗 vaccine"), "");
    list_release(&l);
}

/* One clause of a megabyte in which every phrase is blanked out: time must not grow with its square. */
static void a_long_clause_of_nots_takes_no_time(void **state) {
    enum { REPEATS = 85000 };
    list l;
    sectag_buf text = {0};
    (void)state;
    list_init(&l);
    add(&l, 2, SECTAG_TERM_STRONG, "种子");
    add(&l, 2, SECTAG_TERM_NOT, "种子基金");
    freeze(&l);
    for (int i = 0; i < REPEATS; i++) assert_int_equal(sectag_buf_adds(&text, "种子基金"), 0);
    assert_int_equal(sectag_buf_adds(&text, "种子"), 0);
    (void)alarm(5);
    assert_string_equal(find(&l, text.data), "2:种子");
    (void)alarm(0);
    sectag_buf_release(&text);
    list_release(&l);
}

/* ---- against a search by hand ---- */

/* A term as given, and its normalised form. */
typedef struct plain {
    size_t group;
    int grade, open;
    uint32_t cp[16];
    size_t len;
} plain;

static uint32_t fold(uint32_t cp) {
    return cp == '-' ? ' ' : cp;
}

static int word_at(const sectag_normal *n, size_t i) {
    return i < n->len && sectag_kind_is_word(n->kind[i]);
}

/* Where the term's occurrence at `at` ends, by the words of terms.h; 0: none. */
static size_t occurrence(const plain *t, const sectag_normal *n, size_t at) {
    if (at + t->len > n->len) return 0;
    for (size_t i = 0; i < t->len; i++)
        if (fold(n->cp[at + i]) != t->cp[i]) return 0;
    if (at > 0 && word_at(n, at) && word_at(n, at - 1)) return 0;
    size_t end = at + t->len, word = end;
    if (!word_at(n, end - 1)) return end;
    while (word_at(n, word)) word++;
    if (word == end || t->open) return word;
    if (n->kind[end - 1] != SECTAG_KIND_LETTER) return 0;
    int s = word == end + 1 && n->cp[end] == 's',
        es = word == end + 2 && n->cp[end] == 'e' && n->cp[end + 1] == 's';
    return s || es ? word : 0;
}

/* group, grade, first, end packed so that sets of hits can be compared. */
static uint64_t pack(size_t group, int grade, size_t first, size_t end) {
    return (uint64_t)group << 42 | (uint64_t)grade << 40 | (uint64_t)first << 20 | end;
}

static int by_value(const void *a, const void *b) {
    uint64_t u = *(const uint64_t *)a, v = *(const uint64_t *)b;
    return (u > v) - (u < v);
}

static size_t search_by_hand(const plain *t, size_t n_terms, const sectag_normal *n, uint64_t *out) {
    size_t found = 0;
    for (size_t k = 0; k < n_terms; k++)
        for (size_t at = 0; at < n->len; at++) {
            size_t end = occurrence(&t[k], n, at);
            int blanked = 0;
            for (size_t j = 0; end && j < n_terms; j++)
                for (size_t b = 0; t[j].grade == SECTAG_TERM_NOT && t[j].group == t[k].group && b < end; b++)
                    blanked |= occurrence(&t[j], n, b) > at;
            if (end && !blanked) out[found++] = pack(t[k].group, t[k].grade, at, end);
        }
    qsort(out, found, sizeof *out, by_value);
    return found;
}

static const char *const alphabet[] = {"a", "b", "s", "e", "1", " ", "-", "疫", "苗", "，"};

static void random_string(sectag_random *r, size_t most, char *out) {
    size_t n = 1 + sectag_random_below(r, most);
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) strcat(out, alphabet[sectag_random_below(r, COUNT_OF(alphabet))]);
}

/* Random terms, without repeats: those are another test's matter. */
static size_t random_terms(list *l, sectag_random *r, plain *out) {
    size_t n = 0;
    for (size_t i = 0; i < 12; i++) {
        char text[64];
        plain t = {.group = sectag_random_below(r, GROUPS), .grade = (int)sectag_random_below(r, 3)};
        random_string(r, 4, text);
        assert_int_equal(sectag_normal_run(&l->normal, text, strlen(text), NULL), 0);
        t.open = sectag_random_below(r, 4) == 0;
        t.len = l->normal.len;
        for (size_t k = 0; k < t.len; k++) t.cp[k] = fold(l->normal.cp[k]);
        if (t.open) strcat(text, "*");
        int known = t.len == 0;
        for (size_t k = 0; k < n; k++)
            known |= t.group == out[k].group && t.len == out[k].len &&
                     memcmp(t.cp, out[k].cp, t.len * sizeof *t.cp) == 0;
        if (known) continue;
        add(l, t.group, t.grade, text);
        out[n++] = t;
    }
    return n;
}

static void compare_once(sectag_random *r) {
    static uint64_t expected[4096], got[4096];
    plain terms[12];
    list l;
    list_init(&l);
    size_t n = random_terms(&l, r, terms);
    freeze(&l);
    for (int i = 0; i < 20; i++) {
        char text[256];
        random_string(r, 30, text);
        (void)find(&l, text);
        for (size_t k = 0; k < l.hits.len; k++) {
            const sectag_term *t = &l.terms.term[l.hits.data[k].term];
            got[k] = pack(t->group, t->grade, l.hits.data[k].first, l.hits.data[k].end);
        }
        qsort(got, l.hits.len, sizeof *got, by_value);
        size_t m = search_by_hand(terms, n, &l.normal, expected);
        if (m != l.hits.len || memcmp(got, expected, m * sizeof *got) != 0)
            fail_msg("\"%s\": %zu hits (%s), %zu by hand", text, l.hits.len, l.found.data, m);
    }
    list_release(&l);
}

static void random_terms_are_found_as_by_hand(void **state) {
    sectag_random r;
    (void)state;
    sectag_random_init(&r, 3);
    for (int i = 0; i < 1500; i++) compare_once(&r);
}

/* ---- damage ---- */

static void a_damaged_list_is_refused(void **state) {
    const sectag_term good = {.group = 1, .grade = SECTAG_TERM_STRONG, .open = 1, .text = 2, .bytes = 4};
    sectag_term bad[] = {good, good, good, good, good, good};
    sectag_terms t = {.n_terms = 1, .n_groups = 2, .text_len = 6, .term = &good};
    (void)state;
    assert_int_equal(sectag_terms_check(&t, NULL), 0);
    bad[0].group = 2;
    bad[1].grade = 3;
    bad[2].open = 2;
    bad[3].text = 7;
    bad[4].bytes = 5;
    bad[5].bytes = 0;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        t.term = &bad[i];
        assert_int_equal(sectag_terms_check(&t, NULL), SECTAG_EMODEL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_and_nested_terms_are_all_found),
        cmocka_unit_test(a_not_phrase_blanks_out_its_own_group_only),
        cmocka_unit_test(a_short_name_is_not_found_inside_a_word),
        cmocka_unit_test(an_english_plural_is_found),
        cmocka_unit_test(a_star_finds_the_beginning_of_a_word),
        cmocka_unit_test(hyphens_are_spaces),
        cmocka_unit_test(an_exact_repeat_counts_once),
        cmocka_unit_test(terms_that_cannot_be_are_refused),
        cmocka_unit_test(a_list_is_read_from_a_table),
        cmocka_unit_test(an_empty_list_finds_nothing),
        cmocka_unit_test(a_long_clause_of_nots_takes_no_time),
        cmocka_unit_test(random_terms_are_found_as_by_hand),
        cmocka_unit_test(a_damaged_list_is_refused),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
