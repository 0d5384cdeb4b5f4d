/* The ledger: entries, withdrawals, what is decided by which rule, and what is held out. */
#include "tests/training/scratch_workspace.h"

#include "training/ballot.h"
#include "training/conflict.h"
#include "training/held.h"

static sectag_taxonomy areas;

static const char T1[] = "2026-01-01T00:00:00Z", T2[] = "2026-01-02T00:00:00Z", T3[] = "2026-01-03T00:00:00Z";
static const char clause[] = "支持信使核糖核酸疫苗的研究开发和产业化。";

/* The value of the first clause's area a. */
static int value_of(sectag_workspace *ws, sectag_rule rule, size_t a) {
    sectag_decisions d;
    sectag_err err = {0};
    if (sectag_ledger_decisions(ws, &areas, rule, &d, &err)) fail_msg("%s", err.msg);
    int value = d.len ? d.data[0].value[a] : 99;
    sectag_decisions_release(&d);
    return value;
}

static void the_latest_decision_holds(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), 99);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "anna", T2);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), 1);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 1), 0);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "ben", T1); /* came later, was said before */
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), 1);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "ben",
                          T2); /* of equal times the later entry */
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), -1);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_CONFIRMED, "anna", T3);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), 1);
    sectag_workspace_free(ws);
}

static void a_majority_counts_each_analyst_once(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "anna", T1);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "ben", T1);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "carl", T2);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "carl", T3);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), -1);
    assert_int_equal(value_of(ws, SECTAG_RULE_MAJORITY, 0), 1);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "ben", T3);
    assert_int_equal(value_of(ws, SECTAG_RULE_MAJORITY, 0), -1);
    sectag_workspace_free(ws);
}

static void a_tie_goes_to_the_latest(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "ben", T1);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "anna", T2);
    assert_int_equal(value_of(ws, SECTAG_RULE_MAJORITY, 0), 1);
    sectag_workspace_free(ws);
}

static void a_whole_set_says_no_to_the_rest(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    (void)scratch_correct(ws, clause, "antibody", SECTAG_ADDED, "ben", T1);
    (void)scratch_correct(ws, clause, "*", SECTAG_REMOVED, "anna", T2);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "anna", T2);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), 1);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 1), -1);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 2), -1);
    sectag_workspace_free(ws);
}

static void what_is_withdrawn_does_not_count(void **state) {
    sectag_workspace *ws = scratch_new();
    sectag_err err = {0};
    (void)state;
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "anna", T1);
    int64_t wrong = scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "ben", T2);
    assert_int_equal(scratch_withdraw(ws, wrong, &err), 0);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), 1);
    assert_int_equal(scratch_withdraw(ws, wrong, &err), SECTAG_EARG);
    assert_non_null(strstr(err.msg, "already"));
    assert_int_equal(scratch_withdraw(ws, 999, &err), SECTAG_EARG);
    assert_int_equal(scratch_withdraw(ws, wrong + 1, &err), SECTAG_EARG); /* the withdrawal itself */
    assert_int_equal(scratch_withdraw(ws, 1, &err), 0);
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 0), 99);
    sectag_workspace_free(ws);
}

static void areas_of_no_taxonomy_are_counted(void **state) {
    sectag_workspace *ws = scratch_new();
    sectag_decisions d;
    sectag_err err;
    (void)state;
    (void)scratch_correct(ws, clause, "unheard-of", SECTAG_ADDED, "anna", T1);
    assert_int_equal(sectag_ledger_decisions(ws, &areas, SECTAG_RULE_LATEST, &d, &err), 0);
    assert_int_equal(d.len, 0);
    assert_int_equal(d.unknown, 1);
    sectag_decisions_release(&d);
    sectag_workspace_free(ws);
}

/* Texts that have nothing in common. */
static const char *text_number(int i) {
    static char text[64];
    (void)snprintf(text, sizeof text, "clause%c%c%c about %c%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26,
                   'a' + i % 23, 'k' + i % 11, 'a' + i % 19, 'd' + i % 17, 'b' + i % 13);
    return text;
}

