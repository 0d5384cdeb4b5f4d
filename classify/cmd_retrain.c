/* cmd_retrain.c: the current model's training again with analysts' decisions, and the gate.
 *
 *   vectors + decisions -> candidate       \
 *   vectors + earlier decisions ->          > gate -> report, exit code 0 or 4
 *   current model                          /
 *
 * The candidate goes to the file of -o, or without one into the workspace, in use at once if it passed.
 */
#include "classify/desk.h"
#include "classify/program.h"
#include "classify/progress.h"
#include "features/file.h"
#include "training/decided.h"
#include "training/decision_table.h"
#include "training/gate.h"
#include "training/ledger.h"
#include "training/operating.h"
#include "training/solver.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SECTAG_VERSION
#define SECTAG_VERSION "0.1.0"
#endif

typedef struct retrain_values {
    const char *decisions, *workspace, *rule, *earlier, *vectors, *taxonomy, *terms, *areas, *model, *output,
        *report, *contrast, *solver, *copies, *reason, *analyst;
    int no_gate, quiet, force;
    size_t folds, min_positives, jobs, allowed;
} retrain_values;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(retrain_values, member), value, help }

static const sectag_option options[] = {
    ROW("output", 'o', TEXT, output, "FILE",
        "the candidate's model file (default: into the workspace, and in use if it passes)"),
    ROW("force", 0, FLAG, force, NULL, "without -o: in use whatever the gate says; needs --reason"),
    ROW("reason", 'r', TEXT, reason, "TEXT", "why; is kept"),
    SECTAG_ROW_ANALYST(retrain_values, "without -o: who does it"),
    ROW("report", 0, TEXT, report, "FILE", "also write the gate's report (JSON)"),
    ROW("decisions", 'd', TEXT, decisions, "FILE",
        "decided clauses: a table (TSV) with the columns text, and labels or add and remove,\n"
        "                          and if there are any doc, held"),
    ROW("workspace", 'w', TEXT, workspace, "FILE",
        "decide by this workspace's ledger (default without --decisions: the workspace of\n"
        "                          sectag correct, if there is one)"),
    ROW("rule", 0, TEXT, rule, "NAME", "of decisions in the ledger that differ: latest (default) or majority"),
    ROW("earlier", 0, TEXT, earlier, "FILE", "the decisions that the current model was trained with (default: what the ledger was\n"
        "                          then)"),
    ROW("correction-copies", 0, TEXT, copies, "N",
        "a decided clause counts N times (default: 2); auto: chosen by cross-validation"),
    ROW("areas", 0, TEXT, areas, "FILE", "new areas, known from decisions only (columns as in the taxonomy)"),
    ROW("model", 'm', TEXT, model, "FILE",
        "the current model (default: $SECTAG_MODEL, else the workspace's active one, else the shipped one)"),
    ROW("vectors", 0, TEXT, vectors, "DIR", "its training vectors (default: models/default)"),
    ROW("taxonomy", 0, TEXT, taxonomy, "FILE", "its areas (default: models/taxonomy.tsv)"),
    ROW("terms", 0, TEXT, terms, "FILE", "its term list (default: training/corpus/terms.tsv)"),
    ROW("contrast", 0, TEXT, contrast, "FILE", "cases that must not fail (columns id, area, expect, text)"),
    ROW("allow-contrast", 0, COUNT, allowed, "N", "so many more cases may fail (default: 2)"),
    ROW("no-gate", 0, FLAG, no_gate, NULL, "do not compare with the current model"),
    ROW("solver", 0, TEXT, solver, "NAME", "libsvm or liblinear (default: libsvm up to 50,000 clauses)"),
    ROW("folds", 0, COUNT, folds, "N", "folds of the cross-validation (default: 5)"),
    ROW("min-positives", 0, COUNT, min_positives, "N", "leave out areas with fewer clauses (default: 10)"),
    ROW("jobs", 'j', COUNT, jobs, "N", "threads (default: all processors)"),
    ROW("quiet", 'q', FLAG, quiet, NULL, "no progress, no summary"),
};

static const sectag_usage usage = {
    .command = "retrain",
    .operands = "[-o CANDIDATE] [--workspace FILE | --decisions FILE]",
    .summary = "Trains the current model again with what analysts decided, and compares the candidate with "
               "it: by area\n"
               "on out-of-fold scores and on held decisions, on contrast cases, and in calibration. A "
               "significant loss\n"
               "in a core area gives exit code 4. Without decisions the candidate is the shipped model, byte "
               "for byte.",
    .example = "sectag retrain --workspace mine.sqlite\n"
               "sectag retrain -o candidate.sectag --report report.json\n"
               "sectag models promote candidate.sectag --report report.json\n"
               "sectag retrain --decisions decided.tsv -o candidate.sectag",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 0,
};

