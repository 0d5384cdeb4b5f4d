/* suite.h: what every cmocka suite starts from: cmocka with what it needs, and files in a folder that is gone
 * after the test. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "features/file.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* A test's own folder; suite_folder_make and suite_folder_remove are a test's (or a group's) setup and
 * teardown. */
static char suite_folder[] = "/tmp/sectag-test-XXXXXX";

static inline int suite_folder_make(void **state) {
    (void)state;
    memcpy(suite_folder + sizeof suite_folder - 7, "XXXXXX", 6);
    return mkdtemp(suite_folder) ? 0 : -1;
}

static inline int suite_folder_remove(void **state) {
    char command[64];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", suite_folder);
    return system(command);
}

/* The path of a file in the folder; good until the eighth next call. */
static inline const char *suite_path(const char *name) {
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s/%s", suite_folder, name);
    return path;
}

/* Writes a file into the folder and gives its path. */
static inline const char *suite_write(const char *name, const char *data, size_t len) {
    const char *path = suite_path(name);
    (void)unlink(path); /* a new file: writing over one waits for the disk */
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline const char *suite_write_text(const char *name, const char *text) {
    return suite_write(name, text, strlen(text));
}

/* Are two files the same bytes? */
static inline int suite_same_bytes(const char *a, const char *b) {
    sectag_file x, y;
    assert_int_equal(sectag_file_open(&x, a, NULL), 0);
    assert_int_equal(sectag_file_open(&y, b, NULL), 0);
    int same = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
    sectag_file_release(&x);
    sectag_file_release(&y);
    return same;
}

#endif
