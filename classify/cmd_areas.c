/* cmd_areas.c: the areas of a model, by sector, and areas that analysts add to them. */
#include "classify/desk.h"
#include "classify/program.h"
#include "classify/put.h"
#include "classify/wrap.h"
#include "features/utf8.h"
#include "training/ledger.h"
#include "training/train.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct areas_options {
    const char *model, *workspace, *sector, *zh, *en, *definition;
    int json, core;
} areas_options;

#define ROW(name, kind, member, value, help)                                                                 \
    { name, 0, SECTAG_OPTION_##kind, offsetof(areas_options, member), value, help }

static const sectag_option options[] = {
    SECTAG_ROW_MODEL(areas_options),
    SECTAG_ROW_WORKSPACE(areas_options),
    ROW("json", FLAG, json, NULL, "as a JSON array, with definitions"),
    ROW("en", TEXT, en, "NAME", "add: the English name"),
    ROW("zh", TEXT, zh, "NAME", "add: the Chinese name (default: the English one)"),
    ROW("sector", TEXT, sector, "NAME", "add: the sector (default: other)"),
    ROW("definition", TEXT, definition, "TEXT", "add: what is of the area, in a line"),
    ROW("core", FLAG, core, NULL, "add: a loss in this area blocks a retrained model"),
};

static const sectag_usage usage = {
    .command = "areas",
    .operands = "[add CODE]",
    .summary = "Lists the areas that a model tags, by sector: code, name in Chinese and English, and the "
               "number of clauses\n"
               "it was trained on. A star marks the core areas. Areas that were added to the workspace "
               "follow, with the number of\n"
               "clauses that the ledger has of them. add puts a new one into the workspace; sectag correct "
               "then takes it, and\n"
               "sectag retrain learns it from the ledger alone once there are enough clauses.",
    .example = "sectag areas\nsectag areas --json\n"
               "sectag areas add rural-roads --en 'Rural roads' --zh 农村公路 --sector agri",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 2,
};

typedef struct run {
    areas_options o;
    sectag_model model;
    sectag_desk desk;
    sectag_taxonomy added; /* the workspace's areas that the model does not know */
    size_t *clauses;       /* [added] that the ledger has of them, without those held out */
    sectag_buf out;
} run;

/* ---- the workspace's areas ---- */

/* How many clauses `retrain` would learn the area from. */
static void count_clauses(run *r, const sectag_decisions *d) {
    for (size_t i = 0; i < d->len; i++)
        for (size_t a = 0; a < r->added.areas.len && !d->data[i].held; a++)
            r->clauses[a] += d->data[i].value[a] == SECTAG_DECIDED_YES;
}

/* Fills added and clauses. */
static int read_added(run *r, sectag_err *err) {
    sectag_taxonomy all = {0};
    sectag_decisions decisions = {0};
    int rc = sectag_workspace_areas(r->desk.ws, &all, err);
    for (size_t i = 0; i < all.areas.len && !rc; i++) {
        const sectag_area *a = &all.areas.data[i];
        if (sectag_taxonomy_find(&r->model.taxonomy, a->code, strlen(a->code)) < 0 &&
            sectag_taxonomy_add(&r->added, a))
            rc = sectag_err_nomem(err);
    }
    sectag_taxonomy_release(&all);
    if (rc || !r->added.areas.len) return rc;
    r->clauses = sectag_zalloc(r->added.areas.len, sizeof *r->clauses);
    if (!r->clauses) return sectag_err_nomem(err);
    rc = sectag_ledger_decisions(r->desk.ws, &r->added, SECTAG_RULE_LATEST, &decisions, err);
    if (!rc) count_clauses(r, &decisions);
    sectag_decisions_release(&decisions);
    return rc;
}

/* How many more clauses an area needs to be trained. */
static size_t missing(size_t clauses) {
    size_t enough = SECTAG_TRAIN_DEFAULTS.min_positives;
    return clauses < enough ? enough - clauses : 0;
}

/* ---- listing ---- */

static int put_area(const sectag_area *area, size_t columns, sectag_buf *out) {
    int rc = sectag_buf_adds(out, area->core ? "  * " : "    ");
    return rc | sectag_put_padded(out, area->code, columns + 2);
}

static int put_names(const sectag_area *area, sectag_buf *out) {
    return sectag_put_padded(out, area->zh, 32) | sectag_buf_addf(out, "  %s\n", area->en);
}

static size_t widest(const sectag_taxonomy *t, size_t columns) {
    for (size_t a = 0; a < t->areas.len; a++) {
        size_t len = strlen(t->areas.data[a].code);
        if (len > columns) columns = len;
    }
    return columns;
}

static int put_added(const run *r, size_t columns, sectag_buf *out) {
    int rc = r->added.areas.len ? sectag_buf_adds(out, "\nadded, not in the model yet\n") : 0;
    for (size_t a = 0; a < r->added.areas.len; a++) {
        const sectag_area *area = &r->added.areas.data[a];
        rc |= put_area(area, columns, out) | sectag_buf_addf(out, "%7zu  ", r->clauses[a]);
        rc |= put_names(area, out);
        if (missing(r->clauses[a]))
            rc |= sectag_buf_addf(out, "      %zu more clauses are needed to train it\n", missing(r->clauses[a]));
    }
    return rc;
}

static int put_table(const run *r, sectag_buf *out) {
    const sectag_model *m = &r->model;
    const char *sector = "";
    size_t columns = widest(&r->added, widest(&m->taxonomy, 0));
    int rc = 0;
    for (size_t a = 0; a < m->n_areas; a++) {
        const sectag_area *area = &m->taxonomy.areas.data[a];
        if (strcmp(sector, area->sector) != 0)
            rc |= sectag_buf_addf(out, "%s%s\n", a ? "\n" : "", area->sector);
        sector = area->sector;
        rc |= put_area(area, columns, out);
        rc |= m->area[a].trained ? sectag_buf_addf(out, "%7u  ", m->area[a].positives)
                                 : sectag_buf_adds(out, "   none  ");
        rc |= put_names(area, out);
    }
    return rc | put_added(r, columns, out);
}

static json_t *area_json(const sectag_area *a, int trained, size_t positives) {
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:b, s:I}", "sector", a->sector, "area", a->code, "zh",
                     a->zh, "en", a->en, "core", a->core, "definition", a->definition, "trained", trained,
                     "positives", (json_int_t)positives);
}

