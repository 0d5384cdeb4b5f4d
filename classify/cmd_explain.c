/* cmd_explain.c: why a clause has its scores; what a model looks for. */
#include "classify/document.h"
#include "classify/explain_view.h"
#include "classify/program.h"
#include "classify/put.h"
#include "features/array.h"
#include "features/simplify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct explain_options {
    const char *areas, *lines, *model, *workspace, *colour;
    int json;
    size_t top;
} explain_options;

#define AT(member) offsetof(explain_options, member)

static const sectag_option options[] = {
    {"area", 'a', SECTAG_OPTION_TEXT, AT(areas), "CODE,...",
     "these areas (default: those tagged and the next best)"},
    {"lines", 'l', SECTAG_OPTION_TEXT, AT(lines), "FILE", "explain each line of FILE (- for standard input)"},
    {"top", 'n', SECTAG_OPTION_COUNT, AT(top), "N", "n-grams shown each way (default: 8; for a model 20)"},
    {"json", 0, SECTAG_OPTION_FLAG, AT(json), NULL, "as JSON, an object a line"},
    SECTAG_ROW_MODEL(explain_options),
    SECTAG_ROW_ACTIVE(explain_options),
    {"color", 0, SECTAG_OPTION_TEXT, AT(colour), "WHEN", "auto, always or never"},
};

static const sectag_usage usage = {
    .command = "explain",
    .operands = "[TEXT]",
    .summary = "Shows a clause's score for an area as a sum over its text. Without a text, --area shows what "
               "the model looks\n"
               "for in that area: its weightiest n-grams and the weights of the term lists.",
    .example = "sectag explain '支持疫苗研发和产业化。'\n"
               "sectag explain --area vaccine -n 40\n"
               "sectag explain --json --lines clauses.txt",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 1,
};

typedef struct session {
    explain_options o;
    sectag_model model;
    sectag_explainer explainer;
    sectag_explain_view view;
    uint8_t *shown;
    sectag_buf out;
    int some_failed;
} session;

/* Without --area: what is tagged, and the most probable of the others. */
static void choose_areas(session *s) {
    const sectag_verdict *v = s->explainer.verdict;
    size_t n = s->model.n_areas, next = n;
    if (s->o.areas) return;
    for (size_t a = 0; a < n; a++) {
        s->shown[a] = v[a].tagged;
        if (!v[a].tagged && s->model.area[a].trained && (next == n || v[a].probability > v[next].probability))
            next = a;
    }
    if (next < n) s->shown[next] = 1;
}

static int put_json_line(json_t *value, sectag_buf *out) {
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(12)) : NULL;
    int rc = text ? sectag_buf_adds(out, text) | sectag_buf_addc(out, '\n') : SECTAG_ENOMEM;
    free(text);
    json_decref(value);
    return rc;
}

static int explain_json(session *s, sectag_piece text, sectag_err *err) {
    json_t *areas = json_array();
    int rc = 0;
    for (size_t a = 0; a < s->model.n_areas && !rc; a++) {
        if (!s->shown[a]) continue;
        rc = sectag_explainer_area(&s->explainer, a, err);
        if (!rc && json_array_append_new(areas, sectag_explain_json(&s->explainer, a, text)))
            rc = sectag_err_nomem(err);
    }
    if (!rc && put_json_line(json_pack("{s:s%, s:O}", "text", text.text, text.len, "areas", areas), &s->out))
        rc = sectag_err_nomem(err);
    json_decref(areas);
    return rc;
}

static int explain_text(session *s, sectag_piece text, sectag_err *err) {
    int rc = 0;
    for (size_t a = 0; a < s->model.n_areas && !rc; a++) {
        if (!s->shown[a]) continue;
        rc = sectag_explainer_area(&s->explainer, a, err);
        if (!rc &&
            (sectag_explain_put(&s->view, &s->explainer, a, text, &s->out) | sectag_buf_addc(&s->out, '\n')))
            rc = sectag_err_nomem(err);
    }
    return rc;
}

/* Reads the clause as `sectag tag` does: traditional characters as simplified ones, which stand at the same bytes. */
static int read_clause(session *s, sectag_piece text, int traditional, sectag_err *err) {
    if (!traditional) return sectag_explainer_read(&s->explainer, text.text, text.len, err);
    char *simplified = sectag_alloc(text.len, 1);
    if (!simplified) return sectag_err_nomem(err);
    sectag_simplify(text.text, text.len, simplified);
    int rc = sectag_explainer_read(&s->explainer, simplified, text.len, err);
    free(simplified);
    return rc;
}

