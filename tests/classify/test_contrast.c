/* The codebook's "is / is not" in sentences of our own, tagged by the shipped model (or by the one that
 * SECTAG_MODEL names). Every row that fails is printed; ALLOWED is how many the shipped model fails: it may
 * only go down.
 */
#include "tests/suite.h"

#include "classify/tagger.h"
#include "features/table.h"

enum { ALLOWED = 8 };

static const char default_model[] = "models/default/default.sectag", rows_path[] = "tests/data/contrast.tsv";

enum { ID, AREA, EXPECT, TEXT, COLUMNS };

/* One pass over the table. */
typedef struct contrast {
    sectag_model model;
    sectag_tagger tagger;
    sectag_table table;
    size_t column[COLUMNS];
    size_t rows, failed;
} contrast;

static void open_all(contrast *c, const char *model) {
    static const char *const names[COLUMNS] = {"id", "area", "expect", "text"};
    sectag_err err = {0};
    if (sectag_model_open(&c->model, model, &err)) fail_msg("%s: %s", model, err.msg);
    assert_int_equal(sectag_tagger_init(&c->tagger, &c->model, NULL), 0);
    assert_int_equal(sectag_table_open(&c->table, rows_path, NULL), 0);
    for (int i = 0; i < COLUMNS; i++)
        assert_int_equal(sectag_table_need(&c->table, names[i], &c->column[i], NULL), 0);
}

static void release_all(contrast *c) {
    sectag_table_release(&c->table);
    sectag_tagger_release(&c->tagger);
    sectag_model_release(&c->model);
}

static sectag_verdict verdict_on(contrast *c, sectag_field text, size_t area) {
    sectag_verdict *all = calloc(c->model.n_areas, sizeof *all);
    sectag_piece piece = {text.data, text.len};
    assert_non_null(all);
    assert_int_equal(sectag_tagger_run(&c->tagger, &piece, 1, all, NULL), 0);
    sectag_verdict v = all[area];
    free(all);
    return v;
}

static void try_row(contrast *c) {
    sectag_field f[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) f[i] = c->table.row.data[c->column[i]];
    int area = sectag_taxonomy_find(&c->model.taxonomy, f[AREA].data, f[AREA].len);
    int yes = sectag_field_is(f[EXPECT], "yes");
    if (area < 0 || (!yes && !sectag_field_is(f[EXPECT], "no")))
        fail_msg("%s:%llu: area or expectation unknown", rows_path, (unsigned long long)c->table.line);
    sectag_verdict v = verdict_on(c, f[TEXT], (size_t)area);
    c->rows++;
    if (v.tagged == yes) return;
    c->failed++;
    printf("%.*s\t%s\tp=%.3f\tthreshold=%.3f\t%.*s\n", (int)f[ID].len, f[ID].data, yes ? "yes" : "no",
           v.probability, c->model.area[area].threshold, (int)f[TEXT].len, f[TEXT].data);
}

static void the_model_tells_areas_from_their_neighbours(void **state) {
    (void)state;
    const char *named = getenv("SECTAG_MODEL"), *model = named && *named ? named : default_model;
    contrast c = {0};
    if (access(model, R_OK) != 0) {
        printf("skipped: there is no model at %s\n", model);
        skip();
    }
    open_all(&c, model);
    int rc;
    while ((rc = sectag_table_next(&c.table, NULL)) == 1) try_row(&c);
    assert_int_equal(rc, 0);
    printf("%zu rows, %zu failed, %d allowed\n", c.rows, c.failed, ALLOWED);
    release_all(&c);
    assert_true(c.rows > 0);
    assert_true(c.failed <= ALLOWED);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_model_tells_areas_from_their_neighbours)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
