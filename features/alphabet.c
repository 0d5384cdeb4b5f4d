#include "features/alphabet.h"

#include "features/normal.h"

#include <stdlib.h>

/* Classes in the order of their symbols. */
static int class_of(uint32_t cp) {
    switch (sectag_kind(cp)) {
    case SECTAG_KIND_CJK:
        return 1;
    case SECTAG_KIND_LETTER:
        return 2;
    case SECTAG_KIND_DIGIT:
        return 3;
    default:
        return 0;
    }
}

static int by_class_and_weight(const void *pa, const void *pb) {
    const sectag_character *a = pa, *b = pb;
    int class_a = class_of(a->cp), class_b = class_of(b->cp);
    if (class_a != class_b) return class_a - class_b;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return (a->cp > b->cp) - (a->cp < b->cp);
}

int sectag_alphabet_make(sectag_alphabet *a, sectag_character *characters, size_t n, uint32_t *cp,
                         sectag_err *err) {
    if (n + SECTAG_SYMBOL_FIRST + 3 > SECTAG_SYMBOLS_MAX)
        return sectag_err_set(err, SECTAG_EDATA, "%zu different characters are too many", n);
    if (n) qsort(characters, n, sizeof *characters, by_class_and_weight);
    uint32_t first[4] = {0}, used = 0;
    size_t i = 0;
    while (used < SECTAG_SYMBOL_FIRST) cp[used++] = SECTAG_NO_CODE_POINT;
    cp[SECTAG_SYMBOL_SPACE] = ' ';
    for (int class = 0; class < 4; class++) {
        first[class] = used;
        if (class) cp[used++] = SECTAG_NO_CODE_POINT;
        for (; i < n && class_of(characters[i].cp) == class; i++) cp[used++] = characters[i].cp;
    }
    *a = (sectag_alphabet){used, first[1], first[2], first[3], cp};
    return 0;
}

int sectag_alphabet_open(sectag_alphabet *a, const uint32_t *cp, size_t n, sectag_err *err) {
    uint32_t first[3] = {0}, found = 0;
    if (n > SECTAG_SYMBOLS_MAX) goto damaged;
    for (uint32_t i = SECTAG_SYMBOL_FIRST; i < n; i++) {
        if (cp[i] != SECTAG_NO_CODE_POINT) continue;
        if (found == 3) goto damaged;
        first[found++] = i;
    }
    if (n && found != 3) goto damaged;
    *a = (sectag_alphabet){(uint32_t)n, first[0], first[1], first[2], cp};
    return 0;
damaged:
    return sectag_err_set(err, SECTAG_EMODEL, "the alphabet is damaged");
}

uint16_t sectag_alphabet_unknown(const sectag_alphabet *a, uint8_t kind) {
    switch (kind) {
    case SECTAG_KIND_CJK:
        return (uint16_t)a->first_cjk;
    case SECTAG_KIND_LETTER:
        return (uint16_t)a->first_letter;
    case SECTAG_KIND_DIGIT:
        return (uint16_t)a->first_digit;
    case SECTAG_KIND_SPACE:
        return SECTAG_SYMBOL_SPACE;
    default:
        return SECTAG_SYMBOL_OTHER;
    }
}
