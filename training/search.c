#include "training/search.h"

#include "training/metric.h"

#include <math.h>

/* ---- the options that are searched ---- */

/* An option's setter, and whether it has a value already. */
#define OPTION(name, member, type)                                                                           \
    static void set_##name(sectag_train_options *o, double v) {                                              \
        o->member = (type)v;                                                                                 \
    }                                                                                                        \
    static int is_##name(const sectag_train_options *o, double v) {                                          \
        return o->member == (type)v;                                                                         \
    }
OPTION(cjk_max, vector.ngram.cjk_max, uint8_t)
OPTION(word_max, vector.ngram.word_max, uint8_t)
OPTION(word_pairs, vector.ngram.word_pairs, uint8_t)
OPTION(min_df, vector.min_df, uint32_t)
OPTION(sublinear_tf, vector.sublinear, uint8_t)
OPTION(idf, vector.idf, uint8_t)
OPTION(term_weight, vector.term_weight, float)
OPTION(single_weight, vector.single_weight, float)
OPTION(real_copies, real_copies, uint32_t)
OPTION(c, c, double)
OPTION(positive_weight, positive_weight, double)
#undef OPTION

enum { VALUES_MAX = 4 };

/* `encodes`: the dataset must be made anew. Values end at NAN. */
static const struct row {
    const char *name;
    void (*set)(sectag_train_options *o, double value);
    int (*is)(const sectag_train_options *o, double value);
    int encodes;
    double values[VALUES_MAX];
} table[] = {
    {"cjk_max", set_cjk_max, is_cjk_max, 1, {2, 3, 4, NAN}},
    {"word_max", set_word_max, is_word_max, 1, {5, 6, NAN}},
    {"word_pairs", set_word_pairs, is_word_pairs, 1, {0, 1, NAN}},
    {"min_df", set_min_df, is_min_df, 1, {3, 4, 5, 6}},
    {"sublinear_tf", set_sublinear_tf, is_sublinear_tf, 0, {0, 1, NAN}},
    {"idf", set_idf, is_idf, 0, {0, 1, NAN}},
    {"term_weight", set_term_weight, is_term_weight, 0, {0.1, 0.15, 0.2, NAN}},
    {"single_weight", set_single_weight, is_single_weight, 1, {0, 0.1, 0.15, 0.2}},
    {"real_copies", set_real_copies, is_real_copies, 0, {1, 2, 3, NAN}},
    {"c", set_c, is_c, 0, {0.5, 1, 2, 4}},
    {"positive_weight", set_positive_weight, is_positive_weight, 0, {1, 2, NAN}},
};
enum { ROWS = sizeof table / sizeof table[0] };

static size_t count_trials(void) {
    size_t n = 1;
    for (size_t r = 0; r < ROWS; r++)
        for (size_t v = 0; v < VALUES_MAX && !isnan(table[r].values[v]); v++) n++;
    return n;
}

/* ---- one trial ---- */

int sectag_search_objective(const sectag_dataset *d, const sectag_trained *t, double *objective,
                            sectag_err *err) {
    sectag_oof oof;
    sectag_metrics m;
    sectag_eval_options options = SECTAG_EVAL_OPTIONS_INIT;
    options.replicates = 0;
    sectag_metrics_init(&m);
    int rc = sectag_oof_collect(d, t, &oof, err);
    sectag_eval_data data = {oof.n, oof.n_areas, oof.score, oof.gold, oof.tag, oof.doc};
    if (!rc) rc = sectag_metrics_evaluate(&data, &options, &m, err);
    if (!rc) *objective = (m.macro_f1.value + m.micro_f1.value + m.mean_ap.value) / 3;
    sectag_metrics_release(&m);
    sectag_oof_release(&oof);
    return rc;
}

static int try_options(const sectag_material *m, const sectag_train_options *o, double *objective,
                       sectag_err *err) {
    sectag_trained t;
    sectag_train_options fast = *o;
    fast.solver = "liblinear";
    int rc = sectag_train_cross_validate(&m->data, &m->vocab, &fast, &t, NULL, NULL, err);
    if (!rc) rc = sectag_search_objective(&m->data, &t, objective, err);
    sectag_trained_release(&t);
    return rc;
}

/* ---- the search ---- */

typedef struct search {
    sectag_material *m;
    sectag_buf *log;
    sectag_trial_fn *trial;
    void *ctx;
    size_t done, total;
    double best;
} search;

static int run(search *s, const char *name, double value, const sectag_train_options *o, double *objective,
               sectag_err *err) {
    int rc = try_options(s->m, o, objective, err);
    if (rc) return rc;
    if (sectag_buf_addf(s->log, "%s{\"option\":\"%s\",\"value\":%g,\"objective\":%.6f}", s->done ? "," : "",
                        name, value, *objective))
        return sectag_err_nomem(err);
    s->done++;
    if (s->trial && s->trial(s->ctx, s->done, s->total, name, value, *objective))
        return sectag_err_set(err, SECTAG_ECANCEL, "cancelled");
    return 0;
}

/* Tries all values of a row; *o ends with the best. */
static int search_row(search *s, const struct row *row, sectag_train_options *o, sectag_err *err) {
    sectag_train_options best = *o;
    int encoded = 0;
    for (size_t v = 0; v < VALUES_MAX && !isnan(row->values[v]); v++) {
        sectag_train_options trial = *o;
        double objective = 0;
        if (row->is(o, row->values[v])) {
            s->total--;
            continue;
        }
        row->set(&trial, row->values[v]);
        encoded = row->encodes;
        int rc = row->encodes ? sectag_material_encode(s->m, &trial, err) : 0;
        if (!rc) rc = run(s, row->name, row->values[v], &trial, &objective, err);
        if (rc) return rc;
        if (objective > s->best + SECTAG_SEARCH_GAIN) {
            s->best = objective;
            best = trial;
        }
    }
    *o = best;
    return encoded ? sectag_material_encode(s->m, o, err) : 0;
}

int sectag_search(sectag_material *m, sectag_train_options *o, sectag_buf *log, sectag_trial_fn *trial,
                  void *ctx, sectag_err *err) {
    search s = {m, log, trial, ctx, 0, count_trials(), 0};
    if (m->corpus.examples.len == 0)
        return sectag_err_set(err, SECTAG_EARG, "a search needs the labelled clauses, not their vectors");
    int rc = sectag_buf_addc(log, '[') ? sectag_err_nomem(err) : 0;
    if (!rc) rc = run(&s, "start", 0, o, &s.best, err);
    for (size_t r = 0; r < ROWS && !rc; r++) rc = search_row(&s, &table[r], o, err);
    if (!rc && sectag_buf_addc(log, ']')) rc = sectag_err_nomem(err);
    return rc;
}
