#include "training/suggest.h"

#include "models/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Powers of the divisors for areas and documents, chosen on filings-train (tests/bench/README.md, loop). */
#define SPREAD_AREAS 1.0
#define SPREAD_DOCS  0.5

/* Power of the likeness to the other clauses. */
#define LIKENESS 0.35

/* Probabilities are sharpened by this power of their odds before they are weighed: only what is close to the
 * threshold is doubtful. */
#define SHARPEN 1.5

static double logit(double p) {
    double q = p < SECTAG_P_MIN ? SECTAG_P_MIN : p > 1 - SECTAG_P_MIN ? 1 - SECTAG_P_MIN : p;
    return log(q / (1 - q));
}

/* The sharpened probability with the threshold moved to 1/2. */
static double moved(double p, double threshold) {
    return 1 / (1 + exp(SHARPEN * (logit(threshold) - logit(p))));
}

double sectag_doubt(double p, double threshold) {
    double q = moved(p, threshold);
    if (!(q > 0 && q < 1)) return 0;
    return -(q * log2(q) + (1 - q) * log2(1 - q));
}

void sectag_confident_thresholds(const sectag_suggest_data *d, size_t area, double out[2]) {
    double sum[2] = {0, 0}, n[2] = {0, 0};
    for (size_t i = 0; d->label && i < d->n; i++) {
        size_t cell = i * d->n_areas + area;
        if (!d->label[cell]) continue;
        int yes = d->label[cell] > 0;
        sum[yes] += yes ? d->p[cell] : 1 - d->p[cell];
        n[yes]++;
    }
    for (int k = 0; k < 2; k++) out[k] = n[k] > 0 ? sum[k] / n[k] : 2;
}

/* ---- the working state ---- */

typedef struct picker {
    const sectag_suggest_data *d;
    const sectag_suggest_options *o;
    sectag_near near;    /* over the clauses, then the decided ones */
    uint8_t *out;        /* [n] picked, or near one that is */
    double *gain;        /* [n][n_areas] what a clause is worth to an area by itself */
    double *picked;      /* [n_areas] gain picked so far */
    double *likeness;    /* [n] to the power LIKENESS */
    uint32_t *doc;       /* [n] documents numbered from 0, n for none */
    uint32_t *doc_picks; /* [n + 1] */
    sectag_suggestion_list *list;
} picker;

static void picker_release(picker *k) {
    sectag_near_release(&k->near);
    free(k->out);
    free(k->gain);
    free(k->picked);
    free(k->likeness);
    free(k->doc);
    free(k->doc_picks);
}

/* ---- likeness ---- */

typedef struct key_row {
    uint64_t key;
    uint32_t row;
} key_row;

static int by_key(const void *a, const void *b) {
    const key_row *u = a, *v = b;
    if (u->key != v->key) return u->key < v->key ? -1 : 1;
    return u->row < v->row ? -1 : u->row > v->row;
}

static key_row *sorted_keys(const sectag_suggest_data *d, size_t *n_keys) {
    size_t n = 0, at = 0;
    for (size_t i = 0; i < d->n; i++) n += d->keys[i].len;
    key_row *all = sectag_alloc(n, sizeof *all);
    for (size_t i = 0; all && i < d->n; i++)
        for (size_t k = 0; k < d->keys[i].len; k++) all[at++] = (key_row){d->keys[i].key[k], (uint32_t)i};
    if (all) qsort(all, n, sizeof *all, by_key);
    *n_keys = n;
    return all;
}

/* Calls visit for each key with the clauses that have it, from[0 .. n), and its squared idf. */
static void each_key(const key_row *all, size_t n_keys, size_t n_rows,
                     void (*visit)(const key_row *from, size_t n, double square, double *norm, double *out),
                     double *norm, double *out) {
    for (size_t i = 0, end; i < n_keys; i = end) {
        for (end = i; end < n_keys && all[end].key == all[i].key;) end++;
        double idf = log((1 + (double)n_rows) / (1 + (double)(end - i))) + 1;
        visit(all + i, end - i, idf * idf, norm, out);
    }
}

static void add_norm(const key_row *from, size_t n, double square, double *norm, double *out) {
    (void)out;
    for (size_t i = 0; i < n; i++) norm[from[i].row] += square;
}

static void add_likeness(const key_row *from, size_t n, double square, double *norm, double *out) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += 1 / sqrt(norm[from[i].row]);
    for (size_t i = 0; i < n; i++) out[from[i].row] += square * sum / sqrt(norm[from[i].row]);
}

