/* similarity_scores: what features/similarity.h says of clauses, for tests/bench/crosswalk.
 *
 *     bench_similarity MODEL KIND GENERAL LOCAL CJK_MIN WORD_MIN < groups
 *
 * Standard input has groups that end in an empty line, of lines "D<tab>text" (compared with) and then
 * "Q<tab>text". Prints for each Q one line of its scores with the group's D, in order. */
#include "features/similarity.h"
#include "models/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bench {
    sectag_model model;
    sectag_similarity_options options;
    sectag_ngram_options ngram;
    sectag_bags documents, queries;
    sectag_err err;
} bench;

static int print_scores(bench *b) {
    size_t n = sectag_bags_len(&b->documents);
    sectag_similarity s = {0};
    sectag_bag *bags = sectag_alloc(n, sizeof *bags);
    float *score = sectag_alloc(n, sizeof *score);
    int rc = bags && score ? 0 : sectag_err_nomem(&b->err);
    for (size_t i = 0; i < n && !rc; i++) bags[i] = sectag_bags_at(&b->documents, i);
    if (!rc)
        rc = sectag_similarity_init(&s, &b->options, &b->model.vocab, &b->model.options, bags, n, &b->err);
    for (size_t q = 0; q < sectag_bags_len(&b->queries) && !rc; q++) {
        rc = sectag_similarity_ask(&s, sectag_bags_at(&b->queries, q), &b->err);
        if (rc) break;
        sectag_similarity_scores(&s, score);
        for (size_t i = 0; i < n; i++) (void)printf("%s%.6f", i ? "\t" : "", (double)score[i]);
        (void)putchar('\n');
    }
    sectag_similarity_release(&s);
    free(bags);
    free(score);
    b->documents.off.len = b->documents.gram.len = b->queries.off.len = b->queries.gram.len = 0;
    return rc;
}

static int take_line(bench *b, const char *line, size_t len) {
    if (len == 0) return print_scores(b);
    sectag_bags *to = *line == 'Q' ? &b->queries : &b->documents;
    return len > 2 ? sectag_bags_add(to, &b->ngram, line + 2, len - 2, &b->err) : 0;
}

int main(int argc, char **argv) {
    static bench b;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    if (argc != 7) return 2;
    int rc = sectag_model_open(&b.model, argv[1], &b.err);
    if (!rc) rc = sectag_model_index(&b.model, &b.err);
    b.options = SECTAG_SIMILARITY_DEFAULTS;
    b.options.kind = strcmp(argv[2], "bm25") == 0 ? SECTAG_SIMILARITY_BM25 : SECTAG_SIMILARITY_COSINE;
    b.options.general = atof(argv[3]);
    b.options.local = atof(argv[4]);
    b.ngram = b.model.options.ngram;
    b.ngram.cjk_min = (uint8_t)atoi(argv[5]);
    b.ngram.word_min = (uint8_t)atoi(argv[6]);
    while (!rc && (len = getline(&line, &cap, stdin)) >= 0)
        rc = take_line(&b, line, (size_t)len - (line[len - 1] == '\n'));
    if (rc) (void)fprintf(stderr, "bench_similarity: %s\n", b.err.msg);
    free(line);
    sectag_bags_release(&b.documents);
    sectag_bags_release(&b.queries);
    sectag_model_release(&b.model);
    return rc ? 1 : 0;
}
