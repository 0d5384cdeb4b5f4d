/* Labelled clauses as people keep them; a bad line is named and costs only itself. */
#include "tests/suite.h"

#include "training/corpus.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static sectag_taxonomy areas;
static sectag_corpus corpus;
static sectag_err told[16];
static size_t n_told;

static int make(void **state) {
    static const sectag_area list[] = {{"s", "vaccine", "", "", "", 1}, {"s", "antibody", "", "", "", 1}};
    for (size_t i = 0; i < COUNT_OF(list); i++)
        if (sectag_taxonomy_add(&areas, &list[i])) return -1;
    return suite_folder_make(state);
}

static int clean(void **state) {
    sectag_taxonomy_release(&areas);
    return suite_folder_remove(state);
}

static int begin(void **state) {
    (void)state;
    sectag_corpus_init(&corpus);
    n_told = 0;
    return 0;
}

static int end(void **state) {
    (void)state;
    sectag_corpus_release(&corpus);
    return 0;
}

static void tell(void *ctx, const sectag_err *err) {
    (void)ctx;
    if (n_told < COUNT_OF(told)) told[n_told++] = *err;
}

static int read_text(const char *name, const char *text, sectag_err *err) {
    return sectag_corpus_add_file(&corpus, &areas, suite_write_text(name, text), tell, NULL, err);
}

static void assert_text(sectag_text t, const char *expected) {
    assert_int_equal(t.len, strlen(expected));
    if (t.len) assert_memory_equal(sectag_corpus_text(&corpus, t), expected, t.len);
}

/* Example i has this text and these areas (bit 0: vaccine, bit 1: antibody). */
static void assert_example(size_t i, const char *text, unsigned bits) {
    assert_true(i < corpus.examples.len);
    const sectag_example *e = &corpus.examples.data[i];
    assert_text(e->text, text);
    for (size_t a = 0; a < 2; a++) assert_int_equal(sectag_example_has(&corpus, e, a), bits >> a & 1);
    assert_int_equal(e->labels, (bits & 1) + (bits >> 1));
}

static void assert_told(size_t i, uint64_t line, const char *why) {
    assert_true(i < n_told);
    assert_int_equal(told[i].code, SECTAG_EDATA);
    assert_int_equal(told[i].line, line);
    if (!strstr(told[i].msg, why)) fail_msg("\"%s\" does not say \"%s\"", told[i].msg, why);
    assert_non_null(strstr(told[i].file, suite_folder));
}

static void a_table_is_read(void **state) {
    (void)state;
    assert_int_equal(read_text("c.tsv",
                               "id\tdoc\tlang\tregister\tmore\tlabels\ttext\n"
                               "a\tplan\tzh\tpolicy\t?\tvaccine\t疫苗\n"
                               "b\t-\ten\tfiling\t?\t-\tnone of them\n"
                               "c\tplan\tzh\tpolicy\t?\tantibody,vaccine,antibody\t两者\n",
                               NULL),
                     0);
    assert_int_equal(corpus.examples.len, 3);
    assert_example(0, "疫苗", 1);
    assert_example(1, "none of them", 0);
    assert_example(2, "两者", 3);
    assert_text(corpus.examples.data[0].id, "a");
    assert_text(corpus.examples.data[1].lang, "en");
    assert_text(corpus.examples.data[2].reg, "policy");
    assert_text(corpus.examples.data[1].doc, "");
    assert_int_equal(corpus.examples.data[2].line, 4);
    assert_int_equal(n_told, 0);
}

static void windows_line_ends_and_a_mark_change_nothing(void **state) {
    (void)state;
    assert_int_equal(read_text("c.tsv", "\xEF\xBB\xBFlabels\ttext\r\nvaccine\t疫苗\r\n-\tx", NULL), 0);
    assert_int_equal(corpus.examples.len, 2);
    assert_example(0, "疫苗", 1);
    assert_example(1, "x", 0);
    assert_text(corpus.examples.data[0].id, "");
}

static void bad_lines_cost_only_themselves(void **state) {
    (void)state;
    assert_int_equal(
        read_text("c.tsv",
                  "labels\ttext\nvaccine\tgood\nvacine\tmistyped\nvaccine\ttoo\tmany\n\tno labels\n"
                  "antibody,\tcomma\nvaccine\t\nvaccine\tb\xFF\nantibody\tlast\n",
                  NULL),
        0);
    assert_int_equal(corpus.examples.len, 2);
    assert_example(0, "good", 1);
    assert_example(1, "last", 2);
    assert_int_equal(corpus.examples.data[1].line, 9);
    assert_int_equal(n_told, 6);
    assert_told(0, 3, "unknown area \"vacine\"");
    assert_told(1, 4, "3 fields");
    assert_told(2, 5, "empty labels");
    assert_told(3, 6, "unknown area \"\"");
    assert_told(4, 7, "empty text");
    assert_told(5, 8, "invalid UTF-8");
    assert_int_equal(corpus.files.data[0].bad, 6);
    assert_int_equal(corpus.files.data[0].examples, 2);
    assert_int_equal(corpus.labels.len, 2); /* nothing of the bad lines is left */
}