/* A training of the run: the candidate's, or what the current model's was. */
typedef struct part {
    sectag_material material;
    sectag_train_options o;
    sectag_decisions decisions;
    sectag_decided decided;
    sectag_trained trained;
    sectag_model model;
} part;

typedef struct run {
    retrain_values v;
    sectag_progress progress;
    sectag_desk desk;      /* with a workspace where none is named and decisions come from a file: closed */
    sectag_taxonomy added; /* areas of the workspace */
    sectag_buf own;        /* path of the candidate's file where there is no -o */
    sectag_buf report;
    part now, next;
} run;

static void part_release(part *p) {
    sectag_model_release(&p->model);
    sectag_trained_release(&p->trained);
    sectag_decisions_release(&p->decisions);
    sectag_material_release(&p->material);
}

/* ---- options ---- */

static int parse_copies(const char *text, uint32_t *copies) {
    char *end;
    if (!text || strcmp(text, "auto") == 0) return 0;
    unsigned long n = strtoul(text, &end, 10);
    if (*end || n < 1 || n > 64) {
        sectag_program_say("--correction-copies is a number from 1 to 64, or auto");
        return SECTAG_EXIT_USAGE;
    }
    *copies = (uint32_t)n;
    return 0;
}

static void set_paths(retrain_values *v) {
    static const char contrast[] = SECTAG_SOURCE_DIR "/tests/data/contrast.tsv";
    if (!v->terms && !v->taxonomy) v->terms = SECTAG_SOURCE_DIR "/training/corpus/terms.tsv";
    if (!v->contrast && !v->taxonomy && access(contrast, R_OK) == 0) v->contrast = contrast;
    if (!v->taxonomy) v->taxonomy = SECTAG_SOURCE_DIR "/models/taxonomy.tsv";
    if (!v->vectors) v->vectors = SECTAG_SOURCE_DIR "/models/default";
}

static int check(run *r, uint32_t *copies) {
    retrain_values *v = &r->v;
    if (!v->output && v->decisions)
        return sectag_program_say("which model file shall be written? (-o FILE)"), SECTAG_EXIT_USAGE;
    if (v->output && v->force)
        return sectag_program_say("--force is for retraining without -o"), SECTAG_EXIT_USAGE;
    if (v->force && !(v->reason && *v->reason))
        return sectag_program_say("--force needs a --reason"), SECTAG_EXIT_USAGE;
    if (!v->output && v->no_gate)
        return sectag_program_say("--no-gate needs a model file to write (-o FILE)"), SECTAG_EXIT_USAGE;
    if (v->folds > 100 || v->min_positives > UINT32_MAX || v->jobs > 1024)
        return sectag_program_say("a number is out of range"), SECTAG_EXIT_USAGE;
    set_paths(v);
    const char *in[] = {v->decisions, v->earlier, v->taxonomy, v->terms, v->areas, v->model, v->contrast};
    int rc = parse_copies(v->copies, copies);
    for (size_t i = 0; i < sizeof in / sizeof in[0] && !rc; i++) {
        rc = sectag_program_check_output(v->output, in[i]);
        if (!rc) rc = sectag_program_check_output(v->report, in[i]);
    }
    return rc;
}

/* ---- the two trainings ---- */

static int on_progress(void *ctx, size_t done, size_t total) {
    run *r = ctx;
    r->progress.total = total;
    sectag_progress_set(&r->progress, done);
    return 0;
}

/* The digest of the decisions that a model was trained with, by its provenance; 0: there were none. */
static int find_digest(const json_t *provenance, uint64_t *digest) {
    const char *made = json_string_value(json_object_get(json_object_get(provenance, "decisions"), "xxh3"));
    if (made) *digest = strtoull(made, NULL, 16);
    return made != NULL;
}

static json_t *provenance_of(const sectag_model *m) {
    return json_loadb(m->provenance, m->provenance_len, 0, NULL);
}

static int parse_rule(const run *r, sectag_rule *rule, sectag_err *err) {
    *rule = SECTAG_RULE_LATEST;
    return r->v.rule ? sectag_rule_parse(r->v.rule, rule, err) : 0;
}

