/* cmd_correct.c: what analysts say is wrong with tags, into the ledger of the workspace.
 *
 *   command line, files -> slips -> plan -> (near-identical clauses, asked about) -> one transaction a file
 */
#include "classify/desk.h"
#include "classify/put.h"
#include "classify/tagger.h"
#include "training/intake.h"
#include "training/plan.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct correct_options {
    const char *text, *doc, *add, *remove, *confirm, *labels, *reason, *analyst, *workspace, *model;
    int yes, no_spread, json;
    size_t clause;
    double near;
} correct_options;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(correct_options, member), value, help }

static const sectag_option options[] = {
    ROW("text", 't', TEXT, text, "TEXT", "the clause"),
    ROW("doc", 'd', TEXT, doc, "NAME", "or: the document, as sectag tag --save was given it ..."),
    ROW("clause", 'c', COUNT, clause, "N", "... and the number of the clause in it"),
    ROW("add", 0, TEXT, add, "CODE,...", "areas that the clause is about and was not tagged with"),
    ROW("remove", 0, TEXT, remove, "CODE,...", "areas that it is not about"),
    ROW("confirm", 0, TEXT, confirm, "CODE,...", "areas that it was rightly tagged with"),
    ROW("labels", 0, TEXT, labels, "CODE,...", "all its areas (- for none)"),
    ROW("reason", 'r', TEXT, reason, "TEXT", "why; for files: where a row gives no reason"),
    SECTAG_ROW_ANALYST(correct_options, "who says so"),
    ROW("yes", 'y', FLAG, yes, NULL, "take near-identical clauses along without asking"),
    ROW("no-spread", 0, FLAG, no_spread, NULL, "do not look for near-identical clauses"),
    ROW("near", 0, REAL, near, "J", "how alike they are: Jaccard similarity of n-grams (default: 0.8)"),
    ROW("json", 0, FLAG, json, NULL, "say as JSON what was recorded, an object a file"),
    SECTAG_ROW_WORKSPACE(correct_options),
    ROW("model", 'm', TEXT, model, "FILE", "whose areas are known, and whose tags a file shows"),
};

static const sectag_usage usage = {
    .command = "correct",
    .operands = "[FILE]...",
    .summary =
        "Records corrections in the workspace's ledger, from the command line or from files: CSV, TSV or\n"
        "JSON lines with the columns text and add, remove, confirm or labels; the CSV that sectag tag "
        "wrote,\n"
        "after the column tags was edited (the difference counts); exports of Label Studio and doccano; and\n"
        "of sectag corrections. A file is recorded as a whole or not at all, broken rows left aside.\n"
        "Near-identical clauses of the workspace take a correction together if you agree.",
    .example = "sectag correct --text '开展疫苗接种。' --add vaccine --reason 'immunisation'\n"
               "sectag correct --doc plan-zh.txt --clause 18 --confirm vaccine\n"
               "sectag correct edited.csv --analyst anna",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = SIZE_MAX,
};

typedef struct run {
    correct_options o;
    sectag_desk desk;
    sectag_model model;
    sectag_tagger tagger;
    sectag_verdict *verdicts; /* [n_areas] */
    sectag_taxonomy areas;    /* the model's, and those of the workspace */
    size_t bad;               /* rows of the present file that could not be used */
    int some_failed;
} run;

/* ---- the model ---- */

/* What the model says of a text, most probable first. */
static int tags_of(void *ctx, const char *text, size_t len, sectag_saved_tags *out, sectag_err *err) {
    run *r = ctx;
    sectag_piece piece = {text, len};
    int rc = sectag_tagger_run(&r->tagger, &piece, 1, r->verdicts, err);
    out->len = 0;
    for (size_t a = 0; a < r->model.n_areas && !rc; a++) {
        if (!r->verdicts[a].tagged) continue;
        sectag_saved_tag_row row = {.p = r->verdicts[a].probability};
        (void)snprintf(row.area, sizeof row.area, "%s", r->model.taxonomy.areas.data[a].code);
        if (sectag_array_push(out, row)) return sectag_err_nomem(err);
        for (size_t at = out->len - 1; at > 0 && out->data[at - 1].p < row.p; at--) {
            out->data[at] = out->data[at - 1];
            out->data[at - 1] = row;
        }
    }
    return rc;
}

static int copy_areas(run *r, sectag_err *err) {
    const sectag_taxonomy *t = &r->model.taxonomy;
    for (size_t a = 0; a < t->areas.len; a++)
        if (sectag_taxonomy_add(&r->areas, &t->areas.data[a])) return sectag_err_nomem(err);
    return sectag_workspace_areas(r->desk.ws, &r->areas, err);
}

