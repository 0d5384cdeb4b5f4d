/* Whole files in and out: mapped, read from pipes, replaced or left as they were. */
#include "features/buf.h"
#include "tests/suite.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void a_file_is_mapped(void **state) {
    sectag_file f;
    (void)state;
    assert_int_equal(sectag_file_open(&f, suite_write("a.txt", "two\0lines\n", 10), NULL), 0);
    assert_int_equal(f.len, 10);
    assert_true(f.mapped);
    assert_memory_equal(f.data, "two\0lines\n", 10);
    sectag_file_release(&f);
    assert_null(f.data);
}

static void an_empty_file_has_no_bytes_but_data(void **state) {
    sectag_file f;
    (void)state;
    assert_int_equal(sectag_file_open(&f, suite_write_text("empty", ""), NULL), 0);
    assert_int_equal(f.len, 0);
    assert_non_null(f.data);
    sectag_file_release(&f);
}

static void assert_refused(const char *path, const char *why) {
    sectag_file f;
    sectag_err err = {0};
    assert_int_equal(sectag_file_open(&f, path, &err), SECTAG_EIO);
    assert_string_equal(err.file, path);
    assert_non_null(strstr(err.msg, why));
    assert_null(f.data);
    sectag_file_release(&f); /* harmless after a failure */
}

static void a_missing_file_is_named(void **state) {
    (void)state;
    assert_refused(suite_path("none"), "No such file");
}

static void a_folder_is_refused(void **state) {
    (void)state;
    assert_refused(suite_folder, "Is a directory");
}

enum { PIPED = 200000 };

static void *fill_pipe(void *path) {
    static char bytes[PIPED];
    for (size_t i = 0; i < PIPED; i++) bytes[i] = (char)('a' + i % 26);
    FILE *f = fopen(path, "wb");
    if (f) {
        (void)fwrite(bytes, 1, PIPED, f);
        (void)fclose(f);
    }
    return NULL;
}

