/* cmd_train.c: labelled clauses to a model. */
#include "classify/program.h"
#include "classify/progress.h"
#include "features/file.h"
#include "training/material.h"
#include "training/search.h"
#include "training/solver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifndef SECTAG_VERSION
#define SECTAG_VERSION "0.1.0"
#endif

typedef struct train_values {
    const char *taxonomy, *terms, *vectors, *output, *save_vectors, *card, *oof;
    const char *solver, *threshold, *cjk_orders, *word_orders;
    int no_terms, no_idf, raw_tf, word_pairs, no_words, search, quiet;
    size_t min_df, real_copies, folds, min_positives, jobs, seed;
    double c, positive_weight, term_weight, single_weight, accept;
} train_values;

#define ROW(name, alias, kind, member, value, help)                                                          \
    { name, alias, SECTAG_OPTION_##kind, offsetof(train_values, member), value, help }

static const sectag_option options[] = {
    ROW("output", 'o', TEXT, output, "FILE", "the model file to write"),
    ROW("taxonomy", 0, TEXT, taxonomy, "FILE", "the areas (default: models/taxonomy.tsv)"),
    ROW("terms", 0, TEXT, terms, "FILE", "the term list (default: training/corpus/terms.tsv)"),
    ROW("no-terms", 0, FLAG, no_terms, NULL, "train without the term channel"),
    ROW("vectors", 0, TEXT, vectors, "DIR", "train on the vectors of a shipped model instead of a corpus"),
    ROW("save-vectors", 0, TEXT, save_vectors, "DIR", "also write the training vectors"),
    ROW("card", 0, TEXT, card, "FILE", "also write the model card (Markdown)"),
    ROW("oof", 0, TEXT, oof, "FILE", "also write the out-of-fold probabilities (TSV)"),
    ROW("jobs", 'j', COUNT, jobs, "N", "threads (default: all processors)"),
    ROW("search", 0, FLAG, search, NULL, "first choose the options below by cross-validation"),
    ROW("solver", 0, TEXT, solver, "NAME", "libsvm or liblinear (default: libsvm up to 50,000 clauses)"),
    ROW("c", 'c', REAL, c, "C", "cost of a clause inside the margin (default: 2)"),
    ROW("positive-weight", 0, REAL, positive_weight, "W",
        "factor on C for an area's own clauses (default: 1)"),
    ROW("real-copies", 0, COUNT, real_copies, "N",
        "a document's clause counts N times one written for the corpus (2)"),
    ROW("cjk-orders", 0, TEXT, cjk_orders, "A-B", "n-gram orders in Chinese runs (default: 1-3)"),
    ROW("word-orders", 0, TEXT, word_orders, "A-B", "n-gram orders in words (default: 3-6)"),
    ROW("no-words", 0, FLAG, no_words, NULL, "without whole words"),
    ROW("word-pairs", 0, FLAG, word_pairs, NULL, "also pairs of words"),
    ROW("min-df", 0, COUNT, min_df, "N", "leave out n-grams of fewer clauses (default: 4)"),
    ROW("no-idf", 0, FLAG, no_idf, NULL, "without inverse document frequency"),
    ROW("raw-tf", 0, FLAG, raw_tf, NULL, "plain term frequency, not 1 + ln tf"),
    ROW("term-weight", 0, REAL, term_weight, "W", "weight of an area's strong or weak terms (default: 0.15)"),
    ROW("single-weight", 0, REAL, single_weight, "W", "weight of each term by itself (default: 0.15)"),
    ROW("threshold", 0, TEXT, threshold, "METHOD",
        "global-macro (default), global-micro, expected-f1, shrunk-f1"),
    ROW("accept", 0, REAL, accept, "P",
        "probability from which a tag is in band accept, not review (default: 0.8)"),
    ROW("folds", 0, COUNT, folds, "N", "folds of the cross-validation (default: 5)"),
    ROW("min-positives", 0, COUNT, min_positives, "N", "leave out areas with fewer clauses (default: 10)"),
    ROW("seed", 0, COUNT, seed, "N", "of the bootstrap intervals (default: 1)"),
    ROW("quiet", 'q', FLAG, quiet, NULL, "no progress, no summary"),
};

static const sectag_usage usage = {
    .command = "train",
    .operands = "CORPUS... (or --vectors DIR) -o MODEL",
    .summary = "Trains one linear SVM an area on labelled clauses (TSV or JSONL with the columns text, "
               "labels, and if there are any\n"
               "id, doc, lang, register), calibrates it on out-of-fold scores, and writes a model file. The "
               "same inputs and options\n"
               "give the same bytes, whatever --jobs is.",
    .example = "sectag train training/corpus/policy-zh.tsv training/corpus/other-zh.tsv -o /tmp/my.sectag\n"
               "sectag train --vectors models/default -o /tmp/again.sectag",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .max_operands = 10000,
};

/* Everything one run of the command owns. */
typedef struct run {
    train_values v;
    sectag_train_options o;
    sectag_material material;
    sectag_trained trained;
    sectag_progress progress;
    sectag_buf search;
} run;

/* ---- options ---- */

/* Reads "A-B", two digits. */
static int parse_orders(const char *text, uint8_t *low, uint8_t *high) {
    if (!text) return 0;
    if (strlen(text) != 3 || text[1] != '-' || text[0] < '1' || text[2] < text[0] ||
        text[2] > '0' + SECTAG_NGRAM_ORDER_MAX)
        return -1;
    *low = (uint8_t)(text[0] - '0');
    *high = (uint8_t)(text[2] - '0');
    return 0;
}

static int set_ngrams(run *r) {
    sectag_ngram_options *g = &r->o.vector.ngram;
    if (parse_orders(r->v.cjk_orders, &g->cjk_min, &g->cjk_max) ||
        parse_orders(r->v.word_orders, &g->word_min, &g->word_max)) {
        sectag_program_say("n-gram orders are two numbers from 1 to %d, such as 1-3", SECTAG_NGRAM_ORDER_MAX);
        return SECTAG_EXIT_USAGE;
    }
    g->whole_words = !r->v.no_words;
    g->word_pairs = (uint8_t)r->v.word_pairs;
    return 0;
}

static void set_defaults(run *r) {
    r->o = SECTAG_TRAIN_DEFAULTS;
    const sectag_train_options *o = &r->o;
    r->v = (train_values){.threshold = o->threshold,
                          .min_df = o->vector.min_df,
                          .real_copies = o->real_copies,
                          .folds = o->folds,
                          .min_positives = o->min_positives,
                          .seed = o->seed,
                          .c = o->c,
                          .positive_weight = o->positive_weight,
                          .term_weight = (double)o->vector.term_weight,
                          .single_weight = (double)o->vector.single_weight,
                          .accept = o->accept};
}

/* The shipped term list goes with the shipped areas only. */
static void set_paths(train_values *v) {
    if (!v->terms && !v->taxonomy) v->terms = SECTAG_SOURCE_DIR "/training/corpus/terms.tsv";
    if (!v->terms && !v->no_terms)
        sectag_program_say("areas of your own and no --terms: training without a term list");
    if (!v->taxonomy) v->taxonomy = SECTAG_SOURCE_DIR "/models/taxonomy.tsv";
    if (v->no_terms) v->terms = NULL;
}

static int counts_fit(const train_values *v) {
    const size_t counts[] = {v->real_copies, v->folds, v->min_positives, v->jobs, v->min_df};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i] > UINT32_MAX) return 0;
    return 1;
}

