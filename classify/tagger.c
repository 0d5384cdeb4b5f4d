#include "classify/tagger.h"

#include "features/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- life cycle ---- */

/* The score below which an area is surely not tagged. Calibrations are monotone, so it is found by halving; the
 * little that is taken off covers the roundings of the calibration. */
static double cutoff_of(const sectag_area_model *area) {
    double low = -1e6, high = 1e6;
    if (!area->trained || sectag_calibration_apply(&area->calibration, high) < area->threshold) return INFINITY;
    for (int i = 0; i < 100; i++) {
        double middle = low + (high - low) / 2;
        if (sectag_calibration_apply(&area->calibration, middle) >= area->threshold)
            high = middle;
        else
            low = middle;
    }
    return low <= -1e6 ? -INFINITY : low - 1e-6;
}

static int init_fast(sectag_tagger *t, sectag_err *err) {
    const sectag_model *m = t->model;
    int rc = sectag_matcher_init(&t->matcher, &m->lexicon, &m->terms, &m->options, err);
    if (rc) return rc;
    t->matcher.rows = m->rows;
    t->matcher.stride = m->stride;
    t->kernel = sectag_kernel_best();
    t->sum = aligned_alloc(64, (m->stride / 2 * sizeof *t->sum + 63) / 64 * 64);
    rc = t->sum ? sectag_memo_init(&t->memo, m->n_areas, err) : sectag_err_nomem(err);
    return rc;
}

int sectag_tagger_init(sectag_tagger *t, const sectag_model *model, sectag_err *err) {
    memset(t, 0, sizeof *t);
    t->model = model;
    t->total = sectag_zalloc(model->n_areas, sizeof *t->total);
    t->cutoff = sectag_zalloc(model->n_areas, sizeof *t->cutoff);
    int rc = t->total && t->cutoff ? 0 : sectag_err_nomem(err);
    for (size_t a = 0; a < model->n_areas && !rc; a++) t->cutoff[a] = cutoff_of(&model->area[a]);
    if (!rc)
        rc = model->lexicon.n_slots
                 ? init_fast(t, err)
                 : sectag_encoder_init(&t->encoder, &model->vocab, &model->terms, &model->options, err);
    if (rc) sectag_tagger_release(t);
    return rc;
}

void sectag_tagger_release(sectag_tagger *t) {
    sectag_matcher_release(&t->matcher);
    sectag_encoder_release(&t->encoder);
    sectag_memo_release(&t->memo);
    free(t->summands.data);
    free(t->sum);
    free(t->total);
    free(t->cutoff);
    memset(t, 0, sizeof *t);
}

/* ---- verdicts ---- */

sectag_verdict sectag_verdict_of(const sectag_area_model *area, double score) {
    sectag_verdict v = {0};
    if (!area->trained) return v;
    v.score = score;
    v.probability = sectag_calibration_apply(&area->calibration, score);
    v.tagged = v.probability >= area->threshold;
    if (v.tagged) v.band = v.probability >= area->accept ? SECTAG_BAND_ACCEPT : SECTAG_BAND_REVIEW;
    return v;
}

static void judge(const sectag_tagger *t, const double *score, sectag_verdict *out) {
    const sectag_area_model *area = t->model->area;
    for (size_t a = 0; a < t->model->n_areas; a++) {
        out[a] = (sectag_verdict){.score = score[a]};
        if (!t->tags_only || score[a] >= t->cutoff[a]) out[a] = sectag_verdict_of(&area[a], score[a]);
    }
}

/* ---- scores ---- */

/* 1 + ln(n) of small n. */
static float sublinear(uint32_t n) {
    static const float small[] = {0, 1, 1.6931472F, 2.0986123F, 2.3862944F, 2.6094379F, 2.7917595F, 2.9459101F};
    return n < sizeof small / sizeof small[0] ? small[n] : (float)(1 + log(n));
}

static float row_value(const sectag_model *m, uint32_t column) {
    float value;
    memcpy(&value, m->rows + ((size_t)column + 1) * m->stride - sizeof value, sizeof value);
    return value;
}

