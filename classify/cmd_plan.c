/* cmd_plan.c: what reading a run will cost, before it is run. */
#include "classify/batch.h"
#include "classify/document.h"
#include "classify/forecast.h"
#include "classify/inputs.h"
#include "classify/points.h"
#include "classify/program.h"

#include <stdlib.h>
#include <string.h>

typedef struct plan_values {
    const char *areas, *recall, *precision, *model, *workspace, *encoding, *column;
    int lines, json, quiet;
    double confidence;
} plan_values;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(plan_values, member), value, help }

static const sectag_option options[] = {
    ROW("json", 0, FLAG, json, NULL, "everything as JSON"),
    ROW("recall", 0, TEXT, recall, "R", SECTAG_POINTS_RECALL_HELP),
    ROW("precision", 0, TEXT, precision, "P", SECTAG_POINTS_PRECISION_HELP),
    ROW("confidence", 0, REAL, confidence, "C", SECTAG_POINTS_CONFIDENCE_HELP),
    ROW("area", 0, TEXT, areas, "CODE,...", "these areas only"),
    ROW("lines", 'l', FLAG, lines, NULL, "take each line as one clause"),
    ROW("column", 0, TEXT, column, "NAME", "of tables and JSONL, as in sectag tag"),
    ROW("encoding", 0, TEXT, encoding, "NAME", "read text in this encoding (default: guessed)"),
    ROW("model", 'm', TEXT, model, "FILE",
        "the model (default: $SECTAG_MODEL, else the active one, else the one that came along)"),
    ROW("workspace", 'w', TEXT, workspace, "FILE", "the workspace whose active model is meant"),
    ROW("quiet", 'q', FLAG, quiet, NULL, "no word of areas without a promise"),
};

static const sectag_usage usage = {
    .command = "plan",
    .operands = "[FILE | FOLDER | -]...",
    .summary = "Forecasts the work of a run: by area, how many clauses are accepted, to be reviewed and left "
               "alone at the\n"
               "point in force, and how many there are to read for a recall of 0.8, 0.9, 0.95, 0.98 and 1.",
    .example = "sectag plan tests/data/sample\n"
               "sectag plan --recall 0.9 --area vaccine,ivd tests/data/sample",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = SIZE_MAX,
};

typedef struct run {
    plan_values v;
    sectag_model model;
    sectag_points points;
    sectag_operating table;
    uint8_t *shown;
    sectag_writer writer; /* `count` is given it and finds the run around it */
    sectag_forecast forecast;
    sectag_batch batch;
    sectag_tagger tagger;
    int some_failed;
} run;

static void run_release(run *r) {
    sectag_tagger_release(&r->tagger);
    sectag_batch_release(&r->batch);
    sectag_forecast_release(&r->forecast);
    sectag_model_release(&r->model);
    sectag_points_release(&r->points);
    sectag_operating_release(&r->table);
    free(r->shown);
}

static void report(void *ctx, const sectag_err *err) {
    run *r = ctx;
    if (!err->code && r->v.quiet) return;
    r->some_failed |= err->code != 0;
    sectag_program_error(err);
}

/* ---- counting: the format that writes nothing ---- */

static int count(const sectag_writer *w, const sectag_record *record, sectag_buf *out) {
    run *r = (run *)(uintptr_t)((const char *)w - offsetof(run, writer)); /* NOLINT(performance-no-int-to-ptr) */
    (void)out;
    sectag_forecast_count(&r->forecast, record->verdict);
    return 0;
}

static const sectag_format counting = {.name = "count", .summary = "counts", .record = count};

static int flush(run *r, sectag_err *err) {
    return r->batch.clauses.len ? sectag_batch_run(&r->batch, &r->tagger, &r->writer, 1, err) : 0;
}

static int take(void *ctx, const sectag_record *record, sectag_err *err) {
    run *r = ctx;
    int rc = sectag_batch_add(&r->batch, record, err);
    if (rc || !sectag_batch_is_full(&r->batch)) return rc;
    rc = flush(r, err);
    return rc ? rc : sectag_batch_reset(&r->batch, record->doc, err);
}

