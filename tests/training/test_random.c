#include "training/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The first outputs of the authors' splitmix64.c for the seed 1234567. */
static void splitmix_gives_the_published_sequence(void **state) {
    (void)state;
    uint64_t s = 1234567;
    assert_true(sectag_splitmix64(&s) == UINT64_C(6457827717110365317));
    assert_true(sectag_splitmix64(&s) == UINT64_C(3203168211198807973));
    assert_true(sectag_splitmix64(&s) == UINT64_C(9817491932198370423));
}

/* xoshiro256** by hand from the state 1, 2, 3, 4: rotl(2 * 5, 7) * 9 = 11520; then s[1] is 0 (1^2^3). */
static void xoshiro_gives_the_published_sequence(void **state) {
    (void)state;
    sectag_random r = {{1, 2, 3, 4}};
    assert_true(sectag_random_next(&r) == 11520);
    assert_true(sectag_random_next(&r) == 0);
    assert_true(sectag_random_next(&r) == 1509978240);
    assert_true(sectag_random_next(&r) == UINT64_C(1215971899390074240));
}

static void numbers_stay_in_range_and_fill_it_evenly(void **state) {
    (void)state;
    sectag_random r;
    unsigned count[7] = {0};
    sectag_random_init(&r, 5);
    for (int i = 0; i < 70000; i++) {
        uint64_t x = sectag_random_below(&r, 7);
        assert_true(x < 7);
        count[x]++;
        double u = sectag_random_unit(&r);
        assert_true(u >= 0 && u < 1);
    }
    for (int i = 0; i < 7; i++) assert_in_range(count[i], 9600, 10400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitmix_gives_the_published_sequence),
        cmocka_unit_test(xoshiro_gives_the_published_sequence),
        cmocka_unit_test(numbers_stay_in_range_and_fill_it_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
