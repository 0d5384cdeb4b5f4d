/* cmd_eval.c: a model measured against labelled clauses. */
#include "classify/eval_view.h"
#include "classify/program.h"
#include "classify/progress.h"
#include "classify/tagger.h"
#include "training/corpus.h"
#include "training/metric.h"
#include "training/names.h"
#include "training/provenance.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct eval_values {
    const char *gold, *model, *workspace, *lang, *errors, *html;
    int json, reliability;
    size_t seed, replicates;
} eval_values;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(eval_values, member), value, help }

static const sectag_option options[] = {
    ROW("gold", 'g', TEXT, gold, "CORPUS",
        "labelled clauses (TSV or JSONL); further ones may follow as arguments"),
    SECTAG_ROW_MODEL(eval_values),
    SECTAG_ROW_ACTIVE(eval_values),
    ROW("lang", 0, TEXT, lang, "zh|en", "only clauses whose lang is this"),
    ROW("json", 0, FLAG, json, NULL, "everything as JSON"),
    ROW("reliability", 0, FLAG, reliability, NULL,
        "also a reliability table for each area: probabilities and what came true"),
    ROW("html", 0, TEXT, html, "FILE", "also write a page with curves of precision, recall and reliability"),
    ROW("errors", 0, TEXT, errors, "FILE", "also write every wrong tag as TSV, to be read"),
    ROW("replicates", 0, COUNT, replicates, "N", "bootstrap replicates over documents (default: 1000)"),
    ROW("seed", 0, COUNT, seed, "N", "of the bootstrap (default: 1)"),
};

static const sectag_usage usage = {
    .command = "eval",
    .operands = "--gold CORPUS [CORPUS]...",
    .summary = "Compares a model's tags with labelled clauses: per area n, precision, recall, F1, average "
               "precision and expected\n"
               "calibration error, with 95 % bootstrap intervals over documents; macro over the areas with a "
               "labelled clause; micro.",
    .example = "sectag eval --gold training/corpus/policy-zh.tsv",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 10000,
};

/* Everything one run of the command owns. */
typedef struct run {
    eval_values v;
    sectag_model model;
    sectag_corpus corpus;
    size_t n, bad;     /* clauses evaluated, bad lines */
    uint32_t *example; /* [n] */
    double *score, *p; /* [n][n_areas] */
    uint8_t *gold, *tag;
    uint32_t *doc;
    sectag_names docs;
    double *ece;
    sectag_metrics metrics;
} run;

static void say_bad_line(void *ctx, const sectag_err *err) {
    ((run *)ctx)->bad++;
    sectag_program_error(err);
}

static int read_gold(run *r, char **operands, size_t n, sectag_err *err) {
    int rc = r->v.gold
                 ? sectag_corpus_add_file(&r->corpus, &r->model.taxonomy, r->v.gold, say_bad_line, r, err)
                 : 0;
    for (size_t i = 0; i < n && !rc; i++)
        rc = sectag_corpus_add_file(&r->corpus, &r->model.taxonomy, operands[i], say_bad_line, r, err);
    return rc;
}

static int is_wanted(const run *r, const sectag_example *e) {
    return !r->v.lang || (strlen(r->v.lang) == e->lang.len &&
                          memcmp(r->v.lang, sectag_corpus_text(&r->corpus, e->lang), e->lang.len) == 0);
}

static int allocate(run *r, sectag_err *err) {
    size_t most = r->corpus.examples.len, cells = most * r->model.n_areas;
    r->example = sectag_alloc(most, sizeof *r->example);
    r->doc = sectag_alloc(most, sizeof *r->doc);
    r->score = sectag_zalloc(cells, sizeof *r->score);
    r->p = sectag_zalloc(cells, sizeof *r->p);
    r->gold = sectag_zalloc(cells, 1);
    r->tag = sectag_zalloc(cells, 1);
    r->ece = sectag_zalloc(r->model.n_areas, sizeof *r->ece);
    if (!r->example || !r->doc || !r->score || !r->p || !r->gold || !r->tag || !r->ece)
        return sectag_err_nomem(err);
    return 0;
}