/* What will be written must not be what is read, and its folder must be there: better said before the
 * training. */
static int check_outputs(const run *r, char **corpora, size_t n) {
    const train_values *v = &r->v;
    const char *out[] = {v->output, v->card, v->oof};
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
        int rc = sectag_program_check_output(out[i], v->taxonomy);
        if (!rc) rc = sectag_program_check_output(out[i], v->terms);
        for (size_t k = 0; k < n && !rc; k++) rc = sectag_program_check_output(out[i], corpora[k]);
        if (rc) return rc;
    }
    if (v->save_vectors && mkdir(v->save_vectors, 0777) && errno != EEXIST)
        return sectag_program_say("%s: cannot create: %s", v->save_vectors, strerror(errno)),
               SECTAG_EXIT_USAGE;
    return 0;
}

static int set_options(run *r, size_t n_corpora) {
    const train_values *v = &r->v;
    sectag_train_options *o = &r->o;
    if (!v->output)
        return sectag_program_say("which model file shall be written? (-o FILE)"), SECTAG_EXIT_USAGE;
    if ((v->vectors != NULL) == (n_corpora > 0))
        return sectag_program_say("train takes either labelled clauses or --vectors DIR"), SECTAG_EXIT_USAGE;
    if (!counts_fit(v))
        return sectag_program_say("a number is above %lu", (unsigned long)UINT32_MAX), SECTAG_EXIT_USAGE;
    set_paths(&r->v);
    if (v->solver) o->solver = v->solver;
    o->threshold = v->threshold;
    o->c = v->c;
    o->positive_weight = v->positive_weight;
    o->accept = v->accept;
    o->real_copies = (uint32_t)v->real_copies;
    o->folds = (uint32_t)v->folds;
    o->min_positives = (uint32_t)v->min_positives;
    o->seed = v->seed;
    o->jobs = v->jobs ? (uint32_t)v->jobs : sectag_program_processors();
    o->vector.min_df = (uint32_t)v->min_df;
    o->vector.sublinear = !v->raw_tf;
    o->vector.idf = !v->no_idf;
    o->vector.term_weight = (float)v->term_weight;
    o->vector.single_weight = (float)v->single_weight;
    return set_ngrams(r);
}

