/* The writers: what each format makes of hard text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/put.h"
#include "classify/writer.h"
#include "tests/classify/tiny_model.h"

#include <csv.h>
#include <jansson.h>

#define PIECE(s) ((sectag_piece){s, sizeof(s) - 1})
#define STATIC_PIECE(s)                                                                                      \
    { s, sizeof(s) - 1 }

static sectag_taxonomy taxonomy;
static const char hard[] =
    "“引号” \"quoted\", back\\slash,\ttab\nline <b>&amp; '单' \x01\x1F\x7F 😀 U+2028 \xE2\x80\xA8 end";

static const sectag_verdict verdicts[TINY_AREAS] = {{1.4249, 0.98312, 1, SECTAG_BAND_ACCEPT},
                                                    {0.1, 0.5, 1, SECTAG_BAND_REVIEW},
                                                    {-2, 0.00001, 0, 0},
                                                    {0, 0, 0, 0}};
static const uint32_t tags[] = {TINY_VACCINE, TINY_ANTIBODY};
static const sectag_piece headings[] = {STATIC_PIECE("三、重点任务"), STATIC_PIECE("（一）\"疫苗\"")};
static const sectag_span dropped[] = {{5130, 5135}, {5140, 5142}};

static sectag_record hard_record(void) {
    return (sectag_record){.doc = PIECE("a \"b\".txt"),
                           .clause = 17,
                           .page = 3,
                           .start = 5120,
                           .end = 18446744073709551615u,
                           .dropped = dropped,
                           .n_dropped = 2,
                           .heading = headings,
                           .n_heading = 2,
                           .text = {hard, sizeof hard - 1},
                           .verdict = verdicts,
                           .tag = tags,
                           .n_tags = 2};
}

static sectag_buf write_with(const char *format, const sectag_record *r, const uint8_t *shown, int scores) {
    sectag_buf out = {0};
    uint64_t area[TINY_AREAS] = {1, 1, 0, 0};
    sectag_totals totals = {.documents = 1, .clauses = 1, .tagged = 1, .area = area};
    sectag_writer w = {.format = sectag_format_find(format),
                       .taxonomy = &taxonomy,
                       .shown = shown,
                       .scores = scores,
                       .width = 40};
    assert_non_null(w.format);
    assert_int_equal(sectag_writer_begin(&w, &out), 0);
    assert_int_equal(sectag_writer_document(&w, r->doc, &out), 0);
    assert_int_equal(sectag_writer_record(&w, r, &out), 0);
    assert_int_equal(sectag_writer_end(&w, &totals, &out), 0);
    return out;
}

static void jsonl_is_the_contract_s_record(void **state) {
    sectag_record r = {.doc = PIECE("plan.pdf"),
                       .clause = 1,
                       .start = 0,
                       .end = 6,
                       .text = PIECE("疫苗"),
                       .verdict = verdicts,
                       .tag = tags,
                       .n_tags = 1,
                       .is_heading = 1};
    (void)state;
    sectag_buf out = write_with("jsonl", &r, NULL, 0);
    assert_string_equal(
        out.data,
        "{\"doc\":\"plan.pdf\",\"clause\":1,\"start\":0,\"end\":6,\"kind\":\"heading\",\"heading\":[],"
        "\"text\":\"疫苗\",\"tags\":[{\"area\":\"vaccine\",\"p\":0.9831,\"band\":\"accept\"}],\"point\":\"f1\"}\n");
    sectag_buf_release(&out);
}

static void jsonl_names_the_point_in_force(void **state) {
    static const int8_t promised[TINY_AREAS] = {1, 0, -1, -1};
    sectag_writer w = {.format = sectag_format_find("jsonl"),
                       .taxonomy = &taxonomy,
                       .point = "{\"recall\":\"0.9\"}",
                       .promised = promised};
    sectag_record r = hard_record();
    sectag_buf out = {0};
    (void)state;
    r.end = 5233;
    assert_int_equal(sectag_writer_record(&w, &r, &out), 0);
    json_t *all = json_loadb(out.data, out.len, 0, NULL), *list = json_object_get(all, "tags");
    assert_string_equal(json_string_value(json_object_get(json_object_get(all, "point"), "recall")), "0.9");
    for (size_t i = 0; i < r.n_tags; i++) {
        json_t *tag = json_object_get(json_array_get(list, i), "promised");
        int expected = promised[tags[i]];
        assert_true(expected < 0 ? !tag : expected ? json_is_true(tag) : json_is_false(tag));
    }
    json_decref(all);
    sectag_buf_release(&out);
}

static void jsonl_survives_hard_text(void **state) {
    sectag_record r = hard_record();
    (void)state;
    r.end = 5233;
    sectag_buf out = write_with("jsonl", &r, NULL, 1);
    json_error_t why;
    json_t *all = json_loadb(out.data, out.len, 0, &why);
    assert_non_null(all);
    assert_string_equal(json_string_value(json_object_get(all, "text")), hard);
    assert_string_equal(json_string_value(json_object_get(all, "doc")), "a \"b\".txt");
    assert_int_equal(json_integer_value(json_object_get(all, "page")), 3);
    assert_int_equal(json_array_size(json_object_get(all, "dropped")), 2);
    assert_int_equal(
        json_integer_value(json_array_get(json_array_get(json_object_get(all, "dropped"), 1), 1)), 5142);
    assert_int_equal(json_array_size(json_object_get(all, "heading")), 2);
    assert_int_equal(json_object_size(json_object_get(all, "scores")), TINY_AREAS);
    assert_null(json_object_get(all, "kind"));
    json_t *second = json_array_get(json_object_get(all, "tags"), 1);
    assert_string_equal(json_string_value(json_object_get(second, "band")), "review");
    assert_true(json_is_real(json_object_get(second, "p")));
    assert_true(memchr(out.data, '\n', out.len - 1) == NULL); /* one line */
    json_decref(all);
    sectag_buf_release(&out);
}

