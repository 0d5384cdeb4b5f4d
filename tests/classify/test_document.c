/* Documents: blocks, byte order marks, what is refused, lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "classify/document.h"
#include "features/buf.h"
#include "features/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/sectag-document-XXXXXX";
static sectag_err err;

typedef struct seen {
    sectag_buf log; /* number start end text, a record each */
    size_t records, warnings;
    size_t stop_at;
} seen;

static int on_record(void *ctx, const sectag_record *r, sectag_err *e) {
    seen *s = ctx;
    assert_int_equal(r->clause, ++s->records);
    assert_int_equal(
        sectag_buf_addf(&s->log, "%llu-%llu ", (unsigned long long)r->start, (unsigned long long)r->end), 0);
    assert_int_equal(sectag_buf_add(&s->log, r->text.text, r->text.len) | sectag_buf_addc(&s->log, '|'), 0);
    return s->records == s->stop_at ? sectag_err_set(e, SECTAG_ECANCEL, "enough") : 0;
}

static void on_warning(void *ctx, const sectag_err *warning) {
    ((seen *)ctx)->warnings++;
    assert_string_equal(warning->file, path);
}

/* Reads a document of these bytes. */
static int read_bytes(const char *bytes, size_t len, int lines, seen *s) {
    assert_int_equal(sectag_file_save(path, bytes, len, NULL), 0);
    sectag_document *d = sectag_document_new(
        &(sectag_document_options){.lines = lines, .ctx = s, .record = on_record, .warning = on_warning});
    assert_non_null(d);
    sectag_err_clear(&err);
    int rc = sectag_document_read(d, path, &err);
    assert_int_equal(sectag_document_counted(d)->clauses, s->records);
    if (s->stop_at) assert_true(sectag_document_counted(d)->stopped);
    sectag_document_free(d);
    return rc;
}

static void assert_reads(const char *bytes, size_t len, int lines, const char *log) {
    seen s = {0};
    assert_int_equal(read_bytes(bytes, len, lines, &s), 0);
    assert_string_equal(s.log.len ? s.log.data : "", log);
    sectag_buf_release(&s.log);
}

static void assert_refuses(const char *bytes, size_t len, uint64_t line, const char *part) {
    seen s = {0};
    assert_int_equal(read_bytes(bytes, len, 0, &s), SECTAG_EDATA);
    assert_int_equal(s.records, 0);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.msg, part));
    sectag_buf_release(&s.log);
}

#define B(s) s, sizeof(s) - 1

static void lines_stay_as_they_are(void **state) {
    (void)state;
    assert_reads(B(""), 1, "");
    assert_reads(B("\n"), 1, "0-0 |");
    assert_reads(B("a\n\n  b \r\n\r\nc\rd"), 1, "0-1 a|2-2 |3-7   b |9-9 |11-14 c\rd|");
    assert_reads(B("a\n"), 1, "0-1 a|");
    assert_reads(B("a\r"), 1, "0-2 a\r|");
    assert_reads(B("\xEF\xBB\xBF"
                   "a\nb"),
                 1, "3-4 a|5-6 b|");
    assert_reads(B("\xEF\xBB\xBF"), 1, "");
}

static void ill_formed_lines_are_repaired_with_a_warning_each(void **state) {
    seen s = {0};
    (void)state;
    assert_int_equal(read_bytes(B("ok\n\xD2\xDF\xC3\xE7\ngood\n\xFF"), 1, &s), 0);
    assert_int_equal(s.records, 4);
    assert_int_equal(s.warnings, 2);
    assert_string_equal(
        s.log.data,
        "0-2 ok|3-7 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|8-12 good|13-14 \xEF\xBF\xBD|");
    sectag_buf_release(&s.log);
}

static void lines_may_be_longer_than_a_block(void **state) {
    enum { LONG = 3500000 };
    sectag_buf bytes = {0};
    seen s = {0};
    (void)state;
    assert_int_equal(sectag_buf_reserve(&bytes, 2 * LONG), 0);
    memset(bytes.data, 'x', LONG);
    bytes.len = LONG;
    assert_int_equal(sectag_buf_adds(&bytes, "\nshort\n"), 0);
    assert_int_equal(read_bytes(bytes.data, bytes.len, 1, &s), 0);
    assert_int_equal(s.records, 2);
    assert_string_equal(s.log.data + s.log.len - 22, "3500001-3500006 short|");
    sectag_buf_release(&s.log);
    sectag_buf_release(&bytes);
}

static void a_byte_order_mark_counts_in_offsets_only(void **state) {
    (void)state;
    assert_reads(B("疫苗。抗体。\n"), 0, "0-9 疫苗。|9-18 抗体。|");
    assert_reads(B("\xEF\xBB\xBF疫苗。抗体。\n"), 0, "3-12 疫苗。|12-21 抗体。|");
}

