/* The memory of scored clauses: kept at the second time, found by their exact bytes, pushed out by others. */
#include "tests/suite.h"

#include "classify/memo.h"

enum { SCORES = 3 };

static sectag_memo memo;

static int begin(void **state) {
    (void)state;
    return sectag_memo_init(&memo, SCORES, NULL);
}

static int end(void **state) {
    (void)state;
    sectag_memo_release(&memo);
    return 0;
}

static const float *find(const char *text, size_t len) {
    return sectag_memo_find(&memo, sectag_memo_hash(text, len), text, len);
}

/* What a clause is scored with here: numbers that are its own. */
static void score_of(const char *text, size_t len, float score[SCORES]) {
    float sum = (float)len;
    for (size_t i = 0; i < len; i++) sum = sum * 31 + (float)text[i];
    for (int k = 0; k < SCORES; k++) score[k] = sum + (float)k;
}

/* Asks for a clause and, where it is not found, hands in its scores, as the tagger does. Was it found? */
static int meet(const char *text, size_t len) {
    float score[SCORES];
    score_of(text, len, score);
    const float *found = find(text, len);
    if (!found) {
        sectag_memo_keep(&memo, sectag_memo_hash(text, len), text, len, score);
        return 0;
    }
    assert_memory_equal(found, score, sizeof score);
    return 1;
}

static int meet_text(const char *text) {
    return meet(text, strlen(text));
}

static void a_clause_is_kept_at_the_second_time_and_found_at_the_third(void **state) {
    (void)state;
    assert_false(meet_text("加快疫苗研发"));
    assert_null(find("加快疫苗研发", 18));
    assert_false(meet_text("加快疫苗研发"));
    for (int i = 0; i < 5; i++) assert_true(meet_text("加快疫苗研发"));
}

static void asking_alone_keeps_nothing(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) assert_null(find("asked for", 9));
    assert_false(meet_text("asked for"));
    assert_false(meet_text("asked for"));
    assert_true(meet_text("asked for"));
}

static void nothing_but_the_exact_bytes_is_found(void **state) {
    char text[] = "The Company may issue shares.";
    (void)state;
    for (int i = 0; i < 2; i++) assert_false(meet(text, sizeof text - 1));
    assert_true(meet(text, sizeof text - 1));
    assert_null(find(text, sizeof text - 2));
    assert_null(find(text, sizeof text)); /* with its NUL */
    for (size_t i = 0; i < sizeof text - 1; i++) {
        text[i] ^= 1;
        assert_null(find(text, sizeof text - 1));
        text[i] ^= 1;
    }
    assert_true(meet(text, sizeof text - 1));
}

/* The place in which a clause would stand. */
static size_t place_of(const char *text, size_t len) {
    return sectag_memo_hash(text, len) % SECTAG_MEMO_PLACES;
}

/* Two clauses of one hash cannot be had, so one is forged: the place of one clause holds the other's bytes.
 */
static void an_equal_hash_alone_finds_nothing(void **state) {
    const char *a = "clause A", *b = "clause B", *longer = "clause B and more";
    (void)state;
    (void)meet_text(b);
    (void)meet_text(b);
    assert_non_null(find(b, 8));
    memcpy(memo.text + place_of(b, 8) * SECTAG_MEMO_TEXT, a, 8);
    assert_null(find(b, 8));
    memcpy(memo.text + place_of(b, 8) * SECTAG_MEMO_TEXT, b, 8);
    assert_non_null(find(b, 8));
    (void)meet_text(longer);
    (void)meet_text(longer);
    memo.len[place_of(longer, 17)] = 8; /* the same beginning, and length decides */
    assert_null(find(longer, 17));
}

static size_t text_number(unsigned i, char out[32]) {
    return (size_t)snprintf(out, 32, "clause number %u", i);
}

