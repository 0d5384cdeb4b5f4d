#include "features/step.h"

#include "features/processor.h"
#include "features/step_kernel.h"

#include <string.h>

/* ---- portable ---- */

/* Appends the column of a payload where the mask is set, if there is one. */
static inline uint32_t *append(uint32_t *list, uint32_t payload, uint64_t mask) {
    payload &= (uint32_t)mask;
    *list = payload - 1;
    return list + (payload != 0);
}

/* The payload of a node, 0 where its highest bit is set. */
static inline uint32_t plain_payload(sectag_node node) {
    return (uint32_t)(node >> 40) & (uint32_t)sectag_mask(node >> 63 == 0);
}

static inline void take(sectag_walks *w, sectag_node node, int once, size_t first, size_t end) {
    uint32_t payload = plain_payload(node);
    w->once = append(w->once, payload, sectag_mask(once));
    w->found = append(w->found, payload, sectag_mask(!once));
    if (node >> 63) sectag_add_special(w, node, first, end);
}

static int is_set(uint64_t bits, size_t i) {
    return (int)(bits >> i & 1);
}

/* A walk under way: where it began, and where it is. */
typedef struct walk {
    uint32_t first;
    int once;
    sectag_node node;
} walk;

/* Keeps the walk if its node has children. */
static inline size_t keep(walk *going, size_t n, walk w) {
    going[n] = w;
    return n + (sectag_node_base(w.node) != 0);
}

void sectag_steps_beyond(sectag_walks *w, const sectag_node *node, uint64_t once, uint64_t going, size_t first) {
    walk walks[SECTAG_WALKS + 1];
    size_t left = 0;
    for (; going; going &= going - 1) {
        size_t i = (size_t)__builtin_ctzll(going);
        walks[left++] = (walk){(uint32_t)(first + i), is_set(once, i), node[i]};
    }
    for (size_t k = SECTAG_STEPS_ABREAST; left > 0 && k < SECTAG_WALK_MAX; k++) {
        size_t had = left;
        left = 0;
        for (size_t i = 0; i < had; i++) {
            walk at = walks[i];
            size_t place = at.first + k < w->len ? at.first + k : w->len;
            at.node = sectag_trie_child(w->slot, at.node, w->symbol[place]);
            take(w, at.node, at.once, at.first, place + 1);
            left = keep(walks, left, at);
        }
    }
}

static void run_portable(sectag_walks *w, size_t first, size_t n) {
    sectag_node node[SECTAG_WALKS];
    const uint16_t *start = w->start + first, *s = w->symbol + first;
    uint64_t own = 0;
    for (size_t i = 0; i < n; i++) own |= (uint64_t)(w->times[start[i]] == 1) << i;
    const sectag_once once = sectag_once_by_step(w, first, own);
    for (size_t i = 0; i < n; i++) {
        node[i] = sectag_trie_root(w->slot, start[i]);
        w->once = append(w->once, plain_payload(node[i]), sectag_mask(is_set(own, i)));
        if (node[i] >> 63) sectag_add_special(w, node[i], first + i, first + i + 1);
    }
    for (size_t k = 1; k < SECTAG_STEPS_ABREAST; k++)
        for (size_t i = 0; i < n; i++) {
            node[i] = sectag_trie_child(w->slot, node[i], s[i + k]);
            take(w, node[i], is_set(once.after[k], i), first + i, first + i + k + 1);
        }
    uint64_t going = 0;
    for (size_t i = 0; i < n; i++) going |= (uint64_t)(sectag_node_base(node[i]) != 0) << i;
    sectag_steps_beyond(w, node, once.after[SECTAG_STEPS_ABREAST - 1], going, first);
}

/* ---- choice ---- */

const sectag_stepper *sectag_stepper_find(const char *name) {
    static const sectag_stepper steppers[] = {
        {"portable", run_portable},
#if SECTAG_HAS_X86_KERNELS
        {"avx2", sectag_steps_avx2},
        {"avx512", sectag_steps_avx512},
#endif
    };
    for (size_t i = 0; i < sizeof steppers / sizeof steppers[0] && sectag_processor_runs(name); i++)
        if (strcmp(steppers[i].name, name) == 0) return &steppers[i];
    return NULL;
}
