/* Operating points: their table as a file, and thresholds against numbers that were worked out by hand or by
 * scipy 1.10.1 (hypergeom.cdf(k, 200, k + j, 100) > 0.05, tried for every j). */
#include "tests/classify/tiny_model.h"
#include "tests/suite.h"

#include "training/point.h"
#include "training/provenance.h"

#include <math.h>

static sectag_operating table;
static sectag_operating_rows rows;

/* An empty table of one area; rows are added most probable first. */
static void begin(size_t n_docs) {
    rows.len = 0;
    table = (sectag_operating){.n_areas = 1, .n_docs = n_docs, .n_clauses = n_docs, .area = &rows};
}

static void add(uint32_t ppm, uint32_t doc, int of_area) {
    assert_int_equal(sectag_array_push(&rows, ((sectag_operating_row){ppm, doc, (uint8_t)of_area})), 0);
}

static sectag_point recall(double target, double confidence) {
    sectag_point p;
    sectag_point_options o = {target, confidence, NULL};
    assert_int_equal(sectag_point_recall(&table, 0, &o, &p, NULL), 0);
    return p;
}

static sectag_point precision(double target, double confidence) {
    sectag_point p;
    sectag_point_options o = {target, confidence, NULL};
    assert_int_equal(sectag_point_precision(&table, 0, &o, &p, NULL), 0);
    return p;
}

static void near_to(double got, double expected) {
    if (!(fabs(got - expected) < 1e-9)) fail_msg("%.12g, expected %.12g", got, expected);
}

/* A hundred documents of one clause: with k missed, at most 4, 6, 8, 9, 11 of the next hundred are (k = 0 .. 4). */
static void a_hundred_documents_allow_three_misses_for_nine_in_ten(void **state) {
    (void)state;
    begin(100);
    for (uint32_t i = 0; i < 100; i++) add(900000 - 1000 * i, i, 1);
    sectag_point p = recall(0.9, 0.95);
    assert_true(p.promised);
    near_to(p.threshold, (900000 - 96 * 1000 - 0.5) / 1e6); /* the 97th is still found */
    near_to(p.reached, 0.97);
    near_to(p.effective, 100);
    assert_int_equal(p.clauses, 100);
    assert_int_equal(p.docs, 100);
    double estimate, at_least;
    assert_int_equal(sectag_point_recalled(&table, 0, p.threshold, 0.95, &estimate, &at_least, NULL), 0);
    near_to(estimate, 0.97);
    near_to(at_least, 0.91);
    p = recall(0.96, 0.95); /* without a miss: four of the next hundred */
    assert_true(p.promised);
    near_to(p.reached, 1);
}

static void what_cannot_be_promised_says_how_many_more(void **state) {
    (void)state;
    begin(10);
    for (uint32_t i = 0; i < 10; i++) add(900000 - 1000 * i, i, 1);
    sectag_point p = recall(0.9, 0.95);
    assert_false(p.promised);
    assert_int_equal(p.more, 30);               /* 40 clauses: at most 4 of the next 40 */
    assert_int_equal(p.more_docs, 30);          /* of one clause each */
    near_to(p.reached, 0.9);                    /* the estimate is given all the same */
    near_to(p.threshold, (892000 - 0.5) / 1e6); /* the ninth */
}

/* Ten documents of four clauses are worth 40 / (1 + icc 3): icc 0.2 where it is less, 1 where documents are
 * found or missed as a whole. */
static void clauses_of_a_document_count_less(void **state) {
    (void)state;
    double estimate, at_least;
    begin(10);
    for (uint32_t i = 0; i < 40; i++) add(i < 28 ? 800000 : 100000, i / 4, 1);
    sectag_point p = recall(0.7, 0.5);
    near_to(p.reached, 1); /* at icc 1, three of ten missed do not do; at none, all of 25 count */
    near_to(p.effective, 25);
    assert_int_equal(sectag_point_recalled(&table, 0, 0.5, 0.4, &estimate, &at_least, NULL), 0);
    near_to(estimate, 0.7);
    near_to(at_least, 0.7); /* three of ten: four or more of the next ten are as likely as not */
}

static void equal_probabilities_go_together(void **state) {
    (void)state;
    begin(100);
    for (uint32_t i = 0; i < 100; i++) add(i < 90 ? 900000 : 300000, i, 1);
    sectag_point p = recall(0.9, 0.95); /* three may be missed, ten may not */
    near_to(p.reached, 1);
    near_to(p.threshold, (300000 - 0.5) / 1e6);
}

