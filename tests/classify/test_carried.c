/* The columns of tables that go along: their order, and their names beside our own. */
#include "tests/suite.h"

#include "classify/carried.h"

static void add(sectag_carried *c, const char *const *names, size_t n) {
    sectag_cell cells[8];
    for (size_t i = 0; i < n; i++) cells[i] = (sectag_cell){.name = names[i], .name_len = strlen(names[i])};
    assert_int_equal(sectag_carried_add(c, cells, n), 0);
}

static void assert_heads(const sectag_carried *c, const char *expected) {
    sectag_buf got = {0};
    for (size_t i = 0; i < c->list.len; i++)
        assert_int_equal(sectag_buf_addf(&got, "%s|", c->list.data[i].head), 0);
    assert_string_equal(got.data, expected);
    sectag_buf_release(&got);
}

static void columns_stand_in_the_order_of_the_table_though_cells_are_missing(void **state) {
    sectag_carried c = {0};
    (void)state;
    add(&c, (const char *const[]){"number", "year"}, 2);
    add(&c, (const char *const[]){"number", "place", "year"}, 3);
    add(&c, (const char *const[]){"place", "year", "note"}, 3);
    assert_heads(&c, "number|place|year|note|");
    add(&c, (const char *const[]){"other"}, 1); /* of another table */
    add(&c, (const char *const[]){"num"}, 1);   /* begins as a name that is there */
    assert_heads(&c, "number|place|year|note|other|num|");
    sectag_carried_release(&c);
}

static void names_of_our_own_and_of_corrections_are_told_apart(void **state) {
    sectag_carried c = {0};
    (void)state;
    add(&c, (const char *const[]){"Labels", "text", "texts", "vaccine.p"}, 4);
    assert_heads(&c, "Labels (table)|text (table)|texts|vaccine.p (table)|");
    assert_string_equal(c.list.data[0].name, "Labels");
    sectag_carried_release(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_stand_in_the_order_of_the_table_though_cells_are_missing),
        cmocka_unit_test(names_of_our_own_and_of_corrections_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
