/* The growable array: values kept over growth, sizes that overflow refused. */
#include "tests/suite.h"

#include "features/array.h"
#include "features/err.h"

static void values_survive_growth(void **state) {
    (void)state;
    SECTAG_ARRAY(uint32_t) a = {0};
    for (uint32_t i = 0; i < 10000; i++) assert_int_equal(sectag_array_push(&a, i * 7), 0);
    assert_int_equal(a.len, 10000);
    assert_true(a.cap >= a.len);
    for (uint32_t i = 0; i < 10000; i++) assert_int_equal(a.data[i], i * 7);
    free(a.data);
}

static void reserved_room_is_not_moved(void **state) {
    (void)state;
    SECTAG_ARRAY(uint64_t) a = {0};
    assert_int_equal(sectag_array_reserve(&a, 1000), 0);
    const uint64_t *before = a.data;
    assert_int_equal(a.len, 0);
    for (uint64_t i = 0; i < 1000; i++) assert_int_equal(sectag_array_push(&a, i), 0);
    assert_ptr_equal(a.data, before);
    free(a.data);
}

static void sizes_that_overflow_are_refused_and_change_nothing(void **state) {
    (void)state;
    SECTAG_ARRAY(uint64_t) a = {0};
    assert_int_equal(sectag_array_push(&a, 42u), 0);
    size_t cap = a.cap, huge[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 2, SIZE_MAX / sizeof(uint64_t) + 1};
    for (size_t i = 0; i < COUNT_OF(huge); i++) {
        assert_int_equal(sectag_array_reserve(&a, huge[i]), SECTAG_ENOMEM);
        assert_int_equal(sectag_array_grow(&a.data, &a.cap, huge[i], sizeof *a.data), SECTAG_ENOMEM);
        assert_int_equal(a.cap, cap);
        assert_int_equal(a.data[0], 42);
    }
    free(a.data);
}

static void allocation_checks_the_product(void **state) {
    (void)state;
    assert_null(sectag_alloc(SIZE_MAX / 4, 8));
    assert_null(sectag_zalloc(SIZE_MAX / 4, 8));
    void *none = sectag_alloc(0, 8), *zeros = sectag_zalloc(0, 0);
    assert_non_null(none);
    assert_non_null(zeros);
    free(none);
    free(zeros);
}

static void zalloc_gives_zeros(void **state) {
    (void)state;
    const unsigned char zero[4096] = {0};
    unsigned char *bytes = sectag_zalloc(sizeof zero, 1);
    assert_non_null(bytes);
    assert_memory_equal(bytes, zero, sizeof zero);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_survive_growth),
        cmocka_unit_test(reserved_room_is_not_moved),
        cmocka_unit_test(sizes_that_overflow_are_refused_and_change_nothing),
        cmocka_unit_test(allocation_checks_the_product),
        cmocka_unit_test(zalloc_gives_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