/* A document that cannot be read costs only itself. */
static int read_document(run *r, sectag_document *d, const char *path, sectag_err *err) {
    sectag_err why = {0};
    int rc = sectag_batch_reset(&r->batch, (sectag_piece){path, strlen(path)}, err);
    if (rc) return rc;
    rc = sectag_document_read(d, path, &why);
    if (sectag_document_counted(d)->stopped) {
        *err = why;
        return rc;
    }
    if (rc)
        report(r, &why);
    else
        r->forecast.documents++;
    return flush(r, err);
}

static int read_all(run *r, char **operands, size_t n, sectag_err *err) {
    sectag_inputs in = {0};
    char standard_input[] = "-", *only = standard_input;
    sectag_document *d = sectag_document_new(&(sectag_document_options){.lines = r->v.lines,
                                                                        .ctx = r,
                                                                        .record = take,
                                                                        .warning = report,
                                                                        .encoding = r->v.encoding,
                                                                        .column = r->v.column});
    int rc = d ? sectag_inputs_init(&in, n ? operands : &only, n ? n : 1, report, r, err) : sectag_err_nomem(err);
    for (size_t i = 0; i < in.paths.len && !rc; i++) rc = read_document(r, d, in.paths.data[i], err);
    sectag_inputs_release(&in);
    sectag_document_free(d);
    return rc;
}

/* ---- the run ---- */

static int set_model(run *r) {
    const sectag_points_options o = {r->v.recall, r->v.precision, r->v.confidence, r->v.model,
                                     r->v.workspace, r->v.quiet, 0};
    int rc = sectag_program_open_model_in(&r->model, r->v.model, r->v.workspace);
    if (!rc) rc = sectag_points_set(&r->points, &r->model, &o);
    if (rc) return rc;
    r->shown = sectag_zalloc(r->model.n_areas, 1);
    if (!r->shown) return sectag_program_say("out of memory"), SECTAG_EXIT_SOME;
    return sectag_program_areas(&r->model.taxonomy, r->v.areas, r->shown);
}

/* Without a table there is no recall to tell: the bands are counted all the same. */
static int open_table(run *r, const sectag_operating **table) {
    sectag_buf path = {0};
    sectag_err err = {0};
    *table = &r->points.table;
    if (r->points.table.area) return 0;
    int rc = sectag_program_model_path(r->v.model, r->v.workspace, &path);
    *table = &r->table;
    if (!rc && sectag_operating_open(&r->table, &r->model, path.data, &err)) {
        if (!r->v.quiet) sectag_program_error(&err);
        *table = NULL;
    }
    sectag_buf_release(&path);
    return rc;
}

static int plan(run *r, char **operands, size_t n, const sectag_operating *table, sectag_err *err) {
    sectag_buf out = {0};
    r->writer = (sectag_writer){.format = &counting, .taxonomy = &r->model.taxonomy, .shown = r->shown};
    int rc = sectag_forecast_init(&r->forecast, &r->model, r->shown, table, r->v.confidence, err);
    if (!rc) rc = sectag_batch_init(&r->batch, r->model.n_areas, err);
    if (!rc) rc = sectag_tagger_init(&r->tagger, &r->model, err);
    if (!rc) rc = read_all(r, operands, n, err);
    if (!rc && (r->v.json ? sectag_forecast_json(&r->forecast, r->points.label.data, &out)
                          : sectag_forecast_text(&r->forecast, &out)))
        rc = sectag_err_nomem(err);
    if (!rc && sectag_program_print(&out)) rc = sectag_err_set(err, SECTAG_EIO, "cannot write the forecast");
    sectag_buf_release(&out);
    return rc;
}

int cmd_plan(int argc, char **argv) {
    run r = {.v.confidence = SECTAG_CONFIDENCE};
    const sectag_operating *table = NULL;
    size_t n;
    sectag_err err = {0};
    int rc = sectag_program_begin(&usage, &r.v, argc, argv, &n);
    if (rc >= 0) return rc;
    rc = set_model(&r);
    if (!rc) rc = open_table(&r, &table);
    if (!rc) {
        int failed = plan(&r, argv + 1, n, table, &err);
        if (failed) sectag_program_error(&err);
        rc = failed ? sectag_program_exit_code(failed) : r.some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
    }
    run_release(&r);
    return rc;
}