/* The ledger as it stands. */
static int read_ledger(const run *r, part *p, sectag_err *err) {
    sectag_rule rule;
    int rc = parse_rule(r, &rule, err);
    return rc ? rc : sectag_ledger_decisions(r->desk.ws, &p->material.taxonomy, rule, &p->decisions, err);
}

/* The ledger as it stood when the current model was trained. */
static int recall_ledger(const run *r, part *p, sectag_err *err) {
    sectag_rule rule;
    uint64_t digest;
    json_t *provenance = provenance_of(&r->now.model);
    int found = find_digest(provenance, &digest);
    json_decref(provenance);
    if (!found) return 0;
    int rc = parse_rule(r, &rule, err);
    if (!rc && r->desk.ws)
        rc = sectag_ledger_recall(r->desk.ws, &p->material.taxonomy, rule, digest, &p->decisions, err);
    if (rc) return rc < 0 ? rc : 0;
    p->decisions.n_areas = p->material.taxonomy.areas.len;
    sectag_program_say("the decisions that the current model was trained with are not to be found (--earlier): on "
                       "out-of-fold scores the candidate is compared with a training without them");
    return 0;
}

/* The candidate has the areas of the workspace and of --areas besides; the current one what it was given before. */
static int open_part(const run *r, part *p, const char *decisions, sectag_err *err) {
    const retrain_values *v = &r->v;
    sectag_material_paths paths = {.taxonomy = v->taxonomy, .terms = v->terms, .vectors = v->vectors};
    paths.added_areas = p == &r->next ? &r->added : &r->now.model.taxonomy;
    if (p == &r->next) paths.more_areas = v->areas;
    int rc = sectag_material_open(&p->material, &paths, &p->o, NULL, NULL, err);
    if (rc) return rc;
    p->decisions.n_areas = p->material.taxonomy.areas.len;
    if (decisions)
        rc = sectag_decisions_read(&p->decisions, &p->material.taxonomy, decisions, err);
    else if (p == &r->now)
        rc = recall_ledger(r, p, err);
    else if (r->desk.ws)
        rc = read_ledger(r, p, err);
    if (!rc) rc = sectag_material_decide(&p->material, &p->decisions, &p->o, &p->decided, err);
    if (!rc) p->o.solver = v->solver ? v->solver : sectag_solver_default(p->material.data.rows.len);
    return rc;
}

static int train_part(run *r, part *p, const char *label, int final, sectag_err *err) {
    sectag_progress_init(&r->progress, label, SECTAG_PROGRESS_STEPS, 0, !r->v.quiet);
    int rc = (final ? sectag_train : sectag_train_cross_validate)(&p->material.data, &p->material.vocab,
                                                                  &p->o, &p->trained, on_progress, r, err);
    sectag_progress_release(&r->progress);
    return rc;
}

static void say_left_out(const part *p) {
    for (size_t a = 0; a < p->trained.n_areas; a++)
        if (!p->trained.area[a].trained && p->trained.positives[a] < p->o.min_positives)
            sectag_program_say("area %s is left out: %u clauses, %u more are needed",
                               p->material.taxonomy.areas.data[a].code, p->trained.positives[a],
                               p->o.min_positives - p->trained.positives[a]);
}

/* The parent of a candidate is the current model, or that model's parent where both are made from the same
 * decisions: retraining again gives the same bytes again. */
static void parent_of(const run *r, char parent[17]) {
    uint64_t digest;
    json_t *known = provenance_of(&r->now.model);
    const char *its = json_string_value(json_object_get(known, "parent"));
    sectag_model_id(&r->now.model, parent);
    if (its && strlen(its) == 16 && find_digest(known, &digest) && digest == r->next.decided.digest)
        memcpy(parent, its, 17);
    json_decref(known);
}

static int make_candidate(run *r, sectag_err *err) {
    part *p = &r->next;
    char parent[17];
    int rc = open_part(r, p, r->v.decisions, err);
    if (!rc && r->v.copies && strcmp(r->v.copies, "auto") == 0)
        rc = sectag_choose_copies(&p->material, &p->o, err);
    if (!rc) rc = train_part(r, p, "training", 1, err);
    if (rc) return rc;
    say_left_out(p);
    parent_of(r, parent);
    p->decided.copies = p->o.correction_copies;
    sectag_lineage lineage = {&p->decided, parent};
    /* without decisions the shipped model again, without a word of this */
    int same = p->decided.clauses == 0 && !r->v.areas && !r->added.areas.len;
    rc = sectag_material_save_retrained(&p->material, &p->o, &p->trained, SECTAG_VERSION,
                                        same ? NULL : &lineage, r->v.output, err);
    return rc ? rc : sectag_model_open(&p->model, r->v.output, err);
}