static void json_lines_are_read(void **state) {
    (void)state;
    assert_int_equal(
        read_text("c.jsonl",
                  "{\"text\":\"疫苗\\t\\u75ab\",\"labels\":\"vaccine\",\"doc\":\"plan\",\"id\":\"a\"}\r\n\n"
                  "{\"labels\":[\"antibody\",\"vaccine\"],\"text\":\"x\",\"more\":7}\n"
                  "{\"labels\":[],\"text\":\"y\"}\n{\"labels\":\"-\",\"text\":\"z\"}",
                  NULL),
        0);
    assert_int_equal(n_told, 0);
    assert_int_equal(corpus.examples.len, 4);
    assert_example(0, "疫苗\t疫", 1);
    assert_example(1, "x", 3);
    assert_example(2, "y", 0);
    assert_example(3, "z", 0);
    assert_int_equal(corpus.examples.data[1].line, 3);
}

static void bad_json_lines_cost_only_themselves(void **state) {
    (void)state;
    assert_int_equal(
        read_text("c.ndjson",
                  "{\"text\":\"x\",\"labels\":\"-\"\n{\"labels\":\"-\"}\n{\"text\":7,\"labels\":\"-\"}\n"
                  "{\"text\":\"x\",\"labels\":[7]}\n[1]\n{\"text\":\"x\",\"labels\":\"vacine\"}\n"
                  "{\"text\":\"x\",\"labels\":[\"\"]}\n{\"text\":\"b\xFF\",\"labels\":\"-\"}\n"
                  "{\"text\":\"x\",\"labels\":\"a\\nb\"}\n{\"text\":\"ok\",\"labels\":\"vaccine\"}\n",
                  NULL),
        0);
    assert_int_equal(n_told, 9);
    assert_told(0, 1, "broken JSON");
    assert_told(1, 2, "\"text\" is missing");
    assert_told(2, 3, "not a string");
    assert_told(3, 4, "not a string");
    assert_told(4, 5, "missing");
    assert_told(5, 6, "unknown area \"vacine\"");
    assert_told(6, 7, "empty labels");
    assert_told(7, 8, "broken JSON");
    assert_told(8, 9, "unknown area \"a?b\"");
    assert_int_equal(corpus.examples.len, 1);
    assert_example(0, "ok", 1);
}

static void documents_of_different_files_are_different(void **state) {
    (void)state;
    assert_int_equal(read_text("c.tsv", "doc\tlabels\ttext\nplan\t-\tx\n", NULL), 0);
    assert_int_equal(read_text("d.tsv", "doc\tlabels\ttext\nplan\t-\ty\n", NULL), 0);
    const sectag_text a = corpus.examples.data[0].doc, b = corpus.examples.data[1].doc;
    assert_true(a.len > 0 && b.len > 0);
    assert_false(a.len == b.len &&
                 memcmp(sectag_corpus_text(&corpus, a), sectag_corpus_text(&corpus, b), a.len) == 0);
    assert_int_equal(corpus.files.len, 2);
}

static void a_file_is_known_by_its_digest(void **state) {
    static const char text[] = "labels\ttext\n-\tx\n";
    (void)state;
    assert_int_equal(read_text("c.tsv", text, NULL), 0);
    assert_true(corpus.files.data[0].digest == XXH3_64bits(text, sizeof text - 1));
    assert_string_equal(corpus.files.data[0].path, suite_path("c.tsv"));
}

static void files_that_are_no_corpus_are_refused(void **state) {
    sectag_err err = {0};
    (void)state;
    assert_int_equal(read_text("c.tsv", "id\ttext\na\tb\n", &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "\"labels\""));
    assert_int_equal(read_text("c.tsv", "id\tlabels\n", &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "\"text\""));
    assert_int_equal(read_text("c.tsv", "", &err), SECTAG_EDATA);
    assert_int_equal(sectag_corpus_add_file(&corpus, &areas, suite_path("none.tsv"), tell, NULL, &err),
                     SECTAG_EIO);
    assert_int_equal(sectag_corpus_add_file(&corpus, &areas, suite_path("none.jsonl"), NULL, NULL, &err),
                     SECTAG_EIO);
    assert_int_equal(corpus.examples.len, 0);
}

static void an_empty_json_file_has_no_clauses(void **state) {
    (void)state;
    assert_int_equal(read_text("c.jsonl", "", NULL), 0);
    assert_int_equal(corpus.examples.len, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_table_is_read),
        TEST(windows_line_ends_and_a_mark_change_nothing),
        TEST(bad_lines_cost_only_themselves),
        TEST(json_lines_are_read),
        TEST(bad_json_lines_cost_only_themselves),
        TEST(documents_of_different_files_are_different),
        TEST(a_file_is_known_by_its_digest),
        TEST(files_that_are_no_corpus_are_refused),
        TEST(an_empty_json_file_has_no_clauses),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
