/* Nothing is lost: for every clause of real documents the file's bytes start..end, without the dropped spans
 * and with all white space away, are the clause's text; and all clauses and dropped spans together are the
 * document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/document.h"
#include "features/buf.h"
#include "features/file.h"
#include "features/utf8.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

/* A document being read: its bytes, how far its clauses came, and the non-space bytes between them. */
typedef struct walk {
    sectag_file file;
    uint64_t at;
    sectag_buf source, folded, between;
    size_t clauses;
} walk;

static void add_solid(sectag_buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t size = sectag_utf8_next(text + i, len - i, &cp, NULL);
        if (!sectag_is_space(cp)) assert_int_equal(sectag_buf_add(out, text + i, size), 0);
        i += size;
    }
}

static int check_record(void *ctx, const sectag_record *r, sectag_err *err) {
    walk *w = ctx;
    uint64_t at = r->start;
    (void)err;
    assert_true(r->start >= w->at && r->start < r->end && r->end <= w->file.len);
    add_solid(&w->between, w->file.data + w->at, (size_t)(r->start - w->at));
    sectag_buf_clear(&w->source);
    sectag_buf_clear(&w->folded);
    for (size_t i = 0; i < r->n_dropped; i++) {
        assert_true(r->dropped[i].start >= at && r->dropped[i].end <= r->end);
        add_solid(&w->source, w->file.data + at, (size_t)(r->dropped[i].start - at));
        at = r->dropped[i].end;
    }
    add_solid(&w->source, w->file.data + at, (size_t)(r->end - at));
    add_solid(&w->folded, r->text.text, r->text.len);
    assert_int_equal(w->source.len, w->folded.len);
    assert_memory_equal(w->source.data, w->folded.data, w->source.len);
    assert_true(r->text.len > 0 && !sectag_is_space((unsigned char)r->text.text[0]) &&
                !strchr(r->text.text, '\n'));
    w->at = r->end;
    w->clauses++;
    return 0;
}

static void check_file(const char *path) {
    walk w = {0};
    sectag_err err = {0};
    assert_int_equal(sectag_file_open(&w.file, path, NULL), 0);
    sectag_document *d = sectag_document_new(&(sectag_document_options){.ctx = &w, .record = check_record});
    assert_int_equal(sectag_document_read(d, path, &err), 0);
    add_solid(&w.between, w.file.data + w.at, w.file.len - (size_t)w.at);
    assert_true(w.clauses > 0);
    /* Between clauses stand page numbers only: short, and as many as were counted. */
    assert_true(w.between.len <= 24 * sectag_document_counted(d)->page_numbers);
    sectag_document_free(d);
    sectag_file_release(&w.file);
    sectag_buf_release(&w.source);
    sectag_buf_release(&w.folded);
    sectag_buf_release(&w.between);
}

static void check_all(const char *pattern) {
    glob_t found;
    if (glob(pattern, 0, NULL, &found)) {
        print_message("%s: not there, skipped\n", pattern);
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++) check_file(found.gl_pathv[i]);
    print_message("%s: %zu documents\n", pattern, found.gl_pathc);
    globfree(&found);
}

static void sample_documents(void **state) {
    (void)state;
    check_all("tests/data/sample/*.txt");
}

static void policy_documents(void **state) {
    (void)state;
    check_all("../shared/policy/*.txt");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sample_documents),
                                       cmocka_unit_test(policy_documents)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
