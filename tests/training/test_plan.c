/* Slips to entries: what each kind of slip says, what is refused, what is recorded. */
#include "tests/training/scratch_workspace.h"

#include "training/plan.h"

static sectag_taxonomy areas;
static sectag_workspace *ws;
static sectag_plan plan;

enum { VACCINE, ANTIBODY, IVD };

/* "The model": tags every text with vaccine 0.9 and ivd 0.6. */
static int tags(void *ctx, const char *text, size_t len, sectag_saved_tags *out, sectag_err *err) {
    static const sectag_saved_tag_row rows[] = {{"vaccine", 0.9}, {"ivd", 0.6}};
    (void)ctx, (void)text, (void)len, (void)err;
    out->len = 0;
    for (size_t i = 0; i < 2; i++)
        if (sectag_array_push(out, rows[i])) return SECTAG_ENOMEM;
    return 0;
}

static void begin(int with_model) {
    sectag_plan_options o = {
        .ws = ws, .areas = &areas, .analyst = "anna", .time = SCRATCH_TIME, .tags = with_model ? tags : NULL};
    assert_int_equal(sectag_plan_init(&plan, &o, NULL), 0);
}

static sectag_slip slip(const char *text) {
    sectag_slip s = {.path = "t.csv", .line = 2};
    s.f[SECTAG_SLIP_TEXT] = (sectag_field){text, strlen(text)};
    s.has[SECTAG_SLIP_TEXT] = 1;
    return s;
}

static void set(sectag_slip *s, sectag_slip_field field, const char *value) {
    s->f[field] = (sectag_field){value, strlen(value)};
    s->has[field] = 1;
}

static int add(sectag_slip s, sectag_err *err) {
    return sectag_plan_add(&plan, &s, err);
}

/* The plan as "added vaccine, removed *". */
static const char *planned(void) {
    static char out[512];
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < plan.entries.len; i++) {
        const sectag_planned *e = &plan.entries.data[i];
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s %s", i ? ", " : "",
                               sectag_entry_word(e->verdict), plan.strings.data + e->area);
    }
    return out;
}

static void end(const char *expected) {
    assert_string_equal(planned(), expected);
    sectag_plan_release(&plan);
}

static void changes_are_taken_as_they_are(void **state) {
    sectag_slip s = slip("疫苗");
    (void)state;
    set(&s, SECTAG_SLIP_ADD, " Antibody；体外诊断 ");
    set(&s, SECTAG_SLIP_REMOVE, "vaccine");
    begin(1);
    assert_int_equal(add(s, NULL), 0);
    end("added antibody, added ivd, removed vaccine");
}

static void a_whole_set_is_compared_with_the_tags(void **state) {
    sectag_slip s = slip("疫苗");
    (void)state;
    set(&s, SECTAG_SLIP_LABELS, "vaccine,antibody");
    begin(1);
    assert_int_equal(add(s, NULL), 0);
    end("removed *, confirmed vaccine, added antibody, removed ivd");
    set(&s, SECTAG_SLIP_LABELS, "-");
    begin(0);
    assert_int_equal(add(s, NULL), 0);
    end("removed *");
    set(&s, SECTAG_SLIP_LABELS, "");
    begin(0);
    assert_int_equal(add(s, NULL), 0);
    assert_int_equal(plan.unchanged, 1); /* not answered */
    end("");
}