static void a_later_clause_takes_over_the_place(void **state) {
    char text[32];
    size_t len;
    unsigned i = 0;
    (void)state;
    assert_false(meet_text("the first"));
    assert_false(meet_text("the first"));
    size_t place = place_of("the first", 9);
    do len = text_number(++i, text);
    while (place_of(text, len) != place);
    assert_false(meet(text, len));
    assert_true(meet_text("the first")); /* met once: nothing is pushed out */
    assert_false(meet(text, len));
    assert_true(meet(text, len));
    assert_false(meet_text("the first"));
    assert_true(meet_text("the first") || meet_text("the first")); /* and comes back */
    assert_false(meet(text, len));
}

static void text_without_repeats_pushes_nothing_out(void **state) {
    char text[32];
    size_t kept = 0;
    (void)state;
    (void)meet_text("boilerplate");
    (void)meet_text("boilerplate");
    for (unsigned i = 0; i < 20000; i++) {
        size_t len = text_number(i, text);
        (void)meet(text, len);
        kept += find(text, len) != NULL;
    }
    assert_true(kept < 20); /* a mark of 15 bits is another clause's now and then */
    assert_true(meet_text("boilerplate"));
}

static void as_many_are_kept_as_there_are_places(void **state) {
    char text[32];
    size_t found = 0, again = 0;
    (void)state;
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < 600; i++) again += (size_t)meet(text, text_number(i, text));
    for (unsigned i = 0; i < 600; i++) {
        size_t len = text_number(i, text);
        found += find(text, len) != NULL;
    }
    assert_true(again < 5);
    assert_true(found > 400 &&
                found < 500); /* 454 places are expected to be taken: 1024 (1 - e^(-600/1024)) */
}

static void long_clauses_are_never_kept(void **state) {
    char text[SECTAG_MEMO_TEXT + 1];
    (void)state;
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 5; i++) assert_false(meet(text, SECTAG_MEMO_TEXT + 1));
    assert_false(meet(text, SECTAG_MEMO_TEXT));
    assert_false(meet(text, SECTAG_MEMO_TEXT));
    assert_true(meet(text, SECTAG_MEMO_TEXT));
    assert_false(meet(text, SECTAG_MEMO_TEXT + 1));
    assert_true(meet(text, SECTAG_MEMO_TEXT));
}

static void the_empty_clause_is_one_like_others(void **state) {
    (void)state;
    assert_false(meet("", 0));
    assert_false(meet("", 0));
    assert_true(meet("", 0));
    assert_null(find("x", 1));
}

static void neighbouring_places_do_not_overwrite_each_other(void **state) {
    char text[2][SECTAG_MEMO_TEXT];
    (void)state;
    memset(text, 'a', sizeof text);
    size_t place = place_of(text[0], SECTAG_MEMO_TEXT);
    for (unsigned i = 0; place_of(text[1], SECTAG_MEMO_TEXT) != (place + 1) % SECTAG_MEMO_PLACES; i++)
        (void)text_number(i, text[1]);
    for (int i = 0; i < 2; i++) assert_false(meet(text[0], SECTAG_MEMO_TEXT));
    for (int i = 0; i < 2; i++) assert_false(meet(text[1], SECTAG_MEMO_TEXT));
    assert_true(meet(text[0], SECTAG_MEMO_TEXT));
    assert_true(meet(text[1], SECTAG_MEMO_TEXT));
}

static void more_scores_than_memory_are_refused(void **state) {
    sectag_memo m;
    sectag_err err = {0};
    (void)state;
    assert_int_equal(sectag_memo_init(&m, SIZE_MAX / 1000, &err), SECTAG_ENOMEM);
    assert_null(m.text);
    sectag_memo_release(&m);
}

#define fresh(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        fresh(a_clause_is_kept_at_the_second_time_and_found_at_the_third),
        fresh(asking_alone_keeps_nothing),
        fresh(nothing_but_the_exact_bytes_is_found),
        fresh(an_equal_hash_alone_finds_nothing),
        fresh(a_later_clause_takes_over_the_place),
        fresh(text_without_repeats_pushes_nothing_out),
        fresh(as_many_are_kept_as_there_are_places),
        fresh(long_clauses_are_never_kept),
        fresh(the_empty_clause_is_one_like_others),
        fresh(neighbouring_places_do_not_overwrite_each_other),
        cmocka_unit_test(more_scores_than_memory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
