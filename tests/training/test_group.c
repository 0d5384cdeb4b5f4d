#include "features/array.h"
#include "training/fold.h"
#include "training/group.h"
#include "training/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A corpus built row by row. */
typedef struct corpus {
    SECTAG_ARRAY(uint32_t) doc;
    SECTAG_ARRAY(uint64_t) key;
    SECTAG_ARRAY(size_t) off;
} corpus;

static int by_key(const void *a, const void *b) {
    uint64_t u = *(const uint64_t *)a, v = *(const uint64_t *)b;
    return (u > v) - (u < v);
}

static void add_keys(corpus *c, uint32_t doc, const uint64_t *key, size_t n) {
    if (c->off.len == 0) assert_int_equal(sectag_array_push(&c->off, 0), 0);
    assert_int_equal(sectag_array_push(&c->doc, doc), 0);
    for (size_t i = 0; i < n; i++) assert_int_equal(sectag_array_push(&c->key, key[i]), 0);
    assert_int_equal(sectag_array_push(&c->off, c->key.len), 0);
}

/* A row of 10 keys of which the last `changed` are its own: rows of one text with changes c and d share
 * 10 - max(c, d) keys or fewer. */
static void add_text(corpus *c, uint32_t doc, uint64_t text, unsigned changed) {
    uint64_t key[10];
    for (uint64_t i = 0; i < 10; i++)
        key[i] = i + changed < 10 ? text * 100 + i : (1000 + c->doc.len) * 1000 + i;
    qsort(key, 10, sizeof *key, by_key);
    add_keys(c, doc, key, 10);
}

static void release(corpus *c) {
    free(c->doc.data);
    free(c->key.data);
    free(c->off.data);
}

static sectag_groups find(const corpus *c, double jaccard) {
    sectag_group_data d = {c->doc.len, c->doc.data, c->key.data, c->off.data};
    sectag_group_options o = SECTAG_GROUP_OPTIONS_INIT;
    sectag_groups g;
    sectag_err err;
    o.jaccard = jaccard;
    sectag_groups_init(&g);
    int rc = sectag_groups_find(&d, &o, &g, &err);
    if (rc) fail_msg("%s", err.msg);
    return g;
}

static size_t shared_keys(const corpus *c, size_t a, size_t b) {
    size_t n = 0;
    for (size_t i = c->off.data[a]; i < c->off.data[a + 1]; i++)
        for (size_t j = c->off.data[b]; j < c->off.data[b + 1]; j++) n += c->key.data[i] == c->key.data[j];
    return n;
}

static int near_by_definition(const corpus *c, size_t a, size_t b, double jaccard) {
    size_t both = shared_keys(c, a, b);
    size_t all = c->off.data[a + 1] - c->off.data[a] + c->off.data[b + 1] - c->off.data[b] - both;
    return both > 0 && (double)both / (double)all >= jaccard;
}

/* Short sets over few keys, so that similarities of all sizes occur, the threshold itself included. */
static void near_rows_are_exactly_those_of_the_definition(void **state) {
    (void)state;
    double thresholds[4] = {0.25, 0.5, 0.6, 1};
    for (int t = 0; t < 4; t++) {
        sectag_random r;
        sectag_random_init(&r, 21);
        corpus c = {0};
        size_t found = 0;
        for (int i = 0; i < 250; i++) {
            uint64_t key[12];
            size_t n = 0;
            for (uint64_t k = 0; k < 12; k++)
                if (sectag_random_below(&r, 3) == 0) key[n++] = k * k * 7919;
            add_keys(&c, SECTAG_NO_DOC, key, n);
        }
        sectag_groups g = find(&c, thresholds[t]);
        for (uint32_t a = 0; a < 250; a++)
            for (uint32_t b = 0; b < 250; b++) {
                int expected = near_by_definition(&c, a, b, thresholds[t]);
                if (sectag_groups_near(&g, a, b) != expected)
                    fail_msg("rows %u, %u at %g", a, b, thresholds[t]);
                found += a < b && expected;
            }
        assert_true(found > 20);
        sectag_groups_release(&g);
        release(&c);
    }
}