static void what_is_not_text_is_refused_before_the_first_record(void **state) {
    (void)state;
    assert_refuses(B("a\0b"), 0, "NUL at byte 1");
    assert_refuses(B("%PDF-1.7\n\xFF"), 0, "PDF");
    assert_refuses(B("PK\3\4abc"), 0, "ZIP");
    assert_refuses(B("{\\rtf1 text}"), 0, "save it as .docx");
    assert_refuses(B("\xD0\xCF\x11\xE0 old"), 0, "save it as .docx");
}

/* Reads text that has undecodable bytes: one warning, and what the records say. */
static void assert_repairs(const char *bytes, size_t len, const char *log) {
    seen s = {0};
    assert_int_equal(read_bytes(bytes, len, 0, &s), 0);
    assert_int_equal(s.warnings, 1);
    assert_string_equal(s.log.data, log);
    sectag_buf_release(&s.log);
}

static void undecodable_bytes_are_replaced_with_one_warning(void **state) {
    (void)state;
    assert_repairs(B("疫苗研发。\n抗\xE7\x96体。\n"),
                   "0-15 疫苗研发。|16-31 抗\xEF\xBF\xBD\xEF\xBF\xBD体。|");
    assert_repairs(B("疫苗研发。抗\xFF"), "0-15 疫苗研发。|15-21 抗\xEF\xBF\xBD|");
}

static void other_encodings_are_read_as_utf8(void **state) {
    (void)state;
    assert_reads(B("\xD2\xDF\xC3\xE7\xD1\xD0\xB7\xA2\xA1\xA3\n"), 0, "0-15 疫苗研发。|");
    assert_reads(B("\xFF\xFE\xAB\x75\xD7\x82\x02\x30\x0A\x00"), 0, "0-9 疫苗。|");
    assert_reads(B("\xAB\x75\xD7\x82\x02\x30\x0A\x00"), 0, "0-9 疫苗。|");
    assert_reads(B("\xD2\xDF\xC3\xE7\xD1\xD0\xB7\xA2\xA1\xA3\n\n"), 1, "0-15 疫苗研发。|16-16 |");
}

static void a_fault_far_behind_the_first_block_costs_one_character(void **state) {
    sectag_buf bytes = {0};
    seen s = {0};
    (void)state;
    for (int i = 0; i < 200000; i++) assert_int_equal(sectag_buf_adds(&bytes, "支持疫苗研发。\n"), 0);
    assert_int_equal(sectag_buf_adds(&bytes, "\xFF\n"), 0);
    assert_int_equal(read_bytes(bytes.data, bytes.len, 0, &s), 0);
    assert_int_equal(s.records, 200001);
    assert_int_equal(s.warnings, 1);
    sectag_buf_release(&s.log);
    sectag_buf_release(&bytes);
}

static void blocks_do_not_show_in_the_records(void **state) {
    sectag_buf bytes = {0};
    seen s = {0};
    uint64_t expected = 0;
    (void)state;
    for (int i = 0; i < 150000; i++) /* 22 bytes a line: characters and lines fall across block ends */
        assert_int_equal(sectag_buf_addf(&bytes, "第%06d条疫苗。\n", i), 0);
    assert_int_equal(read_bytes(bytes.data, bytes.len, 0, &s), 0);
    static const char record[] = "疫苗。|"; /* no strstr: the sanitizer's measures the rest each time */
    for (size_t at = 0; at + sizeof record <= s.log.len + 1; at++)
        expected += memcmp(s.log.data + at, record, sizeof record - 1) == 0;
    assert_int_equal(expected, 150000);
    sectag_buf_release(&s.log);
    sectag_buf_release(&bytes);
}

static void an_error_of_the_receiver_ends_the_read(void **state) {
    seen s = {.stop_at = 2};
    (void)state;
    assert_int_equal(read_bytes(B("疫苗。抗体。种子。"), 0, &s), SECTAG_ECANCEL);
    assert_int_equal(s.records, 2);
    assert_string_equal(err.msg, "enough");
    sectag_buf_release(&s.log);
}

static void a_missing_file_is_an_error_with_its_name(void **state) {
    sectag_document *d = sectag_document_new(&(sectag_document_options){0});
    (void)state;
    assert_int_equal(sectag_document_read(d, "/nonexistent/plan.txt", &err), SECTAG_EIO);
    assert_string_equal(err.file, "/nonexistent/plan.txt");
    sectag_document_free(d);
}

static int setup(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state) {
    (void)state;
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_stay_as_they_are),
        cmocka_unit_test(ill_formed_lines_are_repaired_with_a_warning_each),
        cmocka_unit_test(lines_may_be_longer_than_a_block),
        cmocka_unit_test(a_byte_order_mark_counts_in_offsets_only),
        cmocka_unit_test(what_is_not_text_is_refused_before_the_first_record),
        cmocka_unit_test(undecodable_bytes_are_replaced_with_one_warning),
        cmocka_unit_test(other_encodings_are_read_as_utf8),
        cmocka_unit_test(a_fault_far_behind_the_first_block_costs_one_character),
        cmocka_unit_test(blocks_do_not_show_in_the_records),
        cmocka_unit_test(an_error_of_the_receiver_ends_the_read),
        cmocka_unit_test(a_missing_file_is_an_error_with_its_name),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