/* The mean cosine of a clause with all clauses, over idf-weighted keys: summed key by key, so the work is
 * that of sorting the keys. */
static int find_likeness(picker *k) {
    size_t n = k->d->n, n_keys;
    double *norm = sectag_zalloc(n, sizeof *norm);
    key_row *all = sorted_keys(k->d, &n_keys);
    int rc = norm && all ? 0 : SECTAG_ENOMEM;
    if (!rc) {
        each_key(all, n_keys, n, add_norm, norm, NULL);
        each_key(all, n_keys, n, add_likeness, norm, k->likeness);
        for (size_t i = 0; i < n; i++) k->likeness[i] = pow(k->likeness[i] / (double)n, LIKENESS);
    }
    free(norm);
    free(all);
    return rc;
}

/* ---- documents and near clauses ---- */

typedef struct doc_row {
    uint32_t doc, row;
} doc_row;

static int by_doc(const void *a, const void *b) {
    const doc_row *u = a, *v = b;
    if (u->doc != v->doc) return u->doc < v->doc ? -1 : 1;
    return u->row < v->row ? -1 : u->row > v->row;
}

static int number_docs(picker *k) {
    size_t n = k->d->n;
    uint32_t next = 0;
    doc_row *rows = sectag_alloc(n, sizeof *rows);
    if (!rows) return SECTAG_ENOMEM;
    for (size_t i = 0; i < n; i++) rows[i] = (doc_row){k->d->doc[i], (uint32_t)i};
    qsort(rows, n, sizeof *rows, by_doc);
    for (size_t i = 0; i < n; i++) {
        if (i && rows[i].doc != rows[i - 1].doc) next++;
        k->doc[rows[i].row] = rows[i].doc == UINT32_MAX ? (uint32_t)n : next;
    }
    free(rows);
    return 0;
}

static int find_near(picker *k, sectag_err *err) {
    const sectag_suggest_data *d = k->d;
    size_t n = d->n + d->n_decided;
    sectag_key_set *all = sectag_alloc(n, sizeof *all);
    if (!all) return sectag_err_nomem(err);
    if (d->n) memcpy(all, d->keys, d->n * sizeof *all);
    if (d->n_decided) memcpy(all + d->n, d->decided, d->n_decided * sizeof *all);
    int rc = sectag_near_find(all, n, k->o->jaccard, &k->near, err);
    free(all);
    for (size_t s = d->n; s < n && !rc; s++)
        for (size_t i = k->near.off[s]; i < k->near.off[s + 1]; i++)
            if (k->near.near[i] < d->n) k->out[k->near.near[i]] = 1;
    return rc;
}

static int picker_init(picker *k, sectag_err *err) {
    const sectag_suggest_data *d = k->d;
    sectag_near_init(&k->near);
    k->out = sectag_zalloc(d->n, 1);
    k->gain = sectag_zalloc(d->n * d->n_areas, sizeof *k->gain);
    k->picked = sectag_zalloc(d->n_areas, sizeof *k->picked);
    k->likeness = sectag_zalloc(d->n, sizeof *k->likeness);
    k->doc = sectag_zalloc(d->n, sizeof *k->doc);
    k->doc_picks = sectag_zalloc(d->n + 1, sizeof *k->doc_picks);
    if (!k->out || !k->gain || !k->picked || !k->doc || !k->doc_picks || !k->likeness || number_docs(k) ||
        find_likeness(k))
        return sectag_err_nomem(err);
    for (size_t i = 0; i < d->n; i++)
        for (size_t a = 0; a < d->n_areas; a++)
            if (d->trained[a])
                k->gain[i * d->n_areas + a] = sectag_doubt(d->p[i * d->n_areas + a], d->threshold[a]);
    return find_near(k, err);
}

static int pick(picker *k, sectag_suggestion s) {
    const sectag_suggest_data *d = k->d;
    k->out[s.clause] = 1;
    for (size_t i = k->near.off[s.clause]; i < k->near.off[s.clause + 1]; i++)
        if (k->near.near[i] < d->n) k->out[k->near.near[i]] = 1;
    for (size_t a = 0; a < d->n_areas; a++) k->picked[a] += k->gain[s.clause * d->n_areas + a];
    if (k->doc[s.clause] < d->n) k->doc_picks[k->doc[s.clause]]++;
    return sectag_array_push(k->list, s);
}

/* ---- labels ---- */

