/* The lexicon: which n-grams and terms it holds, how they are written in it, and what damage is refused. */
#include "tests/suite.h"

#include "features/lexicon.h"
#include "features/utf8.h"

static const char *const groups[] = {"vaccine", "antibody", "seed"};

/* A lexicon and what it is made of. */
typedef struct world {
    sectag_vocab_builder *vb;
    sectag_terms_builder *tb;
    sectag_lexicon_builder *b;
    sectag_vocab vocab;
    sectag_terms terms;
    sectag_lexicon x;
} world;

static void world_init(world *w) {
    memset(w, 0, sizeof *w);
    w->vb = sectag_vocab_builder_new();
    w->tb = sectag_terms_builder_new(groups, COUNT_OF(groups));
    w->b = sectag_lexicon_builder_new();
    assert_true(w->vb && w->tb && w->b);
}

static void world_release(world *w) {
    sectag_vocab_builder_free(w->vb);
    sectag_terms_builder_free(w->tb);
    sectag_lexicon_builder_free(w->b);
}

static void gram(world *w, const char *text) {
    assert_int_equal(sectag_vocab_add_text(w->vb, text, strlen(text), 5, NULL), 0);
}

static void grams(world *w, const char *const *texts, size_t n) {
    for (size_t i = 0; i < n; i++) gram(w, texts[i]);
}

static void term(world *w, size_t group, int grade, const char *text) {
    assert_int_equal(sectag_terms_add(w->tb, group, grade, text, strlen(text), NULL), 0);
}

static void build(world *w, sectag_ngram_options options) {
    sectag_err err = {0};
    assert_int_equal(sectag_vocab_freeze(w->vb, 0, &w->vocab, NULL), 0);
    assert_int_equal(sectag_terms_freeze(w->tb, &w->terms, NULL), 0);
    if (sectag_lexicon_build(w->b, &w->vocab, &w->terms, &options, &w->x, &err)) fail_msg("%s", err.msg);
    if (sectag_lexicon_check(&w->x, &w->terms, &err)) fail_msg("%s", err.msg);
}

static uint16_t symbol_of(const sectag_alphabet *a, uint32_t cp) {
    if (cp == '_') return SECTAG_SYMBOL_MARK;
    for (uint32_t s = 0; s < a->n; s++)
        if (a->cp[s] == cp) return (uint16_t)s;
    return SECTAG_SYMBOL_OTHER;
}

/* The payload of a string, `_` for a mark; 0: it is not in the lexicon. */
static uint32_t payload_of(const world *w, const char *text) {
    sectag_node node = 0;
    for (size_t at = 0, len = strlen(text), i = 0; at < len; i++) {
        uint32_t cp;
        at += sectag_utf8_next(text + at, len - at, &cp, NULL);
        uint16_t symbol = symbol_of(&w->x.alphabet, cp);
        node = i ? sectag_trie_child(w->x.slot, node, symbol) : sectag_trie_root(w->x.slot, symbol);
    }
    return sectag_node_payload(node);
}

/* The bundle of a string with terms, or NULL. */
static const uint32_t *bundle_of(const world *w, const char *text) {
    uint32_t payload = payload_of(w, text);
    return payload >= SECTAG_HAS_TERMS ? &w->x.bundle[payload - SECTAG_HAS_TERMS] : NULL;
}

static uint32_t terms_at(const world *w, const char *text) {
    const uint32_t *bundle = bundle_of(w, text);
    return bundle ? bundle[SECTAG_BUNDLE_N] : 0;
}

/* The column under which a string is found, or SECTAG_VOCAB_NONE. */
static uint32_t column_of(const world *w, const char *text) {
    uint32_t payload = payload_of(w, text);
    if (payload >= SECTAG_HAS_TERMS) return bundle_of(w, text)[SECTAG_BUNDLE_COLUMN];
    return payload ? payload - 1 : SECTAG_VOCAB_NONE;
}

static uint32_t column_in_vocabulary(const world *w, const char *text) {
    return sectag_vocab_find(&w->vocab, sectag_ngram_key(text, strlen(text)));
}

