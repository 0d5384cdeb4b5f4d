/* Documents read in processes of their own: the same blocks, and faults that cost only their document. The
 * suite is its own reading process: see main. */
#include "tests/features/documents.h"

#include "features/isolation.h"
#include "features/reader.h"
#include "features/worker.h"

#include <signal.h>
#include <sys/types.h>

static sectag_isolation *isolation;

/* Kinds, levels, rows, cells and texts of all blocks, and how it ended. */
static int read_document(sectag_buf *out, const char *path, sectag_reader_options o, sectag_err *err) {
    sectag_reader r;
    sectag_block b;
    int more = 1, rc = sectag_reader_open(&r, path, &o, err);
    sectag_buf_clear(out);
    while (!rc && (more = sectag_reader_next(&r, &b, err)) > 0) {
        assert_int_equal(sectag_buf_addf(out, "%d.%d %llu ", b.kind, b.level, (unsigned long long)b.row), 0);
        for (size_t i = 0; i < b.n_cells; i++)
            assert_int_equal(sectag_buf_addf(out, "[%.*s=%.*s]", (int)b.cells[i].name_len, b.cells[i].name,
                                             (int)b.cells[i].len, b.cells[i].text),
                             0);
        assert_int_equal(sectag_buf_add(out, b.text, b.len) | sectag_buf_addc(out, '\n'), 0);
    }
    if (r.type)
        assert_int_equal(sectag_buf_addf(out, "%s %s %d %llu", r.type->name, r.encoding ? r.encoding : "-",
                                         r.paged, (unsigned long long)r.furniture),
                         0);
    sectag_reader_release(&r);
    return rc ? rc : more;
}

static const char *web_page(const char *name) {
    return suite_write_text(
        name, "<html><head><meta charset=gb2312></head><body><h1>Plan</h1><p>Vaccines for all.</p>"
              "<ul><li>one<li>two</ul></body></html>");
}

#ifdef SECTAG_WITH_HTML

static void renew(double seconds, uint64_t memory, unsigned processes) {
    sectag_isolation_free(isolation);
    isolation = sectag_isolation_new(&(sectag_isolation_options){.program = "/proc/self/exe",
                                                                 .argument = "read",
                                                                 .seconds = seconds,
                                                                 .memory = memory,
                                                                 .text = 4u << 20,
                                                                 .processes = processes});
    assert_non_null(isolation);
}

static void assert_same(const char *path) {
    sectag_buf here = {0}, apart = {0};
    sectag_err err = {0};
    assert_int_equal(read_document(&here, path, (sectag_reader_options){0}, &err), 0);
    assert_int_equal(read_document(&apart, path, (sectag_reader_options){.isolation = isolation}, &err), 0);
    assert_string_equal(apart.data, here.data);
    assert_true(here.len > 20);
    sectag_buf_release(&here);
    sectag_buf_release(&apart);
}

/* The document is refused with these words, and the next one is read. */
static void assert_costs_only_itself(const char *path, const char *words) {
    sectag_buf got = {0};
    sectag_err err = {0};
    assert_true(read_document(&got, path, (sectag_reader_options){.isolation = isolation}, &err) < 0);
    if (!strstr(err.msg, words)) fail_msg("%s: \"%s\" has not \"%s\"", path, err.msg, words);
    assert_string_equal(err.file, path);
    sectag_buf_release(&got);
    assert_same(web_page("good.html"));
}

static void blocks_come_as_if_read_here(void **state) {
    (void)state;
    renew(60, 0, 1);
    assert_same(web_page("a.html"));
#ifdef SECTAG_WITH_DOCX
    const package_part word = {"word/document.xml", WORD(P("one") P("two, of the vaccine"))};
    assert_same(make_package("a.docx", &word, 1));
#endif
#ifdef SECTAG_WITH_PDF
    pdf p = {.n = 1};
    pdf_text(&p, 70, 700, 12, "开展疫苗研发。");
    assert_same(pdf_save(&p, "a.pdf"));
#endif
}