static int explain_clause(session *s, sectag_piece text, int traditional, sectag_err *err) {
    int rc = read_clause(s, text, traditional, err);
    if (rc) return rc;
    choose_areas(s);
    return s->o.json ? explain_json(s, text, err) : explain_text(s, text, err);
}

/* ---- lines of a file ---- */

static int explain_record(void *ctx, const sectag_record *r, sectag_err *err) {
    session *s = ctx;
    int rc = 0;
    sectag_buf_clear(&s->out);
    if (!s->o.json &&
        sectag_buf_addf(&s->out, "%.*s:%llu\n", (int)r->doc.len, r->doc.text, (unsigned long long)r->clause))
        rc = sectag_err_nomem(err);
    if (!rc) rc = explain_clause(s, r->text, r->traditional, err);
    if (!rc && sectag_program_print(&s->out)) rc = SECTAG_ECANCEL; /* said already */
    return rc;
}

static void warn(void *ctx, const sectag_err *warning) {
    session *s = ctx;
    s->some_failed = 1;
    sectag_program_error(warning);
}

static int explain_lines(session *s, sectag_err *err) {
    sectag_document *d = sectag_document_new(
        &(sectag_document_options){.lines = 1, .ctx = s, .record = explain_record, .warning = warn});
    int rc = d ? sectag_document_read(d, s->o.lines, err) : sectag_err_nomem(err);
    sectag_document_free(d);
    return rc;
}

/* ---- one text, or the model ---- */

static int explain_argument(session *s, const char *argument, sectag_err *err) {
    sectag_buf text = {0};
    size_t bad = 0;
    int rc = sectag_put_repaired(&text, argument, strlen(argument), &bad) ? sectag_err_nomem(err) : 0;
    if (bad) {
        sectag_program_say("the text has %zu bytes that are no UTF-8", bad);
        s->some_failed = 1;
    }
    sectag_piece clause = {text.len ? text.data : "", text.len};
    if (!rc) rc = explain_clause(s, clause, sectag_is_traditional(clause.text, clause.len), err);
    if (!rc && sectag_program_print(&s->out)) rc = SECTAG_ECANCEL;
    sectag_buf_release(&text);
    return rc;
}

static int explain_model(session *s, sectag_err *err) {
    int rc = 0;
    for (size_t a = 0; a < s->model.n_areas && !rc; a++) {
        if (!s->shown[a]) continue;
        rc = s->o.json ? put_json_line(sectag_explain_model_json(&s->view, &s->model, a), &s->out)
                       : sectag_explain_put_model(&s->view, &s->model, a, &s->out);
    }
    if (rc) return sectag_err_nomem(err);
    return sectag_program_print(&s->out) ? SECTAG_ECANCEL : 0;
}

static int set_session(session *s, int about_model) {
    int rc = sectag_program_open_model_in(&s->model, s->o.model, s->o.workspace);
    if (rc) return rc;
    s->view.top = s->o.top ? s->o.top : about_model ? 20 : 8;
    s->shown = sectag_zalloc(s->model.n_areas, 1);
    if (!s->shown || sectag_explainer_init(&s->explainer, &s->model, NULL)) {
        sectag_program_say("out of memory");
        return SECTAG_EXIT_SOME;
    }
    return sectag_program_areas(&s->model.taxonomy, s->o.areas, s->shown);
}

static int explain(session *s, const char *text) {
    sectag_err err = {0};
    int rc = s->o.lines ? explain_lines(s, &err)
             : text     ? explain_argument(s, text, &err)
                        : explain_model(s, &err);
    if (rc && rc != SECTAG_ECANCEL) sectag_program_error(&err);
    return rc || s->some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
}

int cmd_explain(int argc, char **argv) {
    session s = {0};
    size_t n;
    int rc = sectag_program_begin(&usage, &s.o, argc, argv, &n);
    if (rc >= 0) return rc;
    if ((n > 0) + (s.o.lines != NULL) > 1 || (n == 0 && !s.o.lines && !s.o.areas)) {
        sectag_program_say(
            "explain takes a text, --lines FILE, or --area CODE alone (see sectag explain --help)");
        return SECTAG_EXIT_USAGE;
    }
    s.view.colour = sectag_program_colour(s.o.colour, STDOUT_FILENO);
    if (s.view.colour < 0) {
        sectag_program_say("--color is auto, always or never, not \"%.80s\"", s.o.colour);
        return SECTAG_EXIT_USAGE;
    }
    rc = set_session(&s, n == 0 && !s.o.lines);
    if (!rc) rc = explain(&s, n ? argv[1] : NULL);
    sectag_explainer_release(&s.explainer);
    sectag_model_release(&s.model);
    sectag_buf_release(&s.out);
    free(s.shown);
    return rc;
}
