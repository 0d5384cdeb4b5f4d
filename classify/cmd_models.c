/* cmd_models.c: the models of a workspace: which there are, which one is in use, and changing that. */
#include "classify/desk.h"
#include "classify/model_diff.h"
#include "classify/put.h"
#include "features/file.h"
#include "features/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct models_options {
    const char *report, *reason, *to, *analyst, *workspace;
    int force, json;
    size_t top;
} models_options;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(models_options, member), value, help }

static const sectag_option options[] = {
    ROW("report", 0, TEXT, report, "FILE", "promote: the gate's report (JSON with the member \"passed\")"),
    ROW("force", 0, FLAG, force, NULL, "promote: whatever the gate says; needs --reason"),
    ROW("reason", 'r', TEXT, reason, "TEXT", "why; is kept"),
    ROW("to", 0, TEXT, to, "ID", "rollback: to that model, not the one before"),
    SECTAG_ROW_ANALYST(models_options, "who does it"),
    ROW("json", 0, FLAG, json, NULL, "list, show, diff: as JSON"),
    ROW("top", 0, COUNT, top, "N", "diff: changed weights shown for each area (default: 5)"),
    SECTAG_ROW_WORKSPACE(models_options),
};

static const sectag_usage usage = {
    .command = "models",
    .operands = "list | show [ID] | diff OLD [NEW] | promote ID|FILE | rollback",
    .summary =
        "The models that a workspace keeps. list and show describe them; show without an id: the active one\n"
        "and all promotions. promote makes a model the one that sectag uses, if a gate report passed it; a\n"
        "model file is first taken into the workspace. rollback returns to the model before. diff shows what\n"
        "differs between two, ids or files (default for NEW: the one in use): provenance, options, thresholds,\n"
        "n-grams, and the weights that changed most. An id may be shortened. Exit code 4: the gate does not let\n"
        "the model through.",
    .example = "sectag models list\n"
               "sectag models promote mine.sectag --force --reason 'own areas'\n"
               "sectag models diff models/default/default.sectag candidate.sectag\n"
               "sectag models rollback --reason 'too many review tags'",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 3,
};

typedef struct run {
    models_options o;
    sectag_desk desk;
    sectag_buf out;
    const char *second; /* operand of diff */
    json_t *models, *promotions; /* arrays */
} run;

static int refuse(const char *why) {
    sectag_program_say("%s (see sectag models --help)", why);
    return SECTAG_EXIT_USAGE;
}

static int ends_with(int rc, const sectag_err *err) {
    if (rc) sectag_program_error(err);
    return sectag_program_exit_code(rc);
}

/* ---- list and show ---- */

static json_t *optional(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *parsed(const char *text) {
    json_t *value = text ? json_loads(text, 0, NULL) : NULL;
    return value ? value : json_null();
}

static int note_model(void *ctx, const sectag_registered *m, sectag_err *err) {
    run *r = ctx;
    json_t *passed = m->passed < 0 ? json_null() : json_boolean(m->passed);
    json_t *one =
        json_pack("{s:s, s:s, s:s, s:o, s:I, s:s, s:o, s:o, s:o}", "id", m->id, "state", m->state, "time",
                  m->time, "parent", optional(m->parent), "bytes", (json_int_t)m->bytes, "why", m->why,
                  "passed", passed, "report", parsed(m->report), "provenance", parsed(m->provenance));
    return !one || json_array_append_new(r->models, one) ? sectag_err_nomem(err) : 0;
}

static int note_promotion(void *ctx, const sectag_promotion *p, sectag_err *err) {
    run *r = ctx;
    json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:o}", "time", p->time, "analyst", p->analyst,
                            "action", p->action, "model", p->model, "previous", optional(p->previous),
                            "forced", p->forced, "reason", optional(p->reason));
    return !one || json_array_append_new(r->promotions, one) ? sectag_err_nomem(err) : 0;
}

static const char *member(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "-";
}