/* A clause without a document is a document of its own. */
static int number_doc(run *r, const sectag_example *e, uint32_t *number) {
    *number = UINT32_MAX;
    if (e->doc.len == 0) return 0;
    return sectag_names_number(&r->docs, sectag_corpus_text(&r->corpus, e->doc), e->doc.len, number);
}

static int tag_all(run *r, sectag_err *err) {
    sectag_tagger tagger;
    size_t areas = r->model.n_areas;
    sectag_verdict *verdict = sectag_alloc(areas, sizeof *verdict);
    int rc = sectag_tagger_init(&tagger, &r->model, err);
    if (!verdict && !rc) rc = sectag_err_nomem(err);
    for (size_t i = 0; i < r->corpus.examples.len && !rc; i++) {
        const sectag_example *e = &r->corpus.examples.data[i];
        sectag_piece text = {sectag_corpus_text(&r->corpus, e->text), e->text.len};
        if (!is_wanted(r, e)) continue;
        if (number_doc(r, e, &r->doc[r->n])) rc = sectag_err_nomem(err);
        if (!rc) rc = sectag_tagger_run(&tagger, &text, 1, verdict, err);
        for (size_t a = 0; a < areas && !rc; a++) {
            size_t cell = r->n * areas + a;
            r->score[cell] = verdict[a].score;
            r->p[cell] = verdict[a].probability;
            r->tag[cell] = verdict[a].tagged;
            r->gold[cell] = (uint8_t)sectag_example_has(&r->corpus, e, a);
        }
        r->example[r->n++] = (uint32_t)i;
    }
    sectag_tagger_release(&tagger);
    free(verdict);
    return rc;
}

static int measure(run *r, sectag_err *err) {
    size_t areas = r->model.n_areas;
    sectag_eval_data data = {r->n, areas, r->score, r->gold, r->tag, r->doc};
    sectag_eval_options o = SECTAG_EVAL_OPTIONS_INIT;
    o.replicates = r->v.replicates;
    o.seed = r->v.seed;
    if (r->n == 0) return sectag_err_set(err, SECTAG_EDATA, "no labelled clauses to compare with");
    int rc = sectag_metrics_evaluate(&data, &o, &r->metrics, err);
    return rc ? rc : sectag_calibration_errors(r->p, r->gold, r->n, areas, 10, r->ece, err);
}

/* ---- output ---- */

static int put_interval(sectag_buf *out, sectag_interval i) {
    return sectag_buf_addf(out, " %5.3f (%4.2f-%4.2f)", i.value, i.low, i.high);
}

static int put_text(const run *r, sectag_buf *out) {
    const sectag_metrics *m = &r->metrics;
    sectag_means core = sectag_means_of(m, &r->model.taxonomy, r->ece);
    int rc = sectag_buf_addf(out, "%-26s %5s %-18s %-18s %-18s %-18s %s\n", "area", "n", "precision",
                             "recall", "F1", "average precision", "ECE");
    for (size_t a = 0; a < m->n_areas && !rc; a++) {
        const sectag_area *area = &r->model.taxonomy.areas.data[a];
        const sectag_area_metric *x = &m->area[a];
        rc = sectag_buf_addf(out, "%-24s %s %5zu", area->code, area->core ? "*" : " ", x->n_gold) ||
             put_interval(out, x->precision) || put_interval(out, x->recall) || put_interval(out, x->f1) ||
             put_interval(out, x->ap) || sectag_buf_addf(out, " %.4f\n", r->ece[a]);
    }
    rc = rc ||
         sectag_buf_addf(out, "\n%zu clauses, %zu documents\nmacro-F1              ", m->n_rows, m->n_docs) ||
         put_interval(out, m->macro_f1) || sectag_buf_adds(out, "\nmicro-F1              ") ||
         put_interval(out, m->micro_f1) || sectag_buf_adds(out, "\nmicro precision       ") ||
         put_interval(out, m->micro_precision) || sectag_buf_adds(out, "\nmicro recall          ") ||
         put_interval(out, m->micro_recall) || sectag_buf_adds(out, "\nmean average precision") ||
         put_interval(out, m->mean_ap) ||
         sectag_buf_addf(
             out, "\ncore F1                %.3f\ncore average precision %.3f\nmean ECE               %.4f\n",
             core.core_f1, core.core_ap, core.ece);
    return rc ? SECTAG_ENOMEM : 0;
}

