/* match.h: a clause's columns by one walk over its spelling: what sectag_encode (vector.h) gives, columns and
 * counts alike, at many times its speed. This and models/score.h are the hot path of tagging; vector.h, with
 * hash tables and an automaton of its own, is the reference that tests hold it against.
 *
 *   text -> spelling -> walks over the lexicon's trie -> columns as found -> columns with counts
 *           spell.h     lexicon.h                        with repeats     -> terms found -> their columns
 */
#ifndef SECTAG_MATCH_H
#define SECTAG_MATCH_H

#include "features/array.h"
#include "features/err.h"
#include "features/lexicon.h"
#include "features/spell.h"
#include "features/step.h"
#include "features/vector.h"

#include <stddef.h>
#include <stdint.h>

/* A term as met, and the column of its group and grade. */
typedef struct sectag_found_term {
    sectag_term_hit hit; /* places of the spelling */
    uint32_t group_column;
} sectag_found_term;

typedef struct sectag_matcher {
    const sectag_lexicon *lexicon;
    const sectag_terms *terms; /* for groups, grades and their blanking; NULL: no term channel */
    uint32_t first_group, first_single; /* columns of the terms, as in vector.h */
    int singles;
    const sectag_stepper *stepper;
    sectag_speller speller;
    SECTAG_ARRAY(uint16_t) start; /* the spelling without numbers, for sectag_walks */
    uint32_t *times;              /* [symbols] how often the clause has each; 0 between clauses */
    SECTAG_ARRAY(uint16_t) repeated;        /* the symbols that it has more than once */
    SECTAG_ARRAY(uint32_t) found;           /* columns as met, with repeats */
    SECTAG_ARRAY(sectag_special) special;   /* nodes with terms as met */
    SECTAG_ARRAY(sectag_found_term) terms_found; /* at the end, only strong and weak ones that count */
    sectag_term_hits hits;                       /* working memory for `not` terms */
    SECTAG_ARRAY(uint32_t) once;         /* columns of n-grams that the clause has once, */
    SECTAG_ARRAY(sectag_count) counts;   /* and all other columns */
    size_t n_grams;                      /* counts[0 .. n_grams) are n-grams, the others terms */
    SECTAG_ARRAY(uint64_t) table; /* for finding a column in counts again; see match.c */
    uint32_t turn;                /* of the table's use */
} sectag_matcher;

/* Borrows the lexicon, the terms (whose automaton it does not need) and the options. Returns 0 or
 * SECTAG_ENOMEM. */
int sectag_matcher_init(sectag_matcher *m, const sectag_lexicon *lexicon, const sectag_terms *terms,
                        const sectag_vector_options *options, sectag_err *err);
void sectag_matcher_release(sectag_matcher *m);

/* Fills m->once and m->counts for a clause; no column twice, in an order that is the same on all processors. A
 * whole word of a thousand characters or more, of which only its shorter n-grams are found, is the one thing in which
 * it differs from the reference. Allocates nothing once it has met its longest clause. Returns 0, SECTAG_ENOMEM or
 * SECTAG_EARG (4 GiB or more). */
int sectag_match(sectag_matcher *m, const char *text, size_t len, sectag_err *err);

#endif
