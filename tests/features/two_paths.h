/* two_paths.h: the fast path (match.h) beside the reference (vector.h) on one vocabulary and term list: both
 * must find the same columns as often. For the suite of match.h and its fuzz target. */
#ifndef TESTS_TWO_PATHS_H
#define TESTS_TWO_PATHS_H

#include "features/lexicon.h"
#include "features/match.h"
#include "features/vector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const two_paths_groups[] = {"vaccine", "antibody", "seed"};
enum { TWO_PATHS_GROUPS = 3 };

/* Zeroed, then filled by two_paths_begin. */
typedef struct two_paths {
    sectag_vocab_builder *vb;
    sectag_terms_builder *tb;
    sectag_lexicon_builder *lb;
    sectag_vocab vocab;
    sectag_terms terms;
    sectag_lexicon lexicon;
    sectag_vector_options options;
    sectag_matcher m;
    sectag_encoder e;
    sectag_normal normal; /* for learning n-grams */
    sectag_ngram_list grams;
    uint32_t *count; /* [columns] 0 between comparisons */
    char why[200];   /* what differs */
} two_paths;

static inline int two_paths_begin(two_paths *p) {
    memset(p, 0, sizeof *p);
    p->options = SECTAG_VECTOR_DEFAULTS;
    p->vb = sectag_vocab_builder_new();
    p->tb = sectag_terms_builder_new(two_paths_groups, TWO_PATHS_GROUPS);
    p->lb = sectag_lexicon_builder_new();
    return p->vb && p->tb && p->lb ? 0 : -1;
}

/* Adds all n-grams of a clause: those that `options` give, which may be more than those looked for. */
static inline int two_paths_learn(two_paths *p, const char *text, size_t len, sectag_ngram_options options) {
    return sectag_normal_run(&p->normal, text, len, NULL) ||
                   sectag_ngrams(&p->normal, &options, &p->grams, NULL) ||
                   sectag_vocab_add(p->vb, &p->normal, &p->grams, NULL)
               ? -1
               : 0;
}

static inline int two_paths_term(two_paths *p, size_t group, int grade, const char *term) {
    return sectag_terms_add(p->tb, group, grade, term, strlen(term), NULL);
}

/* Freezes what was added, to look for it under p->options. */
static inline int two_paths_ready(two_paths *p) {
    const sectag_terms *terms = p->options.terms ? &p->terms : NULL;
    if (sectag_vocab_freeze(p->vb, 1, &p->vocab, NULL) || sectag_terms_freeze(p->tb, &p->terms, NULL) ||
        sectag_lexicon_build(p->lb, &p->vocab, terms, &p->options.ngram, &p->lexicon, NULL) ||
        sectag_lexicon_check(&p->lexicon, &p->terms, NULL) ||
        sectag_matcher_init(&p->m, &p->lexicon, terms, &p->options, NULL) ||
        sectag_encoder_init(&p->e, &p->vocab, terms, &p->options, NULL))
        return -1;
    p->count = calloc(sectag_vector_columns(p->vocab.n, &p->terms) + 1, sizeof *p->count);
    return p->count ? 0 : -1;
}

static inline void two_paths_end(two_paths *p) {
    sectag_matcher_release(&p->m);
    sectag_encoder_release(&p->e);
    sectag_vocab_builder_free(p->vb);
    sectag_terms_builder_free(p->tb);
    sectag_lexicon_builder_free(p->lb);
    sectag_normal_release(&p->normal);
    free(p->grams.data);
    free(p->count);
}

/* Notes the first difference. */
static inline void two_paths_say(two_paths *p, const char *what, uint32_t column, uint32_t fast,
                                 uint32_t slow) {
    size_t len = 0, first_single = p->vocab.n + 2u * TWO_PATHS_GROUPS;
    const char *name = "a group's";
    if (p->why[0]) return;
    if (column < p->vocab.n) {
        name = sectag_vocab_text(&p->vocab, column, &len);
    } else if (column >= first_single && column - first_single < p->terms.n_terms) {
        const sectag_term *t = &p->terms.term[column - first_single];
        name = p->terms.text + t->text;
        len = t->bytes;
    } else {
        len = strlen(name);
    }
    (void)snprintf(p->why, sizeof p->why, "%s: column %u (\"%.*s\"): %u by match, %u by encode", what, column,
                   len > 60 ? 60 : (int)len, name, fast, slow);
}

static inline void two_paths_take_one(two_paths *p, sectag_count c) {
    if (p->count[c.column]) two_paths_say(p, "counted apart", c.column, c.count, 0);
    if (c.count == 0) two_paths_say(p, "no count", c.column, 0, 0);
    p->count[c.column] += c.count;
}

/* Takes the matcher's counts into p->count: n-grams first, no column twice. */
static inline void two_paths_take(two_paths *p) {
    for (size_t i = 0; i < p->m.once.len; i++) two_paths_take_one(p, (sectag_count){p->m.once.data[i], 1});
    for (size_t i = 0; i < p->m.counts.len; i++) {
        sectag_count c = p->m.counts.data[i];
        if ((i < p->m.n_grams) != (c.column < p->vocab.n)) two_paths_say(p, "out of place", c.column, c.count, 0);
        two_paths_take_one(p, c);
    }
}

/* A column that only the matcher has. */
static inline void two_paths_want_none(two_paths *p, uint32_t column) {
    if (p->count[column]) two_paths_say(p, "not in the reference", column, p->count[column], 0);
    p->count[column] = 0;
}

/* Runs both over a clause. Returns 0 when they agree, 1 and p->why when not, or a negative error. */
static inline int two_paths_differ(two_paths *p, const char *text, size_t len) {
    int rc = sectag_match(&p->m, text, len, NULL), slow = sectag_encode(&p->e, text, len, NULL);
    p->why[0] = '\0';
    if (rc || slow) return rc ? rc : slow;
    two_paths_take(p);
    for (size_t i = 0; i < p->e.counts.len; i++) {
        const sectag_count *c = &p->e.counts.data[i];
        if (p->count[c->column] != c->count)
            two_paths_say(p, "other count", c->column, p->count[c->column], c->count);
        p->count[c->column] = 0;
    }
    for (size_t i = 0; i < p->m.once.len; i++) two_paths_want_none(p, p->m.once.data[i]);
    for (size_t i = 0; i < p->m.counts.len; i++) two_paths_want_none(p, p->m.counts.data[i].column);
    return p->why[0] != '\0';
}

#endif
