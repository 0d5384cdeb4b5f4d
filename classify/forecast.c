#include "classify/forecast.h"

#include "features/array.h"
#include "training/point.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const double sectag_forecast_level[SECTAG_FORECAST_LEVELS] = {0.8, 0.9, 0.95, 0.98, 1};

static int shows(const sectag_forecast *f, size_t a) {
    return f->shown[a] && f->model->area[a].trained;
}

/* The threshold that recalls a level out of fold; all of it: the lowest clause's. */
static int level_threshold(const sectag_operating *t, size_t a, double level, double *threshold, sectag_err *err) {
    sectag_point p;
    sectag_point_options o = {level < 1 ? level : 1 - 1e-9, 0.5, NULL};
    int rc = sectag_point_estimate(t, a, &o, &p, err);
    *threshold = p.threshold;
    return rc;
}

static int fill(sectag_recalled *r, const sectag_operating *t, size_t a, double confidence, sectag_err *err) {
    return sectag_point_recalled(t, a, r->threshold, confidence, &r->estimate, &r->at_least, err);
}

static int fill_area(sectag_forecast *f, const sectag_operating *t, size_t a, sectag_err *err) {
    sectag_forecast_area *x = &f->area[a];
    x->tagged.threshold = f->model->area[a].threshold;
    x->accepted.threshold = f->model->area[a].accept;
    int rc = fill(&x->tagged, t, a, f->confidence, err);
    if (!rc) rc = fill(&x->accepted, t, a, f->confidence, err);
    for (size_t k = 0; k < SECTAG_FORECAST_LEVELS && !rc; k++) {
        rc = level_threshold(t, a, sectag_forecast_level[k], &x->level[k].threshold, err);
        if (!rc) rc = fill(&x->level[k], t, a, f->confidence, err);
    }
    return rc;
}

int sectag_forecast_init(sectag_forecast *f, const sectag_model *model, const uint8_t *shown,
                         const sectag_operating *table, double confidence, sectag_err *err) {
    *f = (sectag_forecast){.model = model, .shown = shown, .confidence = confidence, .has_recall = table != NULL};
    f->area = sectag_zalloc(model->n_areas, sizeof *f->area);
    int rc = f->area ? 0 : sectag_err_nomem(err);
    for (size_t a = 0; table && a < model->n_areas && !rc; a++)
        if (model->area[a].trained) rc = fill_area(f, table, a, err);
    return rc;
}

void sectag_forecast_release(sectag_forecast *f) {
    free(f->area);
    memset(f, 0, sizeof *f);
}

void sectag_forecast_count(sectag_forecast *f, const sectag_verdict *verdict) {
    int tagged = 0, review = 0, read[SECTAG_FORECAST_LEVELS] = {0};
    f->clauses++;
    for (size_t a = 0; a < f->model->n_areas; a++) {
        sectag_forecast_area *x = &f->area[a];
        const sectag_verdict *v = &verdict[a];
        if (!shows(f, a)) continue;
        x->expected += v->probability;
        x->accept += v->band == SECTAG_BAND_ACCEPT;
        x->review += v->band == SECTAG_BAND_REVIEW;
        tagged |= v->tagged;
        review |= v->band == SECTAG_BAND_REVIEW;
        for (size_t k = 0; f->has_recall && k < SECTAG_FORECAST_LEVELS; k++) {
            int above = v->probability >= x->level[k].threshold;
            x->read[k] += (uint64_t)above;
            read[k] |= above;
        }
    }
    f->tagged += (uint64_t)tagged;
    f->review += (uint64_t)review;
    for (size_t k = 0; k < SECTAG_FORECAST_LEVELS; k++) f->read[k] += (uint64_t)read[k];
}

/* ---- output ---- */

static int put_recall(sectag_buf *out, const sectag_recalled *r) {
    if (!(r->at_least > 0)) return sectag_buf_addf(out, "  %4.2f (-)   ", r->estimate);
    return sectag_buf_addf(out, "  %4.2f (%4.2f)", r->estimate, r->at_least);
}

static int put_row(const sectag_forecast *f, size_t a, sectag_buf *out) {
    const sectag_forecast_area *x = &f->area[a];
    int rc = sectag_buf_addf(out, "%-24s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %9.1f",
                             f->model->taxonomy.areas.data[a].code, x->accept, x->review,
                             f->clauses - x->accept - x->review, x->expected);
    if (f->has_recall) rc |= put_recall(out, &x->accepted) | put_recall(out, &x->tagged);
    for (size_t k = 0; f->has_recall && k < SECTAG_FORECAST_LEVELS; k++)
        rc |= sectag_buf_addf(out, " %7" PRIu64, x->read[k]);
    return rc | sectag_buf_addc(out, '\n');
}