/* Is the term, as it was given, found at the end of a string? */
static int has_term(const world *w, const char *text, const char *given) {
    for (uint32_t i = 0; i < terms_at(w, text); i++) {
        sectag_bundled bundled = sectag_bundle_term(bundle_of(w, text), i);
        const sectag_term *t = &w->terms.term[bundled.term];
        assert_int_equal(bundled.group, t->group);
        assert_int_equal(bundled.grade, t->grade);
        assert_int_equal(bundled.open, t->open);
        if (t->bytes == strlen(given) && memcmp(w->terms.text + t->text, given, t->bytes) == 0) return 1;
    }
    return 0;
}

/* ---- n-grams ---- */

static void every_ngram_is_found_under_its_column(void **state) {
    static const char *const texts[] = {"疫",     "疫苗",      "疫苗研", "_va", "vac",
                                        "ccine_", "_vaccine_", "h5n1",   "_h5_"};
    world w;
    (void)state;
    world_init(&w);
    grams(&w, texts, COUNT_OF(texts));
    build(&w, SECTAG_NGRAM_DEFAULTS);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_int_not_equal(column_of(&w, texts[i]), SECTAG_VOCAB_NONE);
        assert_int_equal(column_of(&w, texts[i]), column_in_vocabulary(&w, texts[i]));
    }
    assert_int_equal(w.x.n_columns, COUNT_OF(texts));
    assert_int_equal(w.x.n_words, 0);
    world_release(&w);
}

