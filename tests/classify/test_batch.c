/* From document to JSONL: every record of real documents is a JSON object that says what the reader gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/batch.h"
#include "classify/document.h"
#include "tests/classify/tiny_model.h"

#include <jansson.h>

static sectag_model model;

/* A document's way through one batch at a time; `given` are its records as JSON. */
typedef struct flow {
    sectag_batch batch;
    sectag_tagger tagger;
    sectag_writer writer;
    json_t *given;
    size_t records, tagged;
} flow;

/* Checks each line that the batch wrote against what was given in. */
static void check_lines(flow *f) {
    size_t at = 0, index;
    json_t *given;
    json_array_foreach(f->given, index, given) {
        const char *line = f->batch.out.data + at, *feed = memchr(line, '\n', f->batch.out.len - at);
        assert_non_null(feed);
        json_t *record = json_loadb(line, (size_t)(feed - line), JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(record);
        assert_true(json_equal(json_object_get(record, "text"), json_object_get(given, "text")));
        assert_true(json_equal(json_object_get(record, "clause"), json_object_get(given, "clause")));
        assert_true(json_equal(json_object_get(record, "heading"), json_object_get(given, "heading")));
        assert_int_equal(json_object_size(json_object_get(record, "scores")), model.n_areas);
        f->tagged += json_array_size(json_object_get(record, "tags")) > 0;
        json_decref(record);
        at = (size_t)(feed + 1 - f->batch.out.data);
    }
    assert_int_equal(at, f->batch.out.len);
}

static void flush(flow *f) {
    assert_int_equal(sectag_batch_run(&f->batch, &f->tagger, &f->writer, 1, NULL), 0);
    assert_int_equal(f->batch.printed, json_array_size(f->given));
    check_lines(f);
    assert_int_equal(f->batch.totals.clauses, json_array_size(f->given));
    json_array_clear(f->given);
    f->batch.clauses.len = 0;
}

static int on_record(void *ctx, const sectag_record *r, sectag_err *err) {
    flow *f = ctx;
    json_t *path = json_array();
    if (json_array_size(f->given) == 0) assert_int_equal(sectag_batch_reset(&f->batch, r->doc, err), 0);
    assert_int_equal(sectag_batch_add(&f->batch, r, err), 0);
    for (size_t i = 0; i < r->n_heading; i++)
        json_array_append_new(path, json_stringn(r->heading[i].text, r->heading[i].len));
    json_array_append_new(f->given, json_pack("{s:s%, s:I, s:o}", "text", r->text.text, r->text.len, "clause",
                                              (json_int_t)r->clause, "heading", path));
    f->records++;
    if (sectag_batch_is_full(&f->batch)) flush(f);
    return 0;
}

static void every_record_is_json_and_says_what_was_read(void **state) {
    static const char *const paths[] = {"tests/data/sample/plan-zh.txt",
                                        "tests/data/sample/prospectus-zh.txt",
                                        "tests/data/sample/annual-report-en.txt"};
    flow f = {.writer = {.format = &sectag_format_jsonl, .taxonomy = &model.taxonomy, .scores = 1},
              .given = json_array()};
    (void)state;
    assert_int_equal(sectag_batch_init(&f.batch, model.n_areas, NULL), 0);
    assert_int_equal(sectag_tagger_init(&f.tagger, &model, NULL), 0);
    sectag_document *d = sectag_document_new(&(sectag_document_options){.ctx = &f, .record = on_record});
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_int_equal(sectag_document_read(d, paths[i], NULL), 0);
        if (json_array_size(f.given)) flush(&f);
    }
    assert_true(f.records > 100 && f.tagged > 5);
    sectag_document_free(d);
    sectag_tagger_release(&f.tagger);
    sectag_batch_release(&f.batch);
    json_decref(f.given);
}

static void tags_are_in_the_order_of_their_probability(void **state) {
    sectag_batch b;
    sectag_tagger t;
    sectag_writer w = {.format = &sectag_format_tsv, .taxonomy = &model.taxonomy};
    const char *text = "育种和疫苗接种";
    sectag_record r = {.clause = 1, .text = {text, strlen(text)}};
    (void)state;
    assert_int_equal(sectag_batch_init(&b, model.n_areas, NULL), 0);
    assert_int_equal(sectag_tagger_init(&t, &model, NULL), 0);
    assert_int_equal(sectag_batch_reset(&b, (sectag_piece){"x", 1}, NULL), 0);
    assert_int_equal(sectag_batch_add(&b, &r, NULL), 0);
    assert_int_equal(sectag_batch_run(&b, &t, &w, 0, NULL), 0);
    assert_int_equal(b.printed, 1);
    assert_non_null(strstr(b.out.data, "\tvaccine,seed-breeding\t"));
    assert_int_equal(b.totals.area[TINY_VACCINE], 1);
    sectag_tagger_release(&t);
    sectag_batch_release(&b);
}

static void a_batch_that_keeps_has_the_verdicts_of_every_clause(void **state) {
    static const char *const texts[] = {"疫苗接种", "今天", "育种"};
    sectag_batch b;
    sectag_tagger t;
    sectag_writer w = {.format = &sectag_format_tsv, .taxonomy = &model.taxonomy};
    (void)state;
    assert_int_equal(sectag_batch_init(&b, model.n_areas, NULL), 0);
    b.keep = 1;
    assert_int_equal(sectag_tagger_init(&t, &model, NULL), 0);
    assert_int_equal(sectag_batch_reset(&b, (sectag_piece){"x", 1}, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        sectag_record r = {.clause = i + 1, .text = {texts[i], strlen(texts[i])}};
        assert_int_equal(sectag_batch_add(&b, &r, NULL), 0);
    }
    assert_int_equal(sectag_batch_run(&b, &t, &w, 0, NULL), 0);
    assert_true(b.clauses.data[0].record.verdict[TINY_VACCINE].tagged);
    assert_false(b.clauses.data[1].record.verdict[TINY_VACCINE].tagged);
    assert_false(b.clauses.data[2].record.verdict[TINY_VACCINE].tagged);
    assert_true(b.clauses.data[2].record.verdict[TINY_SEED].tagged);
    sectag_tagger_release(&t);
    sectag_batch_release(&b);
}

static int open_model(void **state) {
    (void)state;
    return tiny_model_open(&model);
}

static int close_model(void **state) {
    (void)state;
    sectag_model_release(&model);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_is_json_and_says_what_was_read),
        cmocka_unit_test(tags_are_in_the_order_of_their_probability),
        cmocka_unit_test(a_batch_that_keeps_has_the_verdicts_of_every_clause),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