/* Reliability of all areas together, and of each that has a labelled clause. */
static int put_reliability(const run *r, const sectag_eval_view *v, sectag_buf *out) {
    int rc = sectag_eval_table(v, r->model.n_areas, out);
    for (size_t a = 0; r->v.reliability && a < r->model.n_areas && !rc; a++)
        if (r->model.area[a].trained && r->metrics.area[a].n_gold) rc = sectag_eval_table(v, a, out);
    return rc;
}

static sectag_eval_view view_of(const run *r) {
    return (sectag_eval_view){&r->model, r->n, r->p, r->gold, &r->metrics, r->ece};
}

static json_t *bins_json(const sectag_eval_view *v, size_t area) {
    sectag_reliability_bin bin[SECTAG_RELIABILITY_BINS];
    json_t *list = json_array();
    sectag_eval_bins(v, area, bin);
    for (int k = 0; k < SECTAG_RELIABILITY_BINS; k++)
        if (bin[k].n)
            (void)json_array_append_new(
                list, json_pack("{s:f, s:I, s:f, s:f, s:[f,f]}", "from", k / 10.0, "clauses", (json_int_t)bin[k].n,
                                "p", bin[k].p / (double)bin[k].n, "observed",
                                (double)bin[k].of / (double)bin[k].n, "interval", bin[k].low, bin[k].high));
    return list;
}

static json_t *interval(sectag_interval i) {
    return json_pack("[f,f,f]", i.value, i.low, i.high);
}

static int put_json(const run *r, sectag_buf *out) {
    const sectag_metrics *m = &r->metrics;
    sectag_means core = sectag_means_of(m, &r->model.taxonomy, r->ece);
    char id[17];
    json_t *areas = json_object();
    const sectag_eval_view view = view_of(r);
    for (size_t a = 0; a < m->n_areas; a++) {
        const sectag_area_metric *x = &m->area[a];
        (void)json_object_set_new(areas, r->model.taxonomy.areas.data[a].code,
                                  json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:f, s:o}", "n",
                                            (json_int_t)x->n_gold, "tagged", (json_int_t)x->n_tagged, "both",
                                            (json_int_t)x->n_both, "precision", interval(x->precision),
                                            "recall", interval(x->recall), "f1", interval(x->f1), "ap",
                                            interval(x->ap), "ece", r->ece[a], "reliability",
                                            bins_json(&view, a)));
    }
    sectag_model_id(&r->model, id);
    json_t *all = json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:f, s:f, s:f, s:o, s:o}", "model", id,
                            "clauses", (json_int_t)m->n_rows, "documents", (json_int_t)m->n_docs, "macro_f1",
                            interval(m->macro_f1), "micro_f1", interval(m->micro_f1), "micro_precision",
                            interval(m->micro_precision), "micro_recall", interval(m->micro_recall),
                            "mean_ap", interval(m->mean_ap), "core_f1", core.core_f1, "core_ap", core.core_ap,
                            "mean_ece", core.ece, "reliability", bins_json(&view, m->n_areas), "areas", areas);
    char *text = all ? json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) : NULL;
    int rc = text && sectag_buf_addf(out, "%s\n", text) == 0 ? 0 : SECTAG_ENOMEM;
    free(text);
    json_decref(all);
    return rc;
}