/* ---- the gate ---- */

static const char *code_of(const run *r, size_t area) {
    return r->next.material.taxonomy.areas.data[area].code;
}

static void say_area(const run *r, const sectag_metrics *m, const char *set, size_t a) {
    if (a >= m->n_areas || m->area[a].n_gold == 0) return;
    sectag_program_say("  %s, %s: F1 %+.3f (%+.3f to %+.3f), average precision %+.3f (%+.3f to %+.3f)",
                       code_of(r, a), set, m->area[a].f1.value, m->area[a].f1.low, m->area[a].f1.high,
                       m->area[a].ap.value, m->area[a].ap.low, m->area[a].ap.high);
}

static void say_verdict(const run *r, const sectag_gate *g) {
    const sectag_decided *d = &r->next.decided;
    if (!r->v.quiet || g->blocked)
        sectag_program_say(
            "%s: %zu decided clauses (%zu new, %zu that repeat the corpus, %zu labels contradicted, %zu "
            "held), %zu tags flip, contrast cases failed %zu (before: %zu)",
            g->blocked ? "blocked" : "passed", d->clauses, d->added, d->repeating, d->contradicting, d->held,
            g->flips.len, g->failed_after, g->failed_before);
    for (size_t a = 0; a < g->n_areas; a++) {
        if (!g->lost[a]) continue;
        say_area(r, &g->corpus, "corpus", a);
        say_area(r, &g->held, "held decisions", a);
    }
}

static int run_gate(run *r, int *blocked, sectag_err *err) {
    sectag_gate g;
    sectag_gate_options o = SECTAG_GATE_DEFAULTS;
    o.allowed_contrast = r->v.allowed;
    sectag_gate_input in = {&r->next.material, &r->next.o,     &r->now.trained,    &r->next.trained,
                            &r->now.model,     &r->next.model, &r->next.decisions, r->v.contrast};
    sectag_gate_init(&g);
    int rc = open_part(r, &r->now, r->v.earlier, err);
    if (!rc) rc = train_part(r, &r->now, "scoring the current model", 0, err);
    if (!rc) rc = sectag_gate_run(&g, &in, &o, err);
    if (!rc) rc = sectag_gate_report(&g, &in, &o, &r->report, err);
    if (!rc && r->v.report) rc = sectag_file_save(r->v.report, r->report.data, r->report.len, err);
    if (!rc) say_verdict(r, &g);
    *blocked = g.blocked;
    sectag_gate_release(&g);
    return rc;
}

/* ---- the workspace ---- */

static int find_area(const sectag_taxonomy *t, const sectag_area *a) {
    return sectag_taxonomy_find(t, a->code, strlen(a->code));
}

/* The workspace's areas: first those that the current model has, in its order, so that areas keep their
 * numbers; then the others. */
static int read_added(run *r, sectag_err *err) {
    const sectag_taxonomy *known = &r->now.model.taxonomy;
    sectag_taxonomy all = {0};
    int rc = sectag_workspace_areas(r->desk.ws, &all, err);
    for (size_t i = 0; i < known->areas.len && !rc; i++)
        if (find_area(&all, &known->areas.data[i]) >= 0 && sectag_taxonomy_add(&r->added, &known->areas.data[i]))
            rc = sectag_err_nomem(err);
    for (size_t i = 0; i < all.areas.len && !rc; i++)
        if (find_area(known, &all.areas.data[i]) < 0 && sectag_taxonomy_add(&r->added, &all.areas.data[i]))
            rc = sectag_err_nomem(err);
    sectag_taxonomy_release(&all);
    return rc;
}

/* Opens it where decisions come from a ledger, or the candidate goes into one. */
static int open_desk(run *r, sectag_err *err) {
    if (r->v.decisions) return 0;
    int rc = sectag_desk_look(&r->desk, r->v.workspace, err);
    if (rc == 1) rc = read_added(r, err);
    if (rc || r->v.output) return rc;
    if (!r->desk.ws)
        return sectag_err_set(err, SECTAG_EARG, "there is no workspace: which model file shall be written? (-o FILE)");
    r->desk.analyst = sectag_desk_analyst(r->v.analyst);
    if (!r->desk.analyst)
        return sectag_err_set(err, SECTAG_EARG, "who are you? (--analyst NAME or SECTAG_ANALYST)");
    rc = sectag_desk_now(r->desk.time, err);
    const char *path = sectag_workspace_path(r->desk.ws);
    if (!rc && sectag_buf_addf(&r->own, "%s.candidate-%ld", path, (long)getpid())) rc = sectag_err_nomem(err);
    r->v.output = r->own.data;
    return rc;
}