static void a_document_from_a_pipe_is_read_apart_too(void **state) {
    sectag_buf here = {0}, apart = {0};
    const char *path = web_page("piped.html");
    (void)state;
    renew(60, 0, 1);
    for (int k = 0; k < 2; k++) {
        assert_non_null(freopen(path, "r", stdin));
        assert_int_equal(read_document(k ? &apart : &here, "-",
                                       (sectag_reader_options){.isolation = k ? isolation : NULL}, NULL),
                         0);
    }
    assert_string_equal(apart.data, here.data);
    assert_non_null(strstr(apart.data, "Vaccines for all"));
    sectag_buf_release(&here);
    sectag_buf_release(&apart);
}

static void what_the_reader_refuses_is_refused_in_its_words(void **state) {
    (void)state;
    renew(60, 0, 1);
#ifdef SECTAG_WITH_PDF
    assert_costs_only_itself(suite_write_text("bad.pdf", "%PDF-1.4\nnothing"), "a damaged PDF file");
#endif
#ifdef SECTAG_WITH_DOCX
    const package_part part = {"word/document.xml", "<w:document"};
    assert_costs_only_itself(make_package("bad.docx", &part, 1), "a damaged document: word/document.xml");
#endif
}

static void a_document_that_crashes_or_ends_its_reader_costs_only_itself(void **state) {
    (void)state;
    renew(60, 0, 1);
    assert_costs_only_itself(web_page("fault-crash.html"), "makes the parser crash (signal 11");
    assert_costs_only_itself(web_page("fault-abort.html"), "makes the parser crash (signal 6");
    assert_costs_only_itself(web_page("fault-nonsense.html"), "leads the parser astray");
}

static void a_document_that_never_ends_is_given_up(void **state) {
    (void)state;
    renew(0.3, 0, 1);
    sectag_buf got = {0};
    sectag_err err = {0};
    static const char *const names[] = {"fault-hang.html", "fault-spin.html"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_true(read_document(&got, web_page(names[i]), (sectag_reader_options){.isolation = isolation},
                                  &err) < 0);
        assert_non_null(strstr(err.msg, "takes longer than 0.3 s"));
    }
    sectag_buf_release(&got);
    renew(60, 0, 1);
    assert_costs_only_itself(web_page("fault-text.html"), "holds more than 4 MB of text");
}

static void a_document_that_takes_too_much_memory_is_given_up(void **state) {
    (void)state;
    renew(60, 256u << 20, 1);
    assert_costs_only_itself(web_page("fault-memory.html"), "needs more than 256 MB");
}

#ifdef SECTAG_WITH_DOCX
/* A Word document of few bytes whose parts are empty paragraphs without end. */
static void a_zip_bomb_is_given_up(void **state) {
    sectag_buf text = {0};
    (void)state;
    renew(60, 256u << 20, 1);
    assert_int_equal(sectag_buf_adds(&text, "<w:document" WORD_NS "><w:body>"), 0);
    for (int i = 0; i < 6 << 20; i++) assert_int_equal(sectag_buf_adds(&text, "<w:p/>"), 0);
    assert_int_equal(sectag_buf_adds(&text, "</w:body></w:document>"), 0);
    const package_part bomb = {"word/document.xml", text.data};
    const char *path = make_package("bomb.docx", &bomb, 1);
    sectag_buf_release(&text);
    sectag_file f;
    assert_int_equal(sectag_file_open(&f, path, NULL), 0);
    assert_true(f.len < 1 << 20);
    sectag_file_release(&f);
    assert_costs_only_itself(path, "needs more than 256 MB");
}
#endif

/* The pid of the one child of this process. */
static pid_t child(void) {
    char name[64];
    long pid = 0;
    (void)snprintf(name, sizeof name, "/proc/self/task/%ld/children", (long)getpid());
    FILE *f = fopen(name, "r");
    if (f && fscanf(f, "%ld", &pid) != 1) pid = 0;
    if (f) (void)fclose(f);
    return (pid_t)pid;
}

