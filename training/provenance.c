#include "training/provenance.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- out-of-fold rows ---- */

void sectag_oof_release(sectag_oof *o) {
    free(o->score);
    free(o->p);
    free(o->gold);
    free(o->tag);
    free(o->doc);
    free(o->row);
    memset(o, 0, sizeof *o);
}

static int allocate_oof(sectag_oof *o) {
    size_t cells = o->n * o->n_areas;
    o->score = sectag_zalloc(cells, sizeof *o->score);
    o->p = sectag_zalloc(cells, sizeof *o->p);
    o->gold = sectag_zalloc(cells, 1);
    o->tag = sectag_zalloc(cells, 1);
    o->doc = sectag_zalloc(o->n, sizeof *o->doc);
    o->row = sectag_zalloc(o->n, sizeof *o->row);
    return o->score && o->p && o->gold && o->tag && o->doc && o->row ? 0 : SECTAG_ENOMEM;
}

int sectag_oof_collect(const sectag_dataset *d, const sectag_trained *t, sectag_oof *o, sectag_err *err) {
    size_t at = 0;
    memset(o, 0, sizeof *o);
    o->n_areas = t->n_areas;
    for (size_t i = 0; i < t->n_rows; i++) o->n += t->scored[i] == 1;
    if (allocate_oof(o)) return sectag_err_nomem(err);
    for (size_t i = 0; i < t->n_rows; i++) {
        if (t->scored[i] != 1) continue;
        for (size_t a = 0; a < t->n_areas; a++) {
            const sectag_area_model *m = &t->area[a];
            size_t cell = at * t->n_areas + a;
            o->score[cell] = m->trained ? t->score[i * t->n_areas + a] : 0;
            o->p[cell] = m->trained ? sectag_calibration_apply(&m->calibration, o->score[cell]) : 0;
            o->gold[cell] = sectag_dataset_value(d, i, a) > 0;
            o->tag[cell] = m->trained && o->p[cell] >= m->threshold;
        }
        o->doc[at] = d->rows.data[i].doc_number;
        o->row[at++] = (uint32_t)i;
    }
    return 0;
}

/* ---- JSON ---- */

static json_t *interval(sectag_interval i) {
    return json_pack("[f,f,f]", i.value, i.low, i.high);
}

static json_t *options_json(const sectag_train_options *o) {
    const sectag_ngram_options *g = &o->vector.ngram;
    return json_pack("{s:[i,i], s:[i,i], s:b, s:b, s:b, s:b, s:b, s:b, s:i, s:f, s:f, s:s, s:f, s:f, s:f, "
                     "s:i, s:s, s:f, s:i, s:i}",
                     "cjk_orders", g->cjk_min, g->cjk_max, "word_orders", g->word_min, g->word_max,
                     "whole_words", g->whole_words, "word_pairs", g->word_pairs, "numbers", g->numbers,
                     "sublinear_tf", o->vector.sublinear, "idf", o->vector.idf, "terms", o->vector.terms,
                     "min_df", (int)o->vector.min_df, "term_weight", (double)o->vector.term_weight,
                     "single_weight", (double)o->vector.single_weight, "solver", o->solver, "c", o->c,
                     "positive_weight", o->positive_weight, "eps", o->eps, "real_copies", (int)o->real_copies,
                     "threshold", o->threshold, "accept", o->accept, "folds", (int)o->folds, "min_positives",
                     (int)o->min_positives);
}

static json_t *sources_json(const sectag_provenance *p) {
    json_t *list = json_array();
    for (size_t i = 0; i < p->n_sources; i++) {
        char digest[17];
        (void)snprintf(digest, sizeof digest, "%016llx", (unsigned long long)p->sources[i].digest);
        (void)json_array_append_new(list, json_pack("{s:s, s:I, s:s}", "name", p->sources[i].name, "clauses",
                                                    (json_int_t)p->sources[i].clauses, "xxh3", digest));
    }
    return list;
}

static json_t *areas_json(const sectag_provenance *p, const sectag_metrics *m, const double *ece) {
    json_t *areas = json_object();
    for (size_t a = 0; a < m->n_areas; a++) {
        const sectag_area_metric *x = &m->area[a];
        const sectag_area_model *model = &p->trained->area[a];
        json_t *entry = json_pack(
            "{s:b, s:i, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:f, s:s, s:f, s:f}", "trained",
            (int)model->trained, "positives", (int)model->positives, "gold", (json_int_t)x->n_gold, "tagged",
            (json_int_t)x->n_tagged, "both", (json_int_t)x->n_both, "precision", interval(x->precision),
            "recall", interval(x->recall), "f1", interval(x->f1), "ap", interval(x->ap), "ece", ece[a],
            "calibration", model->calibration.kind == SECTAG_CALIBRATION_PLATT ? "platt" : "isotonic",
            "threshold", model->threshold, "accept", model->accept);
        (void)json_object_set_new(areas, p->taxonomy->areas.data[a].code, entry);
    }
    return areas;
}

