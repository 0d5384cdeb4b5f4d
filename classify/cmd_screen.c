/* cmd_screen.c: filings against policies: what is tagged in both, what answers to what, and a report of it.
 */
#include "classify/crosswalk.h"
#include "classify/output.h"
#include "classify/points.h"
#include "classify/program.h"
#include "classify/screen_writer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOP_MAX = 1000 };

typedef struct screen_options {
    const char *areas, *encoding, *format, *language, *model, *output, *precision, *recall, *workspace;
    int lines, brief, quiet;
    size_t policy, top;
    double confidence, least;
} screen_options;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(screen_options, member), value, help }

static const sectag_option options[] = {
    ROW("policy", 'p', PART, policy, NULL, "operands before this are filings, those behind it policies"),
    ROW("area", 'a', TEXT, areas, "CODE,...", "only these areas"),
    ROW("top", 'n', COUNT, top, "N", "policy clauses shown of a filing clause and area at most (default: 5)"),
    ROW("least", 0, REAL, least, "SCORE",
        "from which similarity on a policy clause counts as answered to (default: 0.02)"),
    ROW("recall", 0, TEXT, recall, "R", SECTAG_POINTS_RECALL_HELP),
    ROW("precision", 0, TEXT, precision, "P", SECTAG_POINTS_PRECISION_HELP),
    ROW("confidence", 0, REAL, confidence, "C", SECTAG_POINTS_CONFIDENCE_HELP),
    ROW("format", 'f', TEXT, format, "NAME",
        "jsonl, csv, sqlite or html (default: by the name of the output, else jsonl)"),
    ROW("output", 'o', TEXT, output, "FILE", "write to FILE, which appears complete or not at all"),
    ROW("lang", 0, TEXT, language, "zh|en", "html: the report's language at first (default: zh)"),
    ROW("brief", 0, FLAG, brief, NULL, "html: leave out the filings' clauses that have no tag"),
    ROW("lines", 'l', FLAG, lines, NULL, "take each line as one clause"),
    ROW("encoding", 'e', TEXT, encoding, "NAME", "read plain text as this encoding (default: guess)"),
    ROW("model", 'm', TEXT, model, "FILE",
        "the model (default: $SECTAG_MODEL, else the active one, else the one that came along)"),
    ROW("workspace", 'w', TEXT, workspace, "FILE",
        "the workspace whose active model is meant (see sectag tag --help)"),
    ROW("quiet", 'q', FLAG, quiet, NULL, "say nothing but errors"),
};

static const sectag_usage usage = {
    .command = "screen",
    .operands = "FILING... [--policy POLICY...]",
    .summary = "Tags filings and policies, and shows for each tagged clause of a filing the policy clauses "
               "of the same area\n"
               "that it answers to, with the words they share, and the policy clauses that nothing answers "
               "to. Without\n"
               "--policy only the filings are reported. Read is what sectag tag reads; folders stand for "
               "their documents.",
    .example = "sectag screen tests/data/sample/prospectus-zh.txt --policy tests/data/sample/plan-zh.txt\n"
               "sectag screen filings/ --policy policies/ -o report.html\n"
               "sectag screen filings/ --policy policies/ --lang en -o report.html\n"
               "sectag screen filings/ --policy policies/ -o matches.csv",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = SIZE_MAX,
};

typedef struct run {
    screen_options o;
    sectag_model model;
    sectag_points points;
    uint8_t *shown;
    const sectag_screen_format *format;
    sectag_screening filings, policies;
    sectag_crosswalk_options crosswalk_options;
    sectag_crosswalk crosswalk;
    sectag_output output;
    int some_failed;
} run;

static void run_release(run *r) {
    sectag_crosswalk_release(&r->crosswalk);
    sectag_screening_release(&r->filings);
    sectag_screening_release(&r->policies);
    sectag_output_release(&r->output);
    sectag_model_release(&r->model);
    sectag_points_release(&r->points);
    free(r->shown);
}

static void report(void *ctx, const sectag_err *err) {
    run *r = ctx;
    if (err->code) r->some_failed = 1;
    if (err->code || !r->o.quiet) sectag_program_error(err);
}

/* ---- the command line ---- */

static int set_format(run *r) {
    const char *dot = r->o.output ? strrchr(r->o.output, '.') : NULL;
    const char *name = r->o.format ? r->o.format : dot ? dot + 1 : "jsonl";
    const char *names[8], *meant;
    size_t n = 0;
    r->format = sectag_screen_format_find(name);
    if (!r->format && !r->o.format) r->format = sectag_screen_format_find("jsonl");
    if (r->format) {
        if (!r->format->needs_file || (r->o.output && strcmp(r->o.output, "-") != 0)) return SECTAG_EXIT_OK;
        sectag_program_say("a database is written to a file: -o FILE.%s", r->format->name);
        return SECTAG_EXIT_USAGE;
    }
    for (; n < 8 && sectag_screen_format_at(n); n++) names[n] = sectag_screen_format_at(n)->name;
    meant = sectag_nearest(name, names, n);
    sectag_program_say("unknown format \"%.80s\" (did you mean %s?)", name,
                       meant ? meant : "jsonl, csv, sqlite or html");
    return SECTAG_EXIT_USAGE;
}