/* ---- progress and reports ---- */

static void say_bad_line(void *ctx, const sectag_err *err) {
    (void)ctx;
    sectag_program_error(err);
}

static int on_progress(void *ctx, size_t done, size_t total) {
    run *r = ctx;
    r->progress.total = total;
    sectag_progress_set(&r->progress, done);
    return 0;
}

static int on_trial(void *ctx, size_t done, size_t total, const char *option, double value,
                    double objective) {
    run *r = ctx;
    r->progress.total = total;
    sectag_progress_hide(&r->progress);
    if (!r->v.quiet) (void)fprintf(stderr, "search: %s %g: %.4f\n", option, value, objective);
    sectag_progress_set(&r->progress, done);
    return 0;
}

static void say_left_out(const run *r) {
    for (size_t a = 0; a < r->trained.n_areas; a++)
        if (!r->trained.area[a].trained)
            sectag_program_say("area %s is left out: %u labelled clauses, at least %u are needed",
                               r->material.taxonomy.areas.data[a].code, r->trained.positives[a],
                               r->o.min_positives);
}

/* ---- outputs ---- */

static int put_oof(const run *r, sectag_buf *out, sectag_err *err) {
    sectag_oof oof;
    const sectag_taxonomy *areas = &r->material.taxonomy;
    const char *strings = r->material.data.strings.data;
    int rc = sectag_oof_collect(&r->material.data, &r->trained, &oof, err);
    int full = sectag_buf_adds(out, "id\tdoc");
    for (size_t a = 0; a < areas->areas.len && !full; a++)
        full = sectag_buf_addf(out, "\t%s", areas->areas.data[a].code);
    for (size_t i = 0; !rc && i < oof.n && !full; i++) {
        const sectag_row *row = &r->material.data.rows.data[oof.row[i]];
        full = sectag_buf_addf(out, "\n%.*s\t%.*s", (int)row->id.len, strings + row->id.off,
                               (int)row->doc.len, strings + row->doc.off);
        for (size_t a = 0; a < oof.n_areas && !full; a++)
            full = sectag_buf_addf(out, "\t%.6f", oof.p[i * oof.n_areas + a]);
    }
    if (!rc && (full || sectag_buf_addc(out, '\n'))) rc = sectag_err_nomem(err);
    sectag_oof_release(&oof);
    return rc;
}