/* Long sets: rows drop up to half of the 150 keys of one of four texts. */
static void long_near_rows_are_found_as_well(void **state) {
    (void)state;
    sectag_random r;
    sectag_random_init(&r, 22);
    corpus c = {0};
    size_t found = 0, pairs = 0;
    for (uint64_t i = 0; i < 100; i++) {
        uint64_t key[150], drop = sectag_random_below(&r, 10);
        size_t n = 0;
        for (uint64_t k = 0; k < 150; k++)
            if (sectag_random_below(&r, 20) >= drop) key[n++] = i % 4 * 100 + k;
        add_keys(&c, SECTAG_NO_DOC, key, n);
    }
    sectag_groups g = find(&c, 0.6);
    for (uint32_t a = 0; a < 100; a++)
        for (uint32_t b = 0; b < a; b++, pairs++) {
            int expected = near_by_definition(&c, a, b, 0.6);
            if (sectag_groups_near(&g, a, b) != expected) fail_msg("rows %u, %u", a, b);
            found += (size_t)expected;
        }
    assert_true(found > pairs / 20 && found < pairs / 3);
    sectag_groups_release(&g);
    release(&c);
}

static void a_document_is_one_group_and_rows_on_their_own_join_their_copies(void **state) {
    (void)state;
    corpus c = {0};
    add_text(&c, 7, 1, 0);
    add_text(&c, 3, 2, 0);
    add_text(&c, 7, 3, 0);
    add_text(&c, SECTAG_NO_DOC, 4, 0);
    add_text(&c, SECTAG_NO_DOC, 5, 0);
    add_text(&c, SECTAG_NO_DOC, 4, 1); /* 9 of 11 keys shared with row 3 */
    add_text(&c, SECTAG_NO_DOC, 4, 5); /* 5 of 15 */
    add_keys(&c, SECTAG_NO_DOC, NULL, 0);
    add_keys(&c, SECTAG_NO_DOC, NULL, 0);
    add_text(&c, SECTAG_NO_DOC, 2, 0); /* equal to a row of document 3: linked, not united */
    sectag_groups g = find(&c, 0.6);
    uint32_t expected[10] = {0, 1, 0, 2, 3, 2, 4, 5, 6, 7};
    for (int i = 0; i < 10; i++) assert_int_equal(g.group[i], expected[i]);
    assert_int_equal(g.n_groups, 8);
    assert_true(sectag_groups_near(&g, 1, 9));
    assert_false(sectag_groups_near(&g, 7, 8));
    sectag_groups_release(&g);
    release(&c);
}

/* Document `doc` of ten rows with texts first .. first + 9. */
static void add_doc(corpus *c, uint32_t doc, uint64_t first) {
    for (uint64_t i = 0; i < 10; i++) add_text(c, doc, first + i, 0);
}

static void documents_are_united_by_a_large_common_part_only(void **state) {
    (void)state;
    corpus c = {0};
    add_doc(&c, 0, 100);
    add_doc(&c, 1, 108);     /* two of ten rows with document 0: 20 % */
    add_doc(&c, 2, 117);     /* one of ten with document 1 */
    add_doc(&c, 3, 126);     /* one of ten with document 2 */
    add_text(&c, 4, 126, 0); /* a document of one row, which two others have: too little to unite */
    sectag_groups g = find(&c, 0.6);
    assert_int_equal(g.group[0], g.group[10]);
    assert_int_not_equal(g.group[10], g.group[20]);
    assert_int_not_equal(g.group[20], g.group[30]);
    assert_int_equal(g.n_groups, 4);
    sectag_groups_release(&g);
    release(&c);
}

static void two_rows_in_common_are_too_few_for_longer_documents(void **state) {
    (void)state;
    corpus c = {0};
    for (uint32_t doc = 0; doc < 2; doc++) {
        add_text(&c, doc, 1, 0);
        add_text(&c, doc, 2, 1);
        add_doc(&c, doc, 100 + 10 * doc);
    }
    sectag_groups g = find(&c, 0.6);
    assert_true(sectag_groups_near(&g, 0, 12) && sectag_groups_near(&g, 1, 13));
    assert_int_equal(g.n_groups, 2); /* 2 of 12 rows */
    sectag_groups_release(&g);
    release(&c);
}

static void boilerplate_in_every_document_does_not_chain_them(void **state) {
    (void)state;
    corpus c = {0};
    for (uint32_t doc = 0; doc < 50; doc++) {
        add_text(&c, doc, 1, 0);
        add_doc(&c, doc, 100 + 10 * doc);
    }
    sectag_groups g = find(&c, 0.6);
    assert_int_equal(g.n_groups, 50);
    sectag_groups_release(&g);
    release(&c);
}

/* 60 documents of 5 to 14 rows, some texts near a text of another document; labels at random. */
static corpus mixed_corpus(uint64_t *labels) {
    corpus c = {0};
    sectag_random r;
    sectag_random_init(&r, 31);
    for (uint32_t doc = 0; doc < 60; doc++)
        for (uint64_t i = sectag_random_below(&r, 10) + 5; i > 0; i--) {
            int common = sectag_random_below(&r, 12) == 0;
            labels[c.doc.len] =
                sectag_random_below(&r, 3) == 0 ? (uint64_t)1 << sectag_random_below(&r, 4) : 0;
            add_text(&c, doc, common ? sectag_random_below(&r, 20) : 1000 + c.doc.len,
                     common ? (unsigned)i % 3 : 0);
        }
    return c;
}

