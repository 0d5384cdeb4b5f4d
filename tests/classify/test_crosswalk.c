#include "classify/crosswalk.h"
#include "tests/classify/tiny_model.h"
#include "tests/suite.h"

static const char filing_text[] = "某公司年度报告\n"
                                  "2024年4月30日\n"
                                  "一、疫苗业务\n"
                                  "公司的信使核糖核酸疫苗获得批签发。\n"
                                  "流感疫苗接种\n人数上升。\n"
                                  "本公司办公地址没有变更。\n"
                                  "二、抗体业务\n"
                                  "公司的双特异性抗体完成研发。\n";

static const char policy_text[] = "支持双特异性抗体研发。\n"
                                  "支持信使核糖核酸疫苗研发，扩大流感疫苗接种。\n"
                                  "规范狂犬病疫苗处置。\n"
                                  "加快玉米育种。\n";

typedef struct fixture {
    sectag_model model;
    sectag_screening filings, policies;
    sectag_crosswalk_options options;
    sectag_crosswalk crosswalk;
} fixture;

static void read_text(sectag_screening *s, const char *name, const char *text) {
    char path[256];
    char *operand = path;
    (void)snprintf(path, sizeof path, "%s", suite_write_text(name, text));
    assert_int_equal(sectag_screening_read(s, &operand, 1, &(sectag_screening_options){0}, NULL), 0);
}

static void set_up(fixture *f, int all) {
    memset(f, 0, sizeof *f);
    f->options = SECTAG_CROSSWALK_DEFAULTS;
    assert_int_equal(tiny_model_open(&f->model), 0);
    assert_int_equal(sectag_screening_init(&f->filings, &f->model, NULL, all, NULL), 0);
    assert_int_equal(sectag_screening_init(&f->policies, &f->model, NULL, 0, NULL), 0);
}

static void walk(fixture *f) {
    assert_int_equal(sectag_crosswalk_init(&f->crosswalk, &f->filings, &f->policies, &f->options, NULL), 0);
}

static void tear_down(fixture *f) {
    sectag_crosswalk_release(&f->crosswalk);
    sectag_screening_release(&f->filings);
    sectag_screening_release(&f->policies);
    sectag_model_release(&f->model);
}

/* The tag whose clause has `words`. */
static size_t tag_of(const sectag_screening *s, const char *words) {
    for (size_t t = 0; t < s->tags.len; t++) {
        sectag_piece text = sectag_screening_text(s, s->clauses.data[s->tags.data[t].clause].text);
        char copy[512] = {0};
        memcpy(copy, text.text, text.len < 511 ? text.len : 511);
        if (strstr(copy, words)) return t;
    }
    fail_msg("no tagged clause has %s", words);
    return 0;
}

static void tagged_clauses_are_kept_with_their_place(void **state) {
    (void)state;
    fixture f;
    set_up(&f, 0);
    read_text(&f.filings, "filing.txt", filing_text);
    const sectag_screening *s = &f.filings;
    assert_int_equal(s->docs.len, 1);
    assert_string_equal(s->docs.data[0].date, "2024-04-30");
    assert_int_equal(s->docs.data[0].title.len, strlen("某公司年度报告"));
    assert_true(s->docs.data[0].clauses > s->clauses.len);
    for (size_t i = 0; i < s->clauses.len; i++) {
        const sectag_screened_clause *c = &s->clauses.data[i];
        sectag_piece text = sectag_screening_text(s, c->text);
        assert_true(c->n_tags > 0);
        for (size_t k = 0; k < text.len; k++)
            assert_int_equal(filing_text[sectag_screening_origin(s, c, k)], text.text[k]);
    }
    const sectag_screened_clause *c = &s->clauses.data[s->tags.data[tag_of(s, "流感疫苗接种")].clause];
    assert_int_equal(s->paths.data[c->path].len, 1);
    tear_down(&f);
}

static void a_whole_document_is_kept_where_that_is_wanted(void **state) {
    (void)state;
    fixture f;
    set_up(&f, 1);
    read_text(&f.filings, "filing.txt", filing_text);
    assert_int_equal(f.filings.docs.data[0].clauses, f.filings.clauses.len);
    assert_int_equal(f.filings.docs.data[0].n, f.filings.clauses.len);
    uint64_t counted = 0;
    for (size_t b = 0; b < SECTAG_SCREENING_BINS; b++) counted += f.filings.bins[b];
    assert_int_equal(counted, f.filings.clauses.len);
    tear_down(&f);
}