static void earlier_decisions_are_recalled_by_their_digest(void **state) {
    sectag_workspace *ws = scratch_new();
    sectag_decisions then, recalled;
    sectag_err err = {0};
    uint64_t digest;
    size_t n;
    const char *text = "This clause is not held out.";
    (void)state;
    (void)scratch_correct(ws, text, "vaccine", SECTAG_ADDED, "anna", T2);
    int64_t wrong = scratch_correct(ws, text, "antibody", SECTAG_ADDED, "anna", T2);
    assert_int_equal(sectag_ledger_decisions(ws, &areas, SECTAG_RULE_LATEST, &then, &err), 0);
    assert_int_equal(then.data[0].held, 0); /* what is held is not in the digest */
    const sectag_decision **order = sectag_decisions_order(&then, &n);
    assert_non_null(order);
    digest = sectag_decisions_digest(order, n, then.n_areas);
    free(order);
    assert_int_equal(scratch_withdraw(ws, wrong, &err), 0);
    (void)scratch_correct(ws, text, "ivd", SECTAG_REMOVED, "ben", T1); /* said before, but not known then */
    assert_int_equal(value_of(ws, SECTAG_RULE_LATEST, 1), 0);
    assert_int_equal(sectag_ledger_recall(ws, &areas, SECTAG_RULE_LATEST, digest, &recalled, &err), 1);
    assert_int_equal(recalled.len, 1);
    assert_memory_equal(recalled.values, then.values, areas.areas.len);
    assert_int_equal(recalled.values[1], 1);
    sectag_decisions_release(&then);
    sectag_decisions_release(&recalled);
    assert_int_equal(sectag_ledger_recall(ws, &areas, SECTAG_RULE_LATEST, digest + 1, &recalled, &err), 0);
    assert_int_equal(recalled.len, 0);
    sectag_workspace_free(ws);
}

static void decisions_are_the_same_whatever_the_order_of_entries(void **state) {
    enum { N = 60 };
    sectag_workspace *ws[2] = {scratch_new(), scratch_new()};
    sectag_decisions d[2];
    sectag_err err;
    (void)state;
    for (int i = 0; i < N; i++) {
        (void)scratch_correct(ws[0], text_number(i), "vaccine", SECTAG_ADDED, "anna", T1);
        (void)scratch_correct(ws[1], text_number(N - 1 - i), "vaccine", SECTAG_ADDED, "anna", T1);
    }
    for (int k = 0; k < 2; k++)
        assert_int_equal(sectag_ledger_decisions(ws[k], &areas, SECTAG_RULE_LATEST, &d[k], &err), 0);
    assert_int_equal(d[0].len, d[1].len);
    for (size_t i = 0; i < d[0].len; i++) {
        assert_string_equal(d[0].data[i].hash, d[1].data[i].hash);
        assert_string_equal(d[0].data[i].text, d[1].data[i].text);
        assert_int_equal(d[0].data[i].value[0], 1);
        assert_int_equal(d[0].data[i].analysts, 1);
        assert_string_equal(d[0].data[i].last, T1);
        assert_null(d[0].data[i].doc);
        if (i) assert_true(strcmp(d[0].data[i - 1].hash, d[0].data[i].hash) < 0);
    }
    for (int k = 0; k < 2; k++) {
        sectag_decisions_release(&d[k]);
        sectag_workspace_free(ws[k]);
    }
}

/* ---- held ---- */

static sectag_held_clause with_hash(const char *text, char hash[SECTAG_CLAUSE_HASH + 1]) {
    assert_int_equal(sectag_clause_hash(text, strlen(text), hash, NULL), 0);
    return (sectag_held_clause){text, strlen(text), hash};
}

static void about_a_fifth_is_held(void **state) {
    enum { N = 2000 };
    static char text[N][40], hash[N][SECTAG_CLAUSE_HASH + 1];
    static sectag_held_clause c[N];
    static uint8_t held[N];
    size_t sum = 0;
    (void)state;
    uint64_t x = 1;
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < 30; k++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            text[i][k] = k % 10 == 9 ? ' ' : (char)('a' + (x >> 33) % 26);
        }
        c[i] = with_hash(text[i], hash[i]);
    }
    assert_int_equal(sectag_held_mark(c, N, held, NULL), 0);
    for (int i = 0; i < N; i++) sum += held[i];
    assert_in_range(sum, N / 5 - N / 25, N / 5 + N / 25);
    assert_int_equal(sectag_held_mark(c, 0, held, NULL), 0);
}