static void no_training_row_is_in_the_fold_or_near_it_and_nothing_else_is_lost(void **state) {
    (void)state;
    static uint64_t labels[1000];
    static uint8_t fold[1000];
    static uint32_t rows[1000];
    corpus c = mixed_corpus(labels);
    sectag_groups g = find(&c, 0.6);
    size_t all_excluded = 0;
    assert_int_equal(sectag_folds_assign(&g, labels, 1, 5, fold, NULL), 0);
    for (uint32_t a = 0; a < g.n; a++)
        for (uint32_t b = 0; b < g.n; b++)
            if (c.doc.data[a] == c.doc.data[b]) assert_int_equal(fold[a], fold[b]);
    for (unsigned f = 0; f < 5; f++) {
        size_t n, excluded, at = 0;
        assert_int_equal(sectag_folds_training(&g, fold, f, rows, &n, &excluded, NULL), 0);
        for (uint32_t r = 0; r < g.n; r++) {
            int leaks = fold[r] == f;
            for (uint32_t h = 0; h < g.n && !leaks; h++)
                leaks = fold[h] == f && near_by_definition(&c, r, h, 0.6);
            if (leaks) continue;
            assert_true(at < n);
            assert_int_equal(rows[at++], r);
        }
        assert_int_equal(at, n);
        all_excluded += excluded;
    }
    assert_true(all_excluded > 10);
    sectag_groups_release(&g);
    release(&c);
}

static void folds_are_balanced_over_rows_and_areas(void **state) {
    (void)state;
    static uint64_t labels[1000];
    static uint8_t fold[1000], again[1000];
    corpus c = mixed_corpus(labels);
    sectag_groups g = find(&c, 0.6);
    assert_int_equal(sectag_folds_assign(&g, labels, 1, 5, fold, NULL), 0);
    assert_int_equal(sectag_folds_assign(&g, labels, 1, 5, again, NULL), 0);
    assert_memory_equal(fold, again, g.n);
    for (unsigned a = 0; a <= 4; a++) {
        double n[5] = {0}, total = 0;
        for (size_t r = 0; r < g.n; r++) {
            int has = a == 4 || (labels[r] >> a & 1);
            n[fold[r]] += has;
            total += has;
        }
        assert_true(total > 20);
        for (int f = 0; f < 5; f++)
            if (n[f] < 0.6 * total / 5 || n[f] > 1.4 * total / 5)
                fail_msg("area %u: %g of %g in fold %d", a, n[f], total, f);
    }
    assert_int_equal(sectag_folds_assign(&g, labels, 1, 1, fold, NULL), SECTAG_EARG);
    sectag_groups_release(&g);
    release(&c);
}

static void unusable_input_is_refused_and_none_is_fine(void **state) {
    (void)state;
    uint64_t key[2] = {5, 5};
    size_t off[2] = {0, 2};
    uint32_t doc = 0;
    sectag_group_data d = {1, &doc, key, off};
    sectag_group_options o = SECTAG_GROUP_OPTIONS_INIT;
    sectag_groups g;
    sectag_groups_init(&g);
    assert_int_equal(sectag_groups_find(&d, &o, &g, NULL), SECTAG_EARG);
    key[1] = 6;
    o.jaccard = 0;
    assert_int_equal(sectag_groups_find(&d, &o, &g, NULL), SECTAG_EARG);
    o.jaccard = 0.5;
    d.n = 0;
    assert_int_equal(sectag_groups_find(&d, &o, &g, NULL), 0);
    assert_int_equal(g.n_groups, 0);
    sectag_groups_release(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_rows_are_exactly_those_of_the_definition),
        cmocka_unit_test(long_near_rows_are_found_as_well),
        cmocka_unit_test(a_document_is_one_group_and_rows_on_their_own_join_their_copies),
        cmocka_unit_test(documents_are_united_by_a_large_common_part_only),
        cmocka_unit_test(two_rows_in_common_are_too_few_for_longer_documents),
        cmocka_unit_test(boilerplate_in_every_document_does_not_chain_them),
        cmocka_unit_test(no_training_row_is_in_the_fold_or_near_it_and_nothing_else_is_lost),
        cmocka_unit_test(folds_are_balanced_over_rows_and_areas),
        cmocka_unit_test(unusable_input_is_refused_and_none_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