sectag_means sectag_means_of(const sectag_metrics *m, const sectag_taxonomy *areas, const double *ece) {
    sectag_means means = {0};
    int cores = 0;
    for (size_t a = 0; a < m->n_areas; a++) {
        means.ece += ece[a] / (double)m->n_areas;
        if (!areas->areas.data[a].core || m->area[a].n_gold == 0) continue;
        means.core_f1 += m->area[a].f1.value;
        means.core_ap += m->area[a].ap.value;
        cores++;
    }
    if (cores) {
        means.core_f1 /= cores;
        means.core_ap /= cores;
    }
    return means;
}

static json_t *decisions_json(const sectag_decided *d) {
    char digest[17];
    (void)snprintf(digest, sizeof digest, "%016llx", (unsigned long long)d->digest);
    return json_pack("{s:I, s:I, s:I, s:I, s:i, s:s}", "clauses", (json_int_t)d->clauses, "added",
                     (json_int_t)d->added, "repeating", (json_int_t)d->repeating, "contradicting",
                     (json_int_t)d->contradicting, "copies", (int)d->copies, "xxh3", digest);
}

static json_t *metrics_json(const sectag_provenance *p, const sectag_metrics *m, const double *ece) {
    sectag_means means = sectag_means_of(m, p->taxonomy, ece);
    return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:f, s:f, s:f, s:o}", "clauses",
                     (json_int_t)m->n_rows, "documents", (json_int_t)m->n_docs, "excluded_near_duplicates",
                     (json_int_t)p->trained->excluded, "macro_f1", interval(m->macro_f1), "micro_f1",
                     interval(m->micro_f1), "micro_precision", interval(m->micro_precision), "mean_ap",
                     interval(m->mean_ap), "core_f1", means.core_f1, "core_ap", means.core_ap, "mean_ece",
                     means.ece, "areas", areas_json(p, m, ece));
}

static json_t *counts_json(const sectag_provenance *p) {
    size_t real = 0;
    for (size_t i = 0; i < p->data->rows.len; i++) real += p->data->rows.data[i].doc_number != SECTAG_NO_DOC;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "clauses", (json_int_t)p->data->rows.len,
                     "clauses_of_documents", (json_int_t)real, "documents", (json_int_t)p->data->docs.n,
                     "ngrams", (json_int_t)p->vocab->n, "terms",
                     (json_int_t)(p->terms ? p->terms->n_terms : 0), "areas", (json_int_t)p->data->n_areas);
}

static int dump(json_t *object, sectag_buf *out, sectag_err *err) {
    char *text = json_dumps(object, JSON_INDENT(1) | JSON_REAL_PRECISION(6) | JSON_ENSURE_ASCII);
    int rc = text && sectag_buf_adds(out, text) == 0 ? 0 : sectag_err_nomem(err);
    free(text);
    return rc;
}

int sectag_provenance_write(const sectag_provenance *p, sectag_buf *out, sectag_err *err) {
    sectag_oof oof;
    sectag_metrics m;
    double *ece = sectag_zalloc(p->trained->n_areas, sizeof *ece);
    sectag_metrics_init(&m);
    int rc = sectag_oof_collect(p->data, p->trained, &oof, err);
    sectag_eval_data data = {oof.n, oof.n_areas, oof.score, oof.gold, oof.tag, oof.doc};
    sectag_eval_options options = SECTAG_EVAL_OPTIONS_INIT;
    options.seed = p->options->seed;
    if (!rc) rc = ece ? sectag_metrics_evaluate(&data, &options, &m, err) : sectag_err_nomem(err);
    if (!rc) rc = sectag_calibration_errors(oof.p, oof.gold, oof.n, oof.n_areas, 10, ece, err);
    if (!rc) {
        json_t *object = json_pack("{s:s, s:o, s:o, s:o, s:o}", "sectag", p->version, "counts",
                                   counts_json(p), "sources", sources_json(p), "options",
                                   options_json(p->options), "out_of_fold", metrics_json(p, &m, ece));
        if (p->decided) (void)json_object_set_new(object, "decisions", decisions_json(p->decided));
        if (p->parent) (void)json_object_set_new(object, "parent", json_string(p->parent));
        if (p->search) (void)json_object_set_new(object, "search", json_loads(p->search, 0, NULL));
        rc = object ? dump(object, out, err) : sectag_err_nomem(err);
        json_decref(object);
    }
    sectag_metrics_release(&m);
    sectag_oof_release(&oof);
    free(ece);
    return rc;
}