static int put_plain(sectag_buf *out, const char *text) {
    return sectag_put_plain(out, text, strlen(text));
}

static int put_model_line(sectag_buf *out, const json_t *m) {
    const json_t *passed = json_object_get(m, "passed");
    int rc = sectag_buf_addf(out, "%s %s  %-9s  %s  %s  gate: %-6s  ",
                             strcmp(member(m, "state"), "active") == 0 ? "*" : " ", member(m, "id"),
                             member(m, "state"), member(m, "time"), member(m, "parent"),
                             json_is_null(passed)   ? "none"
                             : json_is_true(passed) ? "passed"
                                                    : "failed");
    return rc | put_plain(out, member(m, "why")) | sectag_buf_addc(out, '\n');
}

static int put_promotion_line(sectag_buf *out, const json_t *p) {
    int rc = sectag_buf_addf(out, "  %s  ", member(p, "time")) | put_plain(out, member(p, "analyst"));
    rc |= sectag_buf_addf(out, "  %s  %s -> %s%s  ", member(p, "action"), member(p, "previous"),
                          member(p, "model"), json_is_true(json_object_get(p, "forced")) ? " (forced)" : "");
    return rc | put_plain(out, member(p, "reason")) | sectag_buf_addc(out, '\n');
}

static int put_lines(run *r) {
    size_t i;
    json_t *one;
    int rc = 0;
    json_array_foreach(r->models, i, one) rc |= put_model_line(&r->out, one);
    json_array_foreach(r->promotions, i, one) rc |= put_promotion_line(&r->out, one);
    return rc;
}

static int put_json(run *r, json_t *value) {
    char *text = value ? json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) : NULL;
    int rc = text ? sectag_buf_addf(&r->out, "%s\n", text) : SECTAG_ENOMEM;
    free(text);
    return rc;
}

static int collect(run *r, const char *id, int history, sectag_err *err) {
    r->models = json_array();
    r->promotions = json_array();
    if (!r->models || !r->promotions) return sectag_err_nomem(err);
    int rc = sectag_registry_list(r->desk.ws, id, note_model, r, err);
    return !rc && history ? sectag_registry_history(r->desk.ws, note_promotion, r, err) : rc;
}

static int list(run *r, const char *operand) {
    sectag_err err = {0};
    if (operand) return refuse("models list takes no id");
    int rc = collect(r, NULL, 0, &err);
    if (!rc && (r->o.json ? put_json(r, r->models) : put_lines(r))) rc = sectag_err_nomem(&err);
    return rc ? ends_with(rc, &err) : sectag_program_print(&r->out);
}

static int show(run *r, const char *operand) {
    sectag_err err = {0};
    char id[SECTAG_MODEL_ID + 1];
    int rc = operand ? sectag_registry_find(r->desk.ws, operand, id, &err)
                     : sectag_registry_active(r->desk.ws, id, &err);
    if (rc == 0) return sectag_program_say("no model of the workspace is active yet"), SECTAG_EXIT_SOME;
    if (rc > 0) rc = collect(r, id, operand == NULL, &err);
    if (!rc && r->o.json) {
        json_t *all =
            json_pack("{s:O, s:O}", "model", json_array_get(r->models, 0), "promotions", r->promotions);
        if (put_json(r, all)) rc = sectag_err_nomem(&err);
        json_decref(all);
    } else if (!rc) {
        json_t *report = json_object_get(json_array_get(r->models, 0), "report");
        if (put_lines(r) || (!json_is_null(report) && put_json(r, report))) rc = sectag_err_nomem(&err);
    }
    return rc ? ends_with(rc, &err) : sectag_program_print(&r->out);
}

/* ---- promote ---- */

