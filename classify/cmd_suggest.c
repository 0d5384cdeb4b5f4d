/* cmd_suggest.c: which clauses an analyst should look at next. */
#include "classify/gather.h"
#include "classify/output.h"
#include "classify/program.h"
#include "classify/progress.h"
#include "classify/put.h"
#include "classify/tagger.h"
#include "features/table.h"
#include "training/corpus.h"
#include "training/decision_table.h"
#include "training/suggest.h"
#include "training/unseen.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

typedef struct suggest_values {
    const char *model, *output, *decided, *vectors, *taxonomy, *terms;
    int lines, labelled, quiet;
    size_t n;
    double share;
} suggest_values;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(suggest_values, member), value, help }

static const sectag_option options[] = {
    ROW("number", 'n', COUNT, n, "N", "how many clauses (default: 50)"),
    ROW("output", 'o', TEXT, output, "FILE", "write to FILE; CSV if its name ends in .csv, else TSV"),
    ROW("model", 'm', TEXT, model, "FILE", "the model (default: the shipped one)"),
    ROW("lines", 'l', FLAG, lines, NULL, "take each line as one clause"),
    ROW("decided", 'd', TEXT, decided, "FILE",
        "a table with the column text: clauses that were looked at already"),
    ROW("labelled", 0, FLAG, labelled, NULL,
        "the corpora's labels are known: pick those that are probably wrong as well, by\n"
        "                          scores of trainings that have not seen them (half a minute)"),
    ROW("vectors", 0, TEXT, vectors, "DIR", "with --labelled: what the model was trained on (default: models/default)"),
    ROW("taxonomy", 0, TEXT, taxonomy, "FILE", "with --labelled: its areas (default: models/taxonomy.tsv)"),
    ROW("terms", 0, TEXT, terms, "FILE", "with --labelled: its term list (default: training/corpus/terms.tsv)"),
    ROW("quiet", 'q', FLAG, quiet, NULL, "no progress"),
    ROW("label-share", 0, REAL, share, "P", "at most this part of them for their labels (default: 0.3)"),
};

static const sectag_usage usage = {
    .command = "suggest",
    .operands = "[-n N] [FILE | FOLDER | CORPUS]...",
    .summary = "Chooses the clauses that are most worth an analyst's look: those whose tags are doubtful, "
               "spread over\n"
               "areas, documents and wordings, and those whose label is probably wrong. The output has the "
               "model's tags\n"
               "in the column tags, to be corrected. Files *.tsv and *.jsonl are corpora, others documents.",
    .example = "sectag suggest -n 10 tests/data/sample",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = SIZE_MAX,
};

typedef struct run {
    suggest_values v;
    sectag_model model;
    sectag_gather pool, decided;
    SECTAG_ARRAY(int8_t) label; /* [pool][n_areas]; empty without --labelled */
    double *p, *threshold;
    uint8_t *trained;
    uint32_t *doc;
    SECTAG_ARRAY(uint64_t) key;
    SECTAG_ARRAY(size_t) off; /* of the pool's clauses, then of the decided ones */
    sectag_key_set *keys;
    sectag_suggestion_list list;
    sectag_material material; /* with --labelled */
    sectag_decisions labels;  /* the labelled clauses, in order */
    SECTAG_ARRAY(uint32_t) labelled; /* their numbers in the pool */
    sectag_progress progress;
    int some_failed;
} run;

static void run_release(run *r) {
    sectag_gather_release(&r->pool);
    sectag_gather_release(&r->decided);
    sectag_model_release(&r->model);
    free(r->label.data);
    free(r->p);
    free(r->threshold);
    free(r->trained);
    free(r->doc);
    free(r->key.data);
    free(r->off.data);
    free(r->keys);
    free(r->list.data);
    sectag_decisions_release(&r->labels);
    sectag_material_release(&r->material);
    free(r->labelled.data);
}