static void precision_goes_down_until_it_fails(void **state) {
    (void)state;
    begin(100);
    for (uint32_t i = 0; i < 100; i++) add(900000 - 1000 * i, i, i < 60 || i % 2);
    sectag_point p = precision(0.9, 0.95);
    assert_true(p.promised);
    assert_true(p.threshold < 0.842 && p.threshold > 0.8);
    assert_true(p.reached > 0.95);
    p = precision(0.99, 0.95);
    assert_false(p.promised);
    assert_int_equal(p.more_docs, p.more);
    assert_true(p.more > 0);
    begin(20);
    for (uint32_t i = 0; i < 20; i++) add(900000, i, 0);
    p = precision(0.9, 0.95);
    assert_false(p.promised);
    assert_int_equal(p.more, 0); /* it is not for want of clauses */
    near_to(p.threshold, 1);
}

static void a_half_of_the_documents_can_be_looked_at(void **state) {
    (void)state;
    uint8_t use[100];
    begin(100);
    for (uint32_t i = 0; i < 100; i++) add(900000 - 1000 * i, i, 1);
    for (int i = 0; i < 100; i++) use[i] = i >= 50;
    sectag_point p;
    sectag_point_options o = {0.9, 0.95, use};
    assert_int_equal(sectag_point_recall(&table, 0, &o, &p, NULL), 0);
    assert_int_equal(p.clauses, 50);
    assert_int_equal(p.docs, 50);
    o.target = 1;
    assert_int_equal(sectag_point_recall(&table, 0, &o, &p, NULL), SECTAG_EARG);
}

/* ---- the file ---- */

static void a_table_comes_back_as_it_was_written(void **state) {
    (void)state;
    sectag_model m;
    sectag_operating back = {0};
    sectag_buf path = {0}, json = {0};
    sectag_err err = {0};
    const char *model = suite_path("tiny.sectag");
    assert_int_equal(tiny_model_save(model), 0);
    assert_int_equal(sectag_model_open(&m, model, NULL), 0);
    double p[4] = {0.75, 0.01, 0.2, 0.031};
    uint8_t gold[4] = {1, 0, 0, 1};
    uint32_t doc[4] = {7, 7, UINT32_MAX, 3};
    size_t n = m.n_areas;
    double *all = calloc(4 * n, sizeof *all);
    uint8_t *of = calloc(4 * n, 1);
    assert_non_null(all);
    assert_non_null(of);
    for (size_t i = 0; i < 4; i++) all[i * n] = p[i], of[i * n] = gold[i];
    sectag_oof oof = {.n = 4, .n_areas = n, .p = all, .gold = of, .doc = doc};
    sectag_operating made = {0};
    assert_int_equal(sectag_operating_collect(&made, &oof, NULL), 0);
    sectag_model_id(&m, made.model);
    assert_int_equal(sectag_operating_path(model, &path), 0);
    assert_string_equal(path.data + strlen(path.data) - 20, "/tiny.operating.json");
    assert_int_equal(sectag_operating_open(&back, &m, model, &err), SECTAG_EIO);
    assert_int_equal(sectag_operating_write(&made, &m.taxonomy, &json), 0);
    assert_int_equal(sectag_file_save(path.data, json.data, json.len, NULL), 0);
    assert_int_equal(sectag_operating_open(&back, &m, model, &err), 0);
    assert_int_equal(back.n_docs, 3);
    assert_int_equal(back.n_clauses, 4);
    assert_int_equal(back.area[0].len, 3); /* the negative below the floor is gone */
    const sectag_operating_row expected[3] = {{750000, 0, 1}, {200000, 1, 0}, {31000, 2, 1}};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(back.area[0].data[i].ppm, expected[i].ppm);
        assert_int_equal(back.area[0].data[i].doc, expected[i].doc);
        assert_int_equal(back.area[0].data[i].of_area, expected[i].of_area);
    }
    sectag_operating_release(&back);
    char *id = strstr(json.data, made.model);
    id[0] = id[0] == '0' ? '1' : '0';
    assert_int_equal(sectag_file_save(path.data, json.data, json.len, NULL), 0);
    assert_int_equal(sectag_operating_open(&back, &m, model, &err), SECTAG_EDATA);
    assert_non_null(strstr(err.msg, "does not belong"));
    assert_int_equal(sectag_file_save(path.data, json.data, json.len / 2, NULL), 0);
    assert_int_equal(sectag_operating_open(&back, &m, model, &err), SECTAG_EDATA);
    sectag_operating_release(&made);
    sectag_buf_release(&path);
    sectag_buf_release(&json);
    sectag_model_release(&m);
    free(all);
    free(of);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_documents_allow_three_misses_for_nine_in_ten),
        cmocka_unit_test(what_cannot_be_promised_says_how_many_more),
        cmocka_unit_test(clauses_of_a_document_count_less),
        cmocka_unit_test(equal_probabilities_go_together),
        cmocka_unit_test(precision_goes_down_until_it_fails),
        cmocka_unit_test(a_half_of_the_documents_can_be_looked_at),
        cmocka_unit_test_setup_teardown(a_table_comes_back_as_it_was_written, suite_folder_make, suite_folder_remove),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(rows.data);
    return failed;
}