static void an_escape_is_seen_wherever_it_stands(void **state) {
    enum { LEN = 40 };
    static const char bytes[] = {'"', '\\', '\n', '\x01', '\x1F', '\x7F', ' ', '#', '[', ']', '!'};
    (void)state;
    for (size_t b = 0; b < sizeof bytes; b++)
        for (size_t at = 0; at < LEN; at++) {
            char text[LEN + 1] = {0};
            sectag_buf out = {0};
            memset(text, 'a', LEN);
            for (size_t i = 2; i < LEN; i += 3) memcpy(text + i - 2, "疫", 3);
            text[LEN - 1] = 'z';
            for (size_t i = at / 3 * 3; i < at / 3 * 3 + 3 && i < LEN; i++) text[i] = 'b';
            text[at] = bytes[b];
            assert_int_equal(sectag_put_json(&out, text, LEN), 0);
            json_t *read = json_loadb(out.data, out.len, JSON_DECODE_ANY, NULL);
            assert_non_null(read);
            assert_int_equal(json_string_length(read), LEN);
            assert_memory_equal(json_string_value(read), text, LEN);
            json_decref(read);
            sectag_buf_release(&out);
        }
}

static void areas_that_are_not_shown_have_no_scores(void **state) {
    static const uint8_t shown[TINY_AREAS] = {0, 1, 0, 0};
    sectag_record r = hard_record();
    (void)state;
    r.end = 1;
    sectag_buf out = write_with("jsonl", &r, shown, 1);
    json_t *all = json_loadb(out.data, out.len, 0, NULL);
    assert_int_equal(json_object_size(json_object_get(all, "scores")), 1);
    json_decref(all);
    sectag_buf_release(&out);
}

/* What libcsv reads back: fields and rows. */
typedef struct sheet {
    char fields[64][512];
    size_t n, rows;
} sheet;

static void on_field(void *field, size_t len, void *ctx) {
    sheet *s = ctx;
    assert_true(s->n < 64 && len < 512);
    memcpy(s->fields[s->n], field, len);
    s->fields[s->n++][len] = '\0';
}

static void on_row(int c, void *ctx) {
    (void)c;
    ((sheet *)ctx)->rows++;
}

static void csv_reads_back_what_was_written(void **state) {
    static sheet s;
    sectag_record r = hard_record();
    struct csv_parser parser;
    (void)state;
    sectag_buf out = write_with("csv", &r, NULL, 1);
    assert_memory_equal(out.data, "\xEF\xBB\xBF", 3);
    assert_int_equal(csv_init(&parser, CSV_STRICT), 0);
    assert_int_equal(csv_parse(&parser, out.data + 3, out.len - 3, on_field, on_row, &s), out.len - 3);
    assert_int_equal(csv_fini(&parser, on_field, on_row, &s), 0);
    csv_free(&parser);
    enum { COLUMNS = 10 + 2 * TINY_AREAS };
    assert_int_equal(s.rows, 2);
    assert_int_equal(s.n, 2 * COLUMNS);
    assert_string_equal(s.fields[0], "doc");
    assert_string_equal(s.fields[9], "text");
    assert_string_equal(s.fields[10], "vaccine.s");
    assert_string_equal(s.fields[COLUMNS + 0], "a \"b\".txt");
    assert_string_equal(s.fields[COLUMNS + 4], "18446744073709551615");
    assert_string_equal(s.fields[COLUMNS + 5], "三、重点任务 > （一）\"疫苗\"");
    assert_string_equal(s.fields[COLUMNS + 6], "vaccine,antibody");
    assert_string_equal(s.fields[COLUMNS + 7], "0.9831,0.5");
    assert_string_equal(s.fields[COLUMNS + 8], "accept,review");
    assert_string_equal(s.fields[COLUMNS + 9], hard);
    sectag_buf_release(&out);
}

