/* Taxonomies: read from a table, in its order; what is no area is named by file and line. */
#include "tests/suite.h"

#include "features/buf.h"
#include "models/taxonomy.h"

#define HEADER "sector\tarea\tzh\ten\tcore\tdefinition\n"

static void a_table_is_read_in_its_order(void **state) {
    sectag_taxonomy t;
    (void)state;
    const char *path = suite_write_text("t.tsv", HEADER "bio\tvaccine\t疫苗\tVaccines\tyes\tAll vaccines.\n"
                                                        "agri\tseed-2\t种子\tSeeds\tno\t\n");
    assert_int_equal(sectag_taxonomy_open(&t, path, NULL), 0);
    assert_int_equal(t.areas.len, 2);
    const sectag_area *a = t.areas.data;
    assert_string_equal(a[0].sector, "bio");
    assert_string_equal(a[0].code, "vaccine");
    assert_string_equal(a[0].zh, "疫苗");
    assert_string_equal(a[0].en, "Vaccines");
    assert_string_equal(a[0].definition, "All vaccines.");
    assert_true(a[0].core && !a[1].core);
    assert_string_equal(a[1].definition, "");
    sectag_taxonomy_release(&t);
    assert_int_equal(t.areas.len, 0);
}

static void columns_are_found_by_name(void **state) {
    sectag_taxonomy t;
    (void)state;
    const char *path =
        suite_write_text("t.tsv", "core\tdefinition\tmore\ten\tzh\tarea\tsector\nno\td\t?\te\tz\tx1\ts\n");
    assert_int_equal(sectag_taxonomy_open(&t, path, NULL), 0);
    assert_string_equal(t.areas.data[0].code, "x1");
    assert_string_equal(t.areas.data[0].zh, "z");
    sectag_taxonomy_release(&t);
}

static void codes_are_found_whole(void **state) {
    sectag_taxonomy t;
    (void)state;
    const char *path = suite_write_text("t.tsv", HEADER "s\tab\t\t\tno\t\ns\tabc\t\t\tno\t\n");
    assert_int_equal(sectag_taxonomy_open(&t, path, NULL), 0);
    assert_int_equal(sectag_taxonomy_find(&t, "ab", 2), 0);
    assert_int_equal(sectag_taxonomy_find(&t, "abc", 3), 1);
    assert_int_equal(sectag_taxonomy_find(&t, "abcd", 4), -1);
    assert_int_equal(sectag_taxonomy_find(&t, "a", 1), -1);
    assert_int_equal(sectag_taxonomy_find(&t, "", 0), -1);
    sectag_taxonomy_release(&t);
}

static void assert_refused(const char *text, uint64_t line, const char *why) {
    sectag_taxonomy t;
    sectag_err err = {0};
    assert_int_equal(sectag_taxonomy_open(&t, suite_write_text("t.tsv", text), &err), SECTAG_EDATA);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.msg, why));
    assert_int_equal(t.areas.len, 0);
}

static void what_is_no_area_is_named_by_its_line(void **state) {
    (void)state;
    assert_refused(HEADER "s\tab\t\t\tno\t\ns\tab\t\t\tno\t\n", 3, "twice");
    assert_refused(HEADER "s\tAb\t\t\tno\t\n", 2, "a-z");
    assert_refused(HEADER "s\t\t\t\tno\t\n", 2, "a-z");
    assert_refused(HEADER "s\t-a\t\t\tno\t\n", 2, "a-z");
    assert_refused(HEADER "s\ta,b\t\t\tno\t\n", 2, "a-z");
    assert_refused(HEADER "\ns\tab\t\t\tmaybe\t\n", 3, "yes nor no");
    assert_refused(HEADER, 0, "no areas");
    assert_refused("sector\tarea\tzh\ten\tcore\n", 1, "\"definition\"");
}

static void there_is_a_limit(void **state) {
    sectag_buf text = {0};
    sectag_taxonomy t;
    (void)state;
    assert_int_equal(sectag_buf_adds(&text, HEADER), 0);
    for (int i = 0; i < SECTAG_AREAS_MAX; i++)
        assert_int_equal(sectag_buf_addf(&text, "s\ta%d\t\t\tno\t\n", i), 0);
    assert_int_equal(sectag_taxonomy_open(&t, suite_write_text("t.tsv", text.data), NULL), 0);
    sectag_taxonomy_release(&t);
    assert_int_equal(sectag_buf_adds(&text, "s\tone-more\t\t\tno\t\n"), 0);
    assert_refused(text.data, SECTAG_AREAS_MAX + 2, "too many");
    sectag_buf_release(&text);
}

static void an_added_area_is_copied(void **state) {
    sectag_taxonomy t = {0};
    char code[] = "vaccine";
    const sectag_area area = {"s", code, "z", "e", "d", 1};
    (void)state;
    assert_int_equal(sectag_taxonomy_add(&t, &area), 0);
    code[0] = 'x';
    assert_int_equal(sectag_taxonomy_find(&t, "vaccine", 7), 0);
    sectag_taxonomy_release(&t);
}

static void the_shipped_one_has_four_sectors(void **state) {
    sectag_taxonomy t;
    size_t cores = 0, sectors = 0;
    (void)state;
    assert_int_equal(sectag_taxonomy_open(&t, "models/taxonomy.tsv", NULL), 0);
    assert_int_equal(t.areas.len, 26);
    for (size_t i = 0; i < t.areas.len; i++) {
        const sectag_area *a = &t.areas.data[i];
        cores += a->core != 0;
        sectors += i == 0 || strcmp(a->sector, a[-1].sector) != 0;
        assert_true(a->zh[0] && a->en[0] && a->definition[0]);
    }
    assert_int_equal(sectors, 4);
    assert_true(cores > 0 && cores < t.areas.len);
    sectag_taxonomy_release(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_in_its_order),
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(codes_are_found_whole),
        cmocka_unit_test(what_is_no_area_is_named_by_its_line),
        cmocka_unit_test(there_is_a_limit),
        cmocka_unit_test(an_added_area_is_copied),
        cmocka_unit_test(the_shipped_one_has_four_sectors),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
