#include "classify/points.h"

#include "classify/program.h"
#include "classify/put.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sectag_points_release(sectag_points *p) {
    free(p->area);
    free(p->recall);
    free(p->precision);
    free(p->recall_target);
    free(p->precision_target);
    free(p->promised);
    sectag_buf_release(&p->label);
    sectag_operating_release(&p->table);
    memset(p, 0, sizeof *p);
}

/* ---- the command line ---- */

static int bad_target(const char *option, const char *item, size_t len) {
    sectag_program_say("--%s takes numbers between 0 and 1, such as 0.95 or vaccine=0.98, not \"%.*s\"", option,
                       len < 80 ? (int)len : 80, item);
    return SECTAG_EXIT_USAGE;
}

/* One item, "0.95" or "vaccine=0.98". named[a] is set for areas that are named. */
static int parse_item(const sectag_taxonomy *t, const char *option, const char *item, size_t len, double *target,
                      uint8_t *named) {
    const char *sign = memchr(item, '=', len), *number = sign ? sign + 1 : item;
    char *end;
    double value = strtod(number, &end);
    if (end == number || end != item + len || !(value > 0 && value < 1)) return bad_target(option, item, len);
    int area = sign ? sectag_taxonomy_find(t, item, (size_t)(sign - item)) : -1;
    if (sign && area < 0) {
        sectag_program_say("--%s: unknown area \"%.*s\" (sectag areas lists them)", option, (int)(sign - item), item);
        return SECTAG_EXIT_USAGE;
    }
    for (size_t a = 0; a < t->areas.len; a++)
        if (sign ? a == (size_t)area : !named[a]) target[a] = value;
    if (sign) named[area] = 1;
    return 0;
}

static int parse_targets(const sectag_taxonomy *t, const char *option, const char *text, double *target,
                         uint8_t *named) {
    if (!text) return 0;
    for (;;) {
        size_t len = strcspn(text, ",");
        int rc = parse_item(t, option, text, len, target, named);
        if (rc || !text[len]) return rc;
        text += len + 1;
    }
}

/* ---- choosing ---- */

/* A kind of promise: what it is called and where its targets and points are. */
typedef struct promise {
    const char *name, *what; /* what: the clauses that count */
    const double *target;
    const uint8_t *named;
    sectag_point *point;
    int (*choose)(const sectag_operating *t, size_t area, const sectag_point_options *o, sectag_point *out,
                  sectag_err *err);
} promise;

static void say_refused(const promise *k, const char *code, size_t a, int estimated) {
    const sectag_point *x = &k->point[a];
    char need[160] = "no number of clauses would do, the model is not good enough";
    if (x->more)
        (void)snprintf(need, sizeof need, "at least %zu more clauses in %zu more documents are needed", x->more,
                       x->more_docs);
    sectag_program_say("%s %g cannot be promised for %s (%zu clauses %s in %zu documents): %s%s", k->name, k->target[a],
                       code, x->clauses, k->what, x->docs, need,
                       estimated ? "; its threshold is an estimate" : "");
}

/* Chooses one kind's points. *kept counts the promises. Returns an exit code. */
static int choose(sectag_points *p, const sectag_model *m, const promise *k, const sectag_points_options *o,
                  size_t *kept) {
    int rc = 0;
    for (size_t a = 0; a < m->n_areas; a++) {
        sectag_err err = {0};
        if (!(k->target[a] > 0) || !m->area[a].trained) continue;
        sectag_point_options options = {k->target[a], o->confidence, NULL};
        if (k->choose(&p->table, a, &options, &k->point[a], &err)) {
            sectag_program_error(&err);
            return SECTAG_EXIT_SOME;
        }
        p->promised[a] = (int8_t)(p->promised[a] != 0 && k->point[a].promised);
        *kept += (size_t)k->point[a].promised;
        if (k->point[a].promised) continue;
        if (k->named[a] || !o->quiet) say_refused(k, m->taxonomy.areas.data[a].code, a, !k->named[a]);
        if (k->named[a]) rc = SECTAG_EXIT_DATA;
    }
    return rc;
}

static void set_area(sectag_points *p, size_t a) {
    sectag_area_model *area = &p->area[a];
    int recall = p->recall_target[a] > 0, precision = p->precision_target[a] > 0;
    if (recall) area->threshold = p->recall[a].threshold;
    if (precision && !recall) area->threshold = p->precision[a].threshold;
    if (precision && recall) area->accept = p->precision[a].threshold;
    area->accept = fmax(area->accept, area->threshold);
}

/* ---- telling ---- */