static int check_options(run *r) {
    r->crosswalk_options = SECTAG_CROSSWALK_DEFAULTS;
    if (r->o.top) r->crosswalk_options.top = r->o.top;
    if (r->o.least >= 0) r->crosswalk_options.least = r->o.least;
    if (r->crosswalk_options.top > TOP_MAX || r->crosswalk_options.least > 1) {
        sectag_program_say("--top is at most %d, --least at most 1", TOP_MAX);
        return SECTAG_EXIT_USAGE;
    }
    if (strcmp(r->o.language, "zh") != 0 && strcmp(r->o.language, "en") != 0) {
        sectag_program_say("--lang is zh or en, not \"%.80s\"", r->o.language);
        return SECTAG_EXIT_USAGE;
    }
    return set_format(r);
}

static int set_points(run *r) {
    const sectag_points_options o = {.recall = r->o.recall,
                                     .precision = r->o.precision,
                                     .confidence = r->o.confidence,
                                     .model = r->o.model,
                                     .workspace = r->o.workspace,
                                     .quiet = r->o.quiet};
    return sectag_points_set(&r->points, &r->model, &o);
}

static int set_model(run *r) {
    int rc = sectag_program_open_model_in(&r->model, r->o.model, r->o.workspace);
    if (!rc) rc = set_points(r);
    if (rc) return rc;
    r->shown = sectag_zalloc(r->model.n_areas, 1);
    if (r->shown) return sectag_program_areas(&r->model.taxonomy, r->o.areas, r->shown);
    sectag_program_say("out of memory");
    return SECTAG_EXIT_SOME;
}

/* ---- the work ---- */

static int read_all(run *r, char **filings, size_t n_filings, char **policies, size_t n_policies,
                    sectag_err *err) {
    sectag_screening_options o = {.lines = r->o.lines, .encoding = r->o.encoding, .failed = report, .ctx = r};
    int whole = r->format == &sectag_screen_html && !r->o.brief;
    int rc = sectag_screening_init(&r->filings, &r->model, r->shown, whole, err);
    if (!rc) rc = sectag_screening_init(&r->policies, &r->model, r->shown, 0, err);
    if (!rc) rc = sectag_screening_read(&r->filings, filings, n_filings, &o, err);
    if (!rc && n_policies) rc = sectag_screening_read(&r->policies, policies, n_policies, &o, err);
    return rc;
}

static void summarise(const run *r) {
    size_t answered = 0;
    if (r->o.quiet || !isatty(STDERR_FILENO)) return;
    for (size_t t = 0; t < r->policies.tags.len; t++)
        answered += (size_t)sectag_crosswalk_answered(&r->crosswalk, &r->crosswalk_options, t);
    sectag_program_say("%zu tags in %zu filing%s, %zu match%s; %zu of %zu policy tags answered to",
                       r->filings.tags.len, r->filings.docs.len, r->filings.docs.len == 1 ? "" : "s",
                       r->crosswalk.matches.len, r->crosswalk.matches.len == 1 ? "" : "es", answered,
                       r->policies.tags.len);
}

static int write_all(run *r, sectag_err *err) {
    sectag_screen_result result = {.filings = &r->filings,
                                   .policies = &r->policies,
                                   .crosswalk = &r->crosswalk,
                                   .options = &r->crosswalk_options,
                                   .shown = r->shown,
                                   .point = r->points.label.data,
                                   .promised = r->points.promised,
                                   .language = r->o.language,
                                   .version = SECTAG_VERSION};
    int rc = sectag_output_init(&r->output, r->o.output, err);
    if (!rc) rc = r->format->write(&result, &r->output, err);
    return rc ? rc : sectag_output_commit(&r->output, err);
}

static int check_output(const run *r, char **operands, size_t n) {
    int rc = sectag_program_check_output(r->o.output, r->o.model);
    for (size_t i = 0; i < n && !rc; i++) rc = sectag_program_check_output(r->o.output, operands[i]);
    return rc;
}

static int screen(run *r, char **operands, size_t n) {
    sectag_err err = {0};
    size_t filings = r->o.policy ? r->o.policy - 1 : n;
    if (filings == 0 || (r->o.policy && filings == n)) {
        sectag_program_say("name filings, then --policy and policies (see sectag screen --help)");
        return SECTAG_EXIT_USAGE;
    }
    if (check_output(r, operands, n)) return SECTAG_EXIT_USAGE;
    int rc = read_all(r, operands, filings, operands + filings, n - filings, &err);
    if (!rc)
        rc = sectag_crosswalk_init(&r->crosswalk, &r->filings, &r->policies, &r->crosswalk_options, &err);
    if (!rc) rc = write_all(r, &err);
    if (rc) {
        sectag_program_error(&err);
        return sectag_program_exit_code(rc);
    }
    summarise(r);
    return r->some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}

int cmd_screen(int argc, char **argv) {
    run r = {.o = {.language = "zh", .least = -1, .confidence = SECTAG_CONFIDENCE},
             .output.fd = STDOUT_FILENO};
    size_t n;
    int rc = sectag_program_begin(&usage, &r.o, argc, argv, &n);
    if (rc >= 0) return rc;
    rc = check_options(&r);
    if (!rc) rc = set_model(&r);
    if (!rc) rc = screen(&r, argv + 1, n);
    run_release(&r);
    return rc;
}