/* Reads a report: its text, and whether it passed. A report that names a candidate must name this one. */
static int read_report(const char *path, const char *id, sectag_buf *text, int *passed, sectag_err *err) {
    sectag_file file;
    json_error_t problem;
    int rc = sectag_file_open(&file, path, err);
    if (rc) return rc;
    json_t *report = json_loadb(file.data, file.len, 0, &problem);
    const char *candidate = json_string_value(json_object_get(report, "candidate"));
    const json_t *verdict = json_object_get(report, "passed");
    if (!report)
        rc = sectag_err_at(err, SECTAG_EDATA, path, (uint64_t)(problem.line > 0 ? problem.line : 1),
                           "broken JSON: %s", problem.text);
    else if (!json_is_boolean(verdict))
        rc =
            sectag_err_at(err, SECTAG_EDATA, path, 0, "no gate report: \"passed\" is neither true nor false");
    else if (candidate && strcmp(candidate, id) != 0)
        rc = sectag_err_at(err, SECTAG_EDATA, path, 0, "this report is about model %.32s, not %s", candidate,
                           id);
    else if (sectag_buf_add(text, file.data, file.len))
        rc = sectag_err_nomem(err);
    *passed = json_is_true(verdict);
    json_decref(report);
    sectag_file_release(&file);
    return rc;
}

/* The id of what the operand names: a registered model, or a file, which is taken in. */
static int take_model(run *r, const char *operand, char id[SECTAG_MODEL_ID + 1], sectag_err *err) {
    if (access(operand, F_OK) != 0) {
        int found = sectag_registry_find(r->desk.ws, operand, id, err);
        return found > 0 ? 0 : found;
    }
    return sectag_registry_keep(r->desk.ws, operand, NULL, r->o.reason ? r->o.reason : "taken from a file",
                                r->desk.time, id, err);
}

static int add_report(run *r, const char *id, sectag_err *err) {
    sectag_buf report = {0};
    int passed = 0;
    int rc = read_report(r->o.report, id, &report, &passed, err);
    if (!rc) rc = sectag_registry_report(r->desk.ws, id, report.data, passed, r->desk.time, err);
    sectag_buf_release(&report);
    return rc;
}

static int say_promoted(run *r, const char *id, const char *what) {
    int rc = sectag_buf_addf(&r->out, "%s: model %s is active\n", what, id);
    return rc ? SECTAG_EXIT_SOME : sectag_program_print(&r->out);
}

static int promote(run *r, const char *operand) {
    sectag_err err = {0};
    sectag_buf in_use = {0};
    char id[SECTAG_MODEL_ID + 1] = "";
    sectag_actor actor = {r->desk.analyst, r->desk.time};
    if (!operand) return refuse("promote which model?");
    if (r->o.force && !(r->o.reason && *r->o.reason)) return refuse("--force needs a --reason");
    int rc = take_model(r, operand, id, &err);
    if (!rc && r->o.report) rc = add_report(r, id, &err);
    if (!rc && sectag_program_model_path(NULL, r->o.workspace, &in_use)) rc = SECTAG_EMODEL;
    if (!rc)
        rc = sectag_registry_promote(r->desk.ws, id, r->o.force ? r->o.reason : NULL, in_use.data, &actor,
                                     &err);
    sectag_buf_release(&in_use);
    if (rc == SECTAG_EGATE)
        sectag_program_say("%s: not promoted (--report FILE of a gate, or --force --reason TEXT)", err.msg);
    else if (rc && err.msg[0])
        sectag_program_error(&err);
    return rc ? sectag_program_exit_code(rc) : say_promoted(r, id, "promoted");
}

static int rollback(run *r, const char *operand) {
    sectag_err err = {0};
    char id[SECTAG_MODEL_ID + 1] = "", to[SECTAG_MODEL_ID + 1] = "";
    sectag_actor actor = {r->desk.analyst, r->desk.time};
    if (operand) return refuse("rollback takes a model by --to");
    int rc = r->o.to ? sectag_registry_find(r->desk.ws, r->o.to, to, &err) : 0;
    if (rc >= 0) rc = sectag_registry_rollback(r->desk.ws, to[0] ? to : NULL, r->o.reason, &actor, id, &err);
    return rc ? ends_with(rc, &err) : say_promoted(r, id, "rolled back");
}