int sectag_forecast_text(const sectag_forecast *f, sectag_buf *out) {
    int rc = sectag_buf_addf(out,
                             "%" PRIu64 " clauses in %" PRIu64 " document%s: %" PRIu64 " with a tag, %" PRIu64
                             " of them to be reviewed\n\n",
                             f->clauses, f->documents, f->documents == 1 ? "" : "s", f->tagged, f->review);
    rc |= sectag_buf_addf(out, "%-24s %8s %8s %8s %9s", "", "", "", "", "");
    if (f->has_recall) rc |= sectag_buf_addf(out, "  %-26s %s", "recall (at least) when", "clauses to read for recall");
    rc |= sectag_buf_addf(out, "\n%-24s %8s %8s %8s %9s", "area", "accept", "review", "reject", "expected");
    if (f->has_recall) rc |= sectag_buf_addf(out, "  %-11s  %-11s", "accepted", "reviewed");
    for (size_t k = 0; f->has_recall && k < SECTAG_FORECAST_LEVELS; k++)
        rc |= sectag_buf_addf(out, " %7g", sectag_forecast_level[k]);
    rc |= sectag_buf_addc(out, '\n');
    for (size_t a = 0; a < f->model->n_areas && !rc; a++)
        if (shows(f, a)) rc = put_row(f, a, out);
    if (!f->has_recall) return rc ? SECTAG_ENOMEM : 0;
    rc |= sectag_buf_addf(out, "%-24s %8s %8s %8s %9s  %11s  %11s", "any of these areas", "", "", "", "", "", "");
    for (size_t k = 0; k < SECTAG_FORECAST_LEVELS; k++) rc |= sectag_buf_addf(out, " %7" PRIu64, f->read[k]);
    rc |= sectag_buf_addf(out,
                          "\n\nRecall is that of the thresholds out of fold; in brackets, what is kept at least in as many "
                          "documents\nagain, at %g %% confidence; -: too few documents to say. Expected: the sum of "
                          "probabilities.\n",
                          100 * f->confidence);
    return rc ? SECTAG_ENOMEM : 0;
}

static json_t *recalled_json(const sectag_recalled *r) {
    return json_pack("{s:f, s:f, s:o}", "threshold", r->threshold, "recall", r->estimate, "at_least",
                     r->at_least > 0 ? json_real(r->at_least) : json_null());
}

static json_t *levels_json(const sectag_forecast_area *x) {
    json_t *list = json_array();
    for (size_t k = 0; k < SECTAG_FORECAST_LEVELS; k++) {
        json_t *level = recalled_json(&x->level[k]);
        (void)json_object_set_new(level, "level", json_real(sectag_forecast_level[k]));
        (void)json_object_set_new(level, "read", json_integer((json_int_t)x->read[k]));
        (void)json_array_append_new(list, level);
    }
    return list;
}

static json_t *area_json(const sectag_forecast *f, size_t a) {
    const sectag_forecast_area *x = &f->area[a];
    json_t *area = json_pack("{s:I, s:I, s:I, s:f}", "accept", (json_int_t)x->accept, "review", (json_int_t)x->review,
                             "reject", (json_int_t)(f->clauses - x->accept - x->review), "expected", x->expected);
    if (!f->has_recall) return area;
    (void)json_object_set_new(area, "accepted", recalled_json(&x->accepted));
    (void)json_object_set_new(area, "tagged", recalled_json(&x->tagged));
    (void)json_object_set_new(area, "workload", levels_json(x));
    return area;
}

int sectag_forecast_json(const sectag_forecast *f, const char *point, sectag_buf *out) {
    json_t *areas = json_object(), *in_force = json_loads(point ? point : "\"f1\"", JSON_DECODE_ANY, NULL);
    for (size_t a = 0; a < f->model->n_areas; a++)
        if (shows(f, a)) (void)json_object_set_new(areas, f->model->taxonomy.areas.data[a].code, area_json(f, a));
    json_t *all = json_pack("{s:I, s:I, s:I, s:I, s:f, s:o, s:o}", "clauses", (json_int_t)f->clauses, "documents",
                            (json_int_t)f->documents, "tagged", (json_int_t)f->tagged, "to_review",
                            (json_int_t)f->review, "confidence", f->confidence, "point", in_force, "areas", areas);
    char *text = all ? json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
    int rc = text && sectag_buf_addf(out, "%s\n", text) == 0 ? 0 : SECTAG_ENOMEM;
    free(text);
    json_decref(all);
    return rc;
}
