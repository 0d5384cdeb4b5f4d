/* lexicon.h: everything that a model looks for in a text, n-grams and terms alike, in one trie, so that one walk
 * from each place of a text finds all that begin there.
 *
 * A text, an n-gram and a term are written in the symbols of one alphabet (alphabet.h), with a boundary mark
 * before and after each word, which then needs no looking at the neighbours:
 *
 *     开展mRNA疫苗     开 展 _ m r n a _ 疫 苗
 *     n-gram _mrn      _ m r n
 *     term mRNA疫苗    _ m r n a _ 疫 苗
 *     term antibody    _ a n t i b o d y _      and its plurals ..ys_ ..yes_
 *     term antibod*    _ a n t i b o d
 *
 * A node's payload is 0, or 1 + the column of the n-gram that ends there, or, where terms end, SECTAG_HAS_TERMS +
 * where a bundle begins that tells all about them: side by side, since it is read on the hot path.
 *
 * The arrays are borrowed: they stand in a model file. sectag_lexicon_builder owns what it builds.
 */
#ifndef SECTAG_LEXICON_H
#define SECTAG_LEXICON_H

#include "features/alphabet.h"
#include "features/err.h"
#include "features/ngram.h"
#include "features/terms.h"
#include "features/trie.h"
#include "features/vocab.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SECTAG_HAS_TERMS 0x800000u

/* A bundle: the n-gram that ends at the node (its column, or SECTAG_VOCAB_NONE), the number n of terms, and n terms. */
enum { SECTAG_BUNDLE_COLUMN, SECTAG_BUNDLE_N, SECTAG_BUNDLE_TERMS };

/* A term in a bundle: its number, and what it stands for. Plain data: written as it is into model files. */
typedef struct sectag_bundled {
    uint32_t term;
    uint16_t group;
    uint8_t grade, open;
} sectag_bundled;

typedef struct sectag_lexicon {
    sectag_alphabet alphabet;
    uint32_t n_columns;      /* n-grams of the vocabulary */
    const sectag_node *slot; /* [n_slots] */
    size_t n_slots;          /* 0: there is no lexicon */
    const uint32_t *bundle;  /* [n_words] */
    size_t n_words;
} sectag_lexicon;

/* Term i of a bundle. */
static inline sectag_bundled sectag_bundle_term(const uint32_t *bundle, uint32_t i) {
    sectag_bundled term;
    memcpy(&term, bundle + SECTAG_BUNDLE_TERMS + 2 * (size_t)i, sizeof term);
    return term;
}

/* Can n-grams of these options be found by a walk? (Not pairs of words, nor numbers by their length.) */
int sectag_lexicon_serves(const sectag_ngram_options *options);

/* Checks that borrowed arrays can be used without reading outside them nor the term list. Returns 0 or
 * SECTAG_EMODEL. */
int sectag_lexicon_check(const sectag_lexicon *x, const sectag_terms *terms, sectag_err *err);

/* ---- building ---- */

typedef struct sectag_lexicon_builder sectag_lexicon_builder;

sectag_lexicon_builder *sectag_lexicon_builder_new(void);
void sectag_lexicon_builder_free(sectag_lexicon_builder *b);

/* Builds the lexicon of a vocabulary (of which it takes the n-grams that the options can give) and a term list
 * (NULL: none): *out points into the builder. Equal inputs give equal arrays. Returns 0, SECTAG_ENOMEM or
 * SECTAG_EDATA (more than a trie holds). */
int sectag_lexicon_build(sectag_lexicon_builder *b, const sectag_vocab *vocab, const sectag_terms *terms,
                         const sectag_ngram_options *options, sectag_lexicon *out, sectag_err *err);

#endif