static void report(void *ctx, const sectag_err *err) {
    ((run *)ctx)->some_failed = 1;
    sectag_program_error(err);
}

/* ---- reading ---- */

static int has_suffix(const char *path, const char *suffix) {
    size_t len = strlen(path), n = strlen(suffix);
    return len >= n && strcmp(path + len - n, suffix) == 0;
}

static int add_labels(run *r, const sectag_corpus *c, const sectag_example *e) {
    for (size_t a = 0; r->v.labelled && a < r->model.n_areas; a++)
        if (sectag_array_push(&r->label, (int8_t)(sectag_example_has(c, e, a) ? 1 : -1)))
            return SECTAG_ENOMEM;
    return 0;
}

static int read_corpus(run *r, const char *path, sectag_err *err) {
    sectag_corpus c;
    sectag_corpus_init(&c);
    int rc = sectag_corpus_add_file(&c, &r->model.taxonomy, path, report, r, err);
    for (size_t i = 0; i < c.examples.len && !rc; i++) {
        const sectag_example *e = &c.examples.data[i];
        if (sectag_gather_add(&r->pool, sectag_corpus_text(&c, e->doc), e->doc.len,
                              sectag_corpus_text(&c, e->text), e->text.len, e->line) ||
            add_labels(r, &c, e))
            rc = sectag_err_nomem(err);
    }
    sectag_corpus_release(&c);
    return rc;
}

/* Documents have no labels: zeros, which say so. */
static int read_documents(run *r, char *path, sectag_err *err) {
    size_t from = r->pool.clauses.len;
    int rc = sectag_gather_documents(&r->pool, &path, 1, r->v.lines, report, r, err);
    for (size_t i = from * r->model.n_areas;
         r->v.labelled && i < r->pool.clauses.len * r->model.n_areas && !rc; i++)
        if (sectag_array_push(&r->label, (int8_t)0)) rc = sectag_err_nomem(err);
    return rc;
}

static int read_pool(run *r, char **operands, size_t n, sectag_err *err) {
    char standard_input[] = "-";
    int rc = n ? 0 : read_documents(r, standard_input, err);
    for (size_t i = 0; i < n && !rc; i++)
        rc = !r->v.lines && (has_suffix(operands[i], ".tsv") || has_suffix(operands[i], ".jsonl"))
                 ? read_corpus(r, operands[i], err)
                 : read_documents(r, operands[i], err);
    return rc;
}

static int read_decided(run *r, sectag_err *err) {
    sectag_table t;
    size_t column;
    if (!r->v.decided) return 0;
    int rc = sectag_table_open(&t, r->v.decided, err);
    if (rc) return rc;
    rc = sectag_table_need(&t, "text", &column, err);
    while (!rc && (rc = sectag_table_next(&t, err)) == 1) {
        sectag_field f = t.row.data[column];
        rc = sectag_gather_add(&r->decided, "", 0, f.data, f.len, t.line) ? sectag_err_nomem(err) : 0;
    }
    sectag_table_release(&t);
    return rc;
}

/* ---- scoring ---- */

static int allocate(run *r, sectag_err *err) {
    size_t n = r->pool.clauses.len, areas = r->model.n_areas;
    r->p = sectag_zalloc(n * areas, sizeof *r->p);
    r->threshold = sectag_alloc(areas, sizeof *r->threshold);
    r->trained = sectag_alloc(areas, 1);
    r->doc = sectag_alloc(n, sizeof *r->doc);
    r->keys = sectag_alloc(n + r->decided.clauses.len, sizeof *r->keys);
    if (!r->p || !r->threshold || !r->trained || !r->doc || !r->keys) return sectag_err_nomem(err);
    for (size_t a = 0; a < areas; a++) {
        r->threshold[a] = r->model.area[a].threshold;
        r->trained[a] = r->model.area[a].trained != 0;
    }
    return 0;
}

static int by_key(const void *a, const void *b) {
    uint64_t u = *(const uint64_t *)a, v = *(const uint64_t *)b;
    return (u > v) - (u < v);
}