/* ---- diff ---- */

/* Opens a model by a file's name, or by an id of the workspace; NULL: the one in use. Returns an exit code. */
static int open_named(run *r, const char *name, sectag_model *m) {
    sectag_err err = {0};
    sectag_buf path = {0};
    char id[SECTAG_MODEL_ID + 1];
    if (!name || access(name, F_OK) == 0) return sectag_program_open_model_in(m, name, r->o.workspace);
    int rc = sectag_desk_look(&r->desk, r->o.workspace, &err);
    if (rc == 0) rc = sectag_err_set(&err, SECTAG_EARG, "%.200s: no such file, and there is no workspace", name);
    if (rc > 0) rc = sectag_registry_find(r->desk.ws, name, id, &err);
    if (rc > 0) rc = sectag_registry_path(r->desk.ws, id, &path) ? sectag_err_nomem(&err) : 0;
    sectag_desk_release(&r->desk);
    rc = rc ? ends_with(rc, &err) : sectag_program_open_model(m, path.data);
    sectag_buf_release(&path);
    return rc;
}

static int compare(run *r, const sectag_model *before, const sectag_model *after) {
    sectag_err err = {0};
    json_t *diff = NULL;
    int rc = sectag_model_diff(before, after, r->o.top, &diff, &err);
    if (!rc && (r->o.json ? put_json(r, diff) : sectag_model_diff_put(diff, &r->out))) rc = sectag_err_nomem(&err);
    json_decref(diff);
    return rc ? ends_with(rc, &err) : sectag_program_print(&r->out);
}

static int diff(run *r, const char *operand) {
    sectag_model before, after;
    if (!operand) return refuse("diff which models?");
    if (r->o.top > 1000) return refuse("--top is at most 1000");
    int rc = open_named(r, operand, &before);
    if (rc) return rc;
    rc = open_named(r, r->second, &after);
    if (!rc) {
        rc = compare(r, &before, &after);
        sectag_model_release(&after);
    }
    sectag_model_release(&before);
    return rc;
}

/* ---- the command ---- */

static const struct action {
    const char *name;
    int (*run)(run *r, const char *operand);
    enum { READS, CREATES, NEEDS_NONE } workspace; /* needs one, makes one where there is none, or goes without */
} actions[] = {{"list", list, READS},
               {"show", show, READS},
               {"diff", diff, NEEDS_NONE},
               {"promote", promote, CREATES},
               {"rollback", rollback, READS}};

static int is_text(const char *text) {
    return !text || sectag_utf8_check(text, strlen(text)) == strlen(text);
}

int cmd_models(int argc, char **argv) {
    run r = {.o = {.top = 5}};
    const struct action *action = NULL;
    size_t n;
    int rc = sectag_program_begin(&usage, &r.o, argc, argv, &n);
    if (rc >= 0) return rc;
    for (size_t i = 0; n > 0 && i < sizeof actions / sizeof actions[0]; i++)
        if (strcmp(argv[1], actions[i].name) == 0) action = &actions[i];
    if (!action) return refuse("models takes list, show, diff, promote or rollback");
    if (!is_text(r.o.reason)) return refuse("--reason is invalid UTF-8");
    if (n > 2 && action->run != diff) return refuse("too many arguments");
    r.second = n > 2 ? argv[3] : NULL;
    rc = action->workspace == NEEDS_NONE
             ? 0
             : sectag_desk_open(&r.desk, r.o.workspace, r.o.analyst, action->workspace == CREATES);
    if (!rc) rc = action->run(&r, n > 1 ? argv[2] : NULL);
    json_decref(r.models);
    json_decref(r.promotions);
    sectag_buf_release(&r.out);
    sectag_desk_release(&r.desk);
    return rc;
}
