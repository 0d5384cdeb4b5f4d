/* audit.c: do audits tell the truth? On labelled clauses everything is known, so that audits can be simulated.
 *
 *   bench_audit [--audits N] [--clauses N] [--from P] CORPUS...
 *
 * Clauses are tagged with the shipped model (with --from: from that probability on, so that more is missed),
 * and audited N times with samples of --clauses clauses, the labels as answers. Shown by area: how often the bounds
 * covered the truth, and their mean next to that of Clopper-Pearson intervals: of precision on the same answers, of
 * missed clauses on as many clauses drawn from all that are not tagged with the area. Exit code 1 if a bound covers
 * in fewer audits than it says.
 */
#include "classify/audit.h"
#include "classify/tagger.h"
#include "training/binomial.h"
#include "training/corpus.h"
#include "training/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.95

typedef struct bench {
    sectag_model model;
    sectag_corpus corpus;
    size_t audits, clauses, n, n_areas;
    double from;
    uint8_t *tagged, *truth, *near, *answered;
} bench;

/* What audits said of one area. */
typedef struct outcome {
    size_t tagged, right, missed; /* the truth */
    size_t audits, precision, at_most, recall; /* those with tags read; those that covered */
    double precision_width, precision_cp, bound, bound_cp;
    size_t bound_cp_covers;
} outcome;

static void die(const sectag_err *err) {
    char text[1024];
    (void)fprintf(stderr, "audit: %s\n", sectag_err_format(err, text, sizeof text));
    exit(2);
}

static void tag_all(bench *b) {
    sectag_tagger t;
    sectag_err err = {0};
    sectag_verdict *v = calloc(b->n_areas, sizeof *v);
    if (!v || sectag_tagger_init(&t, &b->model, &err)) die(&err);
    for (size_t i = 0; i < b->n; i++) {
        const sectag_example *e = &b->corpus.examples.data[i];
        sectag_piece text = {sectag_corpus_text(&b->corpus, e->text), e->text.len};
        if (sectag_tagger_run(&t, &text, 1, v, &err)) die(&err);
        for (size_t a = 0; a < b->n_areas; a++) {
            size_t cell = i * b->n_areas + a;
            b->truth[cell] = (uint8_t)sectag_example_has(&b->corpus, e, a);
            b->tagged[cell] = b->from > 0 ? v[a].probability >= b->from : v[a].tagged;
            b->near[i] |= v[a].probability >= SECTAG_AUDIT_NEAR;
        }
        b->answered[i] = 1;
    }
    sectag_tagger_release(&t);
    free(v);
}

static void count_truth(const bench *b, outcome *out) {
    for (size_t cell = 0; cell < b->n * b->n_areas; cell++) {
        outcome *x = &out[cell % b->n_areas];
        x->tagged += b->tagged[cell];
        x->right += b->tagged[cell] && b->truth[cell];
        x->missed += !b->tagged[cell] && b->truth[cell];
    }
}

static int covers(sectag_range r, double truth) {
    return truth >= r.low - 1e-12 && truth <= r.high + 1e-12;
}

/* Missed clauses among n drawn from all that are not tagged: a hypergeometric number. */
static size_t draw_missed(sectag_random *random, size_t n, size_t all, size_t marked) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        int hit = sectag_random_below(random, all - i) < marked;
        found += (size_t)hit;
        marked -= (size_t)hit;
    }
    return found;
}

static void add(const bench *b, const sectag_audit_area *x, outcome *out, sectag_random *random) {
    double alpha = 1 - CONFIDENCE, n = (double)x->read, wrong = (double)x->wrong;
    size_t read = x->stratum[0].read + x->stratum[1].read + x->stratum[2].read, rest = b->n - out->tagged;
    if (x->read) {
        out->audits++;
        out->precision += (size_t)covers(x->precision, (double)out->right / (double)out->tagged);
        out->precision_width += x->precision.high - x->precision.low;
        out->precision_cp += sectag_share_at_most(wrong, n, alpha / 2) - sectag_share_at_least(wrong, n, alpha / 2);
    }
    double simple = sectag_share_at_most((double)draw_missed(random, read, rest, out->missed), (double)read, alpha);
    out->at_most += x->missed_at_most >= out->missed;
    out->bound += (double)x->missed_at_most;
    out->bound_cp += simple * (double)rest;
    out->bound_cp_covers += simple * (double)rest >= (double)out->missed;
    if (out->right + out->missed)
        out->recall += (size_t)covers(x->recall, (double)out->right / (double)(out->right + out->missed));
    else
        out->recall++;
}

