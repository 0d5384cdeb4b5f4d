#include "tests/suite.h"

#include "training/names.h"

static uint32_t number(sectag_names *t, const char *name) {
    uint32_t n = 999;
    assert_int_equal(sectag_names_number(t, name, strlen(name), &n), 0);
    return n;
}

static void equal_names_share_a_number_wherever_they_stand(void **state) {
    sectag_names t = {0};
    (void)state;
    assert_int_equal(number(&t, "x"), 0);
    assert_int_equal(number(&t, "y"), 1);
    assert_int_equal(number(&t, "x"), 0);
    assert_int_equal(number(&t, ""), 2);
    assert_int_equal(number(&t, "xy"), 3);
    assert_int_equal(number(&t, "y"), 1);
    assert_int_equal(t.n, 4);
    sectag_names_release(&t);
}

static void many_names_keep_their_numbers(void **state) {
    sectag_names t = {0};
    char name[16];
    (void)state;
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < 5000; i++) {
            (void)snprintf(name, sizeof name, "doc-%u", i);
            assert_int_equal(number(&t, name), i);
        }
    sectag_names_release(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_names_share_a_number_wherever_they_stand),
        cmocka_unit_test(many_names_keep_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
