/* Any bytes as a clause: matching finds what the reference finds, with the tiny model as read from its file,
 * and with a list of n-grams and terms of more kinds. The first byte chooses. */
#include "features/match.h"
#include "features/vector.h"
#include "tests/classify/tiny_model.h"
#include "tests/features/two_paths.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static const sectag_ngram_options orders[] = {
    {1, 3, 3, 6, 1, 0, 0, 0}, {1, 1, 2, 3, 0, 0, 0, 0}, {1, 4, 1, 8, 1, 0, 0, 0}, {2, 2, 0, 0, 1, 0, 0, 0}};
enum { ORDERS = sizeof orders / sizeof orders[0] };

static sectag_model model;
static two_paths tiny, rich[ORDERS];

static void need(int failed) {
    if (!failed) return;
    (void)fputs("fuzz_match: cannot begin\n", stderr);
    abort();
}

/* The tiny model's own lexicon: only what the comparison needs. */
static int open_tiny(void) {
    memset(&tiny, 0, sizeof tiny);
    if (tiny_model_open(&model)) return -1;
    tiny.vocab = model.vocab;
    tiny.terms = model.terms;
    tiny.count = calloc(model.n_columns, sizeof *tiny.count);
    return !tiny.count || sectag_matcher_init(&tiny.m, &model.lexicon, &model.terms, &model.options, NULL) ||
           sectag_encoder_init(&tiny.e, &model.vocab, &model.terms, &model.options, NULL);
}

static int make_rich(two_paths *p, sectag_ngram_options ngram) {
    static const char *const clauses[] = {"支持重组疫苗研发与mRNA疫苗",
                                          "antibodies and CAR-T cells, seeds 2025", "抗PD-1抗体 x7",
                                          "ガス 가나 é ﬁ", "aa ab ba bb a b 疫疫苗苗"};
    static const struct tiny_term terms[] = {
        {0, SECTAG_TERM_STRONG, "疫苗"},  {0, SECTAG_TERM_WEAK, "mRNA疫苗"},
        {0, SECTAG_TERM_WEAK, "a"},       {0, SECTAG_TERM_NOT, "a-a"},
        {0, SECTAG_TERM_WEAK, "a*"},      {1, SECTAG_TERM_STRONG, "antibod*"},
        {1, SECTAG_TERM_STRONG, "CAR-T"}, {1, SECTAG_TERM_NOT, "car*"},
        {1, SECTAG_TERM_WEAK, "抗PD-1"},  {2, SECTAG_TERM_STRONG, "seed"},
        {2, SECTAG_TERM_WEAK, "7"},       {2, SECTAG_TERM_WEAK, "2*"},
        {2, SECTAG_TERM_WEAK, "，"},      {2, SECTAG_TERM_WEAK, "疫-苗"},
        {2, SECTAG_TERM_WEAK, "-a"},      {2, SECTAG_TERM_NOT, "苗*"},
    };
    if (two_paths_begin(p)) return -1;
    p->options.ngram = ngram;
    for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++)
        if (two_paths_learn(p, clauses[i], strlen(clauses[i]),
                            (sectag_ngram_options){1, 8, 1, 8, 1, 1, 1, 0}))
            return -1;
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++)
        if (two_paths_term(p, (size_t)terms[i].group, terms[i].grade, terms[i].text)) return -1;
    return two_paths_ready(p);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    need(open_tiny());
    for (size_t i = 0; i < ORDERS; i++) need(make_rich(&rich[i], orders[i]));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    two_paths *p = data[0] % (ORDERS + 1) ? &rich[data[0] % (ORDERS + 1) - 1] : &tiny;
    if (two_paths_differ(p, (const char *)data + 1, size - 1)) {
        (void)fprintf(stderr, "fuzz_match: %s\n", p->why);
        abort();
    }
    return 0;
}