static int print(const bench *b, const outcome *out) {
    double audits = (double)b->audits, sum[4] = {0};
    int broken = 0;
    printf("%zu clauses, %zu audits of %zu, confidence %g%s\n\n", b->n, b->audits, b->clauses, CONFIDENCE,
           b->from > 0 ? ", tagged from a higher probability" : "");
    printf("%-24s %7s %7s  %-28s  %-34s %s\n", "", "", "", "precision", "missed at most", "recall");
    printf("%-24s %7s %7s  %7s %8s %11s  %7s %8s %8s %8s %7s\n", "area", "tagged", "missed", "covered", "width",
           "Clopper-P.", "covered", "mean", "simple", "covered", "covered");
    for (size_t a = 0; a < b->n_areas; a++) {
        const outcome *x = &out[a];
        double read = x->audits ? (double)x->audits : 1;
        printf("%-24s %7zu %7zu  %7.3f %8.3f %11.3f  %7.3f %8.1f %8.1f %8.3f %7.3f\n",
               b->model.taxonomy.areas.data[a].code, x->tagged, x->missed, (double)x->precision / read,
               x->precision_width / read, x->precision_cp / read, (double)x->at_most / audits, x->bound / audits,
               x->bound_cp / audits, (double)x->bound_cp_covers / audits, (double)x->recall / audits);
        broken |= (double)x->precision < CONFIDENCE * (double)x->audits || (double)x->at_most < CONFIDENCE * audits ||
                  (double)x->recall < CONFIDENCE * audits;
        sum[0] += x->precision_width / read / (double)b->n_areas;
        sum[1] += x->precision_cp / read / (double)b->n_areas;
        sum[2] += x->bound / audits / (double)b->n_areas;
        sum[3] += x->bound_cp / audits / (double)b->n_areas;
    }
    printf("%-24s %7s %7s  %7s %8.3f %11.3f  %7s %8.1f %8.1f\n%s", "mean", "", "", "", sum[0], sum[1], "", sum[2], sum[3],
           broken ? "a bound covers in fewer audits than it says\n" : "");
    return broken;
}

static int simulate(bench *b) {
    sectag_audit_frame f = {b->n, b->n_areas, b->tagged, b->near};
    const sectag_audit_answers answers = {b->answered, b->truth};
    sectag_audit_area *area = calloc(b->n_areas, sizeof *area);
    outcome *out = calloc(b->n_areas, sizeof *out);
    sectag_random random;
    sectag_err err = {0};
    if (!area || !out) abort();
    sectag_random_init(&random, 1);
    count_truth(b, out);
    for (size_t i = 0; i < b->audits; i++) {
        sectag_audit_draw d;
        if (sectag_audit_draw_new(&f, b->clauses, i + 1, &d, &err) ||
            sectag_audit_report(&f, &d, &answers, CONFIDENCE, area, &err))
            die(&err);
        for (size_t a = 0; a < b->n_areas; a++) add(b, &area[a], &out[a], &random);
        sectag_audit_draw_release(&d);
    }
    int broken = print(b, out);
    free(area);
    free(out);
    return broken;
}

static void allocate(bench *b) {
    b->n = b->corpus.examples.len;
    b->n_areas = b->model.n_areas;
    b->tagged = calloc(b->n * b->n_areas + 1, 1);
    b->truth = calloc(b->n * b->n_areas + 1, 1);
    b->near = calloc(b->n + 1, 1);
    b->answered = calloc(b->n + 1, 1);
    if (!b->tagged || !b->truth || !b->near || !b->answered) abort();
}

int main(int argc, char **argv) {
    bench b = {.audits = 500, .clauses = 400};
    const char *model = "models/default/default.sectag";
    sectag_err err = {0};
    sectag_corpus_init(&b.corpus);
    for (int i = 1; i < argc && !strncmp(argv[i], "--", 2) && i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--audits")) b.audits = strtoul(argv[i + 1], NULL, 10);
        if (!strcmp(argv[i], "--clauses")) b.clauses = strtoul(argv[i + 1], NULL, 10);
        if (!strcmp(argv[i], "--from")) b.from = strtod(argv[i + 1], NULL);
        if (!strcmp(argv[i], "--model")) model = argv[i + 1];
        argv[i] = argv[i + 1] = NULL;
    }
    if (sectag_model_open(&b.model, model, &err)) die(&err);
    for (int i = 1; i < argc; i++)
        if (argv[i] && sectag_corpus_add_file(&b.corpus, &b.model.taxonomy, argv[i], NULL, NULL, &err)) die(&err);
    allocate(&b);
    tag_all(&b);
    int broken = simulate(&b);
    free(b.tagged);
    free(b.truth);
    free(b.near);
    free(b.answered);
    sectag_corpus_release(&b.corpus);
    sectag_model_release(&b.model);
    return broken;
}