/* The known n-grams of a clause, as a set. */
static int add_keys(run *r, sectag_encoder *e, const sectag_piece *text) {
    size_t from = r->key.len;
    if (sectag_encode(e, text->text, text->len, NULL)) return SECTAG_ENOMEM;
    if (sectag_array_push(&r->off, from) || sectag_array_reserve(&r->key, e->n_grams)) return SECTAG_ENOMEM;
    for (size_t i = 0; i < e->n_grams; i++) r->key.data[r->key.len++] = e->counts.data[i].column;
    if (e->n_grams) qsort(r->key.data + from, e->n_grams, sizeof *r->key.data, by_key);
    return 0;
}

static int score_all(run *r, sectag_err *err) {
    sectag_tagger t = {0};
    sectag_encoder e = {0};
    sectag_model *m = &r->model;
    size_t n = r->pool.clauses.len, all = n + r->decided.clauses.len, areas = m->n_areas;
    sectag_verdict *v = sectag_alloc(areas, sizeof *v);
    int rc = v ? sectag_model_index(m, err) : sectag_err_nomem(err);
    if (!rc) rc = sectag_encoder_init(&e, &m->vocab, &m->terms, &m->options, err);
    if (!rc) rc = sectag_tagger_init(&t, m, err);
    for (size_t i = 0; i < all && !rc; i++) {
        const sectag_gather *g = i < n ? &r->pool : &r->decided;
        const sectag_gathered *c = &g->clauses.data[i < n ? i : i - n];
        sectag_piece text = {sectag_gather_text(g, c->text), c->text_len};
        rc = sectag_tagger_run(&t, &text, 1, v, err);
        for (size_t a = 0; a < areas && i < n && !rc; a++) r->p[i * areas + a] = v[a].probability;
        if (i < n) r->doc[i] = c->doc_len ? c->doc_number : UINT32_MAX;
        if (!rc && add_keys(r, &e, &text)) rc = sectag_err_nomem(err);
    }
    if (!rc && sectag_array_push(&r->off, r->key.len)) rc = sectag_err_nomem(err);
    for (size_t i = 0; i < all && !rc; i++)
        r->keys[i] = (sectag_key_set){r->key.data + r->off.data[i], r->off.data[i + 1] - r->off.data[i]};
    sectag_tagger_release(&t);
    sectag_encoder_release(&e);
    free(v);
    return rc;
}

/* ---- labelled clauses ---- */

static int open_material(run *r, sectag_train_options *o, sectag_err *err) {
    suggest_values *v = &r->v;
    if (!v->terms && !v->taxonomy) v->terms = SECTAG_SOURCE_DIR "/training/corpus/terms.tsv";
    sectag_material_paths paths = {.taxonomy = v->taxonomy ? v->taxonomy : SECTAG_SOURCE_DIR "/models/taxonomy.tsv",
                                   .terms = v->terms,
                                   .vectors = v->vectors ? v->vectors : SECTAG_SOURCE_DIR "/models/default",
                                   .added_areas = &r->model.taxonomy};
    int rc = sectag_material_open(&r->material, &paths, o, NULL, NULL, err);
    const sectag_taxonomy *t = &r->material.taxonomy;
    for (size_t a = 0; a < t->areas.len && !rc; a++)
        if (t->areas.len != r->model.n_areas || strcmp(t->areas.data[a].code, r->model.taxonomy.areas.data[a].code) != 0)
            rc = sectag_err_set(err, SECTAG_EDATA, "the model has other areas than its training vectors (--vectors)");
    return rc;
}

