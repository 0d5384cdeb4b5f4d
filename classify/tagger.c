/* tagger.c: the hot path. Where its time goes and what was tried, in clauses a second on one core, 57 Chinese
 * characters a clause without repetition, scoring alone (bench_score), each against the step before on the same machine:
 *
 *    85,000  as it was: n-grams looked up in a hash table by a 64-bit key, terms by an automaton, sums in double precision
 *   420,000  one double-array trie for n-grams and terms, the weights a cache line a column, probabilities only of tags
 *   520,000  no branch on whether an n-gram goes on (a processor guesses wrong every third time)
 *   600,000  all walks of a run of Chinese in step, so that the loads do not wait for each other; one walk after another
 *            with the same code: 475,000
 *   650,000  what begins with a symbol that the clause has once is not looked for again: half of all lookups gone
 *   720,000  the steps by AVX-512 (gathers and compressed lists); by AVX2: 640,000, portable: 320,000
 *
 * and on another machine, on which the last line is 520,000:
 *
 *   545,000  all walks of a clause in step, those in words too; only n-grams all of whose symbols repeat are looked for
 *            again, and those of one symbol are not even then: a third of the instructions gone, but time is lost in
 *            waiting for rows
 *   635,000  a clause's rows fetched one by one while those of the clause before are added; all at once, as before,
 *            fetching waits for itself
 *   670,000  nothing waits for what a walk found before all steps are taken
 *   705,000  rows added in 512-bit registers
 *   770,000  what is left to later is fetched sooner; single precision up to the probability
 *
 * No gain: huge pages for rows and trie; fetching second nodes ahead; eight characters spelled at once by a gather;
 * optimisation at link time; 8 bytes a place of the table with clearing, or without a branch; vectors by the compiler
 * alone. 8-bit weights would halve the rows and are too coarse (models/score.h). Perfect hashing and packed tries were
 * not tried: a step of the trie is one load already.
 *
 * Time is now a third for the steps, a fifth each for adding rows and for counting and terms, a tenth for spelling.
 * Reading, checking and writing add a third to scoring for lines (tests/bench/speed).
 */
#include "classify/tagger.h"

#include "features/processor.h"
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

static float *new_sums(const sectag_model *m) {
    return aligned_alloc(64, (m->stride / 2 * sizeof(float) + 63) / 64 * 64);
}

static int init_fast(sectag_tagger *t, sectag_err *err) {
    const sectag_model *m = t->model;
    int rc = sectag_matcher_init(&t->matcher, &m->lexicon, &m->terms, &m->options, err);
    if (rc) return rc;
    t->kernel = sectag_kernel_find(sectag_processor_best());
    t->sum = new_sums(m);
    t->term_sum = new_sums(m);
    rc = t->sum && t->term_sum ? sectag_memo_init(&t->memo, m->n_areas, err) : sectag_err_nomem(err);
    return rc;
}

