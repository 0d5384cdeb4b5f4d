/* cmd_areas.c: the areas of a model, by sector. */
#include "classify/program.h"
#include "classify/wrap.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct areas_options {
    const char *model, *workspace;
    int json;
} areas_options;

static const sectag_option options[] = {
    {"model", 'm', SECTAG_OPTION_TEXT, offsetof(areas_options, model), "FILE",
     "the model (default: $SECTAG_MODEL, else the active one, else the one that came along)"},
    {"workspace", 'w', SECTAG_OPTION_TEXT, offsetof(areas_options, workspace), "FILE",
     "the workspace whose active model is meant (see sectag tag --help)"},
    {"json", 0, SECTAG_OPTION_FLAG, offsetof(areas_options, json), NULL, "as a JSON array, with definitions"},
};

static const sectag_usage usage = {
    .command = "areas",
    .operands = "",
    .summary = "Lists the areas that a model tags, by sector: code, name in Chinese and English, and the "
               "number of clauses\n"
               "it was trained on. A star marks the core areas.",
    .example = "sectag areas\nsectag areas --json",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
};

static int put_area(const sectag_model *m, size_t a, size_t columns, sectag_buf *out) {
    const sectag_area *area = &m->taxonomy.areas.data[a];
    int rc = sectag_buf_adds(out, area->core ? "  * " : "    ");
    rc |= sectag_put_padded(out, area->code, columns + 2);
    rc |= m->area[a].trained ? sectag_buf_addf(out, "%7u  ", m->area[a].positives)
                             : sectag_buf_adds(out, "   none  ");
    return rc | sectag_put_padded(out, area->zh, 32) | sectag_buf_addf(out, "  %s\n", area->en);
}

static int put_table(const sectag_model *m, sectag_buf *out) {
    const char *sector = "";
    size_t columns = 0;
    int rc = 0;
    for (size_t a = 0; a < m->n_areas; a++) {
        size_t len = strlen(m->taxonomy.areas.data[a].code);
        if (len > columns) columns = len;
    }
    for (size_t a = 0; a < m->n_areas; a++) {
        const char *its = m->taxonomy.areas.data[a].sector;
        if (strcmp(sector, its) != 0) rc |= sectag_buf_addf(out, "%s%s\n", a ? "\n" : "", its);
        sector = its;
        rc |= put_area(m, a, columns, out);
    }
    return rc;
}

static int put_json(const sectag_model *m, sectag_buf *out) {
    json_t *list = json_array();
    for (size_t i = 0; i < m->n_areas; i++) {
        const sectag_area *a = &m->taxonomy.areas.data[i];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:b, s:I, s:f, s:f}", "sector", a->sector, "area",
                            a->code, "zh", a->zh, "en", a->en, "core", a->core, "definition", a->definition,
                            "trained", m->area[i].trained != 0, "positives", (json_int_t)m->area[i].positives,
                            "threshold", m->area[i].threshold, "accept", m->area[i].accept));
    }
    char *text = list ? json_dumps(list, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) : NULL;
    int rc = text ? sectag_buf_adds(out, text) | sectag_buf_addc(out, '\n') : SECTAG_ENOMEM;
    free(text);
    json_decref(list);
    return rc;
}

int cmd_areas(int argc, char **argv) {
    areas_options o = {0};
    sectag_model model;
    sectag_buf out = {0};
    size_t n;
    int rc = sectag_program_begin(&usage, &o, argc, argv, &n);
    if (rc >= 0) return rc;
    if ((rc = sectag_program_open_model_in(&model, o.model, o.workspace)) != 0) return rc;
    rc = (o.json ? put_json : put_table)(&model, &out) ? SECTAG_EXIT_SOME : sectag_program_print(&out);
    sectag_buf_release(&out);
    sectag_model_release(&model);
    return rc;
}