/* The labelled clauses of the pool as decisions. */
static int gather_labels(run *r, sectag_err *err) {
    size_t areas = r->model.n_areas;
    sectag_buf doc = {0};
    int rc = 0;
    r->labels.n_areas = areas;
    for (size_t i = 0; i < r->pool.clauses.len && !rc; i++) {
        const sectag_gathered *c = &r->pool.clauses.data[i];
        const int8_t *label = r->label.data + i * areas;
        if (!label[0]) continue; /* of a document: no area is known */
        doc.len = 0;
        rc = sectag_buf_add(&doc, sectag_gather_text(&r->pool, c->doc), c->doc_len) | sectag_buf_addc(&doc, '\0');
        if (!rc)
            rc = sectag_decisions_add(&r->labels, sectag_gather_text(&r->pool, c->text), c->text_len,
                                      c->doc_len ? doc.data : NULL, label, 0);
        rc |= sectag_array_push(&r->labelled, (uint32_t)i);
    }
    sectag_buf_release(&doc);
    return rc ? sectag_err_nomem(err) : 0;
}

static int on_progress(void *ctx, size_t done, size_t total) {
    run *r = ctx;
    r->progress.total = total;
    sectag_progress_set(&r->progress, done);
    return 0;
}

/* Takes out-of-fold probabilities; where there are none, the label is not doubted and not asked for. */
static void take_unseen(run *r, const double *p, const uint8_t *known) {
    size_t areas = r->model.n_areas, n = 0;
    for (size_t i = 0; i < r->labelled.len; i++) {
        size_t at = r->labelled.data[i];
        if (known[i]) memcpy(r->p + at * areas, p + i * areas, areas * sizeof *p);
        for (size_t a = 0; a < areas && !known[i]; a++) /* sure of its label */
            r->p[at * areas + a] = r->label.data[at * areas + a] > 0;
        n += known[i];
    }
    if (n < r->labelled.len && !r->v.quiet)
        sectag_program_say("%zu of %zu labelled clauses cannot be doubted: sentences of no document that were trained on",
                           r->labelled.len - n, r->labelled.len);
}

static int score_labelled(run *r, sectag_err *err) {
    sectag_train_options o = SECTAG_TRAIN_DEFAULTS;
    if (!r->v.labelled) return 0;
    int rc = gather_labels(r, err);
    if (rc || !r->labelled.len) return rc;
    o.jobs = sectag_program_processors();
    rc = open_material(r, &o, err);
    double *p = sectag_zalloc(r->labelled.len * r->model.n_areas, sizeof *p);
    uint8_t *known = sectag_zalloc(r->labelled.len, 1);
    if (!rc && !(p && known)) rc = sectag_err_nomem(err);
    sectag_progress_init(&r->progress, "scoring labelled clauses", SECTAG_PROGRESS_STEPS, 0, !r->v.quiet);
    if (!rc) rc = sectag_unseen(&r->material, &r->labels, &o, p, known, on_progress, r, err);
    sectag_progress_release(&r->progress);
    if (!rc) take_unseen(r, p, known);
    free(p);
    free(known);
    return rc;
}

static int choose(run *r, sectag_err *err) {
    size_t n = r->pool.clauses.len;
    sectag_suggest_data d = {.n = n,
                             .n_areas = r->model.n_areas,
                             .p = r->p,
                             .threshold = r->threshold,
                             .trained = r->trained,
                             .label = r->v.labelled ? r->label.data : NULL,
                             .doc = r->doc,
                             .keys = r->keys,
                             .decided = r->keys + n,
                             .n_decided = r->decided.clauses.len};
    sectag_suggest_options o = SECTAG_SUGGEST_DEFAULTS;
    o.n = r->v.n;
    o.label_share = r->v.share;
    return sectag_suggest(&d, &o, &r->list, err);
}

/* ---- output ---- */

static int put_field(sectag_buf *out, int csv, const char *text, size_t len) {
    if (!csv) return sectag_put_plain(out, text, len);
    size_t room = 2 * len + 2;
    if (sectag_buf_reserve(out, room)) return SECTAG_ENOMEM;
    out->len += csv_write(out->data + out->len, room, text, len);
    out->data[out->len] = '\0';
    return 0;
}

