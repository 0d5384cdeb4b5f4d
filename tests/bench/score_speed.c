/* score_speed.c: how fast a model scores clauses, and nothing else: no reading, splitting or writing.
 *
 *   bench_score [--once] [--passes N] MODEL CLAUSES
 *
 * CLAUSES has one clause a line; all of it is in memory before the clock starts. Batches of 256, as long as
 * the program's own. Prints `name value` lines. --once: one pass, for callgrind.
 */
#include "classify/tagger.h"
#include "features/processor.h"
#include "features/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 256 };

/* The vector instructions that sectag_tagger_run takes on this machine. */
static const char *vector_path(void) {
    return sectag_processor_best();
}

typedef SECTAG_ARRAY(sectag_piece) pieces;

static double now(clockid_t clock) {
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int split_lines(const char *text, size_t len, pieces *out) {
    for (const char *end = text + len; text < end;) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((feed ? feed : end) - text);
        sectag_piece clause = {text, n};
        if (sectag_array_push(out, clause)) return -1;
        text += n + 1;
    }
    return 0;
}

/* Runs over all clauses once and counts the tags. */
static int run_once(sectag_tagger *t, const pieces *clauses, sectag_verdict *out, size_t *tags,
                    sectag_err *err) {
    for (size_t i = 0; i < clauses->len; i += BATCH) {
        size_t n = clauses->len - i < BATCH ? clauses->len - i : BATCH;
        int rc = sectag_tagger_run(t, clauses->data + i, n, out, err);
        if (rc) return rc;
        for (size_t k = 0; k < n * t->model->n_areas; k++) *tags += out[k].tagged;
    }
    return 0;
}

static void print(const pieces *clauses, unsigned passes, size_t tags, double seconds, double processor) {
    size_t bytes = 0;
    for (size_t i = 0; i < clauses->len; i++) bytes += clauses->data[i].len + 1;
    printf("clauses %zu\nbytes %zu\npasses %u\ntags %zu\nseconds %.6f\nprocessor %.6f\n", clauses->len, bytes,
           passes, tags, seconds, processor);
    printf("clauses_per_second %.0f\nmegabytes_per_second %.2f\n", (double)clauses->len * passes / seconds,
           (double)bytes * passes / seconds / 1e6);
    printf("path %s\n", vector_path());
}

static int measure(const char *model_path, const char *text_path, unsigned passes, sectag_err *err) {
    sectag_model model = {0};
    sectag_file text = {0};
    sectag_tagger tagger = {0};
    sectag_verdict *out = NULL;
    pieces clauses = {0};
    size_t tags = 0;
    int rc = sectag_model_open(&model, model_path, err);
    if (!rc) rc = sectag_file_open(&text, text_path, err);
    if (!rc && split_lines(text.data, text.len, &clauses)) rc = sectag_err_nomem(err);
    if (!rc) rc = sectag_tagger_init(&tagger, &model, err);
    if (!rc && !(out = calloc(BATCH * model.n_areas, sizeof *out))) rc = sectag_err_nomem(err);
    tagger.tags_only = 1; /* as `sectag tag` does */
    double began = now(CLOCK_MONOTONIC), had = now(CLOCK_PROCESS_CPUTIME_ID);
    for (unsigned i = 0; i < passes && !rc; i++) rc = run_once(&tagger, &clauses, out, &tags, err);
    if (!rc)
        print(&clauses, passes, tags / passes, now(CLOCK_MONOTONIC) - began,
              now(CLOCK_PROCESS_CPUTIME_ID) - had);
    free(out);
    free(clauses.data);
    sectag_tagger_release(&tagger);
    sectag_file_release(&text);
    sectag_model_release(&model);
    return rc;
}

int main(int argc, char **argv) {
    unsigned long passes = 3;
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--once") == 0)
            passes = 1;
        else if (strcmp(argv[i], "--passes") == 0 && i + 1 < argc)
            passes = strtoul(argv[++i], NULL, 10);
        else
            break;
    }
    if (argc - i != 2 || passes < 1 || passes > 1000000) {
        (void)fprintf(stderr, "usage: bench_score [--once] [--passes N] MODEL CLAUSES\n");
        return 2;
    }
    sectag_err err = {0};
    if (!measure(argv[i], argv[i + 1], (unsigned)passes, &err)) return 0;
    char message[1024];
    (void)fprintf(stderr, "bench_score: %s\n", sectag_err_format(&err, message, sizeof message));
    return 3;
}