static void tsv_has_as_many_tabs_in_every_line(void **state) {
    sectag_record r = hard_record();
    size_t tabs[4] = {0}, lines = 0;
    (void)state;
    sectag_buf out = write_with("tsv", &r, NULL, 0);
    for (size_t i = 0; i < out.len; i++) {
        if (out.data[i] == '\t') tabs[lines]++;
        if (out.data[i] == '\n') lines++;
    }
    assert_int_equal(lines, 2);
    assert_int_equal(tabs[0], 9);
    assert_int_equal(tabs[1], 9);
    sectag_buf_release(&out);
}

static void html_escapes_text_and_loads_nothing(void **state) {
    sectag_record r = hard_record();
    (void)state;
    r.text = PIECE("<script>alert('x')</script>");
    sectag_buf out = write_with("html", &r, NULL, 1);
    assert_null(strstr(out.data, "<script"));
    assert_non_null(strstr(out.data, "&lt;script&gt;alert(&#39;x&#39;)"));
    assert_non_null(strstr(out.data, "Seeds &amp; breeding"));
    assert_non_null(strstr(out.data, "default-src 'none'"));
    assert_null(strstr(out.data, "http://"));
    assert_null(strstr(out.data, "https://"));
    sectag_buf_release(&out);
}

static void text_without_colours_has_no_escapes(void **state) {
    sectag_record r = hard_record();
    (void)state;
    r.text = PIECE("支持\033[31m疫苗");
    sectag_buf out = write_with("text", &r, NULL, 0);
    assert_null(strchr(out.data, '\033'));
    assert_non_null(strstr(out.data, "vaccine 0.98"));
    assert_non_null(strstr(out.data, "antibody 0.50?"));
    sectag_buf_release(&out);
}

static void numbers_have_four_decimals_at_most_and_one_at_least(void **state) {
    static const struct {
        double x;
        const char *text;
    } cases[] = {{0, "0.0"},
                 {1, "1.0"},
                 {0.983, "0.983"},
                 {0.98312, "0.9831"},
                 {-1.42, "-1.42"},
                 {-0.00001, "0.0"},
                 {0.99995, "1.0"},
                 {0.0001, "0.0001"},
                 {12.5, "12.5"},
                 {1e300 * 1e300, "0.0"},
                 {-999999.12345, "-999999.1235"}};
    sectag_buf b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sectag_buf_clear(&b);
        assert_int_equal(sectag_put_number(&b, cases[i].x), 0);
        assert_string_equal(b.data, cases[i].text);
    }
    sectag_buf_release(&b);
}

static void repairs_every_ill_formed_byte(void **state) {
    sectag_buf b = {0};
    size_t bad = 0;
    (void)state;
    assert_int_equal(sectag_put_repaired(&b, "a\xFF\xE7\x96z\0\xC0", 7, &bad), 0);
    assert_int_equal(bad, 4);
    assert_memory_equal(b.data, "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\0\xEF\xBF\xBD", 15);
    sectag_buf_release(&b);
}

static int setup(void **state) {
    (void)state;
    return tiny_taxonomy(&taxonomy);
}

static int teardown(void **state) {
    (void)state;
    sectag_taxonomy_release(&taxonomy);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jsonl_is_the_contract_s_record),
        cmocka_unit_test(jsonl_names_the_point_in_force),
        cmocka_unit_test(jsonl_survives_hard_text),
        cmocka_unit_test(an_escape_is_seen_wherever_it_stands),
        cmocka_unit_test(areas_that_are_not_shown_have_no_scores),
        cmocka_unit_test(csv_reads_back_what_was_written),
        cmocka_unit_test(tsv_has_as_many_tabs_in_every_line),
        cmocka_unit_test(html_escapes_text_and_loads_nothing),
        cmocka_unit_test(text_without_colours_has_no_escapes),
        cmocka_unit_test(numbers_have_four_decimals_at_most_and_one_at_least),
        cmocka_unit_test(repairs_every_ill_formed_byte),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