static void near_clauses_are_held_together_and_never_let_go(void **state) {
    static const char first[] =
        "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖全国";
    static const char variant[] =
        "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖全省第%s";
    static const char *const tails[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"};
    char text[10][256], hash[11][SECTAG_CLAUSE_HASH + 1];
    sectag_held_clause c[11];
    uint8_t held[11];
    (void)state;
    c[0] = with_hash(first, hash[0]);
    for (int i = 0; i < 10; i++) {
        (void)snprintf(text[i], sizeof text[i], variant, tails[i]);
        c[i + 1] = with_hash(text[i], hash[i + 1]);
    }
    for (size_t n = 1; n <= 11; n++) { /* as the ledger grows */
        assert_int_equal(sectag_held_mark(c, n, held, NULL), 0);
        for (size_t i = 1; i < n; i++) assert_int_equal(held[i], held[0]);
    }
    uint8_t alone;
    assert_int_equal(sectag_held_mark(c, 1, &alone, NULL), 0);
    assert_int_equal(alone, held[0]);
}

/* ---- listing ---- */

typedef struct seen {
    size_t n;
    int64_t id[16];
} seen;

static int note(void *ctx, const sectag_entry *e, sectag_err *err) {
    seen *s = ctx;
    (void)err;
    s->id[s->n++] = e->id;
    assert_non_null(e->text);
    return 0;
}

static size_t count(sectag_workspace *ws, sectag_ledger_filter f) {
    seen s = {0};
    assert_int_equal(sectag_ledger_list(ws, &f, note, &s, NULL), 0);
    return s.n;
}

static void filters_narrow_the_list(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "anna", T1);
    (void)scratch_correct(ws, clause, "antibody", SECTAG_REMOVED, "ben", T2);
    (void)scratch_correct(ws, "other", "antibody", SECTAG_REMOVED, "anna", T3);
    assert_int_equal(count(ws, (sectag_ledger_filter){0}), 3);
    assert_int_equal(count(ws, (sectag_ledger_filter){.area = "antibody"}), 2);
    assert_int_equal(count(ws, (sectag_ledger_filter){.analyst = "anna"}), 2);
    assert_int_equal(count(ws, (sectag_ledger_filter){.analyst = "anna", .area = "antibody"}), 1);
    assert_int_equal(count(ws, (sectag_ledger_filter){.since = "2026-01-02"}), 2);
    assert_int_equal(count(ws, (sectag_ledger_filter){.batch = 1}), 1);
    assert_int_equal(count(ws, (sectag_ledger_filter){.doc = "plan.txt"}), 0);
    sectag_workspace_free(ws);
}

/* ---- conflicts ---- */

static int count_conflict(void *ctx, const sectag_conflict *c, sectag_err *err) {
    (void)err;
    assert_int_equal(c->outcome.value, -1);
    ++*(size_t *)ctx;
    return 0;
}

static void contradictions_are_found_and_agreements_are_not(void **state) {
    sectag_workspace *ws = scratch_new();
    sectag_ballot b = {0};
    sectag_corpus corpus;
    size_t n = 0;
    sectag_err err;
    (void)state;
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_ADDED, "anna", T1);
    (void)scratch_correct(ws, clause, "vaccine", SECTAG_REMOVED, "anna", T2); /* changed her mind */
    (void)scratch_correct(ws, clause, "antibody", SECTAG_ADDED, "anna", T1);
    (void)scratch_correct(ws, clause, "antibody", SECTAG_CONFIRMED, "ben", T2);
    assert_int_equal(sectag_ballot_read(ws, SECTAG_ALL_ENTRIES, &b, &err), 0);
    assert_int_equal(sectag_conflicts_of_analysts(&b, SECTAG_RULE_LATEST, count_conflict, &n, &err), 0);
    assert_int_equal(n, 0);
    (void)scratch_correct(ws, clause, "*", SECTAG_REMOVED, "carl", T3);
    assert_int_equal(sectag_ballot_read(ws, SECTAG_ALL_ENTRIES, &b, &err), 0);
    assert_int_equal(sectag_conflicts_of_analysts(&b, SECTAG_RULE_LATEST, count_conflict, &n, &err), 0);
    assert_int_equal(n, 1); /* antibody; of vaccine all say no */
    sectag_corpus_init(&corpus);
    const char *path =
        suite_write_text("gold.tsv", "text\tlabels\n支持信使核糖核酸疫苗的研究开发和产业化。\tvaccine\n"
                                     "unknown clause\tantibody\n");
    assert_int_equal(sectag_corpus_add_file(&corpus, &areas, path, NULL, NULL, &err), 0);
    n = 0;
    assert_int_equal(
        sectag_conflicts_with_corpus(&b, SECTAG_RULE_LATEST, &corpus, &areas, count_conflict, &n, &err), 0);
    assert_int_equal(n, 1);
    sectag_corpus_release(&corpus);
    sectag_ballot_release(&b);
    sectag_workspace_free(ws);
}

static int setup(void **state) {
    static const char *const codes[] = {"vaccine", "antibody", "ivd"};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        sectag_area a = {"s", codes[i], codes[i], codes[i], "", 1};
        if (sectag_taxonomy_add(&areas, &a)) return -1;
    }
    return suite_folder_make(state);
}

static int teardown(void **state) {
    sectag_taxonomy_release(&areas);
    return suite_folder_remove(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_latest_decision_holds),
        cmocka_unit_test(a_majority_counts_each_analyst_once),
        cmocka_unit_test(a_tie_goes_to_the_latest),
        cmocka_unit_test(a_whole_set_says_no_to_the_rest),
        cmocka_unit_test(what_is_withdrawn_does_not_count),
        cmocka_unit_test(areas_of_no_taxonomy_are_counted),
        cmocka_unit_test(earlier_decisions_are_recalled_by_their_digest),
        cmocka_unit_test(decisions_are_the_same_whatever_the_order_of_entries),
        cmocka_unit_test(about_a_fifth_is_held),
        cmocka_unit_test(near_clauses_are_held_together_and_never_let_go),
        cmocka_unit_test(filters_narrow_the_list),
        cmocka_unit_test(contradictions_are_found_and_agreements_are_not),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