/* An n-gram, and orders with and without which clauses give it. */
static void ngrams_that_the_options_cannot_give_are_left_out(void **state) {
    static const struct {
        const char *text;
        sectag_ngram_options with, without;
    } cases[] = {
        {"疫", {1, 3, 3, 6, 1, 0, 0, 0}, {2, 3, 3, 6, 1, 0, 0, 0}},
        {"疫苗研发", {1, 4, 3, 6, 1, 0, 0, 0}, {1, 3, 3, 6, 1, 0, 0, 0}},
        {"疫苗", {2, 2, 0, 0, 0, 0, 0, 0}, {0, 0, 2, 6, 1, 0, 0, 0}},
        {"va", {1, 3, 2, 3, 0, 0, 0, 0}, {1, 3, 3, 6, 1, 0, 0, 0}},
        {"vaccin", {1, 3, 3, 6, 0, 0, 0, 0}, {1, 3, 2, 5, 1, 0, 0, 0}},
        {"_vaccine_", {1, 3, 3, 6, 1, 0, 0, 0}, {1, 3, 3, 6, 0, 0, 0, 0}},
        {"_vac_", {1, 3, 3, 6, 0, 0, 0, 0}, {1, 3, 3, 4, 0, 0, 0, 0}},
        {"_a_", {1, 3, 0, 0, 1, 0, 0, 0}, {1, 3, 0, 0, 0, 0, 0, 0}},
        {"vaccine_", {1, 3, 3, 8, 0, 0, 0, 0}, {1, 3, 3, 7, 1, 0, 0, 0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int with = 0; with < 2; with++) {
            world w;
            world_init(&w);
            gram(&w, cases[i].text);
            build(&w, with ? cases[i].with : cases[i].without);
            if ((payload_of(&w, cases[i].text) != 0) != with) fail_msg("%s: %d", cases[i].text, with);
            world_release(&w);
        }
    }
}

static void what_no_clause_gives_as_an_ngram_is_left_out(void **state) {
    static const char *const texts[] = {"疫v",  "_疫_",    "疫_苗",     "a-b", "a b",
                                        "疫，", "lot_rel", "_lot_rel_", "__",  "_"};
    world w;
    (void)state;
    world_init(&w);
    grams(&w, texts, COUNT_OF(texts));
    gram(&w, "vac");
    build(&w, (sectag_ngram_options){1, 8, 3, 8, 1, 0, 0, 0});
    for (size_t i = 0; i < COUNT_OF(texts); i++) assert_int_equal(payload_of(&w, texts[i]), 0);
    assert_int_equal(column_of(&w, "vac"), column_in_vocabulary(&w, "vac"));
    world_release(&w);
}

static void pairs_and_numbers_are_not_served(void **state) {
    (void)state;
    assert_true(sectag_lexicon_serves(&SECTAG_NGRAM_DEFAULTS));
    assert_false(sectag_lexicon_serves(&(sectag_ngram_options){1, 3, 3, 6, 1, 1, 0, 0}));
    assert_false(sectag_lexicon_serves(&(sectag_ngram_options){1, 3, 3, 6, 1, 0, 1, 0}));
}

/* ---- terms ---- */

static void a_term_stands_between_the_marks_of_its_words(void **state) {
    world w;
    (void)state;
    world_init(&w);
    term(&w, 0, SECTAG_TERM_STRONG, "疫苗");
    term(&w, 0, SECTAG_TERM_STRONG, "ＭRNA疫苗");
    term(&w, 0, SECTAG_TERM_WEAK, "抗PD-1");
    term(&w, 0, SECTAG_TERM_WEAK, "lot release");
    term(&w, 0, SECTAG_TERM_NOT, ".net");
    build(&w, SECTAG_NGRAM_DEFAULTS);
    assert_true(has_term(&w, "疫苗", "疫苗"));
    assert_true(has_term(&w, "_mrna_疫苗", "ＭRNA疫苗"));
    assert_true(has_term(&w, "抗_pd_ _1_", "抗PD-1"));
    assert_true(has_term(&w, "_lot_ _release_", "lot release"));
    assert_true(has_term(&w, "._net_", ".net"));
    static const char *const none[] = {"mrna疫苗",       "_mrna疫苗", "抗pd-1", "抗_pd_-_1_",
                                       "_lot_ _release", "_net_",     "疫苗_"};
    for (size_t i = 0; i < COUNT_OF(none); i++) assert_int_equal(payload_of(&w, none[i]), 0);
    world_release(&w);
}

static void a_word_has_its_plurals_and_a_number_or_chinese_none(void **state) {
    world w;
    (void)state;
    world_init(&w);
    term(&w, 0, SECTAG_TERM_STRONG, "virus");
    term(&w, 1, SECTAG_TERM_STRONG, "h5");
    term(&w, 2, SECTAG_TERM_STRONG, "种子");
    build(&w, SECTAG_NGRAM_DEFAULTS);
    assert_true(has_term(&w, "_virus_", "virus") && has_term(&w, "_viruss_", "virus"));
    assert_true(has_term(&w, "_viruses_", "virus"));
    assert_true(has_term(&w, "_h5_", "h5"));
    assert_int_equal(payload_of(&w, "_h5s_"), 0);
    assert_int_equal(payload_of(&w, "_h5es_"), 0);
    assert_int_equal(payload_of(&w, "种子s_"), 0);
    world_release(&w);
}

static void a_star_has_no_closing_mark_and_no_plural(void **state) {
    world w;
    (void)state;
    world_init(&w);
    term(&w, 1, SECTAG_TERM_STRONG, "antibod*");
    term(&w, 2, SECTAG_TERM_STRONG, "种子*");
    build(&w, SECTAG_NGRAM_DEFAULTS);
    assert_true(has_term(&w, "_antibod", "antibod*"));
    assert_int_equal(payload_of(&w, "_antibod_"), 0);
    assert_int_equal(payload_of(&w, "_antibods_"), 0);
    assert_true(has_term(&w, "种子", "种子*"));
    world_release(&w);
}

static void an_ngram_that_is_a_term_too_has_one_entry_with_both(void **state) {
    world w;
    (void)state;
    world_init(&w);
    gram(&w, "疫苗");
    gram(&w, "_virus_");
    term(&w, 0, SECTAG_TERM_STRONG, "疫苗");
    term(&w, 1, SECTAG_TERM_WEAK, "疫苗");
    term(&w, 2, SECTAG_TERM_STRONG, "种子");
    term(&w, 0, SECTAG_TERM_STRONG, "virus");
    build(&w, SECTAG_NGRAM_DEFAULTS);
    assert_int_equal(w.x.n_words, 5 * 2 + 6 * 2); /* 疫苗 twice, 种子, virus and its plurals */
    assert_int_equal(column_of(&w, "疫苗"), column_in_vocabulary(&w, "疫苗"));
    assert_int_equal(terms_at(&w, "疫苗"), 2);
    assert_int_equal(column_of(&w, "种子"), SECTAG_VOCAB_NONE);
    assert_int_equal(terms_at(&w, "种子"), 1);
    assert_int_equal(column_of(&w, "_virus_"), column_in_vocabulary(&w, "_virus_"));
    assert_int_equal(column_of(&w, "_viruses_"), SECTAG_VOCAB_NONE);
    world_release(&w);
}

static void a_plural_that_is_a_term_of_its_own_is_both(void **state) {
    world w;
    (void)state;
    world_init(&w);
    term(&w, 0, SECTAG_TERM_STRONG, "seed");
    term(&w, 0, SECTAG_TERM_STRONG, "seeds");
    build(&w, SECTAG_NGRAM_DEFAULTS);
    assert_int_equal(terms_at(&w, "_seeds_"), 2);
    assert_true(has_term(&w, "_seeds_", "seed") && has_term(&w, "_seeds_", "seeds"));
    assert_int_equal(terms_at(&w, "_seed_"), 1);
    world_release(&w);
}

/* ---- the whole ---- */

static void fill(world *w) {
    static const char *const texts[] = {"疫", "疫苗", "_va", "vac", "_virus_", "_h5_", "种子"};
    world_init(w);
    grams(w, texts, COUNT_OF(texts));
    term(w, 0, SECTAG_TERM_STRONG, "疫苗");
    term(w, 1, SECTAG_TERM_STRONG, "antibod*");
    term(w, 0, SECTAG_TERM_STRONG, "virus");
    term(w, 2, SECTAG_TERM_NOT, "种子 fund");
    build(w, SECTAG_NGRAM_DEFAULTS);
}

static void equal_inputs_give_equal_arrays(void **state) {
    world v, w;
    (void)state;
    fill(&v);
    fill(&w);
    assert_int_equal(v.x.alphabet.n, w.x.alphabet.n);
    assert_memory_equal(v.x.alphabet.cp, w.x.alphabet.cp, v.x.alphabet.n * sizeof *v.x.alphabet.cp);
    assert_int_equal(v.x.n_slots, w.x.n_slots);
    assert_memory_equal(v.x.slot, w.x.slot, v.x.n_slots * sizeof *v.x.slot);
    assert_int_equal(v.x.n_words, w.x.n_words);
    assert_memory_equal(v.x.bundle, w.x.bundle, v.x.n_words * sizeof *v.x.bundle);
    world_release(&v);
    world_release(&w);
}

static void nothing_at_all_gives_a_sound_lexicon(void **state) {
    world w;
    (void)state;
    world_init(&w);
    build(&w, SECTAG_NGRAM_DEFAULTS);
    assert_int_equal(w.x.n_columns, 0);
    assert_int_equal(payload_of(&w, "疫"), 0);
    world_release(&w);
    world_init(&w);
    gram(&w, "疫");
    assert_int_equal(sectag_vocab_freeze(w.vb, 0, &w.vocab, NULL), 0);
    assert_int_equal(sectag_lexicon_build(w.b, &w.vocab, NULL, &SECTAG_NGRAM_DEFAULTS, &w.x, NULL), 0);
    assert_int_equal(column_of(&w, "疫"), 0);
    world_release(&w);
}

/* ---- damage ---- */

static void assert_check(const world *w, const sectag_lexicon *x, int expected) {
    assert_int_equal(sectag_lexicon_check(x, &w->terms, NULL), expected);
}

static void bundles_that_lead_outside_are_refused(void **state) {
    world w;
    uint32_t copy[64];
    (void)state;
    fill(&w);
    sectag_lexicon x = w.x;
    assert_true(x.n_words > 8 && x.n_words <= COUNT_OF(copy));
    memcpy(copy, x.bundle, x.n_words * sizeof *copy);
    x.bundle = copy;
    assert_check(&w, &x, 0);
    for (size_t at = 0; at < x.n_words; at += SECTAG_BUNDLE_TERMS + 2 * copy[at + SECTAG_BUNDLE_N]) {
        const struct {
            size_t word;
            uint32_t value;
        } wrong[] = {{at + SECTAG_BUNDLE_COLUMN, x.n_columns},
                     {at + SECTAG_BUNDLE_N, UINT32_MAX},
                     {at + SECTAG_BUNDLE_N, (uint32_t)(x.n_words - at) / 2},
                     {at + SECTAG_BUNDLE_TERMS, w.terms.n_terms},
                     {at + SECTAG_BUNDLE_TERMS + 1, w.terms.n_groups},          /* group */
                     {at + SECTAG_BUNDLE_TERMS + 1, (SECTAG_TERM_NOT + 1) << 16}}; /* grade */
        for (size_t i = 0; i < COUNT_OF(wrong); i++) {
            const uint32_t good = copy[wrong[i].word];
            copy[wrong[i].word] = wrong[i].value;
            assert_check(&w, &x, SECTAG_EMODEL);
            copy[wrong[i].word] = good;
        }
    }
    x.n_words--;
    assert_check(&w, &x, SECTAG_EMODEL);
    x.n_words++;
    assert_check(&w, &x, 0);
    world_release(&w);
}

static void payloads_that_stand_for_nothing_are_refused(void **state) {
    world w;
    (void)state;
    fill(&w);
    sectag_lexicon x = w.x;
    sectag_node *slot = malloc(x.n_slots * sizeof *slot);
    assert_non_null(slot);
    memcpy(slot, x.slot, x.n_slots * sizeof *slot);
    x.slot = slot;
    for (size_t i = 1; i < x.n_slots; i++) {
        const sectag_node good = slot[i], rest = good & 0xFFFFFFFFFFu;
        slot[i] = rest | (sectag_node)(x.n_columns + 1) << 40;
        assert_check(&w, &x, SECTAG_EMODEL);
        slot[i] = rest | (sectag_node)(SECTAG_HAS_TERMS + x.n_words) << 40;
        assert_check(&w, &x, SECTAG_EMODEL);
        slot[i] = rest | (sectag_node)(x.n_slots) << 16; /* the trie's own check */
        assert_check(&w, &x, SECTAG_EMODEL);
        slot[i] = good;
    }
    assert_check(&w, &x, 0);
    x.alphabet.n = 0;
    assert_check(&w, &x, SECTAG_EMODEL);
    x.alphabet.n = (uint32_t)x.n_slots + 1;
    assert_check(&w, &x, SECTAG_EMODEL);
    free(slot);
    world_release(&w);
    assert_int_equal(sectag_lexicon_check(&(sectag_lexicon){.n_columns = 5}, &(sectag_terms){0}, NULL), 0); /* none */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_ngram_is_found_under_its_column),
        cmocka_unit_test(ngrams_that_the_options_cannot_give_are_left_out),
        cmocka_unit_test(what_no_clause_gives_as_an_ngram_is_left_out),
        cmocka_unit_test(pairs_and_numbers_are_not_served),
        cmocka_unit_test(a_term_stands_between_the_marks_of_its_words),
        cmocka_unit_test(a_word_has_its_plurals_and_a_number_or_chinese_none),
        cmocka_unit_test(a_star_has_no_closing_mark_and_no_plural),
        cmocka_unit_test(an_ngram_that_is_a_term_too_has_one_entry_with_both),
        cmocka_unit_test(a_plural_that_is_a_term_of_its_own_is_both),
        cmocka_unit_test(equal_inputs_give_equal_arrays),
        cmocka_unit_test(nothing_at_all_gives_a_sound_lexicon),
        cmocka_unit_test(bundles_that_lead_outside_are_refused),
        cmocka_unit_test(payloads_that_stand_for_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