static void say_points(const sectag_points *p, const sectag_model *m) {
    for (size_t a = 0; a < m->n_areas; a++)
        if (m->area[a].trained)
            sectag_program_say("%s: tagged from %.6f, accepted from %.6f%s", m->taxonomy.areas.data[a].code,
                               m->area[a].threshold, m->area[a].accept,
                               !p->promised || p->promised[a] < 0 ? " (highest F1)"
                               : p->promised[a]                   ? " (promised)"
                                                                  : " (estimate, not promised)");
}

static int put_label(sectag_points *p, const sectag_points_options *o) {
    const char *const text[] = {o->recall, o->precision}, *const name[] = {"recall", "precision"};
    int rc = sectag_buf_addc(&p->label, '{');
    for (int i = 0; i < 2; i++)
        if (text[i])
            rc |= sectag_buf_addf(&p->label, "\"%s\":", name[i]) |
                  sectag_put_json(&p->label, text[i], strlen(text[i])) | sectag_buf_addc(&p->label, ',');
    return rc | sectag_buf_addf(&p->label, "\"confidence\":%g}", o->confidence);
}

/* ---- the whole ---- */

static int allocate(sectag_points *p, const sectag_model *m) {
    size_t n = m->n_areas;
    p->area = sectag_alloc(n, sizeof *p->area);
    p->recall = sectag_zalloc(n, sizeof *p->recall);
    p->precision = sectag_zalloc(n, sizeof *p->precision);
    p->recall_target = sectag_zalloc(n, sizeof *p->recall_target);
    p->precision_target = sectag_zalloc(n, sizeof *p->precision_target);
    p->promised = sectag_alloc(n, 1);
    if (!p->area || !p->recall || !p->precision || !p->recall_target || !p->precision_target || !p->promised)
        return -1;
    memcpy(p->area, m->area, n * sizeof *p->area);
    memset(p->promised, -1, n);
    return 0;
}

static int open_table(sectag_points *p, const sectag_model *m, const sectag_points_options *o) {
    sectag_err err = {0};
    sectag_buf path = {0};
    int rc = sectag_program_model_path(o->model, o->workspace, &path);
    if (!rc && sectag_operating_open(&p->table, m, path.data, &err)) {
        sectag_program_error(&err);
        sectag_program_say("promises need the table that sectag train writes beside a model");
        rc = SECTAG_EXIT_DATA;
    }
    sectag_buf_release(&path);
    return rc;
}

static int choose_all(sectag_points *p, const sectag_model *m, const sectag_points_options *o,
                      const uint8_t *recall_named, const uint8_t *precision_named) {
    const promise kinds[] = {
        {"recall", "of the area", p->recall_target, recall_named, p->recall, sectag_point_recall},
        {"precision", "tagged", p->precision_target, precision_named, p->precision, sectag_point_precision}};
    const char *const asked[] = {o->recall, o->precision};
    int rc = 0;
    for (int i = 0; i < 2 && !rc; i++) {
        size_t kept = 0;
        if (!asked[i]) continue;
        rc = choose(p, m, &kinds[i], o, &kept);
        if (!rc && kept == 0) {
            sectag_program_say("%s %s cannot be promised for any area", kinds[i].name, asked[i]);
            rc = SECTAG_EXIT_DATA;
        }
    }
    return rc;
}

static int set_points(sectag_points *p, sectag_model *m, const sectag_points_options *o, uint8_t *named) {
    int rc = parse_targets(&m->taxonomy, "recall", o->recall, p->recall_target, named);
    if (!rc) rc = parse_targets(&m->taxonomy, "precision", o->precision, p->precision_target, named + m->n_areas);
    if (!rc && !(o->confidence > 0 && o->confidence < 1)) {
        sectag_program_say("--confidence is a number between 0 and 1");
        rc = SECTAG_EXIT_USAGE;
    }
    if (!rc) rc = open_table(p, m, o);
    if (!rc) rc = choose_all(p, m, o, named, named + m->n_areas);
    if (rc) return rc;
    for (size_t a = 0; a < m->n_areas; a++) set_area(p, a);
    m->area = p->area;
    return 0;
}

int sectag_points_set(sectag_points *p, sectag_model *m, const sectag_points_options *o) {
    int rc = 0;
    uint8_t *named = NULL;
    if (o->recall || o->precision) {
        named = sectag_zalloc(m->n_areas, 2);
        if (!named || allocate(p, m) || put_label(p, o)) {
            sectag_program_say("out of memory");
            rc = SECTAG_EXIT_SOME;
        }
        if (!rc) rc = set_points(p, m, o, named);
    }
    if (!rc && o->verbose) say_points(p, m);
    free(named);
    return rc;
}
