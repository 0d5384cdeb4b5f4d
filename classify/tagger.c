/* tagger.c: the hot path. Where its time goes and what was tried, in clauses a second on one core, 57 Chinese
 * characters a clause without repetition, scoring alone (bench_score), each against the step before on the same machine:
 *
 *    85,000  as it was: n-grams looked up in a hash table by a 64-bit key, terms by an automaton, sums in double precision
 *   420,000  one double-array trie for n-grams and terms, the weights a cache line a column, probabilities only of tags
 *   520,000  no branch on whether an n-gram goes on (a processor guesses wrong every third time)
 *   600,000  all walks of a clause in step, so that the loads do not wait for each other; one walk after another with
 *            the same code: 475,000
 *   650,000  what begins with a symbol that the clause has once is not looked for again: half of all lookups gone
 *   720,000  the steps by AVX-512 (gathers and compressed lists); by AVX2: 640,000, portable: 320,000
 *
 * No gain: 512-bit registers for adding rows; 8 bytes a place of the table with clearing, or without a branch; vectors
 * by the compiler alone. 8-bit weights would halve the rows and are too coarse (models/score.h). Perfect hashing
 * and packed tries were not tried: a step of the trie is one load already.
 *
 * Of the instructions that are left (tests/bench/instructions), a third are the steps, a fifth the counting, an eighth
 * each spelling and adding rows; the rest are terms and verdicts. Whole documents to JSONL run at 0.7 to 0.8 of this:
 * reading, splitting and writing together cost a third of scoring (tests/bench/speed).
 */
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

/* What every clause needs of the areas, side by side. */
static int init_areas(sectag_tagger *t, sectag_err *err) {
    const sectag_model *m = t->model;
    t->total = sectag_zalloc(m->n_areas, sizeof *t->total);
    t->cutoff = sectag_zalloc(m->n_areas, sizeof *t->cutoff);
    t->scale = sectag_zalloc(m->n_areas, sizeof *t->scale);
    t->bias = sectag_zalloc(m->n_areas, sizeof *t->bias);
    if (!t->total || !t->cutoff || !t->scale || !t->bias) return sectag_err_nomem(err);
    for (size_t a = 0; a < m->n_areas; a++) {
        t->cutoff[a] = cutoff_of(&m->area[a]);
        t->scale[a] = m->area[a].trained ? (double)m->area[a].scale : 0;
        t->bias[a] = m->area[a].trained ? (double)m->area[a].bias : 0;
    }
    return 0;
}

int sectag_tagger_init(sectag_tagger *t, const sectag_model *model, sectag_err *err) {
    memset(t, 0, sizeof *t);
    t->model = model;
    int rc = init_areas(t, err);
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
    free(t->scale);
    free(t->bias);
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

/* Counts [0, n), all 1, as summands. */
static void make_once(sectag_tagger *t, size_t n) {
    const sectag_count *count = t->matcher.counts.data;
    sectag_summand *s = t->summands.data;
    for (size_t i = 0; i < n; i++) s[i] = (sectag_summand){count[i].column, 1};
}

/* Counts [from, to) as summands, behind those that are there. */
static void make_summands(sectag_tagger *t, size_t from, size_t to, int use_counts, int damped) {
    const sectag_count *count = t->matcher.counts.data;
    sectag_summand *s = t->summands.data + t->summands.len;
    for (size_t i = from; i < to; i++) {
        uint32_t n = use_counts ? count[i].count : 1;
        *s++ = (sectag_summand){count[i].column, n == 1 ? 1 : damped ? sublinear(n) : (float)n};
    }
}

/* Adds the rows of n summands to t->total; returns the sum of their values' squares. It goes in goes of a length at
 * which sums of floats are as good as exact. */
static double add_rows(sectag_tagger *t, size_t n) {
    enum { GO = 4096 };
    const sectag_model *m = t->model;
    double square = 0;
    for (size_t from = 0; from < n; from += GO) {
        size_t rows = n - from < GO ? n - from : GO;
        memset(t->sum, 0, m->stride / 2 * sizeof *t->sum);
        square += (double)t->kernel->add_rows(m->rows, m->stride, t->summands.data + from, rows, t->sum);
        for (size_t a = 0; a < m->n_areas; a++) t->total[a] += (double)t->sum[a];
    }
    return square;
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
    make_once(t, t->matcher.n_once);
    t->summands.len = t->matcher.n_once;
    make_summands(t, t->matcher.n_once, n_grams, 1, o->sublinear);
    double square = add_rows(t, n_grams), norm = square > 0 ? 1 / sqrt(square) : 0;
    for (size_t a = 0; a < m->n_areas; a++) t->total[a] *= norm;
    t->summands.len = 0;
    make_summands(t, n_grams, n, o->term_counts, 1);
    (void)add_rows(t, n - n_grams);
    for (size_t a = 0; a < m->n_areas; a++) t->total[a] = t->total[a] * t->scale[a] + t->bias[a];
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
