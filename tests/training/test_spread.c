/* Near-identical clauses of the workspace, and the sets of n-grams that tell them. */
#include "tests/training/scratch_workspace.h"

#include "training/near.h"
#include "training/shingle.h"
#include "training/spread.h"

static const char asked_text[] =
    "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖全国各地。";

static sectag_alikes find(sectag_workspace *ws, double jaccard) {
    sectag_alikes found = {0};
    sectag_asked asked = {asked_text, strlen(asked_text)};
    sectag_err err = {0};
    if (sectag_spread_find(ws, &asked, 1, jaccard, &found, &err)) fail_msg("%s", err.msg);
    return found;
}

static void the_asked_clause_is_not_among_them(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    (void)scratch_clause(ws, asked_text);
    sectag_alikes found = find(ws, 0.5);
    assert_int_equal(found.found.len, 0);
    sectag_alikes_release(&found);
    sectag_workspace_free(ws);
}

static void the_most_similar_stand_first(void **state) {
    sectag_workspace *ws = scratch_new();
    (void)state;
    (void)scratch_clause(ws,
                         "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售，产品覆盖全国。");
    int64_t near = scratch_clause(
        ws, "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖全国各省。");
    (void)scratch_clause(ws, "公司主要从事骨科植入物的研究、开发、生产与销售业务，产品覆盖全国各地。");
    (void)scratch_clause(ws, "疫苗。");
    sectag_alikes found = find(ws, 0.7);
    assert_int_equal(found.found.len, 2);
    assert_int_equal(found.found.data[0].clause, near);
    assert_true(found.found.data[0].jaccard > found.found.data[1].jaccard);
    sectag_alikes_release(&found);
    sectag_workspace_free(ws);
}

static void figures_make_no_difference(void **state) {
    sectag_workspace *ws = scratch_new();
    sectag_alikes found = {0};
    static const char a[] = "2023年公司疫苗批签发数量为1200万支，同比增长12%。";
    sectag_asked asked = {a, strlen(a)};
    (void)state;
    (void)scratch_clause(ws, "2024年公司疫苗批签发数量为980万支，同比增长8%。");
    assert_int_equal(sectag_spread_find(ws, &asked, 1, 1.0, &found, NULL), 0);
    assert_int_equal(found.found.len, 1);
    sectag_alikes_release(&found);
    sectag_workspace_free(ws);
}

static void one_pair_is_judged_as_all_pairs_are(void **state) {
    static const char *const texts[] = {"公司从事疫苗研发",  "公司从事疫苗研发。", "公司从事抗体研发",
                                        "vaccine",           "vaccines",           "",
                                        "公司从事疫苗的研发"};
    enum { N = COUNT_OF(texts) };
    sectag_shingles s = {0};
    sectag_key_set sets[N];
    sectag_near near;
    (void)state;
    for (size_t i = 0; i < N; i++)
        assert_int_equal(sectag_shingles_add(&s, texts[i], strlen(texts[i]), NULL), 0);
    for (size_t i = 0; i < N; i++) sets[i] = sectag_shingles_set(&s, i);
    for (double j = 0.2; j <= 1; j += 0.2) {
        sectag_near_init(&near);
        assert_int_equal(sectag_near_find(sets, N, j, &near, NULL), 0);
        for (size_t a = 0; a < N; a++)
            for (size_t b = 0; b < N; b++) {
                int linked = 0;
                for (size_t k = near.off[a]; k < near.off[a + 1]; k++) linked |= near.near[k] == b;
                if (a != b) assert_int_equal(linked, sectag_jaccard(sets[a], sets[b]) >= j);
            }
        sectag_near_release(&near);
    }
    assert_true(sectag_jaccard(sets[0], sets[0]) >= 1);
    assert_true(sectag_jaccard(sets[5], sets[5]) <= 0);
    sectag_shingles_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_asked_clause_is_not_among_them),
        cmocka_unit_test(the_most_similar_stand_first),
        cmocka_unit_test(figures_make_no_difference),
        cmocka_unit_test(one_pair_is_judged_as_all_pairs_are),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
