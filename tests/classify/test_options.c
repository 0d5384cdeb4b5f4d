/* The command line: all spellings, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/options.h"

#include <string.h>

typedef struct values {
    const char *text;
    int flag, other;
    size_t count;
    double real;
    size_t part;
} values;

static const sectag_option table[] = {
    {"format", 'f', SECTAG_OPTION_TEXT, offsetof(values, text), "NAME", "a text"},
    {"all", 'a', SECTAG_OPTION_FLAG, offsetof(values, flag), NULL, "a flag"},
    {"scores", 's', SECTAG_OPTION_FLAG, offsetof(values, other), NULL, "another flag"},
    {"jobs", 'j', SECTAG_OPTION_COUNT, offsetof(values, count), "N", "a count"},
    {"cost", 0, SECTAG_OPTION_REAL, offsetof(values, real), "X", "a number"},
    {"then", 't', SECTAG_OPTION_PART, offsetof(values, part), NULL, "parts operands"},
};
static const sectag_usage usage = {"try", "[FILE]...", "Tries.", "sectag try x", table, 6, 3};

static char *argv[16];
static size_t n;
static values v;
static sectag_err err;

/* Parses the words of a line. The line must not be a literal. */
static int parse(char *line) {
    int argc = 0;
    argv[argc++] = line;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) argv[argc++] = word;
    v = (values){.text = "default", .count = 7};
    sectag_err_clear(&err);
    return sectag_options_parse(&usage, &v, argc, argv, &n, &err);
}

#define PARSE(s) parse((char[]){s})

static void takes_every_spelling_of_a_value(void **state) {
    (void)state;
    assert_int_equal(PARSE("--format=csv --jobs 3 --cost=-1.5"), 0);
    assert_string_equal(v.text, "csv");
    assert_int_equal(v.count, 3);
    assert_true(v.real == -1.5);
    assert_int_equal(PARSE("-f tsv -j4"), 0);
    assert_string_equal(v.text, "tsv");
    assert_int_equal(v.count, 4);
    assert_int_equal(PARSE("--format="), 0);
    assert_string_equal(v.text, "");
}

static void keeps_what_is_not_given(void **state) {
    (void)state;
    assert_int_equal(PARSE("x"), 0);
    assert_string_equal(v.text, "default");
    assert_int_equal(v.count, 7);
    assert_int_equal(v.flag, 0);
}

static void takes_flags_together_and_a_value_behind_them(void **state) {
    (void)state;
    assert_int_equal(PARSE("-asj9"), 0);
    assert_true(v.flag && v.other);
    assert_int_equal(v.count, 9);
}

static void a_part_tells_where_it_stands_among_the_operands(void **state) {
    (void)state;
    assert_int_equal(PARSE("one two"), 0);
    assert_int_equal(v.part, 0);
    assert_int_equal(PARSE("one --then two --then three"), 0);
    assert_int_equal(v.part, 2);
    assert_int_equal(n, 3);
    assert_int_equal(PARSE("-t one"), 0);
    assert_int_equal(v.part, 1);
    assert_int_equal(PARSE("--then=x"), SECTAG_EARG);
}

static void finds_operands_anywhere(void **state) {
    (void)state;
    assert_int_equal(PARSE("one --all two -- --three"), 0);
    assert_int_equal(n, 3);
    assert_string_equal(argv[1], "one");
    assert_string_equal(argv[2], "two");
    assert_string_equal(argv[3], "--three");
    assert_int_equal(PARSE("-"), 0);
    assert_string_equal(argv[1], "-");
}

static void guesses_what_was_meant(void **state) {
    (void)state;
    assert_int_equal(PARSE("--fromat=csv"), SECTAG_EARG);
    assert_string_equal(err.msg, "unknown option --fromat (did you mean --format?)");
    assert_int_equal(PARSE("--jbos 2"), SECTAG_EARG);
    assert_non_null(strstr(err.msg, "--jobs"));
    assert_int_equal(PARSE("--zzzzzzzz"), SECTAG_EARG);
    assert_null(strstr(err.msg, "did you mean"));
    assert_int_equal(PARSE("-z"), SECTAG_EARG);
}

static void refuses_wrong_values(void **state) {
    static const char *const lines[] = {
        "--jobs x", "--jobs -1",    "--jobs 1x",  "--jobs=",   "--jobs 99999999999999999999999",
        "--cost x", "--cost=1e999", "--cost nan", "--all=yes", "--format",
        "a b c d"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char line[64];
        strcpy(line, lines[i]);
        assert_int_equal(parse(line), SECTAG_EARG);
        assert_true(err.msg[0] != '\0');
    }
}

static void help_names_every_option_and_the_example(void **state) {
    sectag_buf out = {0};
    (void)state;
    assert_int_equal(PARSE("x --help"), 1);
    assert_int_equal(PARSE("-h"), 1);
    assert_int_equal(sectag_options_help(&usage, &out), 0);
    for (size_t i = 0; i < usage.n_options; i++) assert_non_null(strstr(out.data, table[i].name));
    assert_non_null(strstr(out.data, "--help"));
    assert_non_null(strstr(out.data, "sectag try x"));
    sectag_buf_release(&out);
}

static void nearest_counts_a_swap_as_one_edit(void **state) {
    static const char *const names[] = {"tag", "train", "eval", "explain", "areas", "model"};
    (void)state;
    assert_string_equal(sectag_nearest("tga", names, 6), "tag");
    assert_string_equal(sectag_nearest("modle", names, 6), "model");
    assert_string_equal(sectag_nearest("explian", names, 6), "explain");
    assert_null(sectag_nearest("quux", names, 6));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_spelling_of_a_value),
        cmocka_unit_test(keeps_what_is_not_given),
        cmocka_unit_test(a_part_tells_where_it_stands_among_the_operands),
        cmocka_unit_test(takes_flags_together_and_a_value_behind_them),
        cmocka_unit_test(finds_operands_anywhere),
        cmocka_unit_test(guesses_what_was_meant),
        cmocka_unit_test(refuses_wrong_values),
        cmocka_unit_test(help_names_every_option_and_the_example),
        cmocka_unit_test(nearest_counts_a_swap_as_one_edit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
