/* terms.h: an analyst's term lists, all found in one pass over a normalised clause.
 *
 * A list is a table with the columns area, grade, term (others, such as lang, are passed over). This folder
 * does not know what an area is: to it the column gives each term a group. Grades: `strong` and `weak` terms
 * are evidence for their group; a `not` term is a longer phrase that blanks out its group's terms inside it
 * (种子基金 blanks out 种子). Terms are normalised like clauses; hyphens count as spaces in both.
 *
 * A term that begins (ends) with a letter or digit of a script with word boundaries matches only at the
 * start (end) of a word, so PLA is not found in PLAN; an English plural in -s or -es is found as well. A term
 * that ends in
 * `*` matches the beginning of a word (antibod* finds antibody, antibodies).
 *
 * The automaton is that of Aho and Corasick (CACM 18, 1975) over code points: a trie numbered in
 * breadth-first order, so that the children of a node are neighbours in ascending order, with failure and
 * dictionary links. Training and explaining search with it; tagging finds the same terms faster (match.h). Model
 * files hold the list alone.
 */
#ifndef SECTAG_TERMS_H
#define SECTAG_TERMS_H

#include "features/array.h"
#include "features/err.h"
#include "features/normal.h"

#include <stddef.h>
#include <stdint.h>

enum { SECTAG_TERM_WEAK = 0, SECTAG_TERM_STRONG = 1, SECTAG_TERM_NOT = 2 };

/* What a term stands for. Plain data: written as it is into model files. */
typedef struct sectag_term {
    uint16_t group;
    uint8_t grade;
    uint8_t open;  /* 1: the term's last word may go on */
    uint32_t len;  /* code points of the normalised term */
    uint32_t text; /* its UTF-8: text[text .. text + bytes) */
    uint32_t bytes;
} sectag_term;

/* The list and its automaton; all arrays are borrowed. Node 0 is the root; n_nodes 0: a list that cannot be searched. */
typedef struct sectag_terms {
    uint32_t n_terms, n_nodes, n_groups, text_len;
    const sectag_term *term; /* [n_terms] */
    const char *text;        /* [text_len] */
    const uint32_t *label;   /* [n_nodes] code point that leads to the node */
    const uint32_t *child;   /* [n_nodes + 1] children of i: child[i] .. child[i + 1] */
    const uint32_t *fail;    /* [n_nodes] longest proper suffix that is a node; smaller than the node */
    const uint32_t *dict;    /* [n_nodes] nearest node by fail links that ends a term, 0: none */
    const uint32_t *out;     /* [n_nodes + 1] terms that end at node i: outs[out[i]] .. outs[out[i + 1]] */
    const uint32_t *outs;    /* [n_terms] term numbers */
} sectag_terms;

/* A term found: code points [first, end) of the normalised clause. */
typedef struct sectag_term_hit {
    uint32_t term, first, end;
} sectag_term_hit;

typedef SECTAG_ARRAY(sectag_term_hit) sectag_term_hits;

/* Replaces *out by all strong and weak terms in the clause that no `not` term of their group overlaps,
 * ordered by end, then longest first. Returns 0 or SECTAG_ENOMEM. */
int sectag_terms_find(const sectag_terms *t, const sectag_normal *n, sectag_term_hits *out, sectag_err *err);

/* What a search takes a code point of a clause or a term for: hyphens are spaces. */
static inline uint32_t sectag_terms_fold(uint32_t cp) {
    return cp == '-' || cp == 0x2010 || cp == 0x2011 ? ' ' : cp;
}

/* The last step of a search: of all hits of a clause, drops the `not` terms and what they overlap of their
 * group, keeping the order. Returns 0 or SECTAG_ENOMEM. */
int sectag_terms_apply_nots(const sectag_terms *t, sectag_term_hits *hits);

/* Checks that a list from a file (term, text, and their counts) can be used without reading outside it. The
 * automaton is never read from a file. Returns 0 or SECTAG_EMODEL. */
int sectag_terms_check(const sectag_terms *t, sectag_err *err);

/* ---- building ---- */

typedef struct sectag_terms_builder sectag_terms_builder;

/* `groups` are the n known group names (borrowed until freeze); a term's group is its index there. */
sectag_terms_builder *sectag_terms_builder_new(const char *const *groups, size_t n);
void sectag_terms_builder_free(sectag_terms_builder *b);

/* Adds one term. An exact repeat is ignored. Returns 0, SECTAG_ENOMEM, or SECTAG_EDATA (empty or too long
 * term). */
int sectag_terms_add(sectag_terms_builder *b, size_t group, int grade, const char *term, size_t len,
                     sectag_err *err);

/* Adds all rows of a table file. Returns 0 or an error by file and line (unknown area or grade, empty term).
 */
int sectag_terms_add_file(sectag_terms_builder *b, const char *path, sectag_err *err);

/* Builds the automaton: *out points into the builder, which must outlive it and takes no more terms. */
int sectag_terms_freeze(sectag_terms_builder *b, sectag_terms *out, sectag_err *err);

#endif
