#include "features/shared.h"
#include "features/similarity.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

static const char *const policy[] = {"支持信使核糖核酸疫苗研发", "完善血液制品批签发制度", "支持抗体药物研发",
                                     "support rabies vaccine baits"};
enum { N = 4 };

typedef struct fixture {
    sectag_bags bags;
    sectag_bag bag[N + 1];
    sectag_vocab_builder *builder;
    sectag_vocab vocab;
    sectag_vector_options vector;
    sectag_similarity similarity;
    float score[N];
} fixture;

/* A vocabulary in which 支持 and 研发 are in all of a hundred clauses, 疫苗 in ten. */
static void set_up(fixture *f, const char *query, const sectag_similarity_options *o) {
    static const struct {
        const char *text;
        uint32_t df;
    } known[] = {{"支持", 100}, {"支", 100}, {"持", 100}, {"研发", 100},
                 {"研", 100},   {"发", 100}, {"疫苗", 10}};
    sectag_ngram_options ngram = SECTAG_NGRAM_DEFAULTS;
    memset(f, 0, sizeof *f);
    f->vector = SECTAG_VECTOR_DEFAULTS;
    f->vector.clauses = 100;
    assert_non_null(f->builder = sectag_vocab_builder_new());
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_int_equal(
            sectag_vocab_add_text(f->builder, known[i].text, strlen(known[i].text), known[i].df, NULL), 0);
    assert_int_equal(sectag_vocab_freeze(f->builder, 1, &f->vocab, NULL), 0);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(sectag_bags_add(&f->bags, &ngram, policy[i], strlen(policy[i]), NULL), 0);
    assert_int_equal(sectag_bags_add(&f->bags, &ngram, query, strlen(query), NULL), 0);
    assert_int_equal(sectag_bags_len(&f->bags), N + 1);
    for (size_t i = 0; i <= N; i++) f->bag[i] = sectag_bags_at(&f->bags, i);
    assert_int_equal(sectag_similarity_init(&f->similarity, o, &f->vocab, &f->vector, f->bag, N, NULL), 0);
    assert_int_equal(sectag_similarity_ask(&f->similarity, f->bag[N], NULL), 0);
    sectag_similarity_scores(&f->similarity, f->score);
}

static void tear_down(fixture *f) {
    sectag_similarity_release(&f->similarity);
    sectag_bags_release(&f->bags);
    sectag_vocab_builder_free(f->builder);
}

static void a_clause_is_like_itself_and_unlike_what_it_shares_nothing_with(void **state) {
    (void)state;
    fixture f;
    set_up(&f, policy[0], &SECTAG_SIMILARITY_DEFAULTS);
    assert_true(fabs(f.score[0] - 1) < 1e-5);
    assert_true(f.score[1] > 0 && f.score[1] < 0.1); /* 发 */
    assert_true(f.score[3] == 0);
    tear_down(&f);
}

static void rare_words_decide(void **state) {
    (void)state;
    fixture f;
    set_up(&f, "公司疫苗获批", &SECTAG_SIMILARITY_DEFAULTS);
    assert_true(f.score[0] > 0);
    tear_down(&f);
    set_up(&f, "支持公司研发疫苗", &SECTAG_SIMILARITY_DEFAULTS);
    assert_true(f.score[0] > f.score[2]); /* though 抗体药物 shares 支持 and 研发 in a shorter clause */
    tear_down(&f);
}

static void shares_add_up_to_the_score(void **state) {
    (void)state;
    static const sectag_similarity_kind kinds[] = {SECTAG_SIMILARITY_COSINE, SECTAG_SIMILARITY_BM25};
    for (size_t k = 0; k < 2; k++) {
        sectag_similarity_options o = SECTAG_SIMILARITY_DEFAULTS;
        fixture f;
        o.kind = kinds[k];
        o.local = 0.5;
        set_up(&f, "支持疫苗研发，疫苗baits", &o);
        for (uint32_t c = 0; c < N; c++) {
            double sum = 0;
            for (size_t i = 0; i < f.bag[N].len; i++) sum += sectag_similarity_share(&f.similarity, i, c);
            assert_true(fabs(sum - (double)f.score[c]) < 1e-5);
        }
        tear_down(&f);
    }
}

