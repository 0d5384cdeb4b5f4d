/* A damaged model file is refused when it is opened: 1,000 truncations, 1,000 flipped bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "features/file.h"
#include "tests/classify/tiny_model.h"

enum { TIMES = 1000 };

static char path[] = "/tmp/sectag-damage-XXXXXX";
static char *good, *bytes;
static size_t len;

static int make(void **state) {
    sectag_file f;
    (void)state;
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) || tiny_model_save(path) || sectag_file_open(&f, path, NULL)) return -1;
    len = f.len;
    good = malloc(len);
    bytes = malloc(len);
    if (!good || !bytes) return -1;
    memcpy(good, f.data, len);
    sectag_file_release(&f);
    return 0;
}

static int clean(void **state) {
    (void)state;
    free(good);
    free(bytes);
    return unlink(path);
}

static void assert_refused(const char *data, size_t n) {
    sectag_model m;
    sectag_err err = {0};
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(sectag_model_open(&m, path, &err), SECTAG_EMODEL);
    assert_true(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL);
}

static void truncated_files_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < TIMES; i++) assert_refused(good, len * i / TIMES);
}

static void files_with_a_flipped_byte_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < TIMES; i++) {
        memcpy(bytes, good, len);
        bytes[len * i / TIMES] ^= (char)(1 + i % 255);
        assert_refused(bytes, len);
    }
}

static void the_file_itself_opens(void **state) {
    sectag_model m;
    (void)state;
    assert_int_equal(tiny_model_save(path), 0);
    assert_int_equal(sectag_model_open(&m, path, NULL), 0);
    assert_int_equal(m.n_areas, TINY_AREAS);
    sectag_model_release(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated_files_are_refused),
        cmocka_unit_test(files_with_a_flipped_byte_are_refused),
        cmocka_unit_test(the_file_itself_opens),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
