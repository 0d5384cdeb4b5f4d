/* spell.h: a clause in the symbols of an alphabet, boundaries of words marked.
 *
 *     "开展 ＭRNA疫苗"  ->  开 展 _ m r n a _ 疫 苗
 *
 * What sectag_normal_run (normal.h) gives, character for character, but as symbols and without source positions,
 * at a multiple of its speed: a table remembers of each character what normalising makes of it by itself. A
 * clause in which characters combine (rare outside hostile text) goes through sectag_normal_run.
 */
#ifndef SECTAG_SPELL_H
#define SECTAG_SPELL_H

#include "features/alphabet.h"
#include "features/array.h"
#include "features/err.h"
#include "features/normal.h"

#include <stddef.h>
#include <stdint.h>

/* The end of a spelling: as many symbols that no string has, for readers that look ahead (step.h). */
enum { SECTAG_SPELLING_PADDING = 20 };

/* Symbols [first, end) of a spelling. */
typedef struct sectag_stretch {
    size_t first, end;
} sectag_stretch;

typedef struct sectag_speller {
    const sectag_alphabet *alphabet;
    uint16_t *code;    /* [65536] by code point: a symbol, or one of the codes of spell.c */
    uint32_t *by_cp;   /* hash table of the alphabet: symbols by code point */
    uint32_t by_cp_bits;
    SECTAG_ARRAY(uint16_t) expansions; /* each: the symbols, then 0 */
    SECTAG_ARRAY(uint32_t) expanded;   /* pairs: code point, where its expansion stands; as met */
    sectag_normal normal;
    SECTAG_ARRAY(uint16_t) symbols; /* the spelling, with its padding not counted in len */
    SECTAG_ARRAY(sectag_stretch) numbers; /* its words of digits alone, with their marks */
} sectag_speller;

/* Borrows the alphabet. Returns 0 or SECTAG_ENOMEM. */
int sectag_speller_init(sectag_speller *s, const sectag_alphabet *a, sectag_err *err);
void sectag_speller_release(sectag_speller *s);

/* Spells text[0..len) into s->symbols. Allocates nothing once it has met its longest clause and all characters.
 * Returns 0, SECTAG_ENOMEM or SECTAG_EARG (4 GiB or more). */
int sectag_spell(sectag_speller *s, const char *text, size_t len, sectag_err *err);

#endif
