/* gate_report.c: a gate's result as JSON. */
#include "training/gate.h"

#include <jansson.h>
#include <string.h>

static json_t *interval(sectag_interval i) {
    return json_pack("[f,f,f]", i.value, i.low, i.high);
}

/* The differences of one set by area: n, f1, ap. */
static json_t *set_json(const sectag_metrics *m, const sectag_taxonomy *areas) {
    json_t *list = json_object();
    for (size_t a = 0; a < m->n_areas; a++)
        if (m->area[a].n_gold)
            (void)json_object_set_new(list, areas->areas.data[a].code,
                                      json_pack("{s:I, s:o, s:o}", "n", (json_int_t)m->area[a].n_gold, "f1",
                                                interval(m->area[a].f1), "ap", interval(m->area[a].ap)));
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "clauses", (json_int_t)m->n_rows, "documents",
                     (json_int_t)m->n_docs, "macro_f1", interval(m->macro_f1), "micro_f1",
                     interval(m->micro_f1), "mean_ap", interval(m->mean_ap), "areas", list);
}

static json_t *lost_json(const sectag_gate *g, const sectag_taxonomy *areas) {
    json_t *list = json_array();
    for (size_t a = 0; a < g->n_areas; a++)
        if (g->lost[a]) (void)json_array_append_new(list, json_string(areas->areas.data[a].code));
    return list;
}

static json_t *drivers_json(const sectag_gate *g, const sectag_gate_flip *f) {
    json_t *list = json_array();
    for (size_t i = f->driver; i < f->driver + f->drivers; i++) {
        const sectag_driver *d = &g->drivers.data[i];
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:s%, s:f}", "kind", sectag_driver_kind_name(d->kind),
                                              "text", d->text, d->len, "sum", d->sum));
    }
    return list;
}

static json_t *flip_json(const sectag_gate *g, const sectag_gate_flip *f, const sectag_taxonomy *areas) {
    static const char *const sets[] = {"corpus", "held", "contrast"};
    const char *s = g->strings.data ? g->strings.data : "";
    json_t *o = json_pack("{s:s, s:s, s:s, s:f, s:f, s:o}", "set", sets[f->set], "area",
                          areas->areas.data[f->area].code, "change", f->tagged ? "gained" : "lost",
                          "p_before", f->p_before, "p_after", f->p_after, "drivers", drivers_json(g, f));
    if (f->id_len) (void)json_object_set_new(o, "id", json_stringn(s + f->id, f->id_len));
    if (f->text_len) (void)json_object_set_new(o, "text", json_stringn(s + f->text, f->text_len));
    if (f->gold) (void)json_object_set_new(o, "right", json_boolean((f->gold > 0) == f->tagged));
    return o;
}

/* What contradicts the corpus in the lost areas: where to look for the cause of the loss. */
static json_t *contradictions_json(const sectag_gate *g, const sectag_gate_input *in) {
    const sectag_dataset *d = &in->material->data;
    json_t *list = json_array();
    for (size_t i = 0; i < d->cells.len; i++) {
        const sectag_decided_cell *c = &d->cells.data[i];
        if (!g->lost[c->area] || !sectag_dataset_contradicts(d, c)) continue;
        const sectag_decision *x = &in->decisions->data[c->decision];
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:s%, s:s?}", "area",
                                                    in->material->taxonomy.areas.data[c->area].code, "decided",
                                                    c->value > 0 ? "added" : "removed", "text", x->text, x->len, "doc",
                                                    x->doc));
    }
    return list;
}

static json_t *report(const sectag_gate *g, const sectag_taxonomy *areas, const sectag_gate_options *o) {
    json_t *flips = json_array();
    for (size_t i = 0; i < g->flips.len; i++)
        (void)json_array_append_new(flips, flip_json(g, &g->flips.data[i], areas));
    return json_pack(
        "{s:s, s:{s:b, s:b, s:b}, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I}, s:{s:f, s:f, s:f}, s:o}", "verdict",
        g->blocked ? "blocked" : "passed", "reasons", "loss", g->by_loss, "contrast", g->by_contrast,
        "calibration", g->by_calibration, "lost", lost_json(g, areas), "corpus", set_json(&g->corpus, areas),
        "held", set_json(&g->held, areas), "contrast", "cases", (json_int_t)g->contrast, "failed_before",
        (json_int_t)g->failed_before, "failed_after", (json_int_t)g->failed_after, "allowed",
        (json_int_t)o->allowed_contrast, "calibration", "ece_before", g->ece_before, "ece_after",
        g->ece_after, "allowed", o->allowed_ece, "flips", flips);
}

int sectag_gate_report(const sectag_gate *g, const sectag_gate_input *in, const sectag_gate_options *o,
                       sectag_buf *out, sectag_err *err) {
    char old_id[17], new_id[17];
    json_t *object = report(g, &in->material->taxonomy, o);
    sectag_model_id(in->old_model, old_id);
    sectag_model_id(in->new_model, new_id);
    if (object) {
        (void)json_object_set_new(object, "contradictions", contradictions_json(g, in));
        /* what the registry asks for */
        (void)json_object_set_new(object, "passed", json_boolean(!g->blocked));
        (void)json_object_set_new(object, "current", json_string(old_id));
        (void)json_object_set_new(object, "candidate", json_string(new_id));
    }
    char *text = object ? json_dumps(object, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
    int rc = text && sectag_buf_addf(out, "%s\n", text) == 0 ? 0 : sectag_err_nomem(err);
    free(text);
    json_decref(object);
    return rc;
}
