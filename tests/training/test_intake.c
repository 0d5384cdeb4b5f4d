/* Files of corrections of all kinds, as slips. */
#include "tests/suite.h"

#include "training/intake.h"

/* What came in: slips as "line|text|labels|..." and complaints as "line: message". */
typedef struct inbox {
    char slip[16][512];
    char bad[16][320];
    size_t n, n_bad;
} inbox;

static inbox in;

static int take(void *ctx, const sectag_slip *s, sectag_err *err) {
    inbox *box = ctx;
    char *out = box->slip[box->n++];
    int at = snprintf(out, sizeof box->slip[0], "%llu", (unsigned long long)s->line);
    for (int i = 0; i < SECTAG_SLIP_FIELDS; i++)
        if (s->has[i])
            at += snprintf(out + at, sizeof box->slip[0] - (size_t)at, "|%.*s", (int)s->f[i].len,
                           s->f[i].data ? s->f[i].data : "");
    if (s->tool) (void)snprintf(out + at, sizeof box->slip[0] - (size_t)at, "|(%s)", s->tool);
    return sectag_field_is(s->f[SECTAG_SLIP_TEXT], "refuse me") ? sectag_err_set(err, SECTAG_EDATA, "refused")
                                                                : 0;
}

static void complain(void *ctx, const sectag_err *err) {
    inbox *box = ctx;
    (void)snprintf(box->bad[box->n_bad++], sizeof box->bad[0], "%llu: %s", (unsigned long long)err->line,
                   err->msg);
}

static int read_file(const char *name, const char *text, sectag_err *err) {
    memset(&in, 0, sizeof in);
    return sectag_intake_read(suite_write_text(name, text), take, &in, complain, &in, err);
}

static void read_text(const char *name, const char *text) {
    sectag_err err = {0};
    if (read_file(name, text, &err)) fail_msg("%s", err.msg);
}

static void a_table_is_read_by_column_names(void **state) {
    (void)state;
    read_text("t.csv", "Remark,Comment,TEXT,add,remove\nx,why,疫苗,vaccine,\n,,refuse me,,\n");
    assert_int_equal(in.n, 2);
    assert_string_equal(in.slip[0], "2|疫苗|vaccine||why");
    assert_int_equal(in.n_bad, 1);
    assert_string_equal(in.bad[0], "3: refused");
}

static void a_table_that_says_nothing_is_refused(void **state) {
    sectag_err err = {0};
    (void)state;
    assert_int_equal(read_file("t.csv", "doc,add\nx,y\n", &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "no column \"text\""));
    assert_int_equal(err.line, 1);
    assert_int_equal(read_file("t.csv", "text,doc\nx,y\n", &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "no column that corrects"));
    assert_int_equal(in.n, 0);
}

static void json_lines_have_the_same_keys(void **state) {
    (void)state;
    read_text("t.jsonl", "\n{\"text\":\"a\",\"add\":[\"vaccine\",\"ivd\"],\"clause\":7,\"doc\":null}\n"
                         "{\"text\":\"b\",\n{\"text\":\"c\",\"labels\":[]}\n[1]\n{\"text\":{\"x\":1.5}}");
    assert_int_equal(in.n, 2);
    assert_string_equal(in.slip[0], "2|a|7|vaccine,ivd");
    assert_string_equal(in.slip[1], "4|c|-");
    assert_int_equal(in.n_bad, 3);
    assert_non_null(strstr(in.bad[0], "3: broken JSON"));
    assert_non_null(strstr(in.bad[1], "5: not an object"));
    assert_non_null(strstr(in.bad[2], "6: \"text\""));
}

static void records_of_tag_carry_their_probabilities(void **state) {
    (void)state;
    read_text("t.jsonl",
              "{\"doc\":\"p.txt\",\"clause\":18,\"text\":\"a\",\"tags\":[{\"area\":\"vaccine\",\"p\":0.9,"
              "\"band\":\"accept\"},\"ivd\"],\"scores\":{}}\n");
    assert_string_equal(in.slip[0], "1|a|p.txt|18|vaccine,ivd|vaccine=0.900000");
}

static void doccano_labels_are_whole_sets(void **state) {
    (void)state;
    read_text("d.jsonl", "{\"id\":5,\"text\":\"a\",\"label\":[\"vaccine\"],\"Comments\":[]}\n"
                         "{\"id\":6,\"text\":\"b\",\"label\":[[0,5,\"vaccine\"]]}\n");
    assert_int_equal(in.n, 1);
    assert_string_equal(in.slip[0], "1|a|vaccine|(doccano)");
    assert_string_equal(in.bad[0], "2: a list of areas holds something else");
}

static const char studio[] =
    "[\n"
    " {\"id\":1,\"data\":{\"text\":\"a\",\"doc\":\"p.txt\"},\"annotations\":[\n"
    "   {\"completed_by\":{\"email\":\"anna@x\"},\"updated_at\":\"2026-01-02T03:04:05.5Z\",\n"
    "    \"result\":[{\"type\":\"choices\",\"value\":{\"choices\":[\"vaccine\",\"ivd\"]}}]},\n"
    "   {\"completed_by\":3,\"result\":[]},\n"
    "   {\"was_cancelled\":true,\"result\":[]}]},\n"
    " {\"id\":2,\"text\":\"b\",\"choices\":{\"choices\":[\"ivd\"]},\"annotator\":4,\"annotation_id\":9}\n"
    "]\n";

static void label_studio_gives_a_slip_an_annotation(void **state) {
    (void)state;
    read_text("ls.json", studio);
    assert_int_equal(in.n, 3);
    assert_int_equal(in.n_bad, 0);
    assert_string_equal(in.slip[0], "2|a|p.txt|vaccine,ivd|anna@x|2026-01-02T03:04:05.5Z|(Label Studio)");
    assert_string_equal(in.slip[1], "2|a|p.txt|-|annotator 3|(Label Studio)");
    assert_string_equal(in.slip[2], "7|b|ivd|4|(Label Studio)");
}

static void a_broken_array_keeps_what_stands_before(void **state) {
    (void)state;
    read_text("ls.json", "[{\"text\":\"a\",\"labels\":\"ivd\"},\n{\"text\": oops},\n{\"text\":\"c\"}]");
    assert_int_equal(in.n, 1);
    assert_int_equal(in.n_bad, 1);
    assert_non_null(strstr(in.bad[0], "2: broken JSON"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_by_column_names),
        cmocka_unit_test(a_table_that_says_nothing_is_refused),
        cmocka_unit_test(json_lines_have_the_same_keys),
        cmocka_unit_test(records_of_tag_carry_their_probabilities),
        cmocka_unit_test(doccano_labels_are_whole_sets),
        cmocka_unit_test(label_studio_gives_a_slip_an_annotation),
        cmocka_unit_test(a_broken_array_keeps_what_stands_before),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
