/* cmd_text.c: the text that documents are read as: what start and end of a record count in. */
#include "classify/document.h"
#include "classify/output.h"
#include "classify/program.h"
#include "features/isolation.h"

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

typedef struct text_options {
    const char *encoding, *column, *output;
    double seconds;
    size_t megabytes;
} text_options;

#define AT(member) offsetof(text_options, member)

static const sectag_option options[] = {
    {"output", 'o', SECTAG_OPTION_TEXT, AT(output), "FILE", "write to FILE, which appears when all is done"},
    {"column", 0, SECTAG_OPTION_TEXT, AT(column), "NAME", "as for sectag tag"},
    {"encoding", 0, SECTAG_OPTION_TEXT, AT(encoding), "NAME", "as for sectag tag"},
    {"time-limit", 0, SECTAG_OPTION_REAL, AT(seconds), "SECONDS", "as for sectag tag"},
    {"memory-limit", 0, SECTAG_OPTION_COUNT, AT(megabytes), "MB", "as for sectag tag"},
};

static const sectag_usage usage = {
    .command = "text",
    .operands = "[FILE | -]",
    .summary =
        "Prints the text that a document is read as, in UTF-8: paragraphs, items and table rows on lines of\n"
        "their own, cells with tabs between them, form feeds between pages. The start and end of a record "
        "of\n"
        "sectag tag are bytes of this text.",
    .example = "sectag text tests/data/sample/plan-zh.txt",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 1,
};

static int put(void *ctx, const char *text, size_t len, sectag_err *err) {
    return sectag_output_write(ctx, text, len, err);
}

static void warn(void *ctx, const sectag_err *warning) {
    *(int *)ctx = 1;
    sectag_program_error(warning);
}

int cmd_text(int argc, char **argv) {
    text_options o = {0};
    sectag_output output = {.fd = STDOUT_FILENO};
    sectag_err err = {0};
    size_t n;
    int warned = 0, rc = sectag_program_begin(&usage, &o, argc, argv, &n);
    if (rc >= 0) return rc;
    const char *path = n ? argv[1] : "-";
    if (sectag_program_check_output(o.output, path)) return SECTAG_EXIT_USAGE;
    sectag_isolation *isolation = sectag_program_isolation(o.seconds, o.megabytes, 1);
    sectag_document *d = sectag_document_new(&(sectag_document_options){.ctx = &warned,
                                                                        .warning = warn,
                                                                        .encoding = o.encoding,
                                                                        .column = o.column,
                                                                        .isolation = isolation});
    rc = d ? sectag_output_init(&output, o.output, &err) : sectag_err_nomem(&err);
    if (!rc) rc = sectag_document_text(d, path, put, &output, &err);
    if (!rc) rc = sectag_output_commit(&output, &err);
    if (rc) sectag_program_error(&err);
    sectag_output_release(&output);
    sectag_document_free(d);
    sectag_isolation_free(isolation);
    return rc == SECTAG_EARG ? SECTAG_EXIT_USAGE : rc || warned ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}