static int by_worth(const void *a, const void *b) {
    const sectag_suggestion *u = a, *v = b;
    if (u->worth != v->worth) return u->worth > v->worth ? -1 : 1;
    if (u->clause != v->clause) return u->clause < v->clause ? -1 : 1;
    return u->area < v->area ? -1 : u->area > v->area;
}

/* Appends the area's clauses off the diagonal of the confident joint. */
static int doubtful_labels(const sectag_suggest_data *d, size_t area, sectag_suggestion_list *list) {
    double at[2];
    sectag_confident_thresholds(d, area, at);
    for (size_t i = 0; i < d->n; i++) {
        size_t cell = i * d->n_areas + area;
        double other = d->label[cell] > 0 ? 1 - d->p[cell] : d->p[cell], margin = 2 * other - 1;
        if (!d->label[cell] || other < at[d->label[cell] < 0] || margin <= 0) continue;
        sectag_suggestion s = {(uint32_t)i, (uint32_t)area, SECTAG_WHY_LABEL, margin};
        if (sectag_array_push(list, s)) return SECTAG_ENOMEM;
    }
    return 0;
}

static int pick_labels(picker *k, size_t most) {
    sectag_suggestion_list list = {0};
    size_t n = 0;
    int rc = 0;
    for (size_t a = 0; a < k->d->n_areas && !rc; a++)
        if (k->d->trained[a]) rc = doubtful_labels(k->d, a, &list);
    if (!rc && list.len) qsort(list.data, list.len, sizeof *list.data, by_worth);
    for (size_t i = 0; i < list.len && n < most && !rc; i++) {
        if (k->out[list.data[i].clause]) continue;
        rc = pick(k, list.data[i]);
        n++;
    }
    free(list.data);
    return rc;
}

/* ---- doubt ---- */

static int is_labelled(const sectag_suggest_data *d, size_t clause) {
    for (size_t a = 0; d->label && a < d->n_areas; a++)
        if (d->label[clause * d->n_areas + a]) return 1;
    return 0;
}

/* What the clause is worth now, and for which area most. */
static double worth_of(const picker *k, size_t clause, const double *weight, uint32_t *area) {
    const double *gain = k->gain + clause * k->d->n_areas;
    double sum = 0, most = -1;
    for (size_t a = 0; a < k->d->n_areas; a++) {
        double part = gain[a] * weight[a];
        sum += part;
        if (part <= most) continue;
        most = part;
        *area = (uint32_t)a;
    }
    uint32_t doc = k->doc[clause];
    sum *= k->likeness[clause];
    return doc < k->d->n ? sum / pow(1 + (double)k->doc_picks[doc], SPREAD_DOCS) : sum;
}

static int best_clause(const picker *k, double *weight, sectag_suggestion *best) {
    int found = 0;
    for (size_t a = 0; a < k->d->n_areas; a++) weight[a] = 1 / pow(1 + k->picked[a], SPREAD_AREAS);
    for (size_t i = 0; i < k->d->n; i++) {
        uint32_t area = 0;
        if (k->out[i] || is_labelled(k->d, i)) continue;
        double worth = worth_of(k, i, weight, &area);
        if (found && worth <= best->worth) continue;
        *best = (sectag_suggestion){(uint32_t)i, area, SECTAG_WHY_UNCERTAIN, worth};
        found = 1;
    }
    return found;
}

static int pick_uncertain(picker *k) {
    sectag_suggestion best = {0};
    double *weight = sectag_alloc(k->d->n_areas, sizeof *weight);
    int rc = weight ? 0 : SECTAG_ENOMEM;
    while (!rc && k->list->len < k->o->n && best_clause(k, weight, &best)) rc = pick(k, best);
    free(weight);
    return rc;
}

int sectag_suggest(const sectag_suggest_data *d, const sectag_suggest_options *o, sectag_suggestion_list *out,
                   sectag_err *err) {
    picker k = {.d = d, .o = o, .list = out};
    out->len = 0;
    if (d->n >= UINT32_MAX || d->n_areas == 0 || !(o->label_share >= 0 && o->label_share <= 1) ||
        !(o->jaccard > 0 && o->jaccard <= 1))
        return sectag_err_set(err, SECTAG_EARG, "%zu clauses, label share %g, jaccard %g", d->n,
                              o->label_share, o->jaccard);
    int rc = picker_init(&k, err);
    size_t labels = (size_t)(o->label_share * (double)o->n + 0.5);
    if (!rc && ((d->label && pick_labels(&k, labels)) || pick_uncertain(&k) ||
                (d->label && pick_labels(&k, o->n - out->len))))
        rc = sectag_err_nomem(err);
    picker_release(&k);
    return rc;
}