static int set_up(run *r) {
    sectag_err err = {0};
    int rc = sectag_desk_open(&r->desk, r->o.workspace, r->o.analyst, 1);
    if (!rc) rc = sectag_program_open_model_in(&r->model, r->o.model, r->o.workspace);
    if (rc) return rc;
    r->verdicts = sectag_zalloc(r->model.n_areas, sizeof *r->verdicts);
    rc = r->verdicts ? sectag_tagger_init(&r->tagger, &r->model, &err) : sectag_err_nomem(&err);
    if (!rc) rc = copy_areas(r, &err);
    if (rc) sectag_program_error(&err);
    return sectag_program_exit_code(rc);
}

static void run_release(run *r) {
    sectag_tagger_release(&r->tagger);
    sectag_model_release(&r->model);
    sectag_taxonomy_release(&r->areas);
    sectag_desk_release(&r->desk);
    free(r->verdicts);
}

/* ---- near-identical clauses ---- */

static void show_alikes(const sectag_plan *p, const sectag_alikes *alikes) {
    sectag_buf out = {0};
    size_t shown = SIZE_MAX;
    int rc = sectag_buf_addf(&out, "%zu near-identical clause%s of the workspace:\n", alikes->found.len,
                             alikes->found.len == 1 ? "" : "s");
    for (size_t i = 0; i < alikes->found.len; i++) {
        const sectag_alike *a = &alikes->found.data[i];
        const sectag_planned *e = &p->entries.data[a->asked];
        if (a->asked != shown) {
            rc |= sectag_buf_adds(&out, "  ") | sectag_put_plain(&out, p->strings.data + e->text, e->len);
            rc |= sectag_buf_addc(&out, '\n');
        }
        shown = a->asked;
        rc |= sectag_buf_addf(&out, "    %3.0f %%  ", 100 * a->jaccard) |
              sectag_put_plain(&out, alikes->strings.data + a->text, a->len) | sectag_buf_addc(&out, '\n');
    }
    if (!rc) (void)fputs(out.data, stderr);
    sectag_buf_release(&out);
}

/* Asks on the terminal; no terminal is a no. */
static int is_agreed(const run *r, size_t n) {
    char answer[16];
    if (r->o.yes) return 1;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        sectag_program_say("%zu near-identical clause%s not taken along (--yes does)", n,
                           n == 1 ? " is" : "s are");
        return 0;
    }
    (void)fprintf(stderr, "Take %s along? [y/N] ", n == 1 ? "it" : "them");
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int spread(run *r, sectag_plan *p, sectag_err *err) {
    sectag_alikes alikes = {0};
    if (r->o.no_spread) return 0;
    int rc = sectag_plan_alike(p, r->o.near, &alikes, err);
    if (!rc && alikes.found.len) {
        if (r->o.yes || isatty(STDERR_FILENO)) show_alikes(p, &alikes);
        if (is_agreed(r, alikes.found.len)) rc = sectag_plan_take_along(p, &alikes, err);
    }
    sectag_alikes_release(&alikes);
    return rc;
}

/* ---- telling what is on the disk ---- */

static int print_json(const run *r, const char *source, const sectag_plan *p, const sectag_recorded *done) {
    json_t *all =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "source", source, "recorded",
                  (json_int_t)done->entries, "spread", (json_int_t)done->spread, "withdrawn",
                  (json_int_t)done->withdrawn, "known", (json_int_t)done->known, "unchanged",
                  (json_int_t)p->unchanged, "bad", (json_int_t)r->bad, "batch", (json_int_t)done->batch);
    char *text = all ? json_dumps(all, 0) : NULL;
    sectag_buf out = {0};
    int rc = text ? sectag_buf_addf(&out, "%s\n", text) : SECTAG_ENOMEM;
    rc = rc ? SECTAG_EXIT_SOME : sectag_program_print(&out);
    sectag_buf_release(&out);
    free(text);
    json_decref(all);
    return rc;
}

static int put_part(sectag_buf *out, size_t n, const char *what) {
    return n ? sectag_buf_addf(out, ", %zu %s", n, what) : 0;
}

static int print_line(const run *r, const char *source, const sectag_plan *p, const sectag_recorded *done) {
    sectag_buf out = {0};
    int rc = sectag_put_plain(&out, source, strlen(source));
    rc |= sectag_buf_addf(&out, ": %zu correction%s recorded", done->entries, done->entries == 1 ? "" : "s");
    rc |= put_part(&out, done->spread, "more on near-identical clauses");
    rc |= put_part(&out, done->withdrawn, "withdrawn");
    rc |= put_part(&out, done->known, "known already");
    rc |= put_part(&out, p->unchanged, p->unchanged == 1 ? "row says nothing new" : "rows say nothing new");
    rc |= put_part(&out, r->bad, r->bad == 1 ? "row not used" : "rows not used");
    if (done->batch) rc |= sectag_buf_addf(&out, " (batch %lld)", (long long)done->batch);
    rc |= sectag_buf_addc(&out, '\n');
    rc = rc ? SECTAG_EXIT_SOME : sectag_program_print(&out);
    sectag_buf_release(&out);
    return rc;
}