static void an_edited_row_gives_its_difference(void **state) {
    static const struct {
        const char *tags, *probabilities, *expected;
    } cases[] = {{"vaccine,ivd", "0.9,0.6", ""},
                 {"ivd, vaccine", "0.9,0.6", ""},
                 {"vaccine", "0.9,0.6", "removed ivd"},
                 {"", "0.9,0.6", "removed vaccine, removed ivd"},
                 {"-", "", "removed vaccine, removed ivd"},
                 {"vaccine;ivd;antibody", "0,9;0,6", "added antibody"},
                 {"vaccine ivd antibody", "0.90000;0.6", "added antibody"},
                 {"antibody", "so, what", "removed vaccine, added antibody, removed ivd"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sectag_slip s = slip("疫苗");
        set(&s, SECTAG_SLIP_TAGS, cases[i].tags);
        set(&s, SECTAG_SLIP_PROBABILITIES, cases[i].probabilities);
        begin(1);
        assert_int_equal(add(s, NULL), 0);
        end(cases[i].expected);
    }
}

static void a_row_of_another_model_is_refused(void **state) {
    static const char *const cases[] = {"0.95,0.6", "0.9", "0.9,0.6,0.5", "0,95;0,6"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sectag_slip s = slip("疫苗");
        sectag_err err;
        set(&s, SECTAG_SLIP_TAGS, "vaccine");
        set(&s, SECTAG_SLIP_PROBABILITIES, cases[i]);
        begin(1);
        assert_int_equal(add(s, &err), SECTAG_EDATA);
        assert_non_null(strstr(err.msg, "another model"));
        end("");
    }
}

static void json_tags_are_checked_by_what_they_carry(void **state) {
    sectag_slip s = slip("疫苗");
    (void)state;
    set(&s, SECTAG_SLIP_TAGS, "vaccine,antibody");
    set(&s, SECTAG_SLIP_PAIRS, "vaccine=0.900000");
    begin(1);
    assert_int_equal(add(s, NULL), 0);
    end("added antibody, removed ivd");
    set(&s, SECTAG_SLIP_PAIRS, "vaccine=0.700000");
    begin(1);
    assert_int_equal(add(s, NULL), SECTAG_EDATA);
    end("");
}

static void tags_as_written_need_neither_run_nor_model(void **state) {
    sectag_slip s = slip("疫苗");
    (void)state;
    set(&s, SECTAG_SLIP_TAGS, "vaccine");
    begin(0);
    assert_int_equal(add(s, NULL), SECTAG_EDATA);
    set(&s, SECTAG_SLIP_WRITTEN, "antibody");
    assert_int_equal(add(s, NULL), 0);
    end("added vaccine, removed antibody");
}

/* Saves a run of one document: clause 1 is `text`, tagged with antibody at p. */
static void save(const char *doc, const char *text, double p) {
    static const char model[] = "00000000000000aa";
    sectag_place place = {.number = 1};
    assert_int_equal(sectag_saved_run(ws, model, "0", SCRATCH_TIME, &place.run, NULL), 0);
    place.clause = scratch_clause(ws, text);
    assert_int_equal(sectag_workspace_begin(ws, NULL), 0);
    assert_int_equal(sectag_workspace_document(ws, doc, strlen(doc), &place.document, NULL), 0);
    assert_int_equal(sectag_saved_place(ws, &place, NULL), 0);
    assert_int_equal(sectag_saved_tag(ws, place.clause, model, "antibody", p, "accept", NULL), 0);
    assert_int_equal(sectag_workspace_commit(ws, NULL), 0);
}

static void a_saved_run_goes_before_the_model(void **state) {
    sectag_slip s = slip("the antibody");
    (void)state;
    save("a/plan.txt", "the antibody", 0.8);
    set(&s, SECTAG_SLIP_TAGS, "antibody,vaccine");
    set(&s, SECTAG_SLIP_PROBABILITIES, "0.8");
    begin(1);
    assert_int_equal(add(s, NULL), 0);
    assert_string_equal(plan.strings.data + plan.entries.data[0].doc, "a/plan.txt");
    end("added vaccine");
    set(&s, SECTAG_SLIP_PROBABILITIES, "0.9,0.6"); /* but this row the model wrote */
    begin(1);
    assert_int_equal(add(s, NULL), 0);
    end("added antibody, removed ivd");
}

static void a_clause_is_found_by_document_and_number(void **state) {
    sectag_slip s = slip("");
    sectag_err err;
    (void)state;
    save("a/plan.txt", "the antibody", 0.8);
    set(&s, SECTAG_SLIP_DOC, "plan.txt");
    set(&s, SECTAG_SLIP_CLAUSE, "1");
    set(&s, SECTAG_SLIP_ADD, "vaccine");
    begin(1);
    assert_int_equal(add(s, NULL), 0);
    assert_string_equal(plan.strings.data + plan.entries.data[0].text, "the antibody");
    set(&s, SECTAG_SLIP_CLAUSE, "2");
    assert_int_equal(add(s, &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "no saved run has clause 2 of plan.txt"));
    save("b/plan.txt", "another", 0.8);
    assert_int_equal(add(s, &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "2 saved documents"));
    set(&s, SECTAG_SLIP_CLAUSE, "one");
    assert_int_equal(add(s, &err), SECTAG_EDATA);
    end("added vaccine");
}

static void a_refused_slip_leaves_the_plan_as_it_was(void **state) {
    sectag_slip good = slip("a"), bad = slip("b"), empty = slip("  "), twice = slip("c"), late = slip("d");
    sectag_err err;
    (void)state;
    set(&good, SECTAG_SLIP_ADD, "vaccine");
    set(&bad, SECTAG_SLIP_ADD, "vaccine,vacine");
    set(&empty, SECTAG_SLIP_ADD, "vaccine");
    set(&twice, SECTAG_SLIP_ADD, "vaccine");
    set(&twice, SECTAG_SLIP_REMOVE, "vaccine");
    set(&late, SECTAG_SLIP_ADD, "vaccine");
    set(&late, SECTAG_SLIP_TIME, "tomorrow");
    begin(1);
    assert_int_equal(add(good, NULL), 0);
    assert_int_equal(add(bad, &err), SECTAG_EDATA);
    assert_string_equal(err.msg, "unknown area \"vacine\"");
    assert_int_equal(add(empty, NULL), SECTAG_EDATA);
    assert_int_equal(add(twice, NULL), SECTAG_EDATA);
    assert_int_equal(add(late, NULL), SECTAG_EDATA);
    assert_int_equal(add(slip("e"), NULL), SECTAG_EDATA);
    sectag_slip odd = slip("\xFF"
                           "f");
    set(&odd, SECTAG_SLIP_ADD, "vaccine");
    assert_int_equal(add(odd, &err), SECTAG_EDATA);
    assert_string_equal(err.msg, "invalid UTF-8");
    end("added vaccine");
}

/* ---- recording ---- */

static sectag_recorded record(void) {
    sectag_recorded done;
    sectag_err err = {0};
    if (sectag_plan_record(&plan, "t.csv", &done, &err)) fail_msg("%s", err.msg);
    sectag_plan_release(&plan);
    return done;
}

static sectag_slip entry(const char *id, const char *verdict, const char *withdraws) {
    sectag_slip s = slip("疫苗接种");
    set(&s, SECTAG_SLIP_AREA, "vaccine");
    set(&s, SECTAG_SLIP_VERDICT, verdict);
    set(&s, SECTAG_SLIP_ID, id);
    set(&s, SECTAG_SLIP_WITHDRAWS, withdraws);
    set(&s, SECTAG_SLIP_TIME, "2026-01-01T00:00:00Z");
    set(&s, SECTAG_SLIP_ANALYST, "ben");
    return s;
}

static void an_exported_ledger_is_recorded_once(void **state) {
    (void)state;
    for (int round = 0; round < 2; round++) {
        begin(0);
        assert_int_equal(add(entry("7", "added", ""), NULL), 0);
        assert_int_equal(add(entry("9", "withdrawn", "7"), NULL), 0);
        assert_int_equal(add(entry("10", "withdrawn", "8"), NULL), SECTAG_EDATA); /* 8 is not in the file */
        assert_int_equal(add(entry("11", "doubted", ""), NULL), SECTAG_EDATA);
        sectag_recorded done = record();
        assert_int_equal(done.entries, round == 0);
        assert_int_equal(done.withdrawn, round == 0);
        assert_int_equal(done.known, round == 0 ? 0 : 2);
        assert_true(round == 0 ? done.batch > 0 : done.batch == 0);
    }
}

static const char boilerplate[] =
    "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖全国各地。";
static const char alike[] =
    "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖全国。";
static const char alike_too[] =
    "公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖全省。";
static const char other[] = "本公司从事骨科植入物的研究、开发、生产与销售业务。";

static size_t take_along(const char *text) {
    sectag_slip s = slip(text);
    sectag_alikes alikes = {0};
    set(&s, SECTAG_SLIP_ADD, "antibody");
    begin(1);
    assert_int_equal(add(s, NULL), 0);
    assert_int_equal(sectag_plan_alike(&plan, SECTAG_SPREAD_JACCARD, &alikes, NULL), 0);
    assert_int_equal(sectag_plan_take_along(&plan, &alikes, NULL), 0);
    size_t n = alikes.found.len;
    sectag_alikes_release(&alikes);
    return n;
}

static void near_identical_clauses_take_the_correction(void **state) {
    (void)state;
    (void)scratch_clause(ws, alike);
    (void)scratch_clause(ws, alike_too);
    (void)scratch_clause(ws, other);
    assert_int_equal(take_along(boilerplate), 2);
    assert_int_equal(plan.entries.len, 3);
    assert_string_equal(plan.strings.data + plan.entries.data[1].text, alike);
    assert_int_equal(plan.entries.data[2].from, 0);
    sectag_recorded done = record();
    assert_int_equal(done.entries, 1);
    assert_int_equal(done.spread, 2);
}

static void what_was_said_of_a_clause_itself_stays(void **state) {
    (void)state;
    (void)scratch_correct(ws, alike, "antibody", SECTAG_REMOVED, "ben", SCRATCH_TIME);
    assert_int_equal(take_along(boilerplate), 1);
    end("added antibody");
}

static int each_setup(void **state) {
    (void)state;
    ws = scratch_new();
    return 0;
}

static int each_teardown(void **state) {
    (void)state;
    sectag_workspace_free(ws);
    return 0;
}

static int setup(void **state) {
    static const sectag_area known[] = {{"s", "vaccine", "疫苗", "Vaccines", "", 1},
                                        {"s", "antibody", "抗体药物", "Antibody drugs", "", 1},
                                        {"s", "ivd", "体外诊断", "In vitro diagnostics", "", 1}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (sectag_taxonomy_add(&areas, &known[i])) return -1;
    return suite_folder_make(state);
}

static int teardown(void **state) {
    sectag_taxonomy_release(&areas);
    return suite_folder_remove(state);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, each_setup, each_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(changes_are_taken_as_they_are),
        CASE(a_whole_set_is_compared_with_the_tags),
        CASE(an_edited_row_gives_its_difference),
        CASE(a_row_of_another_model_is_refused),
        CASE(json_tags_are_checked_by_what_they_carry),
        CASE(tags_as_written_need_neither_run_nor_model),
        CASE(a_saved_run_goes_before_the_model),
        CASE(a_clause_is_found_by_document_and_number),
        CASE(a_refused_slip_leaves_the_plan_as_it_was),
        CASE(an_exported_ledger_is_recorded_once),
        CASE(near_identical_clauses_take_the_correction),
        CASE(what_was_said_of_a_clause_itself_stays),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
