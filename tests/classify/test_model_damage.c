/* A damaged model file is refused when it is opened: 1,000 truncations and 1,000 flipped bytes of a tiny
 * model and of the shipped one. */
#include "tests/suite.h"

#include "features/file.h"
#include "tests/classify/tiny_model.h"

#include <fcntl.h>

/* 1,000; fewer where every step costs fifty (valgrind): $SECTAG_DAMAGES. */
static size_t times(void) {
    const char *wanted = getenv("SECTAG_DAMAGES");
    return wanted && atoi(wanted) > 0 ? (size_t)atoi(wanted) : 1000;
}

static const char shipped[] = "models/default/default.sectag";

/* The file under test and how long it was when it was whole. */
static char path[64];
static size_t len;
static int fd = -1;

static int open_copy(const char *name) {
    (void)snprintf(path, sizeof path, "%s", suite_path(name));
    fd = open(path, O_RDWR | O_CREAT, 0600);
    return fd < 0 ? -1 : 0;
}

static int make_tiny(void **state) {
    if (suite_folder_make(state) || open_copy("tiny.sectag") || tiny_model_save(path)) return -1;
    (void)close(fd); /* saving put a new file in its place */
    fd = open(path, O_RDWR);
    len = (size_t)lseek(fd, 0, SEEK_END);
    return fd < 0 ? -1 : 0;
}

static int make_shipped(void **state) {
    sectag_file f;
    if (suite_folder_make(state) || open_copy("shipped.sectag") || sectag_file_open(&f, shipped, NULL))
        return -1;
    len = f.len;
    int rc = write(fd, f.data, len) == (ssize_t)len ? 0 : -1;
    sectag_file_release(&f);
    return rc;
}

static int clean(void **state) {
    (void)close(fd);
    return suite_folder_remove(state);
}

static int open_result(sectag_err *err) {
    sectag_model m;
    int rc = sectag_model_open(&m, path, err);
    if (rc == 0) sectag_model_release(&m);
    return rc;
}

static void assert_refused(void) {
    sectag_err err = {0};
    assert_int_equal(open_result(&err), SECTAG_EMODEL);
    assert_true(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL);
}

/* Flips bits of the byte at `where`; a second call with the same bits puts it back. */
static void flip(size_t where, unsigned char bits) {
    unsigned char byte;
    assert_int_equal(pread(fd, &byte, 1, (off_t)where), 1);
    byte ^= bits;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)where), 1);
}

static void files_with_a_flipped_byte_are_refused(void **state) {
    (void)state;
    for (size_t i = 0, n = times(); i < n; i++) {
        size_t where = len * i / n;
        unsigned char bits = (unsigned char)(1 + i % 255);
        flip(where, bits);
        assert_refused();
        flip(where, bits);
    }
}

static void the_file_itself_opens(void **state) {
    (void)state;
    assert_int_equal(open_result(NULL), 0);
}

/* Last of its group: the file only gets shorter. */
static void truncated_files_are_refused(void **state) {
    (void)state;
    for (size_t n = times(), i = n; i-- > 0;) {
        assert_int_equal(ftruncate(fd, (off_t)(len * i / n)), 0);
        assert_refused();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_with_a_flipped_byte_are_refused),
        cmocka_unit_test(the_file_itself_opens),
        cmocka_unit_test(truncated_files_are_refused),
    };
    int failed = cmocka_run_group_tests_name("tiny model", tests, make_tiny, clean);
    if (access(shipped, R_OK) == 0)
        failed += cmocka_run_group_tests_name("shipped model", tests, make_shipped, clean);
    else
        (void)fprintf(stderr, "%s: not there, skipped\n", shipped);
    return failed;
}