static void filing_clauses_find_policy_clauses_of_their_area(void **state) {
    (void)state;
    fixture f;
    set_up(&f, 0);
    read_text(&f.filings, "filing.txt", filing_text);
    read_text(&f.policies, "policy.txt", policy_text);
    walk(&f);
    size_t tag = tag_of(&f.filings, "双特异性抗体"), first = f.crosswalk.first.data[tag];
    assert_int_equal(f.crosswalk.first.data[tag + 1] - first, 1);
    assert_int_equal(f.crosswalk.matches.data[first].policy_tag, tag_of(&f.policies, "双特异性抗体"));
    tag = tag_of(&f.filings, "信使核糖核酸");
    first = f.crosswalk.first.data[tag];
    assert_true(f.crosswalk.first.data[tag + 1] > first);
    const sectag_answer *best = &f.crosswalk.matches.data[first];
    assert_int_equal(best->policy_tag, tag_of(&f.policies, "信使核糖核酸"));
    assert_true(best->n_common > 0);
    sectag_piece filing =
        sectag_screening_text(&f.filings, f.filings.clauses.data[f.filings.tags.data[tag].clause].text);
    const sectag_common *c = &f.crosswalk.commons.data[best->common];
    assert_int_equal(c->filing_end - c->filing, strlen("信使核糖核酸疫苗"));
    assert_memory_equal(filing.text + c->filing, "信使核糖核酸疫苗", strlen("信使核糖核酸疫苗"));
    assert_memory_equal(policy_text + strlen("支持双特异性抗体研发。\n支持"), "信使核糖核酸疫苗",
                        strlen("信使核糖核酸疫苗"));
    assert_int_equal(c->policy, strlen("支持"));
    tear_down(&f);
}

static void policy_clauses_that_nothing_answers_to_stay_open(void **state) {
    (void)state;
    fixture f;
    set_up(&f, 0);
    f.options.least = 0.1;
    read_text(&f.filings, "filing.txt", filing_text);
    read_text(&f.policies, "policy.txt", policy_text);
    walk(&f);
    assert_true(sectag_crosswalk_answered(&f.crosswalk, &f.options, tag_of(&f.policies, "信使核糖核酸")));
    assert_false(sectag_crosswalk_answered(&f.crosswalk, &f.options, tag_of(&f.policies, "狂犬病")));
    size_t seed = tag_of(&f.policies, "玉米");
    assert_false(sectag_crosswalk_answered(&f.crosswalk, &f.options, seed));
    assert_int_equal(f.crosswalk.nearest[seed], SIZE_MAX);
    tear_down(&f);
}

/* The top few of many, against comparing all and sorting. */
static void the_best_few_are_the_best_few_of_all(void **state) {
    (void)state;
    fixture f;
    char text[8192] = "";
    set_up(&f, 0);
    for (int i = 0; i < 60; i++) {
        char line[128];
        (void)snprintf(line, sizeof line, "%s疫苗%s接种%s方案%d。\n", i % 3 ? "推广" : "支持流感",
                       i % 4 ? "" : "信使核糖核酸", i % 5 ? "" : "人数上升", i);
        strcat(text, line);
    }
    f.options.top = 7;
    read_text(&f.filings, "filing.txt", filing_text);
    read_text(&f.policies, "policy.txt", text);
    walk(&f);
    size_t tag = tag_of(&f.filings, "流感疫苗接种"), first = f.crosswalk.first.data[tag];
    assert_int_equal(f.crosswalk.first.data[tag + 1] - first, 7);
    sectag_answer few[7], *all;
    memcpy(few, f.crosswalk.matches.data + first, sizeof few);
    sectag_crosswalk_release(&f.crosswalk);
    f.options = (sectag_crosswalk_options){.top = 60, .least = 0};
    walk(&f);
    all = f.crosswalk.matches.data + f.crosswalk.first.data[tag];
    assert_int_equal(f.crosswalk.first.data[tag + 1] - f.crosswalk.first.data[tag], 60);
    for (size_t i = 0; i < 60; i++) {
        assert_true(i == 0 || all[i].score <= all[i - 1].score);
        if (i < 7) assert_int_equal(few[i].policy_tag, all[i].policy_tag);
    }
    tear_down(&f);
}

static void nothing_on_either_side_is_fine(void **state) {
    (void)state;
    fixture f;
    set_up(&f, 0);
    walk(&f);
    assert_int_equal(f.crosswalk.matches.len, 0);
    sectag_crosswalk_release(&f.crosswalk);
    read_text(&f.policies, "policy.txt", policy_text);
    walk(&f);
    assert_int_equal(f.crosswalk.matches.len, 0);
    tear_down(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tagged_clauses_are_kept_with_their_place),
        cmocka_unit_test(a_whole_document_is_kept_where_that_is_wanted),
        cmocka_unit_test(filing_clauses_find_policy_clauses_of_their_area),
        cmocka_unit_test(policy_clauses_that_nothing_answers_to_stay_open),
        cmocka_unit_test(the_best_few_are_the_best_few_of_all),
        cmocka_unit_test(nothing_on_either_side_is_fine),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