/* The index against the definition, pair by pair. */
static void the_index_gives_what_comparing_each_pair_gives(void **state) {
    (void)state;
    fixture all, one;
    set_up(&all, "完善疫苗批签发制度，support vaccine", &SECTAG_SIMILARITY_DEFAULTS);
    for (size_t i = 0; i < N; i++) {
        float score = -1;
        set_up(&one, "完善疫苗批签发制度，support vaccine", &SECTAG_SIMILARITY_DEFAULTS);
        sectag_similarity_release(&one.similarity);
        assert_int_equal(sectag_similarity_init(&one.similarity, &SECTAG_SIMILARITY_DEFAULTS, &one.vocab,
                                                &one.vector, &one.bag[i], 1, NULL),
                         0);
        assert_int_equal(sectag_similarity_ask(&one.similarity, one.bag[N], NULL), 0);
        sectag_similarity_scores(&one.similarity, &score);
        assert_true(fabs((double)(score - all.score[i])) < 1e-6);
        tear_down(&one);
    }
    tear_down(&all);
}

static void an_empty_query_and_no_clauses_are_fine(void **state) {
    (void)state;
    fixture f;
    set_up(&f, "。", &SECTAG_SIMILARITY_DEFAULTS);
    for (size_t i = 0; i < N; i++) assert_true(f.score[i] == 0);
    sectag_similarity_release(&f.similarity);
    assert_int_equal(sectag_similarity_init(&f.similarity, &SECTAG_SIMILARITY_DEFAULTS, &f.vocab, &f.vector,
                                            f.bag, 0, NULL),
                     0);
    assert_int_equal(sectag_similarity_ask(&f.similarity, f.bag[0], NULL), 0);
    sectag_similarity_scores(&f.similarity, f.score);
    tear_down(&f);
}

/* ---- what two texts share ---- */

static void check_runs(const char *a, const char *b, const char *const *runs, size_t n) {
    sectag_normal left, right;
    sectag_shared_room room = {0};
    sectag_shared_list list = {0};
    sectag_normal_init(&left);
    sectag_normal_init(&right);
    assert_int_equal(sectag_normal_run(&left, a, strlen(a), NULL), 0);
    assert_int_equal(sectag_normal_run(&right, b, strlen(b), NULL), 0);
    assert_int_equal(sectag_shared_runs(&left, &right, &room, &list, NULL), 0);
    assert_int_equal(list.len, n);
    for (size_t i = 0; i < n; i++) {
        const sectag_shared *s = &list.data[i];
        size_t from = left.from[s->first], len = left.to[s->end - 1] - from;
        size_t other = right.from[s->other], other_len = right.to[s->other + (s->end - s->first) - 1] - other;
        assert_int_equal(len, strlen(runs[i]));
        assert_memory_equal(a + from, runs[i], len);
        assert_int_equal(other_len, len);
        assert_memory_equal(b + other, runs[i], len);
    }
    sectag_normal_release(&left);
    sectag_normal_release(&right);
    free(room.data);
    free(list.data);
}

static void the_longest_common_runs_are_found(void **state) {
    (void)state;
    check_runs("加快信使核糖核酸疫苗的研发", "公司信使核糖核酸疫苗已获批，研发投入增加",
               (const char *[]){"信使核糖核酸疫苗", "研发"}, 2);
}

static void words_are_shared_whole_or_not_at_all(void **state) {
    (void)state;
    check_runs("oral rabies baits, dropped", "rabies baits for babies: a drop",
               (const char *[]){"rabies baits"}, 1);
    check_runs("PLA", "PLAN", NULL, 0);
}

static void single_characters_numbers_and_marks_are_not_worth_a_run(void **state) {
    (void)state;
    check_runs("苗木，2024，", "疫苗，2024，", NULL, 0);
    check_runs("", "疫苗", NULL, 0);
    check_runs("疫苗", "", NULL, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clause_is_like_itself_and_unlike_what_it_shares_nothing_with),
        cmocka_unit_test(rare_words_decide),
        cmocka_unit_test(shares_add_up_to_the_score),
        cmocka_unit_test(the_index_gives_what_comparing_each_pair_gives),
        cmocka_unit_test(an_empty_query_and_no_clauses_are_fine),
        cmocka_unit_test(the_longest_common_runs_are_found),
        cmocka_unit_test(words_are_shared_whole_or_not_at_all),
        cmocka_unit_test(single_characters_numbers_and_marks_are_not_worth_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