static int save_oof(const run *r, sectag_err *err) {
    sectag_buf out = {0};
    int rc = put_oof(r, &out, err);
    if (!rc) rc = sectag_file_save(r->v.oof, out.data, out.len, err);
    sectag_buf_release(&out);
    return rc;
}

static int save_card(const run *r, sectag_err *err) {
    sectag_model model;
    sectag_buf card = {0};
    char id[17];
    int rc = sectag_model_open(&model, r->v.output, err);
    if (rc) return rc;
    sectag_model_id(&model, id);
    rc = sectag_card_write(model.provenance, model.provenance_len, &model.taxonomy, id, &card, err);
    if (!rc) rc = sectag_file_save(r->v.card, card.data, card.len, err);
    sectag_buf_release(&card);
    sectag_model_release(&model);
    return rc;
}

static int save_all(const run *r, sectag_err *err) {
    int rc = sectag_material_save_model(&r->material, &r->o, &r->trained, SECTAG_VERSION, r->search.data,
                                        r->v.output, err);
    if (!rc && r->v.save_vectors) rc = sectag_material_save_vectors(&r->material, r->v.save_vectors, err);
    if (!rc && r->v.oof) rc = save_oof(r, err);
    if (!rc && r->v.card) rc = save_card(r, err);
    return rc;
}

/* ---- the run ---- */

static int train(run *r, char **operands, size_t n, sectag_err *err) {
    sectag_material_paths paths = {.taxonomy = r->v.taxonomy,
                                   .terms = r->v.terms,
                                   .corpora = (const char *const *)operands,
                                   .n_corpora = n,
                                   .vectors = r->v.vectors};
    int rc = sectag_material_open(&r->material, &paths, &r->o, say_bad_line, NULL, err);
    if (rc) return rc;
    if (!r->v.solver) r->o.solver = sectag_solver_default(r->material.data.rows.len);
    if (r->v.search) {
        sectag_progress_init(&r->progress, "searching", SECTAG_PROGRESS_STEPS, 0, !r->v.quiet);
        rc = sectag_search(&r->material, &r->o, &r->search, on_trial, r, err);
        sectag_progress_release(&r->progress);
    }
    if (rc) return rc;
    sectag_progress_init(&r->progress, "training", SECTAG_PROGRESS_STEPS, 0, !r->v.quiet);
    rc = sectag_train(&r->material.data, &r->material.vocab, &r->o, &r->trained, on_progress, r, err);
    sectag_progress_release(&r->progress);
    if (rc) return rc;
    say_left_out(r);
    return save_all(r, err);
}

int cmd_train(int argc, char **argv) {
    run *r = calloc(1, sizeof *r);
    size_t n;
    sectag_err err = {0};
    if (!r) return sectag_program_say("out of memory"), SECTAG_EXIT_SOME;
    sectag_program_keep_memory();
    set_defaults(r);
    int rc = sectag_program_begin(&usage, &r->v, argc, argv, &n);
    if (rc < 0) rc = set_options(r, n);
    if (rc == 0 && r->v.output) rc = check_outputs(r, argv + 1, n);
    if (rc == 0 && r->v.output) {
        int failed = train(r, argv + 1, n, &err);
        if (failed) sectag_program_error(&err);
        rc = failed ? sectag_program_exit_code(failed) : r->material.bad ? SECTAG_EXIT_SOME : SECTAG_EXIT_OK;
    }
    sectag_trained_release(&r->trained);
    sectag_material_release(&r->material);
    sectag_buf_release(&r->search);
    free(r);
    return rc;
}
