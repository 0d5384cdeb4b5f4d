/* The growable byte buffer: always terminated, contents kept when an append is refused. */
#include "tests/suite.h"

#include "features/buf.h"
#include "features/err.h"

static void appends_stand_one_behind_the_other(void **state) {
    (void)state;
    sectag_buf b = {0};
    assert_int_equal(sectag_buf_adds(&b, "疫苗"), 0);
    assert_int_equal(sectag_buf_addc(&b, ':'), 0);
    assert_int_equal(sectag_buf_addf(&b, "%d/%s", 12, "x"), 0);
    assert_int_equal(sectag_buf_add(&b, "tail", 2), 0);
    assert_string_equal(b.data, "疫苗:12/xta");
    assert_int_equal(b.len, strlen(b.data));
    sectag_buf_release(&b);
    assert_null(b.data);
    assert_int_equal(b.len + b.cap, 0);
}

static void it_is_terminated_at_every_length(void **state) {
    (void)state;
    sectag_buf b;
    sectag_buf_init(&b);
    for (size_t i = 0; i < 5000; i++) {
        assert_int_equal(sectag_buf_addc(&b, (char)('a' + i % 26)), 0);
        assert_true(b.len == i + 1 && b.cap > b.len && b.data[b.len] == '\0');
    }
    for (size_t i = 0; i < 5000; i++) assert_int_equal(b.data[i], 'a' + (int)(i % 26));
    sectag_buf_release(&b);
}

static void empty_appends_terminate_too(void **state) {
    (void)state;
    sectag_buf b = {0}, f = {0};
    assert_int_equal(sectag_buf_add(&b, NULL, 0), 0);
    assert_int_equal(sectag_buf_addf(&f, "%s", ""), 0);
    assert_string_equal(b.data, "");
    assert_string_equal(f.data, "");
    sectag_buf_release(&b);
    sectag_buf_release(&f);
}

static void zero_bytes_are_bytes(void **state) {
    (void)state;
    sectag_buf b = {0};
    assert_int_equal(sectag_buf_add(&b, "a\0b", 3), 0);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.data, "a\0b", 4);
    sectag_buf_release(&b);
}

static void clearing_keeps_the_room(void **state) {
    (void)state;
    sectag_buf b = {0};
    sectag_buf_clear(&b); /* of nothing */
    assert_int_equal(sectag_buf_adds(&b, "some text"), 0);
    size_t cap = b.cap;
    sectag_buf_clear(&b);
    assert_int_equal(b.len, 0);
    assert_int_equal(b.cap, cap);
    assert_string_equal(b.data, "");
    sectag_buf_release(&b);
}

static void sizes_that_overflow_are_refused_and_change_nothing(void **state) {
    (void)state;
    const size_t huge[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 5, SIZE_MAX / 2 + 1};
    sectag_buf b = {0}, empty = {0};
    assert_int_equal(sectag_buf_adds(&b, "kept"), 0);
    for (size_t i = 0; i < COUNT_OF(huge); i++) {
        assert_int_equal(sectag_buf_reserve(&b, huge[i]), SECTAG_ENOMEM);
        assert_int_equal(sectag_buf_add(&b, "x", huge[i]), SECTAG_ENOMEM);
        assert_int_equal(sectag_buf_reserve(&empty, huge[i]), SECTAG_ENOMEM);
    }
    assert_string_equal(b.data, "kept");
    assert_null(empty.data);
    sectag_buf_release(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_stand_one_behind_the_other),
        cmocka_unit_test(it_is_terminated_at_every_length),
        cmocka_unit_test(empty_appends_terminate_too),
        cmocka_unit_test(zero_bytes_are_bytes),
        cmocka_unit_test(clearing_keeps_the_room),
        cmocka_unit_test(sizes_that_overflow_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
