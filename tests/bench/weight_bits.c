/* weight_bits.c: what storing weights in fewer bits does to probabilities and tags.
 *
 *   bench_weight_bits MODEL CLAUSES
 *
 * CLAUSES has one clause a line. The model's own weights, 16 bits each, are the reference; they are rounded to fewer
 * bits (each area with the scale that its largest weight asks for) and to half floats (11 bits of precision), and
 * every clause is scored in double precision with either. Prints a row a format: the largest change of a
 * probability, its mean, and the tags that change.
 */
#include "classify/tagger.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct format {
    const char *name;
    int bits; /* 0: half floats */
    double worst, sum;
    size_t flips;
} format;

/* A 16-bit weight as the format has it, whose largest weight is `most`. */
static double rounded(const format *f, int16_t weight, int most) {
    if (weight == 0) return 0;
    if (f->bits) {
        double step = most / (double)((1 << (f->bits - 1)) - 1);
        return nearbyint(weight / step) * step;
    }
    double unit = ldexp(1, (int)floor(log2(fabs((double)weight))) - 10);
    return nearbyint(weight / unit) * unit;
}

static int *largest_weights(const sectag_model *m) {
    int *most = calloc(m->n_areas, sizeof *most);
    for (size_t c = 0; most && c < m->n_columns; c++)
        for (size_t a = 0; a < m->n_areas; a++)
            if (abs(sectag_model_row(m, c)[a]) > most[a]) most[a] = abs(sectag_model_row(m, c)[a]);
    return most;
}

static void compare(const sectag_model *m, const sectag_encoder *e, const int *most, format *f) {
    for (size_t a = 0; a < m->n_areas; a++) {
        double exact = (double)m->area[a].bias, other = exact;
        for (size_t i = 0; i < e->counts.len; i++) {
            int16_t weight = sectag_model_row(m, e->counts.data[i].column)[a];
            double part = (double)e->value[i] * (double)m->area[a].scale;
            exact += part * weight;
            other += part * rounded(f, weight, most[a]);
        }
        sectag_verdict u = sectag_verdict_of(&m->area[a], exact), v = sectag_verdict_of(&m->area[a], other);
        double change = fabs(u.probability - v.probability);
        f->worst = fmax(f->worst, change);
        f->sum += change;
        f->flips += u.tagged != v.tagged;
    }
}

int main(int argc, char **argv) {
    format formats[] = {{.name = "12 bits", .bits = 12}, {.name = "10 bits", .bits = 10}, {.name = "8 bits", .bits = 8},
                        {.name = "half"}};
    enum { N = sizeof formats / sizeof formats[0] };
    sectag_model m;
    sectag_encoder e;
    sectag_err err = {0};
    char *line = NULL;
    size_t room = 0, clauses = 0;
    FILE *in = argc == 3 ? fopen(argv[2], "r") : NULL;
    if (!in || sectag_model_open(&m, argv[1], &err) || sectag_model_index(&m, &err) ||
        sectag_encoder_init(&e, &m.vocab, &m.terms, &m.options, &err))
        return fprintf(stderr, "bench_weight_bits MODEL CLAUSES: %s\n", err.msg), 2;
    int *most = largest_weights(&m);
    for (ssize_t len; most && (len = getline(&line, &room, in)) >= 0; clauses++) {
        if (sectag_encode(&e, line, (size_t)len, &err)) break;
        for (size_t i = 0; i < N; i++) compare(&m, &e, most, &formats[i]);
    }
    for (size_t i = 0; i < N; i++)
        printf("%-8s  largest change of p %.2g, mean %.2g, tags that change %zu of %zu clauses\n", formats[i].name,
               formats[i].worst, formats[i].sum / (double)(clauses * m.n_areas), formats[i].flips, clauses);
    free(most);
    free(line);
    (void)fclose(in);
    sectag_encoder_release(&e);
    sectag_model_release(&m);
    return 0;
}