static void a_pipe_is_read_to_its_end(void **state) {
    (void)state;
    char path[256];
    sectag_file f;
    pthread_t writer;
    (void)snprintf(path, sizeof path, "%s", suite_path("pipe"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pthread_create(&writer, NULL, fill_pipe, path), 0);
    assert_int_equal(sectag_file_open(&f, path, NULL), 0);
    assert_int_equal(pthread_join(writer, NULL), 0);
    assert_int_equal(f.len, PIPED);
    assert_false(f.mapped);
    for (size_t i = 0; i < PIPED; i += 997) assert_int_equal(f.data[i], 'a' + (int)(i % 26));
    sectag_file_release(&f);
}

/* sectag_file_fn: keeps what it is shown. */
static void keep(void *ctx, const char *bytes, size_t len) {
    assert_int_equal(sectag_buf_add(ctx, bytes, len), 0);
}

static void all_of_a_file_is_shown_before_it_is_used(void **state) {
    enum { LONG = 1000003 };
    (void)state;
    char *bytes = malloc(LONG);
    assert_non_null(bytes);
    for (size_t i = 0; i < LONG; i++) bytes[i] = (char)('a' + i % 23);
    for (size_t len = 1; len <= LONG; len = len * 7 < LONG || len == LONG ? len * 7 : LONG) {
        sectag_file f;
        sectag_buf seen = {0};
        assert_int_equal(sectag_file_open_seen(&f, suite_write("seen", bytes, len), keep, &seen, NULL), 0);
        assert_true(f.mapped);
        assert_int_equal(f.len, len);
        assert_int_equal(seen.len, len);
        assert_memory_equal(seen.data, f.data, len);
        sectag_buf_release(&seen);
        sectag_file_release(&f);
    }
    free(bytes);
}

static void all_of_a_pipe_is_shown_too(void **state) {
    char path[256];
    sectag_file f;
    sectag_buf seen = {0};
    pthread_t writer;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", suite_path("shown"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pthread_create(&writer, NULL, fill_pipe, path), 0);
    assert_int_equal(sectag_file_open_seen(&f, path, keep, &seen, NULL), 0);
    assert_int_equal(pthread_join(writer, NULL), 0);
    assert_int_equal(seen.len, PIPED);
    assert_memory_equal(seen.data, f.data, PIPED);
    sectag_buf_release(&seen);
    sectag_file_release(&f);
}

static size_t files_in(const char *folder) {
    size_t n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    while (readdir(d)) n++;
    (void)closedir(d);
    return n - 2;
}

static void assert_holds(const char *path, const char *text) {
    sectag_file f;
    assert_int_equal(sectag_file_open(&f, path, NULL), 0);
    assert_int_equal(f.len, strlen(text));
    assert_memory_equal(f.data, text, f.len);
    sectag_file_release(&f);
}

static void saving_replaces_and_leaves_nothing_else(void **state) {
    (void)state;
    const char *path = suite_write_text("saved", "old");
    size_t files = files_in(suite_folder);
    assert_int_equal(sectag_file_save(path, "the new text", 12, NULL), 0);
    assert_holds(path, "the new text");
    assert_int_equal(sectag_file_save(path, NULL, 0, NULL), 0);
    assert_holds(path, "");
    assert_int_equal(files_in(suite_folder), files);
}

static void a_mapping_outlives_the_replacing(void **state) {
    (void)state;
    sectag_file f;
    const char *path = suite_write_text("mapped", "old text");
    assert_int_equal(sectag_file_open(&f, path, NULL), 0);
    assert_int_equal(sectag_file_save(path, "new", 3, NULL), 0);
    assert_memory_equal(f.data, "old text", 8);
    assert_holds(path, "new");
    sectag_file_release(&f);
}

static void a_saved_file_has_the_usual_permissions(void **state) {
    (void)state;
    struct stat st;
    const char *path = suite_path("mode");
    mode_t mask = umask(027);
    assert_int_equal(sectag_file_save(path, "x", 1, NULL), 0);
    (void)umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
}

static void a_failed_save_keeps_what_was_there(void **state) {
    (void)state;
    sectag_err err = {0};
    const char *folder = suite_path("folder");
    assert_int_equal(mkdir(folder, 0700), 0);
    (void)suite_write_text("folder/inside", "kept");
    size_t files = files_in(suite_folder);
    assert_int_equal(sectag_file_save(folder, "x", 1, &err), SECTAG_EIO); /* rename cannot replace it */
    assert_string_equal(err.file, folder);
    assert_holds(suite_path("folder/inside"), "kept");
    assert_int_equal(files_in(suite_folder), files);
    assert_int_equal(sectag_file_save(suite_path("no/such/folder"), "x", 1, &err), SECTAG_EIO);
    assert_non_null(strstr(err.msg, "No such file"));
}

/* As on a full disk: the limit on file sizes stops the write in its middle. */
static void a_save_cut_short_keeps_the_old_file(void **state) {
    (void)state;
    char data[5000];
    struct rlimit old, tight;
    sectag_err err = {0};
    const char *path = suite_write_text("old", "the old text");
    size_t files = files_in(suite_folder);
    memset(data, 'x', sizeof data);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight = old;
    tight.rlim_cur = 1000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    int rc = sectag_file_save(path, data, sizeof data, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(rc, SECTAG_EIO);
    assert_non_null(strstr(err.msg, "cannot write"));
    assert_holds(path, "the old text");
    assert_int_equal(files_in(suite_folder), files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_mapped),
        cmocka_unit_test(an_empty_file_has_no_bytes_but_data),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_folder_is_refused),
        cmocka_unit_test(a_pipe_is_read_to_its_end),
        cmocka_unit_test(all_of_a_file_is_shown_before_it_is_used),
        cmocka_unit_test(all_of_a_pipe_is_shown_too),
        cmocka_unit_test(saving_replaces_and_leaves_nothing_else),
        cmocka_unit_test(a_mapping_outlives_the_replacing),
        cmocka_unit_test(a_saved_file_has_the_usual_permissions),
        cmocka_unit_test(a_failed_save_keeps_what_was_there),
        cmocka_unit_test(a_save_cut_short_keeps_the_old_file),
    };
    return cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
}
