/* step_kernel.h: what the steppers of step.h have in common. Private to them. */
#ifndef SECTAG_STEP_KERNEL_H
#define SECTAG_STEP_KERNEL_H

#include "features/step.h"

/* The steps that all walks take side by side. Most n-grams end within them. */
enum { SECTAG_STEPS_ABREAST = 3 };

#define SECTAG_PAYLOAD_SPECIAL 0x800000u

/* Which of 64 walks begin an n-gram of 1, 2, 3 or more symbols that the clause can have only once: one of the symbols
 * looked at so far is there once. Bit i of `own` tells of the symbol where walk i begins; a walk's second and third
 * symbol are where the next walks begin. */
typedef struct sectag_once {
    uint64_t after[SECTAG_STEPS_ABREAST];
} sectag_once;

static inline sectag_once sectag_once_by_step(const sectag_walks *w, size_t first, uint64_t own) {
    const uint16_t *next = w->start + first + SECTAG_WALKS;
    uint64_t second = own >> 1, third = own >> 2;
    if (first + SECTAG_WALKS < w->len) { /* else behind the end, where no n-gram reaches */
        uint64_t one = w->times[next[0]] == 1, two = w->times[next[1]] == 1;
        second |= one << 63;
        third |= one << 62 | two << 63;
    }
    return (sectag_once){{own, own | second, own | second | third}};
}

static inline void sectag_add_special(sectag_walks *w, sectag_node node, size_t first, size_t end) {
    *w->special++ = (sectag_special){sectag_node_payload(node), (uint32_t)first, (uint32_t)end};
}

/* Those of 64 specials that `which` tells, of walks `first`, ... after step k. */
static inline void sectag_add_specials(sectag_walks *w, const sectag_node *node, uint32_t which, size_t first,
                                       size_t k) {
    for (; which; which &= which - 1) {
        size_t i = (size_t)__builtin_ctz(which);
        sectag_add_special(w, node[i], first + i, first + i + k + 1);
    }
}

/* Goes on with the walks whose bits `going` has, from where they are after three steps. `once` tells of each walk
 * whether what it finds can be found only once. */
void sectag_steps_beyond(sectag_walks *w, const sectag_node *node, uint64_t once, uint64_t going, size_t first);

/* Only where SECTAG_HAS_X86_KERNELS. */
sectag_steps_fn sectag_steps_avx2, sectag_steps_avx512;

#endif