static void a_process_that_somebody_kills_is_replaced(void **state) {
    (void)state;
    renew(60, 0, 1);
    assert_same(web_page("before.html"));
    pid_t pid = child();
    if (pid <= 0) {
        print_message("no list of children in /proc: skipped\n");
        skip();
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    while (kill(pid, 0) == 0 && child() == pid) { /* until it is dead, and not merely going to be */
        char path[64], line[256] = "";
        (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
        FILE *f = fopen(path, "r");
        if (f && !fgets(line, sizeof line, f)) line[0] = '\0';
        if (f) (void)fclose(f);
        if (strstr(line, ") Z ")) break;
    }
    assert_same(web_page("after.html"));
    assert_true(child() != pid && child() > 0);
}

static void documents_read_ahead_come_when_they_are_asked_for(void **state) {
    static const char *const names[] = {"0.html", "1.html", "2.html", "3.html"};
    static const size_t order[] = {2, 0, 3, 1, 1};
    char text[4][64], paths[4][256];
    sectag_buf got = {0};
    (void)state;
    renew(60, 0, 2);
    const sectag_reader_options o = {.isolation = isolation};
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(text[i], sizeof text[i], "<html><p>number %zu</p></html>", i);
        (void)snprintf(paths[i], sizeof paths[i], "%s", suite_write_text(names[i], text[i]));
    }
    assert_int_equal(sectag_reader_ahead(paths[0], &o), 1);
    assert_int_equal(sectag_reader_ahead(paths[1], &o), 1);
    assert_int_equal(sectag_reader_ahead(paths[2], &o), 0); /* both are busy */
    assert_int_equal(sectag_reader_ahead("-", &o), 1);
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        (void)snprintf(text[0], sizeof text[0], "number %zu\n", order[i]);
        assert_int_equal(read_document(&got, paths[order[i]], o, NULL), 0);
        assert_non_null(strstr(got.data, text[0]));
    }
    sectag_buf_release(&got);
}

static void a_document_that_is_left_in_the_middle_does_no_harm(void **state) {
    sectag_reader r;
    sectag_block b;
    (void)state;
    renew(60, 0, 1);
    const sectag_reader_options o = {.isolation = isolation};
    assert_int_equal(sectag_reader_open(&r, web_page("left.html"), &o, NULL), 0);
    assert_int_equal(sectag_reader_next(&r, &b, NULL), 1);
    sectag_reader_release(&r);
    assert_same(web_page("next.html"));
}

#endif

static void a_program_that_is_none_is_an_error_of_the_document(void **state) {
    sectag_buf got = {0};
    sectag_err err = {0};
    (void)state;
    sectag_isolation *i =
        sectag_isolation_new(&(sectag_isolation_options){.program = "/none", .argument = "x"});
    assert_int_equal(read_document(&got, web_page("x.html"), (sectag_reader_options){.isolation = i}, &err),
                     SECTAG_EIO);
    assert_non_null(strstr(err.msg, "cannot start a reading process"));
    sectag_isolation_free(i);
    sectag_buf_release(&got);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "read") == 0) return sectag_worker_run(STDIN_FILENO);
    const struct CMUnitTest tests[] = {
#ifdef SECTAG_WITH_HTML
        cmocka_unit_test(blocks_come_as_if_read_here),
        cmocka_unit_test(a_document_from_a_pipe_is_read_apart_too),
        cmocka_unit_test(what_the_reader_refuses_is_refused_in_its_words),
        cmocka_unit_test(a_document_that_crashes_or_ends_its_reader_costs_only_itself),
        cmocka_unit_test(a_document_that_never_ends_is_given_up),
        cmocka_unit_test(a_document_that_takes_too_much_memory_is_given_up),
#ifdef SECTAG_WITH_DOCX
        cmocka_unit_test(a_zip_bomb_is_given_up),
#endif
        cmocka_unit_test(a_process_that_somebody_kills_is_replaced),
        cmocka_unit_test(documents_read_ahead_come_when_they_are_asked_for),
        cmocka_unit_test(a_document_that_is_left_in_the_middle_does_no_harm),
#endif
        cmocka_unit_test(a_program_that_is_none_is_an_error_of_the_document),
    };
    if (setenv("SECTAG_TEST_FAULTS", "1", 1)) return 1;
    int failed = cmocka_run_group_tests(tests, suite_folder_make, suite_folder_remove);
    sectag_isolation_free(isolation);
    return failed;
}