/* Values of counts [from, to) as summands; returns the sum of their squares. */
static double weigh(sectag_tagger *t, size_t from, size_t to, int use_counts, int damped) {
    const sectag_count *count = t->matcher.counts.data;
    sectag_summand *s = t->summands.data;
    double square = 0;
    for (size_t i = from; i < to; i++) {
        float tf = !use_counts ? 1 : damped ? sublinear(count[i].count) : (float)count[i].count;
        float value = tf * row_value(t->model, count[i].column);
        s[i - from] = (sectag_summand){count[i].column, value};
        square += (double)value * (double)value;
    }
    return square;
}

/* Adds the rows of n summands to t->total, each times `scale`: in goes of a length at which sums of floats are as
 * good as exact. */
static void add_rows(sectag_tagger *t, size_t n, double scale) {
    enum { GO = 4096 };
    const sectag_model *m = t->model;
    for (size_t from = 0; from < n; from += GO) {
        memset(t->sum, 0, m->stride / 2 * sizeof *t->sum);
        t->kernel->add_rows(m->rows, m->stride, t->summands.data + from, n - from < GO ? n - from : GO, t->sum);
        for (size_t a = 0; a < m->n_areas; a++) t->total[a] += scale * (double)t->sum[a];
    }
}

/* Fills t->total with the scores of a clause. */
static int score_fast(sectag_tagger *t, const sectag_piece *clause, sectag_err *err) {
    const sectag_model *m = t->model;
    const sectag_vector_options *o = &m->options;
    int rc = sectag_match(&t->matcher, clause->text, clause->len, err);
    if (rc) return rc;
    size_t n_grams = t->matcher.n_grams, n = t->matcher.counts.len;
    t->summands.len = 0;
    if (sectag_array_reserve(&t->summands, n)) return sectag_err_nomem(err);
    memset(t->total, 0, m->n_areas * sizeof *t->total);
    double square = weigh(t, 0, n_grams, 1, o->sublinear);
    if (square > 0) add_rows(t, n_grams, 1 / sqrt(square));
    (void)weigh(t, n_grams, n, o->term_counts, 1);
    add_rows(t, n - n_grams, 1);
    for (size_t a = 0; a < m->n_areas; a++)
        t->total[a] = t->total[a] * (double)m->area[a].scale + (double)m->area[a].bias;
    for (size_t a = 0; a < m->n_areas; a++)
        if (!m->area[a].trained) t->total[a] = 0;
    return 0;
}

static int score_slowly(sectag_tagger *t, const sectag_piece *clause, sectag_err *err) {
    int rc = sectag_encode(&t->encoder, clause->text, clause->len, err);
    if (!rc) sectag_model_score(t->model, &t->encoder, t->total);
    return rc;
}

/* The clause's scores: t->total, or what the memo has. */
static int score_clause(sectag_tagger *t, const sectag_piece *clause, const double **score, sectag_err *err) {
    *score = t->total;
    if (!t->model->lexicon.n_slots) return score_slowly(t, clause, err);
    const double *known = sectag_memo_find(&t->memo, clause->text, clause->len);
    if (known) {
        *score = known;
        return 0;
    }
    int rc = score_fast(t, clause, err);
    if (!rc) sectag_memo_keep(&t->memo, clause->text, clause->len, t->total);
    return rc;
}

int sectag_tagger_run(sectag_tagger *t, const sectag_piece *clauses, size_t n, sectag_verdict *out,
                      sectag_err *err) {
    for (size_t i = 0; i < n; i++) {
        const double *score;
        int rc = score_clause(t, &clauses[i], &score, err);
        if (rc) return rc;
        judge(t, score, out + i * t->model->n_areas);
    }
    return 0;
}

const char *sectag_band_name(int band) {
    static const char *const names[] = {"", "review", "accept"};
    return band >= SECTAG_BAND_NONE && band <= SECTAG_BAND_ACCEPT ? names[band] : "";
}