static const char *code_of(const run *r, size_t area) {
    return r->model.taxonomy.areas.data[area].code;
}

/* The model's tags as "a,b", "-" for none. */
static int put_tags(const run *r, size_t clause, sectag_buf *out) {
    size_t areas = r->model.n_areas, n = 0;
    int rc = 0;
    for (size_t a = 0; a < areas; a++)
        if (r->trained[a] && r->p[clause * areas + a] >= r->threshold[a])
            rc |= sectag_buf_addf(out, "%s%s", n++ ? "," : "", code_of(r, a));
    return n ? rc : sectag_buf_addc(out, '-');
}

static int put_row(const run *r, const sectag_suggestion *s, int csv, sectag_buf *out) {
    const sectag_gathered *c = &r->pool.clauses.data[s->clause];
    const char *between = csv ? "," : "\t";
    sectag_buf tags = {0};
    int rc = put_field(out, csv, sectag_gather_text(&r->pool, c->doc), c->doc_len) |
             put_tags(r, s->clause, &tags) | sectag_buf_adds(out, between);
    if (!rc) rc = put_field(out, csv, tags.data, tags.len);
    rc |= sectag_buf_addf(out, "%s%s%s%s%s%.4f%s", between,
                          s->why == SECTAG_WHY_LABEL ? "label" : "uncertain", between, code_of(r, s->area),
                          between, r->p[s->clause * r->model.n_areas + s->area], between);
    rc |= put_field(out, csv, sectag_gather_text(&r->pool, c->text), c->text_len) |
          sectag_buf_adds(out, csv ? "\r\n" : "\n");
    sectag_buf_release(&tags);
    return rc;
}

static int put_all(const run *r, sectag_err *err) {
    sectag_output o;
    sectag_buf out = {0};
    int csv = r->v.output && has_suffix(r->v.output, ".csv");
    int full = sectag_buf_adds(&out, csv ? "\xEF\xBB\xBF"
                                           "doc,tags,why,area,p,text\r\n"
                                         : "doc\ttags\twhy\tarea\tp\ttext\n");
    for (size_t i = 0; i < r->list.len; i++) full |= put_row(r, &r->list.data[i], csv, &out);
    int rc = full ? sectag_err_nomem(err) : sectag_output_init(&o, r->v.output, err);
    if (!rc) {
        rc = sectag_output_write(&o, out.data, out.len, err);
        if (!rc) rc = sectag_output_commit(&o, err);
        sectag_output_release(&o);
    }
    sectag_buf_release(&out);
    return rc;
}

static int suggest(run *r, char **operands, size_t n, sectag_err *err) {
    int rc = read_pool(r, operands, n, err);
    if (!rc) rc = read_decided(r, err);
    if (!rc) rc = allocate(r, err);
    if (!rc) rc = score_all(r, err);
    if (!rc) rc = score_labelled(r, err);
    if (!rc) rc = choose(r, err);
    return rc ? rc : put_all(r, err);
}

int cmd_suggest(int argc, char **argv) {
    run r = {.v = {.n = SECTAG_SUGGEST_DEFAULTS.n, .share = SECTAG_SUGGEST_DEFAULTS.label_share}};
    size_t n;
    sectag_err err = {0};
    int rc = sectag_program_begin(&usage, &r.v, argc, argv, &n);
    if (rc >= 0) return rc;
    rc = sectag_program_check_output(r.v.output, r.v.decided);
    for (size_t i = 0; i < n && !rc; i++) rc = sectag_program_check_output(r.v.output, argv[1 + i]);
    if (!rc) rc = sectag_program_open_model(&r.model, r.v.model);
    if (rc) return rc;
    int failed = suggest(&r, argv + 1, n, &err);
    if (failed) sectag_program_error(&err);
    rc = failed ? sectag_program_exit_code(failed) : r.some_failed ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
    run_release(&r);
    return rc;
}