/* What every clause needs of the areas, side by side. */
static int init_areas(sectag_tagger *t, sectag_err *err) {
    const sectag_model *m = t->model;
    float **const floats[] = {&t->score, &t->scale, &t->bias, &t->cutoff};
    t->total = sectag_zalloc(m->n_areas, sizeof *t->total);
    int rc = t->total ? 0 : SECTAG_ENOMEM;
    for (size_t i = 0; i < sizeof floats / sizeof floats[0] && !rc; i++) {
        *floats[i] = sectag_zalloc(m->n_areas, sizeof(float));
        rc = *floats[i] ? 0 : SECTAG_ENOMEM;
    }
    if (rc) return sectag_err_nomem(err);
    for (size_t a = 0; a < m->n_areas; a++) {
        t->cutoff[a] = (float)cutoff_of(&m->area[a]);
        t->scale[a] = m->area[a].trained ? m->area[a].scale : 0;
        t->bias[a] = m->area[a].trained ? m->area[a].bias : 0;
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
    for (int i = 0; i < 2; i++) {
        free(t->work[i].columns.data);
        free(t->work[i].factors.data);
    }
    free(t->sum);
    free(t->term_sum);
    free(t->total);
    free(t->score);
    free(t->scale);
    free(t->bias);
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

static void judge(const sectag_tagger *t, const float *score, sectag_verdict *out) {
    const sectag_area_model *area = t->model->area;
    const size_t n = t->model->n_areas;
    if (!t->tags_only) {
        for (size_t a = 0; a < n; a++) out[a] = sectag_verdict_of(&area[a], (double)score[a]);
        return;
    }
    int some = 0;
    memset(out, 0, n * sizeof *out);
    for (size_t a = 0; a < n; a++) some |= score[a] >= t->cutoff[a];
    for (size_t a = 0; some && a < n; a++) {
        if (score[a] < t->cutoff[a]) continue;
        sectag_verdict v = sectag_verdict_of(&area[a], (double)score[a]);
        if (v.tagged) out[a] = v;
    }
}

/* ---- scores ---- */

/* 1 + ln(n) of small n. */
static float sublinear(uint32_t n) {
    static const float small[] = {0, 1, 1.6931472F, 2.0986123F, 2.3862944F, 2.6094379F, 2.7917595F, 2.9459101F};
    return n < sizeof small / sizeof small[0] ? small[n] : (float)(1 + log(n));
}

/* Counts [from, to) with their factors, as summands from the at-th on. */
static void put_summands(const sectag_tagger *t, sectag_tagger_work *w, size_t at, size_t from, size_t to,
                         int use_counts, int damped) {
    const sectag_count *count = t->matcher.counts.data;
    uint32_t *column = w->columns.data + at;
    float *factor = w->factors.data + at;
    for (size_t i = from; i < to; i++) {
        uint32_t n = use_counts ? count[i].count : 1;
        *column++ = count[i].column;
        *factor++ = n == 1 ? 1 : damped ? sublinear(n) : (float)n;
    }
}

/* Finds what of the clause counts, and how much. */
static int prepare(sectag_tagger *t, sectag_tagger_work *w, sectag_err *err) {
    const sectag_vector_options *o = &t->model->options;
    const sectag_matcher *m = &t->matcher;
    int rc = sectag_match(&t->matcher, w->clause.text, w->clause.len, err);
    if (rc) return rc;
    const size_t n_once = m->once.len, n = n_once + m->counts.len;
    w->columns.len = w->factors.len = 0;
    if (sectag_array_reserve(&w->columns, n) || sectag_array_reserve(&w->factors, n)) return sectag_err_nomem(err);
    if (n_once) memcpy(w->columns.data, m->once.data, n_once * sizeof *w->columns.data);
    for (size_t i = 0; i < n_once; i++) w->factors.data[i] = 1;
    put_summands(t, w, n_once, 0, m->n_grams, 1, o->sublinear);
    put_summands(t, w, n_once + m->n_grams, m->n_grams, m->counts.len, o->term_counts, 1);
    w->columns.len = w->factors.len = n;
    w->n_grams = n_once + m->n_grams;
    return 0;
}

/* Summands [from, to) of a clause. */
static sectag_summands summands_of(const sectag_tagger_work *w, size_t from, size_t to) {
    return (sectag_summands){w->columns.data + from, w->factors.data + from, to - from};
}

/* Sums of floats are as good as exact up to this many rows. */
enum { ROWS_AT_ONCE = 4096 };

/* The sums of rows [from, to), of which there are too many for floats. */
static double sum_many(sectag_tagger *t, const sectag_tagger_work *w, size_t from, size_t to, float *sum) {
    const sectag_model *m = t->model;
    const sectag_summands none = {0};
    double square = 0;
    memset(t->total, 0, m->n_areas * sizeof *t->total);
    for (; from < to; from += ROWS_AT_ONCE) {
        const sectag_summands some = summands_of(w, from, to - from < ROWS_AT_ONCE ? to : from + ROWS_AT_ONCE);
        memset(sum, 0, m->stride / 2 * sizeof *sum);
        square += (double)t->kernel->add_rows(m->rows, m->stride, &some, &none, sum);
        for (size_t a = 0; a < m->n_areas; a++) t->total[a] += (double)sum[a];
    }
    for (size_t a = 0; a < m->n_areas; a++) sum[a] = (float)t->total[a];
    return square;
}

/* The sums of rows [from, to), and of their values' squares; fetches the rows that are ahead. */
static double sum_rows(sectag_tagger *t, const sectag_tagger_work *w, size_t from, size_t to,
                       const sectag_summands *ahead, float *sum) {
    if (to - from > ROWS_AT_ONCE) return sum_many(t, w, from, to, sum);
    const sectag_summands all = summands_of(w, from, to);
    memset(sum, 0, t->model->stride / 2 * sizeof *sum);
    return (double)t->kernel->add_rows(t->model->rows, t->model->stride, &all, ahead, sum);
}

/* Fills t->score with the scores of a clause, and fetches the rows of the next. */
static void score(sectag_tagger *t, const sectag_tagger_work *w, const sectag_tagger_work *next) {
    const sectag_summands none = {0}, ahead = next ? summands_of(next, 0, next->columns.len) : none;
    double square = sum_rows(t, w, 0, w->n_grams, &ahead, t->sum);
    (void)sum_rows(t, w, w->n_grams, w->columns.len, &none, t->term_sum);
    const float norm = square > 0 ? (float)(1 / sqrt(square)) : 0;
    for (size_t a = 0; a < t->model->n_areas; a++)
        t->score[a] = (t->sum[a] * norm + t->term_sum[a]) * t->scale[a] + t->bias[a];
}

static void finish(sectag_tagger *t, sectag_tagger_work *w, const sectag_tagger_work *next) {
    if (!w->out) return;
    score(t, w, next);
    sectag_memo_keep(&t->memo, w->hash, w->clause.text, w->clause.len, t->score);
    judge(t, t->score, w->out);
    w->out = NULL;
}

/* Each clause's rows are added only when the next clause's are known, so that they are fetched meanwhile. */
static int run_fast(sectag_tagger *t, const sectag_piece *clauses, size_t n, sectag_verdict *out, sectag_err *err) {
    const size_t n_areas = t->model->n_areas;
    sectag_tagger_work *last = &t->work[0], *next = &t->work[1];
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++, out += n_areas) {
        const sectag_piece *c = &clauses[i];
        uint64_t hash = sectag_memo_hash(c->text, c->len);
        const float *known = sectag_memo_find(&t->memo, hash, c->text, c->len);
        if (known) {
            judge(t, known, out);
            continue;
        }
        next->clause = *c;
        next->hash = hash;
        rc = prepare(t, next, err);
        if (rc) break;
        next->out = out;
        finish(t, last, next);
        sectag_tagger_work *other = last;
        last = next;
        next = other;
    }
    finish(t, last, NULL);
    return rc;
}

static int run_slowly(sectag_tagger *t, const sectag_piece *clauses, size_t n, sectag_verdict *out,
                      sectag_err *err) {
    for (size_t i = 0; i < n; i++, out += t->model->n_areas) {
        int rc = sectag_encode(&t->encoder, clauses[i].text, clauses[i].len, err);
        if (rc) return rc;
        sectag_model_score(t->model, &t->encoder, t->total);
        for (size_t a = 0; a < t->model->n_areas; a++) t->score[a] = (float)t->total[a];
        judge(t, t->score, out);
    }
    return 0;
}

int sectag_tagger_run(sectag_tagger *t, const sectag_piece *clauses, size_t n, sectag_verdict *out,
                      sectag_err *err) {
    return (t->model->lexicon.n_slots ? run_fast : run_slowly)(t, clauses, n, out, err);
}

const char *sectag_band_name(int band) {
    static const char *const names[] = {"", "review", "accept"};
    return band >= SECTAG_BAND_NONE && band <= SECTAG_BAND_ACCEPT ? names[band] : "";
}