static int finish(run *r, sectag_plan *p, const char *source, sectag_err *err) {
    sectag_recorded done = {0};
    int rc = spread(r, p, err);
    if (!rc) rc = sectag_plan_record(p, source, &done, err);
    if (rc) return rc;
    if (r->o.json ? print_json(r, source, p, &done) : print_line(r, source, p, &done)) r->some_failed = 1;
    return 0;
}

/* ---- slips ---- */

static int begin_plan(run *r, sectag_plan *p, sectag_err *err) {
    sectag_plan_options o = {.ws = r->desk.ws,
                             .areas = &r->areas,
                             .analyst = r->desk.analyst,
                             .time = r->desk.time,
                             .reason = r->o.reason,
                             .tags = tags_of,
                             .tags_ctx = r};
    r->bad = 0;
    return sectag_plan_init(p, &o, err);
}

static void on_bad_row(void *ctx, const sectag_err *err) {
    run *r = ctx;
    r->bad++;
    r->some_failed = 1;
    sectag_program_error(err);
}

static int on_slip(void *ctx, const sectag_slip *s, sectag_err *err) {
    return sectag_plan_add(ctx, s, err);
}

static int correct_file(run *r, const char *path, sectag_err *err) {
    sectag_plan plan;
    int rc = begin_plan(r, &plan, err);
    if (!rc) rc = sectag_intake_read(path, on_slip, &plan, on_bad_row, r, err);
    if (!rc) rc = finish(r, &plan, path, err);
    sectag_plan_release(&plan);
    return rc;
}

static void set_field(sectag_slip *s, sectag_slip_field field, const char *text) {
    if (!text) return;
    s->f[field] = (sectag_field){text, strlen(text)};
    s->has[field] = 1;
}

static int correct_one(run *r, sectag_err *err) {
    sectag_plan plan;
    sectag_slip s = {.path = "command line"};
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", r->o.clause);
    set_field(&s, SECTAG_SLIP_TEXT, r->o.text);
    set_field(&s, SECTAG_SLIP_DOC, r->o.doc);
    if (r->o.clause) set_field(&s, SECTAG_SLIP_CLAUSE, number);
    set_field(&s, SECTAG_SLIP_ADD, r->o.add);
    set_field(&s, SECTAG_SLIP_REMOVE, r->o.remove);
    set_field(&s, SECTAG_SLIP_CONFIRM, r->o.confirm);
    set_field(&s, SECTAG_SLIP_LABELS, r->o.labels);
    int rc = begin_plan(r, &plan, err);
    if (!rc) rc = sectag_plan_add(&plan, &s, err);
    if (!rc) rc = finish(r, &plan, "command line", err);
    sectag_plan_release(&plan);
    return rc;
}

/* ---- the command ---- */

static int refuse(const char *why) {
    sectag_program_say("%s (see sectag correct --help)", why);
    return SECTAG_EXIT_USAGE;
}

static int check_options(const correct_options *o, size_t n_files) {
    int place = o->text || o->doc || o->clause, says = o->add || o->remove || o->confirm || o->labels;
    if (n_files && (place || says))
        return refuse("either files, or a clause and its corrections on the command line");
    if (n_files == 0 && !o->text && !(o->doc && o->clause))
        return refuse("correct what? name files, --text TEXT, or --doc NAME and --clause N");
    if (n_files == 0 && !says) return refuse("and what is right? --add, --remove, --confirm or --labels");
    if (o->labels && (o->add || o->remove || o->confirm))
        return refuse("--labels are all areas of the clause: nothing to add or remove beside them");
    if (!(o->near > 0 && o->near <= 1)) return refuse("--near is above 0 and at most 1");
    if (o->yes && o->no_spread) return refuse("--yes and --no-spread contradict each other");
    return SECTAG_EXIT_OK;
}

/* A correction on the command line that cannot be recorded is a usage error. */
static int correct_command_line(run *r) {
    sectag_err err = {0};
    int rc = correct_one(r, &err);
    if (!rc) return r->some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
    sectag_program_error(&err);
    return rc == SECTAG_EDATA && !err.file[0] ? SECTAG_EXIT_USAGE : sectag_program_exit_code(rc);
}

/* A file that cannot be read costs only itself. */
static int correct_files(run *r, char **paths, size_t n) {
    for (size_t i = 0; i < n; i++) {
        sectag_err err = {0};
        if (correct_file(r, paths[i], &err) == 0) continue;
        sectag_program_error(&err);
        r->some_failed = 1;
    }
    return r->some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}

int cmd_correct(int argc, char **argv) {
    run r = {.o = {.near = SECTAG_SPREAD_JACCARD}};
    size_t n;
    int rc = sectag_program_begin(&usage, &r.o, argc, argv, &n);
    if (rc >= 0) return rc;
    rc = check_options(&r.o, n);
    if (!rc) rc = set_up(&r);
    if (!rc) rc = n ? correct_files(&r, argv + 1, n) : correct_command_line(&r);
    run_release(&r);
    return rc;
}