static int save_errors(const run *r, sectag_err *err) {
    sectag_buf out = {0};
    size_t areas = r->model.n_areas;
    int rc = sectag_buf_adds(&out, "id\tarea\terror\tprobability\ttext\n");
    for (size_t cell = 0; cell < r->n * areas && !rc; cell++) {
        if (r->gold[cell] == r->tag[cell]) continue;
        const sectag_example *e = &r->corpus.examples.data[r->example[cell / areas]];
        const char *s = r->corpus.strings.data;
        rc = sectag_buf_addf(&out, "%.*s\t%s\t%s\t%.3f\t%.*s\n", (int)e->id.len, s + e->id.off,
                             r->model.taxonomy.areas.data[cell % areas].code,
                             r->gold[cell] ? "missed" : "wrong", r->p[cell], (int)e->text.len,
                             s + e->text.off);
    }
    rc = rc ? sectag_err_nomem(err) : sectag_file_save(r->v.errors, out.data, out.len, err);
    sectag_buf_release(&out);
    return rc;
}

static int save_page(const run *r, sectag_err *err) {
    sectag_buf out = {0};
    const sectag_eval_view view = view_of(r);
    int rc = sectag_eval_page(&view, &out) ? sectag_err_nomem(err) : sectag_file_save(r->v.html, out.data, out.len, err);
    sectag_buf_release(&out);
    return rc;
}

static int put_report(const run *r, sectag_buf *out) {
    const sectag_eval_view view = view_of(r);
    if (r->v.json) return put_json(r, out);
    int rc = put_text(r, out);
    return rc ? rc : put_reliability(r, &view, out);
}

static int eval(run *r, char **operands, size_t n, sectag_err *err) {
    sectag_buf out = {0};
    int rc = read_gold(r, operands, n, err);
    if (!rc) rc = allocate(r, err);
    if (!rc) rc = tag_all(r, err);
    if (!rc) rc = measure(r, err);
    if (!rc && put_report(r, &out)) rc = sectag_err_nomem(err);
    if (!rc && r->v.html) rc = save_page(r, err);
    if (!rc && r->v.errors) rc = save_errors(r, err);
    if (!rc && sectag_program_print(&out)) rc = sectag_err_set(err, SECTAG_EIO, "cannot write the report");
    sectag_buf_release(&out);
    return rc;
}

static void run_release(run *r) {
    sectag_metrics_release(&r->metrics);
    sectag_corpus_release(&r->corpus);
    sectag_model_release(&r->model);
    free(r->example);
    free(r->score);
    free(r->p);
    free(r->gold);
    free(r->tag);
    free(r->doc);
    sectag_names_release(&r->docs);
    free(r->ece);
}

int cmd_eval(int argc, char **argv) {
    run r = {.v = {.replicates = 1000, .seed = 1}};
    size_t n;
    sectag_err err = {0};
    int rc = sectag_program_begin(&usage, &r.v, argc, argv, &n);
    if (rc >= 0) return rc;
    if (!r.v.gold && n == 0)
        return sectag_program_say("eval needs labelled clauses (--gold CORPUS)"), SECTAG_EXIT_USAGE;
    rc = sectag_program_check_output(r.v.errors, r.v.gold);
    if (!rc) rc = sectag_program_check_output(r.v.html, r.v.gold);
    for (size_t i = 0; i < n && !rc; i++) {
        rc = sectag_program_check_output(r.v.errors, argv[1 + i]);
        if (!rc) rc = sectag_program_check_output(r.v.html, argv[1 + i]);
    }
    if (!rc) rc = sectag_program_open_model_in(&r.model, r.v.model, r.v.workspace);
    if (rc) return rc;
    sectag_metrics_init(&r.metrics);
    int failed = eval(&r, argv + 1, n, &err);
    if (failed) sectag_program_error(&err);
    rc = failed ? sectag_program_exit_code(failed) : r.bad ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
    run_release(&r);
    return rc;
}