static int put_json(const run *r, sectag_buf *out) {
    const sectag_model *m = &r->model;
    json_t *list = json_array();
    for (size_t i = 0; i < m->n_areas; i++) {
        json_t *one =
            area_json(&m->taxonomy.areas.data[i], m->area[i].trained != 0, m->area[i].positives);
        (void)json_object_set_new(one, "threshold", json_real(m->area[i].threshold));
        (void)json_object_set_new(one, "accept", json_real(m->area[i].accept));
        (void)json_array_append_new(list, one);
    }
    for (size_t i = 0; i < r->added.areas.len; i++) {
        json_t *one = area_json(&r->added.areas.data[i], 0, r->clauses[i]);
        (void)json_object_set_new(one, "missing", json_integer((json_int_t)missing(r->clauses[i])));
        (void)json_array_append_new(list, one);
    }
    char *text = list ? json_dumps(list, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) : NULL;
    int rc = text ? sectag_buf_adds(out, text) | sectag_buf_addc(out, '\n') : SECTAG_ENOMEM;
    free(text);
    json_decref(list);
    return rc;
}

static int list(run *r) {
    sectag_err err = {0};
    int rc = sectag_desk_look(&r->desk, r->o.workspace, &err);
    if (rc == 1) rc = read_added(r, &err);
    if (!rc && (r->o.json ? put_json : put_table)(r, &r->out)) rc = sectag_err_nomem(&err);
    if (rc) sectag_program_error(&err);
    return rc ? sectag_program_exit_code(rc) : sectag_program_print(&r->out);
}

/* ---- adding ---- */

static int is_line(const char *text) {
    return *text && sectag_utf8_check(text, strlen(text)) == strlen(text) && !strpbrk(text, "\t\r\n");
}

/* An area that neither the model nor the workspace has, with names that fit into a line. */
static int check_area(const run *r, const sectag_area *a, sectag_err *err) {
    sectag_taxonomy there = {0};
    size_t len = strlen(a->code);
    if (!sectag_taxonomy_is_code(a->code, len))
        return sectag_err_set(err, SECTAG_EARG, "an area code is made of a-z, 0-9 and hyphens: %.64s", a->code);
    if (!is_line(a->en) || !is_line(a->zh) || !is_line(a->sector) || !is_line(a->definition))
        return sectag_err_set(err, SECTAG_EARG, "names and definition are single lines of UTF-8, not empty");
    if (sectag_taxonomy_find(&r->model.taxonomy, a->code, len) >= 0)
        return sectag_err_set(err, SECTAG_EARG, "the model has an area %s already", a->code);
    int rc = sectag_workspace_areas(r->desk.ws, &there, err);
    if (!rc && sectag_taxonomy_find(&there, a->code, len) >= 0)
        rc = sectag_err_set(err, SECTAG_EARG, "the workspace has an area %s already", a->code);
    else if (!rc && r->model.n_areas + there.areas.len >= SECTAG_AREAS_MAX)
        rc = sectag_err_set(err, SECTAG_EARG, "more than %d areas", SECTAG_AREAS_MAX);
    sectag_taxonomy_release(&there);
    return rc;
}

static int add(run *r, const char *code) {
    sectag_err err = {0};
    areas_options *o = &r->o;
    if (!o->en) return sectag_program_say("areas add needs a name (--en NAME)"), SECTAG_EXIT_USAGE;
    sectag_area a = {.code = code,
                     .en = o->en,
                     .zh = o->zh ? o->zh : o->en,
                     .sector = o->sector ? o->sector : "other",
                     .definition = o->definition ? o->definition : o->en,
                     .core = o->core};
    int rc = sectag_desk_open(&r->desk, o->workspace, NULL, 1);
    if (rc) return rc;
    rc = check_area(r, &a, &err);
    if (!rc) rc = sectag_workspace_add_area(r->desk.ws, &a, r->desk.time, &err);
    if (!rc && sectag_buf_addf(&r->out, "area %s added: %zu clauses are needed to train it\n", code, missing(0)))
        rc = sectag_err_nomem(&err);
    if (rc) sectag_program_error(&err);
    return rc ? sectag_program_exit_code(rc) : sectag_program_print(&r->out);
}

int cmd_areas(int argc, char **argv) {
    run r = {0};
    size_t n;
    int rc = sectag_program_begin(&usage, &r.o, argc, argv, &n);
    if (rc >= 0) return rc;
    if (n && (n != 2 || strcmp(argv[1], "add") != 0))
        return sectag_program_say("areas takes nothing, or add and a code (see sectag areas --help)"),
               SECTAG_EXIT_USAGE;
    if ((rc = sectag_program_open_model_in(&r.model, r.o.model, r.o.workspace)) != 0) return rc;
    rc = n ? add(&r, argv[2]) : list(&r);
    sectag_model_release(&r.model);
    sectag_desk_release(&r.desk);
    sectag_taxonomy_release(&r.added);
    free(r.clauses);
    sectag_buf_release(&r.out);
    return rc;
}