static int say_in_use(const char *what, const char *id) {
    sectag_buf out = {0};
    int rc = sectag_buf_addf(&out, "%s: model %s is active\n", what, id);
    rc = rc ? SECTAG_EXIT_SOME : sectag_program_print(&out);
    sectag_buf_release(&out);
    return rc;
}

/* Takes the candidate into the workspace, in one step with its report and the promotion. Returns 0 or an
 * error; SECTAG_EGATE: it is there, but not in use. */
static int submit(run *r, int blocked, sectag_err *err) {
    char id[SECTAG_MODEL_ID + 1], parent[17];
    sectag_buf in_use = {0}, why = {0};
    sectag_model_id(&r->now.model, parent);
    sectag_model_id(&r->next.model, id);
    if (strcmp(id, parent) == 0) return say_in_use("nothing changed", id);
    int rc = sectag_program_model_path(r->v.model, r->v.workspace, &in_use) ? SECTAG_EMODEL : 0;
    if (!rc && sectag_buf_addf(&why, "retrained with %zu decided clauses", r->next.decided.clauses))
        rc = sectag_err_nomem(err);
    sectag_submission s = {.path = r->v.output,
                           .parent = parent,
                           .why = why.data,
                           .report = r->report.data,
                           .passed = !blocked,
                           .force = r->v.force ? r->v.reason : NULL,
                           .in_use = in_use.data};
    sectag_actor actor = {r->desk.analyst, r->desk.time};
    if (!rc) rc = sectag_registry_submit(r->desk.ws, &s, &actor, id, err);
    if (!rc) rc = say_in_use("promoted", id);
    sectag_buf_release(&in_use);
    sectag_buf_release(&why);
    return rc;
}

static void run_init(run *r) {
    memset(r, 0, sizeof *r);
    r->v = (retrain_values){.folds = SECTAG_TRAIN_DEFAULTS.folds,
                            .min_positives = SECTAG_TRAIN_DEFAULTS.min_positives,
                            .allowed = SECTAG_GATE_DEFAULTS.allowed_contrast};
}

/* Removes the candidate's own file and the table beside it: both are in the workspace, or nobody wants them. */
static void remove_own(const run *r) {
    sectag_buf table = {0};
    if (!r->own.data) return;
    (void)unlink(r->own.data);
    if (sectag_operating_path(r->own.data, &table) == 0) (void)unlink(table.data);
    sectag_buf_release(&table);
}

static void run_release(run *r) {
    remove_own(r);
    part_release(&r->now);
    part_release(&r->next);
    sectag_taxonomy_release(&r->added);
    sectag_desk_release(&r->desk);
    sectag_buf_release(&r->own);
    sectag_buf_release(&r->report);
    free(r);
}

static void set_options(run *r, uint32_t copies) {
    sectag_train_options o = SECTAG_TRAIN_DEFAULTS;
    o.folds = (uint32_t)r->v.folds;
    o.min_positives = (uint32_t)r->v.min_positives;
    o.jobs = r->v.jobs ? (uint32_t)r->v.jobs : sectag_program_processors();
    if (copies) o.correction_copies = copies;
    r->now.o = r->next.o = o;
}

int cmd_retrain(int argc, char **argv) {
    run *r = malloc(sizeof *r);
    size_t n;
    uint32_t copies = 0;
    int blocked = 0;
    sectag_err err = {0};
    if (!r) return sectag_program_say("out of memory"), SECTAG_EXIT_SOME;
    sectag_program_keep_memory();
    run_init(r);
    int rc = sectag_program_begin(&usage, &r->v, argc, argv, &n);
    if (rc >= 0) goto cleanup;
    rc = check(r, &copies);
    if (rc) goto cleanup;
    set_options(r, copies);
    rc = sectag_program_open_model_in(&r->now.model, r->v.model, r->v.workspace);
    if (rc) goto cleanup;
    int failed = open_desk(r, &err);
    if (!failed) failed = make_candidate(r, &err);
    if (!failed && !r->v.no_gate) failed = run_gate(r, &blocked, &err);
    if (!failed && r->own.data) failed = submit(r, blocked, &err);
    if (failed && err.msg[0]) sectag_program_error(&err);
    rc = failed ? sectag_program_exit_code(failed) : blocked && !r->v.force ? SECTAG_EXIT_GATE : SECTAG_EXIT_OK;
cleanup:
    run_release(r);
    return rc;
}
